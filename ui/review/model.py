"""The model of the review list: numbers of rows in their order, and the few rows that are on the screen."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

import numpy as np
from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, Qt
from qgis.PyQt.QtGui import QFont

from ...core.review.listing import Listing, Order
from ..shared.plain import FAINT
from .words import COLUMNS, cell, heading, value_text

WINDOW = 200
"""Rows read at a time."""

_KEPT = 5 * WINDOW


class ReviewModel(QAbstractTableModel):
    """Rows of a :class:`Listing` in an order, with a header row above each group."""

    def __init__(self, parent: object = None) -> None:
        super().__init__(parent)
        self._listing: Listing | None = None
        self._order = Order(np.empty(0, dtype=np.int64))
        self._grouped_by = ""
        self._entries = np.empty(0, dtype=np.int64)
        self._closed: set[str] = set()
        self._cache: dict[int, SimpleNamespace] = {}
        self.headings = [heading(name) for name in COLUMNS]
        self.marks: dict[str, tuple[str, str]] = {}

    def show(self, listing: Listing | None, order: Order, group: str = "") -> None:
        """Show other rows, or the same in another order; the model is reset once."""
        self.beginResetModel()
        if group != self._grouped_by or listing is not self._listing:
            self._closed.clear()
        self._listing, self._order, self._grouped_by = listing, order, group
        self._cache.clear()
        self._lay_out()
        self.endResetModel()

    def toggle(self, position: int) -> None:
        """Close or open the group whose header stands there."""
        group = self._order.groups[-1 - int(self._entries[position])]
        self.beginResetModel()
        self._closed ^= {group.value}
        self._lay_out()
        self.endResetModel()

    def _lay_out(self) -> None:
        """Entries of the list: a number of a row, or -1 - the number of a group for its header."""
        parts: list[np.ndarray] = []
        for number, group in enumerate(self._order.groups):
            parts.append(np.array([-1 - number], dtype=np.int64))
            if group.value not in self._closed:
                parts.append(self._order.rows[group.start : group.start + group.rows])
        self._entries = np.concatenate(parts) if parts else self._order.rows

    @property
    def findings(self) -> int:
        """How many findings are listed, those of closed groups too."""
        return len(self._order.rows)

    def rows(self, positions: Iterable[int] | np.ndarray) -> np.ndarray:
        """The numbers of the rows at these positions; headers are left out."""
        entries = self._entries[np.asarray(positions, dtype=np.int64)]
        return entries[entries > 0]

    def all_rows(self) -> np.ndarray:
        """The numbers of all rows listed, those of closed groups too."""
        return self._order.rows

    def position(self, row: int) -> int | None:
        """Where a row stands; None where it is not listed."""
        found = np.flatnonzero(self._entries == row)
        return int(found[0]) if len(found) else None

    def positions(self, rows: Iterable[int]) -> np.ndarray:
        """Where these rows stand, as far as they are listed."""
        return np.flatnonzero(np.isin(self._entries, np.fromiter(rows, dtype=np.int64)))

    def headers(self) -> np.ndarray:
        """The positions of the headers of groups."""
        return np.flatnonzero(self._entries < 0)

    def is_header(self, position: int) -> bool:
        """Does a header of a group stand there?"""
        return bool(self._entries[position] < 0)

    def next_open(self, position: int) -> int | None:
        """The position of the next open row after this one, else of the first in the list."""
        if self._listing is None or not len(self._entries):
            return None
        open_here = self._listing.open[np.maximum(self._entries, 0)] & (self._entries > 0)
        found = np.flatnonzero(open_here)
        later = found[found > position]
        return int(later[0] if len(later) else found[0]) if len(found) else None

    def step(self, position: int, by: int) -> int | None:
        """The next position in a direction that is no header."""
        position += by
        while 0 <= position < len(self._entries):
            if not self.is_header(position):
                return position
            position += by
        return None

    def row(self, position: int) -> SimpleNamespace | None:
        """The finding at a position; None for a header."""
        if self._listing is None or not 0 <= position < len(self._entries) or self.is_header(position):
            return None
        number = int(self._entries[position])
        if number not in self._cache:
            if len(self._cache) > _KEPT:
                self._cache.clear()
            near = self._entries[max(0, position - WINDOW // 2) : position + WINDOW // 2]
            self._cache |= {item.row: item for item in self._listing.window(near[near > 0])}
        return self._cache[number]

    def renew(self) -> None:
        """Read again what is on the screen: decisions or marks have changed, the order has not."""
        self._cache.clear()
        if len(self._entries):
            last = self.index(len(self._entries) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation == Qt.Orientation.Horizontal and role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            return self.headings[section]
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlags:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if self.is_header(index.row()):
            return self._header_data(index, role)
        row = self.row(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return cell(row, COLUMNS[index.column()], self.marks)
        if role == Qt.ItemDataRole.ForegroundRole and (row.stale or row.gone):
            return FAINT
        return None

    def _header_data(self, index: QModelIndex, role: int) -> object:
        if role == Qt.ItemDataRole.DisplayRole and index.column() == 0:
            group = self._order.groups[-1 - int(self._entries[index.row()])]
            sign = "▸" if group.value in self._closed else "▾"
            return f"{sign} {value_text(self._grouped_by, group.value, group.label)} ({group.rows})"
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(True)
            return font
        return None
