"""Putting acts on record: each with its rows and one entry of the history, all in one transaction or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ..casefile import CaseStore, Change, ConflictError, Entry
from ..errors import OverdraftError
from .acts import (
    Act,
    By,
    Correction,
    Decision,
    Event,
    Intake,
    MoreEvidence,
    Objection,
    ObjectionResult,
    Recorded,
    Void,
    Withdrawal,
)
from .applications import decision, intake, link, withdrawal
from .checks import text_of
from .errors import ActsError
from .events import correction, event, label_of_reason, more_evidence, void
from .files import copy_all, take_away
from .objections import objection, objection_result, refuse_under_others
from .view import View

_SUPPLIED = ("events", "evidence", "pairs", "applications")


def record(
    store: CaseStore,
    acts: Iterable[Act],
    by: By,
    case: Path,
    progress: Callable[[float], None] | None = None,
) -> list[Recorded]:
    """Record acts, in their order; each sees what those before it did. All of them, or none.

    Args:
        case: path of the case file, beside which evidence files stand.
        progress: told 0 to 1; raises :class:`core.errors.Cancelled` to stop, then nothing is recorded.

    Raises:
        OverdraftError: the act cannot be recorded as it is; DoubtError: it can, if ``anyway`` is asked for.
        ActsError: of several acts some cannot; it says which.
        ConflictError: somebody else changed the same rows, twice in a row.
    """
    wanted = list(acts)
    if not by.who.strip():
        raise OverdraftError("desk.person_missing")
    try:
        return _record(store, wanted, by, case, progress)
    except ConflictError:  # somebody took the same id a moment ago, or changed a row: look again
        return _record(store, wanted, by, case, progress)


def _record(
    store: CaseStore, acts: Sequence[Act], by: By, case: Path, progress: Callable[[float], None] | None
) -> list[Recorded]:
    tick = progress or (lambda share: None)
    view = View(store, whole=len(acts) > 1)
    planned, refused = [], []
    for number, act in enumerate(acts):
        tick(0.8 * number / len(acts))
        try:
            done = _plan(view, act, by, case)
        except OverdraftError as error:
            refused.append((number, error))
            continue
        view.add(done.changes)
        planned.append(done)
    if refused:
        raise refused[0][1] if len(acts) == 1 else ActsError(refused, len(acts))
    changes = [change for done in planned for change in done.changes]
    changes = [*changes, *_supplied(View(store), changes)]
    made = copy_all([copy for done in planned for copy in done.copies])
    try:
        entries = [entry for done in planned for entry in (done.entry, *done.more)]
        store.apply(changes, entries, lambda share: tick(0.8 + 0.2 * share))
    except BaseException:
        take_away(made)
        raise
    return planned


def _plan(view: View, act: Act, by: By, case: Path) -> Recorded:
    """What an act changes."""
    if isinstance(act, Event):
        return event(view, act, by, case)
    if isinstance(act, MoreEvidence):
        return more_evidence(view, act, by, case)
    if isinstance(act, Correction):
        return correction(view, act, by)
    if isinstance(act, Void):
        return void(view, act, by)
    if isinstance(act, Intake):
        return intake(view, act, by)
    if isinstance(act, Decision):
        return decision(view, act, by)
    if isinstance(act, Withdrawal):
        return withdrawal(view, act, by)
    if isinstance(act, Objection):
        return objection(view, act, by, case)
    if isinstance(act, ObjectionResult):
        return objection_result(view, act, by, case)
    return link(view, act, by, case)


def undo(store: CaseStore, done: Recorded, by: By, case: Path, reason: str = "") -> Recorded:
    """Take an act back: an event is withdrawn by a ``void`` event, other rows become what they were.

    Nothing is lost: the history keeps the act and says that it was taken back. With a link the event goes as well,
    since its well may go with it.

    Raises:
        ConflictError: somebody has changed the rows since.
        OverdraftError: the event was corrected meanwhile, or a later objection found the decisions open.
    """
    if not by.who.strip():
        raise OverdraftError("desk.person_missing")
    back: list[Change] = []
    view = View(store)
    said: Recorded | None = None
    if done.kind in ("event", "correction", "void"):
        said = void(view, Void(done.event_id, reason), by)
        back += said.changes
    elif done.kind == "objection":
        refuse_under_others(view, done)
    kept = ("events", "evidence") if said is not None else ()
    for change in reversed(done.changes):
        if change.table not in kept:
            back.append(_reverse(change))
    entry = Entry(
        "undo",
        done.subject_id,
        by.who,
        by.login,
        before=done.entry.after,
        after={"undone": done.kind, "event_id": said.event_id} if said else {"undone": done.kind},
        reason=text_of(reason, label_of_reason()),
    )
    reopened = [
        Entry("undo", one.subject, by.who, by.login, one.after, one.before, entry.reason) for one in done.more
    ]
    store.apply(back, [entry, *reopened])
    event_id = said.event_id if said else ""
    return replace(done, kind="undo", changes=tuple(back), entry=entry, event_id=event_id, copies=(), more=())


def _reverse(change: Change) -> Change:
    """What makes a row again what it was."""
    after = dict(change.after or {})
    plain = {name: value for name, value in after.items() if name != "geom"}
    key = {**change.key, **{name: after[name] for name in change.key if name in after}}
    if change.before is None:
        return Change(change.table, key, plain, None)
    old = {name: change.before[name] for name in after if name in change.before}
    old |= {name: change.key[name] for name in change.key if name in after}
    if "revision" in old:
        old["revision"] = int(str(after["revision"])) + 1  # a number is never used twice
    return Change(change.table, key, {name: plain[name] for name in plain if name not in key}, old)


def _supplied(view: View, changes: Sequence[Change]) -> list[Change]:
    """A role that the desk keeps was supplied, even while it is empty: a seal without evidence waits for it, and does
    not count as proven because there is no table of evidence yet."""
    touched = {change.table for change in changes}
    if "events" in touched:
        touched.add("evidence")
    wanted = touched & set(_SUPPLIED)
    rows = view.find("meta", key="supplied_roles")
    known = json.loads(str(rows[0]["value"])) if rows else []
    if wanted <= set(known):
        return []
    value = json.dumps(sorted({*known, *wanted}))
    before = {"value": rows[0]["value"]} if rows else None
    return [Change("meta", {"key": "supplied_roles"}, before, {"value": value})]
