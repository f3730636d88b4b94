"""For one renewal: the next best choice, and what the whole plan would cost with it.

What a renewal chooses matters to those that compete with it: the renewals of its pool, or all of them under a cap. Of
these only the connected part of pairs that the other plan can use is solved again (:mod:`.prices`); elsewhere the plan
stays as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from ..linear import Ask
from .block import is_small
from .exact import solve_graph
from .graph import Graph
from .market import Market
from .plan import Plan
from .pricing import Pricing
from .problem import Problem
from .solve import count_rows, solve_problem

COLUMNS = ("renewal_id", "state", "retired_ids", "served", "weight", "cost", "extra_cost", "proven")
FOUND, NONE, NOT_COMPUTED = "found", "none", "not_computed"
_LEVELS = 3
"""So many times the pairs looked at are made more before everything is solved again."""


def runner_ups(
    problem: Problem,
    plan: Plan,
    renewal_ids: Iterable[str] | None = None,
    *,
    time_limit_s: float = 60.0,
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """The best plan in which a renewal makes another choice than in ``plan``.

    For a renewal that is served: the best plan without at least one of its pairs, which is the best of the
    plans without the first, without the second … (``retired_ids`` is empty where leaving it out is best). For
    one that is not: the best plan that serves it. Other renewals may change as well.

    Args:
        plan: of :func:`.solve.pair_wells`, proven.
        renewal_ids: whom to ask for; None: all. Small pools come first, for they take least time.
        time_limit_s: for all of them together.
        progress: called with the share done; raises to cancel.

    Returns:
        A row per renewal in the order asked for, ``COLUMNS``. ``state``: ``found``; ``none`` (there is no other plan);
        ``not_computed`` (no time was left). Where found: what the plan serves and costs in total, how much more than
        ``plan`` that is, and whether it is proven that nothing better exists.
    """
    tell = progress or (lambda _: None)
    deadline = time.monotonic() + time_limit_s
    wanted = problem.renewal_ids.tolist() if renewal_ids is None else list(renewal_ids)
    rows = pd.Index(problem.renewal_ids).get_indexer(wanted)
    pool = problem.renewal_pool[rows]
    size = np.bincount(problem.renewal_pool, minlength=len(problem.pools))[pool]
    found: dict[int, dict] = {}
    rivals: _Rivals | None = None
    for place in np.lexsort((pool, size)).tolist():
        tell(len(found) / len(wanted))
        if time.monotonic() >= deadline:
            break
        row = int(rows[place])
        if rivals is None or row not in rivals:
            rivals = _Rivals(problem, plan, row, deadline, lambda: tell(len(found) / len(wanted)))
        best = rivals.runner_up(row)
        if best["proven"] or time.monotonic() < deadline:
            found[place] = best
    return _table(wanted, found)


def _table(wanted: list, found: dict[int, dict]) -> pd.DataFrame:
    nothing = dict.fromkeys(COLUMNS, pd.NA) | {"state": NOT_COMPUTED, "retired_ids": [], "proven": False}
    rows = [{**nothing, **found.get(place, {}), "renewal_id": name} for place, name in enumerate(wanted)]
    numbers = dict.fromkeys(("served", "weight", "cost", "extra_cost"), "Int64")
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(numbers | {"proven": bool})


class _Rivals:
    """Renewals that compete with each other, and the plan as they see it."""

    def __init__(self, problem: Problem, plan: Plan, row: int, deadline: float, ask: Ask) -> None:
        self._problem, self._plan, self._deadline, self._ask = problem, plan, deadline, ask
        capped = problem.max_served is not None
        self._pools = None if capped else problem.renewal_pool[[row]]
        self._rows = np.flatnonzero(capped | (problem.renewal_pool == problem.renewal_pool[row]))
        renewal = pd.Index(problem.renewal_ids).get_indexer(plan.pairs["renewal_id"])
        retired = pd.Index(problem.candidate_ids).get_indexer(plan.pairs["retired_id"])
        mine = np.isin(renewal, self._rows)
        self._row, self._col = renewal[mine], retired[mine]
        self._paid = plan.pairs["cost"].to_numpy()[mine]
        self._market = Market.open(problem, self._rows, limited=True, cap=problem.max_served)
        self._pricing: Pricing | None = None
        self._levels: dict[int, tuple[Graph, list[np.ndarray]]] = {}
        if not is_small(self._market):
            weight = int(problem.weight[np.unique(self._row)].sum())
            self._pricing = Pricing(self._market, weight, deadline, ask)
            self._pricing.tighten()

    def __contains__(self, row: int) -> bool:
        return row in self._rows

    def runner_up(self, row: int) -> dict:
        """The best of a renewal's alternatives."""
        forbidden = self._col[self._row == row].tolist() or [None]
        found = [self._without(row, col) for col in forbidden]
        plans = [one for one in found if one is not None]
        if not plans:
            return {"state": NONE, "proven": True}
        best = min(plans, key=lambda one: (-one["weight"], one["cost"], one["retired_ids"]))
        return {**best, "state": FOUND, "proven": all(one["proven"] for one in plans)}

    def _without(self, row: int, col: int | None) -> dict | None:
        """The best plan without a pair; without a column: the best one that serves the row."""
        for level in range(_LEVELS if self._pricing is not None else 1):
            one = self._nearby(level, row, col)
            if self._pricing is None:
                return one
            # Every plan that serves as much and costs no more than this uses none but the pairs that were looked at.
            if (
                one is not None
                and one["weight"] == self._plan.weight
                and int(self._paid.sum()) + one["extra_cost"]
                <= self._pricing.value.bound + self._delta(level)
            ):
                return one
        return self._anew(row, col)

    def _delta(self, level: int) -> int:
        """Pairs up to this loss are looked at: what a plan may cost more is a quarter of a mean renewal, then more."""
        cost = int(self._paid.sum())
        room = max(1, cost // max(1, count_rows(self._row)) // 4) * 8**level
        return cost - self._pricing.value.bound + room if self._pricing is not None else 0

    def _parts(self, level: int) -> tuple[Graph, list[np.ndarray]]:
        """The pairs to be looked at, and their connected parts."""
        if level not in self._levels:
            kept = np.arange(len(self._market.graph.row))
            if self._pricing is not None:
                self._pricing.widen(self._delta(level))
                kept = np.flatnonzero(self._pricing.value.loss(self._market.graph) <= self._delta(level))
            graph = self._market.graph.part(kept)
            self._levels[level] = graph, graph.components()
        return self._levels[level]

    def _nearby(self, level: int, row: int, col: int | None) -> dict | None:
        """The best other plan of the part in which a row is."""
        graph, parts = self._parts(level)
        edges = next((part for part in parts if (graph.rows[graph.row[part]] == row).any()), None)
        if edges is None:
            return None
        inside = np.isin(self._row, graph.rows[graph.row[edges]])
        if col is not None:
            edges = edges[(graph.rows[graph.row[edges]] != row) | (graph.cols[graph.col[edges]] != col)]
        part = graph.part(edges)
        if col is None:
            part = replace(part, weight=np.where(part.rows == row, part.weight.sum() + 1, part.weight))
        choice = solve_graph(part, self._deadline, self._ask)
        taken = part.rows[part.row[choice.edges]], part.cols[part.col[choice.edges]]
        if col is None and row not in taken[0]:
            return None
        return self._told(row, inside, *taken, choice.cost, choice.proven)

    def _anew(self, row: int, col: int | None) -> dict | None:
        """The same from all pairs there are."""
        problem = self._problem
        if col is None:
            weight = problem.weight.copy()
            weight[row] = problem.weight.sum() + 1
            changed = replace(problem, weight=weight)
        else:
            changed = problem.without(np.array([row]), np.array([col]))
        answers, _ = solve_problem(changed, self._deadline, lambda _: self._ask(), self._pools)
        taken = (np.concatenate([getattr(one, name) for one in answers]) for name in ("row", "col", "cost"))
        rows, cols, costs = taken
        if col is None and row not in rows:
            return None
        everyone = np.ones(len(self._row), dtype=bool)
        proven = all(one.proven for one in answers)
        return self._told(row, everyone, rows, cols, int(costs.sum()), proven)

    def _told(
        self, row: int, gone: np.ndarray, rows: np.ndarray, cols: np.ndarray, cost: int, proven: bool
    ) -> dict:
        """The plan in which pairs of a mask give way to others."""
        plan, weight = self._plan, self._problem.weight
        before, after = np.unique(self._row[gone]), np.unique(rows)
        extra = cost - int(self._paid[gone].sum())
        return {
            "retired_ids": self._problem.candidate_ids[np.sort(cols[rows == row])].tolist(),
            "served": plan.served - len(before) + len(after),
            "weight": plan.weight - int(weight[before].sum()) + int(weight[after].sum()),
            "cost": plan.cost + extra,
            "extra_cost": extra,
            "proven": proven,
        }
