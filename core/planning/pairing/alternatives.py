"""For one renewal: the next best choice, and what the whole plan would cost with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from .plan import Plan
from .problem import Problem
from .solve import count_rows, solve_problem

COLUMNS = ("renewal_id", "state", "retired_ids", "served", "weight", "cost", "extra_cost", "proven")
FOUND, NONE, OPEN = "found", "none", "not_computed"


def runner_ups(
    problem: Problem,
    plan: Plan,
    renewal_ids: Iterable[str] | None = None,
    *,
    time_limit_s: float = 60.0,
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """The best plan in which a renewal makes another choice than in ``plan``.

    For a renewal that is served: the best plan without at least one of its pairs, which is the best of the
    plans without the first, without the second … (``retired_ids`` is empty where leaving it out is best). For
    one that is not: the best plan that serves it. Other renewals may change as well.

    Args:
        plan: of :func:`.solve.pair_wells`, proven.
        renewal_ids: whom to ask for; None: all. Each costs a few solutions of its pool, so small pools come
            first.
        time_limit_s: for all of them together.
        progress: called with the share done; raises to cancel.

    Returns:
        A row per renewal in the order asked for, ``COLUMNS``. ``state``: ``found``; ``none`` (there is no other
        plan); ``not_computed`` (no time was left). Where found: what the plan serves and costs in total, how
        much more than ``plan`` that is, and whether it is proven that nothing better exists.
    """
    tell = progress or (lambda _: None)
    deadline = time.monotonic() + time_limit_s
    wanted = problem.renewal_ids.tolist() if renewal_ids is None else list(renewal_ids)
    rows = pd.Index(problem.renewal_ids).get_indexer(wanted)
    size = np.bincount(problem.renewal_pool, minlength=len(problem.pools))[problem.renewal_pool[rows]]
    found: dict[int, dict] = {}
    for number, place in enumerate(np.argsort(size, kind="stable").tolist()):
        tell(number / len(wanted))
        if time.monotonic() >= deadline:
            break
        found[place] = _runner_up(problem, plan, int(rows[place]), deadline)
    nothing = dict.fromkeys(COLUMNS, pd.NA) | {"state": OPEN, "retired_ids": [], "proven": False}
    table = [{**nothing, **found.get(place, {}), "renewal_id": name} for place, name in enumerate(wanted)]
    frame = pd.DataFrame(table, columns=list(COLUMNS))
    return frame.astype(dict.fromkeys(("served", "weight", "cost", "extra_cost"), "Int64") | {"proven": bool})


def _runner_up(problem: Problem, plan: Plan, row: int, deadline: float) -> dict:
    """The best of a renewal's alternatives."""
    found = [_resolved(problem, changed, plan, row, deadline) for changed in _changed(problem, plan, row)]
    plans = [one for one in found if one is not None]
    if not plans:
        return {"state": NONE, "proven": True}
    best = min(plans, key=lambda one: (-one["weight"], one["cost"], one["retired_ids"]))
    return {**best, "state": FOUND, "proven": all(one["proven"] for one in plans)}


def _changed(problem: Problem, plan: Plan, row: int) -> list[Problem]:
    """The problems whose plans are the alternatives."""
    mine = plan.pairs["renewal_id"] == problem.renewal_ids[row]
    if not mine.any():
        weight = problem.weight.copy()
        weight[row] = problem.weight.sum() + 1
        return [replace(problem, weight=weight)]
    cols = np.searchsorted(problem.candidate_ids, plan.pairs["retired_id"][mine].to_numpy(dtype=object))
    return [problem.without(np.array([row]), np.array([col])) for col in cols]


def _resolved(problem: Problem, changed: Problem, plan: Plan, row: int, deadline: float) -> dict | None:
    """The plan of a changed problem, solved anew only in the renewal's pool where that is enough."""
    capped = problem.max_served is not None
    pool = problem.renewal_pool[row]
    answers, _ = solve_problem(changed, deadline, lambda _: None, None if capped else np.array([pool]))
    taken = np.concatenate([one.row for one in answers])
    cols = np.concatenate([one.col for one in answers])[taken == row]
    if not len(cols) and row not in np.searchsorted(problem.renewal_ids, plan.pairs["renewal_id"].unique()):
        return None
    elsewhere = np.zeros(len(plan.pairs), dtype=bool)
    if not capped:
        places = np.searchsorted(problem.renewal_ids, plan.pairs["renewal_id"].to_numpy(dtype=object))
        elsewhere = problem.renewal_pool[places] != pool
    kept = plan.pairs[elsewhere]
    others = np.searchsorted(problem.renewal_ids, kept["renewal_id"].unique())
    cost = int(kept["cost"].sum()) + sum(int(one.cost.sum()) for one in answers)
    served = np.unique(np.r_[others, np.unique(taken)])
    return {
        "retired_ids": problem.candidate_ids[np.sort(cols)].tolist(),
        "served": count_rows(served),
        "weight": int(problem.weight[served.astype(int)].sum()),
        "cost": cost,
        "extra_cost": cost - plan.cost,
        "proven": all(one.proven for one in answers),
    }
