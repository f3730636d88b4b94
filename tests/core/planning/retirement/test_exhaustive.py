"""Plans of small problems against every possible plan.

The normal suite draws some hundred and fifty problems, the long one thousands: with ``highspy``, with scipy's solver
alone, and with limits so small that what serves large problems (sifting, cores, bounds on what a plan costs without
an area) serves these too.
"""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
from exhaustive import UNITS, every_plan
from hypothesis import HealthCheck, given, settings
from small import problems

from overdraft.core.planning import linear
from overdraft.core.planning.retirement import (
    RetirementPlan,
    RetirementProblem,
    plan_retirement,
    relaxation,
    retirement_problem,
    search,
    solve,
)

FAMILIES = {
    "everything": problems(),
    "land and caps": problems(plain=True),
    "scarce": problems(most=0.9, plain=True),
}
SOLVERS = ("highspy", "scipy", "as large")


def drawn(examples: int):
    """Settings of a test that draws problems; the fixtures change the solver for all of them alike."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, suppress_health_check=checks)


@pytest.fixture(params=SOLVERS)
def solver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which solver, and whether small problems are treated as large ones are."""
    if request.param == "scipy":
        monkeypatch.setattr(linear, "_highspy", lambda: None)
    if request.param == "as large":
        monkeypatch.setattr(relaxation, "DIRECT", 0)
        monkeypatch.setattr(relaxation, "_NEAREST", 1)
        monkeypatch.setattr(relaxation, "_SAMPLE", 2)
        monkeypatch.setattr(relaxation, "_NEW", 1)
        monkeypatch.setattr(search, "CORES", (1, 2))
        monkeypatch.setattr(solve, "EXACT_WORK", 0)
        monkeypatch.setattr(solve, "SMALL_WORK", 0)
        monkeypatch.setattr(solve, "SMALL_PART", 0)
    return request.param


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
        if row.without_exact:
            assert row.without_cost == pytest.approx(other)
        else:
            assert row.without_cost <= other + 1e-6
    return plan


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


def indifferent(problem: RetirementProblem, seed: int) -> None:
    """Tables come out alike to the last area when their rows are shuffled, and when they are solved again."""
    shuffle = random.Random(seed)

    def mixed(table: pd.DataFrame) -> pd.DataFrame:
        return table.sample(frac=1, random_state=shuffle.randrange(2**31))

    names = ("caps", "links", "wells", "closings", "touches")
    other = retirement_problem(
        mixed(problem.areas),
        mixed(problem.pieces),
        mixed(problem.demands),
        years=problem.years[::-1],
        **{name: mixed(getattr(problem, name)) for name in names},
    )
    one, two = plan_retirement(problem, gap=0.0), plan_retirement(other, gap=0.0)
    for name in ("areas", "units", "wells", "closings", "caps"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
    assert (one.value, one.bound, one.status) == (two.value, two.bound, two.status)


@drawn(20)
@given(problem=FAMILIES["everything"])
def test_least_cost(solver: str, problem: RetirementProblem) -> None:
    agrees(problem)


@drawn(15)
@given(problem=FAMILIES["land and caps"])
def test_least_cost_of_land(solver: str, problem: RetirementProblem) -> None:
    agrees(problem)


@drawn(15)
@given(problem=FAMILIES["scarce"])
def test_relief(solver: str, problem: RetirementProblem) -> None:
    relieved(problem)


@drawn(8)
@given(problem=FAMILIES["everything"])
def test_the_order_of_the_rows_changes_nothing(problem: RetirementProblem) -> None:
    indifferent(problem, 1)


@pytest.mark.long
@drawn(3000)
@given(problem=FAMILIES["everything"])
def test_thousands_of_least_costs(solver: str, problem: RetirementProblem) -> None:
    agrees(problem)


@pytest.mark.long
@drawn(2000)
@given(problem=FAMILIES["scarce"])
def test_thousands_of_reliefs(solver: str, problem: RetirementProblem) -> None:
    relieved(problem)


@pytest.mark.long
@drawn(500)
@given(problem=FAMILIES["everything"])
def test_hundreds_of_orders(problem: RetirementProblem) -> None:
    indifferent(problem, 2)
