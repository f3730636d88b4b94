"""Programs solved by hand and by trying every answer, with ``highspy`` and with scipy's copy alone."""

from __future__ import annotations

import sys
from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.planning import linear
from overdraft.core.planning.linear import (
    LinearModel,
    dual_bound,
    right_sign,
    solve_relaxation,
    solve_whole,
    solver_name,
    without_fixed,
)


@pytest.fixture(params=["highspy", "scipy"], autouse=True, scope="module")
def library(request):
    """Both of them in turn."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "scipy":
            patch.setitem(sys.modules, "highspy", None)
        yield request.param


def model(cost, rows, low, high, *, upper=1, whole=True) -> LinearModel:
    """Columns from 0 to ``upper``."""
    n = len(cost)
    return LinearModel(
        cost=np.array(cost, dtype=float),
        lower=np.zeros(n),
        upper=np.broadcast_to(np.array(upper, dtype=float), n).copy(),
        whole=np.broadcast_to(np.array(whole), n).copy(),
        matrix=sp.csr_matrix(np.array(rows, dtype=float).reshape(len(low), n)),
        row_lower=np.array(low, dtype=float),
        row_upper=np.array(high, dtype=float),
    )


@st.composite
def models(draw):
    """Up to five whole columns from 0 to 2 and three rows, each limited below, above, on both sides alike or
    not at all."""
    n, m = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    small = st.integers(-4, 4)
    limits = st.sampled_from([(-np.inf, 1.0), (1.0, np.inf), (2.0, 2.0), (-np.inf, np.inf), (0.0, np.inf)])
    bounds = [draw(limits) for _ in range(m)]
    rows = [[draw(small) for _ in range(n)] for _ in range(m)]
    upper = [draw(st.integers(0, 2)) for _ in range(n)]
    return model(
        [draw(small) for _ in range(n)], rows, [b[0] for b in bounds], [b[1] for b in bounds], upper=upper
    )


@settings(max_examples=80, deadline=None)
@given(models())
def test_the_best_of_all_answers(library, program):
    _agrees(program)


@pytest.mark.long
@settings(max_examples=4000, deadline=None)
@given(models())
def test_the_best_of_all_answers_of_thousands(library, program):
    _agrees(program)


@pytest.mark.parametrize(
    ("rows", "x"),
    [
        ([[0, 0, 0, -1, -3], [0, -3, 3, 0, -4]], None),
        ([[0, 0, -4, 0, 0], [3, -3, -2, 2, 4]], [0, 0, 1, 0, 1]),
        ([[0, 2, 0, 0, 4], [3, 0, -4, 3, -4]], None),
    ],
)
def test_an_answer_that_breaks_the_program_is_not_believed(library, monkeypatch, rows, x):
    """With presolve scipy's HiGHS 1.2 gives "optimal" answers outside rows and bounds for these."""
    monkeypatch.setattr(linear, "MIXED", 0)
    upper = [1, 0, 1, 0, 1]
    found = solve_whole(model([0] * 5, rows, [-np.inf, 2], [1, 2], upper=upper))
    assert found.status == ("infeasible" if x is None else "optimal")
    assert (None if found.x is None else np.rint(found.x).tolist()) == x


def _agrees(program):
    best = min((program.cost @ x for x in _answers(program)), default=None)
    found = solve_whole(program)
    if best is None:
        assert (found.status, found.x) == ("infeasible", None)
        return
    assert (found.status, found.objective, found.bound) == (
        "optimal",
        pytest.approx(best),
        pytest.approx(best),
    )
    relaxed = solve_relaxation(program)
    assert relaxed.objective <= best + 1e-9
    assert dual_bound(program, relaxed.dual) == pytest.approx(relaxed.objective, abs=1e-7)
    smaller = without_fixed(program)
    assert (smaller.program.lower < smaller.program.upper).all()
    assert solve_whole(smaller.program).objective + smaller.cost == pytest.approx(best)


def _answers(program):
    for x in product(*(range(int(top) + 1) for top in program.upper)):
        value = program.matrix @ np.array(x)
        if (value >= program.row_lower).all() and (value <= program.row_upper).all():
            yield np.array(x, dtype=float)


def test_a_bound_from_any_prices_is_safe(library):
    """min x + 2y with x + y ≥ 1: at price 1 of the row the bound is 1, at price 5 it is 5 − 4 − 3 = −2, below 0
    nothing."""
    program = model([1, 2], [[1, 1]], [1], [np.inf])
    assert dual_bound(program, np.array([1.0])) == pytest.approx(1.0)
    assert dual_bound(program, np.array([5.0])) == pytest.approx(-2.0)
    assert right_sign(program, np.array([-3.0])).tolist() == [0.0]
    assert dual_bound(program, np.array([-3.0])) == pytest.approx(0.0, abs=1e-9)


def test_fixed_columns_are_taken_out(library):
    """x = 1 is fixed and meets the first row alone; the second keeps y."""
    program = model([4, 3], [[1, 0], [1, 1]], [1, 2], [np.inf, np.inf])
    program.lower[0] = 1.0
    smaller = without_fixed(program)
    assert (smaller.columns.tolist(), smaller.rows.tolist(), smaller.cost) == ([1], [1], 4.0)
    assert solve_whole(smaller.program).objective == 3.0
    program.row_lower[0] = 2.0
    assert solve_whole(without_fixed(program).program).status == "infeasible"


def test_no_columns_and_no_time(library):
    assert solve_whole(model([], [], [], [])).status == "optimal"
    nothing = model([], [[]], [1], [np.inf])
    assert solve_whole(nothing).status == "infeasible"
    late = solve_whole(model([1], [[1]], [1], [np.inf]), time_limit=0)
    assert (late.status, late.x, late.bound) == ("unknown", None, -np.inf)


class StoppedError(Exception):
    """Raised by whoever wants to stop."""


def _hard():
    """Market split: thirty columns, four equations that hardly any choice meets."""
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 100, (4, 30))
    return model(-np.ones(30), rows, rows.sum(axis=1) // 2, rows.sum(axis=1) // 2)


def test_a_solver_that_is_stopped_says_what_it_knows(library):
    answer = solve_whole(_hard(), time_limit=0.3)
    assert answer.status in ("unknown", "feasible")
    assert answer.bound <= -1
    assert library == "scipy" or answer.bound >= -30


def test_a_question_may_stop_the_solver(library, monkeypatch):
    monkeypatch.setattr(linear, "_ASK_EVERY", 0.01)
    asked = []

    def ask():
        asked.append(1)
        if len(asked) > (1 if library == "highspy" else 0):  # scipy's solver is asked before it starts only
            raise StoppedError

    with pytest.raises(StoppedError):
        solve_whole(_hard(), time_limit=60, ask=ask)


def test_begins_with_a_solution_that_is_known(library):
    program = model([-1, -1, -1], [[1, 1, 1]], [-np.inf], [2])
    assert solve_whole(program, start=np.array([1.0, 1.0, 0.0])).objective == -2.0


def test_names_itself(library):
    assert solver_name().startswith(library)
