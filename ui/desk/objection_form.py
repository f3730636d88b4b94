"""Objections to what was decided on a well: what comes in, what it opens again, and what becomes of it."""

from __future__ import annotations

from qgis.PyQt.QtCore import QTimer

from ...core.casefile.opening import LOCKED, impatient
from ...core.desk import Act, Objection, ObjectionResult, Recorded
from ...core.desk.lookup import OpenObjection, open_objections, reopenings, well_of_finding
from ...core.errors import OverdraftError
from ...core.report.words import Words
from ...core.schema import results_schema
from ...processing.texts import tr, ui_language
from ..shared.messages import text_of
from ..shared.plain import Told, set_tip
from . import words
from .evidence_box import EvidenceBox
from .fields import DayField, SubjectField, TokenBox, line
from .form import DeskForm
from .table import Table

COMES_IN, ENDS = "objection", "objection_result"
"""What the form records: tokens of the enumeration ``desk_act``."""

_TYPED_MS, _AGAIN_MS = 250, 1_000
"""How long the well is left alone while somebody types, and the case file while another program writes it."""


class ObjectionForm(DeskForm):
    """Objection…"""

    NAME = "desk_objection"
    ASKS_LEDGER = False

    def title(self) -> str:
        return tr("Objections")

    def fill(self) -> None:
        self.kind = TokenBox(
            "kind", "desk_act", (COMES_IN, ENDS), tr("An objection comes in, or gets its result")
        )
        self.row(tr("Wh&at is recorded"), self.kind)
        self._fill_objection()
        self._fill_result()
        self.day = DayField("day", self.today(), tr("The day on which it was filed, or got its result"))
        self.row(tr("&Day"), self.day)
        self.about = Told()
        self.about.setObjectName("about")
        self.form.addRow(self.about)
        self.evidence = EvidenceBox(self.day, self.last_folder, files_only=True)
        self.form.addRow(self.evidence)
        self._objections: list[OpenObjection] = []
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._look)
        self.well.changed.connect(lambda *_: self._later.start(_TYPED_MS))
        self.kind.currentIndexChanged.connect(lambda *_: self._kind_changed())

    def _fill_objection(self) -> None:
        self.well = SubjectField(
            "well",
            lambda: self.path,
            "wells",
            tr("The well that is objected to: part of its id or name, or a click on the map"),
            self.canvas,
        )
        self.row(tr("&Well"), self.well)
        self.objected = line("objected", tr("What is objected, without names and numbers of persons"))
        self.row(tr("&Objected"), self.objected)
        found = (words.result_field("findings", name) for name in ("clause", "rule"))
        decided = (words.result_field("decisions", name) for name in ("state", "decided_by", "decided_on"))
        self.again = Table("reopened", (*found, *decided), 1)
        set_tip(self.again, tr("Decisions on the well; recording the objection opens all of them again"))
        self.row(tr("Ope&n again"), self.again)

    def _fill_result(self) -> None:
        names = (words.field("objections", name) for name in ("objection_id", "well_id", "filed_on"))
        self.waiting = Table("waiting", (*names, tr("Days"), words.field("objections", "text")), 4)
        set_tip(self.waiting, tr("Objections without a result; the one that waits longest stands first"))
        self.row(tr("O&bjection"), self.waiting)
        tokens = results_schema().enums["objection_result"]
        self.decision = TokenBox("result_of", "objection_result", tokens, tr("What became of the objection"))
        self.row(tr("&Result"), self.decision)
        self.reason = line("reason", tr("Why, for the history; no personal data"))
        self.row(tr("Rea&son"), self.reason)

    def _arrange(self, person: str) -> None:
        super()._arrange(person)
        self.show_row(self.policy_box, False)  # no ledger answers
        self._kind_changed()

    def refresh(self) -> None:
        self._later.stop()
        self._look()

    def act(self) -> Act:
        if self.kind.token() == COMES_IN:
            return Objection(
                self.well.id(), self.day.iso(), self.objected.text(), evidence=self.evidence.pieces()
            )
        chosen = self.chosen()
        if chosen is None:
            raise OverdraftError("desk.objection_none")
        return ObjectionResult(
            objection_id=chosen.objection_id,
            decided_on=self.day.iso(),
            result=self.decision.token(),
            reason=self.reason.text(),
            evidence=self.evidence.pieces(),
        )

    def recorded(self, done: Recorded) -> None:
        self.objected.clear()
        self.reason.clear()
        self.evidence.clear()
        if done.kind == COMES_IN:
            self.well.set_id("")
        (self.well.edit if self.kind.token() == COMES_IN else self.waiting).setFocus()

    def chosen(self) -> OpenObjection | None:
        """The objection that gets its result."""
        place = self.waiting.chosen()
        return None if place is None else self._objections[place]

    def show_well(self, well_id: str) -> None:
        """An objection to what was decided on a well is to be recorded."""
        self.kind.choose(COMES_IN)
        self.well.set_id(well_id)
        self.refresh()
        self.objected.setFocus()

    def show_subject(self, subject_id: str) -> None:
        """The same for the subject of a finding."""
        if self.path is None:
            return
        try:
            with impatient():
                well = well_of_finding(self.path, subject_id)
        except OverdraftError:  # the file is in use: the id of a finding is nearly always that of the well
            well = subject_id
        self.show_well(well)

    # --- inside

    def _kind_changed(self) -> None:
        comes_in = self.kind.token() == COMES_IN
        for widget in (self.well, self.objected, self.again):
            self.show_row(widget, comes_in)
        for widget in (self.waiting, self.decision, self.reason):
            self.show_row(widget, not comes_in)
        self.about.setText(
            tr(
                "The name of whoever objects is not recorded: keep names and numbers of persons out of the text."
                " Whoever opens the case file reads it; public notices and public tables do not show it."
            )
            if comes_in
            else tr(
                "A result decides on no finding: those that the objection opened are decided on again in the review."
                " Until then no public notice shows them."
            )
        )
        self._look()

    def _look(self) -> None:
        """Read what waits, and what the objection would open again."""
        if self.path is None:
            self._objections = []
            self.waiting.show_rows([])
            self.again.show_rows([])
            self.look_out("")
            return
        try:
            with impatient():
                self._list_waiting(open_objections(self.path))
                if self.kind.token() == COMES_IN:
                    self._list_reopened()
                else:
                    self._tell_waiting()
        except OverdraftError as error:
            self.again.show_rows([])
            if error.key in LOCKED:
                self.look_out(
                    tr("Another program is writing the case file. What waits is shown in a moment.")
                )
                self._later.start(_AGAIN_MS)
            else:
                self.look_out(text_of(error))

    def _list_waiting(self, found: list[OpenObjection]) -> None:
        chosen, self._objections = self.chosen(), found
        rows = []
        for one in found:
            days = one.days(self.today())
            waits = "—" if days is None else f"{days:,}"
            rows.append((one.objection_id, one.well_id, one.filed_on or "—", waits, one.text))
        self.waiting.show_rows(rows)
        names = [one.objection_id for one in found]
        if chosen is not None and chosen.objection_id in names:
            self.waiting.selectRow(names.index(chosen.objection_id))
        elif len(found) == 1:
            self.waiting.selectRow(0)

    def _tell_waiting(self) -> None:
        told = (
            tr("Objections that wait for their result: {n}").format(n=len(self._objections))
            if self._objections
            else tr("No objection waits for its result.")
        )
        self.look_out(told)

    def _list_reopened(self) -> None:
        well = self.well.id()
        if self.path is None or not well:
            self.again.show_rows([])
            self.look_out(tr("Choose the well: the decisions that will be open again are listed."))
            return
        found, rule = reopenings(self.path, well), Words(ui_language(), None).rule
        self.again.show_rows(
            (
                one.clause,
                rule(one.rule),
                words.token("decision_state", one.state),
                one.decided_by,
                one.decided_on[:10],
            )
            for one in found
        )
        told = [
            tr("Decisions on {well} that are open again once it is recorded: {n}").format(
                n=len(found), well=well
            )
            if found
            else tr("Nothing was decided on {well}: the objection is recorded and opens nothing.").format(
                well=well
            )
        ]
        others = [one.objection_id for one in self._objections if one.well_id == well]
        if others:
            told.append(tr("Waiting already: {ids}").format(ids=", ".join(others)))
        self.look_out("\n".join(told))
