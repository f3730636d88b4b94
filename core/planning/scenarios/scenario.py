"""One scenario: which parcel is retired in which year, the years that are locked, and what can be undone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...errors import OverdraftError
from .board import Board

MOST_STEPS = 100
"""Edits that can be undone."""
LONGEST_NAME = 200
_REFUSED = "planning_land.why."


@dataclass(frozen=True)
class Solution:
    """What a solver said of the plan that it filled in: status of ``plan_status``, objective, bound and gap."""

    status: str
    objective: float
    bound: float
    gap: float
    settings: dict[str, object]


@dataclass(frozen=True)
class Step:
    """One edit: parcels, and their years before and after it, 0 for land that stays.

    A hundred steps over 50 thousand parcels take 40 MB: rows are kept in four bytes, years in two.
    """

    rows: np.ndarray
    before: np.ndarray
    after: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray, before: np.ndarray, after: np.ndarray) -> Step:
        """A step that takes little room."""
        return cls(rows.astype("int32"), before.astype("int16"), after.astype("int16"))


@dataclass
class Scenario:
    """A plan under work.

    Attributes:
        name: unique among the scenarios at hand.
        year: of each parcel of the board, 0: stays in use.
        locked: years that refuse edits.
        is_base: the record itself, in which nothing is planned; it is never edited.
        plan_id: under which it is on record; "" when it never was.
        changed: not on record as it stands.
        solution: of the solver, while nothing was edited since; else None.
    """

    name: str
    year: np.ndarray
    locked: set[int] = field(default_factory=set)
    is_base: bool = False
    plan_id: str = ""
    changed: bool = False
    solution: Solution | None = None
    _done: list[tuple[Step, Solution | None]] = field(default_factory=list, repr=False)
    _undone: list[tuple[Step, Solution | None]] = field(default_factory=list, repr=False)

    @classmethod
    def base(cls, board: Board, name: str) -> Scenario:
        """The record: nothing planned."""
        return cls(name, np.zeros(len(board.parcels), dtype="int64"), is_base=True)

    def duplicate(self, name: str) -> Scenario:
        """A copy that can be edited; its history of edits is empty."""
        return Scenario(
            name, self.year.copy(), set(self.locked), changed=not self.is_base, solution=self.solution
        )

    @property
    def can_undo(self) -> bool:
        """Is there an edit to take back?"""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Was an edit taken back?"""
        return bool(self._undone)

    def assign(self, board: Board, rows: np.ndarray, year: int) -> np.ndarray:
        """Retire parcels in a year, or (0) let them stay, as one edit.

        Returns:
            The rows that changed.

        Raises:
            OverdraftError: the base, a locked year, or a parcel that cannot be planned with. Nothing is changed then.
        """
        rows = np.unique(np.asarray(rows, dtype="int64"))
        for key in refusals(board, self, rows, year):
            if key:
                raise _refusal(key, self, rows, year)
        return self._edit(rows, np.full(len(rows), year, dtype="int64"), None)

    def fill(self, year: np.ndarray, solution: Solution) -> np.ndarray:
        """Take over a solved plan as one edit.

        Raises:
            OverdraftError: the base, or a locked year: a plan is made anew as a whole.
        """
        self.refuse_solving()
        return self._edit(np.flatnonzero(self.year != year), year[self.year != year], solution)

    def refuse_solving(self) -> None:
        """Raises what :meth:`fill` would."""
        if self.is_base:
            raise OverdraftError("scenarios.base")
        if self.locked:
            raise OverdraftError("scenarios.locked_years", years=sorted(self.locked))

    def lock(self, year: int, on: bool) -> None:
        """Lock a year or open it again.

        Raises:
            OverdraftError: the base has no years to lock.
        """
        if self.is_base:
            raise OverdraftError("scenarios.base")
        (self.locked.add if on else self.locked.discard)(year)
        self.changed = True

    def undo(self) -> np.ndarray:
        """Take the last edit back; the rows that changed.

        Raises:
            OverdraftError: it belongs to a year that has been locked since.
        """
        return self._replay(self._done, self._undone, back=True)

    def redo(self) -> np.ndarray:
        """Do again what was taken back; the rows that changed. Raises as :meth:`undo`."""
        return self._replay(self._undone, self._done, back=False)

    def _edit(self, rows: np.ndarray, years: np.ndarray, solution: Solution | None) -> np.ndarray:
        differs = self.year[rows] != years
        rows, years = rows[differs], years[differs]
        if len(rows):
            self._done.append((Step.of(rows, self.year[rows], years), self.solution))
            del self._done[:-MOST_STEPS]
            self._undone.clear()
            self.year[rows] = years
            self.changed = True
            self.solution = solution
        elif solution is not None:
            self.solution, self.changed = solution, True
        return rows

    def _replay(self, source: list, target: list, back: bool) -> np.ndarray:
        if not source:
            return np.zeros(0, dtype="int64")
        step, solution = source[-1]
        touched = self.locked & {*map(int, np.unique(step.before)), *map(int, np.unique(step.after))}
        if touched:
            raise OverdraftError("scenarios.year_locked", year=min(touched))
        source.pop()
        target.append((step, self.solution))
        self.year[step.rows] = step.before if back else step.after
        self.solution, self.changed = solution, True
        return step.rows


def refusals(board: Board, scenario: Scenario, rows: np.ndarray, year: int) -> np.ndarray:
    """Why each of some parcels cannot be given a year (0: be kept), as a message key; "" where it can."""
    found = np.full(len(rows), "", dtype=object)
    if scenario.is_base:
        found[:] = "scenarios.base"
        return found
    if year and year not in board.years:
        found[:] = "scenarios.year"
        return found
    own, why = scenario.year[rows], board.parcels["why"].to_numpy(dtype=object)[rows]
    locked = np.isin(own, list(scenario.locked)) & (own != year)
    locked |= (year in scenario.locked) & (own != year)
    found[locked] = "scenarios.year_locked"
    cannot = (why != "") & (year != 0)
    found[cannot] = _REFUSED + why[cannot]
    return found


def _refusal(key: str, scenario: Scenario, rows: np.ndarray, year: int) -> OverdraftError:
    locked = scenario.locked & {year, *map(int, scenario.year[rows])}
    return OverdraftError(key, year=min(locked) if locked else year)


def named(name: str, taken: list[str]) -> str:
    """A name as it may be used.

    Raises:
        OverdraftError: empty, too long, or another scenario has it.
    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise OverdraftError("scenarios.name", n=len(name), allowed=LONGEST_NAME)
    if name in taken:
        raise OverdraftError("scenarios.name_taken", found=name)
    return name


def free_name(name: str, taken: list[str]) -> str:
    """``name``, with a number behind it while another scenario has it."""
    number, found = 2, name
    while found in taken:
        found, number = f"{name} {number}", number + 1
    return found


def moved(scenario: Scenario, old: Board, new: Board) -> tuple[Scenario, int]:
    """A scenario on a board that was laid out anew, and how many of its parcels it lost: gone, or not to be planned."""
    going = np.flatnonzero(scenario.year)
    ids = old.parcels["area_id"].to_numpy(dtype=object)[going]
    year, lost = years_on(new, ids, scenario.year[going])
    kept = Scenario(
        scenario.name,
        year,
        {one for one in scenario.locked if one in new.years},
        scenario.is_base,
        scenario.plan_id,
        scenario.changed or lost > 0,
        scenario.solution if not lost else None,
    )
    return kept, lost


def years_on(board: Board, ids: np.ndarray, years: np.ndarray) -> tuple[np.ndarray, int]:
    """Years by parcel of a board from area ids; ids that it lacks or cannot plan with are counted, and left out.

    A year before the first of the board is over: the parcel is to go in the first one.
    """
    row = pd.Index(board.parcels["area_id"]).get_indexer(pd.Series(ids, dtype=object))
    usable = row >= 0
    usable[usable] = board.parcels["why"].to_numpy(dtype=object)[row[usable]] == ""
    year = np.zeros(len(board.parcels), dtype="int64")
    year[row[usable]] = np.clip(np.asarray(years, dtype="int64")[usable], board.years[0], board.years[-1])
    return year, int((~usable).sum())
