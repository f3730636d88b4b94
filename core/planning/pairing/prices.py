"""Prices of wells: a lower bound on the cost of every plan, and the pairs that no best plan can use.

Let S be the weight to be served, v_c ≥ 0 a price on each well, λ_g ≥ 0 on each group with a limit L_g, μ ≥ 0 on each
renewal served under a cap m, and π ≥ 0 the reward for a unit of weight. With the priced cost p_rc = cost_rc +
v_c + λ_g(c) and q_r the sum of the k_r smallest priced costs of renewal r (the named well first), every plan
that serves S costs at least (Lagrange; all numbers whole, so nothing is rounded)

    L = Σ_r min(0, t_r) + π S − Σ_c v_c − Σ_g λ_g L_g − μ m,      t_r = q_r + μ − π w_r

and a plan that uses the pair (r, c) at least L + max(0, t_r) + max(0, p_rc − κ_r), with κ_r the k_r-th smallest
priced cost. The last two terms are the *loss* of a pair: with a plan of cost P in hand no pair whose loss
exceeds P − L is in a best plan. What is not yet known of the offers counts as wells at the horizon.

Any prices are safe. Good ones are the duals of the linear relaxation, which is solved over the cheapest pairs
of each renewal and widened by those whose loss would be 0 (column generation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cuts import half_need
from .graph import Graph
from .offers import NEVER
from .relaxation import Prices


@dataclass(frozen=True)
class Value:
    """What prices prove: the bound L, and per row t_r, κ_r (``NEVER`` where only the named well is needed)."""

    bound: int
    over: np.ndarray
    last: np.ndarray
    priced: np.ndarray

    def loss(self, graph: Graph) -> np.ndarray:
        """By how much a plan with this edge is at least above the bound, per edge."""
        beyond = np.maximum(self.priced - self.last[graph.row], 0)
        only_named = self.last[graph.row] == NEVER
        beyond = np.where(graph.is_named, 0, np.where(only_named, NEVER, beyond))
        return np.maximum(self.over, 0)[graph.row] + beyond

    def loss_unknown(self, horizon: np.ndarray) -> np.ndarray:
        """The same for offers that are not yet known, per row."""
        beyond = np.where(self.last == NEVER, NEVER, np.maximum(horizon - self.last, 0))
        return np.maximum(self.over, 0) + np.where(horizon == NEVER, NEVER, beyond)


def value_of(graph: Graph, horizon: np.ndarray, prices: Prices, target: int) -> Value:
    """The bound of prices on the cost of plans that serve the weight ``target``."""
    priced = graph.cost + prices.well[graph.col]
    grouped = graph.group[graph.col] >= 0
    priced = (
        priced + np.where(grouped, prices.group[graph.group[graph.col]], 0) if len(prices.group) else priced
    )
    extra, relief, paid = _of_cuts(graph, prices)
    priced += extra
    has_name = graph.named >= 0
    free = graph.needed - has_name
    named_cost = np.where(has_name, NEVER, 0)
    named = graph.is_named
    named_cost[graph.row[named]] = priced[named]
    others, last = _cheapest(graph, np.where(named, NEVER, priced), horizon, free)
    least = named_cost + others
    reward = np.minimum(prices.service * graph.weight.astype(object), 16 * NEVER).astype(np.int64)
    over = np.minimum(least, 8 * NEVER) + prices.slot - reward - relief
    paid += 0 if graph.cap is None else prices.slot * graph.cap
    paid += _total(prices.well) + _total(prices.group * np.where(prices.group > 0, graph.limit, 0))
    bound = _total(np.minimum(over, 0)) + prices.service * target - paid
    return Value(bound, over, last, priced)


def _cheapest(
    graph: Graph, cost: np.ndarray, horizon: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Per row the sum of its ``count`` smallest costs, and the last of them (``NEVER`` where none is asked for).

    Behind what is known stand as many wells as the row needs, at the horizon.
    """
    total, last = np.zeros(len(count), dtype=np.int64), np.full(len(count), NEVER)
    cost, least = cost.copy(), horizon.copy()
    starts = np.flatnonzero(np.diff(graph.row, prepend=-1))
    known = graph.row[starts]
    for turn in range(int(count.max(initial=0))):
        if len(starts):
            least[known] = np.minimum(np.minimum.reduceat(cost, starts), horizon[known])
        more = count > turn
        total[more] += least[more]
        last[more] = least[more]
        at = np.flatnonzero(cost == least[graph.row])
        cost[at[np.diff(graph.row[at], prepend=-1) > 0]] = NEVER
    return total, last


def _of_cuts(graph: Graph, prices: Prices) -> tuple[np.ndarray, np.ndarray, int]:
    """What odd sets add to the cost of each edge, take off each row, and cost in all."""
    extra, relief = np.zeros(len(graph.row), dtype=np.int64), np.zeros(len(graph.weight), dtype=np.int64)
    half, named, paid = half_need(graph.needed, graph.named), graph.is_named, 0
    starts = np.searchsorted(graph.row, np.arange(len(graph.weight) + 1))
    for cut, price in zip(prices.cuts, prices.cut.tolist(), strict=True):
        if price:
            in_row, in_col = cut.inside(graph.rows, graph.cols)
            rows = np.flatnonzero(in_row)
            edges = np.concatenate([np.arange(starts[row], starts[row + 1]) for row in rows])
            edges = edges[in_col[graph.col[edges]] & ~named[edges]]
            extra[edges] += price
            relief[rows] += price * half[rows]
            paid += price * cut.room
    return extra, relief, paid


def _total(numbers: np.ndarray) -> int:
    """The sum, without overflow."""
    return int(numbers.astype(object).sum()) if len(numbers) else 0
