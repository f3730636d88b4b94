"""Pairs as a matching of largest weight in a general graph: exact, in polynomial time, for rows that need one or two.

A row that needs two becomes two nodes joined by an edge "unserved", both joined to the row's columns. With R
the reward for serving the row and c the cost of a column the weights are

    unserved: R + 2         node – column: R + 1 − c

Both nodes matched to columns earn R − c₁ − c₂ more than "unserved"; one alone earns less than "unserved", so no best
matching leaves a row half served. A row that needs one is one node with edges R − c. A named column is on offer
to the first of the two nodes only, the other columns to the second only.

Rewards and costs in one number: R = 2 K w with K above the largest sum of costs, c = 2 (cost · N + tie) with N
above the largest sum of ties. So weight comes first, then cost, then ties, without rounding.
"""

from __future__ import annotations

import numpy as np

from ..solver import LARGEST_WEIGHT, heaviest_matching
from .graph import Graph


def matches(graph: Graph) -> bool:
    """True if the graph can be solved as a matching: at most two for each row, no limit and no cap that can bind."""
    if not len(graph.weight):
        return True
    of_group = np.bincount(graph.group[graph.group >= 0], minlength=len(graph.limit))
    loose = bool((of_group <= graph.limit).all()) and (graph.cap is None or graph.cap >= len(graph.weight))
    return bool((graph.needed <= 2).all()) and loose and _reward_unit(graph, graph.cost) is not None


def match(graph: Graph) -> np.ndarray:
    """The best edges of a graph for which :func:`matches` holds, ascending."""
    worth = _with_ties(graph)
    reward = 2 * (_reward_unit(graph, worth) or 1) * graph.weight.astype(object)
    n = len(graph.weight)
    double = graph.needed == 2
    first, second = _edges_of_nodes(graph)
    row = np.concatenate([graph.row[first], graph.row[second]])
    start = np.concatenate([graph.row[first], n + graph.row[second]])
    end = 2 * n + np.concatenate([graph.col[first], graph.col[second]])
    weight = reward[row] - 2 * np.concatenate([worth[first], worth[second]]) + double[row].astype(object)
    twins = np.flatnonzero(double)
    pairs = heaviest_matching(
        2 * n + len(graph.group),
        [*start.tolist(), *twins.tolist()],
        [*end.tolist(), *(twins + n).tolist()],
        [*weight.tolist(), *(reward[twins] + 2).tolist()],
    )
    used = np.array([pair for pair in pairs if pair[1] >= 2 * n], dtype=np.int64).reshape(-1, 2)
    size = len(graph.group)
    return np.sort(np.searchsorted(graph.row * size + graph.col, used[:, 0] % n * size + used[:, 1] - 2 * n))


def _edges_of_nodes(graph: Graph) -> tuple[np.ndarray, np.ndarray]:
    """Places of the edges of the first node of each row, and of the second one of rows that need two."""
    has_name, double = (graph.named >= 0)[graph.row], (graph.needed == 2)[graph.row]
    first = np.flatnonzero(~has_name | graph.is_named)
    return first, np.flatnonzero(double & ~graph.is_named)


def _with_ties(graph: Graph) -> np.ndarray:
    """Cost and tie of each edge in one number; the cost alone where that would be too large."""
    cost = graph.cost.astype(object)
    above = int(graph.tie.max()) * int(graph.needed.sum()) + 1
    both = cost * above + graph.tie.astype(object)
    return cost if _reward_unit(graph, both) is None else both


def _reward_unit(graph: Graph, worth: np.ndarray) -> int | None:
    """More than any plan can cost; None if weights would be too large for the solver."""
    unit = int(worth.max(initial=0)) * int(graph.needed.sum()) + 1
    return unit if 2 * unit * int(graph.weight.max()) + 2 <= LARGEST_WEIGHT else None
