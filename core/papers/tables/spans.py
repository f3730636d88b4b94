"""Rows of a year or a quarter, and the period that a paper is about."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ...ranking import span
from ..book import Book


def ends(periods: Iterable[object]) -> list[pd.Timestamp]:
    """The last day of each period, written ``2025``, ``2025-Q3`` or ``2025-08``."""
    return [pd.Timestamp(span(str(one)).end) for one in periods]


def ending(book: Book, frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows whose year, quarter or month ends in the period of the paper."""
    known = frame[frame[column].notna().to_numpy(dtype=bool)]
    dated = known.assign(_end=ends(known[column]))
    return book.in_period(dated.reset_index(drop=True), "_end").drop(columns="_end")
