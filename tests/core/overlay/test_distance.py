"""Distances to zone edges against edges cut into centimetres and measured along geodesics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS, Geod, Transformer

from overdraft.core.overlay import PlacementOptions, place
from overdraft.core.overlay.distance import Edges, nearest_edge
from overdraft.core.overlay.geodesy import Surface

SYSTEMS = ["EPSG:4490", "EPSG:4539", "EPSG:32645", "EPSG:3857", "EPSG:2276", "EPSG:3408"]
"""Geographic, Gauss-Kruger, UTM, web Mercator, Lambert in feet (far from Texas), an equal-area polar system."""


def _fine(shape, surface, xy, pieces):
    """Geodesic distance from each point to each edge cut into ``pieces``, then again 2,000 times finer
    around the best place of the edges that are near: no index, no metric, only densifying and Geod.inv."""
    geod, coordinates = surface.geod, shapely.get_coordinates(shape.boundary, return_index=True)
    tails, heads = [], []
    for part in shapely.get_parts(shape.boundary):
        line = shapely.get_coordinates(part)
        tails.append(line[:-1])
        heads.append(line[1:])
    tail, head = np.vstack(tails), np.vstack(heads)
    assert len(coordinates[0]) == len(tail) + len(tails)
    least = np.full(len(xy), np.inf)
    for n, place_xy in enumerate(xy):
        lon, lat = surface.lonlat(place_xy[None])[0]

        def along(share, a, b, lon=lon, lat=lat):
            spots = surface.lonlat((a[:, None] + share[..., None] * (b - a)[:, None]).reshape(-1, 2))
            away = geod.inv(np.full(len(spots), lon), np.full(len(spots), lat), *spots.T)[2]
            return away.reshape(len(a), -1)

        share = np.linspace(0, 1, pieces)[None].repeat(len(tail), axis=0)
        coarse = along(share, tail, head)
        close = np.flatnonzero(coarse.min(axis=1) <= coarse.min() * 1.05 + 5.0)
        best = share[close, coarse[close].argmin(axis=1)]
        finer = np.clip(best[:, None] + np.linspace(-1, 1, 4001) / (pieces - 1), 0, 1)
        fine = along(finer, tail[close], head[close])
        least[n] = fine.min()
    return least


def _star(centre, radius, n, rng):
    turns = np.linspace(0, 2 * np.pi, n, endpoint=False)
    length = radius * rng.uniform(0.5, 1.0, n)
    return shapely.Polygon(centre + np.c_[np.cos(turns), np.sin(turns)] * length[:, None])


@pytest.mark.parametrize("system", SYSTEMS)
def test_distance_agrees_with_densified_edges_to_a_centimetre(system):
    rng = np.random.default_rng(7)
    to = Transformer.from_crs("EPSG:4490", system, always_xy=True)
    surface = Surface.of(CRS(system))
    here = np.array(to.transform(89.2, 42.9))
    unit = float(CRS(system).axis_info[0].unit_conversion_factor) if system != "EPSG:4490" else 100_000.0
    star = _star(here, 3000.0 / unit, 60, rng)
    xy = here + rng.uniform(-3500, 3500, (60, 2)) / unit
    found = nearest_edge(xy, Edges.of(np.array([star])), surface, 1000.0)
    expected = _fine(star, surface, xy, 201)
    within = expected <= 1000.0
    assert within.sum() > 30
    assert np.isnan(found[~within]).all()
    np.testing.assert_allclose(found[within], expected[within], atol=0.01)


@pytest.mark.parametrize("system", ["EPSG:4490", "EPSG:4539"])
def test_long_edges_and_long_limits(system):
    """A county-sized square whose edges are 100 km long, points up to 50 km away."""
    to = Transformer.from_crs("EPSG:4490", system, always_xy=True)
    surface = Surface.of(CRS(system))
    corners = np.column_stack(to.transform([89.0, 90.2, 90.2, 89.0], [42.0, 42.0, 43.0, 43.0]))
    square = shapely.Polygon(corners)
    rng = np.random.default_rng(3)
    xy = np.column_stack(to.transform(rng.uniform(88.4, 90.8, 40), rng.uniform(41.5, 43.5, 40)))
    found = nearest_edge(xy, Edges.of(np.array([square])), surface, 50_000.0)
    expected = _fine(square, surface, xy, 2001)
    within = expected <= 50_000.0
    assert within.sum() > 25
    assert np.isnan(found[~within]).all()
    np.testing.assert_allclose(found[within], expected[within], atol=0.01)


def test_known_distances_on_the_ellipsoid(make):
    """A degree of longitude on the equator, a run along a meridian: textbook arcs of GRS 80 and WGS 84."""
    geod = Geod(ellps="GRS80")
    east = geod.fwd(1.0, 0.0, 90.0, 500.0)[:2]
    north = geod.fwd(0.5, 1.0, 0.0, 750.0)[:2]
    corner = geod.fwd(1.0, 1.0, 45.0, 300.0)[:2]
    zone = shapely.box(0.0, 0.0, 1.0, 1.0)
    wells = make.wells([east, north, corner, (1.0, 0.5), (0.0, 0.0), (0.5, 0.5)], "EPSG:4490")
    frame = place(wells, zones=make.zones([zone], "EPSG:4490"), as_of=make.day).frame
    assert frame["zone_distance_m"].tolist()[:5] == [500.0, 750.0, 300.0, 0.0, 0.0]
    assert np.isnan(frame["zone_distance_m"].iloc[5]), "55 km inside: beyond the limit"
    assert np.copysign(1, frame["zone_distance_m"].iloc[3]) == 1


def _squares(make, **columns):
    """A square of 10 km with a square of 2 km in its middle and one 500 m east of it, in metres."""
    x, y = 500_000.0, 4_750_000.0
    shapes = [
        shapely.box(x - 5000, y - 5000, x + 5000, y + 5000),
        shapely.box(x - 1000, y - 1000, x + 1000, y + 1000),
        shapely.box(x + 5500, y - 5000, x + 9000, y + 5000),
    ]
    return make.zones(shapes, "EPSG:32645", zone_id=["big", "core", "east"], **columns), x, y


def _near(values, expected):
    """UTM is 0.9996 of the true length on its central meridian."""
    np.testing.assert_allclose(np.array(values, dtype=float) * 0.9996, expected, atol=0.25)


def test_inside_the_edge_of_a_zone_that_contains_the_well_outside_the_nearest_zone(make):
    zones, x, y = _squares(make)
    wells = make.wells(
        [
            (x + 4900, y),  # inside big, 100 from its edge, 600 from east
            (x + 1100, y),  # inside big only, 100 outside core: the edge of core does not count
            (x + 900, y),  # inside both, 100 from the edge of core
            (x + 5400, y),  # between: 400 from big, 100 from east
            (x + 5000, y),  # on the edge of big
            (x, y),  # in core, exactly 1000 / 0.9996 from its edges
        ],
        "EPSG:32645",
    )
    options = PlacementOptions(distance_limit_m=2000.0)
    frame = place(wells, zones=zones, as_of=make.day, options=options).frame
    assert np.isnan(frame["zone_distance_m"].iloc[1])
    _near(frame["zone_distance_m"].drop(1), [-100, -100, 100, 0, -1000])


def test_only_matching_zones_in_force_have_edges(make):
    zones, x, y = _squares(
        make,
        aquifer=["shallow", "deep_confined", None],
        valid_from=pd.to_datetime([None, None, "2030-01-01"]),
    )
    place_of = (x + 900, y)
    wells = make.wells(
        [place_of, place_of, (x + 5400, y)], "EPSG:32645", aquifer=["shallow", "mixed", "shallow"]
    )
    frame = place(wells, zones=zones, as_of=make.day, options=PlacementOptions(5000.0)).frame
    _near(frame["zone_distance_m"], [-4100, -100, 400])


def test_where_rows_of_one_zone_meet_is_no_edge(make):
    x, y = 500_000.0, 4_750_000.0
    halves = [shapely.box(x - 900, y - 900, x, y + 900), shapely.box(x, y - 900, x + 900, y + 900)]
    wells = make.wells([(x + 5, y), (x, y)], "EPSG:32645")
    one = place(wells, zones=make.zones(halves, "EPSG:32645", zone_id=["Z", "Z"]), as_of=make.day).frame
    two = place(wells, zones=make.zones(halves, "EPSG:32645", zone_id=["Y", "Z"]), as_of=make.day).frame
    _near(one["zone_distance_m"], [-895, -900])
    assert not one["doubt"].any()
    _near(two["zone_distance_m"], [-5, 0])
    assert two["doubt"].all()


def test_holes_have_edges(make):
    x, y = 500_000.0, 4_750_000.0
    ring = shapely.box(x - 900, y - 900, x + 900, y + 900) - shapely.box(x - 100, y - 100, x + 100, y + 100)
    wells = make.wells([(x, y), (x + 130, y)], "EPSG:32645")
    frame = place(wells, zones=make.zones([ring], "EPSG:32645"), as_of=make.day).frame
    _near(frame["zone_distance_m"], [100, -30])


def test_limit_and_accuracy_are_independent(make):
    zones, x, y = _squares(make)
    xy = [(x + 5003, y), (x + 4997, y), (x + 5020, y), (x + 1003, y), (x + 3000, y)]
    wells = make.wells(xy, "EPSG:32645")

    def run(limit, accuracy):
        return place(wells, zones=zones, as_of=make.day, options=PlacementOptions(limit, accuracy)).frame

    off = run(0, 10.0)
    assert off["zone_distance_m"].isna().all()
    assert off["doubt"].tolist() == [True, True, False, True, False], "near core's edge from outside of core"
    blind = run(1000.0, 0)
    assert blind["doubt"].isna().all()
    _near(blind["zone_distance_m"].dropna(), [3, -3, 20])
    short = run(5.0, 30.0)
    assert short["zone_distance_m"].notna().tolist() == [True, True, False, False, False]
    assert short["doubt"].tolist() == [True, True, True, True, False]


def test_limit_includes_itself_and_doubt_excludes_the_accuracy(make):
    geod = Geod(ellps="GRS80")
    zone = shapely.box(0.0, 0.0, 1.0, 1.0)
    places = [geod.fwd(1.0, 0.5, 90.0, metres)[:2] for metres in (9.999, 10.001, 999.999, 1000.001)]
    wells = make.wells(places, "EPSG:4490")
    frame = place(wells, zones=make.zones([zone], "EPSG:4490"), as_of=make.day).frame
    assert frame["doubt"].tolist() == [True, False, False, False]
    assert frame["zone_distance_m"].tolist()[:3] == [10.0, 10.0, 1000.0]
    assert np.isnan(frame["zone_distance_m"].iloc[3])


def test_without_zones_there_is_neither_distance_nor_doubt(make):
    frame = place(make.wells([(89.0, 42.0)]), as_of=make.day).frame
    assert frame["zone_distance_m"].isna().all()
    assert frame["doubt"].isna().all()
    empty = place(make.wells([(89.0, 42.0)]), zones=make.zones([]), as_of=make.day).frame
    assert empty["doubt"].tolist() == [False]


def test_wells_in_another_system_are_as_far_away(make):
    zones, x, y = _squares(make)
    rng = np.random.default_rng(5)
    xy = np.array([x, y]) + rng.uniform(-7000, 10000, (500, 2))
    here = place(make.wells([tuple(p) for p in xy], "EPSG:32645"), zones=zones, as_of=make.day).frame
    lon, lat = Transformer.from_crs("EPSG:32645", "EPSG:4326", always_xy=True).transform(*xy.T)
    wells = make.wells(list(zip(lon, lat, strict=True)), "EPSG:4326")
    there = place(wells, zones=zones, as_of=make.day).frame
    assert (here["zone_distance_m"] < 0).sum() > 50
    assert (here["zone_distance_m"] > 0).sum() > 50
    np.testing.assert_allclose(there["zone_distance_m"], here["zone_distance_m"], atol=0.11)


def test_many_figures_give_the_same_as_each_alone():
    """The index, the growing reach and the pruning against one polygon at a time with a single reach."""
    rng = np.random.default_rng(11)
    surface = Surface.of(CRS("EPSG:4490"))
    stars = np.array(
        [
            _star(rng.uniform([89, 42], [89.5, 42.4]), rng.uniform(0.002, 0.05), rng.integers(3, 200), rng)
            for _ in range(60)
        ]
    )
    xy = rng.uniform([88.95, 41.95], [89.55, 42.45], (300, 2))
    each = np.column_stack([nearest_edge(xy, Edges.of(stars[n : n + 1]), surface, 9000.0) for n in range(60)])
    found = nearest_edge(xy, Edges.of(stars), surface, 9000.0)
    assert np.isnan(found).any()
    np.testing.assert_array_equal(found, np.fmin.reduce(each, axis=1))
    some = nearest_edge(xy, Edges.of(stars), surface, 9000.0, keep=lambda p, f: (p + f) % 3 == 0)
    chosen = (np.arange(300)[:, None] + np.arange(60)) % 3 == 0
    expected = np.fmin.reduce(np.where(chosen, each, np.nan), axis=1)
    np.testing.assert_array_equal(some, expected)
