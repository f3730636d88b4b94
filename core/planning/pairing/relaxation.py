"""The linear relaxation of a block, which grows by pairs and by odd sets, and its duals as prices.

    minimise Σ cost x + penalty · s
    Σ_c x_rc − k_r y_r = 0        x_r,named − y_r = 0        x_rc − y_r ≤ 0        Σ_r x_rc ≤ 1
    limits, cap and odd sets as they are        Σ w_r y_r + s ≥ target        0 ≤ x, y ≤ 1

s is weight that is not served, so that there is always a solution. Where everyone is served, x_rc ≤ y_r says
nothing and is left out, as are the odd sets.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..linear import Ask
from ..solver import GrowingProgram
from .cuts import Cut, broken_cuts, half_need
from .graph import Graph
from .offers import NEVER
from .problem import NO_LIMIT


@dataclass(frozen=True)
class Prices:
    """Whole numbers ≥ 0: per column of the graph, per group, per odd set, per unit of weight served, per row served."""

    well: np.ndarray
    group: np.ndarray
    cut: np.ndarray
    cuts: tuple[Cut, ...]
    service: int
    slot: int

    @property
    def paid_cuts(self) -> list[Cut]:
        """Odd sets with a price."""
        return [cut for cut, price in zip(self.cuts, self.cut.tolist(), strict=True) if price]


@dataclass(frozen=True)
class Relaxed:
    """What a solution says: prices, its value, and whether it falls short of the target."""

    prices: Prices
    value: float | None
    short: bool


class Relaxation:
    """The relaxation over some rows; pairs are added as they are wanted."""

    def __init__(self, graph: Graph, target: int, penalty: float) -> None:
        n = len(graph.weight)
        self._tight = target < int(graph.weight.sum())
        self._scale = float(graph.cost.mean()) + 1.0 if len(graph.cost) else 1.0
        self._n, self._target, self._rows = n, target, graph.rows
        self._half = half_need(graph.needed, graph.named)
        self._lp = GrowingProgram()
        self._row = self._col = np.zeros(0, dtype=np.int64)
        self._column = self._wells = self._of_well = np.zeros(0, dtype=np.int64)
        self._named = np.zeros(0, dtype=bool)
        self._x = np.zeros(0)
        self._named_row = np.where(graph.named >= 0, n + np.cumsum(graph.named >= 0) - 1, -1)
        self._cuts: list[Cut] = []
        self._known: set[Cut] = set()
        self._cut_at: list[int] = []
        self._start(graph, penalty)

    def _start(self, graph: Graph, penalty: float) -> None:
        """Columns y and s, and the rows that do not depend on pairs: needs, names, limits, cap, service."""
        n, named = self._n, np.flatnonzero(graph.named >= 0)
        self._limits = np.flatnonzero(graph.limit < NO_LIMIT)
        cap = np.zeros(0) if graph.cap is None else np.array([float(graph.cap)])
        upper = np.r_[np.ones(n), float(self._target)]
        cost = np.r_[np.zeros(n), penalty / self._scale]
        self._lp.add_columns(cost, np.zeros(n + 1), upper, sp.csr_matrix((0, n + 1)))
        needs = sp.csr_matrix((-graph.needed.astype(float), (np.arange(n), np.arange(n))), shape=(n, n + 1))
        names = sp.csr_matrix(
            (-np.ones(len(named)), (np.arange(len(named)), named)), shape=(len(named), n + 1)
        )
        limits = sp.csr_matrix((len(self._limits), n + 1))
        slots = sp.csr_matrix(np.repeat([[*np.ones(n), 0.0]], len(cap), axis=0).reshape(len(cap), n + 1))
        service = sp.csr_matrix(np.r_[graph.weight.astype(float), 1.0])
        low = np.r_[
            np.zeros(n + len(named)), np.full(len(self._limits) + len(cap), -np.inf), float(self._target)
        ]
        high = np.r_[np.zeros(n + len(named)), graph.limit[self._limits].astype(float), cap, np.inf]
        self._lp.add_rows(sp.vstack([needs, names, limits, slots, service]), low, high)
        self._limit_at = n + len(named)
        self._cap_at = self._limit_at + len(self._limits)
        self._service_at = self._cap_at + len(cap)
        self._has_cap = bool(len(cap))

    def raise_penalty(self, penalty: float) -> None:
        """Make it dearer not to serve."""
        self._lp.set_cost(self._n, penalty / self._scale)

    def add(self, graph: Graph, edges: np.ndarray) -> None:
        """More pairs: places of edges of a graph with the same rows, none of them twice."""
        row, col, named = graph.row[edges], graph.cols[graph.col[edges]], graph.is_named[edges]
        group = graph.group[graph.col[edges]]
        self._add_wells(np.setdiff1d(col, self._wells))
        at = self._of_well[np.searchsorted(self._wells, col)]
        new = np.arange(len(edges))
        grouped, limit = np.flatnonzero(group >= 0), np.searchsorted(self._limits, group[group >= 0])
        start = [row, at, self._named_row[row[named]], self._limit_at + limit]
        end = [new, new, new[named], grouped]
        value = [np.ones(len(one)) for one in start]
        for number, cut in enumerate(self._cuts):
            inside = np.flatnonzero(np.logical_and(*cut.inside(self._rows[row], col)) & ~named)
            start.append(np.full(len(inside), self._cut_at[number]))
            end.append(inside)
            value.append(np.ones(len(inside)))
        shape = (self._lp.shape[0], len(edges))
        entries = sp.csc_matrix(
            (np.concatenate(value), (np.concatenate(start), np.concatenate(end))), shape=shape
        )
        column = self._lp.shape[1] + new
        self._lp.add_columns(
            graph.cost[edges] / self._scale, np.zeros(len(edges)), np.ones(len(edges)), entries
        )
        self._row, self._col, self._column = (
            np.r_[self._row, row],
            np.r_[self._col, col],
            np.r_[self._column, column],
        )
        self._named = np.r_[self._named, named]
        linked = np.flatnonzero(~named & (graph.needed[row] > 1)) if self._tight else new[:0]
        place, width = np.arange(len(linked)), self._lp.shape[1]
        ones = np.r_[np.ones(len(linked)), -np.ones(len(linked))]
        link = sp.csr_matrix(
            (ones, (np.r_[place, place], np.r_[column[linked], row[linked]])), shape=(len(linked), width)
        )
        self._lp.add_rows(link, np.full(len(linked), -np.inf), np.zeros(len(linked)))

    def _add_wells(self, wells: np.ndarray) -> None:
        """Rows Σ_r x_rc ≤ 1 for wells that are new."""
        first, width = self._lp.shape
        self._lp.add_rows(
            sp.csr_matrix((len(wells), width)), np.full(len(wells), -np.inf), np.ones(len(wells))
        )
        both, at = np.r_[self._wells, wells], np.r_[self._of_well, first + np.arange(len(wells))]
        order = np.argsort(both)
        self._wells, self._of_well = both[order], at[order]

    def solve(self, graph: Graph, deadline: float, ask: Ask) -> Relaxed:
        """Prices for the columns of a graph with the same rows."""
        answer = self._lp.solve(max(0.0, deadline - time.monotonic()), ask)
        if answer.status != "optimal" or answer.dual is None or answer.x is None:
            return Relaxed(self._prices(graph, np.zeros(self._lp.shape[0])), None, False)
        self._x = answer.x
        return Relaxed(
            self._prices(graph, answer.dual), answer.objective * self._scale, bool(answer.x[self._n] > 1e-7)
        )

    def _prices(self, graph: Graph, dual: np.ndarray) -> Prices:
        whole = np.rint(np.clip(dual * self._scale, -NEVER, NEVER)).astype(np.int64)
        paid = np.maximum(-whole, 0)
        well, group = np.zeros(len(graph.group), dtype=np.int64), np.zeros(len(graph.limit), dtype=np.int64)
        well[np.searchsorted(graph.cols, self._wells)] = paid[self._of_well]
        group[self._limits] = paid[self._limit_at : self._cap_at]
        cut = paid[self._cut_at] if self._cuts else np.zeros(0, dtype=np.int64)
        slot = int(paid[self._cap_at]) if self._has_cap else 0
        return Prices(well, group, cut, tuple(self._cuts), max(0, int(whole[self._service_at])), slot)

    def add_broken_cuts(self) -> bool:
        """Add the odd sets that the last solution breaks; False if none was found."""
        if not self._tight:
            return False
        free = np.flatnonzero(~self._named)
        share, served = self._x[self._column[free]], self._x[: self._n]
        found = broken_cuts(self._row[free], self._col[free], share, served, self._half, self._rows)
        fresh = [cut for cut in found if cut not in self._known]
        entries = []
        for number, cut in enumerate(fresh):
            in_row, in_col = cut.inside(self._rows[self._row[free]], self._col[free])
            edges = self._column[free[in_row & in_col]]
            rows = np.searchsorted(self._rows, cut.rows)
            value = np.r_[np.ones(len(edges)), -self._half[rows].astype(float)]
            entries.append((np.full(len(value), number), np.r_[edges, rows], value))
        if fresh:
            at, place, value = (np.concatenate(parts) for parts in zip(*entries, strict=True))
            first, width = self._lp.shape
            self._cut_at += range(first, first + len(fresh))
            room = np.array([float(cut.room) for cut in fresh])
            matrix = sp.csr_matrix((value, (at, place)), shape=(len(fresh), width))
            self._lp.add_rows(matrix, np.full(len(fresh), -np.inf), room)
        self._cuts += fresh
        self._known |= set(fresh)
        return bool(fresh)
