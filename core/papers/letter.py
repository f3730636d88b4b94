"""Approval sheets, letters that ask for an opinion, closure notices: what the case puts into their templates."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ..casefile.layout import layouts
from ..errors import OverdraftError
from ..personal import masked
from ..report.words import is_given
from .book import Book
from .decided import DECIDED, findings_on_wells, places_of, wells_wanted
from .notice import clause_lines, day_words, document_lines
from .page import told
from .privacy import PUBLIC, private
from .table import Table

KINDS = ("approval_sheet", "opinion_letter", "closure_notice")
"""审批单 of an application, 征求意见函 about wells and applications together, 责令限期封井通知 of a well."""

LETTER_NEEDS = ("findings", "decisions", "applications", "vetting", "persons", "calendar")
"""Tables that letters are taken from."""

CLOSING = ("seal", "close", "dismantle")
"""Actions that a closure notice rests on."""

BLANK = "＿＿＿＿"
"""What stands where the case or the person who prints says nothing: room to write by hand."""


@dataclass(frozen=True)
class Addressed:
    """What the case does not know of a letter.

    Attributes:
        unit: who signs. to: whom it is to. doc_no: its number. day: its day. deadline: by when.
        basis: further documents that it rests on.
    """

    unit: str
    day: date
    to: str = ""
    phone: str = ""
    address: str = ""
    doc_no: str = ""
    deadline: date | None = None
    basis: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """One letter: what it is about, for its file name, and a text for each placeholder."""

    subject: str
    values: dict[str, str]


def letters(
    book: Book,
    kind: str,
    asked: Addressed,
    wells: Collection[str],
    applications: Collection[str],
    profile: str,
) -> list[Letter]:
    """The letters of a kind: an approval sheet for each application, a closure notice for each well, one letter that
    asks for an opinion on all of them.

    Raises:
        OverdraftError: nobody signs; nothing is chosen; a well or application is unknown; no decision asks for a
            well to be closed.
    """
    if not asked.unit.strip():
        raise OverdraftError("papers.letter.no_unit")
    chosen = wells_wanted(book, wells) if wells else book.wells.iloc[:0]
    intakes = _applications(book, applications)
    if kind == "approval_sheet":
        if intakes.empty:
            raise OverdraftError("papers.letter.no_application")
        return [_approval(book, asked, intakes.loc[[row]], profile) for row in intakes.index]
    if kind == "closure_notice":
        if chosen.empty:
            raise OverdraftError("papers.letter.no_well")
        return [_closure(book, asked, chosen.loc[[row]], profile) for row in chosen.index]
    if chosen.empty and intakes.empty:
        raise OverdraftError("papers.letter.nothing")
    return [_opinion(book, asked, chosen, intakes, profile)]


def _applications(book: Book, ids: Collection[str]) -> pd.DataFrame:
    known = book["applications"]
    unknown = sorted(set(ids) - set(known["application_id"].dropna()))
    if unknown:
        raise OverdraftError("papers.letter.unknown_application", n=len(unknown), found=unknown[:10])
    return known[known["application_id"].isin(set(ids))].reset_index(drop=True)


def _approval(book: Book, asked: Addressed, intake: pd.DataFrame, profile: str) -> Letter:
    name = str(intake["application_id"].iloc[0])
    vetted, fired, conditions = _vetting(book, name)
    lines, clauses = _tests(book, fired)
    values = {
        **_common(book, asked, clauses),
        **_cells(book, "applications", intake, profile),
        **_persons(book, intake, profile),
        "place": _recorded_place(intake),
        "permission": book.words.token("permission", vetted.get("permission")),
        "authority": _text(vetted.get("authority")),
        "consult": _text(vetted.get("consult")),
        "tests": _lines(lines),
        "conditions": _lines(_condition(book, item) for item in conditions),
    }
    return Letter(name, values)


def _closure(book: Book, asked: Addressed, well: pd.DataFrame, profile: str) -> Letter:
    name = str(well["well_id"].iloc[0])
    found = findings_on_wells(book, [name])
    found = found[found["well"].eq(well.index[0])]
    closing = found[found["measure"].isin(CLOSING) & found["verdict"].eq("fail")]
    closing = closing[closing["state"].isin(DECIDED) & ~closing["stale"]]
    if closing.empty:
        actions = [book.words.token("action", action) for action in CLOSING]
        raise OverdraftError("papers.letter.no_closing", found=name, allowed=actions)
    return Letter(name, _about_wells(book, asked, well, closing, profile) | _persons(book, well, profile))


def _opinion(
    book: Book, asked: Addressed, wells: pd.DataFrame, intakes: pd.DataFrame, profile: str
) -> Letter:
    found = findings_on_wells(book, list(wells["well_id"])) if len(wells) else book["findings"].iloc[:0]
    lines, clauses, consult = [], set(), []
    for number, row in enumerate(intakes.index, start=1):
        intake = intakes.loc[[row]]
        vetted, fired, _ = _vetting(book, str(intake["application_id"].iloc[0]))
        told, cited = _tests(book, fired)
        clauses |= cited
        consult += [str(vetted["consult"])] if is_given(vetted.get("consult")) else []
        permission = book.words.token("permission", vetted.get("permission"))
        line = {
            "id": intake["application_id"].iloc[0],
            "place": _recorded_place(intake),
            "permission": permission,
        }
        lines += [f"{number}. {book.say('letter.application', **line)}", *(f"· {test}" for test in told)]
    values = _about_wells(book, asked, wells, found, profile, clauses)
    subjects = [*wells["well_id"], *intakes["application_id"]]
    to = asked.to.strip() or "、".join(dict.fromkeys(consult)) or BLANK
    more = {"applications": "\n".join(lines) or BLANK, "n_applications": str(len(intakes)), "to": to}
    return Letter(str(subjects[0]) if len(subjects) == 1 else "", values | more)


def _about_wells(
    book: Book,
    asked: Addressed,
    wells: pd.DataFrame,
    found: pd.DataFrame,
    profile: str,
    more: Iterable[str] = (),
) -> dict[str, str]:
    """The texts of some wells and of findings on them."""
    told = [
        book.say("letter.well", id=well, place=place)
        for well, place in zip(wells["well_id"], places_of(book, wells), strict=True)
    ]
    lines = [_finding(book, row) for row in found.to_dict("records")]
    joint = "、" if book.language == "zh" else ", "
    measures = found["measure"].dropna() if "measure" in found else found["action"]
    actions = dict.fromkeys(book.words.token("action", one) for one in measures if is_given(one))
    single = _cells(book, "wells", wells, profile) if len(wells) == 1 else {}
    return {
        **single,
        **_common(book, asked, {*more, *found["clause"].dropna()} - {""}),
        "place": places_of(book, wells)[0] if len(wells) == 1 else "",
        "wells": _lines(told),
        "n_wells": str(len(wells)),
        "findings": _lines(lines),
        "n_findings": str(len(found)),
        "actions": joint.join(actions) or BLANK,
        "codes": joint.join(found["finding_id"]) or BLANK,
    }


def _finding(book: Book, row: dict) -> str:
    sentence = book.words.sentence(row["message_key"], row["message_values"], str(row["subject_role"]))
    line = book.say(
        "letter.finding",
        id=row["subject_id"],
        outcome=book.words.token("outcome", row.get("verdict", row["outcome"])),
        clause=row["clause"],
        sentence=masked(sentence),
    )
    return book.say("letter.stale", finding=line) if row.get("stale") else line


def _common(book: Book, asked: Addressed, clauses: Collection[str]) -> dict[str, str]:
    """What every letter may say."""
    policy, run = book.run.policy, book.run
    given = {
        "unit": asked.unit,
        "to": asked.to,
        "phone": asked.phone,
        "address": asked.address,
        "doc_no": asked.doc_no,
        "document_no": policy.number,
        "run": run.run_id,
        "head": book.head,
    }
    invented = book.say("invented_data") if run.manifest.get("invented") else ""
    return {
        **{name: value.strip() or BLANK for name, value in given.items()},
        "date": day_words(book, asked.day),
        "deadline": day_words(book, asked.deadline) if asked.deadline else BLANK,
        "documents": "\n".join(document_lines(book, asked.basis)),
        "clauses": _lines(clause_lines(book, clauses)),
        "as_of": run.as_of.isoformat(),
        "invented": invented,
        "since": book.later,
    }


def _cells(book: Book, table: str, rows: pd.DataFrame, profile: str) -> dict[str, str]:
    """Every field of one row as it is printed elsewhere, without those of persons."""
    values = {}
    for item in layouts()[table].fields:
        if item.name in rows.columns and not item.personal:
            column = book.column(table, item.name, rows[item.name])
            hidden = profile == PUBLIC and column.personal
            values[item.name] = BLANK if hidden else masked(told(column.values[0])) or BLANK
    return values


def _persons(book: Book, rows: pd.DataFrame, profile: str) -> dict[str, str]:
    """``owner`` and ``owner_phone`` as the profile shows them."""
    values = {"owner": BLANK, "owner_phone": BLANK}
    persons, user = book["persons"], rows["user_id"].iloc[0] if "user_id" in rows.columns else None
    found = (
        persons[persons["user_id"].eq(user).fillna(False).astype(bool)].head(1)
        if is_given(user)
        else persons[:0]
    )
    if found.empty:
        return values
    names = {"owner": "owner", "phone": "owner_phone"}
    columns = tuple(book.column("persons", name, found[name]) for name in names if name in found.columns)
    for column in private(Table("persons", "", columns), profile).columns:
        if column.values[0]:
            values[names[column.name]] = told(column.values[0])
    return values


def _vetting(book: Book, application: str) -> tuple[dict, list[dict], list[dict]]:
    """The sheet of an application, what fired and the conditions; empty where the run did not vet it."""
    rows = book["vetting"]
    rows = rows[rows["application_id"].eq(application).fillna(False).astype(bool)].to_dict("records")
    sheet = rows[0] if rows else {}
    parts = [json.loads(sheet[name]) if is_given(sheet.get(name)) else [] for name in ("fired", "conditions")]
    return sheet, parts[0], parts[1]


def _tests(book: Book, items: list[dict]) -> tuple[list[str], set[str]]:
    """What was asked of an application, a line each, and the clauses."""
    lines = []
    for item in items:
        role = str(item.get("subject_role") or "applications")
        sentence = masked(book.words.sentence(item["message_key"], item.get("message_values"), role))
        result = book.words.token("permission", item.get("permission"))
        lines.append(book.say("letter.test", result=result, clause=item.get("clause"), sentence=sentence))
    return lines, {str(item["clause"]) for item in items if is_given(item.get("clause"))}


def _condition(book: Book, item: dict) -> str:
    """What an approval is bound to, and whether the case knows it met."""
    met = "unknown" if item.get("met") is None else "met" if item["met"] else "not_met"
    sentence = masked(book.words.sentence(item["message_key"], item.get("message_values"), "applications"))
    return book.say(f"condition.{met}", clause=item.get("clause"), sentence=sentence)


def _recorded_place(row: pd.DataFrame) -> str:
    parts = (row[name].iloc[0] for name in ("county", "township", "village") if name in row.columns)
    return masked("".join(str(part) for part in parts if is_given(part))) or BLANK


def _text(value: object) -> str:
    return str(value) if is_given(value) else BLANK


def _lines(lines: Iterable[str]) -> str:
    """Lines, numbered; a blank where there is none."""
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1)) or BLANK
