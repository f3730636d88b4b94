"""GCJ-02 and BD-09: the vectors that the public libraries state, and the way back by our own way forth."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pyproj import Geod

from overdraft.core.coordinates.offsets import BD09, BOX, GCJ02, WGS84, converted, shapes_converted

GEOD = Geod(ellps="WGS84")
WEST, SOUTH, EAST, NORTH = BOX
PLACES = hnp.arrays(
    "float64",
    (20, 2),
    elements=st.floats(0, 1, allow_subnormal=False),
).map(lambda unit: (WEST + 0.05, SOUTH + 0.05) + unit * (EAST - WEST - 0.1, NORTH - SOUTH - 0.1))


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (WGS84, GCJ02, (116.41024449916938, 39.91640428150164)),
        (GCJ02, BD09, (116.41036949371029, 39.92133699351022)),
    ],
)
def test_published_vectors(source, target, expected):
    """README of coordtransform (github wandergis/coordtransform) for 116.404, 39.915."""
    assert converted(116.404, 39.915, source, target) == pytest.approx(expected, abs=1e-11)


def test_published_inverse_is_approximate_and_ours_exact():
    """The published way back, (116.39762729119315, 39.90865673957631), is good to a metre; ours returns."""
    lon, lat = converted(116.404, 39.915, BD09, GCJ02)
    assert GEOD.inv(lon, lat, 116.39762729119315, 39.90865673957631)[2] < 1.0
    assert converted(lon, lat, GCJ02, BD09) == pytest.approx((116.404, 39.915), abs=1e-10)


@given(PLACES, st.sampled_from([(WGS84, GCJ02), (GCJ02, BD09), (WGS84, BD09)]))
def test_there_and_back_is_the_same_place(places, ways):
    source, target = ways
    lon, lat = places.T
    there = converted(lon, lat, source, target)
    back = converted(*there, target, source)
    assert np.abs(np.array(back) - (lon, lat)).max() < 1e-9
    assert np.max(GEOD.inv(lon, lat, *back)[2]) < 1e-3


@given(PLACES)
def test_offsets_have_the_known_size(places):
    """Within the box GCJ-02 lies less than 1.5 km off, over inhabited China some 100 to 700 m."""
    lon, lat = places.T
    assert np.max(GEOD.inv(lon, lat, *converted(lon, lat, WGS84, GCJ02))[2]) < 1_500
    beijing = GEOD.inv(116.404, 39.915, *converted(116.404, 39.915, WGS84, GCJ02))[2]
    assert 500 < beijing < 600


@pytest.mark.parametrize("place", [(71.9, 40.0), (137.9, 40.0), (100.0, 0.8), (100.0, 55.9), (-100.0, 40.0)])
def test_outside_the_box_gcj02_is_wgs84(place):
    assert converted(*place, WGS84, GCJ02) == place
    assert converted(*place, GCJ02, WGS84) == place


def test_what_is_no_place_does_no_harm():
    lon, lat = converted([np.nan, np.inf, 1e308, 89.0], [43.0, 43.0, -1e308, 43.0], WGS84, GCJ02)
    np.testing.assert_array_equal(lon[:3], [np.nan, np.inf, 1e308])
    assert (lon[3], lat[3]) == converted(89.0, 43.0, WGS84, GCJ02)
    back = converted([np.nan, 1e308, 89.0], [43.0, 1.0, 43.0], BD09, WGS84)
    assert np.isfinite([part[2] for part in back]).all()


def test_shapes_keep_their_kind_and_none_stays_none():
    shapes = [shapely.Point(89, 43), None, shapely.box(89, 43, 89.1, 43.1), shapely.Point()]
    moved = shapes_converted(shapes, WGS84, BD09)
    assert shapely.get_coordinates(moved[0])[0] == pytest.approx(converted(89.0, 43.0, WGS84, BD09))
    assert moved[1] is None
    assert moved[2].geom_type == "Polygon"
    assert moved[3].is_empty
    back = shapes_converted(moved, BD09, WGS84)
    assert shapely.equals_exact(back[2], shapes[2], tolerance=1e-9)


def test_an_unknown_datum_is_refused():
    with pytest.raises(KeyError):
        converted(89.0, 43.0, "wgs72", GCJ02)
