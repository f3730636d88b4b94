"""What was read at the wells: water and electricity of each month, meters, electricity accounts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .frame import random_numbers

FIRST_YEAR, LAST_YEAR = 2022, 2025
_SEASON = np.array([0, 0, 0.03, 0.12, 0.18, 0.20, 0.19, 0.15, 0.09, 0.04, 0, 0])
_FLAT = np.full(12, 1 / 12)


def readings_table(wells: pd.DataFrame, idle: set[str]) -> pd.DataFrame:
    """Role ``readings``: water and energy of every month in which a well was at work, 2022 to 2025.

    A well is read from the month it went into use to the month it was closed; one that stands by is read as zero.
    Wells of ``idle`` stand still. Monitoring wells take no water; a closed well without a day has no readings, nor
    has one without a meter.
    """
    sealed = wells["status"].isin(["sealed", "dismantled"])
    closed = sealed | (wells["status"] == "shut")
    quiet_from = wells["stopped_on"].where(wells["status"] != "standby", wells["status_on"])
    months = (LAST_YEAR - FIRST_YEAR + 1) * 12
    first = _month(wells["commissioned_on"], 0).clip(0)
    last = np.where(closed, _month(wells["status_on"], -1), months - 1)
    last = np.where(wells["dismantled_later"].astype(bool), _month(wells["stopped_on"], -1) + 1, last)
    read = (wells["use"] != "monitoring") & wells["metered"].astype(bool)
    count = np.where(read, np.clip(np.minimum(last, months - 1) - first + 1, 0, None), 0).astype(int)
    row = np.repeat(np.arange(len(wells)), count)
    month = np.repeat(first, count) + _within(count)
    farm = wells["use"].isin(["irrigation", "ecological_forest"]).to_numpy()[row]
    share = np.where(farm, _SEASON[month % 12], _FLAT[month % 12])
    wave = (0.62 + 0.26 * random_numbers("readings", len(wells)))[row]
    wave = wave * (0.96 + 0.08 * random_numbers("readings/month", len(row)))
    volume = np.round(wells["permit_m3"].fillna(50_000.0).to_numpy()[row] * wave * share, 1)
    still = month > _month(quiet_from, months)[row]
    volume[still | np.isin(wells["well_id"].to_numpy(dtype=object)[row], list(idle))] = 0.0
    power = np.where(
        volume > 0, np.maximum(np.round(volume / wells["m3_per_kwh_ratio"].to_numpy()[row]), 1), 0
    )
    year = FIRST_YEAR + month // 12
    voucher = np.array([f"GD{y}{m:02d}" for y in range(FIRST_YEAR, LAST_YEAR + 1) for m in range(1, 13)])
    return pd.DataFrame(
        {
            "well_id": wells["well_id"].to_numpy(dtype=object)[row],
            "year": year,
            "month": month % 12 + 1,
            "volume_m3": volume,
            "energy_kwh": power,
            "voucher_no": voucher.astype(object)[month],
        }
    )


def _month(days: pd.Series, otherwise: int) -> np.ndarray:
    """Months since January of the first year."""
    values = pd.to_datetime(days).to_numpy(dtype="datetime64[M]")
    number = values.astype("int64") - (FIRST_YEAR - 1970) * 12
    return np.where(np.isnat(values), otherwise, number)


def _within(count: np.ndarray) -> np.ndarray:
    """0, 1, … inside each run of repeated rows."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def meters_table(wells: pd.DataFrame, intakes: pd.DataFrame) -> pd.DataFrame:
    """Role ``meters``: one for each metered well and each intake, before the days that the policy sets."""
    metered = wells[wells["metered"].astype(bool)]
    started = metered["commissioned_on"].where(metered["commissioned_on"] > "2021-06-30")
    of_wells = pd.DataFrame(
        {
            "meter_id": "B" + metered["well_id"],
            "well_id": metered["well_id"],
            "installed_on": started.fillna(pd.Timestamp("2021-06-30")),
            "standard": metered["standard"],
            "transmits": metered["transmits"],
            "flags": "online;county;city;region",
        }
    )
    of_intakes = pd.DataFrame(
        {
            "meter_id": "B" + intakes["intake_id"],
            "well_id": intakes["intake_id"],
            "installed_on": intakes["metered_on"],
            "standard": True,
            "transmits": True,
            "flags": np.where(intakes["online"], "online;county;city;region", "county;city;region"),
        }
    )
    both = pd.concat([of_wells, of_intakes], ignore_index=True)
    return both.assign(working=True, checked_on=pd.Timestamp("2025-05-15"))


def accounts_table(wells: pd.DataFrame) -> pd.DataFrame:
    """Role ``accounts``: what each account may draw in a year."""
    held = wells[wells["account_no"].notna()]
    approved = np.round(held["permit_m3"].fillna(0.0) / held["m3_per_kwh_ratio"] * 1.1)
    return pd.DataFrame({"account_no": held["account_no"], "approved_kwh": approved}).reset_index(drop=True)
