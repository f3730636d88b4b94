"""减二更一: a renewed irrigation well in an over-extraction zone needs two wells sealed."""

from .balance import Balance, batch_balance, ratio_balance
from .ledger import Book, ReplacementLedger, keep_book, replacement_ledger
from .settings import ReplacementSettings, replacement_settings

__all__ = [
    "Balance",
    "Book",
    "ReplacementLedger",
    "ReplacementSettings",
    "batch_balance",
    "keep_book",
    "ratio_balance",
    "replacement_ledger",
    "replacement_settings",
]
