"""Two scenarios side by side: units by year, and the areas that they treat otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ...core.planning.scenarios import Board, Scenario, Shown, compare
from ...core.planning.scenarios.shown import told
from ...core.schema import register_schema
from ...processing.texts import tr, ui_language
from ..shared.help import open_window_help
from ..shared.plain import PlainLabel
from ..shared.text_table import TextTable
from ..shared.windows import LARGEST, Dialog
from .unit_table import unit_heading


class CompareDialog(Dialog):
    """The scenarios to compare above, what differs below."""

    NAME = "retirement_compare"

    def __init__(
        self,
        board: Board,
        scenarios: list[Scenario],
        current: Scenario,
        shown: Shown,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Compare Scenarios"), parent)
        self._board, self._scenarios, self._shown = board, scenarios, shown
        row = QHBoxLayout()
        self.first, self.second = QComboBox(), QComboBox()
        place = scenarios.index(current)
        other = 0 if place else min(1, len(scenarios) - 1)
        texts = (
            (self.first, "first", tr("&First"), tr("The scenario on the left"), other),
            (self.second, "second", tr("&Second"), tr("The scenario on the right"), place),
        )
        for combo, name, text, tip, start in texts:
            combo.setObjectName(name)
            combo.setToolTip(tip)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            combo.setMinimumContentsLength(20)
            combo.addItems([one.name for one in scenarios])
            combo.setCurrentIndex(start)
            combo.currentIndexChanged.connect(lambda *_: self._compare())
            label = QLabel(text)
            label.setBuddy(combo)
            row.addWidget(label)
            row.addWidget(combo, 1)
        self.body.addLayout(row)
        self.headline = PlainLabel()
        self.headline.setObjectName("headline")
        self.body.addWidget(self.headline)
        self.units = TextTable(
            "compared_units", tr("What both plan in each unit up to the end of each year"), 1
        )
        self.parcels = TextTable("compared_parcels", tr("Areas that the two treat otherwise"), 2)
        self.differing = PlainLabel()
        self.differing.setObjectName("differing")
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.differing)
        column.addWidget(self.parcels)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.units)
        splitter.addWidget(below)
        self.body.addWidget(splitter, 1)
        self.finish(QDialogButtonBox.StandardButton.Close)
        self.resize(min(860, LARGEST[0]), min(520, LARGEST[1]))
        self._compare()

    def show_help(self) -> None:
        open_window_help("retirement")

    def _compare(self) -> None:
        one, other = (self._scenarios[combo.currentIndex()] for combo in (self.first, self.second))
        found = compare(self._board, one, other)
        text = tr("Targets met: {first} of {n} against {second} of {n}")
        self.headline.setText(
            text.format(first=found.first.n_met, second=found.second.n_met, n=found.first.n_targets)
        )
        units, area = found.units, self._shown.text
        names = self._board.units["name"].where(self._board.units["name"] != "", self._board.units["unit_id"])
        plan = tr("{figure}, {scenario}")
        left, right = tr("first"), tr("second")
        planned, gap, differs, in_use = (
            tr("{label} ({unit})").format(
                label=label, unit=tr("ha") if self._shown.unit == "ha" else tr("mu")
            )
            for label in (tr("Planned"), tr("Gap"), tr("Difference"), tr("In use"))
        )
        self.units.fill(
            [
                unit_heading(),
                tr("Year"),
                plan.format(figure=planned, scenario=left),
                plan.format(figure=planned, scenario=right),
                differs,
                plan.format(figure=gap, scenario=left),
                plan.format(figure=gap, scenario=right),
            ],
            len(units),
            lambda row: _unit_cells(units.iloc[row], names, self._shown),
        )
        parcels, fields = found.parcels, register_schema().roles["irrigation"].fields
        self.differing.setText(tr("{n} areas are treated otherwise").format(n=f"{len(parcels):,}"))
        self.parcels.fill(
            [
                fields["area_id"].label(ui_language()),
                fields["county"].label(ui_language()),
                in_use,
                plan.format(figure=tr("Year"), scenario=left),
                plan.format(figure=tr("Year"), scenario=right),
            ],
            len(parcels),
            lambda row: _parcel_cells(parcels.iloc[row], area),
        )


def _unit_cells(row: pd.Series, names: pd.Series, shown: Shown) -> list[str]:
    one, other, gap_one, gap_other = (
        shown.value(float(row[name]))
        for name in ("planned_first", "planned_second", "gap_first", "gap_second")
    )
    # the difference of what is printed, so that a row can be checked by eye
    difference = None if one is None or other is None else other - one
    figures = (one, other, difference, gap_one, gap_other)
    return [str(names.iloc[int(row["unit"])]), str(int(row["year"])), *map(told, figures)]


def _parcel_cells(row: pd.Series, area: Callable[[float], str]) -> list[str]:
    years = [str(row[name]) if row[name] else tr("Stays") for name in ("year_first", "year_second")]
    return [str(row["area_id"]), str(row["county"]), area(float(row["in_use_mu"])), *years]
