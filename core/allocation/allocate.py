"""One total shared out among parts: so many m³ in proportion to weight, within bounds, to the m³."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from .amounts import WEIGHT_UNITS, lower_bounds, upper_bounds, whole_total, whole_weights
from .split import NO_LIMIT, OVER, SHORT, split

RELIEF_COLUMNS = ("key", "bound", "limit_m3", "change_m3")


@dataclass(frozen=True)
class Explanation:
    """Why the parts cannot add up within their bounds: a message key with its values."""

    message_key: str
    message_values: dict[str, object]


@dataclass(frozen=True)
class Allocation:
    """How a total is shared out.

    Attributes:
        parts: one row per part in the order given: ``key`` ``weight`` ``lower_m3`` ``upper_m3`` ``exact_m3`` (share
            before rounding) ``amount_m3`` (whole m³) ``bound`` (empty, ``lower``, ``upper``: the bound that holds the
            part; ``cut``: below its lower bound; ``no_basis``: without weight).
        total_m3: what was to be shared out.
        allocated_m3: sum of the parts; the total itself when ``feasible``.
        unallocated_m3: total minus parts, never negative.
        feasible: whether the bounds allow the parts to add up to the total.
        problems: why not; empty when feasible.
        relief: the fewest bounds that would have to give way, and by how much (their sum is the least possible):
            ``key`` ``bound`` ``limit_m3`` ``change_m3``.
    """

    parts: pd.DataFrame
    total_m3: int
    allocated_m3: int
    unallocated_m3: int
    feasible: bool
    problems: tuple[Explanation, ...]
    relief: pd.DataFrame


def allocate(total_m3: int, parts: pd.DataFrame) -> Allocation:
    """Share ``total_m3`` out in proportion to weight, between lower and upper bounds, in whole m³.

    The exact share is ``min(max(λ·weight, lower), upper)`` with one λ for all; it is rounded by the largest remainder,
    ties by ``key`` as text. So the parts add up to the total exactly, no part leaves its bounds, no part is
    farther than 1 m³ from its exact share, and the order of the rows does not matter. With a larger total no exact
    share falls; a rounded one may fall by 1 m³ (the Alabama paradox of largest remainders), never by more.

    Args:
        total_m3: whole m³, 0 or more.
        parts: ``key`` (unique), ``weight`` (in any unit, read to 1e-6 of it; empty, negative or 0: no basis, such a
            part gets its lower bound only), ``lower_m3`` (empty: 0; rounded up to whole m³), ``upper_m3`` (empty:
            none; rounded down). The two bounds may be missing as columns.

    Returns:
        Allocation. When the bounds do not allow the total, the plan with the smallest shortfall: lower bounds that ask
        for too much are all cut in proportion; upper bounds that hold too little are all reached, the rest
        stays unallocated; a lower bound above the upper one yields to it.

    Raises:
        OverdraftError: the total is no whole number of m³, a bound is negative, or a key is repeated or missing.
    """
    total = whole_total(total_m3)
    keys = _keys(parts)
    empty = pd.Series(np.nan, index=parts.index)
    weight = whole_weights(parts["weight"])
    lower = lower_bounds(parts.get("lower_m3", empty))
    upper = upper_bounds(parts.get("upper_m3", empty))
    totals = np.array([total], dtype=object)
    rank = np.empty(len(keys), dtype=np.intp)
    rank[np.argsort(keys.astype(str), kind="stable")] = np.arange(len(keys))
    shares = split(totals, np.zeros(len(keys), dtype=np.intp), weight, lower, upper, rank)
    status, gap = str(shares.status[0]), int(shares.gap[0])

    frame = pd.DataFrame(
        {
            "key": keys,
            "weight": weight.astype("float64") / WEIGHT_UNITS,
            "lower_m3": lower.astype("int64"),
            "upper_m3": pd.array([pd.NA if limit >= NO_LIMIT else limit for limit in upper], dtype="Int64"),
            "exact_m3": shares.exact,
            "amount_m3": shares.amount.astype("int64"),
            "bound": bounds_that_hold(shares.amount, weight, lower, upper),
        }
    )
    problems, relief = _explain(total, status, gap, keys, weight, lower, upper)
    allocated = int(sum(shares.amount.tolist()))
    return Allocation(frame, total, allocated, total - allocated, not problems, problems, relief)


def bounds_that_hold(
    amount: np.ndarray, weight: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> np.ndarray:
    """Per part ``cut`` (below its lower bound), ``no_basis`` (no weight), ``upper`` or ``lower`` (on it), or empty."""
    tests = [amount < lower, weight == 0, amount >= upper, (amount <= lower) & (lower > 0)]
    return np.select(
        [test.astype(bool) for test in tests], ["cut", "no_basis", "upper", "lower"], default=""
    ).astype(object)


def _keys(parts: pd.DataFrame) -> np.ndarray:
    keys = parts["key"].to_numpy(dtype=object)
    if pd.isna(keys).any() or len(set(keys.tolist())) != len(keys):
        seen = parts["key"]
        twice = seen[seen.duplicated() | seen.isna()].iloc[0]
        raise OverdraftError("allocation.repeated_key", part=None if pd.isna(twice) else str(twice))
    return keys


def _explain(
    total: int,
    status: str,
    gap: int,
    keys: np.ndarray,
    weight: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
) -> tuple[tuple[Explanation, ...], pd.DataFrame]:
    problems, relief = [], []
    for place in np.flatnonzero((lower > upper).astype(bool)):
        low, high = int(lower[place]), int(upper[place])
        values = {"key": keys[place], "lower": low, "upper": high, "gap": low - high}
        problems.append(Explanation("allocation.crossed", values))
        relief.append((keys[place], "lower", low, high - low))
    reached = np.minimum(lower, upper)
    if status == SHORT:
        chosen = _lower_relief(keys, reached, gap)
        values = {"total": total, "bounds": total + gap, "gap": gap, "relief": [row[0] for row in chosen]}
        problems.append(Explanation("allocation.short", values))
        relief += chosen
    elif status == OVER and not (weight > 0).any():
        problems.append(Explanation("allocation.no_weight", {"total": total, "gap": gap}))
    elif status == OVER:
        based = np.flatnonzero((weight > 0).astype(bool))
        place = min(based, key=lambda row: (-weight[row], str(keys[row])))
        values = {"total": total, "bounds": total - gap, "gap": gap, "relief": [keys[place]]}
        problems.append(Explanation("allocation.over", values))
        relief.append((keys[place], "upper", int(upper[place]), gap))
    return tuple(problems), pd.DataFrame(relief, columns=list(RELIEF_COLUMNS))


def _lower_relief(keys: np.ndarray, lower: np.ndarray, gap: int) -> list[tuple]:
    """The fewest lower bounds whose lowering frees ``gap`` m³: the largest first, ties by key, the last one in part."""
    chosen: list[tuple] = []
    for place in sorted(range(len(keys)), key=lambda row: (-lower[row], str(keys[row]))):
        if gap <= 0:
            break
        change = min(int(lower[place]), gap)
        chosen.append((keys[place], "lower", int(lower[place]), -change))
        gap -= change
    return chosen
