"""Decide on an application, or record that it was withdrawn."""

from __future__ import annotations

from pathlib import Path

from ...core.desk import Act, Decision, Recorded, Withdrawal
from ...core.desk.lookup import Waiting, waiting
from ...processing.texts import tr
from ..shared.plain import Told, set_tip
from . import words
from .fields import Box, DayField, TokenBox, line
from .form import DeskForm

DECISIONS = ("approved", "refused", "withdrawn")


class WaitingBox(Box):
    """The applications that wait."""

    def __init__(self, which: str, tip: str) -> None:
        super().__init__()
        self.setObjectName("application")
        self.setSizeAdjustPolicy(Box.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(24)
        self._which = which
        set_tip(self, tip)

    def load(self, path: Path | None) -> None:
        """Read them anew; the one chosen stays chosen."""
        chosen, found = self.chosen(), waiting(path, self._which) if path else []
        self.clear()
        for item in found:
            parts = (item.application_id, words.token("application_kind", item.kind), item.village)
            self.addItem(" · ".join(filter(None, parts)), item)
        for place in range(self.count()):
            if chosen and self.itemData(place).application_id == chosen.application_id:
                self.setCurrentIndex(place)

    def chosen(self) -> Waiting | None:
        """The application chosen."""
        return self.currentData()

    def choose(self, name: str) -> None:
        """Choose one by its id."""
        for place in range(self.count()):
            if self.itemData(place).application_id == name:
                self.setCurrentIndex(place)


class DecideForm(DeskForm):
    """Decide…"""

    NAME = "desk_decide"

    def title(self) -> str:
        return tr("Decide on an Application")

    def fill(self) -> None:
        self.application = WaitingBox("open", tr("Applications that are not ended yet"))
        self.row(tr("&Application"), self.application)
        self.about = Told()
        self.about.setObjectName("about")
        self.form.addRow(self.about)
        self.decision = TokenBox("decision", "application_decision", DECISIONS, tr("What was decided"))
        self.row(tr("De&cision"), self.decision)
        self.day = DayField("day", self.today(), tr("The day of the decision or of the withdrawal"))
        self.row(tr("&Day"), self.day)
        self.number = line("approval_no", tr("Number of the approval; an approval needs it"))
        self.row(words.field("applications", "approval_no"), self.number)
        self.reason = line("reason", tr("Why, for the history; no personal data"))
        self.row(tr("Rea&son"), self.reason)
        self.application.currentIndexChanged.connect(lambda *_: self._about())
        self.decision.currentIndexChanged.connect(lambda *_: self._approving())

    def refresh(self) -> None:
        self.application.load(self.path)
        self._about()

    def act(self) -> Act:
        item = self.application.chosen()
        name = item.application_id if item else ""
        if self.decision.token() == "withdrawn":
            return Withdrawal(name, self.day.iso(), self.reason.text())
        return Decision(name, self.decision.token(), self.day.iso(), self.number.text(), self.reason.text())

    def recorded(self, done: Recorded) -> None:
        self.number.clear()
        self.reason.clear()

    def _approving(self) -> None:
        approving = self.decision.token() == "approved"
        self.number.setEnabled(approving)
        tip = tr("Number of the approval; an approval needs it")
        set_tip(self.number, tip if approving else tr("Only an approval has a number"))

    def _about(self) -> None:
        item = self.application.chosen()
        if item is None:
            self.about.setText(tr("No application waits. Take one in with the form Application."))
            return
        self.about.setText(
            tr("Applied for on {day} · {decision} {number}").format(
                day=item.applied_on or "—",
                decision=words.token("application_decision", item.decision),
                number=item.approval_no,
            )
        )
