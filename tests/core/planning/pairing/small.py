"""Small pairing problems, and answers to them that share nothing with the solver."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from overdraft.core.planning.pairing import Problem, block, market, pricing, problem_from_edges, solve

SOLVERS = {"rustworkx": (), "highspy": ("rustworkx",), "scipy": ("rustworkx", "highspy")}
"""The library that decides, and those that are hidden for that."""


@dataclass(frozen=True)
class Case:
    """Renewals (id → pool, priority, needed, named), candidates (id → pool, to_seal), costs of pairs, limits, cap."""

    renewals: dict[str, tuple]
    candidates: dict[str, tuple]
    costs: dict[tuple[str, str], int]
    limits: dict[str, int] = field(default_factory=dict)
    cap: int | None = None

    def problem(self, order: int | None = None) -> Problem:
        """As the solver takes it; ``order`` shuffles the rows of all tables."""
        renewals = pd.DataFrame(
            [(name, *facts) for name, facts in self.renewals.items()],
            columns=["renewal_id", "pool", "priority", "needed", "named"],
        )
        candidates = pd.DataFrame(
            [(name, *facts) for name, facts in self.candidates.items()],
            columns=["retired_id", "pool", "to_seal"],
        )
        edges = pd.DataFrame(
            [(*pair, cost) for pair, cost in self.costs.items()], columns=["renewal_id", "retired_id", "cost"]
        )
        tables = [renewals, candidates, edges]
        if order is not None:
            tables = [one.sample(frac=1.0, random_state=order + place) for place, one in enumerate(tables)]
        return problem_from_edges(*tables, limits=self.limits, max_served=self.cap)


def case(renewals: str, costs: dict[str, dict[str, int]], **more) -> Case:
    """A case of one pool: ``"a:2 b:1*3 c:2=x"`` is a that needs two, b that needs one at priority 3, c that names x."""
    rows = {}
    for word in renewals.split():
        name, _, rest = word.partition(":")
        rest, _, named = rest.partition("=")
        needed, _, priority = rest.partition("*")
        rows[name] = ("p", int(priority or 1), int(needed), named or None)
    sealed = set(more.pop("sealed", ""))
    wells = sorted({well for offered in costs.values() for well in offered})
    candidates = {well: ("p", well not in sealed) for well in wells}
    pairs = {(name, well): cost for name, offered in costs.items() for well, cost in offered.items()}
    return Case(rows, candidates, pairs, **more)


@st.composite
def cases(draw) -> Case:
    """Up to four renewals and seven wells in two pools, with whatever a problem may have."""
    number, pool = st.integers, st.sampled_from(["p", "q"])
    top = draw(st.sampled_from([2, 3]))
    candidates = {f"c{n}": (draw(pool), draw(st.booleans())) for n in range(draw(number(0, 7)))}
    renewals, costs = {}, {}
    for n in range(draw(number(0, 4))):
        mine, needed = draw(pool), draw(number(1, top))
        inside = [well for well, (home, _) in candidates.items() if home == mine]
        named = draw(st.sampled_from([None, None, *inside]))
        renewals[f"r{n}"] = (mine, draw(st.sampled_from([1, 1, 2, 5])), needed, named)
        for well in candidates:
            if draw(st.integers(0, 4)):
                costs[f"r{n}", well] = draw(number(0, 6))
    limits = draw(st.dictionaries(pool, number(0, 3), max_size=2))
    return Case(renewals, candidates, costs, limits, draw(st.sampled_from([None, None, 0, 1, 2])))


def best_of_all(case: Case, *, allowed=lambda plan: True) -> tuple[int, int] | None:
    """Most weight and least cost over every plan there is; None if no plan is allowed."""
    best = None
    for plan in every_plan(case):
        if allowed(plan):
            weight = sum(case.renewals[name][1] for name in plan)
            cost = sum(case.costs[name, well] for name, wells in plan.items() for well in wells)
            best = max(best or (-1, 0), (weight, -cost))
    return None if best is None else (best[0], -best[1])


def every_plan(case: Case):
    """All plans: renewal → wells."""

    def extend(names: list[str], plan: dict):
        if not names:
            yield plan
            return
        yield from extend(names[1:], plan)
        if case.cap is not None and len(plan) >= case.cap:
            return
        pool, _, needed, named = case.renewals[names[0]]
        taken = {well for wells in plan.values() for well in wells}
        free = [
            well
            for well, (home, _) in case.candidates.items()
            if home == pool and well not in taken and (names[0], well) in case.costs
        ]
        for wells in combinations(free, needed):
            if named is not None and named not in wells:
                continue
            longer = {**plan, names[0]: wells}
            if all(_sealed(case, longer, pool) <= limit for pool, limit in case.limits.items()):
                yield from extend(names[1:], longer)

    yield from extend(list(case.renewals), {})


def _sealed(case: Case, plan: dict, pool: str) -> int:
    used = [case.candidates[well] for wells in plan.values() for well in wells]
    return sum(home == pool and not to_seal for home, to_seal in used)


def random_case(
    seed: int, n: int, m: int, *, top: int = 2, pools: int = 1, share: float = 1.0, extras: bool = False
) -> Case:
    """Renewals and wells strewn over a square; a pair costs its distance; ``share`` of the pairs are on offer."""
    rng = np.random.default_rng(seed)
    home = rng.random((n, 2)), rng.random((m, 2))
    of_row, of_col = rng.integers(0, pools, n), rng.integers(0, pools, m)
    weight = rng.integers(1, 4, n) if extras else np.ones(n, dtype=int)
    needed = rng.integers(1, top + 1, n) if extras else np.full(n, top)
    metres = np.rint(1000 * np.linalg.norm(home[0][:, None] - home[1][None, :], axis=2)).astype(int)
    offered = (rng.random((n, m)) < share) & (of_row[:, None] == of_col[None, :])
    renewals = {}
    for r in range(n):
        inside = np.flatnonzero(offered[r])
        named = f"c{rng.choice(inside):03d}" if extras and len(inside) and rng.random() < 0.3 else None
        renewals[f"r{r:03d}"] = (f"p{of_row[r]}", int(weight[r]), int(needed[r]), named)
    candidates = {f"c{c:03d}": (f"p{of_col[c]}", bool(rng.random() < 0.5)) for c in range(m)}
    costs = {(f"r{r:03d}", f"c{c:03d}"): int(metres[r, c]) for r, c in zip(*np.nonzero(offered), strict=True)}
    limits = {f"p{p}": int(rng.integers(1, m)) for p in range(pools)} if extras and seed % 2 else {}
    return Case(
        renewals, candidates, costs, limits, int(rng.integers(1, n)) if extras and seed % 3 == 0 else None
    )


def best_by_program(case: Case) -> tuple[int, int]:
    """The same objective from one plain program with both goals in one cost, solved by scipy."""
    pairs, names = list(case.costs), list(case.renewals)
    pairs = [pair for pair in pairs if case.renewals[pair[0]][0] == case.candidates[pair[1]][0]]
    wells, at = list(case.candidates), {name: place for place, name in enumerate(names)}
    n, width = len(pairs), len(pairs) + len(names)
    large = 1 + sum(case.costs[pair] for pair in pairs)
    cost = np.array(
        [case.costs[pair] for pair in pairs] + [-large * case.renewals[name][1] for name in names],
        dtype=float,
    )
    rows, low, high = [], [], []

    def add(entries: dict[int, float], least: float, most: float) -> None:
        row = np.zeros(width)
        for place, value in entries.items():
            row[place] = value
        rows.append(row)
        low.append(least)
        high.append(most)

    for name, (_, _, needed, named) in case.renewals.items():
        mine = [place for place, pair in enumerate(pairs) if pair[0] == name]
        add({**dict.fromkeys(mine, 1.0), n + at[name]: -needed}, 0, 0)
        if named is not None:
            own = [place for place in mine if pairs[place][1] == named]
            add({**dict.fromkeys(own, 1.0), n + at[name]: -1.0}, 0, 0)
    for well in wells:
        add({place: 1.0 for place, pair in enumerate(pairs) if pair[1] == well}, 0, 1)
    for pool, limit in case.limits.items():
        counted = [place for place, (_, well) in enumerate(pairs) if case.candidates[well] == (pool, False)]
        add(dict.fromkeys(counted, 1.0), 0, limit)
    if case.cap is not None:
        add({n + place: 1.0 for place in range(len(names))}, 0, case.cap)
    found = milp(
        cost,
        integrality=np.ones(width),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.array(rows), low, high),
        options={"mip_rel_gap": 0.0},
    )
    chosen = found.x > 0.5
    weight = sum(case.renewals[name][1] for place, name in enumerate(names) if chosen[n + place])
    return weight, sum(case.costs[pair] for pair, taken in zip(pairs, chosen, strict=False) if taken)


@contextlib.contextmanager
def solver(name: str):
    """Only the libraries that stand behind one of ``SOLVERS``."""
    with pytest.MonkeyPatch.context() as patch:
        for hidden in SOLVERS[name]:
            patch.setitem(sys.modules, hidden, None)
        yield


@contextlib.contextmanager
def as_if_large():
    """Blocks of any size are bounded and reduced, and only few offers are known at first."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_SMALL_FOR_MATCHING", "_SMALL_FOR_PROGRAM"):
            patch.setattr(block, name, -1)
        patch.setattr(solve, "_LARGE", 0)
        for place in (market, pricing):
            patch.setattr(place, "FIRST", 2)
        yield
