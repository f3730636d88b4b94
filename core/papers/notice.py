"""公示: what was decided on wells, put up for the public, with its basis, its working days and how to object."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..errors import OverdraftError
from ..findings import OUTCOMES
from ..policy import Policy
from ..report.words import is_given
from .book import Book
from .column import integers, texts
from .decided import DECIDED, NEEDS, findings_on_wells, places_of
from .document import Block, Document, Picture
from .privacy import COARSE, PUBLIC, private
from .table import Table
from .workdays import last_day, untold_years, working_days

NOTICE_NEEDS = (*NEEDS, "calendar")
"""Tables that a notice is taken from."""

DAYS = 10
"""Working days that a notice stands unless said otherwise (UX: KYS-P)."""


@dataclass(frozen=True)
class Asked:
    """What the case does not know of a notice.

    Attributes:
        about: what it is about, between 关于 and 的公示; empty: said from the scope.
        unit: who publishes it and takes objections. phone, address, mailbox: at least one.
        first: its first day; last: its last; None: after ``n_days`` working days. issued: its day; None: the first.
        basis: further documents, a line each. picture: the annex map, in place of one that is drawn.
        states: of decisions that it speaks of; wells: only these.
    """

    unit: str
    first: date
    about: str = ""
    phone: str = ""
    address: str = ""
    mailbox: str = ""
    last: date | None = None
    n_days: int = DAYS
    issued: date | None = None
    basis: tuple[str, ...] = ()
    picture: Picture | None = None
    states: tuple[str, ...] = DECIDED
    wells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """A notice and what it comes to.

    Attributes:
        table: the rows that it publishes. last, n_days: its period. n_wells: wells among the rows.
        n_stale: findings left out because they changed after they were decided on.
        untold: years of the period of which the calendar says nothing.
    """

    document: Document
    table: Table
    last: date
    n_days: int
    n_wells: int
    n_stale: int
    untold: tuple[int, ...]


Draw = Callable[[Book, pd.Series], Picture | None]
"""Draws the wells of a notice: the outcome to show, by place in ``book.wells``; None where none has a position."""


def public_notice(book: Book, asked: Asked, draw: Draw | None = None) -> Notice:
    """Draw a notice up.

    Args:
        draw: makes the annex map where no picture is given; None: without a map then.

    Raises:
        OverdraftError: nobody publishes it or there is no way to object; nothing to publish; a period without a
            working day.
    """
    if not asked.unit.strip():
        raise OverdraftError("papers.notice.no_unit")
    if not any(way.strip() for way in (asked.phone, asked.address, asked.mailbox)):
        raise OverdraftError("papers.notice.no_contact")
    found = findings_on_wells(book, asked.wells)
    found = found[found["state"].isin(asked.states)]
    n_stale = int(found["stale"].sum())
    found = found[~found["stale"]].reset_index(drop=True)
    if found.empty:
        states = [book.words.token("decision_state", state) for state in asked.states]
        raise OverdraftError("papers.notice.nothing", states=states, n=n_stale)
    calendar = calendar_of(book)
    last = asked.last or last_day(calendar, asked.first, asked.n_days)
    n_days = working_days(calendar, asked.first, last)
    if n_days < 1:
        raise OverdraftError("papers.notice.empty_period", begin=str(asked.first), end=str(last))
    table = private(_table(book, found), PUBLIC)
    return Notice(
        document=_document(book, asked, found, table, last, n_days, draw),
        table=table,
        last=last,
        n_days=n_days,
        n_wells=int(found["well"].nunique()),
        n_stale=n_stale,
        untold=tuple(untold_years(calendar, asked.first, last)),
    )


def calendar_of(book: Book) -> pd.DataFrame:
    """The working-day calendar of the case; one without rows where it holds none."""
    found = book.register.get("calendar")
    empty = {"day_on": pd.Series(dtype="datetime64[ns]"), "working": pd.Series(dtype="boolean")}
    return pd.DataFrame(empty) if found is None else found


def document_lines(book: Book, extra: Collection[str] = ()) -> list[str]:
    """The documents that findings rest on: title, number, issuer, day; then those given."""
    return [document_line(book, book.run.policy), *(line.strip() for line in extra if line.strip())]


def document_line(book: Book, policy: Policy) -> str:
    """A document as a paper cites it."""
    chinese = book.language == "zh"
    title = policy.title if chinese or not policy.title_en else policy.title_en
    issuer = policy.issuer if chinese else policy.issuer_en or policy.issuer
    number = book.say("cite.number", value=policy.number) if policy.number else ""
    issued = book.say("cite.issued", value=policy.issued_on.isoformat()) if policy.issued_on else ""
    named = ("" if chinese else " ").join(filter(None, (book.say("cite.title", title=title), number)))
    return ("，" if chinese else ", ").join(filter(None, (named, issuer, issued)))


def clause_lines(book: Book, clauses: Collection[str]) -> list[str]:
    """The clauses, in the order of the document: where each stands and its words, or that nobody has read them."""
    known = [clause for clause in book.policy.clauses.values() if clause.id in set(clauses)]
    lines = []
    for clause in known:
        words = book.say("cite.quote", quote=clause.quote) if clause.quote else book.say("cite.unread")
        lines.append(book.say("cite.clause", id=clause.id, locator=clause.locator, words=words))
    there = {clause.id for clause in known}
    return [*lines, *(str(one) for one in sorted(set(clauses) - there))]


def clause_name(book: Book, clause: object) -> str | None:
    """A clause in a cell: where it stands, and its id."""
    if not is_given(clause):
        return None
    known = book.policy.clauses.get(str(clause))
    return f"{known.locator} {known.id}".strip() if known else str(clause)


def period_words(book: Book, first: date, last: date) -> str:
    """A period in words; the year of its end only where it is another one."""
    form = "same_year" if first.year == last.year else "two_years"
    begin, end = _parts(book, first), _parts(book, last)
    return book.say(f"period.{form}", **begin, **{f"{name}2": part for name, part in end.items()})


def day_words(book: Book, day: date) -> str:
    """A day in words."""
    return book.say("day", **_parts(book, day))


def _parts(book: Book, day: date) -> dict[str, str]:
    """Year, month and day, with two digits each where the language writes them so."""
    digits = 1 if book.language == "zh" else 2
    return {"y": str(day.year), "m": f"{day.month:0{digits}}", "d": f"{day.day:0{digits}}"}


def _table(book: Book, found: pd.DataFrame) -> Table:
    """The annex: one row for each finding, without anything about a person."""
    wells = book.wells.loc[found["well"]]
    columns = (
        integers("n", book.say("column.n"), range(1, len(found) + 1)),
        book.column("wells", "well_id", wells["well_id"]),
        texts("place", book.say("column.place"), places_of(book, wells)),
        book.column("wells", "management", wells["management"]),
        book.column("findings", "outcome", found["verdict"]),
        book.column("findings", "action", found["measure"]),
        texts("clause", book.say("column.clause"), [clause_name(book, one) for one in found["clause"]]),
    )
    run = book.run
    note = book.say("notice.source", as_of=run.as_of.isoformat(), run=run.run_id, head=book.head)
    notes = tuple(filter(None, (note, book.later)))
    return Table("notice", book.say("notice.annex_table"), columns, notes=notes)


def _document(
    book: Book,
    asked: Asked,
    found: pd.DataFrame,
    table: Table,
    last: date,
    n_days: int,
    draw: Draw | None,
) -> Document:
    title = book.say("notice.title", about=asked.about.strip() or _about(book))
    head = [Block("title", title)]
    if book.run.manifest.get("invented"):
        head.append(Block("mark", book.say("invented_data")))
    blocks = [
        *head,
        Block("text", book.say("notice.opening", document=document_line(book, book.run.policy))),
        Block("heading", book.say("notice.basis")),
        *(Block("text", line) for line in document_lines(book, asked.basis)),
        *(Block("quote", line) for line in clause_lines(book, set(found["clause"].dropna()) - {""})),
        Block("heading", book.say("notice.content")),
        Block("text", _summary(book, found)),
        Block("heading", book.say("notice.time")),
        Block("text", book.say("notice.period", period=period_words(book, asked.first, last), n=n_days)),
        Block("heading", book.say("notice.objections")),
        Block("text", book.say("notice.how")),
        *(Block("text", line) for line in _contact(book, asked)),
        Block("right", asked.unit.strip()),
        Block("right", day_words(book, asked.issued or asked.first)),
        Block("break"),
        Block("table", book.say("notice.annex", n=1, title=table.title), table=table),
        Block("break"),
        *_annex_map(book, asked.picture, found, draw),
    ]
    return Document(title, tuple(blocks), book.language)


def _about(book: Book) -> str:
    place = book.words.place(book.scope.county or book.run.policy.city_id)
    return book.say("notice.about", place=place)


def _summary(book: Book, found: pd.DataFrame) -> str:
    counts = found["verdict"].value_counts()
    told = [
        book.say("notice.count", label=book.words.token("outcome", outcome), n=int(counts[outcome]))
        for outcome in OUTCOMES
        if outcome in counts
    ]
    wells = book.wells.loc[found["well"].unique()]
    joint = "、" if book.language == "zh" else ", "
    return book.say(
        "notice.summary",
        n_wells=len(wells),
        n_regiment=int(wells["management"].eq("regiment").fillna(False).sum()),
        n=len(found),
        counts=joint.join(told),
    )


def _contact(book: Book, asked: Asked) -> list[str]:
    ways = {"unit": asked.unit, "phone": asked.phone, "address": asked.address, "mailbox": asked.mailbox}
    return [book.say(f"notice.{name}", value=way.strip()) for name, way in ways.items() if way.strip()]


def _annex_map(book: Book, picture: Picture | None, found: pd.DataFrame, draw: Draw | None) -> list[Block]:
    title = book.say("notice.annex", n=2, title=book.say("notice.annex_map"))
    if picture is not None:
        return [Block("picture", title, picture=picture)]
    # rows of a well follow one another, the worst first
    worst = found.drop_duplicates("well").set_index("well")["verdict"]
    drawn = draw(book, worst) if draw else None
    if drawn is None:
        return [Block("heading", title), Block("text", book.say("notice.no_map"))]
    absent = len(worst) - int(book.wells.loc[worst.index, "placed"].eq(True).fillna(False).sum())
    notes = [
        book.say("maps.coarse", digits=COARSE),
        book.say("maps.absent", n=f"{absent:,}") if absent else "",
        book.say("maps.disclaimer"),
    ]
    return [Block("picture", title, picture=drawn), *(Block("note", line) for line in notes if line)]
