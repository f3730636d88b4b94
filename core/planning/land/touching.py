"""Areas that touch, for compact plans."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ...overlay.areas import reproject
from .stock import LandStock


def touching_areas(stock: LandStock, planned: np.ndarray, distance_m: float = 0.0) -> pd.DataFrame:
    """Pairs of areas that share a piece of border, not only a corner; overlapping ones do.

    Args:
        planned: areas of the stock that the plan looks at, (n,) bool.
        distance_m: above 0, areas that are no farther apart than this touch: a road or a ditch may lie between them.

    Returns:
        ``area_id``, ``other_id``; pairs of land that is retired already are left out.
    """
    rows = np.flatnonzero(planned & ~shapely.is_missing(stock.land.shapes))
    shapes = stock.land.shapes[rows]
    if distance_m > 0:
        shapes = _in_metres(shapes, stock.land.pieces.crs)
        one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=distance_m)
    else:
        one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    retired = stock.areas["retired"].to_numpy(dtype=bool)[rows]
    pairs = (one < other) & ~(retired[one] & retired[other])
    one, other = one[pairs], other[pairs]
    if distance_m <= 0:
        # the length of a line, the perimeter of an overlap, 0 for a common corner
        beside = shapely.length(shapely.intersection(shapes[one], shapes[other])) > 0
        one, other = one[beside], other[beside]
    ids = stock.areas["area_id"].to_numpy(dtype=object)[rows]
    return pd.DataFrame({"area_id": ids[one], "other_id": ids[other]})


def _in_metres(shapes: np.ndarray, crs: CRS | None) -> np.ndarray:
    """On a transverse Mercator plane around the middle of the areas; a plane of its own stays as it is."""
    if crs is None or not (crs.is_geographic or crs.is_projected):
        return shapes
    degrees = reproject(shapes, crs, crs.geodetic_crs)
    left, bottom, right, top = shapely.total_bounds(degrees)
    middle = f"+lat_0={(bottom + top) / 2!r} +lon_0={(left + right) / 2!r}"
    plane = CRS.from_user_input(f"+proj=tmerc {middle} +k=1 +ellps=GRS80 +units=m +type=crs")
    return reproject(degrees, crs.geodetic_crs, plane)
