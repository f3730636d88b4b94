"""Units of the layer and of the policy as one set, under the policy's ids where it knows the unit."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...overlay.editions import row_ids
from ...overlay.zones import texts
from ...policy import Policy
from ...schema import normal_name

COLUMNS = ("unit_id", "name", "level", "parent_id", "flags")


class UnitBook:
    """Who is who among the units.

    Args:
        frame: canonical units, or None.
        policy: its units, and their names and aliases.

    Attributes:
        table: columns ``COLUMNS``, one row per unit; empty text where not known.
    """

    def __init__(self, frame: pd.DataFrame | None, policy: Policy) -> None:
        self._policy = policy
        frame = pd.DataFrame() if frame is None else frame
        ids, names, levels = row_ids(frame, "unit_id"), texts(frame, "name"), texts(frame, "level")
        parents, flags = texts(frame, "parent_id"), texts(frame, "flags")
        self._level_of_row = levels
        own = [self._known(one, name, level) for one, name, level in zip(ids, names, levels, strict=True)]
        self._key_of_row = np.array(own, dtype=object)
        self._by_id = dict(zip(ids, own, strict=True))
        self._by_name: dict[str, str | None] = {}
        for name, key in zip(names, own, strict=True):
            if name is not None:
                known = self._by_name.setdefault(normal_name(name), key)
                self._by_name[normal_name(name)] = key if known == key else None
        self.table = self._table(own, names, levels, parents, flags)
        self._parent = dict(zip(self.table["unit_id"], self.table["parent_id"], strict=True))
        self._level = dict(zip(self.table["unit_id"], self.table["level"], strict=True))
        self._name = dict(zip(self.table["unit_id"], self.table["name"], strict=True))

    def _known(self, unit: str, name: str | None, level: str | None) -> str:
        """The policy's id of a unit of the layer, its own where the policy does not know it at its level."""
        for text in (unit, name):
            found = self._policy.resolve_unit(text) if text else None
            if found is not None and (level is None or self._policy.unit(found).level == level):
                return found
        return unit

    def _table(self, own, names, levels, parents, flags) -> pd.DataFrame:
        layer = pd.DataFrame(
            {
                "unit_id": own,
                "name": names,
                "level": levels,
                "parent_id": [self.key([p])[0] if p else "" for p in parents],
                "flags": flags,
            },
            dtype=object,
        )
        told = pd.DataFrame(
            [(u.id, u.name, u.level, u.parent_id, "") for u in self._policy.units], columns=list(COLUMNS)
        )
        both = pd.concat([layer, told], ignore_index=True).fillna("")
        first = both.groupby("unit_id", sort=False).agg(lambda column: next((x for x in column if x), ""))
        return first.reset_index()[list(COLUMNS)]

    def key(self, names: Iterable) -> np.ndarray:
        """Unit id that each code, name or alias means; a text that means none stays, empty becomes ""."""
        column = pd.Series(np.asarray(names, dtype=object), dtype=object)
        known = {text: self._key(text) for text in column.dropna().unique()}
        return column.map(known).fillna("").to_numpy(dtype=object)

    def _key(self, text: object) -> str:
        text = str(text)
        if text in self._by_id:
            return self._by_id[text]
        by_name = self._by_name.get(normal_name(text))
        return by_name or self._policy.resolve_unit(text) or text

    def name(self, unit_id: str) -> str:
        """The name of a unit, or its id."""
        return self._name.get(unit_id) or unit_id

    def level(self, unit_id: str) -> str:
        """The level of a unit, "" where not known."""
        return self._level.get(unit_id, "")

    def ancestors(self, unit_id: str) -> tuple[str, ...]:
        """The unit and what it lies in, innermost first."""
        found: list[str] = []
        while unit_id and unit_id not in found:
            found.append(unit_id)
            unit_id = self._parent.get(unit_id, "")
        return tuple(found)

    def covered(self, unit_id: str) -> bool:
        """Whether the policy applies in the unit; a unit nobody knows counts as not covered."""
        return any(self._policy.covers(one) for one in self.ancestors(unit_id))

    def children(self, unit_id: str, level: str) -> tuple[str, ...]:
        """Units of a level within a unit, sorted."""
        rows = self.table[self.table["level"] == level]["unit_id"]
        return tuple(sorted(one for one in rows if unit_id in self.ancestors(one)))

    def covering(self, level: str, hits: pd.DataFrame, size: int) -> np.ndarray:
        """The unit of a level over each point, the smallest id of several; "" where none.

        Args:
            hits: ``point`` and ``unit`` row numbers, as ``Placement.unit_hits``.
        """
        found = np.full(size, "", dtype=object)
        if not len(hits):
            return found
        unit = hits["unit"].to_numpy()
        key = self._key_of_row[unit]
        above = {
            one: next((a for a in self.ancestors(one) if self.level(a) == level), "")
            for one in pd.unique(key)
        }
        reached = pd.Series(key).map(above).to_numpy(dtype=object)
        pairs = pd.DataFrame({"point": hits["point"].to_numpy(), "unit": reached})
        first = pairs[pairs["unit"] != ""].groupby("point")["unit"].min()
        found[first.index.to_numpy(dtype=np.int64)] = first.to_numpy()
        return found
