"""Decisions from the review list: asked for, previewed, carried out, put into the list, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...core.casefile import CaseRows, ConflictError
from ...core.casefile.opening import LOCKED, impatient
from ...core.errors import Cancelled, OverdraftError
from ...core.review import Act, Preview, Step, UndoStack, decide, preview
from ...core.review.listing import Listing
from ...core.review.steps import Decisions
from ...processing.texts import tr
from ..session import Session
from ..shared.tasks import Work, start

AT_ONCE = 50
"""So many decisions take less than half a second and are made at once, unless another program has the file; more are
background work."""

NOT_NOW = (*LOCKED, "casefile.disk_full", "casefile.cannot_write")
"""Why a decision may go through when it is tried again: the file could not be written just now."""

_JUDGED_AGAIN = "review.judged_again"


def default_dialogs() -> ModuleType:
    """The dialogs that ask for what an act needs."""
    from . import dialogs

    return dialogs


@dataclass(frozen=True)
class _Meant:
    """A decision as a person means it.

    Attributes:
        seen: on which findings, with the revision of the decision on each that they saw.
        run: whose findings they saw.
    """

    store: CaseRows
    act: Act
    seen: Mapping[str, int]
    run: str


class Deciding(QObject):
    """Makes decisions and takes them back, for one list.

    Signals:
        busy: background work began (with its title) or ended (empty).
        decided: rows of the list have changed; with their numbers and whether to go on to the next open one.
        failed: something could not be done; with the error.
        go_on: what was typed while a decision waited for the file can be done now; with the command.

    Args:
        dialogs: module or object with the functions of ``ui/review/dialogs.py``.
    """

    busy = pyqtSignal(str)
    decided = pyqtSignal(object, bool)
    failed = pyqtSignal(object)
    go_on = pyqtSignal(str)

    def __init__(self, session: Session, window: Any, dialogs: Any = None) -> None:
        super().__init__(window)
        self._session, self._window = session, window
        self._dialogs = dialogs
        self.listing: Listing | None = None
        self.undone = UndoStack()
        self._work: Work | None = None
        self._kept: Act | None = None  # what was entered for an act that could not be saved
        self._typed: list[str] = []  # commands that wait for the decision under way
        self._waits = False  # it is a small one, made at once had another program not had the file

    @property
    def dialogs(self) -> Any:
        """The dialogs; loaded when first needed."""
        if self._dialogs is None:
            self._dialogs = default_dialogs()
        return self._dialogs

    @property
    def is_busy(self) -> bool:
        """Is a decision on its way?"""
        return self._work is not None

    def cancel(self) -> None:
        """Stop the work under way; nothing of it is kept."""
        if self._work is not None:
            self._work.cancel()

    def keeps(self, command: str) -> bool:
        """Was a command put off until the small decision under way is on disk? So the keys keep their order."""
        if self._work is None or not self._waits:
            return False
        self._typed.append(command)
        return True

    def forget(self) -> None:
        """Another case is open: steps of the old one cannot be taken back any more."""
        self.end()
        self.busy.emit("")

    def end(self) -> None:
        """Stop the work under way; what it still does concerns nobody here."""
        self.cancel()
        self._work = self.listing = None
        self._typed.clear()
        self.undone = UndoStack()  # work that ends later takes its step back from the old one

    def ask_and_decide(self, kind: str, rows: np.ndarray) -> None:
        """Ask for what the act needs, show for many what it would do, and do it."""
        session, listing = self._session, self.listing
        if self.is_busy or listing is None or session.store is None or not len(rows):
            return
        # What they saw, before they are asked anything: meanwhile another listing may take the place of this one
        seen, run, store = listing.revisions(rows), listing.run, session.store
        if not self.dialogs.ensure_signed(self._window, session):
            return
        act = self._act(kind, len(rows))
        if act is None:
            return
        meant = _Meant(store, act, seen, run)
        if len(rows) == 1:
            self._decide(meant)
            return

        def shown(found: Preview) -> None:
            if self.dialogs.confirm_bulk(self._window, act, found):
                self._decide(replace(meant, seen={name: seen[name] for name in found.act}))

        self._carry_out(
            tr("Preview of the decisions"),
            len(rows),
            lambda progress: preview(store, list(seen), act, progress=progress),
            shown,
            looks=True,
        )

    def _act(self, kind: str, count: int) -> Act | None:
        asks = {"override": "ask_override", "defer": "ask_defer", "reopen": "ask_reopen"}
        if kind in asks:
            kept = self._kept if self._kept is not None and self._kept.kind == kind else None
            return getattr(self.dialogs, asks[kind])(self._window, self._session, count, previous=kept)
        return Act(kind, self._session.person, self._session.login)

    def _decide(self, meant: _Meant) -> None:
        def done(step: Step) -> None:
            self._kept = None
            self.undone.add(step)
            self._put(step, True)

        self._carry_out(
            tr("Decide on {n} findings").format(n=len(meant.seen)),
            len(meant.seen),
            lambda progress: decide(meant.store, meant.seen, meant.act, progress, meant.seen, run=meant.run),
            done,
            lambda error: self._not_saved(error, meant),
        )

    def _not_saved(self, error: Exception, meant: _Meant) -> None:
        """A file that could not be written just now: offer to try again; what was entered is kept in any case."""
        key = error.key if isinstance(error, OverdraftError) else ""
        if key in (*NOT_NOW, _JUDGED_AGAIN):
            self._kept = meant.act
        if key not in NOT_NOW:
            self._failed(error)
            if key == _JUDGED_AGAIN:
                self._session.content_changed.emit()  # the windows read anew
        elif self.dialogs.ask_retry(self._window, error):
            self._decide(meant)

    def undo(self) -> None:
        """Take the last step back."""
        if self.undone.can_undo:
            self._reverse(tr("Undo"), self.undone.undo, self.undone.undoes)

    def redo(self) -> None:
        """Make the step again that was taken back last."""
        if self.undone.can_redo:
            self._reverse(tr("Redo"), self.undone.redo, self.undone.redoes)

    def _reverse(self, title: str, function: Callable[..., Step], count: int) -> None:
        session = self._session
        if self.is_busy or session.store is None or self.listing is None:
            return
        if not self.dialogs.ensure_signed(self._window, session):
            return
        store, who, login = session.store, session.person, session.login
        self._carry_out(
            title,
            count,
            lambda progress: function(store, who, login, progress),
            lambda step: self._put(step, False),
        )

    def _put(self, step: Step, forward: bool) -> None:
        """Show in the list what has been written."""
        if self.listing is None:
            return
        rows = self.listing.decided(step.after)
        self.listing.changes_seen += len(step)
        self.decided.emit(rows, forward)

    def _carry_out(
        self,
        title: str,
        count: int,
        function: Callable[..., Any],
        done: Callable[[Any], None],
        wrong: Callable[[Exception], None] | None = None,
        looks: bool = False,
    ) -> None:
        """Now where it is little and the file is free, else in the background; ``looks``: it writes nothing."""
        tell = wrong or self._failed
        small = count <= AT_ONCE
        if small:
            try:
                with impatient():
                    found = function(None)
            except Exception as error:  # whatever it is, the user is told
                if not isinstance(error, OverdraftError) or error.key not in LOCKED:
                    tell(error)
                    return
            else:
                done(found)
                return
            title = tr("Waiting for the case file…")
        self._in_background(title, function, done, tell, small, looks)

    def _in_background(
        self,
        title: str,
        function: Callable[..., Any],
        done: Callable[[Any], None],
        tell: Callable[[Exception], None],
        small: bool,
        looks: bool,
    ) -> None:
        made: list[Any] = []

        def run(progress: Callable[[float], None]) -> None:
            made.append(function(progress))

        def failed(error: Exception) -> None:
            if self._work is work:
                self._typed.clear()
                self._rest()
                tell(error)

        def ended() -> None:
            if self._work is not work:
                return
            self._rest()
            if not made or (looks and work.isCanceled()):
                self._typed.clear()
                return
            done(made.pop())  # also where the cancel came when all was written
            self._go_on()

        work = Work(title, run, lambda _: None, failed, ended)
        self._work, self._waits = work, small
        self.busy.emit(title)
        start(work)

    def _rest(self) -> None:
        self._work = None
        self.busy.emit("")

    def _go_on(self) -> None:
        """Do what was typed meanwhile, in its order; what follows a decision that has to wait waits as well."""
        typed, self._typed = self._typed, []
        for place, command in enumerate(typed):
            if self._work is not None and self._waits:
                self._typed = [*typed[place:], *self._typed]
                return
            self.go_on.emit(command)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        if isinstance(error, ConflictError):
            self.dialogs.show_conflict(self._window, error)
            if self.listing is not None:
                theirs = [row for change, row in error.conflicts if change.table == "decisions" and row]
                self.listing.decided(Decisions(theirs))
                self.decided.emit(np.empty(0, dtype=np.int64), False)
            return
        self.failed.emit(error)
