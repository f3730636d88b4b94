"""Which sealed well backs which renewal, who comes first, and what a renewal may therefore do.

Pair tests act on pairs only; the balance needs none. Pledges stand in the order of ``pledged_on``, then of the
renewal's commissioning (both: empty last), then of ``renewal_id``; of two pledges on one well the later one loses.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..findings import PERMISSIONS, worst
from ..register import Register
from ..register.identity import ROW_ID
from .settings import ReplacementSettings
from .wells import UNASSIGNED

PAIR_COLUMNS = ("renewal_id", "retired_id", "role", "state", "pledged_on", "released_on", "approval_no")

REASON_PERMISSION = {
    "double_pledge": "deny",
    "self_pledge": "deny",
    "use": "deny",
    "before_baseline": "deny",
    "outside_zone": "deny",
    "no_permit": "deny",
    "idle_rejected": "deny",
    "other_pool": "deny",
    "too_far": "deny",
    "not_sealed": "hold",
    "sealed_late": "hold",
    "incomplete": "hold",
    "undated": "review",
    "use_missing": "review",
    "order_unknown": "review",
    "pool_unknown": "review",
    "unknown_retired": "review",
    "ambiguous_retired": "review",
    "idle": "review",
    "size": "review",
    "not_placed": "not_evaluated",
    "no_zones": "not_evaluated",
}
"""What each shortcoming of a pledge, or of a renewal's pledges together, allows."""


def all_pairs(
    register: Register, facts: pd.DataFrame, applications: pd.DataFrame, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Rows of PAIRS, and ``replaces`` of wells and applications as further rows of role ``replaced``.

    Returns:
        Columns ``PAIR_COLUMNS``, ``subject`` (row id in PAIRS, empty for ``replaces``), ``live`` (pledged and not
        released on ``as_of``), ``retired`` (position in the wells, -1: not there, -2: id on several rows).
    """
    parts = []
    if register.has("pairs"):
        given = register["pairs"]
        parts.append(given[list(PAIR_COLUMNS)].assign(subject=given[ROW_ID]))
    wells = facts.loc[facts["renewal"] & facts["replaces"].notna(), ["well_id", "replaces"]]
    filed = applications.loc[applications["replaces"].notna(), ["application_id", "replaces"]]
    for frame in (wells, filed):
        added = frame.set_axis(["renewal_id", "retired_id"], axis=1)
        parts.append(added.assign(role="replaced", subject=None).reindex(columns=[*PAIR_COLUMNS, "subject"]))
    pairs = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    for name in ("pledged_on", "released_on"):
        pairs[name] = pd.to_datetime(pairs[name])
    for name in ("renewal_id", "retired_id", "role", "state", "approval_no", "subject"):
        pairs[name] = pairs[name].astype(object).where(pairs[name].notna(), None)
    released = (pairs["released_on"] <= as_of) | (
        (pairs["state"] == "released") & pairs["released_on"].isna()
    )
    pairs["live"] = ~released & ~(pairs["pledged_on"] > as_of)
    ids = facts["well_id"]
    once = ids.notna() & ~ids.duplicated(keep=False)
    where = pd.Series(np.flatnonzero(once), index=ids[once].to_numpy())
    pairs["retired"] = pairs["retired_id"].map(where).fillna(-1).astype("int64")
    pairs.loc[pairs["retired_id"].isin(ids[ids.notna() & ~once]), "retired"] = -2
    return pairs


def settle(
    pairs: pd.DataFrame,
    renewals: pd.DataFrame,
    facts: pd.DataFrame,
    credits: pd.DataFrame,
    idle: pd.Series,
    distance_m: pd.Series,
    settings: ReplacementSettings,
    complete_asked: bool,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Decide every pledge and every renewal that has one.

    Args:
        pairs: with ``group``, the renewal's row in ``renewals``.
        complete_asked: whether a renewal with fewer than k pledges is held (only where PAIRS were supplied).

    Returns:
        ``pairs`` with ``state`` (used, reserved, released, lost), ``reasons`` (tuple), ``permission``, ``holds``
        (bool: the pledge holds a credit); and one row per renewal with live pledges: ``permission``, ``reasons``,
        ``retired`` (ids), ``size_m3`` and ``size_known``.
    """
    pairs = pairs.copy()
    dead = pairs["group"].map(renewals["stage"]) == "dead"
    pairs["live"] &= ~dead.to_numpy()
    pairs["start"] = pd.to_datetime(pairs["group"].map(renewals["day"]))
    order = pairs.assign(given=pairs["subject"].isna()).sort_values(
        ["pledged_on", "start", "renewal_id", "given"], na_position="last", kind="stable"
    )
    repeated = order["live"] & order[order["live"]].duplicated(["group", "retired_id"]).reindex(
        order.index, fill_value=False
    )
    order = order[~repeated]
    claims = order[order["live"] & (order["retired"] >= 0)]
    losing = claims.index[claims.duplicated("retired")] if settings.single_pledge else claims.index[:0]
    pairs = order.sort_index()
    pairs["distance_m"] = distance_m.reindex(pairs.index)
    pairs["reasons"] = [
        _pledge_reasons(row, row.Index in losing, renewals, facts, credits, idle, settings)
        for row in pairs.itertuples()
    ]
    pairs["permission"] = [
        worst((REASON_PERMISSION[reason] for reason in reasons), PERMISSIONS) if live else ""
        for reasons, live in zip(pairs["reasons"], pairs["live"], strict=True)
    ]
    counted = np.array(
        [retired >= 0 and bool(credits["counts"].iloc[retired]) for retired in pairs["retired"]], dtype=bool
    )
    pairs["holds"] = pairs["live"] & ~pairs.index.isin(losing) & counted
    started = pairs["group"].map(renewals["stage"]).eq("renewed") | pairs["start"].notna()
    pairs["state"] = np.select(
        [~pairs["live"], pairs.index.isin(losing), started], ["released", "lost", "used"], default="reserved"
    )
    return pairs, _by_renewal(pairs[pairs["live"]], renewals, facts, settings, complete_asked)


def _pledge_reasons(row, loses: bool, renewals, facts, credits, idle, settings) -> tuple[str, ...]:
    if not row.live:
        return ()
    if row.retired < 0:
        return ("unknown_retired",) if row.retired == -1 else ("ambiguous_retired",)
    renewal, fact = renewals.loc[row.group], facts.iloc[row.retired]
    reasons = ["double_pledge"] if loses else []
    if renewal["well"] == row.retired:
        reasons.append("self_pledge")
    why = credits["reason"].iloc[row.retired]
    if not (fact["sealed"] or fact["undated"]):
        reasons.append("not_sealed")
    elif why:
        reasons.append("idle_rejected" if why == "idle" else why)
    reasons += _place_reasons(row, renewal, fact, settings)
    if fact["sealed"] and renewal["stage"] == "renewed":
        if pd.isna(renewal["day"]):
            reasons.append("order_unknown")
        elif fact["sealed_on"] > renewal["day"] + pd.Timedelta(days=settings.order_days):
            reasons.append("sealed_late")
    if idle.iloc[row.retired] == "idle" and settings.idle_action == "review":
        reasons.append("idle")
    return tuple(reasons)


def _place_reasons(row, renewal: pd.Series, fact: pd.Series, settings: ReplacementSettings) -> list[str]:
    reasons = []
    if UNASSIGNED in (fact["pool_at_seal"], renewal["pool"]):
        reasons.append("pool_unknown")
    elif fact["pool_at_seal"] != renewal["pool"]:
        reasons.append("other_pool")
    limit = settings.max_distance_m
    if limit is not None and row.distance_m > limit:
        reasons.append("too_far")
    return reasons


def _by_renewal(
    live: pd.DataFrame,
    renewals: pd.DataFrame,
    facts: pd.DataFrame,
    settings: ReplacementSettings,
    complete_asked: bool,
) -> pd.DataFrame:
    rows, names = [], []
    for group, pledges in live.groupby("group", sort=False):
        renewal = renewals.loc[group]
        reasons = [reason for row in pledges["reasons"] for reason in row]
        valid = [not any(REASON_PERMISSION[reason] == "deny" for reason in row) for row in pledges["reasons"]]
        if complete_asked and sum(valid) < settings.k:
            reasons.append("incomplete")
        retired = [place for place in pledges["retired"] if place >= 0]
        freed = facts["permit_m3"].iloc[retired]
        known = len(retired) > 0 and freed.notna().all() and not pd.isna(renewal["permit_m3"])
        too_large = (
            known and settings.size_action == "review" and renewal["permit_m3"] > freed.sum() * (1 + 1e-9)
        )
        if too_large:
            reasons.append("size")
        ordered = sorted(set(reasons), key=lambda one: (PERMISSIONS.index(REASON_PERMISSION[one]), one))
        names.append(group)
        rows.append(
            {
                "permission": worst((REASON_PERMISSION[one] for one in ordered), PERMISSIONS),
                "reasons": tuple(ordered),
                "retired": tuple(sorted(map(str, pledges["retired_id"]))),
                "n_valid": sum(valid),
                "freed_m3": float(freed.sum()) if known else np.nan,
                "size_known": bool(known),
                "size": "review" if too_large else ("pass" if known else "not_evaluated"),
            }
        )
    columns = ["permission", "reasons", "retired", "n_valid", "freed_m3", "size_known", "size"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(names, dtype="int64"))
