"""Splitting a cap: units, townships, users and wells whose parts add up to the m³."""

from .allocate import Allocation, Explanation, allocate
from .levels import split_levels
from .quota import QuotaAllocation, allocate_quota

__all__ = ["Allocation", "Explanation", "QuotaAllocation", "allocate", "allocate_quota", "split_levels"]
