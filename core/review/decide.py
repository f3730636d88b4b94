"""Deciding on findings: one step, one transaction, one entry of the history for each finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from ..casefile import CaseStore, Cells, Change, ConflictError, Copy, Entry
from ..casefile.attest import told
from ..casefile.changes import Question
from ..casefile.decisions import DECISION, reopened
from ..casefile.layout import LAST_RUN
from ..errors import OverdraftError
from ..findings.verdicts import to_json
from .acts import ACTS, Act, refusals
from .steps import Decisions, Step

LOOKED_AT = ("finding_id", "subject_id", "outcome", "unverified", "evidence_hash")
"""What must be known of a finding to decide on it."""

FOUR_EYES = "review.four_eyes"
"""Setting of a case: nobody verifies a decision of their own. On unless the case says otherwise."""

Progress = Callable[[float], None]

PART = 5_000
"""Findings that are looked up, or made ready, between two looks whether the person has cancelled."""

_LOOKED = 0.2
"""Share of a decision that is done when its findings have been looked up."""


@dataclass(frozen=True)
class Preview:
    """What an act would do, shown before it is done.

    Attributes:
        act: ids of the findings on which it would act. skipped: message key → how many it passes over, and why.
        unverified: of those acted on, how many rest on settings that nobody has verified.
        marked: of those acted on, subject → who works on it now, and since when.
    """

    act: tuple[str, ...]
    skipped: Mapping[str, int] = field(default_factory=dict)
    unverified: int = 0
    marked: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def four_eyes(store: CaseStore) -> bool:
    """Must another person verify? Yes, unless the case says otherwise."""
    rows = store.rows("settings", key=FOUR_EYES)
    return not (len(rows) and rows.at[0, "value"] == "false")


def set_four_eyes(store: CaseStore, wanted: bool, who: str, login: str = "") -> None:
    """Change that rule of the case; the history says who did."""
    before = store.rows("settings", key=FOUR_EYES)
    old = {"value": before.at[0, "value"]} if len(before) else None
    after = {"value": to_json(wanted), "source": "user"}
    change = Change("settings", {"key": FOUR_EYES}, old, after)
    store.apply([change], [Entry("setting", FOUR_EYES, who, login, old, after)])


def preview(
    store: CaseStore,
    ids: Iterable[str],
    act: Act,
    today: date | None = None,
    progress: Progress | None = None,
) -> Preview:
    """What the act would do to these findings; nothing is written.

    Raises:
        OverdraftError: the act itself is incomplete.
        Cancelled: from ``progress``.
    """
    act.check(today or date.today())
    found = _look_up(store, ids, progress or _silent)
    why = refusals(found.rows, act, four_eyes(store))
    done = [finding for finding, key in zip(found.findings, why, strict=True) if not key]
    others = {name: mark for name, mark in store.marks().items() if mark[0] != act.who}
    names = tuple(str(finding["finding_id"]) for finding in done)
    return Preview(
        act=names,
        skipped=dict(sorted(Counter(key for key in why if key).items())),
        unverified=sum(finding["unverified"] not in (None, "", "[]", "{}") for finding in done),
        marked={name: others[name] for name in names if name in others},
    )


def decide(
    store: CaseStore,
    ids: Iterable[str],
    act: Act,
    progress: Progress | None = None,
    expected: Mapping[str, int] | None = None,
    today: date | None = None,
    run: str = "",
) -> Step:
    """Decide on findings, all or none, as one step; those to which the act does not apply are passed over.

    Args:
        expected: finding → revision of the decision that the person has seen (0: none); a newer one is a conflict.
        run: the run whose findings the person has seen; empty: those that stand in the case.

    Raises:
        OverdraftError: the act is incomplete, or applies to none of the findings: the message says why; the case was
            judged again meanwhile.
        ConflictError: somebody else decided in the meantime; nothing is written.
        Cancelled: from ``progress``.
    """
    today, tell = today or date.today(), progress or _silent
    act.check(today)
    found = _look_up(store, ids, lambda share: tell(_LOOKED * share))
    if run and run != found.run:
        raise OverdraftError("review.judged_again")
    why = refusals(found.rows, act, four_eyes(store))
    findings = [finding for finding, key in zip(found.findings, why, strict=True) if not key]
    if not findings:
        raise OverdraftError(next(iter(why), "review.nothing"))
    befores, afters, entries = [], [], []
    changes: list[Change | Copy] = []
    for number, finding in enumerate(findings):
        if number % PART == 0:
            tell(_LOOKED)
        name = str(finding["finding_id"])
        before = found.decisions.get(name)
        after = _decision(act, finding, before, today)
        seen = (expected or {}).get(name, before["revision"] if before else 0)
        befores.append(before)
        afters.append(after)
        changes.append(
            Change("decisions", {"finding_id": name}, {"revision": seen} if before or seen else None, after)
        )
        entries.append(_entry(act, name, before, after))
    kept: tuple[Cells, ...] = ()
    if act.kind != "reopen":
        names = tuple(str(finding["finding_id"]) for finding in findings)
        changes.append(Copy("findings", "decided_findings", "finding_id", names))
        kept = tuple(found.replaced[name] for name in names if name in found.replaced)
    head = _apply(store, changes, entries, lambda share: tell(_LOOKED + (1 - _LOOKED) * share), found.run)
    return Step(act, Decisions(befores), Decisions(afters), head, kept)


def _apply(
    store: CaseStore, changes: list[Change | Copy], entries: list[Entry], progress: Progress, run: str
) -> str:
    """Write the decisions, if the findings are still those of this run."""
    same = [Change("meta", {"key": LAST_RUN}, {"value": run}, {"value": run})] if run else []
    try:
        return store.apply([*changes, *same], entries, progress)
    except ConflictError as error:
        if any(change.table == "meta" for change, _ in error.conflicts):
            raise OverdraftError("review.judged_again") from error
        raise


def _silent(share: float) -> None:
    """Nobody asks how far the work is."""


@dataclass(frozen=True)
class _Found:
    """What is known of some findings.

    Attributes:
        findings: in the order asked for. decisions: by finding. rows: what :func:`refusals` looks at.
        replaced: rows of ``decided_findings`` that the finding as it stands differs from. run: of the findings.
    """

    findings: list[dict[str, object]]
    decisions: dict[str, dict[str, object]]
    rows: pd.DataFrame
    replaced: dict[str, dict[str, object]]
    run: str


def _look_up(store: CaseStore, ids: Iterable[str], progress: Progress) -> _Found:
    wanted = list(dict.fromkeys(ids))
    now: dict[str, dict[str, object]] = {}
    then, decisions, replaced = dict(now), dict(now), dict(now)
    runs: set[str] = set()
    for start in range(0, max(len(wanted), 1), PART):
        progress(start / max(len(wanted), 1))
        part = wanted[start : start + PART]
        asked: list[Question] = [
            (table, "finding_id", part) for table in ("findings", "decided_findings", "decisions")
        ]
        *answers, run = store.cells_of([*asked, ("meta", "key", (LAST_RUN,))])
        here, kept, decided = ({str(item["finding_id"]): item for item in rows} for rows in answers)
        now |= {name: _looked_at(item) for name, item in here.items()}
        then |= {name: _looked_at(item) for name, item in kept.items()}
        decisions |= {name: _cells(item) for name, item in decided.items()}
        replaced |= {name: item for name, item in kept.items() if name in here and item != here[name]}
        runs.add(str(run[0]["value"] or "") if run else "")
    if len(runs) > 1:
        raise OverdraftError("review.judged_again")
    names = [name for name in wanted if name in now or name in then]
    told = [decisions.get(name, {}) for name in names]
    findings = [now.get(name) or then[name] for name in names]
    rows = pd.DataFrame(
        {
            "subject_id": pd.Series([str(item["subject_id"]) for item in findings], dtype=object),
            "outcome": [item["outcome"] for item in findings],
            "gone": [name not in now for name in names],
            "state": [item.get("state") or "open" for item in told],
            "decided_by": [item.get("decided_by") or "" for item in told],
            "stale": [bool(item.get("stale")) for item in told],
        }
    )
    return _Found(findings, decisions, rows, replaced, runs.pop())


def _looked_at(record: Mapping[str, object]) -> dict[str, object]:
    return {column: record.get(column) for column in LOOKED_AT}


def _cells(record: Mapping[str, object]) -> dict[str, object]:
    """A decision as it is stored; a row of an older version may lack its revision."""
    return {name: record.get(name) for name in DECISION} | {"revision": record["revision"] or 0}


def _decision(act: Act, finding: Cells, before: Cells | None, today: date) -> dict[str, object]:
    """The row of ``decisions`` after the act."""
    if act.kind == "reopen" and before is not None:
        return reopened(before)
    revision = 1 if before is None else int(str(before["revision"])) + 1
    row: dict[str, object] = dict.fromkeys(DECISION)
    if act.kind == "verify":
        row |= before or {}
    row |= {"finding_id": finding["finding_id"], "state": ACTS[act.kind], "revision": revision}
    if act.kind == "verify":
        return row | {"verified_by": act.who.strip(), "verified_on": str(today)}
    overridden = act.kind == "override"
    return row | {
        "outcome": act.outcome if overridden else None,
        "decided_by": act.who.strip(),
        "decided_on": str(today),
        "reason_kind": act.reason_kind if overridden else None,
        "reason": act.reason.strip() or None,
        "attachment": act.attachment.strip() or None,
        "deferred_to": str(act.deferred_to) if act.kind == "defer" else None,
        "evidence_hash": finding["evidence_hash"],
        "stale": 0,
    }


def _entry(act: Act, name: str, before: Cells | None, after: Cells) -> Entry:
    """One line of the history: who decided what, from which state to which, and why."""
    return Entry(
        kind=act.kind,
        subject=name,
        who=act.who.strip(),
        login=act.login,
        before=told(before),
        after=told(after),
        reason=act.reason.strip() or None,
    )
