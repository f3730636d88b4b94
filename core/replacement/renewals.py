"""Who renews: drilled wells, proposed wells, applications and reserved pairs, each renewal once.

An application, the well it became and the pairs of the same approval are one renewal. ``pairs.renewal_id`` holds the
application's id until ``result_well_id`` is filled, then the well's.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
import pandas as pd

from ..register import Register
from ..register.facts import permit_history
from .settings import ReplacementSettings

DEAD_DECISIONS = ("refused", "withdrawn")
RENEWAL_COLUMNS = (
    "renewal_id",
    "subject_role",
    "subject",
    "well",
    "application",
    "pool",
    "zone",
    "stage",
    "reason",
    "counts",
    "undated",
    "day",
    "applied_on",
    "permit_m3",
    "doubt",
    "clash",
)


class Groups:
    """Disjoint sets of names that mean the same renewal."""

    def __init__(self) -> None:
        self._parent: dict[Hashable, Hashable] = {}

    def find(self, name: Hashable) -> Hashable:
        """The representative of the set that holds ``name``."""
        trail = []
        while self._parent.setdefault(name, name) != name:
            trail.append(name)
            name = self._parent[name]
        for passed in trail:
            self._parent[passed] = name
        return name

    def join(self, one: Hashable, other: Hashable) -> None:
        """Say that two names mean the same renewal."""
        first, second = sorted((self.find(one), self.find(other)), key=repr)
        self._parent[second] = first


def application_facts(
    register: Register, place: pd.DataFrame, zones: pd.Series, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Renewal applications as of a day.

    Args:
        place: placement of the applications; ``zones``: over-extraction zone of each, or None.

    Returns:
        One row per renewal application filed on or before ``as_of``, with ``stage``: approved, pending or dead
        (refused or withdrawn). A decision of a later day is not known yet.
    """
    applications = register["applications"]
    renewal = (applications["kind"] == "renewal").to_numpy()
    filed = applications["applied_on"].isna() | (applications["applied_on"] <= as_of)
    rows = applications[renewal & filed.to_numpy()].copy()
    later = rows["decided_on"] > as_of
    dead = rows["decision"].isin(DEAD_DECISIONS) & ~later
    was_approved = rows["decision"].isin(DEAD_DECISIONS) & later & rows["approval_no"].notna()
    approved = ((rows["decision"] == "approved") & ~later) | was_approved
    rows["stage"] = np.select([dead, approved], ["dead", "approved"], default="pending")
    rows["county"] = place["county_id"].reindex(rows.index)
    rows["placed"] = place["placed"].reindex(rows.index).fillna(False).astype(bool)
    rows["doubt"] = place["doubt"].reindex(rows.index).fillna(False).astype(bool)
    rows["zone"] = zones.reindex(rows.index)
    return rows


def identify(
    facts: pd.DataFrame, applications: pd.DataFrame, pairs: pd.DataFrame
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Which names mean the same renewal.

    Returns:
        The group of each renewal well (index of ``facts``), of each application and of each pair.
    """
    groups = Groups()
    application_ids = set(applications["application_id"].dropna())
    wells = facts[facts["renewal"]]
    well_ids = set(wells["well_id"].dropna())
    for row in applications.itertuples():
        own = ("application", row.application_id or f"row {row.Index}")
        groups.find(own)
        for linked in (row.result_well_id, row.well_id):
            if linked in well_ids:
                groups.join(own, ("well", linked))
        if row.approval_no:
            groups.join(own, ("approval", row.approval_no))
    pair_names = []
    for row in pairs.itertuples():
        own = _pair_name(row, well_ids, application_ids)
        pair_names.append(own)
        if row.approval_no:
            groups.join(own, ("approval", row.approval_no))
    of_wells = pd.Series(
        [groups.find(("well", name)) for name in wells["well_id"]], index=wells.index, dtype=object
    )
    of_applications = pd.Series(
        [
            groups.find(("application", row.application_id or f"row {row.Index}"))
            for row in applications.itertuples()
        ],
        index=applications.index,
        dtype=object,
    )
    of_pairs = pd.Series([groups.find(name) for name in pair_names], index=pairs.index, dtype=object)
    return of_wells, of_applications, of_pairs


def _pair_name(row, well_ids: set, application_ids: set) -> tuple[str, str]:
    if row.renewal_id in well_ids:
        return ("well", row.renewal_id)
    if row.renewal_id in application_ids:
        return ("application", row.renewal_id)
    return ("unknown", row.renewal_id)


def renewals(
    register: Register,
    facts: pd.DataFrame,
    debits: pd.DataFrame,
    applications: pd.DataFrame,
    pairs: pd.DataFrame,
    settings: ReplacementSettings,
) -> tuple[pd.DataFrame, pd.Series]:
    """Every renewal once, with its stage.

    ``stage``: ``renewed`` (a well that counts as debit), ``reserved`` (approved, eligible, not yet drilled),
    ``pending`` (applied for or proposed, not approved), ``dead`` (refused, withdrawn), ``excluded`` (does not count,
    ``reason`` says why). A reserved pair whose renewal stands neither among the wells nor the applications counts
    as reserved when it has an approval number: an approval given must not vanish because its paper is missing.

    Returns:
        Columns ``RENEWAL_COLUMNS``, one row per renewal, and for each pair the row of its renewal.
    """
    of_wells, of_applications, of_pairs = identify(facts, applications, pairs)
    permitted = facts["has_permit"] | facts.index.isin(_granted(register))
    approvals = set(of_pairs[(pairs["approval_no"].notna() & pairs["live"]).to_numpy()])
    rows: dict[Hashable, dict] = {}
    for place, group in of_wells.items():
        row = _of_well(facts.loc[place], debits.loc[place])
        if row["stage"] == "pending" and (group in approvals or permitted[place]):
            row["stage"] = "reserved"
        if row["reason"] == "after_as_of" and group in approvals:
            row["stage"], row["reason"] = "reserved", ""
        if group in rows:  # one approval over several wells: each well is a renewal of its own
            own = ("well", facts.at[place, "well_id"], place)
            named = (pairs["renewal_id"] == facts.at[place, "well_id"]).to_numpy()
            of_pairs = pd.Series(
                [own if here else old for here, old in zip(named, of_pairs, strict=True)],
                index=of_pairs.index,
                dtype=object,
            )
            group = own
        rows[group] = row
    for place, group in of_applications.items():
        rows[group] = _stronger(rows.get(group), _of_application(applications.loc[place], settings))
    for place, group in of_pairs.items():
        if group not in rows:
            rows[group] = _of_pair(pairs.loc[place])
    frame = pd.DataFrame(list(rows.values()), columns=list(RENEWAL_COLUMNS))
    number = {group: place for place, group in enumerate(rows)}
    of_pairs = pd.Series([number[group] for group in of_pairs], index=of_pairs.index, dtype="int64")
    application_names = set(applications["application_id"].dropna())
    frame["clash"] = [
        row.well is not None and row.renewal_id in application_names and row.application is None
        for row in frame.itertuples()
    ]
    frame["day"] = pd.to_datetime(frame["day"])
    return frame, of_pairs


def _granted(register: Register) -> Iterable[int]:
    history = permit_history(register)
    return history.loc[history["kind"] == "permitted", "row"]


def _of_well(fact: pd.Series, debit: pd.Series) -> dict:
    if debit["counts"]:
        stage = "renewed"
    elif debit["reason"] == "proposed":
        stage = "pending" if fact["zone_now"] is not None else "excluded"
    else:
        stage = "excluded"
    outside = debit["reason"] == "proposed" and stage == "excluded"
    return {
        "renewal_id": fact["well_id"] or fact["subject"],
        "subject_role": "wells",
        "subject": fact["subject"],
        "well": fact.name,
        "application": None,
        "pool": fact["pool_at_start"],
        "zone": fact["zone_at_start"] if fact["zone_at_start"] is not None else fact["zone_now"],
        "stage": stage,
        "reason": "outside_zone" if outside else ("" if stage == "pending" else debit["reason"]),
        "counts": stage == "renewed",
        "undated": bool(debit["undated"]),
        "day": fact["commissioned_on"],
        "applied_on": pd.NaT,
        "permit_m3": fact["permit_m3"],
        "doubt": fact["doubt"],
        "clash": False,
    }


def _of_application(row: pd.Series, settings: ReplacementSettings) -> dict:
    use = row["use"]
    asked = not settings.applies_outside_zone
    if row["stage"] == "dead":
        stage, reason = "dead", row["decision"]
    elif asked and not row["placed"]:
        stage, reason = "excluded", "not_placed"
    elif use is not None and use not in settings.credit_uses:
        stage, reason = "excluded", "use"
    elif asked and row["zone"] is None:
        stage, reason = "excluded", "outside_zone"
    else:
        stage, reason = ("reserved" if row["stage"] == "approved" else "pending"), ""
    return {
        "renewal_id": row["application_id"] or row["row_id"],
        "subject_role": "applications",
        "subject": row["row_id"],
        "well": None,
        "application": row.name,
        "pool": row["pool"],
        "zone": row["zone"],
        "stage": stage,
        "reason": reason,
        "counts": False,
        "undated": False,
        "day": pd.NaT,
        "applied_on": row["applied_on"],
        "permit_m3": row["permit_m3"],
        "doubt": row["doubt"],
        "clash": False,
    }


def _of_pair(pair: pd.Series) -> dict:
    approved = pair["approval_no"] is not None and pair["live"]
    return {
        "renewal_id": pair["renewal_id"],
        "subject_role": "pairs",
        "subject": pair["renewal_id"],
        "well": None,
        "application": None,
        "pool": pair["retired_pool"],
        "zone": None,
        "stage": "reserved" if approved else "pending",
        "reason": "unknown_renewal",
        "counts": False,
        "undated": False,
        "day": pd.NaT,
        "applied_on": pd.NaT,
        "permit_m3": np.nan,
        "doubt": False,
        "clash": False,
    }


_RANK = {"renewed": 0, "reserved": 1, "pending": 2, "excluded": 3, "dead": 4}


def _stronger(one: dict | None, other: dict) -> dict:
    """Two records of one renewal: the well that was drilled, else what an authority decided, names it.

    An application that was withdrawn or refused takes its undrilled well with it; a drilled well stays renewed.
    """
    if one is None:
        return other
    well, application = (one, other) if one["well"] is not None else (other, one)
    both = dict(well)
    both["application"] = application["application"]
    both["applied_on"] = application["applied_on"]
    if well["well"] is None or application["application"] is None:
        better = min(one, other, key=lambda row: _RANK[row["stage"]])
        return better
    if well["stage"] in ("pending", "reserved") or well["reason"] == "after_as_of":
        both["stage"], both["reason"] = application["stage"], application["reason"]
        if application["stage"] == "pending" and well["stage"] == "reserved":
            both["stage"] = "reserved"
    if both["permit_m3"] != both["permit_m3"]:
        both["permit_m3"] = application["permit_m3"]
    return both
