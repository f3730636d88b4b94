"""Permitted volumes that would be summed twice, and permits whose parts do not make the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..problems import Problems
from .given import Given, flagged, listed

TOLERANCE_M3 = 1.0
"""Volumes are written in whole cubic metres."""


def copied(given: Given, role: str) -> Problems:
    """One permit on several wells, each with the same volume: that of the whole permit (error), or perhaps (warning).

    Volumes that add up to that of the permit are shares, and in order.
    """
    wells = given.frame(role)
    told = wells[["permit_no", "permit_m3"]].assign(row=np.arange(len(wells)), id=given.ids(role)).dropna()
    groups = told.groupby("permit_no")["permit_m3"]
    told = told.assign(
        n=groups.transform("size"), total=groups.transform("sum"), spread=groups.transform("std")
    )
    several = told[(told["n"] > 1) & (told["spread"] <= TOLERANCE_M3 / 2) & (told["permit_m3"] > 0)]
    whole = several["permit_no"].map(_volumes(given)).astype("float64")
    copy = (several["permit_m3"] - whole).abs() <= TOLERANCE_M3
    open_ = whole.isna()
    several = several.assign(whole=whole, copy=copy)[copy | open_]
    names = several.groupby("permit_no")["id"].agg(listed)
    return flagged(
        given,
        "permits.copied",
        role,
        several["row"].to_numpy(dtype="int64"),
        severity=np.where(several["copy"], "error", "warning"),
        message_key=np.where(several["copy"], "checking.permits.copied", "checking.permits.perhaps_copied"),
        remedy_key="checking.remedy.copied",
        not_checked=(wells["permit_no"].isna() | wells["permit_m3"].isna()),
        why_key="checking.why.empty",
        field="permit_m3",
        found=[f"{one:.10g}" for one in several["permit_m3"]],
        other_id=several["permit_no"].map(names).to_list(),
        values={
            "permit": several["permit_no"],
            "n": several["n"],
            "total": several["total"],
            "whole": several["whole"],
        },
    )


def parts(given: Given, role: str) -> Problems:
    """Permits whose wells do not add up to the permitted volume: more is an error, less a warning."""
    permits, shares = given.frame(role), given.frame("permit_wells")
    groups = shares.groupby("permit_no")["volume_m3"]
    complete = groups.count() == groups.size()
    total = permits["permit_no"].map(groups.sum().where(complete))
    volume = permits["volume_m3"]
    off = (total - volume).abs() > TOLERANCE_M3
    where = np.flatnonzero(off)
    more = (total > volume).to_numpy()[where]
    return flagged(
        given,
        "permits.parts",
        role,
        where,
        severity=np.where(more, "error", "warning"),
        message_key="checking.permits.parts",
        remedy_key="checking.remedy.parts",
        not_checked=total.isna() | volume.isna(),
        why_key="checking.why.empty",
        field="volume_m3",
        found=[f"{one:.10g}" for one in volume.iloc[where]],
        values={"total": total.iloc[where].to_list()},
    )


def of_wells(given: Given, role: str) -> Problems:
    """Wells whose permitted volume differs from that in the table of permits and wells."""
    wells = given.frame(role)
    shares = given.frame("permit_wells").groupby(["permit_no", "well_id"])["volume_m3"].sum(min_count=1)
    keys = pd.MultiIndex.from_frame(wells[["permit_no", "well_id"]].astype(object).fillna(""))
    told = shares.reindex(keys).to_numpy(dtype="float64")
    own = wells["permit_m3"].to_numpy(dtype="float64")
    with np.errstate(invalid="ignore"):
        where = np.flatnonzero(np.abs(own - told) > TOLERANCE_M3)
    return flagged(
        given,
        "permits.of_wells",
        role,
        where,
        severity="error",
        message_key="checking.permits.of_wells",
        remedy_key="checking.remedy.parts",
        not_checked=np.isnan(own) | np.isnan(told),
        why_key="checking.why.empty",
        field="permit_m3",
        found=[f"{one:.10g}" for one in own[where]],
        expected=[f"{one:.10g}" for one in told[where]],
    )


def expiry(given: Given, role: str) -> Problems:
    """Wells whose permit ends before it was approved; being expired is no fault of the data."""
    wells, permits = given.frame(role), given.frame("permits")
    approved = permits.dropna(subset=["permit_no"]).drop_duplicates("permit_no").set_index("permit_no")
    day = wells["permit_no"].map(approved["approved_on"])
    where = np.flatnonzero(wells["permit_to"] < day)
    return flagged(
        given,
        "permits.expiry",
        role,
        where,
        severity="error",
        message_key="checking.dates.order",
        remedy_key="checking.remedy.order",
        not_checked=wells["permit_to"].isna() | day.isna(),
        why_key="checking.why.empty",
        field="permit_to",
        found=wells["permit_to"].iloc[where].dt.strftime("%Y-%m-%d").to_list(),
        expected=("≥ " + day.iloc[where].dt.strftime("%Y-%m-%d")).to_list(),
        values={"before": "approved_on"},
    )


def _volumes(given: Given) -> dict[str, float]:
    if not given.has("permits"):
        return {}
    permits = given.frame("permits").dropna(subset=["permit_no", "volume_m3"])
    return dict(zip(permits["permit_no"], permits["volume_m3"], strict=True))
