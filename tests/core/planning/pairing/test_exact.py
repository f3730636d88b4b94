"""Plans against all plans there are, and against a plain program: the same objective, whatever solves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from overdraft.core.planning.pairing import CostWeights, pair_wells, problem_from_edges, problem_from_places

from .small import SOLVERS, as_if_large, best_by_program, best_of_all, cases, random_case, solver

seeds = st.integers(0, 10**6)


def _agrees(case, library, *, large=False):
    with solver(library):
        if large:
            with as_if_large():
                plan = pair_wells(case.problem())
        else:
            plan = pair_wells(case.problem())
    assert (plan.weight, plan.cost) == best_of_all(case)
    assert (plan.status, plan.gap) == ("optimal", 0.0)
    return plan


@settings(max_examples=300, deadline=None)
@given(cases())
def test_every_plan_there_is(case):
    _agrees(case, "rustworkx")


@settings(max_examples=30, deadline=None)
@given(cases())
def test_every_solver_makes_the_same_plan(case):
    plans = [_agrees(case, library).pairs for library in SOLVERS]
    for plan in plans[1:]:
        pd.testing.assert_frame_equal(plans[0], plan)


@settings(max_examples=80, deadline=None)
@given(cases())
def test_small_blocks_solved_like_large_ones(case):
    _agrees(case, "rustworkx", large=True)


@pytest.mark.long
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("library", SOLVERS)
@settings(max_examples=3000, deadline=None)
@given(cases())
def test_thousands_of_cases(library, large, case):
    _agrees(case, library, large=large)


def _agrees_with_program(seed, library):
    scarce = {"n": 12, "m": 18 + seed % 7, "share": 0.5 + 0.5 * (seed % 2)}
    case = random_case(seed, **scarce, top=2 + seed % 2, pools=1 + seed % 2, extras=seed % 3 > 0)
    with solver(library), as_if_large():
        plan = pair_wells(case.problem())
    assert (plan.weight, plan.cost, plan.status) == (*best_by_program(case), "optimal")


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_blocks_of_a_dozen_renewals(seed):
    _agrees_with_program(seed, "rustworkx")


@pytest.mark.long
@pytest.mark.parametrize("library", SOLVERS)
@settings(max_examples=300, deadline=None)
@given(seeds)
def test_hundreds_of_blocks_of_a_dozen_renewals(library, seed):
    _agrees_with_program(seed, library)


@settings(max_examples=20, deadline=None)
@given(cases(), st.integers(0, 1000))
def test_the_order_of_the_rows_plays_no_part(case, order):
    pd.testing.assert_frame_equal(pair_wells(case.problem()).pairs, pair_wells(case.problem(order)).pairs)


@settings(max_examples=10, deadline=None)
@example(153719, 20_000.0)
@given(seeds, st.sampled_from([None, 4000.0, 20_000.0]))
def test_places_give_the_same_plan_as_all_their_pairs_listed(seed, reach):
    renewals, candidates = places(seed)
    weights = CostWeights(distance=1.0, volume=0.5, unsealed=2.0)
    placed = problem_from_places(renewals, candidates, weights, max_distance_m=reach)
    row, col = np.indices((len(renewals), len(candidates))).reshape(2, -1)
    pairs = pd.DataFrame(
        {
            "renewal_id": placed.renewal_ids[row],
            "retired_id": placed.candidate_ids[col],
            "cost": placed.offers.price(row, col),
        }
    )
    listed = problem_from_edges(renewals, candidates, pairs[pairs["cost"] >= 0])
    with as_if_large():
        ours = pair_wells(placed)
    pd.testing.assert_frame_equal(ours.pairs, pair_wells(listed).pairs)


def places(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two dozen renewals and three dozen wells in a county of 40 km, in two pools."""
    rng = np.random.default_rng(seed)
    n, m = 24, 36
    renewals = pd.DataFrame(
        {
            "renewal_id": [f"r{place:02d}" for place in range(n)],
            "pool": rng.choice(["p", "q"], n),
            "priority": rng.integers(1, 3, n),
            "needed": 2,
            "named": None,
            "lon": 115 + 0.4 * rng.random(n),
            "lat": 38 + 0.4 * rng.random(n),
        }
    )
    candidates = pd.DataFrame(
        {
            "retired_id": [f"c{place:02d}" for place in range(m)],
            "pool": rng.choice(["p", "q"], m),
            "to_seal": rng.random(m) < 0.5,
            "lon": 115 + 0.4 * rng.random(m),
            "lat": 38 + 0.4 * rng.random(m),
            "volume_m3": 10_000.0 * rng.integers(0, 9, m),
        }
    )
    return renewals, candidates
