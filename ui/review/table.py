"""The table of the review list: single letters are commands while it has the focus."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from .model import ReviewModel
from .words import COLUMNS

KEYS = {
    Qt.Key.Key_J: "next",
    Qt.Key.Key_K: "previous",
    Qt.Key.Key_A: "accept",
    Qt.Key.Key_O: "override",
    Qt.Key.Key_D: "defer",
    Qt.Key.Key_P: "pair",
    Qt.Key.Key_Z: "zoom",
    Qt.Key.Key_F: "search",
}
"""Single letters while the list has the focus."""

_HEADERS_SPANNED = 2_000
"""Groups whose header spans all columns: Qt looks through all spans when it paints."""

_CHARACTERS = {"state": 13, "name": 13, "place": 19, "outcome": 13, "rule": 30, "zone": 20, "working": 16}
"""Width of columns, in characters."""

_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows


class ReviewTable(QTableView):
    """Shows a :class:`ReviewModel`.

    Signals:
        command: a single letter of :data:`KEYS` was pressed; with what it stands for.
        moved: another row is the current one.
    """

    command = pyqtSignal(str)
    moved = pyqtSignal()

    def __init__(self, model: ReviewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("list")
        self._rows = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the list
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(self.fontMetrics().height() + 6)
        horizontal = self.horizontalHeader()
        horizontal.setSectionsClickable(True)
        horizontal.setSectionsMovable(True)
        horizontal.setHighlightSections(False)
        # The headings ask every cell whether its column is selected; they are given a selection that stays empty
        horizontal.setSelectionModel(QItemSelectionModel(model, horizontal))
        for section, name in enumerate(COLUMNS):
            horizontal.resizeSection(
                section, self.fontMetrics().averageCharWidth() * _CHARACTERS.get(name, 14)
            )
        horizontal.setSortIndicatorShown(True)
        horizontal.setSortIndicator(COLUMNS.index("subject_id"), Qt.SortOrder.AscendingOrder)
        model.modelReset.connect(self._span_headers)
        self.doubleClicked.connect(self._toggle)

    def _span_headers(self) -> None:
        self.clearSpans()
        headers = self._rows.headers()
        if len(headers) <= _HEADERS_SPANNED:
            for position in headers:
                self.setSpan(int(position), 0, 1, self._rows.columnCount())

    @property
    def position(self) -> int:
        """The position of the current row; -1 for none."""
        return self.currentIndex().row()

    def positions(self) -> np.ndarray:
        """The positions selected, from the top; ranges are read, not cells."""
        parts = [np.arange(part.top(), part.bottom() + 1) for part in self.selectionModel().selection()]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)

    def go_to(self, position: int | None) -> None:
        """Make a row the current one, select it alone and bring it into sight."""
        if position is None or not 0 <= position < self._rows.rowCount():
            return
        index = self._rows.index(position, max(0, self.currentIndex().column()))
        self.selectionModel().setCurrentIndex(index, _SELECT)
        self.scrollTo(index)

    def select(self, positions: np.ndarray) -> None:
        """Select these rows; the first becomes the current one."""
        if not len(positions):
            self.clearSelection()
            return
        self.go_to(int(positions[0]))
        chosen, last = QItemSelection(), self._rows.columnCount() - 1
        breaks = np.flatnonzero(np.diff(positions) > 1)
        starts, ends = np.append(0, breaks + 1), np.append(breaks, len(positions) - 1)
        for start, end in zip(positions[starts].tolist(), positions[ends].tolist(), strict=True):
            chosen.merge(
                QItemSelection(self._rows.index(start, 0), self._rows.index(end, last)),
                QItemSelectionModel.SelectionFlag.Select,
            )
        self.selectionModel().select(chosen, _SELECT)

    def _toggle(self, index: QModelIndex) -> None:
        position = index.row()
        if self._rows.is_header(position):
            self._rows.toggle(position)
            self.go_to(position)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.moved.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        key = event.key()
        if plain and key in KEYS:
            self.command.emit(KEYS[key])
            event.accept()
            return
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if plain and key in enter and self.position >= 0 and self._rows.is_header(self.position):
            self._toggle(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not the beginning of a text to look for."""
