"""Ids and places that occur twice, or that a spreadsheet has changed."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import shapely

from ..overlay.geodesy import Surface
from ..problems import Problems
from ..schema import normal_name
from .given import Given, flagged, listed, schema_of

COINCIDENT_M = 0.5
"""Two wells nearer than this are one hole: drilling rigs need metres."""

EXCEL_DIGITS = 15
"""Digits that a spreadsheet keeps of a number; the rest becomes zeros."""

_SCIENTIFIC = re.compile(r"[+-]?[0-9](\.[0-9]+)?[eE][+]?[0-9]{1,3}")
_FILLED = re.compile(r"#+|#(REF|N/A|VALUE|NAME\?|NUM!|DIV/0!)!?", re.IGNORECASE)


def alike(given: Given, role: str) -> Problems:
    """Ids that differ only by full and half width, letter case or spaces."""
    ids = given.frame(role)[schema_of(role).key[0]]
    told = ids.dropna()
    names = told.drop_duplicates()
    forms = names.map(normal_name)
    shared = forms.duplicated(keep=False)
    twins = names[shared].groupby(forms[shared]).agg(list)
    others = {name: [twin for twin in group if twin != name] for group in twins for name in group}
    where = np.flatnonzero(ids.isin(list(others)))
    found = ids.iloc[where]
    return flagged(
        given,
        "ids.alike",
        role,
        where,
        severity="warning",
        message_key="checking.ids.alike",
        remedy_key="checking.remedy.alike",
        not_checked=ids.isna(),
        why_key="checking.why.empty",
        field=schema_of(role).key[0],
        found=found.to_list(),
        other_id=[listed(others[name]) for name in found],
    )


def numbers(given: Given, role: str) -> Problems:
    """Ids that a spreadsheet has written as a number: 6.504E+11, trailing zeros beyond 15 digits, ####."""
    ids = given.frame(role)[schema_of(role).key[0]]
    names = ids.dropna().unique()
    spoilt = [
        name for name in names if _SCIENTIFIC.fullmatch(name) or _is_cut(name) or _FILLED.fullmatch(name)
    ]
    where = np.flatnonzero(ids.isin(spoilt))
    return flagged(
        given,
        "ids.number",
        role,
        where,
        severity="error",
        message_key="checking.ids.number",
        remedy_key="checking.remedy.number",
        not_checked=ids.isna(),
        why_key="checking.why.empty",
        field=schema_of(role).key[0],
        found=ids.iloc[where].to_list(),
    )


def coincident(given: Given, role: str) -> Problems:
    """Places that two rows share within ``COINCIDENT_M``; a well that replaces the other may stand there."""
    points = given.points(role)
    surface = Surface.of(given.crs(role))
    xy = points.coordinates(given.crs(role))
    rows = np.flatnonzero(points.ok & np.isfinite(xy).all(axis=1) & (xy != 0).any(axis=1))
    first, second, metres = _close_pairs(xy[rows], surface)
    first, second = rows[first], rows[second]
    apart = ~_replacing(given, role, first, second)
    first, second, metres = first[apart], second[apart], metres[apart]
    pairs = pd.DataFrame({"row": first, "other": second, "metres": metres})
    names = given.ids(role)
    by_row = pairs.groupby("row").agg(metres=("metres", "min"), others=("other", list))
    where = by_row.index.to_numpy(dtype="int64")
    keys = given.keys(role)
    same = [all(keys[other] == keys[row] for other in group) for row, group in by_row["others"].items()]
    return flagged(
        given,
        "ids.coincident",
        role,
        where,
        severity=np.where(same, "error", "warning"),
        message_key=np.where(same, "checking.ids.copied_place", "checking.ids.coincident"),
        remedy_key="checking.remedy.coincident",
        not_checked=~points.ok,
        why_key="checking.why.no_place",
        distance_m=by_row["metres"].round(2).to_list(),
        other_id=[listed(names[group]) for group in by_row["others"]],
        values={"limit": COINCIDENT_M},
    )


def _is_cut(name: str) -> bool:
    return len(name) > EXCEL_DIGITS and name.isdigit() and not int(name[EXCEL_DIGITS:])


def _close_pairs(xy: np.ndarray, surface: Surface) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both directions of all pairs within reach, and their distance. Rows of one place are compared once."""
    places, of = np.unique(xy, axis=0, return_inverse=True)
    of = of.reshape(-1)
    half = COINCIDENT_M * 1.01 * _per_metre(places, surface)
    tree = shapely.STRtree(shapely.points(places))
    left, right = tree.query(shapely.box(*(places - half).T, *(places + half).T))
    distance = surface.distance(places[left], places[right]) if len(left) else np.empty(0)
    near = (distance <= COINCIDENT_M) & (left != right)
    near_pairs = pd.DataFrame({"left": left[near], "right": right[near], "metres": distance[near]})
    rows = pd.DataFrame({"place": of, "row": np.arange(len(of))})
    crowd = rows[rows["place"].duplicated(keep=False)].sort_values(["place", "row"])
    parts = [
        near_pairs.merge(rows, left_on="left", right_on="place")[["row", "right", "metres"]].merge(
            rows, left_on="right", right_on="place", suffixes=("", "_other")
        )[["row", "row_other", "metres"]]
    ]
    parts.append(_neighbours(crowd))
    both = pd.concat(parts, ignore_index=True)
    return (
        both["row"].to_numpy(dtype="int64"),
        both["row_other"].to_numpy(dtype="int64"),
        both["metres"].to_numpy(dtype="float64"),
    )


def _neighbours(crowd: pd.DataFrame) -> pd.DataFrame:
    """Rows of one place: each with the next and the one before, so that a heap of n rows makes no n² pairs."""
    after, before = crowd.groupby("place")["row"].shift(-1), crowd.groupby("place")["row"].shift(1)
    parts = [
        pd.DataFrame({"row": crowd["row"], "row_other": other, "metres": 0.0})[other.notna().to_numpy()]
        for other in (before, after)
    ]
    return pd.concat(parts, ignore_index=True)


def _per_metre(xy: np.ndarray, surface: Surface) -> np.ndarray:
    """Units of x and y that one metre can span at each place."""
    if not len(xy):
        return np.empty((0, 2))
    metric = surface.metric(xy)
    (a, b), (c, d) = metric[:, 0].T, metric[:, 1].T
    # The rows of the inverse are (d, −b) and (−c, a), divided by the determinant.
    return np.column_stack([np.hypot(d, b), np.hypot(c, a)]) / np.abs(a * d - b * c)[:, None]


def _replacing(given: Given, role: str, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whether one of each pair says that it replaces the other."""
    frame = given.frame(role)
    if "replaces" not in frame.columns or not len(first):
        return np.zeros(len(first), dtype=bool)
    keys, replaces = given.keys(role), frame["replaces"].to_numpy(dtype=object)
    says = [
        keys[b] in (replaces[a] or "").split(";") or keys[a] in (replaces[b] or "").split(";")
        for a, b in zip(first, second, strict=True)
    ]
    return np.array(says, dtype=bool)
