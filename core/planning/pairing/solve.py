"""From a problem to a plan: blocks, limits and cap, assembly, check."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from .block import Answer, is_small, solve_block, solve_whole_block
from .check import check_plan
from .groups import explain
from .market import Market
from .offers import Known
from .plan import LOG_COLUMNS, OPEN, OPTIMAL, Plan, pair_frame
from .problem import Problem
from .take import take_all

Tell = Callable[[float], None]
_LARGE = 500
"""Pairs beyond which a block is solved on its own; smaller ones of a pool go together."""


def pair_wells(problem: Problem, *, time_limit_s: float = 60.0, progress: Tell | None = None) -> Plan:
    """The plan that serves the most weight, and among those costs least; ties by id.

    Args:
        time_limit_s: seconds after which nothing further is begun; the plan is then the best found, with its gap. A
            matching that has begun cannot be interrupted.
        progress: called with the share done; raises to cancel.

    Raises:
        Cancelled: from ``progress``.
        OverdraftError: the plan failed its own check.
    """
    tell = progress or (lambda _: None)
    answers, log = solve_problem(problem, time.monotonic() + time_limit_s, tell)
    plan = _assembled(problem, answers, _log_frame(log))
    check_plan(problem, plan)
    tell(1.0)
    return plan


def solve_problem(
    problem: Problem, deadline: float, tell: Tell, pools: np.ndarray | None = None
) -> tuple[list[Answer], list[tuple]]:
    """Answers that together are a plan, and the log.

    Args:
        pools: only the renewals of these pools; None: all of them.
    """
    run = _Run(problem, deadline, tell)
    rows = np.arange(len(problem.weight))
    if pools is not None:
        rows = rows[np.isin(problem.renewal_pool, pools)]
    cap = problem.max_served
    # Where common sense already serves more than the cap allows, the cap will bind: no need to solve without it.
    if cap is not None and count_rows(take_all(problem, capped=False)[0]) > cap:
        return [run.together(rows, cap)], run.log
    answers = run.apart(rows)
    if cap is not None and sum(count_rows(answer.row) for answer in answers) > cap:
        answers = [run.together(rows, cap)]
    return answers, run.log


def count_rows(row: np.ndarray) -> int:
    """How many renewals a list of pairs serves."""
    return len(np.unique(row))


class _Run:
    """One run: its clock, its log, how far it is."""

    def __init__(self, problem: Problem, deadline: float, tell: Tell) -> None:
        self._problem, self._deadline, self._tell = problem, deadline, tell
        self.log: list[tuple] = []
        self._done, self._size = 0, max(1, len(problem.weight))

    def apart(self, rows: np.ndarray) -> list[Answer]:
        """Each block on its own; a pool that uses more sealed wells than it may is solved again with its limit."""
        problem = self._problem
        markets = _blocks(problem, rows)
        self._size = max(1, len(rows))
        answers = [self._solved(market) for market in markets]
        col = np.concatenate([answer.col for answer in answers]) if answers else np.zeros(0, dtype=np.int64)
        sealed = problem.candidate_pool[col[~problem.to_seal[col]]]
        over = np.flatnonzero(np.bincount(sealed, minlength=len(problem.limit)) > problem.limit)
        pool_of = np.array([problem.renewal_pool[market.rows[0]] for market in markets], dtype=np.int64)
        kept = [answer for answer, pool in zip(answers, pool_of, strict=True) if pool not in over]
        for pool in over:
            inside = rows[problem.renewal_pool[rows] == pool]
            kept.append(self._solved(Market.open(problem, inside, limited=True)))
        return kept

    def together(self, rows: np.ndarray, cap: int) -> Answer:
        """Everything at once, under the cap and all limits."""
        return self._solved(Market.open(self._problem, rows, limited=True, cap=cap))

    def _solved(self, market: Market) -> Answer:
        start = time.monotonic()
        solve = solve_whole_block if is_small(market) else solve_block
        answer = solve(market, self._deadline, self._ask)
        self._done += len(market.rows)
        pools = np.unique(self._problem.renewal_pool[market.rows])
        ways = "; ".join(f"{way} {count}" for way, count in sorted(answer.ways.items()))
        part = str(self._problem.pools[pools[0]]) if len(pools) == 1 else ""
        sizes = len(market.rows), len(market.graph.cols), answer.n_known, answer.n_kept
        self.log.append((part, *sizes, ways, time.monotonic() - start, answer.proven))
        return answer

    def _ask(self) -> None:
        self._tell(min(0.99, self._done / self._size))


def _blocks(problem: Problem, rows: np.ndarray) -> list[Market]:
    """Markets that share no candidate; the small blocks of a pool are one market, for they fall apart when solved."""
    whole = Market.open(problem, rows)
    row, col, cost = whole.edges()
    n, n_cols = len(problem.weight), len(problem.candidate_ids)
    opened = rows[~whole.is_complete]
    start = np.r_[row, opened]
    end = np.r_[n + col, n + n_cols + problem.renewal_pool[opened]]
    size = n + n_cols + len(problem.pools)
    links = sp.coo_matrix((np.ones(len(start), dtype=np.int8), (start, end)), shape=(size, size))
    label = connected_components(links, directed=False)[1]
    known = Known(row, col, cost, whole.horizon)
    large = np.bincount(label[row], minlength=size) > _LARGE
    # Small blocks take the number of their pool, behind all labels.
    label = np.where(large[label[rows]], label[rows], size + problem.renewal_pool[rows])
    return _split(problem, rows, known, label, whole.count)


def _split(problem: Problem, rows: np.ndarray, known: Known, label: np.ndarray, count: int) -> list[Market]:
    """One market for each label of the rows, in the order of pool and first row."""
    label = np.unique(label, return_inverse=True)[1]
    order = np.argsort(label, kind="stable")
    row_cuts = np.flatnonzero(np.diff(label[order])) + 1
    of_edge = label[np.searchsorted(rows, known.row)]
    edge_order = np.argsort(of_edge, kind="stable")
    edge_cuts = np.searchsorted(of_edge[edge_order], np.arange(1, len(row_cuts) + 1))
    parts = []
    for places, edges in zip(np.split(order, row_cuts), np.split(edge_order, edge_cuts), strict=True):
        if not len(places):
            continue
        pairs = known.row[edges], known.col[edges], known.cost[edges]
        parts.append(Market(problem, rows[places], pairs, known.horizon[places], count=count))
    return sorted(parts, key=lambda one: (int(problem.renewal_pool[one.rows[0]]), int(one.rows[0])))


def _assembled(problem: Problem, answers: list[Answer], log: pd.DataFrame) -> Plan:
    def frame(pairs: tuple) -> pd.DataFrame:
        return pair_frame(problem.renewal_ids, problem.candidate_ids, problem.to_seal, pairs)

    pairs = tuple(
        np.concatenate([getattr(one, name) for one in answers] or [np.zeros(0, dtype=np.int64)])
        for name in ("row", "col", "cost")
    )
    greedy = take_all(problem)
    pairs = _better_of(problem, pairs, greedy)
    served = np.unique(pairs[0])
    unmet = np.setdiff1d(np.arange(len(problem.weight)), served)
    capped = problem.max_served is not None and len(served) >= problem.max_served
    reasons, groups = explain(problem, unmet, capped=capped)
    weight, weight_bound = int(problem.weight[served].sum()), sum(one.weight_bound for one in answers)
    cost, cost_bound = int(pairs[2].sum()), sum(one.cost_bound for one in answers)
    return Plan(
        pairs=frame(pairs),
        served=len(served),
        weight=weight,
        cost=cost,
        weight_bound=weight_bound,
        cost_bound=cost_bound,
        status=OPTIMAL if (weight, cost) == (weight_bound, cost_bound) else OPEN,
        unmet=reasons,
        groups=groups,
        greedy=frame(greedy),
        greedy_weight=int(problem.weight[np.unique(greedy[0])].sum()),
        greedy_cost=int(greedy[2].sum()),
        log=log,
    )


def _better_of(problem: Problem, ours: tuple, greedy: tuple) -> tuple:
    """Pool by pool (under a cap as a whole) the better of two plans: where time ran out, common sense may do more."""
    pool = problem.renewal_pool if problem.max_served is None else np.zeros_like(problem.renewal_pool)

    def worth(pairs: tuple) -> tuple[np.ndarray, np.ndarray]:
        served, paid = np.zeros((2, len(problem.pools) + 1), dtype=np.int64)
        rows = np.unique(pairs[0])
        np.add.at(served, pool[rows], problem.weight[rows])
        np.add.at(paid, pool[pairs[0]], pairs[2])
        return served, paid

    (weight, cost), (other_weight, other_cost) = worth(ours), worth(greedy)
    other = (other_weight > weight) | ((other_weight == weight) & (other_cost < cost))
    kept, taken = ~other[pool[ours[0]]], other[pool[greedy[0]]]
    return tuple(np.r_[one[kept], two[taken]] for one, two in zip(ours, greedy, strict=True))


def _log_frame(log: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(log, columns=list(LOG_COLUMNS))
