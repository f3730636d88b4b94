"""Siting: whether a well that is applied for may be drilled."""
