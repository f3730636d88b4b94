"""What solves: matchings by ``rustworkx``, programs by ``highspy`` or scipy's copy of HiGHS (:mod:`.linear`).

Nothing but this module and :mod:`.linear` knows these libraries. They are loaded when they are first needed; without
``rustworkx`` the callers state a matching as a program with whole numbers instead.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import scipy.sparse as sp

from .linear import Ask, LinearAnswer, LinearModel, solve_relaxation

LIBRARIES = ("rustworkx", "highspy", "scipy")
LARGEST_WEIGHT = 2**118
"""Weights of a matching stay below this: rustworkx computes in 128 bits and doubles and adds them."""


def solvers() -> dict[str, str]:
    """The libraries that are there, with their versions."""
    there = [name for name in LIBRARIES if importlib.util.find_spec(name) is not None]
    return {name: version(name) for name in there}


def has_matching() -> bool:
    """True if :func:`heaviest_matching` can be called."""
    return importlib.util.find_spec("rustworkx") is not None


def heaviest_matching(
    n_nodes: int, starts: Sequence[int], ends: Sequence[int], weights: Sequence[int]
) -> list[tuple[int, int]]:
    """The matching of largest weight in a general graph (Edmonds 1965; blossoms with dual variables, Galil 1986).

    Args:
        n_nodes: nodes are 0 … n_nodes − 1.
        starts, ends: the two nodes of each edge, at most one edge between two nodes.
        weights: whole numbers of any size up to ``LARGEST_WEIGHT``; computed without rounding.

    Returns:
        Matched pairs, the smaller node first, in ascending order.

    Raises:
        OverflowError: a weight beyond ``LARGEST_WEIGHT``.
        ImportError: no ``rustworkx``.
    """
    if weights and max(map(abs, weights)) > LARGEST_WEIGHT:
        raise OverflowError(f"a weight has more than {LARGEST_WEIGHT.bit_length() - 1} bits")
    library = importlib.import_module("rustworkx")
    graph = library.PyGraph(multigraph=False)
    graph.add_nodes_from(range(n_nodes))
    graph.add_edges_from(list(zip(starts, ends, weights, strict=True)))
    matched = library.max_weight_matching(graph, max_cardinality=False, weight_fn=int)
    return sorted((min(pair), max(pair)) for pair in matched)


class GrowingProgram:
    """A linear program that gets more columns and rows between solutions. ``highspy`` goes on from the last
    solution; without it every solution starts afresh.

    Rows are low ≤ a·x ≤ high; columns are bounded on both sides. The cost is minimised.
    """

    def __init__(self) -> None:
        self.shape = (0, 0)
        self._program: _Stated | _Running = _Running() if importlib.util.find_spec("highspy") else _Stated()

    def add_columns(
        self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray, entries: sp.spmatrix
    ) -> None:
        """More columns.

        Args:
            entries: what they have in the rows so far (rows × new columns).
        """
        if len(cost):
            self.shape = self.shape[0], self.shape[1] + len(cost)
            self._program.add_columns(cost, lower, upper, entries.tocsc())

    def add_rows(self, entries: sp.spmatrix, low: np.ndarray, high: np.ndarray) -> None:
        """More rows.

        Args:
            entries: what they have in the columns so far (new rows × columns).
        """
        if len(low):
            self.shape = self.shape[0] + len(low), self.shape[1]
            self._program.add_rows(entries.tocsr(), low, high)

    def set_cost(self, column: int, cost: float) -> None:
        """Another cost of one column."""
        self._program.set_cost(column, cost)

    def solve(self, time_limit: float, ask: Ask) -> LinearAnswer:
        """The best solution of what was added so far; the answer has duals of the rows."""
        ask()
        if time_limit <= 0:
            return LinearAnswer("unknown", None, np.inf, -np.inf)
        return self._program.solve(time_limit, ask)


class _Stated:
    """The whole program as arrays, solved from the beginning every time."""

    def __init__(self) -> None:
        nothing = np.zeros(0)
        whole, matrix = np.zeros(0, dtype=bool), sp.csr_matrix((0, 0))
        self._model = LinearModel(nothing, nothing, nothing, whole, matrix, nothing, nothing)

    def add_columns(self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray, new: sp.csc_matrix) -> None:
        old = self._model
        self._model = replace(
            old,
            cost=np.r_[old.cost, cost],
            lower=np.r_[old.lower, lower],
            upper=np.r_[old.upper, upper],
            whole=np.zeros(len(old.cost) + len(cost), dtype=bool),
            matrix=sp.hstack([old.matrix, new]).tocsr(),
        )

    def add_rows(self, new: sp.csr_matrix, low: np.ndarray, high: np.ndarray) -> None:
        old = self._model
        self._model = replace(
            old,
            matrix=sp.vstack([old.matrix, new]).tocsr(),
            row_lower=np.r_[old.row_lower, low],
            row_upper=np.r_[old.row_upper, high],
        )

    def set_cost(self, column: int, cost: float) -> None:
        self._model.cost[column] = cost

    def solve(self, time_limit: float, ask: Ask) -> LinearAnswer:
        return solve_relaxation(self._model, time_limit=time_limit, ask=ask)


class _Running:
    """The program as ``highspy`` keeps it."""

    def __init__(self) -> None:
        self._library = importlib.import_module("highspy")
        self._solver = self._library.Highs()
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("parallel", "off")

    def add_columns(self, cost: np.ndarray, lower: np.ndarray, upper: np.ndarray, new: sp.csc_matrix) -> None:
        self._solver.addCols(len(cost), *_floats(cost, lower, upper), new.nnz, *_sparse(new))

    def add_rows(self, new: sp.csr_matrix, low: np.ndarray, high: np.ndarray) -> None:
        self._solver.addRows(len(low), *_floats(low, high), new.nnz, *_sparse(new))

    def set_cost(self, column: int, cost: float) -> None:
        self._solver.changeColCost(column, cost)

    def solve(self, time_limit: float, ask: Ask) -> LinearAnswer:
        # The solver's clock runs on over all its solutions.
        limit = self._solver.getRunTime() + time_limit if np.isfinite(time_limit) else np.inf
        self._solver.setOptionValue("time_limit", limit)
        self._solver.run()
        if self._solver.getModelStatus() != self._library.HighsModelStatus.kOptimal:
            return LinearAnswer("unknown", None, np.inf, -np.inf)
        found = self._solver.getSolution()
        value = float(self._solver.getInfo().objective_function_value)
        return LinearAnswer("optimal", np.array(found.col_value), value, value, np.array(found.row_dual))


def _floats(*arrays: np.ndarray) -> list[np.ndarray]:
    return [np.ascontiguousarray(array, dtype="float64") for array in arrays]


def _sparse(matrix: sp.csr_matrix | sp.csc_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Starts, places and values as the solver wants them."""
    return matrix.indptr[:-1].astype("int32"), matrix.indices.astype("int32"), matrix.data.astype("float64")
