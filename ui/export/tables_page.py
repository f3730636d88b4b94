"""Which tables, in which formats."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...core.messages import render
from ...core.papers import KINDS, Scope
from ...processing.papers import FORMATS
from ...processing.texts import tr, ui_language
from ..shared.plain import set_tip
from ..shared.tasks import Progress

PREVIEWED = 40
"""Rows of the first page."""


class TablesPage(QWidget):
    """The tables with a tick each, and the formats.

    Signals:
        changed: something else is asked for.
    """

    ALGORITHM = "exporttables"
    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        self.tables = QListWidget(self)
        self.tables.setObjectName("tables")
        set_tip(self.tables, tr("Ticked tables are exported; the chosen one is shown in the preview"))
        for name in KINDS:
            item = QListWidgetItem(render(f"papers.title.{name}", {}, ui_language()))
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.tables.addItem(item)
        self.tables.setCurrentRow(0)
        self.tables.itemChanged.connect(self.changed)
        self.tables.currentRowChanged.connect(self.changed)
        body.addWidget(self.tables, 1)
        line = QHBoxLayout()
        for name, text, tip, state in (
            ("all", tr("A&ll"), tr("Tick every table"), Qt.CheckState.Checked),
            ("none", tr("&None"), tr("Tick no table"), Qt.CheckState.Unchecked),
        ):
            button = QPushButton(text, self)
            button.setObjectName(f"tables_{name}")
            button.setAutoDefault(False)
            set_tip(button, tip)
            button.clicked.connect(lambda _=False, state=state: self._tick(state))
            line.addWidget(button)
        line.addStretch(1)
        self.formats = {}
        tips = {
            "xlsx": tr("One Excel workbook, a sheet for each table"),
            "csv": tr("A text file for each table"),
            "html": tr("One page for the browser"),
        }
        for name in FORMATS:
            box = QCheckBox(name.upper(), self)
            box.setObjectName(f"format_{name}")
            box.setChecked(name == FORMATS[0])
            set_tip(box, tips[name])
            box.toggled.connect(self.changed)
            self.formats[name] = box
            line.addWidget(box)
        body.addLayout(line)

    def problem(self) -> str:
        """Why nothing can be exported; empty where something can."""
        if not self._ticked():
            return tr("Tick at least one table.")
        return (
            "" if any(box.isChecked() for box in self.formats.values()) else tr("Tick at least one format.")
        )

    def parameters(self) -> dict[str, object]:
        """What the algorithm is given beside the part of the case."""
        chosen = [name for name, box in self.formats.items() if box.isChecked()]
        return {"TABLES": self._ticked(), "FORMATS": chosen}

    def preview(self, case: Path, scope: Scope, profile: str) -> Callable[[Progress], str]:
        """The work that makes the first page of the chosen table."""
        item = self.tables.currentItem() or self.tables.item(0)
        name, language = item.data(Qt.ItemDataRole.UserRole), ui_language()

        def work(progress: Progress) -> str:
            from ...core.papers import html_page, open_book, paper

            kind = KINDS[name]
            book = open_book(case, kind.needs, language, scope)
            progress(0.5)
            return html_page(paper(book, [kind.make(book).first(PREVIEWED)], profile))

        return work

    def _ticked(self) -> list[str]:
        items = [self.tables.item(row) for row in range(self.tables.count())]
        return [
            item.data(Qt.ItemDataRole.UserRole)
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        ]

    def _tick(self, state: Qt.CheckState) -> None:
        self.tables.blockSignals(True)
        for row in range(self.tables.count()):
            self.tables.item(row).setCheckState(state)
        self.tables.blockSignals(False)
        self.changed.emit()
