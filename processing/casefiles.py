"""A quick look into a case file, without reading it: is it one, which tables hold rows, are its data made up?"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

_OURS = {"meta", "runs", "findings"}


def tables_with_rows(path: Path) -> set[str] | None:
    """Tables of a case file that hold rows; None when the file is no case file."""
    from ..core.casefile.sql import sql

    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")}
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
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            row = connection.execute("SELECT manifest FROM runs ORDER BY finished_at DESC LIMIT 1").fetchone()
        return bool(row and row[0] and json.loads(row[0]).get("invented"))
    except (sqlite3.Error, ValueError):
        return False
