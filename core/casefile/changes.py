"""Row by row: what a person changes in a case, and what the history says of it.

This is the whole interface between those who record and decide and the place where it is kept. A case file
(:class:`core.casefile.rowstore.CaseRows`) keeps it today; a database server can implement :class:`CaseStore` as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pandas as pd

from ..errors import OverdraftError
from ..findings.verdicts import to_json
from ..messages import Word, render, show
from ..personal import masked
from ..schema import Field, results_schema
from .layout import layouts

Cells = Mapping[str, object]
"""Column → value as it is stored: text (days as ``YYYY-MM-DD``), number, None; ``geom`` a shapely geometry."""

Question = tuple[str, str, Iterable[object]]
"""A table, one of its columns, and values: the rows that hold one of them there."""


@dataclass(frozen=True)
class Change:
    """One row of a table.

    Attributes:
        key: columns that name the row.
        before: values that the row is expected to hold, at least its revision where the table has one; None: no row
            of this key is expected. A geometry among them is not compared: it is kept for an undo.
        after: values that it shall hold; None: the row goes.
    """

    table: str
    key: Cells
    before: Cells | None
    after: Cells | None


@dataclass(frozen=True)
class Copy:
    """Rows of one table as they stand, into another one with the same columns, in the place of those of the same name.
    A name that the first table does not hold changes nothing.

    Attributes:
        column: names the rows in both tables. names: the values of it to copy.
    """

    source: str
    table: str
    column: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """What the history says of an act: kind, subject, the values before and after, the person and the reason."""

    kind: str
    subject: str
    who: str
    login: str = ""
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None
    reason: str | None = None
    at: str = field(default_factory=lambda: now())

    def row(self) -> dict[str, str | None]:
        """As :func:`core.casefile.history.append` takes it."""
        before, after = (None if part is None else to_json(dict(part)) for part in (self.before, self.after))
        return {
            "at": self.at,
            "kind": self.kind,
            "subject": self.subject,
            "who": self.who,
            "login": self.login or None,
            "before": before,
            "after": after,
            "reason": self.reason,
        }


class ConflictError(OverdraftError):
    """Somebody else changed rows in the meantime; nothing was written.

    Attributes:
        conflicts: the changes that were meant, each with the row as it stands (None: there is none).
    """

    def __init__(self, conflicts: Sequence[tuple[Change, Cells | None]]) -> None:
        first = conflicts[0][0]
        name = " / ".join(map(str, first.key.values()))
        table = Word(first.table, layouts()[first.table].labels)
        super().__init__("casefile.changed_meanwhile", n=len(conflicts), table=table, found=name)
        self.conflicts = tuple(conflicts)

    def text(self, language: str = "en") -> str:
        """How many rows, which is the first, and how its two versions differ."""
        told = _difference(*self.conflicts[0], language)
        return render(self.key, {**self.values, "difference": told}, language)


def _difference(change: Change, now: Cells | None, language: str) -> str:
    """The first fields in which a row as it stands is not what a person meant to write (or to remove)."""
    if now is None:
        return render("casefile.row_gone", {}, language)
    meant = (change.before if change.after is None else change.after) or {}
    told = []
    for item in layouts()[change.table].fields:
        mine, theirs = meant.get(item.name), now.get(item.name)
        if item.name in meant and mine != theirs and item.name not in _UNTOLD:
            values = {"field": item.label(language), "mine": _shown(item, mine, language)}
            values |= {"found": _shown(item, theirs, language)}
            told.append(render("casefile.row_differs", values, language))
    return " ".join(told[:_MOST_TOLD]) or render("casefile.row_there", {}, language)


def _shown(item: Field, value: object, language: str) -> str:
    if item.enum and value:
        return results_schema().label(item.enum, str(value), language)
    return show(masked(value) if isinstance(value, str) else value, language)


class CaseStore(Protocol):
    """Where a case is kept. Every method is one short transaction; none waits for a person."""

    def rows(self, table: str, **where: object) -> pd.DataFrame:
        """The rows of a table that hold these values; in the order in which they stand."""

    def cells_of(self, questions: Iterable[Question]) -> list[list[dict[str, object]]]:
        """For each question the rows as they are stored, in the order in which they stand, without row key and
        geometry: where a frame would be slow."""

    def apply(
        self,
        changes: Iterable[Change | Copy],
        entries: Iterable[Entry],
        progress: Callable[[float], None] | None = None,
    ) -> str:
        """All changes and all entries, or none; returns the hash of the last entry.

        Raises:
            ConflictError: a row is not what a change expected.
        """

    def history(self, subject: str = "") -> pd.DataFrame:
        """The entries about a subject, or all of them, oldest first."""

    def mark(self, subject: str, who: str, login: str) -> None:
        """Say that a person works on a subject now; lasts :data:`MARK_MINUTES`."""

    def unmark(self, subject: str, who: str) -> None:
        """The person has finished."""

    def marks(self) -> dict[str, tuple[str, str]]:
        """Subject → person and time, for the marks that have not expired; a warning only, never a lock."""


_UNTOLD = ("revision", "evidence_hash", "changed")
"""Columns that say nothing to the person whose change met another."""

_MOST_TOLD = 3

MARK_MINUTES = 30
"""How long a mark lasts that nobody takes away."""


def now() -> str:
    """The moment, as the history keeps it."""
    return _text(datetime.now(UTC))


def expired() -> str:
    """Marks of before this moment no longer count."""
    return _text(datetime.now(UTC) - timedelta(minutes=MARK_MINUTES))


def moment(text: object) -> str:
    """A moment of the history on the clock of this computer; as it stands where it is none."""
    try:
        at = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return str(text)
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at.tzinfo else str(text)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
