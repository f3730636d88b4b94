"""How green the irrigated areas around each retired one are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ...coordinates.plane import on_plane
from ...coordinates.systems import CGCS2000
from ...overlay.areas import reproject

LOWER = 0.25
COLUMNS = ("n_neighbours", "neighbour_quartile", "neighbour_median", "neighbour_largest")


def pairs_within(
    shapes: np.ndarray, others: np.ndarray, crs: CRS, distance_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (position in ``shapes``, position in ``others``) of polygons at most so far apart, edge to edge.

    Metres on a transverse Mercator plane around the middle of ``shapes``, true to 1e-4 within 90 km; a local
    engineering system is a plane of its own.
    """
    both = np.r_[shapes, others]
    if crs.geodetic_crs is None:
        return _pairs(both[: len(shapes)], both[len(shapes) :], distance_m)
    both = reproject(both, crs, CRS.from_user_input(CGCS2000))
    bounds = shapely.total_bounds(both[: len(shapes)])
    if not np.isfinite(bounds).all():
        return np.empty(0, dtype="int64"), np.empty(0, dtype="int64")
    flat = on_plane(both, (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    return _pairs(flat[: len(shapes)], flat[len(shapes) :], distance_m)


def _pairs(shapes: np.ndarray, others: np.ndarray, distance: float) -> tuple[np.ndarray, np.ndarray]:
    own, other = shapely.STRtree(others).query(shapes, predicate="dwithin", distance=distance)
    return own, other


def neighbour_levels(
    pairs: tuple[np.ndarray, np.ndarray], measured: pd.DataFrame, n_areas: int, min_pixels: int
) -> pd.DataFrame:
    """Number, lower quartile, median and largest of the neighbours' means; quartiles between two neighbours are
    interpolated.

    Args:
        measured: of the irrigated areas, from :func:`.pixels.measure`; one with fewer pixels tells nothing.
    """
    own, other = pairs
    told = (measured["n_valid"].to_numpy() >= min_pixels)[other]
    means = pd.Series(measured["mean"].to_numpy()[other[told]]).groupby(own[told])
    found = pd.DataFrame(
        {
            "n_neighbours": means.size(),
            "neighbour_quartile": means.quantile(LOWER),
            "neighbour_median": means.median(),
            "neighbour_largest": means.max(),
        }
    ).reindex(pd.RangeIndex(n_areas))
    found["n_neighbours"] = found["n_neighbours"].fillna(0).astype("int64")
    return found
