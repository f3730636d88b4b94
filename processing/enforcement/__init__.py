"""Algorithms that hold a register against a policy."""
