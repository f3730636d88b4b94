"""The plan of common sense: each renewal in turn takes the cheapest wells that are left. A start and a comparison."""

from __future__ import annotations

import numpy as np

from .graph import Graph, groups_of, tie_of
from .offers import NEVER
from .problem import Problem


def take_in_turn(graph: Graph) -> np.ndarray:
    """Edges chosen when rows come in order of weight, then id, and take their named and their cheapest free columns.

    A row that does not get all that it needs takes none. Limits and cap are respected.
    """
    order = np.lexsort((graph.tie, graph.cost, ~graph.is_named, graph.row))
    starts = np.searchsorted(graph.row[order], np.arange(len(graph.weight) + 1)).tolist()
    cols, needed, named = graph.col[order].tolist(), graph.needed.tolist(), graph.named.tolist()
    stock = _Stock(graph.group, graph.limit)
    chosen: list[int] = []
    served = 0
    for row in _turns(graph.weight):
        if graph.cap is not None and served >= graph.cap:
            break
        mine = cols[starts[row] : starts[row + 1]]
        places = stock.take(mine, needed[row], named[row])
        chosen += [starts[row] + place for place in places]
        served += bool(places)
    return np.sort(order[np.array(chosen, dtype=np.int64)])


def take_all(problem: Problem, *, capped: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same for a whole problem: row, column and cost as places.

    Args:
        capped: whether the cap on renewals holds.
    """
    cap = problem.max_served if capped else None
    stock = _Stock(groups_of(problem, np.arange(len(problem.candidate_ids))), problem.limit)
    near = problem.offers.nearest(np.arange(len(problem.weight)), 6 * int(problem.needed.max(initial=1)))
    order = _order(problem, near.row, near.col, near.cost)
    starts = np.searchsorted(near.row, np.arange(len(problem.weight) + 1)).tolist()
    near_col, near_cost, horizon = near.col[order].tolist(), near.cost[order].tolist(), near.horizon.tolist()
    needed, named = problem.needed.tolist(), problem.named.tolist()
    taken: list[tuple[int, int, int]] = []
    served = 0
    for row in _turns(problem.weight):
        if cap is not None and served >= cap:
            break
        cols, costs = near_col[starts[row] : starts[row + 1]], near_cost[starts[row] : starts[row + 1]]
        places = stock.pick(cols, needed[row], named[row])
        # Cheaper wells may stand behind those that were asked for: then look at all that are left.
        if horizon[row] < NEVER and (not places or costs[places[-1]] > horizon[row]):
            cols, costs = _left(problem, stock, row)
        places = stock.take(cols, needed[row], named[row])
        taken += [(row, cols[place], costs[place]) for place in places]
        served += bool(places)
    row, col, cost = np.array(taken, dtype=np.int64).reshape(-1, 3).T
    return row, col, cost


def _left(problem: Problem, stock: _Stock, row: int) -> tuple[list[int], list[int]]:
    """All columns of a row's pool that are free, and their costs, in the order in which the row takes them."""
    col = np.flatnonzero(
        np.array(stock.free, dtype=bool) & (problem.candidate_pool == problem.renewal_pool[row])
    )
    cost = problem.offers.price(np.full(len(col), row), col)
    col, cost = col[cost >= 0], cost[cost >= 0]
    order = _order(problem, np.full(len(col), row), col, cost)
    return col[order].tolist(), cost[order].tolist()


def _order(problem: Problem, row: np.ndarray, col: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Pairs by row, the named one first, then by cost and tie."""
    return np.lexsort((tie_of(row, col, len(problem.candidate_ids)), cost, col != problem.named[row], row))


def _turns(weight: np.ndarray) -> list[int]:
    return np.argsort(-weight, kind="stable").tolist()


class _Stock:
    """Columns that are free, and what is left of the limits."""

    def __init__(self, group: np.ndarray, limit: np.ndarray) -> None:
        self.free = [True] * len(group)
        self._group, self._left = group.tolist(), limit.tolist()

    def pick(self, cols: list[int], needed: int, named: int) -> list[int]:
        """Places of the first columns that are free and within the limits, as many as needed; none if there are
        too few.

        Args:
            cols: the named column first.
            named: a column that must be among them; −1: none.
        """
        places: list[int] = []
        used: dict[int, int] = {}
        for place, col in enumerate(cols):
            group = self._group[col]
            if self.free[col] and (group < 0 or used.get(group, 0) < self._left[group]):
                used[group] = used.get(group, 0) + 1
                places.append(place)
                if len(places) == needed:
                    return places if named < 0 or cols[places[0]] == named else []
        return []

    def take(self, cols: list[int], needed: int, named: int) -> list[int]:
        """The same, and take them out."""
        places = self.pick(cols, needed, named)
        for place in places:
            self.free[cols[place]] = False
            if self._group[cols[place]] >= 0:
                self._left[self._group[cols[place]]] -= 1
        return places
