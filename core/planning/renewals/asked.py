"""The renewals that a plan is asked to serve, and why some cannot be planned for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...replacement import Book
from ...replacement.wells import UNASSIGNED

PARTS = 1000
"""Priorities count in whole thousandths."""
LARGEST_PRIORITY = 1e6
_UNDECIDED = ("not_placed", "no_zones", "outside_zone", "use")
"""Why a renewal that nobody decided on is excluded from the ledger."""

COLUMNS = ("renewal_id", "group", "pool", "weight", "needed", "replaced", "reason", "lon", "lat")
"""``group``: row in the book's renewals; ``weight``: priority in thousandths; ``replaced``: row of the well that it
says it replaces, −1 for none; ``reason``: why it is not planned for, empty for those that are."""


def renewals_asked(
    book: Book, well_xy: np.ndarray, filed_xy: np.ndarray, priority: pd.Series, decided: bool = False
) -> pd.DataFrame:
    """Renewals proposed or applied for on which nobody has decided; columns ``COLUMNS``, by ``renewal_id``.

    Args:
        decided: those that are approved or drilled as well.
        well_xy, filed_xy: longitude and latitude of the wells and the applications; NaN without a place.
        priority: of each renewal of the book, NaN where none is recorded, which counts 1.
    """
    who = book.renewals
    wanted = _undecided(book)
    if decided:
        wanted |= who["stage"].isin(["reserved", "renewed"])
    rows = who[wanted.to_numpy()]
    pledges = _pledges(book, rows.index)
    frame = pd.DataFrame({"renewal_id": rows["renewal_id"], "group": rows.index, "pool": rows["pool"]})
    given = priority.reindex(rows.index).astype("float64").fillna(1.0)
    frame["weight"] = np.rint(given.clip(0, LARGEST_PRIORITY) * PARTS).astype("int64")
    frame["needed"] = book.settings.k - pledges["n_good"]
    frame["replaced"] = pledges["replaced"]
    place = np.full((len(rows), 2), np.nan)
    for name, xy in (
        ("application", filed_xy),
        ("well", well_xy),
    ):  # where there is a well, that is the place
        there = rows[name].notna().to_numpy()
        place[there] = xy[rows.loc[there, name].astype("int64")]
    frame["lon"], frame["lat"] = place.T
    tests = {
        "": rows["reason"].isin(_UNDECIDED),
        "repeated_id": frame["renewal_id"].duplicated(keep=False),
        "not_placed": ~np.isfinite(place).all(axis=1) | (frame["pool"] == UNASSIGNED),
        "denied_pledge": pledges["n_denied"] > 0,
        "paired": frame["needed"] <= 0,
        "several_named": pledges["n_named"] > 1,
        "priority": (frame["weight"] < 1) | (given > LARGEST_PRIORITY),
    }
    reason = np.select([np.asarray(test, dtype=bool) for test in tests.values()], list(tests), default="")
    frame["reason"] = np.where(rows["reason"].isin(_UNDECIDED), rows["reason"], reason).astype(object)
    return frame.sort_values(["renewal_id", "group"], kind="stable", ignore_index=True)


def _undecided(book: Book) -> pd.Series:
    """Pending renewals, and those that would be pending if their place and use allowed it."""
    who, filed = book.renewals, book.applications
    well, application = who["well"], who["application"]
    proposed = well.map(book.facts["proposed"]).astype("boolean").fillna(False).astype(bool)
    waiting = application.map(filed["stage"] == "pending").astype("boolean").fillna(False).astype(bool)
    excluded = (who["stage"] == "excluded") & who["reason"].isin(_UNDECIDED)
    open_well = well.isna() | proposed
    open_paper = application.isna() | waiting
    known = well.notna() | application.notna()
    return ((who["stage"] == "pending") & known) | (excluded & open_well & open_paper & known)


def _pledges(book: Book, groups: pd.Index) -> pd.DataFrame:
    """Per renewal: wells pledged to it that stand, pledges that are denied, wells that it names without a pledge."""
    live = book.pairs[book.pairs["live"].to_numpy()]
    by_row = live["subject"].notna()
    denied = by_row & (live["permission"] == "deny")
    good = live[by_row & ~denied & (live["retired"] >= 0)]
    named = live[~by_row & (live["retired"] >= 0)]
    frame = pd.DataFrame(index=groups)
    frame["n_good"] = _per_group(good, groups)
    frame["n_denied"] = denied.groupby(live["group"]).sum().reindex(groups).fillna(0).astype("int64")
    frame["n_named"] = _per_group(named, groups)
    frame["replaced"] = named.groupby("group")["retired"].min().reindex(groups).fillna(-1).astype("int64")
    return frame


def _per_group(pairs: pd.DataFrame, groups: pd.Index) -> pd.Series:
    return pairs.groupby("group")["retired"].nunique().reindex(groups).fillna(0).astype("int64")
