"""Points outside the county or township that their row names."""

from __future__ import annotations

import difflib

import numpy as np
import pandas as pd
import shapely

from ..overlay.distance import Edges, nearest_edge
from ..overlay.geodesy import Surface
from ..overlay.polygons import covering_pairs
from ..overlay.units import Units
from ..problems import Problems, concat_problems
from ..schema import normal_name
from .given import Given, counted, flagged

BORDER_M = 50.0
"""Borders of counties and townships are drawn at 1:50 000 to 1:10 000, so points this near to one are only noted."""

FARTHEST_M = 1_000_000.0
"""How far a recorded unit is looked for; no Chinese prefecture is wider."""

_NO_ROWS = np.empty(0, dtype="int64")


def county(given: Given, role: str) -> Problems:
    """Points outside their recorded county."""
    return _recorded(given, role, "county")


def township(given: Given, role: str) -> Problems:
    """Points outside their recorded township."""
    return _recorded(given, role, "township")


class Gazetteer:
    """Units of one level by code, name and alias.

    Attributes:
        unit: for each row of the layer the unit of the level that it belongs to; None for none.
    """

    def __init__(self, given: Given, level: str) -> None:
        frame, policy = given.frame("units"), given.policy
        units = Units(frame, policy)
        self.names, self._policy = units.names, policy
        at_level = [kind == level for kind in units.level]
        rows = np.flatnonzero(given.in_force("units"))
        self.unit = np.full(len(frame), None, dtype=object)
        if any(at_level):
            self.unit[rows] = [units.ids[row] if at_level[row] else None for row in rows]
        else:
            self.unit[rows] = [units.ancestor(row, level) for row in rows]
        self._by_name: dict[str, set[str]] = {}
        for unit in {one for one in self.unit if one is not None}:
            for text in (unit, self.names.get(unit, unit)):
                self._by_name.setdefault(normal_name(text), set()).add(unit)
                meant = policy.resolve_unit(text) if policy is not None else None
                if meant is not None and policy is not None and policy.unit(meant).level == level:
                    self._by_name.setdefault(f"policy {meant}", set()).add(unit)

    def __bool__(self) -> bool:
        return bool(self._by_name)

    def means(self, recorded: str) -> set[str]:
        """Units of the level that a recorded text means; several townships may share a name."""
        found = self._by_name.get(normal_name(recorded))
        if found is None and self._policy is not None:
            found = self._by_name.get(f"policy {self._policy.resolve_unit(recorded)}")
        return found or set()

    def similar(self, recorded: str) -> str:
        """Names of units that look like a recorded text."""
        known = sorted({self.names.get(unit, unit) for unit in self.unit if unit is not None})
        return ", ".join(difflib.get_close_matches(recorded, known, n=3, cutoff=0.5))


def _recorded(given: Given, role: str, level: str) -> Problems:
    check, recorded = f"positions.{level}", given.frame(role)[level]
    gazetteer = Gazetteer(given, level)
    if not gazetteer:
        return counted(check, role, n_not_checked=len(recorded), why_key="checking.why.no_level")
    meant = {text: gazetteer.means(text) for text in recorded.dropna().unique()}
    points = given.points(role)
    point, unit_row = covering_pairs(points, given.units())
    hit = pd.DataFrame({"point": point, "unit": gazetteer.unit[unit_row]}).dropna()
    hit["recorded"] = recorded.to_numpy(dtype=object)[hit["point"]]
    inside = [unit in meant.get(text, ()) for unit, text in zip(hit["unit"], hit["recorded"], strict=True)]
    is_inside = np.zeros(len(recorded), dtype=bool)
    is_inside[hit["point"].to_numpy(dtype="int64")[np.array(inside, dtype=bool)]] = True
    known = recorded.map({text: bool(units) for text, units in meant.items()})
    unknown = np.flatnonzero(recorded.notna() & ~known.eq(True))
    where = np.flatnonzero(known.eq(True) & points.ok & ~is_inside)
    blank = recorded.isna().to_numpy() | ~points.ok
    blank[unknown] = False
    outside = _outside(given, role, level, where, gazetteer, meant, hit, blank | known.eq(False).to_numpy())
    return _together(check, role, len(recorded), outside, _unknown(given, role, level, unknown, gazetteer))


def _outside(
    given: Given,
    role: str,
    level: str,
    where: np.ndarray,
    gazetteer: Gazetteer,
    meant: dict[str, set[str]],
    hit: pd.DataFrame,
    not_checked: np.ndarray,
) -> Problems:
    recorded = given.frame(role)[level].to_numpy(dtype=object)[where]
    falls = hit.drop_duplicates("point").set_index("point")["unit"].reindex(where).to_numpy(dtype=object)
    metres = _distances(given, role, where, recorded, gazetteer, meant)
    named = [gazetteer.names.get(unit, unit) if isinstance(unit, str) else "" for unit in falls]
    nowhere = np.array([not name for name in named], dtype=bool)
    return flagged(
        given,
        f"positions.{level}",
        role,
        where,
        severity=np.where(metres <= BORDER_M, "note", "warning"),
        message_key=np.where(nowhere, "checking.positions.recorded_nowhere", "checking.positions.recorded"),
        remedy_key="checking.remedy.recorded",
        not_checked=not_checked,
        why_key="checking.why.no_place_or_name",
        field=level,
        found=recorded,
        expected=named,
        distance_m=np.round(metres, 1),
        other_id=[unit if isinstance(unit, str) else "" for unit in falls],
    )


def _distances(
    given: Given,
    role: str,
    where: np.ndarray,
    recorded: np.ndarray,
    gazetteer: Gazetteer,
    meant: dict[str, set[str]],
) -> np.ndarray:
    """Metres from each point to the unit that its row names, one unit at a time so that no pairs pile up."""
    shapes, crs = given.units().shapes, given.crs("units")
    xy = given.points(role).coordinates(crs)[where]
    metres = np.full(len(where), np.nan)
    drawn = pd.Series(gazetteer.unit).where(~shapely.is_missing(shapes))
    rows_of = drawn.groupby(drawn).indices
    for text, rows in pd.Series(recorded).groupby(recorded).indices.items():
        edges = Edges.of(shapes[np.concatenate([rows_of.get(unit, _NO_ROWS) for unit in meant[text]])])
        metres[rows] = nearest_edge(xy[rows], edges, Surface.of(crs), FARTHEST_M)
    return metres


def _unknown(given: Given, role: str, level: str, where: np.ndarray, gazetteer: Gazetteer) -> Problems:
    """Names that no unit of the level has."""
    recorded = given.frame(role)[level].to_numpy(dtype=object)[where]
    similar = {text: gazetteer.similar(text) for text in dict.fromkeys(recorded)}
    return flagged(
        given,
        f"positions.{level}",
        role,
        where,
        severity="warning",
        message_key="checking.positions.unit_unknown",
        remedy_key="checking.remedy.unit_unknown",
        field=level,
        found=recorded,
        expected=[similar[text] for text in recorded],
    )


def _together(check: str, role: str, n_rows: int, outside: Problems, unknown: Problems) -> Problems:
    """Two kinds of problem of one check, counted together; a row has at most one of them."""
    n_unknown = int(unknown.counts["n_problem"].sum())
    n_problem = int(outside.counts["n_problem"].sum()) + n_unknown
    left = int(outside.counts["n_not_checked"].sum()) - n_unknown
    why = "checking.why.no_place_or_name" if left else ""
    counts = counted(check, role, n_rows - n_problem - left, n_problem, left, why)
    rows = concat_problems([outside, unknown]).rows
    return Problems(rows, counts.counts)
