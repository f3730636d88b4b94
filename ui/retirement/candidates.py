"""The list of candidate areas with its filters, and the buttons that plan what is selected in it."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QEvent, QItemSelectionModel, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QShortcut,
    QStyledItemDelegate,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.planning.scenarios import Board, Scenario, Shown
from ...processing.texts import tr
from ..shared.choices import refill
from ..shared.plain import PlainLabel
from .buttons import allow, button
from .parcel_model import COLUMNS, YEAR, Filter, ParcelModel

_PAUSE_MS = 150
"""Typing pauses this long before the list is filtered."""


_KEPT = ("zone", "source", "only")
"""Filters that are kept by the text that they stand for."""

_WIDTHS = {"area_id": 160, "county": 90, "township": 90, "zone": 170}


class Candidates(QWidget):
    """Filters above, the list below.

    Signals:
        wanted: rows of the board and the year they shall have (0: stay). current: row that was chosen in the list.
        year_changed: another year was chosen for ticks. lock_asked: lock that year, or open it.
        filtered: a person set the filters; with what to give to :meth:`begin_with` another time.
    """

    wanted = pyqtSignal(object, int)
    current = pyqtSignal(int)
    year_changed = pyqtSignal(int)
    lock_asked = pyqtSignal(int, bool)
    filtered = pyqtSignal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board: Board | None = None
        self._scenario: Scenario | None = None
        self._first: dict | None = None
        self.parcels = ParcelModel(self)
        self.count = PlainLabel()
        self.count.setObjectName("count")
        self.count.setWordWrap(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._filters())
        outer.addLayout(self._actions())
        # made last: the key Tab goes through widgets in the order in which they were made
        self.table = _table(self.parcels, self)
        outer.addWidget(self.table)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._apply)
        self.parcels.ticked.connect(lambda row, year: self.wanted.emit(np.array([row]), year))
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        self.table.installEventFilter(self)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)

    # -- widgets --------------------------------------------------------------------------------------------------

    def _filters(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.search = QLineEdit()
        self.search.setObjectName("search")
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(tr("Search id, county or township"))
        self.search.setToolTip(tr("Shows the areas whose id, county or township contains this"))
        self.search.textChanged.connect(lambda *_: self._pause.start())
        row.addWidget(self.search, 1)
        self.unit = _combo("unit_filter", tr("Shows the areas of one unit; those that its border cuts too"))
        self.zone = _combo("zone_filter", tr("Shows the areas in zones of one class"))
        self.source = _combo("source_filter", tr("Shows the areas with one source of water"))
        self.only = _combo("only_filter", tr("Shows all areas, those that can be ticked, or those that are"))
        for combo in (self.unit, self.zone, self.source, self.only):
            combo.currentIndexChanged.connect(lambda *_: self._apply())
            row.addWidget(combo, 1)
        self.clear = QToolButton()
        self.clear.setObjectName("clear_filters")
        self.clear.setText(tr("Clear"))
        self.clear.setToolTip(tr("Takes every filter off"))
        self.clear.clicked.connect(self._clear)
        row.addWidget(self.clear)
        return row

    def _actions(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel(tr("&Year"))
        self.year = _combo("year", tr("Year in which a ticked area is to be retired"))
        label.setBuddy(self.year)
        self.year.currentIndexChanged.connect(self._year_changed)
        self.lock = button("lock_year", tr("&Lock Year"))
        self.lock.setCheckable(True)
        self.lock.clicked.connect(lambda on: self.lock_asked.emit(self.year.currentData() or 0, on))
        self.tick = button("tick", tr("&Tick Selected"))
        self.untick = button("untick", tr("&Untick Selected"))
        self.tick.clicked.connect(lambda: self._selected(self.year.currentData() or 0))
        self.untick.clicked.connect(lambda: self._selected(0))
        for widget in (label, self.year, self.lock, self.tick, self.untick):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.count)
        return row

    # -- what it shows --------------------------------------------------------------------------------------------

    def begin_with(self, filters: dict) -> None:
        """What the filters of the next board are set to."""
        self._first = filters

    def show_board(self, board: Board | None, scenario: Scenario | None) -> None:
        """Another board: filters are filled anew."""
        fresh = board is not self._board
        self._board, self._scenario = board, scenario
        self.parcels.show(board, scenario)
        if fresh:
            self._fill(board)
            if board is not None and self._first is not None:
                self._set_filters(self._first)
                self._first = None
            self._apply()
        self.refresh()

    def show_in(self, shown: Shown) -> None:
        """Another unit of area."""
        self.parcels.show_in(shown)

    def changed(self, rows: np.ndarray) -> None:
        """Parcels of the scenario have another year."""
        self.parcels.changed(rows)
        self.refresh()

    def refresh(self) -> None:
        """The count, and what the buttons can do now."""
        scenario, board = self._scenario, self._board
        n = 0 if board is None else len(board.parcels)
        chosen = 0 if scenario is None else int((scenario.year > 0).sum())
        text = tr("{shown} of {n} areas shown · {chosen} ticked")
        self.count.setText(
            text.format(shown=f"{self.parcels.rowCount():,}", n=f"{n:,}", chosen=f"{chosen:,}")
        )
        year = self.year.currentData() or 0
        locked = scenario is not None and year in scenario.locked
        self.lock.setChecked(locked)
        editable = scenario is not None and not scenario.is_base
        why = tr("The base cannot be edited: duplicate it first")
        closes = tr("Nothing in this year can be changed while it is locked")
        opens = tr("This year is locked; press to open it")
        allow(self.lock, "" if editable else why, opens if locked else closes)
        fixed = "" if editable else why
        allow(self.tick, fixed, tr("Retires the selected areas in the year chosen"))
        allow(self.untick, fixed, tr("Lets the selected areas stay in use"))

    def show_row(self, row: int) -> bool:
        """Make a row of the board the current one; False when the filter hides it."""
        place = self.parcels.place_of(row)
        if place < 0:
            return False
        index = self.parcels.index(place, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(index)
        return True

    def selected_rows(self) -> np.ndarray:
        """Rows of the board that are selected in the list."""
        # by ranges: Qt takes seconds to list the rows of a selection of everything
        ranges = [range(one.top(), one.bottom() + 1) for one in self.table.selectionModel().selection()]
        places = sorted({place for one in ranges for place in one})
        return self.parcels.rows_at(places)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _fill(self, board: Board | None) -> None:
        names = []
        if board is not None:
            called = board.units["name"].where(board.units["name"] != "", board.units["unit_id"])
            names = [(str(called.iloc[unit]), int(unit)) for unit in np.flatnonzero(board.units["lowest"])]
        refill(self.unit, [(tr("All counties"), -1), *names])
        refill(
            self.zone, [(tr("All zone classes"), ""), *((text, text) for text in self.parcels.labels("zone"))]
        )
        refill(
            self.source, [(tr("All sources"), ""), *((text, text) for text in self.parcels.labels("source"))]
        )
        shows = [(tr("All areas"), ""), (tr("Can be ticked"), "free"), (tr("Ticked"), "chosen")]
        refill(self.only, shows)
        refill(self.year, [] if board is None else [(str(year), year) for year in board.years])
        self.table.setItemDelegateForColumn(
            YEAR, YearDelegate(list(board.years) if board else [], self.table)
        )

    def _apply(self) -> None:
        self._pause.stop()
        wanted = Filter(
            self.search.text().strip(),
            -1 if self.unit.currentData() is None else self.unit.currentData(),
            self.zone.currentData() or "",
            self.source.currentData() or "",
            self.only.currentData() or "",
        )
        self.parcels.filter(wanted)
        self.refresh()
        if self._board is not None:
            self.filtered.emit(self._filters_set())

    def _filters_set(self) -> dict:
        """The filters; the unit by its id, since its place is another one when the register changes."""
        unit = -1 if self.unit.currentData() is None else self.unit.currentData()
        named = str(self._board.units["unit_id"].iloc[unit]) if self._board is not None and unit >= 0 else ""
        combos = {name: getattr(self, name).currentData() or "" for name in _KEPT}
        return {"text": self.search.text().strip(), "unit": named, **combos}

    def _set_filters(self, cells: dict) -> None:
        """What is there no more is not filtered by."""
        ids = self._board.units["unit_id"].tolist() if self._board is not None else []
        unit = cells.get("unit")
        place = self.unit.findData(ids.index(unit) if unit in ids else -1)
        self.unit.setCurrentIndex(max(place, 0))
        for name in _KEPT:
            combo = getattr(self, name)
            combo.setCurrentIndex(max(combo.findData(str(cells.get(name) or "")), 0))
        self.search.setText(str(cells.get("text") or ""))

    def _clear(self) -> None:
        self.search.clear()
        for combo in (self.unit, self.zone, self.source, self.only):
            combo.setCurrentIndex(0)
        self._apply()

    def _selected(self, year: int) -> None:
        rows = self.selected_rows()
        if len(rows):
            self.wanted.emit(rows, year)

    def _year_changed(self, _: int) -> None:
        self.parcels.year = self.year.currentData() or 0
        self.refresh()
        self.year_changed.emit(self.parcels.year)

    def _moved(self, index, _) -> None:
        if index.isValid():
            self.current.emit(self.parcels.row_at(index.row()))

    def eventFilter(self, watched, event) -> bool:
        """Space ticks all selected rows, or clears them when the current one is ticked."""
        if watched is self.table and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Space:
            index = self.table.currentIndex()
            if index.isValid() and self._scenario is not None:
                ticked = bool(self._scenario.year[self.parcels.row_at(index.row())])
                self._selected(0 if ticked else self.parcels.year)
                return True
        return super().eventFilter(watched, event)


class YearDelegate(QStyledItemDelegate):
    """A choice of the plan's years."""

    def __init__(self, years: list[int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._years = years

    def createEditor(self, parent, option, index):
        combo = QComboBox(parent)
        combo.addItem(tr("Stays"), 0)
        for year in self._years:
            combo.addItem(str(year), year)
        return combo

    def setEditorData(self, editor, index) -> None:
        editor.setCurrentIndex(max(editor.findData(index.data(Qt.ItemDataRole.EditRole)), 0))

    def setModelData(self, editor, model, index) -> None:
        if editor.currentData() != index.data(Qt.ItemDataRole.EditRole):
            model.setData(index, editor.currentData())


def _table(model: ParcelModel, parent: QWidget) -> QTableView:
    table = QTableView(parent)
    table.setObjectName("parcels")
    table.setModel(model)
    table.setToolTip(tr("Candidate areas. Space ticks the selected ones"))
    table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    table.setSortingEnabled(True)
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 3)
    header = table.horizontalHeader()
    header.setStretchLastSection(True)
    # with the list's own one each column asks every row whether it is selected: seconds, when all rows are
    header.setSelectionModel(QItemSelectionModel(model, header))
    for column, name in enumerate(COLUMNS):
        width = header.sectionSizeHint(column) + 12
        table.setColumnWidth(column, max(width, _WIDTHS.get(name, 60)))
    return table


def _combo(name: str, tip: str) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setToolTip(tip)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    combo.setMinimumContentsLength(8)
    return combo
