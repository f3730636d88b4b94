"""What all windows share: the open case, plain texts, background work, messages, settings, help."""
