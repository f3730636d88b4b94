"""Polygons over polygons: acceptance case 23, cuts, slivers, editions, differing reference systems."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely import box

from overdraft.core.errors import OverdraftError
from overdraft.core.overlay.areas import area_zones, settle, split_by_units, subtract

PLANE = CRS.from_wkt('LOCAL_CS["plane",UNIT["metre",1]]')
UTM = CRS("EPSG:32645")
DAY = "2024-06-01"


def layer(key, rows, crs=PLANE, **columns):
    return gpd.GeoDataFrame({key: list(rows), **columns}, geometry=list(rows.values()), crs=crs)


def zones_of_case_22(crs=PLANE):
    return layer("zone_id", {"over": box(0, 0, 1000, 1000), "restricted": box(500, 500, 1500, 1500)}, crs)


@pytest.mark.parametrize((), [pytest.param(id="AC-23")])
def test_ac_23():
    found = area_zones(layer("area_id", {"A": box(800, 0, 1200, 500)}), zones_of_case_22(), DAY)
    assert found.to_dict("records") == [
        {"area_id": "A", "zone_id": "over", "area_mu": 150.0, "share_ratio": 0.5}
    ]


@pytest.mark.parametrize((), [pytest.param(id="AC-23")])
def test_ac_23_the_whole_area():
    found = area_zones(
        layer("area_id", {"A": box(800, 0, 1200, 500)}), layer("zone_id", {"Z": box(0, 0, 2000, 2000)}), DAY
    )
    assert found["area_mu"].tolist() == [300.0]
    assert found["share_ratio"].tolist() == [1.0]


@pytest.mark.parametrize("zone_crs", ["EPSG:4518", "EPSG:4539"])
@pytest.mark.parametrize((), [pytest.param(id="AC-23")])
def test_ac_23_on_the_ground(zone_crs):
    """The same figures in Turpan, areas in one projection and zones in another: no sliver at the common edge."""
    shift = (30_480_000.0, 4_750_000.0)
    areas = layer("area_id", {"A": box(800, 0, 1200, 500)}, CRS("EPSG:4518"))
    zones = zones_of_case_22(CRS("EPSG:4518"))
    areas.geometry, zones.geometry = areas.translate(*shift), zones.translate(*shift)
    found = area_zones(areas, zones.to_crs(zone_crs), DAY)
    assert found["zone_id"].tolist() == ["over"]
    assert found["share_ratio"][0] == pytest.approx(0.5, abs=1e-4)
    assert found["area_mu"][0] == pytest.approx(150.0, rel=5e-4)


def test_rows_stand_in_the_order_of_the_areas_then_by_zone_id():
    areas = layer("area_id", {"b": box(0, 0, 10, 10), "a": box(5, 0, 15, 10)})
    zones = layer("zone_id", {"z": box(0, 0, 100, 100), "y": box(0, 0, 100, 100)})
    found = area_zones(areas, zones, DAY)
    assert list(zip(found["area_id"], found["zone_id"], strict=True)) == [
        ("b", "y"),
        ("b", "z"),
        ("a", "y"),
        ("a", "z"),
    ]


def test_polygons_of_one_zone_add_up():
    areas = layer("area_id", {"A": box(0, 0, 100, 100)})
    zones = gpd.GeoDataFrame(
        {"zone_id": ["Z", "Z"]}, geometry=[box(0, 0, 30, 100), box(60, 0, 100, 100)], crs=PLANE
    )
    assert area_zones(areas, zones, DAY)["share_ratio"].tolist() == pytest.approx([0.7])


def test_only_the_edition_in_force_and_no_proposal():
    areas = layer("area_id", {"A": box(0, 0, 100, 100)})
    zones = layer(
        "zone_id",
        {"old": box(0, 0, 10, 100), "new": box(0, 0, 20, 100), "plan": box(0, 0, 30, 100)},
        valid_from=pd.to_datetime([None, "2024-01-01", None]),
        valid_to=pd.to_datetime(["2023-12-31", None, None]),
        legal_state=["in_force", None, "proposed"],
    )
    assert area_zones(areas, zones, "2023-12-31")["zone_id"].tolist() == ["old"]
    assert area_zones(areas, zones, "2024-01-01")["zone_id"].tolist() == ["new"]


def test_what_has_no_area_has_no_row():
    areas = layer(
        "area_id", {"A": None, "B": shapely.Polygon(), "C": shapely.Point(5, 5), "D": box(0, 0, 10, 10)}
    )
    assert area_zones(areas, layer("zone_id", {"Z": box(0, 0, 50, 50)}), DAY)["area_id"].tolist() == ["D"]
    nothing = area_zones(areas.iloc[:0], layer("zone_id", {"Z": box(0, 0, 50, 50)}), DAY)
    assert list(nothing.columns) == ["area_id", "zone_id", "area_mu", "share_ratio"]
    assert nothing["area_mu"].dtype == "float64"
    assert len(area_zones(areas, layer("zone_id", {}), DAY)) == 0


def test_an_area_without_an_id_is_its_row():
    areas = gpd.GeoDataFrame({"area_id": [None]}, geometry=[box(0, 0, 10, 10)], crs=PLANE)
    assert area_zones(areas, layer("zone_id", {"Z": box(0, 0, 50, 50)}), DAY)["area_id"].tolist() == ["row:1"]


def test_invalid_polygons_are_repaired_on_a_copy():
    bow_tie = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    areas = layer("area_id", {"A": bow_tie})
    found = area_zones(areas, layer("zone_id", {"Z": box(0, 0, 50, 100)}), DAY)
    assert found["share_ratio"].tolist() == pytest.approx([0.5])
    assert found["area_mu"].tolist() == pytest.approx([2500 * 15 / 10_000])
    assert areas.geometry.iloc[0].equals_exact(bow_tie)


def test_a_layer_without_crs_is_an_error():
    zones = zones_of_case_22()
    with pytest.raises(OverdraftError):
        area_zones(layer("area_id", {"A": box(0, 0, 10, 10)}, None), zones, DAY)
    with pytest.raises(OverdraftError):
        area_zones(layer("area_id", {"A": box(0, 0, 10, 10)}), zones_of_case_22(None), DAY)


def test_slivers_are_settled():
    part = np.array([0.5, 0.5, 2.0, 999_999.5, 0.0, 1000.0, np.nan])
    whole = np.array([1_000_000.0, 10.0, 1_000_000.0, 1_000_000.0, 10.0, 1000.0, 10.0])
    assert settle(part, whole).tolist() == [0.0, 0.05, 2e-6, 1.0, 0.0, 1.0, 0.0]


def test_an_area_that_leaks_a_hair_over_a_border_is_whole():
    cuts = split_by_units(
        np.array([box(0, 0, 100.005, 100)]), np.array([box(0, 0, 100, 100), box(100, 0, 200, 100)]), PLANE
    )
    assert cuts[["cover", "share"]].to_numpy().tolist() == [[0, 1.0]]
    assert cuts["geometry"][0].equals(box(0, 0, 100.005, 100))


def test_units_with_many_vertices_cut_like_their_outline():
    """A jagged border of 40 000 vertices is clipped around each group of areas; the cuts must not notice."""
    rng = np.random.default_rng(3)
    y = np.linspace(0, 10_000, 40_000)
    west = shapely.Polygon(
        [(-10_000, 0), *zip(rng.uniform(-20, 20, len(y)), y, strict=True), (-10_000, 10_000)]
    )
    low = rng.uniform(0, 9_900, 500)
    areas = shapely.box(rng.uniform(-90, -30, 500), low, rng.uniform(30, 90, 500), low + 100)
    cuts = split_by_units(areas, np.array([west]), PLANE)
    assert len(cuts) == 500
    expected = shapely.area(shapely.intersection(areas, west)) / shapely.area(areas)
    assert cuts["share"].to_numpy() == pytest.approx(expected, rel=1e-9)


squares = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 5), st.integers(1, 5))


@settings(max_examples=80, deadline=None)
@given(st.lists(squares, min_size=1, max_size=6), st.lists(squares, min_size=1, max_size=5))
def test_cuts_agree_with_counting_squares(areas, units):
    """Rectangles on a 100 m grid: the share is the number of common squares over the number of squares."""

    def cells(x, y, width, height):
        return {(a, b) for a in range(x, x + width) for b in range(y, y + height)}

    def shape(x, y, width, height):
        return box(100 * x, 100 * y, 100 * (x + width), 100 * (y + height))

    cuts = split_by_units(np.array([shape(*a) for a in areas]), np.array([shape(*u) for u in units]), PLANE)
    expected = [
        (n, m, len(cells(*a) & cells(*u)) / len(cells(*a)))
        for n, a in enumerate(areas)
        for m, u in enumerate(units)
        if cells(*a) & cells(*u)
    ]
    assert cuts[["area", "cover"]].to_numpy().tolist() == [[n, m] for n, m, _ in expected]
    assert cuts["share"].tolist() == pytest.approx([share for *_, share in expected])
    assert shapely.area(cuts["geometry"].to_numpy()).tolist() == pytest.approx(
        [share * 10_000 * len(cells(*areas[n])) for n, _, share in expected]
    )

    pairs = [(n, m) for n, m, _ in expected]
    left = subtract(
        np.array([shape(*a) for a in areas]),
        np.array([n for n, _ in pairs], dtype=int),
        np.array([shape(*u) for u in units]),
        np.array([m for _, m in pairs], dtype=int),
    )
    taken = set().union(*(cells(*u) for u in units))
    assert np.nan_to_num(shapely.area(left)).tolist() == pytest.approx(
        [10_000 * len(cells(*a) - taken) for a in areas]
    )


def test_many_covers_are_taken_at_once():
    strips = np.array([box(10 * n, 0, 10 * n + 5, 100) for n in range(10)])
    left = subtract(np.array([box(0, 0, 100, 100)]), np.zeros(10, dtype=int), strips, np.arange(10))
    assert shapely.area(left).tolist() == pytest.approx([5000.0])
