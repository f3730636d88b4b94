"""A plan as tables: of areas, units, wells that close, and what must give where targets cannot be met."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...findings.verdicts import to_json
from ..retirement import compare_scenarios
from ..retirement.greedy import GreedyPlan, greedy_plan, reached
from ..retirement.integers import Model, to_integers
from .limits import TOTAL
from .plan import LandPlan
from .wells import credits_of

CLOSED_WELLS = "closed_wells"
"""Measure of the rows of :func:`unit_table` on wells."""
QUOTA_RANGE = (150.0, 1000.0)
"""Gross irrigation, m³ per 亩, outside of which a quota is doubted (reference values; no text gives them)."""
_SHORT = {"area_mu": "land", "gross_m3": "water", "net_m3": "water", CLOSED_WELLS: "wells"}


def area_table(found: LandPlan) -> pd.DataFrame:
    """One row per row of ``irrigation``, in its order.

    Returns:
        ``area_id``, ``retire`` (empty where the plan leaves the area out), ``year``, ``why`` (chosen, locked_retire,
        locked_keep, already_retired, not_needed, or why it is left out), ``unit_id`` (the lowest unit in which it
        lies), ``in_use_mu``, ``counts_mu`` (of it, what retiring adds to the balance), ``plan_cost``,
        ``saved_gross_m3``, ``saved_net_m3`` (groundwater that retiring it saves a year, empty where not known),
        ``without_cost`` (what the plan would cost without it; empty: not told, or none is possible), ``without_exact``
        (False: at least that), ``no_plan_without`` and ``greedy`` (the plan by hand takes it).
    """
    stock, plan, asked = found.stock, found.plan, found.asked
    table = stock.areas[["area_id", "in_use_mu"]].copy()
    table["unit_id"] = stock.land.home
    table["why"], table["plan_cost"] = asked.why, asked.cost
    table.loc[stock.areas["retired"], "plan_cost"] = np.nan
    quota = stock.areas["quota_m3_per_mu"].to_numpy(dtype="float64")
    inside = found.asked.why == ""
    saved = _saved_land(found)
    table["counts_mu"] = np.where(inside & ~stock.areas["retired"].to_numpy(dtype=bool), saved, np.nan)
    table["saved_gross_m3"] = np.where(inside, saved * quota, np.nan)
    back = plan_return_ratio(found)
    table["saved_net_m3"] = table["saved_gross_m3"] * (1.0 - back)
    own = plan.areas.set_index("area_id")
    told = table["area_id"].isin(own.index).to_numpy()
    of_plan = own.reindex(table["area_id"])
    table["retire"] = of_plan["retire"].astype("boolean").to_numpy()
    year = of_plan["year"].to_numpy(dtype="float64")
    table["year"] = _whole(np.where(year > 0, year, np.nan))
    table["why"] = np.where(told, of_plan["why"].to_numpy(dtype=object), table["why"])
    without = of_plan["without_cost"].to_numpy(dtype="float64")
    table["without_cost"] = np.where(np.isinf(without), np.nan, without)
    exact = of_plan["without_exact"].astype("boolean").to_numpy()
    table["without_exact"] = pd.array(exact, dtype="boolean")
    table.loc[~np.isfinite(without), "without_exact"] = pd.NA
    table["no_plan_without"] = pd.array(np.isinf(without), dtype="boolean")
    greedy, model = _by_hand(found)
    ids = found.asked.problem.areas["area_id"].to_numpy(dtype=object)[model.area[greedy.chosen]]
    table["greedy"] = pd.array(table["area_id"].isin(ids).to_numpy(), dtype="boolean")
    for name in ("no_plan_without", "greedy"):
        table.loc[~told, name] = pd.NA
    return _on_rows(found, table)


def unit_table(found: LandPlan) -> pd.DataFrame:
    """One row per unit, measure and year of a target, minimum or least number of wells.

    A plan of several years has a row for the land that each unit retires in each of them, without a target.

    Returns:
        ``unit_id``, ``name``, ``level``, ``measure`` (area_mu, gross_m3, net_m3, closed_wells), ``year``,
        ``within_year`` (a minimum of that year alone), ``target``, ``done`` (reached before the plan), ``required``
        (what is left), ``planned``, ``shortfall``, ``reached`` (bool), ``greedy`` (what the plan by hand brings),
        ``saved_gross_m3`` and ``saved_net_m3`` (groundwater that the plan saves a year in the unit, up to
        that year or within it).
    """
    demands, units = found.asked.demands, found.plan.units
    greedy, model = _by_hand(found)
    by_hand = np.ldexp(
        reached(model, greedy.chosen, greedy.year).astype("float64"), -model.exponent[model.demands.row]
    )
    table = demands.drop(columns="amount").assign(
        required=units["amount"].to_numpy(),
        planned=units["reached"].to_numpy(),
        shortfall=units["shortfall"].to_numpy(),
        greedy=by_hand,
    )
    table = table.join(_water(found, table))
    wells = found.plan.closings
    closing = pd.DataFrame(
        {
            "unit_id": wells["unit_id"],
            "measure": CLOSED_WELLS,
            "year": found.asked.years[-1],
            "within_year": False,
            "target": wells["n_min"].astype("float64"),
            "required": wells["n_min"].astype("float64"),
            "planned": wells["n_closing"].astype("float64"),
            "shortfall": wells["shortfall"].astype("float64"),
        }
    )
    table = pd.concat([part for part in (table, closing, _by_year(found)) if len(part)] or [table])
    table = table.reset_index(drop=True)
    table["reached"] = (table["shortfall"] <= 0).astype("boolean").mask(table["shortfall"].isna())
    return _named(found, table).sort_values(["unit_id", "measure", "year", "within_year"], ignore_index=True)


def well_table(found: LandPlan) -> pd.DataFrame:
    """The wells that close, those of the plan first.

    Returns:
        ``well_id``, ``unit_id`` (county), ``year`` (in which the last of its areas goes; empty: none has to),
        ``by_plan`` (not before it), ``n_areas``, ``credit`` (would a seal count for 减二更一; empty where
        nothing tells), ``pool_id``, ``reason_key``, ``permit_m3``.
    """
    asked, plan, scene = found.asked, found.plan, found.stock.scene
    closing = plan.wells[plan.wells["closes"]]
    rows = asked.wells.rows.reindex(closing["well_id"]).to_numpy("int64")
    years = plan.areas.set_index("area_id")["year"]
    links = asked.wells.links
    last = years.reindex(links["area_id"]).groupby(links["well_id"].to_numpy()).max()
    year = last.reindex(closing["well_id"]).to_numpy("float64")
    by_plan = closing["by_plan"].to_numpy(dtype=bool)
    credits = credits_of(found.stock, rows)
    wells = scene.frame("wells")
    table = pd.DataFrame(
        {
            "well_id": closing["well_id"].to_numpy(dtype=object),
            "unit_id": scene.unit_at("wells", "county")[rows],
            "year": _whole(np.where(by_plan, year, np.nan)),
            "by_plan": by_plan,
            "n_areas": links.groupby("well_id").size().reindex(closing["well_id"]).to_numpy("int64"),
            "credit": credits["credit"].array,
            "pool_id": credits["pool_id"].to_numpy(dtype=object),
            "reason_key": ("planning_land.credit." + credits["reason"].astype(object)).to_numpy(dtype=object),
            "permit_m3": wells["permit_m3"].to_numpy("float64", na_value=np.nan)[rows],
        }
    )
    return table.sort_values(["by_plan", "well_id"], ascending=[False, True], ignore_index=True)


def relief_table(found: LandPlan) -> pd.DataFrame:
    """What is missed, and the smallest set of locks and caps whose release would let every target be met.

    Returns:
        ``kind`` (shortfall; keep or retire, a lock to release; cap; given_up, an area that is locked to go and stays),
        ``subject_id`` (of a unit, area or township), ``name``, ``measure`` and ``amount`` (what is missed), ``year``,
        ``reason_key``, ``reason_values``. Empty where every target is met.
    """
    columns = ("kind", "subject_id", "name", "measure", "amount", "year", "reason_key", "reason_values")
    relief = found.plan.relief
    if relief is None:
        return pd.DataFrame({name: [] for name in columns}, dtype=object)
    units = unit_table(found)
    short = units[~units["reached"].fillna(True).astype(bool)].rename(
        columns={"shortfall": "amount", "unit_id": "subject_id"}
    )
    short = short[["subject_id", "name", "measure", "amount", "year"]].assign(kind="shortfall")
    lock = relief.releases.rename(columns={"id": "subject_id"})
    lock = lock.assign(year=lock["year"].where(lock["year"] > 0))
    lost = pd.DataFrame({"subject_id": list(relief.given_up), "kind": "given_up"}, dtype=object)
    parts = [part for part in (short, lock, lost) if len(part)]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))
    table = table.reindex(columns=list(columns))
    names = found.stock.scene.unit_table.set_index("unit_id")["name"]
    town = table["subject_id"].map(names)
    table["name"] = table["name"].where(table["name"].notna(), town)
    table["amount"] = table["amount"].astype("float64")
    table["year"] = _whole(table["year"].to_numpy("float64"))
    what = table["kind"].where(table["kind"] != "shortfall", "shortfall_" + table["measure"].map(_SHORT))
    table["reason_key"] = "planning_land.relief." + what.astype(object)
    table["reason_values"] = [
        to_json(
            {
                "id": one.subject_id,
                "name": _text(one.name_),
                "amount": None if pd.isna(one.amount) else round(one.amount, 2),
                "year": _text(one.year),
            }
        )
        for one in table.rename(columns={"name": "name_"}).itertuples()
    ]
    return table


def scenario_table(plans: Mapping[str, LandPlan]) -> pd.DataFrame:
    """The plans side by side: the columns of :func:`..retirement.compare_scenarios`, with ``greedy_cost`` and the water
    saved a year, ``saved_gross_m3`` and ``saved_net_m3``."""
    table = compare_scenarios({name: found.plan for name, found in plans.items()})
    table["bound"] = [found.bound for found in plans.values()]
    table["gap"] = [found.gap for found in plans.values()]
    table["greedy_cost"] = [found.plan.greedy_value for found in plans.values()]
    for name in ("saved_gross_m3", "saved_net_m3"):
        table[name] = [_saving_of_plan(found)[name] for found in plans.values()]
    return table


def _whole(values: np.ndarray) -> pd.arrays.IntegerArray:
    """Numbers as whole ones, NaN as empty."""
    known = np.isfinite(values)
    return pd.arrays.IntegerArray(np.where(known, values, 0).astype("int64"), ~known)


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)


def plan_return_ratio(found: LandPlan) -> float:
    """β of the plan."""
    ratio = found.asked.problem.areas["return_ratio"]
    return float(ratio.iloc[0]) if len(ratio) else 0.0


def _saved_land(found: LandPlan) -> np.ndarray:
    """Land of each area of the stock that counts in some unit, 亩: the sum over the units of one level."""
    stock = found.stock
    pieces = found.asked.problem.pieces
    pieces = pieces[pieces["unit_id"] != TOTAL]
    level = pieces["unit_id"].map(stock.land.units.table.set_index("unit_id")["level"])
    land = pieces.groupby([pieces["area_id"], level])["area_mu"].sum().groupby("area_id").max()
    return land.reindex(stock.areas["area_id"]).fillna(0.0).to_numpy("float64")


def _saving_of_plan(found: LandPlan) -> dict[str, float]:
    quota = found.stock.areas["quota_m3_per_mu"].to_numpy("float64")
    own = found.plan.areas.set_index("area_id")["retire"]
    gone = own.reindex(found.stock.areas["area_id"]).fillna(False).to_numpy(dtype=bool)
    gross = float(np.nansum(np.where(gone, _saved_land(found) * quota, 0.0)))
    return {"saved_gross_m3": gross, "saved_net_m3": gross * (1.0 - plan_return_ratio(found))}


def _water(found: LandPlan, rows: pd.DataFrame) -> pd.DataFrame:
    """Groundwater that the plan saves a year in each unit, up to each year (or within it)."""
    pieces = found.asked.problem.pieces.merge(
        found.plan.areas.loc[found.plan.areas["retire"], ["area_id", "year"]], on="area_id"
    )
    quota = found.asked.problem.areas.set_index("area_id")["quota_m3_per_mu"]
    pieces["gross"] = pieces["area_mu"] * pieces["area_id"].map(quota).fillna(0.0)
    sums = pieces.groupby(["unit_id", "year"])["gross"].sum().reset_index()
    joined = (
        rows[["unit_id", "year", "within_year"]]
        .reset_index(names="at")
        .merge(sums, on="unit_id", suffixes=("", "_done"))
    )
    counts = (joined["year_done"] == joined["year"]) | (
        ~joined["within_year"].astype(bool) & (joined["year_done"] <= joined["year"])
    )
    gross = joined[counts].groupby("at")["gross"].sum().reindex(rows.index).fillna(0.0)
    return pd.DataFrame({"saved_gross_m3": gross, "saved_net_m3": gross * (1.0 - plan_return_ratio(found))})


def _by_year(found: LandPlan) -> pd.DataFrame:
    """Land by unit and year, where no minimum of that year has a row already."""
    asked, columns = found.asked, ["unit_id", "measure", "year", "within_year", "planned"]
    if len(asked.years) == 1:
        return pd.DataFrame({name: [] for name in columns}, dtype=object)
    lasting = asked.demands[
        (asked.demands["measure"] == "area_mu") & ~asked.demands["within_year"].astype(bool)
    ]
    grid = pd.MultiIndex.from_product([lasting["unit_id"].unique(), asked.years], names=["unit_id", "year"])
    pieces = asked.problem.pieces.merge(
        found.plan.areas.loc[found.plan.areas["retire"], ["area_id", "year"]], on="area_id"
    )
    planned = pieces.groupby(["unit_id", "year"])["area_mu"].sum().reindex(grid).fillna(0.0)
    table = planned.rename("planned").reset_index().assign(measure="area_mu", within_year=True)
    minimum = asked.demands[asked.demands["within_year"].astype(bool)]
    told = pd.MultiIndex.from_frame(table[["unit_id", "year"]]).isin(
        pd.MultiIndex.from_frame(minimum[["unit_id", "year"]])
    )
    table = table[~told].reset_index(drop=True)
    return table.join(_water(found, table))


def doubtful_quotas(found: LandPlan) -> int:
    """How many retired areas count with a quota outside :data:`QUOTA_RANGE`."""
    own = found.plan.areas.loc[found.plan.areas["retire"], "area_id"]
    quota = found.stock.areas.set_index("area_id")["quota_m3_per_mu"].reindex(own).dropna()
    return int((~quota.between(*QUOTA_RANGE)).sum())


def _by_hand(found: LandPlan) -> tuple[GreedyPlan, Model]:
    model = to_integers(found.asked.problem)
    return greedy_plan(model), model


def _named(found: LandPlan, table: pd.DataFrame) -> pd.DataFrame:
    units = found.stock.scene.unit_table.set_index("unit_id")
    table["name"] = table["unit_id"].map(units["name"]).fillna("")
    table["level"] = table["unit_id"].map(units["level"]).fillna("")
    return table


def _on_rows(found: LandPlan, table: pd.DataFrame) -> pd.DataFrame:
    """From the areas in force to every row of the register; other editions stand with their ids alone."""
    layer = found.stock.scene.register["irrigation"]
    full = table.set_index(found.stock.areas["row"].to_numpy("int64")).reindex(range(len(layer)))
    absent = full["area_id"].isna().to_numpy()
    full.loc[absent, "area_id"] = layer["row_id"].to_numpy(dtype=object)[absent]
    full.loc[absent, "why"] = "not_in_force"
    full["reason_key"] = ("planning_land.why." + full["why"].astype(object)).to_numpy(dtype=object)
    return full.reset_index(drop=True)


def left_out(found: LandPlan) -> dict[str, int]:
    """How many areas and wells the plan could not look at, by message key."""
    areas = pd.Series(found.asked.why[found.asked.why != ""], dtype=object)
    wells = found.asked.wells.left_out["why"].astype(object)
    keys = pd.concat(["planning_land.why." + areas, "planning_land.well." + wells], ignore_index=True)
    return {str(key): int(n) for key, n in keys.value_counts(sort=False).sort_index().items()}
