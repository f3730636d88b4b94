"""The tables of a pairing plan."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...findings.verdicts import to_json
from ...replacement import ReplacementSettings
from ..pairing import UNIT, Plan
from ..pairing.offers import distance_m

WGS84 = "EPSG:4326"
LIST_MARK = ";"


def pairs_table(
    plan: Plan, asked: pd.DataFrame, wells: pd.DataFrame, settings: ReplacementSettings
) -> pd.DataFrame:
    """One row per pair: what sealing the well for the renewal costs, how far it is, what is still to be done.

    ``permission``: ``allow`` for a sealed well, ``review`` where the policy has its idleness reviewed, ``hold`` while
    it still has to be sealed.
    """
    pairs = plan.pairs
    row, well = _ends(pairs, asked, wells)
    to_seal = pairs["to_seal"].to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "renewal_id": pairs["renewal_id"],
            "retired_id": pairs["retired_id"],
            "cost": pairs["cost"].to_numpy(dtype="float64") / UNIT,
            "distance_m": distance_m(
                asked[["lon", "lat"]].to_numpy()[row], wells[["lon", "lat"]].to_numpy()[well]
            ),
            "to_seal": to_seal,
            "role": np.where(asked["named"].to_numpy()[row] == well, "replaced", "reduced"),
            "pool_id": asked["pool"].to_numpy()[row],
            "permission": np.select([to_seal, wells["idle"].to_numpy()[well]], ["hold", "review"], "allow"),
            "clause": settings.clause,
        }
    )


def lines_of(pairs: pd.DataFrame, asked: pd.DataFrame, wells: pd.DataFrame) -> gpd.GeoDataFrame:
    """Each pair as a line from the retired well to the renewal."""
    row, well = _ends(pairs, asked, wells)
    start, end = wells[["lon", "lat"]].to_numpy()[well], asked[["lon", "lat"]].to_numpy()[row]
    lines = shapely.linestrings(np.stack([start, end], axis=1)) if len(pairs) else []
    fields = pairs[["renewal_id", "retired_id", "distance_m", "permission"]]
    return gpd.GeoDataFrame(fields, geometry=lines, crs=WGS84)


def unmet_table(
    plan: Plan, asked: pd.DataFrame, near: pd.DataFrame, settings: ReplacementSettings
) -> pd.DataFrame:
    """One row per renewal that gets no wells, by id, with the reason.

    ``near``: JSON list of ``well``, ``distance_m`` and ``reason`` of the nearest wells that may not be taken.
    """
    solved = plan.unmet.set_index("renewal_id")
    rows = asked[((asked["reason"] != "") | asked["renewal_id"].isin(solved.index)).to_numpy()]
    by_solver = (rows["reason"] == "").to_numpy()
    names = rows["renewal_id"]
    found = solved.reindex(names.where(by_solver))
    beside = {
        place: [
            {"well": one.well_id, "distance_m": round(one.distance_m, 1), "reason": one.reason}
            for one in part.itertuples()
        ]
        for place, part in near.groupby("row")
    }
    reason = np.where(by_solver, found["reason"].to_numpy(dtype=object), rows["reason"])
    missing = np.where(by_solver, found["missing"].to_numpy(dtype="float64"), np.nan)
    return pd.DataFrame(
        {
            "renewal_id": names.to_numpy(),
            "pool_id": rows["pool"].to_numpy(),
            "reason_key": [f"renewals.unmet.{one}" for one in reason],
            "needed": rows["needed"].clip(lower=0).to_numpy(),
            "missing": pd.array(missing, dtype="Float64").astype("Int64"),
            "group_no": pd.array(found["group"].to_numpy(), dtype="Int64") + 1,
            "near": [to_json(beside.get(place, [])) for place in rows.index],
            "clause": settings.clause,
        }
    )


def groups_table(plan: Plan, asked: pd.DataFrame) -> pd.DataFrame:
    """Who competes for which wells; groups are numbered from 1."""
    pool = asked[(asked["reason"] == "").to_numpy()].set_index("renewal_id")["pool"]
    groups = plan.groups
    return pd.DataFrame(
        {
            "group_no": groups["group"].astype("int64") + 1,
            "pool_id": [pool[names[0]] for names in groups["renewal_ids"]],
            "n_renewals": groups["renewal_ids"].map(len).astype("int64"),
            "n_wells": groups["retired_ids"].map(len).astype("int64"),
            "needed": groups["needed"].astype("int64"),
            "available": groups["available"].astype("int64"),
            "limited": groups["limited"].astype(bool),
            "renewal_ids": groups["renewal_ids"].map(LIST_MARK.join),
            "retired_ids": groups["retired_ids"].map(LIST_MARK.join),
        }
    )


def alternatives_table(found: pd.DataFrame, priority: float) -> pd.DataFrame:
    """The next best choice of renewals, and what the whole plan then serves and costs.

    Args:
        priority: that one whole unit of weight stands for.
    """
    return pd.DataFrame(
        {
            "renewal_id": found["renewal_id"],
            "state": found["state"],
            "retired_ids": found["retired_ids"].map(LIST_MARK.join),
            "n_served": found["served"],
            "priority_served": found["weight"].astype("Float64") * priority,
            "cost": found["cost"].astype("Float64") / UNIT,
            "extra_cost": found["extra_cost"].astype("Float64") / UNIT,
            "proven": found["proven"].astype(bool),
        }
    )


def _ends(pairs: pd.DataFrame, asked: pd.DataFrame, wells: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the renewal and of the well of each pair; ids that are planned with stand there once."""
    open_rows = np.flatnonzero(asked["reason"] == "")
    free = np.flatnonzero(wells["reason"] == "")
    row = pd.Index(asked["renewal_id"].to_numpy()[open_rows]).get_indexer(pairs["renewal_id"])
    well = pd.Index(wells["retired_id"].to_numpy()[free]).get_indexer(pairs["retired_id"])
    return open_rows[row] if len(pairs) else row, free[well] if len(pairs) else well
