"""One well on one page: what the register holds, every clause with its words and result, decisions and history."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from ..casefile.snapshot import Snapshot, snapshot_of_wells
from ..errors import OverdraftError
from ..findings import OUTCOMES
from ..messages import render
from ..report.decided import history_of
from ..report.lines import Line, Past, say
from ..report.render import environment
from ..report.sheet import Sheet, facts_of, finding_sheet
from ..report.words import Words, is_given
from .book import Book
from .decided import places_of, wells_wanted
from .document import Picture
from .page import told
from .privacy import PUBLIC, private
from .table import Table

SLIP_NEEDS = ("findings", "persons")
"""Tables that slips of wells are chosen by."""

PAST = 10
"""Entries of the history on a slip; the case file holds them all."""

_MAP_WIDTH = 285
"""Of the map on a slip, in pixels of 1/96 inch."""

_LINKS = ("user_id", "account_no", "permit_no")
"""Columns that lead to a person: left out for the public."""

_PERSONS = ("owner", "contact", "phone", "id_number")


@dataclass(frozen=True)
class WellSlip:
    """What one page tells.

    Attributes:
        row: place of the well in ``book.wells``. name: its file name's part, the id of its row.
        findings: a sheet for each finding, worst first. codes: their ids, by which each is found again.
        history: of the findings and of the well, oldest first, each with the clause that it is about.
        head: last hash of the history. later: that acts were recorded after the run; else empty.
    """

    row: int
    name: str
    well_id: str
    place: str
    facts: tuple[Line, ...]
    findings: tuple[Sheet, ...]
    history: tuple[tuple[str, Past], ...]
    head: str
    run: tuple[Line, ...]
    later: str
    invented: bool

    @property
    def codes(self) -> tuple[str, ...]:
        """The ids of the findings."""
        return tuple(sheet.finding_id for sheet in self.findings)


def slips_of(book: Book, profile: str, ids: Collection[str] = ()) -> tuple[int, Iterator[WellSlip]]:
    """How many slips there are, and each of them: of the wells asked for, else of all in scope with a finding.

    Raises:
        OverdraftError: a well is not in the register or not in scope; there is no finding.
    """
    wells = wells_wanted(book, ids)
    if not ids:
        found = book["findings"]
        wells = wells[wells["row_id"].isin(found[found["subject_role"].eq("wells")]["subject_id"])]
    if wells.empty:
        raise OverdraftError("papers.wellslip.nothing")
    snapshot = snapshot_of_wells(book.path, wells["row_id"])
    return len(wells), (_slip(book, snapshot, profile, wells.loc[[row]]) for row in wells.index)


def slip_html(slip: WellSlip, language: str, profile: str, picture: Picture | None) -> str:
    """A slip as a page of its own, without scripts or anything from elsewhere."""
    context = {
        "t": Words(language, None),
        "s": lambda key, **values: say(key, language, **values),
        "p": lambda key, **values: _say(key, language, values),
        "lang": "zh-CN" if language == "zh" else "en",
        "colon": "：" if language == "zh" else ": ",
        "slip": slip,
        "past": PAST,
        "profile": profile,
        "public": profile == PUBLIC,
        "picture": picture,
        "size": (_MAP_WIDTH, round(_MAP_WIDTH * picture.ratio))
        if picture and picture.ratio
        else (_MAP_WIDTH,),
    }
    return environment().get_template("wellslip.html.j2").render(context)


def _say(key: str, language: str, values: dict[str, object]) -> str:
    return render(f"papers.{key}", values, language)


def _slip(book: Book, snapshot: Snapshot, profile: str, well: pd.DataFrame) -> WellSlip:
    name = str(well["row_id"].iloc[0])
    rows = snapshot.cells_of([("wells", "row_id", (name,))])[0]
    sheets = _sheets(book, snapshot, name)
    ids = [sheet.finding_id for sheet in sheets]
    well_id = str(well["well_id"].iloc[0]) if is_given(well["well_id"].iloc[0]) else ""
    entries = snapshot.cells_of([("history", "subject", [*ids, *([well_id] if well_id else [])])])[0]
    clauses = {sheet.finding_id: sheet.clause_id for sheet in sheets}
    about = [clauses.get(str(entry["subject"]), "") for entry in entries]
    history = list(history_of(entries, book.words))
    if profile == PUBLIC:
        history = [replace(one, who="", reason="") for one in history]
        sheets = [replace(sheet, decision=(), history=()) for sheet in sheets]
    return WellSlip(
        row=int(well.index[0]),
        name=name,
        well_id=well_id,
        place=places_of(book, well)[0],
        facts=(*_facts(book, rows[0] if rows else {}, profile), *_persons(book, well, profile)),
        findings=tuple(sheets),
        history=tuple(zip(about, history, strict=True)),
        head=snapshot.head,
        run=(
            Line(book.say("head.as_of"), book.run.as_of.isoformat()),
            Line(book.say("head.run"), book.run.run_id),
            Line(book.say("head.version"), book.run.policy.version),
        ),
        later=book.later,
        invented=bool(book.run.manifest.get("invented")),
    )


def _sheets(book: Book, snapshot: Snapshot, well: str) -> list[Sheet]:
    """Of each finding of the last run, and of each that somebody decided on and no run finds any more."""
    now, then = snapshot.cells_of(
        [(table, "subject_id", (well,)) for table in ("findings", "decided_findings")]
    )
    found = [str(row["finding_id"]) for row in now]
    gone = [str(row["finding_id"]) for row in then if row["finding_id"] not in set(found)]
    decisions = snapshot.cells_of([("decisions", "finding_id", gone)])[0]
    standing = [str(row["finding_id"]) for row in decisions if row["state"] not in (None, "open")]
    worst = {outcome: place for place, outcome in enumerate(OUTCOMES)}
    sheets = [finding_sheet(snapshot, name, book.language, book.policy) for name in (*found, *standing)]
    return sorted(sheets, key=lambda sheet: (sheet.gone, worst.get(sheet.outcome, 9), sheet.clause_id))


def _facts(book: Book, row: dict[str, object], profile: str) -> list[Line]:
    shown = {name: value for name, value in row.items() if profile != PUBLIC or name not in _LINKS}
    return list(facts_of("wells", shown, book.words))


def _persons(book: Book, well: pd.DataFrame, profile: str) -> list[Line]:
    """Who uses the well, as the profile shows it."""
    persons, user = book["persons"], well["user_id"].iloc[0]
    if not len(persons) or not is_given(user):
        return []
    found = persons[persons["user_id"].eq(user).fillna(False).astype(bool)].head(1)
    columns = tuple(book.column("persons", name, found[name]) for name in _PERSONS if name in found.columns)
    shown = private(Table("persons", "", columns), profile)
    return [Line(column.label, told(value)) for column in shown.columns for value in column.values if value]
