"""Rows about some wells as they stood in one look at a case file, asked for as often as needed without the file."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from . import history
from .changes import Question
from .opening import reading
from .tables import rows_among

Rows = list[dict[str, object]]

_WHOLE = {
    "settings": ("key", "SELECT key FROM settings"),
    "runs": ("run_id", "SELECT run_id FROM runs"),
    "meta": ("key", "SELECT key FROM meta"),
    "units": ("unit_id", "SELECT unit_id FROM units"),
    "zones": ("zone_id", "SELECT zone_id FROM zones"),
}
"""Tables of which all rows are kept: their key, and its values."""


class Snapshot:
    """What a case file held, without geometry: answers :meth:`cells_of` as :class:`core.casefile.CaseRows` does.

    Attributes:
        tables: rows by table. head: hash of the last entry of the history.
    """

    def __init__(self, tables: dict[str, Rows], head: str) -> None:
        self.tables, self.head = tables, head
        self._indexes: dict[tuple[str, str], dict[object, list[int]]] = {}

    def cells_of(self, questions: Iterable[Question]) -> list[Rows]:
        """For each question the rows that hold one of the values, in the order of the table."""
        return [self._among(*question) for question in questions]

    def _among(self, table: str, column: str, values: Iterable[object]) -> Rows:
        rows = self.tables.get(table, [])
        if (table, column) not in self._indexes:
            index: dict[object, list[int]] = defaultdict(list)
            for place, row in enumerate(rows):
                index[row.get(column)].append(place)
            self._indexes[table, column] = index
        index = self._indexes[table, column]
        places = {place for value in set(values) if value is not None for place in index.get(value, ())}
        return [rows[place] for place in sorted(places)]


def snapshot_of_wells(path: str | os.PathLike, wells: Iterable[str]) -> Snapshot:
    """Everything that slips of wells tell: their rows, findings, decisions and history, the run and its settings.

    Args:
        wells: row ids.

    Raises:
        OverdraftError: missing, damaged, locked or no case file.
    """
    names = list(wells)
    with reading(Path(path), quick=True) as connection:
        tables: dict[str, Rows] = {"wells": rows_among(connection, "wells", "row_id", names)}
        for table in ("findings", "decided_findings"):
            found = rows_among(connection, table, "subject_id", names)
            tables[table] = [row for row in found if row["subject_role"] == "wells"]
        ids = {row["finding_id"] for table in ("findings", "decided_findings") for row in tables[table]}
        tables["decisions"] = rows_among(connection, "decisions", "finding_id", ids)
        subjects = ids | {row["well_id"] for row in tables["wells"] if row["well_id"]}
        tables["history"] = rows_among(connection, "history", "subject", subjects)
        for table, (key, statement) in _WHOLE.items():
            keys = [value for (value,) in connection.execute(statement)]
            tables[table] = rows_among(connection, table, key, keys)
        head = history.head(connection)
    return Snapshot(tables, head)
