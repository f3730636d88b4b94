"""What every form of the desk does: record an act in the background, take it back, say what the ledger makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QEvent, QSignalBlocker, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...core.casefile import CaseRows, last_run
from ...core.desk import Act, By, DoubtError, Recorded, record, undo
from ...core.errors import OverdraftError
from ...core.policy import Policy
from ...processing.texts import tr
from ..session import Session
from ..shared.messages import note, text_of
from ..shared.plain import set_tip
from ..shared.tasks import Progress, Work, start
from . import words
from .asking import answer_of, asked, policy_of
from .frame import DeskFrame


class DeskForm(DeskFrame):
    """One form, one act, one transaction.

    A subclass adds fields to ``self.form`` and gives :meth:`act`; it may clear fields in :meth:`recorded`. While an act
    is being written its fields are locked; while the ledger is asked afterwards the next act can be filled in.

    Args:
        today: the day of recording and of the ledger; empty: today.
    """

    ASKS_LEDGER = True
    """Whether the ledger has something to say of the act."""

    _written = pyqtSignal(object, object)
    """From the background: an act is certain, with the case file that holds it."""

    def __init__(
        self,
        session: Session,
        parent: QWidget | None = None,
        canvas: object = None,
        today: date | None = None,
    ) -> None:
        super().__init__(self.title(), parent)
        self.session, self.canvas, self._today = session, canvas, today
        self.work: Work | None = None
        self._act: Act | None = None
        self._doubted: Act | None = None
        self._stale = self._gone = False
        self._of_run: Policy | None = None
        self._arrange(session.person)
        self.record_button.clicked.connect(self.record)
        self.undo_button.clicked.connect(self.undo)
        self.cancel_button.clicked.connect(lambda *_: self.work and self.work.cancel())
        self._written.connect(self._is_written)
        self.policy_box.currentIndexChanged.connect(lambda *_: self._refresh())
        session.case_changed.connect(self._case_changed)
        session.content_changed.connect(self._content_changed)
        self._case_changed()
        self._first_field().setFocus()

    # --- what a subclass does

    def title(self) -> str:
        """The title of the window."""
        raise NotImplementedError

    def act(self) -> Act:
        """What stands in the fields."""
        raise NotImplementedError

    def recorded(self, done: Recorded) -> None:
        """An act is on record: make ready for the next one."""

    def refresh(self) -> None:
        """Another case or policy is to answer, or the content of the case has changed."""

    # --- what the forms share

    @property
    def path(self) -> Path | None:
        """The case file."""
        return self.session.path

    def today(self) -> date:
        """The day of recording."""
        return self._today or date.today()

    def by(self) -> By:
        """Who records."""
        return By(self.person.text().strip(), self.session.login, self.today())

    def policy(self) -> Policy | None:
        """The policy whose ledger answers; None while none is chosen."""
        name = self.policy_box.currentData()
        if self._of_run is not None and name == self._of_run.id:
            return self._of_run
        return policy_of(name) if name else None

    def last_folder(self, chosen: str | None) -> str:
        """Where evidence was chosen last; a new folder is remembered."""
        settings = self.session.settings
        if chosen is not None:
            settings.last_folder = chosen
            settings.save()
        return settings.last_folder or (str(self.path.parent) if self.path else "")

    def show_error(self, error: Exception) -> None:
        """What went wrong; the fields keep what stands in them."""
        if self._gone:
            return
        note(error)
        self.look_out("")
        self.problem.setText(text_of(error))
        self.problem.setVisible(True)
        doubt = isinstance(error, DoubtError)
        self._doubted = self._act if doubt else None
        self.anyway.setChecked(False)
        self.anyway.setVisible(doubt)

    def run(
        self,
        title: str,
        function: Callable[[Progress], object],
        done: Callable[[Any], None],
        stopped: Callable[[], None] = lambda: None,
    ) -> None:
        """Work in the background, with a progress bar and a cancel; nothing is called once the form is closed.

        Args:
            stopped: called after a cancel.
        """
        if self.work is not None:
            return
        self._busy(True)
        self._enable_record(False)

        def ended() -> None:
            self.work = None
            if self._gone:
                return
            if work.isCanceled():
                stopped()
            self._ended()

        def told(found: object) -> None:
            if not self._gone:
                done(found)

        work = Work(title, function, told, self.show_error, ended)
        work.progressChanged.connect(self._progressed)
        self.work = start(work)

    def record(self) -> None:
        """Put what stands in the fields on record, and ask the ledger."""
        path, by = self.path, self.by()
        if path is None or self.work is not None:
            return
        self.problem.setVisible(False)
        try:
            act = self.act()
        except OverdraftError as error:
            self.show_error(error)
            return
        if by.who and by.who != self.session.person:
            self.session.sign_as(by.who)
        self._act = act
        if self.anyway.isChecked() and act == self._doubted:  # what was doubted, nothing else
            act = replace(act, anyway=True)

        def write(progress: Progress) -> Recorded:
            return record(CaseRows.open(path), [act], by, path, progress)[0]

        self._write(tr("Record an act"), write)

    def undo(self) -> None:
        """Take the last act back."""
        path, by, last = self.path, self.by(), self.last
        if path is not None and last is not None and self.work is None:
            self.problem.setVisible(False)
            self._write(tr("Take an act back"), lambda _: undo(CaseRows.open(path), last, by, path))

    def reject(self) -> None:
        """Close; what is under way is stopped first, and the form stays to say what came of it."""
        if self.work is not None:
            self.work.cancel()
        else:
            super().reject()

    def done(self, result: int) -> None:
        self._gone = True
        if self.work is not None:
            self.work.cancel()
        super().done(result)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and self._stale:
            self._refresh()

    # --- inside

    def _write(self, title: str, write: Callable[[Progress], Recorded]) -> None:
        """Write an act or its undoing, then ask the ledger."""
        path, by, policy = self.path, self.by(), self.policy()
        self._said = ""

        def function(progress: Progress) -> tuple:
            done = write(lambda share: progress(0.2 * share))
            self._written.emit(done, path)
            if not self.ASKS_LEDGER:
                return done, None
            return done, asked(path, policy, by, done, lambda share: progress(0.2 + 0.8 * share))

        def told(answer: tuple) -> None:
            done, found = answer
            self._say(answer_of(found, policy, done) if self.ASKS_LEDGER else "")

        self._lock()
        self.run(title, function, told, self._stopped)

    def _is_written(self, done: Recorded, path: Path) -> None:
        if self._gone:
            return
        undone = done.kind == "undo"
        here = path == self.path  # another case may have been opened meanwhile
        self._set_last(done if here and not undone else None)
        self._said = (
            tr("Taken back: {subject}").format(subject=done.subject_id) if undone else words.of_act(done)
        )
        self.anyway.setChecked(False)
        self.anyway.setVisible(False)
        self._unlock()
        if not undone:
            self.recorded(done)
        self._say(tr("The ledger is being asked…") if self.ASKS_LEDGER else "")
        self.session.content_changed.emit()
        self._refresh()

    def _stopped(self) -> None:
        self._say("" if self._said else tr("Stopped. Nothing was changed."))

    def _progressed(self, percent: float) -> None:
        if not self._gone:
            self.bar.setValue(int(percent))

    def _ended(self) -> None:
        self._unlock()
        self._busy(False)
        self._enable_record(True)
        self.record_button.setDefault(True)
        if self.focusWidget() in (None, *self.buttons.buttons()):
            self._first_field().setFocus()

    def _enable_record(self, idle: bool) -> None:
        ready = self.path is not None
        self.record_button.setEnabled(idle and ready)
        tip = tr("Put it on record") if ready else tr("No case file is open. Open or create one first.")
        set_tip(self.record_button, tip)

    def _case_changed(self) -> None:
        path = self.path
        self._set_last(None)  # an act of another case is not to be taken back in this one
        self._enable_record(self.work is None)
        if path is None:
            self.result.setText(tr("No case file is open. Open or create one first."))
        elif self.ASKS_LEDGER:
            self.result.setText(tr("Fill in what happened and press Record. The ledger answers here."))
        else:
            self.result.setText(tr("Fill in what happened and press Record."))
        try:
            self._read_policy()
        except OverdraftError as error:
            self.show_error(error)
            return
        if path is not None:
            with QSignalBlocker(self.policy_box):
                self.policy_box.setCurrentIndex(
                    self.policy_box.findData(self._of_run.id if self._of_run else "")
                )
        self._refresh()

    def _read_policy(self) -> None:
        """The policy of the last run answers as the run had it, with its settings, whatever file it came from."""
        self._of_run, chosen = None, self.policy_box.currentData()
        with QSignalBlocker(self.policy_box):
            self.offer(None)
            try:
                run = last_run(self.path) if self.path is not None else None
                self._of_run = None if run is None else run.used
                self.offer(self._of_run)
            finally:
                self.policy_box.setCurrentIndex(max(0, self.policy_box.findData(chosen)))

    def _content_changed(self) -> None:
        """Read anew when somebody comes back to this window: other windows may record often."""
        self._stale = True

    def _refresh(self) -> None:
        again, self._stale = self._stale, False
        try:
            if again:
                self._read_policy()
            self.refresh()
        except OverdraftError as error:
            self.show_error(error)
