"""Shifts of real boundaries and of wells near their edges, made with the offset formulas and found again."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod

from overdraft.core.coordinates.offsets import BD09, GCJ02, WGS84, converted, shapes_converted
from overdraft.core.coordinates.shift import (
    Shift,
    datum_offset_m,
    is_reportable,
    shift_message,
    shift_of_boundaries,
    shift_of_points,
    suspect,
    swapped_rows,
)
from overdraft.core.messages import placeholders, render

from .conftest import NAMES

COUNTIES = [
    pytest.param(name, marks=[] if place % 2 == 0 else pytest.mark.long) for place, name in enumerate(NAMES)
]
"""Every second one; all of them take long."""

GEOD = Geod(ellps="GRS80")


def moved_by_metres(shapes, east, north):
    """Shapes moved on the ellipsoid, by another way than the code's."""

    def move(xy):
        azimuth, length = np.degrees(np.arctan2(east, north)), np.hypot(east, north)
        many = np.full(len(xy), 1.0)
        return np.column_stack(GEOD.fwd(xy[:, 0], xy[:, 1], azimuth * many, length * many)[:2])

    return shapely.transform(np.atleast_1d(np.asarray(shapes, dtype=object)), move)


def true_offset(county, datum):
    """Mean offset of a datum along a boundary, metres east and north, by azimuth and distance."""
    xy = shapely.get_coordinates(shapely.segmentize(county.boundary, 0.002))
    azimuth, _, length = GEOD.inv(*xy.T, *converted(*xy.T, WGS84, datum))
    return (length * np.sin(np.radians(azimuth))).mean(), (length * np.cos(np.radians(azimuth))).mean()


def middle(county):
    return county.centroid.x, county.centroid.y


@pytest.mark.parametrize("name", COUNTIES)
@pytest.mark.parametrize("datum", [GCJ02, BD09])
def test_boundaries_in_an_offset_datum_are_found_out(counties, name, datum):
    """Within 5 m of the mean offset, which itself changes by some 20 to 40 m along a county's boundary."""
    county = counties[name]
    shift = shift_of_boundaries(shapes_converted([county], WGS84, datum), [county])
    assert (shift.east_m, shift.north_m) == pytest.approx(true_offset(county, datum), abs=5.0)
    assert suspect(shift, *middle(county)) == datum
    assert shift.fitting_before < 0.3 * shift.n < 0.7 * shift.n < shift.fitting_after


@pytest.mark.parametrize("name", COUNTIES)
@pytest.mark.parametrize("tolerance", [0.0, 0.001])
def test_boundaries_that_are_not_shifted_are_not_suspected(counties, name, tolerance):
    """The thinner edition leaves out bends of up to 100 m."""
    county = counties[name]
    shift = shift_of_boundaries([shapely.simplify(county, tolerance)], [county])
    assert shift.length_m < 10.0
    assert not is_reportable(shift)
    assert suspect(shift, *middle(county)) == ""


def test_a_thinner_edition_is_found_out_as_well(counties):
    county = counties["高昌区"]
    thinner = shapely.simplify(county, 0.001)
    shift = shift_of_boundaries(shapes_converted([thinner], WGS84, GCJ02), [county])
    assert (shift.east_m, shift.north_m) == pytest.approx(true_offset(county, GCJ02), abs=15.0)
    assert suspect(shift, *middle(county)) == GCJ02


def test_neighbours_may_be_missing_or_more(counties):
    """Three counties of one prefecture against two of them, and one against all."""
    names = ["高昌区", "鄯善县", "托克逊县"]
    three = np.array([counties[name] for name in names], dtype=object)
    for layer, reference in ((three, three[:2]), (three[:1], [*counties.values(), None])):
        shift = shift_of_boundaries(shapes_converted(layer, WGS84, BD09), reference)
        expected = np.mean([true_offset(county, BD09) for county in layer], axis=0)
        assert (shift.east_m, shift.north_m) == pytest.approx(expected, abs=25.0)
        assert suspect(shift, *middle(three[0])) == BD09


@pytest.mark.parametrize("vector", [(300.0, -400.0), (-900.0, 0.0), (0.0, 1200.0), (12.0, 5.0)])
def test_a_translation_has_its_direction(counties, vector):
    """The layer lies `east_m` east and `north_m` north of where it should."""
    county = counties["英吉沙县"]
    shift = shift_of_boundaries(moved_by_metres(county, *vector), [county])
    assert (shift.east_m, shift.north_m) == pytest.approx(vector, abs=1.0)
    assert is_reportable(shift) == (np.hypot(*vector) >= 100)


def test_other_boundaries_are_no_edition(counties):
    assert shift_of_boundaries([counties["高昌区"]], [counties["托里县"]]) is None
    assert shift_of_boundaries([counties["高昌区"]], [counties["鄯善县"]]) is None  # a neighbour
    for nothing in (
        [],
        [None],
        [shapely.Point(89, 43)],
        [shapely.Polygon()],
        [shapely.box(5e5, 4e6, 6e5, 5e6)],
    ):
        assert shift_of_boundaries(nothing, [counties["高昌区"]]) is None
        assert shift_of_boundaries([counties["高昌区"]], nothing) is None


@pytest.mark.parametrize("name", ["高昌区", "托克逊县", "杭锦旗", "昆玉市"])
@pytest.mark.parametrize("datum", [GCJ02, BD09])
def test_wells_in_an_offset_datum_are_found_out(counties, wells_at_edge, name, datum):
    county = counties[name]
    wells = wells_at_edge(county, 300)
    lon, lat = converted(*wells.T, WGS84, datum)
    shift = shift_of_points(lon, lat, np.full(len(lon), county, dtype=object))
    east, north = (part.mean() for part in datum_offset_m(datum, *wells.T))
    assert np.hypot(shift.east_m - east, shift.north_m - north) < 60.0
    assert suspect(shift, *middle(county)) == datum
    inside = int(shapely.contains_xy(county, lon, lat).sum())
    assert (shift.n, shift.fitting_before) == (300, inside)
    assert 0.97 * 300 <= shift.fitting_after <= 300


def test_wells_of_several_units_share_one_shift(counties, wells_at_edge):
    """Wells without a recorded unit or a place do not count, nor do those far from their unit."""
    names = ["高昌区", "鄯善县", "托克逊县"]
    wells = np.concatenate([wells_at_edge(counties[name], 60) for name in names])
    units = np.repeat(np.array([counties[name] for name in names], dtype=object), 60)
    lon, lat = converted(*wells.T, WGS84, GCJ02)
    lon, lat = np.r_[lon, 89.0, np.nan, 109.0, 5e5], np.r_[lat, 43.0, 43.0, 40.0, 4e6]
    shift = shift_of_points(lon, lat, np.r_[units, [None, *[counties["高昌区"]] * 3]])
    assert shift.n == 180
    assert suspect(shift, 89.5, 42.8) == GCJ02


def test_only_a_random_part_of_many_wells_is_tried_but_all_are_counted(counties, wells_at_edge):
    county = counties["高昌区"]
    lon, lat = converted(*wells_at_edge(county, 3_000).T, WGS84, GCJ02)
    shift = shift_of_points(lon, lat, np.full(3_000, county, dtype=object))
    assert shift.n == 3_000
    assert shift.fitting_before == int(shapely.contains_xy(county, lon, lat).sum())
    assert suspect(shift, *middle(county)) == GCJ02


def test_wells_that_lie_well_say_nothing(counties, wells_at_edge):
    county = counties["高昌区"]
    wells = wells_at_edge(county, 200)
    assert shift_of_points(*wells.T, np.full(200, county, dtype=object)) is None
    inner = wells_at_edge(county.buffer(-0.05), 200)  # 4 km from the edge, even when shifted
    shifted = converted(*inner.T, WGS84, GCJ02)
    assert shift_of_points(*shifted, np.full(200, county, dtype=object)) is None
    assert shift_of_points([], [], []) is None
    assert shift_of_points([89.0], [43.0], [None]) is None


@pytest.mark.parametrize("name", NAMES)
def test_inaccurate_wells_are_not_suspected(counties, wells_at_edge, name):
    """Errors of 50 m in every direction bring some wells over the edge, but no shift brings them back."""
    county, random = counties[name], np.random.default_rng(3)
    wells = wells_at_edge(county, 300) + random.normal(0, 0.0005, (300, 2))
    shift = shift_of_points(*wells.T, np.full(300, county, dtype=object))
    assert shift is None or suspect(shift, *middle(county)) == ""
    assert shift is None or not is_reportable(shift)


def test_two_wells_are_no_shift(counties):
    """Two wells outside, of which a shift would take both inside: mistakes of their own."""
    box = shapely.box(89.0, 43.0, 89.1, 43.1)
    lon, lat = np.array([89.104, 89.103, 89.05]), np.array([43.02, 43.08, 43.05])
    shift = shift_of_points(lon, lat, [box] * 3)
    assert (shift.fitting_before, shift.fitting_after) == (1, 3)
    assert shift.east_m > 0
    assert not is_reportable(shift)


def vector(east, north, n=100, before=20, after=100, spread=10.0):
    return Shift(east, north, n, before, after, spread)


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        (vector(100.0, 0.0), True),
        (vector(99.9, 0.0), False),
        (vector(-900.0, 1200.0), True),
        (vector(900.0, 1201.0), False),
        (vector(300.0, 0.0, n=3, before=0, after=3), True),
        (vector(300.0, 0.0, n=3, before=1, after=3), False),
        (vector(300.0, 0.0, before=0, after=60), True),
        (vector(300.0, 0.0, before=0, after=59), False),
        (vector(300.0, 0.0, spread=200.0), True),
        (vector(300.0, 0.0, spread=201.0), False),
    ],
)
def test_what_is_reported(shift, expected):
    assert is_reportable(shift) == expected


def test_suspicion_allows_100_m_and_35_percent():
    """At 89.2° E 42.9° N GCJ-02 lies some 260 m off, so that 35 % (91 m) is the bound; BD-09 some 1,100 m: 100 m."""
    lon, lat = 89.2, 42.9
    for datum, bound in ((GCJ02, None), (BD09, 100.0)):
        east, north = (float(part) for part in datum_offset_m(datum, lon, lat))
        bound = bound or 0.35 * float(np.hypot(east, north))
        assert 80 < bound <= 100
        for direction in np.radians([0, 90, 200]):
            near, far = bound - 0.5, bound + 0.5
            step = np.array([np.sin(direction), np.cos(direction)])
            assert suspect(vector(*((east, north) + near * step)), lon, lat) == datum
            assert suspect(vector(*((east, north) + far * step)), lon, lat) == ""
        assert suspect(vector(-east, -north), lon, lat) == ""  # the other way round


def test_datum_offset_is_the_distance_on_the_ellipsoid():
    for datum in (GCJ02, BD09):
        azimuth, _, length = GEOD.inv(116.404, 39.915, *converted(116.404, 39.915, WGS84, datum))
        east, north = datum_offset_m(datum, 116.404, 39.915)
        assert np.hypot(east, north) == pytest.approx(length, rel=1e-3)
        assert np.degrees(np.arctan2(east, north)) == pytest.approx(azimuth, abs=0.1)


@pytest.mark.parametrize(
    ("datum", "key"),
    [(GCJ02, "coordinates.shift.gcj02"), (BD09, "coordinates.shift.bd09"), ("", "coordinates.shift.unknown")],
)
def test_a_shift_can_be_told(datum, key):
    east, north = datum_offset_m(datum, 89.2, 42.9) if datum else (-300.0, 20.0)
    message, remedy, values = shift_message(vector(float(east), float(north)), 89.2, 42.9)
    assert message == key
    assert remedy == f"coordinates.shift.repair_{'datum' if datum else 'unknown'}"
    assert (values["explained"], values["n"]) == (80, 100)
    for language in ("en", "zh"):
        assert placeholders(render(message, values, language)) == set()
        assert str(values["length_m"]) in render(message, values, language).replace(",", "")
        assert render(remedy, {}, language)


def test_swapped_rows_are_those_that_fit_only_when_swapped(counties):
    county = counties["高昌区"]
    point = county.representative_point()
    x = np.array([point.x, point.y, 0.0, np.nan, point.y, np.inf])
    y = np.array([point.y, point.x, 0.0, point.x, np.nan, point.x])
    swapped = swapped_rows(x, y, lambda x, y: shapely.contains_xy(county, x, y))
    assert swapped.tolist() == [False, True, False, False, False, False]
    assert swapped_rows([], [], lambda x, y: np.zeros(len(x), dtype=bool)).tolist() == []


def test_rows_that_fit_both_ways_are_not_swapped():
    everywhere = swapped_rows([1.0, 2.0], [2.0, 1.0], lambda x, y: np.ones(len(x), dtype=bool))
    assert everywhere.tolist() == [False, False]
