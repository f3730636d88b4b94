"""Water and power read at wells since a day."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

_VERSION = ["well", "year", "month", "account_no", "voucher_no"]
_FIGURES = {"volume_m3": "volume_m3", "energy_kwh": "energy_kwh"}


def use_since(asked: pd.DataFrame, readings: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """What was read after a day at each well.

    A reading of a month or a year counts if that begins on the day or later. Of several versions of one reading the
    latest counts. Where a year has a reading of its own and readings of months, the larger of the two counts.

    Args:
        asked: ``well`` and ``since`` (NaT: nothing counts).
        readings: ``well``, ``year``, ``month`` (0: the year), ``volume_m3``, ``energy_kwh``, ``account_no``,
            ``voucher_no``, ``as_of``; empty for none.

    Returns:
        Aligned with ``asked``: ``volume_m3`` and ``energy_kwh`` (NaN: never read), ``n_readings`` above zero,
        ``first_on`` and ``last_on`` (first day of the first of them, last day of the last), ``used`` (bool: any),
        ``straddling`` (bool: one above zero is of a month or year in which the day lies), ``complete`` (bool:
        there is a whole calendar year from then to ``as_of`` and each has readings of water or power throughout; or
        there is none, and each whole month has one).
    """
    joined = _joined(asked, readings)
    after = joined[joined["start"] >= joined["since"]]
    running = after[after["above"]]
    by = running.groupby("asked")
    found = pd.DataFrame(index=asked.index)
    for name in _FIGURES:
        found[name] = _sum(after, name).reindex(asked.index)
    found["n_readings"] = by.size().reindex(asked.index).fillna(0).astype("int64")
    found["first_on"] = by["start"].min().reindex(asked.index).astype("datetime64[ns]")
    found["last_on"] = (by["end"].max() - pd.Timedelta(days=1)).reindex(asked.index).astype("datetime64[ns]")
    found["used"] = found["n_readings"] > 0
    around = joined[joined["above"] & (joined["start"] < joined["since"]) & (joined["end"] > joined["since"])]
    found["straddling"] = found.index.isin(around["asked"]) & ~found["used"]
    found["complete"] = _complete(asked, after, as_of)
    return found


def _joined(asked: pd.DataFrame, readings: pd.DataFrame) -> pd.DataFrame:
    """Every reading of each well asked about, with its first day and the day after its last."""
    if readings.empty:
        readings = pd.DataFrame(columns=[*_VERSION, *_FIGURES, "as_of"]).astype({"well": "int64"})
    latest = readings.sort_values([*_VERSION, "as_of"], na_position="first", kind="stable")
    latest = latest.drop_duplicates(_VERSION, keep="last")
    year, month = latest["year"].astype("float64"), latest["month"].astype("float64")
    first = pd.to_datetime({"year": year, "month": month.clip(lower=1), "day": 1})
    latest = latest.assign(
        start=first,
        end=(first + pd.offsets.MonthBegin(1)).where(month > 0, first + pd.offsets.YearBegin(1)),
        above=(latest["volume_m3"] > 0) | (latest["energy_kwh"] > 0),
    )
    return asked.rename_axis("asked").reset_index().merge(latest, on="well")


def _sum(after: pd.DataFrame, name: str) -> pd.Series:
    """Per well asked: over the years, the larger of the reading of the year and those of its months."""
    value = after[name].astype("float64")
    yearly = (after["month"] == 0).to_numpy()
    parts = pd.DataFrame({"year": value.where(yearly), "months": value.where(~yearly)})
    sums = parts.groupby([after["asked"], after["year"]]).sum(min_count=1)
    return pd.Series(np.fmax(sums["year"], sums["months"])).groupby(level=0).sum(min_count=1)


def _complete(asked: pd.DataFrame, after: pd.DataFrame, as_of: date) -> np.ndarray:
    """Whether each whole calendar year since the day (each whole month where there is none) has readings."""
    begin, end = _spans(asked["since"], pd.Timestamp(as_of) + pd.Timedelta(days=1))
    read = after[after["volume_m3"].notna() | after["energy_kwh"].notna()]
    yearly = (read["month"] == 0).to_numpy()
    times = np.where(yearly, 12, 1)
    month = 12 * read["year"].to_numpy("int64") + np.where(yearly, 1, read["month"].to_numpy("int64")) - 1
    nth = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    covered = pd.DataFrame(
        {"asked": np.repeat(read["asked"].to_numpy(), times), "month": np.repeat(month, times) + nth}
    ).drop_duplicates()
    own = covered["asked"]
    covered = covered[(covered["month"] >= own.map(begin)) & (covered["month"] < own.map(end))]
    count = covered.groupby("asked").size().reindex(asked.index).fillna(0)
    return ((end > begin) & (count >= end - begin)).to_numpy()


def _spans(since: pd.Series, after: pd.Timestamp) -> tuple[pd.Series, pd.Series]:
    """First month (counted from year 0) that must have a reading, and the one after the last; NaN for no day."""
    first, last = (
        12 * since.dt.year + since.dt.month - 1 + (since.dt.day > 1),
        12 * after.year + after.month - 1,
    )
    first_year, last_year = np.ceil(first / 12), last // 12
    whole = first_year < last_year
    return first.where(~whole, 12 * first_year), (first * 0 + last).where(~whole, 12 * last_year)
