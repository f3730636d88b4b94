"""The wells of the land: which of them close when it is retired, and whether a seal earns a credit for 减二更一."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...register import ROW_ID
from ...replacement import replacement_settings
from ...replacement.idle import idle_before
from ...replacement.wells import CREDIT_REASONS, judge_credits, pools, well_facts
from .stock import LandStock

FARM_USES = ("irrigation", "ecological_forest")
STANDING = ("active", "standby", "shut")
"""States from which a well can still be sealed."""


@dataclass(frozen=True)
class LandWells:
    """Wells that close with the land that they serve.

    Attributes:
        links: ``well_id``, ``area_id`` (both unique ids) and ``row`` (of ``stock.areas``).
        units: ``well_id``, ``unit_id``: every unit of the balance in which a well stands.
        rows: position in the register by ``well_id``.
        left_out: ``well_id``, ``why``: wells that serve land and of which it cannot be told whether they may close.
    """

    links: pd.DataFrame
    units: pd.DataFrame
    rows: pd.Series
    left_out: pd.DataFrame


def land_wells(stock: LandStock, planned: np.ndarray) -> LandWells:
    """Wells that serve land of the plan and could be sealed, by ``well_areas`` and by ``well_ids`` of the areas.

    A well stays open, and is left out with the reason, when it is not known to be an irrigation well in working order,
    when one of its areas is not in the layer, or when one that needs it is not part of the plan.

    Args:
        planned: areas of the stock that the plan looks at, (n,) bool.
    """
    scene = stock.scene
    wells = scene.frame("wells")
    if not len(wells):
        return _no_wells()
    status = scene.wells_now["status"].astype(object)
    links = _links(stock, wells)
    known = links["row"] >= 0
    serves = np.where(known, planned[links["row"]], False) if len(planned) else np.zeros(len(links), bool)
    dry = np.where(known, stock.areas["surface"].to_numpy()[links["row"]], False) if len(planned) else serves
    links = links.assign(serves=serves, open=~serves & ~dry, unknown=~known)
    by_well = links.groupby("well")[["open", "unknown"]].any()
    well = by_well.index.to_numpy("int64")
    use, state = wells["use"].astype(object).to_numpy()[well], status.to_numpy()[well]
    why = np.select(
        [
            np.isin(state, ("sealed", "dismantled", "proposed")),
            pd.isna(state),
            pd.isna(use),
            ~np.isin(use.astype(str), FARM_USES),
            by_well["unknown"].to_numpy(bool),
            by_well["open"].to_numpy(bool),
        ],
        ["not_standing", "status", "use", "other_use", "unknown_area", "other_land"],
        default="",
    ).astype(object)
    ids = wells[ROW_ID].to_numpy(dtype=object)
    closable = well[why == ""]
    kept = links[links["well"].isin(closable) & links["serves"]]
    told = (why != "") & (why != "not_standing")
    kept = pd.DataFrame(
        {
            "well_id": ids[kept["well"].to_numpy("int64")],
            "area_id": stock.areas["area_id"].to_numpy(dtype=object)[kept["row"].to_numpy("int64")],
            "row": kept["row"].to_numpy("int64"),
        }
    )
    return LandWells(
        links=kept,
        units=_units_of(stock, closable, ids),
        rows=pd.Series(closable, index=ids[closable], dtype="int64"),
        left_out=pd.DataFrame({"well_id": ids[well[told]], "why": why[told]}),
    )


def _no_wells() -> LandWells:
    def nothing(*names: str) -> pd.DataFrame:
        return pd.DataFrame({name: [] for name in names}, dtype=object)

    return LandWells(
        links=nothing("well_id", "area_id", "row"),
        units=nothing("well_id", "unit_id"),
        rows=pd.Series(dtype="int64"),
        left_out=nothing("well_id", "why"),
    )


def credits_of(stock: LandStock, rows: np.ndarray) -> pd.DataFrame:
    """Would each of these wells earn a credit if it were sealed on the day of the run?

    Judged by the rules of the ledger (:func:`core.replacement.wells.judge_credits`) as if it were sealed then, with the
    zones in force that day; evidence is asked for once it is sealed.

    Args:
        rows: positions of wells in the register.

    Returns:
        Aligned with ``rows``: ``credit`` (boolean, empty where the policy has no such rule or nothing tells),
        ``reason`` (counts, no_rule, out_of_scope or one of ``CREDIT_REASONS``), ``pool_id``.
    """
    scene, policy = stock.scene, stock.scene.policy
    if not policy.has("replacement") or not len(rows):
        reason = np.full(len(rows), "no_rule", dtype=object)
        return pd.DataFrame(
            {"credit": pd.array([None] * len(rows), "boolean"), "reason": reason, "pool_id": ""}
        )
    settings, day = replacement_settings(policy), pd.Timestamp(scene.as_of)
    facts = well_facts(scene.register, scene.placement, settings, policy, day)
    facts = facts.assign(sealed=True, sealed_on=day, undated=False, zone_at_seal=facts["zone_now"])
    idle = idle_before(scene.register, facts, settings.idle_years)
    has_zones = settings.applies_outside_zone or scene.has("zones") or bool(policy.zone_units)
    judged = judge_credits(facts, idle, settings, has_zones, day).iloc[rows]
    pool = pools(facts["county"], facts["zone_at_seal"], settings, policy).iloc[rows]
    unknown = judged["reason"].isin(("not_placed", "no_zones", "use_missing"))
    reason = np.where(
        judged["candidate"], np.where(judged["counts"], "counts", judged["reason"]), "out_of_scope"
    )
    credit = judged["counts"].astype("boolean").mask(unknown)
    return pd.DataFrame(
        {"credit": credit.to_numpy(), "reason": reason, "pool_id": pool.to_numpy(dtype=object)}
    ).astype({"credit": "boolean"})


REASONS = ("counts", "no_rule", "out_of_scope", *CREDIT_REASONS)


def _links(stock: LandStock, wells: pd.DataFrame) -> pd.DataFrame:
    """``well`` (row of the register) and ``row`` (of the stock, −1: not in the layer), each pair once.

    An id that stands on several wells or areas means all of them.
    """
    table = stock.scene.frame("well_areas")[["well_id", "area_id"]].astype(object)
    areas = stock.land.facts.areas
    listed = areas.loc[areas["well_ids"].notna().to_numpy(), ["well_ids"]].astype(str)
    listed = listed["well_ids"].str.split(";").explode().str.strip()
    listed = listed[listed != ""]
    well = pd.DataFrame({"well_id": wells["well_id"].astype(object), "well": np.arange(len(wells))})
    area = pd.DataFrame({"area_id": areas["area_id"].astype(object), "row": np.arange(len(areas))})
    well, area = well.dropna(subset=["well_id"]), area.dropna(subset=["area_id"])
    by_table = table.dropna(subset=["well_id"]).merge(area, on="area_id", how="left")[["well_id", "row"]]
    by_area = pd.DataFrame(
        {"well_id": listed.to_numpy(dtype=object), "row": listed.index.to_numpy("float64")}
    )
    both = pd.concat([part for part in (by_table, by_area) if len(part)] or [by_table], ignore_index=True)
    both = both.merge(well, on="well_id", how="inner")[["well", "row"]]
    both["row"] = both["row"].astype("float64").fillna(-1).astype("int64")
    return both.drop_duplicates().sort_values(["well", "row"], ignore_index=True)


def _units_of(stock: LandStock, rows: np.ndarray, ids: np.ndarray) -> pd.DataFrame:
    """Every unit of the balance in which a well stands, with the units above it."""
    scene, units = stock.scene, stock.land.units
    known = set(units.table["unit_id"])
    parts = []
    for level in [level for level in units.table["level"].unique() if level]:
        unit = scene.unit_at("wells", level)[rows]
        line = {
            one: [u for u in (one, *units.ancestors(one)) if u in known] for one in pd.unique(unit) if one
        }
        table = pd.DataFrame({"well_id": ids[rows], "unit_id": pd.Series(unit, dtype=object).map(line)})
        parts.append(table.dropna(subset=["unit_id"]).explode("unit_id").dropna(subset=["unit_id"]))
    none = pd.DataFrame({"well_id": [], "unit_id": []}, dtype=object)
    return pd.concat([none, *parts], ignore_index=True).drop_duplicates(ignore_index=True)
