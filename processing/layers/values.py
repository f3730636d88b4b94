"""Columns as values: for features and for nullable arrays."""

from __future__ import annotations

import numpy as np
from qgis.PyQt.QtCore import QDate, QDateTime

from .table import moments


def as_attributes(column: np.ndarray, kind: str) -> list:
    """Attribute values for features: None for NULL, QDate for days, plain Python numbers and text."""
    missing = missing_in(column)
    if kind == "date":
        values = column.astype("datetime64[D]").tolist()
        return [
            None if gone else QDate(day.year, day.month, day.day)
            for day, gone in zip(values, missing, strict=True)
        ]
    if kind == "datetime" and column.dtype != object:
        return [
            None if gone else QDateTime(value)
            for value, gone in zip(moments(column).tolist(), missing, strict=True)
        ]
    convert = {"bool": bool, "int32": int, "int64": int, "real": float, "text": str}.get(kind, _same)
    return [None if gone else convert(value) for value, gone in zip(column, missing, strict=True)]


def missing_in(column: object) -> np.ndarray:
    """Where a column has no value (None, NaN, NaT, pandas.NA), as a bool array."""
    import pandas as pd

    return np.asarray(pd.isna(column), dtype=bool)


def _same(value: object) -> object:
    return value
