"""When nothing meets every target: how little can be missed, and which locks and caps stand in the way.

**Least shortfall.** Each demand is lowered to what all areas together bring towards it. If a plan meets the lowered
demands, none misses less: every demand misses the least that it must. Otherwise demands compete for areas (caps, years,
closings), and an integer program finds the least total

    Σ_r missed_r · mu_r + Σ_q missed_q · mu_q

with mu_r the 亩 that a unit of demand r stands for: 1 for land; for water 1 ÷ (m³ per 亩 of its areas); for a well the
mean land of an area. A lock to retire that no plan can honour beside the caps is given up first.

**Smallest release.** The fewest locks and caps whose release lets every demand be met; of equally many, the least
land. An integer program with f = 1 for what is released.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ..linear import LinearModel, solve_relaxation, solve_whole
from .formulation import LARGEST_COST, Formulation, alike, formulate
from .greedy import greedy_plan, reached
from .integers import NO_CAP, Model
from .parts import fold, only, parts_of, take
from .search import Limits, exact_solution
from .solve import Solved, solve

EXACT = 6000
"""Areas times years of a part up to which its least shortfall is an exact program; beyond, areas may be split in it."""
_MISSED = 1e-9


@dataclass(frozen=True)
class Relief:
    """What must give.

    Attributes:
        model: the problem with demands and closings lowered to the least shortfall, impossible locks given up.
        least: the shortfall is proved to be the least.
        areas: places of the locked areas to release; caps: (township, period) of the caps to release, (k, 2).
        enough: with these released every target can be met; False: some cannot be met whatever is released.
        fewest: their number is proved to be the smallest; that is, for the targets that a release can help.
        given_up: places of areas locked to go that the plan leaves in use, because the caps cannot hold them.
    """

    model: Model
    least: bool
    areas: np.ndarray
    caps: np.ndarray
    enough: bool
    fewest: bool
    given_up: np.ndarray


def relieve(model: Model, solved: Solved, limits: Limits) -> tuple[Relief, Solved]:
    """Explain why a problem has no plan, and plan what comes nearest.

    Args:
        solved: what :func:`.solve.solve` made of it.
    """
    areas, caps, enough, fewest = _smallest_release(model, _suspects(model, solved), limits.share(0.3))
    lowered, given_up, least, plan = _least_shortfall(model, solved, limits)
    return Relief(lowered, least, areas, caps, enough, fewest, given_up), plan


def _suspects(model: Model, solved: Solved) -> np.ndarray:
    """Areas of the parts that have no plan, and of the demands, closings and caps that cannot be met, (n,) bool."""
    demands, closings, caps = solved.unreachable
    found = solved.failed.copy()
    found |= model.rows[model.demands.row[demands]].astype(bool).T @ np.ones(int(demands.sum())) > 0
    wells = np.asarray(model.closing_wells[closings].sum(axis=0)).ravel() > 0
    found |= model.blocks.T @ wells.astype("int64") > 0
    return found | np.isin(model.town, np.flatnonzero(caps.any(axis=1)))


def _least_shortfall(model: Model, solved: Solved, limits: Limits) -> tuple[Model, np.ndarray, bool, Solved]:
    lowered = _clamped(model)
    given_up, least = np.zeros(0, dtype="int64"), True
    plan = solve(lowered, limits) if total_missed(model, lowered) > 0 else solved
    for margin in (0, 1, 4, 16):
        if plan.complete:
            return lowered, given_up, least, plan
        lowered, given_up, exact = _competing(_clamped(model), plan, margin, limits)
        plan = solve(lowered, limits)
        least = exact and plan.complete
        if exact:
            break
    if not plan.complete:
        lowered, least = _as_greedy(lowered), False
        plan = solve(lowered, limits)
    return lowered, given_up, least, plan


def _clamped(model: Model) -> Model:
    """Each demand and closing lowered to what all areas bring that need not stay."""
    free = (~model.kept).astype("int64")
    need = np.minimum(model.demands.need, (model.rows @ free)[model.demands.row])
    wells = model.closing_wells @ (model.blocks @ model.kept.astype("int64") == 0).astype("int64")
    return _lowered(model, need, wells)


def _as_greedy(model: Model) -> Model:
    """Demands and closings lowered to what the plan by hand reaches, which keeps the caps."""
    plan = greedy_plan(model)
    need = reached(model, plan.chosen, plan.year)
    return _lowered(model, need, model.closing_wells @ model.closes(plan.chosen).astype("int64"))


def _lowered(model: Model, need: np.ndarray, closing: np.ndarray) -> Model:
    demands = replace(model.demands, need=np.minimum(model.demands.need, need))
    return replace(model, demands=demands, closing_need=np.minimum(model.closing_need, closing))


def _competing(model: Model, solved: Solved, margin: int, limits: Limits) -> tuple[Model, np.ndarray, bool]:
    """The problem with the demands that compete for areas lowered, and the locks that no plan can honour given up.

    Args:
        margin: how many of its largest areas a demand is lowered by beyond the shortfall of a program in which areas
            may be split.
    """
    inside = _Inside(fold(model, forced=False), _suspects(model, solved))
    smaller = inside.model
    exact = smaller.n * smaller.years <= EXACT
    if exact:
        need, closing, dropped, proved = _least_missed(smaller, limits)
    else:
        need, closing, dropped = _split_missed(smaller, margin, limits)
        proved = False
    every_need, every_closing = model.demands.need.copy(), model.closing_need.copy()
    every_need[inside.demands] = need
    every_closing[inside.closings] = closing
    forced = model.forced.copy()
    forced[inside.places[dropped]] = False
    lowered = _lowered(replace(model, forced=forced), every_need, every_closing)
    return lowered, inside.places[dropped], proved and exact


class _Inside:
    """The parts that hold suspects, as one model; where its areas, demands and closings are in the larger one."""

    def __init__(self, folded: tuple[Model, np.ndarray], suspects: np.ndarray) -> None:
        model, places = folded
        parts = [group for group in parts_of(model) if suspects[places[group]].any()]
        own = np.sort(np.concatenate(parts)) if parts else np.zeros(0, dtype="int64")
        here = np.zeros(model.n, dtype="int64")
        here[own] = 1
        self.places = places[own]
        self.demands = np.flatnonzero((model.rows @ here)[model.demands.row] > 0)
        self.closings = np.flatnonzero(model.closing_wells @ (model.blocks @ here) > 0)
        self.model = only(take(model, own), self.demands, self.closings)


def _least_missed(model: Model, limits: Limits) -> tuple[np.ndarray, np.ndarray, np.ndarray, bool]:
    """What one choice of areas reaches that misses as little as possible and then costs as little as possible.

    Returns:
        What each demand and closing reaches, places of locked areas that stay in use, and whether it is proved.
    """
    form = formulate(model, shortfall=True)
    first = _missing_least(model, form)
    ruled = only(
        model, np.zeros(0, dtype="int64"), np.arange(len(model.closing_need))
    )  # caps hold in whole numbers
    found = exact_solution(ruled, form, first, replace(limits.share(0.5), gap=0.0))
    if found.x is None:
        nothing = np.zeros(len(model.demands.row), dtype="int64")
        return nothing, np.zeros(len(model.closing_need), dtype="int64"), np.flatnonzero(model.forced), False
    second = replace(
        form.program,
        lower=first.lower,
        matrix=sp.vstack([first.matrix, sp.csr_matrix(first.cost)]).tocsr(),
        row_lower=np.r_[first.row_lower, -np.inf],
        row_upper=np.r_[first.row_upper, float(first.cost @ found.x) + 1e-6],
    )
    cheaper = exact_solution(ruled, form, second, limits.share(0.5))
    x = found.x if cheaper.x is None else cheaper.x
    chosen, year = form.chosen(x), form.year(x)
    closing = model.closing_wells @ model.closes(chosen).astype("int64")
    return reached(model, chosen, year), closing, np.flatnonzero(model.forced & ~chosen), found.proved


def _split_missed(model: Model, margin: int, limits: Limits) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same with areas that may be split, and a margin for that they may not."""
    form = formulate(model, alike(model) if model.years > 1 else None, whole=False, shortfall=True)
    answer = solve_relaxation(_missing_least(model, form), time_limit=limits.left / 2, ask=limits.ask)
    if answer.x is None:
        return model.demands.need, model.closing_need, np.zeros(0, dtype="int64")
    missed = answer.x[form.d] * (answer.x[form.d] > _MISSED)
    needs = np.concatenate([model.demands.need, model.closing_need])
    left = needs - np.ceil(missed * needs).astype("int64")
    count = len(model.demands.row)
    largest = model.rows.max(axis=1).toarray().ravel()[model.demands.row]
    need = left[:count] - margin * largest * (missed[:count] > 0)
    dropped = np.flatnonzero(model.forced & (answer.x[: model.n] < 0.5))
    return np.maximum(need, 0), np.maximum(left[count:] - margin * (missed[count:] > 0), 0), dropped


def _missing_least(model: Model, form: Formulation) -> LinearModel:
    """The shortfall as the objective, in 亩; a lock to retire is given up only where nothing else helps."""
    program = form.program
    cost = np.zeros(len(program.cost))
    cost[form.d] = _land_missed(model)
    cost[: model.n][model.forced] = -(1.0 + float(cost.sum()))
    lower = program.lower.copy()
    lower[: model.n] = 0.0
    return replace(
        program, cost=cost * (LARGEST_COST / max(float(np.abs(cost).max(initial=0.0)), 1e-300)), lower=lower
    )


def _land_missed(model: Model) -> np.ndarray:
    """亩 that each demand, then each closing, stands for when all of it is missed."""
    demands = model.demands
    amount = np.ldexp(demands.need.astype("float64"), -model.exponent[demands.row])
    land = (model.rows != 0).astype("float64") @ model.size_mu
    total = np.ldexp(np.asarray(model.rows.sum(axis=1)).ravel().astype("float64"), -model.exponent)
    is_land = model.row_measure == "area_mu"
    per_unit = np.where(is_land | (total <= 0), 1.0, land / np.where(total > 0, total, 1.0))
    per_well = float(model.size_mu.mean()) if model.n else 1.0
    return np.maximum(np.r_[amount * per_unit[demands.row], model.closing_need * per_well], 0.0)


def total_missed(model: Model, lowered: Model) -> float:
    """亩 that stand for what the lowered demands and closings miss of the original ones."""
    every = _land_missed(model)
    before = np.r_[model.demands.need, model.closing_need].astype("float64")
    after = np.r_[lowered.demands.need, lowered.closing_need].astype("float64")
    return float((every * (before - after) / np.where(before > 0, before, 1.0)).sum())


def _smallest_release(
    model: Model, suspects: np.ndarray, limits: Limits
) -> tuple[np.ndarray, np.ndarray, bool, bool]:
    """Areas and caps to release, whether every target can then be met, and whether fewer are proved not to do it.

    Demands that all areas together cannot meet, locked or not, are lowered first: no release helps them.
    """
    within_reach = _clamped(replace(model, kept=np.zeros(model.n, dtype=bool)))
    within_reach = replace(within_reach, kept=model.kept)
    hopeless = total_missed(model, within_reach) > 0
    inside = _Inside((within_reach, np.arange(model.n)), suspects | _locked_beside(model, suspects))
    smaller = inside.model
    exact = smaller.n * smaller.years <= EXACT
    group = None if exact or smaller.years == 1 else alike(smaller)
    form = formulate(smaller, group, whole=exact, release=True)
    cost = np.zeros(len(form.program.cost))
    locked = np.flatnonzero(smaller.kept | smaller.forced)
    land = smaller.size_mu[locked]
    cost[form.f_area] = 1.0 + 0.5 * land / max(float(land.sum()), 1e-300)
    cost[form.f_cap] = 1.0
    answer = solve_whole(replace(form.program, cost=cost), time_limit=limits.left / 2, ask=limits.ask)
    if answer.x is None:
        return np.zeros(0, dtype="int64"), np.zeros((0, 2), dtype="int64"), False, False
    areas = inside.places[locked[answer.x[form.f_area] > 0.5]]
    caps = form.f_cap_at[answer.x[form.f_cap] > 0.5]
    meets = solve(released(within_reach, areas, caps), Limits(limits.deadline, 1.0, limits.ask)).complete
    return areas, caps, meets and not hopeless, meets and answer.status == "optimal"


def _locked_beside(model: Model, suspects: np.ndarray) -> np.ndarray:
    """Locked areas in the rows of suspects: they may help."""
    rows = model.rows @ suspects.astype("int64") > 0
    return (model.kept | model.forced) & (model.rows.astype(bool).T @ rows.astype("int64") > 0)


def released(model: Model, areas: np.ndarray, caps: np.ndarray) -> Model:
    """The problem without the locks of some areas and without some caps."""
    kept, forced, cap = model.kept.copy(), model.forced.copy(), model.cap.copy()
    kept[areas] = forced[areas] = False
    cap[caps[:, 0], caps[:, 1]] = NO_CAP
    return replace(model, kept=kept, forced=forced, cap=cap)
