"""Pairs as a program with whole numbers, for any number needed, limits on groups of columns and a cap.

    x_rc ∈ {0, 1}   column c is used for row r          y_r ∈ {0, 1}   row r is served

    Σ_c x_rc = k_r y_r        x_rc ≤ y_r        x_r,named = y_r        Σ_r x_rc ≤ 1
    Σ of a group's x ≤ limit        Σ_r y_r ≤ cap

First Σ w y is made as large as possible, then Σ cost x as small as possible at that, then, where numbers of 53 bits can
tell, Σ tie x. What comes back is rounded, checked and added up in whole numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from ..linear import LinearAnswer, LinearModel, solve_whole
from .cuts import Cut, half_need
from .graph import Graph
from .take import take_in_turn

_TELLING = 2.0**40
"""Ties are left to the solver's order where their sum is larger: it could not tell them apart."""
_ROUNDING = 1e-9


def solve_programme(
    graph: Graph, deadline: float, ask: Callable[[], None], cuts: Sequence[Cut] = ()
) -> tuple[np.ndarray, int, int]:
    """Chosen edges (ascending), bound of the weight and bound of the cost at that weight.

    Args:
        cuts: odd sets, which hold for whole numbers anyway and make the relaxation tighter.
    """
    start = take_in_turn(graph)
    model = _with_cuts(model_of(graph), graph, cuts)
    n_edges = len(graph.row)
    by_weight = replace(model, cost=np.r_[np.zeros(n_edges), -graph.weight.astype(float)])
    answer = _solve(by_weight, graph, start, deadline, ask)
    best = _better(graph, start, answer)
    weight = _weight(graph, best)
    most = -_bound(answer, -weight, -int(graph.weight.sum()))
    if most > weight:
        return best, most, 0
    served = sp.csr_matrix(np.r_[np.zeros(n_edges), graph.weight.astype(float)])
    least = with_row(model, served, float(weight), np.inf)
    by_cost = replace(least, cost=np.r_[graph.cost.astype(float), np.zeros(len(graph.weight))])
    answer = _solve(by_cost, graph, best, deadline, ask)
    best = _better(graph, best, answer)
    cost = int(graph.cost[best].sum())
    least_cost = _bound(answer, cost, 0)
    if least_cost == cost:
        best = _least_tie(graph, by_cost, best, deadline, ask)
    return best, weight, least_cost


def _bound(answer: LinearAnswer, reached: int, at_least: int) -> int:
    """No choice has a lower objective: what was reached, if the solver proved it, else its own bound made safe."""
    if answer.status == "optimal" and abs(answer.objective - reached) < 0.5:
        return reached
    if not np.isfinite(answer.bound):
        return at_least
    return min(reached, max(at_least, int(np.ceil(answer.bound - _ROUNDING * abs(answer.bound) - _ROUNDING))))


def model_of(graph: Graph) -> LinearModel:
    """The rows of the program; columns are the edges, then the rows of the graph. The costs are zero."""
    n_edges, n = len(graph.row), len(graph.weight)
    width = n_edges + n
    edge, served, named = np.arange(n_edges), n_edges + np.arange(n), graph.is_named
    several = np.flatnonzero(~named & (graph.needed[graph.row] > 1))
    with_name = np.flatnonzero(named)
    of_group = graph.group[graph.col]
    groups = np.array(
        [one for one in np.unique(of_group[of_group >= 0]) if graph.limit[one] < (of_group == one).sum()],
        dtype=int,
    )
    in_limit = np.flatnonzero(np.isin(of_group, groups))
    capped = np.arange(n if graph.cap is not None and graph.cap < n else 0)
    parts = [
        (_rows(graph.row, edge, n, width) - _rows(np.arange(n), served, n, width, graph.needed), 0.0, 0.0),
        (_linked(several, served[graph.row[several]], width), -np.inf, 0.0),
        (_linked(with_name, served[graph.row[with_name]], width), 0.0, 0.0),
        (_rows(graph.col, edge, len(graph.group), width), -np.inf, 1.0),
        (
            _rows(np.searchsorted(groups, of_group[in_limit]), in_limit, len(groups), width),
            -np.inf,
            graph.limit[groups],
        ),
        (_rows(capped * 0, served[capped], min(1, len(capped)), width), -np.inf, graph.cap or 0),
    ]
    rows = [np.ones(matrix.shape[0]) for matrix, _, _ in parts]
    return LinearModel(
        cost=np.zeros(width),
        lower=np.zeros(width),
        upper=np.ones(width),
        whole=np.ones(width, dtype=bool),
        matrix=sp.vstack([matrix for matrix, _, _ in parts]).tocsr(),
        row_lower=np.concatenate([one * low for one, (_, low, _) in zip(rows, parts, strict=True)]),
        row_upper=np.concatenate([one * high for one, (_, _, high) in zip(rows, parts, strict=True)]),
    )


def _with_cuts(model: LinearModel, graph: Graph, cuts: Sequence[Cut]) -> LinearModel:
    """The program with the odd sets that have edges in the graph."""
    half, named = half_need(graph.needed, graph.named), graph.is_named
    for cut in cuts:
        in_row, in_col = cut.inside(graph.rows, graph.cols)
        edges = np.flatnonzero(in_row[graph.row] & in_col[graph.col] & ~named)
        if len(edges):
            row = np.zeros(len(model.cost))
            row[edges] = 1.0
            row[len(graph.row) + np.flatnonzero(in_row)] = -half[in_row]
            model = with_row(model, sp.csr_matrix(row), -np.inf, float(cut.room))
    return model


def _rows(
    row: np.ndarray, column: np.ndarray, n_rows: int, n_columns: int, value: object = 1.0
) -> sp.csr_matrix:
    data = np.broadcast_to(np.asarray(value, dtype=float), len(row))
    return sp.csr_matrix((data, (row, column)), shape=(n_rows, n_columns))


def _linked(edges: np.ndarray, served: np.ndarray, n_columns: int) -> sp.csr_matrix:
    """Rows x_rc − y_r."""
    place = np.arange(len(edges))
    return _rows(place, edges, len(edges), n_columns) - _rows(place, served, len(edges), n_columns)


def with_row(model: LinearModel, row: sp.csr_matrix, low: float, high: float) -> LinearModel:
    return replace(
        model,
        matrix=sp.vstack([model.matrix, row]).tocsr(),
        row_lower=np.r_[model.row_lower, low],
        row_upper=np.r_[model.row_upper, high],
    )


def _solve(
    model: LinearModel, graph: Graph, start: np.ndarray, deadline: float, ask: Callable[[], None]
) -> LinearAnswer:
    known = np.zeros(len(model.cost))
    known[start] = 1.0
    known[len(graph.row) + graph.row[start]] = 1.0
    return solve_whole(model, time_limit=max(0.0, deadline - time.monotonic()), start=known, ask=ask)


def _better(graph: Graph, known: np.ndarray, answer: LinearAnswer) -> np.ndarray:
    """The solver's choice, if it is one and no worse than what is known."""
    if answer.x is None:
        return known
    edges = np.flatnonzero(answer.x[: len(graph.row)] > 0.5)
    if not is_choice(graph, edges):
        return known
    old = (-_weight(graph, known), int(graph.cost[known].sum()))
    new = (-_weight(graph, edges), int(graph.cost[edges].sum()))
    return edges if new <= old else known


def is_choice(graph: Graph, edges: np.ndarray) -> bool:
    """True if the edges keep to all rules."""
    count = np.bincount(graph.row[edges], minlength=len(graph.weight))
    has_name = np.bincount(graph.row[edges], graph.is_named[edges], minlength=len(graph.weight)) > 0
    served = count > 0
    used = np.bincount(graph.col[edges], minlength=len(graph.group))
    group = graph.group[graph.col[edges]]
    of_group = np.bincount(group[group >= 0], minlength=len(graph.limit))
    return bool(
        (count[served] == graph.needed[served]).all()
        and (has_name | ~served | (graph.named < 0)).all()
        and (used <= 1).all()
        and (of_group <= graph.limit).all()
        and (graph.cap is None or served.sum() <= graph.cap)
    )


def _weight(graph: Graph, edges: np.ndarray) -> int:
    return int(graph.weight[np.unique(graph.row[edges])].sum())


def _least_tie(
    graph: Graph, by_cost: LinearModel, best: np.ndarray, deadline: float, ask: Callable[[], None]
) -> np.ndarray:
    """Among choices of the same weight and cost the one of least tie."""
    tie = graph.tie - graph.tie.min(initial=0)
    cost = int(graph.cost[best].sum())
    if float(tie.max(initial=0)) * int(graph.needed.sum()) > _TELLING or cost > _TELLING:
        return best
    capped = with_row(by_cost, sp.csr_matrix(by_cost.cost), -np.inf, float(cost))
    by_tie = replace(capped, cost=np.r_[graph.tie.astype(float), np.zeros(len(graph.weight))])
    found = _better(graph, best, _solve(by_tie, graph, best, deadline, ask))
    return found if int(graph.tie[found].sum()) < int(graph.tie[best].sum()) else best
