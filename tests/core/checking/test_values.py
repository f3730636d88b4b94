"""Figures, days, shares, months and units of measurement."""

from __future__ import annotations

import pytest
from shapely.geometry import box


@pytest.mark.parametrize(
    ("role", "field", "value", "severity"),
    [
        ("wells", "depth_m", 0.0, "error"),
        ("wells", "depth_m", -3.0, "error"),
        ("wells", "depth_m", 0.1, None),
        ("wells", "depth_m", 1500.0, None),
        ("wells", "depth_m", 1500.1, "warning"),
        ("wells", "permit_m3", -1.0, "error"),
        ("wells", "permit_m3", 5_000_001.0, "warning"),
        ("wells", "area_mu", 0.0, None),
        ("wells", "m3_per_kwh_ratio", 0.0, "error"),
        ("irrigation", "quota_m3_per_mu", 49.0, "warning"),
        ("irrigation", "quota_m3_per_mu", 50.0, None),
        ("irrigation", "quota_m3_per_mu", 2001.0, "warning"),
        ("irrigation", "quota_m3_per_mu", 0.0, "error"),
        ("parcels", "area_mu", 0.0, "error"),
        ("stations", "ground_m", -154.0, None),
        ("stations", "ground_m", 9000.0, "error"),
    ],
)
def test_limits(checked, role, field, value, severity):
    keys = {"wells": "well_id", "irrigation": "area_id", "parcels": "parcel_id", "stations": "station_id"}
    rows = checked(**{role: [{keys[role]: "A", field: value}]}).of(f"values.{field}")
    assert [row["severity"] for row in rows] == ([severity] if severity else [])


def test_readings_below_zero_lie_at_their_well(checked):
    found = checked(
        wells=[{"well_id": "W", "x": 89.25, "y": 42.75}],
        readings=[{"well_id": "W", "year": 2024, "volume_m3": -5.0}, {"well_id": "W", "year": 2026}],
    )
    row = found.one("values.volume_m3")
    assert (row["geometry"].x, row["geometry"].y) == pytest.approx((89.25, 42.75))
    assert found.counts("values.volume_m3", "readings") == (0, 1, 1)
    assert found.one("values.year")["found"] == "2026"


def test_screens(checked):
    found = checked(
        wells=[{"well_id": "W", "depth_m": 100.0}],
        screens=[
            {"well_id": "W", "aquifer": "shallow", "top_m": 20.0, "bottom_m": 40.0},
            {"well_id": "W", "aquifer": "shallow", "top_m": 60.0, "bottom_m": 60.0},
            {"well_id": "W", "aquifer": "shallow", "top_m": 80.0, "bottom_m": 101.0},
        ],
    )
    rows = found.of("values.screens")
    assert [row["message_key"].rpartition("_")[2] for row in rows] == ["turned", "deep"]
    assert rows[1]["expected"] == "≤ 100"


def test_shares_of_a_well_and_of_an_account(checked):
    shares = [("W1", "U1", 0.6), ("W1", "U2", 0.4), ("W2", "U1", 0.6), ("W2", "U2", 0.3), ("W3", "U1", 1.2)]
    found = checked(
        well_users=[{"well_id": w, "user_id": u, "share_ratio": s} for w, u, s in shares],
        account_wells=[
            {"account_no": "A", "well_id": "W1", "share_ratio": 0.5},
            {"account_no": "A", "well_id": "W2", "share_ratio": 0.5},
            {"account_no": "B", "well_id": "W1", "share_ratio": None},
        ],
    )
    assert {row["other_id"]: row["found"] for row in found.of("values.shares", "well_users")} == {
        "W2": "0.9",
        "W3": "1.2",
    }
    assert not found.of("values.shares", "account_wells")
    assert found.counts("values.shares", "account_wells") == (2, 0, 1)
    assert found.one("values.share_ratio", "well_users")["found"] == "1.2"


@pytest.mark.parametrize(
    ("months", "wrong"),
    [("4-9", False), ("4;5;6", False), ("12", False), ("0-3", True), ("13", True), ("春", True)],
)
def test_months(checked, months, wrong):
    found = checked(permit_wells=[{"permit_no": "P", "well_id": "W", "months": months}])
    assert bool(found.of("values.months")) == wrong


def test_days_in_order_and_in_range(checked):
    found = checked(
        wells=[
            {
                "well_id": "A",
                "built_on": "2001-01-01",
                "commissioned_on": "2001-01-01",
                "status_on": "2020-01-01",
            },
            {"well_id": "B", "built_on": "2001-01-02", "commissioned_on": "2001-01-01"},
            {"well_id": "C", "commissioned_on": "2010-01-01", "stopped_on": "2009-01-01"},
            {"well_id": "D", "built_on": "1899-12-30"},
            {"well_id": "E", "status_on": "2026-01-01"},
            {"well_id": "F", "permit_to": "2040-01-01"},
        ],
        permits=[{"permit_no": "P", "approved_on": "2020-05-01", "valid_to": "2020-04-30"}],
    )
    order = {row["subject_id"]: row for row in found.of("dates.order", "wells")}
    assert {name: row["severity"] for name, row in order.items()} == {"B": "error", "C": "warning"}
    assert (order["B"]["field"], order["B"]["expected"]) == ("commissioned_on", "≥ 2001-01-02")
    ranges = {row["subject_id"]: row["severity"] for row in found.of("dates.range", "wells")}
    assert ranges == {"D": "error", "E": "warning"}
    assert found.one("dates.order", "permits")["subject_id"] == "P"
    assert found.counts("dates.order", "wells") == (1, 2, 3)


def yearly(*values, start=2021, well="W"):
    return [{"well_id": well, "year": start + n, "volume_m3": v} for n, v in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "years"),
    [
        ((20_000.0, 2.1), [2022]),
        ((2.1, 20_000.0), [2022]),
        ((20_000.0, 20.0), [2022]),  # a thousandth
        ((20_000.0, 22.0), []),  # 909: nature may do that
        ((20_000.0, 2.0, 20_000.0), [2022]),  # back to normal is no jump
        ((20_000.0, 2.0, 2.0, 2.0), [2022]),
        ((20_000.0, 1_350.0), []),  # 15 is no factor between units of volume
        ((0.0, 20_000.0), []),
    ],
)
def test_jumps_against_last_year(checked, values, years):
    found = checked(readings=yearly(*values))
    assert [row["row"] + 2020 for row in found.of("units.last_year")] == years


def test_jumps_of_areas_and_indices_name_their_units(checked):
    index = {"subject_role": "wells", "subject_id": "W", "measure": "plan"}
    found = checked(
        area_years=[
            {"area_id": "A", "year": 2023, "irrigated_mu": 150.0},
            {"area_id": "A", "year": 2024, "irrigated_mu": 10.2},
            {"area_id": "B", "year": 2023, "irrigated_mu": 150.0},
            {"area_id": "B", "year": 2024, "irrigated_mu": 11.0},
        ],
        indices=[
            {**index, "year": 2023, "value": 500.0, "unit": "万m³"},
            {**index, "year": 2024, "value": 500.0, "unit": "m3"},
            {**index, "year": 2025, "value": 0.05, "unit": "万m3"},
        ],
    )
    row = found.one("units.last_year", "area_years")
    assert (row["subject_id"], row["values"]["units"]) == ("A/2024", "亩 / 公顷")
    row = found.one("units.last_year", "indices")
    assert (row["row"], row["values"]["units"]) == (2, "万m³ / m³")
    assert found.counts("units.last_year", "area_years") == (1, 1, 2)


def test_permitted_volumes_in_another_unit(checked):
    wells = [{"well_id": f"W{n}", "permit_m3": 20_000.0 + n} for n in range(12)]
    found = checked(wells=[*wells, {"well_id": "X", "permit_m3": 2.5}])
    assert found.one("units.permitted")["subject_id"] == "X"
    few = checked(wells=[*wells[:5], {"well_id": "X", "permit_m3": 2.5}])
    assert few.counts("units.permitted", "wells") == (0, 0, 6)


@pytest.mark.parametrize(
    ("factor", "unit"),
    [
        (1 / 15, "公顷 (ha)"),
        (10_000 / 15, "m²"),
        (1 / 1500, "km²"),
        (1 / 10_000, "万亩"),
        (1.5, None),
        (1.05, ""),
    ],
)
def test_registered_areas_in_another_unit(checked, factor, unit):
    # 600 m by 500 m on the central meridian of a system with scale 1: 300 000 m² = 450 mu
    shape = box(500_000, 4_700_000, 500_600, 4_700_500)
    rows = checked(
        crs="EPSG:4539", parcels=[{"parcel_id": "P", "area_mu": 450.0 * factor, "shape": shape}]
    ).of("polygons.area")
    if unit == "":
        assert rows == []
    else:
        assert float(rows[0]["expected"]) == pytest.approx(450.0, rel=1e-4)
        assert rows[0]["severity"] == "error"
        assert rows[0]["values"].get("units") == unit
