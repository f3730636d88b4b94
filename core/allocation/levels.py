"""A cap split down level by level (unit → township → user → well) so that the parts add up at every level.

The leaves (wells) carry the weights; a node weighs as much as the leaves below it. Bounds are first carried up, so
that no node is handed less than the parts below it need, nor more than they may take; then the caps are carried
down. A cap that the bounds of the leaves allow is therefore met exactly at all levels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from .allocate import bounds_that_hold
from .amounts import WEIGHT_UNITS, lower_bounds, upper_bounds, whole_weights
from .split import NO_LIMIT, OVER, SHORT, split, sums

NODE_COLUMNS = (
    "level",
    "key",
    "parent_level",
    "parent_id",
    "path",
    "unit_id",
    "weight",
    "lower_m3",
    "upper_m3",
    "exact_m3",
    "amount_m3",
    "bound",
    "n_leaves",
    "status",
    "gap_m3",
)
"""Columns of :func:`split_levels`. ``path``: the keys from the top down, joined by ``/``. ``status`` and ``gap_m3``
tell of the parts below a node, see there."""


def split_levels(
    leaves: pd.DataFrame,
    caps: Mapping[str, int],
    levels: Sequence[str],
    bounds: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Split caps down a tree of levels.

    Args:
        leaves: one row per leaf with a column per level (text; the first level holds the units that have caps, the
            last one the leaf's own id) and ``weight`` ``lower_m3`` ``upper_m3`` as in :func:`allocate`.
        caps: whole m³ per unit of the first level; leaves of other units must not be given.
        levels: names of those columns, from the top down; two or more.
        bounds: further bounds of nodes below the first level: ``level`` ``key`` ``lower_m3`` ``upper_m3`` and, where
            a key stands below several parents, ``parent_id``.

    Returns:
        One row per node, level by level, sorted by path; columns ``NODE_COLUMNS``. ``amount_m3`` of the parts of a node
        add up to the node's own, except where ``status`` of the node is ``over`` (the parts may take ``gap_m3``
        less, which stays unallocated). ``short``: the parts' lower bounds ask for ``gap_m3`` more than the node
        has, all were cut in proportion. ``crossed``: the node's own bounds clash by ``gap_m3`` with those of its
        parts or with each other; its upper bound holds.

    Raises:
        OverdraftError: bounds that name a node twice, none at all, or are negative; a leaf that is repeated.
    """
    tree = _tree(leaves, list(levels))
    _set_bounds(tree, leaves, list(levels), bounds)
    _carry_up(tree)
    _carry_down(tree, caps)
    return _table(tree, list(levels))


class _Level:
    """The nodes of one level, sorted by path."""

    def __init__(self, paths: pd.DataFrame, parent: np.ndarray, weight: np.ndarray, n_leaves: np.ndarray):
        size = len(paths)
        self.paths, self.parent, self.weight, self.n_leaves = paths, parent, weight, n_leaves
        self.lower = np.zeros(size, dtype=object)
        self.upper = np.full(size, NO_LIMIT, dtype=object)
        self.own_lower, self.own_upper = self.lower.copy(), self.upper.copy()
        self.amount = np.zeros(size, dtype=object)
        self.exact = np.zeros(size)
        self.status = np.full(size, "", dtype=object)
        self.gap = np.zeros(size, dtype=object)


def _tree(leaves: pd.DataFrame, levels: list[str]) -> list[_Level]:
    ordered = leaves.assign(_weight=whole_weights(leaves["weight"])).sort_values(levels, kind="stable")
    if ordered.duplicated(levels).any():
        twice = ordered.loc[ordered.duplicated(levels), levels[-1]].iloc[0]
        raise OverdraftError("allocation.repeated_key", part=str(twice))
    weight = ordered["_weight"].to_numpy(dtype=object)
    tree: list[_Level] = []
    above = np.zeros(len(ordered), dtype=np.intp)
    for depth in range(len(levels)):
        names = levels[: depth + 1]
        first = ~ordered.duplicated(names).to_numpy()
        node = np.cumsum(first) - 1
        n_nodes = int(first.sum())
        tree.append(
            _Level(
                ordered.loc[first, names].reset_index(drop=True),
                above[first],
                sums(weight, node, n_nodes),
                np.bincount(node, minlength=n_nodes),
            )
        )
        above = node
    return tree


def _set_bounds(
    tree: list[_Level], leaves: pd.DataFrame, levels: list[str], bounds: pd.DataFrame | None
) -> None:
    empty = pd.Series(np.nan, index=leaves.index)
    order = leaves.sort_values(levels, kind="stable").index
    bottom = tree[-1]
    bottom.own_lower = lower_bounds(leaves.get("lower_m3", empty).loc[order])
    bottom.own_upper = upper_bounds(leaves.get("upper_m3", empty).loc[order])
    if bounds is None or not len(bounds):
        return
    unknown = bounds[~bounds["level"].isin(levels[1:])]
    if len(unknown):
        raise OverdraftError("allocation.unknown_bound", node=str(unknown["key"].iloc[0]))
    for depth, (name, level) in enumerate(zip(levels, tree, strict=True)):
        wanted = bounds[bounds["level"] == name].reset_index(drop=True)
        if len(wanted):
            place = _find(level, levels[: depth + 1], wanted)
            level.own_lower[place] = lower_bounds(wanted["lower_m3"])
            level.own_upper[place] = upper_bounds(wanted["upper_m3"])


def _find(level: _Level, names: list[str], wanted: pd.DataFrame) -> np.ndarray:
    """Positions of the nodes that bounds name, one each."""
    nodes = pd.DataFrame({"key": level.paths[names[-1]], "place": np.arange(len(level.paths))})
    nodes["parent_id"] = level.paths[names[-2]] if len(names) > 1 else ""
    asked = wanted.assign(row=np.arange(len(wanted)))
    parents = wanted["parent_id"] if "parent_id" in wanted else pd.Series("", index=wanted.index)
    named = (parents.notna() & (parents != "")).to_numpy()
    hits = pd.concat(
        [
            asked[named].merge(nodes, on=["key", "parent_id"]) if named.any() else None,
            asked[~named].drop(columns="parent_id", errors="ignore").merge(nodes, on="key"),
        ]
    )
    wrong = hits[hits.duplicated("row") | hits.duplicated("place")]
    if len(wrong):
        raise OverdraftError("allocation.ambiguous_bound", node=str(wrong["key"].iloc[0]))
    if len(hits) < len(wanted):
        missing = wanted.loc[~np.isin(np.arange(len(wanted)), hits["row"]), "key"]
        raise OverdraftError("allocation.unknown_bound", node=str(missing.iloc[0]))
    return hits.sort_values("row")["place"].to_numpy()


def _carry_up(tree: list[_Level]) -> None:
    """Effective bounds: what a node and all below it ask for and can take. Clashes stay with the node."""
    needs = takes = None
    for level in reversed(tree):
        if needs is None or takes is None:
            without = (level.weight == 0).astype(bool)
            needs, takes = (
                level.own_lower,
                np.where(without, np.minimum(level.own_lower, level.own_upper), NO_LIMIT),
            )
        low = np.maximum(level.own_lower, needs)
        high = np.minimum(level.own_upper, takes)
        crossed = (low > high).astype(bool)
        level.status[crossed] = "crossed"
        level.gap[crossed] = (low - high)[crossed]
        level.upper, level.lower = high, np.minimum(low, high)
        n_above = int(level.parent.max()) + 1 if len(level.parent) else 0
        needs = sums(level.lower, level.parent, n_above)
        takes = np.minimum(sums(level.upper, level.parent, n_above), NO_LIMIT)


def _carry_down(tree: list[_Level], caps: Mapping[str, int]) -> None:
    top = tree[0]
    top.amount = np.array([caps[unit] for unit in top.paths.iloc[:, 0]], dtype=object)
    top.exact = top.amount.astype("float64")
    for above, below in pairwise(tree):
        rank = np.arange(len(below.paths))
        shares = split(above.amount, below.parent, below.weight, below.lower, below.upper, rank)
        below.amount, below.exact = shares.amount, shares.exact
        _tell(above, shares.status, shares.gap, above is top)


def _tell(above: _Level, status: np.ndarray, gap: np.ndarray, is_top: bool) -> None:
    """Keep what failed with the node where it arose: below a node that was cut, its parts are cut as well."""
    arose = (status != "") & (above.status == "")
    if not is_top:
        arose &= ~(above.amount < above.lower).astype(bool)
    above.status[arose] = status[arose]
    above.gap[arose] = gap[arose]


def _table(tree: list[_Level], levels: list[str]) -> pd.DataFrame:
    frames = []
    for depth, level in enumerate(tree):
        limits = [pd.NA if limit >= NO_LIMIT else limit for limit in level.upper]
        frames.append(
            pd.DataFrame(
                {
                    "level": levels[depth],
                    "key": level.paths[levels[depth]].astype(object),
                    "parent_level": levels[depth - 1] if depth else "",
                    "parent_id": level.paths[levels[depth - 1]].astype(object) if depth else "",
                    "path": _joined(level.paths, levels[: depth + 1]),
                    "unit_id": level.paths[levels[0]].astype(object),
                    "weight": level.weight.astype("float64") / WEIGHT_UNITS,
                    "lower_m3": level.lower.astype("int64"),
                    "upper_m3": pd.array(limits, dtype="Int64"),
                    "exact_m3": level.exact,
                    "amount_m3": level.amount.astype("int64"),
                    "bound": bounds_that_hold(level.amount, level.weight, level.lower, level.upper),
                    "n_leaves": level.n_leaves,
                    "status": level.status,
                    "gap_m3": level.gap.astype("int64"),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)[list(NODE_COLUMNS)]


def _joined(paths: pd.DataFrame, names: list[str]) -> pd.Series:
    """Keys from the top down as one text."""
    text = paths[names[0]].astype(object)
    for name in names[1:]:
        text = text + "/" + paths[name].astype(object)
    return text


__all__ = ["NODE_COLUMNS", "OVER", "SHORT", "split_levels"]
