"""减二更一: a renewed irrigation well in an over-extraction zone needs two wells sealed."""

from .balance import Balance, batch_balance, ratio_balance
from .ledger import ReplacementLedger, replacement_ledger
from .settings import ReplacementSettings, replacement_settings

__all__ = [
    "Balance",
    "ReplacementLedger",
    "ReplacementSettings",
    "batch_balance",
    "ratio_balance",
    "replacement_ledger",
    "replacement_settings",
]
