"""Which tables, in which formats."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from ...core.messages import render
from ...processing.paper_options import TABLES
from ...processing.papers import FORMATS
from ...processing.texts import tr, ui_language
from .page import Page
from .rows import Rows, ticked
from .ticks import Ticks


class TablesPage(Page):
    """The tables with a tick each, and the formats."""

    ALGORITHM = "exporttables"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        language = ui_language()
        self.tables = Ticks(
            "tables",
            [(name, render(f"papers.title.{name}", {}, language)) for name in TABLES],
            tr("Ticked tables are exported; the chosen one is shown in the preview"),
            tr("Tick every table"),
            tr("Tick no table"),
            self,
        )
        self.tables.changed.connect(self.changed)
        body.addWidget(self.tables, 1)
        rows = Rows(None, self.changed)
        tips = {
            "xlsx": tr("One Excel workbook, a sheet for each table"),
            "csv": tr("A text file for each table"),
            "html": tr("One page for the browser"),
        }
        items = [(name, name.upper(), tips[name]) for name in FORMATS]
        self.formats = rows.ticks(tr("For&mats"), items, FORMATS[:1], "format")
        body.addLayout(rows)

    def problem(self) -> str:
        if not self.tables.ticked():
            return tr("Tick at least one table.")
        return "" if ticked(self.formats) else tr("Tick at least one format.")

    def parameters(self) -> dict[str, object]:
        return {"TABLES": self.tables.ticked(), "FORMATS": ticked(self.formats)}

    def previewed(self) -> dict[str, object]:
        return {"TABLES": [self.tables.chosen()]}
