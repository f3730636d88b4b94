"""The left side of page 2: the columns of a layer with their type and some of their values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QMimeData, Qt
from qgis.PyQt.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from ...processing.texts import tr
from ..shared.plain import escaped, set_tip

if TYPE_CHECKING:
    from ...core.importing.proposals import ShownColumn

MIME = "application/x-overdraft-column"
"""What is dragged: the name of a column."""


class SourceColumns(QTreeWidget):
    """A list of columns that can be dragged onto fields."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("source_columns")
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setHeaderLabels([tr("Column"), tr("Type"), tr("Sample values")])
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.header().resizeSection(0, 130)
        self.header().resizeSection(1, 95)
        set_tip(self, tr("Columns of the layer; drag one onto the field that it fills"))

    def show_columns(self, columns: Sequence[ShownColumn], used: Sequence[str]) -> None:
        """List the columns; those that fill a field already are marked with ✓."""
        at = self.currentIndex().row()
        place = self.verticalScrollBar().value()
        self.clear()
        words = {
            "text": tr("text"),
            "integer": tr("whole number"),
            "real": tr("number"),
            "date": tr("day"),
            "bool": tr("yes/no"),
        }
        items = []
        for column in columns:
            samples = " · ".join(column.samples).replace("\n", " ")
            mark = "✓ " if column.name in used else ""
            item = QTreeWidgetItem([mark + column.name, words.get(column.type, tr("empty")), samples])
            item.setData(0, Qt.ItemDataRole.UserRole, column.name)
            lines = "\n".join((column.name, *column.samples))
            for part in range(3):
                item.setToolTip(part, f"<span>{escaped(lines)}</span>")
            items.append(item)
        self.addTopLevelItems(items)
        self.setCurrentItem(self.topLevelItem(max(0, at)))
        self.verticalScrollBar().setValue(place)

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        data = QMimeData()
        data.setData(MIME, str(items[0].data(0, Qt.ItemDataRole.UserRole)).encode("utf-8"))
        return data

    def mimeTypes(self) -> list[str]:
        return [MIME]
