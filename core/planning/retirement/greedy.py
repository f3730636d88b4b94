"""The plan by hand, for comparison: always the area that costs least for its land, until every target is reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .integers import NO_CAP, Model
from .years import as_late_as_allowed


@dataclass(frozen=True)
class GreedyPlan:
    """`chosen`, `year` (−1: not chosen) by area; `cost` in units; `complete`: every demand, cap and closing is met."""

    chosen: np.ndarray
    year: np.ndarray
    cost: int
    complete: bool


def greedy_plan(model: Model) -> GreedyPlan:
    """Demand after demand, in the order of their units: areas by cost per land of the demand, ties by id.

    With caps each area goes into the first year of the demand in which its township has room for it. Then, by unit,
    the wells that cost least to close, until enough can close.
    """
    capped = bool((model.cap < NO_CAP).any())
    phased = model.years > 1 and (capped or bool((model.demands.first > 0).any()))
    plan = _Greedy(model)
    for demand in np.lexsort((model.demands.row, -model.demands.first, model.demands.last)):
        plan.meet(int(demand), with_care=capped)
    plan.close_wells()
    year = plan.year if phased else np.where(plan.chosen, 0, -1)
    if model.years > 1 and not phased:
        year = as_late_as_allowed(model, plan.chosen)
    return GreedyPlan(plan.chosen, year, model.value(plan.chosen), is_complete(model, plan.chosen, year))


def is_complete(model: Model, chosen: np.ndarray, year: np.ndarray) -> bool:
    """Every demand, cap and closing holds, and every lock."""
    return (
        not (missing(model, chosen, year) > 0).any()
        and bool((used_of_caps(model, chosen, year) <= model.cap).all())
        and bool((model.closing_wells @ model.closes(chosen).astype("int64") >= model.closing_need).all())
        and not (chosen & model.kept).any()
        and not (model.forced & ~chosen).any()
    )


def reached(model: Model, chosen: np.ndarray, year: np.ndarray) -> np.ndarray:
    """What a plan brings towards each demand."""
    demands = model.demands
    by_year = np.column_stack(
        [model.rows @ (chosen & (year == t)).astype("int64") for t in range(model.years)]
    )
    sums = np.column_stack([np.zeros(len(by_year), dtype="int64"), np.cumsum(by_year, axis=1)])
    return sums[demands.row, demands.last + 1] - sums[demands.row, demands.first]


def missing(model: Model, chosen: np.ndarray, year: np.ndarray) -> np.ndarray:
    """What a plan misses of each demand, 0 where it is met."""
    return np.maximum(0, model.demands.need - reached(model, chosen, year))


def used_of_caps(model: Model, chosen: np.ndarray, year: np.ndarray) -> np.ndarray:
    """Land that a plan retires by township and period, (k, years)."""
    used = np.zeros(model.cap.shape, dtype="int64")
    inside = np.flatnonzero(chosen & (model.town >= 0))
    np.add.at(used, (model.town[inside], year[inside]), model.size[inside])
    return used


class _Greedy:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.chosen = model.forced.copy()
        self.year = np.where(model.forced, 0, -1)
        self.room = model.cap - used_of_caps(model, self.chosen, self.year)

    def meet(self, demand: int, with_care: bool) -> None:
        """Take areas until a demand is met; ``with_care``: one by one, where there is room."""
        model, demands = self.model, self.model.demands
        first, last = int(demands.first[demand]), int(demands.last[demand])
        row = demands.row[demand]
        entries = slice(model.rows.indptr[row], model.rows.indptr[row + 1])
        area, weight = model.rows.indices[entries], model.rows.data[entries]
        counted = self.chosen[area] & (self.year[area] >= first) & (self.year[area] <= last)
        short = int(demands.need[demand]) - int(weight[counted].sum())
        open_ones = ~self.chosen[area] & ~model.kept[area]
        area, weight = area[open_ones], weight[open_ones]
        order = np.lexsort((area, model.cost[area] / weight))
        area, weight = area[order], weight[order]
        if short <= 0 or not len(area):
            return
        if not with_care:
            enough = int(np.searchsorted(np.cumsum(weight), short)) + 1
            self.chosen[area[:enough]] = True
            self.year[area[:enough]] = first
            return
        for one, brings in zip(area.tolist(), weight.tolist(), strict=True):
            if short <= 0:
                return
            if self._take(one, first, last):
                short -= brings

    def _take(self, area: int, first: int, last: int) -> bool:
        town = self.model.town[area]
        size = self.model.size[area]
        for year in range(first, last + 1):
            if town < 0 or self.room[town, year] >= size:
                if town >= 0:
                    self.room[town, year] -= size
                self.chosen[area], self.year[area] = True, year
                return True
        return False

    def close_wells(self) -> None:
        """In each unit close the wells whose areas cost least, until enough can close."""
        model = self.model
        for unit, need in enumerate(model.closing_need):
            entries = slice(model.closing_wells.indptr[unit], model.closing_wells.indptr[unit + 1])
            wells = model.closing_wells.indices[entries][model.closing_wells.data[entries] > 0]
            blocks = model.blocks[wells]
            closing = model.closes(self.chosen)[wells]
            for_good = blocks @ (model.kept & ~self.chosen).astype("int64") > 0
            extra = blocks @ np.where(self.chosen, 0.0, model.cost)
            short = int(need) - int(closing.sum())
            for place in np.argsort(np.where(closing | for_good, np.inf, extra), kind="stable"):
                if short <= 0 or closing[place] or for_good[place]:
                    break
                areas = blocks.indices[blocks.indptr[place] : blocks.indptr[place + 1]]
                left = [int(area) for area in areas if not self.chosen[area]]
                taken = [self._take(area, 0, model.years - 1) for area in left]
                short -= all(taken)
