"""What several tables share: notes on what is missing or came later, cells of several values, years of a period."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from ...report.words import is_given
from ..book import Book
from ..column import Cell, Column
from ..table import Table


def empty(book: Book, name: str, columns: tuple[Column, ...], because: str) -> Table:
    """A table without rows and why."""
    return Table(name, book.say(f"title.{name}"), columns, (), (because,))


def not_asked(book: Book, what: str, key: str = "note.not_asked") -> str:
    """The document has no rule of this kind (``papers.rule.<what>``), and what follows for the table."""
    policy = book.run.policy
    title = policy.title if book.language == "zh" else policy.title_en or policy.title
    return book.say(key, document=title, rule=book.say(f"rule.{what}"))


def later_acts(book: Book) -> tuple[str, ...]:
    """That results of the run do not know what was recorded after it, where there is any."""
    return (book.say("note.later_acts", n=f"{book.since:,}"),) if book.since else ()


def regiments(book: Book, management: pd.Series) -> tuple[str, ...]:
    """How wells of regiments are counted, where there are any."""
    return (book.say("note.regiment"),) if management.eq("regiment").fillna(False).any() else ()


def no_filter(book: Book, *names: str) -> tuple[str, ...]:
    """Filters of the scope that do not act on this table: ``zone``, ``authority``, ``period``."""
    scope = book.scope
    given = {
        "zone": scope.zone,
        "authority": scope.authority,
        "period": scope.begin is not None or scope.end is not None,
    }
    found = [book.say(f"filter.{name}") for name in names if given[name]]
    return (book.say("note.no_filter", filters=joined(book, found)),) if found else ()


def joined(book: Book, texts: Iterable[str]) -> str:
    """An enumeration."""
    return ("、" if book.language == "zh" else ", ").join(texts)


def several(book: Book, texts: Iterable[object]) -> str | None:
    """What stands several times in one cell, in order; None where there is nothing."""
    return ("；" if book.language == "zh" else "; ").join(
        str(text) for text in texts if is_given(text)
    ) or None


def day_lists(book: Book, name: str, label: str, lists: Iterable[Iterable[object]]) -> Column:
    """A column of days of which a row may have several: one day is a day, several are a text."""
    return Column(name, label, tuple(_days(book, days) for days in lists), kind="date")


def _days(book: Book, days: Iterable[object]) -> Cell:
    told: list[date] = [pd.Timestamp(day).date() for day in days if is_given(day)]
    return told[0] if len(told) == 1 else several(book, (day.isoformat() for day in told))


def of_years(book: Book, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rows whose year lies in the period, at least in part."""
    year, kept = rows[column].astype("Int64"), pd.Series(True, index=rows.index)
    if book.scope.begin is not None:
        kept &= (year >= book.scope.begin.year).fillna(False).astype(bool)
    if book.scope.end is not None:
        kept &= (year <= book.scope.end.year).fillna(False).astype(bool)
    return rows[kept.to_numpy(dtype=bool)].reset_index(drop=True)


def unit_names(book: Book, rows: pd.DataFrame) -> list[str]:
    """Names of units; a row that stands for none, as a reserve of the city, has a ``name`` of its own."""
    own = [str(name) if is_given(name) else "" for name in rows["name"]]
    told = zip(rows["unit_id"], book.places(rows["unit_id"]), own, strict=True)
    return [name if place == unit and name else place for unit, place, name in told]


def by_id(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Rows by an id, the first of each."""
    return frame[frame[key].notna()].drop_duplicates(key).set_index(key)
