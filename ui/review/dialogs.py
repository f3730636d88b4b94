"""What is asked of a person who decides, and what is shown before and after: reasons, previews, conflicts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ...core.casefile import ConflictError
from ...core.casefile.changes import moment
from ...core.errors import OverdraftError
from ...core.findings import OUTCOMES
from ...core.messages import render
from ...core.personal import is_personal_number
from ...core.review import Act, Preview
from ...core.review.acts import LEAST_REASON
from ...core.schema import results_schema
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.help import open_window_help
from ..shared.messages import text_of
from ..shared.plain import PlainLabel, set_tip
from ..shared.windows import Dialog, scrolled
from .shown import HELP, ConflictDialog

_WIDTH = 420
"""Pixels that a question is wide at least, so that its texts keep to a few lines."""

_SLACK = 4
"""Pixels more for a label: the letters of a scaled screen are a little wider than Qt reckons."""

_SPARED, _TALLEST = 40, 300
"""Pixels beside the lines of a preview, and how tall it is before it scrolls: a reason may be long."""

_LONGEST = 2_000
"""Characters that a reason may have: it is kept for good, in every entry of a bulk act."""


class _Asking(Dialog):
    """A dialog whose OK is disabled, and says why, until all is filled in."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._last: QWidget | None = None
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.setMinimumWidth(_WIDTH)
        self.body.addLayout(self.form)

    def add(self, name: str, label: str, tip: str, field: QWidget) -> None:
        """A field with its label, which leads to it, and its tooltip."""
        field.setObjectName(f"{self.objectName()}_{name}")
        if self._last is not None:
            self.setTabOrder(self._last, field)
        self._last = field
        set_tip(field, tip)
        self.form.addRow(label, field)
        named = self.form.labelForField(field)
        named.setMinimumWidth(named.sizeHint().width() + _SLACK)

    def finish(self, *buttons: QDialogButtonBox.StandardButton) -> None:
        super().finish(*buttons)
        self.update_ok()

    def problem(self) -> str:
        """Why the dialog cannot be confirmed; empty when it can."""
        raise NotImplementedError

    def update_ok(self, *_: object) -> None:
        """Enable OK, or say in its tooltip what is missing."""
        button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        if button is not None:
            why = self.problem()
            button.setEnabled(not why)
            set_tip(button, why)

    def show_help(self) -> None:
        """Open the page of the review dock."""
        open_window_help(HELP)


class SignDialog(_Asking):
    """Asks once for the name under which a person decides."""

    NAME = "sign"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(tr("Sign Decisions"), parent)
        told = tr(
            "What you record and decide is signed with this name; the account {login} of this computer is recorded "
            "beside it. This is no authentication: nobody checks who you are."
        )
        self.body.insertWidget(0, PlainLabel(told.format(login=session.login), self))
        self.name = QLineEdit(session.person, self)
        self.name.setMaxLength(60)
        self.name.textChanged.connect(self.update_ok)
        self.add("name", tr("Your &name"), tr("Stands in the history, on slips and in reports"), self.name)
        self.finish(QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel)

    def problem(self) -> str:
        if not self.name.text().strip():
            return tr("Enter your name")
        if is_personal_number(self.name.text()):
            return tr("A telephone or identity number is no name")
        return ""


class _Reasoned(_Asking):
    """An act that needs a reason: its text, a counter, and what a subclass asks besides."""

    KIND = ""
    LEAST = 1

    def __init__(self, title: str, session: Session, n: int, parent: QWidget | None) -> None:
        super().__init__(title, parent)
        self._session = session
        self.body.insertWidget(0, PlainLabel(tr("Findings: {n}").format(n=f"{n:,}"), self))
        self.reason = QPlainTextEdit(self)
        self.reason.setTabChangesFocus(True)
        self.reason.setMinimumHeight(80)
        self.reason.textChanged.connect(self._counted)
        self.counter = PlainLabel("", self)
        self.counter.setWordWrap(False)
        self.counter.setObjectName(f"{self.objectName()}_counter")

    def add_reason(self) -> None:
        """The reason and its counter, at their place among the fields."""
        tip = tr("What the decision rests on. Kept for good in the history: no names or numbers of persons")
        self.add("reason", tr("&Reason"), tip, self.reason)
        self.form.addRow("", self.counter)
        self._counted()

    def act(self) -> Act:
        """The act as filled in."""
        raise NotImplementedError

    def problem(self) -> str:
        if len(self.reason.toPlainText()) > _LONGEST:
            return tr("The reason is longer than {most} characters").format(most=_LONGEST)
        try:
            self.act().check(date.today())
        except OverdraftError as error:
            return text_of(error)
        return ""

    def _counted(self) -> None:
        n = len(self.reason.toPlainText().strip())
        told = tr("{n} characters") if self.LEAST <= 1 else tr("{n} of at least {least} characters")
        self.counter.setText(told.format(n=n, least=self.LEAST))
        self.update_ok()


class OverrideDialog(_Reasoned):
    """Another outcome than the one found, with its reason."""

    NAME, KIND, LEAST = "override", "override", LEAST_REASON

    def __init__(
        self, session: Session, n: int, previous: Act | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Override Findings"), session, n, parent)
        self.outcome, self.reason_kind = self._choice("outcome", OUTCOMES), self._choice("reason_kind")
        self.attachment = QLineEdit(self)
        self.attachment.setMaxLength(500)
        self.attachment.textChanged.connect(self.update_ok)
        self.add("outcome", tr("New &outcome"), tr("The outcome that holds instead"), self.outcome)
        self.add(
            "reason_kind", tr("&Kind of reason"), tr("Why the outcome found does not hold"), self.reason_kind
        )
        self.add_reason()
        tip = tr("Number of a paper or name of a file that supports the decision; may stay empty")
        self.add("attachment", tr("&Attachment"), tip, self.attachment)
        if previous is not None:
            self.outcome.setCurrentIndex(self.outcome.findData(previous.outcome))
            self.reason_kind.setCurrentIndex(self.reason_kind.findData(previous.reason_kind))
            self.reason.setPlainText(previous.reason)
            self.attachment.setText(previous.attachment)
        self.finish(QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel)

    def act(self) -> Act:
        return Act(
            "override",
            self._session.person,
            self._session.login,
            outcome=self.outcome.currentData() or "",
            reason_kind=self.reason_kind.currentData() or "",
            reason=self.reason.toPlainText().strip(),
            attachment=self.attachment.text().strip(),
        )

    def problem(self) -> str:
        if not self.outcome.currentData():
            return tr("Choose the new outcome")
        if not self.reason_kind.currentData():
            return tr("Choose the kind of reason")
        return super().problem()

    def _choice(self, enum: str, tokens: Iterable[str] = ()) -> QComboBox:
        """A list of the labels of an enumeration; nothing is chosen in advance."""
        box = QComboBox(self)
        box.addItem(tr("Choose…"), "")
        for token in tokens or results_schema().enums[enum]:
            box.addItem(results_schema().label(enum, token, ui_language()), token)
        box.currentIndexChanged.connect(self.update_ok)
        return box


class DeferDialog(_Reasoned):
    """Put off, with a reason, until a day."""

    NAME, KIND = "defer", "defer"

    def __init__(
        self, session: Session, n: int, previous: Act | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Defer Findings"), session, n, parent)
        self.day = QDateEdit(self)
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setDateRange(QDate.currentDate().addDays(1), QDate.currentDate().addYears(10))
        known = previous.deferred_to if previous is not None else None
        month = QDate.currentDate().addMonths(1)
        self.day.setDate(QDate(known.year, known.month, known.day) if known else month)
        self.day.dateChanged.connect(self.update_ok)
        self.add("day", tr("&Due on"), tr("The day on which the findings are looked at again"), self.day)
        self.add_reason()
        if previous is not None:
            self.reason.setPlainText(previous.reason)
        self.finish(QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel)

    def act(self) -> Act:
        day = self.day.date()
        return Act(
            "defer",
            self._session.person,
            self._session.login,
            reason=self.reason.toPlainText().strip(),
            deferred_to=date(day.year(), day.month(), day.day()),
        )


class ReopenDialog(_Reasoned):
    """Take a finding up again that was decided on."""

    NAME, KIND = "reopen", "reopen"

    def __init__(
        self, session: Session, n: int, previous: Act | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Reopen Findings"), session, n, parent)
        self.add_reason()
        if previous is not None:
            self.reason.setPlainText(previous.reason)
        self.finish(QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel)

    def act(self) -> Act:
        reason = self.reason.toPlainText().strip()
        return Act("reopen", self._session.person, self._session.login, reason=reason)


class BulkDialog(_Asking):
    """What an act on many findings would do, before it is done."""

    NAME = "bulk"

    def __init__(self, act: Act, preview: Preview, parent: QWidget | None = None) -> None:
        n = len(preview.act)
        question = {
            "accept": tr("Accept {n} findings?"),
            "override": tr("Override {n} findings?"),
            "defer": tr("Defer {n} findings?"),
            "verify": tr("Verify {n} findings?"),
            "reopen": tr("Reopen {n} findings?"),
        }[act.kind].format(n=f"{n:,}")
        super().__init__(tr("Decide on Many Findings"), parent)
        self._n = n
        heading = PlainLabel(question, self)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        self.lines = PlainLabel("\n".join(told_preview(act, preview)), self)
        self.lines.setObjectName(f"{self.objectName()}_lines")
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.lines)
        layout.addStretch()
        area = scrolled(inside, f"{self.objectName()}_scroll")
        area.setMinimumHeight(min(self.lines.heightForWidth(_WIDTH - _SPARED), _TALLEST))
        for number, widget in enumerate((heading, area)):
            self.body.insertWidget(number, widget)
        self.finish(QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel)

    def problem(self) -> str:
        return "" if self._n else tr("The act applies to none of the chosen findings")


def told_preview(act: Act, preview: Preview) -> list[str]:
    """The preview in words: settings not verified, findings passed over and why, others at work."""
    language = ui_language()
    lines = []
    if preview.unverified:
        text = tr("Resting on settings that nobody has verified: {n}.")
        lines.append(text.format(n=f"{preview.unverified:,}"))
    for key, n in preview.skipped.items():
        lines.append(tr("Passed over, {n}: {why}").format(n=f"{n:,}", why=render(key, {}, language)))
    people: dict[str, list[str]] = {}
    for who, since in preview.marked.values():
        people.setdefault(who, []).append(since)
    for who, since in sorted(people.items()):
        text = tr("{who} is working on {n} of them, since {since}.")
        lines.append(text.format(who=who, n=len(since), since=moment(min(since))))
    if act.reason:
        lines.append(tr("Reason: {reason}").format(reason=act.reason))
    lines.append(tr("All or none are written; one step to undo."))
    return lines


def ensure_signed(parent: QWidget | None, session: Session) -> bool:
    """Is the name of the person known? It is asked for where it is not; False if the person declines."""
    if session.person:
        return True
    dialog = SignDialog(session, parent)
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return False
    session.sign_as(dialog.name.text())
    return True


def ask_override(parent: QWidget | None, session: Session, n: int, previous: Act | None = None) -> Act | None:
    """Ask for outcome and reason of an override; ``previous``: as filled in before. None if the person declines."""
    return _asked(OverrideDialog(session, n, previous, parent))


def ask_defer(parent: QWidget | None, session: Session, n: int, previous: Act | None = None) -> Act | None:
    """Ask for the day and the reason; as :func:`ask_override`."""
    return _asked(DeferDialog(session, n, previous, parent))


def ask_reopen(parent: QWidget | None, session: Session, n: int, previous: Act | None = None) -> Act | None:
    """Ask for the reason; as :func:`ask_override`."""
    return _asked(ReopenDialog(session, n, previous, parent))


def confirm_bulk(parent: QWidget | None, act: Act, preview: Preview) -> bool:
    """Show what an act on many findings would do; True to go on."""
    return BulkDialog(act, preview, parent).exec() == QDialog.DialogCode.Accepted


def ask_retry(parent: QWidget | None, error: Exception) -> bool:
    """An act could not be saved: say why and ask whether to try again with the same act, text included."""
    box = QMessageBox(parent)
    box.setObjectName("overdraft_retry")
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Not Saved"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text_of(error))
    box.setInformativeText(tr("Nothing was written. What you entered is kept: try again, or cancel."))
    box.setStandardButtons(QMessageBox.StandardButton.Retry | QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Retry)
    return box.exec() == QMessageBox.StandardButton.Retry


def show_conflict(parent: QWidget | None, error: ConflictError) -> None:
    """Show both versions of what somebody else changed in the meantime."""
    ConflictDialog(error, parent).exec()


def _asked(dialog: _Reasoned) -> Act | None:
    return dialog.act() if dialog.exec() == QDialog.DialogCode.Accepted else None
