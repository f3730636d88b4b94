"""Ids, coincident wells, positions, recorded counties and townships."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import MultiPoint, Point, box

GEOD = Geod(ellps="GRS80")
UNITS = [
    {"unit_id": "650402", "name": "高昌区", "shape": box(89, 42, 90, 43)},
    {"unit_id": "650421", "name": "鄯善县", "shape": box(90, 42, 91, 43)},
]


def test_clean_wells_are_silent(checked):
    wells = [{"well_id": f"W{n}", "county": "高昌区", "depth_m": 120.0} for n in range(5)]
    found = checked(wells=wells, units=UNITS)
    assert found.rows.empty
    assert found.counts("positions.county", "wells") == (5, 0, 0)
    assert found.counts("positions.township", "wells") == (0, 0, 5)
    assert found.why("positions.township", "wells") == "checking.why.no_level"


def test_repeated_ids_and_the_same_id_in_two_counties(checked):
    found = checked(
        wells=[
            {"well_id": "A", "county": "甲县"},
            {"well_id": "A", "county": "甲县"},
            {"well_id": "B", "county": "甲县"},
            {"well_id": "B", "county": "乙县"},
            {"well_id": None, "county": "乙县"},
        ]
    )
    rows = found.of("register.id_repeated")
    assert [row["subject_id"] for row in rows] == ["A", "A#2", "B", "B#2"]
    assert [row["message_key"].rpartition(".")[2] for row in rows] == ["id_repeated"] * 2 + [
        "two_counties"
    ] * 2
    assert rows[2]["values"]["counties"] == "乙县, 甲县"
    assert found.one("register.id_missing")["row"] == 5
    assert found.counts("register.id_repeated", "wells") == (1, 4, 0)


def test_ids_that_differ_only_in_writing(checked):
    found = checked(
        wells=[{"well_id": "JJ-01"}, {"well_id": "ｊｊ-01"}, {"well_id": "JJ - 01"}, {"well_id": "JJ-02"}]
    )
    rows = found.of("ids.alike")
    assert [row["subject_id"] for row in rows] == ["JJ-01", "ｊｊ-01", "JJ - 01"]
    assert rows[0]["other_id"] == "ｊｊ-01; JJ - 01"


@pytest.mark.parametrize("name", ["1.23E+12", "6.504e11", "650402198001010000", "####", "#REF!"])
def test_ids_that_a_spreadsheet_has_spoilt(checked, name):
    assert checked(wells=[{"well_id": name}]).one("ids.number")["severity"] == "error"


@pytest.mark.parametrize("name", ["E12", "650402198001010001", "123000000000000", "1-2E3", "W#1"])
def test_ids_that_only_look_odd_are_left_alone(checked, name):
    assert not checked(wells=[{"well_id": name}]).of("ids.number")


def test_wells_nearer_than_half_a_metre(checked):
    x, y, _ = GEOD.fwd([89.5, 89.5], [42.5, 42.5], [30, 200], [0.49, 0.51])
    found = checked(
        wells=[
            {"well_id": "A", "x": 89.5, "y": 42.5},
            {"well_id": "NEAR", "x": x[0], "y": y[0]},
            {"well_id": "FAR", "x": x[1], "y": y[1]},
        ]
    )
    rows = {row["subject_id"]: row for row in found.of("ids.coincident")}
    assert set(rows) == {"A", "NEAR"}
    assert rows["A"]["distance_m"] == pytest.approx(0.49, abs=0.005)
    assert rows["A"]["other_id"] == "NEAR"
    assert rows["A"]["severity"] == "warning"


def test_one_place_several_times(checked):
    same = {"x": 89.5, "y": 42.5}
    found = checked(wells=[{"well_id": "A", **same}, {"well_id": "A", **same}])
    assert {row["severity"] for row in found.of("ids.coincident")} == {"error"}
    heap = checked(wells=[{"well_id": f"W{n}", **same} for n in range(400)])
    assert heap.counts("ids.coincident", "wells") == (0, 400, 0)
    renewed = checked(wells=[{"well_id": "A", **same}, {"well_id": "B", "replaces": "A", **same}])
    assert not renewed.of("ids.coincident")


def test_places_that_are_none(checked):
    shapes = [
        None,
        Point(),
        Point(np.nan, 42),
        Point(89.5, 1e308),
        Point(0, 0),
        MultiPoint([(89.5, 42.5), (89.6, 42.5)]),
        MultiPoint([(89.5, 42.5)]),
        Point(200, 42),
    ]
    found = checked(
        wells=[{"well_id": f"W{n}", "shape": shape} for n, shape in enumerate(shapes)], units=UNITS
    )
    kinds = {
        row["subject_id"]: row["message_key"].rpartition(".")[2] for row in found.of("positions.coordinates")
    }
    assert kinds == {
        "W0": "no_geometry",
        "W1": "no_geometry",
        "W2": "bad" if not shapely.is_empty(shapes[2]) else "no_geometry",
        "W3": "bad",
        "W4": "zero",
        "W5": "several",
        "W7": "bad",
    }
    assert found.counts("positions.units", "wells") == (1, 0, 7)


def test_points_outside_every_unit(checked):
    lon, lat, _ = GEOD.fwd(89.5, 43.0, 0, 3000.0)
    found = checked(
        units=UNITS,
        wells=[
            {"well_id": "JUST", "x": lon, "y": lat},
            {"well_id": "FAR", "x": 89.5, "y": 44.0},
            {"well_id": "TURNED", "x": 42.5, "y": 89.5},
        ],
    )
    rows = {row["subject_id"]: row for row in found.of("positions.units")}
    # The border is the parallel, 42.9999° at its foot: the geodesic distance to a straight edge in degrees
    assert rows["JUST"]["distance_m"] == pytest.approx(3000.0, abs=0.1)
    assert [rows[name]["severity"] for name in ("JUST", "FAR", "TURNED")] == ["warning", "error", "error"]
    assert rows["FAR"]["message_key"] == "checking.positions.far"
    assert rows["TURNED"]["message_key"] == "checking.positions.swapped"


def test_a_point_outside_its_recorded_county(checked):
    lon, lat, _ = GEOD.fwd(90.0, 42.5, 90, 1234.5)
    found = checked(
        units=UNITS,
        policy="turpan-2021",
        wells=[
            {"well_id": "A", "x": lon, "y": lat, "county": "高昌区"},
            {"well_id": "CODE", "x": lon, "y": lat + 0.1, "county": "650421"},
            {"well_id": "EDGE", "x": 90.0, "y": 42.7, "county": "高昌区"},
            {"well_id": "NAME", "x": 89.5, "y": 42.7, "county": "高昌曲"},
            {"well_id": "NONE", "x": 89.5, "y": 42.8},
        ],
    )
    rows = {row["subject_id"]: row for row in found.of("positions.county")}
    assert set(rows) == {"A", "NAME"}
    assert rows["A"]["distance_m"] == pytest.approx(1234.5, abs=0.1)
    assert (rows["A"]["found"], rows["A"]["expected"], rows["A"]["other_id"]) == (
        "高昌区",
        "鄯善县",
        "650421",
    )
    assert rows["NAME"]["message_key"] == "checking.positions.unit_unknown"
    assert rows["NAME"]["expected"] == "高昌区"
    assert found.counts("positions.county", "wells") == (2, 2, 1)


def test_a_few_metres_over_the_border_are_noted(checked):
    lon, lat, _ = GEOD.fwd(90.0, 42.5, 90, 20.0)
    found = checked(units=UNITS, wells=[{"well_id": "A", "x": lon, "y": lat, "county": "高昌区"}])
    assert found.one("positions.county")["severity"] == "note"


def test_townships_of_one_name_in_two_counties(checked):
    towns = [
        {
            "unit_id": f"T{n}",
            "name": name,
            "level": "township",
            "parent_id": up,
            "shape": box(x, 42, x + 0.5, 43),
        }
        for n, (name, up, x) in enumerate(
            [
                ("城关镇", "650402", 89),
                ("东乡", "650402", 89.5),
                ("城关镇", "650421", 90),
                ("西乡", "650421", 90.5),
            ]
        )
    ]
    wells = [
        {"well_id": "A", "x": 90.2, "township": "城关镇"},
        {"well_id": "B", "x": 89.2, "township": "城关镇"},
        {"well_id": "C", "x": 90.7, "township": "城关镇", "county": "高昌区"},
    ]
    found = checked(units=UNITS + towns, wells=wells)
    row = found.one("positions.township")
    assert (row["subject_id"], row["expected"]) == ("C", "西乡")
    assert row["distance_m"] == pytest.approx(0.2 * 82_170, rel=0.01)  # a degree of longitude at 42.5° N
    assert found.one("positions.county")["subject_id"] == "C"


def test_without_units_nothing_is_said_of_places(checked):
    found = checked(wells=[{"well_id": "A", "county": "高昌区"}])
    assert found.counts("positions.county", "wells") == (0, 0, 1)
    assert found.why("positions.units", "wells") == "checking.why.no_other"
