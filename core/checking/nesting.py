"""Units that do not lie in the unit above them."""

from __future__ import annotations

import numpy as np
import shapely

from ..overlay.areas import drawn_area_m2
from ..problems import Problems
from .given import Given, flagged

OUTSIDE_SHARE = 0.01
"""Borders of two levels are drawn apart: up to this share of a unit may lie outside the one above."""

RANK = {
    "region": 0,
    "prefecture": 1,
    "division": 1,
    "county": 2,
    "regiment": 3,
    "township": 3,
    "village": 4,
}
"""Order of the levels; basins and management units cross it."""


def nested(given: Given, role: str) -> Problems:
    """Units partly outside the unit above, and units whose unit above is of no higher level."""
    frame, shapes, crs = given.frame(role), given.polygons(role)[0], given.crs(role)
    in_force = given.in_force(role)
    row_of = {key: row for row, key in enumerate(given.keys(role)) if in_force[row]}
    above = np.array([row_of.get(parent, -1) for parent in frame["parent_id"]], dtype="int64")
    asked = in_force & (above >= 0)
    rank = frame["level"].map(RANK).to_numpy(dtype="float64", na_value=np.nan)
    with np.errstate(invalid="ignore"):
        wrong_level = asked & (rank[above] >= rank)
    share = np.full(len(frame), np.nan)
    drawn = np.flatnonzero(asked & ~shapely.is_missing(shapes) & ~shapely.is_missing(shapes[above]))
    share[drawn] = outside_share(shapes[drawn], shapes[above[drawn]], crs)
    with np.errstate(invalid="ignore"):
        outside = ~wrong_level & (share > OUTSIDE_SHARE)
    where = np.flatnonzero(wrong_level | outside)
    names = frame["name"].fillna(frame["unit_id"]).to_numpy(dtype=object)
    levels = frame["level"].to_numpy(dtype=object)
    return flagged(
        given,
        "polygons.nesting",
        role,
        where,
        severity=np.where(wrong_level[where], "error", "warning"),
        message_key=np.where(
            wrong_level[where], "checking.polygons.wrong_level", "checking.polygons.not_nested"
        ),
        remedy_key="checking.remedy.nesting",
        not_checked=~asked | (np.isnan(share) & np.isnan(rank)),
        why_key="checking.why.no_parent",
        field="parent_id",
        found=frame["parent_id"].iloc[where].to_list(),
        other_id=given.ids(role)[above[where]],
        values={
            "percent": np.round(100 * share[where], 2).tolist(),
            "name": names[where],
            "above": names[above[where]],
            "levels": [f"{levels[row]} / {levels[above[row]]}" for row in where],
        },
    )


def outside_share(inner: np.ndarray, outer: np.ndarray, crs: object) -> np.ndarray:
    """Share of each inner polygon that lies outside the outer one beside it."""
    share = np.zeros(len(inner))
    apart = np.flatnonzero(~shapely.covered_by(inner, outer)) if len(inner) else np.empty(0, dtype="int64")
    left = drawn_area_m2(shapely.difference(inner[apart], outer[apart]), crs)
    share[apart] = np.nan_to_num(left) / drawn_area_m2(inner[apart], crs)
    return share
