"""A chart with its table and its copy."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...processing.texts import tr
from ..shared.plain import PlainLabel, set_tip
from .chart import BarChart, Line


class Section(QWidget):
    """Bars, the same figures as a table that can be shown, and a button that copies them.

    Signals:
        chosen: the number of the bar or of the row.
    """

    chosen = pyqtSignal(int)

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"dashboard_{name}")
        self.title = PlainLabel(title)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.table_button = _button(
            f"dashboard_{name}_table", tr("Table"), "/mActionOpenTable.svg", tr("Show the figures as a table")
        )
        self.table_button.setCheckable(True)
        self.copy_button = _button(
            f"dashboard_{name}_copy",
            tr("Copy"),
            "/mActionEditCopy.svg",
            tr("Copy the table, for a spreadsheet"),
        )
        self.chart = BarChart(f"dashboard_{name}_chart")
        self.chart.setAccessibleName(title)
        self.table = QTableWidget()
        self.table.setObjectName(f"dashboard_{name}_figures")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        set_tip(self.table, tr("Double-click a row to set the filter of the review list"))
        self.table.hide()
        row = QHBoxLayout()
        row.addWidget(self.title, 1)
        row.addWidget(self.table_button)
        row.addWidget(self.copy_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.addLayout(row)
        layout.addWidget(self.chart)
        layout.addWidget(self.table)
        self.table_button.toggled.connect(self._show_table)
        self.copy_button.clicked.connect(self.copy)
        self.chart.chosen.connect(self.chosen)
        self.table.activated.connect(lambda index: self.chosen.emit(index.row()))
        self._cells: list[list[str]] = []

    def show_figures(
        self, head: str, lines: Sequence[Line], columns: Sequence[tuple[str, str]], total: str
    ) -> None:
        """Show bars and table.

        Args:
            head: heading of the labels. columns: key and heading of each part. total: heading of the sums.
        """
        self.chart.show_lines(lines)
        self._cells = [[head, *(label for _, label in columns), total]]
        for line in lines:
            counts = {key: count for key, _, count in line.parts}
            numbers = [counts.get(key, 0) for key, _ in columns]
            self._cells.append([line.label, *map(str, numbers), str(line.total)])
        self.table.setColumnCount(len(self._cells[0]))
        self.table.setHorizontalHeaderLabels(self._cells[0])
        self.table.setRowCount(len(lines))
        for place, row in enumerate(self._cells[1:]):
            for column, text in enumerate(row):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))
                self.table.setItem(place, column, item)
        rows = min(len(lines), 8) + 2
        self.table.setMinimumHeight(rows * (self.fontMetrics().height() + 8))
        self.setEnabled(bool(lines))

    def copy(self) -> None:
        """Put the table on the clipboard, columns separated by tabs."""
        lines = ("\t".join(_one_line(cell) for cell in row) for row in self._cells)
        QgsApplication.clipboard().setText("\n".join(lines))

    def _show_table(self, shown: bool) -> None:
        self.table.setVisible(shown)
        self.chart.setVisible(not shown)


def _one_line(text: str) -> str:
    """A cell that keeps to its place, and that no spreadsheet takes for a formula."""
    plain = " ".join(text.split())
    return f"'{plain}" if plain[:1] in ("=", "+", "-", "@") else plain


def _button(name: str, text: str, icon: str, tip: str) -> QToolButton:
    found = QToolButton()
    found.setObjectName(name)
    found.setText(text)
    found.setIcon(QgsApplication.getThemeIcon(icon))
    found.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    set_tip(found, tip)
    return found
