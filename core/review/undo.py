"""Taking decisions back and making them again: each is a new entry of the history, none is ever deleted."""

from __future__ import annotations

from dataclasses import replace

from ..casefile import CaseStore, Cells, Change, Entry
from ..casefile.attest import told
from ..casefile.decisions import DECISION
from .decide import PART, Progress
from .steps import Decisions, Step

LIMIT = 100
"""How many steps can be taken back."""

MOST = 2_000_000
"""On how many findings these steps are together at most: they take some forty bytes each. The last step stays in any
case."""


_SAME = ("state", "outcome", "decided_by", "decided_on", "reason", "verified_by")
"""What must stand as the step left it. Undoing a later step of our own gave the row a newer revision, which the stack
knows; a decision of somebody else differs in one of these or in the revision."""


class UndoStack:
    """The last steps of one person since the case was opened."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._revisions: dict[str, object] = {}

    @property
    def can_undo(self) -> bool:
        """Is there a step to take back?"""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Is there a step to make again?"""
        return bool(self._undone)

    @property
    def undoes(self) -> int:
        """On how many findings the step was that :meth:`undo` takes back."""
        return len(self._done[-1]) if self._done else 0

    @property
    def redoes(self) -> int:
        """On how many findings the step was that :meth:`redo` makes again."""
        return len(self._undone[-1]) if self._undone else 0

    def add(self, step: Step) -> None:
        """Remember a step; what was taken back before can no longer be made again."""
        self._done = [*self._done, step][-LIMIT:]
        self._undone = []
        while len(self._done) > 1 and sum(map(len, self._done)) > MOST:
            del self._done[0]
        self._note(step)

    def undo(self, store: CaseStore, who: str, login: str = "", progress: Progress | None = None) -> Step:
        """Take the last step back.

        Raises:
            ConflictError: somebody has decided on one of its findings since; nothing is written.
        """
        step = self._done[-1]
        back = self._reverse(store, step, "undo", who, login, progress)
        self._done.pop()
        self._undone.append(back)
        return back

    def redo(self, store: CaseStore, who: str, login: str = "", progress: Progress | None = None) -> Step:
        """Make the step again that was taken back last.

        Raises:
            ConflictError: as :meth:`undo`.
        """
        step = self._undone[-1]
        again = self._reverse(store, step, "redo", who, login, progress)
        self._undone.pop()
        self._done.append(again)
        return again

    def _note(self, step: Step) -> None:
        self._revisions |= dict(zip(step.ids, step.after.column("revision"), strict=True))

    def _reverse(
        self, store: CaseStore, step: Step, kind: str, who: str, login: str, progress: Progress | None
    ) -> Step:
        backs, changes, entries = [], [], []
        for number, (before, after) in enumerate(zip(step.before, step.after, strict=True)):
            if progress is not None and number % PART == 0:
                progress(0.0)
            name = str(after["finding_id"])
            known = self._revisions[name]
            back = _earlier(before, after) | {"revision": int(str(known)) + 1}
            expected = {column: after[column] for column in _SAME} | {"revision": known}
            backs.append(back)
            changes.append(Change("decisions", {"finding_id": name}, expected, back))
            entries.append(Entry(kind, name, who, login, told(after), told(back)))
        kept, back_again = _kept(store, step)
        head = store.apply([*changes, *back_again], entries, progress)
        done = replace(step, before=step.after, after=Decisions(backs), head=head, kept=kept)
        self._note(done)
        return done


def _kept(store: CaseStore, step: Step) -> tuple[tuple[Cells, ...], list[Change]]:
    """The findings decided on as they are kept now, and what puts those of before the step in their place."""
    if not step.kept:
        return (), []
    (rows,) = store.cells_of([("decided_findings", "finding_id", [row["finding_id"] for row in step.kept])])
    now = {row["finding_id"]: row for row in rows}
    changes = [
        Change("decided_findings", {"finding_id": name}, {"evidence_hash": now[name]["evidence_hash"]}, row)
        for row in step.kept
        if (name := row["finding_id"])
        in now  # else it follows another document by now: a conflict in any case
    ]
    return tuple(rows), changes


def _earlier(before: Cells, after: Cells) -> dict[str, object]:
    """The decision before the step; where there was none, an open one: the row stays, for its revision."""
    if not before:
        return dict.fromkeys(DECISION) | {"finding_id": after["finding_id"], "state": "open", "stale": 0}
    return dict(before)
