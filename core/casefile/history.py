"""The history of a case file: append-only and tamper-evident.

Each entry carries the hash of the one before it, so that a changed, deleted, inserted or moved entry is found. Entries
cut off at the end, or a history written anew as a whole, are found by comparing with a head hash printed elsewhere.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FIELDS = ("seq", "at", "who", "login", "kind", "subject", "before", "after", "reason")

_GUARDS = {
    "history_no_update": """CREATE TRIGGER IF NOT EXISTS history_no_update BEFORE UPDATE ON history
        BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END""",
    "history_no_delete": """CREATE TRIGGER IF NOT EXISTS history_no_delete BEFORE DELETE ON history
        BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END""",
    "history_no_gap": """CREATE TRIGGER IF NOT EXISTS history_no_gap BEFORE INSERT ON history
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM history)
        BEGIN SELECT RAISE(ABORT, 'the history has no gaps'); END""",
}


def guard(connection: sqlite3.Connection) -> None:
    """Make the table refuse changes, deletions and gaps."""
    for statement in _GUARDS.values():
        connection.execute(statement)


def append(connection: sqlite3.Connection, entry: Mapping[str, str | None]) -> str:
    """Add one entry inside the caller's write transaction and return its hash, the new head.

    Args:
        entry: ``at``, ``kind`` and any other of :data:`FIELDS` but ``seq``, as text.
    """
    return append_all(connection, [entry])


def append_all(connection: sqlite3.Connection, entries: Iterable[Mapping[str, str | None]]) -> str:
    """Add entries in their order, as :func:`append`; returns the head, the old one where there are none."""
    return insert(connection, chained(entries, last(connection)))


@dataclass(frozen=True)
class Links:
    """Entries chained to the end of a history.

    Attributes:
        after: number and hash of the entry that they follow. rows: as they are stored. head: hash of the last one.
    """

    after: tuple[int, str]
    rows: Iterable[tuple]
    head: str


def last(connection: sqlite3.Connection) -> tuple[int, str]:
    """Number and hash of the last entry; 0 and an empty text for an empty history."""
    row = connection.execute("SELECT seq, hash FROM history ORDER BY seq DESC LIMIT 1").fetchone()
    return row or (0, "")


def chained(entries: Iterable[Mapping[str, str | None]], after: tuple[int, str]) -> Links:
    """Entries as rows that follow a certain one; nothing is written."""
    newest, previous = after
    rows = []
    for number, entry in enumerate(entries, start=newest + 1):
        row = {name: entry.get(name) for name in FIELDS} | {"seq": number}
        own = entry_hash(previous, row)
        rows.append((*(row[name] for name in FIELDS), previous, own))
        previous = own
    return Links(after, rows, previous)


def insert(connection: sqlite3.Connection, links: Links) -> str:
    """Add them inside the caller's write transaction, if they still follow the last entry; returns the head."""
    connection.executemany(
        "INSERT INTO history (seq, at, who, login, kind, subject, before, after, reason, prev_hash, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        links.rows,
    )
    return links.head


def entry_hash(previous: str, row: Mapping[str, object]) -> str:
    """SHA-256 over the previous hash and the fields, each with its length in front so that none can run into the
    next; an empty field and a missing one are told apart."""
    digest = hashlib.sha256(previous.encode("ascii"))
    for name in FIELDS:
        value = row[name]
        text = b"" if value is None else str(value).encode("utf-8")
        digest.update(b"-" if value is None else str(len(text)).encode("ascii"))
        digest.update(b":" + text)
    return digest.hexdigest()


def head(connection: sqlite3.Connection) -> str:
    """The hash of the last entry; empty for an empty history."""
    return last(connection)[1]


def first_break(connection: sqlite3.Connection) -> int | None:
    """The number of the first entry that does not fit; None when the chain is whole."""
    previous = ""
    rows = connection.execute(
        "SELECT seq, at, who, login, kind, subject, before, after, reason, prev_hash, hash FROM history ORDER BY seq"
    )
    for expected, values in enumerate(rows, start=1):
        row = dict(zip(FIELDS, values[: len(FIELDS)], strict=True))
        if row["seq"] != expected or values[-2] != previous or values[-1] != entry_hash(previous, row):
            return expected
        previous = values[-1]
    return None
