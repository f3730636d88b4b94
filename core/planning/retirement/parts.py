"""The problem made smaller without changing its answer.

What is fixed is folded in, what is implied goes, the rest falls apart into parts that do not touch each other.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from .integers import NO_CAP, Demands, Model

_SAME = 1e-12
"""Relative difference of two amounts of the same land that only rounding makes; far below the tolerance of a target."""


def fold(model: Model, *, forced: bool = True) -> tuple[Model, np.ndarray]:
    """Without the areas that are locked: those that stay, and (``forced``) those that go, with what these bring about.

    Areas that go lower the needs and use up the caps of a plan of one period; with several, they stay in the model,
    because their year is to be chosen. A well that an area keeps open for good is no longer counted.

    Returns:
        The smaller model and the places of its areas in the larger one.
    """
    gone = model.forced if forced and model.years == 1 else np.zeros(model.n, dtype=bool)
    places = np.flatnonzero(~(model.kept | gone))
    demands = model.demands
    if gone.any():
        demands = replace(demands, need=demands.need - (model.rows @ gone.astype("int64"))[demands.row])
    used = np.zeros(model.cap.shape, dtype="int64")
    inside = gone & (model.town >= 0)
    np.add.at(used, (model.town[inside], 0), model.size[inside])
    beside = gone[model.touch]
    gain = model.gain.copy()
    for here, there in ((0, 1), (1, 0)):
        np.add.at(gain, model.touch[beside[:, there], here], model.bonus[beside[:, there]])
    openable = model.blocks @ model.kept.astype("int64") == 0
    folded = replace(
        model,
        gain=gain,
        demands=demands,
        cap=np.where(model.cap == NO_CAP, NO_CAP, model.cap - used),
        closing_wells=(model.closing_wells @ sp.diags(openable.astype("int64"))).astype("int64").tocsr(),
    )
    return take(folded, places), places


def take(model: Model, places: np.ndarray) -> Model:
    """The model over some of its areas, with the demands, caps and closings that concern them."""
    inside = np.zeros(model.n, dtype=bool)
    inside[places] = True
    position = np.cumsum(inside) - 1
    rows = model.rows[:, places]
    blocks = model.blocks[:, places]
    both = inside[model.touch].all(axis=1)
    return replace(
        model,
        area=model.area[places],
        cost=model.cost[places],
        gain=model.gain[places],
        kept=model.kept[places],
        forced=model.forced[places],
        rows=rows,
        town=model.town[places],
        size=model.size[places],
        size_mu=model.size_mu[places],
        blocks=blocks,
        touch=position[model.touch[both]],
        bonus=model.bonus[both],
    )


def only(model: Model, demands: np.ndarray, closings: np.ndarray) -> Model:
    """The model with some of its demands and closings."""
    return replace(
        model,
        demands=model.demands.take(demands),
        closing_unit=model.closing_unit[closings],
        closing_need=model.closing_need[closings],
        closing_wells=model.closing_wells[closings],
    )


def binding_caps(model: Model) -> np.ndarray:
    """Townships and periods whose cap could be exceeded, (k, years) bool."""
    total = np.zeros(len(model.town_id), dtype="int64")
    inside = model.town >= 0
    np.add.at(total, model.town[inside], model.size[inside])
    return model.cap < total[:, None]


def without_slack(model: Model) -> Model:
    """Without caps that cannot be exceeded, demands that hold anyway, closings that are reached anyway."""
    cap = np.where(binding_caps(model), model.cap, NO_CAP)
    no_area = np.diff(model.blocks.indptr) == 0
    closing_now = model.closing_wells @ no_area.astype("int64")
    slim = only(
        replace(model, cap=cap),
        np.flatnonzero(model.demands.need > 0),
        np.flatnonzero(model.closing_need > closing_now),
    )
    open_ended = (slim.demands.first == 0).all()
    if slim.years > 1 and open_ended and not (slim.cap < NO_CAP).any():
        slim = one_period(slim)
    return _strongest(slim)


def one_period(model: Model) -> Model:
    """Without caps and minimums of single years, only what each row must reach in the end decides."""
    demands = model.demands
    nothing = np.zeros(len(demands.row), dtype="int64")
    return replace(
        model,
        years=1,
        cap=np.full((len(model.town_id), 1), NO_CAP),
        demands=Demands(demands.row, nothing, nothing, demands.need),
    )


def _strongest(model: Model) -> Model:
    """Of several demands on one row and span the largest; for nested units see :func:`implied_rows`."""
    demands = model.demands
    if len(demands.row) > 1:
        order = np.lexsort((-demands.need, demands.last, demands.first, demands.row))
        span = np.column_stack([demands.row, demands.first, demands.last])[order]
        first = np.r_[True, (span[1:] != span[:-1]).any(axis=1)]
        model = replace(model, demands=demands.take(np.sort(order[first])))
    if model.years > 1:
        return model
    kept = ~implied_rows(model)
    return replace(model, demands=model.demands.take(np.flatnonzero(kept[model.demands.row])))


def implied_rows(model: Model) -> np.ndarray:
    """Rows that the rows inside them reach by themselves, (m,) bool; for a plan of one period.

    A row p is implied by disjoint rows c inside it when Σ_c a_ic ≤ a_ip for every area and Σ_c need_c ≥ need_p, where a
    row that is implied itself stands for what its own parts bring.
    """
    m = model.rows.shape[0]
    implied = np.zeros(m, dtype=bool)
    demands = model.demands
    asked = np.unique(demands.row)
    if len(asked) < 2 or len(np.unique(model.rows[asked].indices)) == model.rows[asked].nnz:
        return implied
    scale = np.ldexp(1.0, -model.exponent)
    need = np.zeros(m)
    np.maximum.at(need, demands.row, demands.need * scale[demands.row])
    amounts = sp.diags(scale) @ model.rows.astype("float64")
    support = (model.rows[asked] > 0).astype("int64")
    common = (support @ support.T).toarray()
    size = common.diagonal()
    same = model.row_measure[asked][:, None] == model.row_measure[asked][None, :]
    inside = same & (common == size[None, :]) & (size[None, :] < size[:, None])  # [p, c]: c lies in p
    for p in np.argsort(size, kind="stable"):
        below = np.flatnonzero(inside[p])
        direct = below[~inside[np.ix_(below, below)].any(axis=0)]
        if not len(direct) or not _fit_in(amounts, asked[p], asked[direct]):
            continue
        reached = float(need[asked[direct]].sum())
        if reached >= need[asked[p]] * (1 - _SAME):
            implied[asked[p]] = True
            need[asked[p]] = reached
    return implied


def _fit_in(amounts: sp.csr_matrix, row: int, parts: np.ndarray) -> bool:
    """The parts of every area add up to no more than the area has in the row."""
    within = np.asarray(amounts[parts].sum(axis=0)).ravel()
    whole = np.asarray(amounts[[row]].todense()).ravel()
    return bool((within <= whole * (1 + _SAME)).all())


def parts_of(model: Model) -> list[np.ndarray]:
    """Places of the areas of each part, in the order of their first area; areas of which nothing speaks are in none.

    Areas belong together when a demand, a cap, a well that may have to close or a bonus speaks of both.
    """
    asked = np.unique(model.demands.row)
    counting = np.flatnonzero(np.diff(model.closing_wells.tocsc().indptr)) if len(model.closing_need) else []
    capped = np.flatnonzero((model.cap < NO_CAP).any(axis=1))
    in_capped = np.flatnonzero(np.isin(model.town, capped))
    members: list[tuple[np.ndarray, np.ndarray]] = [
        _members(model.rows[asked]),
        (model.town[in_capped], in_capped),
        _members(model.blocks[counting]),
        _members((model.closing_wells[:, counting] @ model.blocks[counting]).tocsr()),
        (np.repeat(np.arange(len(model.touch)), 2), model.touch.ravel()),
    ]
    nodes, areas, offset = [], [], model.n
    for node, area in members:
        nodes.append(node + offset)
        areas.append(area)
        offset += int(node.max(initial=-1)) + 1
    area = np.concatenate(areas)
    edges = (np.ones(len(area), dtype=bool), (np.concatenate(nodes), area))
    label = connected_components(sp.coo_matrix(edges, shape=(offset, offset)), directed=False)[1][: model.n]
    spoken = np.zeros(model.n, dtype=bool)
    spoken[area] = True
    inside = np.flatnonzero(spoken)
    order = inside[np.argsort(label[inside], kind="stable")]
    found = np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else []
    return sorted(found, key=lambda places: int(places[0]))


def _members(matrix: sp.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    coo = matrix.tocoo()
    return coo.row, coo.col


def part(model: Model, places: np.ndarray) -> Model:
    """One part, with the demands and closings that speak of its areas, and its wells."""
    inside = np.zeros(model.n, dtype=bool)
    inside[places] = True
    of_rows = model.rows @ inside.astype("int64") > 0
    smaller = take(model, places)
    wells = np.flatnonzero(np.diff(smaller.blocks.indptr))
    here = (
        smaller.closing_wells[:, wells].sum(axis=1).A1 if len(wells) else np.zeros(len(model.closing_need))
    ) > 0
    now = model.closing_wells @ (np.diff(model.blocks.indptr) == 0).astype("int64")
    smaller = only(smaller, np.flatnonzero(of_rows[model.demands.row]), np.flatnonzero(here))
    return replace(
        smaller,
        closing_need=(model.closing_need - now)[here],
        well_id=model.well_id[wells],
        blocks=smaller.blocks[wells],
        closing_wells=smaller.closing_wells[:, wells],
    )
