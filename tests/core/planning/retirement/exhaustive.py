"""Every plan of a small problem, judged from its tables: what the solvers must agree with."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from overdraft.core.planning.retirement import RetirementProblem

UNITS = 10**6


@dataclass(frozen=True)
class Every:
    """All assignments of years to the areas in use, −1 for areas that stay; aligned with ``years``, (K, n).

    Attributes:
        ids: the areas, in the order of the columns.
        value: cost less bonuses in 10⁻⁶, (K,).
        missed: what is missed of each demand, (K, d); closings_missed: of each closing, (K, q).
        broken: locks that are broken, (K, n); exceeded: caps that are, (K, c).
    """

    ids: list[str]
    years: np.ndarray
    value: np.ndarray
    missed: np.ndarray
    closings_missed: np.ndarray
    broken: np.ndarray
    exceeded: np.ndarray

    @property
    def meets(self) -> np.ndarray:
        """Plans that meet all demands and closings."""
        return ~(self.missed > 1e-9).any(axis=1) & ~(self.closings_missed > 0).any(axis=1)

    @property
    def fits(self) -> np.ndarray:
        """Plans that keep locks and caps."""
        return ~self.broken.any(axis=1) & ~self.exceeded.any(axis=1)

    def least(self, *, without: str | None = None) -> int | None:
        """Least value of all plans that meet everything, or of those without an area; None where there is none."""
        good = self.meets & self.fits
        if without is not None:
            good &= self.years[:, self.ids.index(without)] < 0
        return int(self.value[good].min()) if good.any() else None

    def least_missed(self) -> float:
        """Least total of what is missed of the demands, of all plans that keep locks and caps."""
        return float(self.missed[self.fits].sum(axis=1).min())

    def fewest_released(self) -> int | None:
        """The smallest number of locks and caps that a plan which meets everything breaks."""
        broken = self.broken.sum(axis=1) + self.exceeded.sum(axis=1)
        return int(broken[self.meets].min()) if self.meets.any() else None


def every_plan(problem: RetirementProblem) -> Every:
    """Enumerate (years + 1)^n plans."""
    areas = problem.areas.set_index("area_id")
    used = areas[areas["retired_year"] == 0]
    ids, calendar = list(used.index), problem.years or (0,)
    years = np.array(list(itertools.product(range(-1, len(calendar)), repeat=len(ids))), dtype=int)
    years = years.reshape((len(calendar) + 1) ** len(ids), len(ids))
    gone = years >= 0
    lock = used["lock"].to_numpy()
    before = set(areas.index[areas["retired_year"] > 0])
    return Every(
        ids=ids,
        years=years,
        value=gone @ np.rint(used["cost"].to_numpy() * UNITS).astype(int)
        - _bonus(problem, ids, gone, before),
        missed=_missed(problem, areas, ids, calendar, years),
        closings_missed=_closings(problem, areas, ids, gone, before),
        broken=(gone & (lock == "keep")) | (~gone & (lock == "retire")),
        exceeded=_exceeded(problem, areas, ids, calendar, years),
    )


def _bonus(problem, ids, gone, before) -> np.ndarray:
    total = np.zeros(len(gone), dtype=int)
    for touch in problem.touches.itertuples():
        pair = (touch.area_id, touch.other_id)
        new = [gone[:, ids.index(area)] for area in pair if area in ids]
        if new:
            total += np.all(new, axis=0) * round(touch.bonus * UNITS)
    return total


def _missed(problem, areas, ids, calendar, years) -> np.ndarray:
    columns = []
    for demand in problem.demands.itertuples():
        total = np.zeros(len(years))
        for piece in problem.pieces[problem.pieces["unit_id"] == demand.unit_id].itertuples():
            if piece.area_id not in ids:
                continue
            area = areas.loc[piece.area_id]
            per_mu = {"area_mu": 1.0, "gross_m3": area["quota_m3_per_mu"]}
            per_mu["net_m3"] = area["quota_m3_per_mu"] * (1 - area["return_ratio"])
            year = years[:, ids.index(piece.area_id)]
            counts = year >= 0
            if problem.years:
                due = calendar.index(demand.year)
                counts &= (year == due) if demand.within_year else (year <= due)
            total += counts * piece.area_mu * np.nan_to_num(per_mu[demand.measure])
        columns.append(np.maximum(demand.amount - total, 0.0))
    return np.array(columns).T.reshape(len(years), len(columns))


def _closings(problem, areas, ids, gone, before) -> np.ndarray:
    closes = {}
    for well, links in problem.links.groupby("well_id"):
        served = [area for area in links["area_id"] if area not in before and not areas.loc[area, "surface"]]
        closes[well] = np.all([gone[:, ids.index(area)] for area in served], axis=0) & np.ones(
            len(gone), bool
        )
    columns = []
    for closing in problem.closings.itertuples():
        wells = problem.wells.loc[problem.wells["unit_id"] == closing.unit_id, "well_id"]
        count = sum((closes[well].astype(int) for well in wells if well in closes), np.zeros(len(gone), int))
        columns.append(np.maximum(closing.n_min - count, 0))
    return np.array(columns).T.reshape(len(gone), len(columns))


def _exceeded(problem, areas, ids, calendar, years) -> np.ndarray:
    columns = []
    for place, year in enumerate(calendar):
        limits: dict[str, float] = {}
        for cap in problem.caps.itertuples():
            if cap.year in (0, year):
                limits[cap.township] = min(cap.limit_mu, limits.get(cap.township, np.inf))
        for township, limit in limits.items():
            here = areas[areas["township"] == township]
            done = here.loc[(here["retired_year"] == year) & (year > 0), "area_mu"].sum()
            land = sum(
                ((years[:, ids.index(a)] == place) * here.loc[a, "area_mu"] for a in here.index if a in ids),
                np.zeros(len(years)),
            )
            columns.append(land > max(limit - done, 0.0) + 1e-9)
    return np.array(columns).T.reshape(len(years), len(columns))
