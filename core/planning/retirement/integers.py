"""The problem in whole numbers, so that every solver and every machine agrees on what is cheapest and what is enough.

Costs are in 10⁻⁶ of their unit. Land and water are multiples of 2⁻ᵉ of theirs, with e chosen per unit so that all sums
stay below 2⁶⁰: a power of two changes no digit of an area that is not tiny beside its unit. Tests of at least and at
most have the relative tolerance of the balance, 10⁻⁹; half of it is used here, the other half is left to rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from .problem import RetirementProblem

COST_UNIT = 1e-6
TOLERANCE = 1e-9
"""Of a target or a limit, in every test of at least and at most: figures that differ by less are the same figure."""
BITS = 60
NO_CAP = np.int64(1) << np.int64(62)


@dataclass(frozen=True)
class Demands:
    """Σ over areas retired in years ``first`` to ``last`` of what they add to ``row`` ≥ ``need``; aligned arrays."""

    row: np.ndarray
    first: np.ndarray
    last: np.ndarray
    need: np.ndarray

    def take(self, rows: np.ndarray) -> Demands:
        """Some of them."""
        return Demands(self.row[rows], self.first[rows], self.last[rows], self.need[rows])


@dataclass(frozen=True)
class Model:
    """The problem over the areas that are in use, in the order of their ids.

    Attributes:
        area: row of each in ``problem.areas``, (n,).
        cost: c_i, (n,) int64; gain: bonus for touching land that is retired already, (n,) int64.
        kept, forced: locked to stay and to go, (n,) bool.
        rows: what an area adds to each row, (m, n) int64; a row is a unit and a measure.
        row_unit, row_measure: of each row; exponent: e of each row.
        demands: what the rows must reach, and when.
        years: number of periods.
        town: township of each area among those with a cap, −1 without, (n,); size: its land in units of that township.
        size_mu: its land in 亩, (n,) float.
        town_id, cap: of each such township; (k,) and (k, years) int64, ``NO_CAP`` without a limit; town_exponent: e;
            limit_mu: the same in 亩, without the tolerance, (k, years) float.
        well_id: wells that serve an area; blocks: areas that keep a well from closing, (w, n) of 0 and 1.
        closing_unit, closing_need, closing_wells: units with a least number of closing wells; (q,), (q,), (q, w).
        touch: pairs of neighbours, (p, 2); bonus: when both are retired, (p,) int64.
    """

    area: np.ndarray
    cost: np.ndarray
    gain: np.ndarray
    kept: np.ndarray
    forced: np.ndarray
    rows: sp.csr_matrix
    row_unit: np.ndarray
    row_measure: np.ndarray
    exponent: np.ndarray
    demands: Demands
    years: int
    town: np.ndarray
    size: np.ndarray
    size_mu: np.ndarray
    town_id: np.ndarray
    cap: np.ndarray
    town_exponent: np.ndarray
    limit_mu: np.ndarray
    well_id: np.ndarray
    blocks: sp.csr_matrix
    closing_unit: np.ndarray
    closing_need: np.ndarray
    closing_wells: sp.csr_matrix
    touch: np.ndarray
    bonus: np.ndarray

    @property
    def n(self) -> int:
        """Number of areas in use."""
        return len(self.cost)

    def value(self, chosen: np.ndarray) -> int:
        """Σ c_i x_i less the bonuses, in units of :data:`COST_UNIT`."""
        touching = chosen[self.touch[:, 0]] & chosen[self.touch[:, 1]]
        return int((self.cost - self.gain)[chosen].sum()) - int(self.bonus[touching].sum())

    def closes(self, chosen: np.ndarray) -> np.ndarray:
        """Wells that can close, (w,) bool."""
        return self.blocks @ (~chosen).astype("int64") == 0


def to_integers(problem: RetirementProblem) -> Model:
    """The whole-number form of a problem; its meaning is in the package's docstring."""
    areas = problem.areas
    retired = areas["retired_year"].to_numpy() > 0
    area = np.flatnonzero(~retired)
    place = np.full(len(areas), -1)
    place[area] = np.arange(len(area))
    lock = areas["lock"].to_numpy(dtype=object)[area]
    rows = _rows(problem, place, len(area))
    towns = _towns(problem, area)
    wells = _wells(problem, place, len(area))
    touches = _touches(problem, place, retired, len(area))
    return Model(
        area=area,
        cost=_cost_units(areas["cost"].to_numpy(dtype="float64")[area]),
        kept=lock == "keep",
        forced=lock == "retire",
        years=max(len(problem.years), 1),
        size_mu=areas["area_mu"].to_numpy(dtype="float64")[area],
        **rows,
        **towns,
        **wells,
        **touches,
    )


def _cost_units(cost: np.ndarray) -> np.ndarray:
    return np.rint(cost / COST_UNIT).astype("int64")


def exponents(largest: np.ndarray) -> np.ndarray:
    """e such that largest · 2ᵉ < 2^BITS."""
    return BITS - np.frexp(largest)[1]


def at_least(amount: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """The smallest whole number that counts as reaching an amount."""
    return np.ceil(np.ldexp(amount * (1 - TOLERANCE / 2), exponent)).astype("int64")


def at_most(amount: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """The largest whole number that counts as keeping to an amount."""
    return np.floor(np.ldexp(amount * (1 + TOLERANCE / 2), exponent)).astype("int64")


def whole(amount: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    """The nearest multiple of 2⁻ᵉ."""
    return np.rint(np.ldexp(amount, exponent)).astype("int64")


def _rows(problem: RetirementProblem, place: np.ndarray, n: int) -> dict:
    """Rows of units and measures, and their demands."""
    wanted = problem.demands
    keys = wanted[["unit_id", "measure"]].drop_duplicates().reset_index(drop=True)
    row = (
        keys.reset_index()
        .merge(wanted, on=["unit_id", "measure"], how="right")["index"]
        .to_numpy(dtype="int64")
    )
    area, of_row, amount = [], [], []
    pieces = problem.pieces
    units = pd.Index(keys["unit_id"].unique())
    unit = units.get_indexer(pieces["unit_id"])
    position = place[pieces["area"].to_numpy()]
    for measure, group in keys.groupby("measure", sort=True):
        row_of_unit = np.full(len(units) + 1, -1)
        row_of_unit[units.get_indexer(group["unit_id"])] = group.index
        used = np.flatnonzero((row_of_unit[unit] >= 0) & (position >= 0))
        factor = _per_mu(problem.areas, str(measure))[pieces["area"].to_numpy()[used]]
        area.append(position[used])
        of_row.append(row_of_unit[unit[used]])
        amount.append(pieces["area_mu"].to_numpy(dtype="float64")[used] * factor)
    columns, lines = _joined(area, "int64"), _joined(of_row, "int64")
    values = _joined(amount, "float64")
    total = np.bincount(lines, weights=values, minlength=len(keys))
    need = wanted["amount"].to_numpy(dtype="float64")
    largest = total.copy()
    np.maximum.at(largest, row, need)
    exponent = exponents(largest)
    matrix = sp.coo_matrix((whole(values, exponent[lines]), (lines, columns)), shape=(len(keys), n)).tocsr()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    last, first = _span(problem)
    demands = Demands(row, first, last, at_least(need, exponent[row]))
    return {
        "rows": matrix,
        "row_unit": keys["unit_id"].to_numpy(dtype=object),
        "row_measure": keys["measure"].to_numpy(dtype=object),
        "exponent": exponent,
        "demands": demands,
    }


def _joined(parts: list[np.ndarray], dtype: str) -> np.ndarray:
    return np.concatenate(parts).astype(dtype) if parts else np.zeros(0, dtype=dtype)


def _per_mu(areas: pd.DataFrame, measure: str) -> np.ndarray:
    """What a 亩 of each area adds: gross = quota, net = quota · (1 − β); nothing where the quota is not known."""
    if measure == "area_mu":
        return np.ones(len(areas))
    gross = np.nan_to_num(areas["quota_m3_per_mu"].to_numpy(dtype="float64"))
    return gross if measure == "gross_m3" else gross * (1 - areas["return_ratio"].to_numpy(dtype="float64"))


def _span(problem: RetirementProblem) -> tuple[np.ndarray, np.ndarray]:
    """Last and first period of each demand."""
    count = len(problem.demands)
    if not problem.years:
        return np.zeros(count, dtype="int64"), np.zeros(count, dtype="int64")
    last = np.searchsorted(np.array(problem.years), problem.demands["year"].to_numpy(dtype="int64"))
    return last, np.where(problem.demands["within_year"].to_numpy(dtype=bool), last, 0)


def _towns(problem: RetirementProblem, area: np.ndarray) -> dict:
    """Caps by township and period, less what was retired there in the year already."""
    areas, caps, years = problem.areas, problem.caps, problem.years
    names = pd.Index(
        np.unique(caps["township"].to_numpy(dtype=object)) if len(caps) else np.zeros(0, dtype=object)
    )
    everywhere = names.get_indexer(areas["township"]) if len(names) else np.full(len(areas), -1)
    land = areas["area_mu"].to_numpy(dtype="float64")
    inside = everywhere >= 0
    exponent = exponents(np.bincount(everywhere[inside], weights=land[inside], minlength=len(names)) + 1.0)
    limit = np.full((len(names), max(len(years), 1)), np.inf)
    code = names.get_indexer(caps["township"])
    for row, year, value in zip(code, caps["year"], caps["limit_mu"], strict=True):
        span = slice(None) if year == 0 else years.index(int(year))
        limit[row, span] = np.minimum(limit[row, span], value)
    for period, year in enumerate(years):
        done = inside & (areas["retired_year"].to_numpy() == year)
        limit[:, period] -= np.bincount(everywhere[done], weights=land[done], minlength=len(names))
    scale = np.broadcast_to(exponent[:, None], limit.shape)
    bounded = np.isfinite(limit) & (np.ldexp(limit, scale) < 2.0**BITS)
    cap = np.full(limit.shape, NO_CAP)
    cap[bounded] = at_most(np.maximum(limit[bounded], 0.0), scale[bounded])
    town = everywhere[area]
    size = np.zeros(len(area), dtype="int64")
    size[town >= 0] = whole(land[area[town >= 0]], exponent[town[town >= 0]])
    return {
        "town": town,
        "size": size,
        "town_id": names.to_numpy(dtype=object),
        "cap": cap,
        "town_exponent": exponent,
        "limit_mu": np.maximum(limit, 0.0),
    }


def _wells(problem: RetirementProblem, place: np.ndarray, n: int) -> dict:
    """Which areas keep which wells from closing, and how many must close where."""
    links, closings = problem.links, problem.closings
    code, names = pd.factorize(links["well_id"])
    surface = problem.areas["surface"].to_numpy(dtype=bool)[links["area"].to_numpy(dtype="int64")]
    position = place[links["area"].to_numpy(dtype="int64")]
    used = (position >= 0) & ~surface
    ones = np.ones(int(used.sum()), dtype="int64")
    blocks = sp.csr_matrix((ones, (code[used], position[used])), shape=(len(names), n))
    in_unit = pd.Index(closings["unit_id"]).get_indexer(problem.wells["unit_id"])
    well = pd.Index(names).get_indexer(problem.wells["well_id"])
    counted = (in_unit >= 0) & (well >= 0)
    ones = np.ones(int(counted.sum()), dtype="int64")
    counting = sp.csr_matrix((ones, (in_unit[counted], well[counted])), shape=(len(closings), len(names)))
    return {
        "well_id": np.asarray(names, dtype=object),
        "blocks": blocks,
        "closing_unit": closings["unit_id"].to_numpy(dtype=object),
        "closing_need": closings["n_min"].to_numpy(dtype="int64"),
        "closing_wells": counting,
    }


def _touches(problem: RetirementProblem, place: np.ndarray, retired: np.ndarray, n: int) -> dict:
    """Pairs of areas in use, and what touching retired land earns."""
    touches = problem.touches
    pair = touches[["area", "other"]].to_numpy(dtype="int64").reshape(-1, 2)
    bonus = _cost_units(touches["bonus"].to_numpy(dtype="float64"))
    gain = np.zeros(n, dtype="int64")
    for here, there in ((0, 1), (1, 0)):
        beside = ~retired[pair[:, here]] & retired[pair[:, there]]
        np.add.at(gain, place[pair[beside, here]], bonus[beside])
    both = ~retired[pair].any(axis=1) & (bonus > 0)
    return {"touch": place[pair[both]], "bonus": bonus[both], "gain": gain}
