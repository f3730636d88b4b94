"""The wells that may be taken, and why the others may not, as a table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from qgis.PyQt.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QBrush

from ...processing.texts import tr
from ..shared.plain import FAINT, escaped
from .words import score_explained, score_rule, state_of, volume, why_barred

if TYPE_CHECKING:
    import pandas as pd

    from ...core.desk.pairboard import PairBoard

MIME = "application/x-overdraft-well"
WELL, PLACE, DISTANCE, FREED, STATE, SCORE, REASON = range(7)
_NUMBERS = (DISTANCE, FREED, SCORE)


@dataclass(frozen=True)
class Filter:
    """Which rows are shown.

    Attributes:
        text: in the id or the place. same: what they must have in common with the renewal (columns of the board).
        unused: only wells that back no renewal.
    """

    text: str = ""
    same: tuple[str, ...] = ()
    unused: bool = False


class CandidateModel(QAbstractTableModel):
    """Every well as seen from one renewal; those that can be taken first, cheapest first, then the others by distance.

    Rows are filtered and sorted as whole columns; nothing is kept per cell.
    """

    toggled = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._board: PairBoard | None = None
        self._offers: pd.DataFrame | None = None
        self._chosen: frozenset[str] = frozenset()
        self._rows = np.arange(0)
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self._filter, self._renewal_id = Filter(), ""
        self._words: pd.Series | None = None

    def show(
        self, board: PairBoard | None, renewal_id: str, offers: pd.DataFrame | None, wanted: Filter
    ) -> None:
        """The wells as seen from another renewal, those that fit; None: no wells."""
        if board is not self._board:
            self._words = None
        self._board, self._renewal_id, self._offers = board, renewal_id, offers
        self._filter = wanted
        self._arrange()

    def choose(self, wells: Collection[str]) -> None:
        """Tick the wells that are chosen."""
        self._chosen = frozenset(wells)
        if len(self._rows):
            self.dataChanged.emit(self.index(0, WELL), self.index(len(self._rows) - 1, WELL))

    def set_filter(self, wanted: Filter) -> None:
        """Show other rows."""
        self._filter = wanted
        self._arrange()

    def row_of(self, well: str) -> int:
        """The row that shows a well; −1 where none does."""
        if self._board is None:
            return -1
        row = self._board.row_of(well)
        found = np.flatnonzero(self._rows == row) if row is not None else ()
        return int(found[0]) if len(found) else -1

    def well_at(self, row: int) -> str:
        """The id of the well in a row."""
        return str(self._board.wells["retired_id"].iat[self._rows[row]])

    def eligible_shown(self, count: int) -> list[int]:
        """The first rows of the board that are shown and on offer."""
        if self._offers is None:
            return []
        free = self._offers["cost"].notna().to_numpy()[self._rows]
        return self._rows[free][:count].tolist()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 7

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._headings()[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<span>{escaped(self._heading_tip(section))}</span>"
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = int(self._rows[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<span>{escaped(self._tip(row, index.column()))}</span>"
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == WELL and self._on_offer(row):
            chosen = self._board.wells["retired_id"].iat[row] in self._chosen
            return Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and not self._on_offer(row):
            return QBrush(FAINT)
        return None

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != WELL:
            return False
        self.toggled.emit(self.well_at(index.row()))
        return True

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        found = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if index.isValid() and self._on_offer(int(self._rows[index.row()])):
            found |= Qt.ItemFlag.ItemIsDragEnabled
            if index.column() == WELL:
                found |= Qt.ItemFlag.ItemIsUserCheckable
        return found

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:
        found = QMimeData()
        found.setData(MIME, self.well_at(indexes[0].row()).encode())
        return found

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted = (column, order) if column >= 0 else None
        self._arrange()

    def _arrange(self) -> None:
        """Work out which rows are shown, in which order."""
        self.beginResetModel()
        self._rows = (
            np.arange(0) if self._board is None or self._offers is None else self._order(self._kept())
        )
        self.endResetModel()

    def _kept(self) -> np.ndarray:
        board, wanted = self._board, self._filter
        wells, renewal = board.wells, board.renewals.loc[self._renewal_id]
        keep = ~wells.index.isin(board.held(self._renewal_id)["retired"])
        for name in wanted.same:
            keep &= (wells[name] == renewal[name]).to_numpy(dtype=bool)
        if wanted.unused:
            keep &= ~(wells["holder"].notna() | (wells["reason"] == "pledged")).to_numpy(dtype=bool)
        text = wanted.text.strip().casefold()
        if text:
            if self._words is None:  # made when first searched, for all wells at once
                names, places = wells["retired_id"].fillna(""), wells["place"].fillna("")
                self._words = names.str.cat(places, sep=" ").str.casefold()
            keep &= self._words.str.contains(text, regex=False).to_numpy(dtype=bool)
        return np.flatnonzero(keep)

    def _order(self, rows: np.ndarray) -> np.ndarray:
        wells, offers = self._board.wells.iloc[rows], self._offers.iloc[rows]
        barred = offers["cost"].isna().to_numpy()
        by_rank = (offers["distance_m"].to_numpy(), offers["cost"].fillna(0.0).to_numpy(), barred)
        order = np.lexsort(by_rank)
        if self._sorted is None:
            return rows[order]
        column, direction = self._sorted
        keys = {
            WELL: wells["retired_id"].fillna(""),
            PLACE: wells["place"],
            DISTANCE: offers["distance_m"],
            FREED: wells["volume_m3"],
            STATE: wells["state"].fillna(""),
            SCORE: offers["cost"],
            REASON: offers["reason"],
        }
        key = keys[column].iloc[order].reset_index(drop=True)
        ascending = direction == Qt.SortOrder.AscendingOrder
        return rows[order][key.sort_values(kind="stable", ascending=ascending, na_position="last").index]

    def _on_offer(self, row: int) -> bool:
        cost = self._offers["cost"].iat[row]
        return bool(cost == cost)

    def _text(self, row: int, column: int) -> str:
        well, offer = self._board.wells.iloc[row], self._offers.iloc[row]
        if column == WELL:
            return str(well["retired_id"] or "")
        if column == PLACE:
            return str(well["place"])
        if column == DISTANCE:
            metres = offer["distance_m"]
            return f"{metres / 1000:.2f}" if metres == metres else "?"
        if column == FREED:
            return volume(well["volume_m3"])
        if column == STATE:
            return state_of(well)
        if column == SCORE:
            return f"{offer['cost']:.2f}" if self._on_offer(row) else ""
        return why_barred(offer["reason"], well["holder"])

    def _tip(self, row: int, column: int) -> str:
        if column == SCORE and self._on_offer(row):
            offer = self._offers.iloc[row]
            return score_explained(
                self._board, self._board.wells.iloc[row], offer["distance_m"], offer["cost"]
            )
        return self._text(row, column)

    def _heading_tip(self, section: int) -> str:
        tips = (
            tr("Tick a well to take it for the renewal"),
            tr("County, township and village on record"),
            tr("Distance from the renewal"),
            tr("Permitted volume that is given up with the well"),
            tr("State of the credit of a sealed well, else the status of the well"),
            score_rule(self._board) if self._board is not None else tr("The least is the best"),
            tr("Empty where the well can be taken"),
        )
        return tips[section]

    @staticmethod
    def _headings() -> tuple[str, ...]:
        return (
            tr("Well"),
            tr("Place"),
            tr("Distance (km)"),
            tr("Volume freed (m³/a)"),
            tr("State"),
            tr("Score"),
            tr("Why not eligible"),
        )
