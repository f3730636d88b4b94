"""A list of papers with a tick each."""

from __future__ import annotations

from collections.abc import Iterable

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from ...processing.texts import tr
from ..shared.plain import set_tip

_LINES = 7
"""Lines that are seen at least."""


class Ticks(QWidget):
    """Ticked lines are made; the chosen line is the one that is looked at.

    Attributes:
        list: the lines. below: the row of buttons, which may take more.

    Signals:
        changed: another line is ticked or chosen.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        name: str,
        items: Iterable[tuple[str, str]],
        tip: str,
        tip_all: str,
        tip_none: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        self.list = QListWidget(self)
        self.list.setObjectName(name)
        set_tip(self.list, tip)
        for token, shown in items:
            item = QListWidgetItem(shown)
            item.setData(Qt.ItemDataRole.UserRole, token)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        line = self.list.sizeHintForRow(0)
        self.list.setMinimumHeight(min(_LINES, self.list.count()) * line + 2 * self.list.frameWidth() + 2)
        self.list.itemChanged.connect(self.changed)
        self.list.currentRowChanged.connect(self.changed)
        body.addWidget(self.list, 1)
        self.below = QHBoxLayout()
        for which, text, told, state in (
            ("all", tr("A&ll"), tip_all, Qt.CheckState.Checked),
            ("none", tr("&None"), tip_none, Qt.CheckState.Unchecked),
        ):
            button = QPushButton(text, self)
            button.setObjectName(f"{name}_{which}")
            button.setAutoDefault(False)
            set_tip(button, told)
            button.clicked.connect(lambda _=False, state=state: self._tick(state))
            self.below.addWidget(button)
        self.below.addStretch(1)
        body.addLayout(self.below)

    def ticked(self) -> list[str]:
        """The tokens of the ticked lines, in their order."""
        items = map(self.list.item, range(self.list.count()))
        return [_token(item) for item in items if item.checkState() == Qt.CheckState.Checked]

    def chosen(self) -> str:
        """The token of the line that is looked at."""
        return _token(self.list.currentItem() or self.list.item(0))

    def tick(self, name: str, on: bool) -> None:
        """Tick a line, or take its tick away."""
        (item,) = (one for one in map(self.list.item, range(self.list.count())) if _token(one) == name)
        item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)

    def _tick(self, state: Qt.CheckState) -> None:
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            self.list.item(row).setCheckState(state)
        self.list.blockSignals(False)
        self.changed.emit()


def _token(item: QListWidgetItem) -> str:
    return item.data(Qt.ItemDataRole.UserRole)
