"""Weights, bounds and totals of a split, read into whole numbers once and for all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from .split import NO_LIMIT

WEIGHT_UNITS = 1_000_000
"""Weights count in millionths of their unit: 0.1 + 0.2 and 0.3 are the same weight, and a smaller one is none."""

SLACK_M3 = 1e-6
"""A volume this near to a whole number of m³ is that number: 61 100 万m³ computed in floats stays 611 000 000 m³."""


def whole_weights(values: pd.Series) -> np.ndarray:
    """Weights as whole millionths (object array); empty, infinite and negative ones are 0: no basis."""
    numbers = pd.to_numeric(values).to_numpy(dtype="float64", na_value=np.nan)
    usable = np.isfinite(numbers) & (numbers > 0)
    return _integers(np.rint(np.where(usable, numbers, 0.0) * WEIGHT_UNITS))


def lower_bounds(values: pd.Series) -> np.ndarray:
    """Lower bounds in whole m³, rounded up; empty is 0.

    Raises:
        OverdraftError: a bound is negative or infinite.
    """
    numbers = _volumes(values, "lower_m3")
    if np.isinf(numbers).any():
        raise OverdraftError("allocation.bad_bound", field="lower_m3", found=str(np.inf))
    return _integers(np.ceil(np.nan_to_num(numbers, nan=0.0) - SLACK_M3))


def upper_bounds(values: pd.Series) -> np.ndarray:
    """Upper bounds in whole m³, rounded down; empty or infinite is no bound.

    Raises:
        OverdraftError: a bound is negative.
    """
    numbers = _volumes(values, "upper_m3")
    given = np.isfinite(numbers)
    whole = _integers(np.floor(np.where(given, numbers, 0.0) + SLACK_M3))
    return np.where(given, whole, NO_LIMIT)


def whole_total(value: object) -> int:
    """A total in whole m³.

    Raises:
        OverdraftError: it is negative, not a number, or not a whole number of m³.
    """
    try:
        number = int(value) if isinstance(value, (int, np.integer)) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise OverdraftError("allocation.bad_total", found=str(value)) from None
    if isinstance(number, float):
        if not np.isfinite(number) or abs(number - round(number)) > SLACK_M3:
            raise OverdraftError("allocation.bad_total", found=str(value))
        number = round(number)
    if number < 0:
        raise OverdraftError("allocation.bad_total", found=str(value))
    return number


def _volumes(values: pd.Series, field: str) -> np.ndarray:
    numbers = pd.to_numeric(values).to_numpy(dtype="float64", na_value=np.nan)
    if (numbers < 0).any():
        raise OverdraftError("allocation.bad_bound", field=field, found=float(np.nanmin(numbers)))
    return numbers


def _integers(values: np.ndarray) -> np.ndarray:
    """Floats that hold whole numbers as an object array of Python integers, which never overflow."""
    result = np.empty(len(values), dtype=object)
    result[:] = [int(value) for value in values.tolist()]
    return result
