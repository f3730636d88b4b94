"""Cells that the intake could not read: kept beside the register, given back when it is read again.

The column of such a cell is typed, so the cell itself is empty. Its text stands in ``raw_values`` under the row's key,
and comes back as long as nobody has filled the cell.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping

import pandas as pd

from ..schema import register_schema

UNREAD = "importing.kind.unreadable"
"""Reason of the cells that an import could not read."""

IMPORT_ID = "import_id"
"""Column of imported rows that names their batch."""

BATCH = "register"
"""``batch_id`` of these rows, which every run writes anew; the batches of imports are never touched."""

_CODE = re.compile(r"\\(ud[89a-f][0-9a-f]{2}|x00)")
"""Half of a character, or NUL, as a record tells it: as text the cell could be read the next time."""


def record(
    connection: sqlite3.Connection,
    cells: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    keys: Mapping[str, tuple[int, ...]],
) -> None:
    """Put the raw texts on record, in the place of those of an earlier run.

    Args:
        cells: ``role``, ``subject_id`` (the ``row_id`` of the canonical frame), ``field``, ``raw_value``.
        tables, keys: the frames just written and their row keys.
    """
    connection.execute("DELETE FROM raw_values WHERE batch_id = ?", (BATCH,))
    rows = []
    for role, found in cells.groupby("role", sort=True):
        key_of = dict(zip(tables[role]["row_id"], keys[role], strict=True))
        rows += [
            (BATCH, role, key_of[subject], subject, field, raw, "register.value")
            for subject, field, raw in zip(
                found["subject_id"], found["field"], found["raw_value"], strict=True
            )
        ]
    connection.executemany(
        "INSERT INTO raw_values (batch_id, role, row, subject_id, field, raw_value, reason_key)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def restore(connection: sqlite3.Connection, frames: dict[str, pd.DataFrame]) -> None:
    """Give the raw texts back to the frames (indexed by row key), where the cell is still empty.

    Cells that an import could not read are found by the id of their row, since an import counts rows of its source.
    """
    rows = connection.execute(
        "SELECT role, field, row, raw_value FROM raw_values WHERE batch_id = ?", (BATCH,)
    ).fetchall()
    for role, field, key, raw in rows:
        frame = frames.get(role)
        if frame is None or field not in frame.columns or key not in frame.index:
            continue
        _give_back(frame, key, field, raw)
    imported = connection.execute(
        "SELECT role, field, subject_id, batch_id, raw_value FROM raw_values WHERE reason_key = ?", (UNREAD,)
    ).fetchall()
    for role, field, subject, batch, raw in imported:
        frame = frames.get(role)
        if frame is None or field not in frame.columns or IMPORT_ID not in frame.columns:
            continue
        name = register_schema().roles[role].key[0]
        for key in frame.index[(frame[name] == subject) & (frame[IMPORT_ID] == batch)]:
            _give_back(frame, key, field, raw)


def as_it_was(raw: str) -> str:
    """The text of a cell from its record."""
    return _CODE.sub(lambda found: chr(int(found[1][1:], 16)), raw)


def _give_back(frame: pd.DataFrame, key: object, field: str, raw: object) -> None:
    if isinstance(raw, str) and pd.isna(frame.at[key, field]):
        frame[field] = frame[field].astype(object)
        frame.at[key, field] = as_it_was(raw)
