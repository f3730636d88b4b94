"""What is shown of the past: two versions of the same row, and the history of a subject."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ...core.casefile import CaseRows, ConflictError
from ...core.report.decided import conflict_of, history_of
from ...core.report.words import Words
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.help import open_window_help
from ..shared.messages import text_of
from ..shared.plain import PlainLabel
from ..shared.windows import Dialog

HELP = "review"
"""The dialogs are explained on the page of the review dock."""


class _Shown(Dialog):
    """A table of plain texts to read; its last ``WIDE`` columns share the room that is left."""

    WIDE = 1

    def __init__(
        self,
        title: str,
        told: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self.told = PlainLabel(told, self)
        self.told.setObjectName(f"{self.objectName()}_told")
        self.table = QTableWidget(len(rows), len(heads), self)
        self.table.setObjectName(f"{self.objectName()}_table")
        self.table.setHorizontalHeaderLabels(list(heads))
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
            if column >= len(heads) - self.WIDE:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.table.setMinimumSize(840, 240)
        self.table.resizeRowsToContents()
        self.table.setVisible(bool(rows))
        self.body.addWidget(self.told)
        self.body.addWidget(self.table, 1)
        self.finish(QDialogButtonBox.StandardButton.Close)

    def show_help(self) -> None:
        """Open the page of the review dock."""
        open_window_help(HELP)


class ConflictDialog(_Shown):
    """Both versions of what two persons changed, side by side."""

    NAME, WIDE = "conflict", 2

    def __init__(self, error: ConflictError, parent: QWidget | None = None) -> None:
        words = Words(ui_language(), None)
        rows = [
            (name, line.label, line.then, line.now)
            for change, row in error.conflicts[:100]
            for name in [" / ".join(map(str, change.key.values()))]
            for line in conflict_of(change, row, words)
        ]
        heads = (tr("Row"), tr("Field"), tr("Yours, not written"), tr("As it stands now"))
        super().__init__(tr("Changed by Somebody Else"), text_of(error), heads, rows, parent)


class HistoryDialog(_Shown):
    """All that happened to a subject, newest first."""

    NAME = "history"

    def __init__(self, session: Session, subject: str, parent: QWidget | None = None) -> None:
        store = CaseRows(session.path, read_only=True) if session.path is not None else None
        entries = store.cells_of([("history", "subject", (subject,))])[0] if store else []
        past = reversed(list(history_of(entries, Words(ui_language(), None))))
        rows = [(item.at, item.who, item.act, item.before, item.after, item.reason) for item in past]
        heads = (tr("Time"), tr("Person"), tr("Act"), tr("From"), tr("To"), tr("Reason"))
        told = tr("History of {subject}") if rows else tr("Nothing has been decided on {subject} yet.")
        super().__init__(tr("History"), told.format(subject=subject), heads, rows, parent)
