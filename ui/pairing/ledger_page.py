"""The ledger beside the pairing: the balance of each pool by year, and every pair on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.schema import register_schema, results_schema
from ...processing.texts import tr, ui_language
from ..shared.plain import set_tip
from .words import kilometres, label, pool_name

if TYPE_CHECKING:
    from ...core.desk.pairboard import PairBoard


class LedgerPage(QWidget):
    """Two tables; the second one breaks the pair of its current row.

    Signals:
        break_asked: ids of the renewal and of the well.
    """

    break_asked = pyqtSignal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.balance = _table(
            "pairingBalance", tr("What the ledger says of each pool, year by year, and in all")
        )
        self.pairs = _table("pairingPairs", tr("Every pair on record, those that were broken too"))
        self.break_button = QPushButton(tr("Break Pair…"))
        self.break_button.setObjectName("pairingLedgerBreak")
        self.break_button.setAutoDefault(False)
        self.break_button.clicked.connect(self._break)
        self.pairs.itemSelectionChanged.connect(self._enable)
        layout = QVBoxLayout(self)
        layout.addWidget(_heading(tr("&Balance by county and year"), self.balance))
        layout.addWidget(self.balance, 2)
        row = QHBoxLayout()
        row.addWidget(_heading(tr("All &pairs"), self.pairs))
        row.addStretch()
        row.addWidget(self.break_button)
        layout.addLayout(row)
        layout.addWidget(self.pairs, 3)
        self._rows = pd.DataFrame()
        self._enable()

    def show_board(self, board: PairBoard | None) -> None:
        """Fill both tables; None: empty them."""
        from ...core.desk.pairledger import by_year, pair_list

        years = pd.DataFrame() if board is None else by_year(board)
        self._rows = pd.DataFrame() if board is None else pair_list(board)
        _fill(self.balance, _balance_headings(), [_balance_row(board, row) for row in years.itertuples()])
        for place, row in enumerate(years.itertuples()):
            if row.total:
                for column in range(self.balance.columnCount()):
                    item = self.balance.item(place, column)
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
        _fill(self.pairs, _pair_headings(), [_pair_row(board, row) for row in self._rows.itertuples()])
        self._enable()

    def _current(self) -> tuple[str, str] | None:
        row = self.pairs.currentRow()
        if row < 0 or row >= len(self._rows) or not self._rows["stands"].iat[row]:
            return None
        return str(self._rows["renewal_id"].iat[row]), str(self._rows["retired_id"].iat[row])

    def _enable(self) -> None:
        there = self._current() is not None
        self.break_button.setEnabled(there)
        set_tip(
            self.break_button,
            tr("Take the well back from the renewal; you are asked for the reason")
            if there
            else tr("Choose a pair that still stands in the list below"),
        )

    def _break(self) -> None:
        pair = self._current()
        if pair is not None:
            self.break_asked.emit(*pair)


def _heading(text: str, buddy: QWidget) -> QLabel:
    found = QLabel(text)
    found.setBuddy(buddy)
    return found


def _table(name: str, tip: str) -> QTableWidget:
    found = QTableWidget()
    found.setObjectName(name)
    found.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    found.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    found.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    found.setTabKeyNavigation(False)
    found.verticalHeader().hide()
    found.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    set_tip(found, tip)
    return found


def _fill(table: QTableWidget, headings: list[str], rows: list[list[object]]) -> None:
    table.clear()
    table.setColumnCount(len(headings))
    table.setHorizontalHeaderLabels(headings)
    table.setRowCount(len(rows))
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            number = isinstance(value, int)
            item = QTableWidgetItem(str(value))
            if number:
                item.setTextAlignment(int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))
            table.setItem(place, column, item)


def _whole(value: object) -> object:
    return "" if pd.isna(value) else int(value)


def _day(value: object) -> str:
    return "" if pd.isna(value) else value.date().isoformat()


def _balance_headings() -> list[str]:
    fields, language = results_schema().tables["ledger_balance"].fields, ui_language()
    names = ("sealed", "renewed", "reserved")
    rest = ("net_change", "required", "deficit", "further")
    first = [
        fields["pool_name"].label(language),
        tr("Year"),
        *(fields[name].label(language) for name in names),
    ]
    return [*first, tr("Wells pledged"), *(fields[name].label(language) for name in rest)]


def _balance_row(board: PairBoard, row) -> list[object]:
    year = tr("in all") if row.total else (tr("no day") if pd.isna(row.year) else str(row.year))
    numbers = (row.sealed, row.renewed, row.reserved, row.pairs, row.net_change)
    rest = (row.required, row.deficit, row.further)
    return [pool_name(board, row.pool_id, row.pool_name), year, *map(_whole, (*numbers, *rest))]


def _pair_headings() -> list[str]:
    fields, language = register_schema().roles["pairs"].fields, ui_language()
    permission = results_schema().tables["ledger"].fields["permission"].label(language)
    pool = results_schema().tables["ledger_balance"].fields["pool_name"].label(language)
    names = ("role", "pledged_on", "released_on", "approval_no")
    return [
        fields["renewal_id"].label(language),
        fields["retired_id"].label(language),
        pool,
        fields["state"].label(language),
        permission,
        tr("Distance"),
        *(fields[name].label(language) for name in names),
    ]


def _pair_row(board: PairBoard, row) -> list[object]:
    return [
        row.renewal_id,
        row.retired_id,
        pool_name(board, row.pool_id, row.pool_name),
        label("entry_state", row.state),
        label("permission", row.permission),
        kilometres(row.distance_m),
        label("pair_role", row.role),
        _day(row.pledged_on),
        _day(row.released_on),
        row.approval_no or "",
    ]
