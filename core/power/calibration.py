"""Coefficients of strata from wells that are read both ways."""

from __future__ import annotations

import numpy as np
import pandas as pd


def metered_pairs(periods: pd.DataFrame) -> pd.DataFrame:
    """Water and energy of each well and year over the same time.

    Months with both figures above zero are summed. A well and year without such a month takes its figures for the
    whole year, where one side has only months: their sum if all twelve are there.

    Args:
        periods: frame of :class:`EnergyPeriods`.

    Returns:
        ``well``, ``year``, ``volume_m3``, ``energy_kwh``, both above zero; sorted by well and year.
    """
    columns = ["well", "year", "volume_m3", "energy_kwh"]
    if periods.empty:
        return periods[columns]
    well, year = periods["well"].to_numpy(), periods["year"].to_numpy()
    monthly = (periods["month"] > 0).to_numpy()
    volume, energy = periods["volume_m3"].to_numpy(), periods["energy_kwh"].to_numpy()
    first = np.flatnonzero(np.r_[True, (well[1:] != well[:-1]) | (year[1:] != year[:-1])])
    both = monthly & (volume > 0) & (energy > 0)
    paired = [np.add.reduceat(np.where(both, values, 0.0), first) for values in (volume, energy)]
    whole = [_year_figure(values, monthly, first) for values in (volume, energy)]
    by_month = np.add.reduceat(both.astype("int64"), first) > 0
    table = pd.DataFrame(
        {
            "well": well[first],
            "year": year[first],
            "volume_m3": np.where(by_month, paired[0], whole[0]),
            "energy_kwh": np.where(by_month, paired[1], whole[1]),
        }
    )
    usable = (table["volume_m3"] > 0) & (table["energy_kwh"] > 0)
    return table[usable.to_numpy()].reset_index(drop=True)


def _year_figure(values: np.ndarray, monthly: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The figure for the whole year, else the sum of twelve months, else NaN."""
    given = ~np.isnan(values)
    told = np.add.reduceat(np.where(given & ~monthly, values, 0.0), first)
    is_told = np.logical_or.reduceat(given & ~monthly, first)
    summed = np.add.reduceat(np.where(given & monthly, values, 0.0), first)
    complete = np.add.reduceat((given & monthly).astype("int64"), first) == 12
    return np.where(is_told, told, np.where(complete, summed, np.nan))


def calibrate(pairs: pd.DataFrame, strata: np.ndarray, labels: np.ndarray, min_wells: int) -> pd.DataFrame:
    """The coefficient of each stratum and year: ``k = ΣW / ΣE``, a ratio of sums, not a mean of ratios.

    The spread is that of the ratio when each well in turn is left out: ``k_i = (ΣW − W_i) / (ΣE − E_i)``; the
    standard error is the jackknife's, ``√((n − 1)/n · Σ(k_i − k̄)²)``. Both are empty for one well.

    Args:
        pairs: from :func:`metered_pairs`.
        strata: stratum code per well, -1 for none.
        labels: stratum labels by code.

    Returns:
        One row per stratum and year: ``stratum`` ``year`` ``n_wells`` ``volume_m3`` ``energy_kwh``
        ``m3_per_kwh_ratio`` ``leave_one_out_min`` ``leave_one_out_max`` ``standard_error`` ``usable`` (enough wells)
        and ``stratum_code``.
    """
    code = strata[pairs["well"].to_numpy()]
    rows = pairs[code >= 0].assign(stratum_code=code[code >= 0])
    groups = rows.groupby(["stratum_code", "year"], sort=True)
    table = groups.agg(
        n_wells=("well", "size"), volume_m3=("volume_m3", "sum"), energy_kwh=("energy_kwh", "sum")
    )
    table["m3_per_kwh_ratio"] = table["volume_m3"] / table["energy_kwh"]
    number = groups.ngroup().to_numpy()
    sums = table.iloc[number]
    alone = (sums["n_wells"] == 1).to_numpy()
    rest = sums["energy_kwh"].to_numpy() - rows["energy_kwh"].to_numpy()
    rest = np.where(alone, np.nan, rest)
    without = (sums["volume_m3"].to_numpy() - rows["volume_m3"].to_numpy()) / rest
    spread = pd.Series(without).groupby(number, sort=True)
    table["leave_one_out_min"] = spread.min().to_numpy() if len(table) else np.array([])
    table["leave_one_out_max"] = spread.max().to_numpy() if len(table) else np.array([])
    n = table["n_wells"].to_numpy()
    variance = spread.var(ddof=0).to_numpy() if len(table) else np.array([])
    table["standard_error"] = np.sqrt((n - 1) * variance)
    table["usable"] = n >= min_wells
    table = table.reset_index()
    table.insert(0, "stratum", labels[table["stratum_code"]] if len(table) else np.array([], dtype=object))
    return table


def calibrated_values(
    calibration: pd.DataFrame, stratum: np.ndarray, year: np.ndarray, max_age: int
) -> np.ndarray:
    """The calibrated coefficient of each stratum code and year: of that year, else of the latest usable year before it
    that is at most ``max_age`` years older; NaN where there is none.
    """
    stratum, year = np.asarray(stratum, dtype="int64"), np.asarray(year, dtype="int64")
    usable = calibration[calibration["usable"].to_numpy(dtype=bool)]
    if usable.empty or not len(stratum):
        return np.full(len(stratum), np.nan)
    from_year, to_year = int(usable["year"].min()), int(year.max())
    n_strata = int(max(stratum.max(), usable["stratum_code"].max())) + 1
    table = np.full((n_strata, max(to_year, int(usable["year"].max())) - from_year + 1), np.nan)
    table[usable["stratum_code"], usable["year"].astype("int64") - from_year] = usable["m3_per_kwh_ratio"]
    filled = table.copy()
    for age in range(1, max_age + 1):
        older = np.full_like(table, np.nan)
        older[:, age:] = table[:, :-age]
        filled = np.where(np.isnan(filled), older, filled)
    known = (stratum >= 0) & (year >= from_year)
    return np.where(known, filled[np.maximum(stratum, 0), np.where(known, year - from_year, 0)], np.nan)
