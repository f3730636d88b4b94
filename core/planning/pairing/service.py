"""How many renewals can be served at most: a bound from flows, which also names who competes for what.

Serving a set A of renewals completely asks for a flow of Σ k_r from A through their candidates. So with F(A)
the largest flow, at most as many of A are served as the smallest needs in A fit into F(A). With A the renewals
of at least a given priority, for every priority, this bounds the weight served.

It is not always reached: a flow may serve by halves. But it is reached for "all are served" (Hall 1935).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import maximum_flow

from .graph import Graph

_MOST_LEVELS = 16
"""So many priorities at most are bounded one by one; more would only sharpen the bound."""
_WIDE = 2**30


@dataclass(frozen=True)
class Unseen:
    """Offers that a graph does not show: some rows may take any column of their pool.

    Attributes:
        row_pool: per row of the graph the number of its pool, −1 where all of its offers are shown.
        col_pool: per column.
        hidden: per pool, how many of its columns the graph does not show at all.
    """

    row_pool: np.ndarray
    col_pool: np.ndarray
    hidden: np.ndarray


def most_weight(graph: Graph, unseen: Unseen) -> int:
    """No plan serves more weight."""
    levels = np.unique(graph.weight)[::-1]
    if len(levels) > _MOST_LEVELS:
        levels = levels[np.linspace(0, len(levels) - 1, _MOST_LEVELS).astype(int)]
    inside = graph.weight[None, :] >= levels[:, None]
    room = np.array([_most_rows(graph, unseen, top) for top in inside], dtype=np.int64)
    served = np.zeros(len(levels), dtype=np.int64)
    total = 0
    for row in np.argsort(-graph.weight, kind="stable"):
        holds = inside[:, row]
        if (served[holds] < room[holds]).all():
            served[holds] += 1
            total += int(graph.weight[row])
    return total


def _most_rows(graph: Graph, unseen: Unseen, among: np.ndarray) -> int:
    """At most so many of the rows in a mask are served."""
    network = network_of(graph, unseen, among)
    flow = maximum_flow(network.capacity, network.source, network.sink).flow_value
    fits = int(np.searchsorted(np.cumsum(np.sort(graph.needed[among])), flow, side="right"))
    return fits if graph.cap is None else min(fits, graph.cap)


@dataclass(frozen=True)
class Network:
    """Capacities between nodes: rows 0 … n − 1 (what each needs beside its named column), n … 2n − 1 (the named
    one), then columns, groups, for each pool a node that stands for any column of it, source and sink."""

    capacity: sp.csr_matrix
    n_rows: int
    first_col: int
    first_group: int
    first_pool: int
    source: int
    sink: int


def network_of(graph: Graph, unseen: Unseen, among: np.ndarray) -> Network:
    """The flow network of the rows in a mask.

    A column passes on one well at most, so the arcs into it need no limit of their own; and without one a smallest cut
    goes through renewals, wells and limits only.
    """
    n, n_cols, n_groups = len(graph.weight), len(graph.group), len(graph.limit)
    col0, group0 = 2 * n, 2 * n + n_cols
    pool0 = group0 + n_groups
    source, sink = pool0 + len(unseen.hidden), pool0 + len(unseen.hidden) + 1
    wants_name = graph.named >= 0
    edges = np.flatnonzero(among[graph.row])
    rows, named_rows = np.flatnonzero(among), np.flatnonzero(among & wants_name)
    opened = np.flatnonzero(among & (unseen.row_pool >= 0))
    pools = np.unique(unseen.row_pool[opened])
    pooled = np.flatnonzero(np.isin(unseen.col_pool, pools))
    cols, groups = np.arange(n_cols), np.arange(n_groups)
    grouped = graph.group >= 0
    links = [
        (source, rows, (graph.needed - wants_name)[rows]),
        (source, n + named_rows, 1),
        (graph.row[edges] + n * graph.is_named[edges], col0 + graph.col[edges], _WIDE),
        (opened, pool0 + unseen.row_pool[opened], _WIDE),
        (pool0 + unseen.col_pool[pooled], col0 + pooled, _WIDE),
        (pool0 + pools, sink, unseen.hidden[pools]),
        (col0 + cols[~grouped], sink, 1),
        (col0 + cols[grouped], group0 + graph.group[grouped], 1),
        (group0 + groups, sink, np.minimum(graph.limit, _WIDE)),
    ]
    start, end, room = (
        np.concatenate([np.broadcast_to(link[i], _size(link)) for link in links]) for i in range(3)
    )
    capacity = sp.csr_matrix((room.astype(np.int32), (start, end)), shape=(sink + 1, sink + 1))
    return Network(capacity, n, col0, group0, pool0, source, sink)


def _size(link: tuple) -> int:
    return max(np.size(part) for part in link) if all(np.size(part) for part in link) else 0
