"""Targets by unit and year, edited in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from ...core.errors import OverdraftError
from ...core.policy import RESERVE, Policy, TargetSheet
from ...core.policy.edit import TOTAL, figure_of
from ...processing.texts import tr, ui_language
from ..shared.messages import text_of
from ..shared.plain import PlainLabel, escaped
from . import texts
from .rows import scaled

MOST_ROWS = 20_000
_FIRST = 2
"""Columns before those of the years: what is limited, and where."""


class Targets(QAbstractTableModel):
    """A row for each quantity and place, a column for each year.

    Signals:
        given: row of the file, unit id or ``total``, and the figure (None for none).
        refused: why what was typed is no figure.
    """

    given = pyqtSignal(int, str, object)
    refused = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._policy: Policy | None = None
        self._sheets: dict[tuple[str, int], int] = {}
        self._years: list[int] = []
        self._rows: list[tuple[str, str]] = []
        self._edits: dict[tuple[int, str], Decimal | None] = {}

    def show_policy(self, policy: Policy) -> None:
        """Another policy, without edits."""
        self.beginResetModel()
        self._policy, self._edits = policy, {}
        self._sheets = {(sheet.item, sheet.year): row for row, sheet in enumerate(policy.sheets)}
        self._years = sorted({sheet.year for sheet in policy.sheets})
        self._rows = list(islice(_places(policy), MOST_ROWS))
        self.endResetModel()

    def show_edits(self, edits: Mapping[tuple[int, str], Decimal | None]) -> None:
        """The edits as they are now."""
        self._edits = dict(edits)
        if self._rows:
            last = self.index(len(self._rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def sheet_at(self, index: QModelIndex) -> TargetSheet | None:
        """The sentence of the text that a cell belongs to; the item's first where the cell is in no year."""
        if self._policy is None or not index.isValid():
            return None
        item = self._rows[index.row()][0]
        row = self._sheet_row(index)
        if row is None and index.column() < _FIRST:
            row = next((place for (name, _), place in self._sheets.items() if name == item), None)
        return None if row is None else self._policy.sheets[row]

    def _sheet_row(self, index: QModelIndex) -> int | None:
        if index.column() < _FIRST:
            return None
        return self._sheets.get((self._rows[index.row()][0], self._years[index.column() - _FIRST]))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else _FIRST + len(self._years)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (tr("Quantity"), tr("Place"), *map(str, self._years))[section]

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self._sheet_row(index) is not None:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(index)
        if role == Qt.ItemDataRole.EditRole:
            return self._figure(index)[0]
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(self._figure(index)[1] == "edited")
            return font
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= _FIRST:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<span>{escaped(self._tip(index))}</span>"
        return None

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self._sheet_row(index)
        if row is None or role != Qt.ItemDataRole.EditRole:
            return False
        try:
            figure = figure_of(str(value))
        except OverdraftError as problem:
            self.refused.emit(text_of(problem))
            return False
        self.refused.emit("")
        if ("" if figure is None else str(figure)) != self._figure(index)[0]:
            self.given.emit(row, self._rows[index.row()][1], figure)
        return True

    def _text(self, index: QModelIndex) -> str:
        policy, language = self._policy, ui_language()
        item, place = self._rows[index.row()]
        if index.column() == 0:
            quantity = policy.items[item]
            return f"{quantity.label(language)} ({texts.words_of(policy).unit(quantity.unit)})"
        if index.column() == 1:
            return tr("Total") if place == TOTAL else policy.unit_name(place, language)
        figure, source = self._figure(index)
        return f"✎ {figure or '—'}" if source else figure

    def _figure(self, index: QModelIndex) -> tuple[str, str]:
        """The figure as it is written, and ``edited``, ``given`` (in the file, by a person) or nothing."""
        row = self._sheet_row(index)
        if row is None:
            return "", ""
        place = self._rows[index.row()][1]
        if (row, place) in self._edits:
            figure = self._edits[(row, place)]
            return "" if figure is None else str(figure), "edited"
        sheet = self._policy.sheets[row]
        figure = sheet.total if place == TOTAL else sheet.parts.get(place)
        return "" if figure is None else str(figure), "given" if place in sheet.given else ""

    def _tip(self, index: QModelIndex) -> str:
        if index.column() < _FIRST:
            return self._text(index)
        if self._sheet_row(index) is None:
            return tr("The text sets no target for this year")
        if self._figure(index)[1]:
            return tr("Given by a person, not by the text")
        return tr("As it stands in the text; double-click or F2 to edit")


class TargetsTab(QWidget):
    """The table of targets.

    Signals:
        clause_chosen: the clause of the cell chosen.
    """

    clause_chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("policy_targets_tab")
        self.model = Targets(self)
        self.view = QTableView()
        self.view.setObjectName("policy_targets")
        self.view.setAccessibleName(tr("Targets"))
        self.view.setModel(self.model)
        self.view.setTabKeyNavigation(False)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.setWordWrap(False)
        self.view.horizontalHeader().setHighlightSections(False)
        self.view.horizontalHeader().setDefaultSectionSize(scaled(self.view, 75))
        self.note = PlainLabel()
        self.problem = PlainLabel()
        self.problem.setObjectName("policy_targets_problem")
        self.problem.hide()
        layout = QVBoxLayout(self)
        layout.addWidget(self.note)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.problem)
        self.view.selectionModel().currentChanged.connect(lambda now, _: self._chosen(now))
        self.model.refused.connect(self._say)

    def show_policy(self, policy: Policy) -> None:
        """Another policy, without edits."""
        self.model.show_policy(policy)
        self.view.setColumnWidth(0, scaled(self.view, 200))
        self.view.setColumnWidth(1, scaled(self.view, 95))
        empty = not policy.sheets
        self.view.setVisible(not empty)
        self.note.setText(
            tr("This document sets no targets by unit and year.")
            if empty
            else tr(
                "Double-click a figure or press F2 to edit it; empty it to take it away. "
                "✎ marks figures given by a person."
            )
        )
        self._say("")

    def _chosen(self, index: QModelIndex) -> None:
        sheet = self.model.sheet_at(index)
        if sheet is not None:
            self.clause_chosen.emit(sheet.clause)

    def _say(self, text: str) -> None:
        self.problem.setText(f"✗ {text}" if text else "")
        self.problem.setVisible(bool(text))


def _places(policy: Policy) -> Iterator[tuple[str, str]]:
    """Quantity and place of each row: the total, and the units that some year has a figure for, else all counties."""
    items = dict.fromkeys(sheet.item for sheet in policy.sheets)
    counties = [unit.id for unit in policy.units if unit.level == "county" and unit.id != policy.city_id]
    of_item: dict[str, set[str]] = {}
    for sheet in policy.sheets:
        of_item.setdefault(sheet.item, set()).update(sheet.parts)
    order = [*(unit.id for unit in policy.units), RESERVE]
    for item in items:
        yield item, TOTAL
        named = of_item[item]
        for place in [name for name in order if name in named] if named else counties:
            yield item, place
