"""Retirement plans of invented counties, beside one plain integer program without decomposition and beside greedy.

Areas are log-normal around 20 亩 at 0.5 to 2 per 亩. *Targets and locks*: 30 % of the land of every unit, one area in
fifty locked. *Caps, years and closing wells*: that by 2025, at least 8 % in each of three years, at most 14 % of each
of four townships per unit and year; three in ten wells, which serve up to four areas of their unit, have to close.
Times are those of ``retirement_problem`` and ``plan_retirement`` together, medians over the instances.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import scipy.sparse as sp

from overdraft.core.planning.linear import LinearModel, solve_whole
from overdraft.core.planning.retirement import (
    RetirementPlan,
    plan_retirement,
    retirement_problem,
    township_caps,
)

from .table import Row

YEARS = (2023, 2024, 2025)
TARGET, EACH_YEAR, LIMIT, CLOSING = 0.3, 0.08, 0.14, 0.3
LOCKED = 0.02
PEER_SECONDS = 60.0
PEER_AREAS = 50_000
"""Beyond, HiGHS does not keep to its time limit."""
CASES = (  # areas, units, instances, with everything, gap that counts as proven
    (3_000, 20, 5, False, 1e-4),
    (50_000, 20, 5, False, 1e-4),
    (200_000, 20, 5, False, 1e-4),
    (200_000, 100, 5, False, 1e-4),
    (3_000, 20, 3, True, 1e-3),
    (50_000, 20, 3, True, 1e-3),
    (50_000, 100, 1, True, 1e-3),
)


@dataclass(frozen=True)
class County:
    """What ``retirement_problem`` takes."""

    areas: pd.DataFrame
    pieces: pd.DataFrame
    demands: pd.DataFrame
    more: dict = field(default_factory=dict)


def rows() -> Iterator[Row]:
    """One row per case."""
    for n, units, instances, everything, gap in CASES:
        counties = [county(n, units, seed, everything) for seed in range(instances)]
        runs = [_timed(one, gap) for one in counties]
        worst = max((plan for _, _, plan in runs), key=lambda plan: plan.gap)
        plan = runs[0][2]
        yield Row(
            case="caps, years and closing wells" if everything else "targets and locks",
            size=f"{n:,} areas in {units} units",
            ours_s=float(np.median([wall for wall, _, _ in runs])),
            gap=worst.gap,
            proven=worst.status in ("optimal", "within_gap"),
            peers={"plain program": _plain(counties[0], plan, gap), "greedy": _greedy(plan)},
            cpu_s=float(np.median([cpu for _, cpu, _ in runs])),
        )


def county(n: int, units: int, seed: int, everything: bool) -> County:
    """An invented county."""
    draw = np.random.default_rng(seed)
    land = np.round(draw.lognormal(3.0, 0.8, n), 2) + 0.5
    unit = np.sort(draw.integers(0, units, n))
    names = np.array([f"u{place:03d}" for place in range(units)], dtype=object)[unit]
    lock = np.where(draw.random(n) < LOCKED, draw.choice(["keep", "retire"], n), "")
    areas = pd.DataFrame({"area_id": [f"a{place:06d}" for place in range(n)], "area_mu": land, "lock": lock})
    areas["cost"] = np.round(land * draw.uniform(0.5, 2.0, n), 2)
    pieces = areas[["area_id", "area_mu"]].assign(unit_id=names)
    demands = _share(pieces, TARGET, YEARS[-1], within=False)
    if not everything:
        return County(areas, pieces, demands)
    areas["township"] = names + draw.choice(["a", "b", "c", "d"], n).astype(object)
    demands = pd.concat([demands, *(_share(pieces, EACH_YEAR, year, within=True) for year in YEARS)])
    more = {"years": YEARS, "caps": township_caps(areas, LIMIT, YEARS)}
    return County(areas, pieces, demands, more | _wells(areas, unit, names, draw))


def _share(pieces: pd.DataFrame, share: float, year: int, *, within: bool) -> pd.DataFrame:
    land = pieces.groupby("unit_id")["area_mu"].sum()
    amount = np.round(share * land.to_numpy(), 1)
    row = {"unit_id": land.index, "measure": "area_mu", "year": year, "amount": amount, "within_year": within}
    return pd.DataFrame(row)


def _wells(areas: pd.DataFrame, unit: np.ndarray, names: np.ndarray, draw: np.random.Generator) -> dict:
    """One well per three areas; it serves one to four that follow each other in their unit."""
    count = len(areas) // 3
    first = draw.integers(0, len(areas), count)
    well = np.repeat(np.arange(count), draw.integers(1, 5, count))
    place = first[well] + pd.Series(well).groupby(well).cumcount().to_numpy()
    inside = place < len(areas)
    inside[inside] = unit[place[inside]] == unit[first[well[inside]]]
    ids = np.array([f"w{number:05d}" for number in range(count)], dtype=object)
    wells = pd.DataFrame({"well_id": ids, "unit_id": names[first]})
    least = (CLOSING * wells.groupby("unit_id").size()).astype(int)
    return {
        "links": pd.DataFrame(
            {"well_id": ids[well[inside]], "area_id": areas["area_id"].to_numpy()[place[inside]]}
        ),
        "wells": wells,
        "closings": pd.DataFrame({"unit_id": least.index, "n_min": least.to_numpy()}),
    }


def _timed(given: County, gap: float) -> tuple[float, float, RetirementPlan]:
    wall, cpu = time.perf_counter(), time.process_time()
    problem = retirement_problem(given.areas, given.pieces, given.demands, **given.more)
    plan = plan_retirement(problem, gap=gap, time_limit=60.0)
    return time.perf_counter() - wall, time.process_time() - cpu, plan


def _greedy(plan: RetirementPlan) -> str:
    more = plan.greedy_value / plan.value - 1
    return f"{more:+.2%} cost" if plan.greedy_complete else "meets not every target"


def _plain(given: County, plan: RetirementPlan, gap: float) -> str:
    """The whole county as one program, for a minute."""
    if len(given.areas) > PEER_AREAS:
        return "not run"
    program = plain_program(given)
    begin = time.perf_counter()
    answer = solve_whole(program, time_limit=PEER_SECONDS, gap=gap)
    seconds = time.perf_counter() - begin
    if answer.x is None:
        return f"{seconds:.1f} s, no plan"
    open_share = (answer.objective - answer.bound) / answer.objective
    return f"{seconds:.1f} s, gap {open_share:.4%}, {answer.objective / plan.value - 1:+.3%} cost"


def plain_program(given: County) -> LinearModel:
    """x_it: area i is retired in year t; y_w: well w can close."""
    areas, n = given.areas, len(given.areas)
    years = given.more.get("years", (YEARS[-1],))
    span = len(years)
    wells = given.more.get("wells", pd.DataFrame({"well_id": [], "unit_id": []}))
    once = sp.hstack([sp.identity(n)] * span)
    of_unit = _members(given.pieces["unit_id"], areas["area_mu"])
    blocks = [(once, (areas["lock"] == "retire").to_numpy(float), (areas["lock"] != "keep").to_numpy(float))]
    for demand_year, group in given.demands.groupby(["year", "within_year"]):
        due = years.index(demand_year[0])
        counts = [due == t if demand_year[1] else t <= due for t in range(span)]
        amount = group.set_index("unit_id")["amount"].sort_index().to_numpy()
        blocks.append((sp.hstack([of_unit * float(one) for one in counts]), amount, np.inf))
    for t in range(span if "caps" in given.more else 0):
        of_town = _members(areas["township"], areas["area_mu"])
        limit = given.more["caps"].set_index("township")["limit_mu"].sort_index().to_numpy()
        blocks.append((sp.hstack([of_town * float(t == one) for one in range(span)]), -np.inf, limit))
    count = len(wells)
    tall = [sp.hstack([block, sp.csr_matrix((block.shape[0], count))]) for block, _, _ in blocks]
    limits = [(low, high) for _, low, high in blocks]
    if count:
        row = np.arange(len(given.more["links"]))
        area = pd.Index(areas["area_id"]).get_indexer(given.more["links"]["area_id"])
        well = pd.Index(wells["well_id"]).get_indexer(given.more["links"]["well_id"])
        y = sp.csr_matrix((np.ones(len(row)), (row, well)), shape=(len(row), count))
        x = sp.csr_matrix((np.ones(len(row)), (row, area)), shape=(len(row), n))
        tall += [
            sp.hstack([-x @ once, y]),
            sp.hstack([sp.csr_matrix((of_unit.shape[0], n * span)), _members(wells["unit_id"])]),
        ]
        limits += [(-np.inf, 0.0), (given.more["closings"]["n_min"].to_numpy(), np.inf)]
    low, high = (
        np.concatenate(
            [np.broadcast_to(limit[side], block.shape[0]) for block, limit in zip(tall, limits, strict=True)]
        )
        for side in (0, 1)
    )
    columns = n * span + count
    return LinearModel(
        cost=np.r_[np.tile(areas["cost"].to_numpy(), span), np.zeros(count)],
        lower=np.zeros(columns),
        upper=np.ones(columns),
        whole=np.ones(columns, dtype=bool),
        matrix=sp.vstack(tall).tocsr(),
        row_lower=low.astype(float),
        row_upper=high.astype(float),
    )


def _members(group: pd.Series, weight: pd.Series | None = None) -> sp.csr_matrix:
    """(groups, members), groups in the order of their names."""
    code, names = pd.factorize(group, sort=True)
    values = np.ones(len(group)) if weight is None else weight.to_numpy()
    return sp.csr_matrix((values, (code, np.arange(len(group)))), shape=(len(names), len(group)))
