"""What is known so far of the offers to some renewals; widened where a plan or its proof needs more."""

from __future__ import annotations

import numpy as np

from .graph import Graph, graph_of
from .offers import NEVER
from .problem import Problem
from .service import Unseen

FIRST = 12
"""Offers of each renewal that are asked for at first: with ample supply hardly any other is used."""


class Market:
    """Known offers to some renewals of a problem, as one graph.

    Attributes:
        rows: places of the renewals in the problem, ascending.
        graph: all known offers; rows in the order of ``rows``.
        horizon: per row, no offer that is not in the graph costs less; ``NEVER``: all are.
    """

    def __init__(
        self,
        problem: Problem,
        rows: np.ndarray,
        edges: tuple[np.ndarray, np.ndarray, np.ndarray],
        horizon: np.ndarray,
        *,
        count: int,
        limited: bool = False,
        cap: int | None = None,
    ) -> None:
        self.rows, self.horizon = rows, horizon.copy()
        self._problem, self._limited, self._cap = problem, limited, cap
        self._count = np.full(len(rows), count)
        self._set(edges)

    @staticmethod
    def open(problem: Problem, rows: np.ndarray, *, limited: bool = False, cap: int | None = None) -> Market:
        """A market of which the cheapest offers of each row are known."""
        count = max(FIRST, 4 * int(problem.needed[rows].max(initial=0)))
        known = problem.offers.nearest(rows, count)
        edges = known.row, known.col, known.cost
        return Market(problem, rows, edges, known.horizon, count=count, limited=limited, cap=cap)

    @property
    def is_complete(self) -> np.ndarray:
        """Rows all of whose offers are known."""
        return self.horizon == NEVER

    @property
    def complete(self) -> bool:
        """True if every offer is known."""
        return bool(self.is_complete.all())

    @property
    def count(self) -> int:
        """Offers asked for at first."""
        return int(self._count.min()) if len(self._count) else FIRST

    @property
    def unseen(self) -> Unseen:
        """What the graph does not show."""
        problem, shown = self._problem, self._problem.candidate_pool[self.graph.cols]
        n_pools = len(problem.pools)
        hidden = np.bincount(problem.candidate_pool, minlength=n_pools) - np.bincount(
            shown, minlength=n_pools
        )
        row_pool = np.where(self.is_complete, -1, problem.renewal_pool[self.rows])
        return Unseen(row_pool, shown, hidden)

    def widen(self, wanted: np.ndarray) -> bool:
        """Ask for three times as many offers of the rows in a mask; False if all of theirs are known already."""
        place = np.flatnonzero(wanted & (self.horizon < NEVER))
        if not len(place):
            return False
        self._count[place] *= 3
        row, col, cost = self.edges()
        kept = ~np.isin(row, self.rows[place])
        parts = [(row[kept], col[kept], cost[kept])]
        for count in np.unique(self._count[place]):
            some = place[self._count[place] == count]
            known = self._problem.offers.nearest(self.rows[some], int(count))
            self.horizon[some] = known.horizon
            parts.append((known.row, known.col, known.cost))
        self._set(tuple(np.concatenate(columns) for columns in zip(*parts, strict=True)))
        return True

    def complete_all(self) -> None:
        """Ask for every offer."""
        while self.widen(np.ones(len(self.rows), dtype=bool)):
            pass

    def edges(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Known offers as places in the problem: row, column, cost."""
        graph = self.graph
        return self.rows[graph.row], graph.cols[graph.col], graph.cost

    def _set(self, edges: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
        self.graph: Graph = graph_of(self._problem, self.rows, edges, limited=self._limited, cap=self._cap)
