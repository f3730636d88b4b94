"""Which wells could take water in which year, and which of them have a complete reading."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from ..scene import Scene


def wells_at_work(scene: Scene, years: np.ndarray) -> np.ndarray:
    """Wells × years (bool): commissioned (else built) in the year or before, and not closed before it.

    A well without these days counts in every year. Monitoring wells take no water, proposed ones do not exist.
    """
    wells, now = scene.frame("wells"), scene.wells_now
    first = wells["commissioned_on"].fillna(wells["built_on"]).to_numpy("datetime64[Y]")
    last = pd.to_datetime(now["closed_on"].where(now["closed"])).to_numpy("datetime64[Y]")
    year = np.asarray(years).astype("int64") - 1970
    begun = np.isnat(first)[:, None] | (first.astype("int64")[:, None] <= year[None, :])
    gone = ~np.isnat(last)[:, None] & (last.astype("int64")[:, None] < year[None, :])
    ignored = (wells["use"] == "monitoring").to_numpy(bool) | (now["status"] == "proposed").to_numpy(bool)
    return begun & ~gone & ~ignored[:, None]


def wells_read(scene: Scene, years: np.ndarray) -> np.ndarray:
    """Wells × years (bool): the volume of the whole year was read. ``years`` sorted, each once."""
    years = np.asarray(years, dtype="int64")
    read = np.zeros((len(scene.frame("wells")), len(years)), dtype=bool)
    table = scene.amounts.well_years
    table = table[table["whole"].to_numpy(bool) & table["volume_m3"].notna().to_numpy()]
    year = table["year"].to_numpy("int64")
    slot = np.clip(np.searchsorted(years, year), 0, max(len(years) - 1, 0))
    fits = years[slot] == year if len(years) else np.zeros(len(year), dtype=bool)
    read[table["well"].to_numpy("int64")[fits], slot[fits]] = True
    return read
