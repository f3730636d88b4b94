"""What the desk looks up before it records: rows as they are stored, and what happened to a subject when."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from ..casefile import CaseStore, Change
from ..casefile.layout import layouts
from ..intake import build_register
from ..register.facts import land_history, well_history

Row = dict[str, object]

KEYS = {"wells": "well_id", "irrigation": "area_id"}
_FACTS = {
    "wells": ("well_id", "status", "status_on", "stopped_on", "built_on", "commissioned_on"),
    "irrigation": ("area_id", "status", "retired_on", "restored_on"),
}


@dataclass(frozen=True)
class Fact:
    """One fact of a subject: ``state`` is that of a well after it, or the kind for land; day empty: not known."""

    day: str
    kind: str
    state: str
    event_id: str
    snapshot: bool


class View:
    """The case as it stands, with what was planned since.

    Args:
        whole: read each table once and keep it, for many acts; else ask for the rows of each act.
    """

    def __init__(self, store: CaseStore, whole: bool = False) -> None:
        self._store, self._whole = store, whole
        self._tables: dict[str, list[Row]] = {}
        self._indexes: dict[tuple[str, tuple[str, ...]], dict[tuple, list[Row]]] = {}
        self._facts: dict[str, dict[str, list[Fact]]] = {}
        self._touched: set[tuple[str, str]] = set()
        self._numbers: dict[tuple[str, str], int] = {}
        self._crs: dict[str, object] = {}
        self.files: dict[Path, str] = {}
        """SHA-256 of the evidence files that the acts will put beside the case, by path."""

    def find(self, table: str, **where: object) -> list[Row]:
        """The rows that hold these values."""
        if not self._whole:
            return self._records(table, **where)
        return list(self._index(table, tuple(sorted(where)))[tuple(where[name] for name in sorted(where))])

    def crs(self, table: str) -> object:
        """The coordinate system of a layer."""
        if table not in self._crs:
            self._records(table, **{KEYS.get(table, "application_id"): ""})
        return self._crs[table]

    def next_id(self, table: str, column: str, prefix: str) -> str:
        """The next free id ``<prefix>-0001``; one after the largest that there is."""
        key = (table, prefix)
        if key not in self._numbers:
            pattern = re.compile(re.escape(prefix) + r"-([0-9]{1,9})")
            rows = self._table(table) if self._whole else self._records(table)
            found = (pattern.fullmatch(str(row[column])) for row in rows)
            self._numbers[key] = max((int(match[1]) for match in found if match), default=0)
        self._numbers[key] += 1
        return f"{prefix}-{self._numbers[key]:04d}"

    def facts(self, role: str, subject: str) -> list[Fact]:
        """What happened to a well (its states) or an area (retired, restored), oldest first."""
        if not self._whole or (role, subject) in self._touched:
            rows = self.find(role, **{KEYS[role]: subject})
            events = self.find("events", subject_role=role, subject_id=subject)
            return _facts(role, rows, events).get(subject, [])
        if role not in self._facts:
            self._facts[role] = _facts(role, self._table(role), self._table("events"))
        return self._facts[role].get(subject, [])

    def add(self, changes: Iterable[Change]) -> None:
        """Let the next act see what an act has planned. Only a view that keeps its tables can."""
        for change in changes if self._whole else ():
            rows = self._table(change.table)
            old: Row = {}
            for row in self.find(change.table, **change.key):
                old = row
                rows.remove(row)
                self._reindex(change.table, row, None)
            if change.after is not None:
                new = {**old, **change.key, **change.after}
                kept = {item.name: None for item in layouts()[change.table].fields} | dict(new)
                rows.append(kept)
                self._reindex(change.table, None, kept)
            if change.table == "events":
                role, subject = (
                    (change.after or {}).get("subject_role"),
                    (change.after or {}).get("subject_id"),
                )
                self._touched.add((str(role), str(subject)))
            elif change.table in KEYS:
                self._touched.add((change.table, str(change.key.get(KEYS[change.table]))))

    def _reindex(self, table: str, old: Row | None, new: Row | None) -> None:
        for (name, columns), index in self._indexes.items():
            if name != table:
                continue
            if old is not None:
                index[tuple(old.get(column) for column in columns)].remove(old)
            if new is not None:
                index[tuple(new.get(column) for column in columns)].append(new)

    def _index(self, table: str, columns: tuple[str, ...]) -> dict[tuple, list[Row]]:
        if (table, columns) not in self._indexes:
            index: dict[tuple, list[Row]] = defaultdict(list)
            for row in self._table(table):
                index[tuple(row.get(column) for column in columns)].append(row)
            self._indexes[table, columns] = index
        return self._indexes[table, columns]

    def _table(self, table: str) -> list[Row]:
        if table not in self._tables:
            self._tables[table] = self._records(table)
        return self._tables[table]

    def _records(self, table: str, **where: object) -> list[Row]:
        frame = self._store.rows(table, **where)
        if isinstance(frame, gpd.GeoDataFrame):
            self._crs[table] = frame.crs
        return records(frame)


def keyed(values: Row) -> tuple[Row, Row]:
    """Values that can name a row, and the empty ones, which cannot: they are only compared."""
    full = {name: value for name, value in values.items() if value is not None}
    return full, {name: None for name in values if name not in full}


def records(frame: pd.DataFrame) -> list[Row]:
    """Rows as a change takes them: days as text, empty cells as None, the geometry as ``geom``."""
    columns: dict[str, list] = {}
    geometry = frame.active_geometry_name if isinstance(frame, gpd.GeoDataFrame) else None
    for name in frame.columns:
        column = frame[name]
        if name == geometry:
            columns["geom"] = list(column)
            continue
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            column = column.dt.strftime("%Y-%m-%d")
        column = column.astype(object)
        columns[str(name)] = column.where(column.notna(), None).tolist()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _facts(role: str, rows: list[Row], events: list[Row]) -> dict[str, list[Fact]]:
    """Facts by subject; an id that stands on several rows has none, since nobody knows which is meant."""
    if not rows:
        return {}
    named = pd.DataFrame([{name: row.get(name) for name in _FACTS[role]} for row in rows])
    places = gpd.GeoDataFrame(named, geometry=[None] * len(named), crs="EPSG:4326")
    frames: Mapping[str, pd.DataFrame] = {role: places}
    about = [row for row in events if row.get("subject_role") == role]
    if about:
        frames = {**frames, "events": pd.DataFrame(about)}
    register = build_register(frames, fields={role: _FACTS[role]})
    history = well_history(register) if role == "wells" else land_history(register)
    state = history["state"] if role == "wells" else history["kind"]
    names = register[role][KEYS[role]].to_numpy()
    found: dict[str, list[Fact]] = defaultdict(list)
    days = history["day"].dt.strftime("%Y-%m-%d").fillna("")
    for row, day, kind, after, event, snapshot in zip(
        history["row"], days, history["kind"], state, history["event_id"], history["snapshot"], strict=True
    ):
        found[names[row]].append(Fact(day, kind, after, event, bool(snapshot)))
    return found
