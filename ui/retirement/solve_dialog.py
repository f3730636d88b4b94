"""What is asked of the solver before it fills the current scenario."""

from __future__ import annotations

from qgis.gui import QgsCollapsibleGroupBox
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QWidget,
)

from ...core.planning.scenarios import Board
from ...processing.texts import tr
from ..shared.help import open_window_help
from ..shared.plain import PlainLabel
from ..shared.windows import Dialog
from .solving import Request


class SolveDialog(Dialog):
    """Target year, time limit and gap; caps and cost in a group below."""

    NAME = "retirement_solve"

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(tr("Solve the Scenario"), parent)
        note = tr(
            "Looks for the land that meets every target at least cost, starting from the record. What is ticked now is "
            "replaced; one Undo brings it back."
        )
        self.body.addWidget(PlainLabel(note))
        form = QFormLayout()
        self.target_year = QComboBox()
        self.target_year.setObjectName("target_year")
        self.target_year.addItem(tr("The next one"), None)
        for year in sorted({int(year) for year in board.goals["year"]}):
            self.target_year.addItem(str(year), year)
        _row(
            form,
            tr("&Target year"),
            self.target_year,
            tr("The targets of this year are met; earlier ones too"),
        )
        self.first_year = QComboBox()
        self.first_year.setObjectName("first_year")
        for year in board.years:
            self.first_year.addItem(str(year), year)
        _row(form, tr("&First year"), self.first_year, tr("No land is retired before this year"))
        self.time_limit = QSpinBox()
        self.time_limit.setObjectName("time_limit")
        self.time_limit.setRange(1, 86_400)
        self.time_limit.setValue(60)
        self.time_limit.setSuffix(tr(" s"))
        _row(
            form,
            tr("Time &limit"),
            self.time_limit,
            tr("After this time the best plan found so far is taken, with its gap"),
        )
        self.gap = _percent("gap", 0.01, 4)
        _row(
            form,
            tr("&Gap that is good enough"),
            self.gap,
            tr("The search ends when no plan can cost less by more than this"),
        )
        self.body.addLayout(form)
        self.body.addWidget(self._limits())
        self.body.addStretch(1)
        self.finish(QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(tr("&Solve"))

    def _limits(self) -> QWidget:
        box = QgsCollapsibleGroupBox(tr("Caps and Cost"))
        box.setObjectName("limits")
        form = QFormLayout(box)
        self.capped = QCheckBox(tr("&Cap per township and year"))
        self.capped.setObjectName("capped")
        self.capped.setToolTip(tr("At most this share of a township's irrigated land is retired in one year"))
        self.cap = _percent("cap", 20.0, 1)
        self.cap.setToolTip(self.capped.toolTip())
        self.cap.setEnabled(False)
        self.capped.toggled.connect(self.cap.setEnabled)
        form.addRow(self.capped, self.cap)
        self.by_cost = QCheckBox(tr("Use the &recorded cost of each area"))
        self.by_cost.setObjectName("by_cost")
        self.by_cost.setToolTip(
            tr("Without it the plan takes least land; areas without a cost are left out with it")
        )
        form.addRow(self.by_cost)
        return box

    def show_help(self) -> None:
        open_window_help("retirement")

    def request(self) -> Request:
        """What was asked."""
        first = self.first_year.currentData()
        return Request(
            target_year=self.target_year.currentData(),
            first_year=first if self.first_year.currentIndex() > 0 else None,
            time_limit=float(self.time_limit.value()),
            gap_percent=self.gap.value(),
            township_cap_percent=self.cap.value() if self.capped.isChecked() else None,
            by_cost=self.by_cost.isChecked(),
        )


def _percent(name: str, value: float, decimals: int) -> QDoubleSpinBox:
    spin = QDoubleSpinBox()
    spin.setObjectName(name)
    spin.setDecimals(decimals)
    spin.setRange(0.0, 100.0)
    spin.setValue(value)
    spin.setSuffix(tr(" %"))
    return spin


def _row(form: QFormLayout, text: str, field: QWidget, tip: str) -> None:
    label = QLabel(text)
    label.setBuddy(field)
    label.setToolTip(tip)
    field.setToolTip(tip)
    form.addRow(label, field)
