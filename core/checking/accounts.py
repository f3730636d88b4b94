"""Electricity accounts without a well, wells without an account, accounts that several wells share."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..problems import Problems
from .given import Given, flagged, listed

IN_USE = ("active", "standby")


def orphans(given: Given, role: str) -> Problems:
    """Accounts that no well, no link and no reading names."""
    named = set(given.frame("wells")["account_no"].dropna())
    for other in ("account_wells", "readings"):
        if given.has(other):
            named |= set(given.frame(other)["account_no"].dropna())
    account = given.frame(role)["account_no"]
    where = np.flatnonzero(account.notna() & ~account.isin(list(named)))
    return flagged(
        given,
        "power.orphan",
        role,
        where,
        severity="warning",
        message_key="checking.power.orphan",
        remedy_key="checking.remedy.account",
        not_checked=account.isna(),
        why_key="checking.why.empty",
        field="account_no",
        found=account.iloc[where].to_list(),
    )


def without(given: Given, role: str) -> Problems:
    """Wells in use with readings of energy, but without an account."""
    wells, readings = given.frame(role), given.frame("readings")
    metered = readings[(readings["energy_kwh"] > 0).to_numpy(dtype=bool)]
    energy = metered.groupby("well_id")["energy_kwh"].sum()
    known = set(metered["well_id"][metered["account_no"].notna()])
    known |= set(_links(given)["well"]) | set(wells["well_id"][wells["account_no"].notna()])
    in_use = wells["status"].isin(IN_USE).to_numpy()
    asked = in_use & wells["well_id"].isin(list(energy.index)).to_numpy()
    where = np.flatnonzero(asked & ~wells["well_id"].isin(list(known)).to_numpy())
    return flagged(
        given,
        "power.no_account",
        role,
        where,
        severity="warning",
        message_key="checking.power.no_account",
        remedy_key="checking.remedy.account",
        field="account_no",
        values={"energy": wells["well_id"].iloc[where].map(energy).to_list()},
    )


def shared(given: Given, role: str) -> Problems:
    """Wells whose account serves other wells too, without a share of each."""
    wells = given.frame(role)
    own = pd.DataFrame({"account": wells["account_no"], "well": wells["well_id"], "share": np.nan})
    links = pd.concat([_links(given), own], ignore_index=True).dropna(subset=["account", "well"])
    links = links.astype({"share": "float64"}).groupby(["account", "well"], as_index=False)["share"].max()
    links["n"] = links.groupby("account")["well"].transform("size")
    split = links[(links["n"] > 1) & links["share"].isna()]
    others = links[links["account"].isin(split["account"])].groupby("account")["well"].agg(listed)
    split = split.drop_duplicates("well").set_index("well")
    has_account = wells["well_id"].isin(list(links["well"])).to_numpy()
    where = np.flatnonzero(wells["well_id"].isin(list(split.index)))
    rows = split.reindex(wells["well_id"].iloc[where])
    return flagged(
        given,
        "power.shared",
        role,
        where,
        severity="warning",
        message_key="checking.power.shared",
        remedy_key="checking.remedy.shared",
        not_checked=~has_account,
        why_key="checking.why.empty",
        field="account_no",
        found=rows["account"].to_list(),
        other_id=rows["account"].map(others).to_list(),
        values={"n": rows["n"].to_list()},
    )


def _links(given: Given) -> pd.DataFrame:
    columns = {"account_no": "account", "well_id": "well", "share_ratio": "share"}
    if not given.has("account_wells"):
        return pd.DataFrame(columns=list(columns.values()))
    return given.frame("account_wells")[list(columns)].rename(columns=columns)
