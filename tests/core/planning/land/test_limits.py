"""Years, minimums, caps, water and closing wells of a plan; figures by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.planning.land import (
    area_table,
    doubtful_quotas,
    left_out,
    plan_scenarios,
    scenario_table,
    unit_table,
    well_table,
)
from overdraft.core.planning.land.settings import Amount, LandSettings, land_settings, scenarios


def year_of(found):
    table = area_table(found)
    gone = table["retire"].fillna(False).to_numpy(dtype=bool)
    return dict(zip(table.loc[gone, "area_id"], table.loc[gone, "year"], strict=True))


def test_without_limits_land_is_retired_as_late_as_the_targets_allow(plan, world, unit):
    """Milestones of 10 mu by 2024 and 25 by 2025; seen in 2023."""
    land = world.areas(A={"mu": 10}, B={"mu": 15})
    goals = pd.concat([world.targets(2024, c650402=10), world.targets(2025, c650402=25)])
    found = plan(irrigation=land, targets=goals, as_of=date(2023, 6, 30))
    assert found.asked.years == (2023, 2024)  # the next target year
    later = plan({"TARGET_YEAR": "2025"}, irrigation=land, targets=goals, as_of=date(2023, 6, 30))
    assert later.asked.years == (2023, 2024, 2025)
    assert year_of(later) == {"A": 2024, "B": 2025}
    table = unit_table(later)
    assert unit(table, "650402", year=2024)["planned"] == pytest.approx(10)
    by_year = [unit(table, "6504", year=year, within_year=True) for year in later.asked.years]
    assert [row["planned"] for row in by_year] == pytest.approx([0, 10, 15])
    assert all(pd.isna(row["reached"]) for row in by_year)


def test_a_target_that_is_over_is_made_up_for(plan, world):
    land = world.areas(A={"mu": 10}, B={"mu": 15})
    found = plan(irrigation=land, targets=world.targets(c650402=12), as_of=date(2027, 3, 1))
    assert (found.asked.target_year, found.asked.years) == (2025, (2027,))
    assert year_of(found) == {"B": 2027}
    first = plan(
        {"FIRST_YEAR": "2028"}, irrigation=land, targets=world.targets(c650402=12), as_of=date(2027, 3, 1)
    )
    assert year_of(first) == {"B": 2028}


def test_least_land_a_year_less_what_went_this_year(plan, world, unit):
    """20 asked for in 2024, of which 8 were retired in February: 12 are left, and 30 in 2025."""
    land = world.areas(
        A={"mu": 8, "status": "retired", "retired_on": "2024-02-01"}, B={"mu": 12}, C={"mu": 30}, D={"mu": 42}
    )
    settings = {"YEARLY_MINIMUMS": "2024 = 20\n高昌区 2025 = 30"}
    found = plan(settings, irrigation=land, targets=world.targets(c650402=50), as_of=date(2024, 6, 30))
    assert year_of(found) == {"B": 2024, "C": 2025}
    row = unit(unit_table(found), "650402", year=2024, within_year=True)
    assert [row[name] for name in ("target", "done", "required", "planned")] == pytest.approx([20, 8, 12, 12])
    assert unit(unit_table(found), "650402", year=2025, within_year=True)["planned"] == pytest.approx(30)


def test_a_unit_that_has_reached_its_target_is_asked_for_no_minimum(plan, world):
    land = world.areas(A={"mu": 10}, B={"mu": 10, "at": "650421"})
    found = plan({"YEARLY_MINIMUMS": "2025 = 5"}, irrigation=land, targets=world.targets(c650402=10))
    assert set(year_of(found)) == {"A"}


def test_caps_of_townships_count_what_went_this_year(plan, world):
    """甲乡 had 120 mu when 2024 began and lost 20 in February: a quarter a year leaves 10 in 2024 and 30 in 2025.

    80 asked for, 20 done: 20 more must come from 乙乡, where land is dear.
    """
    land = world.areas(
        Z={"mu": 20, "township": "甲乡", "status": "retired", "retired_on": "2024-02-01", "cost": 1},
        **{f"A{n}": {"mu": 10, "township": "甲乡", "cost": 10} for n in range(10)},
        **{f"B{n}": {"mu": 20, "township": "乙乡", "cost": 100} for n in range(4)},
    )
    settings = {"TOWNSHIP_CAP": "0.25", "COST_FIELD": "cost"}
    found = plan(settings, irrigation=land, targets=world.targets(c650402=80), as_of=date(2024, 6, 30))
    assert found.plan.cost == pytest.approx(4 * 10 + 100)
    years = [year for name, year in year_of(found).items() if name.startswith("A")]
    assert sorted(years) == [2024, 2025, 2025, 2025]
    caps = found.plan.caps.set_index(["township", "year"])["limit_mu"]
    assert caps.to_dict() == pytest.approx(
        {("甲乡", 2024): 10, ("甲乡", 2025): 30, ("乙乡", 2024): 20, ("乙乡", 2025): 20}
    )


def test_townships_lie_where_the_layer_of_units_says(plan, world):
    """Both areas say 甲乡; the second lies in the township T2 of the layer."""
    import geopandas as gpd
    from shapely import box

    units = pd.concat(
        [
            world.counties(),
            gpd.GeoDataFrame(
                {
                    "unit_id": ["T1", "T2"],
                    "name": ["甲乡", "乙乡"],
                    "level": "township",
                    "parent_id": "650402",
                },
                geometry=[box(0, 0, 100_000, 1500), box(0, 1500, 100_000, 9000)],
                crs=world.plane,
            ),
        ],
        ignore_index=True,
    )
    land = world.areas(A={"mu": 10, "township": "甲乡"}, B={"mu": 10, "township": "甲乡"})
    found = plan({"TOWNSHIP_CAP": "0.5"}, irrigation=land, targets=world.targets(c650402=10), units=units)
    assert set(found.plan.caps["township"]) == {"T1", "T2"}
    assert found.plan.status == "shortfall"  # half of 10 mu, and no half areas


WATER = {"source": "groundwater", "quota_m3_per_mu": 400}


def test_water_of_groundwater_land_alone(plan, world, unit):
    """4,000 m³ gross: B is surface land and C has no quota, so A with 10 mu; net with β = 0.2 A is not enough."""
    land = world.areas(
        A={"mu": 10} | WATER,
        B={"mu": 1} | WATER | {"source": "surface"},
        C={"mu": 2, "source": "groundwater"},
        D={"mu": 12} | WATER,
        E={"mu": 3} | WATER | {"source": "conjunctive"},
    )
    goals = world.targets(c650402=0)
    gross = plan({"SAVING_TARGET": "4000"}, irrigation=land, targets=goals)
    assert set(year_of(gross)) == {"A"}
    row = unit(unit_table(gross), "total", "gross_m3")
    assert [row[name] for name in ("target", "planned", "saved_gross_m3")] == pytest.approx([4000] * 3)
    net = {"SAVING_TARGET": "3500", "SAVING_MEASURE": "net", "RETURN_RATIO": "0.2"}
    found = plan(net, irrigation=land, targets=goals)
    assert set(year_of(found)) == {"D"}
    row = unit(unit_table(found), "total", "net_m3")
    assert [row[name] for name in ("planned", "saved_gross_m3", "saved_net_m3")] == pytest.approx(
        [3840, 4800, 3840]
    )
    saved = area_table(found).set_index("area_id")["saved_gross_m3"]
    assert saved.fillna(-1).to_dict() == pytest.approx({"A": 4000, "B": -1, "C": -1, "D": 4800, "E": -1})


def test_quotas_out_of_the_common_range_are_counted(plan, world):
    land = world.areas(A={"mu": 10} | WATER, B={"mu": 20} | WATER | {"quota_m3_per_mu": 1200})
    goals = world.targets(c650402=30)
    assert doubtful_quotas(plan(irrigation=land, targets=goals)) == 1


def test_volumes_of_the_targets_on_request(plan, world, unit):
    """6,000 m³ asked of the county; 5 mu retired before save 2,000, so that 4,000 and not 1 mu decide."""
    land = world.areas(
        Z={"mu": 5, "status": "retired", "retired_on": "2022-01-01"} | WATER,
        A={"mu": 10} | WATER,
        B={"mu": 1},
    )
    goals = world.targets(c650402=6, volume={"650402": 6000.0})
    assert set(year_of(plan(irrigation=land, targets=goals))) == {"B"}
    found = plan({"VOLUME_TARGETS": "yes"}, irrigation=land, targets=goals)
    assert set(year_of(found)) == {"A"}
    row = unit(unit_table(found), "650402", "gross_m3")
    assert [row[name] for name in ("target", "done", "required", "planned")] == pytest.approx(
        [6000, 2000, 4000, 4000]
    )


def test_areas_that_touch(planner, world):
    """A and B share a border, B and C a corner, A and C lie 10 m apart, C and D 30, B and D 40."""
    land = world.areas(
        A={"geometry": world.strip(15, 0, 0)},
        B={"geometry": world.strip(15, 10, 0)},
        C={"geometry": world.strip(15, 20, 1000)},
        D={"geometry": world.strip(15, 60, 1000)},
    )
    one = planner(irrigation=land, targets=world.targets(c650402=30))

    def pairs(**text):
        touches = one.ask(land_settings({"COMPACTNESS": "2", **text})).problem.touches
        return set(zip(touches["area_id"], touches["other_id"], strict=True))

    assert pairs() == {("A", "B")}
    assert pairs(TOUCH_DISTANCE="30") == {("A", "B"), ("A", "C"), ("B", "C"), ("C", "D")}
    found = one.solve(one.ask(land_settings({"COMPACTNESS": "2"})))
    assert (set(year_of(found)), found.plan.bonus) == ({"A", "B"}, pytest.approx(2))


@pytest.fixture(scope="module")
def wells_of(plan, world):
    """Areas to go (A), to stay (B), with surface water (S), retired (R), and one that cannot be planned (U)."""
    land = world.areas(
        A={"mu": 10, "well_ids": "by_list;missing"},
        B={"mu": 11, "lock": "keep"},
        S={"mu": 5, "source": "surface", "lock": "keep"},
        R={"mu": 7, "status": "retired", "retired_on": "2022-01-01"},
        U={"mu": 7, "status": None},
    )
    at = {"xy": (10, 10)}
    wells = world.wells(
        alone=at,
        shared=at,
        three=at,
        by_list=at,
        done=at,
        unplanned=at,
        astray=at,
        idle=at | {"status": "shut"},
        sealed=at | {"status": "sealed"},
        drinking=at | {"use": "rural_drinking"},
        useless=at | {"use": None},
        stateless=at | {"status": None},
        no_permit=at | {"permit_no": None},
        outside={"xy": (90_000, 10)},
        nowhere={"xy": (float("nan"), 10)},
    )
    served = (
        "alone",
        "idle",
        "sealed",
        "drinking",
        "useless",
        "stateless",
        "no_permit",
        "outside",
        "nowhere",
    )
    links = world.links(
        *((name, "A") for name in served),
        *(("shared", "A"), ("shared", "B"), ("three", "A"), ("three", "S"), ("three", "R")),
        *(("done", "R"), ("unplanned", "A"), ("unplanned", "U"), ("astray", "A"), ("astray", "X")),
    )
    from shapely import box

    zones = (
        world.counties().iloc[:1].assign(zone_id="Z", severity="severe")[["zone_id", "severity", "geometry"]]
    )
    zones = zones.set_geometry([box(0, 0, 50_000, 50_000)])

    def make(settings=None):
        given = {"irrigation": land, "wells": wells, "well_areas": links, "zones": zones}
        return plan(settings, targets=world.targets(c650402=17), **given)

    return make


def test_wells_that_close_and_what_a_seal_earns(wells_of):
    found = wells_of()
    table = well_table(found).set_index("well_id")
    assert set(table.index) == {
        *("alone", "three", "by_list", "done", "idle", "no_permit", "outside", "nowhere")
    }
    assert table.loc["three", ["n_areas", "year", "by_plan"]].tolist() == [3, 2025, True]
    assert table.loc["done", "year"] is pd.NA
    assert not table.loc["done", "by_plan"]
    reasons = table["reason_key"].str.rpartition(".")[2].to_dict()
    assert reasons == {
        **dict.fromkeys(("alone", "three", "by_list", "done", "idle"), "counts"),
        "no_permit": "no_permit",
        "outside": "outside_zone",
        "nowhere": "not_placed",
    }
    assert table.loc["alone", ["credit", "pool_id"]].tolist() == [True, "650402"]
    assert table.loc["outside", "credit"] is False or not table.loc["outside", "credit"]
    assert table.loc["nowhere", "credit"] is pd.NA
    told = {key.rpartition(".")[2]: n for key, n in left_out(found).items() if ".well." in key}
    assert told == {"status": 1, "use": 1, "other_use": 1, "unknown_area": 1, "other_land": 1}


def test_least_number_of_closing_wells(wells_of, unit):
    """Seven can close in the county: all but the one without a place. Eight cannot."""
    table = unit_table(wells_of({"MIN_CLOSED_WELLS": "高昌区 = 7"}))
    row = unit(table, "650402", "closed_wells")
    assert (row["target"], row["planned"], row["shortfall"]) == (7, 7, 0)
    found = wells_of({"MIN_CLOSED_WELLS": "650402 = 8"})
    assert found.plan.status == "shortfall"
    assert unit(unit_table(found), "650402", "closed_wells")["shortfall"] == 1


def test_a_bound_that_nobody_proved_is_the_sum_of_the_bonuses(plan, world):
    """No plan is worth more than all bonuses together: here one pair of 2."""
    from dataclasses import replace

    land = world.areas(A={"geometry": world.strip(15, 0, 0)}, B={"geometry": world.strip(15, 10, 0)})
    found = plan({"COMPACTNESS": "2"}, irrigation=land, targets=world.targets(c650402=30))
    assert (found.bound, found.gap) == (pytest.approx(28), pytest.approx(0, abs=1e-9))
    unproved = replace(found, plan=replace(found.plan, bound=-1e12))
    assert (unproved.bound, unproved.gap) == (-2, pytest.approx(30 / 28))


def test_scenarios_are_the_plans_that_stand_alone(planner, world):
    land = world.areas(A={"mu": 10, "lock": "keep"}, B={"mu": 14}, C={"mu": 30})
    one = planner(irrigation=land, targets=world.targets(c650402=12))
    asked = scenarios(
        "放开锁定：IGNORE_LOCKS = true\n多退: SAVING_TARGET = 0；MIN_CLOSED_WELLS=", LandSettings()
    )
    plans = plan_scenarios(one, asked)
    table = scenario_table(plans).set_index("scenario")
    assert list(table.index) == ["", "放开锁定", "多退"]
    assert table["cost"].tolist() == pytest.approx([14, 14, 14])
    alone = one.solve(one.ask(LandSettings(ignore_locks=True)))
    assert table.loc["放开锁定", "cost"] == alone.plan.cost


def test_settings_are_read_from_text():
    found = land_settings(
        {
            "YEARLY_MINIMUMS": "2026 = 900, 托克逊县 2027 ＝ 5",
            "MIN_CLOSED_WELLS": "5",
            "TOWNSHIP_CAP": " 0.2 ",
        }
    )
    assert found.yearly_minimums == (Amount("", 2026, 900), Amount("托克逊县", 2027, 5))
    assert found.min_closed_wells == (Amount("", 0, 5),)
    assert found.township_cap == 0.2
    assert land_settings({"TOWNSHIP_CAP": ""}, found).township_cap is None
    assert land_settings({"COMPACTNESS": "3"}, found).township_cap == 0.2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TOWNSHIP_CAP", "1.5"),
        ("TOWNSHIP_CAP", "nan"),
        ("TARGET_YEAR", "2025.5"),
        ("SAVING_TARGET", "-1"),
        ("SAVING_MEASURE", "both"),
        ("MIN_CLOSED_WELLS", "2.5"),
        ("MIN_CLOSED_WELLS", "many"),
        ("YEARLY_MINIMUMS", "高昌区 = 5"),
        ("YEARLY_MINIMUMS", "2026"),
        ("IGNORE_LOCKS", "perhaps"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_what_is_allowed(name, text):
    with pytest.raises(OverdraftError) as error:
        land_settings({name: text})
    assert error.value.key == "planning_land.setting"
    assert error.value.values["name"] == name
    assert error.value.values["allowed"]


@pytest.mark.parametrize("line", ["no colon", ": COMPACTNESS = 1", "a: \na: "])
def test_a_line_that_is_no_scenario(line):
    with pytest.raises(OverdraftError, match="is no scenario"):
        scenarios(line, LandSettings())


def test_a_setting_that_does_not_exist():
    with pytest.raises(OverdraftError, match="no setting COLOUR"):
        scenarios("a: COLOUR = red", LandSettings())


@pytest.fixture(scope="module")
def simple(planner, world):
    return planner(irrigation=world.areas(A={"mu": 10}), targets=world.targets(c650402=5))


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"TARGET_YEAR": "2030"}, "target_year"),
        ({"FIRST_YEAR": "2024"}, "first_year"),
        ({"YEARLY_MINIMUMS": "2026 = 5"}, "minimum_year"),
        ({"YEARLY_MINIMUMS": "火星县 2025 = 5"}, "unit"),
        ({"MIN_CLOSED_WELLS": "火星县 = 5"}, "unit"),
        ({"COST_FIELD": "area_id"}, "cost_field"),
    ],
)
def test_what_the_register_does_not_know(simple, settings, key):
    with pytest.raises(OverdraftError) as error:
        simple.ask(land_settings(settings))
    assert error.value.key == f"planning_land.{key}"
    assert error.value.values["allowed"]


def test_a_policy_without_targets_or_baseline(planner, world, policy):
    from dataclasses import replace
    from types import MappingProxyType

    bare = replace(policy, targets=())
    one = planner(irrigation=world.areas(A={"mu": 10} | WATER), policy=bare)
    with pytest.raises(OverdraftError) as error:
        one.ask(LandSettings())
    assert error.value.key == "planning_land.no_targets"
    assert set(year_of(one.solve(one.ask(LandSettings(saving_m3=100))))) == {"A"}
    kept = dict(policy.settings)
    kept["retirement.baseline"] = replace(kept["retirement.baseline"], value=None)
    with pytest.raises(OverdraftError) as error:
        planner(irrigation=world.areas(A={"mu": 10}), policy=replace(policy, settings=MappingProxyType(kept)))
    assert error.value.key == "planning_land.no_baseline"
