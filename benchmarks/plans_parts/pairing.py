"""The pairing of 减二更一 on invented counties: scarce and ample, many pools and few."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

from overdraft.core.planning.pairing import CostWeights, Plan, Problem, pair_wells, problem_from_places

from .peers import greedy, min_cost_flow, plain_program
from .table import Row

CASES = {
    "scarce, many pools": (1000, 1600, 60),
    "scarce, four pools": (1000, 1600, 4),
    "scarce, ten pools": (5000, 8000, 10),
    "ample, twenty pools": (5000, 50_000, 20),
    "ample, one pool": (5000, 50_000, 1),
}
"""Renewals of two wells each, candidates, pools."""
SIDE_KM = 50.0
TIME_LIMIT_S = 300.0


def rows() -> Iterator[Row]:
    """A row for each case."""
    for number, (name, sizes) in enumerate(CASES.items()):
        problem = county(*sizes, seed=number)
        took, plan = _measured(problem)
        peers = {
            "OR-tools, min-cost flow": min_cost_flow(problem),
            "HiGHS, plain program": plain_program(problem),
            "common sense": greedy(plan),
        }
        size = f"{sizes[0]:,} × {sizes[1]:,} in {sizes[2]}: served {plan.served}, {plan.cost / 1e6:,.1f} km"
        yield Row(name, size, took[0], plan.gap, plan.status == "optimal", peers, took[1])


def _measured(problem: Problem) -> tuple[tuple[float, float], Plan]:
    wall, cpu = time.perf_counter(), time.process_time()
    plan = pair_wells(problem, time_limit_s=TIME_LIMIT_S)
    return (time.perf_counter() - wall, time.process_time() - cpu), plan


def county(renewals: int, candidates: int, pools: int, *, seed: int) -> Problem:
    """Wells strewn over a square of 50 km, each in any of the pools; a pair costs its kilometres."""
    rng = np.random.default_rng(seed)

    def strewn(prefix: str, count: int, name: str) -> pd.DataFrame:
        place = rng.random((2, count)) * SIDE_KM / 111.0
        return pd.DataFrame(
            {
                name: [f"{prefix}{number:06d}" for number in range(count)],
                "pool": [f"P{number:03d}" for number in rng.integers(0, pools, count)],
                "lon": 115 + place[0] / np.cos(np.radians(38)),
                "lat": 38 + place[1],
            }
        )

    wanted = strewn("R", renewals, "renewal_id").assign(priority=1, needed=2, named=None)
    offered = strewn("C", candidates, "retired_id").assign(to_seal=False, volume_m3=0.0)
    return problem_from_places(wanted, offered, CostWeights())
