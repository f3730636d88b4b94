"""The years of a plan in which no cap and no minimum of a single year binds: as late as the targets allow."""

from __future__ import annotations

import numpy as np

from .integers import Model


def as_late_as_allowed(model: Model, chosen: np.ndarray) -> np.ndarray:
    """Period of each chosen area, −1 of the others.

    In each row the areas are taken in the order of their ids; an area is retired in the first period whose demand the
    areas before it do not reach, in the last one where they reach all. An area in several rows takes the earliest of
    its periods. So each demand "up to the end of period t" is met when the chosen areas reach the largest.
    """
    year = np.where(chosen, model.years - 1, -1)
    demands = model.demands
    for row in np.unique(demands.row):
        entries = slice(model.rows.indptr[row], model.rows.indptr[row + 1])
        area, weight = model.rows.indices[entries], model.rows.data[entries]
        order = np.argsort(area, kind="stable")
        area, weight = area[order], weight[order]
        taken = chosen[area]
        area, weight = area[taken], weight[taken]
        mine = np.flatnonzero(demands.row == row)
        mine = mine[np.argsort(demands.last[mine], kind="stable")]
        need = np.maximum.accumulate(demands.need[mine])
        last = np.r_[demands.last[mine], model.years - 1]
        before = np.cumsum(weight) - weight
        due = last[np.searchsorted(need, before, side="right")]
        year[area] = np.minimum(year[area], due)
    return year
