"""Scenarios on record: the row of ``plans`` that keeps one, and the scenarios that the rows of a case file hold."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...retirement.balance import has_reached
from ..record import PlanStamp, plan_row
from .board import Board
from .figures import Figures
from .scenario import Scenario, Solution, free_name, years_on

KIND = "retirement"


def scenario_row(board: Board, scenario: Scenario, figures: Figures, stamp: PlanStamp) -> dict[str, object]:
    """The row of ``plans``, as :func:`..land.recorded_land` writes one; a plan made by hand has no status and no bound.

    Its objective is what the solver minimised, for a plan by hand the land that goes out of use, 亩.
    """
    going = np.flatnonzero(scenario.year > 0)
    ids = board.parcels["area_id"].to_numpy(dtype=object)
    solved = scenario.solution
    last = len(board.columns) - 1
    target, net = figures.target[:, last], figures.achieved[:, last] + figures.planned[:, last]
    short = np.isfinite(target) & np.isfinite(net) & ~has_reached(net, target)
    missed = [
        {
            "unit_id": str(board.units["unit_id"].iloc[unit]),
            "measure": "area_mu",
            "year": board.columns[last],
            "shortfall": float(figures.gap[unit, last]),
        }
        for unit in np.flatnonzero(short)
    ]
    return plan_row(
        KIND,
        stamp,
        status=solved.status if solved else None,  # type: ignore[arg-type]
        objective=solved.objective if solved else figures.in_use_mu,
        bound=solved.bound if solved else math.nan,
        gap=solved.gap if solved else math.nan,
        settings={
            **(solved.settings if solved else {}),
            "as_of": board.as_of.isoformat(),
            "area_basis": board.basis,
            "years": list(board.years),
            "locked_years": sorted(scenario.locked),
            "by_hand": solved is None,
        },
        content={
            "areas": [
                {"area_id": str(ids[row]), "year": int(scenario.year[row]), "why": "chosen"} for row in going
            ],
            "missed": missed,
        },
    )


def kept_scenarios(
    plans: pd.DataFrame, board: Board, taken: list[str]
) -> tuple[list[tuple[Scenario, int]], list[str]]:
    """The retirement plans on record as scenarios, the newest of each name.

    Args:
        plans: the table ``plans``. taken: names that scenarios at hand have.

    Returns:
        Each scenario with the number of its parcels that cannot be planned with any more (gone, or retired since),
        oldest first; and the ids of plans that cannot be read.
    """
    own = plans[(plans["kind"] == KIND).to_numpy(dtype=bool)]
    names = own["name"].where(own["name"].notna() & (own["name"] != ""), own["plan_id"])
    own = own.assign(name=names)
    own = own[~own["name"].duplicated(keep="last")]
    found: list[tuple[Scenario, int]] = []
    unread: list[str] = []
    names_now = list(taken)
    for row in own.to_dict("records"):
        try:
            content, settings = json.loads(row["content"]), json.loads(row["settings"])
            ids = [str(area["area_id"]) for area in content["areas"]]
            years = [int(area["year"]) for area in content["areas"]]
            locked = {int(year) for year in settings.get("locked_years", ())}
        except (ValueError, TypeError, KeyError, AttributeError):
            unread.append(str(row["plan_id"]))
            continue
        year, lost = years_on(board, np.array(ids, dtype=object), np.array(years, dtype="int64"))
        name = free_name(str(row["name"]), names_now)
        names_now.append(name)
        scenario = Scenario(
            name, year, locked & set(board.years), plan_id=str(row["plan_id"]), changed=lost > 0
        )
        scenario.solution = None if lost else _solution(row, settings)
        found.append((scenario, lost))
    return found, unread


def _solution(row: Mapping[str, Any], settings: dict[str, object]) -> Solution | None:
    if not isinstance(row["status"], str) or not row["status"]:
        return None
    objective, bound, gap = (float(row[name]) for name in ("objective", "bound", "gap_ratio"))
    return Solution(row["status"], objective, bound, gap, settings)
