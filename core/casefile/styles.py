"""Styles stored inside the file, in the table where QGIS looks for them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable

from ..messages import render
from . import container
from .constraints import comment
from .forms import style_qml
from .layout import Layout, enum_labels

STYLE_NAME = "overdraft"
"""The default style, in the language of the file."""

OTHER_LANGUAGE = {"en": ("zh", "overdraft（中文）"), "zh": ("en", "overdraft (English)")}
"""Language of a file → the other one, and the name of the style that has labels and value lists in it."""

TABLE = "layer_styles"
_OUR_NAMES = {STYLE_NAME, *(name for _, name in OTHER_LANGUAGE.values())}

_CREATE = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
    f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT,
    styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
    DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""


def ensure_table(connection: sqlite3.Connection, language: str, changed: str) -> None:
    """Make the table of styles where the file has none."""
    if not container.has_table(connection, TABLE):
        connection.execute(_CREATE)
        words = render("casefile.styles", {}, language)
        container.register_table(connection, TABLE, TABLE, words, changed)


def store_styles(
    connection: sqlite3.Connection, layout: Layout, extra: Iterable[str], language: str, changed: str
) -> None:
    """Store the styles of a table, one per language, unless a person has stored or changed them.

    The one in the language of the file is the default; a person switches to the other one with QGIS's own
    *Load Style › From Database*. A style of ours carries its own hash in ``description``; once its text no longer
    agrees with the hash a person has edited it, and it is left alone.
    """
    present = connection.execute(
        "SELECT id, styleName, styleQML, description FROM layer_styles WHERE f_table_name = ?", (layout.name,)
    ).fetchall()
    ours = [row for row in present if row[1] in _OUR_NAMES and row[3] == _mark(row[2] or "")]
    if present and not ours:
        return
    defaults = connection.execute(
        "SELECT count(*) FROM layer_styles WHERE f_table_name = ? AND useAsDefault AND styleName <> ?",
        (layout.name, STYLE_NAME),
    ).fetchone()[0]
    connection.executemany("DELETE FROM layer_styles WHERE id = ?", [(row[0],) for row in ours])
    taken = {row[1] for row in present} - {row[1] for row in ours}
    other, other_name = OTHER_LANGUAGE[language]
    for name, spoken in ((STYLE_NAME, language), (other_name, other)):
        if name not in taken:
            default = name == STYLE_NAME and not defaults
            _insert(connection, layout, name, style_qml(layout, extra, spoken), default, changed)


def _insert(
    connection: sqlite3.Connection, layout: Layout, name: str, qml: str, default: bool, changed: str
) -> None:
    column = container.GEOMETRY if layout.is_layer else ""
    connection.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
        " styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)"
        " VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
        (layout.name, column, name, qml, int(default), _mark(qml), changed),
    )


def describe_columns(connection: sqlite3.Connection, layout: Layout, language: str) -> None:
    """Labels, units and value lists of a table's columns in the words of the format (its schema extension)."""
    used: set[str] = set()
    rows = []
    for item in layout.fields:
        heading = item.heading(language)
        name = heading if heading.lower() not in used else f"{heading} [{item.name}]"
        used.add(name.lower())
        enum = item.enum if item.enum and not item.many else None
        rows.append((layout.name, item.name, name, heading, comment(item, layout, language), None, enum))
        if enum:
            connection.executemany(
                "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, description)"
                " VALUES (?, 'enum', ?, ?) ON CONFLICT DO UPDATE SET description = excluded.description",
                [(enum, token, label) for token, label in enum_labels(enum, language).items()],
            )
    connection.executemany("INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _mark(qml: str) -> str:
    return "overdraft " + hashlib.sha256(qml.encode("utf-8")).hexdigest()[:16]
