"""The graph that is solved: renewals (rows), candidates (columns), and the pairs between them (edges)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from .problem import NO_LIMIT, Problem

_TIE_SHIFT, _TIE_MIX = 4096, 0x9E3779B1


@dataclass(frozen=True)
class Graph:
    """Rows and columns are numbered from 0; edges stand in the order of row and column.

    Attributes:
        weight, needed, named: per row; ``named`` is a column or −1.
        group: per column, the limit that it counts against; −1: none.
        limit: at most so many columns of each group are used.
        cap: at most so many rows are served; None: no limit.
        row, col, cost, tie: per edge. ``tie`` decides between plans of equal cost.
        rows, cols: the places of rows and columns in the problem.
    """

    weight: np.ndarray
    needed: np.ndarray
    named: np.ndarray
    group: np.ndarray
    limit: np.ndarray
    cap: int | None
    row: np.ndarray
    col: np.ndarray
    cost: np.ndarray
    tie: np.ndarray
    rows: np.ndarray
    cols: np.ndarray

    @property
    def is_named(self) -> np.ndarray:
        """Edges to the named column of their row."""
        return self.named[self.row] == self.col

    def part(self, edges: np.ndarray) -> Graph:
        """The graph of some edges (ascending places): their rows and columns, without rows that cannot be served."""
        edges = self.servable(edges)
        rows, row = np.unique(self.row[edges], return_inverse=True)
        cols, col = np.unique(self.col[edges], return_inverse=True)
        at = np.searchsorted(cols, self.named[rows])
        at = np.where(self.named[rows] >= 0, at, -1)
        return Graph(
            weight=self.weight[rows],
            needed=self.needed[rows],
            named=at,
            group=self.group[cols],
            limit=self.limit,
            cap=self.cap,
            row=row,
            col=col,
            cost=self.cost[edges],
            tie=self.tie[edges],
            rows=self.rows[rows],
            cols=self.cols[cols],
        )

    def servable(self, edges: np.ndarray) -> np.ndarray:
        """Those of some edges whose row has its named column and as many others as it needs; with one to have,
        only the named one."""
        row, named = self.row[edges], self.is_named[edges]
        n = len(self.weight)
        free = np.bincount(row[~named], minlength=n)
        has_name = np.bincount(row[named], minlength=n) > 0
        wanted = self.needed - (self.named >= 0)
        well = (free >= wanted) & (has_name | (self.named < 0))
        return edges[well[row] & (named | (wanted > 0)[row])]

    def components(self) -> list[np.ndarray]:
        """Places of the edges of each part that can be solved on its own, in the order of their first rows.

        A limit that can bind joins the columns of its group, a cap that can bind joins everything.
        """
        n_rows, n_cols = len(self.weight), len(self.group)
        if not len(self.row):
            return []
        if self.cap is not None and self.cap < n_rows:
            return [np.arange(len(self.row))]
        of_group = np.bincount(self.group[self.group >= 0], minlength=len(self.limit))
        binds = of_group > self.limit
        tied = np.flatnonzero((self.group >= 0) & (binds[self.group] if len(binds) else False))
        start = np.concatenate([self.row, n_rows + tied])
        end = np.concatenate([n_rows + self.col, n_rows + n_cols + self.group[tied]])
        size = n_rows + n_cols + len(self.limit)
        links = sp.coo_matrix((np.ones(len(start), dtype=np.int8), (start, end)), shape=(size, size))
        label = connected_components(links, directed=False)[1][self.row]
        order = np.argsort(label, kind="stable")
        cuts = np.flatnonzero(np.diff(label[order])) + 1
        return sorted(np.split(order, cuts), key=lambda edges: int(edges[0]))


def graph_of(
    problem: Problem,
    rows: np.ndarray,
    edges: tuple[np.ndarray, np.ndarray, np.ndarray],
    *,
    limited: bool,
    cap: int | None,
) -> Graph:
    """The graph of some rows of a problem (ascending places) and edges (row, column, cost; places in the problem).

    Args:
        limited: whether the limits on sealed wells hold.
    """
    row, col, cost = edges
    order = np.lexsort((col, row))
    row, col, cost = row[order], col[order], cost[order]
    cols, local = np.unique(col, return_inverse=True)
    group = groups_of(problem, cols) if limited else np.full(len(cols), -1)
    named = problem.named[rows]
    at = np.searchsorted(cols, named)
    there = (named >= 0) & (at < len(cols))
    there[there] = cols[at[there]] == named[there]
    # A named well that is not on offer can never be had: a column that does not exist keeps the row from being served.
    at = np.where(there, at, np.where(named >= 0, len(cols), -1))
    return Graph(
        weight=problem.weight[rows],
        needed=problem.needed[rows],
        named=at,
        group=group,
        limit=problem.limit,
        cap=cap,
        row=np.searchsorted(rows, row),
        col=local,
        cost=cost,
        tie=tie_of(row, col, len(problem.candidate_ids)),
        rows=rows,
        cols=cols,
    )


def groups_of(problem: Problem, cols: np.ndarray) -> np.ndarray:
    """The limit that each candidate counts against: sealed ones against that of their pool, if it has one; else −1."""
    pool = problem.candidate_pool[cols]
    return np.where(~problem.to_seal[cols] & (problem.limit[pool] < NO_LIMIT), pool, -1)


def tie_of(row: np.ndarray, col: np.ndarray, n_candidates: int) -> np.ndarray:
    """What decides between plans of equal cost: the smaller sum over the pairs.

    First come renewals with smaller ids, then wells with smaller ids; the last 12 bits are a mixture of both,
    so that two plans hardly ever have the same sum. It depends on nothing but the order of the ids.
    """
    mixed = ((row + 1) * _TIE_MIX ^ (col + 1) * (_TIE_MIX >> 3)) >> 7
    return (row * max(1, n_candidates) + col) * _TIE_SHIFT + mixed % _TIE_SHIFT
