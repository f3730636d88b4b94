"""Retirement plans made by hand (情景方案): tick land, see at once what each unit still lacks, compare, keep."""

from .board import Board, board_of
from .compare import Comparison, compare
from .figures import Figures, figures_of
from .keeping import kept_scenarios, scenario_row
from .scenario import Scenario, Solution, refusals
from .shown import UNITS, Shown, parcel_rows, unit_rows

__all__ = [
    "UNITS",
    "Board",
    "Comparison",
    "Figures",
    "Scenario",
    "Shown",
    "Solution",
    "board_of",
    "compare",
    "figures_of",
    "kept_scenarios",
    "parcel_rows",
    "refusals",
    "scenario_row",
    "unit_rows",
]
