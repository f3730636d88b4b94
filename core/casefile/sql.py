"""Constant SQL with identifiers put in safely: values are always bound, never part of a statement.

Layers of other people bring columns with any name. A statement here is a constant template in which ``$name``
stands for an identifier (or a list of them); :func:`sql` puts it in double quotes with inner quotes doubled,
so that no name can end the quoting. Values go in through ``?`` only.
"""

from __future__ import annotations

from collections.abc import Iterable
from string import Template

COLUMN_TYPES = {
    "text": "TEXT",
    "real": "REAL",
    "integer": "INTEGER",
    "date": "DATE",
    "datetime": "DATETIME",
    "bool": "BOOLEAN",
    "yes_no": "TINYINT",
    "blob": "BLOB",
    "point": "POINT",
    "multipoint": "MULTIPOINT",
    "line": "LINESTRING",
    "multiline": "MULTILINESTRING",
    "polygon": "POLYGON",
    "multipolygon": "MULTIPOLYGON",
    "geometry": "GEOMETRY",
    "key": "INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
}
"""Kinds of columns of a case file and their declared type: a closed list, so that no type is ever pasted in."""


class Columns(list[tuple[str, str]]):
    """Column definitions ``(name, kind)`` for ``CREATE TABLE``, ``kind`` a key of :data:`COLUMN_TYPES`."""


class Marks(int):
    """That many ``?`` placeholders, separated by commas."""


class Keys(tuple[str, ...]):
    """Columns that each equal a bound value that is not NULL, for ``WHERE``: ``"a" = ? AND "b" = ?``.

    SQLite looks such rows up in an index; for ``IS`` with a bound value it reads through the table.
    """


class Tests(tuple[str, ...]):
    """Columns that each hold a bound value, which may be NULL, for ``WHERE``: ``"a" IS ? AND "b" IS ?``."""


class Assignments(tuple[str, ...]):
    """Columns that each get a bound value, for ``UPDATE``: ``"a" = ?, "b" = ?``."""


def quoted(name: str) -> str:
    """``name`` as an SQL identifier: in double quotes, inner double quotes doubled.

    Raises:
        ValueError: the name holds a NUL character or cannot be written as UTF-8, which SQLite does not take.
    """
    if "\x00" in name:
        raise ValueError("a name holds a NUL character")
    name.encode("utf-8")
    return '"' + name.replace('"', '""') + '"'


def sql(template: str, **names: str | Iterable[str] | Columns | Marks) -> str:
    """A constant ``template`` with each ``$name`` replaced by quoted identifiers, columns or placeholders.

    >>> sql("INSERT INTO $table ($columns) VALUES ($marks)", table="wells", columns=["a"], marks=Marks(1))
    'INSERT INTO "wells" ("a") VALUES (?)'
    """
    return Template(template).substitute({key: _part(value) for key, value in names.items()})


def _part(value: str | Iterable[str] | Columns | Marks) -> str:
    if isinstance(value, Marks):
        return ", ".join("?" * int(value))
    if isinstance(value, Keys):
        return " AND ".join(f"{quoted(name)} = ?" for name in value) or "TRUE"
    if isinstance(value, Tests):
        return " AND ".join(f"{quoted(name)} IS ?" for name in value) or "TRUE"
    if isinstance(value, Assignments):
        return ", ".join(f"{quoted(name)} = ?" for name in value)
    if isinstance(value, Columns):
        return ", ".join(f"{quoted(name)} {COLUMN_TYPES[kind]}" for name, kind in value)
    if isinstance(value, str):
        return quoted(value)
    return ", ".join(map(quoted, value))
