"""A polygon layer as the overlay sees it: valid polygons, ids, and which rows are in force on the day."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from geopandas import GeoDataFrame
from pandas.arrays import BooleanArray

from .editions import Editions, row_ids, unique_ids
from .points import Points
from .polygons import Polygons, covering_pairs

KEYS = {"zones": "zone_id", "units": "unit_id", "irrigation": "area_id", "networks": "network_id"}
"""Id field of each polygon role."""


@dataclass(frozen=True)
class Repairs:
    """Rows of a layer whose polygons were not fit for use, by their unique row ids.

    Attributes:
        ids: of all rows.
        repaired: were invalid, are judged by a repaired copy.
        unusable: have no geometry, or no area was left: they cover nothing.
    """

    ids: np.ndarray
    repaired: np.ndarray
    unusable: np.ndarray


class Readers:
    """Polygons of several layers, read and repaired side by side while the first ones are already in use.

    GEOS tests a million vertices a second, and lets other threads run meanwhile.
    """

    def __init__(self, frames: Mapping[str, GeoDataFrame | None]) -> None:
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)
        self._polygons = {
            role: self._pool.submit(Polygons.of, frame, role)
            for role, frame in frames.items()
            if frame is not None
        }

    def __enter__(self) -> Readers:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def take(self, role: str) -> Polygons:
        """The polygons of a role, when they are ready; they are let go here.

        Raises:
            OverdraftError: the layer has no CRS.
        """
        return self._polygons.pop(role).result()


@dataclass(frozen=True)
class Layer:
    """One polygon layer.

    Attributes:
        polygons: repaired on a copy, in the layer's own reference system.
        ids: id of each row.
        in_force: rows of the edition in force on the day.
        repairs: what had to be repaired.
    """

    polygons: Polygons
    ids: np.ndarray
    in_force: np.ndarray
    repairs: Repairs

    @staticmethod
    def of(
        frame: GeoDataFrame,
        polygons: Polygons,
        key: str,
        day: np.datetime64,
        editions: Editions | None = None,
    ) -> Layer:
        """A layer whose ``polygons`` have been read.

        Args:
            key: the id field.
            editions: when its rows are in force, if not by their dates alone.
        """
        ids = row_ids(frame, key)
        names = unique_ids(frame, key)
        mended = np.setdiff1d(polygons.repaired, polygons.unusable)
        repairs = Repairs(names, names[mended], names[polygons.unusable])
        return Layer(polygons, ids, (editions or Editions(frame, ids)).on(day), repairs)

    def covering(self, points: Points) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of point row and covering row in force, sorted by point."""
        point, row = self.covering_ever(points)
        now = self.in_force[row]
        return point[now], row[now]

    def covering_ever(self, points: Points) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of point row and covering row of any edition, sorted by point."""
        return covering_pairs(points, self.polygons)


def smallest_id(point: np.ndarray, ids: np.ndarray, size: int) -> np.ndarray:
    """Smallest id as text for each of ``size`` points from pairs sorted by point; None for a point in none."""
    smallest = np.full(size, None, dtype=object)
    if len(point):
        count = np.bincount(point, minlength=size)[point]
        smallest[point[count == 1]] = ids[count == 1]
        several = point[count > 1]
        if len(several):
            names, code = np.unique(ids[count > 1].astype(str), return_inverse=True)
            first = np.flatnonzero(np.r_[True, several[1:] != several[:-1]])
            smallest[several[first]] = names[np.minimum.reduceat(code, first)]
    return smallest


def any_of(point: np.ndarray, size: int) -> BooleanArray:
    """True for each of ``size`` points that occurs, as nullable booleans."""
    hit = np.zeros(size, dtype=bool)
    hit[point] = True
    return BooleanArray(hit, np.zeros(size, dtype=bool))
