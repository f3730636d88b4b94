"""Readings of wells year by year, with what their energy says of water: worked out once for every rule that asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...power.calibration import calibrate, metered_pairs
from ...power.coefficients import MEASURE, Places, Sources, choose, gather
from ...power.convert import convert
from ...power.energy import EnergyPeriods, energy_periods
from ...power.settings import PowerSettings, power_settings

if TYPE_CHECKING:
    from ..scene import Scene
    from ..subjects import Subjects

LEVELS = ("township", "regiment", "county", "city")
"""Units that a coefficient may be given for, nearest first."""
FROZEN_MONTHS = 3
"""Months in a row with one and the same volume above zero that make a meter look frozen."""


def periods(scene: Scene) -> EnergyPeriods:
    """Energy and water by well and period, see :func:`core.power.energy.energy_periods`."""
    return scene.once(("energy periods",), lambda: energy_periods(scene.register, scene.as_of))


def settings(scene: Scene) -> PowerSettings:
    """Limits of the conversion under the scene's policy."""
    return power_settings(scene.policy)


def sources(scene: Scene) -> Sources:
    """Every coefficient that the register gives."""
    return scene.once(("coefficients",), lambda: _sources(scene))


def _sources(scene: Scene) -> Sources:
    indices = scene.register.get("indices")
    places = Places()
    if indices is not None and ((indices["measure"] == MEASURE) & (indices["subject_role"] == "units")).any():
        places = Places({level: scene.unit_at("wells", level) for level in LEVELS}, scene.unit_key)
    return gather(scene.frame("wells"), indices, places, settings(scene).strata)


def coefficients_on(scene: Scene, well: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The coefficient given for each well (row) on its day, m³/kWh; NaN for none. No calibration."""
    return choose(sources(scene), well, day).value


def well_years(scene: Scene) -> pd.DataFrame:
    """Each well and year with a reading.

    Returns:
        Sorted by ``well``, ``year``: ``volume_m3`` and ``energy_kwh`` (for the whole year, else the sum of the months;
        NaN: none), ``volume_months`` and ``energy_months`` (months with a figure), ``volume_year`` and ``energy_year``
        (bool: a figure for the whole year), ``converted_m3`` (what energy adds where no meter says it),
        ``unconverted_kwh`` (energy that nothing explains), ``both_metered`` and ``both_converted`` (m³ over the periods
        that have both), ``water_no_power`` and ``power_no_water`` (periods with one above zero and the other zero),
        ``both_known``, ``one_known`` (periods with both figures, with
        one of them), ``frozen_months`` (longest run of one volume that ends in the year;
        0 below ``FROZEN_MONTHS``), ``k_min``, ``k_max`` (coefficients of periods with energy).
    """
    return scene.once(("well years",), lambda: _well_years(scene))


def volumes(scene: Scene) -> pd.DataFrame:
    """Water of each well and period, metered or converted, see :func:`core.power.convert.convert`."""
    return scene.once(("volumes",), lambda: _volumes(scene))


def _volumes(scene: Scene) -> pd.DataFrame:
    frame = periods(scene).frame
    of = sources(scene)
    limits = settings(scene)
    calibration = calibrate(metered_pairs(frame), of.strata, of.labels, limits.min_wells)
    return convert(frame, of, calibration, limits, scene.as_of)


def counted_years(scene: Scene) -> pd.DataFrame:
    """``well``, ``year``, ``counted_m3`` (metered and converted water), ``converted`` (energy gave some of it) and
    ``covered`` (bool: the figure is of the whole year, or of twelve months)."""
    rows = volumes(scene)
    counts = rows["volume_m3"].notna()
    table = pd.DataFrame(
        {
            "well": rows["well"].astype("int64"),
            "year": rows["year"].astype("int64"),
            "counted_m3": rows["volume_m3"],
            "converted": rows["volume_origin"] == "converted",
            "n_months": np.where(counts, np.where(rows["month"] == 0, 12, 1), 0),
        }
    )
    grouped = table.groupby(["well", "year"])
    sums = grouped[["counted_m3"]].sum(min_count=1)
    sums["converted"] = grouped["converted"].any()
    sums["covered"] = grouped["n_months"].sum() >= 12
    return sums.reset_index()


def _well_years(scene: Scene) -> pd.DataFrame:
    rows = volumes(scene)
    well, year, month = (rows[name].to_numpy() for name in ("well", "year", "month"))
    if not len(rows):
        first = np.array([], dtype="int64")
    else:
        first = np.flatnonzero(np.r_[True, (well[1:] != well[:-1]) | (year[1:] != year[:-1])])
    water, energy = rows["metered_m3"].to_numpy(), rows["energy_kwh"].to_numpy()
    converted, origin = rows["converted_m3"].to_numpy(), rows["volume_origin"].to_numpy()
    monthly = month > 0
    table = pd.DataFrame({"well": well[first], "year": year[first].astype("int64")})
    for name, values in (("volume", water), ("energy", energy)):
        unit = "m3" if name == "volume" else "kwh"
        table[f"{name}_months"] = _count(monthly & ~np.isnan(values), first)
        table[f"{name}_year"] = _count(~monthly & ~np.isnan(values), first) > 0
        whole, parts = (_sum(np.where(which, values, np.nan), first) for which in (~monthly, monthly))
        table[f"{name}_{unit}"] = np.where(table[f"{name}_year"], whole, parts)
    table["converted_m3"] = _sum(np.where(origin == "converted", converted, np.nan), first)
    table["unconverted_kwh"] = _sum(np.where((origin == "") & (energy > 0), energy, np.nan), first)
    both = ~np.isnan(water) & ~np.isnan(energy)
    comparable = both & ~np.isnan(converted)
    table["both_metered"] = _sum(np.where(comparable, water, np.nan), first)
    table["both_converted"] = _sum(np.where(comparable, converted, np.nan), first)
    table["both_known"] = _count(both, first)
    table["one_known"] = _count(np.isnan(water) ^ np.isnan(energy), first)
    table["water_no_power"] = _count((water > 0) & (energy == 0), first)
    table["power_no_water"] = _count((energy > 0) & (water == 0), first)
    used = np.where(energy > 0, rows["m3_per_kwh_ratio"].to_numpy(), np.nan)
    table["k_min"] = np.fmin.reduceat(used, first) if len(first) else used
    table["k_max"] = np.fmax.reduceat(used, first) if len(first) else used
    table["frozen_months"] = _frozen(well, year, month, water, first)
    return table


def _frozen(
    well: np.ndarray, year: np.ndarray, month: np.ndarray, water: np.ndarray, first: np.ndarray
) -> np.ndarray:
    """Longest run of equal volumes above zero in consecutive months, by the year of its last month."""
    if not len(first):
        return np.array([], dtype="int64")
    chosen = np.flatnonzero((month > 0) & (water > 0))
    time = year[chosen].astype("int64") * 12 + month[chosen]
    same = np.zeros(len(chosen), dtype=bool)
    same[1:] = (
        (well[chosen][1:] == well[chosen][:-1])
        & (time[1:] == time[:-1] + 1)
        & (water[chosen][1:] == water[chosen][:-1])
    )
    place = np.arange(len(chosen))
    start = np.maximum.accumulate(np.where(same, 0, place))
    length = np.zeros(len(well), dtype="int64")
    length[chosen] = place - start + 1
    longest = np.maximum.reduceat(length, first)
    return np.where(longest >= FROZEN_MONTHS, longest, 0)


def _sum(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    if not len(first):
        return np.array([], dtype="float64")
    given = ~np.isnan(values)
    total = np.add.reduceat(np.where(given, values, 0.0), first)
    return np.where(np.logical_or.reduceat(given, first), total, np.nan)


def _count(which: np.ndarray, first: np.ndarray) -> np.ndarray:
    return np.add.reduceat(which.astype("int64"), first) if len(first) else np.array([], dtype="int64")


def recent_energy(scene: Scene) -> np.ndarray:
    """Energy of each well in the year of ``as_of`` and the one before, kWh; NaN where nobody read any.

    Of a closed well only what was read for periods that began after its closing: what it drew before was its right.
    """
    table = well_years(scene)
    recent = table[(table["year"] >= scene.as_of.year - 1).to_numpy()]
    size = range(len(scene.frame("wells")))
    energy = recent.groupby("well")["energy_kwh"].sum(min_count=1).reindex(size).to_numpy(dtype="float64")
    now = scene.wells_now
    closed = now["closed"].to_numpy(dtype=bool) & now["closed_on"].notna().to_numpy()
    if not closed.any():
        return energy
    rows = periods(scene).frame
    month = (rows["year"].to_numpy("int64") - 1970) * 12 + np.maximum(rows["month"].to_numpy("int64"), 1) - 1
    since = pd.to_datetime(now["closed_on"]).to_numpy("datetime64[D]")[rows["well"].to_numpy("int64")]
    later = month.astype("datetime64[M]").astype("datetime64[D]") > since
    later &= rows["year"].to_numpy("int64") >= scene.as_of.year - 1
    after = rows[later].groupby("well")["energy_kwh"].sum(min_count=1).reindex(size).to_numpy(dtype="float64")
    return np.where(closed, after, energy)


def years_at_work(scene: Scene, years: np.ndarray) -> pd.DataFrame:
    """Wells and the years in which they were at work, with the months that are over by ``as_of``.

    From the month of ``commissioned_on`` (else ``built_on``; else always) to the month in which a closed well was
    closed. Wells that are closed without a day, proposed or for monitoring are left out; of a well whose state nobody
    recorded it is taken that it works.

    Returns:
        ``well``, ``year``, ``months`` (1 … 12; rows without one are left out), ``first_month``, ``last_month``.
    """
    wells, now = scene.frame("wells"), scene.wells_now
    begin = wells["commissioned_on"].where(wells["commissioned_on"].notna(), wells["built_on"])
    begin = _month_number(begin, -1)
    closed = now["closed"].to_numpy(dtype=bool)
    end = np.where(closed, _month_number(now["closed_on"], -1), np.iinfo("int64").max)
    tomorrow = np.datetime64(scene.as_of, "D") + np.timedelta64(1, "D")
    over = int(tomorrow.astype("datetime64[M]").astype("int64")) - 1  # the last month that is over
    left_out = (wells["use"] == "monitoring").to_numpy(dtype=bool) | (now["status"] == "proposed").to_numpy(
        dtype=bool
    )
    january = (np.asarray(years, dtype="int64") - 1970) * 12
    low = np.maximum(begin[:, None], january[None, :])
    high = np.minimum(np.minimum(end, over)[:, None], january[None, :] + 11)
    months = np.where(left_out[:, None], 0, high - low + 1)
    well, column = np.nonzero(months > 0)
    return pd.DataFrame(
        {
            "well": well,
            "year": np.asarray(years, dtype="int64")[column],
            "months": months[well, column],
            "first_month": low[well, column] - january[column] + 1,
            "last_month": high[well, column] - january[column] + 1,
        }
    )


def months_at_work(scene: Scene, grid: pd.DataFrame) -> np.ndarray:
    """Months (bits, January the lowest) of each ``well`` and ``year`` that are over and in which the well could take
    water. Wells of which nobody says when they worked count in all months that are over.
    """
    years = np.unique(grid["year"].to_numpy(dtype="int64"))
    window = years_at_work(scene, years)[["well", "year", "first_month", "last_month"]]
    both = grid[["well", "year"]].merge(window, on=["well", "year"], how="left")
    today = scene.as_of
    over = np.select([both["year"] < today.year, both["year"] == today.year], [12, _months_over(today)], 0)
    first = both["first_month"].fillna(1).to_numpy(dtype="int64")
    last = np.where(both["last_month"].isna(), over, both["last_month"]).astype("int64")
    return ((1 << last) - (1 << (first - 1))).clip(0)


def unread_months(scene: Scene, grid: pd.DataFrame, column: str) -> np.ndarray:
    """Months (bits, January the lowest) at work of each ``well`` and ``year`` without a figure of their own."""
    months, _ = read_months(scene, column)
    read = (2 ** (months["month"] - 1)).groupby([months["well"], months["year"]]).sum()
    read = read.reindex(pd.MultiIndex.from_frame(grid[["well", "year"]])).fillna(0).to_numpy(dtype="int64")
    return months_at_work(scene, grid) & ~read


def _months_over(day: date) -> int:
    """Months of the year that are over at the end of a day."""
    return day.month if (day + timedelta(days=1)).month != day.month else day.month - 1


def _month_number(days: pd.Series, otherwise: int) -> np.ndarray:
    """Months since January 1970."""
    values = pd.to_datetime(days).to_numpy(dtype="datetime64[M]")
    return np.where(np.isnat(values), otherwise, values.astype("int64"))


def read_months(scene: Scene, column: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Months that have a figure: rows of the periods (``well``, ``year``, ``month``)."""
    frame = periods(scene).frame
    given = (frame["month"].to_numpy() > 0) & frame[column].notna().to_numpy()
    return frame.loc[given, ["well", "year", "month"]].astype("int64"), np.flatnonzero(given)


def joined(scene: Scene, grid: pd.DataFrame) -> pd.DataFrame:
    """Wells and years with their figures from ``well_years`` beside them; NaN, 0 and False where there is none."""
    table = grid.merge(well_years(scene), on=["well", "year"], how="left")
    for name in ("volume_year", "energy_year"):
        table[name] = table[name].eq(True)
    counts = [
        "volume_months",
        "energy_months",
        "both_known",
        "water_no_power",
        "power_no_water",
        "frozen_months",
    ]
    table[counts] = table[counts].fillna(0).astype("int64")
    return table


def of_wells(scene: Scene, well: np.ndarray) -> Subjects:
    """Wells as subjects, repeats allowed."""
    return scene.subjects("wells").take(np.asarray(well, dtype="int64"))


def period_state(scene: Scene, year: np.ndarray) -> np.ndarray:
    """``closed`` for a year that is over on ``as_of``, else ``open``."""
    day = scene.as_of
    last = day.year if (day.month, day.day) == (12, 31) else day.year - 1
    return np.where(np.asarray(year) <= last, "closed", "open").astype(object)
