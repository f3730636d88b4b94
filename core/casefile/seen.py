"""What tables held when they were read: nothing worked out from them may take away what was recorded meanwhile.

A run reads the register, works for minutes and writes all of it back. An event recorded in between would be lost, so
the write is refused when a table that was read holds something else by then.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import OverdraftError
from ..messages import Word
from . import container
from .layout import layouts
from .opening import reading
from .sql import sql

_CHUNK = 20_000


def tables_seen(path: str | os.PathLike, tables: Iterable[str]) -> dict[str, str]:
    """A digest of what each table holds now; to be taken before the tables are read.

    Raises:
        OverdraftError: as :func:`core.casefile.opening.reading`.
    """
    with reading(Path(path), quick=True) as connection:
        return {name: digest(connection, name) for name in tables}


def refuse_changed(connection: sqlite3.Connection, path: Path, seen: Mapping[str, str]) -> None:
    """Refuse to write over tables that hold something else than was seen.

    Raises:
        OverdraftError: which of them do.
    """
    changed = [name for name, held in seen.items() if digest(connection, name) != held]
    if changed:
        words = [Word(name, layouts()[name].labels) for name in changed]
        raise OverdraftError("casefile.changed_since", path=str(path), tables=words)


def digest(connection: sqlite3.Connection, table: str) -> str:
    """SHA-256 over the rows of a table, without what a run computes for them; empty where there is no such table."""
    described = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    names = [
        name for (name,) in described if name not in layouts()[table].results or not layouts()[table].role
    ]
    if not names:
        return ""
    found = hashlib.sha256(repr(names).encode("utf-8"))
    statement = sql("SELECT $names FROM $table ORDER BY $key", names=names, table=table, key=container.KEY)
    cursor = connection.execute(statement)
    while rows := cursor.fetchmany(_CHUNK):
        found.update(repr(rows).encode("utf-8"))
    return found.hexdigest()
