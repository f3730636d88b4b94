"""The shift without which the most points lie in their recorded unit, found by trying shifts.

Only points near the edge of their unit tell shifts apart. Shifts on a grid in a circle are tried on them, then ever
finer grids around the best ones. Where many shifts are equally good, their centre is taken; how far they reach is the
spread.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely

from .plane import metres_per_degree

SEARCH_M = 1_500.0
STEPS_M = (75.0, 25.0, 8.0)
"""Widths of the grids, coarse to fine."""

MAX_POINTS = 1_000
"""As many points near the edge are enough; of more a fixed random part is tried."""

MAX_STARTS = 60
"""Best cells of one grid that the next one looks into."""


def point_shift(
    lon: np.ndarray, lat: np.ndarray, units: object
) -> tuple[float, float, int, int, int, float] | None:
    """East, north, points compared, points inside before and after, spread: see ``shift.Shift``."""
    shapes = np.asarray(units, dtype=object)
    given = (
        (np.abs(lon) <= 180.0)
        & (np.abs(lat) < 90.0)
        & ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    )
    edge = _Edge(lon[given], lat[given], shapes[given])
    if len(edge.tried) == 0:
        return None
    shifts = _disk(SEARCH_M, STEPS_M[0])
    counts = edge.inside(shifts)
    for wider, step in pairwise(STEPS_M):
        if (counts == counts.max()).sum() > MAX_STARTS:
            break  # too many shifts are as good for a finer grid to tell more
        starts = shifts[np.argsort(-counts, kind="stable")[:MAX_STARTS]]
        shifts = _around(starts, wider, step)
        counts = edge.inside(shifts)
    best = shifts[counts == counts.max()]
    centre = _centre(best)
    before = edge.inside_all(np.zeros(2))
    after = edge.inside_all(centre)
    if after <= before:
        return None
    spread = float(np.sqrt(((best - centre) ** 2).sum(axis=1).mean()))
    return float(centre[0]), float(centre[1]), edge.n_compared, before, after, spread


class _Edge:
    """The points that a shift can bring into their unit or out of it."""

    def __init__(self, lon: np.ndarray, lat: np.ndarray, units: np.ndarray) -> None:
        self.east, self.north = metres_per_degree(lat)
        self.lon, self.lat = lon, lat
        self.shapes, self.unit_of = _distinct(units)
        shapely.prepare(self.shapes)
        self.within = self._contains(np.arange(len(lon)), lon, lat)
        near = self._near()
        self.near = np.flatnonzero(near)
        self.n_compared = int((near | self.within).sum())  # farther outside is a mistake of another kind
        self.tried = self.near
        if len(self.near) > MAX_POINTS:
            self.tried = np.sort(np.random.default_rng(0).choice(self.near, MAX_POINTS, replace=False))

    def _near(self) -> np.ndarray:
        """Points within the search distance of their edge, measured in degrees stretched to metres."""
        near = np.zeros(len(self.lon), dtype=bool)
        for number, shape in enumerate(self.shapes):
            rows = np.flatnonzero(self.unit_of == number)
            # One degree of latitude is never shorter on the ground than one of longitude: nothing near is missed.
            reach = SEARCH_M / self.east[rows].min()
            near[rows] = shapely.dwithin(
                shape.boundary, shapely.points(self.lon[rows], self.lat[rows]), reach
            )
        return near

    def _contains(self, rows: np.ndarray, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        return shapely.intersects_xy(self.shapes[self.unit_of[rows]], lon, lat)

    def inside(self, shifts: np.ndarray) -> np.ndarray:
        """How many of the tried points lie inside without each of the shifts (n, 2)."""
        counts = np.zeros(len(shifts), dtype="int64")
        for number in np.unique(self.unit_of[self.tried]):
            rows = self.tried[self.unit_of[self.tried] == number]
            lon = self.lon[rows] - shifts[:, :1] / self.east[rows]
            lat = self.lat[rows] - shifts[:, 1:] / self.north[rows]
            counts += shapely.intersects_xy(self.shapes[number], lon, lat).sum(axis=1)
        return counts

    def inside_all(self, shift: np.ndarray) -> int:
        """How many of all points lie inside without a shift."""
        rows = self.near
        lon = self.lon[rows] - shift[0] / self.east[rows]
        lat = self.lat[rows] - shift[1] / self.north[rows]
        within = self.within.copy()
        within[rows] = self._contains(rows, lon, lat)
        return int(within.sum())


def _distinct(units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct unit polygons, and which of them each point has."""
    known: dict[bytes, int] = {}
    by_object: dict[int, int] = {}
    shapes: list[shapely.Geometry] = []
    codes = np.empty(len(units), dtype="int64")
    for row, unit in enumerate(units.tolist()):
        code = by_object.get(id(unit))
        if code is None:
            code = by_object[id(unit)] = known.setdefault(shapely.to_wkb(unit), len(shapes))
            if code == len(shapes):
                shapes.append(unit)
        codes[row] = code
    distinct = np.empty(len(shapes), dtype=object)
    distinct[:] = shapes
    return distinct, codes


def _disk(radius: float, step: float) -> np.ndarray:
    """Grid points (n, 2) in a circle around zero, zero among them."""
    axis = np.arange(-np.floor(radius / step), np.floor(radius / step) + 1) * step
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return grid[np.hypot(grid[:, 0], grid[:, 1]) <= radius]


def _around(starts: np.ndarray, width: float, step: float) -> np.ndarray:
    """A finer grid over the cells of `starts`."""
    axis = np.arange(-np.ceil(width / step / 2), np.ceil(width / step / 2) + 1) * step
    offsets = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    cells = np.round((starts[:, None, :] + offsets).reshape(-1, 2) / step)
    return np.unique(cells, axis=0) * step


def _centre(best: np.ndarray) -> np.ndarray:
    """The one of the best shifts that lies nearest to their middle: the middle itself may be worse than they are."""
    middle = best.mean(axis=0)
    return best[np.argmin(((best - middle) ** 2).sum(axis=1))]
