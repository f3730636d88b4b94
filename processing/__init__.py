"""The Processing provider: thin algorithms over ``core``, and the adapters between layers and frames."""
