"""How far each point is from the zones that concern it, and whether that is too near to be sure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import shapely

from .distance import Edges, nearest_edge
from .geodesy import Surface
from .points import Points
from .polygons import Polygons
from .zones import Aquifers, Zones


class ZoneEdges:
    """Edges of the zones in force. Rows of one zone and aquifer are one figure: where they meet is no edge.

    Args:
        in_force: zone rows to look at (bool per row).
    """

    def __init__(self, zones: Zones, polygons: Polygons, in_force: np.ndarray) -> None:
        used = np.flatnonzero(in_force & ~shapely.is_missing(polygons.shapes))
        aquifer = pd.factorize(zones.aquifer)[0]
        keys = np.column_stack([zones.code[used], aquifer[used]])
        _, first, figure = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        figure = figure.reshape(-1)
        self.row = used[first] if len(used) else used
        self.figure = np.full(len(zones), -1)
        self.figure[used] = figure
        shapes = polygons.shapes[self.row]
        for several in np.flatnonzero(np.bincount(figure) > 1) if len(used) else ():
            shapes[several] = shapely.union_all(polygons.shapes[used[figure == several]])
        self.edges = Edges.of(shapes)
        self.crs = polygons.crs


def zone_distances(
    points: Points,
    edges: ZoneEdges,
    aquifers: Aquifers,
    hits: tuple[np.ndarray, np.ndarray],
    *,
    limit_m: float,
    accuracy_m: float,
    progress: Callable[[float], None] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Signed distance to the zones in force that match, and doubt.

    Inside any matching zone: minus the smallest distance to the edge of a zone that contains the point. Otherwise the
    smallest distance to a matching zone. 0 on an edge.

    Args:
        hits: pairs of point row and zone row in force that contain and match.
        limit_m: distances are exact up to here; 0 computes none.
        accuracy_m: a point nearer than this to the edge of any matching zone, inside or out, is in doubt; 0: none.

    Returns:
        ``distance`` in metres, unrounded, NaN beyond the limit; ``near``, metres to the edge that puts the point in
        doubt, NaN where none does.
    """
    size = len(points)
    distance, near = np.full(size, np.nan), np.full(size, np.nan)
    if edges.crs is None or not points.ok.any() or max(limit_m, accuracy_m) <= 0:
        return distance, near
    xy, surface = points.coordinates(edges.crs), Surface.of(edges.crs)
    point, zone = hits
    figures = max(len(edges.row), 1)
    held = np.unique(point.astype(np.int64) * figures + edges.figure[zone])
    inside = np.zeros(size, dtype=bool)
    inside[point] = True

    def search(rows: np.ndarray, limit: float, keep: Callable, part: int) -> np.ndarray:
        told = None if progress is None else lambda share: progress((part + share) / 3)
        return nearest_edge(xy[rows], edges.edges, surface, limit, lambda p, f: keep(rows[p], f), told)

    def matching(who: np.ndarray, figure: np.ndarray) -> np.ndarray:
        return aquifers.match(who, edges.row[figure])

    def containing(who: np.ndarray, figure: np.ndarray) -> np.ndarray:
        key = who.astype(np.int64) * figures + figure
        return held[np.minimum(np.searchsorted(held, key), len(held) - 1)] == key

    within, without = np.flatnonzero(points.ok & inside), np.flatnonzero(points.ok & ~inside)
    outer = search(without, max(limit_m, accuracy_m), matching, 0)
    near[without] = np.where(outer < accuracy_m, outer, np.nan)
    distance[without] = np.where(outer <= limit_m, outer, np.nan)
    if len(within):
        inner = search(within, accuracy_m, matching, 1)
        near[within] = np.where(inner < accuracy_m, inner, np.nan)
        distance[within] = -search(within, limit_m, containing, 2)
    return distance, near


def farther_than(
    points: Points, rows: np.ndarray, polygons: Polygons, in_force: np.ndarray, limit_m: float
) -> np.ndarray:
    """Which of some points, all outside the polygons in force, are farther than ``limit_m`` from every one."""
    if polygons.crs is None or not len(rows):
        return rows[:0]
    xy = points.coordinates(polygons.crs)[rows]
    nearest = nearest_edge(xy, Edges.of(polygons.shapes[in_force]), Surface.of(polygons.crs), limit_m)
    return rows[np.isnan(nearest)]
