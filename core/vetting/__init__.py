"""Vetting of applications: one permission each, in the order of decision, with every clause that fired."""

from .vet import COLUMNS, Vetting, vet_applications

__all__ = ["COLUMNS", "Vetting", "vet_applications"]
