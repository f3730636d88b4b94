"""The overlay against every point asked of every polygon, and what must not change its answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from overdraft.core.overlay import PlacementOptions, place

METRIC = "EPSG:4539"
GEOGRAPHIC = "EPSG:4490"
NO_DISTANCE = PlacementOptions(distance_limit_m=0, position_accuracy_m=0)
COLUMNS = ["zone_ids", "zone_id", "zone_severity", "zone_control"]
AQUIFERS = (None, "shallow", "deep_confined", "fissure_karst", "mixed")

grid = st.integers(0, 8)
vertex = st.tuples(grid, grid)
ring = st.lists(vertex, min_size=3, max_size=7)
maybe = st.sampled_from


def _shape(rings, scale):
    """A polygon or multipolygon on a coarse grid: touching, nested, overlapping, often invalid."""
    parts = []
    for one in rings:
        coordinates = np.array(one, dtype=float) * scale
        parts.append(shapely.Polygon(coordinates))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


@st.composite
def scenes(draw):
    """Zones and wells; wells lie on vertices, on edges, in general position, or nowhere."""
    scale = draw(st.sampled_from([1.0, 0.1, 1 / 3, 1000.7]))
    count = draw(st.integers(1, 6))
    shapes = [_shape(draw(st.lists(ring, min_size=1, max_size=2)), scale) for _ in range(count)]
    if draw(st.booleans()):
        shapes[draw(st.integers(0, count - 1))] = draw(st.sampled_from([None, shapely.Polygon()]))
    column = {
        "zone_id": [f"Z{draw(st.integers(0, 20))}_{n}" for n in range(count)],
        "severity": [draw(maybe([None, "general", "severe"])) for _ in range(count)],
        "control": [draw(maybe([None, "none", "restricted", "banned"])) for _ in range(count)],
        "aquifer": [draw(maybe(AQUIFERS)) for _ in range(count)],
    }
    places = []
    for _ in range(draw(st.integers(1, 12))):
        a, b = draw(vertex), draw(vertex)
        share = draw(st.sampled_from([0.0, 0.25, 0.5, 1 / 3, 0.1]))
        places.append((np.array(a) + share * (np.array(b) - a)) * scale)
    places += [np.array([np.nan, 1.0]), np.array([np.inf, 0.0])]
    aquifer = [draw(maybe(AQUIFERS)) for _ in places]
    return shapes, column, np.array(places), aquifer


def _placed(make, xy, aquifer, shapes, column, crs=METRIC):
    wells = make.wells([tuple(p) for p in xy], crs, aquifer=aquifer)
    return place(wells, zones=make.zones(shapes, crs, **column), as_of=make.day, options=NO_DISTANCE).frame


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(scenes())
def test_agrees_with_brute_force(make, brute_force, scene):
    _agrees(make, brute_force, scene)


@pytest.mark.long
@settings(max_examples=4000, suppress_health_check=[HealthCheck.too_slow])
@given(scenes())
def test_agrees_with_brute_force_in_thousands_of_scenes(make, brute_force, scene):
    _agrees(make, brute_force, scene)


def _agrees(make, brute_force, scene):
    shapes, column, xy, aquifer = scene
    frame = _placed(make, xy, aquifer, shapes, column)
    expected = brute_force(
        xy, aquifer, shapes, column["zone_id"], column["severity"], column["control"], column["aquifer"]
    )
    pd.testing.assert_frame_equal(frame[COLUMNS], expected)
    assert frame["placed"].tolist() == np.isfinite(xy).all(axis=1).tolist()


@settings(max_examples=30)
@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(make, scene, random):
    shapes, column, xy, aquifer = scene
    frame = _placed(make, xy, aquifer, shapes, column)
    wells, zones = list(range(len(xy))), list(range(len(shapes)))
    random.shuffle(wells)
    random.shuffle(zones)
    shuffled = _placed(
        make,
        xy[wells],
        [aquifer[n] for n in wells],
        [shapes[n] for n in zones],
        {name: [values[n] for n in zones] for name, values in column.items()},
    )
    pd.testing.assert_frame_equal(shuffled, frame.iloc[wells].reset_index(drop=True))


@settings(max_examples=30)
@given(scenes())
def test_a_zone_far_away_changes_nothing(make, scene):
    shapes, column, xy, aquifer = scene
    frame = _placed(make, xy, aquifer, shapes, column)
    far = {
        name: [*values, extra]
        for (name, values), extra in zip(column.items(), ("far", "severe", "banned", None), strict=True)
    }
    more = _placed(make, xy, aquifer, [*shapes, shapely.box(1e6, 1e6, 1.1e6, 1.1e6)], far)
    pd.testing.assert_frame_equal(more, frame)


@settings(max_examples=30)
@given(scenes(), st.integers(-3, 3), st.integers(-3, 3))
def test_moving_everything_changes_nothing(make, scene, east, north):
    """Moved by powers of two, on coordinates that stay exact. Repairing a polygon computes new vertices, which round
    differently elsewhere, so this is about valid ones."""
    shapes, column, xy, aquifer = scene
    snap = 2.0**-20
    round_all = lambda c: np.round(c / snap) * snap  # noqa: E731
    shapes = [None if s is None else shapely.transform(s, round_all) for s in shapes]
    shapes = [s if shapely.is_valid(s) else None for s in shapes]
    xy = round_all(xy)
    shift = np.array([east, north]) * 1024.0
    frame = _placed(make, xy, aquifer, shapes, column)
    moved = [None if s is None else shapely.transform(s, lambda c: c + shift) for s in shapes]
    pd.testing.assert_frame_equal(_placed(make, xy + shift, aquifer, moved, column), frame)


def _zones_of_all_sizes(rng, count=40):
    """Star-shaped zones of 30 to 600 vertices, nested and overlapping, in metres around a basin."""
    shapes = []
    for _ in range(count):
        turns = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(30, 600)))
        radius = rng.uniform(500, 9000) * rng.uniform(0.6, 1.0, len(turns))
        centre = rng.uniform([500_000, 4_740_000], [560_000, 4_780_000])
        shapes.append(shapely.Polygon(centre + np.c_[np.cos(turns), np.sin(turns)] * radius[:, None]))
    return np.array([s if s.is_valid else s.buffer(0) for s in shapes], dtype=object)


@pytest.fixture(scope="module")
def basin(make):
    """Wells and zones in a projected system, and which wells are farther than 1 m from every edge."""
    rng = np.random.default_rng(20211112)
    shapes = _zones_of_all_sizes(rng)
    xy = rng.uniform([495_000, 4_735_000], [565_000, 4_785_000], (1500, 2))
    column = {
        "zone_id": [f"Z{n:02d}" for n in range(len(shapes))],
        "severity": rng.choice([None, "general", "severe"], len(shapes)).tolist(),
        "control": rng.choice([None, "restricted", "banned"], len(shapes)).tolist(),
        "aquifer": rng.choice(AQUIFERS, len(shapes)).tolist(),
    }
    away = shapely.STRtree(shapely.boundary(shapes)).query_nearest(shapely.points(xy), return_distance=True)
    clear = away[1][np.unique(away[0][0], return_index=True)[1]] > 1.0
    assert clear.mean() > 0.9
    return xy, rng.choice(AQUIFERS, len(xy)).tolist(), shapes, column, clear


def test_many_wells_and_zones_agree_with_brute_force(make, brute_force, basin):
    xy, aquifer, shapes, column, _ = basin
    xy, aquifer = xy[:600], aquifer[:600]
    frame = _placed(make, xy, aquifer, shapes, column)
    expected = brute_force(
        xy, aquifer, shapes, column["zone_id"], column["severity"], column["control"], column["aquifer"]
    )
    pd.testing.assert_frame_equal(frame[COLUMNS], expected)
    assert frame["zone_ids"].str.contains(";").sum() > 25, "the scene must hold overlaps"


@pytest.mark.parametrize("crs", [GEOGRAPHIC, "EPSG:4326", "EPSG:32645", "EPSG:3857"])
def test_wells_in_another_system_fall_into_the_same_zones(make, basin, crs):
    """Every well farther than 1 m from an edge; only the wells are transformed, so this is exact."""
    xy, aquifer, shapes, column, clear = basin
    here = _placed(make, xy, aquifer, shapes, column)
    x, y = Transformer.from_crs(METRIC, crs, always_xy=True).transform(*xy.T)
    wells = make.wells(list(zip(x, y, strict=True)), crs, aquifer=aquifer)
    zones = make.zones(shapes, METRIC, **column)
    there = place(wells, zones=zones, as_of=make.day, options=NO_DISTANCE).frame
    pd.testing.assert_frame_equal(there[clear], here[clear])


@pytest.mark.parametrize("crs", [GEOGRAPHIC, "EPSG:32645"])
def test_zones_in_another_system_hold_the_same_wells(make, basin, crs):
    """The polygons too: over 200 m a straight line of one system leaves that of the other by far less than 1 m."""
    xy, aquifer, shapes, column, clear = basin
    dense = shapely.segmentize(shapes, 200.0)
    to = Transformer.from_crs(METRIC, crs, always_xy=True)
    moved = [shapely.transform(s, lambda c: np.column_stack(to.transform(*c.T))) for s in dense]
    here = _placed(make, xy, aquifer, shapes, column)
    wells = make.wells([tuple(p) for p in xy], METRIC, aquifer=aquifer)
    there = place(wells, zones=make.zones(moved, crs, **column), as_of=make.day, options=NO_DISTANCE).frame
    pd.testing.assert_frame_equal(there[clear], here[clear])
