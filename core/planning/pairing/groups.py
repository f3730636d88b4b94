"""Why renewals stay without wells: who competes for what.

Where not all renewals of a pool can be served, some set X of them needs more wells than all candidates of X
together (Hall 1935). The smallest set with the largest shortage is what a largest flow still reaches from its
source; every renewal that a best plan leaves out is in it, because serving it as well would serve more. Its
connected parts are the groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from .graph import Graph
from .market import Market
from .plan import GROUP_COLUMNS, UNMET_COLUMNS
from .problem import Problem
from .service import Network, network_of

_MOST_PAIRS = 5_000_000
"""Beyond so many pairs the candidates of a pool are taken as a whole."""


def explain(problem: Problem, unmet: np.ndarray, *, capped: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reasons per unmet renewal (``UNMET_COLUMNS``) and the groups (``GROUP_COLUMNS``).

    Args:
        unmet: places of the renewals without wells, ascending.
        capped: whether the plan serves as many as the cap allows.
    """
    reason = np.full(len(problem.weight), "group", dtype=object)
    missing = np.zeros(len(problem.weight), dtype=np.int64)
    number = np.full(len(problem.weight), -1, dtype=np.int64)
    groups: list[tuple] = []
    for pool in np.unique(problem.renewal_pool[unmet]):
        rows = np.flatnonzero(problem.renewal_pool == pool)
        market = Market.open(problem, rows, limited=True)
        size = len(rows) * int((problem.candidate_pool == pool).sum())
        if not problem.offers.whole_pool and size <= _MOST_PAIRS:
            market.complete_all()
        few, lack = _too_few(market.graph, ~market.is_complete)
        reason[rows[few]], missing[rows[few]] = "few", lack[few]
        if capped:
            continue
        for found in _groups(problem, market, few):
            number[found.rows] = len(groups)
            groups.append(_described(problem, len(groups), found))
    if capped:
        reason[reason == "group"] = "cap"
    frame = pd.DataFrame(groups, columns=list(GROUP_COLUMNS))
    short = (frame["needed"] - frame["available"]).to_numpy() if len(frame) else np.zeros(0, dtype=np.int64)
    known = number[unmet] >= 0
    lacking = missing[unmet]
    lacking[known & (reason[unmet] == "group")] = short[number[unmet][known & (reason[unmet] == "group")]]
    group = pd.array(np.where(known, number[unmet], 0), dtype="Int64")
    group[~known] = pd.NA
    columns = (problem.renewal_ids[unmet], reason[unmet], lacking, group)
    return pd.DataFrame(dict(zip(UNMET_COLUMNS, columns, strict=True))), frame


def _too_few(graph: Graph, open_rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mask of the rows with too few columns on offer, and how many are missing."""
    n = len(graph.weight)
    wants_name = graph.named >= 0
    free = np.bincount(graph.row[~graph.is_named], minlength=n)
    has_name = np.bincount(graph.row[graph.is_named], minlength=n)
    lack = np.maximum(graph.needed - wants_name - free, 0) + (wants_name & (has_name == 0))
    lack = np.where(open_rows, 0, lack)
    return lack > 0, lack


@dataclass(frozen=True)
class _Group:
    """Renewals and candidates as places in the problem; how many wells the renewals need of these candidates,
    which may be fewer than they need at all: a named well that is not contested counts on neither side."""

    rows: np.ndarray
    cols: np.ndarray
    needed: int
    limited: bool


def _groups(problem: Problem, market: Market, few: np.ndarray) -> list[_Group]:
    """Who competes in one pool."""
    graph, opened = market.graph, ~market.is_complete
    network = network_of(graph, market.unseen, ~few)
    flow = _flow(network)
    reached = np.zeros(network.sink + 1, dtype=bool)
    reached[breadth_first_order(_left(network, flow), network.source, return_predecessors=False)] = True
    n = network.n_rows
    own, named = reached[:n], reached[n : 2 * n]
    label = _parts(graph, network, reached)
    wants = own * (graph.needed - (graph.named >= 0)) + named
    of_col = np.where(
        reached[network.first_col : network.first_group], label[network.first_col : network.first_group], -1
    )
    result = []
    for one in np.unique(label[:n][own | named]):
        rows = np.flatnonzero((own | named) & (label[:n] == one))
        wells = graph.cols[of_col == one]
        if (opened & own)[rows].any():
            wells = np.flatnonzero(problem.candidate_pool == problem.renewal_pool[market.rows[rows[0]]])
        of_limit = reached[network.first_group : network.first_pool] & (
            label[network.first_group : network.first_pool] == one
        )
        result.append(_Group(market.rows[rows], wells, int(wants[rows].sum()), bool(of_limit.any())))
    return result


def _flow(network: Network) -> sp.csr_matrix:
    found = maximum_flow(network.capacity, network.source, network.sink)
    return found.flow if hasattr(found, "flow") else found.residual  # scipy before 1.9.2 called it so


def _left(network: Network, flow: sp.csr_matrix) -> sp.csr_matrix:
    """Arcs along which more could flow."""
    left = (network.capacity - flow).tocsr()
    left.data = (left.data > 0).astype(np.int32)
    left.eliminate_zeros()
    return left


def _parts(graph: Graph, network: Network, reached: np.ndarray) -> np.ndarray:
    """Label of the connected part of each node among what was reached; both nodes of a renewal are in one part."""
    n, size = network.n_rows, network.sink + 1
    arc = network.capacity.tocoo()
    inner = (arc.row != network.source) & (arc.col != network.sink) & reached[arc.row] & reached[arc.col]
    both = np.flatnonzero(reached[:n] & reached[n : 2 * n])
    start, end = np.r_[arc.row[inner], both], np.r_[arc.col[inner], n + both]
    links = sp.coo_matrix((np.ones(len(start), dtype=np.int8), (start, end)), shape=(size, size))
    label = connected_components(links, directed=False)[1]
    only_named = reached[n : 2 * n] & ~reached[:n]
    label[:n][only_named] = label[n : 2 * n][only_named]
    return label


def _described(problem: Problem, number: int, group: _Group) -> tuple:
    available = len(group.cols)
    if group.limited:
        sealed = int((~problem.to_seal[group.cols]).sum())
        available += min(0, int(problem.limit[problem.renewal_pool[group.rows[0]]]) - sealed)
    names = problem.renewal_ids[group.rows].tolist(), problem.candidate_ids[group.cols].tolist()
    return number, *names, group.needed, available, group.limited
