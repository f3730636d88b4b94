"""The arithmetic of a split: totals shared out in proportion to weight, within bounds, in whole numbers, exactly.

For one group with total T and parts i of weight w_i >= 0 and bounds l_i <= u_i the exact share is::

    x_i = min(max(λ · w_i, l_i), u_i)      with λ >= 0 such that Σ x_i = T

(proportional, but nobody below the lower nor above the upper bound: water filling). λ exists exactly when
Σ l_i <= T <= Σ u_i over the parts with weight; it is found by freezing the parts that their bounds hold, side by
side for all groups (Bitran and Hax 1981). Shares are then cut to whole units and the units left over go to the largest
remainders, ties to the part that comes first in ``rank`` (Hamilton). Bounds are whole numbers, so rounding keeps them.

All of it is integer arithmetic on Python's unbounded integers, held in object arrays: no rounding error, nothing that
depends on the order of the rows. ``λ`` is kept as a fraction ``rest / weight`` of two integers per group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NO_LIMIT = 10**30
"""Upper bound of a part that has none: above any volume, and sums of it stay above."""

MET, SHORT, OVER = "", "short", "over"


@dataclass(frozen=True)
class Shares:
    """What each part gets.

    Attributes:
        amount: object array of whole numbers, in the order of the parts.
        exact: float array, the share before rounding.
        status: per group ``""`` (the parts add up to the total), ``"short"`` (the lower bounds ask for more than
            there is: all of them were cut in proportion), ``"over"`` (the upper bounds hold less: all parts
            are at theirs, the rest stays unallocated).
        gap: object array per group: by how much the bounds miss the total; 0 when met.
    """

    amount: np.ndarray
    exact: np.ndarray
    status: np.ndarray
    gap: np.ndarray


def split(
    totals: np.ndarray,
    group: np.ndarray,
    weight: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    rank: np.ndarray,
) -> Shares:
    """Share out ``totals`` (object array of whole numbers >= 0, one per group) among parts.

    Args:
        group: int array, the group of each part.
        weight, lower, upper: object arrays of whole numbers >= 0; ``upper`` is ``NO_LIMIT`` where there is none.
            A part without weight gets its lower bound. Where lower > upper the upper bound holds.
        rank: int array, who comes first among equal remainders.

    Returns:
        Shares; in a ``short`` group the lower bounds are cut in proportion to themselves, so that the shortfall
        is the smallest possible, T - Σ l.
    """
    order = np.argsort(group, kind="stable")
    group, weight, rank = group[order], weight[order].copy(), rank[order]
    upper = np.where((weight == 0).astype(bool), np.minimum(lower[order], upper[order]), upper[order])
    lower = np.minimum(lower[order], upper)

    floor_sum, roof_sum = sums(lower, group, len(totals)), sums(upper, group, len(totals))
    is_short, is_over = (totals < floor_sum).astype(bool), (totals > roof_sum).astype(bool)
    cut = is_short[group]
    weight[cut], upper[cut], lower[cut] = lower[cut], lower[cut], 0
    handed = np.where(is_over, roof_sum, totals)

    numerator, denominator, free = _fill(handed, group, weight, lower, upper)
    rounded, exact = _round(numerator, denominator, free, group, rank, handed)
    back = np.empty(len(order), dtype=np.intp)
    back[order] = np.arange(len(order))
    status = np.where(is_short, SHORT, np.where(is_over, OVER, MET)).astype(object)
    gap = np.where(is_short, floor_sum - totals, np.where(is_over, totals - roof_sum, 0))
    return Shares(rounded[back], exact[back], status, gap)


def sums(values: np.ndarray, group: np.ndarray, n_groups: int) -> np.ndarray:
    """Exact sums of whole numbers per group (``group`` ascending), as an object array; 0 for an empty group."""
    result = np.zeros(n_groups, dtype=object)
    if len(values):
        starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
        result[group[starts]] = np.add.reduceat(values, starts)
    return result


def _fill(
    handed: np.ndarray, group: np.ndarray, weight: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The exact shares as fractions: numerator and denominator per part, and which parts no bound holds.

    Each round computes λ for the parts still free; those above their upper and those below their lower bound are
    counted up, and the side that misses by more is frozen at its bounds: what is frozen is so in the solution.
    """
    n_groups = len(handed)
    held = lower.copy()
    free = (weight > 0).astype(bool)
    while True:
        rest = handed - sums(np.where(free, 0, held), group, n_groups)
        base = sums(np.where(free, weight, 0), group, n_groups)
        at = rest[group] * weight
        room, least = upper * base[group], lower * base[group]
        above = free & (at > room).astype(bool)
        below = free & (at < least).astype(bool)
        if not (above.any() or below.any()):
            break
        excess = sums(np.where(above, at - room, 0), group, n_groups)
        lack = sums(np.where(below, least - at, 0), group, n_groups)
        above &= (excess >= lack).astype(bool)[group]
        below &= (lack >= excess).astype(bool)[group]
        held[above], held[below] = upper[above], lower[below]
        free &= ~(above | below)
    return np.where(free, at, held), np.where(free, base[group], 1), free


def _round(
    numerator: np.ndarray,
    denominator: np.ndarray,
    free: np.ndarray,
    group: np.ndarray,
    rank: np.ndarray,
    handed: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    whole = numerator // denominator
    remainder = numerator - whole * denominator
    exact = (numerator / denominator).astype("float64") if len(numerator) else np.zeros(0)
    left = handed - sums(whole, group, len(handed))
    order = np.argsort(rank, kind="stable")
    order = order[np.argsort(-remainder[order], kind="stable")]
    order = order[np.argsort(group[order], kind="stable")]
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, int)
    place = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.r_[starts, len(ordered)]))
    whole[order[(place < left[ordered]).astype(bool)]] += 1
    return whole, exact
