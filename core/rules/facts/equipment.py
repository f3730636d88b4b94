"""What wells and other points are equipped with: meter, its state, where it reports to, power account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .flags import flagged, recorded

if TYPE_CHECKING:
    from ..scene import Scene

OF_METER = ("standard", "working", "transmits")
OF_FLAGS = ("online", "county", "city", "region")
NEEDS = ("metered", *OF_METER, *OF_FLAGS, "account")
"""What a clause may require of a point. ``county``, ``city`` and ``region`` are the platforms it reports to."""


def equipment(scene: Scene, role: str) -> pd.DataFrame:
    """What each point has.

    ``METERS.well_id`` names a well, or the intake, section or station that the meter stands at (where no well has
    that id). Of several meters one that meets a need suffices; meters installed after ``as_of`` do not count. A point
    without a meter meets no need of a meter. Points of a role of which no meter is recorded at all are not known to
    have none.

    Returns:
        One row per point: each of ``NEEDS`` as 1 (met), 0 (not met), NaN (nobody says), and ``installed_on``, the day
        of the first meter.
    """
    return scene.once(("equipment", role), lambda: _equipment(scene, role))


def _equipment(scene: Scene, role: str) -> pd.DataFrame:
    frame, size = scene.frame(role), len(scene.frame(role))
    meters = scene.frame("meters")
    meters = meters[~(meters["installed_on"] > pd.Timestamp(scene.as_of)).to_numpy()]
    row = np.asarray(scene.rows_of(role, meters["well_id"]), dtype="int64")
    if role != "wells":
        row = np.where(scene.rows_of("wells", meters["well_id"]) >= 0, -1, row)
    meters, row = meters[row >= 0], row[row >= 0]
    has = np.bincount(row, minlength=size) > 0
    table = pd.DataFrame(index=pd.RangeIndex(size))
    table["metered"] = _metered(scene, role, frame, has)
    none = (table["metered"] == 0).to_numpy()
    for need in OF_METER:
        met = meters[need].astype("float64").to_numpy(dtype="float64", na_value=np.nan)
        table[need] = np.where(none, 0.0, _best(met, row, size))
    kept = recorded(meters["flags"])
    for need in OF_FLAGS:
        met = flagged(meters["flags"], need).astype("float64") if kept else np.full(len(meters), np.nan)
        table[need] = np.where(none, 0.0, _best(met, row, size))
    table["account"] = _account(scene, role, size)
    first = meters["installed_on"].groupby(row).min().reindex(table.index)
    if "metered_on" in frame.columns:
        first = frame["metered_on"].where(frame["metered_on"].notna(), first)
    table["installed_on"] = first
    return table


def _metered(scene: Scene, role: str, frame: pd.DataFrame, has: np.ndarray) -> np.ndarray:
    if role == "wells":
        return pd.to_numeric(scene.wells_now["metered"].map({True: 1.0, False: 0.0})).to_numpy("float64")
    otherwise = np.where(has, 1.0, 0.0 if has.any() else np.nan)
    if "metered" not in frame.columns:
        return otherwise
    said = frame["metered"].astype("float64").to_numpy(dtype="float64", na_value=np.nan)
    return np.where(np.isnan(said), otherwise, said)


def _best(met: np.ndarray, row: np.ndarray, size: int) -> np.ndarray:
    """1 where one meter of the row meets the need, else NaN where one is not known to (or there is none), else 0."""
    yes = np.bincount(row[met == 1], minlength=size) > 0
    no = np.bincount(row[met == 0], minlength=size) == np.bincount(row, minlength=size)
    some = np.bincount(row, minlength=size) > 0
    return np.select([yes, no & some], [1.0, 0.0], np.nan)


def _account(scene: Scene, role: str, size: int) -> np.ndarray:
    if role != "wells":
        return np.full(size, np.nan)
    has = scene.wells_now["has_account"].to_numpy(dtype=bool)
    kept = has.any() or scene.has("accounts") or scene.has("account_wells")
    return has.astype("float64") if kept else np.full(size, np.nan)
