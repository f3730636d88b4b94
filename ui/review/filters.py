"""The bar above the review list: search, filters with the numbers of their values, saved filters, grouping."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtCore import QSignalBlocker, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.review.listing import GROUPS, Filter
from ...processing.texts import tr
from ..shared.plain import set_tip
from .keeping import save_filter, saved_filters
from .words import heading, value_text

COLUMNS = ("county", "zone", "outcome", "rule", "clause", "state", "use", "permission", "action")
_STATES = ("open", "accepted", "overridden", "deferred", "verified", "stale")
_TYPING_MS = 250

Values = Sequence[tuple[str, str, int]]
"""Of a column: value, what is shown, number of findings."""


class FilterBar(QWidget):
    """What the user wants listed.

    Signals:
        changed: the filter or the grouping is another one now.
        dropped: parts of a filter that was set are not applied, no finding has their value; with their headings.
    """

    changed = pyqtSignal()
    dropped = pyqtSignal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overdraft_review_filters")
        self._subject: str | None = None
        self.values_of: Callable[[str], Values] | None = None
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self.changed)
        self.search = QgsFilterLineEdit(self)
        self.search.setObjectName("search")
        self.search.setPlaceholderText(tr("Search…"))
        set_tip(self.search, tr("Part of the id or name of the subject, of the rule or the clause (F)"))
        self.search.textChanged.connect(self._typed)
        self.combos = {name: self._combo(name) for name in COLUMNS}
        self.group = self._combo("group")
        self.group.addItem(tr("None"), "")
        for name in GROUPS:
            self.group.addItem(heading(name), name)
        set_tip(self.group, tr("Puts findings with the same value under one header"))
        self.saved = self._button("saved", tr("Saved Filters"), tr("Filters kept under a name"))
        self.saved.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.saved)
        self.menu.aboutToShow.connect(self.fill_menu)
        self.saved.setMenu(self.menu)
        self.clear_button = self._button("clear", "✕ " + tr("Clear"), tr("Takes all filters away"))
        self.clear_button.clicked.connect(self.clear)
        self.offer_states({}, 0)
        self._lay_out()

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.search, 2)
        for number, (name, combo) in enumerate(self.combos.items()):
            combo.setAccessibleName(heading(name))
            (first if number < 4 else second).addWidget(combo, 1)
        self.group_label = QLabel(tr("&Group by"))
        self.group_label.setBuddy(self.group)
        for widget in (self.saved, self.clear_button):
            second.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(first)
        layout.addLayout(second)
        order = [self.search, *self.combos.values(), self.saved, self.clear_button]
        for one, other in pairwise(order):
            QWidget.setTabOrder(one, other)

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setObjectName(name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(6)
        combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if name in COLUMNS:
            combo.addItem(heading(name), None)
            set_tip(
                combo, tr("Lists only findings with the chosen value: {column}").format(column=heading(name))
            )
        combo.currentIndexChanged.connect(self._chosen)
        return combo

    def _button(self, name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setText(text)
        set_tip(button, tip)
        return button

    def _typed(self) -> None:
        self._typing.start()

    def _chosen(self) -> None:
        self._typing.stop()
        self.changed.emit()

    def offer_states(self, states: Mapping[str, int], stale: int) -> None:
        """Offer the states with how many findings are in each now."""
        counts = {**states, "stale": stale}
        self.offer("state", [(state, state, counts.get(state, 0)) for state in _STATES])

    def offer(self, name: str, values: Values) -> None:
        """Offer these values of a column; a choice that is still among them is kept."""
        combo = self.combos[name]
        chosen = combo.currentData()
        with QSignalBlocker(combo):
            combo.clear()
            combo.addItem(heading(name), None)
            for value, shown, count in values:
                combo.addItem(f"{value_text(name, value, shown)} ({count})", value)
            place = combo.findData(chosen) if chosen is not None else 0
            combo.setCurrentIndex(max(0, place))
        if place < 0:
            self.dropped.emit([heading(name)])

    @property
    def wanted(self) -> Filter:
        """The filter as it is set."""
        chosen = {name: combo.currentData() for name, combo in self.combos.items()}
        return Filter(text=self.search.text().strip() or None, subject=self._subject, **chosen)

    @property
    def grouping(self) -> str:
        """What is grouped by; empty for nothing."""
        return str(self.group.currentData() or "")

    def set(self, wanted: Filter) -> None:
        """Filter by this; a value that no finding has is not filtered by."""
        self.begin_with(wanted, self.grouping)
        self._chosen()

    def begin_with(self, wanted: Filter, group: str) -> None:
        """As :meth:`set`, with a grouping, before anything is listed: nobody is told of a change."""
        self._subject = wanted.subject
        blocked = [QSignalBlocker(widget) for widget in (self.search, self.group, *self.combos.values())]
        self.search.setText(wanted.text or "")
        self.group.setCurrentIndex(max(0, self.group.findData(group)))
        asked = {name: getattr(wanted, name) for name in self.combos}
        places = {name: self._place(name, asked[name]) for name in COLUMNS if asked[name] is not None}
        for name, combo in self.combos.items():
            combo.setCurrentIndex(max(0, places.get(name, 0)))
        for blocker in blocked:
            blocker.unblock()
        lost = [heading(name) for name, place in places.items() if place < 0]
        if lost:
            self.dropped.emit(lost)

    def _place(self, name: str, value: str) -> int:
        """Where a value stands, -1 if no finding has it; values that were not offered yet are asked for."""
        place = self.combos[name].findData(value)
        if place < 0 and name != "state" and self.values_of is not None:
            self.combos[name].setCurrentIndex(0)
            self.offer(name, self.values_of(name))
            place = self.combos[name].findData(value)
        return place

    def clear(self) -> None:
        """Take all filters away."""
        self.set(Filter())

    def fill_menu(self) -> None:
        """The filters kept, then what can be done with them."""
        self.menu.clear()
        kept = saved_filters()
        for name, wanted in sorted(kept.items()):
            action = self.menu.addAction(name.replace("&", "&&"))
            action.triggered.connect(lambda _=False, wanted=wanted: self.set(wanted))
        self.menu.addSeparator()
        self.menu.addAction(tr("Save This Filter…")).triggered.connect(self._save)
        remove = self.menu.addMenu(tr("Delete"))
        remove.setEnabled(bool(kept))
        for name in sorted(kept):
            action = remove.addAction(name.replace("&", "&&"))
            action.triggered.connect(lambda _=False, name=name: save_filter(name, None))

    def _save(self) -> None:
        name, given = QInputDialog.getText(self, tr("Save This Filter"), tr("Name of the filter"))
        if given and name.strip():
            save_filter(name.strip(), self.wanted)
