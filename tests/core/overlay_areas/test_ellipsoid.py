"""Areas on the ellipsoid against GeographicLib, closed formulas, and themselves."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from geopandas import GeoSeries
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod

from overdraft.core.overlay.areas import drawn_area_m2, ellipsoidal_area_m2, reproject

CGCS2000 = CRS("EPSG:4490")
GEOD = Geod(ellps="GRS80")


def star(lon, lat, radius_m, angles, radii):
    """A star-shaped polygon around a place; never crosses itself."""
    angles, radii = np.sort(np.asarray(angles)), radius_m * np.asarray(radii)
    x = lon + radii * np.cos(angles) / (111_320 * np.cos(np.radians(lat)))
    y = lat + radii * np.sin(angles) / 110_570
    return shapely.Polygon(np.column_stack([x, y]))


@pytest.mark.parametrize("radius_m", [200.0, 1_000.0, 8_000.0, 60_000.0, 400_000.0])
def test_agrees_with_geographiclib(radius_m):
    rng = np.random.default_rng(7)
    count = 400 if radius_m < 50_000 else 40
    shapes = [
        star(
            rng.uniform(75, 130),
            rng.uniform(18, 52),
            radius_m,
            np.linspace(0, 2 * np.pi, n, endpoint=False) + rng.uniform(0, 0.3, n),
            rng.uniform(0.5, 1.0, n),
        )
        for n in rng.integers(4, 12, count)
    ]
    truth = [abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in shapes]
    assert ellipsoidal_area_m2(np.array(shapes), CGCS2000) == pytest.approx(truth, rel=1e-7)


def test_zone_between_parallels():
    """Whole band 0°–30° N, edges along the parallels: 2π q(30°); the drawn area follows the parallels."""
    band = shapely.segmentize(shapely.box(0, 0, 90, 30), 0.5)
    e2 = GEOD.es
    sine = 0.5
    q = GEOD.b**2 / 2 * (sine / (1 - e2 * sine**2) + np.arctanh(np.sqrt(e2) * sine) / np.sqrt(e2))
    assert drawn_area_m2(np.array([band]), CGCS2000)[0] == pytest.approx(np.pi / 2 * q, rel=1e-12)


def test_holes_parts_collections_and_nothing():
    outer, hole = shapely.box(89.0, 42.0, 89.1, 42.1), shapely.box(89.02, 42.02, 89.04, 42.04)
    other = shapely.box(89.2, 42.0, 89.25, 42.1)
    ring = outer.difference(hole)
    mixed = shapely.GeometryCollection([shapely.MultiPolygon([ring, other]), shapely.Point(1, 1)])
    shapes = np.array([outer, hole, other, ring, mixed, shapely.Polygon(), None], dtype=object)
    for measure in (ellipsoidal_area_m2, drawn_area_m2):
        area = measure(shapes, CGCS2000)
        assert area[3] == pytest.approx(area[0] - area[1], rel=1e-12)
        assert area[4] == pytest.approx(area[3] + area[2], rel=1e-12)
        assert area[5] == 0
        assert np.isnan(area[6])


def test_orientation_height_and_start_do_not_matter():
    ring = [(89.0, 42.0, 5.0), (89.02, 42.001, 6.0), (89.018, 42.02, 7.0), (88.995, 42.015, 8.0)]
    shapes = np.array(
        [shapely.Polygon(ring), shapely.Polygon(ring[::-1]), shapely.Polygon(ring[2:] + ring[:2])]
    )
    area = ellipsoidal_area_m2(shapes, CGCS2000)
    assert area == pytest.approx([area[0]] * 3, rel=1e-9)


def test_across_the_180_degree_meridian():
    here = shapely.box(89.99, 10.0, 90.01, 10.02)
    there = shapely.Polygon([(179.99, 10.0), (-179.99, 10.0), (-179.99, 10.02), (179.99, 10.02)])
    area = ellipsoidal_area_m2(np.array([here, there]), CGCS2000)
    assert area[1] == pytest.approx(area[0], rel=1e-9)


def test_near_a_pole():
    cap = shapely.Polygon([(lon, 89.0) for lon in range(0, 360, 30)])
    truth = abs(GEOD.geometry_area_perimeter(cap)[0])
    assert ellipsoidal_area_m2(np.array([cap]), CGCS2000)[0] == pytest.approx(truth, rel=1e-9)


@pytest.mark.parametrize("code", [4539, 4518, 32645, 3857])
def test_the_area_does_not_depend_on_the_crs_it_is_stored_in(code):
    shape = star(89.2, 42.9, 900.0, np.linspace(0, 6, 9), np.linspace(0.6, 1.0, 9))
    stored = reproject(np.array([shape]), CGCS2000, CRS(code))
    # EPSG:32645 and 3857 stand on WGS 84, whose ellipsoid differs in the tenth digit only
    assert ellipsoidal_area_m2(stored, code) == pytest.approx(
        ellipsoidal_area_m2([shape], CGCS2000), rel=2e-7
    )


def test_a_series_brings_its_own_crs():
    series = GeoSeries([shapely.box(89.0, 42.0, 89.1, 42.1)], crs=CGCS2000)
    truth = ellipsoidal_area_m2(series.to_numpy(), CGCS2000)
    assert ellipsoidal_area_m2(series) == truth
    assert ellipsoidal_area_m2(series.to_frame("geometry").set_geometry("geometry")) == truth
    with pytest.raises(ValueError, match="CRS"):
        ellipsoidal_area_m2(GeoSeries([shapely.box(0, 0, 1, 1)]))


def test_a_plane_system_is_flat():
    feet = CRS.from_wkt('LOCAL_CS["plane",UNIT["foot",0.3048]]')
    assert ellipsoidal_area_m2([shapely.box(0, 0, 1000, 2000)], feet)[0] == pytest.approx(2e6 * 0.3048**2)


def test_lengths_of_edges_beyond_the_series_use_the_same_geodesics():
    """One edge of 30 km, given whole and as two geodesic halves."""
    middle = GEOD.npts(89.0, 42.0, 89.36, 42.02, 1)[0]
    whole = shapely.Polygon([(89.0, 42.0), (89.36, 42.02), (89.2, 42.1)])
    halves = shapely.Polygon([(89.0, 42.0), middle, (89.36, 42.02), (89.2, 42.1)])
    area = ellipsoidal_area_m2(np.array([whole, halves]), CGCS2000)
    assert area[0] == pytest.approx(area[1], rel=1e-8)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.3, 1.0), min_size=3, max_size=9),
    st.floats(-0.5, 0.5),
    st.sampled_from([4490, 4539, 4518]),
)
def test_the_parts_of_a_cut_add_up(radii, at, code):
    crs = CRS(code)
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    lonlat = star(89.2, 42.9, 1000.0, angles, radii)
    shape = reproject(np.array([lonlat]), CGCS2000, crs)[0]
    left, low, right, top = shape.bounds
    x = left + (0.5 + at * 0.8) * (right - left)
    west, east = shapely.box(left - 1, low - 1, x, top + 1), shapely.box(x, low - 1, right + 1, top + 1)
    halves = [shape.intersection(west), shape.intersection(east)]
    whole, *parts = drawn_area_m2(np.array([shape, *halves], dtype=object), crs)
    assert sum(parts) == pytest.approx(whole, rel=1e-6)


def test_drawn_edges_are_straight_in_the_layer():
    """A diagonal given whole and in ten pieces, straight in degrees, bounds the same area."""
    whole = shapely.Polygon([(89.0, 42.0), (89.05, 42.0), (89.05, 42.05)])
    pieces = shapely.segmentize(whole, 0.005)
    area = drawn_area_m2(np.array([whole, pieces]), CGCS2000)
    assert area[0] == pytest.approx(area[1], rel=1e-9)
