"""What others make of the same pairing problem, in a few words each."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from overdraft.core.planning.linear import LinearModel, solve_whole, solver_name
from overdraft.core.planning.pairing import Plan, Problem

HOME = Path(__file__).resolve().parents[2] / "build" / "peers"
LIMIT_S = 60.0
MOST_PAIRS = 3_000_000
"""Beyond so many pairs a peer gets the nearest ``NEAREST`` wells of each renewal only."""
NEAREST = 60


def greedy(plan: Plan) -> str:
    """Each renewal in turn takes what is nearest."""
    return f"serves {plan.greedy_weight}, {plan.greedy_cost / 1e6:,.1f} km"


def min_cost_flow(problem: Problem) -> str:
    """Two units for each renewal, as many as flow: what is served by halves is wasted."""
    python = _ortools()
    if python is None:
        return "SKIPPED, ortools could not be installed"
    row, col, cost = _pairs(problem)
    with tempfile.TemporaryDirectory(prefix="overdraft-bench-") as folder:
        given, answer = Path(folder) / "given.npz", Path(folder) / "answer.npz"
        np.savez(given, row=row, col=col, cost=cost, needed=problem.needed)
        script = Path(__file__).with_name("flow.py")
        subprocess.run([str(python), str(script), str(given), str(answer)], check=True)
        found = np.load(answer)
    got = np.bincount(row[found["used"]], minlength=len(problem.needed))
    whole = got == problem.needed
    wasted = int(got[~whole].sum())
    total = cost[found["used"]][whole[row[found["used"]]]].sum() / 1e6
    return f"{float(found['seconds']):.2f} s, serves {whole.sum()}, wastes {wasted} wells, {total:,.1f} km"


def plain_program(problem: Problem) -> str:
    """The whole county as one program with whole numbers."""
    row, col, cost = _pairs(problem)
    n, m, pairs = len(problem.needed), len(problem.candidate_ids), len(row)
    large = float(cost.max()) * problem.needed.max() * 2
    one, place = np.ones(pairs), np.arange(pairs)
    needs = sp.coo_matrix(
        (np.r_[one, -problem.needed], (np.r_[row, np.arange(n)], np.r_[place, pairs + np.arange(n)])),
        shape=(n, pairs + n),
    )
    once = sp.coo_matrix((one, (col, place)), shape=(m, pairs + n))
    model = LinearModel(
        cost=np.r_[cost, -large * problem.weight],
        lower=np.zeros(pairs + n),
        upper=np.ones(pairs + n),
        whole=np.ones(pairs + n, dtype=bool),
        matrix=sp.vstack([needs, once]).tocsr(),
        row_lower=np.r_[np.zeros(n), np.full(m, -np.inf)],
        row_upper=np.r_[np.zeros(n), np.ones(m)],
    )
    start = time.perf_counter()
    answer = solve_whole(model, time_limit=LIMIT_S)
    took = time.perf_counter() - start
    if answer.x is None:
        return f"{solver_name()}: nothing found in {took:.0f} s"
    served = int((answer.x[pairs:] > 0.5).sum())
    total = cost[answer.x[:pairs] > 0.5].sum() / 1e6
    proof = "proven" if answer.status == "optimal" else f"open after {took:.0f} s"
    return f"{solver_name()}: {took:.2f} s, {proof}, serves {served}, {total:,.1f} km"


def _pairs(problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All pairs of a problem; the nearest of each renewal where there are too many."""
    pools = range(len(problem.pools))
    size = sum(int((problem.renewal_pool == p).sum() * (problem.candidate_pool == p).sum()) for p in pools)
    count = len(problem.candidate_ids) if size <= MOST_PAIRS else NEAREST
    known = problem.offers.nearest(np.arange(len(problem.needed)), count)
    return known.row, known.col, known.cost


def _ortools() -> Path | None:
    """A Python that has OR-tools; made on first use, for it must not stand beside QGIS's packages."""
    python = HOME / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
    there = subprocess.run([str(python), "-c", "import ortools"], capture_output=True).returncode == 0
    if not there:
        pip = [str(python), "-m", "pip", "install", "--quiet", "ortools"]
        there = subprocess.run(pip, capture_output=True).returncode == 0
    return python if there else None
