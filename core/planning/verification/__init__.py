"""Is retired land (退减灌溉面积) still green or irrigated? Rasters and readings against the register."""

from .settings import METHODS, VerificationSettings
from .verify import COLUMNS, Verification, verify_retirement
from .wells import WELL_COLUMNS

__all__ = [
    "COLUMNS",
    "METHODS",
    "WELL_COLUMNS",
    "Verification",
    "VerificationSettings",
    "verify_retirement",
]
