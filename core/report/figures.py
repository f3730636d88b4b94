"""Figures as the report prints them: rounded once, from the unrounded value, with the same digits everywhere."""

from __future__ import annotations

from ..units import ONE_HUNDREDTH, rounded
from .words import DASH, is_given


def area(value: object) -> str:
    """An area in mu with one decimal; a dash where there is none."""
    return f"{rounded(float(value)):,}" if is_given(value) else DASH  # type: ignore[arg-type]


def count(value: object) -> str:
    """A whole number with separators; a dash where there is none."""
    return f"{int(value):,}" if is_given(value) else DASH  # type: ignore[call-overload]


def signed(value: object) -> str:
    """A whole number with its sign (a true minus)."""
    return f"{int(value):+,}".replace("-", "−").replace("+0", "0") if is_given(value) else DASH  # type: ignore[call-overload]


def share(part: object, whole: object) -> float | None:
    """``part`` ÷ ``whole``; None where either is missing or the whole is not positive."""
    if not is_given(part) or not is_given(whole) or not float(whole) > 0:  # type: ignore[arg-type]
        return None
    return float(part) / float(whole)  # type: ignore[arg-type]


def percent(value: float | None) -> str:
    """A share as a percentage with two decimals."""
    return DASH if value is None else f"{rounded(value * 100, ONE_HUNDREDTH):,}%"
