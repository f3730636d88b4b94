"""What two persons wanted of the same row, side by side."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ...core.casefile import ConflictError
from ...core.report.decided import conflict_of
from ...core.report.words import Words
from ...processing.texts import tr, ui_language
from ..shared.help import open_window_help
from ..shared.messages import text_of
from ..shared.plain import PlainLabel
from ..shared.windows import Dialog

HELP = "review"
"""The dialogs are explained on the page of the review dock."""

_MOST = 100
"""Rows of which both versions are shown; a bulk act may meet thousands."""


class ConflictDialog(Dialog):
    """Both versions of what two persons changed."""

    NAME = "conflict"

    def __init__(self, error: ConflictError, parent: QWidget | None = None) -> None:
        super().__init__(tr("Changed by Somebody Else"), parent)
        words = Words(ui_language(), None)
        rows = [
            (name, line.label, line.then, line.now)
            for change, row in error.conflicts[:_MOST]
            for name in [" / ".join(map(str, change.key.values()))]
            for line in conflict_of(change, row, words)
        ]
        heads = (tr("Row"), tr("Field"), tr("Yours, not written"), tr("As it stands now"))
        self.told = PlainLabel(text_of(error), self)
        self.told.setObjectName(f"{self.objectName()}_told")
        self.table = QTableWidget(len(rows), len(heads), self)
        self.table.setObjectName(f"{self.objectName()}_table")
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.setWordWrap(True)
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.resizeColumnsToContents()
        header = self.table.horizontalHeader()
        for column in range(len(heads)):
            self.table.setColumnWidth(column, min(self.table.columnWidth(column), 190))
            if column >= len(heads) - 2:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.table.setMinimumSize(840, 240)
        self.table.resizeRowsToContents()
        self.body.addWidget(self.told)
        self.body.addWidget(self.table, 1)
        self.finish(QDialogButtonBox.StandardButton.Close)

    def show_help(self) -> None:
        """Open the page of the review dock."""
        open_window_help(HELP)
