"""The widgets that every form of the desk has: fields above, the answer of the ledger below, then the buttons."""

from __future__ import annotations

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.desk import Recorded
from ...core.policy import Policy, available_policies
from ...processing.texts import tr, ui_language
from ..shared.help import open_window_help
from ..shared.plain import Told, set_tip
from ..shared.windows import LARGEST, Dialog
from .fields import Box, line

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DeskFrame(Dialog):
    """Fields, answer, Record, Undo, Close and Help; what they do is up to the form."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.last: Recorded | None = None
        self._said = ""  # of the act just written
        self._before: QWidget | None = None
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def fill(self) -> None:
        """Add the fields of the act."""
        raise NotImplementedError

    def row(self, text: str, widget: QWidget) -> None:
        """A labelled row whose label has a mnemonic and leads to its field."""
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        inner = widget.focusProxy()  # a label leads to what takes the focus itself
        label.setBuddy(widget if inner is None else inner)
        self.form.addRow(label, widget)

    def show_row(self, widget: QWidget, shown: bool) -> None:
        """Show or hide a field with its label."""
        widget.setVisible(shown)
        label = self.form.labelForField(widget)
        if label is not None:
            label.setVisible(shown)

    def sizeHint(self) -> QSize:
        return QSize(860, self._inside.sizeHint().height() + 190).boundedTo(QSize(*LARGEST))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus; elsewhere it records."""
        button = self.focusWidget()
        if event.key() in _ENTER and isinstance(button, (QPushButton, QToolButton)):
            button.click()
        else:
            super().keyPressEvent(event)

    def show_help(self) -> None:
        """The page of the desk."""
        open_window_help("desk")

    def look_out(self, text: str) -> None:
        """Say what will follow from what stands in the fields."""
        self.outlook.setText(text)
        self.outlook.setVisible(bool(text))

    def _arrange(self, person: str) -> None:
        """Lay everything out, from the fields of the form to the buttons."""
        self.fill()
        self._add_foot(person)
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
        self.finish(QDialogButtonBox.StandardButton.Close)
        for button in self.buttons.buttons():  # the focus on its way through must not take the default along
            button.setAutoDefault(False)

    def _add_foot(self, person: str) -> None:
        self.policy_box = Box()
        self.policy_box.setObjectName("policy")
        self.policy_box.setSizeAdjustPolicy(Box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.policy_box.setMinimumContentsLength(20)
        self.policy_box.addItem("", "")
        for item in available_policies():
            self.policy_box.addItem(_shown(item.title, item.title_en), item.id)
        self._ours = self.policy_box.count()
        set_tip(self.policy_box, tr("The policy whose ledger answers; that of the last run to begin with"))
        self.row(tr("&Policy"), self.policy_box)
        self.person = line("person", tr("Your name stands beside every act; it is no authentication"))
        self.person.setText(person)
        self.row(tr("Si&gned by"), self.person)

    def offer(self, policy: Policy | None) -> None:
        """Let a policy be chosen that is none of ours; None takes that of another case away."""
        while policy is None and self.policy_box.count() > self._ours:
            self.policy_box.removeItem(self._ours)
        if policy is not None and self.policy_box.findData(policy.id) < 0:
            self.policy_box.addItem(_shown(policy.title, policy.title_en), policy.id)

    def _add_answer(self) -> None:
        self.outlook = Told()
        self.outlook.setObjectName("outlook")
        self.outlook.setVisible(False)
        self.problem = Told()
        self.problem.setObjectName("problem")
        self.problem.setVisible(False)
        self.anyway = QCheckBox(tr("Record it an&yway"))
        self.anyway.setObjectName("anyway")
        self.anyway.setVisible(False)
        set_tip(self.anyway, tr("The contradiction is known and the act is right; the history says so"))
        self.result = Told()
        self.result.setObjectName("result")
        self.undo_button = QPushButton(tr("&Undo"))
        self.undo_button.setObjectName("undo")
        self.undo_button.setAutoDefault(False)
        self.bar = QProgressBar()
        self.bar.setObjectName("progress")
        self.bar.setVisible(False)
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.setObjectName("cancel")
        self.cancel_button.setAutoDefault(False)
        set_tip(self.cancel_button, tr("Stop the work; nothing more is recorded"))
        self.cancel_button.setVisible(False)
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

    def _say(self, text: str) -> None:
        """What was written last, and below it a further line."""
        self.result.setText("\n".join(filter(None, (self._said, text))))

    def _lock(self) -> None:
        """What is being written must not change under it."""
        self._before = self.focusWidget()
        self.setFocus()
        self._inside.setEnabled(False)

    def _unlock(self) -> None:
        if self._inside.isEnabled():
            return
        self._inside.setEnabled(True)
        kept = self._before
        (kept if kept is not None and self._inside.isAncestorOf(kept) else self._first_field()).setFocus()

    def _set_last(self, done: Recorded | None) -> None:
        self.last = done
        idle = self.bar.isHidden()
        self.undo_button.setEnabled(done is not None and idle)
        tip = tr("Take the act just recorded back") if done else tr("Nothing was recorded in this window yet")
        set_tip(self.undo_button, tip if idle else tr("Wait for the work below, or stop it."))

    def _first_field(self) -> QWidget:
        return self.form.itemAt(0, QFormLayout.ItemRole.FieldRole).widget()

    def _busy(self, busy: bool) -> None:
        self.bar.setValue(0)
        self.bar.setVisible(busy)
        self.cancel_button.setVisible(busy)
        self._set_last(self.last)


def _shown(title: str, title_en: str) -> str:
    return title if ui_language() == "zh" else title_en or title
