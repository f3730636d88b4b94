"""Time that runs out, and those who cancel."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.planning.pairing import check_plan, pair_wells

from .small import SOLVERS, as_if_large, best_by_program, random_case, solver


class StoppedError(Exception):
    """Raised by whoever wants to stop."""


@pytest.mark.parametrize("library", SOLVERS)
@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_without_time_a_plan_with_an_honest_gap(library, seed):
    case = random_case(seed, 10, 15, top=2 + seed % 2, extras=True)
    best = best_by_program(case)
    with solver(library), as_if_large():
        plan = pair_wells(case.problem(), time_limit_s=0)
    check_plan(case.problem(), plan)
    assert plan.weight <= best[0] <= plan.weight_bound
    if plan.weight_bound == best[0]:
        assert plan.cost_bound <= best[1]
    assert (plan.weight, -plan.cost) >= (plan.greedy_weight, -plan.greedy_cost)
    assert (plan.gap == 0) == (plan.status == "optimal")


def test_gap_is_of_the_weight_then_of_the_cost():
    case = random_case(5, 30, 45)
    with as_if_large():
        plan = pair_wells(case.problem(), time_limit_s=0)
    assert plan.status == "open"
    assert plan.weight_bound == 22  # 45 wells, two each
    assert plan.gap == pytest.approx((22 - plan.weight) / 22 if plan.weight < 22 else 1.0)


@pytest.mark.parametrize("library", SOLVERS)
def test_a_run_can_be_cancelled(library):
    shares = []

    def stop(share):
        shares.append(share)
        if share > 0.3:
            raise StoppedError

    with solver(library), pytest.raises(StoppedError):
        pair_wells(random_case(1, 24, 30, pools=6).problem(), progress=stop)
    assert shares == sorted(shares)
    assert shares[-1] < 1


def test_progress_ends_at_one():
    shares = []
    pair_wells(random_case(1, 24, 30, pools=6).problem(), progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
