"""The shift without which the boundaries of a layer lie on those of a reference.

Places are sampled along the layer's boundary. First, shifts on a coarse grid are tried: the best half of the distances
to the reference must become small. From the best of them the samples are moved onto the reference step by step: each
step is the least-squares translation towards the nearest segments, across them only, since along a boundary nothing
can be seen (Chen and Medioni 1992, point-to-line form of ICP). Samples that stay far away, where the editions differ
or a neighbour is missing, drop out. If the editions have most vertices in common, the mean way between these is taken
at last: an offset datum stretches a county a little, and only vertices show it along the boundary as well.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely import GeometryType

from .plane import on_plane

POLYGONS = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
SEARCH_M = 1_500.0
COARSE_STEP_M = 150.0
COARSE_SAMPLES = 250
STARTS = 4
MAX_SAMPLES = 2_000
MIN_SPACING_M = 25.0
REACH_M = 2_000.0
"""A segment of the reference that is farther than this from a sample is none of its boundary."""

CLOSE_M = 60.0
"""A sample lies on the reference if it is nearer than this: an offset datum changes by as much across a county."""

COMMON_SHARE = 0.8
"""Editions with at least this share of common vertices are the same drawing."""

NEAR_DEGREES = 0.1
"""Polygons of the reference that are farther than this from the layer's extent are not looked at."""

MIN_SHARE = 0.5
"""Of the samples that must lie on the reference without the shift; otherwise it is no edition of the layer."""

MAX_STEPS = 60
STILL_M = 0.05
"""A step shorter than this ends the search."""


def boundary_shift(layer: object, reference: object) -> tuple[float, float, int, int, int, float] | None:
    """East, north, samples, samples on the reference before and after, spread: see ``shift.Shift``."""
    shapes, others = _on_one_plane(_given(layer), _given(reference))
    if len(shapes) == 0 or len(others) == 0:
        return None
    samples = _sampled(shapes, MAX_SAMPLES)
    lines = _Lines(others)
    shift = _found(lines, samples)
    if shift is None:
        return None
    shift = _of_common_vertices(shapes, others, shift)
    before = int((lines.distances(samples) <= CLOSE_M).sum())
    distances = lines.distances(samples - shift)
    close = distances[distances <= CLOSE_M]
    if len(close) < MIN_SHARE * len(samples):
        return None
    spread = float(np.sqrt((close**2).mean()))
    return float(shift[0]), float(shift[1]), len(samples), before, len(close), spread


def _found(lines: _Lines, samples: np.ndarray) -> np.ndarray | None:
    """The shift that brings the samples closest to the reference, None if it brings too few."""
    few = samples[:: max(1, len(samples) // COARSE_SAMPLES)]
    ends = [_settled(lines, few, start) for start in _starts(lines, few)]
    best = min(ends, key=lambda end: _half(lines.distances(few - end)))
    if (lines.distances(few - best) <= 2 * CLOSE_M).mean() < MIN_SHARE:
        return None
    return _settled(lines, samples, best)


def _given(shapes: object) -> np.ndarray:
    """The polygons among the shapes that lie on the globe."""
    array = np.atleast_1d(np.asarray(shapes, dtype=object))
    bounds = np.abs(shapely.bounds(array))  # NaN for none and for empty ones
    kinds = shapely.get_type_id(array)
    return array[np.isin(kinds, POLYGONS) & (bounds <= (180.0, 90.0, 180.0, 90.0)).all(axis=1)]


def _on_one_plane(layer: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The layer, and what of the reference lies near it, in metres around the layer's middle."""
    if len(layer) == 0:
        return layer, reference
    west, south, east, north = shapely.total_bounds(layer)
    around = shapely.box(west - NEAR_DEGREES, south - NEAR_DEGREES, east + NEAR_DEGREES, north + NEAR_DEGREES)
    boxes = shapely.box(*shapely.bounds(reference).T)
    middle = (west + east) / 2, (south + north) / 2
    near = reference[shapely.intersects(boxes, around)]
    return on_plane(layer, *middle), on_plane(near, *middle)


def _sampled(shapes: np.ndarray, most: int) -> np.ndarray:
    """Places (n, 2) at even distances along the boundaries; a shared boundary counts for each neighbour."""
    rings = shapely.get_parts(shapely.boundary(shapes))
    lengths = shapely.length(rings)
    spacing = max(MIN_SPACING_M, float(lengths.sum()) / most)
    counts = np.maximum(1, np.ceil(lengths / spacing)).astype("int64")
    ring_of = np.repeat(np.arange(len(rings)), counts)
    place = np.arange(len(ring_of)) - np.repeat(np.cumsum(counts) - counts, counts)
    along = (place + 0.5) * (lengths / counts)[ring_of]
    return shapely.get_coordinates(shapely.line_interpolate_point(rings[ring_of], along))


class _Lines:
    """The segments of the reference."""

    def __init__(self, shapes: np.ndarray) -> None:
        xy, ring = shapely.get_coordinates(shapely.get_parts(shapely.boundary(shapes)), return_index=True)
        joined = (ring[1:] == ring[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
        self.start, self.way = xy[:-1][joined], np.diff(xy, axis=0)[joined]
        self.tree = shapely.STRtree(shapely.linestrings(np.stack([self.start, xy[1:][joined]], axis=1)))

    def nearest(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each place the vector (n, 2) to the nearest point of the reference, and its segment's normal.

        Nothing is looked for beyond ``REACH_M``: there the vector has this length and the normal is zero.
        """
        found, number = self.tree.query_nearest(
            shapely.points(places), max_distance=REACH_M, all_matches=False
        )
        start, way, place = self.start[number], self.way[number], places[found]
        squared = (way**2).sum(axis=1)
        along = np.clip(((place - start) * way).sum(axis=1) / squared, 0.0, 1.0)
        gap, normal = np.tile([REACH_M, 0.0], (len(places), 1)), np.zeros((len(places), 2))
        gap[found] = start + along[:, None] * way - place
        normal[found] = np.column_stack([-way[:, 1], way[:, 0]]) / np.sqrt(squared)[:, None]
        return gap, normal

    def distances(self, places: np.ndarray) -> np.ndarray:
        """Distance of each place from the reference."""
        return np.hypot(*self.nearest(places)[0].T)


def _half(distances: np.ndarray) -> float:
    """Mean of the smaller half of the distances: blind to what differs between the editions."""
    half = max(1, len(distances) // 2)
    return float(np.partition(distances, half - 1)[:half].mean())


def _starts(lines: _Lines, few: np.ndarray) -> list[np.ndarray]:
    """No shift, and the best shifts of a coarse grid."""
    axis = np.arange(-SEARCH_M, SEARCH_M + 1.0, COARSE_STEP_M)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    grid = grid[np.hypot(grid[:, 0], grid[:, 1]) <= SEARCH_M]
    places = (few[None, :, :] - grid[:, None, :]).reshape(-1, 2)
    distances = lines.distances(places).reshape(len(grid), len(few))
    quality = [_half(row) for row in distances]
    return [np.zeros(2), *grid[np.argsort(quality)[:STARTS]]]


def _settled(lines: _Lines, samples: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The shift that a start leads to."""
    shift = start
    for _ in range(MAX_STEPS):
        gap, normal = lines.nearest(samples - shift)
        distance = np.hypot(gap[:, 0], gap[:, 1])
        kept = distance <= max(2.5 * float(np.median(distance)), 1.0)
        step = _step(gap[kept], normal[kept])
        shift = shift - step
        if np.hypot(*step) < STILL_M:
            break
    return shift


def _step(gap: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """The translation d that makes Σ (n · (gap − d))² least."""
    across = (gap * normal).sum(axis=1)
    return np.linalg.lstsq(normal.T @ normal, normal.T @ across, rcond=None)[0]


def _of_common_vertices(layer: np.ndarray, reference: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Mean shift of the vertices that are each other's nearest, weighted by the length of their edges.

    Fewer than ``COMMON_SHARE`` of the layer's vertices leave the shift as it is.
    """
    vertices, weight = _vertices(layer)
    others, _ = _vertices(reference)
    to_other = _nearest(others, vertices - shift)
    back = _nearest(vertices - shift, others[to_other])
    way = vertices - others[to_other]
    common = (back == np.arange(len(vertices))) & (np.hypot(*(way - shift).T) <= 2 * CLOSE_M)
    if common.mean() < COMMON_SHARE:
        return shift
    return np.average(way[common], axis=0, weights=weight[common])


def _vertices(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct vertices (n, 2), and half the length of the edges that meet there."""
    xy, ring = shapely.get_coordinates(shapely.get_parts(shapely.boundary(shapes)), return_index=True)
    length = np.where(ring[1:] == ring[:-1], np.hypot(*np.diff(xy, axis=0).T), 0.0) / 2
    weight = np.r_[length, 0.0] + np.r_[0.0, length]
    distinct, number = np.unique(xy, axis=0, return_inverse=True)
    return distinct, np.bincount(number.reshape(-1), weights=weight)


def _nearest(places: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Number of the place nearest to each wanted one."""
    return shapely.STRtree(shapely.points(places)).nearest(shapely.points(wanted))
