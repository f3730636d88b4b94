"""A quick look into a case file, without reading it: is it one, which tables hold rows, are its data made up?"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from ..core.database_uri import uri

_OURS = {"meta", "runs", "findings"}

_NONE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""What SQLite says of a file that is no database, or one without the tables that a GeoPackage has."""

_AT_ONCE = 0.1
"""Seconds that another program's lock is waited for where a window would stand still."""


def is_case(path: Path) -> bool:
    """Is it a case file? Told at once, and without any package: QGIS opens projects without them.

    One that cannot be looked at just now, because another program writes it or it is damaged, is taken for one: whoever
    opens it is told what is wrong.
    """
    try:
        with closing(sqlite3.connect(uri(path, "ro"), uri=True, timeout=_AT_ONCE)) as connection:
            return _tables(connection) >= _OURS
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF not in _NONE


def tables_with_rows(path: Path) -> set[str] | None:
    """Tables of a case file that hold rows; None when the file is no case file."""
    from ..core.casefile.sql import sql

    try:
        with closing(sqlite3.connect(uri(path, "ro"), uri=True)) as connection:
            tables = _tables(connection)
            if not tables >= _OURS:
                return None
            return {
                name
                for name in tables
                if connection.execute(sql("SELECT EXISTS (SELECT 1 FROM $table)", table=name)).fetchone()[0]
            }
    except sqlite3.Error:
        return None


def says_invented(path: Path) -> bool:
    """Did the last run recorded in a case file say that its data are made up?"""
    try:
        with closing(sqlite3.connect(uri(path, "ro"), uri=True)) as connection:
            row = connection.execute("SELECT manifest FROM runs ORDER BY finished_at DESC LIMIT 1").fetchone()
        return bool(row and row[0] and json.loads(row[0]).get("invented"))
    except (sqlite3.Error, ValueError):
        return False


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")}
