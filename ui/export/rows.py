"""Labelled fields, each with its name, its tip and the key that leads to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QDate, Qt, pyqtBoundSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from ...processing.texts import tr
from ..shared.plain import set_tip

_LINES = 3


class OptionalDay(QWidget):
    """A day that may be left open."""

    def __init__(self, name: str, tip: str, changed: pyqtBoundSignal) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        self.check, self.day = QCheckBox(tr("on")), QDateEdit(QDate.currentDate())
        self.check.setObjectName(f"{name}_on")
        self.day.setObjectName(name)
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setEnabled(False)
        self.check.toggled.connect(self.day.setEnabled)
        self.check.toggled.connect(changed)
        self.day.dateChanged.connect(changed)
        set_tip(self.check, tip)
        set_tip(self.day, tip)
        line.addWidget(self.check)
        line.addWidget(self.day, 1)

    def value(self) -> date | None:
        """The day; None where it is left open."""
        return self.day.date().toPyDate() if self.check.isChecked() else None

    def iso(self) -> str:
        """The day as text; empty where it is left open."""
        day = self.value()
        return day.isoformat() if day else ""


class Rows(QFormLayout):
    """A form whose fields all tell ``changed``."""

    def __init__(self, parent: QWidget, changed: pyqtBoundSignal) -> None:
        super().__init__(parent)
        self._changed = changed
        self.setContentsMargins(0, 0, 0, 0)
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def row(self, text: str, widget: QWidget, field: QWidget | None = None) -> None:
        """A labelled row; the label leads to ``field``, where that is a part of the widget."""
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(field or widget)
        self.addRow(label, widget)

    def show_row(self, widget: QWidget, shown: bool) -> None:
        """Show or hide a row with its label."""
        self.labelForField(widget).setVisible(shown)
        widget.setVisible(shown)

    def line(self, name: str, text: str, tip: str, hint: str = "") -> QLineEdit:
        """One line of text."""
        made = QLineEdit()
        made.setObjectName(name)
        made.setPlaceholderText(hint)
        made.textChanged.connect(self._changed)
        set_tip(made, tip)
        self.row(text, made)
        return made

    def lines(self, name: str, text: str, tip: str) -> QPlainTextEdit:
        """Several lines of text; Tab leads out of them."""
        made = QPlainTextEdit()
        made.setObjectName(name)
        made.setTabChangesFocus(True)
        made.setFixedHeight(made.fontMetrics().lineSpacing() * _LINES + 12)
        made.textChanged.connect(self._changed)
        set_tip(made, tip)
        self.row(text, made)
        return made

    def choice(self, name: str, text: str, tip: str, items: Iterable[tuple[str, str]] = ()) -> QComboBox:
        """One of several; ``items`` are tokens with what is shown for them."""
        made = QComboBox()
        made.setObjectName(name)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(16)
        for token, shown in items:
            made.addItem(shown, token)
        made.currentIndexChanged.connect(self._changed)
        set_tip(made, tip)
        self.row(text, made)
        return made

    def day(self, name: str, text: str, tip: str) -> OptionalDay:
        """A day that may be left open."""
        made = OptionalDay(name, tip, self._changed)
        self.row(text, made, made.check)
        return made

    def file(self, name: str, text: str, tip: str, kinds: str = "") -> QgsFileWidget:
        """A file that there is; a folder where no kinds are named."""
        made = QgsFileWidget()
        made.setObjectName(name)
        modes = QgsFileWidget.StorageMode
        made.setStorageMode(modes.GetFile if kinds else modes.GetDirectory)
        made.setFilter(kinds)
        made.fileChanged.connect(self._changed)
        set_tip(made, tip)
        self.row(text, made, made.lineEdit())
        return made

    def ticks(
        self,
        text: str,
        items: Iterable[tuple[str, str, str]],
        ticked: Iterable[str],
        prefix: str,
        below: bool = False,
    ) -> dict[str, QCheckBox]:
        """Boxes side by side, or one below the other: token, what is shown, tip; those of ``ticked`` are on."""
        holder = QWidget()
        line = QVBoxLayout(holder) if below else QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        made = {}
        for token, shown, tip in items:
            box = QCheckBox(shown)
            box.setObjectName(f"{prefix}_{token}")
            box.setChecked(token in ticked)
            box.toggled.connect(self._changed)
            set_tip(box, tip)
            line.addWidget(box)
            made[token] = box
        if not below:
            line.addStretch(1)
        self.row(text, holder, next(iter(made.values())))
        return made


def ticked(boxes: dict[str, QCheckBox]) -> list[str]:
    """The tokens whose boxes are on."""
    return [name for name, box in boxes.items() if box.isChecked()]


def said(values: dict[str, object]) -> dict[str, object]:
    """What is not empty."""
    return {name: value for name, value in values.items() if value not in ("", None, [])}
