"""Lists of tokens in one text (``;``-joined), asked column by column."""

from __future__ import annotations

import numpy as np
import pandas as pd


def flagged(column: pd.Series, token: str) -> np.ndarray:
    """Which rows hold a token; an empty text holds none."""
    text = column.astype(object).where(column.notna(), "").astype(str)
    return (";" + text + ";").str.contains(f";{token};", regex=False).to_numpy(dtype=bool)


def recorded(column: pd.Series) -> bool:
    """Whether the register keeps these flags at all.

    An empty text means "none of them" only where other rows have some; where the whole column is empty nobody ever
    recorded them, and nothing may be concluded from it.
    """
    return bool(column.notna().any())
