"""The whole plan: what is fixed folded in, every part by the method that fits it, put together again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .integers import NO_CAP, Model
from .knapsack import least_cost_cover
from .parts import fold, one_period, part, parts_of, without_slack
from .search import CORES, Limits, PartPlan, Search
from .without import cover_without
from .years import as_late_as_allowed

BUNDLE = 50
"""Small coupled parts are solved together up to this many areas: a call of the solver costs more than they do."""
TARGET_GAP = 1e-7
"""Gap that a single target must reach at least; it costs next to nothing."""
Told = Callable[[float], None]
EXACT_WORK, SMALL_WORK = 200_000, 1_600
"""Areas times chosen areas up to which the plan without each of these is solved again: of all single targets together,
the first ones first (about two seconds), and of a part in which one target is left."""
SMALL_PART = 12
"""Areas of a coupled part up to which the same is done."""


Unreachable = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Of the demands, the closings and the caps by township and period: those that cannot be met whatever is chosen."""


@dataclass(frozen=True)
class PartLog:
    """What was solved and how: `n_areas`, `method`, `status`, `cost` and `bound` in units, `seconds`."""

    n_areas: int
    method: str
    status: str
    cost: int
    bound: int
    seconds: float


@dataclass(frozen=True)
class Solved:
    """A plan over the areas of a model.

    Attributes:
        chosen: areas to retire; year: period of each, −1 of the others.
        cost, bound: in units of cost.
        failed: areas of the parts without a plan (infeasible, or none found in time), (n,) bool.
        unreachable: see :func:`unreached`.
        without: cost of the cheapest plan that leaves area i out, for the areas to retire that are not locked: exact or
            a bound, as ``without_exact`` says; infinite where there is none; NaN: not told.
        log: one entry per part.
    """

    chosen: np.ndarray
    year: np.ndarray
    cost: int
    bound: int
    failed: np.ndarray
    unreachable: Unreachable
    without: np.ndarray
    without_exact: np.ndarray
    log: list[PartLog]

    @property
    def complete(self) -> bool:
        """Every part has a plan and every demand can be reached."""
        return not (self.failed.any() or any(group.any() for group in self.unreachable))

    @property
    def infeasible(self) -> bool:
        """It is proved that there is no plan; False: none is known."""
        proved = any(part.status == "infeasible" for part in self.log)
        return proved or any(group.any() for group in self.unreachable)


def solve(model: Model, limits: Limits, told: Told | None = None) -> Solved:
    """Plan a model.

    Args:
        told: told the share of the areas that are done, 0 to 1; may raise to stop.
    """
    folded, places = fold(model)
    slim = without_slack(folded)
    if slim.years < model.years:
        solved = solve(one_period(model), limits, told)
        return replace(solved, year=as_late_as_allowed(model, solved.chosen))
    alone, targets, coupled = _groups(slim)
    gathered = _Gathered(model, places)
    # land that no target asks for: what a bonus pays, and what is locked to go in a plan of several years
    worth = alone[(slim.forced | (slim.gain > slim.cost))[alone]]
    cost = int((slim.cost - slim.gain)[worth].sum())
    gathered.add(
        worth, PartPlan(np.ones(len(worth), dtype=bool), None, cost, cost, "proved", "no target"), 0.0
    )
    done, work = len(alone), EXACT_WORK
    for demand in targets:
        begin = time.monotonic()
        areas, plan = _one_target(slim, demand, min(limits.gap, TARGET_GAP), work)
        if plan.chosen is not None and plan.without_exact is not None and plan.without_exact.any():
            work -= len(areas) * int(plan.chosen.sum())
        gathered.add(areas, plan, time.monotonic() - begin)
        done += len(areas)
        _tell(told, done, slim.n)
    _coupled_parts(slim, coupled, limits, gathered, told)
    return gathered.result(unreached(folded))


def unreached(model: Model) -> Unreachable:
    """Demands and closings that all areas of a folded model together do not reach, caps that locked areas exceed."""
    total = np.asarray(model.rows.sum(axis=1)).ravel()
    wells = np.asarray(model.closing_wells.sum(axis=1)).ravel()
    return total[model.demands.row] < model.demands.need, wells < model.closing_need, model.cap < 0


class _Gathered:
    """The plans of the parts, put together."""

    def __init__(self, model: Model, places: np.ndarray) -> None:
        self.model, self.places = model, places
        self.chosen = model.forced.copy() if model.years == 1 else np.zeros(model.n, dtype=bool)
        self.year = np.full(model.n, -1)
        self.failed = np.zeros(model.n, dtype=bool)
        self.dearer = np.full(model.n, np.nan)
        self.exact = np.zeros(model.n, dtype=bool)
        self.cost = self.bound = model.value(self.chosen)
        self.log: list[PartLog] = []

    def add(self, areas: np.ndarray, plan: PartPlan, seconds: float) -> None:
        """Take over the plan of a part."""
        here = self.places[areas]
        if len(areas):
            self.log.append(PartLog(len(areas), plan.method, plan.status, plan.cost, plan.bound, seconds))
        if plan.chosen is None:
            self.failed[here] = True
            return
        self.chosen[here] = plan.chosen
        if plan.year is not None:
            self.year[here] = plan.year
        self.cost += plan.cost
        self.bound += plan.bound
        if plan.without is not None and plan.without_exact is not None:
            self.dearer[here] = plan.without - plan.cost
            self.exact[here] = plan.without_exact

    def result(self, unreachable: Unreachable) -> Solved:
        """The whole plan; what no target asks for is retired last."""
        chosen = self.chosen
        year = np.where(chosen & (self.year < 0), self.model.years - 1, self.year)
        asked = chosen & ~self.model.forced
        without = np.where(asked, self.dearer + self.cost, np.nan)
        return Solved(
            chosen=chosen,
            year=year,
            cost=self.cost,
            bound=self.bound,
            failed=self.failed,
            unreachable=unreachable,
            without=without,
            without_exact=asked & self.exact,
            log=self.log,
        )


def _tell(told: Told | None, done: int, total: int) -> None:
    if told is not None:
        told(done / max(total, 1))


def _groups(model: Model) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Areas of which nothing speaks; demands over areas of which nothing else speaks; coupled areas, by part."""
    coupled = _coupled(model)
    inside = np.zeros(model.n, dtype=bool)
    parts: list[np.ndarray] = []
    if coupled.any():
        parts = _bundled([places for places in parts_of(model) if coupled[places].any()])
        inside[np.concatenate(parts)] = True
    targets = np.flatnonzero(model.rows[model.demands.row] @ inside.astype("int64") == 0)
    alone = ~inside
    alone[model.rows[model.demands.row[targets]].indices] = False
    return np.flatnonzero(alone), targets, parts


def _bundled(parts: list[np.ndarray]) -> list[np.ndarray]:
    """Small parts together."""
    bundles, waiting, size = [], [], 0
    for places in parts:
        waiting.append(places)
        size += len(places)
        if size >= BUNDLE:
            bundles.append(np.sort(np.concatenate(waiting)))
            waiting, size = [], 0
    return bundles + ([np.sort(np.concatenate(waiting))] if waiting else [])


def _coupled(model: Model) -> np.ndarray:
    """Areas about which more is said than one target in the end."""
    asked = np.zeros(model.rows.shape[0], dtype="int64")
    np.add.at(asked, model.demands.row, 1)
    capped = np.flatnonzero((model.cap < NO_CAP).any(axis=1))
    many = ((model.rows != 0).T @ asked > (0 if model.years > 1 else 1)) | np.isin(model.town, capped)
    many[model.touch.ravel()] = True
    if len(model.closing_need):
        counting = np.asarray(model.closing_wells.sum(axis=0)).ravel() > 0
        many |= model.blocks.T @ counting.astype("int64") > 0
    return many


def _one_target(model: Model, demand: int, gap: float, work: int) -> tuple[np.ndarray, PartPlan]:
    """One target over areas that are in nothing else."""
    row = model.demands.row[demand]
    entries = slice(model.rows.indptr[row], model.rows.indptr[row + 1])
    areas, weight = model.rows.indices[entries], model.rows.data[entries]
    order = np.argsort(areas, kind="stable")
    areas, weight = areas[order], weight[order]
    net = (model.cost - model.gain)[areas]
    return areas, _cover(net, weight, int(model.demands.need[demand]), gap, work)


def _cover(net: np.ndarray, weight: np.ndarray, need: int, gap: float, work: int) -> PartPlan:
    """The cheapest areas for one target; those whose bonus is more than their cost in any case.

    Args:
        work: areas times chosen areas up to which the plan without each of these is solved again.
    """
    chosen = net < 0
    base = int(net[chosen].sum())
    need -= int(weight[chosen].sum())
    rest = np.flatnonzero(~chosen)
    if int(weight[rest].sum()) < need:
        return PartPlan(None, None, 0, 0, "infeasible", "one target")
    cover = least_cost_cover(net[rest], weight[rest], need, gap=gap)
    chosen[rest] = cover.chosen
    again = len(rest) * int(cover.chosen.sum()) <= work
    without, exact = np.full(len(net), np.nan), np.zeros(len(net), dtype=bool)
    told, exact[rest] = cover_without(net[rest], weight[rest], need, cover, solve=again)
    without[rest] = told + base
    return PartPlan(
        chosen=chosen,
        year=np.where(chosen, 0, -1),
        cost=base + cover.cost,
        bound=base + cover.bound,
        status="proved" if cover.cost == cover.bound else "open",
        method="one target",
        without=without,
        without_exact=exact,
    )


def _coupled_parts(
    model: Model, parts: list[np.ndarray], limits: Limits, gathered: _Gathered, told: Told | None
) -> None:
    """Parts with several demands, caps, closings or pairs: all with a small core first, then with larger ones.

    Those come first in which most is open, until the gap of all together is small enough.
    """
    models = [part(model, places) for places in parts]
    plans: list[PartPlan | Search] = []
    for one in models:
        plans.append(_begin(one, limits.share(one.n / sum(other.n for other in models[len(plans) :]))))
    done = model.n - sum(one.n for one in models)
    for size in CORES:
        waiting = [plan for plan in plans if isinstance(plan, Search) and not plan.finished]
        waiting.sort(key=lambda search: -search.open_cost)
        left = sum(search.model.n for search in waiting)
        for search in waiting:
            if limits.left <= 0 or _enough(gathered, plans, limits):
                break
            search.step(size, limits.share(search.model.n / left))
            left -= search.model.n
            _tell(told, done, model.n)
    for places, one, plan in zip(parts, models, plans, strict=True):
        found, seconds = (plan.result(), plan.seconds) if isinstance(plan, Search) else (plan, 0.0)
        gathered.add(places, _with_others(one, found, limits), seconds)
    _tell(told, model.n, model.n)


def _enough(gathered: _Gathered, plans: list[PartPlan | Search], limits: Limits) -> bool:
    """Every part has a plan, and the gap of all together is small enough."""
    if any(plan.cost is None for plan in plans):
        return False
    cost = gathered.cost + sum(plan.cost for plan in plans if plan.cost is not None)
    return limits.close(cost, gathered.bound + sum(plan.bound for plan in plans))


def _with_others(whole: Model, plan: PartPlan, limits: Limits) -> PartPlan:
    """The plan of a small part with what it would cost without each of its areas."""
    if plan.chosen is None or whole.n > SMALL_PART or plan.status != "proved":
        return plan
    without = np.full(whole.n, np.nan)
    for area in np.flatnonzero(plan.chosen & ~whole.forced):
        kept = np.arange(whole.n) == area
        other = _plan(fold(replace(whole, kept=kept))[0], limits)
        if other.status not in ("proved", "infeasible"):
            return plan
        without[area] = np.inf if other.chosen is None else other.cost
    return replace(plan, without=without, without_exact=~np.isnan(without))


def _plan(whole: Model, limits: Limits) -> PartPlan:
    begun = _begin(whole, limits)
    return begun.run(limits) if isinstance(begun, Search) else begun


def _begin(whole: Model, limits: Limits) -> PartPlan | Search:
    """The plan of a part that needs no search after all, else the search for it."""
    slim = without_slack(whole)
    if any(found.any() for found in unreached(slim)):
        return PartPlan(None, None, 0, 0, "infeasible", "sum of all areas")
    if slim.years < whole.years:
        return _collapsed(whole, solve(one_period(whole), limits))
    if not _coupled(slim).any() and len(slim.demands.row) == 1:
        return _single(slim, min(limits.gap, TARGET_GAP))
    return Search(slim, limits)


def _collapsed(model: Model, solved: Solved) -> PartPlan:
    """A part in which the years do not matter after all."""
    method = ", ".join(dict.fromkeys(part.method for part in solved.log))
    if not solved.complete:
        return PartPlan(None, None, 0, 0, "infeasible" if solved.infeasible else "unknown", method)
    year = as_late_as_allowed(model, solved.chosen)
    status = "proved" if solved.cost == solved.bound else "open"
    return PartPlan(
        solved.chosen, year, solved.cost, solved.bound, status, method, solved.without, solved.without_exact
    )


def _single(model: Model, gap: float) -> PartPlan:
    """A part of which, after a closer look, one target is left."""
    weight = np.asarray(model.rows[[model.demands.row[0]]].todense()).ravel()
    return _cover(model.cost - model.gain, weight, int(model.demands.need[0]), gap, SMALL_WORK)
