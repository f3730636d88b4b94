"""A notice for the public: what it is about, who publishes it, how long it stands."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QSpinBox, QWidget

from ...core.schema import results_schema
from ...processing.output.publicnotice import FORMATS
from ...processing.texts import tr, ui_language
from ..shared.plain import set_tip
from ..shared.settings import UserSettings
from .ids_field import IdsField
from .page import Page
from .rows import Rows, said, ticked

_WORKDAYS = 10
_DECIDED = ("accepted", "overridden", "verified")


class NoticePage(Page):
    """What the case does not know of a notice. It never holds personal data: nobody chooses for whom it is."""

    ALGORITHM = "publicnotice"
    TAKES = ("COUNTY", "ZONE", "AUTHORITY")

    def __init__(self, settings: UserSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        rows = Rows(self, self.changed)
        self.about = rows.line(
            "about",
            tr("A&bout"),
            tr("What the title says that it is about"),
            tr("the findings on wells of the place"),
        )
        self.unit = rows.line("unit", tr("Un&it"), tr("Who publishes it and takes objections"))
        self.phone = rows.line(
            "phone", tr("P&hone"), tr("Where objections are taken: one of the three is needed")
        )
        self.address = rows.line(
            "address", tr("Add&ress"), tr("Where objections are taken: one of the three is needed")
        )
        self.mailbox = rows.line(
            "mailbox", tr("Mailbo&x"), tr("Where objections are taken: one of the three is needed")
        )
        for name in ("unit", "phone", "address", "mailbox"):
            getattr(self, name).setText(getattr(settings, name))
        self.first = rows.day("notice_begin", tr("First da&y"), tr("Open: today"))
        self.days = QSpinBox()
        self.days.setObjectName("workdays")
        self.days.setRange(1, 366)
        self.days.setValue(_WORKDAYS)
        self.days.valueChanged.connect(self.changed)
        set_tip(self.days, tr("How long it stands, by the calendar of the case; the first day counts"))
        rows.row(tr("Wor&king days"), self.days)
        self.last = rows.day("notice_end", tr("Last day"), tr("Open: after the working days"))
        self.issued = rows.day("issued_on", tr("Signed on"), tr("Open: the first day of the notice"))
        language, tip = ui_language(), tr("Findings in this state are published")
        items = [
            (state, results_schema().label("decision_state", state, language), tip) for state in _DECIDED
        ]
        self.states = rows.ticks(tr("Decisions"), items, _DECIDED, "state")
        self.wells = IdsField(
            "notice_wells",
            "well_id",
            tr("Only these wells: ids, separated by semicolons"),
            tr("all"),
            self.changed,
        )
        rows.row(tr("We&lls"), self.wells, self.wells.edit)
        self.basis = rows.lines(
            "basis",
            tr("Further grounds"),
            tr("Documents that it rests on beside that of the case, a line each"),
        )
        drawn = (
            "draw",
            tr("Drawn from the case"),
            tr("The wells of the notice over the zones, places rounded"),
        )
        self.annex = rows.ticks(tr("Annex map"), [drawn], ("draw",), "annex")
        self.map = rows.file(
            "annex_map",
            tr("Map of your own"),
            tr("A picture that stands in its place"),
            "PNG, JPEG (*.png *.jpg *.jpeg)",
        )
        tips = {
            "docx": tr("To be edited in Word or WPS"),
            "pdf": tr("To be printed"),
            "html": tr("One page for the browser"),
        }
        self.formats = rows.ticks(
            tr("For&mats"),
            [(name, name.upper(), tips[name]) for name in FORMATS],
            FORMATS[:2],
            "notice_format",
        )

    def problem(self) -> str:
        if not self.unit.text().strip():
            return tr("Say which unit publishes the notice.")
        if not any(field.text().strip() for field in (self.phone, self.address, self.mailbox)):
            return tr("Say where objections are taken: phone, address or mailbox.")
        if not ticked(self.states):
            return tr("Tick at least one kind of decision.")
        return "" if ticked(self.formats) else tr("Tick at least one format.")

    def parameters(self) -> dict[str, object]:
        texts = {
            name.upper(): getattr(self, name).text().strip()
            for name in ("about", "unit", "phone", "address", "mailbox")
        }
        days = {"BEGIN": self.first.iso(), "END": self.last.iso(), "ISSUED_ON": self.issued.iso()}
        return {
            **said(texts),
            **said(days),
            **said(
                {"WELLS": self.wells.text(), "BASIS": self.basis.toPlainText(), "MAP": self.map.filePath()}
            ),
            "ANNEX_MAP": "draw" in ticked(self.annex),
            "DAYS": self.days.value(),
            "STATES": ticked(self.states),
            "FORMATS": ticked(self.formats),
        }

    def keep(self) -> None:
        for name in ("unit", "phone", "address", "mailbox"):
            setattr(self._settings, name, getattr(self, name).text().strip())
