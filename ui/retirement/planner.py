"""The retirement planner: scenarios above, units by year, candidate areas below, and the map beside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QDialogButtonBox,
    QMessageBox,
    QShortcut,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import OverdraftError
from ...core.planning.scenarios import Shown
from ...processing.texts import tr
from ..session import Session
from ..shared import messages
from ..shared.last import keep_last, last_of
from ..shared.plain import PlainLabel
from ..shared.windows import LARGEST, Dialog, scrolled
from . import questions
from .acts import Acts
from .bench import Bench
from .candidates import Candidates
from .compare_dialog import CompareDialog
from .export import exporting
from .on_map import OnMap
from .scenario_bar import ScenarioBar
from .solve_dialog import SolveDialog
from .statements import headline, solved_by, sums
from .unit_table import UnitTable


class RetirementPlanner(Dialog):
    """The window. It is not modal: the map can be used beside it.

    Args:
        session: whose open case is planned. canvas: the map; without one the buttons of the map are off.
    """

    NAME = "retirement"

    def __init__(
        self, session: Session, canvas: QgsMapCanvas | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Retirement Planner"), parent)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint, True)
        self.session = session
        self.bench = Bench(session, self)
        self._filtered: Path | None = None  # the case whose last filters were set
        self.on_map = OnMap(canvas, self)
        self._shown = Shown()
        self._stale = self._leaving = False
        self._build()
        self._connect()
        self.finish(QDialogButtonBox.StandardButton.Close)
        self._refresh_all()
        self.bench.open()

    # -- widgets --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.message_bar = QgsMessageBar(self)
        self.bar = ScenarioBar(self)
        self.units = UnitTable(self)
        self.note = PlainLabel()
        self.note.setObjectName("note")
        self.candidates = Candidates(self)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.units)
        column.addWidget(self.note)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(above)
        self.splitter.addWidget(self.candidates)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([215, 285])
        self.splitter.setChildrenCollapsible(False)
        self.empty = PlainLabel()
        self.empty.setObjectName("empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.splitter)
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.bar)
        rows.addWidget(self.pages, 1)
        self.body.addWidget(self.message_bar)
        self.body.addWidget(scrolled(inside, "plannerScroll"), 1)
        self.acts = Acts(self.buttons)
        self.body.addLayout(self.acts.busy_row)

    def sizeHint(self) -> QSize:
        return QSize(*LARGEST)

    def _connect(self) -> None:
        bench, bar, candidates = self.bench, self.bar, self.candidates
        bench.opened.connect(self._refresh_all)
        bench.listed.connect(self._refresh_scenarios)
        bench.chosen.connect(self._chosen)
        bench.edited.connect(self._edited)
        bench.worked.connect(self._worked)
        bench.progressed.connect(lambda percent: self.acts.progress.setValue(int(percent)))
        bench.failed.connect(self._failed)
        bench.told.connect(lambda text: messages.say(self.message_bar, text))
        bench.warned.connect(lambda text: messages.warn(self.message_bar, text))
        bar.chosen.connect(bench.choose)
        bar.unit_chosen.connect(self._unit_chosen)
        bar.years_changed.connect(self._refresh_units)
        bar.day_chosen.connect(bench.open)
        bar.duplicate.clicked.connect(self._duplicate)
        bar.rename.clicked.connect(self._rename)
        bar.delete.clicked.connect(self._delete)
        bar.compare.clicked.connect(self._compare)
        bar.save.clicked.connect(lambda: self._try(bench.save))
        candidates.wanted.connect(self._assign)
        candidates.current.connect(lambda row: self.on_map.show_current(row, self.session.settings.follow))
        candidates.year_changed.connect(self.bar.show_year)
        candidates.lock_asked.connect(self._lock)
        candidates.filtered.connect(lambda cells: keep_last("retirement", bench.path, cells))
        self.on_map.clicked.connect(self._clicked_on_map)
        self.acts.undo.clicked.connect(lambda: self._try(bench.undo))
        self.acts.redo.clicked.connect(lambda: self._try(bench.redo))
        self.acts.solve.clicked.connect(self._solve)
        self.acts.export.clicked.connect(self._export)
        self.acts.pick.toggled.connect(self.on_map.pick)
        self.acts.cancel.clicked.connect(bench.cancel)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.acts.undo.click)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Redo), self, self.acts.redo.click)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self, self.bar.save.click)
        self.session.case_changed.connect(self._case_changed)
        self.session.content_changed.connect(self._content_changed)

    # -- what is shown --------------------------------------------------------------------------------------------

    def _refresh_all(self) -> None:
        board, path = self.bench.board, self.bench.path
        self.bar.show_board(board)
        if board is not None and path is not None and path != self._filtered:
            self.candidates.begin_with(last_of("retirement", path))
        self._filtered = None if board is None else path
        self.candidates.show_board(board, self.bench.current)
        self._refresh_units()
        self._refresh_scenarios()
        self._show_map()
        self.pages.setCurrentWidget(self.empty if board is None else self.splitter)
        self.empty.setText(self._what_to_do())

    def _what_to_do(self) -> str:
        if self.bench.work is not None:
            return tr("The case file is being read …")
        if self.session.path is None:
            return tr("No case file is open. Open one, or run the overlay into a new one, and come back.")
        return tr("Nothing was read. Look at the message above, mend it, and open the planner again.")

    def _refresh_units(self) -> None:
        self.units.units.show(self.bench.board, self.bench.figures, self.bar.shown_years(), self._shown)
        self._refresh_words()

    def _refresh_words(self) -> None:
        bench = self.bench
        ready = bench.board is not None and bench.figures is not None and bench.current is not None
        self.bar.headline.setText(headline(bench.figures) if ready else "")
        said = [] if not ready else [
            sums(bench.board, bench.figures, self.bar.shown_years(), self._shown),
            solved_by(bench.board, bench.current, bench.figures, self._shown),
        ]  # fmt: skip
        self.note.setText("\n".join(text for text in said if text))

    def _refresh_scenarios(self) -> None:
        self.bar.show_scenarios(self.bench.scenarios, self.bench.current)
        self._refresh_buttons()

    def _refresh_buttons(self) -> None:
        bench, current = self.bench, self.bench.current
        idle = bench.work is None
        self.bar.show_buttons(current, idle, len(bench.scenarios) > 1)
        self.candidates.refresh()
        self.candidates.setEnabled(idle and current is not None)
        self.acts.refresh(current, idle, self.on_map.canvas is not None)

    def _chosen(self) -> None:
        self.candidates.show_board(self.bench.board, self.bench.current)
        self._refresh_units()
        self._refresh_scenarios()
        self._show_map()

    def _edited(self, rows: Any) -> None:
        if self.bench.figures is not None:
            self.units.units.update(self.bench.figures)
        self.candidates.changed(rows)
        self._refresh_words()
        self._refresh_scenarios()
        self._show_map()

    def _show_map(self) -> None:
        current = self.bench.current
        if current is not None:
            self.on_map.show(self.bench.board, current.year)
        else:
            self.on_map.show(None, np.zeros(0, dtype="int64"))

    def _unit_chosen(self, unit: str) -> None:
        self._shown = Shown(unit)
        self.candidates.show_in(self._shown)
        self._refresh_units()

    # -- acts -----------------------------------------------------------------------------------------------------

    def _try(self, act: Callable[[], Any]) -> Any:
        """An act, or the message that says why it is refused."""
        try:
            return act()
        except OverdraftError as error:
            messages.complain(self.message_bar, error)
            return None

    def _assign(self, rows: Any, year: int) -> None:
        skipped = self._try(lambda: self.bench.assign(rows, year))
        if skipped:
            text = tr(
                "{n} of {all} areas were left as they are: they are locked, retired or cannot be planned with."
            )
            messages.warn(self.message_bar, text.format(n=skipped, all=len(rows)))

    def _clicked_on_map(self, row: int) -> None:
        current = self.bench.current
        if current is None or self.bench.work is not None:
            return
        self._assign([row], 0 if current.year[row] else self.candidates.parcels.year)
        if not self.candidates.show_row(row):
            self.on_map.show_current(row)

    def _lock(self, year: int, on: bool) -> None:
        self._try(lambda: self.bench.lock(year, on))
        self.candidates.refresh()

    def _duplicate(self) -> None:
        name = questions.ask_name(self, tr("Duplicate the Scenario"), self.bench.free_name())
        if name is not None:
            self._try(lambda: self.bench.duplicate(name))

    def _rename(self) -> None:
        if self.bench.current is None:
            return
        name = questions.ask_name(self, tr("Rename the Scenario"), self.bench.current.name)
        if name is not None:
            self._try(lambda: self.bench.rename(name))

    def _delete(self) -> None:
        current = self.bench.current
        if current is None:
            return
        text = tr("Take {name} off the list?").format(name=current.name)
        kept = tr(
            "It is on record in the case file and stays there: it is listed again when the planner is opened anew."
        )
        gone = tr("It is not on record; it cannot be brought back.")
        if questions.confirm(self, tr("Delete the Scenario"), text, kept if current.plan_id else gone):
            self._try(self.bench.delete)

    def _compare(self) -> None:
        bench = self.bench
        if bench.board is not None and bench.current is not None:
            dialog = CompareDialog(bench.board, bench.scenarios, bench.current, self._shown, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def _solve(self) -> None:
        bench = self.bench
        if bench.board is None or bench.current is None:
            return
        try:
            bench.current.refuse_solving()
        except OverdraftError as error:
            messages.complain(self.message_bar, error)
            return
        dialog = SolveDialog(bench.board, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._try(lambda: bench.solve(dialog.request())))
        dialog.open()

    def _export(self) -> None:
        bench = self.bench
        if bench.board is None or bench.current is None or bench.figures is None:
            return
        path = questions.ask_file(self, self.session.settings.last_folder)
        if path is None:
            return
        self.session.settings.last_folder = str(path.parent)
        self.session.settings.save()
        years = self.bar.shown_years()
        work = exporting(path, bench.board, bench.current, bench.figures, years, self._shown)
        written = tr("Written: {names}")
        bench.start(
            tr("Export the scenario"),
            work,
            lambda files: bench.told.emit(written.format(names=", ".join(one.name for one in files))),
        )

    # -- background work and the session --------------------------------------------------------------------------

    def _worked(self) -> None:
        self._refresh_buttons()
        self.empty.setText(self._what_to_do())
        if self.bench.work is not None:
            self.acts.progress.setValue(0)
        elif self._stale:
            self._stale = False
            self._read_again()

    def _failed(self, error: Exception) -> None:
        if self.bench.board is not None:
            self.bar.show_day(self.bench.board)
        messages.complain(self.message_bar, error)

    def _content_changed(self) -> None:
        """Something was recorded: what is achieved may be more now. Scenarios stay."""
        if self.bench.telling:
            return
        if self.bench.work is not None:
            self._stale = True
        else:
            self._read_again()

    def _read_again(self) -> None:
        board = self.bench.board
        self.bench.open(None if board is None else board.as_of)

    def _case_changed(self) -> None:
        if self.session.path == self.bench.path:
            return
        if self.bench.unsaved:
            text = tr(
                "Another case file is open now. This planner still shows {file}: save or close it first."
            )
            messages.warn(self.message_bar, text.format(file=self.bench.path.name if self.bench.path else ""))
            return
        self.bench.cancel()
        self.bench.forget()
        self._refresh_all()
        self._stale = self.bench.work is not None
        if not self._stale:
            self.bench.open()

    # -- leaving --------------------------------------------------------------------------------------------------

    def reject(self) -> None:
        if self._may_leave():
            super().reject()

    def _may_leave(self) -> bool:
        """Nothing is unsaved, or the user gives it up; saving leaves when it is done."""
        unsaved = [] if self._leaving else self.bench.unsaved
        if unsaved:
            buttons = QMessageBox.StandardButton
            answer = questions.ask_to_leave(self, [one.name for one in unsaved])
            if answer == buttons.Save and self.bench.work is not None:
                messages.warn(self.message_bar, tr("Wait until the work under way is done, or cancel it"))
            elif answer == buttons.Save:
                self._try(lambda: self.bench.save_all(self._leave))
            if answer != buttons.Discard:
                return False
        self._leaving = True
        return True

    def _leave(self) -> None:
        self._leaving = True
        self.reject()

    def done(self, result: int) -> None:
        if not self.bench.closed:
            self.bench.close()
            self.on_map.close()
            self.session.case_changed.disconnect(self._case_changed)
            self.session.content_changed.disconnect(self._content_changed)
        super().done(result)
