"""Electricity accounts and the wells that they feed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..register import Register

SHARE_TOLERANCE = 1e-6
"""How far the shares of one account may be from 1 in sum."""


def rows_of(ids: pd.Series, wanted: pd.Series) -> np.ndarray:
    """Position of each wanted id among the ids (the first of repeated ones); -1 where it is empty or unknown."""
    first = ids.notna().to_numpy() & ~ids.duplicated().to_numpy()
    known = pd.Index(ids[first].to_numpy(dtype=object))
    place = np.flatnonzero(first)
    hit = known.get_indexer(wanted.to_numpy(dtype=object))
    return np.where(hit >= 0, place[hit] if len(place) else -1, -1)


def account_links(register: Register) -> pd.DataFrame:
    """Which account feeds which well.

    Returns:
        ``account_no``, ``well`` (row in ``register["wells"]``, -1: no such well), ``share_ratio`` (NaN: not
        supplied). ``account_wells`` first, then ``wells.account_no`` where it says something new. Each pair once; a
        pair with two different shares has none.
    """
    wells = register["wells"]
    own = wells["account_no"]
    parts = [
        pd.DataFrame(
            {
                "account_no": own[own.notna()].to_numpy(dtype=object),
                "well": np.flatnonzero(own.notna()),
                "share_ratio": np.nan,
            }
        )
    ]
    table = register.get("account_wells")
    if table is not None and len(table):
        rows = rows_of(wells["well_id"], table["well_id"])
        told = pd.DataFrame(
            {
                "account_no": table["account_no"].to_numpy(dtype=object),
                "well": rows,
                "share_ratio": table["share_ratio"].to_numpy(dtype="float64"),
            }
        )
        parts.append(told[told["account_no"].notna()])
    links = pd.concat(parts, ignore_index=True)
    shares = links.groupby(["account_no", "well"], sort=True)["share_ratio"].agg(["min", "max"]).reset_index()
    agree = shares["min"] == shares["max"]
    links = shares[["account_no", "well"]].assign(share_ratio=shares["min"].where(agree))
    return links.astype({"account_no": object, "well": "int64", "share_ratio": "float64"})


def shared_accounts(links: pd.DataFrame) -> pd.DataFrame:
    """Accounts that feed several known wells.

    Returns:
        Indexed by ``account_no``: ``n_wells``, ``share_sum``, ``divisible`` (every well has a share, none is
        negative, and they sum to 1).
    """
    known = links[links["well"] >= 0]
    share = known["share_ratio"]
    facts = known.assign(usable=share.notna() & (share >= 0)).groupby("account_no", sort=True)
    table = facts.agg(n_wells=("well", "size"), share_sum=("share_ratio", "sum"), divisible=("usable", "all"))
    table["divisible"] &= (table["share_sum"] - 1).abs() <= SHARE_TOLERANCE
    return table[table["n_wells"] > 1]
