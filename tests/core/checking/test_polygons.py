"""Invalid polygons, overlaps, gaps, nesting, and layers that cannot be read."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import Point, Polygon, box

from overdraft.core.checking.overlaps import thickness_m
from overdraft.core.problems import told_problems

METRIC = "EPSG:4539"
"""CGCS2000, central meridian 90° E, scale 1."""
X, Y = 500_000, 4_700_000


def field(left, bottom, right, top):
    return box(X + left, Y + bottom, X + right, Y + top)


def parcels(*shapes):
    return [{"parcel_id": f"P{n}", "shape": shape} for n, shape in enumerate(shapes)]


def test_invalid_missing_and_fine(checked):
    bow = Polygon([(X, Y), (X + 600, Y + 500), (X + 600, Y), (X, Y + 500)])
    found = checked(crs=METRIC, parcels=parcels(bow, None, field(1000, 0, 1600, 500)))
    bad, absent = found.of("polygons.valid")
    assert "Self-intersection" in bad["found"]
    # Two triangles of 500 m by 300 m: 150 000 m² = 225 mu; the crossed ring cancels itself out
    assert bad["values"]["after"] == pytest.approx(225.0, abs=0.05)
    assert bad["values"]["before"] == pytest.approx(0.0, abs=0.05)
    assert bad["severity"] == "error"
    assert absent["message_key"] == "checking.polygons.no_geometry"
    assert found.counts("polygons.overlap", "parcels") == (2, 0, 1)


def test_overlaps_and_slivers(checked):
    found = checked(
        crs=METRIC,
        parcels=parcels(
            field(0, 0, 100, 100),
            field(90, 0, 190, 100),  # 10 m by 100 m: 1000 m² = 1.5 mu
            field(190, 0, 290, 100),  # touches
            field(289, 0, 390, 100),  # a strip 1 m wide
            field(0, 0, 100, 100),  # a copy of the first
        ),
    )
    rows = [row for row in found.of("polygons.overlap") if row["subject_id"]]
    assert {(row["other_id"], row["subject_id"]) for row in rows} == {("P0", "P1"), ("P0", "P4")}
    first = next(row for row in rows if row["subject_id"] == "P1")
    assert first["values"]["m2"] == pytest.approx(1000.0, rel=1e-3)
    assert first["values"]["mu"] == pytest.approx(1.5, rel=1e-3)
    (strips,) = [row for row in found.of("polygons.overlap") if not row["subject_id"]]
    assert (strips["severity"], strips["values"]["n"]) == ("note", 1)
    assert strips["values"]["m2"] == pytest.approx(100.0, rel=1e-3)


def test_thickness_does_not_depend_on_the_system():
    strip = gpd.GeoSeries([field(0, 0, 1000, 4)], crs=METRIC)
    degrees = strip.to_crs("EPSG:4490")
    for layer in (strip, degrees):
        got = thickness_m(layer.to_numpy(), [4000.0], layer.crs)
        assert got == pytest.approx([4000 / 2008], rel=1e-3)


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        ({}, "warning"),
        ({"severity": "severe"}, "note"),
        ({"aquifer": "deep_confined"}, None),
        ({"valid_from": "2024-01-01"}, None),
        ({"zone_id": "A", "edition": "2"}, None),
        ({"legal_state": "proposed"}, None),
    ],
)
def test_zones_that_may_lie_over_one_another(checked, change, severity):
    one = {"zone_id": "A", "severity": "general", "aquifer": "shallow", "valid_to": "2023-12-31"}
    zones = [{**one, "shape": field(0, 0, 100, 100)}, {**one, "zone_id": "B", "shape": field(0, 0, 50, 100)}]
    zones[1] |= change | ({"valid_to": None} if "valid_from" in change else {})
    rows = checked(crs=METRIC, zones=zones).of("polygons.overlap")
    assert [row["severity"] for row in rows] == ([severity] if severity else [])


def towns(*shapes, level="township", parent="C"):
    return [
        {"unit_id": f"T{n}", "name": f"T{n}", "level": level, "parent_id": parent, "shape": shape}
        for n, shape in enumerate(shapes)
    ]


COUNTY = {"unit_id": "C", "name": "C", "shape": field(0, 0, 1000, 1000)}


def test_gaps_between_units(checked):
    halves = field(0, 0, 500, 1000), field(500, 0, 1000, 1000)
    assert checked(crs=METRIC, units=[COUNTY, *towns(*halves)]).rows.empty
    short = field(510, 0, 1000, 1000)
    found = checked(crs=METRIC, units=[COUNTY, *towns(halves[0], short)])
    row = found.one("polygons.gap")
    assert (row["subject_id"], row["severity"]) == ("C", "warning")
    assert row["values"]["m2"] == pytest.approx(10_000.0, rel=1e-3)
    thin = field(501, 0, 1000, 1000)
    assert (
        checked(crs=METRIC, units=[COUNTY, *towns(halves[0], thin)]).one("polygons.gap")["severity"] == "note"
    )
    regiment = {"unit_id": "R", "name": "R", "level": "regiment", "shape": field(500, 0, 510, 1000)}
    assert not checked(crs=METRIC, units=[COUNTY, *towns(halves[0], short), regiment]).of("polygons.gap")


def test_a_hole_between_units_without_one_above(checked):
    ring = field(0, 0, 1000, 1000).difference(field(400, 400, 500, 500))
    left, right = (
        shapely.intersection(ring, part) for part in (field(0, 0, 450, 1000), field(450, 0, 1000, 1000))
    )
    found = checked(crs=METRIC, units=towns(left, right, parent=None))
    assert found.one("polygons.gap")["values"]["m2"] == pytest.approx(10_000.0, rel=1e-3)


def test_units_that_do_not_nest(checked):
    # 20 m of a strip 1000 m wide stick out: 2 %
    found = checked(crs=METRIC, units=[COUNTY, *towns(field(20, 0, 1020, 1000))])
    row = found.one("polygons.nesting")
    assert (row["subject_id"], row["severity"]) == ("T0", "warning")
    assert row["values"]["percent"] == pytest.approx(2.0, abs=0.01)
    assert not checked(crs=METRIC, units=[COUNTY, *towns(field(5, 0, 1005, 1000))]).of("polygons.nesting")
    wrong = {"unit_id": "V", "name": "V", "level": "county", "parent_id": "T0", "shape": field(0, 0, 9, 9)}
    found = checked(crs=METRIC, units=[*towns(COUNTY["shape"], parent=None), wrong])
    assert found.one("polygons.nesting")["message_key"] == "checking.polygons.wrong_level"


def test_size(checked):
    found = checked(parcels=parcels(box(89, 42, 90.5, 43), box(170, 10, 190, 11), box(89, 42, 89.1, 42.1)))
    keys = {row["subject_id"]: row["message_key"].rpartition(".")[2] for row in found.of("polygons.size")}
    assert keys == {"P0": "wide", "P1": "degrees"}


def test_too_many_vertices_are_a_message_and_no_freeze(checked):
    huge = shapely.segmentize(field(0, 0, 1000, 1000), 4000 / 1_000_100)
    found = checked(crs=METRIC, parcels=parcels(huge, field(0, 0, 10, 10)))
    assert found.one("polygons.size")["message_key"] == "checking.polygons.vertices"
    assert found.counts("polygons.overlap", "parcels") == (1, 0, 1)


def test_a_bad_layer_does_not_stop_the_others(checked):
    points = gpd.GeoSeries([Point(89.5, 42.5)])
    bare = gpd.GeoDataFrame(
        {"well_id": ["W"], "depth_m": [-1.0], "use": "irrigation", "status": "active"}, geometry=points
    )
    found = checked(
        wells=bare,
        stations=pd.DataFrame({"station_id": ["S"]}),
        parcels=gpd.GeoDataFrame({"parcel": ["P"]}, geometry=[box(89, 42, 89.1, 42.1)], crs=4490),
        users=pd.DataFrame({"user_id": ["U"], "编号": ["V"], "id": ["X"]}).drop(columns="user_id"),
        meters=[{"meter_id": "M", "well_id": "W9"}],
    )
    said = {row["subject_role"]: row["message_key"] for row in found.of("layers.read")}
    assert said == {
        "wells": "register.crs_missing",
        "stations": "register.geometry_missing",
        "parcels": "register.column_missing",
        "users": "register.column_ambiguous",
    }
    assert all(row["severity"] == "error" and row["subject_id"] == "" for row in found.of("layers.read"))
    # What does not need the place is checked all the same
    assert found.one("values.depth_m")["subject_id"] == "W"
    assert found.one("references.well_id")["found"] == "W9"
    assert found.why("positions.coordinates", "wells") == "checking.why.placeless"
    assert found.why("values.area_mu", "parcels") == "checking.why.refused"
    told = told_problems(found.problems, "zh")
    assert told["message"].str.contains("机井").any()


@pytest.mark.parametrize("code", [4214, 2422, 4610, 2343])
def test_old_datums_are_not_used(checked, code):
    found = checked(crs=f"EPSG:{code}", wells=[{"well_id": "W"}])
    row = found.one("layers.read")
    assert (row["message_key"], row["severity"]) == ("register.crs_operation", "error")
    assert found.counts("positions.coordinates", "wells") == (0, 0, 1)


def test_layers_on_different_datums(checked):
    def at(code):
        return gpd.GeoDataFrame({"station_id": ["S"]}, geometry=[Point(89.6, 42.6)], crs=4490).to_crs(code)

    assert not checked(wells=[{"well_id": "W"}], stations=at(4539)).of("layers.datums")
    assert checked(wells=[{"well_id": "W"}], stations=at(4326)).one("layers.datums")["severity"] == "note"
    assert checked(wells=[{"well_id": "W"}], stations=at(4267)).one("layers.datums")["severity"] == "warning"


def test_what_the_intake_says_comes_once_and_masked(checked):
    found = checked(
        wells=gpd.GeoDataFrame(
            {
                "well_id": ["A", "B"],
                "use": ["浇果园13812341234", None],
                "status": "active",
                "井深": [1.0, 2.0],
            },
            geometry=[Point(89.5, 42.5), Point(89.6, 42.5)],
            crs=4490,
        )
    )
    row = found.one("register.value")
    assert (row["severity"], row["field"], row["found"]) == ("error", "use", "浇果园138****1234")
    assert found.one("register.required")["subject_id"] == "B"
    assert found.one("register.column")["field"] == "depth_m"
    assert found.counts("register.column", "wells") == (0, 2, 0)
    told = told_problems(found.problems, "zh")
    assert (
        not told.drop(columns="geometry").astype(str).agg(" ".join, axis=1).str.contains("13812341234").any()
    )
