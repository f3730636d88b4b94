"""The problem as a linear program: with every area on its own, or with areas that differ in size only thrown together.

Columns, each from 0 to 1:

| column | meaning |
|---|---|
| x_i | area i is retired |
| u_gt | share of the land of group g that is retired in year t (plans of several years) |
| y_w | well w can close |
| e_p | both areas of the touching pair p are retired |
| d_r | demand or closing r is missed by this share of what it asks (shortfall) |
| f_i, f_kt | the lock of area i, the cap of township k in year t, is released (release) |

Rows, with a_ir what area i adds to row r, s_i its land, S_g = Σ_{i∈g} s_i:

    Σ_i a_ir x_i ≥ need_r                            demands over the whole plan
    Σ_g Σ_t (Σ_{i∈g} a_ir) u_gt ≥ need_rt            demands on some years, t in the years of the demand
    Σ_{i∈g} (s_i / S_g) x_i = Σ_t u_gt               land of a group is retired in some year
    Σ_{g∈k} (Σ_{i∈g} s_i) u_gt ≤ cap_kt              caps; of one period: on x
    Σ_{w∈q} y_w ≥ least_q;   y_w ≤ x_i               closings, for the areas i that keep well w open
    e_p ≤ x_i;   e_p ≤ x_j                           pairs

Groups of one area and whole columns make it exact. Groups of areas with the same township and the same land in each row
per land of their own (so that years only share out the group's land) make it a relaxation that is far smaller.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from ..linear import LinearModel
from .integers import NO_CAP, Model

LARGEST_COST = 1e4
"""Costs are scaled to this, so that one unit of cost stays visible beside the tolerances of the solver."""


def alike(model: Model) -> np.ndarray:
    """Group of each area: same township, same rows, same amount per land in each of them; (n,) codes."""
    rows = model.rows.T.tocsr()
    rows.sort_indices()
    count = np.diff(rows.indptr)
    width = int(count.max(initial=0))
    signature = np.full((model.n, 1 + 2 * width), -1.0)
    signature[:, 0] = model.town
    owner = np.repeat(np.arange(model.n), count)
    place = np.arange(rows.nnz) - np.repeat(rows.indptr[:-1], count)
    per_land = np.ldexp(rows.data.astype("float64"), -model.exponent[rows.indices]) / model.size_mu[owner]
    signature[owner, 1 + place] = rows.indices
    signature[owner, 1 + width + place] = np.round(per_land, 12)
    return np.unique(signature, axis=0, return_inverse=True)[1].reshape(-1)


@dataclass
class _Rows:
    """Entries and limits of rows while they are collected."""

    n_columns: int
    at: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    lower: list[np.ndarray] = field(default_factory=list)
    upper: list[np.ndarray] = field(default_factory=list)
    count: int = 0

    def add(self, matrix: sp.spmatrix, lower: object, upper: object) -> slice:
        """Append rows; a limit is one number or one per row."""
        coo = matrix.tocoo()
        self.at.append((coo.row + self.count, coo.col, coo.data.astype("float64")))
        size = matrix.shape[0]
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype="float64"), size))
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype="float64"), size))
        self.count += size
        return slice(self.count - size, self.count)

    def matrix(self) -> sp.csr_matrix:
        row, column, value = (np.concatenate(part) for part in zip(*self.at, strict=True))
        return sp.csr_matrix((value, (row, column)), shape=(self.count, self.n_columns))


@dataclass(frozen=True)
class Formulation:
    """A program and where its columns are.

    Attributes:
        program: the program; its objective times ``scale`` is the cost in whole units.
        scale: units of cost per unit of the objective.
        n: number of areas, the first columns; land: of each, 亩.
        u: columns of the years, by group then year; empty for one period.
        group: group of each area.
        years: number of periods.
        d: shortfall, of the demands and then of the closings; f_area, f_cap: releases, the latter with township and
            year in ``f_cap_at``; empty where not asked for.
    """

    program: LinearModel
    scale: float
    n: int
    land: np.ndarray
    u: slice
    group: np.ndarray
    years: int
    d: slice
    f_area: slice
    f_cap: slice
    f_cap_at: np.ndarray

    def chosen(self, x: np.ndarray) -> np.ndarray:
        """Areas that a whole-number solution retires."""
        return x[: self.n] > 0.5

    def year(self, x: np.ndarray) -> np.ndarray:
        """Period of each area that a whole-number solution of single areas retires, else −1."""
        chosen = self.chosen(x)
        if self.years == 1:
            return np.where(chosen, 0, -1)
        by_year = x[self.u].reshape(-1, self.years)[self.group]
        return np.where(chosen, by_year.argmax(axis=1), -1)


def formulate(
    model: Model,
    group: np.ndarray | None = None,
    *,
    whole: bool = True,
    shortfall: bool = False,
    release: bool = False,
) -> Formulation:
    """Build the program of a model.

    Args:
        group: group of each area, codes from 0; None: every area on its own.
        whole: single areas are retired or not; otherwise shares of them may be.
        shortfall: demands and closings may be missed; the objective is left to the caller.
        release: locks and caps may be released; the objective is left to the caller.
    """
    builder = _Builder(model, np.arange(model.n) if group is None else group, shortfall, release)
    return builder.build(whole)


class _Builder:
    def __init__(self, model: Model, group: np.ndarray, shortfall: bool, release: bool) -> None:
        self.model, self.group = model, group
        self.phased = model.years > 1
        n, n_groups = model.n, int(group.max(initial=-1)) + 1
        self.counted = np.flatnonzero(np.diff(model.closing_wells.tocsc().indptr))
        self.capped = np.argwhere(model.cap < NO_CAP)
        self.locked = np.flatnonzero(model.kept | model.forced)
        sizes = (
            n,
            n_groups * model.years if self.phased else 0,
            len(self.counted),
            len(model.touch),
            (len(model.demands.row) + len(model.closing_need)) * shortfall,
            len(self.locked) * release,
            len(self.capped) * release,
        )
        ends = np.cumsum(sizes)
        names = ("x", "u", "y", "e", "d", "f_area", "f_cap")
        self.at = {name: slice(int(e - s), int(e)) for name, s, e in zip(names, sizes, ends, strict=True)}
        self.n_columns = int(ends[-1])
        member = (np.ones(n), (group, np.arange(n)))
        self.member = sp.csr_matrix(member, shape=(n_groups, n))
        self.rows = _Rows(self.n_columns)
        self.shortfall, self.release = shortfall, release

    def build(self, whole: bool) -> Formulation:
        self._demands()
        if self.phased:
            self._balance()
        self._caps()
        self._closings()
        self._pairs()
        if self.release:
            self._locks()
        model = self.model
        cost, scale = self._cost()
        lower, upper = np.zeros(self.n_columns), np.ones(self.n_columns)
        if not self.release:
            lower[: model.n][model.forced] = 1.0
            upper[: model.n][model.kept] = 0.0
        kind = np.zeros(self.n_columns, dtype=bool)
        # u would do for several years, but HiGHS (1.2 to 1.15) drops solutions in its presolve where x is left real
        for name in ("x", "u", "y", "e"):
            kind[self.at[name]] = whole
        kind[self.at["f_area"]] = kind[self.at["f_cap"]] = True
        lower_limit, upper_limit = np.concatenate(self.rows.lower), np.concatenate(self.rows.upper)
        program = LinearModel(cost, lower, upper, kind, self.rows.matrix(), lower_limit, upper_limit)
        return Formulation(
            program=program,
            scale=scale,
            n=model.n,
            land=model.size_mu,
            u=self.at["u"],
            group=self.group,
            years=model.years,
            d=self.at["d"],
            f_area=self.at["f_area"],
            f_cap=self.at["f_cap"],
            f_cap_at=self.capped,
        )

    def _cost(self) -> tuple[np.ndarray, float]:
        model = self.model
        cost = np.zeros(self.n_columns)
        cost[self.at["x"]] = model.cost - model.gain
        cost[self.at["e"]] = -model.bonus
        scale = max(float(np.abs(cost).max(initial=0.0)) / LARGEST_COST, 1e-300)
        return cost / scale, scale

    def _place(self, matrix: sp.spmatrix, name: str) -> sp.csr_matrix:
        """A block of coefficients put at its columns."""
        coo, start = matrix.tocoo(), self.at[name].start
        return sp.csr_matrix((coo.data, (coo.row, coo.col + start)), shape=(matrix.shape[0], self.n_columns))

    def _by_years(self, of_groups: sp.spmatrix, first: np.ndarray, last: np.ndarray) -> sp.csr_matrix:
        """Rows over groups spread over the years first to last of each row, at the columns u."""
        coo, years = of_groups.tocoo(), self.model.years
        span = (last - first + 1)[coo.row]
        entry = np.repeat(np.arange(coo.nnz), span)
        year = np.arange(len(entry)) - np.repeat(np.cumsum(span) - span, span) + first[coo.row[entry]]
        shape = (of_groups.shape[0], self.at["u"].stop - self.at["u"].start)
        spread = sp.csr_matrix(
            (coo.data[entry], (coo.row[entry], coo.col[entry] * years + year)), shape=shape
        )
        return self._place(spread, "u")

    def _demands(self) -> None:
        model, demands = self.model, self.model.demands
        weights = model.rows[demands.row].astype("float64")
        unit = _row_mean(weights)
        weights = sp.diags(1 / unit) @ weights
        need = demands.need / unit
        in_the_end = (demands.first == 0) & (demands.last == model.years - 1)
        block = self._place(sp.diags(in_the_end.astype(float)) @ weights, "x")
        if self.phased:
            by_group = sp.diags((~in_the_end).astype(float)) @ weights @ self.member.T
            block = block + self._by_years(by_group.tocsr(), demands.first, demands.last)
        if self.shortfall:
            missed = sp.diags(
                np.maximum(need, 0.0), shape=(len(need), self.at["d"].stop - self.at["d"].start)
            )
            block = block + self._place(missed, "d")
        self.rows.add(block, need, np.inf)

    def _balance(self) -> None:
        """Written for shares of the group, so that coefficients are of one size whatever the land."""
        land = self.member @ self.model.size_mu
        shares = sp.diags(1 / land) @ self.member @ sp.diags(self.model.size_mu)
        years = sp.kron(sp.identity(len(land)), -np.ones((1, self.model.years)))
        self.rows.add(self._place(shares, "x") + self._place(years, "u"), 0.0, 0.0)

    def _caps(self) -> None:
        model = self.model
        town, year = self.capped[:, 0], self.capped[:, 1]
        inside = np.flatnonzero(model.town >= 0)
        size = sp.csr_matrix(
            (model.size[inside].astype("float64"), (model.town[inside], inside)),
            shape=(len(model.town_id), model.n),
        )[town]
        unit = _row_mean(size)
        size = sp.diags(1 / unit) @ size
        limit = model.cap[town, year] / unit
        block = (
            self._by_years((size @ self.member.T).tocsr(), year, year)
            if self.phased
            else self._place(size, "x")
        )
        if self.release:  # a released cap gives way to all the land of the township
            room = np.maximum(np.asarray(size.sum(axis=1)).ravel() - limit, 0.0)
            block = block - self._place(sp.diags(room), "f_cap")
        self.rows.add(block, -np.inf, limit)

    def _closings(self) -> None:
        model = self.model
        if not len(model.closing_need):
            return
        block = self._place(model.closing_wells[:, self.counted].astype("float64"), "y")
        if self.shortfall:
            missed = np.maximum(model.closing_need, 0).astype("float64")
            offset = len(model.demands.row)
            width = self.at["d"].stop - self.at["d"].start
            block = block + self._place(sp.diags([missed], [offset], shape=(len(missed), width)), "d")
        self.rows.add(block, model.closing_need, np.inf)
        links = model.blocks[self.counted].tocoo()
        self.rows.add(self._below(links.row, "y", links.col), -np.inf, 0.0)

    def _pairs(self) -> None:
        pairs = np.arange(len(self.model.touch))
        for side in (0, 1):
            self.rows.add(self._below(pairs, "e", self.model.touch[:, side]), -np.inf, 0.0)

    def _below(self, column: np.ndarray, name: str, area: np.ndarray) -> sp.csr_matrix:
        """Rows: column − x_area."""
        row, ones = np.arange(len(area)), np.ones(len(area))
        first = sp.csr_matrix((ones, (row, column + self.at[name].start)), shape=(len(area), self.n_columns))
        return first - sp.csr_matrix((ones, (row, area)), shape=(len(area), self.n_columns))

    def _locks(self) -> None:
        """x_i ≤ f_i for areas that must stay, x_i ≥ 1 − f_i for areas that must go."""
        model, locked = self.model, self.locked
        count = len(locked)
        sign = np.where(model.kept[locked], 1.0, -1.0)
        x = sp.csr_matrix((sign, (np.arange(count), locked)), shape=(count, self.n_columns))
        self.rows.add(x - self._place(sp.identity(count), "f_area"), -np.inf, np.where(sign > 0, 0.0, -1.0))


def _row_mean(matrix: sp.spmatrix) -> np.ndarray:
    """Mean of the entries of each row, 1 for an empty one."""
    count = np.diff(matrix.tocsr().indptr)
    total = np.asarray(matrix.sum(axis=1)).ravel()
    return np.where(count > 0, total / np.maximum(count, 1), 1.0)
