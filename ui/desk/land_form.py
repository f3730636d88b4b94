"""Record land that is retired from irrigation, or irrigated again."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QDoubleSpinBox

from ...core.desk import Act, Event, Recorded
from ...core.register.facts import LAND_KINDS
from ...processing.texts import tr
from ..shared.plain import set_tip
from . import words
from .evidence_box import EvidenceBox
from .fields import DayField, Steady, SubjectField, TokenBox, line
from .form import DeskForm

MOST_MU = 10_000_000.0


class Amount(Steady, QDoubleSpinBox):
    """A figure."""


class LandForm(DeskForm):
    """Land…"""

    NAME = "desk_land"

    def title(self) -> str:
        return tr("Retired and Restored Land")

    def fill(self) -> None:
        self.area = SubjectField(
            "area",
            lambda: self.path,
            "irrigation",
            tr("The irrigation area: part of its id, or a click on the map"),
            self.canvas,
        )
        self.row(tr("I&rrigation area"), self.area)
        self.kind = TokenBox(
            "kind", "event_kind", LAND_KINDS, tr("Retired from irrigation, or irrigated again")
        )
        self.row(tr("Wh&at happened"), self.kind)
        self.day = DayField("day", self.today(), tr("The day from which it holds"))
        self.row(tr("&Day"), self.day)
        self.part = Amount()
        self.part.setObjectName("area_mu")
        self.part.setRange(0.0, MOST_MU)
        self.part.setDecimals(2)
        self.part.setSpecialValueText(tr("The whole area"))
        set_tip(self.part, tr("Part of the area in mu; 0 means the whole area"))
        self.row(words.field("events", "area_mu"), self.part)
        self.document = line("doc_no", tr("Number of the document that orders or reports it"))
        self.row(words.field("events", "doc_no"), self.document)
        self.evidence = EvidenceBox(self.day, self.last_folder)
        self.form.addRow(self.evidence)

    def act(self) -> Act:
        return Event(
            subject_id=self.area.id(),
            kind=self.kind.token(),
            effective_on=self.day.iso(),
            subject_role="irrigation",
            doc_no=self.document.text(),
            area_mu=self.part.value() or None,
            evidence=self.evidence.pieces(),
        )

    def recorded(self, done: Recorded) -> None:
        self.area.set_id("")
        self.part.setValue(0.0)
        self.evidence.clear()
        self.area.edit.setFocus()
