"""The bound: the program without regard to whole areas, and what each area would cost at its prices."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ..linear import LinearModel, dual_bound, right_sign, solve_relaxation, without_fixed
from .formulation import Formulation

DIRECT = 4000
"""Areas up to which the whole program goes to the solver; larger ones are sifted."""
_CLOSE = 1e-7
"""Relative distance of the sifted program from its bound at which sifting ends."""
_ROUNDS = 60
_NEAREST, _SAMPLE, _NEW = 40, 40, 4000
"""Areas of each group that matter at first; that stand for it in the sample, at least; that are added in a round."""
_PENALTY = 1e6
"""Objective per unit of a row that a program in the making cannot meet yet; far above any price of land."""
_MISSED = 1e-7


@dataclass(frozen=True)
class Relaxed:
    """Solution of the relaxation.

    Attributes:
        x: value of each column.
        bound: no whole plan costs less, in units of cost.
        reduced: r_i: no plan in which area i is not as its sign says (r < 0: retired) costs less than bound + |r_i|.
        missed: some rows are not met, because no plan meets them or because the sifting ended too early.
    """

    x: np.ndarray
    bound: int
    reduced: np.ndarray
    missed: bool = False


def relax(
    form: Formulation, group: np.ndarray, *, deadline: float = np.inf, ask: Callable[[], None] | None = None
) -> Relaxed | None:
    """Solve the relaxation; None where it has no solution, or none in time.

    Args:
        group: areas that differ in size and cost only, see :func:`.formulation.alike`.
    """
    if form.n <= DIRECT:
        answer = solve_relaxation(form.program, time_limit=deadline - time.monotonic(), ask=ask)
        if answer.x is None or answer.dual is None:
            return None
        return _relaxed(form, answer.x, answer.dual)
    return _sift(form, group, deadline, ask)


def _relaxed(form: Formulation, x: np.ndarray, dual: np.ndarray, missed: bool = False) -> Relaxed:
    program = form.program
    price = right_sign(program, dual)
    reduced = form.scale * (program.cost - program.matrix.T @ price)[: form.n]
    return Relaxed(x, units_up(form.scale * dual_bound(program, dual)), reduced, missed)


def units_up(bound: float) -> int:
    """A bound in whole units: costs are whole, so that it may be rounded up."""
    return int(np.ceil(bound - 1e-9)) if np.isfinite(bound) else -(1 << 62)


def _sift(
    form: Formulation, group: np.ndarray, deadline: float, ask: Callable[[], None] | None
) -> Relaxed | None:
    """Solve over the areas that matter, price the others, add those that want to change; until none does."""
    program, n = form.program, form.n
    elastic = _elastic(program)
    reduced = _reduced(form, _sample_prices(form, group, deadline, ask))
    working = rank_within(group, np.abs(reduced)) < _NEAREST
    fixed = np.clip(reduced < 0, program.lower[:n], program.upper[:n])
    best: Relaxed | None = None
    for _ in range(_ROUNDS):
        lower, upper = elastic.lower.copy(), elastic.upper.copy()
        lower[:n] = np.where(working, lower[:n], fixed)
        upper[:n] = np.where(working, upper[:n], fixed)
        small = without_fixed(replace(elastic, lower=lower, upper=upper))
        answer = solve_relaxation(small.program, time_limit=deadline - time.monotonic(), ask=ask)
        if answer.x is None or answer.dual is None:
            return best
        x = lower
        x[small.columns] = answer.x
        dual = np.zeros(len(program.row_lower))
        dual[small.rows] = answer.dual
        found = _relaxed(form, x[: len(program.cost)], dual, bool((x[len(program.cost) :] > _MISSED).any()))
        keeps = best is not None and not best.missed and best.bound > found.bound
        best = replace(best, x=found.x) if best is not None and keeps else found
        value = form.scale * (answer.objective + small.cost)
        wrong = ~working & np.where(fixed > 0.5, found.reduced > 0, found.reduced < 0)
        wrong &= (program.lower < program.upper)[:n]
        if not wrong.any() or (not found.missed and value - best.bound <= _CLOSE * abs(value)):
            return best
        places = np.flatnonzero(wrong)
        worst = np.argsort(-np.abs(found.reduced[places]), kind="stable")[: max(_NEW, n // 8)]
        working[places[worst]] = True
    return best


def _sample_prices(
    form: Formulation, group: np.ndarray, deadline: float, ask: Callable[[], None] | None
) -> np.ndarray:
    """First prices of demands, years and caps: one area in so many of each group stands for all of them.

    Of each group, in the order of cost per land, every k-th area, with k times its cost and land. Wells and pairs have
    no part in it.
    """
    program, n = form.program, form.n
    rank = rank_within(group, program.cost[:n] / form.land)
    every = np.maximum(np.bincount(group) // _SAMPLE, 1)[group]
    taken = np.flatnonzero(rank % every == every // 2)
    columns = np.r_[taken, np.arange(form.u.start, form.u.stop)]
    others = np.ones(len(program.cost), dtype=bool)
    others[:n] = others[form.u] = False
    rows = np.flatnonzero(abs(program.matrix) @ others == 0)
    weight = np.r_[every[taken], np.ones(form.u.stop - form.u.start)]
    sample = LinearModel(
        cost=program.cost[columns] * weight,
        lower=np.zeros(len(columns)),
        upper=program.upper[columns],
        whole=np.zeros(len(columns), dtype=bool),
        matrix=(program.matrix[rows][:, columns] @ sp.diags(weight)).tocsr(),
        row_lower=program.row_lower[rows],
        row_upper=program.row_upper[rows],
    )
    answer = solve_relaxation(_elastic(sample), time_limit=deadline - time.monotonic(), ask=ask)
    dual = np.zeros(len(program.row_lower))
    if answer.dual is not None:
        dual[rows] = answer.dual
    return dual


def _reduced(form: Formulation, dual: np.ndarray) -> np.ndarray:
    program = form.program
    return form.scale * (program.cost - program.matrix.T @ dual)[: form.n]


def _elastic(program: LinearModel) -> LinearModel:
    """Every row can be missed, for a price; so a program in the making always has a solution."""
    needs, limits = np.isfinite(program.row_lower), np.isfinite(program.row_upper)
    count = len(needs)
    identity = sp.identity(count, format="csc")
    slack = sp.hstack([identity[:, needs], -identity[:, limits]])
    size = slack.shape[1]
    return LinearModel(
        cost=np.r_[program.cost, np.full(size, _PENALTY)],
        lower=np.r_[program.lower, np.zeros(size)],
        upper=np.r_[program.upper, np.full(size, np.inf)],
        whole=np.r_[program.whole, np.zeros(size, dtype=bool)],
        matrix=sp.hstack([program.matrix, slack]).tocsr(),
        row_lower=program.row_lower,
        row_upper=program.row_upper,
    )


def rank_within(group: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Place of each value among those of its group, smallest first; ties in the order given."""
    order = np.lexsort((value, group))
    sorted_group = group[order]
    start = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    count = np.diff(np.r_[start, len(order)])
    rank = np.empty(len(order), dtype="int64")
    rank[order] = np.arange(len(order)) - np.repeat(start, count)
    return rank
