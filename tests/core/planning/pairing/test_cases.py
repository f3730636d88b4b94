"""Cases that can be followed by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.planning.pairing import (
    UNIT,
    CostWeights,
    pair_wells,
    problem_from_edges,
    problem_from_places,
)

from .small import SOLVERS, Case, case, solver


@pytest.fixture(params=SOLVERS)
def plan_of(request):
    """A plan by each of the solvers."""

    def solved(case: Case, **more):
        with solver(request.param):
            return pair_wells(case.problem(), **more)

    return solved


def pairs(plan) -> dict[str, str]:
    """Renewal → its wells in one word."""
    return plan.pairs.groupby("renewal_id")["retired_id"].agg("".join).to_dict()


def test_who_comes_first_takes_what_two_others_need(plan_of):
    """a, first in turn, takes its cheapest wells v and w, one of b's two and one of c's two: then neither is served."""
    scarce = case(
        "a:2 b:2 c:2",
        {
            "a": {"v": 1, "w": 1, "x": 9, "y": 9},
            "b": {"u": 1, "v": 1},
            "c": {"w": 1, "z": 1},
        },
    )
    plan = plan_of(scarce)
    assert pairs(plan) == {"a": "xy", "b": "uv", "c": "wz"}
    assert (plan.served, plan.cost, plan.greedy_weight, plan.greedy_cost) == (3, 22, 1, 2)


def test_no_renewal_is_left_half_served(plan_of):
    """Four wells for three renewals of two: an assignment could give everyone one."""
    plan = plan_of(case("a:2 b:2 c:2", {name: dict.fromkeys("wxyz", 5) for name in "abc"}))
    assert (plan.served, plan.cost, plan.gap) == (2, 20, 0.0)
    assert plan.pairs.groupby("renewal_id").size().eq(2).all()


def test_one_important_renewal_before_two_others(plan_of):
    """a takes one well each from b and c: worth 5, where both together are worth 2."""
    few = {"a": {"x": 3, "y": 3}, "b": {"x": 0}, "c": {"y": 0}}
    assert pairs(plan_of(case("a:2*5 b:1 c:1", few))) == {"a": "xy"}
    assert pairs(plan_of(case("a:2*2 b:1*2 c:1", few))) == {"b": "x", "c": "y"}


def test_a_named_well_is_among_those_taken_however_dear(plan_of):
    plan = plan_of(case("a:2=z", {"a": {"x": 1, "y": 2, "z": 90}}))
    assert (pairs(plan), plan.cost) == ({"a": "xz"}, 91)


def test_a_named_well_that_is_not_on_offer_keeps_the_renewal_out(plan_of):
    costs = {"a": {"x": 1, "y": 2}, "b": {"z": 1}}
    plan = plan_of(case("a:2=z b:1", costs))
    assert pairs(plan) == {"b": "z"}
    row = plan.unmet.iloc[0]
    assert (row["renewal_id"], row["reason"], row["missing"]) == ("a", "few", 1)
    assert pd.isna(row["group"])


def test_two_renewals_cannot_both_have_the_well_they_name(plan_of):
    """b is served, because its other well is cheaper; at equal costs the smaller id is."""
    costs = {"a": {"x": 1, "y": 2}, "b": {"x": 1, "z": 1}}
    assert pairs(plan_of(case("a:2=x b:2=x", costs))) == {"b": "xz"}
    costs["b"]["z"] = 2
    assert pairs(plan_of(case("a:2=x b:2=x", costs))) == {"a": "xy"}


def test_smaller_ids_where_nothing_else_decides(plan_of):
    alike = {name: dict.fromkeys("vwxyz", 7) for name in "abc"}
    plan = plan_of(case("a:2 b:2 c:2", alike))
    assert set(plan.pairs["renewal_id"]) == {"a", "b"}
    assert set(plan.pairs["retired_id"]) == set("vwxy")


@pytest.mark.parametrize(("cap", "expected"), [(0, {}), (1, {"c": "z"}), (2, {"b": "y", "c": "z"})])
def test_a_cap_keeps_the_cheapest(plan_of, cap, expected):
    costs = {"a": {"x": 3}, "b": {"y": 2}, "c": {"z": 1}}
    plan = plan_of(case("a:1 b:1 c:1", costs, cap=cap))
    assert pairs(plan) == expected
    assert set(plan.unmet["reason"]) == {"cap"}
    assert plan.groups.empty


def test_a_cap_keeps_the_most_important(plan_of):
    costs = {"a": {"x": 30}, "b": {"y": 2}, "c": {"z": 1}}
    assert pairs(plan_of(case("a:1*2 b:1 c:1", costs, cap=1))) == {"a": "x"}


@pytest.mark.parametrize(("limit", "cost"), [(3, 6), (2, 7), (1, 15), (0, 26)])
def test_sealed_credits_beyond_the_limit_stay(plan_of, limit, cost):
    """v, w and x are sealed; of u, y and z, still to be sealed, the cheapest come in."""
    costs = {"a": {"u": 4, "v": 1, "w": 2, "x": 3, "y": 10, "z": 12}}
    plan = plan_of(case("a:3", costs, sealed="vwx", limits={"p": limit}))
    assert plan.cost == cost
    assert int((~plan.pairs["to_seal"]).sum()) == limit


def test_a_limit_can_be_what_is_competed_for(plan_of):
    plan = plan_of(case("a:1 b:1", {"a": {"x": 1}, "b": {"y": 2}}, sealed="xy", limits={"p": 1}))
    assert pairs(plan) == {"a": "x"}
    group = plan.groups.iloc[0]
    assert (group["renewal_ids"], group["retired_ids"]) == (["a", "b"], ["x", "y"])
    assert (group["needed"], group["available"], group["limited"]) == (2, 1, True)


def test_three_wells_each(plan_of):
    """Seven wells serve two renewals of three; a third one that needs one takes the last."""
    costs = {name: dict.fromkeys("tuvwxyz", 1) for name in "abcd"}
    plan = plan_of(case("a:3 b:3 c:3 d:1", costs))
    assert (plan.served, plan.cost) == (3, 7)
    assert plan.pairs.groupby("renewal_id").size().sort_values().tolist() == [1, 3, 3]


def test_nothing_to_plan(plan_of):
    no_renewals, no_wells = case("", {}), case("a:2 b:1", {})
    plan = plan_of(no_renewals)
    assert (plan.served, plan.cost, plan.status, len(plan.unmet), plan.gap) == (0, 0, "optimal", 0, 0.0)
    plan = plan_of(no_wells)
    assert (plan.served, plan.status) == (0, "optimal")
    assert plan.unmet[["renewal_id", "reason", "missing"]].to_numpy().tolist() == [
        ["a", "few", 2],
        ["b", "few", 1],
    ]


def test_who_competes_for_what(plan_of):
    """a, b and c need six of the wells u … y; d has its own."""
    five = dict.fromkeys("uvwxy", 1)
    plan = plan_of(case("a:2 b:2 c:2 d:1", {"a": five, "b": five, "c": five, "d": {"z": 1}}))
    assert plan.groups.drop(columns="group").to_dict("records") == [
        {
            "renewal_ids": ["a", "b", "c"],
            "retired_ids": list("uvwxy"),
            "needed": 6,
            "available": 5,
            "limited": False,
        }
    ]
    assert plan.unmet[["reason", "missing", "group"]].to_numpy().tolist() == [["group", 1, 0]]


def test_costs_of_places():
    """One degree of latitude from the equator is 110.574 km (WGS 84); 3 万m³ at 0.5 and a seal at 2 come on top."""
    renewals = pd.DataFrame(
        [("a", "p", 1, 1, None, 0.0, 0.0)],
        columns=["renewal_id", "pool", "priority", "needed", "named", "lon", "lat"],
    )
    candidates = pd.DataFrame(
        [("x", "p", True, 0.0, 1.0, 30_000.0), ("y", "q", False, 0.0, 0.0, None)],
        columns=["retired_id", "pool", "to_seal", "lon", "lat", "volume_m3"],
    )
    plan = pair_wells(problem_from_places(renewals, candidates, CostWeights(1.0, 0.5, 2.0)))
    assert plan.pairs["retired_id"].tolist() == ["x"]
    assert plan.cost / UNIT == pytest.approx(110.574 + 1.5 + 2.0, abs=0.001)
    near = problem_from_places(renewals, candidates, CostWeights(), max_distance_m=110_000)
    assert pair_wells(near).served == 0
    named = problem_from_places(renewals.assign(named="x"), candidates, CostWeights(), max_distance_m=110_000)
    assert pair_wells(named).served == 1


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("pairing.repeated_id", lambda r, c, e: (pd.concat([r, r]), c, e)),
        ("pairing.repeated_id", lambda r, c, e: (r, c.assign(retired_id=None), e)),
        ("pairing.unknown_id", lambda r, c, e: (r.assign(named="q"), c, e)),
        ("pairing.unknown_id", lambda r, c, e: (r, c, e.assign(retired_id="q"))),
        ("pairing.repeated_pair", lambda r, c, e: (r, c, pd.concat([e, e]))),
        ("pairing.named_elsewhere", lambda r, c, e: (r.assign(named="x"), c.assign(pool="other"), e)),
        ("pairing.not_allowed", lambda r, c, e: (r.assign(priority=0), c, e)),
        ("pairing.not_allowed", lambda r, c, e: (r.assign(needed=1.5), c, e)),
        ("pairing.not_allowed", lambda r, c, e: (r, c, e.assign(cost=-1))),
        ("pairing.cost_too_large", lambda r, c, e: (r, c, e.assign(cost=2**57))),
    ],
)
def test_what_cannot_be_computed_is_refused(key, change):
    renewals = pd.DataFrame(
        [("a", "p", 1, 1, None)], columns=["renewal_id", "pool", "priority", "needed", "named"]
    )
    candidates = pd.DataFrame([("x", "p", False)], columns=["retired_id", "pool", "to_seal"])
    edges = pd.DataFrame([("a", "x", 1)], columns=["renewal_id", "retired_id", "cost"])
    with pytest.raises(OverdraftError) as caught:
        problem_from_edges(*change(renewals, candidates, edges))
    assert caught.value.key == key


@pytest.mark.parametrize("more", [{"limits": {"p": -1}}, {"max_served": -1}])
def test_limits_below_zero_are_refused(more):
    empty = case("a:1", {"a": {"x": 1}}).problem()
    assert empty.max_served is None
    tables = [
        pd.DataFrame([("a", "p", 1, 1, None)], columns=["renewal_id", "pool", "priority", "needed", "named"]),
        pd.DataFrame([("x", "p", False)], columns=["retired_id", "pool", "to_seal"]),
        pd.DataFrame([("a", "x", 1)], columns=["renewal_id", "retired_id", "cost"]),
    ]
    with pytest.raises(OverdraftError):
        problem_from_edges(*tables, **more)
