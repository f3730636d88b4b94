"""Link the drilled well to its approved application: the pledges go over to it."""

from __future__ import annotations

from ...core.desk import Act, Link, Recorded
from ...processing.texts import tr
from ..shared.plain import Told
from . import words
from .decide_form import WaitingBox
from .fields import DayField, SubjectField, line
from .form import DeskForm


class LinkForm(DeskForm):
    """Link Drilled Well…"""

    NAME = "desk_link"

    def title(self) -> str:
        return tr("Link Drilled Well")

    def fill(self) -> None:
        self.application = WaitingBox("approved", tr("Approved applications whose well is not linked yet"))
        self.row(tr("&Application"), self.application)
        self.about = Told()
        self.about.setObjectName("about")
        self.form.addRow(self.about)
        self.well = SubjectField(
            "well",
            lambda: self.path,
            "wells",
            tr(
                "The well: one of the register, or a new id, which adds the well at the place of the application"
            ),
            self.canvas,
        )
        self.row(tr("&Well"), self.well)
        self.built = DayField("built_on", self.today(), tr("The day on which the well was built"))
        self.row(tr("&Built on"), self.built)
        self.day = DayField("day", self.today(), tr("The day on which the well was commissioned"))
        self.row(tr("&Commissioned on"), self.day)
        self.built.setMaximumDate(self.day.date())  # no well is commissioned before it is built
        self.day.editingFinished.connect(lambda: self.built.setMaximumDate(self.day.date()))
        self.document = line("doc_no", tr("Number of the report of acceptance; empty: that of the approval"))
        self.row(words.field("events", "doc_no"), self.document)

    def refresh(self) -> None:
        self.application.load(self.path)
        if self.application.count():
            self.about.setText(
                tr("The wells pledged to the application go over to the drilled well as used.")
            )
        else:
            self.about.setText(tr("No approved application waits for its well."))

    def act(self) -> Act:
        item = self.application.chosen()
        return Link(
            application_id=item.application_id if item else "",
            well_id=self.well.id(),
            commissioned_on=self.day.iso(),
            built_on=self.built.iso(),
            doc_no=self.document.text(),
        )

    def recorded(self, done: Recorded) -> None:
        self.well.set_id("")
