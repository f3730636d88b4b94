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
MAX_SAMPLES = 4_000
MIN_SPACING_M = 25.0
MARGIN_M = 5_000.0
"""How far around the layer the reference is looked at."""

CLOSE_M = 60.0
"""A sample lies on the reference if it is nearer than this: an offset datum changes by as much across a county."""

COMMON_SHARE = 0.8
"""Editions with at least this share of common vertices are the same drawing."""

MIN_SHARE = 0.5
"""Of the samples that must lie on the reference without the shift; otherwise it is no edition of the layer."""

MAX_STEPS = 60
STILL_M = 0.05
"""A step shorter than this ends the search."""


def boundary_shift(layer: object, reference: object) -> tuple[float, float, int, int, int, float] | None:
    """East, north, samples, samples on the reference before and after, spread: see ``shift.Shift``."""
    shapes, others = _given(layer), _given(reference)
    if len(shapes) == 0 or len(others) == 0:
        return None
    west, south, east, north = shapely.total_bounds(shapes)
    middle = (west + east) / 2, (south + north) / 2
    samples = _sampled(on_plane(shapes, *middle), MAX_SAMPLES)
    lines = _Lines(on_plane(others, *middle), samples)
    if lines.empty:
        return None
    few = samples[:: max(1, len(samples) // COARSE_SAMPLES)]
    ends = [_settled(lines, few, start) for start in _starts(lines, few)]
    shift = _settled(lines, samples, min(ends, key=lambda end: _half(lines.distances(samples - end))))
    shift = _of_common_vertices(on_plane(shapes, *middle), on_plane(others, *middle), shift)
    before = int((lines.distances(samples) <= CLOSE_M).sum())
    distances = lines.distances(samples - shift)
    after = int((distances <= CLOSE_M).sum())
    if after < MIN_SHARE * len(samples):
        return None
    spread = float(np.sqrt((distances[distances <= CLOSE_M] ** 2).mean()))
    return float(shift[0]), float(shift[1]), len(samples), before, after, spread


def _given(shapes: object) -> np.ndarray:
    """The polygons among the shapes that lie on the globe."""
    array = np.atleast_1d(np.asarray(shapes, dtype=object))
    bounds = np.abs(shapely.bounds(array))  # NaN for none and for empty ones
    kinds = shapely.get_type_id(array)
    return array[np.isin(kinds, POLYGONS) & (bounds <= (180.0, 90.0, 180.0, 90.0)).all(axis=1)]


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
    """The segments of the reference near the layer."""

    def __init__(self, shapes: np.ndarray, samples: np.ndarray) -> None:
        xy, ring = shapely.get_coordinates(shapely.get_parts(shapely.boundary(shapes)), return_index=True)
        joined = np.flatnonzero(ring[1:] == ring[:-1])
        start, end = xy[joined], xy[joined + 1]
        low, high = samples.min(axis=0) - MARGIN_M, samples.max(axis=0) + MARGIN_M
        near = (np.minimum(start, end) <= high).all(axis=1) & (np.maximum(start, end) >= low).all(axis=1)
        near &= (start != end).any(axis=1)
        self.start, self.way = start[near], (end - start)[near]
        self.empty = not near.any()
        self.tree = shapely.STRtree(shapely.linestrings(np.stack([start[near], end[near]], axis=1)))

    def nearest(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each place the vector (n, 2) to the nearest point of the reference, and its segment's normal."""
        number = self.tree.nearest(shapely.points(places))
        start, way = self.start[number], self.way[number]
        squared = (way**2).sum(axis=1)
        along = np.clip(((places - start) * way).sum(axis=1) / squared, 0.0, 1.0)
        normal = np.column_stack([-way[:, 1], way[:, 0]]) / np.sqrt(squared)[:, None]
        return start + along[:, None] * way - places, normal

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
