"""A quick look into a case file, without reading it: is it one, and which tables hold rows?"""

from __future__ import annotations

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
