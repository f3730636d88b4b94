"""What the plan would cost without an area that it retires."""

from __future__ import annotations

import numpy as np

from .knapsack import Cover, least_cost_cover


def cover_without(
    cost: np.ndarray, weight: np.ndarray, need: int, cover: Cover, *, solve: bool
) -> tuple[np.ndarray, np.ndarray]:
    """For one target: no plan without area i costs less than this.

    The bound L of :mod:`.knapsack` for the areas but i, that is, with the split moved until the others reach the
    target; rounded up, and at least the bound of the plan, since fewer areas to choose from make no plan cheaper.

    Args:
        solve: solve again for each chosen area, instead of the bound.

    Returns:
        Units of cost for the chosen areas, infinite where the target cannot be reached without it, NaN for others; and
        where that is what the cheapest plan without it costs.
    """
    result, exact = np.full(len(cost), np.nan), np.zeros(len(cost), dtype=bool)
    if need <= 0:
        return np.where(cover.chosen, float(cover.bound), result), cover.chosen & (cover.cost == cover.bound)
    if solve:
        for area in np.flatnonzero(cover.chosen):
            others = np.where(np.arange(len(cost)) == area, 0, weight)
            if int(others.sum()) < need:
                result[area], exact[area] = np.inf, True
                continue
            again = least_cost_cover(cost, others, need)
            result[area], exact[area] = again.bound, again.cost == again.bound
        return result, exact
    useful = np.flatnonzero(weight > 0)
    order = useful[np.argsort(cost[useful] / weight[useful], kind="stable")]
    c, w = cost[order], weight[order]
    land, spent = np.cumsum(w), np.cumsum(c)
    split = int(np.searchsorted(land, need))
    early = np.arange(len(order)) <= split
    asked = np.flatnonzero(cover.chosen[order])
    moved = np.searchsorted(land, need + np.where(early[asked], w[asked], 0))
    possible = int(land[-1]) - w[asked] >= need
    at = np.minimum(moved, len(order) - 1)
    missing = need + np.where(early[asked], w[asked], 0) - (land[at] - w[at])
    bound = spent[at] - c[at] - np.where(early[asked], c[asked], 0) + c[at] / w[at] * missing
    safe = bound - 1e-12 * np.abs(bound) - 1e-3  # the last area's share is rounded
    told = np.where(possible, np.maximum(np.ceil(safe), float(cover.bound)), np.inf)
    result[order[asked]] = told
    return result, np.isposinf(result)
