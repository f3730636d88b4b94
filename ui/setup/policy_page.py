"""Page 3, Policy: by which document the case is judged, in which system and unit it is worked, which days count."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsProjectionSelectionWidget
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.messages import text_of
from ..shared.plain import Told, set_tip
from .busy import Busy
from .data_row import Choice
from .marks import BAD, SIGNS, paint
from .state import Setup


class PolicyPage(QWidget):
    """The policy with what it is, and the few choices that hold for the whole case.

    Signals:
        changed: another choice. wants_calendar: the user asks for a row of the calendar on page 1.
    """

    changed = pyqtSignal()
    wants_calendar = pyqtSignal()

    def __init__(self, setup: Setup, session: Session, busy: Busy) -> None:
        super().__init__()
        self.setObjectName("page_policy")
        self._setup, self._session, self._busy = setup, session, busy
        self.touched = False  # did anybody choose a system?
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        text = tr(
            "Choose the document that says what must happen. The check on the next page uses its names of places; the "
            "verdicts come when you run the overlay."
        )
        body.addWidget(Told(text, self))
        inner = QWidget()
        self._form = QFormLayout(inner)
        area = QScrollArea(self)
        area.setObjectName("policy_area")
        area.setWidgetResizable(True)
        area.setWidget(inner)
        body.addWidget(area, 1)
        self._policy()
        self._facts()
        self._rest()
        self.problem = Told("", self)
        self.problem.setObjectName("problem")
        paint(self.problem, BAD)
        self.problem.hide()
        body.addWidget(self.problem)

    def _policy(self) -> None:
        from ...core.policy import available_policies

        self.policy = Choice(self)
        self.policy.setObjectName("policy")
        self.policy.addItem(tr("Not chosen"), None)
        for title in available_policies():
            name = title.title if ui_language() == "zh" else title.title_en
            self.policy.addItem(f"{title.id}: {name}", title.id)
        if isinstance(self._setup.policy_ref, Path):
            self._offer_file(self._setup.policy_ref)
        self.policy.setCurrentIndex(max(0, self.policy.findData(str(self._setup.policy_ref or ""))))
        self.policy.activated.connect(lambda place: self.choose(self._ref(place)))
        self.file_button = QPushButton(tr("From &File…"), self)
        self.file_button.setObjectName("policy_file")
        set_tip(
            self.file_button, tr("A policy file of your own (*.toml); it may also be dropped on this page")
        )
        self.file_button.clicked.connect(self._ask_file)
        line = QHBoxLayout()
        line.addWidget(self.policy, 1)
        line.addWidget(self.file_button)
        self._row(tr("&Policy"), self.policy, tr("The government document that the case is judged by"), line)

    def _facts(self) -> None:
        self.facts: dict[str, Told] = {}
        for name, text in (
            ("title", tr("Title")),
            ("number", tr("Document number")),
            ("issuer", tr("Issued by")),
            ("day", tr("Issued on")),
            ("clauses", tr("Clauses")),
        ):
            label = Told("—", self)
            label.setObjectName(f"policy_{name}")
            self._form.addRow(text, label)
            self.facts[name] = label

    def _rest(self) -> None:
        self.crs = QgsProjectionSelectionWidget(self)
        self.crs.setObjectName("crs")
        self.crs.setOptionVisible(QgsProjectionSelectionWidget.CrsOption.CrsNotSet, True)
        self.crs.setNotSetText(tr("That of each layer"))
        self.crs.setCrs(self._setup.crs)
        self.crs.crsChanged.connect(self._set_crs)
        tip = tr(
            "The case file keeps its layers in this system; empty: each in its own. Areas and lengths are ellipsoidal"
        )
        self._row(tr("&Working CRS"), self.crs, tip)
        self.unit = Choice(self)
        self.unit.setObjectName("area_unit")
        self.unit.addItem(tr("mu (1/15 ha)"), "mu")
        self.unit.addItem(tr("ha"), "ha")
        self.unit.setCurrentIndex(self.unit.findData(self._setup.area_unit))
        self.unit.activated.connect(self._set_unit)
        self._row(tr("Area &unit"), self.unit, tr("Unit in which areas are shown; they are stored exactly"))
        self.calendar = Told("", self)
        self.calendar.setObjectName("calendar")
        self.calendar_button = QPushButton(tr("Choose &Layer"), self)
        self.calendar_button.setObjectName("choose_calendar")
        set_tip(
            self.calendar_button, tr("Go to page 1 and choose the table of holidays and make-up working days")
        )
        self.calendar_button.clicked.connect(self.wants_calendar)
        line = QHBoxLayout()
        line.addWidget(self.calendar, 1)
        line.addWidget(self.calendar_button)
        self._form.addRow(tr("Holiday calendar"), line)

    def _row(self, text: str, field: QWidget, tip: str, line: QHBoxLayout | None = None) -> None:
        set_tip(field, tip)
        label = QLabel(text, self)
        label.setBuddy(field)
        self._form.addRow(label, line if line is not None else field)

    def begin(self) -> None:
        """Show what is chosen."""
        calendar = self._setup.layers.get("calendar")
        if calendar is not None and calendar.taken:
            text = tr("{name}, {n} days").format(name=calendar.ref.name, n=len(calendar.source.frame))
        else:
            text = tr("Not given: Saturdays and Sundays are days off, no others")
        self.calendar.setText(text)
        if self._setup.policy_ref is not None and self._setup.policy is None:
            self.choose(self._setup.policy_ref)

    @property
    def obstacle(self) -> str:
        """Why the next page cannot be shown yet; empty if it can."""
        return "" if self._setup.policy is not None else tr("Choose the policy first.")

    def choose(self, ref: str | Path | None) -> None:
        """Load a policy in the background and show what it is."""
        self._setup.policy_ref, self._setup.policy = ref, None
        if isinstance(ref, Path):
            self._offer_file(ref)
        self.policy.setCurrentIndex(max(0, self.policy.findData(str(ref or ""))))
        self._tell()
        if ref is None:
            return

        def load(progress: object) -> object:
            from ...core.policy import load_policy

            return load_policy(ref)

        def done(policy: object) -> None:
            if self._setup.policy_ref == ref:
                self._setup.policy = policy
                self._tell()

        self._busy.run(tr("Reading the policy"), load, done, self._failed)

    def _tell(self, trouble: str = "") -> None:
        policy = self._setup.policy
        chinese = ui_language() == "zh"
        texts = dict.fromkeys(self.facts, "—")
        if policy is not None:
            texts = {
                "title": policy.title if chinese else f"{policy.title_en}\n{policy.title}",
                "number": policy.number or "—",
                "issuer": (policy.issuer if chinese else policy.issuer_en) or "—",
                "day": policy.issued_on.isoformat() if policy.issued_on else tr("not stated in the document"),
                "clauses": str(len(policy.clauses)),
            }
        for name, text in texts.items():
            self.facts[name].setText(text)
        self.problem.setText(f"{SIGNS[BAD]} {trouble}" if trouble else "")
        self.problem.setVisible(bool(trouble))
        self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._tell(text_of(error))

    def _ref(self, place: int) -> str | Path | None:
        ref = self.policy.itemData(place)
        return Path(ref) if ref and self.policy.itemData(place, _IS_FILE) else ref

    def _offer_file(self, path: Path) -> None:
        if self.policy.findData(str(path)) < 0:
            self.policy.addItem(path.name, str(path))
            self.policy.setItemData(self.policy.count() - 1, True, _IS_FILE)

    def _set_crs(self, crs: QgsCoordinateReferenceSystem) -> None:
        self._setup.crs, self.touched = crs, True
        self.changed.emit()

    def _set_unit(self, place: int) -> None:
        self._setup.area_unit = self.unit.itemData(place)
        self.changed.emit()

    def _ask_file(self) -> None:
        folder = self._session.settings.last_folder
        name, _ = QFileDialog.getOpenFileName(self, tr("Choose Policy File"), folder, "TOML (*.toml)")
        if name:
            self.choose(Path(name))


_IS_FILE = 0x0100 + 1
"""Role of the combo's data that says whether an entry is a file."""
