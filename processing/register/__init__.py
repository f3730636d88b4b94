"""Algorithms around the register itself."""
