"""What another choice would cost, against all plans there are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from overdraft.core.planning.pairing import pair_wells, runner_ups

from .small import SOLVERS, as_if_large, best_of_all, case, cases, random_case, solver


def test_the_next_best_choice_of_each():
    """a and b share y. Without x, a takes y and z (5); without y, x and z (4). c is served if b stays out."""
    three = case("a:2 b:1 c:1", {"a": {"x": 0, "y": 1, "z": 4}, "b": {"w": 2}, "c": {"w": 3}})
    plan = pair_wells(three.problem())
    assert (plan.weight, plan.cost) == (2, 3)
    found = runner_ups(three.problem(), plan).set_index("renewal_id")
    assert found["retired_ids"].to_dict() == {"a": ["x", "z"], "b": [], "c": ["w"]}
    assert found["cost"].to_dict() == {"a": 6, "b": 4, "c": 4}
    assert found["extra_cost"].to_dict() == {"a": 3, "b": 1, "c": 1}
    assert found["state"].eq("found").all()
    assert found["proven"].all()


def test_there_may_be_no_other_plan():
    problem = case("a:2", {"a": {"x": 1}}).problem()
    assert runner_ups(problem, pair_wells(problem))["state"].to_list() == ["none"]


def test_what_was_not_computed_says_so():
    problem = case("a:1 b:1", {"a": {"x": 1}, "b": {"y": 1}}).problem()
    rows = runner_ups(problem, pair_wells(problem), ["b", "a"], time_limit_s=0)
    assert rows["renewal_id"].to_list() == ["b", "a"]
    assert rows["state"].to_list() == ["not_computed"] * 2
    assert rows["cost"].isna().all()


class StoppedError(Exception):
    """Raised by whoever wants to stop."""


def test_asking_can_be_cancelled():
    problem = case("a:1 b:1", {"a": {"x": 1}, "b": {"y": 1}}).problem()
    plan = pair_wells(problem)

    def stop(share):
        if share > 0.4:
            raise StoppedError

    with pytest.raises(StoppedError):
        runner_ups(problem, plan, progress=stop)


@settings(max_examples=15, deadline=None)
@given(cases())
def test_every_other_plan(case):
    _agrees(case)


@pytest.mark.long
@pytest.mark.parametrize("library", SOLVERS)
@settings(max_examples=1000, deadline=None)
@given(cases())
def test_every_other_plan_of_many_cases(library, case):
    with solver(library):
        _agrees(case)
    with solver(library), as_if_large():
        _agrees(case)


def _agrees(case):
    problem = case.problem()
    plan = pair_wells(problem)
    pairs = plan.pairs.groupby("renewal_id")["retired_id"].agg(set).to_dict()
    for row in runner_ups(problem, plan).to_dict("records"):
        name = row["renewal_id"]

        def other(one, name=name):
            return not pairs[name] <= set(one.get(name, ())) if name in pairs else name in one

        best = best_of_all(case, allowed=other)
        if best is None:
            assert row["state"] == "none"
        else:
            assert (row["weight"], row["cost"], row["proven"]) == (*best, True)
            assert row["extra_cost"] == best[1] - plan.cost


def test_a_pool_that_is_bounded_says_the_same():
    """Forty renewals, sixty wells: too many to solve as they are; the same from blocks that are taken as they are."""
    problem = random_case(3, 40, 60).problem()
    plan = pair_wells(problem)
    some = ["r000", "r013", "r039"]
    with as_if_large():
        bounded = runner_ups(problem, plan, some)
    plain = runner_ups(problem, plan, some)
    assert bounded.drop(columns="retired_ids").equals(plain.drop(columns="retired_ids"))
    assert plain["proven"].all()
