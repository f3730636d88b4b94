"""In which order irrigation wells in over-extraction zones are closed (有序关停)."""

from .order import ClosingOrder, closing_order, reason_text
from .settings import CRITERIA, EXPECTED_SETTINGS, closing_settings

__all__ = [
    "CRITERIA",
    "EXPECTED_SETTINGS",
    "ClosingOrder",
    "closing_order",
    "closing_settings",
    "reason_text",
]
