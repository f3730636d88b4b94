"""Retirement of irrigated area (退减灌溉面积): what each unit has retired, against its target."""

from .account import RetirementBalance, retirement_balance
from .balance import unit_balance
from .shares import LandShares, land_shares

__all__ = ["LandShares", "RetirementBalance", "land_shares", "retirement_balance", "unit_balance"]
