"""The scenarios at hand and what is done with them: everything of the planner that is no widget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...core.errors import OverdraftError
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.tasks import Progress, Work, start
from .opening import Opened, opening
from .solving import Answer, Request, solving

if TYPE_CHECKING:
    import numpy as np

    from ...core.planning.scenarios import Board, Figures, Scenario


class Bench(QObject):
    """The open board, its scenarios, and the current one.

    Signals:
        opened: a board was laid out, or none is there any more. listed: scenarios came, went or changed their names.
        chosen: another scenario is the current one. edited: parcels of the current one changed; their rows.
        worked: background work began or ended. progressed: its share in percent.
        failed: an error to be shown. told: something to be shown as done. warned: something to be shown as a warning.
    """

    opened = pyqtSignal()
    listed = pyqtSignal()
    chosen = pyqtSignal()
    edited = pyqtSignal(object)
    worked = pyqtSignal()
    progressed = pyqtSignal(float)
    failed = pyqtSignal(object)
    told = pyqtSignal(str)
    warned = pyqtSignal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.case: Opened | None = None
        self.scenarios: list[Scenario] = []
        self.current: Scenario | None = None
        self.figures: Figures | None = None
        self.work: Work | None = None
        self.telling = False
        self._path: Path | None = None
        self._closed = False

    @property
    def board(self) -> Board | None:
        """The land as it was read; None before that."""
        return None if self.case is None else self.case.board

    @property
    def path(self) -> Path | None:
        """The case file whose land stands here; it may not be the open one any more."""
        return self._path

    @property
    def closed(self) -> bool:
        """The planner was closed."""
        return self._closed

    @property
    def unsaved(self) -> list[Scenario]:
        """Scenarios that are not on record as they stand."""
        return [one for one in self.scenarios if one.changed and not one.is_base]

    # -- the case file --------------------------------------------------------------------------------------------

    def open(self, as_of: date | None = None) -> None:
        """Read the open case file; scenarios at hand move to the new board if they belong to the same file.

        While some of them are not saved it is their file that is read, whichever is open.
        """
        if not self.unsaved:
            self._path = self.session.path
        if self._path is None:
            self.forget()
            self.opened.emit()
            return
        self.start(tr("Read the irrigation land"), opening(self._path, as_of), self._opened)

    def forget(self) -> None:
        """Let go of the board and of every scenario."""
        self.case, self.scenarios, self.current, self.figures = None, [], None, None

    def _opened(self, case: Opened) -> None:
        from ...core.planning.scenarios import Scenario, kept_scenarios
        from ...core.planning.scenarios.scenario import moved

        before, self.case = self.case, case
        if before is not None and before.path == case.path and self.scenarios:
            found = [moved(one, before.board, case.board) for one in self.scenarios]
            unread: list[str] = []
        else:
            base = Scenario.base(case.board, tr("Base"))
            kept, unread = kept_scenarios(case.plans, case.board, [base.name])
            found = [(base, 0), *kept]
        name = self.current.name if self.current else ""
        self.scenarios = [one for one, _ in found]
        self.current = next((one for one in self.scenarios if one.name == name), self.scenarios[0])
        self._refresh()
        self.opened.emit()
        lost = [(one.name, n) for one, n in found if n]
        if lost:
            text = tr(
                "{n} parcels of {name} are left out: they are retired by now, locked or no longer there."
            )
            self.warned.emit("\n".join(text.format(n=n, name=name) for name, n in lost))
        if unread:
            text = tr("Plans on record that cannot be read: {ids}")
            self.warned.emit(text.format(ids=", ".join(unread)))

    # -- scenarios ------------------------------------------------------------------------------------------------

    def choose(self, place: int) -> None:
        """Make a scenario the current one."""
        self.current = self.scenarios[place]
        self._refresh()
        self.chosen.emit()

    def duplicate(self, name: str) -> None:
        """A copy of the current scenario, which becomes the current one."""
        from ...core.planning.scenarios.scenario import named

        self._add(self._now().duplicate(named(name, self.names())))

    def rename(self, name: str) -> None:
        """Give the current scenario another name; on record it keeps the old one until it is saved."""
        from ...core.planning.scenarios.scenario import named

        scenario = self._now()
        if scenario.is_base:
            raise OverdraftError("scenarios.base")
        if name.strip() != scenario.name:
            scenario.name = named(name, self.names())
            scenario.changed = True
            self.listed.emit()

    def delete(self) -> None:
        """Take the current scenario off the list; what is on record stays there."""
        scenario = self._now()
        if scenario.is_base:
            raise OverdraftError("scenarios.base")
        self.scenarios.remove(scenario)
        self.current = self.scenarios[0]
        self._refresh()
        self.listed.emit()
        self.chosen.emit()

    def names(self) -> list[str]:
        """Names of all scenarios."""
        return [one.name for one in self.scenarios]

    def free_name(self) -> str:
        """A name for a copy."""
        from ...core.planning.scenarios.scenario import free_name

        return free_name(tr("Scenario"), self.names())

    def _add(self, scenario: Scenario) -> None:
        self.scenarios.append(scenario)
        self.current = scenario
        self._refresh()
        self.listed.emit()
        self.chosen.emit()

    def _now(self) -> Scenario:
        if self.current is None:
            raise OverdraftError("scenarios.base")
        return self.current

    # -- edits ----------------------------------------------------------------------------------------------------

    def assign(self, rows: np.ndarray, year: int) -> int:
        """Plan parcels for a year (0: let them stay); those that cannot be are skipped if others can.

        Returns:
            How many were skipped.

        Raises:
            OverdraftError: none of them can be; the reason of the first.
        """
        import numpy as np

        from ...core.planning.scenarios import refusals

        if self.board is None or not len(rows):
            return 0
        rows = np.asarray(rows, dtype="int64")
        scenario, board = self._now(), self.board
        free = refusals(board, scenario, rows, year) == ""
        changed = scenario.assign(board, rows[free] if free.any() else rows[:1], year)
        self._edited(changed)
        return int((~free).sum())

    def undo(self) -> None:
        """Take the last edit of the current scenario back."""
        self._edited(self._now().undo())

    def redo(self) -> None:
        """Do it again."""
        self._edited(self._now().redo())

    def lock(self, year: int, on: bool) -> None:
        """Lock a year of the current scenario, or open it."""
        self._now().lock(year, on)
        self.listed.emit()

    def _edited(self, rows: np.ndarray) -> None:
        self._refresh()
        self.edited.emit(rows)

    def _refresh(self) -> None:
        from ...core.planning.scenarios import figures_of

        ready = self.board is not None and self.current is not None
        self.figures = figures_of(self.board, self.current.year) if ready else None

    # -- solving and keeping --------------------------------------------------------------------------------------

    def solve(self, request: Request) -> None:
        """Fill the current scenario by ``planretirement``.

        Raises:
            OverdraftError: the base, or a locked year.
        """
        scenario, case = self._now(), self.case
        scenario.refuse_solving()
        if case is None:
            return

        def done(answer: Answer) -> None:
            if scenario in self.scenarios and self.case is case:
                rows = scenario.fill(answer.year, answer.solution)
                if scenario is self.current:
                    self._edited(rows)
                for text in answer.warnings:
                    self.warned.emit(text)

        self.start(tr("Solve the retirement plan"), solving(case, request), done)

    def save(self, then: Callable[[], None] | None = None) -> None:
        """Put the current scenario on record; nothing else does."""
        self._save([self._now()], then)

    def save_all(self, then: Callable[[], None]) -> None:
        """Put every unsaved scenario on record."""
        self._save(self.unsaved, then)

    def _save(self, scenarios: list[Scenario], then: Callable[[], None] | None) -> None:
        if self.case is None:
            return
        board, path = self.case.board, self.case.path
        for one in scenarios:
            if one.is_base:
                raise OverdraftError("scenarios.base")
        made = [(one, self._row(board, one, place)) for place, one in enumerate(scenarios)]
        language = ui_language()

        def work(progress: Progress) -> None:
            from ...core.casefile import add_plans

            progress(0.1)
            add_plans(path, [row for _, row in made], language)

        def done(_: None) -> None:
            for one, row in made:
                one.plan_id, one.changed = str(row["plan_id"]), False
            self.listed.emit()
            self.told.emit(
                tr("On record in the case file: {names}").format(names=", ".join(s.name for s in scenarios))
            )
            self.telling = True  # a plan on record changes nothing of the land
            self.session.content_changed.emit()
            self.telling = False
            if then is not None:
                then()

        self.start(tr("Save the retirement plan"), work, done)

    def _row(self, board: Board, scenario: Scenario, place: int) -> dict[str, Any]:
        from ...core.planning.record import PlanStamp
        from ...core.planning.scenarios import figures_of, scenario_row

        now = datetime.now().astimezone()
        stamp = PlanStamp(
            plan_id="-".join(("retirement", now.strftime("%Y%m%dT%H%M%S%f"), str(place))),
            created_at=now.isoformat(timespec="seconds"),
            created_by=self.session.person or self.session.login,
            name=scenario.name,
        )
        return scenario_row(board, scenario, figures_of(board, scenario.year), stamp)

    # -- background work ------------------------------------------------------------------------------------------

    def start(self, title: str, function: Callable[[Progress], Any], done: Callable[[Any], None]) -> None:
        """Run something in the background; one thing at a time."""
        if self.work is not None:
            return
        work = Work(title, function, self._alive(done), self._alive(self.failed.emit), self._ended)
        work.progressChanged.connect(self._progress)
        self.work = work
        self.worked.emit()
        start(work)

    def cancel(self) -> None:
        """Stop what is running."""
        if self.work is not None:
            self.work.cancel()

    def close(self) -> None:
        """Stop, and say nothing any more."""
        self._closed = True
        self.cancel()

    def _alive(self, function: Callable[[Any], None]) -> Callable[[Any], None]:
        return lambda result: None if self._closed else function(result)

    def _progress(self, percent: float) -> None:
        if not self._closed:
            self.progressed.emit(percent)

    def _ended(self) -> None:
        self.work = None
        if not self._closed:
            self.worked.emit()
