"""Record a seal, or any other act about a well, with its evidence."""

from __future__ import annotations

from ...core.casefile import CaseRows
from ...core.desk import Act, Event, MoreEvidence, Recorded, evidence_gap
from ...core.desk.view import View
from ...core.errors import OverdraftError
from ...core.register.facts import CLOSED_STATES
from ...processing.texts import tr
from . import words
from .evidence_box import EvidenceBox
from .fields import DayField, SubjectField, TokenBox, line
from .form import DeskForm

KINDS = (
    "sealed",
    "dismantled",
    "shut",
    "standby",
    "reopened",
    "power_cut",
    "permit_cancelled",
    "deregistered",
)
MORE = "evidence"
"""Not an event: further evidence for the seal on record."""


class SealForm(DeskForm):
    """Record Seal…"""

    NAME = "desk_seal"

    def title(self) -> str:
        return tr("Record Seal")

    def fill(self) -> None:
        self.well = SubjectField(
            "well",
            lambda: self.path,
            "wells",
            tr("The well: part of its id or name, or a click on the map"),
            self.canvas,
        )
        self.row(tr("&Well"), self.well)
        self.kind = TokenBox("kind", "event_kind", KINDS, tr("What happened to the well"))
        self.kind.addItem(tr("Further evidence for the seal on record"), MORE)
        self.row(tr("Wh&at happened"), self.kind)
        self.day = DayField("day", self.today(), tr("The day on which it happened"))
        self.row(tr("&Day"), self.day)
        self.document = line("doc_no", tr("Number of the document that orders or reports it"))
        self.row(words.field("events", "doc_no"), self.document)
        self.evidence = EvidenceBox(self.day, self.last_folder)
        self.form.addRow(self.evidence)
        self.evidence.changed.connect(self.refresh)
        self.kind.currentIndexChanged.connect(lambda *_: self.refresh())

    def refresh(self) -> None:
        """Say what evidence the policy asks for, and how the credit will stand with what is there."""
        policy = self.policy()
        if policy is None or self.kind.token() not in ("sealed", "dismantled", MORE):
            self.look_out("")
            return
        complete, lacks, any_of = evidence_gap(policy, [piece.kind for piece in self.evidence.pieces()])
        if complete:
            state = words.token("entry_state", "available")
            self.look_out(tr("The evidence is complete: the credit will be {state}.").format(state=state))
        else:
            state = words.token("entry_state", "pending")
            self.look_out(
                tr("The credit will be {state} – {lacks}").format(
                    state=state, lacks=words.lacking(lacks, any_of)
                )
            )

    def act(self) -> Act:
        pieces = self.evidence.pieces()
        if self.kind.token() == MORE:
            return MoreEvidence(self._seal_on_record(), pieces)
        return Event(
            subject_id=self.well.id(),
            kind=self.kind.token(),
            effective_on=self.day.iso(),
            doc_no=self.document.text(),
            evidence=pieces,
        )

    def recorded(self, done: Recorded) -> None:
        self.well.set_id("")
        self.evidence.clear()
        self.well.edit.setFocus()

    def _seal_on_record(self) -> str:
        """The id of the fact that sealed the well last.

        Raises:
            OverdraftError: it is not sealed on record.
        """
        facts = View(CaseRows(self.path)).facts("wells", self.well.id()) if self.path else []
        closed = [fact for fact in facts if fact.state in CLOSED_STATES and fact.day]
        if not closed:
            raise OverdraftError("desk.not_sealed", found=self.well.id())
        return closed[-1].event_id
