"""Readings as they count: of which time each of them speaks, and which of its figures can be used."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from .identity import ROW_ID
from .register import Register

UNREAD_MONTH = -1
"""Month of a reading whose month was filled in and could not be read: it is of no known time of its year."""
FIGURES = ("volume_m3", "energy_kwh")


def told_readings(readings: pd.DataFrame, register: Register, as_of: date) -> pd.DataFrame:
    """What each row of READINGS says, in input order.

    A figure below zero, one that could not be read, and one of a month that could not be read is no figure; it leaves
    a gap in the year of its well, which nothing but a later version of the reading closes.

    Returns:
        ``year`` (0: none), ``month`` (0: the whole year), ``volume_m3``, ``energy_kwh`` (NaN: no figure that can be
        used), ``volume_gap``, ``energy_gap`` (1: such a gap, 0: a figure, NaN: neither), ``begun`` (bool: the time
        has begun by ``as_of``).
    """
    ids = readings[ROW_ID]
    year = np.nan_to_num(readings["year"].to_numpy(dtype="float64", na_value=np.nan))
    month = np.nan_to_num(readings["month"].to_numpy(dtype="float64", na_value=np.nan))
    unread = ids.isin(register.unreadable("readings", "month")).to_numpy() | (month < 0) | (month > 12)
    month = np.where(unread, UNREAD_MONTH, month)
    table = pd.DataFrame({"year": year, "month": month})
    for name in FIGURES:
        value = readings[name].to_numpy(dtype="float64", na_value=np.nan)
        gap = (value < 0) | (unread & ~np.isnan(value)) | ids.isin(register.unreadable("readings", name))
        table[name] = np.where(gap, np.nan, value)
        table[f"{name.split('_')[0]}_gap"] = np.where(gap, 1.0, np.where(np.isnan(value), np.nan, 0.0))
    table["begun"] = (year < as_of.year) | ((year == as_of.year) & (month <= as_of.month))
    return table
