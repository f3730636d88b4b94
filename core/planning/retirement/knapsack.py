"""One unit, one target: the cheapest areas that together reach it (a covering knapsack), exactly.

| symbol | meaning |
|---|---|
| i ∈ I | areas of the unit, in the order of their ids |
| c_i ≥ 0 | cost of retiring area i, integer |
| a_i ≥ 0 | what it adds towards the target, integer |
| b | the target, integer |
| x_i ∈ {0, 1} | area i is retired |

    minimise Σ c_i x_i   subject to   Σ a_i x_i ≥ b

**Bound.** For every price λ ≥ 0 per unit of land, L(λ) = λ b + Σ min(0, c_i − λ a_i) is at most the optimum. It is
largest at λ = c_s / a_s, where s is the area at which the target is reached when the areas are taken by c_i / a_i.

**Search.** The optimum differs from "all areas before s" in few areas near s (Pisinger, 1997: A minimal algorithm for
the 0-1 knapsack problem). States (land beyond the target, cost) grow outward from s, one area at a time, to the left
by giving an area back, to the right by taking one. A state goes when another has at least its land for no more cost, or
when its own bound shows that nothing cheaper than the best plan can come of it. No state left: the plan is proved.

**Where the states become too many** (costs in proportion to the areas: sums of subsets), two lists of states over
different areas are joined, each state with its cheapest complement, and the smallest bound of the open states is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .states import States, join

STATES = (1 << 12, 1 << 15)
"""Open states of one list, at first and where that is not good enough; so time and memory are bounded."""
_EPS = float(np.finfo("float64").eps)


@dataclass(frozen=True)
class Cover:
    """A plan of one unit.

    Attributes:
        chosen: areas to retire, bool.
        cost: what they cost together.
        bound: no plan costs less; equal to ``cost`` where the plan is proved to be the cheapest.
        price: λ, cost per unit of land at which the bound is best.
    """

    chosen: np.ndarray
    cost: int
    bound: int
    price: float


def least_cost_cover(
    cost: np.ndarray, weight: np.ndarray, need: int, *, gap: float = 0.0, states: tuple[int, ...] = STATES
) -> Cover:
    """The cheapest selection with Σ weight ≥ need.

    Among areas of equal cost and weight the first are chosen.

    Args:
        cost: integers ≥ 0 of at most 2⁵⁰, in the order of the ids.
        weight: integers ≥ 0 whose sum is below 2⁶².
        need: the target, below 2⁶².
        gap: relative difference of cost and bound that is good enough; smaller ones are found all the same.
        states: how many open states are followed before lists are joined; the next number where the gap is too large.

    Raises:
        ValueError: all areas together do not reach the target.
    """
    useful = np.flatnonzero(weight > 0)
    if need <= 0:
        return Cover(np.zeros(len(cost), dtype=bool), 0, 0, 0.0)
    ratio = cost[useful] / weight[useful]
    order = useful[np.argsort(ratio, kind="stable")]
    search = _Search(cost[order], weight[order], int(need))
    for limit in states:
        search.run(limit)
        if search.best_cost - search.bound <= gap * search.best_cost:
            break
    chosen = np.zeros(len(cost), dtype=bool)
    chosen[order[search.best]] = True
    chosen = without_idle(cost, weight, int(need), chosen)
    return Cover(first_of_alike(cost, weight, chosen), search.best_cost, search.bound, search.price)


def first_of_alike(cost: np.ndarray, weight: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The same number of areas of each kind (cost, weight), the first of each kind."""
    order = np.lexsort((weight, cost))  # stable: the order of the ids within a kind
    c, w = cost[order], weight[order]
    new = np.r_[True, (c[1:] != c[:-1]) | (w[1:] != w[:-1])] if len(order) else np.zeros(0, dtype=bool)
    kind = np.cumsum(new) - 1
    place = np.arange(len(order)) - np.flatnonzero(new)[kind] if len(order) else kind
    count = np.bincount(kind, weights=chosen[order], minlength=len(order))
    result = np.zeros(len(cost), dtype=bool)
    result[order] = place < count[kind]
    return result


def without_idle(cost: np.ndarray, weight: np.ndarray, need: int, chosen: np.ndarray) -> np.ndarray:
    """Give back land that costs nothing and is not needed, the last areas first."""
    free = np.flatnonzero(chosen & (cost == 0))[::-1]
    spare = int(weight[chosen].sum()) - need
    if not len(free) or spare < int(weight[free].min()):
        return chosen
    kept = chosen.copy()
    for place in free:
        if weight[place] <= spare:
            kept[place] = False
            spare -= int(weight[place])
    return kept


class _Search:
    """The areas sorted by cost per land, the best plan so far and the bound."""

    def __init__(self, cost: np.ndarray, weight: np.ndarray, need: int) -> None:
        self.cost, self.weight = cost, weight
        land = np.cumsum(weight)
        if not len(land) or int(land[-1]) < need:
            raise ValueError("the target is more than all areas together")
        self.split = split = int(np.searchsorted(land, need))
        self.base_cost = int(cost[:split].sum())
        self.missing = need - (int(land[split - 1]) if split else 0)
        self.price = cost[split] / weight[split]
        self.reduced = cost - self.price * weight
        self.bound = self._price_bound()
        self._first_plans()

    def _price_bound(self) -> int:
        """L(λ), rounded up to a whole unit. Whole numbers throughout: q · L with λ = p / q.

        The areas before the split are those below the price, but for areas whose ratios floating point cannot tell
        apart; these are compared exactly.
        """
        p, q = int(self.cost[self.split]), int(self.weight[self.split])
        close = np.abs(self.reduced) <= 8 * _EPS * self.cost
        doubtful = np.flatnonzero(close)
        exact = self.cost[close].astype(object) * q - self.weight[close].astype(object) * p
        wrong = [
            -abs(r) for i, r in zip(doubtful, exact, strict=True) if (r > 0 if i < self.split else r < 0)
        ]
        return -(-(self.base_cost * q + p * self.missing + sum(wrong)) // q)

    def _first_plans(self) -> None:
        """The areas up to the split; those before it and one that fills up; those up to it without one."""
        split, cost, weight = self.split, self.cost, self.weight
        self.best = np.arange(split + 1)
        self.best_cost = self.base_cost + int(cost[split])
        fills = split + np.flatnonzero(weight[split:] >= self.missing)
        one = int(fills[np.argmin(cost[fills])])
        if self.base_cost + int(cost[one]) < self.best_cost:
            self.best = np.r_[np.arange(split), one]
            self.best_cost = self.base_cost + int(cost[one])
        spare = int(weight[split]) - self.missing
        idle = np.flatnonzero(weight[:split] <= spare)
        if len(idle):
            one = int(idle[np.argmax(cost[idle])])
            total = self.base_cost + int(cost[split]) - int(cost[one])
            if total < self.best_cost:
                self.best = np.delete(np.arange(split + 1), one)
                self.best_cost = total

    def run(self, max_states: int) -> None:
        """Follow the states until none is left, or until they are too many."""
        items = _Outward(self)
        states = States(-self.missing, max_states)
        while self.best_cost > self.bound:
            self._note(states)
            states.prune(self.room, *items.prices())
            if not states.size:
                self.bound = self.best_cost
                return
            if states.is_full:
                self._join(states, items)
                return
            item = items.next()
            if item is None:
                self.bound = self.best_cost
                return
            sign = 1 if item >= self.split else -1
            states.add(item, sign * int(self.weight[item]), sign * int(self.cost[item]))

    @property
    def room(self) -> int:
        """What a state may cost beyond the areas before the split and still be better than the best plan."""
        return self.best_cost - 1 - self.base_cost

    def _note(self, states: States) -> None:
        found = states.cheapest()
        if found is not None and found[0] <= self.room:
            self._take(found[0], states.items_of(found[1]))

    def _take(self, extra: int, flipped: list[int]) -> None:
        self.best_cost = self.base_cost + extra
        self.best = np.setxor1d(np.arange(self.split), np.array(flipped, dtype="int64"))

    def _join(self, states: States, items: _Outward) -> None:
        """Combine the open states with states over the next areas; the open states' own bounds are kept."""
        open_bound = self.base_cost + states.least_bound(*items.prices())
        other = States(0, states.limit)
        while not other.is_full and (item := items.next()) is not None:
            sign = 1 if item >= self.split else -1
            other.add(item, sign * int(self.weight[item]), sign * int(self.cost[item]))
        found = join(states, other)
        if found is not None and found[0] <= self.room:
            self._take(found[0], states.items_of(found[1]) + other.items_of(found[2]))
        self.bound = min(self.best_cost, max(self.bound, open_bound))


class _Outward:
    """The areas in the order in which they are tried: nearest to the split first, right and left in turn.

    An area whose reduced cost alone lifts the bound to the best plan cannot be part of a better one and is passed over.
    """

    def __init__(self, search: _Search) -> None:
        self._search = search
        near = np.flatnonzero(self._near(search.reduced))
        cut = int(np.searchsorted(near, search.split))
        self._right, self._left = near[cut:], near[:cut][::-1]
        self._r = self._l = 0
        self._turn = 0

    def _near(self, reduced: np.ndarray | float) -> np.ndarray:
        search = self._search
        return np.abs(reduced) <= search.best_cost - search.bound + 1

    def next(self) -> int | None:
        """The next area; None when there is none."""
        self._skip()
        right, left = self._r < len(self._right), self._l < len(self._left)
        if not (right or left):
            return None
        self._turn ^= 1
        if right and (self._turn or not left):
            self._r += 1
            return int(self._right[self._r - 1])
        self._l += 1
        return int(self._left[self._l - 1])

    def prices(self) -> tuple[float, float]:
        """Cost per land at which land can still be given back, at most, and taken, at least."""
        self._skip()
        left = self._ratio(self._left[self._l]) if self._l < len(self._left) else 0.0
        right = self._ratio(self._right[self._r]) if self._r < len(self._right) else np.inf
        return left, right

    def _skip(self) -> None:
        reduced = self._search.reduced
        while self._r < len(self._right) and not self._near(reduced[self._right[self._r]]):
            self._r += 1
        while self._l < len(self._left) and not self._near(reduced[self._left[self._l]]):
            self._l += 1

    def _ratio(self, place: int) -> float:
        return float(self._search.cost[place] / self._search.weight[place])
