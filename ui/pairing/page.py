"""The page on which pairs are made: renewal, its wells, candidates with their filters, balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QCompleter,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.schema import register_schema
from ...processing.texts import tr, ui_language
from ..shared.plain import PlainLabel, set_tip
from .candidates import CandidateModel, Filter
from .slots import Slots
from .words import score_rule

if TYPE_CHECKING:
    from ...core.desk.pairboard import PairBoard

SAME = ("county", "township", "aquifer", "use")
_FARTHEST_KM = 999.0


class PairPage(QWidget):
    """The widgets and nothing else; :class:`.dialog.PairingDialog` says what they do."""

    def __init__(self, with_map: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.addLayout(self._renewal_row(with_map))
        self.quote = PlainLabel()
        self.quote.setObjectName("pairingQuote")
        self.quote.hide()
        layout.addWidget(self.quote)
        self.slots = Slots()
        self.slots.follow(self.clause)
        layout.addWidget(self.slots)
        layout.addLayout(self._filter_row(with_map))
        layout.addWidget(self._candidate_table(), 1)
        self.balance = PlainLabel()
        self.balance.setObjectName("pairingTotals")
        layout.addWidget(self.balance)
        self.hint = PlainLabel()
        self.hint.setObjectName("pairingHint")
        layout.addWidget(self.hint)
        layout.addLayout(self._suggestion_row())

    def fill_renewals(self, board: PairBoard | None, chosen: str) -> bool:
        """The renewals, those that need wells first; is the chosen one among them? If not, the first is shown."""
        self.renewal.clear()
        self.score.setText("" if board is None else score_rule(board))
        if board is None:
            return False
        rows = board.renewals.sort_index(kind="stable")
        waiting = (rows["needed"] > 0) & (rows["reason"] == "")
        for part in (rows[waiting], rows[~waiting]):
            for row in part.itertuples():
                self.renewal.addItem(" · ".join(filter(None, (row.Index, row.place))), row.Index)
        place = self.renewal.findData(chosen)
        self.renewal.setCurrentIndex(max(place, 0) if self.renewal.count() else -1)
        self.show_id()
        return place >= 0

    def show_id(self) -> None:
        """Of a text that is too long for its box the beginning is shown: that is the id."""
        self.renewal.lineEdit().home(False)

    def _take_typed(self) -> None:
        """Who types enough of an id or place to mean one renewal and presses Enter means that one; else the one that is
        shown keeps its name."""
        text = self.renewal.currentText().strip().casefold()
        texts = [self.renewal.itemText(place) for place in range(self.renewal.count())]
        found = [place for place, one in enumerate(texts) if text and text in one.casefold()]
        place = found[0] if len(found) == 1 else self.renewal.currentIndex()
        self.renewal.setCurrentIndex(place)
        if place >= 0:
            self.renewal.setEditText(texts[place])
        self.show_id()

    def show_clause(self, board: PairBoard | None) -> None:
        """The clause on which 减二更一 rests, its words below while the button is down."""
        self.clause.setEnabled(board is not None)
        if board is None:
            self.clause.setText(tr("Clause"))
            self.quote.hide()
            return
        policy = board.book.policy
        clause = policy.clauses[board.settings.clause]
        text = tr("Clause: {number} {locator}").format(number=policy.number, locator=clause.locator)
        self.clause.setText(text.replace("&", "&&"))
        shown = self.clause.isChecked()
        self.clause.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        words = clause.quote if clause.quote_read else clause.gloss
        both = ui_language() == "en" and clause.quote_read and clause.gloss
        self.quote.setText("\n".join((words, clause.gloss)) if both else words)
        self.quote.setVisible(shown)

    def show_suggestions(self, texts: list[str]) -> None:
        """The best choices; no texts: none."""
        combo = self.suggestions
        combo.clear()
        combo.addItems(texts)
        set_tip(combo, "\n".join(texts))
        if texts:
            widest = max(map(combo.fontMetrics().horizontalAdvance, texts))
            combo.view().setMinimumWidth(widest + 30)
        combo.setVisible(bool(texts))

    def wanted(self) -> Filter:
        """The filter as it is set."""
        same = tuple(name for name, box in self.same.items() if box.isChecked())
        return Filter(self.search.text(), same, self.unused.isChecked())

    def reach_m(self) -> float | None:
        """The largest distance asked for; None for any."""
        return 1000 * self.farthest.value() or None

    def _renewal_row(self, with_map: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        self.renewal = QComboBox()
        self.renewal.setObjectName("pairingRenewal")
        self.renewal.setEditable(True)
        self.renewal.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.renewal.setMinimumContentsLength(14)
        self.renewal.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        found = self.renewal.completer()
        found.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        found.setFilterMode(Qt.MatchFlag.MatchContains)
        self.renewal.lineEdit().editingFinished.connect(self._take_typed)
        set_tip(self.renewal, tr("The renewal that needs wells; type a part of its id or place to search"))
        text = QLabel(tr("Renewal &well"))
        text.setBuddy(self.renewal)
        row.addWidget(text)
        row.addWidget(self.renewal, 1)
        self.pick_renewal = _tool(
            "/mActionIdentify.svg", "pairingPickRenewal", tr("Pick the renewal on the map")
        )
        self.pick_renewal.setVisible(with_map)
        row.addWidget(self.pick_renewal)
        self.needs = PlainLabel()
        self.needs.setObjectName("pairingNeeds")
        self.needs.setWordWrap(False)
        row.addWidget(self.needs)
        self.clause = QToolButton()
        self.clause.setObjectName("pairingClause")
        self.clause.setCheckable(True)
        self.clause.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clause.setArrowType(Qt.ArrowType.RightArrow)
        set_tip(self.clause, tr("Show the words of the document on which this rests"))
        row.addWidget(self.clause)
        return row

    def _filter_row(self, with_map: bool) -> QGridLayout:
        grid = QGridLayout()
        self.search = QLineEdit()
        self.search.setObjectName("pairingSearch")
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(tr("Id or place"))
        set_tip(self.search, tr("Show only wells with this in their id or place"))
        text = QLabel(tr("Searc&h candidates"))
        text.setBuddy(self.search)
        grid.addWidget(text, 0, 0)
        grid.addWidget(self.search, 0, 1)
        self.farthest = QDoubleSpinBox()
        self.farthest.setObjectName("pairingFarthest")
        self.farthest.setRange(0.0, _FARTHEST_KM)
        self.farthest.setDecimals(1)
        self.farthest.setSpecialValueText(tr("any"))
        self.farthest.setKeyboardTracking(False)
        set_tip(
            self.farthest,
            tr("Wells farther off are not eligible; the distance of the document holds as well"),
        )
        text = QLabel(tr("&Max. distance (km)"))
        text.setBuddy(self.farthest)
        grid.addWidget(text, 0, 2)
        grid.addWidget(self.farthest, 0, 3)
        self.unused = _box("pairingUnused", tr("&Not used yet"), tr("Only wells that back no renewal"))
        grid.addWidget(self.unused, 0, 4)
        self.sealed_only = _box(
            "pairingSealedOnly", tr("Sealed &only"), tr("Wells that are still in use are not eligible")
        )
        grid.addWidget(self.sealed_only, 0, 5)
        self.pick_wells = _tool(
            "/mActionSelect.svg",
            "pairingPickWells",
            tr("Choose wells on the map: click one to take or leave it"),
        )
        self.pick_wells.setVisible(with_map)
        grid.addWidget(self.pick_wells, 0, 6)
        row = QHBoxLayout()
        row.addWidget(QLabel(tr("Same as the renewal")))
        fields, language = register_schema().roles["wells"].fields, ui_language()
        self.same = {}
        for name in SAME:
            self.same[name] = _box(
                f"pairingSame_{name}",
                fields[name].label(language),
                tr("Only wells that have this in common with the renewal"),
            )
            row.addWidget(self.same[name])
        self.score = PlainLabel()
        self.score.setObjectName("pairingScore")
        self.score.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.score, 1)
        grid.addLayout(row, 1, 0, 1, 7)
        grid.setColumnStretch(1, 1)
        return grid

    def _candidate_table(self) -> QTableView:
        self.model = CandidateModel(self)
        self.table = _Candidates()
        self.table.setObjectName("pairingCandidates")
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setDragEnabled(True)
        self.table.setMouseTracking(True)
        self.table.setTabKeyNavigation(False)
        self.table.setSortingEnabled(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 6)
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self.model.sort)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        wide = self.table.fontMetrics().horizontalAdvance("0")
        for column, letters in enumerate((14, 17, 8, 10, 9, 6)):
            heading = str(self.model.headerData(column, Qt.Orientation.Horizontal))
            least = header.fontMetrics().horizontalAdvance(heading) + 2 * wide
            header.resizeSection(column, max(letters * wide, least))
        self.table.setMinimumHeight(6 * (self.table.fontMetrics().height() + 6))
        self.table.setAccessibleName(tr("Candidates"))
        return self.table

    def _suggestion_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.suggest = _button("pairingSuggest", tr("Suggest &Best"))
        self.suggestions = QComboBox()
        self.suggestions.setObjectName("pairingSuggestions")
        self.suggestions.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.suggestions.setMinimumContentsLength(30)
        set_tip(self.suggestions, tr("The three best choices with their score; choosing one saves nothing"))
        self.suggestions.hide()
        self.clear = _button("pairingClear", tr("&Clear"))
        self.person = QLineEdit()
        self.person.setObjectName("pairingPerson")
        self.person.setMaxLength(100)
        set_tip(self.person, tr("Your name; it is kept with what you record, and is no authentication"))
        text = QLabel(tr("Si&gned by"))
        text.setBuddy(self.person)
        self.save = _button("pairingSave", tr("&Save Pair"))
        row.addWidget(self.suggest)
        row.addWidget(self.suggestions, 2)
        row.addWidget(self.clear)
        row.addStretch()
        row.addWidget(text)
        row.addWidget(self.person, 1)
        row.addWidget(self.save)
        return row


class _Candidates(QTableView):
    """The list takes what is left; that it has more rows is no reason for the page to scroll."""

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())


def _button(name: str, text: str) -> QPushButton:
    found = QPushButton(text)
    found.setObjectName(name)
    found.setAutoDefault(False)
    return found


def _tool(icon: str, name: str, tip: str) -> QToolButton:
    found = QToolButton()
    found.setObjectName(name)
    found.setIcon(QgsApplication.getThemeIcon(icon))
    found.setAccessibleName(tip)
    found.setCheckable(True)
    set_tip(found, tip)
    return found


def _box(name: str, text: str, tip: str) -> QCheckBox:
    found = QCheckBox(text)
    found.setObjectName(name)
    set_tip(found, tip)
    return found
