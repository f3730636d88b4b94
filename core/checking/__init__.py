"""The check of a register: everything that makes it untrustworthy, as problems with a place and a remedy."""

from .registry import CHECKS, Check
from .run import check_register

__all__ = ["CHECKS", "Check", "check_register"]
