"""What was read at each well, year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...overlay.zones import texts
from ...register.readings import told_readings

if TYPE_CHECKING:
    from ..scene import Scene

FIGURES = ("volume_m3", "volume_gap", "volume_on", "energy_kwh", "energy_gap", "energy_on")


def well_readings(scene: Scene) -> pd.DataFrame:
    """The readings of known wells and years that have begun: ``well`` (row), the columns of
    :func:`core.register.readings.told_readings`, ``volume_on`` and ``energy_on`` (the day up to which a figure
    reaches, NaT where nobody says), ``voucher_no``, ``account_no``, ``as_of``, ``row`` (of the readings)."""
    frame = scene.frame("readings")
    told = told_readings(frame, scene.register, scene.as_of)
    table = pd.DataFrame(
        {
            "well": scene.rows_of("wells", frame["well_id"]),
            "year": told["year"].astype("int64"),
            "month": told["month"].astype("int64"),
            **{name: told[name] for name in ("volume_m3", "volume_gap", "energy_kwh", "energy_gap")},
            "voucher_no": texts(frame, "voucher_no"),
            "account_no": texts(frame, "account_no"),
            "as_of": frame["as_of"].to_numpy(dtype="datetime64[ns]"),
            "row": np.arange(len(frame)),
        }
    )
    for name in ("volume", "energy"):
        table[f"{name}_on"] = table["as_of"].where(table[f"{name}_gap"].notna())
    return table[(table["well"] >= 0) & (table["year"] > 0) & told["begun"]].reset_index(drop=True)


def well_years(readings: pd.DataFrame) -> pd.DataFrame:
    """Volume and energy of each well and year with a reading.

    A reading of the whole year stands in place of the months, unless its ``as_of`` lies before the end of the year:
    then it is the figure so far, and the larger of the two counts. Readings of one time on several accounts or
    vouchers add up; of several versions of one reading the latest ``as_of`` counts, of two of one day the larger. A
    figure below zero or one that could not be read is left out, and its year is not whole.

    Args:
        readings: from :func:`well_readings`.

    Returns:
        ``well``, ``year``, ``volume_m3``, ``energy_kwh`` (NaN where nobody read it), ``n_months`` (with a volume),
        ``whole`` (a volume of the whole year, or twelve months), ``sound`` (no figure of water or energy leaves a
        gap, and none of the year stops short of its end).
    """
    latest = _latest(readings)
    water, power = _year_figure(latest, "volume", "m3"), _year_figure(latest, "energy", "kwh")
    table = pd.DataFrame(
        {
            "volume_m3": water["value"],
            "energy_kwh": power["value"],
            "n_months": water["n_months"],
            "whole": water["whole"],
            "sound": water["sound"] & power["sound"],
        }
    )
    return table.reset_index()


def _latest(readings: pd.DataFrame) -> pd.DataFrame:
    """One row per well, time, account and voucher: of several versions the one that counts, figure by figure."""
    again = readings.duplicated(["well", "year", "month"], keep=False).to_numpy()
    if not again.any():
        return readings
    same = ["well", "year", "month", "account_no", "voucher_no"]
    rows = readings[again].fillna({"account_no": "", "voucher_no": ""})
    rows = rows.sort_values([*same, "as_of", "volume_m3", "energy_kwh"], na_position="first", kind="stable")
    rows = rows.groupby(same, sort=False)[list(FIGURES)].last().reset_index()
    return pd.concat([readings.loc[~again, rows.columns], rows], ignore_index=True)


def _year_figure(latest: pd.DataFrame, name: str, unit: str) -> pd.DataFrame:
    """One figure by well and year: ``value`` (NaN: none), ``n_months``, ``whole``, ``sound``; see ``well_years``."""
    value = latest[f"{name}_{unit}"].where(latest[f"{name}_gap"] != 1)
    gap = latest[f"{name}_gap"] == 1
    end = (latest["year"].to_numpy("int64") - 1969).astype("datetime64[Y]").astype("datetime64[D]") - 1
    yearly = latest["month"] == 0
    short = yearly & value.notna() & (latest[f"{name}_on"].to_numpy("datetime64[D]") < end)
    rows = pd.DataFrame(
        {
            "year_value": value.where(yearly),
            "month_value": value.where(latest["month"] > 0),
            "gap": gap,
            "short": short,
        }
    )
    keys = [latest["well"], latest["year"]]
    sums = rows[["year_value", "month_value"]].groupby(keys).sum(min_count=1)
    flags = rows[["gap", "short"]].groupby(keys).any()
    read = latest[(value.notna() & (latest["month"] > 0)).to_numpy()]
    n_months = read.groupby(["well", "year"])["month"].nunique().reindex(sums.index).fillna(0)
    told = sums["year_value"].notna() & ~flags["short"]
    part = np.fmax(sums["year_value"], sums["month_value"])
    return pd.DataFrame(
        {
            "value": sums["year_value"].where(told, part),
            "n_months": n_months.astype("int64"),
            "whole": (told | (n_months >= 12)) & ~flags["gap"],
            "sound": ~flags["gap"] & ~flags["short"],
        }
    )
