"""Which candidates a renewal may take, and at what cost: a list, or all wells of its pool by their distance.

A large pool has millions of pairs, of which a plan needs the cheapest few per renewal. So offers are asked for
little by little: the candidates nearest to a renewal, and a *horizon*, below which none of those not yet told can cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyproj
from scipy.spatial import cKDTree

from ..weights import DISTANCE, UNSEALED, VOLUME

NEVER = 2**56
"""Horizon of a renewal all of whose offers are known."""
_GEOD = pyproj.Geod(ellps="WGS84")


@dataclass(frozen=True)
class CostWeights:
    """Weights of the cost of using a well: per kilometre, per 万m³ of permitted volume, for a well still to be
    sealed."""

    distance: float = DISTANCE
    volume: float = VOLUME
    unsealed: float = UNSEALED


@dataclass(frozen=True)
class Known:
    """Pairs in the order of row and column, with their costs; ``horizon`` per row asked for."""

    row: np.ndarray
    col: np.ndarray
    cost: np.ndarray
    horizon: np.ndarray


class Offers(Protocol):
    """What a problem asks of its offers. Rows are renewals, columns candidates, by their places."""

    whole_pool: bool
    """True if every renewal may take any candidate of its pool."""

    def nearest(self, rows: np.ndarray, count: int) -> Known:
        """About ``count`` of the cheapest offers of each row, with the named one; no other costs less than the
        horizon."""

    def price(self, row: np.ndarray, col: np.ndarray) -> np.ndarray:
        """The cost of pairs; −1 where the pair is not on offer."""


class ListedOffers:
    """Offers that are listed, each pair once."""

    whole_pool = False

    def __init__(self, row: np.ndarray, col: np.ndarray, cost: np.ndarray) -> None:
        order = np.lexsort((col, row))
        self._row, self._col, self._cost = row[order], col[order], cost[order]
        self._width = int(col.max(initial=0)) + 1
        self._key = self._row * self._width + self._col

    def nearest(self, rows: np.ndarray, count: int) -> Known:
        """All that is listed for the rows, whatever the count."""
        pick = np.isin(self._row, rows)
        horizon = np.full(len(rows), NEVER)
        return Known(self._row[pick], self._col[pick], self._cost[pick], horizon)

    def price(self, row: np.ndarray, col: np.ndarray) -> np.ndarray:
        """The listed cost; −1 where none is."""
        if not len(self._key):
            return np.full(len(row), -1)
        key = row * self._width + col
        place = np.minimum(np.searchsorted(self._key, key), len(self._key) - 1)
        return np.where((self._key[place] == key) & (col < self._width), self._cost[place], -1)


class PlacedOffers:
    """All candidates of a renewal's pool within a distance; those that are on offer to whoever names them alone, to
    that renewal only. The cost of a pair in whole units is

        round(unit × (W_distance · km + W_volume · 万m³ + W_unsealed · [still to be sealed]))

    with the length of the geodesic on WGS 84. Neighbours are found by the straight line through the Earth,
    which is never longer than the geodesic: so the horizon it gives is safe.
    """

    def __init__(
        self,
        *,
        renewal_lonlat: np.ndarray,
        candidate_lonlat: np.ndarray,
        renewal_pool: np.ndarray,
        candidate_pool: np.ndarray,
        named: np.ndarray,
        only_named: np.ndarray,
        weights: CostWeights,
        volume_m3: np.ndarray,
        to_seal: np.ndarray,
        unit: int,
        max_distance_m: float | None,
    ) -> None:
        self.whole_pool = max_distance_m is None and not only_named.any()
        self._from, self._to = renewal_lonlat, candidate_lonlat
        self._pool, self._candidate_pool, self._named = renewal_pool, candidate_pool, named
        self._only_named = only_named
        self._per_metre = weights.distance / 1000.0
        self._extra = weights.volume * volume_m3 / 10_000.0 + weights.unsealed * to_seal
        self._unit, self._reach = unit, np.inf if max_distance_m is None else max_distance_m
        self._start, self._end = through_earth(renewal_lonlat), through_earth(candidate_lonlat)
        self._trees: dict[int, tuple[cKDTree, np.ndarray]] = {}

    @property
    def dearest(self) -> int:
        """No pair costs more: half the Earth's girth."""
        return int(self._unit * (self._per_metre * 20_040_000.0 + self._extra.max(initial=0.0))) + 1

    def nearest(self, rows: np.ndarray, count: int) -> Known:
        """The ``count`` nearest candidates within the reach."""
        horizon = np.full(len(rows), NEVER, dtype=np.int64)
        found_row, found_col = [], []
        for pool in np.unique(self._pool[rows]):
            place = np.flatnonzero(self._pool[rows] == pool)
            tree, cols = self._tree(int(pool))
            if not len(cols):
                continue
            line, near = tree.query(self._start[rows[place]], k=np.arange(1, min(count, len(cols)) + 1))
            found_row.append(np.repeat(rows[place], near.shape[1]))
            found_col.append(cols[near].ravel())
            if count < len(cols):
                farthest = line[:, -1]
                least = self._unit * (self._per_metre * farthest + self._extra[cols].min())
                at = np.maximum(np.floor(least).astype(np.int64) - 1, 0)
                horizon[place] = np.where(farthest > self._reach, NEVER, at)
        own = rows[self._named[rows] >= 0]
        row = np.concatenate([*found_row, own]) if found_row else own
        col = np.concatenate([*found_col, self._named[own]]) if found_col else self._named[own]
        key = np.unique(row * max(1, len(self._to)) + col)
        row, col = np.divmod(key, max(1, len(self._to)))
        cost = self.price(row, col)
        return Known(row[cost >= 0], col[cost >= 0], cost[cost >= 0], horizon)

    def price(self, row: np.ndarray, col: np.ndarray) -> np.ndarray:
        """The cost from the places; −1 in another pool or beyond the reach."""
        metres = distance_m(self._from[row], self._to[col])
        exact = self._unit * (self._per_metre * metres + self._extra[col])
        cost = np.rint(exact).astype(np.int64)
        own = self._named[row] == col
        here = (self._pool[row] == self._candidate_pool[col]) & (own | ~self._only_named[col])
        return np.where(here & ((metres <= self._reach) | own), cost, -1)

    def _tree(self, pool: int) -> tuple[cKDTree, np.ndarray]:
        if pool not in self._trees:
            cols = np.flatnonzero((self._candidate_pool == pool) & ~self._only_named)
            self._trees[pool] = cKDTree(self._end[cols]), cols
        return self._trees[pool]


class Forbidding:
    """Other offers without some pairs."""

    def __init__(self, offers: Offers, row: np.ndarray, col: np.ndarray, n_candidates: int) -> None:
        self.whole_pool = False
        self._offers, self._n = offers, max(1, n_candidates)
        self._taken = np.unique(row * self._n + col)

    def nearest(self, rows: np.ndarray, count: int) -> Known:
        """Those of the other offers that are left."""
        known = self._offers.nearest(rows, count)
        left = ~np.isin(known.row * self._n + known.col, self._taken)
        return Known(known.row[left], known.col[left], known.cost[left], known.horizon)

    def price(self, row: np.ndarray, col: np.ndarray) -> np.ndarray:
        """As the other offers; −1 for what is forbidden."""
        cost = self._offers.price(row, col)
        return np.where(np.isin(row * self._n + col, self._taken), -1, cost)


def distance_m(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Geodesic metres on WGS 84 between rows of longitude and latitude."""
    return np.asarray(_GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2], dtype="float64")


def through_earth(lonlat: np.ndarray) -> np.ndarray:
    """Metres in three dimensions of points on the ellipsoid."""
    lon, lat = np.radians(lonlat).T
    e2 = 1.0 - (_GEOD.b / _GEOD.a) ** 2
    normal = _GEOD.a / np.sqrt(1.0 - e2 * np.sin(lat) ** 2)
    x, y = normal * np.cos(lat) * np.cos(lon), normal * np.cos(lat) * np.sin(lon)
    return np.column_stack([x, y, normal * (1.0 - e2) * np.sin(lat)])
