"""A polygon layer as the overlay sees it: valid polygons, ids, and which rows are in force on the day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from .editions import Editions, row_ids, unique_ids
from .points import Points
from .polygons import Polygons, covering_pairs


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
        frame: GeoDataFrame, role: str, key: str, day: np.datetime64, editions: Editions | None = None
    ) -> Layer:
        """Read a layer; ``key`` is its id field, ``editions`` when its rows are in force if not by their dates."""
        ids = row_ids(frame, key)
        polygons = Polygons.of(frame, role)
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
        first = np.flatnonzero(np.r_[True, point[1:] != point[:-1]])
        names, code = np.unique(ids.astype(str), return_inverse=True)
        smallest[point[first]] = names[np.minimum.reduceat(code, first)]
    return smallest


def any_of(point: np.ndarray, size: int) -> pd.array:
    """True for each of ``size`` points that occurs, as nullable booleans."""
    hit = np.zeros(size, dtype=bool)
    hit[point] = True
    return pd.array(hit, dtype="boolean")
