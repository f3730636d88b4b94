"""Polygon layers made fit for exact predicates: repaired on a copy, never reprojected."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from geopandas import GeoDataFrame
from pyproj import CRS

from .points import Points, crs_of, geometries

_POLYGONAL = (3, 6)
_COLLECTION = 7
_LARGE = 200_000
"""Number of vertices above which validity is tested on all cores."""
_MANY_PAIRS = 50_000
"""Number of places and polygons above which they are compared on all cores."""
_WORTH_PREPARING = 2
"""Places in its box from which a polygon is worth an index of its own."""


@dataclass(frozen=True)
class Polygons:
    """A polygon layer, row by row as given.

    Attributes:
        shapes: valid polygons or multipolygons in ``crs``; None for a row without an area.
        crs: reference system of the layer; None if no row has an area.
        repaired: rows whose polygon was invalid and was repaired.
        unusable: rows without an area: no geometry, or nothing polygonal left after the repair.
    """

    shapes: np.ndarray
    crs: CRS | None
    repaired: np.ndarray
    unusable: np.ndarray

    @staticmethod
    def of(frame: GeoDataFrame, role: str) -> Polygons:
        """Read and repair the polygons of a layer."""
        shapes, repaired = repair(geometries(frame))
        present = ~shapely.is_missing(shapes)
        crs = crs_of(frame, role) if present.any() else None
        return Polygons(shapes, crs, np.flatnonzero(repaired), np.flatnonzero(~present))


def repair(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Valid polygonal geometries, and which ones had to be repaired.

    An invalid polygon is taken apart; each part is made valid by its own linework, the polygonal pieces are kept
    and united, so that parts that overlap stay covered. What is not polygonal, or has coordinates that are not
    finite, becomes None.

    Returns:
        ``shapes`` (object array) and ``repaired`` (bool array), aligned with ``geometry``.
    """
    shapes = geometry.copy()
    shapes[shapely.is_empty(shapes)] = None
    kind = shapely.get_type_id(shapes)
    shapes[(kind >= 0) & ~np.isin(kind, (*_POLYGONAL, _COLLECTION))] = None
    repaired = ~_is_valid(shapes) & ~shapely.is_missing(shapes)
    for row in np.flatnonzero(repaired | (kind == _COLLECTION)):
        shapes[row] = _polygonal(shapes[row])
    return shapes, repaired


def covering_pairs(points: Points, polygons: Polygons) -> tuple[np.ndarray, np.ndarray]:
    """Which point lies in which polygon, a place on the boundary included.

    The points are transformed into the polygons' system and indexed; each polygon is prepared once and asked about
    the points in its box, which is many times faster than asking for each point when polygons have many vertices.

    Returns:
        ``point`` and ``polygon`` row numbers, sorted by point, then polygon.
    """
    tree, rows, xy = points.index(polygons.crs)
    present = np.flatnonzero(~shapely.is_missing(polygons.shapes))
    polygon, entry = tree.query(polygons.shapes[present])
    polygon = present[polygon]
    held = _held(polygons.shapes, polygon, xy[entry])
    point, polygon = rows[entry[held]], polygon[held]
    order = np.argsort(point, kind="stable")  # the polygons of a point are in order already
    return point[order], polygon[order]


def _held(shapes: np.ndarray, polygon: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """Whether each place lies in the polygon beside it; ``polygon`` is sorted, so that each is prepared once."""
    workers = os.cpu_count() or 1
    if len(polygon) < _MANY_PAIRS or workers == 1:
        return _ask(shapes, polygon, xy)
    first = np.flatnonzero(np.r_[True, polygon[1:] != polygon[:-1]])
    work = np.cumsum(
        np.diff(np.r_[first, len(polygon)]) + shapely.get_num_coordinates(shapes[polygon[first]])
    )
    blocks = np.searchsorted(work, work[-1] * np.arange(1, 4 * workers) / (4 * workers))
    cuts = first[np.unique(blocks[blocks < len(first)])]
    with ThreadPoolExecutor(workers) as pool:
        parts = zip(np.split(polygon, cuts), np.split(xy, cuts), strict=True)
        return np.concatenate(list(pool.map(lambda part: _ask(shapes, *part), parts)))


def _ask(shapes: np.ndarray, polygon: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """A point meets a polygon exactly when the polygon covers it."""
    asked, count = np.unique(polygon, return_counts=True)
    often = shapes[asked[count > _WORTH_PREPARING]]
    shapely.prepare(often)
    held = shapely.intersects_xy(shapes[polygon], xy[:, 0], xy[:, 1])
    shapely.destroy_prepared(often)
    return held


def _is_valid(shapes: np.ndarray) -> np.ndarray:
    """``shapely.is_valid`` on all cores when there is much to test."""
    size = np.cumsum(shapely.get_num_coordinates(shapes))
    workers = os.cpu_count() or 1
    if not len(size) or size[-1] < _LARGE or workers == 1:
        return shapely.is_valid(shapes)
    cuts = np.searchsorted(size, size[-1] * np.arange(1, 4 * workers) / (4 * workers))
    with ThreadPoolExecutor(workers) as pool:
        return np.concatenate(list(pool.map(shapely.is_valid, np.split(shapes, cuts))))


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry | None:
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return None
    parts = shapely.make_valid(shapely.get_parts(shapely.force_2d(shape)))
    pieces = shapely.get_parts(parts)
    while (shapely.get_type_id(pieces) > _POLYGONAL[0]).any():
        pieces = shapely.get_parts(pieces)
    pieces = pieces[shapely.get_type_id(pieces) == _POLYGONAL[0]]
    return shapely.union_all(pieces) if len(pieces) else None
