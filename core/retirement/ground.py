"""From areas to pieces of ground: each counted once, each in the units in which it lies.

Where areas overlap, the land belongs to the one that earns least: land in use on the day before land that counts (in
use wins), land retired before the baseline before land retired since, then the smallest id.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..overlay.areas import drawn_area_m2, polygons_only, settle, split_by_units, subtract
from .shares import LandShares
from .units import UNASSIGNED, Units


@dataclass(frozen=True)
class Ground:
    """Land of the areas in which something counts.

    Attributes:
        row: positions of these areas, (n,).
        shape: what is left of each when other areas have taken what is theirs; None: nothing, or no polygon.
        share: that part of the whole area, 0 to 1.
        lost_in_use, lost_retired: shares that fell to areas in use, and to other retired areas.
        in_use, retired: ids of those areas, one list per area.
    """

    row: np.ndarray
    shape: np.ndarray
    share: np.ndarray
    lost_in_use: np.ndarray
    lost_retired: np.ndarray
    in_use: list[list[str]]
    retired: list[list[str]]


def ground_of(
    shapes: np.ndarray, shares: LandShares, claims: np.ndarray, ids: np.ndarray, crs: CRS | None
) -> Ground:
    """Resolve overlaps.

    Args:
        shapes: polygon of every area (None: no place), all in ``crs``.
        shares: of every area.
        claims: areas that can take land from others; fallow land without a history takes none.
        ids: unique ids.
    """
    row = np.flatnonzero(shares.retired > 0)
    shape, size = shapes[row], len(row)
    nobody: list[list[str]] = [[] for _ in row]
    if crs is None:
        return Ground(row, shape, np.ones(size), np.zeros(size), np.zeros(size), nobody, nobody)
    measure = partial(drawn_area_m2, crs=crs)
    mine, other = _contested(shapes, row, _precedence(shares, ids), claims, measure)
    in_use = shares.on_day[other] <= 0.0
    involved, whole = np.unique(mine), np.ones(size)
    total = np.full(size, np.nan)
    total[involved] = measure(shape[involved])
    shape = subtract(shape, mine[in_use], shapes, other[in_use])
    after_use, after_all = whole.copy(), whole.copy()
    after_use[involved] = settle(np.nan_to_num(measure(shape[involved])), total[involved])
    shape = subtract(shape, mine[~in_use], shapes, other[~in_use])
    after_all[involved] = settle(np.nan_to_num(measure(shape[involved])), total[involved])
    shape[after_all == 0.0] = None
    return Ground(
        row=row,
        shape=shape,
        share=after_all,
        lost_in_use=whole - after_use,
        lost_retired=after_use - after_all,
        in_use=_names(mine[in_use], other[in_use], ids, size),
        retired=_names(mine[~in_use], other[~in_use], ids, size),
    )


def pieces_of(ground: Ground, units: Units, counties: pd.Series | None) -> pd.DataFrame:
    """Cut the land at the borders of the units.

    Args:
        ground: in the CRS of the units.
        units: those that the balance speaks of, at whatever level; a piece of land is in one unit of each level.
        counties: without a layer of units, the unit id of every area by its record (None: unknown).

    Returns:
        ``row`` (of the areas), ``unit_id`` (``unassigned`` for land outside every unit, and for land without a
        polygon), ``share`` of the whole area, ``geometry``.
    """
    if counties is not None:
        return _by_record(ground, units, counties)
    cuts = split_by_units(ground.shape, units.shapes, units.crs) if units.crs is not None else _no_cuts()
    place = cuts["area"].to_numpy(dtype="int64")
    inside = pd.DataFrame(
        {
            "row": ground.row[place],
            "unit_id": units.table["unit_id"].to_numpy(dtype=object)[cuts["cover"].to_numpy(dtype="int64")],
            "share": ground.share[place] * cuts["share"].to_numpy(dtype="float64"),
            "geometry": cuts["geometry"].to_numpy(dtype=object),
        }
    )
    return pd.concat([inside, _outside(ground, units, cuts)], ignore_index=True)


def _outside(ground: Ground, units: Units, cuts: pd.DataFrame) -> pd.DataFrame:
    """Land in none of the units."""
    whole = np.zeros(len(ground.row), dtype=bool)
    whole[cuts.loc[cuts["share"] == 1.0, "area"].to_numpy(dtype="int64")] = True
    rest = np.flatnonzero(~whole & (ground.share > 0))
    left = ground.shape[rest].copy()
    share = np.ones(len(rest))
    partly = cuts[~whole[cuts["area"].to_numpy(dtype="int64")]]
    if len(partly):
        position = np.searchsorted(rest, partly["area"].to_numpy(dtype="int64"))
        left = subtract(left, position, partly["geometry"].to_numpy(dtype=object), np.arange(len(partly)))
        cut = np.unique(position)
        measure = partial(drawn_area_m2, crs=units.crs)
        share[cut] = settle(np.nan_to_num(measure(left[cut])), measure(ground.shape[rest[cut]]))
    keep = share > 0
    return pd.DataFrame(
        {
            "row": ground.row[rest[keep]],
            "unit_id": UNASSIGNED,
            "share": ground.share[rest[keep]] * share[keep],
            "geometry": left[keep],
        }
    )


def _by_record(ground: Ground, units: Units, counties: pd.Series) -> pd.DataFrame:
    """Whole areas in the unit that their record names, and in the units above it."""
    known = set(units.table["unit_id"])
    line = {
        unit_id: [unit for unit in (unit_id, *units.ancestors(unit_id)) if unit in known]
        for unit_id in counties.dropna().unique()
    }
    lists = counties.iloc[ground.row].map(line)
    of = [found if isinstance(found, list) and found else [UNASSIGNED] for found in lists]
    table = pd.DataFrame({"row": ground.row, "unit_id": of, "share": ground.share, "geometry": ground.shape})
    return table[table["share"] > 0].explode("unit_id", ignore_index=True)


def _precedence(shares: LandShares, ids: np.ndarray) -> np.ndarray:
    """Rank of every area: of two that overlap, the land is the lower one's."""
    by_id = np.unique(ids.astype(str), return_inverse=True)[1]
    order = np.lexsort((by_id, -shares.before, shares.on_day, shares.net.round(12)))
    rank = np.empty(len(ids), dtype="int64")
    rank[order] = np.arange(len(ids))
    return rank


def _contested(
    shapes: np.ndarray, row: np.ndarray, rank: np.ndarray, claims: np.ndarray, measure
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (position in ``row``, other area): land of the first that belongs to the second; slivers are no land."""
    claimants = np.flatnonzero(claims)
    tree = shapely.STRtree(shapes[claimants])
    mine, other = tree.query(shapes[row], predicate="intersects")
    other = claimants[other]
    first = rank[other] < rank[row[mine]]
    mine, other = mine[first], other[first]
    if not len(mine):
        return mine, other
    common = polygons_only(shapely.intersection(shapes[row[mine]], shapes[other]))
    distinct, of = np.unique(mine, return_inverse=True)
    real = settle(np.nan_to_num(measure(common)), measure(shapes[row[distinct]])[of]) > 0
    return mine[real], other[real]


def _names(mine: np.ndarray, other: np.ndarray, ids: np.ndarray, size: int) -> list[list[str]]:
    names: list[list[str]] = [[] for _ in range(size)]
    for place, name in zip(mine, ids[other], strict=True):
        names[place].append(str(name))
    return [sorted(found) for found in names]


def _no_cuts() -> pd.DataFrame:
    return pd.DataFrame({"area": [], "cover": [], "share": [], "geometry": []}, dtype=object)
