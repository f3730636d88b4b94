"""One block of renewals and candidates that hang together: bound it, drop pairs that cannot matter, solve what is left.

Small blocks are solved as they are. In large ones prices (:mod:`.prices`) give a bound L on the cost. Then only pairs with a
loss of at most δ are kept and the rest is solved exactly; if the plan found costs P with P − L ≤ δ, no pair that was dropped
can be in a better plan (nor in one just as good), and the plan is proven. δ grows from 0 until that holds: at last it is
P − L itself.

The bound needs the weight that can be served. It starts from the bound by flows (:mod:`.service`); if that is not reached,
the weight is computed exactly first, without costs.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from ..solver import has_matching
from .exact import Choice, solve_graph
from .graph import Graph
from .market import Market
from .prices import Value, carried, find_prices, value_of
from .relaxation import Prices
from .service import most_weight
from .take import take_in_turn

Ask = Callable[[], None]
_SMALL_FOR_MATCHING, _SMALL_FOR_PROGRAM = 3000, 600
"""Pairs up to which a block is solved as it is."""
_MISSES = 3
"""How often a reduced block may fall short of the weight before that is computed exactly."""


@dataclass(frozen=True)
class Answer:
    """Pairs of a block, with what is proven of them.

    Attributes:
        row, col, cost: pairs, as places in the problem.
        weight: priorities served.
        weight_bound, cost_bound: see :class:`.exact.Choice`.
        n_known, n_kept: pairs that were looked at, pairs in the last exact solution.
        ways: how many parts were solved how.
    """

    row: np.ndarray
    col: np.ndarray
    cost: np.ndarray
    weight: int
    weight_bound: int
    cost_bound: int
    n_known: int
    n_kept: int
    ways: Counter = field(default_factory=Counter)

    @property
    def proven(self) -> bool:
        """True if there is no better plan."""
        return self.weight == self.weight_bound and int(self.cost.sum()) == self.cost_bound


def is_small(market: Market) -> bool:
    """True if the block is solved as it is."""
    small = _SMALL_FOR_MATCHING if has_matching() and (market.graph.needed <= 2).all() else _SMALL_FOR_PROGRAM
    return market.complete and len(market.graph.row) <= small


def solve_whole_block(market: Market, deadline: float, ask: Ask) -> Answer:
    """All known pairs at once."""
    choice = solve_graph(market.graph, deadline, ask)
    return _answer(market.graph, choice, choice.weight_bound, choice.cost_bound, len(market.graph.row))


def solve_block(market: Market, deadline: float, ask: Ask) -> Answer:
    """Most weight served, then least cost, then least tie; the best plan found and its bounds if time runs out."""
    if is_small(market):
        return solve_whole_block(market, deadline, ask)
    target = most_weight(market.graph, market.unseen)
    found = _solve_for(market, target, deadline, ask)
    if found.weight_bound == found.weight or time.monotonic() >= deadline:
        return found
    market.complete_all()
    graph = market.graph
    free = replace(graph, cost=np.zeros_like(graph.cost), tie=np.zeros_like(graph.tie))
    service = solve_graph(free, deadline, ask)
    if service.weight < service.weight_bound:
        return replace(found, weight_bound=min(target, service.weight_bound))
    if service.weight > found.weight:
        found = _answer(graph, _priced(graph, service), service.weight, 0, len(graph.row))
    again = _solve_for(market, service.weight, deadline, ask, sure=True)
    return (
        again if again.weight == service.weight else replace(found, weight_bound=service.weight, cost_bound=0)
    )


def _solve_for(market: Market, target: int, deadline: float, ask: Ask, *, sure: bool = False) -> Answer:
    """The best plan if ``target`` can be served; else the best found, with the target as bound of the weight.

    Args:
        sure: ``target`` can be served, so it is worth going on until it is.
    """
    best = _in_turn(market, target)
    sure = sure or best.weight == target
    pricing = Pricing(market, target, deadline, ask)
    most = _MOST_FOR_MATCHING if has_matching() and matches(market.graph) else 0
    delta, misses = 0, 0
    if not most:
        _tightened(pricing, deadline)
    while True:
        pricing.widen(delta)
        graph, value = market.graph, pricing.value
        kept = np.flatnonzero(value.loss(graph) <= delta)
        part = graph.part(kept)
        choice = solve_graph(part, deadline, ask, pricing.prices.paid_cuts)
        everything = market.complete and len(part.row) == len(graph.servable(np.arange(len(graph.row))))
        step = max(1, value.bound // 2000, int(graph.cost.max(initial=0)) // 2000)
        if everything and choice.proven:
            return _answer(part, choice, choice.weight, choice.cost, len(graph.row))
        if choice.weight == target:
            best = _better(best, _answer(part, choice, target, 0, len(graph.row)))
            gap = int(best.cost.sum()) - value.bound
            least = (
                value.bound
                if choice.cost_bound <= value.bound
                else min(choice.cost_bound, value.bound + delta + 1)
            )
            best = replace(best, cost_bound=min(int(best.cost.sum()), max(0, least)))
            if gap <= delta or not choice.proven or time.monotonic() >= deadline:
                return best
            delta = min(gap, max(8 * delta, step))
            continue
        misses += 1
        if (misses > _MISSES and not sure) or everything or time.monotonic() >= deadline:
            return _better(best, _answer(part, choice, target, 0, len(graph.row)))
        delta = max(8 * delta, step)


def _widened(market: Market, prices: Prices, value: Value, target: int, delta: int) -> tuple[Prices, Value]:
    """The market widened until no unknown offer has a loss of at most ``delta``, and what the prices prove then."""
    while True:
        graph = market.graph
        if not market.widen(value.loss_unknown(market.horizon) <= delta):
            return prices, value
        prices = carried(prices, graph, market)
        value = value_of(market.graph, market.horizon, prices, target)


def _in_turn(market: Market, target: int) -> Answer:
    """The plan of common sense on what is known, to begin with."""
    graph = market.graph
    edges = take_in_turn(graph)
    weight = int(graph.weight[np.unique(graph.row[edges])].sum())
    choice = Choice(edges, weight, int(graph.cost[edges].sum()), target, 0, Counter({"in turn": 1}))
    return _answer(graph, choice, target, 0, len(graph.row))


def _priced(graph: Graph, service: Choice) -> Choice:
    return replace(service, cost=int(graph.cost[service.edges].sum()), cost_bound=0)


def _answer(graph: Graph, choice: Choice, weight_bound: int, cost_bound: int, n_known: int) -> Answer:
    edges = choice.edges
    return Answer(
        row=graph.rows[graph.row[edges]],
        col=graph.cols[graph.col[edges]],
        cost=graph.cost[edges],
        weight=choice.weight,
        weight_bound=weight_bound,
        cost_bound=cost_bound,
        n_known=n_known,
        n_kept=len(graph.row),
        ways=choice.ways,
    )


def _better(one: Answer, other: Answer) -> Answer:
    """The one that serves more, then costs less; of two equals the later."""
    first, second = (-one.weight, int(one.cost.sum())), (-other.weight, int(other.cost.sum()))
    return other if second <= first else one
