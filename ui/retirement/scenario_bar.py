"""The row of buttons above: which scenario, and what is done with it as a whole; unit of area and years shown."""

from __future__ import annotations

from qgis.PyQt.QtCore import QDate, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAction,
    QComboBox,
    QDateEdit,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.planning.scenarios import Board, Scenario
from ...processing.texts import tr
from ..shared.plain import PlainLabel, set_tip
from .buttons import allow, button


class ScenarioBar(QWidget):
    """Scenario and its buttons in the first row; unit, years, day and headline in the second.

    Signals:
        chosen: place of the scenario chosen. unit_chosen: ``mu`` or ``ha``. years_changed: other years are shown.
        day_chosen: another day of judgement, as a ``date``.
    """

    chosen = pyqtSignal(int)
    unit_chosen = pyqtSignal(str)
    years_changed = pyqtSignal()
    day_chosen = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._first_row())
        outer.addLayout(self._second_row())

    def _first_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(tr("S&cenario"))
        self.scenario = QComboBox()
        self.scenario.setObjectName("scenario")
        self.scenario.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.scenario.setMinimumContentsLength(18)
        self.scenario.currentIndexChanged.connect(
            lambda place: self.chosen.emit(place) if place >= 0 else None
        )
        label.setBuddy(self.scenario)
        row.addWidget(label)
        row.addWidget(self.scenario, 1)
        self.duplicate = button("duplicate", tr("&Duplicate…"), "mActionEditCopy.svg")
        self.rename = button("rename", tr("&Rename…"), "mActionRename.svg")
        self.delete = button("delete", tr("Delet&e…"), "mActionDeleteSelected.svg")
        self.compare = button("compare", tr("Co&mpare…"), "")
        self.save = button("save", tr("&Save"), "mActionFileSave.svg")
        for one in (self.duplicate, self.rename, self.compare, self.save, self.delete):
            row.addWidget(one)
        return row

    def _second_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(tr("U&nit"))
        self.unit = QComboBox()
        self.unit.setObjectName("unit")
        self.unit.addItem(tr("mu"), "mu")
        self.unit.addItem(tr("ha"), "ha")
        self.unit.setToolTip(tr("Areas in mu (one decimal) or hectares (two); 15 mu are one hectare"))
        self.unit.currentIndexChanged.connect(lambda *_: self.unit_chosen.emit(self.unit.currentData()))
        label.setBuddy(self.unit)
        row.addWidget(label)
        row.addWidget(self.unit)
        self.years = QToolButton()
        self.years.setObjectName("years")
        self.years.setText(tr("Years shown"))
        self.years.setToolTip(tr("Which years have columns: those of the targets and those of the plan"))
        self.years.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.years.setMenu(QMenu(self.years))
        row.addWidget(self.years)
        day = QLabel(tr("&As of"))
        self.day = QDateEdit()
        self.day.setObjectName("as_of")
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setCalendarPopup(True)
        self.day.setToolTip(tr("Day of judgement: what is on record up to it counts as achieved"))
        self.day.editingFinished.connect(self._day_edited)
        self._day = self.day.date()
        day.setBuddy(self.day)
        row.addWidget(day)
        row.addWidget(self.day)
        self.headline = PlainLabel()
        self.headline.setObjectName("headline")
        self.headline.setWordWrap(False)
        font = self.headline.font()
        font.setBold(True)
        self.headline.setFont(font)
        row.addStretch(1)
        row.addWidget(self.headline)
        return row

    # -- what it shows --------------------------------------------------------------------------------------------

    def show_board(self, board: Board | None) -> None:
        """Another board: its years and its day; of the years shown before those that are still there."""
        menu = self.years.menu()
        before = {int(one.text()) for one in menu.actions() if one.isChecked()}
        menu.clear()
        if board is None:
            return
        wanted = (before & set(board.columns)) or {*map(int, board.goals["year"]), board.years[0]}
        for year in board.columns:
            action = QAction(str(year), menu)
            action.setCheckable(True)
            action.setChecked(year in wanted)
            action.toggled.connect(lambda *_: self.years_changed.emit())
            menu.addAction(action)
        self.show_day(board)

    def show_day(self, board: Board) -> None:
        """The day on which the land is judged."""
        self._day = QDate(board.as_of.year, board.as_of.month, board.as_of.day)
        self.day.setDate(self._day)

    def shown_years(self) -> list[int]:
        """The years that have columns, ascending."""
        return [int(one.text()) for one in self.years.menu().actions() if one.isChecked()]

    def show_year(self, year: int) -> None:
        """Give a year its columns."""
        for action in self.years.menu().actions():
            if action.text() == str(year):
                action.setChecked(True)

    def show_scenarios(self, scenarios: list[Scenario], current: Scenario | None) -> None:
        """The list of scenarios; unsaved ones are marked."""
        self.scenario.blockSignals(True)
        self.scenario.clear()
        for one in scenarios:
            unsaved = one.changed and not one.is_base
            self.scenario.addItem(tr("{name} (not saved)").format(name=one.name) if unsaved else one.name)
        self.scenario.setCurrentIndex(scenarios.index(current) if current in scenarios else -1)
        self.scenario.blockSignals(False)
        set_tip(
            self.scenario, current.name if current else tr("Scenarios are copies; the base is the record")
        )

    def show_buttons(self, current: Scenario | None, idle: bool, many: bool) -> None:
        """What can be done now; what cannot says why."""
        busy = tr("Wait until the work under way is done, or cancel it")
        none = tr("Open a case file with irrigation areas first")
        base = tr("The base is the record: duplicate it first")
        closed = none if current is None else "" if idle else busy
        own = closed or (base if current is not None and current.is_base else "")
        saved = own or (
            "" if current is not None and current.changed else tr("This scenario is on record as it stands")
        )
        alone = closed or ("" if many else tr("There is only one scenario: duplicate it first"))
        allow(self.duplicate, closed, tr("Makes a copy of this scenario under another name"))
        allow(self.rename, own, tr("Gives this scenario another name"))
        allow(self.delete, own, tr("Takes this scenario off the list, after a question"))
        allow(self.compare, alone, tr("Shows two scenarios side by side"))
        allow(self.save, saved, tr("Puts this scenario on record in the case file; nothing else does"))
        for widget in (self.scenario, self.unit, self.years, self.day):
            widget.setEnabled(not closed)

    def _day_edited(self) -> None:
        if self.day.date() != self._day:
            self._day = self.day.date()
            self.day_chosen.emit(self._day.toPyDate())
