"""One block of renewals and candidates that hang together: bound it, drop pairs that cannot matter, solve what is left.

Small blocks are solved as they are. In large ones prices (:mod:`.prices`) give a bound L on the cost of every
plan that serves the weight S, the most that flows allow (:mod:`.service`). Only pairs with a loss of at most δ
are kept and solved exactly; δ grows until that serves S, at a cost P. Odd sets then raise L as far as they can,
and once more the pairs with a loss of at most P − L are solved: no other pair is in a plan as good, so what
comes out is proven.

Where S is out of reach (flows serve by halves) the block is solved as a whole.
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
from .pricing import Pricing
from .service import most_weight
from .take import take_in_turn

Ask = Callable[[], None]
_SMALL_FOR_MATCHING, _SMALL_FOR_PROGRAM = 3000, 600
"""Pairs up to which a block is solved as it is."""
_MISSES = 4
"""How often a reduced block may fall short of the weight before the whole block is solved."""
_FIRST = 2000
"""δ begins at this part of the bound where not everyone can be served."""


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
    def total(self) -> int:
        """The cost of all pairs."""
        return int(self.cost.sum())

    @property
    def proven(self) -> bool:
        """True if there is no better plan."""
        return self.weight == self.weight_bound and self.total == self.cost_bound


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
    pricing = Pricing(market, target, deadline, ask)
    best = _serving(market, pricing, target, deadline, ask)
    if best.weight == target:
        return _cheapest(market, pricing, best, deadline, ask)
    if time.monotonic() >= deadline:
        return best
    market.complete_all()
    return _better(best, solve_whole_block(market, deadline, ask))


def _serving(market: Market, pricing: Pricing, target: int, deadline: float, ask: Ask) -> Answer:
    """A plan that serves ``target``, of pairs with as little loss as that takes; else the best one found."""
    best = _in_turn(market, target)
    step = max(1, pricing.value.bound // _FIRST, int(market.graph.cost.max(initial=0)) // _FIRST)
    delta = 0 if target == int(market.graph.weight.sum()) else step
    for _ in range(_MISSES):
        found = _solved(market, pricing, target, delta, deadline, ask)
        best = _better(best, found)
        if found.weight == target or time.monotonic() >= deadline:
            break
        delta = max(8 * delta, step)
    return best


def _cheapest(market: Market, pricing: Pricing, best: Answer, deadline: float, ask: Ask) -> Answer:
    """The least cost at the weight that ``best`` serves."""
    if best.proven:
        return best
    while time.monotonic() < deadline and pricing.tighten():
        pass
    bound = max(0, pricing.value.bound)
    best = replace(best, cost_bound=max(best.cost_bound, bound))
    if time.monotonic() >= deadline:
        return best
    # Also where the bound is reached now: among plans of equal cost the tie has to be found.
    return _better(best, _solved(market, pricing, best.weight, best.total - bound, deadline, ask))


def _solved(market: Market, pricing: Pricing, target: int, delta: int, deadline: float, ask: Ask) -> Answer:
    """The best plan of pairs with a loss of at most ``delta``, and what is proven of it."""
    pricing.widen(delta)
    graph, bound = market.graph, max(0, pricing.value.bound)
    part = graph.part(np.flatnonzero(pricing.value.loss(graph) <= delta))
    choice = solve_graph(part, deadline, ask, pricing.prices.paid_cuts)
    # A plan with a pair that was dropped costs more than bound + delta; one without at least what the choice is
    # proven to.
    least = bound
    if choice.weight_bound == target:
        least = max(bound, min(choice.cost_bound, bound + delta + 1))
    return _answer(part, choice, target, least, len(graph.row))


def _in_turn(market: Market, target: int) -> Answer:
    """The plan of common sense on what is known, to begin with."""
    graph = market.graph
    edges = take_in_turn(graph)
    weight = int(graph.weight[np.unique(graph.row[edges])].sum())
    choice = Choice(edges, weight, int(graph.cost[edges].sum()), target, 0, Counter({"in turn": 1}))
    return _answer(graph, choice, target, 0, len(graph.row))


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
    """The one that serves more, then costs less (of two equals the later), with the tighter bounds of the two."""
    best = other if (-other.weight, other.total) <= (-one.weight, one.total) else one
    weight_bound, least = min((one.weight_bound, -one.cost_bound), (other.weight_bound, -other.cost_bound))
    return replace(best, weight_bound=weight_bound, cost_bound=-least)
