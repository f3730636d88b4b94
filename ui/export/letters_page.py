"""Letters from templates: which kind, on what, from whom to whom."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QWidget

from ...core.messages import render
from ...processing.output.officialletters import FORMATS, KINDS
from ...processing.texts import tr, ui_language
from ..shared.settings import UserSettings
from .ids_field import IdsField
from .page import Page
from .rows import Rows, said, ticked

_KEPT = ("unit", "phone", "address")
_TAKE_WELLS = ("opinion_letter", "closure_notice")
_TAKE_APPLICATIONS = ("approval_sheet", "opinion_letter")


class LettersPage(Page):
    """Approval sheets, letters that ask for an opinion, closure notices."""

    ALGORITHM = "officialletters"
    TAKES = ("PROFILE",)

    def __init__(self, settings: UserSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._rows = rows = Rows(self, self.changed)
        language = ui_language()
        titles = {kind: render(f"papers.letter_title.{kind}", {}, language) for kind in KINDS}
        kinds = [(kind, title[:1].upper() + title[1:]) for kind, title in titles.items()]
        self.kind = rows.choice("kind", tr("&Kind of letter"), tr("Which letter is written"), kinds)
        self.wells = IdsField(
            "letter_wells",
            "well_id",
            tr("Wells that it is about: ids, separated by semicolons"),
            "",
            self.changed,
        )
        rows.row(tr("We&lls"), self.wells, self.wells.edit)
        self.applications = IdsField(
            "letter_applications",
            "application_id",
            tr("Applications that it is about: ids, separated by semicolons"),
            "",
            self.changed,
        )
        rows.row(tr("Applicatio&ns"), self.applications, self.applications.edit)
        self.unit = rows.line("letter_unit", tr("Un&it"), tr("Who signs it"))
        self.to = rows.line("to", tr("Addressed to"), tr("To whom it is"), tr("who is to be consulted"))
        self.doc_no = rows.line("doc_no", tr("Num&ber"), tr("Number of the letter"), tr("room to write it"))
        self.phone = rows.line("letter_phone", tr("P&hone"), tr("For questions"), tr("room to write it"))
        self.address = rows.line("letter_address", tr("Add&ress"), tr("For answers"), tr("room to write it"))
        for name in _KEPT:
            getattr(self, name).setText(getattr(settings, name))
        self.issued = rows.day("letter_day", tr("Signed on"), tr("Open: today"))
        self.deadline = rows.day("deadline", tr("B&y when"), tr("Open: room to write it"))
        self.basis = rows.lines(
            "letter_basis",
            tr("Further grounds"),
            tr("Documents that it rests on beside that of the case, a line each"),
        )
        self.template = rows.file(
            "template",
            tr("Template"),
            tr("A document with {{names}} to be filled in; empty: that of your profile, else ours"),
            "DOCX (*.docx)",
        )
        tips = {"docx": tr("To be edited in Word or WPS"), "pdf": tr("To be printed")}
        self.formats = rows.ticks(
            tr("For&mats"), [(name, name.upper(), tips[name]) for name in FORMATS], FORMATS, "letter_format"
        )
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self._kind_changed()

    def _kind_changed(self, *_: object) -> None:
        kind = self.kind.currentData()
        self._rows.show_row(self.wells, kind in _TAKE_WELLS)
        self._rows.show_row(self.applications, kind in _TAKE_APPLICATIONS)
        self._rows.show_row(self.to, kind == "opinion_letter")

    def problem(self) -> str:
        asked = self.parameters()
        if not any(asked.get(name) for name in ("WELLS", "APPLICATIONS")):
            return {
                "approval_sheet": tr("Say which applications the sheets are for."),
                "opinion_letter": tr("Say which wells or applications the letter is about."),
                "closure_notice": tr("Say which wells are to be closed."),
            }[self.kind.currentData()]
        if not asked.get("UNIT"):
            return tr("Say which unit signs.")
        return "" if ticked(self.formats) else tr("Tick at least one format.")

    def parameters(self) -> dict[str, object]:
        kind = self.kind.currentData()
        texts = {name.upper(): getattr(self, name).text().strip() for name in (*_KEPT, "doc_no")}
        texts |= {"ISSUED_ON": self.issued.iso(), "END": self.deadline.iso()}
        texts |= {"BASIS": self.basis.toPlainText(), "TEMPLATE": self.template.filePath()}
        texts |= {"WELLS": self.wells.text()} if kind in _TAKE_WELLS else {}
        texts |= {"APPLICATIONS": self.applications.text()} if kind in _TAKE_APPLICATIONS else {}
        texts |= {"TO": self.to.text().strip()} if kind == "opinion_letter" else {}
        return {"KIND": kind, **said(texts), "FORMATS": ticked(self.formats)}

    def keep(self) -> None:
        for name in _KEPT:
            setattr(self._settings, name, getattr(self, name).text().strip())
