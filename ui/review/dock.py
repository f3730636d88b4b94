"""The review dock: findings on map and list, what they rest on, and the decisions of a person."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from qgis.core import QgsSettings
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QByteArray, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from ...core.review.listing import Listing, Order
from ...processing.texts import tr
from ..session import Session
from ..shared.messages import complain, say, warn
from ..shared.plain import PlainLabel
from ..shared.settings import GROUP
from .bars import ActionBar, MapBar
from .deciding import Deciding
from .filters import FilterBar
from .keeping import keep_last_filter
from .mapsync import MapSync
from .menu import context_menu
from .model import ReviewModel
from .reading import Reading
from .table import ReviewTable
from .watching import Watching
from .words import COLUMNS

_REST_MS = 120
_LAYOUT = f"{GROUP}/review"


class ReviewDock(Reading):
    """The list of findings beside the evidence of the current one.

    Signals:
        pair_requested: the user wants to pair the wells of a subject; with its id.
        slip_requested: the user wants the slip of a finding printed; with its id.
        objection_requested: somebody objects to what was decided on a well; with the id of its row.

    Args:
        evidence: a widget with ``show_finding(id or None)``; the evidence panel unless a test brings its own.
        dialogs: the functions of ``ui/review/dialogs.py``; as well.
    """

    NAME = "review"
    pair_requested = pyqtSignal(str)
    slip_requested = pyqtSignal(str)
    objection_requested = pyqtSignal(str)

    def __init__(
        self,
        session: Session,
        iface: Any,
        parent: QWidget | None = None,
        evidence: QWidget | None = None,
        dialogs: Any = None,
    ) -> None:
        super().__init__(tr("Review"), parent)
        self.session, self.iface = session, iface
        self.listing: Listing | None = None
        self._sort, self._down = "subject_id", False
        self._four_eyes = True
        self.map = MapSync(iface.mapCanvas())
        self.deciding = Deciding(session, self, dialogs)
        self.watching = Watching(session, self)
        self.model = ReviewModel(self)
        self.table = ReviewTable(self.model)
        self.filters = FilterBar()
        self.map_bar = MapBar(session.settings)
        self.actions_bar = ActionBar()
        self.evidence = evidence or _evidence_panel(session)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._panned = QTimer(self, singleShot=True, interval=_REST_MS)
        self._offering = QTimer(self, singleShot=True, interval=0)
        self._unoffered: list[str] = []
        self._lay_out()
        self._connect()
        self._restore()
        self._open()

    def _lay_out(self) -> None:
        self.header = PlainLabel()
        self.header.setObjectName("counts")
        self.header.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.empty = PlainLabel()
        self.empty.setObjectName("empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.list_stack = QStackedWidget()
        self.list_stack.addWidget(self.table)
        self.list_stack.addWidget(self.empty)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("splitter")
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.list_stack)
        self.splitter.addWidget(self.evidence)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([600, 400])
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(6, 4, 6, 4)
        for widget in (self.header, self.filters, self.map_bar):
            layout.addWidget(widget)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.actions_bar)
        self.map_bar.begin_with(self.filters.group_label, self.filters.group)
        self.setWidget(body)

    def _connect(self) -> None:
        self.session.case_changed.connect(self._case_changed)
        self.session.store_changed.connect(self._opened)
        self.session.store_failed.connect(self._cannot_open)
        self.session.content_changed.connect(self._content_changed)
        self.filters.changed.connect(self._filtered)
        self.filters.dropped.connect(self._not_filtered)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sorted)
        self.table.command.connect(self.do)
        self.table.moved.connect(self._moved)
        self.table.selectionModel().selectionChanged.connect(self._tell_selection)
        self.table.customContextMenuRequested.connect(self._menu)
        self.actions_bar.asked.connect(self.do)
        self.actions_bar.shortcuts(self)
        self.map_bar.changed.connect(self._map_settings)
        self.map_bar.show_selected.connect(self.show_selected)
        self._rest.timeout.connect(self._arrived)
        self._panned.timeout.connect(self._look_again)
        self._offering.timeout.connect(self._offer_next)
        self.iface.mapCanvas().extentsChanged.connect(self._view_changed)
        self.deciding.busy.connect(self._busy)
        self.deciding.decided.connect(self._decided)
        self.deciding.failed.connect(self._complain)
        self.deciding.go_on.connect(self.do)
        self.watching.others_wrote.connect(self._load)
        self.watching.marks_changed.connect(self._marks_changed)
        self.destroyed.connect(lambda *_: self.unload())  # QGIS may delete its docks before the plugin goes

    # The list -----------------------------------------------------------------------------------------------------

    def _filtered(self) -> None:
        if self.listing is not None:
            keep_last_filter(self.listing.path, self.filters.wanted, self.filters.grouping)
        self.list_again()

    def _not_filtered(self, columns: list[str]) -> None:
        told = tr("Not filtered by {columns}: no finding has the value that was asked for.")
        warn(self.iface.messageBar(), told.format(columns=tr(", ").join(columns)))

    def _sorted(self, section: int, *_: object) -> None:
        self._sorted_by(section)
        self.list_again()

    def _sorted_by(self, section: int) -> None:
        column = COLUMNS[section] if 0 <= section < len(COLUMNS) else ""
        self._sort = "" if column == "working" else column
        self._down = self.table.horizontalHeader().sortIndicatorOrder() == Qt.SortOrder.DescendingOrder

    @property
    def current(self) -> SimpleNamespace | None:
        """The finding of the current row."""
        return self.model.row(self.table.position)

    @property
    def chosen(self) -> np.ndarray:
        """The numbers of the rows selected; the current one where none is."""
        rows = self.model.rows(self.table.positions())
        if len(rows) or self.current is None:
            return rows
        return np.array([self.current.row], dtype=np.int64)

    def _count(self) -> None:
        counts = self.listing.counts() if self.listing is not None else None
        self.header.setText(
            tr("open {open} · reviewed {reviewed} · verified {verified} · stale {stale}").format(
                open=counts.open, reviewed=counts.reviewed, verified=counts.verified, stale=counts.stale
            )
            if counts
            else ""
        )
        if counts:
            self.filters.offer_states(counts.states, counts.stale)

    def _tell_selection(self, *_: object) -> None:
        chosen = len(self.model.rows(self.table.positions()))
        self.actions_bar.tell(chosen, self.model.findings)
        self._allow()

    def _allow(self) -> None:
        store = self.session.store
        self.actions_bar.allow(
            self.current,
            len(self.chosen) if self.listing else 0,
            self.session.person,
            self._four_eyes,
            store,
            self.deciding.is_busy,
        )
        self.actions_bar.allow_undo(self.deciding.undone.can_undo, self.deciding.undone.can_redo)

    def _moved(self) -> None:
        self._rest.start()

    def _arrived(self) -> None:
        """The cursor rests on a row: show what it rests on, on the map as well, and say that we are there."""
        if not self.isVisible():
            return  # a closed window moves no map; it catches up when it is shown
        row = self.current
        self.evidence.show_finding(row.finding_id if row else None)
        self._allow()
        if self.listing is None:
            self.map.clear()
            return
        settings = self.session.settings
        follow = "off" if settings.in_view else settings.follow  # the list would change under the cursor
        self.map.show(self.listing.path, row, follow, settings.flash)
        self.watching.arrive(row.finding_id if row else "")

    # Acting -------------------------------------------------------------------------------------------------------

    def do(self, command: str) -> None:
        """What a key or a button stands for."""
        if command not in ("cancel", "search") and self.deciding.keeps(command):
            return
        if command in ("accept", "override", "defer", "verify", "reopen"):
            if self.actions_bar.may(command):
                self.deciding.ask_and_decide(command, self.chosen)
            elif self.current is not None:
                warn(self.iface.messageBar(), self.actions_bar.why_not(command))
        elif command == "pair" and self.current is not None and self.actions_bar.may("pair"):
            self.pair_requested.emit(self.current.subject_id)
        elif command in ("next", "previous"):
            self.table.go_to(self.model.step(self.table.position, 1 if command == "next" else -1))
        elif command == "search":
            self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.filters.search.selectAll()
        elif command in ("zoom", "flash") and self.listing is not None:
            self.map.show(self.listing.path, self.current, command, command == "flash")
        elif command == "undo":
            self.deciding.undo()
        elif command == "redo":
            self.deciding.redo()
        elif command == "cancel":
            self.deciding.cancel()

    def _busy(self, title: str) -> None:
        self.actions_bar.busy(title)
        self._allow()

    def _decided(self, rows: np.ndarray, forward: bool) -> None:
        """Rows changed on disk: show it; the list keeps its order, the cursor goes on to the next open row."""
        position = self.table.position
        self.model.renew()
        self._count()
        if forward and len(rows):
            last = self.model.positions(rows)
            self.table.go_to(self.model.next_open(int(last[-1]) if len(last) else position))
        elif len(rows):
            changed = self.model.positions(rows)
            self.table.go_to(int(changed[0]) if len(changed) else position)
        self._rest.start()
        self._tell_selection()
        if len(rows) > 1:
            told = tr("{n} findings decided.") if forward else tr("{n} findings changed.")
            say(self.iface.messageBar(), told.format(n=f"{len(rows):,}"))
        self._own = True
        try:
            self.session.content_changed.emit()
        finally:
            self._own = False

    def _complain(self, error: Exception) -> None:
        complain(self.iface.messageBar(), error)
        self._allow()

    def _menu(self, point: object) -> None:
        if self.current is None:
            return
        self._arrived()  # the panel and the map show what the menu is about
        menu = context_menu(self)
        menu.exec(self.table.viewport().mapToGlobal(point))
        menu.deleteLater()

    # The map ------------------------------------------------------------------------------------------------------

    def _map_settings(self) -> None:
        self.session.settings.save()
        self.list_again()

    def _view_changed(self) -> None:
        if self.session.settings.in_view and self.isVisible():
            self._panned.start()

    def _look_again(self) -> None:
        if self.listing is not None:
            self.list_again()

    def show_selected(self) -> None:
        """Select the findings on the features that are selected on the map."""
        if self.listing is None:
            return
        rows: set[int] = set()
        for role, features in self.map.selected(self.listing.path).items():
            rows |= self.listing.subjects(role, features)
        positions = self.model.positions(rows)
        self.table.select(positions)
        if not len(positions):
            warn(
                self.iface.messageBar(),
                tr(
                    "No finding in the list is about a feature selected on the map. Clear the filter, or select others."
                ),
            )

    def _marks_changed(self, marks: dict) -> None:
        if marks != self.model.marks:
            self.model.marks = marks
            self.model.renew()

    # Beginning and end --------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        kept = QgsSettings()
        columns, parts = kept.value(f"{_LAYOUT}/columns"), kept.value(f"{_LAYOUT}/splitter")
        if isinstance(columns, QByteArray):
            self.table.horizontalHeader().restoreState(columns)
        self._sorted_by(self.table.horizontalHeader().sortIndicatorSection())
        if isinstance(parts, QByteArray):
            self.splitter.restoreState(parts)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)
        if self.listing is not None:
            self.watching.watch(self.listing)
            self._rest.start()

    def closeEvent(self, event: object) -> None:
        self._keep()
        self.watching.leave()
        self.map.clear()
        super().closeEvent(event)

    def _keep(self) -> None:
        kept = QgsSettings()
        kept.setValue(f"{_LAYOUT}/columns", self.table.horizontalHeader().saveState())
        kept.setValue(f"{_LAYOUT}/splitter", self.splitter.saveState())

    def unload(self) -> None:
        """Let go of map, session and file; the dock can be deleted then.

        Where QGIS has deleted it already, Qt has ended timers and connections.
        """
        if self._unloaded:
            return
        self._unloaded = True
        if not sip.isdeleted(self):
            self._keep()
            self.iface.mapCanvas().extentsChanged.disconnect(self._view_changed)
            self.session.case_changed.disconnect(self._case_changed)
            self.session.store_changed.disconnect(self._opened)
            self.session.store_failed.disconnect(self._cannot_open)
            self.session.content_changed.disconnect(self._content_changed)
            self._rest.stop()
            self._panned.stop()
            self._offering.stop()
            self.deciding.forget()
            self.watching.leave()
            self.model.show(None, Order(np.empty(0, dtype=np.int64)))
        else:
            self.deciding.end()
            self.watching.forget()
        self.map.clear()
        if self.listing is not None:
            self.listing.close()
            self.listing = None


def _evidence_panel(session: Session) -> QWidget:
    from .evidence import EvidencePanel

    return EvidencePanel(session)
