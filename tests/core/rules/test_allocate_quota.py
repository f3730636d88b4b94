"""The cap of a county down to townships, users and wells, from a register."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from build import scene
from overdraft.core.allocation import allocate_quota
from overdraft.core.errors import OverdraftError
from overdraft.core.findings import OUTCOMES
from overdraft.core.messages import render

GAOCHANG, SHANSHAN = "650402", "650421"
UNITS = [
    {"unit_id": GAOCHANG, "name": "高昌区", "level": "county", "geometry": box(89, 42, 90, 43)},
    {"unit_id": SHANSHAN, "name": "鄯善县", "level": "county", "geometry": box(90, 42, 91, 43)},
    {
        "unit_id": "T1",
        "name": "一镇",
        "level": "township",
        "parent_id": GAOCHANG,
        "geometry": box(89, 42, 89.5, 43),
    },
    {
        "unit_id": "T2",
        "name": "二乡",
        "level": "township",
        "parent_id": GAOCHANG,
        "geometry": box(89.5, 42, 90, 43),
    },
]
EAST, WEST, OTHER = {"x": 89.7, "y": 42.5}, {"x": 89.2, "y": 42.5}, {"x": 90.5, "y": 42.5}


def area(area_id, area_mu, quota=None, **more):
    return {
        "area_id": area_id,
        "status": "irrigated",
        "area_mu": area_mu,
        "quota_m3_per_mu": quota,
        "geometry": box(89.1, 42.1, 89.11, 42.11),
    } | more


def made(**roles):
    base = {
        "wells": [
            {"well_id": "W1", "user_id": "U1", "permit_m3": 40_000, "permit_no": "P1", **WEST},
            {"well_id": "W2", "user_id": "U1", "permit_m3": 20_000, "permit_no": "P2", **WEST},
            {"well_id": "W3", "user_id": "U2", "permit_m3": 40_000, "permit_no": "P3", **EAST},
            {"well_id": "W4", **EAST},
            {"well_id": "W5", "status": "sealed", "permit_m3": 99_000, "permit_no": "P5", **EAST},
            {"well_id": "W6", "use": "monitoring", "permit_m3": 99_000, "permit_no": "P6", **EAST},
        ],
        "users": [{"user_id": "U1"}, {"user_id": "U2"}],
        "units": UNITS,
        "irrigation": [area("A1", 100.0, 300.0), area("A2", 50.0, 400.0), area("A3", 60.0, 500.0)],
        "well_areas": [
            {"well_id": "W1", "area_id": "A1"},
            {"well_id": "W2", "area_id": "A2"},
            {"well_id": "W3", "area_id": "A3", "share_ratio": 1.0},
        ],
    }
    return scene(**(base | roles))


def amounts(result, level="well"):
    rows = result.rows[result.rows["level"] == level]
    return dict(zip(rows["key"], rows["amount_m3"], strict=True))


def told(result, rule):
    rows = result.verdicts.rows[result.verdicts.rows["rule"] == rule]
    return dict(zip(rows["subject_id"], rows["message_key"].str.rsplit(".", n=1).str[-1], strict=True))


def test_by_area_and_quota():
    """100·300 = 30 000, 50·400 = 20 000, 60·500 = 30 000: of 800 001 m³ 3/8, 2/8, 3/8; the odd m³ to the first id."""
    result = allocate_quota(made(), {"高昌区": 800_001}, year=2025)
    assert amounts(result, "county") == {GAOCHANG: 800_001}
    assert amounts(result, "township") == {"T1": 500_001, "T2": 300_000}
    assert amounts(result, "user") == {"U1": 500_001, "U2": 300_000, "unassigned": 0}
    assert sum(amounts(result).values()) == 800_001
    assert amounts(result)["W4"] == 0
    assert told(result, "allocation.basis") == {"W4": "no_area"}
    assert told(result, "allocation.bounds") == {}
    assert told(result, "allocation.cap") == {}
    rows = result.rows.set_index(["level", "key"])
    assert rows.loc[("township", "T1"), "name"] == "一镇"
    assert rows.loc[("well", "W1"), "path"] == f"{GAOCHANG}/T1/U1/W1"
    assert rows.loc[("well", "W4"), ["bound", "reason"]].tolist() == ["no_basis", "no_area"]
    assert "W5" not in amounts(result)
    assert "W6" not in amounts(result)


def test_by_permit():
    result = allocate_quota(made(), {GAOCHANG: 50_000}, basis="permit", year=2025)
    assert amounts(result) == {"W1": 20_000, "W2": 10_000, "W3": 20_000, "W4": 0}
    assert told(result, "allocation.basis") == {"W4": "no_permit"}


def test_never_more_than_the_permit():
    result = allocate_quota(made(), {GAOCHANG: 120_000}, year=2025, within_permit=True)
    assert amounts(result) == {"W1": 40_000, "W2": 20_000, "W3": 40_000, "W4": 0}
    assert told(result, "allocation.bounds") == {GAOCHANG: "over"}
    row = result.rows.set_index("key").loc[GAOCHANG]
    assert (row["status"], row["gap_m3"]) == ("over", 20_000)
    # T1 has 5/8 of 90 000; W2 at its permit leaves the rest of it to W1
    result = allocate_quota(made(), {GAOCHANG: 90_000}, year=2025, within_permit=True)
    assert amounts(result) == {"W1": 36_250, "W2": 20_000, "W3": 33_750, "W4": 0}
    result = allocate_quota(made(), {GAOCHANG: 90_000}, levels=("well",), year=2025, within_permit=True)
    assert amounts(result) == {"W1": 35_000, "W2": 20_000, "W3": 35_000, "W4": 0}


def test_a_well_without_a_permitted_volume_gets_nothing_within_permits():
    wells = [
        {"well_id": "W1", "permit_no": "P1", "permit_m3": 10_000, "area_mu": 10, **WEST},
        {"well_id": "W2", "area_mu": 10, **WEST},
    ]
    quota = {"subject_role": "units", "subject_id": GAOCHANG, "year": 2025, "measure": "quota_per_mu"}
    here = made(wells=wells, well_areas=[], indices=[{**quota, "value": 400, "unit": "m3/亩"}])
    result = allocate_quota(here, {GAOCHANG: 500_000}, year=2025, within_permit=True)
    assert amounts(result) == {"W1": 10_000, "W2": 0}
    assert told(result, "allocation.basis") == {"W2": "no_permit"}
    assert amounts(allocate_quota(here, {GAOCHANG: 500_000}, year=2025)) == {"W1": 250_000, "W2": 250_000}


@pytest.mark.parametrize("options", [{"basis": "permit"}, {"basis": "past_use", "within_permit": True}])
def test_a_permit_that_has_run_out_is_told(options):
    wells = [
        {"well_id": name, "permit_no": name, "permit_m3": 1_000, "permit_to": end, **WEST}
        for name, end in (("W1", "2020-01-01"), ("W2", "2030-01-01"))
    ]
    readings = [{"well_id": name, "year": 2024, "volume_m3": 1_000} for name in ("W1", "W2")]
    here = made(wells=wells, readings=readings)
    result = allocate_quota(here, {GAOCHANG: 1_000}, year=2025, **options)
    assert amounts(result) == {"W1": 500, "W2": 500}
    assert told(result, "allocation.basis") == {"W1": "lapsed"}
    assert set(result.verdicts.rows["outcome"]) == {"review"}
    assert not told(allocate_quota(here, {GAOCHANG: 1_000}, basis="past_use", year=2025), "allocation.basis")


def test_no_water_taken_and_no_land_are_known_facts():
    readings = [{"well_id": "W1", "year": year, "volume_m3": 0} for year in (2022, 2023, 2024)]
    readings += [{"well_id": "W2", "year": 2024, "volume_m3": 100}]
    result = allocate_quota(made(readings=readings), {GAOCHANG: 50}, basis="past_use", year=2025)
    assert amounts(result)["W2"] == 50
    assert told(result, "allocation.basis") == {"W1": "no_use", "W3": "no_reading", "W4": "no_reading"}
    areas = [area("A1", 100.0, 300.0, status="retired"), area("A2", 50.0, 400.0)]
    result = allocate_quota(made(irrigation=areas), {GAOCHANG: 50}, year=2025)
    assert told(result, "allocation.basis")["W1"] == "no_land"


def test_by_past_use():
    readings = [
        {"well_id": "W1", "year": 2023, "volume_m3": 100},
        {"well_id": "W1", "year": 2024, "volume_m3": 300},
        {"well_id": "W3", "year": 2024, "volume_m3": 100},
        {"well_id": "W3", "year": 2019, "volume_m3": 9_999},
        {"well_id": "W2", "year": 2024, "month": 5, "volume_m3": 50},
    ]
    here = made(readings=readings)
    result = allocate_quota(here, {GAOCHANG: 300}, basis="past_use", year=2025)
    assert amounts(result) == {"W1": 200, "W2": 0, "W3": 100, "W4": 0}
    assert told(result, "allocation.basis") == {"W2": "no_reading", "W4": "no_reading"}
    result = allocate_quota(here, {GAOCHANG: 400}, basis="past_use", year=2025, past_years=[2024])
    assert amounts(result)["W1"] == 300


def test_areas_of_several_wells():
    """A1 (100 亩): W1 a quarter as recorded, W2 and W4 the rest. A2 lists its wells itself. A3 is retired."""
    areas = [
        area("A1", 100.0, 100.0),
        area("A2", 30.0, 100.0, well_ids="W3;W1"),
        area("A3", 500.0, 100.0, status="retired", well_ids="W3"),
    ]
    links = [
        {"well_id": "W1", "area_id": "A1", "share_ratio": 0.25},
        {"well_id": "W2", "area_id": "A1"},
        {"well_id": "W4", "area_id": "A1"},
    ]
    result = allocate_quota(made(irrigation=areas, well_areas=links), {GAOCHANG: 13_000}, year=2025)
    assert amounts(result) == {"W1": 4_000, "W2": 3_750, "W3": 1_500, "W4": 3_750}


def test_the_area_of_the_year_and_the_quota_of_the_unit():
    areas = [area("A1", 100.0), area("A2", 50.0, 400.0), area("A3", 60.0)]
    quota = {
        "subject_role": "units",
        "subject_id": "高昌区",
        "year": 2025,
        "measure": "quota_per_mu",
        "unit": "m3/亩",
    }
    here = made(
        irrigation=areas,
        indices=[quota | {"value": 200}, quota | {"value": 999, "year": 2024}],
        area_years=[
            {"area_id": "A1", "year": 2025, "irrigated_mu": 90.0},
            {"area_id": "A1", "year": 2024, "irrigated_mu": 1},
        ],
    )
    result = allocate_quota(here, {GAOCHANG: 50_000}, year=2025)
    assert amounts(result) == {"W1": 18_000, "W2": 20_000, "W3": 12_000, "W4": 0}
    without = allocate_quota(made(irrigation=areas), {GAOCHANG: 50_000}, year=2025)
    assert told(without, "allocation.basis") == {"W1": "no_quota", "W3": "no_quota", "W4": "no_area"}
    assert amounts(without)["W2"] == 50_000


def test_a_well_without_areas_takes_its_own():
    wells = [{"well_id": "W1", "area_mu": 10.0, **WEST}, {"well_id": "W2", "area_mu": 30.0, **EAST}]
    quota = {
        "subject_role": "units",
        "subject_id": GAOCHANG,
        "year": 2025,
        "measure": "quota_per_mu",
        "unit": "m3/亩",
    }
    here = scene(wells=wells, units=UNITS, indices=[quota | {"value": 1}])
    assert amounts(allocate_quota(here, {GAOCHANG: 400}, year=2025)) == {"W1": 100, "W2": 300}


def test_one_unknown_area_is_no_basis():
    links = [
        {"well_id": "W1", "area_id": "A1"},
        {"well_id": "W1", "area_id": "A2"},
        {"well_id": "W3", "area_id": "A3"},
    ]
    result = allocate_quota(
        made(
            irrigation=[area("A1", 100.0, 300.0), area("A2", None, 400.0), area("A3", 60.0, 500.0)],
            well_areas=links,
        ),
        {GAOCHANG: 100},
        year=2025,
    )
    assert told(result, "allocation.basis")["W1"] == "no_area"
    assert amounts(result)["W3"] == 100


def test_caps_of_the_register_and_a_county_without_one():
    wells = [
        {"well_id": "W1", "permit_m3": 1, "permit_no": "P", **WEST},
        {"well_id": "W9", "permit_m3": 1, "permit_no": "Q", **OTHER},
    ]
    cap = {
        "subject_role": "units",
        "subject_id": GAOCHANG,
        "year": 2026,
        "measure": "index",
        "source": "groundwater",
    }
    here = scene(wells=wells, units=UNITS, indices=[cap | {"value": 0.00123456, "unit": "万m3"}])
    result = allocate_quota(here, basis="permit", year=2026)
    assert amounts(result) == {"W1": 12}  # 12.3456 m³: parts of a m³ are not handed out
    assert told(result, "allocation.cap") == {SHANSHAN: "missing"}
    row = result.verdicts.rows.query("rule == 'allocation.cap'").iloc[0]
    assert (row["outcome"], row["action"], row["period"]) == ("not_evaluated", "supply_data", "2026")


def test_caps_of_the_policy():
    """TLF-1.2i: the groundwater cap of Gaochang in 2025 goes to its one well, down to the m³."""
    here = scene(wells=[{"well_id": "W1", "permit_m3": 1, "permit_no": "P", **WEST}], units=UNITS)
    result = allocate_quota(here, basis="permit", year=2025)
    target = next(
        t for t in here.policy.targets_for("groundwater_use") if (t.unit_id, t.year) == (GAOCHANG, 2025)
    )
    assert amounts(result) == {"W1": round(target.base_value)}
    other = amounts(result, "county")
    assert other[SHANSHAN] > 0
    assert told(result, "allocation.bounds")[SHANSHAN] == "no_weight"


def test_bounds():
    bounds = pd.DataFrame(
        {
            "level": ["township", "well"],
            "key": ["T2", "W1"],
            "lower_m3": [500.0, np.nan],
            "upper_m3": [np.nan, 100.0],
        }
    )
    result = allocate_quota(made(), {GAOCHANG: 800}, year=2025, bounds=bounds)
    assert amounts(result, "township") == {"T1": 300, "T2": 500}
    assert amounts(result) == {"W1": 100, "W2": 200, "W3": 500, "W4": 0}
    bounds["lower_m3"] = [900.0, np.nan]
    result = allocate_quota(made(), {GAOCHANG: 800}, year=2025, bounds=bounds)
    assert told(result, "allocation.bounds") == {GAOCHANG: "short"}


def test_the_whole_city_and_wells_alone():
    wells = [
        {"well_id": "W1", "permit_m3": 1, "permit_no": "P", **WEST},
        {"well_id": "W9", "permit_m3": 3, "permit_no": "Q", **OTHER},
    ]
    here = scene(wells=wells, units=UNITS)
    result = allocate_quota(
        here, {"吐鲁番市": 400}, basis="permit", unit_level="city", levels=("county",), year=2025
    )
    assert amounts(result, "county") == {GAOCHANG: 100, SHANSHAN: 300}
    assert set(result.rows["level"]) == {"city", "county"}
    result = allocate_quota(here, {GAOCHANG: 7, SHANSHAN: 8}, basis="permit", levels=("well",), year=2025)
    assert amounts(result) == {"W1": 7, "W9": 8}


def test_wells_in_no_unit_are_told_and_left_out():
    wells = [
        {"well_id": "W1", "permit_m3": 1, "permit_no": "P", **WEST},
        {"well_id": "W8", "permit_m3": 3, "permit_no": "Q", "x": 91.5, "y": 42.5},
    ]
    result = allocate_quota(scene(wells=wells, units=UNITS), {GAOCHANG: 10}, basis="permit", year=2025)
    assert amounts(result) == {"W1": 10}
    assert told(result, "allocation.place") == {"W8": "no_unit"}


def test_shared_wells_stand_with_their_main_user():
    links = [
        {"well_id": "W1", "user_id": "U1", "share_ratio": 0.3},
        {"well_id": "W1", "user_id": "U2", "share_ratio": 0.7},
    ]
    here = made(well_users=links)
    rows = allocate_quota(here, {GAOCHANG: 800}, year=2025).rows.set_index("key")
    assert rows.loc["W1", "parent_id"] == "U2"


@pytest.mark.parametrize(
    ("call", "key"),
    [
        ({"basis": "goodwill"}, "allocation.bad_option"),
        ({"levels": ("planet",)}, "allocation.bad_option"),
        ({"unit_level": "well"}, "allocation.bad_option"),
        ({"caps": {"不存在县": 1}}, "allocation.unknown_unit"),
        ({"caps": {GAOCHANG: -1}}, "allocation.bad_total"),
    ],
)
def test_refused(call, key):
    with pytest.raises(OverdraftError) as caught:
        allocate_quota(made(), **({"caps": {GAOCHANG: 1}, "year": 2025} | call))
    assert caught.value.key == key
    assert "{" not in caught.value.text("zh")


def _random(seed):
    rng = np.random.default_rng(seed)
    wells = [
        {
            "well_id": f"W{number:03d}",
            "user_id": f"U{rng.integers(12)}" if rng.random() < 0.9 else None,
            "permit_m3": float(rng.integers(1, 50_000)) if rng.random() < 0.9 else None,
            "permit_no": f"P{number}",
            "x": float(rng.uniform(89, 91)),
            "y": 42.5,
        }
        for number in range(120)
    ]
    return wells, {GAOCHANG: int(rng.integers(0, 2_000_000)), SHANSHAN: int(rng.integers(0, 2_000_000))}


@pytest.mark.parametrize("seed", range(4))
def test_parts_add_up_at_every_level_whatever_the_order(seed):
    wells, caps = _random(seed)
    result = allocate_quota(
        scene(wells=wells, units=UNITS), caps, basis="permit", year=2025, within_permit=seed % 2
    )
    rows = result.rows
    rows["above"] = rows["path"].str.rpartition("/")[0]
    for upper, lower in pairwise(("county", "township", "user", "well")):
        whole = rows[rows["level"] == upper].set_index("path")
        parts = rows[rows["level"] == lower].groupby("above")["amount_m3"].sum()
        missing = whole["gap_m3"].where(whole["status"] == "over", 0)
        assert (whole["amount_m3"] - missing).to_dict() == parts.reindex(whole.index).to_dict()
    assert (
        dict(zip(*rows.loc[rows["level"] == "county", ["key", "amount_m3"]].T.to_numpy(), strict=True))
        == caps
    )
    again = allocate_quota(
        scene(wells=wells[::-1], units=UNITS),
        dict(reversed(caps.items())),
        basis="permit",
        year=2025,
        within_permit=seed % 2,
    )
    pd.testing.assert_frame_equal(rows.drop(columns="above"), again.rows)
    counts = result.verdicts.counts
    assert (counts["n_subjects"] == counts["n_pass"] + counts["n_rows"] + counts["n_out_of_scope"]).all()


def test_every_finding_has_its_words():
    results = [
        allocate_quota(made(), {GAOCHANG: 120_000}, year=2025, within_permit=True),
        allocate_quota(made(), {SHANSHAN: 1}, basis="past_use", year=2025),
        allocate_quota(made(), {GAOCHANG: 0}, basis="permit", year=2030),
        allocate_quota(made(irrigation=[area("A1", 0.0)]), {GAOCHANG: 1}, year=2025),
    ]
    for result in results:
        assert set(result.verdicts.rows["outcome"]) <= set(OUTCOMES)
        for row in result.verdicts.rows.itertuples():
            for language in ("en", "zh"):
                assert "{" not in render(row.message_key, json.loads(row.message_values), language)
