"""Row-level changes in a case file: short transactions, all or nothing, refused where somebody else was first."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from . import container, history, spatial
from .backup import latest_backup, make_backup, remove_leftovers
from .changes import Cells, Change, ConflictError, Copy, Entry, Question, expired, now
from .evidence import remove_left_copies
from .layout import SCHEMA_VERSION, layouts
from .migrate import migrate
from .opening import check, connect, explained, present, reading, recovering, rollback_journal, schema_version
from .sql import Assignments, Keys, Marks, Tests, sql
from .tables import read_table, rows_among, want

_PART = 2_000

_PREPARED = 0.5
"""Share of a long write that is done before the file is locked."""

_WRITTEN = 0.9
"""Share that is done when all but the history is written."""


class CaseRows:
    """A case file as a :class:`core.casefile.changes.CaseStore`. No connection stays open between two calls."""

    def __init__(self, path: str | os.PathLike, read_only: bool = False) -> None:
        self.path = Path(path)
        self.read_only = read_only

    @classmethod
    def open(cls, path: str | os.PathLike) -> CaseRows:
        """Open a case file for a person's work: checked, brought to this version, backed up once a day.

        A file of a newer program is opened for reading only.

        Raises:
            OverdraftError: missing, damaged (the message names the last backup), locked or no case file.
        """
        path = Path(path)
        with reading(path, newer=True) as connection:
            version = schema_version(connection) or 0
        if version >= SCHEMA_VERSION and (version > SCHEMA_VERSION or not _writable(path)):
            return cls(path, read_only=True)
        with explained(path):
            remove_leftovers(path.parent, path.name)
        remove_left_copies(path)
        if version < SCHEMA_VERSION or not _backed_up_today(path):
            make_backup(path)
        if version < SCHEMA_VERSION:
            with _writing(path) as (connection, _):
                migrate(connection)
        return cls(path)

    def rows(self, table: str, **where: object) -> pd.DataFrame:
        """The rows of a table that hold these values."""
        with reading(self.path, newer=True, quick=True) as connection:
            frame = read_table(connection, table, where=where)
        return frame.reset_index(drop=True)

    def cells_of(self, questions: Iterable[Question]) -> list[list[dict[str, object]]]:
        """For each question the rows as they are stored, without row key and geometry, all in one look at the file."""
        with reading(self.path, newer=True, quick=True) as connection:
            return [rows_among(connection, *question, number) for number, question in enumerate(questions)]

    def apply(
        self,
        changes: Iterable[Change | Copy],
        entries: Iterable[Entry],
        progress: Callable[[float], None] | None = None,
    ) -> str:
        """All changes and entries in one transaction, or none of them; returns the head of the history.

        Raises:
            ConflictError: a row is not what a change expected.
            OverdraftError: locked, read-only, disk full; the file holds what it held.
            Cancelled: from ``progress``, before anything is certain.
        """
        if self.read_only:
            raise OverdraftError("casefile.read_only", path=str(self.path))
        given = list(changes)
        wanted = [change for change in given if isinstance(change, Change)]
        copies = [change for change in given if isinstance(change, Copy)]
        tell = progress or (lambda share: None)
        lines = [entry.row() for entry in _telling(entries, tell, 0.0)]

        def prepare(connection: sqlite3.Connection) -> tuple[list[_Statement], history.Links]:
            plan = _plan(connection, wanted, tell)
            for number, copy in enumerate(copies):
                want(connection, copy.names, number)
            return plan, history.chained(_telling(lines, tell, _PREPARED), history.last(connection))

        try:
            with _writing(self.path, prepare) as (connection, (plan, links)):
                _write_all(connection, plan, tell)
                for number, copy in enumerate(copies):
                    _copy(connection, copy, number)
                for table in {change.table for change in given} | {"history"}:
                    connection.execute(_TOUCHED, (now(), table))
                if history.last(connection) != links.after:  # somebody wrote while we prepared
                    links = history.chained(lines, history.last(connection))
                head = history.insert(connection, replace(links, rows=_telling(links.rows, tell, _WRITTEN)))
                tell(1.0)
        except _OtherRow:
            raise ConflictError(_conflicts(self.path, wanted)) from None
        return head

    def history(self, subject: str = "") -> pd.DataFrame:
        """The entries about a subject, or all, oldest first."""
        where = {"subject": subject} if subject else {}
        return self.rows("history", **where).sort_values("seq", ignore_index=True)

    def head(self) -> str:
        """The hash of the last entry."""
        with reading(self.path, newer=True, quick=True) as connection:
            return history.head(connection)

    def mark(self, subject: str, who: str, login: str) -> None:
        """Say that a person works on a subject now."""
        with _writing(self.path) as (connection, _):
            connection.execute(
                "INSERT INTO marks (subject, who, login, since) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (subject, who) DO UPDATE SET since = excluded.since, login = excluded.login",
                (subject, who, login, now()),
            )
            connection.execute("DELETE FROM marks WHERE since < ?", (expired(),))

    def unmark(self, subject: str, who: str) -> None:
        """The person has finished."""
        with _writing(self.path) as (connection, _):
            connection.execute("DELETE FROM marks WHERE subject = ? AND who = ?", (subject, who))

    def marks(self) -> dict[str, tuple[str, str]]:
        """Subject → person and time, of the marks that have not expired; of several the newest."""
        with reading(self.path, newer=True, quick=True) as connection:
            found = connection.execute(
                "SELECT subject, who, since FROM marks WHERE since >= ? ORDER BY since", (expired(),)
            ).fetchall()
        return {subject: (who, since) for subject, who, since in found}


@contextmanager
def _writing(
    path: Path, prepare: Callable[[sqlite3.Connection], Any] = lambda _: None
) -> Iterator[tuple[sqlite3.Connection, Any]]:
    """One write transaction: the lock is taken at its beginning, waited for five seconds, and given back at its end.

    Args:
        prepare: called with the connection before the lock is taken; what it returns is handed on.
    """
    present(path)
    with explained(path), recovering(path), closing(connect(path, "rw")) as connection:
        rollback_journal(connection)
        connection.execute("PRAGMA secure_delete = ON")
        # Up to 256 MiB of changed pages: what does not fit is written, and waited for, while the lock is held
        connection.execute("PRAGMA cache_size = -262144")
        prepared = prepare(connection)
        connection.execute("BEGIN IMMEDIATE")
        try:
            check(connection, path, quick=True)
            yield connection, prepared
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _backed_up_today(path: Path) -> bool:
    newest = latest_backup(path)
    return newest is not None and newest.name.startswith(datetime.now(UTC).strftime("%Y%m%dT"))


@dataclass(frozen=True)
class _Statement:
    """Changes of one shape made ready: one statement with its values.

    Attributes:
        rows: bound values, one tuple for each change. New rows stand in a temporary table instead: ``waiting``.
        keys: columns that name a new row. shaped: they hold geometries.
    """

    table: str
    text: str
    rows: list[tuple]
    n: int
    waiting: str = ""
    keys: tuple[str, ...] = ()
    shaped: bool = False


def _plan(
    connection: sqlite3.Connection, changes: Sequence[Change], progress: Callable[[float], None]
) -> list[_Statement]:
    """Whatever can be done before the file is locked: values in form, new rows in temporary tables."""
    plan: list[_Statement] = []
    done = 0
    shapes: dict[tuple[str, tuple[str, ...]], list[Change]] = {}
    for change in changes:
        shapes.setdefault(_shape(change), []).append(change)
    for (table, _), same in shapes.items():
        make = _new_rows if same[0].before is None and same[0].after is not None else _old_rows

        def tell(share: float, begun: int = done, n: int = len(same)) -> None:
            progress(_PREPARED * (begun + share * n) / len(changes))

        plan.append(make(connection, table, same, len(plan), tell))
        done += len(same)
    return plan


_Item = TypeVar("_Item")


def _telling(items: Iterable[_Item], progress: Callable[[float], None], share: float) -> Iterator[_Item]:
    """The items; now and then it is told that the work goes on, so that a cancel is heard."""
    for number, item in enumerate(items):
        if number % _PART == 0:
            progress(share)
        yield item


def _write_all(
    connection: sqlite3.Connection, plan: Sequence[_Statement], progress: Callable[[float], None]
) -> None:
    """Write what is planned; refused as a whole if a row is another one than was expected."""
    if any(part.table in layouts() and layouts()[part.table].is_layer for part in plan):
        spatial.enable(connection)  # any change of a layer's row asks the triggers of its index
    for number, part in enumerate(plan):
        begun = _PREPARED + (_WRITTEN - _PREPARED) * number / len(plan)
        progress(begun)
        if part.waiting:
            names = {"table": part.table, "waiting": part.waiting, "keys": part.keys}
            if connection.execute(sql(_THERE, **names)).fetchone()[0]:
                raise _OtherRow
            connection.execute(part.text)
        elif connection.executemany(part.text, _telling(part.rows, progress, begun)).rowcount != part.n:
            raise _OtherRow
    for table in dict.fromkeys(part.table for part in plan if part.shaped):
        spatial.update_extent(connection, table)


def _shape(change: Change) -> tuple[str, tuple[str, ...]]:
    """What changes must share to be written by one statement."""
    before = ("-",) if change.before is None else tuple(change.before)
    after = ("-",) if change.after is None else tuple(change.after)
    return change.table, (*change.key, "|", *before, "|", *after)


class _OtherRow(Exception):  # noqa: N818 - found on the way, told as a ConflictError once all is taken back
    """A row was not what a change expected."""


def _new_rows(
    connection: sqlite3.Connection,
    table: str,
    changes: Sequence[Change],
    number: int,
    progress: Callable[[float], None],
) -> _Statement:
    """Rows to be added, all of one shape."""
    keys = tuple(changes[0].key)
    columns = [*keys, *(name for name in changes[0].after or () if name not in keys)]
    if len({tuple(change.key.values()) for change in changes}) < len(changes):
        raise _OtherRow  # two of the same key
    names = {"table": table, "columns": columns, "waiting": "".join(("waiting_", str(number)))}
    connection.execute(sql("CREATE TEMP TABLE $waiting AS SELECT $columns FROM $table LIMIT 0", **names))
    fill = sql("INSERT INTO temp.$waiting VALUES ($marks)", marks=Marks(len(columns)), **names)
    for start in range(0, len(changes), _PART):
        progress(start / len(changes))
        part = [{**change.key, **(change.after or {})} for change in changes[start : start + _PART]]
        connection.executemany(fill, _cells(connection, table, columns, part))
    text = sql(_PUT_NEW, **names)
    shaped = container.GEOMETRY in columns
    return _Statement(table, text, [], len(changes), str(names["waiting"]), keys, shaped)


def _old_rows(
    connection: sqlite3.Connection,
    table: str,
    changes: Sequence[Change],
    number: int,
    progress: Callable[[float], None],
) -> _Statement:
    """Rows to be changed or taken out, all of one shape."""
    first = changes[0]
    columns, compared = list(first.after or ()), _compared(first)
    names = {"table": table, "keys": Keys(first.key), "tests": Tests(compared)}
    if first.after is None:
        text = sql("DELETE FROM $table WHERE $keys AND $tests", **names)
    else:
        text = sql("UPDATE $table SET $new WHERE $keys AND $tests", new=Assignments(columns), **names)
    rows: list[tuple] = []
    for start in range(0, len(changes), _PART):
        progress(start / len(changes))
        part = changes[start : start + _PART]
        cells = _cells(connection, table, columns, [change.after or {} for change in part])
        rows += [
            (*row, *change.key.values(), *((change.before or {})[name] for name in compared))
            for row, change in zip(cells, part, strict=True)
        ]
    return _Statement(table, text, rows, len(changes), shaped=container.GEOMETRY in columns)


def _compared(change: Change) -> list[str]:
    """Columns that a row is compared in; a geometry only says what was there."""
    return [name for name in change.before or () if name != container.GEOMETRY]


def _copy(connection: sqlite3.Connection, copy: Copy, number: int) -> None:
    """Copy the rows that were wanted under that number; what the source does not hold stays as it is."""
    columns = [item.name for item in layouts()[copy.table].fields]
    names = {"source": copy.source, "table": copy.table, "column": copy.column, "columns": columns}
    connection.execute(sql(_TAKE_OUT, **names), (number,))
    connection.execute(sql(_PUT_IN, **names), (number,))


_TOUCHED = "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?"
_TAKE_OUT = """DELETE FROM $table WHERE $column IN (SELECT value FROM temp.wanted WHERE number = ?)
    AND $column IN (SELECT $column FROM $source)"""
_PUT_IN = """INSERT INTO $table ($columns) SELECT $columns FROM $source
    WHERE $column IN (SELECT value FROM temp.wanted WHERE number = ?) ORDER BY $column"""

_THERE = "SELECT EXISTS (SELECT 1 FROM temp.$waiting CROSS JOIN $table USING ($keys))"
_PUT_NEW = "INSERT INTO $table ($columns) SELECT $columns FROM temp.$waiting ORDER BY rowid"


def _cells(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Sequence[Cells]
) -> list[tuple]:
    """Values for the statement, a geometry as the format wants it."""
    if container.GEOMETRY not in columns:
        return [tuple(row[name] for name in columns) for row in rows]
    shapes = np.array([row[container.GEOMETRY] for row in rows], dtype=object)
    blobs = spatial.encoded(connection, table, shapes)
    return [
        tuple(blob if name == container.GEOMETRY else row[name] for name in columns)
        for row, blob in zip(rows, blobs, strict=True)
    ]


def _conflicts(path: Path, changes: Sequence[Change]) -> list[tuple[Change, Cells | None]]:
    """The changes whose row is another one than they expected, each with that row.

    If all rows are as expected (two changes meant the same one, or somebody has just changed it back): the first.
    """
    found: list[tuple[Change, Cells | None]] = []
    with reading(path, newer=True, quick=True) as connection:
        connection.row_factory = sqlite3.Row
        for change in changes:
            statement = sql("SELECT * FROM $table WHERE $keys", table=change.table, keys=Keys(change.key))
            rows = [dict(row) for row in connection.execute(statement, tuple(change.key.values()))]
            before = change.before
            if before is None and not rows:
                continue
            same = before is not None and len(rows) == 1
            if same and all(rows[0][name] == (before or {})[name] for name in _compared(change)):
                continue
            found.append((change, rows[0] if rows else None))
    return found or [(changes[0], None)]
