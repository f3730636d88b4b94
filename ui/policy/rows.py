"""Rows of plain texts as a table that is searched: nothing in them is read as markup, and no cell is an object."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ..shared.plain import escaped

_LONGEST = 300
"""Characters of a cell that a table shows; the whole text stands beside it."""


class Rows(QAbstractTableModel):
    """A table of texts with a heading for each column and a key for each row."""

    def __init__(self, headings: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._headings = list(headings)
        self._all: list[tuple[object, tuple[str, ...]]] = []
        self._shown: list[int] = []
        self._search = ""

    def fill(self, rows: Sequence[tuple[object, tuple[str, ...]]]) -> None:
        """Show other rows, each a key and its texts; the search stays."""
        self.beginResetModel()
        self._all = list(rows)
        self._select()
        self.endResetModel()

    def search(self, text: str) -> None:
        """Show only the rows that hold a text, in whatever case."""
        self.beginResetModel()
        self._search = text.strip().casefold()
        self._select()
        self.endResetModel()

    def key(self, row: int) -> object:
        """The key of a row that is shown."""
        return self._all[self._shown[row]][0]

    def row_of(self, key: object) -> int:
        """The row that shows a key; -1 where none does."""
        return next((row for row, place in enumerate(self._shown) if self._all[place][0] == key), -1)

    def texts(self, row: int) -> tuple[str, ...]:
        """The texts of a row that is shown, uncut."""
        return self._all[self._shown[row]][1]

    @property
    def total(self) -> int:
        """How many rows there are, shown or not."""
        return len(self._all)

    def _select(self) -> None:
        self._shown = [
            place
            for place, (_, texts) in enumerate(self._all)
            if not self._search or any(self._search in text.casefold() for text in texts)
        ]

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        text = self.texts(index.row())[index.column()]
        short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<span>{escaped(short)}</span>" if short else None
        return short.replace("\n", " ")


def rows_view(model: Rows, name: str, widths: Sequence[int]) -> QTableView:
    """A view of whole rows; the last column takes what is left. Columns are dragged; heights are of one line."""
    view = QTableView()
    view.setObjectName(name)
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(view.fontMetrics().height() + 8)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    view.setWordWrap(False)
    view.horizontalHeader().setHighlightSections(False)
    for column, width in enumerate(widths):
        view.setColumnWidth(column, scaled(view, width))
    return view


def scaled(widget: QWidget, width: int) -> int:
    """A width that holds as much text as ``width`` does in a letter of 7 pixels."""
    return round(width * widget.fontMetrics().averageCharWidth() / 7)
