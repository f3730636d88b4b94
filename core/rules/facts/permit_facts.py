"""What the register says of permits: which are in force, for which wells, where, and what they allow."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from ..scene import Scene

GROUNDWATER = ("groundwater", "deep_confined")
ALL_MONTHS = (1 << 12) - 1
_DASH = re.compile(r"\s*[-–—~～至]\s*")
_SPAN = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?")


def in_force(permits: pd.DataFrame, day: pd.Timestamp, today: date | None = None) -> np.ndarray:
    """Whether each permit is in force on a day, as known ``today`` (left out: on that day itself).

    It is unless it was approved later, ended before that day, or was cancelled. A permit without an end stays in
    force; one that is marked expired is over today, and was in force until its end, or on any earlier day where the
    end is not known: a missing day never lets a sum of permits look smaller. A suspended permit keeps its volume.
    """
    state = permits["state"]
    over = (permits["valid_to"] < day) | (state == "cancelled")
    if today is None or day >= pd.Timestamp(today):
        over |= state == "expired"
    return (~over & ~(permits["approved_on"] > day)).to_numpy(dtype=bool)


def permit_links(scene: Scene) -> pd.DataFrame:
    """Which permits stand for which wells: by the number on the well and by the rows of PERMIT_WELLS.

    Returns:
        Distinct pairs ``well``, ``permit`` (row positions), sorted.
    """
    numbers = scene.frame("wells")["permit_no"]
    pairs = [(np.arange(len(numbers)), scene.rows_of("permits", numbers))]
    if scene.has("permit_wells"):
        table = scene.frame("permit_wells")
        pairs.append((scene.rows_of("wells", table["well_id"]), scene.rows_of("permits", table["permit_no"])))
    well, permit = (
        np.concatenate([np.asarray(part[side], dtype="int64") for part in pairs]) for side in (0, 1)
    )
    known = (well >= 0) & (permit >= 0)
    links = pd.DataFrame({"well": well[known], "permit": permit[known]})
    return links.drop_duplicates().sort_values(["well", "permit"]).reset_index(drop=True)


def permit_counties(scene: Scene, links: pd.DataFrame) -> np.ndarray:
    """The county of each permit: the recorded one, else the one county of all its wells; empty where not known.

    A recorded text that names no unit is as good as none.
    """
    permits = scene.frame("permits")
    found = np.asarray(scene.unit_key(permits["county"]), dtype=object)
    counties = pd.Series(np.asarray(scene.unit_at("wells", "county"), dtype=object))[links["well"]]
    of_wells = pd.DataFrame({"permit": links["permit"].to_numpy(), "county": counties.to_numpy()})
    of_wells = of_wells[of_wells["county"] != ""].groupby("permit")["county"].agg(["nunique", "first"])
    single = of_wells.loc[of_wells["nunique"] == 1, "first"].reindex(range(len(permits)))
    empty = ~np.isin(found.astype(str), scene.unit_table["unit_id"].to_numpy(dtype=str))
    return np.where(empty, single.where(single.notna(), "").to_numpy(dtype=object), found)


def groundwater_share(permits: pd.DataFrame, links: pd.DataFrame) -> np.ndarray:
    """1 for a permit of groundwater, 0 for one of another source, NaN where nothing says which.

    A permit without a recorded source that stands for a well is one of groundwater.
    """
    source = permits["source"]
    of_wells = np.isin(np.arange(len(permits)), links["permit"].to_numpy())
    unknown = (source.isna() | (source == "total")).to_numpy(dtype=bool)
    return np.select(
        [source.isin(GROUNDWATER).to_numpy(dtype=bool), ~unknown, of_wells], [1.0, 0.0, 1.0], default=np.nan
    )


def permitted_volume(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """m³ that each well may take in a year (NaN where not known), and whether that is the volume of a whole permit.

    Its own permitted volume, else that of a permit which stands for this well alone.
    """
    links = permit_links(scene)
    alone = links[~links["permit"].duplicated(keep=False)]
    volume = pd.Series(scene.frame("permits")["volume_m3"].to_numpy()[alone["permit"]], index=alone["well"])
    sole = volume.groupby(level=0).sum(min_count=1).reindex(range(len(scene.frame("wells"))))
    own = scene.wells_now["permit_m3"]
    known = own.notna().to_numpy(dtype=bool)
    return np.where(known, own.to_numpy(dtype="float64"), sole.to_numpy(dtype="float64")), ~known


def rights_ended(scene: Scene) -> pd.Series:
    """The day on which the permit of each well ended or was taken back, where it has none in force; NaT: it never had
    one, it has one, or nobody says when. Of a closed well it is taken that its permit ended with it."""
    now, wells = scene.wells_now, scene.frame("wells")
    said = scene.permit_history
    said = said[said["day"].notna() & (said["day"] <= pd.Timestamp(scene.as_of))]
    last = said.drop_duplicates("row", keep="last").set_index("row").reindex(range(len(wells)))
    given_up = last["day"].where(last["kind"].notna(), wells["deregistered_on"].to_numpy())
    day = pd.to_datetime(given_up.where(~now["permitted"], now["permit_to"]))
    held = now["permitted"] | now["permit_no"].notna()
    day = day.where(day.notna() | ~held, now["closed_on"])
    return pd.to_datetime(day).where(~now["permit_valid"])


def water_taken(scene: Scene, since: pd.Series) -> pd.DataFrame:
    """Whether water was taken from each well after a day (NaT: at any time): in the last year that is over or this
    one, and in the last year of readings of a well that is not closed.

    Returns:
        One row per well: ``water`` (a volume above zero), ``power`` (energy above zero, and no such volume), ``dry`` (a
        whole last year, and all there is since, with neither), and the ``year``, ``volume_m3`` and ``energy_kwh`` that
        show it, or else of the last year of readings.
    """
    day, size = scene.as_of, len(scene.frame("wells"))
    over = day.year if (day.month, day.day) == (12, 31) else day.year - 1
    years, months = scene.amounts.well_years, scene.amounts.well_months
    well = years["well"].to_numpy(dtype="int64")
    last = years[years["volume_m3"].notna()].groupby("well")["year"].max().reindex(range(size))
    last = last.where(~scene.wells_now["closed"]).to_numpy(dtype="float64")
    recent = ((years["year"] >= over) | (years["year"] == last[well])).to_numpy(dtype=bool)
    year_of, month_of = since.dt.year.to_numpy(dtype="float64"), since.dt.month.to_numpy(dtype="float64")
    later = ~(years["year"].to_numpy() <= year_of[well])
    of_month = months["well"].to_numpy(dtype="int64")
    same = (months["year"].to_numpy() == year_of[of_month]) & (
        months["month"].to_numpy() > month_of[of_month]
    )
    keys = pd.MultiIndex.from_frame(years[["well", "year"]])
    shown = {}
    for name in ("volume_m3", "energy_kwh"):
        hit = months.loc[same & (months[name] > 0).to_numpy(), ["well", "year"]]
        in_its_year = keys.isin(pd.MultiIndex.from_frame(hit))
        shown[name] = recent & (later | in_its_year) & (years[name] > 0).to_numpy(dtype=bool)
    whole = (years["year"] == over) & years["whole"] & (years["volume_m3"] == 0)
    any_of_late = (years["year"] >= over) & ((years["volume_m3"] > 0) | (years["energy_kwh"] > 0))
    every = np.arange(size)
    water = np.isin(every, well[shown["volume_m3"]])
    power = np.isin(every, well[shown["energy_kwh"]]) & ~water
    proof = np.where(water[well], shown["volume_m3"], np.where(power[well], shown["energy_kwh"], recent))
    rows = years[proof].sort_values(["well", "year"]).drop_duplicates("well", keep="last").set_index("well")
    table = rows[["year", "volume_m3", "energy_kwh"]].reindex(range(size))
    dry = np.isin(every, well[whole.to_numpy(dtype=bool)]) & ~np.isin(
        every, well[any_of_late.to_numpy(dtype=bool)]
    )
    return table.assign(water=water, power=power, dry=dry)


def approval_days(scene: Scene, links: pd.DataFrame) -> pd.Series:
    """The first day on which an abstraction by each well was approved; NaT where no record says one.

    From permits, from events of kind permitted and from approved applications that led to the well.
    """
    found = [
        pd.DataFrame(
            {
                "well": links["well"].to_numpy(),
                "day": scene.frame("permits")["approved_on"].to_numpy()[links["permit"]],
            }
        )
    ]
    events = scene.permit_history
    granted = events[events["kind"] == "permitted"]
    found.append(pd.DataFrame({"well": granted["row"].to_numpy(), "day": granted["day"].to_numpy()}))
    filed = scene.frame("applications")
    filed = filed[(filed["decision"] == "approved").to_numpy(dtype=bool)]
    rows = np.asarray(scene.rows_of("wells", filed["result_well_id"]), dtype="int64")
    found.append(pd.DataFrame({"well": rows, "day": filed["decided_on"].to_numpy()}))
    days = pd.concat([part for part in found if len(part)] or found[:1], ignore_index=True)
    days = days[(days["well"] >= 0) & days["day"].notna()]
    first = pd.to_datetime(days["day"]).groupby(days["well"].to_numpy()).min()
    return first.reindex(range(len(scene.frame("wells"))))


def month_masks(texts: pd.Series) -> np.ndarray:
    """Months as bits (January the lowest), from ``4-9``, ``10-3`` (over the new year), ``4;5;6``; 0: not stated."""
    known = {text: _mask(text) for text in texts.dropna().unique()}
    return texts.map(known).fillna(0).to_numpy(dtype="int64")


def months_of(mask: int) -> list[int]:
    """The months of a mask, 1 to 12."""
    return [month for month in range(1, 13) if int(mask) >> (month - 1) & 1]


def _mask(text: str) -> int:
    mask = 0
    joined = _DASH.sub("-", str(text).replace("月", "").strip())
    for part in re.split(r"[;；,，、\s]+", joined):
        match = _SPAN.fullmatch(part) if part else None
        if part and match is None:
            return 0
        if match is None:
            continue
        first, last = int(match.group(1)), int(match.group(2) or match.group(1))
        if not (1 <= first <= 12 and 1 <= last <= 12):
            return 0
        span = range(first, last + 1) if first <= last else [*range(first, 13), *range(1, last + 1)]
        for month in span:
            mask |= 1 << (month - 1)
    return mask
