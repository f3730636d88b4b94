"""From the tables of an older program to ours, inside the caller's transaction and after a verified backup."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from . import container, history, styles
from .indexes import ensure_indexes
from .layout import GROWING, KEPT, SCHEMA_VERSION, layouts
from .opening import schema_version
from .sql import Columns, sql
from .tables import create_table

ADDED = (*KEPT, *GROWING)
"""Tables that belong to people or grow: a column that they lack is added, their rows stay."""


def migrate(connection: sqlite3.Connection) -> bool:
    """Bring a case file to :data:`SCHEMA_VERSION`; False when it was there already.

    Version 2 adds tables, columns and indexes and changes none: missing tables are made empty, missing columns are
    empty. Results of a run get their columns with the next run. The history gains an entry.
    """
    found = schema_version(connection)
    if found is None or found >= SCHEMA_VERSION:
        return False
    row = connection.execute("SELECT value FROM meta WHERE key = 'language'").fetchone()
    language = row[0] if row and row[0] else "en"
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    for name, layout in layouts().items():
        if not container.has_table(connection, name):
            create_table(connection, layout, None, language, moment)
        elif name in ADDED:
            _add_columns(connection, name)
            connection.execute("DELETE FROM gpkg_data_columns WHERE table_name = ?", (name,))
        else:
            continue
        styles.describe_columns(connection, layout, language)
        styles.store_styles(connection, layout, [], language, moment)
    ensure_indexes(connection)
    history.guard(connection)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (str(SCHEMA_VERSION),))
    history.append(
        connection,
        {
            "at": moment,
            "kind": "migrate",
            "subject": "schema_version",
            "before": str(found),
            "after": str(SCHEMA_VERSION),
        },
    )
    return True


def _add_columns(connection: sqlite3.Connection, name: str) -> None:
    present = {row[0] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (name,))}
    for item in layouts()[name].fields:
        if item.name not in present:
            columns = Columns([(item.name, item.type)])
            connection.execute(sql("ALTER TABLE $table ADD COLUMN $columns", table=name, columns=columns))
