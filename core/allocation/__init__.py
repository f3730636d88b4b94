"""Splitting a cap: units, townships, users and wells whose parts add up to the m³."""

from .allocate import Allocation, Explanation, allocate

__all__ = ["Allocation", "Explanation", "allocate"]
