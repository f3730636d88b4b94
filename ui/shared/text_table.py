"""A table of texts that are made when they are seen."""

from __future__ import annotations

from collections.abc import Callable, Collection

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, Qt
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from .plain import escaped, set_tip


class _Rows(QAbstractTableModel):
    """Rows whose cells are made when they are seen: there may be thousands."""

    def __init__(self, first_number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first_number, self._size = first_number, 0
        self._headings: list[str] = []
        self._cells: Callable[[int], list[str]] = lambda at: []
        self._bold: Collection[int] = ()
        self._made: dict[int, list[str]] = {}

    def fill(
        self, headings: list[str], size: int, cells: Callable[[int], list[str]], bold: Collection[int]
    ) -> None:
        self.beginResetModel()
        self._headings, self._size, self._cells, self._bold = headings, size, cells, bold
        self._made = {}
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._size

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(index.row())[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<span>{escaped(self._texts(index.row())[index.column()])}</span>"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= self._first_number:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and index.row() in self._bold:
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _texts(self, row: int) -> list[str]:
        if row not in self._made:
            self._made[row] = self._cells(row)
        return self._made[row]


class TextTable(QTableView):
    """A table of texts.

    Args:
        first_number: columns from this one on are numbers.
    """

    def __init__(self, name: str, tip: str, first_number: int) -> None:
        super().__init__()
        self.setObjectName(name)
        self.rows = _Rows(first_number, self)
        self.setModel(self.rows)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        self.horizontalHeader().setResizeContentsPrecision(50)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        set_tip(self, tip)

    def fill(
        self,
        headings: list[str],
        size: int,
        cells: Callable[[int], list[str]],
        bold: Collection[int] = (),
    ) -> None:
        """Other rows; ``cells`` makes the texts of one."""
        self.rows.fill(headings, size, cells, bold)

    def cell(self, row: int, column: int) -> str:
        """The text of a cell."""
        return str(self.rows.index(row, column).data())
