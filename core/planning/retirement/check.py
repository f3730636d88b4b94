"""An independent look at a finished plan: from the tables alone, without anything the solvers made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...errors import OverdraftError
from .integers import COST_UNIT, TOLERANCE
from .problem import RetirementProblem


def check_plan(problem: RetirementProblem, years: pd.Series, shortfall: pd.Series, cost_units: int) -> None:
    """Check a plan against locks, years, demands, caps and closings, and its cost; stop the run if anything is wrong.

    A demand holds when Σ of what the retired areas add ≥ (amount − shortfall) · (1 − 10⁻⁹); a cap when
    Σ ``area_mu`` ≤ limit · (1 + 10⁻⁹).

    Args:
        years: by ``area_id``, the year in which each area of the plan is retired (0 for plans without years).
        shortfall: what the plan says it misses, one value per row of ``problem.demands`` and then of
            ``problem.closings``.
        cost_units: what the plan says it costs, less bonuses, in units of :data:`.integers.COST_UNIT`.

    Raises:
        OverdraftError: the plan is not what it says; this is an error of the program, and no plan is given out.
    """
    rows = pd.Index(problem.areas["area_id"]).get_indexer(years.index)
    known = rows >= 0
    year = np.full(len(problem.areas), -1)
    year[rows[known]] = years.to_numpy(dtype="int64")[known]
    missed = shortfall.to_numpy(dtype="float64")
    n_demands = len(problem.demands)
    wrong = [
        ("area", [*years.index[~known], *years.index[years.index.duplicated()]]),
        ("lock", _locks(problem, year)),
        ("year", list(problem.areas["area_id"][(year >= 0) & ~np.isin(year, problem.years or (0,))])),
        ("demand", _demands(problem, year, missed[:n_demands])),
        ("cap", _caps(problem, year)),
        ("closing", _closings(problem, year, missed[n_demands:])),
        ("cost", [] if _cost(problem, year) == cost_units else [cost_units]),
    ]
    for kind, found in wrong:
        if found:
            raise OverdraftError("retiring.check", kind=kind, found=str(found[0]), n=len(found))


def closing_wells(problem: RetirementProblem, chosen: np.ndarray) -> set[str]:
    """Wells of which every area is retired, by the plan or before, or has surface water.

    Args:
        chosen: areas that the plan retires, one per row of ``problem.areas``, bool.
    """
    areas = problem.areas
    done = chosen | (areas["retired_year"] > 0).to_numpy() | areas["surface"].to_numpy(dtype=bool)
    whole = problem.links["well_id"].to_numpy(dtype=object)
    return set(whole) - set(whole[~done[problem.links["area"].to_numpy(dtype="int64")]])


def _locks(problem: RetirementProblem, year: np.ndarray) -> list[str]:
    """Areas in the plan that must stay or are retired already; areas that must go and do not."""
    areas = problem.areas
    lock, done = areas["lock"].to_numpy(), (areas["retired_year"] > 0).to_numpy()
    broken = np.where(year >= 0, (lock == "keep") | done, (lock == "retire") & ~done)
    return list(areas["area_id"][broken])


def _demands(problem: RetirementProblem, year: np.ndarray, missed: np.ndarray) -> list[str]:
    pieces, areas = problem.pieces, problem.areas
    place = pieces["area"].to_numpy(dtype="int64")
    gone = year[place] >= 0
    place = place[gone]
    land = pieces["area_mu"].to_numpy()[gone]
    gross = land * areas["quota_m3_per_mu"].fillna(0.0).to_numpy()[place]
    adds = {
        "area_mu": land,
        "gross_m3": gross,
        "net_m3": gross * (1 - areas["return_ratio"].to_numpy()[place]),
    }
    unit, names = pd.factorize(pieces["unit_id"].to_numpy()[gone])
    code = dict(zip(names, range(len(names)), strict=True))
    calendar = problem.years or (0,)
    column = np.searchsorted(calendar, year[place])
    sums = {}
    for measure in problem.demands["measure"].unique():
        sums[measure] = np.zeros(
            (len(names) + 1, len(calendar))
        )  # the last row: units of which nothing is retired
        np.add.at(sums[measure], (unit, np.minimum(column, len(calendar) - 1)), adds[measure])
    found = []
    for demand, less in zip(problem.demands.itertuples(), missed, strict=True):
        brings = sums[demand.measure][code.get(demand.unit_id, len(names))]
        if problem.years:
            due = calendar.index(demand.year)
            brings = brings[due : due + 1] if demand.within_year else brings[: due + 1]
        if brings.sum() < demand.amount * (1 - TOLERANCE) - less * (1 + TOLERANCE):
            found.append(f"{demand.unit_id} {demand.measure} {demand.year}")
    return found


def _caps(problem: RetirementProblem, year: np.ndarray) -> list[str]:
    """What was retired in a year already counts against its cap; a cap that this exceeds leaves no room."""
    caps, calendar = problem.caps, problem.years or (0,)
    towns = pd.Index(caps["township"].unique())
    before = np.where(problem.areas["retired_year"] > 0, problem.areas["retired_year"], -1)
    used, done = (_land_by_year(problem, towns, when) for when in (year, before))
    found = []
    for cap, town in zip(caps.itertuples(), towns.get_indexer(caps["township"]), strict=True):
        room = np.maximum(cap.limit_mu - done[town], 0.0) + TOLERANCE * cap.limit_mu
        over = (used[town] > room) & ((cap.year == 0) | (np.array(calendar) == cap.year))
        found += [f"{cap.township} {now}" for now in np.array(calendar)[over]]
    return found


def _land_by_year(problem: RetirementProblem, towns: pd.Index, year: np.ndarray) -> np.ndarray:
    """亩 retired by township and year, (towns, years)."""
    calendar = np.array(problem.years or (0,))
    code = towns.get_indexer(problem.areas["township"])
    here = (code >= 0) & np.isin(year, calendar)
    land = np.zeros((len(towns), len(calendar)))
    np.add.at(
        land,
        (code[here], np.searchsorted(calendar, year[here])),
        problem.areas["area_mu"].to_numpy()[here],
    )
    return land


def _closings(problem: RetirementProblem, year: np.ndarray, missed: np.ndarray) -> list[str]:
    if not len(problem.closings):
        return []
    closing = problem.wells[problem.wells["well_id"].isin(closing_wells(problem, year >= 0))]
    counted = closing.groupby("unit_id").size()
    return [
        str(row.unit_id)
        for row, less in zip(problem.closings.itertuples(), missed, strict=True)
        if counted.get(row.unit_id, 0) < row.n_min - less
    ]


def _cost(problem: RetirementProblem, year: np.ndarray) -> int:
    cost = np.rint(problem.areas["cost"].to_numpy()[year >= 0] / COST_UNIT).astype("int64").sum()
    before = (problem.areas["retired_year"] > 0).to_numpy()
    gone = before | (year >= 0)
    pair = problem.touches[["area", "other"]].to_numpy(dtype="int64").reshape(-1, 2)
    earned = gone[pair].all(axis=1) & ~before[pair].all(axis=1)
    bonus = np.rint(problem.touches["bonus"].to_numpy(dtype="float64")[earned] / COST_UNIT)
    return int(cost) - int(bonus.astype("int64").sum())
