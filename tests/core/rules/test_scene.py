"""What rules look at: states on a day, units under one id, volumes in base units."""

import numpy as np
import pandas as pd
import pytest
from shapely import box

import build

GAOCHANG = {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(89, 42.5, 89.5, 43.2)}
OWN_ID = {**GAOCHANG, "unit_id": "G-1"}
AWAY = {"unit_id": "654224", "name": "托里县", "level": "county", "geometry": box(83, 45, 84.5, 46.5)}


@pytest.mark.parametrize(
    ("well", "status", "in_use", "closed_on"),
    [
        ({"status": "active"}, "active", True, None),
        ({"status": "standby"}, "standby", True, None),
        ({"status": "sealed", "status_on": "2024-05-01"}, "sealed", False, "2024-05-01"),
        ({"status": "sealed", "status_on": "2026-05-01"}, "active", True, None),
        ({"status": "sealed"}, "sealed", False, None),
        ({"status": "proposed"}, "proposed", False, None),
    ],
)
def test_state_on_the_day(well, status, in_use, closed_on):
    now = build.scene(wells=[{"well_id": "A", **well}]).wells_now.iloc[0]
    assert (now["status"], now["in_use"]) == (status, in_use)
    assert (None if pd.isna(now["closed_on"]) else str(now["closed_on"].date())) == closed_on


def test_events_decide_the_state():
    events = [
        {
            "event_id": "1",
            "subject_role": "wells",
            "subject_id": "A",
            "kind": "sealed",
            "effective_on": "2023-01-05",
        },
        {
            "event_id": "2",
            "subject_role": "wells",
            "subject_id": "A",
            "kind": "reopened",
            "effective_on": "2024-01-05",
        },
        {
            "event_id": "3",
            "subject_role": "wells",
            "subject_id": "A",
            "kind": "dismantled",
            "effective_on": "2025-01-05",
        },
    ]
    wells = [{"well_id": "A", "status": "active"}]
    now = build.scene(wells=wells, events=events).wells_now.iloc[0]
    assert (now["status"], str(now["closed_on"].date())) == ("dismantled", "2025-01-05")
    then = build.scene(wells=wells, events=events, as_of="2024-06-01").wells_now.iloc[0]
    assert (then["status"], then["in_use"]) == ("active", True)


@pytest.mark.parametrize(
    ("well", "more", "permitted", "valid"),
    [
        ({"permit_no": "P"}, {}, True, True),
        ({}, {}, False, False),
        ({"permit_no": "P", "permit_to": "2026-03-30"}, {}, True, False),
        ({"permit_no": "P", "permit_to": "2026-03-31"}, {}, True, True),
        ({"permit_no": "P", "deregistered_on": "2025-01-01"}, {}, False, False),
        ({"permit_no": "P"}, {"permits": [{"permit_no": "P", "state": "cancelled"}]}, False, False),
        ({"permit_no": "P"}, {"permits": [{"permit_no": "P", "state": "suspended"}]}, True, False),
        ({}, {"permit_wells": [{"permit_no": "P", "well_id": "A"}]}, True, True),
    ],
)
def test_permits(well, more, permitted, valid):
    now = build.scene(wells=[{"well_id": "A", **well}], **more).wells_now.iloc[0]
    assert (now["permitted"], now["permit_valid"]) == (permitted, valid)


def test_a_meter_is_known_or_not():
    wells = [{"well_id": "A"}, {"well_id": "B", "metered": True}, {"well_id": "C", "metered": False}]
    assert list(build.scene(wells=wells).wells_now["metered"]) == [None, True, False]
    meters = [{"meter_id": "M", "well_id": "A"}, {"meter_id": "N", "well_id": "C"}]
    assert list(build.scene(wells=wells, meters=meters).wells_now["metered"]) == [True, True, False]
    late = [{"meter_id": "M", "well_id": "A", "installed_on": "2026-04-01"}]
    assert list(build.scene(wells=wells[:1], meters=late).wells_now["metered"]) == [False]


@pytest.mark.parametrize("unit", [GAOCHANG, OWN_ID], ids=["code", "own id"])
def test_units_have_the_id_of_the_policy(unit):
    scene = build.scene(wells=[{"well_id": "A"}], units=[unit])
    assert list(scene.unit_at("wells", "county")) == ["650402"]
    assert list(scene.unit_key(["高昌", unit["unit_id"], "Gaochang", None, "nowhere"])) == [
        "650402",
        "650402",
        "650402",
        "",
        "nowhere",
    ]
    assert list(scene.unit_table["unit_id"]).count("650402") == 1


def test_scope():
    wells = [{"well_id": "A"}, {"well_id": "B", "x": 83.6, "y": 45.9}]
    scene = build.scene(wells=wells, units=[GAOCHANG, AWAY])
    subjects = scene.subjects("wells")
    assert list(subjects.in_scope) == [True, False]
    assert list(subjects.units) == ["650402", "654224"]
    assert list(scene.unit_at("wells", "city")) == ["6504", ""]
    assert scene.children("6504", "county") == ("650402", "650421", "650422")


@pytest.mark.parametrize(("county", "inside"), [("高昌区", True), (None, True), ("托里县", False)])
def test_a_recorded_county_that_nobody_knows_is_elsewhere(county, inside):
    scene = build.scene(
        wells=[{"well_id": "A", "county": county}], users=[{"user_id": "U", "county": county}]
    )
    assert scene.subjects("wells").in_scope.tolist() == scene.subjects("users").in_scope.tolist() == [inside]


def test_a_township_counts_with_its_county():
    town = {
        "unit_id": "T",
        "name": "某乡",
        "level": "township",
        "parent_id": "650402",
        "geometry": GAOCHANG["geometry"],
    }
    scene = build.scene(wells=[{"well_id": "A"}], units=[GAOCHANG, town])
    assert scene.book.ancestors("T") == ("T", "650402", "6504")
    assert list(scene.unit_subjects(["T", "650402", "654224"]).in_scope) == [True, True, False]
    assert list(scene.unit_at("wells", "township")) == ["T"]
    assert list(scene.unit_at("wells", "prefecture")) == ["6504"]


def test_permits_lie_in_the_county_of_their_user():
    scene = build.scene(
        users=[{"user_id": "U", "county": "高昌区"}],
        permits=[{"permit_no": "P", "user_id": "U"}, {"permit_no": "Q"}],
    )
    assert list(scene.subjects("permits").units) == ["650402", ""]


def test_readings_of_a_year():
    months = [
        {"well_id": "A", "year": 2025, "month": m, "volume_m3": 10, "energy_kwh": 5} for m in range(1, 13)
    ]
    double = [{"well_id": "A", "year": 2025, "month": 1, "volume_m3": 8}]
    partial = [{"well_id": "B", "year": 2025, "month": m, "volume_m3": 1} for m in (4, 5)]
    whole = [
        {"well_id": "B", "year": 2024, "volume_m3": 7},
        {"well_id": "B", "year": 2024, "month": 3, "volume_m3": 9},
    ]
    lost = [{"well_id": "nobody", "year": 2025, "volume_m3": 1}]
    scene = build.scene(
        wells=[{"well_id": "A"}, {"well_id": "B"}], readings=[*months, *double, *partial, *whole, *lost]
    )
    years = scene.amounts.well_years.set_index(["well", "year"])
    assert years.loc[(0, 2025), ["volume_m3", "energy_kwh", "n_months", "whole"]].tolist() == [
        120,
        60,
        12,
        True,
    ]
    assert years.loc[(1, 2025), ["volume_m3", "n_months", "whole"]].tolist() == [2, 2, False]
    assert years.loc[(1, 2024), ["volume_m3", "whole"]].tolist() == [7, True]
    assert len(years) == 3


def test_accounts_and_vouchers_of_a_month_add_up_and_the_latest_version_of_a_reading_counts():
    month = {"well_id": "A", "year": 2024, "month": 5}
    readings = [
        {**month, "volume_m3": 100, "account_no": "a", "voucher_no": "1", "as_of": "2024-06-01"},
        {**month, "volume_m3": 80, "account_no": "a", "voucher_no": "1", "as_of": "2024-07-01"},
        {**month, "volume_m3": 50, "account_no": "b", "voucher_no": "2", "as_of": "2024-06-01"},
        {**month, "energy_kwh": 30, "account_no": "a", "voucher_no": "3"},
        {**month, "month": 6, "volume_m3": 7},
        {**month, "month": 6, "volume_m3": 9},
    ]
    years = build.scene(wells=[{"well_id": "A"}], readings=readings).amounts.well_years
    assert years["volume_m3"].tolist() == [80 + 50 + 9]
    assert years["energy_kwh"].tolist() == [30]
    assert years["n_months"].tolist() == [2]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("亿m³", 1.2e8),
        ("万立方米", 12000),
        ("m3", 1.2),
        ("万 m3", 12000),
        ("ha", 18),
        ("%", 0.012),
        ("桶", None),
    ],
)
def test_base_units(unit, expected):
    row = {
        "subject_role": "units",
        "subject_id": "高昌区",
        "year": 2025,
        "measure": "use",
        "value": 1.2,
        "unit": unit,
    }
    scene = build.scene(indices=[row])
    found = scene.amounts.indices("use")
    assert (found["value"].tolist() or [None])[0] == pytest.approx(expected)
    assert len(scene.amounts.problems.rows) == (expected is None)


def test_recorded_use_wins_over_readings():
    use = {
        "subject_role": "units",
        "subject_id": "650402",
        "measure": "use",
        "unit": "m3",
        "source": "groundwater",
    }
    scene = build.scene(
        wells=[{"well_id": "A"}],
        units=[GAOCHANG],
        readings=[{"well_id": "A", "year": y, "volume_m3": 7} for y in (2024, 2025)],
        indices=[
            {**use, "year": 2025, "value": 100},
            {**use, "year": 2026, "value": 9, "as_of": "2026-02-01"},
        ],
    )
    used = scene.amounts.used("county").set_index("year")
    assert used["value"].to_dict() == {2024: 7, 2025: 100, 2026: 9}
    assert used["origin"].to_dict() == {2024: "readings", 2025: "recorded", 2026: "recorded"}
    assert used["state"].to_dict() == {2024: "closed", 2025: "closed", 2026: "open"}


def test_caps_come_from_the_document_and_the_smallest_binds():
    index = {
        "subject_role": "units",
        "subject_id": "650402",
        "measure": "index",
        "unit": "亿m3",
        "source": "groundwater",
    }
    scene = build.scene(
        indices=[
            {**index, "year": 2024, "value": 2.0, "issuer": "region"},
            {**index, "year": 2024, "value": 1.95, "issuer": "city"},
            {**index, "year": 2025, "value": 1.99},
        ]
    )
    caps = scene.amounts.caps("county")
    own = caps[caps["unit_id"] == "650402"].set_index("year")["value"].to_dict()
    assert own == {2024: 195e6, 2025: 191e6, 2035: 158e6}
    assert scene.amounts.caps("city").set_index("year")["value"].to_dict() == {2025: 492e6, 2035: 403e6}


def test_use_of_a_user_is_shared_out_and_may_rest_on_electricity():
    scene = build.scene(
        wells=[{"well_id": "A"}, {"well_id": "B", "user_id": "V", "m3_per_kwh_ratio": 2.5}],
        well_users=[
            {"well_id": "A", "user_id": "U", "share_ratio": 0.75},
            {"well_id": "A", "user_id": "V", "share_ratio": 0.25},
        ],
        readings=[
            {"well_id": "A", "year": 2025, "volume_m3": 1000},
            {"well_id": "B", "year": 2025, "energy_kwh": 10},
        ],
        indices=[
            {
                "subject_role": "users",
                "subject_id": "U",
                "year": 2025,
                "measure": "plan",
                "value": 900,
                "unit": "m3",
            }
        ],
    )
    years = scene.amounts.user_years.set_index("user_id")
    assert years["use"].to_dict() == {"U": 750, "V": 275}
    assert years["estimated"].to_dict() == {"U": False, "V": True}
    assert years.loc["U", "plan"] == 900
    assert np.isnan(years.loc["V", "plan"])


def test_an_empty_register_is_no_trouble():
    scene = build.scene()
    assert len(scene.wells_now) == len(scene.amounts.well_years) == len(scene.amounts.user_years) == 0
    assert len(scene.amounts.used("county")) == 0
    assert len(scene.subjects("applications")) == 0
    assert not scene.has("applications")
