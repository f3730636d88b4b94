"""Two scenarios side by side: what each plans in every unit and year, and the parcels that they treat otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .board import Board
from .figures import Figures, figures_of
from .scenario import Scenario


@dataclass(frozen=True)
class Comparison:
    """Attributes:
    first, second: figures of both.
    units: ``unit`` (row), ``year``, ``planned_first``, ``planned_second``, ``gap_first``, ``gap_second``, unrounded 亩;
        one row per unit and year in which either plans anything or a target is due.
    parcels: ``row``, ``area_id``, ``county``, ``in_use_mu``, ``year_first``, ``year_second`` (0: stays in use).
    """

    first: Figures
    second: Figures
    units: pd.DataFrame
    parcels: pd.DataFrame


def compare(board: Board, first: Scenario, second: Scenario) -> Comparison:
    """Compare two scenarios of one board."""
    one, other = figures_of(board, first.year), figures_of(board, second.year)
    used = {
        *map(int, np.unique(first.year)),
        *map(int, np.unique(second.year)),
        *map(int, board.goals["year"]),
    }
    columns = [at for at, year in enumerate(board.columns) if year in used or year == board.years[0]]
    rows = [
        (
            unit,
            board.columns[at],
            one.planned[unit, at],
            other.planned[unit, at],
            one.gap[unit, at],
            other.gap[unit, at],
        )
        for unit in range(len(board.units))
        for at in columns
    ]
    names = ["unit", "year", "planned_first", "planned_second", "gap_first", "gap_second"]
    differs = np.flatnonzero(first.year != second.year)
    parcels = board.parcels.iloc[differs][["area_id", "county", "in_use_mu"]].reset_index(drop=True)
    parcels.insert(0, "row", differs)
    parcels["year_first"], parcels["year_second"] = first.year[differs], second.year[differs]
    return Comparison(one, other, pd.DataFrame(rows, columns=names), parcels)
