"""Acts about wells and land: an event with its evidence, more evidence, a correction, a withdrawal.

A fact that so far only stands in the register itself (``status`` and ``status_on`` of a well, ``retired_on`` of an
area) would be forgotten once the subject has an event, because events win. The first event of a subject therefore
takes those facts along as events, under the ids that they had, so that their day and their evidence stay theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..casefile import Change, Entry
from ..errors import OverdraftError
from ..messages import Token
from ..register.facts import CLOSED_STATES, LAND_KINDS, PERMIT_KINDS, STATE_AFTER
from ..schema import register_schema, results_schema
from .acts import By, Copy, Correction, Event, MoreEvidence, Piece, Recorded, Void
from .checks import amount, day_of, id_of, label, one_of, text_of, the_subject, word
from .errors import DoubtError
from .files import keep
from .view import Fact, Row, View, keyed

VOID = "void"
"""The kind of event that withdraws another one."""

KINDS = {"wells": (*STATE_AFTER, *PERMIT_KINDS, "power_cut"), "irrigation": LAND_KINDS}
"""Kinds of event by the layer of their subject."""

WITH_FILE = ("photo", "document")
_SNAPSHOT = ("wells:", "irrigation:")


def event(view: View, act: Event, by: By, case: Path) -> Recorded:
    """Record what happened to a well or an area.

    Raises:
        OverdraftError: unknown subject, kind or day, evidence that is missing, a personal number.
        DoubtError: it contradicts what is on record.
    """
    row = the_subject(view, act.subject_role, act.subject_id)
    one_of("event_kind", act.kind, KINDS[act.subject_role], label("events", "kind"))
    day = day_of(act.effective_on, label("events", "effective_on"), by.today)
    act = replace(act, subject_id=act.subject_id.strip(), effective_on=day)
    area = _area(act, row)
    facts = view.facts(act.subject_role, act.subject_id)
    if not act.anyway:
        _doubts(act, facts)
    event_id = view.next_id("events", "event_id", f"EV-{by.today:%Y%m%d}")
    values: Row = {
        "subject_role": act.subject_role,
        "subject_id": act.subject_id,
        "kind": act.kind,
        "effective_on": day,
        "area_mu": area,
        "doc_no": text_of(act.doc_no, label("events", "doc_no")),
        "recorded_on": by.today.isoformat(),
        "recorded_by": by.who,
        "corrects": None,
    }
    taken = _taken_along(act, facts)
    pieces, copies = evidence_rows(view, act.evidence, event_id, day, by, case)
    after = {"event_id": event_id, **_short(values), "evidence": [change.key["kind"] for change in pieces]}
    if taken:
        after["taken_along"] = [change.key["event_id"] for change in taken]
    if act.anyway:
        after["anyway"] = True
    return Recorded(
        kind="event",
        subject_role=act.subject_role,
        subject_id=act.subject_id,
        token=act.kind,
        day=day,
        event_id=event_id,
        changes=(*taken, Change("events", {"event_id": event_id}, None, values), *pieces),
        entry=Entry("event", act.subject_id, by.who, by.login, after=after),
        copies=copies,
    )


def more_evidence(view: View, act: MoreEvidence, by: By, case: Path) -> Recorded:
    """Attach evidence to an event or a fact that is on record.

    Raises:
        OverdraftError: no such event or fact, nothing attached, the same piece twice.
    """
    event_id = id_of(act.event_id, label("evidence", "event_id"))
    role, subject, kind, day = _named(view, event_id)
    if not act.evidence:
        raise OverdraftError("desk.evidence_none", found=event_id)
    pieces, copies = evidence_rows(view, act.evidence, event_id, day, by, case)
    there = {_piece_key(row) for row in view.find("evidence", event_id=event_id)}
    if any(_piece_key(change.key) in there for change in pieces):
        raise OverdraftError("desk.evidence_twice", found=event_id)
    after = {"event_id": event_id, "evidence": [change.key["kind"] for change in pieces]}
    return Recorded(
        kind="evidence",
        subject_role=role,
        subject_id=subject,
        token=kind,
        day=day,
        event_id=event_id,
        changes=pieces,
        entry=Entry("evidence", subject, by.who, by.login, after=after),
        copies=copies,
    )


def correction(view: View, act: Correction, by: By) -> Recorded:
    """Put a new event in the place of one that was recorded wrongly; its evidence goes with it.

    Raises:
        OverdraftError: no such event, or one that was corrected before; DoubtError: as :func:`event`.
    """
    old = _standing(view, act.event_id)
    role, subject = str(old["subject_role"]), str(old["subject_id"])
    row = the_subject(view, role, subject)
    kind = one_of("event_kind", act.kind or str(old["kind"]), KINDS[role], label("events", "kind"))
    given = act.effective_on or str(old["effective_on"] or "")
    day = day_of(given, label("events", "effective_on"), by.today)
    area = act.area_mu if act.area_mu is not None else old["area_mu"]
    meant = Event(subject, kind, day, role, area_mu=area if area is None else float(str(area)))
    if not act.anyway:
        facts = [fact for fact in view.facts(role, subject) if fact.event_id != old["event_id"]]
        _doubts(meant, facts)
    event_id = view.next_id("events", "event_id", f"EV-{by.today:%Y%m%d}")
    values: Row = {
        "subject_role": role,
        "subject_id": subject,
        "kind": kind,
        "effective_on": day,
        "area_mu": _area(meant, row),
        "doc_no": text_of(act.doc_no, label("events", "doc_no")) or old["doc_no"],
        "recorded_on": by.today.isoformat(),
        "recorded_by": by.who,
        "corrects": old["event_id"],
    }
    pieces = [keyed({**row, "event_id": event_id}) for row in view.find("evidence", event_id=old["event_id"])]
    moved = [Change("evidence", full, None, empty) for full, empty in pieces]
    return Recorded(
        kind="correction",
        subject_role=role,
        subject_id=subject,
        token=kind,
        day=day,
        event_id=event_id,
        changes=(Change("events", {"event_id": event_id}, None, values), *moved),
        entry=Entry(
            "correction",
            subject,
            by.who,
            by.login,
            before=_short(old),
            after={"event_id": event_id, **_short(values)},
            reason=text_of(act.reason, label_of_reason()),
        ),
    )


def void(view: View, act: Void, by: By) -> Recorded:
    """Withdraw an event; the row stays and a further one of kind ``void`` says so.

    Raises:
        OverdraftError: no such event, or one that was corrected before.
    """
    old = _standing(view, act.event_id)
    event_id = view.next_id("events", "event_id", f"EV-{by.today:%Y%m%d}")
    values = {
        **{name: old[name] for name in ("subject_role", "subject_id", "effective_on")},
        "kind": "void",
        "recorded_on": by.today.isoformat(),
        "recorded_by": by.who,
        "corrects": old["event_id"],
    }
    subject = str(old["subject_id"])
    return Recorded(
        kind="void",
        subject_role=str(old["subject_role"]),
        subject_id=subject,
        token=VOID,
        day=str(old["effective_on"] or ""),
        event_id=event_id,
        changes=(Change("events", {"event_id": event_id}, None, values),),
        entry=Entry(
            "void",
            subject,
            by.who,
            by.login,
            before=_short(old),
            after={"event_id": event_id, "corrects": old["event_id"]},
            reason=text_of(act.reason, label_of_reason()),
        ),
    )


def label_of_reason() -> Token:
    """The reason of an act, as a message names it."""
    return results_schema().tables["history"].fields["reason"].token


def _doubts(act: Event, facts: list[Fact]) -> None:
    """Refuse what contradicts the record; a person may record it anyway."""
    if act.subject_role == "wells" and act.kind not in STATE_AFTER:
        return
    known = [fact for fact in facts if fact.state and fact.day]
    role = label("events", "subject_id")
    subject = {"field": role, "subject": act.subject_id, "kind": word("event_kind", act.kind)}
    if known and known[-1].day > act.effective_on:
        last = word("event_kind", known[-1].kind)
        raise DoubtError(
            "desk.before_last", day=act.effective_on, last=last, last_day=known[-1].day, **subject
        )
    state = known[-1] if known else None
    if act.subject_role == "irrigation":
        if act.kind == "restored" and (state is None or state.kind != "retired"):
            raise DoubtError("desk.not_retired", **subject)
        if act.kind == "retired" and state and state.kind == "retired" and act.area_mu is None:
            raise DoubtError("desk.already", since=state.day, **subject)
        return
    after = STATE_AFTER[act.kind]
    if act.kind == "reopened" and (state is None or state.state == "active"):
        raise DoubtError("desk.not_closed", **subject)
    if state is None:
        return
    closed = state.state in CLOSED_STATES and act.kind != "reopened"
    if (after and after == state.state) or (closed and (state.state, act.kind) != ("sealed", "dismantled")):
        already = {**subject, "kind": word("event_kind", state.kind)}
        raise DoubtError("desk.already", since=state.day, **already)


def _taken_along(act: Event, facts: list[Fact]) -> list[Change]:
    """Facts of the register itself that the subject's first event would hide, as events of their own."""
    if act.kind not in (*STATE_AFTER, *LAND_KINDS) or any(not fact.snapshot for fact in facts):
        return []
    return [
        Change(
            "events",
            {"event_id": fact.event_id},
            None,
            {
                "subject_role": act.subject_role,
                "subject_id": act.subject_id,
                "kind": fact.kind,
                "effective_on": fact.day,
            },
        )
        for fact in facts
        if fact.state and fact.day
    ]


def _area(act: Event, row: Row) -> float | None:
    if act.area_mu is None:
        return None
    if act.subject_role != "irrigation":
        raise OverdraftError("desk.area_of_well", found=act.subject_id)
    given, whole = amount(act.area_mu, label("events", "area_mu")), row.get("area_mu")
    if isinstance(whole, (int, float)) and given > whole * (1 + 1e-9):
        raise OverdraftError("desk.area_too_large", found=given, allowed=float(whole))
    return given


def evidence_rows(
    view: View, pieces: tuple[Piece, ...], event_id: str, day: str, by: By, case: Path
) -> tuple[tuple[Change, ...], tuple[Copy, ...]]:
    """Evidence as rows, and the files that have to be copied."""
    changes, copies = [], []
    for piece in pieces:
        kinds = tuple(register_schema().enums["evidence_kind"])
        one_of("evidence_kind", piece.kind, kinds, label("evidence", "kind"))
        path, digest = None, None
        if piece.file:
            path, digest, copy = keep(case, piece.folder, piece.file, view.files)
            copies += [copy] if copy else []
        elif piece.kind in WITH_FILE:
            raise OverdraftError("desk.file_needed", kind=word("evidence_kind", piece.kind))
        checked = text_of(piece.checked_by, label("evidence", "checked_by"))
        if piece.kind == "inspection" and not checked:
            raise OverdraftError("desk.inspector_needed")
        key: Row = {
            "event_id": event_id,
            "kind": piece.kind,
            "taken_on": day_of(piece.taken_on or day, label("evidence", "taken_on"), by.today),
            "path": path,
            "sha256": digest,
            "checked_by": checked,
        }
        full, empty = keyed(key)
        changes.append(Change("evidence", full, None, empty))
    if len({_piece_key(change.key) for change in changes}) < len(changes):
        raise OverdraftError("desk.evidence_twice", found=event_id)
    return tuple(changes), tuple(copies)


def _piece_key(row: Mapping[str, object]) -> tuple:
    return tuple(row.get(name) for name in ("kind", "taken_on", "sha256", "checked_by"))


def _standing(view: View, name: str) -> Row:
    """A recorded event that nothing has corrected or withdrawn yet."""
    event_id = id_of(name, label("events", "event_id"))
    rows = view.find("events", event_id=event_id)
    if len(rows) != 1:
        key = "desk.event_of_register" if event_id.startswith(_SNAPSHOT) else "desk.event_unknown"
        raise OverdraftError(key, found=event_id)
    for later in view.find("events", corrects=event_id):
        if not view.find("events", corrects=later["event_id"]):
            raise OverdraftError("desk.corrected_already", found=event_id, by=later["event_id"])
    return rows[0]


def _named(view: View, event_id: str) -> tuple[str, str, str, str]:
    """Role, subject, kind and day of an event, or of a fact that the register itself holds."""
    rows = view.find("events", event_id=event_id)
    if rows:
        row = rows[0]
        day = str(row["effective_on"] or "")
        return str(row["subject_role"]), str(row["subject_id"]), str(row["kind"]), day
    role, _, rest = event_id.partition(":")
    subject, _, kind_day = rest.rpartition(":")
    subject, _, kind = subject.rpartition(":")
    if role in KINDS and view.find(role, **{"well_id" if role == "wells" else "area_id": subject}):
        for fact in view.facts(role, subject):
            if fact.event_id == event_id:
                return role, subject, kind, kind_day
    raise OverdraftError("desk.event_unknown", found=event_id)


def _short(values: Row) -> Row:
    """What the history keeps of an event: what is filled in."""
    names = ("event_id", "subject_role", "kind", "effective_on", "area_mu", "doc_no", "corrects")
    return {name: values[name] for name in names if values.get(name) is not None}
