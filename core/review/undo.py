"""Taking decisions back and making them again: each is a new entry of the history, none is ever deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ..casefile import CaseStore, Cells, Change, Entry
from ..casefile.decisions import DECISION, told
from .decide import Step

LIMIT = 100
"""How many steps can be taken back."""


_Progress = Callable[[float], None] | None

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
        return len(self._done[-1].rows) if self._done else 0

    @property
    def redoes(self) -> int:
        """On how many findings the step was that :meth:`redo` makes again."""
        return len(self._undone[-1].rows) if self._undone else 0

    def add(self, step: Step) -> None:
        """Remember a step; what was taken back before can no longer be made again."""
        self._done = [*self._done, step][-LIMIT:]
        self._undone = []
        self._note(step)

    def clear(self) -> None:
        """Forget all: another case is open."""
        self._done, self._undone, self._revisions = [], [], {}

    def undo(self, store: CaseStore, who: str, login: str = "", progress: _Progress = None) -> Step:
        """Take the last step back.

        Raises:
            ConflictError: somebody has decided on one of its findings since; nothing is written.
        """
        step = self._done[-1]
        back = self._reverse(store, step, "undo", who, login, progress)
        self._done.pop()
        self._undone.append(back)
        return back

    def redo(self, store: CaseStore, who: str, login: str = "", progress: _Progress = None) -> Step:
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
        self._revisions |= {str(after["finding_id"]): after["revision"] for _, after in step.rows}

    def _reverse(
        self, store: CaseStore, step: Step, kind: str, who: str, login: str, progress: _Progress
    ) -> Step:
        pairs, changes, entries = [], [], []
        for before, after in step.rows:
            name = str(after["finding_id"])
            known = self._revisions[name]
            back = _earlier(before, after) | {"revision": int(str(known)) + 1}
            expected = {column: after[column] for column in _SAME} | {"revision": known}
            pairs.append((after, back))
            changes.append(Change("decisions", {"finding_id": name}, expected, back))
            entries.append(Entry(kind, name, who, login, told(after), told(back)))
        done = replace(step, rows=tuple(pairs), head=store.apply(changes, entries, progress))
        self._note(done)
        return done


def _earlier(before: Cells | None, after: Cells) -> dict[str, object]:
    """The decision before the step; where there was none, an open one: the row stays, for its revision."""
    if before is None:
        return dict.fromkeys(DECISION) | {"finding_id": after["finding_id"], "state": "open", "stale": 0}
    row: Mapping[str, object] = before
    return dict(row)
