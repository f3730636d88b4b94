"""The balance end to end: snapshot and events, parts of areas, bases, editions, days, targets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from overdraft.core.errors import Cancelled, OverdraftError
from overdraft.core.intake import build_register
from overdraft.core.retirement import retirement_balance

COUNTY = {"c650402": (0, 0, 10_000, 10_000)}
RETIRED = {"status": "retired", "retired_on": "2022-01-01"}
FIELD = {"area_id": "a", "box": (0, 0, 1000, 100)}


@pytest.fixture(scope="module")
def county(run, world, row_of):
    """The row of the one county, for some areas."""

    def call(*rows, unit_id="650402", **more):
        units = more.pop("units", world.counties(**COUNTY))
        return row_of(run(irrigation=world.areas(*rows), units=units, **more), unit_id)

    return call


def figures(row):
    return row["retired_mu"], row["restored_mu"], row["net_mu"]


# --- snapshot and events ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (RETIRED, (150, 0, 150)),
        ({"status": "irrigated", "retired_on": "2022-01-01", "restored_on": "2024-01-01"}, (150, 150, 0)),
        ({"status": "irrigated", "retired_on": "2022-01-01", "restored_on": "2026-01-01"}, (150, 0, 150)),
        ({"status": "fallow", "retired_on": "2022-01-01"}, (150, 0, 150)),
        ({"status": "irrigated", "retired_on": "2022-01-01"}, (0, 0, 0)),
        ({"status": "retired"}, (0, 0, 0)),
        ({"status": None, "retired_on": "2022-01-01"}, (0, 0, 0)),
        ({"status": "retired", "retired_on": "2020-12-31"}, (0, 0, 0)),
        ({"status": "retired", "retired_on": "2026-01-01"}, (0, 0, 0)),
    ],
)
def test_a_snapshot(county, fields, expected):
    assert figures(county({**FIELD, **fields})) == pytest.approx(expected)


def test_events_win_over_the_snapshot(county, world):
    told = world.events(("a", "retired", "2022-05-01"))
    row = county({**FIELD, "status": "irrigated", "retired_on": "2020-01-01"}, events=told)
    assert figures(row) == pytest.approx((150, 0, 150))


def test_a_thousand_mu_retired_restored_and_retired_again_are_a_thousand_mu(county, world):
    size_m = 1000 * 10_000 / 15 / 1000
    told = world.events(
        ("a", "retired", "2021-05-01"), ("a", "restored", "2022-05-01"), ("a", "retired", "2023-05-01")
    )
    row = county({"area_id": "a", "box": (0, 0, size_m, 1000), "status": "retired"}, events=told)
    assert figures(row) == pytest.approx((2000, 1000, 1000))
    assert row["n_parcels"] == 1


def test_an_event_withdrawn_is_no_event(county, world):
    told = world.events(("a", "retired", "2022-05-01"), ("a", "restored", "2023-05-01"))
    told = pd.concat(
        [told, told.iloc[[1]].assign(event_id="v", kind="void", corrects="e1")], ignore_index=True
    )
    assert county(FIELD, events=told)["net_mu"] == pytest.approx(150)


def test_a_partial_event_is_a_share_of_the_registered_area(county, world):
    told = world.events(("a", "retired", "2022-05-01", 30))
    assert county({**FIELD, "area_mu": 120}, events=told)["net_mu"] == pytest.approx(150 * 30 / 120)
    assert county(FIELD, events=told)["net_mu"] == pytest.approx(30)


def test_a_partial_event_is_never_more_than_the_area(county, world, run, spoken):
    told = world.events(("a", "retired", "2022-05-01", 200))
    assert county({**FIELD, "area_mu": 120}, events=told)["net_mu"] == pytest.approx(150)
    result = run(
        irrigation=world.areas({**FIELD, "area_mu": 120}), units=world.counties(**COUNTY), events=told
    )
    assert spoken(result, "retirement.partial") == ["a"]


def test_shares_of_several_partial_events_add_up(county, world):
    told = world.events(
        ("a", "retired", "2021-05-01", 50),
        ("a", "retired", "2022-05-01", 60),
        ("a", "restored", "2023-05-01", 30),
    )
    assert figures(county(FIELD, events=told)) == pytest.approx((110, 30, 80))


# --- the two bases -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def based(run, world, row_of):
    """A county of 66 000 mu drawn, with some registered area, against its target of 66 000 mu."""

    def call(registered, **more):
        field = {"area_id": "a", "box": (0, 0, 11_000, 4_000), **RETIRED, "area_mu": registered}
        other = {"area_id": "z", "box": (0, 5000, 100, 5100), "area_mu": 15}
        result = run(
            irrigation=world.areas(field, other), units=world.counties(c650402=(0, 0, 20_000, 20_000)), **more
        )
        return row_of(result, "650402"), result

    return call


def test_bases_that_agree(based):
    row, _ = based(66_000)
    assert (row["registered_mu"], row["area_difference_mu"], row["outcome"]) == (66_000, 0, "pass")


def test_bases_that_disagree_ask_for_a_review_and_met_stays(based, spoken):
    row, result = based(65_999)
    assert row["net_mu"] == 66_000
    assert row["registered_mu"] == 65_999
    assert row["area_difference_mu"] == -1
    assert row["met"] is True
    assert row["outcome"] == "review"
    assert "650402" in spoken(result, "retirement.balance")
    row, _ = based(65_999, area_basis="registered")
    assert row["net_mu"] == 65_999
    assert row["met"] is False
    assert row["outcome"] == "review"


def test_figures_within_a_billionth_are_the_same(based):
    row, _ = based(66_000 * (1 - 5e-10), area_basis="registered")
    assert row["met"] is True
    row, _ = based(66_000 * (1 - 5e-9), area_basis="registered")
    assert row["met"] is False


def test_a_missing_registered_area_adds_nothing(based, spoken):
    row, result = based(None)
    assert row["registered_mu"] == 0
    assert row["outcome"] == "review"
    assert spoken(result, "retirement.area_basis") == ["a"]
    row, _ = based(None, area_basis="registered")
    assert row["net_mu"] == 0


def test_a_layer_without_registered_areas_has_no_other_basis(run, world, row_of):
    frames = {
        "irrigation": world.areas({"area_id": "a", "box": (0, 0, 11_000, 4_000), **RETIRED}),
        "units": world.counties(c650402=(0, 0, 20_000, 20_000)),
    }
    row = row_of(run(**frames), "650402")
    assert np.isnan(row["registered_mu"])
    assert row["outcome"] == "pass"
    row = row_of(run(**frames, area_basis="registered"), "650402")
    assert np.isnan(row["net_mu"])
    assert row["outcome"] == "not_evaluated"


def test_registered_and_drawn_area_far_apart_are_shown(run, world, spoken):
    rows = [
        {"area_id": name, "box": (0, y, 1000, y + 100), **RETIRED, "area_mu": mu}
        for name, y, mu in (("near", 0, 157), ("far", 200, 158), ("small", 400, 142))
    ]
    result = run(irrigation=world.areas(*rows), units=world.counties(**COUNTY))
    assert spoken(result, "retirement.area_basis") == ["far", "small"]


# --- days ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "state", "met", "outcome"),
    [
        (date(2025, 12, 30), "open", None, "not_evaluated"),
        (date(2025, 12, 31), "closed", False, "fail"),
        (date(2030, 1, 1), "closed", False, "fail"),
    ],
)
def test_a_target_not_reached_is_no_failure_before_its_day(county, as_of, state, met, outcome):
    row = county({**FIELD, **RETIRED}, as_of=as_of)
    assert row["period_state"] == state
    assert (None if pd.isna(row["met"]) else row["met"]) is met
    assert row["outcome"] == outcome


def test_a_target_reached_early_is_met_and_still_open(run, world, row_of):
    field = {"area_id": "a", "box": (0, 0, 11_000, 4_000), **RETIRED}
    units = world.counties(c650402=(0, 0, 20_000, 20_000))
    row = row_of(run(irrigation=world.areas(field), units=units, as_of=date(2023, 1, 1)), "650402")
    assert (row["met"], row["period_state"], row["outcome"]) == (True, "open", "not_evaluated")
    row = row_of(run(irrigation=world.areas(field), units=units, as_of=date(2021, 12, 31)), "650402")
    assert pd.isna(row["met"])
    assert row["net_mu"] == 0


def test_the_baseline_can_be_moved(county):
    row = county({**FIELD, "status": "retired", "retired_on": "2020-06-01"}, baseline=date(2020, 6, 1))
    assert row["net_mu"] == pytest.approx(150)
    row = county({**FIELD, "status": "retired", "retired_on": "2020-06-01"}, baseline=date(2020, 6, 2))
    assert row["net_mu"] == 0


def test_areas_are_judged_in_the_edition_in_force(county):
    old = {**FIELD, **RETIRED, "valid_to": "2023-12-31"}
    new = {"area_id": "a", "box": (0, 0, 400, 100), **RETIRED, "valid_from": "2024-01-01"}
    assert county(old, new, as_of=date(2023, 12, 31))["net_mu"] == pytest.approx(150)
    assert county(old, new, as_of=date(2024, 1, 1))["net_mu"] == pytest.approx(60)


def test_events_speak_of_an_area_in_all_its_editions(county, world):
    old = {**FIELD, "valid_to": "2023-12-31"}
    new = {"area_id": "a", "box": (0, 0, 400, 100), "valid_from": "2024-01-01"}
    told = world.events(("a", "retired", "2022-05-01"))
    assert county(old, new, events=told)["net_mu"] == pytest.approx(60)


def test_units_are_judged_in_the_edition_in_force(run, world, row_of):
    units = pd.concat(
        [
            world.counties(c650402=(0, 0, 400, 1000)).assign(valid_from=None, valid_to="2023-12-31"),
            world.counties(c650402=(0, 0, 900, 1000)).assign(valid_from="2024-01-01", valid_to=None),
        ],
        ignore_index=True,
    )
    frames = {"irrigation": world.areas({**FIELD, **RETIRED}), "units": units}
    assert row_of(run(**frames, as_of=date(2023, 6, 1)), "650402")["net_mu"] == pytest.approx(60)
    assert row_of(run(**frames, as_of=date(2024, 6, 1)), "650402")["net_mu"] == pytest.approx(135)


def test_a_retired_area_without_an_edition_in_force_is_shown(run, world, spoken):
    result = run(
        irrigation=world.areas({**FIELD, **RETIRED, "valid_to": "2023-12-31"}), units=world.counties(**COUNTY)
    )
    assert spoken(result, "retirement.edition") == ["a"]


# --- targets -------------------------------------------------------------------------------------------------------


def test_the_targets_table_overrides_and_adds(run, world, row_of):
    table = pd.DataFrame(
        {
            "unit_id": ["高昌区", "650402", "650421"],
            "year": [2025, 2023, 2025],
            "area_mu": [150.0, 151.0, None],
        }
    )
    result = run(irrigation=world.areas({**FIELD, **RETIRED}), units=world.counties(**COUNTY), targets=table)
    row = row_of(result, "650402")
    assert (row["target_mu"], row["met"]) == (150, True)
    early = row_of(result, "650402", 2023)
    assert (early["target_mu"], early["met"], early["period_state"]) == (151, False, "closed")
    assert row_of(result, "650421")["target_mu"] == 61_000
    assert np.isnan(row_of(result, "650421", 2023)["target_mu"])


def test_each_target_year_is_judged_on_its_own_day(run, world, row_of):
    table = pd.DataFrame({"unit_id": ["650402", "650402"], "year": [2023, 2025], "area_mu": [100.0, 100.0]})
    told = world.events(("a", "retired", "2022-05-01"), ("a", "restored", "2024-05-01"))
    result = run(irrigation=world.areas(FIELD), units=world.counties(**COUNTY), events=told, targets=table)
    assert row_of(result, "650402", 2023)["met"] is True
    assert row_of(result, "650402", 2025)["met"] is False


def test_three_levels(run, world, row_of):
    towns = gpd.GeoDataFrame(
        {
            "unit_id": ["650402101", "650402102"],
            "name": ["甲", "乙"],
            "level": "township",
            "parent_id": "650402",
        },
        geometry=[box(0, 0, 500, 1000), box(500, 0, 1000, 1000)],
        crs=world.plane,
    )
    table = pd.DataFrame(
        {
            "unit_id": ["650402101", "650402102", "650402", "6504"],
            "year": 2025,
            "area_mu": [70.0, 80.0, 140.0, 100.0],
        }
    )
    frames = {"irrigation": world.areas({**FIELD, **RETIRED}), "units": towns, "targets": table}
    result = run(**frames)
    assert row_of(result, "650402101")["met"] is True
    assert row_of(result, "650402102")["met"] is False
    assert row_of(result, "650402")["gap_mu"] == 0
    assert row_of(result, "650402")["met"] is False
    assert row_of(result, "6504")["met"] is False
    alone = run(**frames, parent_sum_only=True)
    assert row_of(alone, "650402")["met"] is True
    assert row_of(alone, "6504")["met"] is True


# --- what goes in comes out ----------------------------------------------------------------------------------------


def test_rows_passes_and_those_out_of_scope_add_up_to_the_areas(run, world):
    rows = [
        {**FIELD, **RETIRED},
        {"area_id": "b", "box": (900, 0, 1500, 100)},
        {"area_id": "c", "box": (0, 300, 100, 400), "status": "retired"},
        {"area_id": "d", "box": (0, 500, 100, 600), **RETIRED, "valid_to": "2023-12-31"},
        {"area_id": "e", "box": (-50, 700, 50, 800), **RETIRED, "area_mu": 4},
    ]
    result = run(irrigation=world.areas(*rows), units=world.counties(**COUNTY))
    counts = result.verdicts.counts
    assert (counts["n_rows"] + counts["n_pass"] + counts["n_out_of_scope"] == counts["n_subjects"]).all()
    by_rule = counts[(counts["subject_role"] == "irrigation") & (counts["rule"] != "retirement.edition")]
    assert set(by_rule.groupby("rule")["n_subjects"].sum()) == {5}
    total = result.balance.set_index("unit_id")["net_mu"]
    assert total["6504"] + total["unassigned"] == pytest.approx(135 + 15)
    county = result.pieces[result.pieces["unit_id"].isin(["650402", "unassigned"])]
    assert county["retired_geometry_mu"].sum() == pytest.approx(150)
    assert county.geometry.area.sum() == pytest.approx(100_000)


def test_without_irrigation_nothing_is_evaluated(run, world, row_of):
    result = run(units=world.counties(**COUNTY))
    row = row_of(result, "650402")
    assert row["outcome"] == "not_evaluated"
    assert np.isnan(row["net_mu"])
    assert set(result.verdicts.rows["message_key"]) == {"retirement.balance.no_irrigation"}


def test_an_empty_layer_has_retired_nothing(run, world, row_of):
    empty = world.areas(FIELD).iloc[:0]
    assert row_of(run(irrigation=empty, units=world.counties(**COUNTY)), "650402")["outcome"] == "fail"


def test_columns_are_those_of_the_result_schema(run, world):
    from overdraft.core.schema import results_schema

    result = run(irrigation=world.areas({**FIELD, **RETIRED}), units=world.counties(**COUNTY))
    assert list(result.balance.columns) == list(results_schema().roles["retirement_balance"].fields)


def test_progress_runs_from_nothing_to_all_and_cancelling_stops(policy, world):
    register = build_register(
        {"irrigation": world.areas({**FIELD, **RETIRED}), "units": world.counties(**COUNTY)}
    )
    told: list[float] = []
    retirement_balance(register, policy, date(2026, 1, 1), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 4

    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        retirement_balance(register, policy, date(2026, 1, 1), progress=stop)


def test_a_policy_without_this_rule_says_so(policy, world):
    others = {key: value for key, value in policy.settings.items() if not key.startswith("retirement.")}
    register = build_register({"irrigation": world.areas(FIELD)})
    with pytest.raises(OverdraftError, match="retirement"):
        retirement_balance(register, replace(policy, settings=others), date(2026, 1, 1))
