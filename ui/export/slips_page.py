"""Slips of wells: which, one by one or together."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QWidget

from ...processing.output.verdictslip import FORMATS
from ...processing.texts import tr
from .ids_field import IdsField
from .page import Page
from .rows import Rows, said, ticked


class SlipsPage(Page):
    """One page of A4 for each well."""

    ALGORITHM = "verdictslip"
    TAKES = ("COUNTY", "ZONE", "AUTHORITY", "PROFILE")

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows = Rows(self, self.changed)
        self.wells = IdsField(
            "slip_wells",
            "well_id",
            tr("Only these wells: ids, separated by semicolons"),
            tr("all with a finding"),
            self.changed,
        )
        rows.row(tr("We&lls"), self.wells, self.wells.edit)
        items = [
            ("EACH", tr("A file for each well"), tr("Named after the case and the well")),
            (
                "TOGETHER",
                tr("One file with all wells"),
                tr("As PDF, in the order of county, township and id"),
            ),
        ]
        self.files = rows.ticks(tr("F&iles"), items, ("TOGETHER",), "slip_files", below=True)
        tips = {"pdf": tr("To be printed"), "html": tr("One page for the browser")}
        formats = [(name, name.upper(), tips[name]) for name in FORMATS]
        self.formats = rows.ticks(tr("For&mats"), formats, FORMATS[:1], "slip_format")
        self.changed.connect(self._single)
        self._single()

    def _single(self) -> None:
        """The formats are those of single files; all together are a PDF."""
        for box in self.formats.values():
            box.setEnabled(self.files["EACH"].isChecked())

    def problem(self) -> str:
        if not ticked(self.files):
            return tr("Tick files for each well, one with all of them, or both.")
        alone = self.files["EACH"].isChecked() and not ticked(self.formats)
        return tr("Tick at least one format.") if alone else ""

    def parameters(self) -> dict[str, object]:
        chosen = ticked(self.files)
        return {
            **said({"WELLS": self.wells.text()}),
            "EACH": "EACH" in chosen,
            "TOGETHER": "TOGETHER" in chosen,
            "FORMATS": ticked(self.formats),
        }
