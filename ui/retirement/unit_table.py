"""Target, planned, achieved and gap of each unit by year, with a bar: a table over the arrays of the figures."""

from __future__ import annotations

import math

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt
from qgis.PyQt.QtGui import QBrush, QFont, QPalette
from qgis.PyQt.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QTableView, QWidget

from ...core.planning.scenarios import Board, Figures, Shown
from ...core.planning.scenarios.shown import FIGURES, summed_units, told, total_of
from ...core.schema import results_schema
from ...processing.texts import tr, ui_language
from ..shared.plain import escaped

BAR_ROLE = Qt.ItemDataRole.UserRole
_BLOCK = len(FIGURES) + 1
"""Columns of a year: the figures and the bar."""
_SIGN = {1: "✓", 0: "✗", -1: ""}


class UnitModel(QAbstractTableModel):
    """One row per unit and a total; for each year shown a block of columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board: Board | None = None
        self._figures: Figures | None = None
        self._years: list[int] = []
        self._shown = Shown()
        self._has_total = False

    def show(self, board: Board | None, figures: Figures | None, years: list[int], shown: Shown) -> None:
        """Another board, other years or another unit of area."""
        self.beginResetModel()
        self._board, self._figures, self._years, self._shown = board, figures, years, shown
        self._has_total = board is not None and bool(summed_units(board).any())
        self.endResetModel()

    def update(self, figures: Figures) -> None:
        """Other figures of the same board."""
        self._figures = figures
        if self.rowCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 1), last)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        if self._board is None or (parent is not None and parent.isValid()):
            return 0
        return len(self._board.units) + self._has_total

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 1 + _BLOCK * len(self._years)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal or self._board is None:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return escaped(_tip(section))
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if section == 0:
            return unit_heading()
        year, what = divmod(section - 1, _BLOCK)
        return "\n".join((str(self._years[year]), headings()[what]))

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        if self._board is None or self._figures is None or not index.isValid():
            return None
        is_total = index.row() >= len(self._board.units)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole and is_total:
            font = QFont()
            font.setBold(True)
            return font
        if role == BAR_ROLE and index.column() and not is_total:
            year, what = divmod(index.column() - 1, _BLOCK)
            if what == len(FIGURES):
                return self._shares(index.row(), self._board.columns.index(self._years[year]))
        if role == Qt.ItemDataRole.ToolTipRole:
            return escaped(self.text(index.row(), index.column()))
        return None

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        board, figures = self._board, self._figures
        if board is None or figures is None:
            return ""
        is_total = row >= len(board.units)
        if column == 0:
            return tr("All together") if is_total else self._name(row)
        year, what = divmod(column - 1, _BLOCK)
        at = board.columns.index(self._years[year])
        if what == len(FIGURES):
            return "" if is_total else self._bar_text(row, at)
        values = getattr(figures, FIGURES[what])[:, at]
        return (
            told(total_of(board, values, self._shown).added)
            if is_total
            else self._shown.text(float(values[row]))
        )

    def _name(self, row: int) -> str:
        unit = self._board.units.iloc[row]
        return str(unit["name"] or unit["unit_id"])

    def _shares(self, row: int, at: int) -> tuple[float, float] | None:
        figures = self._figures
        target = float(figures.target[row, at])
        achieved, planned = float(figures.achieved[row, at]), float(figures.planned[row, at])
        if not (math.isfinite(target) and math.isfinite(achieved) and target > 0):
            return None
        done = min(max(achieved / target, 0.0), 1.0)
        return done, min(max((achieved + planned) / target, 0.0), 1.0) - done

    def _bar_text(self, row: int, at: int) -> str:
        target = float(self._figures.target[row, at])
        net = float(self._figures.achieved[row, at] + self._figures.planned[row, at])
        if not (math.isfinite(target) and math.isfinite(net) and target > 0):
            return ""
        # rounded down, so that what is short by little never reads as 100 %
        percent = math.floor(1000 * net / target * (1 + 1e-9)) / 10
        return " ".join((_SIGN[int(self._figures.met[row, at])], f"{percent:.1f} %")).strip()


def unit_heading() -> str:
    """Heading of the column that names counties and cities; in Chinese a unit of measurement has another word."""
    return results_schema().tables["retirement_balance"].fields["name"].label(ui_language())


def headings() -> list[str]:
    """Headings of the figures and the bar, in order."""
    return [tr("Target"), tr("Planned"), tr("Achieved"), tr("Gap"), tr("Share")]


def _tip(section: int) -> str:
    tips = [
        tr("Land to be retired by the end of the year"),
        tr("Land that this scenario retires up to the end of the year"),
        tr("Land on record as retired, less what was restored, by the end of the year or today"),
        tr("Target less achieved and planned"),
        tr("Achieved (solid) and planned (hatched) as a share of the target. ✓ reached, ✗ not reached"),
    ]
    return tips[(section - 1) % _BLOCK] if section else tr("County, or the city above it")


class BarDelegate(QStyledItemDelegate):
    """Draws the bar: achieved solid, planned hatched, and the share in words."""

    def paint(self, painter, option, index) -> None:
        shares = index.data(BAR_ROLE)
        if shares is None:
            super().paint(painter, option, index)
            return
        palette = option.palette
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, palette.highlight())
        box = QRectF(option.rect).adjusted(3, 3, -3, -3)
        colour = palette.color(QPalette.ColorRole.Link)
        colour.setAlpha(110)
        done = QRectF(box.left(), box.top(), box.width() * shares[0], box.height())
        rest = QRectF(done.right(), box.top(), box.width() * shares[1], box.height())
        painter.fillRect(done, colour)
        painter.fillRect(rest, QBrush(palette.color(QPalette.ColorRole.Link), Qt.BrushStyle.BDiagPattern))
        painter.setPen(palette.color(QPalette.ColorRole.Mid))
        painter.drawRect(box)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), index.data())
        painter.restore()

    def sizeHint(self, option, index):
        size = super().sizeHint(option, index)
        size.setWidth(max(size.width(), 90))
        return size


class UnitTable(QTableView):
    """The table of units; its columns fit what they show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("units")
        self.units = UnitModel(self)
        self.setModel(self.units)
        self.setItemDelegate(BarDelegate(self))
        self.setToolTip(tr("What each unit has to retire, plans and has achieved, by year"))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 3)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
