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

COLUMNS = ("renewal_id", "retired_ids", "served", "weight", "cost", "extra_cost", "proven")


def runner_ups(
    problem: Problem,
    plan: Plan,
    renewal_ids: Iterable[str],
    *,
    time_limit_s: float = 60.0,
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """The best plan in which a renewal makes another choice than in ``plan``.

    For a renewal that is served: the best plan without at least one of its pairs, which is the best of the plans without the
    first, without the second … (``retired_ids`` is empty where leaving it out is best). For one that is not: the best plan
    that serves it. Other renewals may change as well.

    Args:
        plan: of :func:`.solve.pair_wells`, proven.
        renewal_ids: whom to ask for; every one of them costs a few solutions of its pool.
        time_limit_s: for each of them.

    Returns:
        A row per renewal, ``COLUMNS``: what the plan then serves and costs in total, and how much more that is. A renewal for
        which there is no other plan has no row. ``proven``: nothing better exists.
    """
    tell = progress or (lambda _: None)
    wanted = list(renewal_ids)
    rows = []
    for number, renewal in enumerate(wanted):
        tell(number / len(wanted))
        row = int(np.flatnonzero(problem.renewal_ids == renewal)[0])
        deadline = time.monotonic() + time_limit_s
        found = [
            one
            for changed in _changed(problem, plan, row)
            if (one := _resolved(problem, changed, plan, row, deadline)) is not None
        ]
        if found:
            best = min(found, key=lambda one: (-one["weight"], one["cost"], one["retired_ids"]))
            rows.append({**best, "proven": all(one["proven"] for one in found)})
    return pd.DataFrame(rows, columns=list(COLUMNS))


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
        "renewal_id": problem.renewal_ids[row],
        "retired_ids": problem.candidate_ids[np.sort(cols)].tolist(),
        "served": count_rows(served),
        "weight": int(problem.weight[served.astype(int)].sum()),
        "cost": cost,
        "extra_cost": cost - plan.cost,
        "proven": all(one.proven for one in answers),
    }
