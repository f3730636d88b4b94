"""One part that is more than a single target: bound by the relaxation, plan by exact search near it.

Most areas are decided by the prices of the relaxation: they are far cheaper or far dearer than what land is paid for.
What remains, the core, is solved as an integer program with everything else as the relaxation has it; the core grows
until plan and bound are close enough, and in the end leaves out only areas that provably do not matter.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ..linear import LinearModel, solve_relaxation, solve_whole, without_fixed
from .formulation import Formulation, alike, formulate
from .greedy import greedy_plan
from .integers import NO_CAP, TOLERANCE, Model
from .relaxation import Relaxed, rank_within, relax, units_up

CORES = (4, 8, 32, 128, None)
"""Areas of each group, per year, that a core holds at first, then, and so on; None: all that matter."""
STEP = 0.4
"""Share of the time left that a core gets which leaves something out."""
_DECIDED = 1e-6
_CUTS = 200


@dataclass(frozen=True)
class PartPlan:
    """A plan of one part.

    Attributes:
        chosen: areas to retire; None where there is no plan.
        year: period of each, −1 of the others.
        cost: units of cost; bound: no plan costs less.
        status: proved, open (bound and cost differ), infeasible, unknown (none found in time).
        method: how it was solved.
        without: a bound on the cost of every plan that leaves area i out, for the areas to retire, NaN for others;
            ``without_exact``: where it is the cost of the cheapest of them.
    """

    chosen: np.ndarray | None
    year: np.ndarray | None
    cost: int
    bound: int
    status: str
    method: str
    without: np.ndarray | None = None
    without_exact: np.ndarray | None = None


@dataclass(frozen=True)
class Limits:
    """How long and how well to search: ``deadline`` (monotonic clock, seconds), ``gap`` that is good enough (relative),
    and ``ask``, which raises to stop."""

    deadline: float = np.inf
    gap: float = 0.0
    ask: Callable[[], None] | None = None

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - time.monotonic()

    def share(self, share: float) -> Limits:
        """A share of the time that is left."""
        if not np.isfinite(self.deadline):
            return self
        return replace(self, deadline=time.monotonic() + self.left * share)

    def close(self, cost: int, bound: int) -> bool:
        """The gap is small enough."""
        return cost - bound <= self.gap * abs(cost)


def _has_no_solution(form: Formulation, limits: Limits) -> bool:
    """The whole relaxation, whatever it costs, is proved to have no solution."""
    costless = replace(form.program, cost=np.zeros(len(form.program.cost)))
    return solve_relaxation(costless, time_limit=limits.left, ask=limits.ask).status == "infeasible"


class Search:
    """The search for the plan of one part, step by step: the best plan so far, the bound, and what is still open.

    Attributes:
        model: the part.
        cost, bound: of the best plan so far (None without one), and of all plans.
        finished: nothing is left to do.
        seconds: spent so far.
    """

    def __init__(self, model: Model, limits: Limits) -> None:
        begin = time.monotonic()
        self.model, self.group = model, alike(model)
        self._form = form = formulate(model, self.group if model.years > 1 else None, whole=False)
        found = relax(form, self.group, deadline=limits.deadline, ask=limits.ask)
        self._blind = found is None
        self._relaxed = found or Relaxed(np.zeros(len(form.program.cost)), _floor(model), np.zeros(model.n))
        self._exact = formulate(model)
        self.cost: int | None = None
        self._chosen: np.ndarray | None = None
        self._year: np.ndarray | None = None
        self.bound = self._relaxed.bound
        self._infeasible = self.finished = self._relaxed.missed and _has_no_solution(form, limits)
        self._core_size = 0
        self.seconds = time.monotonic() - begin

    @property
    def open_cost(self) -> float:
        """Cost less bound; infinite without a plan."""
        return np.inf if self.cost is None else self.cost - self.bound

    def run(self, limits: Limits) -> PartPlan:
        """Solve with growing cores until the gap is small enough."""
        for size in CORES:
            self.step(size, limits)
            if self.finished or limits.left <= 0:
                break
        return self.result()

    def step(self, size: int | None, limits: Limits) -> None:
        """Solve with a core of some areas per group; None: with all that matter."""
        begin = time.monotonic()
        if not self.finished:
            self._solve(size, limits)
        self.seconds += time.monotonic() - begin

    def _solve(self, size: int | None, limits: Limits) -> None:
        settled = self._settled()
        core = ~settled if size is None or self._blind else self._core(size) & ~settled
        all_open = bool((core | settled).all())
        if not all_open and core.sum() <= self._core_size:
            return
        self._core_size = int(core.sum())
        program = self._with_fixed(core, settled)
        some = limits if all_open else limits.share(STEP)
        found = exact_solution(self.model, self._exact, program, some, self._start(program))
        if found.x is not None:
            self._take(found.x)
        if all_open:
            self._conclude(found)
        enough = self.cost is not None and limits.close(self.cost, self.bound)
        self.finished = enough or (all_open and found.proved)

    def _conclude(self, found: ExactSolution) -> None:
        """Nothing that matters was left out: what the solver proves holds for the part."""
        nothing_better = found.proved and found.x is None
        if self.cost is None:
            self._infeasible = nothing_better
        else:
            self.bound = max(self.bound, self.cost if nothing_better else min(self.cost, found.bound))

    def _take(self, x: np.ndarray) -> None:
        chosen = self._exact.chosen(x)
        cost = self.model.value(chosen)
        if self.cost is None or cost < self.cost:
            self.cost, self._chosen, self._year = cost, chosen, self._exact.year(x)

    def _settled(self) -> np.ndarray:
        """Areas that are, in every better plan, as the relaxation has them."""
        if self.cost is None:
            return np.zeros(self.model.n, dtype=bool)
        room = self.cost - 1 - self._relaxed.bound
        return np.abs(self._relaxed.reduced) > room + 1e-6 * abs(room) + 1

    def _core(self, size: int) -> np.ndarray:
        relaxed, years = self._relaxed, self.model.years
        x = relaxed.x[: self.model.n]
        near = rank_within(self.group, np.abs(relaxed.reduced)) < size * years
        return near | ((x > _DECIDED) & (x < 1 - _DECIDED))

    def _with_fixed(self, core: np.ndarray, settled: np.ndarray) -> LinearModel:
        """The exact program with the areas outside the core as the relaxation has them.

        Settled areas that are retired keep their choice of year when the core holds all that is open.
        """
        program, model = self._exact.program, self.model
        lower, upper = program.lower.copy(), program.upper.copy()
        outside = np.flatnonzero(~core)
        if len(outside):
            relaxed = self._relaxed
            go = relaxed.x[: model.n] > 0.5
            go[settled] = relaxed.reduced[settled] < 0
            go = np.clip(go, lower[: model.n], upper[: model.n]) > 0.5
            lower[outside] = upper[outside] = go[outside]
            if model.years > 1:
                self._fix_years(lower, upper, core, settled, go)
        return replace(program, lower=lower, upper=upper)

    def _fix_years(self, lower, upper, core, settled, go) -> None:
        years, start = self.model.years, self._exact.u.start
        by_area = np.arange(self.model.n * years).reshape(-1, years) + start
        upper[by_area[~core & ~go]] = 0.0
        free_year = settled if (core | settled).all() else np.zeros_like(settled)
        fixed = np.flatnonzero(~core & go & ~free_year)
        if len(fixed):
            shares = self._relaxed.x[self._form.u].reshape(-1, years)
            year = spread_over_years(self.model.size_mu[fixed], self.group[fixed], shares)
            upper[by_area[fixed]] = 0.0
            lower[by_area[fixed, year]] = upper[by_area[fixed, year]] = 1.0

    def _start(self, program: LinearModel) -> np.ndarray | None:
        """The best plan so far as a solution of the program, where it is one."""
        if self._chosen is None or self._year is None:
            return None
        model, exact = self.model, self._exact
        x = np.zeros(len(program.cost))
        x[: model.n] = self._chosen
        if model.years > 1:
            retired = np.flatnonzero(self._chosen)
            x[exact.u.start + retired * model.years + self._year[retired]] = 1.0
        counted = np.diff(model.closing_wells.tocsc().indptr) > 0
        both = self._chosen[model.touch].all(axis=1)
        x[exact.u.stop :] = np.r_[model.closes(self._chosen)[counted], both]
        within = (x >= program.lower - _DECIDED) & (x <= program.upper + _DECIDED)
        return x if within.all() else None

    def result(self) -> PartPlan:
        """The plan with its proof."""
        method = "integer program"
        if self._infeasible:
            return PartPlan(None, None, 0, 0, "infeasible", method)
        if self.cost is None:
            by_hand = greedy_plan(self.model)
            if not by_hand.complete:
                return PartPlan(None, None, 0, 0, "unknown", method)
            method = "greedy"
            self.cost, self._chosen, self._year = by_hand.cost, by_hand.chosen, by_hand.year
        bound = min(self.bound, self.cost)
        status = "proved" if bound == self.cost else "open"
        return PartPlan(self._chosen, self._year, self.cost, bound, status, method, self._without(bound))

    def _without(self, bound: int) -> np.ndarray:
        dearer = np.maximum(0.0, -self._relaxed.reduced)
        return np.maximum(float(bound), np.floor(self._relaxed.bound + dearer * (1 - 1e-9)))


def _floor(model: Model) -> int:
    """What every plan costs at least: all bonuses for nothing."""
    return int(np.minimum(model.cost - model.gain, 0).sum()) - int(model.bonus.sum())


def spread_over_years(land: np.ndarray, group: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """A year for each area, so that each group retires its land in the shares of its years, up to half an area.

    Args:
        land: of each area; group: of each area.
        shares: land of each group by year, (groups, years), in any unit.
    """
    order = np.lexsort((np.arange(len(land)), group))
    total = np.bincount(group, weights=land, minlength=len(shares))
    done = np.cumsum(land[order])
    before = np.r_[0.0, np.cumsum(total)[:-1]][group[order]]
    middle = (done - land[order] / 2 - before) / total[group[order]]
    sums = np.cumsum(np.maximum(shares, 0.0), axis=1)
    reached = sums / np.maximum(sums[:, -1:], 1e-300)
    year = np.empty(len(land), dtype="int64")
    year[order] = np.minimum((middle[:, None] >= reached[group[order]]).sum(axis=1), shares.shape[1] - 1)
    return year


@dataclass(frozen=True)
class ExactSolution:
    """Values of all columns (None without a solution), whether the program is solved to its end, and its bound."""

    x: np.ndarray | None
    proved: bool
    bound: int


def exact_solution(
    model: Model,
    form: Formulation,
    program: LinearModel,
    limits: Limits,
    start: np.ndarray | None = None,
) -> ExactSolution:
    """Solve a program of single areas so that demands and caps hold in whole numbers, not within a tolerance.

    A solution that misses one by a rounding gets a row that excludes it: of the areas it did not take towards the
    demand at least one more, of those it took under the cap at least one less; no exact solution violates such a row.
    The solver's bound is taken for true to 10⁻⁹ of it.
    """
    bound = -(1 << 62)
    for _ in range(_CUTS):
        small = without_fixed(program)
        begin = None if start is None else start[small.columns]
        answer = solve_whole(
            small.program,
            time_limit=limits.left,
            gap=limits.gap / 2,
            start=begin,
            ask=limits.ask,
        )
        if answer.status == "infeasible":
            return ExactSolution(None, True, bound)
        if np.isfinite(answer.bound):
            told = form.scale * (answer.bound + small.cost)
            bound = max(bound, units_up(told - TOLERANCE * abs(told) - 0.5))
        if answer.x is None:
            return ExactSolution(None, False, bound)
        x = program.lower.copy()
        x[small.columns] = answer.x
        cuts = missed(model, form, x)
        if cuts is None:
            cost = model.value(form.chosen(x))
            done = answer.status == "optimal"
            if done and limits.gap == 0:
                bound = max(bound, cost - int(TOLERANCE * abs(cost)))
            return ExactSolution(x, done, min(bound, cost))
        program, start = _with_rows(program, *cuts), None
    return ExactSolution(None, False, bound)


def missed(model: Model, form: Formulation, x: np.ndarray) -> tuple[sp.csr_matrix, np.ndarray] | None:
    """Rows that exclude a solution which misses a demand or a cap in whole numbers; None where it misses none."""
    chosen, year = form.chosen(x), form.year(x)
    years, start = model.years, form.u.start if model.years > 1 else 0
    rows, limits = [], []

    def columns(areas: np.ndarray, span: range) -> np.ndarray:
        if years == 1:
            return areas
        return (start + areas[:, None] * years + np.array(span)[None, :]).ravel()

    demands = model.demands
    for row, first, last, need in zip(demands.row, demands.first, demands.last, demands.need, strict=True):
        entries = slice(model.rows.indptr[row], model.rows.indptr[row + 1])
        area, weight = model.rows.indices[entries], model.rows.data[entries]
        taken = chosen[area] & (year[area] >= first) & (year[area] <= last)
        if int(weight[taken].sum()) < need:
            rows.append((columns(area[~taken], range(first, last + 1)), 1.0))
            limits.append(1.0)
    for town, period in np.argwhere(model.cap < NO_CAP):
        taken = np.flatnonzero(chosen & (model.town == town) & (year == period))
        if int(model.size[taken].sum()) > model.cap[town, period]:
            rows.append((columns(taken, range(period, period + 1)), -1.0))
            limits.append(1.0 - len(taken))
    if not rows:
        return None
    entry = [(np.full(len(at), k), at, np.full(len(at), sign)) for k, (at, sign) in enumerate(rows)]
    row, column, value = (np.concatenate(part) for part in zip(*entry, strict=True))
    return sp.csr_matrix((value, (row, column)), shape=(len(rows), len(x))), np.array(limits)


def _with_rows(program: LinearModel, matrix: sp.csr_matrix, lower: np.ndarray) -> LinearModel:
    return replace(
        program,
        matrix=sp.vstack([program.matrix, matrix]).tocsr(),
        row_lower=np.r_[program.row_lower, lower],
        row_upper=np.r_[program.row_upper, np.full(len(lower), np.inf)],
    )
