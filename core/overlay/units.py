"""County, township, regiment and basin of each point: by its place, or by the recorded name without a map."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..policy import Policy
from ..schema import normal_name
from .editions import row_ids
from .zones import texts

_BELOW = {"county": ("township", "village"), "township": ("village",)}
"""Levels from which a missing level can be told by ``parent_id``."""

_PARENT_LEVEL = {"village": "township", "township": "county"}
"""What the parent of a unit is, when neither the layer nor the policy holds it."""


class Units:
    """The units layer as a gazetteer.

    Args:
        frame: canonical units, or None.
        policy: adds names and aliases of its own units, or None.

    Attributes:
        ids, level: per row.
        names: name by unit id, of the layer first, then of the policy.
    """

    def __init__(self, frame: pd.DataFrame | None, policy: Policy | None) -> None:
        frame = pd.DataFrame() if frame is None else frame
        self.ids = row_ids(frame, "unit_id")
        self.level = texts(frame, "level")
        self._parent = texts(frame, "parent_id")
        own_names = texts(frame, "name")
        self._policy = policy
        self._row = {unit: row for row, unit in reversed(list(enumerate(self.ids)))}
        told = {unit.id: unit.name for unit in policy.units} if policy is not None else {}
        told.update((unit, name) for unit, name in zip(self.ids, own_names, strict=True) if name is not None)
        self.names: dict[str, str] = told

    def knows(self, level: str) -> bool:
        """Whether the layer can tell this level: it has such units, or lower ones with a parent."""
        if (self.level == level).any():
            return True
        below = np.isin(self.level.astype(str), _BELOW.get(level, ()))
        return any(self.ancestor(row, level) is not None for row in np.flatnonzero(below))

    def ancestor(self, row: int, level: str) -> str | None:
        """The unit of a level in which the unit of a row lies, through ``parent_id``; None if that cannot be told."""
        seen: set[str] = set()
        unit, kind, parent = self.ids[row], self.level[row], self._parent[row]
        while kind != level:
            if parent is None or parent in seen:
                return None
            seen.add(parent)
            above = _PARENT_LEVEL.get(kind)
            unit, kind, parent = parent, *self._about(parent, above)
        return unit

    def _about(self, unit: str, otherwise: str | None) -> tuple[str | None, str | None]:
        """Level and parent of a unit: from the layer, else from the policy, else as the level below implies."""
        if unit in self._row:
            row = self._row[unit]
            return self.level[row], self._parent[row]
        for known in self._policy.units if self._policy is not None else ():
            if known.id == unit:
                return known.level, known.parent_id or None
        return otherwise, None

    def same(self, recorded: Iterable[str | None], unit: Iterable[str | None]) -> np.ndarray:
        """Whether each recorded text means the unit beside it, by code, name or an alias of the policy.

        Pairs with an empty side are False.
        """
        pairs = pd.DataFrame({"recorded": list(recorded), "unit": list(unit)}, dtype=object)
        known = pairs.dropna().drop_duplicates()
        answer = [self._means(text, one) for text, one in known.itertuples(index=False)]
        told = pairs.merge(known.assign(same=answer), how="left")["same"].to_numpy(dtype=object)
        return np.equal(told, True).astype(bool)

    def _means(self, recorded: str, unit: str) -> bool:
        wanted = normal_name(recorded)
        if wanted in (normal_name(unit), normal_name(self.names.get(unit, unit))):
            return True
        if self._policy is None:
            return False
        meant = self._policy.resolve_unit(recorded)
        if meant is None or not self._at_level_of(unit, meant):
            return False
        name = self.names.get(unit)
        return meant == unit or meant == self._policy.resolve_unit(unit if name is None else name)

    def _at_level_of(self, unit: str, meant: str) -> bool:
        """A township's longer code also leads to its county: the level must be the same."""
        row = self._row.get(unit)
        return row is None or self.level[row] == _level_in(self._policy, meant)

    def of_points(self, level: str, point: np.ndarray, unit: np.ndarray, recorded: np.ndarray) -> np.ndarray:
        """The unit of a level for each point.

        Args:
            level: ``county``, ``township``, ``regiment`` or ``basin``.
            point, unit: pairs of point row and covering unit row.
            recorded: recorded name per point (None where empty); among several hits the recorded one wins, else the
                smallest id.

        Returns:
            Unit id per point, None for a point in none. A point that no unit of the level covers takes the one above
            the lower units that do.
        """
        at_level = (self.level == level)[unit]
        chosen = self._choose(point[at_level], self.ids, unit[at_level], recorded)
        below = np.isin(self.level.astype(str), _BELOW.get(level, ()))[unit]
        below &= np.equal(chosen, None)[point]
        if below.any():
            above = np.full(len(self.ids), None, dtype=object)
            for row in np.unique(unit[below]):
                above[row] = self.ancestor(row, level)
            below &= ~np.equal(above, None)[unit]
            chained = self._choose(point[below], above, unit[below], recorded)
            chosen = np.where(np.equal(chosen, None), chained, chosen)
        return chosen

    def _choose(
        self, point: np.ndarray, names: np.ndarray, row: np.ndarray, recorded: np.ndarray
    ) -> np.ndarray:
        """One of the names of the rows that each point is paired with: the recorded one, else the smallest."""
        chosen = np.full(len(recorded), None, dtype=object)
        count = np.bincount(point, minlength=len(recorded))[point]
        chosen[point[count == 1]] = names[row[count == 1]]
        point, unit = point[count > 1], names[row[count > 1]]
        if len(point):
            by_name = self.same(recorded[point], unit)
            order = np.lexsort((unit.astype(str), ~by_name, point))
            first = order[np.r_[True, point[order][1:] != point[order][:-1]]]
            chosen[point[first]] = unit[first]
        return chosen


def by_record(recorded: np.ndarray, level: str, policy: Policy | None) -> np.ndarray:
    """Unit of the policy that each recorded text means, if it is of this level; None otherwise."""
    if policy is None:
        return np.full(len(recorded), None, dtype=object)
    column = pd.Series(recorded, dtype=object)
    known = {}
    for text in column.dropna().unique():
        unit = policy.resolve_unit(text)
        known[text] = unit if unit is not None and _level_in(policy, unit) == level else None
    found = column.map(known).astype(object)
    return found.where(found.notna(), None).to_numpy(dtype=object)


def _level_in(policy: Policy | None, unit: str) -> str | None:
    return None if policy is None else policy.unit(unit).level
