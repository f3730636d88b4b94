"""What every form of the desk has: fields above, the answer of the ledger below, Record, Undo, Close, Help."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ...core.casefile import CaseRows
from ...core.desk import Act, By, DoubtError, Recorded, ledger_after, record, register_of, undo
from ...core.desk.lookup import last_policy
from ...core.errors import OverdraftError
from ...core.policy import Policy, available_policies, load_policy
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.help import open_window_help
from ..shared.messages import text_of
from ..shared.plain import PlainLabel, set_tip
from ..shared.tasks import Progress, Work, start
from ..shared.windows import LARGEST, Dialog
from . import words
from .fields import line


class DeskForm(Dialog):
    """One form, one act, one transaction.

    A subclass adds fields to ``self.form`` and gives :meth:`act`; it may clear fields in :meth:`recorded`.

    Args:
        today: the day of recording and of the ledger; empty: today.
    """

    def __init__(
        self,
        session: Session,
        parent: QWidget | None = None,
        canvas: object = None,
        today: date | None = None,
    ) -> None:
        super().__init__(self.title(), parent)
        self.session, self.canvas, self._today = session, canvas, today
        self.last: Recorded | None = None
        self.work: Work | None = None
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.fill()
        self._add_foot()
        self._inside = inside = QWidget()
        column = QVBoxLayout(inside)
        column.addLayout(self.form)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName(f"{self.objectName()}_scroll")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        self.body.addWidget(scroll, 1)
        self._add_answer()
        self.record_button = self.buttons.addButton(tr("Record"), QDialogButtonBox.ButtonRole.ApplyRole)
        self.record_button.setObjectName("record")
        self.record_button.setDefault(True)
        self.record_button.clicked.connect(self.record)
        self.finish(QDialogButtonBox.StandardButton.Close)
        for button in self.buttons.buttons():
            button.setAutoDefault(button is self.record_button)
        self.policy_box.currentIndexChanged.connect(lambda *_: self.policy_changed())
        session.case_changed.connect(self._case_changed)
        self._case_changed()
        self.policy_changed()
        self._first_field().setFocus()

    # --- what a subclass does

    def title(self) -> str:
        """The title of the window."""
        raise NotImplementedError

    def fill(self) -> None:
        """Add the fields."""
        raise NotImplementedError

    def act(self) -> Act:
        """What stands in the fields."""
        raise NotImplementedError

    def recorded(self, done: Recorded) -> None:
        """An act is on record: make ready for the next one."""

    def refresh(self) -> None:
        """The case is another one, or its content has changed."""

    def policy_changed(self) -> None:
        """Another policy is to answer."""

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
        return _policy(name) if name else None

    def row(self, text: str, widget: QWidget) -> None:
        """A labelled row whose label has a mnemonic and leads to its field."""
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(widget)
        self.form.addRow(label, widget)

    def sizeHint(self) -> QSize:
        return QSize(860, self._inside.sizeHint().height() + 190).boundedTo(QSize(*LARGEST))

    def show_help(self) -> None:
        """The page of the desk."""
        open_window_help("desk")

    def show_error(self, error: Exception) -> None:
        """What went wrong; the fields keep what stands in them."""
        self.look_out("")
        self.problem.setText(text_of(error))
        self.problem.setVisible(True)
        self.anyway.setVisible(isinstance(error, DoubtError))

    def run(
        self,
        title: str,
        function: Callable[[Progress], object],
        done: Callable[[object], None],
        cancelled: Callable[[], None] = lambda: None,
    ) -> None:
        """Work in the background; the form waits with a progress bar and a cancel.

        Args:
            cancelled: called after a cancel, to say what was done before it.
        """
        if self.work is not None:
            return
        self._busy(True)

        def ended() -> None:
            stopped = work.isCanceled()
            with suppress(RuntimeError):  # the window was closed meanwhile
                if stopped:
                    cancelled()
            self._ended()

        work = Work(title, function, done, self.show_error, ended)
        work.progressChanged.connect(lambda percent: self.bar.setValue(int(percent)))
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
        policy = self.policy()
        certain: list[Recorded] = []

        def function(progress: Progress) -> tuple[Recorded, object, Exception | None]:
            (done,) = record(CaseRows.open(path), [act], by, path, lambda share: progress(0.2 * share))
            certain.append(done)
            return done, *_asked(path, policy, by, done, progress)

        def cancelled() -> (
            None
        ):  # only the question to the ledger was stopped: the act is on record, and it is said
            if certain:
                self._done((certain[0], None, None))

        self.run(tr("Record an act"), function, self._done, cancelled)

    def undo(self) -> None:
        """Take the last act back."""
        path, by, last = self.path, self.by(), self.last
        if path is None or last is None or self.work is not None:
            return
        policy = self.policy()
        certain: list[Recorded] = []

        def function(progress: Progress) -> tuple[Recorded, object, Exception | None]:
            certain.append(undo(CaseRows.open(path), last, by, path))
            return certain[0], *_asked(path, policy, by, last, progress)

        def cancelled() -> None:
            if certain:
                self._undone((certain[0], None, None))

        self.run(tr("Take an act back"), function, self._undone, cancelled)

    def reject(self) -> None:
        if self.work is not None:
            self.work.cancel()
        super().reject()

    # --- inside

    def _add_foot(self) -> None:
        self.policy_box = QComboBox()
        self.policy_box.setObjectName("policy")
        self.policy_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.policy_box.setMinimumContentsLength(20)
        self.policy_box.addItem("", "")
        chinese = ui_language() == "zh"
        for item in available_policies():
            self.policy_box.addItem(item.title if chinese else item.title_en or item.title, item.id)
        set_tip(self.policy_box, tr("The policy whose ledger answers; that of the last run to begin with"))
        self.row(tr("&Policy"), self.policy_box)
        self.person = line("person", tr("Your name stands beside every act; it is no authentication"))
        self.person.setText(self.session.person)
        self.row(tr("Si&gned by"), self.person)

    def look_out(self, text: str) -> None:
        """Say what will follow from what stands in the fields."""
        self.outlook.setText(text)
        self.outlook.setVisible(bool(text))

    def _add_answer(self) -> None:
        self.outlook = PlainLabel()
        self.outlook.setObjectName("outlook")
        self.outlook.setVisible(False)
        self.problem = PlainLabel()
        self.problem.setObjectName("problem")
        self.problem.setVisible(False)
        self.anyway = QCheckBox(tr("Record it an&yway"))
        self.anyway.setObjectName("anyway")
        self.anyway.setVisible(False)
        set_tip(self.anyway, tr("The contradiction is known and the act is right; the history says so"))
        self.result = PlainLabel()
        self.result.setObjectName("result")
        self.result.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.undo_button = QPushButton(tr("&Undo"))
        self.undo_button.setObjectName("undo")
        self.undo_button.setAutoDefault(False)
        self.undo_button.clicked.connect(self.undo)
        self.bar = QProgressBar()
        self.bar.setObjectName("progress")
        self.bar.setVisible(False)
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.setObjectName("cancel")
        self.cancel_button.setAutoDefault(False)
        set_tip(self.cancel_button, tr("Stop the work; nothing more is recorded"))
        self.cancel_button.setVisible(False)
        self.cancel_button.clicked.connect(lambda *_: self.work and self.work.cancel())
        answer = QHBoxLayout()
        answer.addWidget(self.result, 1)
        answer.addWidget(self.undo_button, 0, Qt.AlignmentFlag.AlignTop)
        busy = QHBoxLayout()
        busy.addWidget(self.bar, 1)
        busy.addWidget(self.cancel_button)
        for part in (self.outlook, self.problem, self.anyway):
            self.body.addWidget(part)
        self.body.addLayout(answer)
        self.body.addLayout(busy)
        self._set_last(None)

    def _set_last(self, done: Recorded | None) -> None:
        self.last = done
        self.undo_button.setEnabled(done is not None)
        tip = tr("Take the act just recorded back") if done else tr("Nothing was recorded in this window yet")
        set_tip(self.undo_button, tip)

    def _done(self, answer: object) -> None:
        done, standing, problem = answer  # type: ignore[misc]
        self.anyway.setChecked(False)
        self.anyway.setVisible(False)
        self._set_last(done)
        self._answer(words.of_act(done), done, standing, problem)
        self.recorded(done)
        self.session.content_changed.emit()

    def _undone(self, answer: object) -> None:
        done, standing, problem = answer  # type: ignore[misc]
        last = self.last or done
        self._set_last(None)
        self._answer(tr("Taken back: {subject}").format(subject=done.subject_id), last, standing, problem)
        self.refresh()
        self.session.content_changed.emit()

    def _answer(self, first: str, done: Recorded, standing: object, problem: Exception | None) -> None:
        if problem is not None:
            second = text_of(problem)
        elif standing is None:
            second = (
                tr("Choose a policy to see what the ledger says.")
                if self.policy_box.currentIndex() < 1
                else ""
            )
        else:
            second = (
                words.of_standing(standing, [done.subject_id]) if done.subject_role != "irrigation" else ""
            )
        self.result.setText("\n".join(filter(None, (first, second))))

    def _first_field(self) -> QWidget:
        return self.form.itemAt(0, QFormLayout.ItemRole.FieldRole).widget()

    def _busy(self, busy: bool) -> None:
        self.bar.setValue(0)
        self.bar.setVisible(busy)
        self.cancel_button.setVisible(busy)
        self._enable_record(not busy)

    def _ended(self) -> None:
        self.work = None
        with suppress(RuntimeError):  # the window was closed meanwhile
            self._busy(False)
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
        self._enable_record(self.work is None)
        if path is None:
            self.result.setText(tr("No case file is open. Open or create one first."))
            return
        self.result.setText(tr("Fill in what happened and press Record. The ledger answers here."))
        try:
            self.policy_box.setCurrentIndex(max(0, self.policy_box.findData(last_policy(path))))
            self.refresh()
        except OverdraftError as error:
            self.show_error(error)


@cache
def _policy(name: str) -> Policy:
    return load_policy(name)


def _asked(path: Path, policy: Policy | None, by: By, done: Recorded, progress: Progress):
    """What the ledger says now, or why it cannot say it: the act is on record in either case."""
    if policy is None or done.subject_role == "irrigation":
        return None, None
    try:
        register = register_of(path, policy, lambda share: progress(0.2 + 0.3 * share))
        ids = [done.subject_id]
        return ledger_after(
            register, policy, by.today, ids, ids, lambda share: progress(0.5 + 0.5 * share)
        ), None
    except OverdraftError as error:
        return None, error
