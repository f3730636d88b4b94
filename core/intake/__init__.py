"""Intake: raw layers and tables become the canonical frames of a Register; what is wrong with them becomes findings."""

from .build import build_register
from .conform import conform

__all__ = ["build_register", "conform"]
