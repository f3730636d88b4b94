"""核查结论及处理决定: one line for each finding with what a person decided on it; and the history of the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

import pandas as pd

from ...casefile.changes import moment
from ...findings import OUTCOMES
from ...messages import catalogue, render
from ...report.basis import field_label
from ...report.decided import changes_of, state_told
from ...report.lines import parsed, placed
from ...report.words import is_given
from ...schema import results_schema
from ..book import Book
from ..column import Column, integers, texts
from ..found import NEEDS, joined, limited, listed, of_well, sentences, several, subjects
from ..table import Group, Table
from .kind import Kind

_FIGURES = ("permission", "action", "period", "period_state", "measured", "threshold")
_DECIDED = ("decided_on", "reason_kind", "reason")


def findings(book: Book) -> Table:
    """Every finding in scope, the worst first; those that the last run finds no more are marked."""
    rows = listed(book)
    columns = (*finding_columns(book, rows), *_quantities(book, rows), *decision_columns(book, rows))
    return Table(
        "findings",
        book.say("title.findings"),
        columns,
        by_outcome(book, rows["outcome"]),
        (book.say("note.findings", n=f"{int(rows['gone'].sum()):,}"), *limited(book)),
    )


def finding_columns(book: Book, rows: pd.DataFrame) -> list[Column]:
    """What a finding is about and what it says."""
    units = [book.words.place(unit) if is_given(unit) else None for unit in rows["unit_id"]]
    return [
        book.column("findings", "finding_id", rows["finding_id"]),
        book.column("findings", "outcome", rows["outcome"]),
        texts("rule", book.words.field("findings", "rule"), map(book.words.rule, rows["rule"])),
        book.column("findings", "clause", rows["clause"]),
        texts("subject_role", book.words.field("findings", "subject_role"), subjects(book, rows)),
        book.column("findings", "subject_id", rows["subject_id"]),
        texts("county", book.words.field("wells", "county"), book.places(rows["county_id"])),
        texts("unit", book.say("column.unit"), units),
        book.column("wells", "village", of_well(book, rows, "village")),
        book.column("wells", "use", of_well(book, rows, "use")),
        book.column("wells", "zone_ids", of_well(book, rows, "zone_ids")),
        texts("what", book.say("column.what"), sentences(book, rows)),
    ]


def decision_columns(book: Book, rows: pd.DataFrame) -> list[Column]:
    """What a person decided, who, when and why; and what changed since."""
    told = rows[["subject_role", "changed"]].to_dict("records")
    changes = [_changes(book, row) if is_given(row["changed"]) else None for row in told]
    return [
        texts(
            "gone", book.say("column.gone"), (book.words("yes") if gone else None for gone in rows["gone"])
        ),
        book.column("decisions", "state", rows["state"]),
        replace(book.column("decisions", "outcome", rows["decided_outcome"]), name="decided_outcome"),
        typed(book, "decided_by", rows["decided_by"]),
        *(book.column("decisions", name, rows[name]) for name in _DECIDED),
        typed(book, "attachment", rows["attachment"]),
        book.column("decisions", "deferred_to", rows["deferred_to"]),
        typed(book, "verified_by", rows["verified_by"]),
        book.column("decisions", "verified_on", rows["verified_on"]),
        book.column("decisions", "stale", rows["stale"].map(_marked)),
        texts("changes", book.words.field("decisions", "changed"), changes, "text"),
    ]


def typed(book: Book, name: str, values: Iterable[object]) -> Column:
    """Who signed a decision, or what he named with it: those who answer for a paper see it, the public does not."""
    return texts(name, book.words.field("decisions", name), values, personal="text")


def by_outcome(book: Book, outcomes: pd.Series) -> tuple[Group, ...]:
    """How many there are of each outcome, and of all."""
    found = outcomes.to_numpy(dtype=object)
    groups = [
        Group(book.words.token("outcome", token), tuple(int(row) for row in (found == token).nonzero()[0]))
        for token in OUTCOMES
    ]
    return (
        *(group for group in groups if group.rows),
        Group(book.say("total.all"), tuple(range(len(found)))),
    )


def history(book: Book) -> Table:
    """The history entry by entry, oldest first; of a part of the case, the entries about its findings and wells."""
    rows = pd.concat(
        [frame.astype(object) for frame in (book["merged_histories"], book["history"]) if len(frame)]
        or [book["history"]],
        ignore_index=True,
    )
    rows = rows.assign(moment=[moment(at) for at in rows["at"]])
    rows = rows.assign(day=rows["moment"].str[:10]) if len(rows) else rows.assign(day=None)
    known, whole = _of_scope(book, rows), len(rows)
    rows = book.in_period(rows[known].reset_index(drop=True), "day")
    field = book.words.field
    columns = [
        integers("seq", book.say("column.seq"), rows["seq"]),
        texts("at", field("history", "at"), rows["moment"]),
        texts("who", field("history", "who"), rows["who"], personal="text"),
        texts("login", field("history", "login"), rows["login"], personal="text"),
        texts("kind", field("history", "kind"), (_act(book, kind) for kind in rows["kind"])),
        texts("subject", field("history", "subject"), rows["subject"]),
        texts("before", field("history", "before"), (_side(book, part) for part in rows["before"]), "text"),
        texts("after", field("history", "after"), (_side(book, part) for part in rows["after"]), "text"),
        book.column("history", "reason", rows["reason"]),
        book.column("history", "hash", rows["hash"]),
    ]
    if len(book["merged_histories"]):
        columns.insert(0, texts("case_name", field("merged_histories", "case_name"), rows["case_name"]))
    notes = [book.say("note.history", n=f"{whole:,}", head=book.head)]
    if not known.all():
        notes.append(book.say("note.history_left_out", n=f"{int((~known).sum()):,}"))
    return Table("history", book.say("title.history"), tuple(columns), (), tuple(notes))


def _of_scope(book: Book, rows: pd.DataFrame) -> pd.Series:
    scope = book.scope
    if not (scope.county or scope.zone or scope.authority):
        return pd.Series(True, index=rows.index)
    kept = {
        *listed(book)["finding_id"].dropna(),
        *book.wells["well_id"].dropna(),
        *book.wells["row_id"].dropna(),
    }
    return rows["subject"].isin(kept).astype(bool)


def _quantities(book: Book, rows: pd.DataFrame) -> list[Column]:
    told = rows.assign(action=rows["action"].mask(rows["action"] == "none"))
    columns = [book.column("findings", name, told[name]) for name in _FIGURES]
    units = [book.words.unit(str(unit)) if is_given(unit) else None for unit in rows["measure_unit"]]
    unverified = [joined(book, _labels(book, parsed(keys) or ())) for keys in rows["unverified"]]
    return [
        *columns,
        texts("measure_unit", book.words.field("findings", "measure_unit"), units),
        texts("unverified", book.words.field("findings", "unverified"), unverified),
    ]


def _labels(book: Book, keys: Iterable[str]) -> Iterable[str]:
    settings = book.policy.settings
    return (settings[key].label(book.language) if key in settings else key for key in keys)


def _changes(book: Book, row: Mapping[str, object]) -> str | None:
    told = changes_of(row, str(row["subject_role"]), book.policy, book.words)
    return joined(
        book, (book.say("changed", label=item.label, then=item.then, now=item.now) for item in told)
    )


def _marked(value: object) -> object:
    """Yes or nothing: what is not stale needs no word."""
    return True if is_given(value) and bool(value) else None


def _act(book: Book, kind: object) -> str:
    """What kind of act it was."""
    for key in (f"papers.act.{kind}", f"slip.act.{kind}"):
        if key in catalogue():
            return render(key, {}, book.language)
    acts = results_schema().enums["desk_act"]
    return acts[str(kind)].label(book.language) if str(kind) in acts else str(kind)


_IN_STATE = ("state", "outcome", "deferred_to", "evidence_hash")
"""What the words of a state say already, and the hash by which the chain is proved: nothing for a reader."""


def _side(book: Book, text: object) -> str | None:
    """One side of an entry: the state of a decision, or what else was set, item by item."""
    part = parsed(text)
    if not isinstance(part, dict) or not part:
        return None
    rest = {name: value for name, value in part.items() if name not in _IN_STATE}
    told = [state_told(part, book.words)] if "state" in part else []
    items = rest if told else part
    return joined(
        book, (*told, *(_item(book, name, value) for name, value in items.items() if is_given(value)))
    )


def _item(book: Book, name: str, value: object) -> str:
    """What was set: its label and its value; of several figures each with what it counts."""
    if isinstance(value, dict):
        words = book.words
        name_of = partial(words.token, "outcome") if name == "counts" else words.choice
        told = several(
            book, (f"{name_of(str(key))} {placed(one, str(key), words)}" for key, one in value.items())
        )
    else:
        told = placed(value, name, book.words)
    return book.say("item", label=_label(book, name), value=told)


def _label(book: Book, name: str) -> str:
    key = f"papers.set.{name}"
    return render(key, {}, book.language) if key in catalogue() else field_label(name, "", book.words)


KINDS = (
    Kind("findings", NEEDS, findings),
    Kind("history", (*NEEDS, "history", "merged_histories"), history),
)
