"""The check refuses every kind of plan that is wrong."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.planning.pairing import check_plan, pair_wells

from .small import Case


@pytest.fixture
def right():
    """a and b are served with two wells each; a names v; two of the four sealed wells may be used; the cap is 2."""
    costs = {("a", "v"): 1, ("a", "w"): 2, ("a", "z"): 9, ("b", "w"): 9, ("b", "x"): 3, ("b", "y"): 4}
    case = Case(
        {"a": ("p", 2, 2, "v"), "b": ("p", 1, 2, None), "c": ("q", 1, 1, None)},
        {
            "v": ("p", True),
            "w": ("p", False),
            "x": ("p", False),
            "y": ("p", True),
            "z": ("p", True),
            "u": ("q", True),
        },
        costs,
        {"p": 2},
        2,
    )
    problem = case.problem()
    plan = pair_wells(problem)
    assert plan.pairs[["renewal_id", "retired_id"]].agg("".join, axis=1).tolist() == ["av", "aw", "bx", "by"]
    check_plan(problem, plan)
    return problem, plan


def _with(plan, **columns):
    return replace(plan, pairs=plan.pairs.assign(**columns))


def _wells(plan, old, new):
    return plan.pairs["retired_id"].replace(old, new)


BROKEN = {
    "id": lambda plan: _with(plan, retired_id=_wells(plan, "v", "nobody")),
    "not_on_offer": lambda plan: _with(plan, renewal_id=plan.pairs["renewal_id"].replace("b", "c")),
    "cost": lambda plan: _with(plan, cost=plan.pairs["cost"] + [1, 0, 0, 0]),
    "to_seal": lambda plan: _with(plan, to_seal=~plan.pairs["to_seal"]),
    "needed": lambda plan: replace(plan, pairs=plan.pairs.iloc[1:]),
    "served": lambda plan: replace(plan, served=plan.served + 1),
    "total": lambda plan: replace(plan, cost=plan.cost - 1),
    "unmet": lambda plan: replace(plan, unmet=plan.unmet.iloc[:0]),
    "bound": lambda plan: replace(plan, cost_bound=plan.cost + 1),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_plan_is_refused(right, rule):
    problem, plan = right
    _refused(problem, BROKEN[rule](plan), rule)


def test_rules_of_the_problem_that_a_plan_does_not_keep(right):
    problem, plan = right
    _refused(replace(problem, max_served=1), plan, "cap")
    _refused(replace(problem, limit=problem.limit * 0), plan, "limit")
    _refused(replace(problem, candidate_pool=1 - problem.candidate_pool), plan, "pool")
    z = problem.candidate_ids.tolist().index("z")
    _refused(replace(problem, named=problem.named * 0 + z), plan, "named")


def test_a_well_that_is_used_twice(right):
    problem, plan = right
    mine, other = plan.pairs["retired_id"].iloc[[1, 2]]
    pairs = plan.pairs.assign(retired_id=_wells(plan, other, mine))
    price = problem.offers.price(
        pd.Index(problem.renewal_ids).get_indexer(pairs["renewal_id"]),
        pd.Index(problem.candidate_ids).get_indexer(pairs["retired_id"]),
    )
    seal = problem.to_seal[pd.Index(problem.candidate_ids).get_indexer(pairs["retired_id"])]
    _refused(problem, replace(plan, pairs=pairs.assign(cost=price, to_seal=seal)), "twice")


def _refused(problem, plan, rule):
    with pytest.raises(OverdraftError) as caught:
        check_plan(problem, plan)
    assert caught.value.key == "pairing.plan_breaks_rule"
    assert caught.value.values["rule"] == rule
