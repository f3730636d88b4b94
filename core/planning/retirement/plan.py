"""Retirement plans as tables, with their proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..linear import solver_name
from .check import check_plan
from .greedy import greedy_plan
from .integers import COST_UNIT, TOLERANCE, to_integers
from .problem import RetirementProblem
from .relief import Relief, relieve
from .search import Limits
from .solve import Solved, solve
from .tables import PlanTables, ReliefTables

GAP = 1e-4
"""Relative gap between cost and bound at which the search ends, unless it can prove more at no price."""


@dataclass(frozen=True)
class RetirementPlan:
    """A plan that has passed the check.

    Attributes:
        status: optimal (cost = bound); within_gap; time_limit (the gap is larger, or no plan that meets every target
            was found in time: see ``relief``); shortfall (no plan meets every target: this one misses as little as
            could be found, and bound and gap are those of its lowered targets; see ``relief``).
        areas: one row per area: ``area_id``, ``retire`` (bool), ``year`` (0: not by the plan, or a plan without years),
            ``why`` (locked_retire, chosen; locked_keep, already_retired, not_needed), ``without_cost`` (what the plan
            would cost without it, infinite: none would do, NaN: not told), ``without_exact`` (False: at least that).
        units: one row per demand: ``unit_id``, ``measure``, ``year``, ``within_year``, ``amount``, ``reached``,
            ``shortfall``.
        wells: one row per well that serves an area: ``well_id``, ``closes``, ``by_plan`` (not before it).
        closings: ``unit_id``, ``n_min``, ``n_closing``, ``shortfall``.
        caps: ``township``, ``year``, ``limit_mu``, ``used_mu`` by the plan.
        cost: Σ cost of the areas; bonus: for areas that touch; value: cost − bonus, what is least.
        bound: no plan has a lower value; gap: (value − bound) ÷ value.
        greedy_value, greedy_complete: the plan by hand, and whether it meets everything.
        relief: what must give; None where every target is met.
        log: what was solved and how: ``method``, ``status``, ``n_parts``, ``n_areas``, ``gap``, ``seconds``.
        solver: the solver of the linear programs; seconds: all in all.
    """

    status: str
    areas: pd.DataFrame
    units: pd.DataFrame
    wells: pd.DataFrame
    closings: pd.DataFrame
    caps: pd.DataFrame
    cost: float
    bonus: float
    value: float
    bound: float
    gap: float
    greedy_value: float
    greedy_complete: bool
    relief: ReliefTables | None
    log: pd.DataFrame
    solver: str
    seconds: float


def plan_retirement(
    problem: RetirementProblem,
    *,
    time_limit: float = 60.0,
    gap: float = GAP,
    progress: Callable[[float], None] | None = None,
) -> RetirementPlan:
    """The least costly retirement that meets every demand, cap, lock and closing, or what comes nearest to it.

    Args:
        time_limit: seconds; the best plan so far is given then, with its gap. Single targets need none of it; where no
            plan meets every target, as much again is spent on what comes nearest.
        gap: relative gap that is good enough.
        progress: told the share done, 0 to 1; may raise to cancel.

    Raises:
        OverdraftError: the plan does not stand up to the check.
    """
    begin = time.monotonic()
    told = _Progress(progress)
    limits = Limits(begin + time_limit, gap, told.ask)
    model = to_integers(problem)
    solved = solve(model, limits, told.tell)
    relief: Relief | None = None
    infeasible = solved.infeasible
    if not solved.complete:
        relief, solved = relieve(model, solved, Limits(time.monotonic() + time_limit, gap, told.ask))
    tables = PlanTables(problem, model, solved, relief)
    check_plan(tables.checked(), tables.retired(), tables.shortfalls(), solved.cost)
    by_hand = greedy_plan(model)
    cost = int(model.cost[solved.chosen].sum())
    return RetirementPlan(
        status=_status(solved, relief is None, infeasible, gap),
        areas=tables.areas(),
        units=tables.units(),
        wells=tables.wells(),
        closings=tables.closings(),
        caps=tables.caps(),
        cost=cost * COST_UNIT,
        bonus=(cost - solved.cost) * COST_UNIT,
        value=solved.cost * COST_UNIT,
        bound=solved.bound * COST_UNIT,
        gap=relative_gap(solved.cost, solved.bound),
        greedy_value=by_hand.cost * COST_UNIT,
        greedy_complete=by_hand.complete,
        relief=tables.relief(),
        log=_log(solved),
        solver=solver_name(),
        seconds=time.monotonic() - begin,
    )


def compare_scenarios(plans: Mapping[str, RetirementPlan]) -> pd.DataFrame:
    """Plans of the same areas under several settings side by side, one row each, in the order given.

    Columns: ``scenario``, ``status``, ``n_areas``, ``cost``, ``bonus``, ``bound``, ``gap``, ``shortfall_mu`` (of land),
    ``n_closing``, ``n_other`` (areas that this plan treats otherwise than the first).
    """
    rows = []
    first: set[str] | None = None
    for name, plan in plans.items():
        retired = set(plan.areas.loc[plan.areas["retire"], "area_id"])
        first = retired if first is None else first
        land = plan.units[plan.units["measure"] == "area_mu"]
        rows.append(
            {
                "scenario": name,
                "status": plan.status,
                "n_areas": len(retired),
                "cost": plan.cost,
                "bonus": plan.bonus,
                "bound": plan.bound,
                "gap": plan.gap,
                "shortfall_mu": float(land["shortfall"].sum()),
                "n_closing": int(plan.wells["closes"].sum()),
                "n_other": len(retired ^ first),
            }
        )
    return pd.DataFrame(rows)


class _Progress:
    """Tells the share done; a solver that asks whether to stop tells the last share again."""

    def __init__(self, progress: Callable[[float], None] | None) -> None:
        self._progress, self._share = progress, 0.0

    def tell(self, share: float) -> None:
        """A share from 0 to 1."""
        self._share = max(self._share, share)
        self.ask()

    def ask(self) -> None:
        """Raises when the user cancelled."""
        if self._progress is not None:
            self._progress(self._share)


def _status(solved: Solved, complete: bool, infeasible: bool, gap: float) -> str:
    if not complete:
        return "shortfall" if infeasible else "time_limit"
    if solved.cost == solved.bound:
        return "optimal"
    close = solved.cost - solved.bound <= max(gap, TOLERANCE) * abs(solved.cost)
    return "within_gap" if close else "time_limit"


def _log(solved: Solved) -> pd.DataFrame:
    """The parts, thrown together by method and outcome."""
    sums: dict[tuple[str, str], np.ndarray] = {}
    for part in solved.log:
        figures = np.array([1, part.n_areas, part.cost, part.bound, part.seconds], dtype=object)
        key = (part.method, part.status)
        sums[key] = sums[key] + figures if key in sums else figures
    rows = [
        (*key, n_parts, n_areas, relative_gap(cost, bound), seconds)
        for key, (n_parts, n_areas, cost, bound, seconds) in sorted(sums.items())
    ]
    return pd.DataFrame(rows, columns=["method", "status", "n_parts", "n_areas", "gap", "seconds"])


def relative_gap(cost: int, bound: int) -> float:
    """(cost − bound) ÷ |cost|; 0 where they are equal."""
    return (cost - bound) / abs(cost) if cost != bound and cost else 0.0
