"""The quota balance: what units may use, what they used, and what is left."""

from .balance import BALANCE_COLUMNS, QuotaBalance, quota_balance

__all__ = ["BALANCE_COLUMNS", "QuotaBalance", "quota_balance"]
