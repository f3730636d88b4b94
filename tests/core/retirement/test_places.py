"""Where retired land lies: borders, townships, overlaps, units by name, areas without a polygon, any CRS."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from pyproj import Geod
from shapely import Polygon, box

MU = 15.0
"""100 m × 100 m."""
COUNTY = {"c650402": (0, 0, 10_000, 10_000)}
RETIRED = {"status": "retired", "retired_on": "2022-01-01"}
FIELD = {"area_id": "a", "box": (0, 0, 1000, 100)}


def test_a_parcel_cut_60_to_40_by_a_county_border(run, world, row_of):
    result = run(
        irrigation=world.areas({**FIELD, **RETIRED, "area_mu": 200}),
        units=world.counties(c650402=(0, 0, 600, 1000), c650421=(600, 0, 5000, 1000)),
    )
    assert row_of(result, "650402")["net_mu"] == pytest.approx(90)
    assert row_of(result, "650421")["net_mu"] == pytest.approx(60)
    assert row_of(result, "650402")["registered_mu"] == pytest.approx(120)
    assert row_of(result, "650421")["registered_mu"] == pytest.approx(80)
    assert row_of(result, "6504")["net_mu"] == pytest.approx(150)
    assert row_of(result, "unassigned")["net_mu"] == 0
    assert row_of(result, "unassigned")["outcome"] == "pass"


def test_land_outside_every_unit_is_shown(run, world, row_of, spoken):
    result = run(
        irrigation=world.areas({**FIELD, **RETIRED}), units=world.counties(c650402=(0, 0, 700, 1000))
    )
    assert row_of(result, "650402")["net_mu"] == pytest.approx(105)
    assert row_of(result, "unassigned")["net_mu"] == pytest.approx(45)
    assert row_of(result, "unassigned")["outcome"] == "review"
    assert spoken(result, "retirement.unassigned") == ["a"]


def test_a_city_drawn_for_itself_counts_its_own_land(run, world, row_of):
    units = world.counties(c650402=(0, 0, 700, 1000))
    city = gpd.GeoDataFrame(
        {"unit_id": ["6504"], "name": ["吐鲁番市"], "level": "prefecture"},
        geometry=[box(0, 0, 900, 1000)],
        crs=world.plane,
    )
    result = run(
        irrigation=world.areas({**FIELD, **RETIRED}), units=pd.concat([units, city], ignore_index=True)
    )
    assert row_of(result, "6504")["net_mu"] == pytest.approx(135)
    assert row_of(result, "unassigned")["net_mu"] == pytest.approx(15)


def test_a_county_is_the_union_of_its_townships(run, world, row_of):
    towns = gpd.GeoDataFrame(
        {
            "unit_id": ["650402101", "650402102"],
            "name": ["甲", "乙"],
            "level": "township",
            "parent_id": "650402",
        },
        geometry=[box(0, 0, 500, 1000), box(500, 0, 800, 1000)],
        crs=world.plane,
    )
    result = run(irrigation=world.areas({**FIELD, **RETIRED}), units=towns)
    assert row_of(result, "650402")["net_mu"] == pytest.approx(120)
    assert row_of(result, "unassigned")["net_mu"] == pytest.approx(30)
    assert row_of(result, "650421")["outcome"] == "not_evaluated"
    assert pd.isna(row_of(result, "650421")["met"])


def test_where_counties_overlap_the_smaller_id_has_the_land(run, world, row_of):
    result = run(
        irrigation=world.areas({**FIELD, **RETIRED}),
        units=world.counties(c650421=(400, 0, 1000, 1000), c650402=(0, 0, 600, 1000)),
    )
    assert row_of(result, "650402")["net_mu"] == pytest.approx(90)
    assert row_of(result, "650421")["net_mu"] == pytest.approx(60)
    assert row_of(result, "6504")["net_mu"] == pytest.approx(150)


def test_units_by_name_are_the_policys(run, world, row_of):
    units = world.counties(c650402=(0, 0, 700, 1000)).assign(unit_id="GC")
    assert row_of(run(irrigation=world.areas({**FIELD, **RETIRED}), units=units), "650402")[
        "net_mu"
    ] == pytest.approx(105)


def test_without_units_the_recorded_county_decides(run, world, row_of, spoken):
    result = run(
        irrigation=world.areas(
            {**FIELD, **RETIRED, "county": "高昌"},
            {"area_id": "b", "box": (0, 200, 1000, 300), **RETIRED, "county": "221团"},
            {"area_id": "c", "box": (0, 400, 1000, 500), **RETIRED, "county": "乌鲁木齐"},
            {"area_id": "d", "box": (0, 600, 1000, 700), **RETIRED},
        )
    )
    assert row_of(result, "650402")["net_mu"] == pytest.approx(300)
    assert row_of(result, "6504")["net_mu"] == pytest.approx(300)
    assert row_of(result, "unassigned")["net_mu"] == pytest.approx(300)
    assert spoken(result, "retirement.unassigned") == ["c", "d"]


def test_an_area_without_a_polygon_is_in_no_unit(run, world, row_of, spoken):
    result = run(
        irrigation=world.areas({**FIELD, **RETIRED}, {"area_id": "b", **RETIRED, "area_mu": 40}),
        units=world.counties(**COUNTY),
        area_basis="registered",
    )
    assert row_of(result, "unassigned")["net_mu"] == pytest.approx(40)
    assert spoken(result, "retirement.unassigned") == ["b"]


def test_invalid_polygons_are_repaired_on_a_copy_and_counted(run, world):
    bow_tie = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    areas = world.areas({"area_id": "a", "geometry": bow_tie, **RETIRED})
    result = run(irrigation=areas, units=world.counties(**COUNTY))
    assert result.n_repaired == 1
    assert result.balance.set_index("unit_id").loc["650402", "net_mu"] == pytest.approx(MU / 2)
    assert not areas.geometry.iloc[0].is_valid


def test_area_is_ellipsoidal_whatever_the_crs(run, world, row_of):
    field = Polygon([(89.1, 42.9), (89.112, 42.9005), (89.111, 42.909), (89.1003, 42.908)])
    truth = abs(Geod(ellps="GRS80").geometry_area_perimeter(field)[0]) * 15 / 10_000
    areas = world.areas({"area_id": "a", "geometry": field, **RETIRED}, crs="EPSG:4490")
    units = world.counties(c650402=(88.0, 42.0, 90.0, 44.0), crs="EPSG:4490")
    for area_crs, unit_crs in (
        ("EPSG:4490", "EPSG:4490"),
        ("EPSG:4539", "EPSG:4490"),
        ("EPSG:4490", "EPSG:4518"),
    ):
        result = run(irrigation=areas.to_crs(area_crs), units=units.to_crs(unit_crs))
        assert row_of(result, "650402")["net_mu"] == pytest.approx(truth, rel=1e-7)
