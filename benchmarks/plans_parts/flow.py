"""Run by a Python that has OR-tools: ``flow.py given.npz answer.npz``. The largest flow of least cost."""

from __future__ import annotations

import sys
import time

import numpy as np
from ortools.graph.python import min_cost_flow


def main(given: str, answer: str) -> None:
    """Read row, col, cost of pairs and what each row needs; write the pairs used and the seconds."""
    data = np.load(given)
    row, col, cost, needed = (data[name] for name in ("row", "col", "cost", "needed"))
    n, m = len(needed), int(col.max()) + 1
    source, sink = n + m, n + m + 1
    start = time.perf_counter()
    flow = min_cost_flow.SimpleMinCostFlow()
    pairs = flow.add_arcs_with_capacity_and_unit_cost(row, n + col, np.ones(len(row), dtype=int), cost)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.full(n, source), np.arange(n), needed, np.zeros(n, dtype=int)
    )
    wells = n + np.arange(m)
    flow.add_arcs_with_capacity_and_unit_cost(
        wells, np.full(m, sink), np.ones(m, dtype=int), np.zeros(m, dtype=int)
    )
    flow.set_node_supply(source, int(needed.sum()))
    flow.set_node_supply(sink, -int(needed.sum()))
    flow.solve_max_flow_with_min_cost()
    used = np.flatnonzero(np.asarray(flow.flows(pairs)) > 0)
    np.savez(answer, used=used, seconds=time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
