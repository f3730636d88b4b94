"""The wells of one renewal: those on record, those chosen, and the places that are still free."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...processing.texts import tr
from ..shared.plain import PlainLabel, set_tip
from .candidates import MIME

_DIGITS = "①②③④⑤⑥⑦⑧⑨"


@dataclass(frozen=True)
class Slot:
    """One well: its id, what is said of it, and whether it is on record."""

    well: str
    text: str
    on_record: bool


class Slots(QWidget):
    """One line for each well of the renewal; wells can be dropped on it.

    Signals:
        dropped, removed, break_asked: id of a well.
    """

    dropped = pyqtSignal(str)
    removed = pyqtSignal(str)
    break_asked = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pairingSlots")
        self.setAcceptDrops(True)
        set_tip(self, tr("The wells that are retired for this renewal. Drop candidates here."))
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(2)
        self._before: QWidget = self

    def follow(self, before: QWidget) -> None:
        """Come behind a widget when Tab is pressed: the lines are made after everything else in the window."""
        self._before = before

    def show_slots(self, slots: list[Slot], free: int) -> None:
        """Show these wells and so many free places; the focus stays in the line where it was."""
        buttons = self.findChildren(QAbstractButton)
        held = next((place for place, one in enumerate(buttons) if one.hasFocus()), None)
        while self._lines.count():
            line = self._lines.takeAt(0).widget()
            line.setParent(None)
            line.deleteLater()
        for number, slot in enumerate(slots):
            self._lines.addWidget(self._line(number, slot))
        for number in range(len(slots), len(slots) + free):
            self._lines.addWidget(self._line(number, None))
        before, buttons = self._before, self.findChildren(QAbstractButton)
        for button in buttons:
            QWidget.setTabOrder(before, button)
            before = button
        if held is not None:
            (buttons[min(held, len(buttons) - 1)] if buttons else self._before).setFocus()

    def dragEnterEvent(self, event):
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dropEvent(self, event):
        event.acceptProposedAction()
        self.dropped.emit(bytes(event.mimeData().data(MIME)).decode())

    def _line(self, number: int, slot: Slot | None) -> QWidget:
        line = QFrame()
        row = QHBoxLayout(line)
        row.setContentsMargins(2, 0, 2, 0)
        row.addWidget(QLabel(_DIGITS[number] if number < len(_DIGITS) else str(number + 1)))
        text = PlainLabel(tr("drop or pick a well") if slot is None else slot.text)
        text.setObjectName(f"pairingSlot{number + 1}")
        text.setEnabled(slot is not None)
        text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(text)
        if slot is not None and slot.on_record:
            button = QPushButton(tr("Break Pair…"))
            button.setAutoDefault(False)
            set_tip(button, tr("Take this well back from the renewal; you are asked for the reason"))
            button.clicked.connect(lambda *_, well=slot.well: self.break_asked.emit(well))
            button.setObjectName(f"pairingBreak{number + 1}")
            row.addWidget(button)
        elif slot is not None:
            button = QToolButton()
            button.setText("✕")
            button.setIcon(QgsApplication.getThemeIcon("/mActionRemove.svg"))
            button.setAccessibleName(tr("Remove {well}").format(well=slot.well))
            set_tip(button, tr("Do not take this well"))
            button.clicked.connect(lambda *_, well=slot.well: self.removed.emit(well))
            button.setObjectName(f"pairingRemove{number + 1}")
            row.addWidget(button)
        return line
