"""What the register says of each irrigation area, and where what it says does not hold together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..register import ROW_ID, Register
from ..register.facts import LAND_KINDS, land_history
from .shares import LandShares, in_order

_WHOLE = 1e-9
"""An event may exceed its area by this share: rounding of the same figure, not a contradiction."""


@dataclass(frozen=True)
class LandFacts:
    """Facts of the areas in force on a day.

    Attributes:
        areas: the canonical rows, in register order, under a RangeIndex.
        facts: ``row`` (of ``areas``), ``kind``, ``day``, ``share``, ``snapshot``: what :func:`land_shares` takes.
        flags: bool columns aligned with ``areas``: ``has_facts``; ``undated`` (retired, or retired and restored, on an
            unknown day); ``no_cycle`` (in use again, retired by the snapshot, without a restoration);
            ``unclear`` (events may speak of it that cannot be attached to it or read); ``partial`` (an event of more
            than the area, or of nothing).
        registered_mu: the registered area, NaN where there is none.
    """

    areas: pd.DataFrame
    facts: pd.DataFrame
    flags: pd.DataFrame
    registered_mu: np.ndarray

    @property
    def ids(self) -> np.ndarray:
        """One name per area: its id, unique also where that is missing or repeated."""
        return self.areas[ROW_ID].to_numpy(dtype=object)


def land_facts(
    register: Register, rows: np.ndarray, geometry_mu: np.ndarray, as_of: pd.Timestamp
) -> LandFacts:
    """Facts of some rows of ``irrigation``; what contradicts itself earns nothing.

    The share of an event is ``area_mu`` ÷ the area's own ``area_mu`` (empty: its geometry), clipped to 0 … 1; an event
    without an area is about the whole.

    Args:
        rows: positions of the areas that are in force.
        geometry_mu: area of each of them by its polygon; NaN without one.
        as_of: a snapshot that plans a retirement after this day contradicts nothing.
    """
    areas = register["irrigation"].iloc[rows].reset_index(drop=True)
    facts = land_history(Register({**register.tables, "irrigation": areas}))
    registered = _area(areas["area_mu"])
    flags = pd.DataFrame(index=areas.index)
    flags["unclear"] = _unclear(register, areas) & _any(facts["row"], len(areas))
    flags["no_cycle"] = False
    contradicting = _without_restoration(areas, facts)
    flags["no_cycle"] = contradicting & (areas["retired_on"] <= as_of).to_numpy() & ~flags["unclear"]
    silent = contradicting | flags["unclear"].to_numpy()
    facts = facts[~silent[facts["row"].to_numpy()]].reset_index(drop=True)

    share, out_of_range = _shares(facts, np.where(np.isfinite(registered), registered, geometry_mu))
    facts = facts.assign(share=share)
    flags["partial"] = _any(facts["row"][out_of_range], len(areas))
    flags["undated"] = _undated(facts, len(areas))
    flags["has_facts"] = _any(facts["row"], len(areas)) | silent
    columns = ["row", "kind", "day", "share", "snapshot"]
    return LandFacts(areas=areas, facts=facts[columns], flags=flags, registered_mu=registered)


def status_differs(land: LandFacts, shares: LandShares) -> np.ndarray:
    """Areas whose recorded status is neither what the facts give on the day of judgement nor at the end."""
    status = land.areas["status"].astype(object)
    in_use = status.isin(["irrigated", "fallow"]).to_numpy()
    retired = (status == "retired").to_numpy()
    wholly = np.minimum(shares.on_day, shares.at_end) >= 1.0 - _WHOLE
    not_at_all = np.maximum(shares.on_day, shares.at_end) <= _WHOLE
    with_facts = land.flags["has_facts"] & ~land.flags["no_cycle"] & ~land.flags["unclear"]
    return with_facts.to_numpy() & ((in_use & wholly) | (retired & not_at_all))


def loose_events(register: Register) -> int:
    """How many events might restore land, or withdraw what is said of it, and name no area."""
    events = register.get("events")
    if events is None:
        return 0
    role, kind = events["subject_role"], events["kind"]
    about_land = (role == "irrigation") | (role.isna() & (kind.isna() | kind.isin(LAND_KINDS)))
    harmless = kind == "retired"
    return int((about_land & ~harmless & events["subject_id"].isna()).sum())


def _area(column: pd.Series) -> np.ndarray:
    values = column.to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def _unclear(register: Register, areas: pd.DataFrame) -> np.ndarray:
    """Areas of which events may speak that cannot be attached or read.

    The area has no id of its own; or an event names it without a role or a kind, or withdraws an event without saying
    which.
    """
    if not register.has("events"):
        return np.zeros(len(areas), dtype=bool)
    events = register["events"]
    role, kind = events["subject_role"], events["kind"]
    about_land = role.isna() | (role == "irrigation")
    unreadable = (
        kind.isna() | (role.isna() & kind.isin(LAND_KINDS)) | ((kind == "void") & events["corrects"].isna())
    )
    named = events.loc[(role == "irrigation").to_numpy(), "subject_id"].dropna()
    ids = areas["area_id"]
    without = ids.isna() & bool(about_land.any())
    repeated = ids.duplicated(keep=False) & ids.isin(named)
    unread = ids.isin(events.loc[(about_land & unreadable).to_numpy(), "subject_id"].dropna())
    return (without | (ids.notna() & (repeated | unread))).to_numpy()


def _without_restoration(areas: pd.DataFrame, facts: pd.DataFrame) -> np.ndarray:
    """In use by the snapshot, and yet retired by it, without the day on which it came back: no events tell more."""
    by_events = _any(facts["row"][~facts["snapshot"].to_numpy(dtype=bool)], len(areas))
    in_use = ~areas["status"].isin(["retired", "fallow"]).to_numpy()
    retired = areas["retired_on"].notna() & areas["restored_on"].isna()
    return in_use & retired.to_numpy() & ~by_events


def _shares(facts: pd.DataFrame, own_mu: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    part = facts["area_mu"].to_numpy(dtype="float64", na_value=np.nan)
    own = own_mu[facts["row"].to_numpy()]
    whole = np.isnan(part)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(whole, 1.0, part / own)
    unknown = ~np.isfinite(ratio)
    # a part of an area of unknown size: nothing when retired, all when restored
    ratio = np.where(unknown, np.where(facts["kind"] == "retired", 0.0, 1.0), ratio)
    return np.clip(ratio, 0.0, 1.0), unknown | (ratio <= 0.0) | (ratio > 1.0 + _WHOLE)


def _undated(facts: pd.DataFrame, n_areas: int) -> np.ndarray:
    ordered = in_order(facts)
    first = ~ordered["row"].duplicated()
    doubtful = ordered["day"].isna() | (first & (ordered["kind"] == "restored"))
    return _any(ordered["row"][doubtful.to_numpy()], n_areas)


def _any(rows: pd.Series, n_areas: int) -> np.ndarray:
    found = np.zeros(n_areas, dtype=bool)
    found[rows.to_numpy(dtype="int64")] = True
    return found
