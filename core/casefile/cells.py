"""Columns of a frame as SQLite cells and back: whole columns at a time, missing values as NULL, text as UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime

import numpy as np
import pandas as pd

_LARGEST = 2**63 - 1


def kind_of(values: pd.Series) -> str:
    """The column kind (key of ``sql.COLUMN_TYPES``) that holds an extra column of a user's layer without loss."""
    dtype = values.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return "bool"
    if pd.api.types.is_integer_dtype(dtype):
        return "integer" if _fits(values.dropna()) else "text"
    if pd.api.types.is_float_dtype(dtype):
        return "real"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return _day_or_time(values)
    found = pd.api.types.infer_dtype(values, skipna=True)
    if found == "integer":
        return "integer" if _fits(values.dropna()) else "text"
    by_content = {"boolean": "bool", "floating": "real", "mixed-integer-float": "real", "date": "date"}
    by_content |= {"datetime": "datetime", "datetime64": "datetime", "bytes": "blob"}
    return by_content.get(found, "text")


def to_cells(values: pd.Series, kind: str) -> list:
    """Values for ``executemany``: Python scalars that SQLite takes, None for missing.

    Args:
        kind: ``text``, ``real``, ``integer``, ``date`` (``YYYY-MM-DD``), ``datetime``, ``bool`` (0 or 1), ``blob``.
    """
    missing = pd.isna(values).to_numpy(dtype=bool)
    if kind in ("date", "datetime"):
        return _moments(values, missing, kind)
    if kind == "text":
        return _texts(values.to_numpy(dtype=object, na_value=None), missing)
    cells = np.empty(len(values), dtype=object)
    known = values[~missing]
    if kind == "real":
        cells[~missing] = known.to_numpy(dtype="float64").tolist()
    elif kind in ("integer", "bool"):
        cells[~missing] = known.to_numpy(dtype="int64").tolist()
    else:
        cells[~missing] = known.to_numpy(dtype=object)
    return cells.tolist()


def from_cells(cells: Iterable, kind: str) -> pd.Series:
    """A column as it was: ``Int64``, ``boolean``, ``float64``, ``datetime64[ns]`` or object.

    A cell that is not of its column's kind (SQLite allows that) leaves the whole column as it stands, for the
    intake to judge: nothing is turned into an empty value here.
    """
    raw = list(cells)
    types = {*map(type, raw)} - {type(None)}
    if kind == "integer" and types <= {int}:
        return pd.Series(pd.array(raw, dtype="Int64"))
    if kind == "bool" and types <= {int} and {*raw} <= {0, 1, None}:
        return pd.Series(pd.array([None if cell is None else bool(cell) for cell in raw], dtype="boolean"))
    if kind == "real" and types <= {int, float}:
        return pd.Series(np.array(raw, dtype="float64"))
    column = pd.Series(raw, dtype=object)
    if kind in ("date", "datetime") and types <= {str}:
        texts = column.str.slice(0, 10) if kind == "date" and types else column
        moments = pd.to_datetime(texts, errors="coerce", utc=True)
        if moments.notna().equals(column.notna()):
            return moments.dt.tz_localize(None)
    return column


def _fits(values: pd.Series) -> bool:
    return not len(values) or (int(values.max()) <= _LARGEST and int(values.min()) >= -_LARGEST - 1)


def _day_or_time(values: pd.Series) -> str:
    known = values.dropna()
    return "date" if known.dt.tz is None and (known == known.dt.normalize()).all() else "datetime"


def _moments(values: pd.Series, missing: np.ndarray, kind: str) -> list:
    cells = np.empty(len(values), dtype=object)
    known = values[~missing]
    if pd.api.types.is_datetime64_any_dtype(known.dtype):
        if known.dt.tz is not None:
            known = known.dt.tz_convert("UTC").dt.tz_localize(None)
        unit, tail = ("D", "") if kind == "date" else ("ms", "Z")
        texts = np.datetime_as_string(known.to_numpy(dtype="datetime64[ns]").astype(f"datetime64[{unit}]"))
        cells[~missing] = [text + tail for text in texts.tolist()]
    else:  # days beyond the range of datetime64[ns] come as Python dates, times or texts
        cells[~missing] = [_iso(value, kind) for value in known]
    return cells.tolist()


def _iso(value: object, kind: str) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if kind == "date" else value.isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _texts(values: np.ndarray, missing: np.ndarray) -> list:
    cells = [
        None if gone else (value if type(value) is str else _text(value))
        for value, gone in zip(values, missing.tolist(), strict=True)
    ]
    try:
        "".join(cell for cell in cells if cell).encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair, from a file read with the wrong encoding
        return [None if cell is None else cell.encode("utf-8", "replace").decode("utf-8") for cell in cells]
    return cells


def _text(value: object) -> str:
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return str(value)
