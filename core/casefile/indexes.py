"""Indexes of the tables of a case file: what a person decides on is found by id, not by reading through."""

from __future__ import annotations

import sqlite3

from .layout import INDEXES
from .sql import sql

_UNIQUE = "CREATE UNIQUE INDEX IF NOT EXISTS $name ON $table ($columns)"
_PLAIN = "CREATE INDEX IF NOT EXISTS $name ON $table ($columns)"


def ensure_indexes(connection: sqlite3.Connection, table: str = "") -> None:
    """Make the indexes that are missing, of one table or of all; they go with their table when that is replaced."""
    for name, (indexed, columns, unique) in INDEXES.items():
        if table in ("", indexed):
            connection.execute(sql(_UNIQUE if unique else _PLAIN, name=name, table=indexed, columns=columns))
