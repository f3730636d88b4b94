"""An independent look at a finished plan: from the tables alone, without anything the solvers made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...errors import OverdraftError
from .integers import COST_UNIT, TOLERANCE
from .problem import RetirementProblem


def check_plan(problem: RetirementProblem, years: pd.Series, shortfall: pd.Series, cost_units: int) -> None:
    """Check a plan against locks, demands, caps and closings, and its cost; stop the run if anything is wrong.

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
    areas = problem.areas.set_index("area_id")
    plan = pd.DataFrame({"year": years})
    wrong = [
        ("lock", _locks(areas, plan)),
        ("demand", _demands(problem, areas, plan, shortfall.to_numpy(dtype="float64"))),
        ("cap", _caps(problem, areas, plan)),
        ("closing", _closings(problem, areas, plan, shortfall.to_numpy(dtype="float64"))),
        ("cost", [] if _cost(problem, areas, plan) == cost_units else [str(cost_units)]),
    ]
    for kind, found in wrong:
        if found:
            raise OverdraftError("retiring.check", kind=kind, found=found[0], n=len(found))


def _locks(areas: pd.DataFrame, plan: pd.DataFrame) -> list[str]:
    """Areas in the plan that do not exist, must stay or are retired already; areas that must go and do not."""
    unknown = plan.index.difference(areas.index)
    lock = areas["lock"].reindex(plan.index)
    done = areas["retired_year"].reindex(plan.index).fillna(0) > 0
    left_out = areas.index[(areas["lock"] == "retire") & (areas["retired_year"] == 0)].difference(plan.index)
    found = [*unknown, *plan.index[(lock == "keep") | done], *left_out, *plan.index[plan.index.duplicated()]]
    return [str(area) for area in found]


def _demands(
    problem: RetirementProblem, areas: pd.DataFrame, plan: pd.DataFrame, shortfall: np.ndarray
) -> list[str]:
    land = problem.pieces.merge(plan, left_on="area_id", right_index=True)
    quota = areas["quota_m3_per_mu"].reindex(land["area_id"]).fillna(0.0).to_numpy()
    seeping = areas["return_ratio"].reindex(land["area_id"]).to_numpy()
    land["gross_m3"] = land["area_mu"] * quota
    land["net_m3"] = land["gross_m3"] * (1 - seeping)
    sums = land.groupby(["unit_id", "year"])[["area_mu", "gross_m3", "net_m3"]].sum().reset_index()
    by_unit = dict(list(sums.groupby("unit_id")))
    none = sums.iloc[:0]
    found = []
    for demand, missed in zip(problem.demands.itertuples(), shortfall, strict=False):
        rows = by_unit.get(demand.unit_id, none)
        if problem.years:
            rows = rows[rows["year"] == demand.year if demand.within_year else rows["year"] <= demand.year]
        if rows[demand.measure].sum() < demand.amount * (1 - TOLERANCE) - missed * (1 + TOLERANCE):
            found.append(f"{demand.unit_id} {demand.measure} {demand.year}")
    return found


def _caps(problem: RetirementProblem, areas: pd.DataFrame, plan: pd.DataFrame) -> list[str]:
    land = plan.join(areas[["township", "area_mu"]])
    found = []
    for cap in problem.caps.itertuples():
        for year in problem.years or (0,):
            if cap.year not in (0, year):
                continue
            here = areas[(areas["township"] == cap.township) & (areas["retired_year"] == year) & (year > 0)]
            mine = land[(land["township"] == cap.township) & (land["year"] == year)]
            limit = max(cap.limit_mu - here["area_mu"].sum(), 0.0)
            if mine["area_mu"].sum() > limit + TOLERANCE * cap.limit_mu:
                found.append(f"{cap.township} {year}")
    return found


def _closings(
    problem: RetirementProblem, areas: pd.DataFrame, plan: pd.DataFrame, shortfall: np.ndarray
) -> list[str]:
    if not len(problem.closings):
        return []
    closing = set(closing_wells(problem, areas, plan.index))
    counted = problem.wells[problem.wells["well_id"].isin(closing)].groupby("unit_id").size()
    missed = shortfall[len(problem.demands) :]
    return [
        str(row.unit_id)
        for row, less in zip(problem.closings.itertuples(), missed, strict=True)
        if counted.get(row.unit_id, 0) < row.n_min - less
    ]


def closing_wells(problem: RetirementProblem, areas: pd.DataFrame, retired: pd.Index) -> pd.Index:
    """Wells of which every area is retired, by the plan or before, or has surface water."""
    served = areas.reindex(problem.links["area_id"])
    done = (
        served.index.isin(retired)
        | (served["retired_year"] > 0).to_numpy()
        | served["surface"].to_numpy(dtype=bool)
    )
    whole = pd.Series(done).groupby(problem.links["well_id"].to_numpy()).all()
    return whole.index[whole]


def _cost(problem: RetirementProblem, areas: pd.DataFrame, plan: pd.DataFrame) -> int:
    cost = np.rint(areas["cost"].reindex(plan.index) / COST_UNIT).astype("int64").sum()
    before = set(areas.index[areas["retired_year"] > 0])
    gone = before | set(plan.index)
    touches = problem.touches
    both = touches["area_id"].isin(gone) & touches["other_id"].isin(gone)
    new = ~(touches["area_id"].isin(before) & touches["other_id"].isin(before))
    bonus = np.rint(touches["bonus"][both & new] / COST_UNIT).astype("int64").sum()
    return int(cost) - int(bonus)
