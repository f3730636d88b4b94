"""Figures of a scenario as they are shown and exported: rounded once, in 亩 or hectares, with rows that add up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from ...units import ONE_HUNDREDTH, ONE_TENTH, mu_to_hectares, rounded
from .board import Board
from .figures import Figures
from .scenario import Scenario

UNITS = ("mu", "ha")
FIGURES = ("target", "planned", "achieved", "gap")
DASH = "—"


@dataclass(frozen=True)
class Shown:
    """How areas are shown: 亩 with one decimal, hectares with two; halves away from zero."""

    unit: str = "mu"

    def value(self, area_mu: float) -> Decimal | None:
        """The rounded figure; None where there is none."""
        if not math.isfinite(area_mu):
            return None
        if self.unit == "ha":
            return rounded(mu_to_hectares(float(area_mu)), ONE_HUNDREDTH)
        return rounded(float(area_mu), ONE_TENTH)

    def text(self, area_mu: float) -> str:
        """The figure with separators; a dash where there is none."""
        return told(self.value(area_mu))


def told(value: Decimal | None) -> str:
    """A rounded figure with separators; a dash where there is none."""
    return DASH if value is None else f"{value:,}"


@dataclass(frozen=True)
class Total:
    """The sum of the rounded rows of the lowest units in one column and year, and what it is beside.

    Attributes:
        added: Σ of the rounded rows. whole: the rounded sum of the unrounded figures. differs: they are not the same.
    """

    added: Decimal | None
    whole: Decimal | None

    @property
    def differs(self) -> bool:
        """Must the difference be stated?"""
        return self.added != self.whole


def summed_units(board: Board) -> np.ndarray:
    """Units that a total adds up, (units,) bool: the lowest ones; none where these are of several levels, since land
    would be counted twice."""
    lowest = board.units["lowest"].to_numpy(dtype=bool)
    levels = board.units["level"].to_numpy(dtype=object)
    return lowest & (len(set(levels[lowest])) == 1)


def total_of(board: Board, values_mu: np.ndarray, shown: Shown) -> Total:
    """The total of one figure of all units in one year.

    Args:
        values_mu: by unit, NaN where there is none.
    """
    own = values_mu[summed_units(board) & np.isfinite(values_mu)]
    if not len(own):
        return Total(None, None)
    parts = [shown.value(value) for value in own]
    return Total(sum((part for part in parts if part is not None), Decimal(0)), shown.value(float(own.sum())))


def unit_rows(board: Board, figures: Figures, columns: list[int], shown: Shown) -> pd.DataFrame:
    """The table of units as the screen shows it, one row per unit and year, then a total of each year.

    Returns:
        ``unit_id`` ("" for the total), ``name``, ``year``, the four of ``FIGURES`` (Decimal or None) and ``met`` (1, 0,
        −1: cannot be told).
    """
    rows: list[dict[str, object]] = []
    for year in columns:
        at = board.columns.index(year)
        of = {name: getattr(figures, name)[:, at] for name in FIGURES}
        for place, unit in enumerate(board.units.itertuples()):
            values = {name: shown.value(of[name][place]) for name in FIGURES}
            met = int(figures.met[place, at])
            rows.append(
                {
                    "unit_id": unit.unit_id,
                    "name": unit.name or unit.unit_id,
                    "year": year,
                    **values,
                    "met": met,
                }
            )
        if summed_units(board).any():
            totals = {name: total_of(board, of[name], shown).added for name in FIGURES}
            rows.append({"unit_id": "", "name": "", "year": year, **totals, "met": -1})
    return pd.DataFrame(rows, columns=["unit_id", "name", "year", *FIGURES, "met"], dtype=object)


def parcel_rows(board: Board, scenario: Scenario, shown: Shown) -> pd.DataFrame:
    """The parcels of a scenario by year and id, as the list shows them.

    Returns:
        ``area_id``, ``county``, ``township``, ``year``, ``in_use``, ``counts`` (Decimal), ``cost``, ``severity``,
        ``control``, ``source``, ``wells`` and ``split``: of a parcel that a border cuts, what it adds on either side.
    """
    going = np.flatnonzero(scenario.year > 0)
    table = board.parcels.iloc[going].assign(year=scenario.year[going], row=going)
    table["in_use"] = [shown.value(area) for area in table["in_use_mu"]]
    table["counts"] = [shown.value(area) for area in table["counts_mu"]]
    table["split"] = [split_of(board, row, shown) if " + " in name else "" for row, name in zip(
        table["row"], table["county"], strict=True
    )]  # fmt: skip
    names = [
        "area_id",
        "county",
        "township",
        "year",
        "in_use",
        "counts",
        "cost",
        "severity",
        "control",
        "source",
    ]
    return table.sort_values(["year", "area_id"], ignore_index=True)[[*names, "wells", "split"]]


def split_of(board: Board, row: int, shown: Shown) -> str:
    """What a parcel adds in each of the lowest units: ``高昌区 200.0; 鄯善县 100.0``."""
    own = np.flatnonzero(board.piece_parcel == row)
    own = own[board.units["lowest"].to_numpy(dtype=bool)[board.piece_unit[own]]]
    units = board.units.iloc[board.piece_unit[own]]
    names = units["name"].where(units["name"] != "", units["unit_id"])
    parts = zip(names, board.piece_mu[own], strict=True)
    return "; ".join(" ".join((name, shown.text(area))) for name, area in parts)
