"""One module per family of rules. Each holds ``RULES``; ``core.rules.registry`` finds them by themselves."""
