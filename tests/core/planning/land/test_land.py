"""From the register to the plan: what an area adds, in which unit, and what is left out; figures by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from overdraft.core.errors import OverdraftError
from overdraft.core.intake import build_register
from overdraft.core.planning.land import LandSettings, area_table, left_out, relief_table, unit_table
from overdraft.core.retirement import retirement_balance


def chosen(found):
    table = area_table(found)
    return set(table.loc[table["retire"].fillna(False).to_numpy(dtype=bool), "area_id"])


def why(found):
    table = area_table(found)
    return dict(zip(table["area_id"], table["why"], strict=True))


def test_what_is_left_of_the_target_at_least_land(plan, world, unit):
    """45 mu asked for, 5 retired before: of 10, 20, 30 and 40 mu the last alone is 40, and nothing is less."""
    land = world.areas(
        A={"mu": 5, "status": "retired", "retired_on": "2022-05-01"},
        B={"mu": 10},
        C={"mu": 20},
        D={"mu": 35},
        E={"mu": 40},
    )
    found = plan(irrigation=land, targets=world.targets(c650402=45))
    assert (found.plan.status, found.plan.cost) == ("optimal", pytest.approx(40))
    assert chosen(found) == {"E"}
    row = unit(unit_table(found), "650402")
    figures = ("target", "done", "required", "planned", "shortfall")
    assert [row[name] for name in figures] == pytest.approx([45, 5, 40, 40, 0])
    assert why(found) == {
        "A": "already_retired",
        "B": "not_needed",
        "C": "not_needed",
        "D": "not_needed",
        "E": "chosen",
    }
    table = area_table(found).set_index("area_id")
    assert table["year"].dropna().to_dict() == {"E": 2025}
    assert table.loc["E", "without_cost"] == pytest.approx(45)  # D and B
    assert table.loc["E", "without_exact"]


def test_a_parcel_across_a_border_counts_in_each_county_once(plan, world, unit):
    """300 mu, 200 west of the border and 100 east of it."""
    across = world.strip(300, world.west["650421"] - 200 * world.mu)
    land = world.areas(X={"geometry": across}, Y={"mu": 250}, Z={"mu": 150, "at": "650421"})
    found = plan(irrigation=land, targets=world.targets(c650402=200, c650421=100))
    assert chosen(found) == {"X"}
    table = unit_table(found)
    assert [unit(table, one)["planned"] for one in ("650402", "650421", "650422")] == pytest.approx(
        [200, 100, 0]
    )
    assert unit(table, "6504")["planned"] == pytest.approx(300)


def test_the_published_plan_of_178_000_mu_adds_up(plan, world, unit):
    """17.8 = 6.6 + 6.1 + 5.1 (ten thousand mu), from the policy itself; a parcel of 600 mu lies across each border."""
    rows = {}
    for at, count in (("650402", 66), ("650421", 61), ("650422", 51)):
        rows |= {f"{at}-{n}": {"mu": 1000 + n, "at": at} for n in range(count)}
    for at, east in (("650421", "X"), ("650422", "Y")):
        rows[east] = {"geometry": world.strip(600, world.west[at] - 300 * world.mu, 999_000)}
    found = plan(irrigation=world.areas(**rows))
    table = unit_table(found)
    parts = [unit(table, one) for one in world.names]
    assert [row["target"] for row in parts] == [66_000, 61_000, 51_000]
    whole = unit(table, "6504")
    assert whole["target"] == 178_000
    for figure in ("target", "planned"):
        assert sum(row[figure] for row in parts) == pytest.approx(whole[figure], rel=1e-12)
    assert all(row["reached"] and row["planned"] >= row["target"] for row in parts)
    areas = area_table(found)
    assert areas.loc[areas["retire"].astype(bool), "in_use_mu"].sum() == pytest.approx(whole["planned"])


def test_what_is_missing_is_left_out_and_said(plan, world):
    fine = {"mu": 10, "township": "甲乡", "cost": 1}
    land = world.areas(
        A=fine,
        no_status=fine | {"status": None},
        no_polygon=fine | {"geometry": None},
        odd_lock=fine | {"lock": "perhaps"},
        no_cost=fine | {"cost": None},
        dear=fine | {"cost": -1},
        nowhere=fine | {"township": None},
        far=fine | {"geometry": world.strip(10, 0, 2_000_000)},
        cycled=fine | {"retired_on": "2022-01-01"},
        differs=fine | {"status": "retired", "retired_on": "2022-01-01", "restored_on": "2023-01-01"},
        old=fine | {"valid_to": "2020-01-01"},
    )
    settings = {"COST_FIELD": "cost", "TOWNSHIP_CAP": "1"}
    found = plan(settings, irrigation=land, targets=world.targets(c650402=10))
    assert why(found) == {
        "A": "chosen",
        "no_status": "status",
        "no_polygon": "no_polygon",
        "odd_lock": "lock",
        "no_cost": "cost",
        "dear": "cost",
        "nowhere": "township",
        "far": "outside",
        "cycled": "contradiction",
        "differs": "status_differs",
        "old": "not_in_force",
    }
    table = area_table(found).set_index("area_id")
    assert table["retire"].isna().sum() == 10
    assert left_out(found)["planning_land.why.cost"] == 2
    assert sum(left_out(found).values()) == 9


def test_an_area_locked_to_go_is_not_retired_while_something_is_missing(plan, world):
    land = world.areas(A={"mu": 10, "status": None, "lock": "retire"}, B={"mu": 20})
    found = plan(irrigation=land, targets=world.targets(c650402=10))
    assert (why(found), chosen(found)) == ({"A": "status", "B": "chosen"}, {"B"})


def test_an_alias_and_an_own_field_name_the_cost(plan, world):
    land = world.areas(A={"mu": 10, "cost": 9}, B={"mu": 10, "cost": 3}).assign(price=[1.0, 2.0])
    goals = world.targets(c650402=10)
    assert chosen(plan({"COST_FIELD": "退减成本"}, irrigation=land, targets=goals)) == {"B"}
    assert chosen(plan({"COST_FIELD": "price"}, irrigation=land, targets=goals)) == {"A"}
    with pytest.raises(OverdraftError, match=r"no field crop with numbers.*cost"):
        plan({"COST_FIELD": "crop"}, irrigation=land.assign(crop="棉花"), targets=goals)


def test_land_that_two_areas_claim_counts_for_neither(plan, world, unit):
    """Two strips of 30 mu share 10: each adds 20, so both are needed for 40, and the balance will show 50."""
    land = world.areas(A={"geometry": world.strip(30)}, B={"geometry": world.strip(30, 20 * world.mu)})
    found = plan(irrigation=land, targets=world.targets(c650402=40))
    assert chosen(found) == {"A", "B"}
    assert unit(unit_table(found), "650402")["planned"] == pytest.approx(40)
    table = area_table(found)
    assert table["counts_mu"].tolist() == pytest.approx([20, 20])
    assert table["in_use_mu"].tolist() == pytest.approx([30, 30])
    short = plan(irrigation=land, targets=world.targets(c650402=41))
    assert short.plan.status == "shortfall"


def test_fallow_land_takes_nothing_from_others_and_saves_no_water(plan, world, unit):
    """The fallow strip claims none of the 10 mu it shares with one in use; it adds its own 20."""
    water = {"source": "groundwater", "quota_m3_per_mu": 500}
    land = world.areas(
        A={"geometry": world.strip(30), **water},
        B={"geometry": world.strip(30, 20 * world.mu), "status": "fallow", **water},
    )
    found = plan(irrigation=land, targets=world.targets(c650402=50))
    row = unit(unit_table(found), "650402")
    assert (row["planned"], row["saved_gross_m3"]) == (pytest.approx(50), pytest.approx(30 * 500))


def test_land_retired_before_the_baseline_earns_nothing(plan, world, unit):
    """Retired in 2015, in use again since 2023: retiring it once more is no progress."""
    land = world.areas(A={"mu": 40}, B={"mu": 40})
    past = world.events(("A", "retired", "2015-01-01"), ("A", "restored", "2023-01-01"))
    found = plan(irrigation=land, events=past, targets=world.targets(c650402=40))
    assert chosen(found) == {"B"}


def test_a_part_that_is_retired_already(plan, world, unit):
    """15 of 40 mu retired by an event: 15 count, 25 are left to choose, and cost 25."""
    land = world.areas(A={"mu": 40, "area_mu": 40})
    past = world.events(("A", "retired", "2022-01-01", 15.0))
    found = plan(irrigation=land, events=past, targets=world.targets(c650402=38))
    row = unit(unit_table(found), "650402")
    assert [row[name] for name in ("done", "required", "planned")] == pytest.approx([15, 23, 25])
    assert found.plan.cost == pytest.approx(25)


def test_registered_areas_decide_where_they_are_the_basis(plan, world, unit):
    """Drawn 10 mu each; registered 12, 20, nothing."""
    land = world.areas(A={"mu": 10, "area_mu": 12}, B={"mu": 10, "area_mu": 20}, C={"mu": 10})
    goals = world.targets(c650402=11)
    found = plan(irrigation=land, targets=goals, area_basis="registered")
    assert chosen(found) == {"A"}
    assert unit(unit_table(found), "650402")["planned"] == pytest.approx(12)
    assert why(found)["C"] == "no_area"


def test_without_units_the_recorded_county_holds(plan, world, unit):
    land = world.areas(
        A={"mu": 10, "county": "高昌区"}, B={"mu": 9, "county": "鄯善县"}, C={"mu": 8, "county": "外县"}
    )
    found = plan(irrigation=land, targets=world.targets(c650402=5), units=None)
    assert why(found) == {"A": "chosen", "B": "not_needed", "C": "outside"}


def test_a_city_that_is_met_by_its_sum_alone(plan, world):
    """The counties ask for 10 and 20, of land that is 40 in one and 25 in the other; the sum of 30 alone: the 40."""
    land = world.areas(A={"mu": 40}, B={"mu": 25, "at": "650421", "lock": "keep"})
    goals = world.targets(c650402=10, c650421=20)
    assert plan(irrigation=land, targets=goals).plan.status == "shortfall"
    alone = plan(irrigation=land, targets=goals, parent_sum_only=True)
    assert (alone.plan.status, chosen(alone)) == ("optimal", {"A"})


def test_no_plan_without_an_area_that_is_all_there_is(plan, world):
    found = plan(irrigation=world.areas(A={"mu": 10}), targets=world.targets(c650402=10))
    row = area_table(found).iloc[0]
    assert row["no_plan_without"]
    assert np.isnan(row["without_cost"])
    assert row["without_exact"] is pd.NA


def test_nothing_to_retire_is_a_plan(plan, world):
    found = plan(irrigation=world.areas(A={"mu": 10}), targets=world.targets())
    assert (found.plan.status, found.plan.cost, chosen(found)) == ("optimal", 0, set())


def test_locks_that_stand_in_the_way_are_named(plan, world):
    """30 asked for; 10 are free, 15 and 25 are locked: releasing the 25 is enough, and the least."""
    land = world.areas(A={"mu": 10}, B={"mu": 15, "lock": "keep"}, C={"mu": 25, "lock": "keep"})
    found = plan(irrigation=land, targets=world.targets(c650402=30))
    assert found.plan.status == "shortfall"
    table = relief_table(found)
    short = table[table["kind"] == "shortfall"].set_index("subject_id")
    assert short.loc["650402", "amount"] == pytest.approx(20)
    assert short.loc["650402", "reason_key"] == "planning_land.relief.shortfall_land"
    assert list(table.loc[table["kind"] == "keep", "subject_id"]) == ["C"]
    free = plan({"IGNORE_LOCKS": "true"}, irrigation=land, targets=world.targets(c650402=30))
    assert (free.plan.status, free.plan.cost) == ("optimal", pytest.approx(35))
    assert relief_table(free).empty


def test_a_target_of_a_unit_that_lies_nowhere_is_a_shortfall(plan, world, unit):
    goals = world.targets(c650402=10)
    more = pd.DataFrame([("650499", 2025, 5.0)], columns=["unit_id", "year", "area_mu"])
    found = plan(irrigation=world.areas(A={"mu": 10}), targets=pd.concat([goals, more]))
    assert unit(unit_table(found), "650499")["shortfall"] == pytest.approx(5)
    assert chosen(found) == {"A"}


def test_the_order_of_the_rows_changes_nothing(plan, world):
    sizes = [11, 7, 13, 5, 17, 19, 3, 8]
    land = world.areas(**{f"F{n}": {"mu": mu} for n, mu in enumerate(sizes)})
    goals = world.targets(c650402=41)
    first = plan(irrigation=land, targets=goals)
    other = plan(irrigation=land.iloc[::-1].reset_index(drop=True), targets=goals.iloc[::-1])
    assert chosen(first) == chosen(other)
    assert first.plan.cost == pytest.approx(41)


def _retired(land, found):
    """The land as the register shows it when the plan is done."""
    table = area_table(found)
    gone = table["retire"].fillna(False).to_numpy(dtype=bool)
    after = land.copy()
    after.loc[gone, "status"] = "retired"
    after.loc[gone, "retired_on"] = "2025-12-31"
    return after


STRIPS = st.lists(
    st.tuples(
        st.integers(0, 200), st.integers(3, 60), st.integers(0, 3), st.sampled_from(["", "fallow", "old"])
    ),
    min_size=1,
    max_size=9,
)


def check_the_balance_shows_what_the_plan_promised(planner, policy, world, strips, goal):
    """Strips over each other and across the border: the balance after the plan is at least what the plan says."""
    rows = {}
    for n, (west, mu, row, kind) in enumerate(strips):
        shape = world.strip(mu, 100_000 + (west - 100) * world.mu, 500 * row)
        state = {
            "": {},
            "fallow": {"status": "fallow"},
            "old": {"status": "retired", "retired_on": "2022-01-01"},
        }
        rows[f"F{n}"] = {"geometry": shape, **state[kind]}
    land = world.areas(**rows)
    goals = world.targets(c650402=goal, c650421=goal)
    one = planner(irrigation=land, targets=goals)
    found = one.solve(one.ask(LandSettings()))
    told = unit_table(found).set_index("unit_id")
    frames = {"irrigation": _retired(land, found), "units": world.counties(), "targets": goals}
    after = retirement_balance(build_register(frames), policy, date(2026, 1, 1)).balance
    net = after.set_index("unit_id")["net_mu"]
    for name in ("650402", "650421", "6504"):
        promised = told.loc[name, "done"] + told.loc[name, "planned"]
        assert net[name] >= promised - 1e-6
        assert promised <= shapely.union_all(land.geometry.to_numpy()).area * 15 / 10_000 + 1e-6
    if found.plan.status == "optimal":
        met = after.set_index("unit_id")["met"]
        assert met[["650402", "650421", "6504"]].all()


def count(examples):
    """Without shrinking: an example takes a good part of a second."""
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    phases = (Phase.explicit, Phase.generate)
    return settings(max_examples=examples, deadline=None, suppress_health_check=checks, phases=phases)


@count(4)
@given(strips=STRIPS, goal=st.integers(0, 120))
def test_the_balance_shows_what_the_plan_promised(planner, policy, world, strips, goal):
    check_the_balance_shows_what_the_plan_promised(planner, policy, world, strips, goal)


@pytest.mark.long
@count(800)
@given(strips=STRIPS, goal=st.integers(0, 120))
def test_the_balance_shows_what_the_plan_promised_many_times(planner, policy, world, strips, goal):
    check_the_balance_shows_what_the_plan_promised(planner, policy, world, strips, goal)
