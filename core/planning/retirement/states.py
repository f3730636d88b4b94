"""Lists of partial plans of one unit: land beyond the target and cost, none of them beaten by another."""

from __future__ import annotations

import numpy as np


class States:
    """Partial plans over the areas added so far, by land descending, so that cost descends too.

    A state is beaten, and dropped, when another has at least its land for no more cost. Sums are exact integers; only
    bounds are computed in floating point, and a state goes only when its bound exceeds the limit by half a unit.

    Args:
        land: land beyond the target of the plan to start from (negative: missing).
        limit: the list is full when it holds more states.
    """

    def __init__(self, land: int, limit: int) -> None:
        self.land = np.array([land], dtype="int64")
        self.cost = np.zeros(1, dtype="int64")
        self.limit = limit
        self._layers: list[tuple[int, int]] = []
        self._origins: list[np.ndarray] = []

    @property
    def size(self) -> int:
        """Number of states."""
        return len(self.land)

    @property
    def is_full(self) -> bool:
        """The next area could make more states than the limit allows."""
        return self.size > self.limit

    def add(self, item: int, land: int, cost: int) -> None:
        """Every state once as it is and once changed by an area."""
        size = self.size
        all_land = np.concatenate([self.land, self.land + land])
        all_cost = np.concatenate([self.cost, self.cost + cost])
        order = np.argsort(-all_land, kind="stable")  # two sorted runs, which this sort merges
        self.land, self.cost = all_land[order], all_cost[order]
        self._layers.append((item, size))
        self._origins.append(order)
        keep = np.ones(2 * size, dtype=bool)
        keep[1:] = self.cost[1:] < np.minimum.accumulate(self.cost)[:-1]
        self._keep(keep)

    def prune(self, room: int, back: float, take: float) -> None:
        """Drop the states of which nothing of cost ``room`` or less can come.

        Args:
            room: the highest cost that would still be an improvement.
            back: cost per land of the next area that can be given back; what is beyond the target saves at most that.
            take: cost per land of the next area that can be taken; what is missing costs at least that.
        """
        self._keep(self._bounds(back, take) <= room + 0.5)

    def least_bound(self, back: float, take: float) -> int:
        """The smallest bound of all states, rounded up to a whole unit."""
        lowest = float(self._bounds(back, take).min())
        return int(np.ceil(lowest - 1e-9 * abs(lowest) - 1e-3))

    def cheapest(self) -> tuple[int, int] | None:
        """Cost and place of the cheapest state that reaches the target."""
        reached = int(np.searchsorted(-self.land, 0, side="right"))
        return (int(self.cost[reached - 1]), reached - 1) if reached else None

    def items_of(self, place: int) -> list[int]:
        """The areas that were changed on the way to a state."""
        found = []
        for (item, size), origin in zip(reversed(self._layers), reversed(self._origins), strict=True):
            place = int(origin[place])
            if place >= size:  # the second half of the layer: changed by this area
                place -= size
                found.append(item)
        return found

    def _bounds(self, back: float, take: float) -> np.ndarray:
        missing = self.land < 0
        bound = self.cost - np.where(missing, 0.0, back) * self.land
        if np.isinf(take):
            return np.where(missing, np.inf, bound)
        return np.where(missing, self.cost - take * self.land, bound)

    def _keep(self, keep: np.ndarray) -> None:
        if keep.all():
            return
        self.land, self.cost = self.land[keep], self.cost[keep]
        if self._origins:
            self._origins[-1] = self._origins[-1][keep]


def join(one: States, other: States) -> tuple[int, int, int] | None:
    """The cheapest pair of states, one of each list, whose land together reaches the target.

    Returns:
        Cost, place in the first list, place in the second; None where no pair reaches it.
    """
    last = (
        np.searchsorted(-other.land, one.land, side="right") - 1
    )  # the least land that suffices is the cheapest
    fits = np.flatnonzero(last >= 0)
    if not len(fits):
        return None
    total = one.cost[fits] + other.cost[last[fits]]
    best = int(np.argmin(total))
    return int(total[best]), int(fits[best]), int(last[fits[best]])
