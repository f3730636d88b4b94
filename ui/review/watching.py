"""Who works on what: our mark on the finding that we look at, the marks of others, and what others have written."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from qgis.core import Qgis, QgsMessageLog
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ...core.casefile import CaseRows
from ...core.review.listing import Listing, changes_at
from ...processing.texts import tr
from ..session import Session
from ..shared.messages import TAG
from ..shared.tasks import Work, start

Marks = dict[str, tuple[str, str]]

_MARK_MS = 1_500
_LOOK_MS = 5_000


class Watching(QObject):
    """Marks and news of the open case, in the background: a busy file never holds the user up.

    Signals:
        marks_changed: with the marks of others, finding → person and time.
        others_wrote: somebody else has decided, recorded or run something.
    """

    marks_changed = pyqtSignal(object)
    others_wrote = pyqtSignal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._listing: Listing | None = None
        self._wanted, self._marked = "", ""
        self._marks_in: CaseRows | None = None
        self._stamp: tuple[int, int] | None = None
        self._working = self._late = False
        self._rest = QTimer(self, singleShot=True, interval=_MARK_MS)
        self._rest.timeout.connect(self.mark)
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self.look)

    def of_others(self, marks: Marks) -> Marks:
        """Marks that are not our own."""
        return {name: mark for name, mark in marks.items() if mark[0] != self._session.person}

    def watch(self, listing: Listing) -> None:
        """Look out for changes that this listing does not hold, those since it was read too."""
        self._listing, self._stamp = listing, None
        self._look.start()

    def arrive(self, finding: str) -> None:
        """The user looks at this finding; it is marked once they stay."""
        self._wanted = finding
        self._rest.start()

    def leave(self) -> None:
        """The user has gone: take the mark away, look no more."""
        self._rest.stop()
        self._look.stop()
        self.forget()
        self._late = self._working
        self.mark()

    def forget(self) -> None:
        """The window is gone."""
        self._wanted, self._listing = "", None

    def mark(self) -> None:
        """Move our mark to the finding that we look at; take it away where we look at none."""
        listing, person = self._listing, self._session.person
        store = self._session.store if self._wanted else self._marks_in
        if self._wanted == self._marked or self._working or not person:
            return
        if store is None or store.read_only or (listing is not None and store.path != listing.path):
            return
        old, new, login = self._marked, self._wanted, self._session.login

        def write(_: Callable[[float], None]) -> Marks:
            if old:
                store.unmark(old, person)
            if new:
                store.mark(new, person, login)
            return store.marks()

        def done(marks: Marks) -> None:
            self._marked, self._marks_in = new, store
            if self._listing is None:
                return  # we have left, and the window may be gone
            self.marks_changed.emit(self.of_others(marks))

        self._run(tr("Mark the finding"), write, done)

    def look(self) -> None:
        """Has the file changed since? What the system says of it is enough to know, mostly that it has not."""
        listing, store = self._listing, self._session.store
        if listing is None or store is None or self._working or _stamp(listing.path) == self._stamp:
            return
        stamp = _stamp(listing.path)

        def read(_: Callable[[float], None]) -> tuple[int, Marks]:
            return changes_at(listing.path), store.marks()

        def done(found: tuple[int, Marks]) -> None:
            if listing is not self._listing:
                return
            self._stamp = stamp
            self.marks_changed.emit(self.of_others(found[1]))
            if found[0] != listing.changes_seen:
                self.others_wrote.emit()

        self._run(tr("Look for news in the case"), read, done)

    def _run(self, title: str, function: Callable, done: Callable) -> None:
        self._working = True
        start(Work(title, function, done, _note, self._rested))

    def _rested(self) -> None:
        self._working = False
        if self._late:
            self._late = False
            self.mark()
        elif self._listing is not None and self._wanted != self._marked:
            self._rest.start()


def _stamp(path: Path) -> tuple[int, int] | None:
    """When the file was last written, and its size; None while it cannot be seen."""
    try:
        seen = os.stat(path)
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size


def _note(error: Exception) -> None:
    """A mark is a courtesy: that it could not be made is noted, not shown."""
    QgsMessageLog.logMessage(type(error).__name__, TAG, Qgis.MessageLevel.Info, False)
