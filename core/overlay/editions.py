"""Editions: rows of one id that are in force at different times.

``valid_from`` and ``valid_to`` are both inclusive, empty means open. If rows of one id are in force on the same day,
those with the latest ``valid_from`` are the edition; rows with the same ``valid_from`` are its parts (a zone drawn as
several polygons, one a row).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..register.identity import ROW_ID

_OPEN_START = np.iinfo(np.int64).min + 1
_OPEN_END = np.iinfo(np.int64).max


def row_ids(frame: pd.DataFrame, key: str) -> np.ndarray:
    """The id of each row; a row without one is its own: ``row:<n>``, counted from 1."""
    ids = frame[key].astype(object).to_numpy() if key in frame else np.full(len(frame), None, dtype=object)
    missing = pd.isna(ids) | (ids == "")
    if missing.any():
        ids = ids.copy()
        ids[missing] = [f"row:{place + 1}" for place in np.flatnonzero(missing)]
    return ids


def unique_ids(frame: pd.DataFrame, key: str) -> np.ndarray:
    """One name per row, also where an id is missing or repeated: the subject of a finding."""
    return frame[ROW_ID].to_numpy() if ROW_ID in frame else row_ids(frame, key)


class Editions:
    """When each row of a layer is in force.

    Args:
        frame: rows with ``valid_from`` and ``valid_to`` (either may be absent: always in force).
        ids: id per row.
        usable: rows that count at all; the others are never in force and supersede nothing.
    """

    def __init__(self, frame: pd.DataFrame, ids: np.ndarray, usable: np.ndarray | None = None) -> None:
        self._start = _days(frame, "valid_from", _OPEN_START)
        self._end = _days(frame, "valid_to", _OPEN_END)
        self._usable = np.ones(len(frame), dtype=bool) if usable is None else usable
        self._later = self._later_rows(pd.factorize(ids)[0])

    def in_force(self, rows: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Whether each of some rows is in force on a day of its own.

        Args:
            rows: row numbers (n,).
            days: datetime64 (n,), no NaT.
        """
        day = days.astype("datetime64[D]").astype(np.int64)
        alive = self._dated(rows, day)
        first, count, later = self._later
        asked = np.flatnonzero(alive & (count[rows] > 0))
        if len(asked):
            repeat = count[rows[asked]]
            nth = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
            rivals = later[np.repeat(first[rows[asked]], repeat) + nth]
            beaten = self._dated(rivals, np.repeat(day[asked], repeat))
            alive[np.unique(np.repeat(asked, repeat)[beaten])] = False
        return alive

    def on(self, day: np.datetime64) -> np.ndarray:
        """Which rows are in force on one day (bool per row)."""
        rows = np.arange(len(self._start))
        return self.in_force(rows, np.full(len(rows), day, dtype="datetime64[D]"))

    def _dated(self, rows: np.ndarray, day: np.ndarray) -> np.ndarray:
        return self._usable[rows] & (self._start[rows] <= day) & (day <= self._end[rows])

    def _later_rows(self, code: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows of the same id that start later, as (first, count) per row into one array."""
        order = np.lexsort((self._start, code))
        size = len(order)
        ordered = code[order]
        group_end = np.searchsorted(ordered, ordered, side="right")
        new_start = np.ones(size, dtype=bool)
        same_id = ordered[1:] == ordered[:-1]
        new_start[1:] = ~same_id | (self._start[order][1:] != self._start[order][:-1])
        run = np.cumsum(new_start)
        run_end = np.searchsorted(run, run, side="right")
        first, count = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
        first[order], count[order] = run_end, group_end - run_end
        return first, count, order


def _days(frame: pd.DataFrame, name: str, if_open: int) -> np.ndarray:
    if name not in frame:
        return np.full(len(frame), if_open, dtype=np.int64)
    stamps = pd.to_datetime(frame[name]).to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(stamps), if_open, stamps.astype(np.int64))
