"""The policy viewer and editor: what the document says, what is set, what a change would do, and new versions."""
