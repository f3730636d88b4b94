"""Why a renewal gets no wells: the reason, what is missing, and the nearest wells that may not be taken."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from ..pairing.offers import distance_m, through_earth

NEAREST = 3
"""Wells that are named with the reason why they may not be taken."""


def nearest_ineligible(
    asked: pd.DataFrame, wells: pd.DataFrame, renewals: Iterable[int], reach_m: float | None
) -> pd.DataFrame:
    """The wells nearest to each of some renewals that are not on offer to it.

    Args:
        asked: the renewals; wells: every well of the register, with ``reason``.
        renewals: rows of ``asked``.

    Returns:
        ``row`` (of ``asked``), ``well_id``, ``distance_m``, ``reason``: why the well is no candidate at all, else
        ``other_pool``, ``too_far`` or ``named_elsewhere``. By row, then by distance.
    """
    xy = wells[["lon", "lat"]].to_numpy()
    drilled = (wells["reason"] != "proposed").to_numpy()
    known = np.flatnonzero(np.isfinite(xy).all(axis=1) & drilled)
    rows = [row for row in renewals if np.isfinite(asked.loc[row, ["lon", "lat"]].to_numpy("float64")).all()]
    if not len(known) or not rows:
        return pd.DataFrame(columns=["row", "well_id", "distance_m", "reason"])
    tree = cKDTree(through_earth(xy[known]))
    found = [_nearest(asked.loc[row], row, wells, known, tree, reach_m) for row in rows]
    return pd.concat(found, ignore_index=True)


def _nearest(
    renewal: pd.Series, row: int, wells: pd.DataFrame, known: np.ndarray, tree: cKDTree, reach_m: float | None
) -> pd.DataFrame:
    """Ask for more and more neighbours until enough of them are not on offer."""
    here = np.array([[renewal["lon"], renewal["lat"]]], dtype="float64")
    count = 4 * NEAREST
    while True:
        count = min(count, len(known))
        place = known[np.atleast_1d(tree.query(through_earth(here)[0], k=count)[1])]
        near = wells.iloc[place]
        metres = distance_m(np.repeat(here, len(place), axis=0), near[["lon", "lat"]].to_numpy())
        reason = barred_for(renewal, near, place, metres, reach_m)
        barred = np.flatnonzero(reason != "")
        if len(barred) >= NEAREST or count == len(known):
            first = barred[np.argsort(metres[barred], kind="stable")][:NEAREST]
            return pd.DataFrame(
                {
                    "row": row,
                    "well_id": near["retired_id"].to_numpy()[first],
                    "distance_m": metres[first],
                    "reason": reason[first],
                }
            )
        count *= 4


def barred_for(
    renewal: pd.Series, near: pd.DataFrame, place: np.ndarray, metres: np.ndarray, reach_m: float | None
) -> np.ndarray:
    """Why wells (rows ``place`` of the register, ``metres`` away) are not on offer to a renewal; empty where one is."""
    reason = near["reason"].to_numpy(dtype=object).copy()
    free = reason == ""
    reason[free & near["only_named"].to_numpy() & (place != renewal["replaced"])] = "named_elsewhere"
    if reach_m is not None:
        reason[(reason == "") & (metres > reach_m)] = "too_far"
    reason[free & (near["pool"] != renewal["pool"]).to_numpy()] = "other_pool"
    return reason
