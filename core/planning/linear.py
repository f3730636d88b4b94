"""Linear and integer programs, solved by HiGHS: by ``highspy`` where it is installed, else by the older one in scipy.

    minimise c·x   subject to   lower ≤ A x ≤ upper,   l ≤ x ≤ u,   x_j whole where asked

Every column has finite bounds. A row has a lower limit, an upper limit or both alike. Answers are the same on every
run; only a time limit that is reached can change them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

Ask = Callable[[], None]
"""Called now and then while a solver works; raises to stop it."""

ROUNDING = 1e-11
"""Share of the summed magnitudes by which a bound from floating point duals is lowered to be safe."""
MIXED = 5000
"""Columns up to which a program with real and whole columns is solved without presolve: that of HiGHS 1.2 to 1.15 drops
optimal solutions of such programs now and then; that of scipy's copy (1.2) also of programs with whole columns only."""
_SLACK = 1e-5
"""Rounding of a solution, beside the magnitudes of its row."""
_ASK_EVERY = 0.2
"""Seconds between two questions whether to stop."""


@dataclass(frozen=True)
class LinearModel:
    """A program as arrays.

    Attributes:
        cost, lower, upper: per column, (n,).
        whole: columns that take whole numbers only, (n,) bool.
        matrix: (m, n), CSR.
        row_lower, row_upper: per row, (m,); infinite where there is no limit.
    """

    cost: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    whole: np.ndarray
    matrix: sp.csr_matrix
    row_lower: np.ndarray
    row_upper: np.ndarray


@dataclass(frozen=True)
class LinearAnswer:
    """What a solver says.

    Attributes:
        status: optimal; feasible (stopped at a limit with a solution); infeasible; unknown (stopped without one).
        x: the solution, None without one.
        objective: c·x.
        bound: no solution has a lower objective, as far as the solver can tell; −∞ without one.
        dual: of the rows, for relaxations: reduced cost = c − Aᵀ dual.
    """

    status: str
    x: np.ndarray | None
    objective: float
    bound: float
    dual: np.ndarray | None = None


def solver_name() -> str:
    """Which solver is used, with its version."""
    highs = _highspy()
    if highs is not None:
        return f"highspy {highs.Highs().version()}"
    import scipy

    return f"scipy {scipy.__version__} (HiGHS)"


def solve_relaxation(
    model: LinearModel, *, time_limit: float = np.inf, ask: Ask | None = None
) -> LinearAnswer:
    """Solve without regard to whole numbers; the answer has duals."""
    relaxed = replace(model, whole=np.zeros(len(model.cost), dtype=bool))
    return _solve(relaxed, time_limit, 0.0, None, ask)


def solve_whole(
    model: LinearModel,
    *,
    time_limit: float = np.inf,
    gap: float = 0.0,
    start: np.ndarray | None = None,
    ask: Ask | None = None,
) -> LinearAnswer:
    """Solve with whole numbers.

    Args:
        time_limit: seconds.
        gap: relative difference between objective and bound that is good enough.
        start: a solution to begin with; scipy's solver cannot use it.
        ask: raises to stop; scipy's solver is asked before it starts only.
    """
    return _solve(model, time_limit, gap, start, ask)


def dual_bound(model: LinearModel, dual: np.ndarray) -> float:
    """A lower bound on the objective from any duals: the Lagrangian over the bounds of the columns.

    With λ the duals, their sign put right (≥ 0 for a lower limit, ≤ 0 for an upper one):
    Σ_r λ_r·limit_r + Σ_j min over l_j ≤ x_j ≤ u_j of (c_j − (Aᵀλ)_j) x_j, less :data:`ROUNDING` of the magnitudes.
    """
    price = right_sign(model, dual)
    limit = np.where(price >= 0, model.row_lower, model.row_upper)
    of_rows = price * np.where(price != 0, limit, 0.0)
    reduced = model.cost - model.matrix.T @ price
    of_columns = np.where(reduced > 0, reduced * model.lower, reduced * model.upper)
    largest = np.maximum(np.abs(model.lower), np.abs(model.upper))
    magnitude = np.abs(of_rows).sum() + float(
        ((np.abs(model.cost) + abs(model.matrix).T @ np.abs(price)) * largest).sum()
    )
    return float(of_rows.sum() + of_columns.sum() - ROUNDING * magnitude)


def right_sign(model: LinearModel, dual: np.ndarray) -> np.ndarray:
    """Duals without those whose sign does not fit the limits of their row."""
    price = np.where(np.isneginf(model.row_lower), np.minimum(dual, 0.0), dual)
    return np.where(np.isposinf(model.row_upper), np.maximum(price, 0.0), price)


@dataclass(frozen=True)
class Smaller:
    """What is left of a program: `columns` and `rows` say which; `cost` is that of the columns that are gone."""

    program: LinearModel
    columns: np.ndarray
    rows: np.ndarray
    cost: float


def without_fixed(model: LinearModel) -> Smaller:
    """The same program without the columns whose bounds are equal and the rows that this leaves empty.

    A row that is empty and cannot be met is kept, so that the program stays infeasible.
    """
    free = np.flatnonzero(model.lower < model.upper)
    fixed = np.flatnonzero(model.lower == model.upper)
    by_column = model.matrix.tocsc()
    done = by_column[:, fixed] @ model.lower[fixed]
    left = by_column[:, free].tocsr()
    lower, upper = model.row_lower - done, model.row_upper - done
    slack = 1e-9 * np.maximum(1.0, np.abs(done))
    kept = (np.diff(left.indptr) > 0) | (lower > slack) | (upper < -slack)
    smaller = LinearModel(
        cost=model.cost[free],
        lower=model.lower[free],
        upper=model.upper[free],
        whole=model.whole[free],
        matrix=left[kept],
        row_lower=lower[kept],
        row_upper=upper[kept],
    )
    return Smaller(smaller, free, np.flatnonzero(kept), float(model.cost[fixed] @ model.lower[fixed]))


def _solve(
    model: LinearModel, time_limit: float, gap: float, start: np.ndarray | None, ask: Ask | None
) -> LinearAnswer:
    if ask is not None:
        ask()
    if not len(model.cost):
        met = bool((model.row_lower <= 0).all() and (model.row_upper >= 0).all())
        nothing = np.zeros(0)
        if met:
            return LinearAnswer("optimal", nothing, 0.0, 0.0, np.zeros(len(model.row_lower)))
        return LinearAnswer("infeasible", None, np.inf, np.inf)
    if time_limit <= 0:
        return LinearAnswer("unknown", None, np.inf, -np.inf)
    highs = _highspy()
    if highs is not None:
        return _by_highspy(highs, model, time_limit, gap, start, ask)
    if model.whole.any():
        return _by_scipy_milp(model, time_limit, gap)
    return _by_scipy_linprog(model, time_limit)


def _is_mixed(model: LinearModel) -> bool:
    whole = model.whole.any(), model.whole.all()
    return bool(whole[0] and not whole[1] and len(model.cost) <= MIXED)


def _highspy():
    """The module, or None where it is not installed."""
    try:
        import highspy
    except ImportError:
        return None
    return highspy


def _by_highspy(
    highs, model: LinearModel, time_limit: float, gap: float, start, ask: Ask | None
) -> LinearAnswer:
    solver = highs.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("parallel", "off")
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", float(gap))
    solver.setOptionValue("mip_abs_gap", 1e-9)
    if _is_mixed(model):
        solver.setOptionValue("presolve", "off")
    if np.isfinite(time_limit):
        solver.setOptionValue("time_limit", float(time_limit))
    matrix = model.matrix.tocsr()
    solver.passModel(
        len(model.cost),
        matrix.shape[0],
        matrix.nnz,
        int(highs.MatrixFormat.kRowwise),
        int(highs.ObjSense.kMinimize),
        0.0,
        model.cost.astype("float64"),
        model.lower.astype("float64"),
        model.upper.astype("float64"),
        np.where(np.isneginf(model.row_lower), -highs.kHighsInf, model.row_lower),
        np.where(np.isposinf(model.row_upper), highs.kHighsInf, model.row_upper),
        matrix.indptr[:-1].astype("int32"),
        matrix.indices.astype("int32"),
        matrix.data.astype("float64"),
        model.whole.astype("int32"),
    )
    if start is not None:
        solution = highs.HighsSolution()
        solution.col_value = list(map(float, start))
        solver.setSolution(solution)
    stop = _Stop(ask)
    if ask is not None:
        for event in (solver.cbMipInterrupt, solver.cbSimplexInterrupt, solver.cbIpmInterrupt):
            event += stop.asked
    solver.run()
    stop.reraise()
    return _read(highs, solver, bool(model.whole.any()))


class _Stop:
    """Asks at most every :data:`_ASK_EVERY` seconds, and keeps what the question raises until the solver has ended."""

    def __init__(self, ask: Ask | None) -> None:
        self._ask = ask
        self._raised: BaseException | None = None
        self._next = time.monotonic() + _ASK_EVERY

    def asked(self, event) -> None:
        """A callback of the solver."""
        if self._raised is None and self._ask is not None and time.monotonic() >= self._next:
            self._next = time.monotonic() + _ASK_EVERY
            try:
                self._ask()
            except Exception as error:  # it must not pass through the solver; it is raised again afterwards
                self._raised = error
        if self._raised is not None:
            event.interrupt()

    def reraise(self) -> None:
        """Raise what the question raised."""
        if self._raised is not None:
            raise self._raised


def _read(highs, solver, whole: bool) -> LinearAnswer:
    status, info = solver.getModelStatus(), solver.getInfo()
    if status in (highs.HighsModelStatus.kInfeasible, highs.HighsModelStatus.kUnboundedOrInfeasible):
        return LinearAnswer("infeasible", None, np.inf, np.inf)
    solution = solver.getSolution()
    has_one = info.primal_solution_status == int(highs.SolutionStatus.kSolutionStatusFeasible)
    done = status == highs.HighsModelStatus.kOptimal
    bound = info.mip_dual_bound if whole else info.objective_function_value if done else -np.inf
    if not has_one:
        return LinearAnswer("unknown", None, np.inf, bound if whole else -np.inf)
    return LinearAnswer(
        status="optimal" if done else "feasible",
        x=np.array(solution.col_value),
        objective=float(info.objective_function_value),
        bound=float(bound),
        dual=None if whole else np.array(solution.row_dual),
    )


def _by_scipy_milp(model: LinearModel, time_limit: float, gap: float) -> LinearAnswer:
    """An answer that breaks the program, which presolve makes now and then, is asked for again without it."""
    presolve = len(model.cost) > MIXED
    answer = _milp(model, time_limit, gap, presolve)
    if presolve and not _stands(model, answer):
        answer = _milp(model, time_limit, gap, presolve=False)
    return answer if _stands(model, answer) else LinearAnswer("unknown", None, np.inf, -np.inf)


def _milp(model: LinearModel, time_limit: float, gap: float, presolve: bool) -> LinearAnswer:
    from scipy.optimize import Bounds, LinearConstraint, milp

    options: dict[str, float | bool] = {"mip_rel_gap": gap, "presolve": presolve}
    if np.isfinite(time_limit):
        options["time_limit"] = time_limit
    rows = LinearConstraint(model.matrix, model.row_lower, model.row_upper) if model.matrix.shape[0] else ()
    found = milp(
        model.cost,
        integrality=model.whole.astype(int),
        bounds=Bounds(model.lower, model.upper),
        constraints=rows,
        options=options,
    )
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else -np.inf
    if found.x is None:
        status = "infeasible" if found.status == 2 else "unknown"
        return LinearAnswer(status, None, np.inf, np.inf if status == "infeasible" else bound)
    status = "optimal" if found.status == 0 else "feasible"
    return LinearAnswer(status, found.x, float(found.fun), float(bound))


def _stands(model: LinearModel, answer: LinearAnswer) -> bool:
    """Whether a solution keeps to bounds and rows, as far as rounding lets it."""
    x = answer.x
    if x is None:
        return True
    value, slack = model.matrix @ x, _SLACK * (1.0 + abs(model.matrix) @ np.abs(x))
    within = (x >= model.lower - _SLACK) & (x <= model.upper + _SLACK * np.maximum(1.0, np.abs(model.upper)))
    rows = (value >= model.row_lower - slack) & (value <= model.row_upper + slack)
    return bool(within.all() and rows.all())


def _by_scipy_linprog(model: LinearModel, time_limit: float) -> LinearAnswer:
    """``linprog`` knows rows ≤ and rows =; the duals are put together again."""
    from scipy.optimize import linprog

    alike = model.row_lower == model.row_upper
    least = np.isfinite(model.row_lower) & ~alike
    most = np.isfinite(model.row_upper) & ~alike
    found = linprog(
        model.cost,
        A_ub=sp.vstack([-model.matrix[least], model.matrix[most]]) if (least | most).any() else None,
        b_ub=np.r_[-model.row_lower[least], model.row_upper[most]] if (least | most).any() else None,
        A_eq=model.matrix[alike] if alike.any() else None,
        b_eq=model.row_lower[alike] if alike.any() else None,
        bounds=np.column_stack([model.lower, model.upper]),
        method="highs",
        options={"time_limit": time_limit} if np.isfinite(time_limit) else {},
    )
    if found.status == 2:
        return LinearAnswer("infeasible", None, np.inf, np.inf)
    if found.status != 0:
        return LinearAnswer("unknown", None, np.inf, -np.inf)
    dual = np.zeros(model.matrix.shape[0])
    n_least = int(least.sum())
    if (least | most).any():
        dual[least] -= found.ineqlin.marginals[:n_least]
        dual[most] += found.ineqlin.marginals[n_least:]
    if alike.any():
        dual[alike] = found.eqlin.marginals
    return LinearAnswer("optimal", found.x, float(found.fun), float(found.fun), dual)
