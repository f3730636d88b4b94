"""Water from electricity (以电折水)."""

from .accounts import account_links, rows_of, shared_accounts
from .calibration import calibrate, metered_pairs
from .coefficients import Places, gather
from .convert import PowerToWater, power_to_water
from .energy import EnergyPeriods, energy_periods
from .physics import LIFT, kwh_coefficient
from .settings import PowerSettings, power_settings

__all__ = [
    "LIFT",
    "EnergyPeriods",
    "Places",
    "PowerSettings",
    "PowerToWater",
    "account_links",
    "calibrate",
    "energy_periods",
    "gather",
    "kwh_coefficient",
    "metered_pairs",
    "power_settings",
    "power_to_water",
    "rows_of",
    "shared_accounts",
]
