"""A paper: tables with the lines that say what they are about, as files take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ..messages import render
from ..report.words import is_given
from .book import Book
from .privacy import COARSE, private
from .table import Table, Total

Progress = Callable[[float], None]
"""Takes the share that is done; it may raise to stop."""

STEP = 500
"""Rows after which somebody who waits is told, and may stop."""


@dataclass(frozen=True)
class Paper:
    """Tables under one head.

    Attributes:
        title: as printed. head: label and value of what a reader must know: document, day, part, run, who may see it.
        tables: as they are printed. language: ``en`` or ``zh``. profile: who may see it.
    """

    title: str
    head: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    language: str
    profile: str

    def say(self, key: str, **values: object) -> str:
        """The text ``papers.<key>``."""
        return render(f"papers.{key}", values, self.language)

    @property
    def mark(self) -> str:
        """Who may see it, in a word: part of the names of files."""
        return self.say(f"mark.{self.profile}")

    def total_label(self, total: Total) -> str:
        """What stands before a line of sums."""
        return self.say("total_rows", group=total.label, n=f"{total.n:,}")


def paper(book: Book, tables: list[Table], profile: str, digits: int = COARSE) -> Paper:
    """The tables as a profile shows them, their rows numbered, with their head.

    Args:
        digits: decimals of coordinates in a public paper.
    """
    return Paper(
        title=book.say("title"),
        head=tuple(head_of(book, profile)),
        tables=tuple(private(table, profile, digits).numbered(book.say("column.n")) for table in tables),
        language=book.language,
        profile=profile,
    )


def head_of(book: Book, profile: str) -> list[tuple[str, str]]:
    """What every paper says of itself."""
    policy, scope = book.run.policy, book.scope
    chinese = book.language == "zh"
    part = [
        book.words.place(scope.county) if scope.county else "",
        book.words.place(scope.zone) if scope.zone else "",
        scope.authority,
    ]
    days = (scope.begin.isoformat() if scope.begin else "…", scope.end.isoformat() if scope.end else "…")
    lines = [
        ("document", policy.title if chinese else policy.title_en or policy.title),
        ("number", policy.number),
        ("version", policy.version),
        ("as_of", book.run.as_of.isoformat()),
        ("part", " · ".join(filter(None, part)) or book.say("whole")),
        ("period", book.say("days", begin=days[0], end=days[1]) if scope.begin or scope.end else ""),
        ("profile", book.say(f"profile.{profile}")),
        ("run", book.run.run_id),
        ("history_head", book.head),
        ("printed", datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M %z")),
        ("invented", book.say("invented_data") if book.run.manifest.get("invented") else ""),
    ]
    return [(book.say(f"head.{key}"), str(value)) for key, value in lines if is_given(value)]


def differences(paper: Paper, table: Table) -> list[str]:
    """For each sum that rounding row by row changed, a sentence with the difference."""
    labels = {column.name: column.label for column in table.columns}
    return [
        paper.say("difference", group=total.label, column=labels[name], value=f"{value:+,}".replace("-", "−"))
        for total in table.totals
        for name, value in total.differences.items()
    ]
