"""What a retirement plan is made from: areas, targets, limits and wells, checked and in a fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import OverdraftError

LOCKS = ("", "keep", "retire")
MEASURES = ("area_mu", "gross_m3", "net_m3")
"""What a demand counts: land; water by quota; that water less what seeps back."""

_OPTIONAL = {
    "lock": "",
    "retired_year": 0,
    "township": "",
    "surface": False,
    "quota_m3_per_mu": np.nan,
    "return_ratio": 0.0,
}
_COLUMNS = {
    "pieces": ("area_id", "unit_id", "area_mu"),
    "demands": ("unit_id", "measure", "year", "amount", "within_year"),
    "caps": ("township", "year", "limit_mu"),
    "links": ("well_id", "area_id"),
    "wells": ("well_id", "unit_id"),
    "closings": ("unit_id", "n_min"),
    "touches": ("area_id", "other_id", "bonus"),
}
_REAL = ("area_mu", "cost", "amount", "limit_mu", "bonus", "quota_m3_per_mu", "return_ratio")
_WHOLE = ("year", "retired_year", "n_min")
_TOO_MUCH = 1e-6
"""Share by which the pieces of an area may exceed it: rounding, not a contradiction."""


@dataclass(frozen=True)
class RetirementProblem:
    """Tables in a fixed order, so that the order of the input cannot change a plan. Made by :func:`retirement_problem`.

    Attributes:
        areas: by id; ``area_id``, ``area_mu``, ``cost`` and the optional columns.
        pieces, demands, caps, links, wells, closings, touches: as given, with ``area`` (and ``other``), the row in
            ``areas``, where they name areas.
        years: years of the plan, ascending; empty: one period without a year.
    """

    areas: pd.DataFrame
    pieces: pd.DataFrame
    demands: pd.DataFrame
    years: tuple[int, ...]
    caps: pd.DataFrame
    links: pd.DataFrame
    wells: pd.DataFrame
    closings: pd.DataFrame
    touches: pd.DataFrame


def retirement_problem(
    areas: pd.DataFrame,
    pieces: pd.DataFrame,
    demands: pd.DataFrame,
    *,
    years: Sequence[int] = (),
    caps: pd.DataFrame | None = None,
    links: pd.DataFrame | None = None,
    wells: pd.DataFrame | None = None,
    closings: pd.DataFrame | None = None,
    touches: pd.DataFrame | None = None,
) -> RetirementProblem:
    """Check the tables and put them in order.

    Args:
        areas: one row per irrigation area: ``area_id``; ``area_mu`` > 0; ``cost`` ≥ 0 of retiring it; optional ``lock``
            (keep, retire or empty), ``retired_year`` (0: in use; land that is retired already is no choice of the plan,
            earns nothing, and counts for wells, caps and compactness), ``township``, ``surface`` (it has surface water:
            its wells may close), ``quota_m3_per_mu`` (unknown: it saves no water), ``return_ratio`` (β, the share of
            the water that seeps back).
        pieces: land of an area in a unit: ``area_id``, ``unit_id``, ``area_mu``. A piece may lie in several units, one
            inside the other: it has a row for each.
        demands: ``unit_id``, ``measure`` (:data:`MEASURES`), ``year``, ``amount`` still to be retired, ``within_year``:
            in that year alone, or (False, default) up to its end.
        years: the years of the plan; empty: one period, and the years of the demands mean nothing.
        caps: ``township``, ``year`` (0: every year of the plan), ``limit_mu`` that may be retired there in a year.
        links: ``well_id``, ``area_id``: the areas a well serves. A well without a link never closes.
        wells: ``well_id``, ``unit_id``: where the wells count, for ``closings``.
        closings: ``unit_id``, ``n_min`` wells that can close there when the plan is done.
        touches: pairs of neighbours and the ``bonus`` ≥ 0, in units of cost, when both are retired.

    Raises:
        OverdraftError: a column or value that cannot be planned with; it names the table, the id, the value found and
            what is allowed.
    """
    areas = _areas(areas)
    years = tuple(sorted({int(year) for year in years}))
    index = pd.Index(areas["area_id"])
    pieces = _linked(_table("pieces", pieces), index, "pieces")
    _allowed(
        pieces,
        "pieces",
        "area_id",
        "area_mu",
        np.isfinite(pieces["area_mu"]) & (pieces["area_mu"] >= 0),
        "≥ 0",
    )
    _within_area(pieces, areas)
    demands = _demands(demands, years)
    caps = _caps(caps, years)
    links = _linked(_table("links", links), index, "links").drop_duplicates(["well_id", "area"])
    closings = _table("closings", closings)
    _allowed(closings, "closings", "unit_id", "n_min", closings["n_min"] >= 0, "≥ 0")
    touches = _linked(_table("touches", touches), index, "touches")
    touches["other"] = _rows(touches["other_id"], index, "touches")
    bonus = touches["bonus"]
    _allowed(touches, "touches", "area_id", "bonus", np.isfinite(bonus) & (bonus >= 0), "≥ 0")
    _allowed(touches, "touches", "area_id", "other_id", touches["area"] != touches["other"], "another area")
    return RetirementProblem(
        areas=areas,
        pieces=pieces.sort_values(["area", "unit_id"], kind="stable", ignore_index=True),
        demands=demands.sort_values(
            ["unit_id", "measure", "year", "within_year", "amount"], ignore_index=True
        ),
        years=years,
        caps=caps.sort_values(["township", "year"], ignore_index=True),
        links=links.sort_values(["well_id", "area"], ignore_index=True),
        wells=_table("wells", wells).drop_duplicates().sort_values(["well_id", "unit_id"], ignore_index=True),
        closings=closings.sort_values("unit_id", ignore_index=True),
        touches=touches.sort_values(["area", "other"], ignore_index=True),
    )


def township_caps(areas: pd.DataFrame, share: float, years: Sequence[int]) -> pd.DataFrame:
    """Caps of one share of the irrigated land of each township and year, 亩.

    limit = share · Σ ``area_mu`` of the areas of the township that are in use before the first year of the plan.
    """
    first = min(years, default=0)
    retired = areas["retired_year"].to_numpy() if "retired_year" in areas else np.zeros(len(areas))
    in_use = (retired == 0) | ((retired >= first) & (first > 0))
    land = areas[in_use & (areas["township"] != "").to_numpy()].groupby("township")["area_mu"].sum()
    return pd.DataFrame({"township": land.index, "year": 0, "limit_mu": share * land.to_numpy()})


def demands_of(
    targets: pd.DataFrame, parents: dict[str, str], *, parent_sum_only: bool = False
) -> pd.DataFrame:
    """The targets that a plan has to meet.

    A unit is met when its own target is and those of the units below it, so that all targets hold at once. With
    ``parent_sum_only`` the sum of the upper unit alone decides: a target goes where a unit above has one of the same
    measure and year.

    Args:
        targets: the columns of ``demands`` in :func:`retirement_problem`.
        parents: id of the unit above, by unit id.
    """
    if not parent_sum_only or not len(targets):
        return targets.reset_index(drop=True)
    within = targets["within_year"] if "within_year" in targets else pd.Series(False, index=targets.index)
    keys = list(zip(targets["unit_id"], targets["measure"], targets["year"], within, strict=True))
    known = set(keys)
    covered = [any((above, *rest) in known for above in _above(unit, parents)) for unit, *rest in keys]
    return targets[~np.array(covered, dtype=bool)].reset_index(drop=True)


def _above(unit_id: str, parents: dict[str, str]) -> list[str]:
    line = [unit_id]
    while parents.get(line[-1]) and parents[line[-1]] not in line:
        line.append(parents[line[-1]])
    return line[1:]


def _areas(given: pd.DataFrame) -> pd.DataFrame:
    areas = _with_columns(given, "areas", ("area_id", "area_mu", "cost")).reset_index(drop=True)
    for name, empty in _OPTIONAL.items():
        areas[name] = areas[name].fillna(empty) if name in areas else empty
    areas = _typed(areas[["area_id", "area_mu", "cost", *_OPTIONAL]].copy())
    if not pd.Index(areas["area_id"]).is_monotonic_increasing:
        areas = areas.sort_values("area_id", kind="stable", ignore_index=True)
    _allowed(areas, "areas", "area_id", "area_id", ~areas["area_id"].duplicated(), "unique")
    area, cost, back = areas["area_mu"], areas["cost"], areas["return_ratio"]
    _allowed(areas, "areas", "area_id", "area_mu", np.isfinite(area) & (area > 0), "> 0")
    _allowed(areas, "areas", "area_id", "cost", np.isfinite(cost) & (cost >= 0) & (cost <= 1e9), "0 … 10⁹")
    _allowed(areas, "areas", "area_id", "lock", areas["lock"].isin(LOCKS), "keep, retire")
    _allowed(areas, "areas", "area_id", "return_ratio", (back >= 0) & (back <= 1), "0 … 1")
    _allowed(areas, "areas", "area_id", "retired_year", areas["retired_year"] >= 0, "≥ 0")
    quota = areas["quota_m3_per_mu"]
    _allowed(
        areas, "areas", "area_id", "quota_m3_per_mu", quota.isna() | ((quota >= 0) & (quota < np.inf)), "≥ 0"
    )
    return areas


def _demands(given: pd.DataFrame, years: tuple[int, ...]) -> pd.DataFrame:
    if "within_year" not in given:
        given = given.assign(within_year=False)
    demands = _table("demands", given)
    _allowed(demands, "demands", "unit_id", "measure", demands["measure"].isin(MEASURES), ", ".join(MEASURES))
    amount = demands["amount"]
    _allowed(demands, "demands", "unit_id", "amount", np.isfinite(amount) & (amount >= 0), "≥ 0")
    if years:
        _allowed(demands, "demands", "unit_id", "year", demands["year"].isin(years), _listed(years))
    return demands


def _caps(given: pd.DataFrame | None, years: tuple[int, ...]) -> pd.DataFrame:
    caps = _table("caps", given)
    _allowed(caps, "caps", "township", "limit_mu", caps["limit_mu"] >= 0, "≥ 0")
    _allowed(caps, "caps", "township", "year", caps["year"].isin((0, *years)), _listed((0, *years)))
    return caps


def _listed(years: Sequence[int]) -> str:
    return ", ".join(map(str, years))


def _within_area(pieces: pd.DataFrame, areas: pd.DataFrame) -> None:
    """A piece is at most its area; pieces of nested units may well add up to more."""
    whole = areas["area_mu"].to_numpy()[pieces["area"]]
    allowed = pieces["area_mu"].to_numpy() <= whole * (1 + _TOO_MUCH)
    _allowed(pieces, "pieces", "area_id", "area_mu", allowed, "≤ area")


def _table(name: str, given: pd.DataFrame | None) -> pd.DataFrame:
    if given is None:
        return _typed(pd.DataFrame({column: [] for column in _COLUMNS[name]}, dtype=object))
    return _typed(_with_columns(given, name, _COLUMNS[name])[list(_COLUMNS[name])].reset_index(drop=True))


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """Numbers as numbers; what is none becomes NaN or −1, which no column allows."""
    for column in table:
        if column in _REAL:
            table[column] = pd.to_numeric(table[column], errors="coerce").astype("float64")
        elif column in _WHOLE:
            table[column] = pd.to_numeric(table[column], errors="coerce").fillna(-1).astype("int64")
        elif column in ("within_year", "surface"):
            table[column] = table[column].fillna(False).astype(bool)
    return table


def _with_columns(given: pd.DataFrame, table: str, columns: Sequence[str]) -> pd.DataFrame:
    missing = [column for column in columns if column not in given]
    if missing:
        raise OverdraftError(
            "retiring.column", table=table, found=", ".join(map(str, given)), field=missing[0]
        )
    return given.copy()


def _linked(table: pd.DataFrame, index: pd.Index, name: str) -> pd.DataFrame:
    return table.assign(area=_rows(table["area_id"], index, name))


def _rows(ids: pd.Series, index: pd.Index, table: str) -> np.ndarray:
    """Row of each area; where the table lists the areas in their order, no look-up is needed."""
    if len(ids) == len(index) and np.array_equal(ids.to_numpy(dtype=object), index.to_numpy(dtype=object)):
        return np.arange(len(index))
    rows = index.get_indexer(ids)
    if (rows < 0).any():
        raise OverdraftError(
            "retiring.unknown_area", table=table, id=str(ids[rows < 0].iloc[0]), n=int((rows < 0).sum())
        )
    return rows


def _allowed(table: pd.DataFrame, name: str, id_field: str, field: str, fits, allowed: str) -> None:
    fits = np.asarray(fits, dtype=bool)
    if fits.all():
        return
    row = table[~fits].iloc[0]
    raise OverdraftError(
        "retiring.value",
        table=name,
        field=field,
        id=str(row[id_field]),
        found=str(row[field]),
        allowed=allowed,
        n=int((~fits).sum()),
    )
