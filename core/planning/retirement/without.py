"""What the plan would cost without an area that it retires."""

from __future__ import annotations

import numpy as np

from .knapsack import Cover, least_cost_cover


def cover_without(
    cost: np.ndarray, weight: np.ndarray, need: int, cover: Cover, *, exact: bool = False
) -> np.ndarray:
    """For one target: no plan without area i costs less than this; ``exact``: the cheapest one costs this.

    The bound L of :mod:`.knapsack` for the areas but i, that is, with the split moved until the others reach the
    target; rounded up, and at least the bound of the plan, since fewer areas to choose from make no plan cheaper.

    Returns:
        Units of cost for the chosen areas, infinite where the target cannot be reached without it; NaN for others.
    """
    result = np.full(len(cost), np.nan)
    if need <= 0:
        return np.where(cover.chosen, float(cover.bound), result)
    if exact:
        for area in np.flatnonzero(cover.chosen):
            others = np.where(np.arange(len(cost)) == area, 0, weight)
            enough = int(others.sum()) >= need
            result[area] = least_cost_cover(cost, others, need).cost if enough else np.inf
        return result
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
    return result
