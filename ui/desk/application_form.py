"""Take in an application: what is asked for and where, what the policy says of it, which wells back it."""

from __future__ import annotations

from qgis.core import QgsPointXY
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shapely.geometry import Point

from ...core.casefile import CaseRows
from ...core.desk import Act, Intake, Recorded, Standing, Vetted, ledger_after, register_of, vet_intake
from ...core.desk.applications import OF_A_WELL
from ...core.desk.lookup import layer_crs
from ...core.desk.view import View
from ...core.errors import OverdraftError
from ...core.schema import register_schema
from ...processing.texts import tr
from ..shared.plain import Told, set_tip
from ..shared.tasks import Progress, Work, start
from . import words
from .fields import DayField, PointPicker, SubjectField, TokenBox, in_layer, line
from .form import DeskForm

_ID = Qt.ItemDataRole.UserRole


class ApplicationForm(DeskForm):
    """Application…"""

    NAME = "desk_application"

    def title(self) -> str:
        return tr("Take In an Application")

    def fill(self) -> None:
        enums = register_schema().enums
        kinds = ["renewal", *(name for name in enums["application_kind"] if name != "renewal")]
        self.kind = TokenBox("kind", "application_kind", kinds, tr("What is applied for"))
        self.row(tr("&Kind"), self.kind)
        self.number = line("application_id", tr("Number of the application; empty: the next free one"))
        self.row(words.field("applications", "application_id"), self.number)
        self.day = DayField("applied_on", self.today(), tr("The day of the application"))
        self.row(tr("&Applied on"), self.day)
        self.well = SubjectField(
            "well",
            lambda: self.path,
            "wells",
            tr("The well that is deepened, relocated, extended or changed"),
            self.canvas,
        )
        self.row(tr("&Well concerned"), self.well)
        self.row(tr("Place (&x, y)"), self._place_row())
        self.use = TokenBox("use", "use", enums["use"], tr("What the water is for"), empty=True)
        self.aquifer = TokenBox("aquifer", "aquifer", enums["aquifer"], tr("From which aquifer"), empty=True)
        self.row(
            words.field("wells", "use"), self._beside(self.use, words.field("wells", "aquifer"), self.aquifer)
        )
        self.texts = {
            "village": line("village", tr("The village")),
            "depth_m": line("depth_m", tr("Depth of the well in metres")),
            "permit_m3": line("permit_m3", tr("Volume applied for, in m³ a year")),
        }
        self.row(words.field("wells", "village"), self.texts["village"])
        volume = words.field("wells", "permit_m3")
        depth = self._beside(self.texts["depth_m"], volume, self.texts["permit_m3"])
        self.row(words.field("wells", "depth_m"), depth)
        self.replaces = SubjectField(
            "replaces", lambda: self.path, "wells", tr("The well that the renewal replaces"), self.canvas
        )
        self.row(tr("&Replaces"), self.replaces)
        self.row(tr("Wells ple&dged"), self._pledged())
        self.vetting = QPushButton(tr("&Vet"))
        self.vetting.setObjectName("vet")
        self.vetting.setAutoDefault(False)
        set_tip(self.vetting, tr("Judge the application under the policy, before it is recorded"))
        self.vetting.clicked.connect(lambda *_: self.vet())
        self.verdict = Told()
        self.verdict.setObjectName("verdict")
        self.form.addRow(self.vetting, self.verdict)
        self._vetted: Intake | None = None
        self._permission = ""
        self._looking: Work | None = None
        self.kind.currentIndexChanged.connect(lambda *_: self._kind_changed())
        self._watch()
        self._kind_changed()

    def refresh(self) -> None:
        self._forget_verdict()
        self._look_for_free()

    def done(self, result: int) -> None:
        if self._looking is not None:
            self._looking.cancel()
        super().done(result)

    def act(self) -> Act:
        self._add_further()  # typed and not put on the list: meant all the same
        return self.intake()

    def intake(self) -> Intake:
        """What stands in the fields.

        Raises:
            OverdraftError: a coordinate is none.
        """
        fields: dict[str, object] = {name: edit.text() for name, edit in self.texts.items()}
        fields |= {"use": self.use.token(), "aquifer": self.aquifer.token()}
        renewal = self.kind.token() == "renewal"
        return Intake(
            kind=self.kind.token(),
            applied_on=self.day.iso(),
            application_id=self.number.text(),
            place=self._place(),
            fields={name: value for name, value in fields.items() if value},
            well_id=self.well.id() if self.kind.token() in OF_A_WELL else "",
            replaces=self.replaces.id() if renewal else "",
            retired_ids=self.pledged() if renewal else (),
            permission=self._permission,
        )

    def recorded(self, done: Recorded) -> None:
        for edit in (self.number, self.x, self.y, self.texts["depth_m"]):
            edit.clear()
        for field in (self.well, self.replaces, self.further):
            field.set_id("")
        self.wells.clear()

    def pledged(self) -> tuple[str, ...]:
        """The wells that are ticked."""
        items = map(self.wells.item, range(self.wells.count()))
        return tuple(str(item.data(_ID)) for item in items if item.checkState() == Qt.CheckState.Checked)

    def vet(self) -> None:
        """Ask the policy, in the background."""
        path, policy = self.path, self.policy()
        if path is None or self.work is not None:
            return
        self.problem.setVisible(False)
        if policy is None:
            self.verdict.setText(tr("Choose a policy first."))
            return
        if not self.use.token():
            self.verdict.setText(tr("Choose first what the water is for: the clauses ask for it."))
            self.use.setFocus()
            return
        try:
            self._add_further()
            intake = self.intake()
        except OverdraftError as error:
            self.show_error(error)
            return
        today = self.today()
        self._forget_verdict()
        self._vetted = intake

        def function(progress: Progress) -> Vetted:
            return vet_intake(path, View(CaseRows(path)), intake, policy, today, progress)

        def done(vetted: Vetted) -> None:
            if self._vetted is intake:  # nothing was changed meanwhile
                self._permission = vetted.permission
                self.verdict.setText(words.of_vetting(vetted))

        self.run(tr("Vet an application"), function, done)

    # --- inside

    def _place_row(self) -> QWidget:
        self.x = line("x", tr("East or longitude, in the coordinate system of the layer"))
        self.y = line("y", tr("North or latitude, in the coordinate system of the layer"))
        self.pick = QPushButton(tr("Pick on Map"))
        self.pick.setObjectName("pick_place")
        self.pick.setAutoDefault(False)
        self.pick.setEnabled(self.canvas is not None)
        set_tip(
            self.pick, tr("Click the place on the map") if self.canvas else tr("There is no map to click on")
        )
        self.pick.clicked.connect(lambda *_: self._pick())
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        for part in (self.x, self.y):
            row.addWidget(part, 1)
        row.addWidget(self.pick)
        holder.setFocusProxy(self.x)
        return holder

    def _beside(self, first: QWidget, text: str, second: QWidget) -> QWidget:
        """Two short fields in one row, the second with its label."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setBuddy(second)
        row.addWidget(first, 1)
        row.addWidget(label)
        row.addWidget(second, 1)
        holder.setFocusProxy(first)
        return holder

    def _pledged(self) -> QWidget:
        self.wells = QListWidget()
        self.wells.setObjectName("pledged")
        self.wells.setFixedHeight(84)
        set_tip(self.wells, tr("Tick the sealed wells that back the renewal; free credits are offered"))
        self.further = SubjectField(
            "further", lambda: self.path, "wells", tr("A well that is still to be sealed"), self.canvas
        )
        self.add_well = QPushButton(tr("Add Wel&l"))
        self.add_well.setObjectName("add_well")
        self.add_well.setAutoDefault(False)
        set_tip(self.add_well, tr("Put the well on the list, ticked"))
        self.add_well.clicked.connect(lambda *_: self._add_further())
        self.count = Told()
        self.count.setObjectName("count")
        self.wells.itemChanged.connect(lambda *_: self._count())
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.wells)
        row = QHBoxLayout()
        row.addWidget(self.further, 1)
        row.addWidget(self.add_well)
        column.addLayout(row)
        column.addWidget(self.count)
        holder.setFocusProxy(self.wells)
        return holder

    def _kind_changed(self) -> None:
        kind = self.kind.token()
        self.show_row(self.well, kind in OF_A_WELL)
        self.show_row(self.replaces, kind == "renewal")
        self.show_row(self.wells.parentWidget(), kind == "renewal")

    def _watch(self) -> None:
        """A verdict holds for what was vetted: it goes when one of these changes."""
        boxes, fields = (self.kind, self.use, self.aquifer), (self.well, self.replaces)
        edits = (self.number, self.x, self.y, *self.texts.values())
        signals = [
            *(box.currentIndexChanged for box in boxes),
            *(field.changed for field in fields),
            *(edit.textChanged for edit in edits),
            *(self.day.dateChanged, self.wells.itemChanged),
        ]
        for signal in signals:
            signal.connect(self._forget_verdict)

    def _forget_verdict(self, *_: object) -> None:
        self._vetted, self._permission = None, ""
        self.verdict.setText(tr("Press Vet to see what each clause says."))

    def _place(self) -> Point | None:
        if not self.x.text().strip() and not self.y.text().strip():
            return None
        numbers = []
        for edit, name in ((self.x, "x"), (self.y, "y")):
            try:
                numbers.append(float(edit.text().strip()))
            except ValueError:
                raise OverdraftError("desk.no_number", field=name, found=edit.text()[:40]) from None
        return Point(*numbers)

    def _pick(self) -> None:
        self._tool = PointPicker(self.canvas, self, self._picked)

    def _picked(self, point: QgsPointXY) -> None:
        if self.path is None:
            return
        try:
            here = in_layer(point, self.canvas, self.path, "applications")
            crs = layer_crs(self.path, "applications")
        except OverdraftError as error:
            self.show_error(error)
            return
        digits = 6 if crs is not None and crs.is_geographic else 2
        self.x.setText(f"{here.x():.{digits}f}")
        self.y.setText(f"{here.y():.{digits}f}")
        self.raise_()

    def _look_for_free(self) -> None:
        """Offer the free credits; the form can be filled meanwhile."""
        path, policy, today = self.path, self.policy(), self.today()
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        if path is None or policy is None or not policy.has("replacement"):
            self._offer(None)
            return

        def function(progress: Progress) -> Standing | None:
            register = register_of(path, policy, lambda share: progress(0.5 * share))
            return ledger_after(register, policy, today, progress=lambda share: progress(0.5 + 0.5 * share))

        def done(standing: Standing | None) -> None:
            if self._looking is work and not self._gone:
                self._offer(standing)

        def ended() -> None:
            if self._looking is work:
                self._looking = None
                if not self._gone:
                    self._count()

        work = Work(tr("Look for free credits"), function, done, self.show_error, ended)
        self._looking = start(work)
        self._count()

    def _offer(self, standing: Standing | None) -> None:
        """List the free credits below what is ticked already, which stays as it is."""
        for place in reversed(range(self.wells.count())):
            if self.wells.item(place).checkState() != Qt.CheckState.Checked:
                self.wells.takeItem(place)
        ticked = self.pledged()
        if standing is not None:
            names = dict(zip(standing.balance["pool_id"], standing.balance["pool_name"], strict=True))
            for pool, wells in sorted(standing.free.items()):
                for well in wells:
                    if well not in ticked:
                        self._add(well, f"{well} · {names.get(pool, pool)}", False)
        self._count()

    def _add(self, well: str, text: str, ticked: bool) -> None:
        item = QListWidgetItem(text)
        item.setData(_ID, well)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self.wells.addItem(item)

    def _add_further(self) -> None:
        name = self.further.id()
        if not name:
            return
        known = [item for item in map(self.wells.item, range(self.wells.count())) if item.data(_ID) == name]
        for item in known:
            item.setCheckState(Qt.CheckState.Checked)
        if not known:
            self._add(name, tr("{well} · to be sealed").format(well=name), True)
        self.further.set_id("")
        self._count()

    def _count(self) -> None:
        ticked = len(self.pledged())
        if self._looking is not None:
            self.count.setText(tr("Looking for free credits…"))
        elif not self.wells.count():
            self.count.setText(
                tr("No free credit on record. Record a seal first, or add wells to be sealed.")
            )
        else:
            self.count.setText(tr("{n} pledged, {free} offered").format(n=ticked, free=self.wells.count()))
