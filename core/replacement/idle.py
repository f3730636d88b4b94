"""Was a sealed well in use before it was sealed? A seal on a dead well saves no water."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..register import Register


def idle_before(register: Register, facts: pd.DataFrame, years: int) -> pd.Series:
    """Use of each sealed well in the ``years`` before its sealing day.

    Readings of every month or whole year that touches the time from ``sealing day - years`` to the day before the
    sealing are looked at. One reading above zero, of water or power, is use. Idle needs a reading of zero for each
    whole calendar year inside; a year without a reading leaves it unknown.

    Returns:
        Text per well: ``used``, ``idle``, ``unknown``; empty where the well has no sealing day.
    """
    result = pd.Series("", index=facts.index, dtype=object)
    sealed = facts["sealed"] & facts["sealed_on"].notna()
    result[sealed] = "unknown"
    if not register.has("readings") or not sealed.any():
        return result
    windows = pd.DataFrame({"well": facts.index[sealed], "well_id": facts.loc[sealed, "well_id"]})
    windows["until"] = facts.loc[sealed, "sealed_on"]
    windows["since"] = windows["until"] - pd.DateOffset(years=years)
    readings = _read(register["readings"])
    joined = windows.merge(readings, on="well_id", how="inner")
    joined = joined[(joined["end"] > joined["since"]) & (joined["start"] < joined["until"])]

    use = joined.groupby("well")["amount"].max()
    result[use.index[use > 0]] = "used"
    quiet = joined[joined["well"].isin(use.index[use <= 0])]
    months = _months_covered(quiet)
    expected = _whole_year_months(windows.set_index("well"))
    idle = months.reindex(expected.index).fillna(0) >= expected
    idle &= expected.index.isin(quiet["well"])
    result[idle.index[idle]] = "idle"
    return result


def _read(readings: pd.DataFrame) -> pd.DataFrame:
    known = readings[readings["year"].notna().to_numpy() & readings["well_id"].notna().to_numpy()]
    amount = known[["volume_m3", "energy_kwh"]].max(axis=1)
    known = known[amount.notna().to_numpy()]
    year, month = known["year"].astype("int64"), known["month"].astype("float64")
    sane = year.between(1800, 2200) & (month.isna() | month.between(1, 12))
    known, year, month = known[sane.to_numpy()], year[sane], month[sane]
    start = pd.to_datetime(
        {"year": year, "month": month.fillna(1).astype("int64"), "day": np.ones(len(year), dtype="int64")}
    )
    whole = month.isna()
    next_month = start + pd.offsets.MonthBegin(1)
    next_year = pd.to_datetime({"year": year + 1, "month": 1 + 0 * year, "day": 1 + 0 * year})
    return pd.DataFrame(
        {
            "well_id": known["well_id"],
            "start": start,
            "end": next_month.where(~whole, next_year),
            "amount": amount.reindex(known.index),
        }
    )


def _months_covered(joined: pd.DataFrame) -> pd.Series:
    """How many whole-year months inside the window have a reading, per well."""
    if joined.empty:
        return pd.Series(dtype="float64")
    first_year = joined["since"].dt.year + ((joined["since"].dt.month > 1) | (joined["since"].dt.day > 1))
    last_year = joined["until"].dt.year - 1
    year = joined["start"].dt.year
    inside = joined[(year >= first_year) & (year <= last_year)]
    span = np.where((inside["end"] - inside["start"]).dt.days > 31, 12, 1)
    per_year = (
        inside.assign(span=span, year=inside["start"].dt.year)
        .drop_duplicates(["well", "start", "end"])
        .groupby(["well", "year"])["span"]
        .sum()
        .clip(upper=12)
    )
    return per_year.groupby("well").sum()


def _whole_year_months(windows: pd.DataFrame) -> pd.Series:
    first_year = windows["since"].dt.year + ((windows["since"].dt.month > 1) | (windows["since"].dt.day > 1))
    return 12 * (windows["until"].dt.year - first_year)
