"""关停计划: the irrigation wells of over-extraction zones in the order in which they are to be closed, and why."""

from __future__ import annotations

import json

from ...closing import reason_text
from ...report.words import is_given
from ..book import Book
from ..column import Column, texts
from ..table import Table
from .common import by_id, empty, joined, later_acts, no_filter, not_asked, regiments
from .kind import Kind
from .wells import by_management

_VOLUMES = ("permit_m3", "used_m3")
_CUMULATIVE = ("cumulative_permit_m3", "cumulative_used_m3")
_RULE = "wells.closing"


def closing_plan(book: Book) -> Table:
    """The list of the run in its order; rank and cumulative volumes are those of the whole list."""
    rows = _rows(book)
    columns = (
        book.column("closing_order", "rank", rows["rank"]),
        book.column("closing_order", "well_id", rows["well_id"]),
        *_well(book, rows),
        texts("zone", book.column("closing_order", "zone_id", []).label, book.places(rows["zone_id"])),
        book.column("closing_order", "score", rows["score"]),
        texts("reason", book.say("column.reason"), (_why(book, row) for row in rows.to_dict("records"))),
        texts("unknown", book.column("closing_order", "unknown", []).label, _unknown(book, rows["unknown"])),
        *(book.column("closing_order", name, rows[name], total=True) for name in _VOLUMES),
        *(book.column("closing_order", name, rows[name]) for name in _CUMULATIVE),
    )
    clauses = [use.clause for use in book.policy.rules if use.rule == _RULE]
    if not clauses:
        return empty(book, "closing_plan", columns, not_asked(book, "closing"))
    notes = [book.say("note.closing"), book.say("note.clause", clause=joined(book, dict.fromkeys(clauses)))]
    for name in _VOLUMES:
        unknown = int(rows[name].isna().sum())
        if unknown:
            label = book.column("closing_order", name, []).label
            notes.append(book.say("note.volume_unknown", n=f"{unknown:,}", column=label))
    if not book.scope.whole:
        notes.append(book.say("note.whole_list"))
    notes += [*regiments(book, rows["management"]), *no_filter(book, "period"), *later_acts(book)]
    return Table(
        "closing_plan",
        book.say("title.closing_plan"),
        columns,
        by_management(book, rows["management"]) if len(rows) else (),
        tuple(notes),
    )


def _rows(book: Book):
    """The list of the run with what the register says of each well in scope."""
    told = ["row_id", "name", "township_id", "township", "village", "management"]
    wells = by_id(book.wells[told], "row_id")
    rows = book["closing_order"]
    rows = rows[rows["row_id"].isin(wells.index)].drop(columns=["fid"], errors="ignore")
    return rows.join(wells, on="row_id").reset_index(drop=True)


def _well(book: Book, rows) -> list[Column]:
    township = rows["township_id"].where(rows["township_id"].notna(), rows["township"])
    return [
        book.column("wells", "name", rows["name"]),
        texts("county", book.column("wells", "county", []).label, book.places(rows["county_id"])),
        texts(
            "township",
            book.column("wells", "township", []).label,
            (book.words.place(one) for one in township),
        ),
        book.column("wells", "village", rows["village"]),
        book.column("wells", "management", rows["management"]),
    ]


def _why(book: Book, row: dict) -> str | None:
    if not is_given(row["reason_key"]):
        return None
    values = json.loads(row["reason_values"]) if is_given(row["reason_values"]) else {}
    return reason_text(str(row["reason_key"]), values, book.language)


def _unknown(book: Book, cells) -> list[str | None]:
    """Criteria that the register does not tell of a well, in words."""
    labels: dict[str, str] = {}
    told = []
    for cell in cells:
        names = str(cell).split(";") if is_given(cell) else []
        for name in names:
            labels.setdefault(name, book.column("closing_order", name, []).label)
        told.append(joined(book, (labels[name] for name in names)) or None)
    return told


KINDS = (Kind("closing_plan", ("closing_order",), closing_plan),)
