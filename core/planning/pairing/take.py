"""The plan of common sense: each renewal in turn takes the cheapest wells that are left. A start and a comparison."""

from __future__ import annotations

import numpy as np

from .graph import Graph, groups_of, tie_of
from .problem import Problem


def take_in_turn(graph: Graph) -> np.ndarray:
    """Edges chosen when rows come in order of weight, then id, and take their named and their cheapest free columns.

    A row that does not get all that it needs takes none. Limits and cap are respected.
    """
    order = np.lexsort((graph.tie, graph.cost, ~graph.is_named, graph.row))
    starts = np.searchsorted(graph.row[order], np.arange(len(graph.weight) + 1))
    stock = _Stock(graph.group, graph.limit)
    chosen = []
    for row in _turns(graph.weight):
        if graph.cap is not None and len(chosen) >= graph.cap:
            break
        edges = order[starts[row] : starts[row + 1]]
        place = stock.pick(graph.col[edges], int(graph.needed[row]), int(graph.named[row]))
        if place is not None:
            stock.take(graph.col[edges[place]])
            chosen.append(edges[place])
    return np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=np.int64)


def take_all(problem: Problem, *, capped: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same for a whole problem: row, column and cost as places.

    Args:
        capped: whether the cap on renewals holds.
    """
    cap = problem.max_served if capped else None
    stock = _Stock(groups_of(problem, np.arange(len(problem.candidate_ids))), problem.limit)
    near = problem.offers.nearest(np.arange(len(problem.weight)), 6 * int(problem.needed.max(initial=1)))
    starts = np.searchsorted(near.row, np.arange(len(problem.weight) + 1))
    rows, cols, costs = [], [], []
    for row in _turns(problem.weight):
        if cap is not None and len(rows) >= cap:
            break
        mine = slice(starts[row], starts[row + 1])
        found = _cheapest(problem, stock, row, near.col[mine], near.cost[mine])
        if found is None or found[1].max() > near.horizon[row]:
            # Cheaper wells may stand behind those that were asked for: look at all that are left.
            left = np.flatnonzero(stock.free & (problem.candidate_pool == problem.renewal_pool[row]))
            price = problem.offers.price(np.full(len(left), row), left)
            found = _cheapest(problem, stock, row, left[price >= 0], price[price >= 0])
        if found is not None:
            stock.take(found[0])
            rows.append(np.full(len(found[0]), row))
            cols.append(found[0])
            costs.append(found[1])
    nothing = [np.zeros(0, dtype=np.int64)]
    return np.concatenate(rows or nothing), np.concatenate(cols or nothing), np.concatenate(costs or nothing)


def _turns(weight: np.ndarray) -> list[int]:
    return np.argsort(-weight, kind="stable").tolist()


def _cheapest(
    problem: Problem, stock: _Stock, row: int, cols: np.ndarray, costs: np.ndarray
) -> tuple[np.ndarray, np.ndarray] | None:
    """Columns and costs that a row of a problem takes from those on offer."""
    named = int(problem.named[row])
    order = np.lexsort(
        (tie_of(np.full(len(cols), row), cols, len(problem.candidate_ids)), costs, cols != named)
    )
    place = stock.pick(cols[order], int(problem.needed[row]), named)
    return None if place is None else (cols[order[place]], costs[order[place]])


class _Stock:
    """Columns that are free, and what is left of the limits."""

    def __init__(self, group: np.ndarray, limit: np.ndarray) -> None:
        self.free = np.ones(len(group), dtype=bool)
        self._group, self._left = group, limit.copy()

    def pick(self, cols: np.ndarray, needed: int, named: int) -> np.ndarray | None:
        """Places of the first columns that are free and within the limits, as many as needed; None if there are too few.

        Args:
            cols: the named column first.
            named: a column that must be among them; −1: none.
        """
        place = np.flatnonzero(self.free[cols])
        group = self._group[cols[place]]
        for one in np.unique(group[group >= 0]):
            allowed = (group != one) | (np.cumsum(group == one) <= self._left[one])
            place, group = place[allowed], group[allowed]
        if len(place) < needed or (named >= 0 and cols[place[0]] != named):
            return None
        return place[:needed]

    def take(self, cols: np.ndarray) -> None:
        """Take columns out."""
        self.free[cols] = False
        group = self._group[cols]
        np.subtract.at(self._left, group[group >= 0], 1)
