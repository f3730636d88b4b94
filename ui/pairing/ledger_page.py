"""The ledger beside the pairing: the balance of each pool by year, and every pair on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...core.schema import register_schema, results_schema
from ...processing.texts import tr, ui_language
from ..shared.plain import set_tip
from ..shared.text_table import TextTable
from .words import kilometres, label, pool_name

if TYPE_CHECKING:
    from ...core.desk.pairboard import PairBoard
    from .acts import Read


class LedgerPage(QWidget):
    """Two tables; the second one breaks the pair of its current row.

    Signals:
        break_asked: ids of the renewal and of the well.
    """

    break_asked = pyqtSignal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.balance = TextTable(
            "pairingBalance", tr("What the ledger says of each pool, year by year, and in all"), 2
        )
        self.pairs = TextTable("pairingPairs", tr("Every pair on record, those that were broken too"), 10)
        self.break_button = QPushButton(tr("Break Pair…"))
        self.break_button.setObjectName("pairingLedgerBreak")
        self.break_button.setAutoDefault(False)
        self.break_button.clicked.connect(self._break)
        self.pairs.selectionModel().selectionChanged.connect(lambda *_: self._enable())
        layout = QVBoxLayout(self)
        layout.addWidget(_heading(tr("&Balance by county and year"), self.balance))
        layout.addWidget(self.balance, 2)
        row = QHBoxLayout()
        row.addWidget(_heading(tr("All &pairs"), self.pairs))
        row.addStretch()
        row.addWidget(self.break_button)
        layout.addLayout(row)
        layout.addWidget(self.pairs, 3)
        self._rows: list[Any] = []
        self._enable()

    def show_read(self, read: Read | None) -> None:
        """Fill both tables; None: empty them."""
        board = None if read is None else read.board
        years = [] if read is None else list(read.years.itertuples())
        self._rows = [] if read is None else list(read.pairs.itertuples())
        bold = {place for place, row in enumerate(years) if row.total}
        self.balance.fill(_balance_headings(), len(years), lambda at: _balance_row(board, years[at]), bold)
        rows = self._rows
        self.pairs.fill(_pair_headings(), len(rows), lambda at: _pair_row(board, rows[at]))
        self._enable()

    def _current(self) -> tuple[str, str] | None:
        chosen = self.pairs.selectionModel().selectedRows()
        row = self._rows[chosen[0].row()] if chosen else None
        return (str(row.renewal_id), str(row.retired_id)) if row is not None and row.stands else None

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


def _whole(value: object) -> str:
    return "" if pd.isna(value) else str(value)


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


def _balance_row(board: PairBoard, row) -> list[str]:
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


def _pair_row(board: PairBoard, row) -> list[str]:
    return [
        str(row.renewal_id),
        str(row.retired_id),
        pool_name(board, row.pool_id, row.pool_name),
        label("entry_state", row.state),
        label("permission", row.permission),
        kilometres(row.distance_m),
        label("pair_role", row.role),
        _day(row.pledged_on),
        _day(row.released_on),
        row.approval_no if isinstance(row.approval_no, str) else "",
    ]
