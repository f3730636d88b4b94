"""A short list of rows to read, and to choose one of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from ..shared.plain import escaped


class Table(QTableWidget):
    """Rows of texts under headings; texts from data appear as they are.

    Args:
        wide: the column that takes the room that is left.
    """

    def __init__(self, name: str, headings: Sequence[str], wide: int) -> None:
        super().__init__(0, len(headings))
        self.setObjectName(name)
        self.setHorizontalHeaderLabels(list(headings))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)  # Tab leaves the table
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        header.setMaximumSectionSize(40 * self.fontMetrics().averageCharWidth())
        self.setFixedHeight(header.sizeHint().height() + 3 * self.verticalHeader().defaultSectionSize() + 6)

    def show_rows(self, rows: Iterable[Sequence[str]]) -> None:
        """These rows in place of what stands there."""
        given = list(rows)
        self.clearContents()
        self.setRowCount(len(given))
        for row, cells in enumerate(given):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(" ".join(text.split()))
                item.setToolTip(f"<span>{escaped(text)}</span>")
                self.setItem(row, column, item)

    def chosen(self) -> int | None:
        """The row chosen; None while none is."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else None
