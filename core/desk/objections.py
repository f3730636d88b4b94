"""Objections to what was decided on a well: kept in their own role, and the decisions are open again.

What became of an objection is recorded beside it and decides nothing: the findings on the well stay open until a
person decides on them again. Files that came with either stand in the history, with their SHA-256: evidence is of
events, and the ledger asks for it.
"""

from __future__ import annotations

from pathlib import Path

from ..casefile import Change, Entry
from ..casefile.attest import parsed, told
from ..casefile.decisions import DECISION, reopened
from ..errors import OverdraftError
from ..messages import Token, Word
from ..register.identity import ROW_ID
from ..schema import results_schema
from .acts import By, Copy, Objection, ObjectionResult, Piece, Recorded
from .checks import day_of, id_of, label, one_of, text_of, the_row
from .events import WITH_FILE, evidence_rows, label_of_reason
from .view import Row, View

NO_KIND = ""
"""Objections are of one kind."""


def objection(view: View, act: Objection, by: By, case: Path) -> Recorded:
    """Record an objection and reopen every decision on a finding about the well, in one step.

    Raises:
        OverdraftError: unknown well or day, nothing objected, a personal number, an id that is taken, a file that
            cannot be kept.
    """
    well = the_row(view, "wells", "well_id", id_of(act.well_id, label("objections", "well_id")))
    day = day_of(act.filed_on, label("objections", "filed_on"), by.today)
    text = text_of(act.text, label("objections", "text"))
    if text is None:
        raise OverdraftError("desk.objection_empty")
    name = act.objection_id.strip() or view.next_id("objections", "objection_id", f"OB-{by.today:%Y%m%d}")
    if view.find("objections", objection_id=id_of(name, label("objections", "objection_id"))):
        raise OverdraftError("desk.objection_twice", found=name)
    files, copies = _files(view, act.evidence, name, day, by, case)
    values: Row = {
        "well_id": well["well_id"],
        "filed_on": day,
        "text": text,
        "decided_on": None,
        "result": None,
    }
    reason = f"{name} {text}"
    changes = [Change("objections", {"objection_id": name}, None, values)]
    entries = []
    for before in decisions_on(view, str(well.get(ROW_ID) or well["well_id"])):
        after = reopened(before)
        finding = str(before["finding_id"])
        kept = {name: before[name] for name in DECISION if name != "finding_id"}
        changes.append(Change("decisions", {"finding_id": finding}, kept, after))
        entries.append(Entry("reopen", finding, by.who, by.login, told(before), told(after), reason))
    after = {"objection_id": name, "filed_on": day, "reopened": [entry.subject for entry in entries], **files}
    return Recorded(
        kind="objection",
        subject_role="wells",
        subject_id=str(well["well_id"]),
        token=NO_KIND,
        day=day,
        objection_id=name,
        changes=tuple(changes),
        entry=Entry("objection", str(well["well_id"]), by.who, by.login, after=after, reason=text),
        copies=copies,
        more=tuple(entries),
    )


def objection_result(view: View, act: ObjectionResult, by: By, case: Path) -> Recorded:
    """Record what became of an objection; no decision changes by it.

    Raises:
        OverdraftError: unknown objection, result or day, a day before the objection, no reason, a personal number, an
            objection that has its result, a file that cannot be kept.
    """
    name = id_of(act.objection_id, label("objections", "objection_id"))
    row = the_row(view, "objections", "objection_id", name)
    if row["decided_on"] or row["result"]:
        raise OverdraftError(
            "desk.objection_decided", found=name, day=row["decided_on"] or "—", result=_word(row["result"])
        )
    if act.result not in results_schema().enums["objection_result"]:
        allowed = [_word(one) for one in results_schema().enums["objection_result"]]
        raise OverdraftError(
            "desk.not_allowed", field=label("objections", "result"), found=act.result, allowed=allowed
        )
    day = day_of(act.decided_on, label("objections", "decided_on"), by.today)
    if row["filed_on"] and day < str(row["filed_on"]):
        raise OverdraftError("desk.before_objection", found=name, day=day, allowed=row["filed_on"])
    reason = text_of(act.reason, label_of_reason())
    if reason is None:
        raise OverdraftError("desk.objection_unreasoned")
    files, copies = _files(view, act.evidence, name, day, by, case)
    before = {column: row[column] for column in ("well_id", "filed_on", "text", "decided_on", "result")}
    decided = {"decided_on": day, "result": act.result}
    return Recorded(
        kind="objection_result",
        subject_role="wells",
        subject_id=str(row["well_id"]),
        token=act.result,
        day=day,
        objection_id=name,
        changes=(Change("objections", {"objection_id": name}, before, decided),),
        entry=Entry(
            "objection_result",
            str(row["well_id"]),
            by.who,
            by.login,
            after={"objection_id": name, **decided, **files},
            reason=reason,
        ),
        copies=copies,
    )


def decisions_on(view: View, well: str) -> list[Row]:
    """Decisions that stand on findings about a well (its row id), found by the last run or not any more."""
    names = {
        str(row["finding_id"])
        for table in ("findings", "decided_findings")
        for row in view.find(table, subject_role="wells", subject_id=well)
    }
    found = [row for name in sorted(names) for row in view.find("decisions", finding_id=name)]
    standing = (row for row in found if row["state"] not in (None, "open"))
    return [{**row, "stale": None if row["stale"] is None else int(bool(row["stale"]))} for row in standing]


def refuse_under_others(view: View, done: Recorded) -> None:
    """An objection is not taken back under a later one: that one found the decisions open, and they stay so.

    Raises:
        OverdraftError: there is one.
    """
    entries = [row for row in view.find("history", subject=done.subject_id) if row["kind"] == done.kind]
    told = [(int(str(row["seq"])), str(parsed(row["after"]).get("objection_id"))) for row in entries]
    mine = max((number for number, name in told if name == done.objection_id), default=0)
    later = {name for number, name in told if number > mine}
    kept = [row["objection_id"] for row in view.find("objections", well_id=done.subject_id)]
    others = sorted(later.intersection(map(str, kept)))
    if done.more and others:
        raise OverdraftError("desk.objected_since", found=done.objection_id, by=others)


def _files(
    view: View, pieces: tuple[Piece, ...], name: str, day: str, by: By, case: Path
) -> tuple[Row, tuple[Copy, ...]]:
    """What the history says of photos and documents, and those that have to be copied."""
    for piece in pieces:
        one_of("evidence_kind", piece.kind, WITH_FILE, label("evidence", "kind"))
    rows, copies = evidence_rows(view, pieces, name, day, by, case)
    kept = [{column: value for column, value in row.key.items() if column != "event_id"} for row in rows]
    return ({"evidence": kept} if kept else {}), copies


def _word(result: object) -> Token | str:
    """A result as a message names it; words of somebody's own as they are."""
    value = results_schema().enums["objection_result"].get(str(result))
    return Word(value.token, {"en": value.en, "zh": value.zh}) if value else str(result or "—")
