"""Which points of the register lie in areas of another layer: other sources of water, protection areas."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from ...overlay.editions import Editions, row_ids
from ...overlay.layers import Layer
from ...overlay.points import Points
from ...overlay.polygons import Polygons
from ...schema import register_schema

if TYPE_CHECKING:
    from ..scene import Scene


@dataclass(frozen=True)
class Cover:
    """What covers each point.

    Attributes:
        known: the point has a usable place (bool).
        inside: an area of one of the kinds asked for covers it, its edge included (bool).
        perhaps: only an area without a recorded kind covers it (bool).
        kinds: list per point of the kinds that cover it, sorted; None where none does.
        ids: list per point of the ids of the areas that cover it, sorted; None where none does.
    """

    known: np.ndarray
    inside: np.ndarray
    perhaps: np.ndarray
    kinds: np.ndarray
    ids: np.ndarray


def cover(scene: Scene, role: str, areas: str, kinds: Collection[str] | None = None) -> Cover:
    """Lay the points of ``role`` over the areas of another role in force on the day of the scene.

    Args:
        kinds: only areas of these kinds; None takes all.
    """
    points, layer = scene.frame(role), scene.frame(areas)
    size = len(points)
    known = scene.place(role).frame["placed"].to_numpy(dtype=bool)
    pairs = _pairs(scene, points, layer, areas)
    kind = layer["kind"]
    stated = kind.notna() if kinds is None else kind.isin(list(kinds))
    asked = stated | kind.isna()
    pairs = pairs[known[pairs["point"].to_numpy()] & asked.to_numpy()[pairs["row"].to_numpy()]]
    certain = pairs[stated.to_numpy()[pairs["row"].to_numpy()]]
    inside = np.isin(np.arange(size), certain["point"].to_numpy())
    anyhow = np.isin(np.arange(size), pairs["point"].to_numpy())
    return Cover(
        known=known,
        inside=inside,
        perhaps=anyhow & ~inside,
        kinds=_lists(certain["point"], kind.to_numpy()[certain["row"].to_numpy()], size),
        ids=_lists(pairs["point"], layer["row_id"].to_numpy()[pairs["row"].to_numpy()], size),
    )


def covered_on(scene: Scene, role: str, areas: str, days: np.ndarray) -> np.ndarray:
    """Which points of ``role`` an area of another role, in force on a day of their own, covers, its edge included.

    Args:
        days: datetime64, one for each point; NaT: covered by none.
    """
    points, layer = scene.frame(role), scene.frame(areas)
    pairs = _pairs(scene, points, layer, areas, ever=True)
    pairs = pairs[scene.place(role).frame["placed"].to_numpy(dtype=bool)[pairs["point"].to_numpy()]]
    pairs = pairs[~np.isnat(days[pairs["point"].to_numpy()])]
    point, row = pairs["point"].to_numpy(), pairs["row"].to_numpy()
    key = register_schema().roles[areas].key[0]
    inside = Editions(layer, row_ids(layer, key)).in_force(row, days[point])
    return np.isin(np.arange(len(points)), point[inside])


def _pairs(
    scene: Scene, points: pd.DataFrame, layer: pd.DataFrame, areas: str, ever: bool = False
) -> pd.DataFrame:
    """Point and covering row of the edition in force, or of any edition."""
    nothing = np.array([], dtype=np.int64)
    if not len(points) or not len(layer):
        return pd.DataFrame({"point": nothing, "row": nothing})
    polygons = Polygons.of(layer, areas)
    if shapely.is_missing(polygons.shapes).all():
        return pd.DataFrame({"point": nothing, "row": nothing})
    key = register_schema().roles[areas].key[0]
    shapes = Layer.of(layer, polygons, key, scene.today)
    point, row = shapes.covering_ever(Points(points)) if ever else shapes.covering(Points(points))
    return pd.DataFrame({"point": point, "row": row})


def _lists(point: pd.Series, values: np.ndarray, size: int) -> np.ndarray:
    """Sorted distinct values per point."""
    lists = np.full(size, None, dtype=object)
    told = (
        pd.DataFrame({"point": point.to_numpy(), "value": values.astype(object)}).dropna().drop_duplicates()
    )
    for where, found in told.sort_values(["point", "value"]).groupby("point")["value"].agg(list).items():
        lists[where] = found
    return lists
