"""Totals of a comparison that come out at zero: before + entered − left + changed = after.

A member of a group is a finding, or a well or area with a finding, counted once per group. A member is *entered* where
it is in the group after and was not before, *left* the other way round, and *changed* where it was and is in the
group (its quantity may have grown or shrunk) or where one of its findings moved from one group to another: a fail
that became a review leaves ``fail`` and comes into ``review`` as a change, not as something new.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .sides import MICRO, QUANTITY, micro

TOTAL_COLUMNS = (
    "grouped_by",
    "group_id",
    "quantity",
    "before",
    "entered",
    "left",
    "changed",
    "after",
    "residual",
)
GROUPINGS = ("all", "rule", "outcome", "unit", "well", "area")
_TERMS = ["before", "entered", "left", "changed", "after"]


def totals(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The balance of two findings tables (as ``findings_of`` gives them).

    Returns:
        Columns ``TOTAL_COLUMNS``; ``grouped_by`` of ``GROUPINGS``; ``quantity`` one of ``n_findings``, ``n_wells``,
        ``permit_m3`` (of distinct wells), ``n_areas``, ``area_mu`` (of distinct areas). ``residual`` is computed
        from sums drawn up on each side by itself, in whole millionths, and is exactly 0.
    """
    stays_before = before["finding_id"].isin(after["finding_id"]).to_numpy()
    stays_after = after["finding_id"].isin(before["finding_id"]).to_numpy()
    parts = []
    for grouping in GROUPINGS:
        sides = []
        for frame, stays in ((before, stays_before), (after, stays_after)):
            group, asked = _groups(frame, grouping)
            sides.append(frame.assign(group_id=group, stays=stays)[asked])
        parts.append(_balance(*_members(sides, None, None), grouping, "n_findings"))
        for role, count in (("wells", "n_wells"), ("irrigation", "n_areas")):
            if grouping in ("well", "area") and not _same_role(grouping, role):
                continue
            quantity = QUANTITY[role]
            parts.append(_balance(*_members(sides, role, None), grouping, count))
            parts.append(_balance(*_members(sides, role, quantity), grouping, quantity))
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def register_totals(before: pd.DataFrame, after: pd.DataFrame, role: str) -> pd.DataFrame:
    """The balance of a role of the register itself: how many wells (areas) and m³ (亩), by ``row_id``."""
    quantity = QUANTITY[role]
    count = "n_wells" if role == "wells" else "n_areas"
    parts = []
    for name in (count, quantity):
        sides = []
        for frame in (before, after):
            value = micro(frame[quantity]) if name == quantity else pd.Series(MICRO, index=frame.index)
            member = frame.index.astype(str)
            sides.append(pd.DataFrame({"group_id": role, "member": member, "value": value, "stays": False}))
        parts.append(_balance(sides[0], sides[1], "register", name))
    return pd.concat(parts, ignore_index=True)


def _same_role(grouping: str, role: str) -> bool:
    return (grouping == "well") == (role == "wells")


def _groups(frame: pd.DataFrame, grouping: str) -> tuple[pd.Series, np.ndarray]:
    """The group of each finding, and which findings the grouping is about."""
    every = np.ones(len(frame), dtype=bool)
    if grouping == "all":
        return pd.Series("", index=frame.index, dtype=object), every
    if grouping in ("well", "area"):
        role = "wells" if grouping == "well" else "irrigation"
        return frame["subject_id"], (frame["subject_role"] == role).to_numpy()
    return frame["unit_id" if grouping == "unit" else grouping], every


def _members(
    sides: list[pd.DataFrame], role: str | None, quantity: str | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Distinct members per group with what they amount to (``value``) and whether a finding of theirs ``stays``."""
    result = []
    for frame in sides:
        chosen = frame if role is None else frame[frame["subject_role"] == role]
        table = pd.DataFrame(
            {
                "group_id": chosen["group_id"],
                "member": chosen["finding_id"] if role is None else chosen["subject_id"],
                "value": MICRO if quantity is None else micro(chosen[quantity]),
                "stays": chosen["stays"],
            }
        )
        grouped = table.groupby(["group_id", "member"], sort=False, as_index=False)
        result.append(grouped.agg({"value": "first", "stays": "max"}))
    return result[0], result[1]


def _balance(before: pd.DataFrame, after: pd.DataFrame, grouping: str, quantity: str) -> pd.DataFrame:
    joined = before.merge(after, on=["group_id", "member"], how="outer", suffixes=("_before", "_after"))
    was, now = joined["value_before"].notna(), joined["value_after"].notna()
    value = {
        side: joined[f"value_{side}"].astype("Int64").fillna(0).astype("int64")
        for side in ("before", "after")
    }
    moved = joined[["stays_before", "stays_after"]].eq(True).any(axis=1) | (was & now)
    terms = pd.DataFrame(
        {
            "group_id": joined["group_id"],
            "entered": value["after"].where(now & ~was & ~moved, 0),
            "left": value["before"].where(was & ~now & ~moved, 0),
            "changed": (value["after"] - value["before"]).where(moved, 0),
        }
    )
    table = terms.groupby("group_id")[["entered", "left", "changed"]].sum()
    for side, frame in (("before", before), ("after", after)):
        table[side] = frame.groupby("group_id")["value"].sum().reindex(table.index).fillna(0).astype("int64")
    residual = table["before"] + table["entered"] - table["left"] + table["changed"] - table["after"]
    result = (table[_TERMS] / MICRO).reset_index()
    result["residual"] = (residual / MICRO).to_numpy()
    result["grouped_by"], result["quantity"] = grouping, quantity
    return result[list(TOTAL_COLUMNS)]
