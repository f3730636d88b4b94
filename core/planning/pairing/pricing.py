"""The search for good prices: the relaxation grows by pairs until nothing is missing, and by odd sets as far as
is worth it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..linear import Ask
from .graph import Graph
from .market import FIRST, Market
from .offers import NEVER
from .prices import Value, value_of
from .relaxation import Prices, Relaxation, Relaxed

_ROUNDS = 20
_SPARE = 4
"""So many more offers of each row than it needs are put into the relaxation at a time."""
_SLOW = 5e-5
"""Odd sets are added until a round raises the bound by no more than this share."""
_CLOSE, _CLOSE_FOR_ALL = 1e-4, 1e-6
"""Relative difference between relaxation and bound that is close enough; where all are served plans often reach it."""


class Pricing:
    """Prices of a market for a weight to be served, and what they prove.

    Attributes:
        prices, value: the best so far, for the market's graph as it is.
    """

    def __init__(self, market: Market, target: int, deadline: float, ask: Ask) -> None:
        self._market, self._target, self._deadline, self._ask = market, target, deadline, ask
        graph = market.graph
        self._close = _CLOSE_FOR_ALL if target == int(graph.weight.sum()) else _CLOSE
        self._chosen = _cheapest(graph, max(FIRST, market.count))
        self._penalty = 4 * int(graph.needed.max(initial=1)) * int(graph.cost.max(initial=1) + 1)
        self._relaxation = Relaxation(graph, target, self._penalty)
        self._relaxation.add(graph, np.flatnonzero(self._chosen))
        self._last: Relaxed | None = None
        nothing = np.zeros(len(graph.group), dtype=np.int64), np.zeros(len(graph.limit), dtype=np.int64)
        self.prices = Prices(*nothing, np.zeros(0, dtype=np.int64), (), 0, 0)
        self.value = value_of(graph, market.horizon, self.prices, target)
        self._converge()

    def tighten(self) -> bool:
        """Add odd sets as long as they raise the bound noticeably; False if they do not."""
        last, rises = self._last, False
        while last is not None and last.value is not None and not last.short:
            if not self._relaxation.add_broken_cuts():
                break
            after = self._relaxation.solve(self._market.graph, self._deadline, self._ask)
            if after.value is None or after.value - last.value <= _SLOW * abs(after.value):
                break
            last, rises = after, True
        if rises:
            self._converge()
        return rises

    def widen(self, delta: int) -> None:
        """Widen the market until no unknown offer has a loss of at most ``delta``."""
        market = self._market
        graph = market.graph
        while market.widen(self.value.loss_unknown(market.horizon) <= delta):
            self._follow(graph)
            graph = market.graph

    def _converge(self) -> None:
        """Add pairs until the bound is close to the value of the relaxation."""
        market = self._market
        for _ in range(_ROUNDS):
            graph = market.graph
            found = self._last = self._relaxation.solve(graph, self._deadline, self._ask)
            if found.value is None:
                return
            value = self._seen(found)
            if not found.short and found.value - value.bound <= self._close * abs(found.value) + 1:
                return
            fresh = _useful(market.graph, value) & ~self._chosen
            if not (fresh & (value.priced <= value.last[market.graph.row])).any():
                if not found.short or self._penalty > NEVER // 64:
                    return
                self._penalty *= 16
                self._relaxation.raise_penalty(self._penalty)
            self._relaxation.add(market.graph, np.flatnonzero(fresh))
            self._chosen |= fresh

    def _seen(self, found: Relaxed) -> Value:
        """What the prices of a solution prove, when every offer that they make attractive is known; kept if it is more.

        Where the relaxation still falls short the penalty makes everything attractive; then one step has to do.
        """
        market, prices = self._market, found.prices
        graph = market.graph
        value = value_of(graph, market.horizon, prices, self._target)
        while market.widen((value.over <= 0) & (market.horizon <= value.last)):
            prices = _carried(prices, graph, market.graph)
            self._follow(graph)
            graph = market.graph
            value = value_of(graph, market.horizon, prices, self._target)
            if found.short:
                break
        if value.bound > self.value.bound:
            self.prices, self.value = prices, value
        return value

    def _follow(self, graph: Graph) -> None:
        """Carry what is known over from the graph before the market was widened."""
        now = self._market.graph
        self.prices = _carried(self.prices, graph, now)
        self.value = value_of(now, self._market.horizon, self.prices, self._target)
        self._chosen = np.isin(_keys(now), _keys(graph)[self._chosen])


def _useful(graph: Graph, value: Value) -> np.ndarray:
    """Mask of the edges that the relaxation should know: the cheapest of each row that is worth serving, and
    some more."""
    pick = np.flatnonzero((value.over <= 0)[graph.row] & ~graph.is_named)
    order = pick[np.lexsort((value.priced[pick], graph.row[pick]))]
    row = graph.row[order]
    place = np.arange(len(order)) - np.searchsorted(row, np.arange(len(graph.weight)))[row]
    mask = np.zeros(len(graph.row), dtype=bool)
    mask[order[place < graph.needed[row] + _SPARE]] = True
    return mask


def _carried(prices: Prices, before: Graph, now: Graph) -> Prices:
    """Prices of one graph for a wider one; wells that are new cost nothing extra."""
    well = np.zeros(len(now.group), dtype=np.int64)
    well[np.searchsorted(now.cols, before.cols)] = prices.well
    return replace(prices, well=well)


def _cheapest(graph: Graph, count: int) -> np.ndarray:
    """Mask of the named and the ``count`` cheapest edges of each row."""
    order = np.lexsort((graph.cost, ~graph.is_named, graph.row))
    starts = np.searchsorted(graph.row[order], np.arange(len(graph.weight)))
    mask = np.zeros(len(graph.row), dtype=bool)
    mask[order[np.arange(len(order)) - starts[graph.row[order]] < count]] = True
    return mask


def _keys(graph: Graph) -> np.ndarray:
    """One number per edge that does not change when the graph is widened."""
    return graph.rows[graph.row] * 2**32 + graph.cols[graph.col]
