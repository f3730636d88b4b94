"""An independent check of a plan against the problem as it was stated; it runs before a plan is handed out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...errors import OverdraftError
from .plan import Plan
from .problem import Problem


def check_plan(problem: Problem, plan: Plan) -> None:
    """Recompute feasibility and objective from the problem alone; nothing of the solution is reused.

    Raises:
        OverdraftError: which rule the plan breaks, and how often. It is then an error of the program, not of the data.
    """
    row, col = _places(plan.pairs, problem)
    cost, to_seal = problem.offers.price(row, col), problem.to_seal[col]
    _refuse("not_on_offer", cost < 0)
    _refuse("cost", cost != plan.pairs["cost"].to_numpy())
    _refuse("to_seal", to_seal != plan.pairs["to_seal"].to_numpy(dtype=bool))
    _refuse("pool", problem.candidate_pool[col] != problem.renewal_pool[row])
    _refuse("twice", np.bincount(col) > 1)
    taken = np.bincount(row, minlength=len(problem.needed))
    served = taken > 0
    _refuse("needed", served & (taken != problem.needed))
    has_named = np.bincount(row, col == problem.named[row], minlength=len(problem.needed)) > 0
    _refuse("named", served & (problem.named >= 0) & ~has_named)
    sealed = np.bincount(problem.candidate_pool[col[~to_seal]], minlength=len(problem.limit))
    _refuse("limit", sealed > problem.limit)
    _refuse("cap", problem.max_served is not None and served.sum() > problem.max_served)
    _refuse("served", plan.served != served.sum() or plan.weight != problem.weight[served].sum())
    _refuse("total", plan.cost != cost.sum())
    unmet = set(problem.renewal_ids) - set(plan.pairs["renewal_id"])
    _refuse("unmet", set(plan.unmet["renewal_id"]) != unmet or len(plan.unmet) != len(unmet))
    better = plan.weight == plan.weight_bound and plan.cost < plan.cost_bound
    _refuse("bound", plan.weight > plan.weight_bound or better)


def _places(pairs: pd.DataFrame, problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    row = pd.Index(problem.renewal_ids).get_indexer(pairs["renewal_id"])
    col = pd.Index(problem.candidate_ids).get_indexer(pairs["retired_id"])
    _refuse("id", (row < 0) | (col < 0))
    return row, col


def _refuse(rule: str, broken: np.ndarray | bool) -> None:
    count = int(np.sum(broken))
    if count:
        raise OverdraftError("pairing.plan_breaks_rule", rule=rule, count=count)
