"""An independent check of a plan against the problem as it was stated; it runs before a plan is handed out."""

from __future__ import annotations

import pandas as pd

from ...errors import OverdraftError
from .plan import Plan
from .problem import NO_LIMIT, Problem


def check_plan(problem: Problem, plan: Plan) -> None:
    """Recompute feasibility and objective from the problem alone; nothing of the solution is reused.

    Raises:
        OverdraftError: which rule the plan breaks, and how often. It is then an error of the program, not of the data.
    """
    row, col = _places(plan.pairs, problem)
    facts = pd.DataFrame({"row": row, "col": col, "cost": plan.pairs["cost"].to_numpy()})
    facts["price"] = problem.offers.price(row, col)
    facts["to_seal"] = problem.to_seal[col]
    facts["pool"] = problem.candidate_pool[col]
    _refuse("not_on_offer", int((facts["price"] < 0).sum()))
    _refuse("cost", int((facts["price"] != facts["cost"]).sum()))
    _refuse("to_seal", int((facts["to_seal"].to_numpy() != plan.pairs["to_seal"].to_numpy(dtype=bool)).sum()))
    _refuse("pool", int((facts["pool"].to_numpy() != problem.renewal_pool[row]).sum()))
    _refuse("twice", int(facts["col"].duplicated().sum()))
    taken = facts.groupby("row")["col"].agg(["size", list])
    _refuse("needed", int((taken["size"].to_numpy() != problem.needed[taken.index]).sum()))
    named = [
        one not in cols
        for one, cols in zip(problem.named[taken.index], taken["list"], strict=True)
        if one >= 0
    ]
    _refuse("named", sum(named))
    sealed = facts[~facts["to_seal"]].groupby("pool").size()
    over = [count for pool, count in sealed.items() if NO_LIMIT > problem.limit[pool] < count]
    _refuse("limit", len(over))
    _refuse("cap", int(problem.max_served is not None and len(taken) > problem.max_served))
    _refuse("served", int(plan.served != len(taken) or plan.weight != int(problem.weight[taken.index].sum())))
    _refuse("total", int(plan.cost != int(facts["price"].sum())))
    unmet = set(problem.renewal_ids) - set(plan.pairs["renewal_id"])
    _refuse("unmet", int(set(plan.unmet["renewal_id"]) != unmet or len(plan.unmet) != len(unmet)))
    better = plan.weight > plan.weight_bound or (
        plan.weight == plan.weight_bound and plan.cost < plan.cost_bound
    )
    _refuse("bound", int(better))


def _places(pairs: pd.DataFrame, problem: Problem) -> tuple:
    row = pd.Index(problem.renewal_ids).get_indexer(pairs["renewal_id"])
    col = pd.Index(problem.candidate_ids).get_indexer(pairs["retired_id"])
    _refuse("id", int((row < 0).sum() + (col < 0).sum()))
    return row, col


def _refuse(rule: str, count: int) -> None:
    if count:
        raise OverdraftError("pairing.plan_breaks_rule", rule=rule, count=count)
