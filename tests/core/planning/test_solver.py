"""Matchings against all matchings, programs that grow against programs stated at once, and libraries that are
missing."""

from __future__ import annotations

import sys
from itertools import combinations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.planning.linear import LinearModel, solve_relaxation
from overdraft.core.planning.solver import (
    LARGEST_WEIGHT,
    GrowingProgram,
    has_matching,
    heaviest_matching,
    solvers,
)


@st.composite
def graphs(draw):
    """Up to six nodes with weights of any size."""
    n = draw(st.integers(2, 6))
    pairs = [pair for pair in combinations(range(n), 2) if draw(st.booleans())]
    large = st.integers(-5, 20) | st.integers(0, LARGEST_WEIGHT // 4)
    return n, pairs, [draw(large) for _ in pairs]


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_the_heaviest_of_all_matchings(graph):
    n, pairs, weights = graph
    found = heaviest_matching(n, [a for a, _ in pairs], [b for _, b in pairs], weights)
    weight = dict(zip(pairs, weights, strict=True))
    used = [node for pair in found for node in pair]
    assert len(used) == len(set(used))
    assert sum(weight[pair] for pair in found) == _heaviest(list(weight.items()), frozenset())


def _heaviest(edges, used):
    if not edges:
        return 0
    (pair, weight), *others = edges
    without = _heaviest(others, used)
    return without if used & set(pair) else max(without, weight + _heaviest(others, used | set(pair)))


def test_weights_too_large_to_compute_are_refused():
    with pytest.raises(OverflowError):
        heaviest_matching(2, [0], [1], [LARGEST_WEIGHT + 1])


def test_says_what_is_there(monkeypatch):
    assert {"rustworkx", "scipy"} <= set(solvers())
    assert has_matching()
    monkeypatch.setitem(sys.modules, "rustworkx", None)
    assert not has_matching()
    assert "rustworkx" not in solvers()


@pytest.mark.parametrize("hidden", [(), ("highspy",)])
def test_a_program_that_grew_is_the_program_stated_at_once(hidden, monkeypatch):
    """Columns, rows and costs that came one by one: value and duals of every step as from the whole."""
    for name in hidden:
        monkeypatch.setitem(sys.modules, name, None)
    rng = np.random.default_rng(7)
    grown = GrowingProgram()
    matrix, cost = sp.csr_matrix((0, 0)), np.zeros(0)
    low, high = np.zeros(0), np.zeros(0)
    for step in range(6):
        columns = sp.random(matrix.shape[0], 5, 0.5, format="csr", random_state=step)
        more = rng.integers(-9, 10, 5).astype(float)
        grown.add_columns(more, np.zeros(5), np.ones(5), columns)
        matrix, cost = sp.hstack([matrix, columns]).tocsr(), np.r_[cost, more]
        rows = sp.random(3, matrix.shape[1], 0.5, format="csr", random_state=100 + step)
        grown.add_rows(rows, np.full(3, -np.inf), np.full(3, 0.8))
        matrix = sp.vstack([matrix, rows]).tocsr()
        low, high = np.r_[low, np.full(3, -np.inf)], np.r_[high, np.full(3, 0.8)]
        grown.set_cost(2, float(step))
        cost[2] = step
        model = LinearModel(
            cost, np.zeros(len(cost)), np.ones(len(cost)), np.zeros(len(cost), dtype=bool), matrix, low, high
        )
        ours, whole = grown.solve(60.0, lambda: None), solve_relaxation(model)
        assert (ours.status, grown.shape) == ("optimal", matrix.shape)
        assert ours.objective == pytest.approx(whole.objective, abs=1e-9)
        reduced = cost - matrix.T @ ours.dual
        assert float(
            ours.dual @ np.where(ours.dual < 0, high, 0.0) + np.minimum(reduced, 0).sum()
        ) == pytest.approx(ours.objective, abs=1e-7)
    assert grown.solve(0.0, lambda: None).status == "unknown"
