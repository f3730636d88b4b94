"""Wells counted through time: in use on a day, closed in a year, built in a year, and used after they were closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...overlay.zones import Zones
from ...register.readings import UNREAD_MONTH, told_readings
from .applied import TAKES_NO_WATER
from .wells_now import IN_USE

if TYPE_CHECKING:
    from ..scene import Scene


def in_use_on(scene: Scene, day: pd.Timestamp) -> tuple[np.ndarray, np.ndarray]:
    """Which wells were in use (active or standby) on a day, and of which nobody can say (bool each, disjoint).

    The state on a day is that of the last dated fact up to it; before any, a well is taken to be in use once it was
    there. It was there if it was built or commissioned, or anything happened to it, by then; not if it was built or
    commissioned later; otherwise nobody knows. A closed state without a day leaves every day open, but for today.
    """
    history, size = scene.history, len(scene.frame("wells"))
    wells = np.arange(size)
    dated = history[history["day"].notna()]
    before = dated[dated["day"] <= day]
    changes = before[before["state"] != ""].drop_duplicates("row", keep="last").set_index("row")["state"]
    state = changes.reindex(wells)
    was_there = np.isin(wells, before["row"])
    later = dated[(dated["day"] > day) & dated["kind"].isin(["built", "commissioned"])]["row"]
    not_yet = np.isin(wells, later) & ~was_there
    running = state.isin(IN_USE).to_numpy() | state.isna().to_numpy()
    undated = np.isin(wells, history[history["day"].isna() & (history["state"] != "")]["row"])
    today = day >= pd.Timestamp(scene.as_of)
    now = scene.wells_now
    if today:
        certain = now["in_use"].to_numpy(dtype=bool) & ~not_yet
        return certain, now["status"].isna().to_numpy(dtype=bool) & ~not_yet
    gone = state.notna().to_numpy() & ~running
    proposed = (now["status"] == "proposed").to_numpy(dtype=bool) & ~was_there
    perhaps = ~gone & ~not_yet & ~proposed & (~was_there | (undated & state.isna().to_numpy()))
    return running & was_there & ~perhaps, perhaps


def zone_wells(scene: Scene, control: Iterable[str], baseline: pd.Timestamp) -> pd.DataFrame:
    """Wells in use in each zone of some controls, as it is drawn now, on the day of a baseline and today.

    Active and standby wells, but for monitoring wells. A well of which nobody can say counts in the upper bound alone.

    Returns:
        Aligned with the zones: ``zone`` (id), ``alive`` (in force and of such a control: bool), ``then_low``
        ``then_high`` ``now_low`` ``now_high`` (wells in all parts of the zone together).
    """
    zones, wells = scene.frame("zones"), scene.frame("wells")
    layer = Zones(zones)
    alive = layer.editions.on(scene.today) & zones["control"].isin(list(control)).to_numpy(dtype=bool)
    counted = scene.subjects("wells").in_scope & ~wells["use"].isin(TAKES_NO_WATER).to_numpy(dtype=bool)
    hits = scene.placement.zone_hits
    hits = hits[alive[hits["zone"].to_numpy()] & counted[hits["point"].to_numpy()]]
    pairs = pd.DataFrame({"zone": layer.ids[hits["zone"].to_numpy()], "well": hits["point"].to_numpy()})
    pairs = pairs.drop_duplicates()
    table = pd.DataFrame({"zone": layer.ids, "alive": alive})
    for name, day in (("then", baseline), ("now", pd.Timestamp(scene.as_of))):
        certain, possible = in_use_on(scene, day)
        for bound, mask in (("low", certain), ("high", certain | possible)):
            tally = pairs[mask[pairs["well"].to_numpy()]].groupby("zone").size()
            table[f"{name}_{bound}"] = tally.reindex(layer.ids).fillna(0).to_numpy(dtype="float64")
    return table


def yearly_closings(
    scene: Scene, counties: Sequence[str], years: Sequence[int], uses: Iterable[str]
) -> pd.DataFrame:
    """Wells of some uses closed in over-extraction zones, per county and year.

    Returns:
        ``unit_id`` ``year`` ``closed``, ``undated`` (closed ones whose day or place is not known; the same in each
        year), ``left`` (in use in an over-extraction zone now).
    """
    wells, now = scene.frame("wells"), scene.wells_now
    asked = scene.subjects("wells").in_scope & wells["use"].isin(list(uses)).to_numpy(dtype=bool)
    county = np.asarray(scene.unit_at("wells", "county"), dtype=object)
    day = pd.to_datetime(now["closed_on"])
    inside = scene.placement.zone_state(day)["zone_severity"].notna().to_numpy()
    placed = scene.placement.frame["placed"].to_numpy(dtype=bool)
    closed = asked & now["closed"].to_numpy(dtype=bool)
    counted = closed & inside & day.notna().to_numpy()
    unsure = closed & ~counted & ((inside & day.isna().to_numpy()) | ~placed)
    left = (
        asked & now["in_use"].to_numpy(dtype=bool) & scene.zone_class["over_extraction"].to_numpy(dtype=bool)
    )
    index = pd.MultiIndex.from_product([list(counties), list(years)], names=["unit_id", "year"])
    frame = pd.DataFrame({"unit_id": county, "year": day.dt.year.fillna(0).astype("int64")})
    table = index.to_frame(index=False)
    by_year = frame[counted].groupby(["unit_id", "year"]).size()
    table["closed"] = by_year.reindex(index).fillna(0).to_numpy(dtype="float64")
    for name, mask in (("undated", unsure), ("left", left)):
        table[name] = (
            table["unit_id"].map(frame[mask].groupby("unit_id").size()).fillna(0).to_numpy(dtype="float64")
        )
    return table


def use_after_closing(scene: Scene) -> pd.DataFrame:
    """Water and power of each closed well after its closing day.

    Returns:
        One row per well: ``volume_m3`` and ``energy_kwh`` of the readings that began after the closing (NaN: none),
        and ``case``: ``used``, ``quiet``, ``undated`` (above zero once, but nobody knows when the well was closed),
        ``no_reading`` (none since the closing; that of the month or year of the closing tells nothing), ``too_early``
        (no month has begun since the closing).
    """
    size, now = len(scene.frame("wells")), scene.wells_now
    closed_on = pd.to_datetime(now["closed_on"])
    table = _readings(scene)
    day = closed_on.to_numpy()[table["well"].to_numpy()]
    begun = (table["start"] <= pd.Timestamp(scene.as_of)).to_numpy()
    after = table[(table["start"] > day).to_numpy() & begun]
    wells = pd.RangeIndex(size)
    sums = after.groupby("well")[["volume_m3", "energy_kwh"]].sum(min_count=1).reindex(wells)
    used = (sums.fillna(0) > 0).any(axis=1).to_numpy()
    ever = np.isin(wells, table.loc[_positive(table), "well"])
    undated = closed_on.isna().to_numpy()
    next_month = (closed_on.dt.to_period("M") + 1).dt.to_timestamp()
    early = (next_month > pd.Timestamp(scene.as_of)).to_numpy() & ~undated
    case = np.select(
        [undated & ever, undated, used, early, sums.isna().all(axis=1).to_numpy()],
        ["undated", "no_reading", "used", "too_early", "no_reading"],
        default="quiet",
    ).astype(object)
    return sums.assign(case=case)


def self_supply_years(scene: Scene, counties: Sequence[str], years: Sequence[int]) -> pd.DataFrame:
    """Self-supply wells by county and year of building.

    Returns:
        ``unit_id`` ``year`` ``n_new`` ``n_unsaid`` (built in the year, and nobody says whether self-supply)
        ``permit_m3`` (of the new ones) ``n_undated`` (of either, day of building not known; the same in each year).
    """
    wells, now = scene.frame("wells"), scene.wells_now
    kept = scene.subjects("wells").in_scope & ~(now["status"] == "proposed").to_numpy(dtype=bool)
    own = (wells["self_supply"] == True).fillna(False).to_numpy(dtype=bool) & kept  # noqa: E712 (nullable)
    unsaid = wells["self_supply"].isna().to_numpy(dtype=bool) & kept
    built = wells["built_on"].where(wells["built_on"].notna(), wells["commissioned_on"])
    dated = built.notna().to_numpy()
    frame = pd.DataFrame(
        {
            "unit_id": np.asarray(scene.unit_at("wells", "county"), dtype=object),
            "year": built.dt.year.fillna(0).astype("int64"),
            "n_new": (own & dated).astype("int64"),
            "n_unsaid": (unsaid & dated).astype("int64"),
            "n_undated": ((own | unsaid) & ~dated).astype("int64"),
            "permit_m3": np.where(own & dated, now["permit_m3"].to_numpy(dtype="float64"), 0.0),
        }
    )
    index = pd.MultiIndex.from_product([list(counties), list(years)], names=["unit_id", "year"])
    sums = (
        frame.groupby(["unit_id", "year"])[["n_new", "n_unsaid", "permit_m3"]].sum().reindex(index).fillna(0)
    )
    table = sums.astype({"n_new": "int64", "n_unsaid": "int64"}).reset_index()
    undated = frame.groupby("unit_id")["n_undated"].sum()
    table["n_undated"] = table["unit_id"].map(undated).fillna(0).astype("int64")
    return table


def _readings(scene: Scene) -> pd.DataFrame:
    """Readings of known wells with the first day of the time that they cover: ``well`` ``start`` and amounts, NaN
    where a figure cannot be used."""
    frame = scene.frame("readings")
    told = told_readings(frame, scene.register, scene.as_of)
    year, month = told["year"].to_numpy(), told["month"].to_numpy()
    well = np.asarray(scene.rows_of("wells", frame["well_id"]), dtype=np.int64)
    sane = (well >= 0) & (year >= 1800) & (year <= 2200) & (month != UNREAD_MONTH)
    first = (year[sane].astype("int64") - 1970) * 12 + np.maximum(month[sane].astype("int64"), 1) - 1
    return pd.DataFrame(
        {
            "well": well[sane],
            "start": first.astype("datetime64[M]").astype("datetime64[ns]"),
            "volume_m3": told["volume_m3"].to_numpy()[sane],
            "energy_kwh": told["energy_kwh"].to_numpy()[sane],
        }
    )


def _positive(readings: pd.DataFrame) -> np.ndarray:
    return ((readings["volume_m3"] > 0) | (readings["energy_kwh"] > 0)).to_numpy()
