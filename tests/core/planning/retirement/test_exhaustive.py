"""Plans of small problems against every possible plan."""

from __future__ import annotations

import numpy as np
import pytest
from exhaustive import UNITS, every_plan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import problems

from overdraft.core.planning.retirement import (
    RetirementPlan,
    RetirementProblem,
    plan_retirement,
    retirement_problem,
)

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def units(value: float) -> int:
    return round(value * UNITS)


def agrees(problem: RetirementProblem) -> RetirementPlan:
    """The plan costs what the cheapest of all plans costs, and knows it; or there is none."""
    every = every_plan(problem)
    plan = plan_retirement(problem, gap=0.0)
    least = every.least()
    if least is None:
        assert plan.status == "shortfall"
        assert plan.units["shortfall"].sum() + plan.closings["shortfall"].sum() > 0 or plan.relief.given_up
        return plan
    assert plan.status == "optimal"
    assert units(plan.value) == units(plan.bound) == least
    assert not plan.units["shortfall"].any()
    if plan.greedy_complete:
        assert units(plan.greedy_value) >= least
    for row in plan.areas[plan.areas["without_cost"].notna()].itertuples():
        other = every.least(without=row.area_id)
        other = np.inf if other is None else other / UNITS
        assert (
            row.without_cost == pytest.approx(other)
            if row.without_exact
            else row.without_cost <= other + 1e-6
        )
    return plan


@settings(max_examples=250, suppress_health_check=SLOW)
@given(problems())
def test_small_problems(problem: RetirementProblem) -> None:
    agrees(problem)


@pytest.mark.long
@settings(max_examples=4000, suppress_health_check=SLOW)
@given(problems())
def test_thousands_of_small_problems(problem: RetirementProblem) -> None:
    agrees(problem)


def relieved(problem: RetirementProblem) -> None:
    """What a plan misses where none meets every target, and what it says would have to give."""
    every = every_plan(problem)
    plan = plan_retirement(problem, gap=0.0)
    if every.least() is not None:
        assert plan.relief is None
        return
    assert plan.status == "shortfall"
    if every.fits.any():
        assert not plan.relief.given_up
        assert plan.relief.least
        assert plan.units["shortfall"].sum() == pytest.approx(every.least_missed(), abs=1e-6)
    fewest = every.fewest_released()
    assert plan.relief.enough == (fewest is not None)
    if fewest is not None:
        assert plan.relief.fewest
        assert len(plan.relief.releases) == fewest


@settings(max_examples=100, suppress_health_check=SLOW)
@given(problems(most=0.9, plain=True))
def test_relief(problem: RetirementProblem) -> None:
    relieved(problem)


@pytest.mark.long
@settings(max_examples=2000, suppress_health_check=SLOW)
@given(problems(most=0.9, plain=True))
def test_thousands_of_reliefs(problem: RetirementProblem) -> None:
    relieved(problem)


@settings(max_examples=40, suppress_health_check=SLOW)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(problem: RetirementProblem, random) -> None:
    """Tables come out alike to the last area when their rows are shuffled."""

    def shuffled(table):
        return table.sample(frac=1, random_state=random.randrange(2**31))

    other = retirement_problem(
        shuffled(problem.areas),
        shuffled(problem.pieces),
        shuffled(problem.demands),
        years=problem.years,
        caps=shuffled(problem.caps),
        links=shuffled(problem.links),
        wells=shuffled(problem.wells),
        closings=shuffled(problem.closings),
        touches=shuffled(problem.touches),
    )
    one, two = plan_retirement(problem, gap=0.0), plan_retirement(other, gap=0.0)
    assert one.areas.equals(two.areas)
    assert one.units.equals(two.units)
    assert (one.value, one.bound, one.status) == (two.value, two.bound, two.status)
