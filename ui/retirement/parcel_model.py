"""The candidate areas as a table model over arrays: sorted and filtered by numpy, reset once, nothing kept per cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...core.messages import render
from ...core.planning.scenarios import Board, Scenario, Shown
from ...core.planning.scenarios.shown import split_of
from ...core.schema import register_schema, results_schema
from ...processing.texts import tr, ui_language
from ..shared.plain import escaped

COLUMNS = (
    "area_id",
    "county",
    "township",
    "in_use_mu",
    "counts_mu",
    "zone",
    "source",
    "wells",
    "cost",
    "lock",
    "year",
)
YEAR = COLUMNS.index("year")
_RIGHT = {"in_use_mu", "counts_mu", "wells", "cost", "year"}


@dataclass(frozen=True)
class Filter:
    """What the list shows; empty ones leave the condition out.

    Attributes:
        text: in id, county or township. unit: row of the board's units, −1: all. zone, source: labels.
        only: "" all, "free" (can be ticked), "chosen".
    """

    text: str = ""
    unit: int = -1
    zone: str = ""
    source: str = ""
    only: str = ""


class ParcelModel(QAbstractTableModel):
    """One row per parcel; the first column has the tick.

    Signals:
        ticked: the user ticked (or cleared) a row: row of the board, its year or 0.
    """

    ticked = pyqtSignal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board: Board | None = None
        self._scenario: Scenario | None = None
        self._shown = Shown()
        self._filter = Filter()
        self._sort = (0, Qt.SortOrder.AscendingOrder)
        self._rows = np.zeros(0, dtype="int64")
        self._place = np.zeros(0, dtype="int64")
        self._texts: dict[str, np.ndarray] = {}
        self._ranks: dict[str, np.ndarray] = {}
        self.year = 0
        """Year that a tick stands for."""

    # -- what it shows --------------------------------------------------------------------------------------------

    def show(self, board: Board | None, scenario: Scenario | None) -> None:
        """Another board or scenario."""
        self.beginResetModel()
        if board is not self._board:
            self._board = board
            self._texts, self._ranks = ({}, {}) if board is None else _prepared(board)
        self._scenario = scenario
        self._arrange()
        self.endResetModel()

    def show_in(self, shown: Shown) -> None:
        """Another unit of area."""
        self._shown = shown
        if self._rows.size:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(COLUMNS) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def filter(self, wanted: Filter) -> None:
        """Show what fits."""
        self.beginResetModel()
        self._filter = wanted
        self._arrange()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; equal ones stay in the order of their ids."""
        self.beginResetModel()
        self._sort = (column, order)
        self._arrange()
        self.endResetModel()

    def changed(self, rows: np.ndarray) -> None:
        """Parcels of the scenario have another year; they keep their place in the list."""
        places = self._place[rows]
        places = places[places >= 0]
        if len(places):
            last = len(COLUMNS) - 1
            self.dataChanged.emit(self.index(int(places.min()), 0), self.index(int(places.max()), last))

    def labels(self, name: str) -> list[str]:
        """The different texts of a column, sorted; for filters."""
        return sorted({text for text in self._texts.get(name, ()) if text})

    # -- rows -----------------------------------------------------------------------------------------------------

    def row_at(self, place: int) -> int:
        """Row of the board at a place of the list."""
        return int(self._rows[place])

    def rows_at(self, places: list[int]) -> np.ndarray:
        """The same of several."""
        return self._rows[np.asarray(places, dtype="int64")]

    def place_of(self, row: int) -> int:
        """Place of a row of the board in the list; −1 when the filter hides it."""
        return int(self._place[row]) if row < len(self._place) else -1

    @property
    def shown_rows(self) -> np.ndarray:
        """Rows of the board in the list, in its order."""
        return self._rows

    def _arrange(self) -> None:
        if self._board is None or self._scenario is None:
            self._rows, self._place = np.zeros(0, dtype="int64"), np.zeros(0, dtype="int64")
            return
        column, order = self._sort
        keys = self._keys(COLUMNS[column])
        by_id = self._ranks["area_id"]
        if order == Qt.SortOrder.DescendingOrder:
            keys = -keys
        # empty ones stand last either way
        arranged = np.lexsort((by_id, keys, np.isnan(keys)))
        self._rows = arranged[self._wanted()[arranged]]
        self._place = np.full(len(by_id), -1, dtype="int64")
        self._place[self._rows] = np.arange(len(self._rows))

    def _keys(self, name: str) -> np.ndarray:
        if name == "year":
            return np.where(self._scenario.year > 0, self._scenario.year, np.nan).astype("float64")
        if name in self._ranks:
            return self._ranks[name].astype("float64")
        return self._board.parcels[name].to_numpy("float64")

    def _wanted(self) -> np.ndarray:
        board, wanted = self._board, self._filter
        keep = np.ones(len(board.parcels), dtype=bool)
        if wanted.text:
            keep &= np.char.find(self._texts["search"], wanted.text.lower()) >= 0
        if wanted.unit >= 0:
            keep &= board.parcels_in(wanted.unit)
        for name in ("zone", "source"):
            if getattr(wanted, name):
                keep &= self._texts[name] == getattr(wanted, name)
        if wanted.only == "free":
            keep &= (board.parcels["why"] == "").to_numpy()
        if wanted.only == "chosen":
            keep &= self._scenario.year > 0
        return keep

    # -- Qt -------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole):
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return headings(self._shown)[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return escaped(_tips()[section])
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if index.column() == 0:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if index.column() == YEAR and self._free(index):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        if not index.isValid() or self._board is None or self._scenario is None:
            return None
        row, name = int(self._rows[index.row()]), COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, name)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            checked = Qt.CheckState.Checked if self._scenario.year[row] else Qt.CheckState.Unchecked
            return int(checked) if isinstance(checked, int) else checked
        if role == Qt.ItemDataRole.TextAlignmentRole and name in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.EditRole and name == "year":
            return int(self._scenario.year[row])
        if role == Qt.ItemDataRole.ToolTipRole:
            return escaped(self.tip(row))
        return None

    def setData(self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid() or self._scenario is None:
            return False
        row = int(self._rows[index.row()])
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            self.ticked.emit(row, 0 if self._scenario.year[row] else self.year)
            return True
        if role == Qt.ItemDataRole.EditRole and index.column() == YEAR:
            self.ticked.emit(row, int(value))  # type: ignore[call-overload]
            return True
        return False

    def text(self, row: int, name: str) -> str:
        """What a cell says."""
        if name in self._texts:
            return str(self._texts[name][row])
        if name == "year":
            return str(self._scenario.year[row]) if self._scenario.year[row] else ""
        value = self._board.parcels[name].iat[row]
        if name in ("in_use_mu", "counts_mu"):
            return self._shown.text(float(value))
        return "" if pd.isna(value) else f"{value:,.0f}" if name == "cost" else str(value)

    def tip(self, row: int) -> str:
        """Why a parcel cannot be ticked; of one that a border cuts, what it adds on either side."""
        why = self._board.parcels["why"].iat[row]
        if why:
            return render("planning_land.why." + why, {}, ui_language())
        if " + " in self._board.parcels["county"].iat[row]:
            split = split_of(self._board, row, self._shown)
            return tr("Cut by a border; it counts on either side: {split}").format(split=split)
        return self.text(row, "area_id")

    def _free(self, index: QModelIndex) -> bool:
        row = int(self._rows[index.row()])
        return self._board is not None and not self._board.parcels["why"].iat[row]


def _prepared(board: Board) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Texts of the text columns in the user's language, and the rank of each among them."""
    language, parcels = ui_language(), board.parcels
    known, told = register_schema(), results_schema()
    severity = _labelled(parcels["severity"], lambda token: known.label("severity", token, language))
    control = _labelled(parcels["control"], lambda token: known.label("control", token, language))
    both = np.where((severity != "") & (control != ""), severity + " · " + control, severity + control)
    lock = _labelled(parcels["lock"], lambda token: known.label("irrigation_lock", token, language))
    why = _labelled(parcels["why"], lambda token: told.label("plan_why", token, language))
    texts = {
        "area_id": parcels["area_id"].to_numpy(dtype=object),
        "county": parcels["county"].to_numpy(dtype=object),
        "township": parcels["township"].to_numpy(dtype=object),
        "zone": both,
        "source": _labelled(
            parcels["source"], lambda token: known.label("irrigation_source", token, language)
        ),
        "lock": np.where(why != "", why, lock),
    }
    ranks = {name: pd.factorize(text, sort=True)[0] for name, text in texts.items()}
    search = texts["area_id"] + "\n" + texts["county"] + "\n" + texts["township"]
    texts["search"] = np.char.lower(search.astype(str)) if len(search) else search.astype(str)
    return texts, ranks


def _labelled(tokens: pd.Series, label) -> np.ndarray:
    labels = {token: label(token) if token else "" for token in tokens.unique()}
    return tokens.map(labels).to_numpy(dtype=object)


def headings(shown: Shown) -> list[str]:
    """Headings of the columns, in order; areas with their unit."""
    language = ui_language()
    role, plan = (
        register_schema().roles["irrigation"].fields,
        results_schema().roles["retirement_plan"].fields,
    )
    unit = tr("ha") if shown.unit == "ha" else tr("mu")
    area = tr("{label} ({unit})")
    return [
        role["area_id"].label(language),
        role["county"].label(language),
        role["township"].label(language),
        area.format(label=tr("In use"), unit=unit),
        area.format(label=tr("Counts"), unit=unit),
        tr("Zone class"),
        role["source"].label(language),
        tr("Wells inside"),
        role["cost"].label(language),
        role["lock"].label(language),
        plan["year"].label(language),
    ]


def _tips() -> list[str]:
    return [
        tr("Tick an area to retire it in the year chosen above"),
        tr("County in which it lies; both where a border cuts it"),
        tr("Township on record"),
        tr("Land that would go out of use"),
        tr(
            "Land that would count towards the target: without what other areas claim or what was retired earlier"
        ),
        tr("Class of the over-extraction and control zones that hold most of it"),
        tr("Source of its irrigation water"),
        tr("Wells on the register that stand in it"),
        tr("Cost of retiring it, as recorded"),
        tr("Why it cannot be ticked, or its lock"),
        tr("Year in which this scenario retires it; double-click to change it"),
    ]
