"""Retirement plans of a register (退减灌溉面积方案): which land, in which year, with which wells."""

from .plan import LandPlan, LandPlanner, plan_scenarios
from .record import recorded_land
from .settings import LandSettings, land_settings, scenarios
from .tables import (
    area_table,
    doubtful_quotas,
    left_out,
    relief_table,
    scenario_table,
    unit_table,
    well_table,
)

__all__ = [
    "LandPlan",
    "LandPlanner",
    "LandSettings",
    "area_table",
    "doubtful_quotas",
    "land_settings",
    "left_out",
    "plan_scenarios",
    "recorded_land",
    "relief_table",
    "scenario_table",
    "scenarios",
    "unit_table",
    "well_table",
]
