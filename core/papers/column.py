"""A column of a printed table: its heading, its values as they are printed, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd

from ..report.words import is_given
from ..units import rounded

Cell = str | int | Decimal | date | None
"""A value as it is printed: rounded, in words; None where there is none."""

DIGITS = {"mu": 1, "m3": 0, "m": 2, "kWh": 1, "m3/kWh": 3, "m3/mu": 1, "yuan": 2}
"""Decimals by unit of measurement: the same figure has the same digits in every paper."""

OTHERWISE = 3
"""Decimals of a figure whose unit is none of these."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: what programs call it. label: the heading, with its unit.
        values: one for each row. kind: ``text``, ``integer``, ``real`` or ``date``. digits: decimals of a real.
        exact: the values before rounding, where they are added up; else empty.
        personal: ``name`` or ``number`` of a person, ``text`` that somebody typed and that may hold either; or empty.
        place: a coordinate, which a public paper coarsens.
    """

    name: str
    label: str
    values: tuple[Cell, ...]
    kind: str = "text"
    digits: int = 0
    exact: tuple[float, ...] = ()
    personal: str = ""
    place: bool = False

    @property
    def summed(self) -> bool:
        """Is it added up?"""
        return bool(self.exact)

    def sum(self, rows: Sequence[int]) -> Decimal:
        """The sum of the printed values of some rows."""
        whole = sum((Decimal(self.values[row] or 0) for row in rows), Decimal(0))  # type: ignore[arg-type]
        return whole.quantize(_step(self.digits))

    def difference(self, rows: Sequence[int]) -> Decimal:
        """What rounding row by row did to the sum: the sum of the exact values, rounded, less :meth:`sum`."""
        exact = sum(Decimal(repr(self.exact[row])) for row in rows)
        return rounded(float(exact), _step(self.digits)) - self.sum(rows)


def texts(name: str, label: str, values: Iterable[object], personal: str = "") -> Column:
    """A column of texts; what is missing is empty."""
    told = tuple(str(value) if is_given(value) else None for value in values)
    return Column(name, label, told, personal=personal)


def dates(name: str, label: str, values: Iterable[object]) -> Column:
    """A column of days; a text that is no day stays as it is."""
    return Column(name, label, tuple(map(_day, values)), kind="date")


def integers(name: str, label: str, values: Iterable[object], total: bool = False) -> Column:
    """A column of whole numbers."""
    told = tuple(int(value) if is_given(value) else None for value in values)  # type: ignore[call-overload]
    exact = tuple(float(value or 0) for value in told) if total else ()
    return Column(name, label, told, kind="integer", exact=exact)


def reals(name: str, label: str, values: Iterable[object], digits: int, total: bool = False) -> Column:
    """A column of numbers, each rounded once, halves away from zero; infinite ones are none."""
    given = [_finite(value) for value in values]
    step = _step(digits)
    told = tuple(None if value is None else rounded(value, step) for value in given)
    exact = tuple(value or 0.0 for value in given) if total else ()
    return Column(name, label, told, kind="real", digits=digits, exact=exact)


def digits_of(unit: str) -> int:
    """Decimals of a figure in this unit."""
    return DIGITS.get(unit, OTHERWISE)


def _step(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


def _finite(value: object) -> float | None:
    if not is_given(value):
        return None
    number = float(value)  # type: ignore[arg-type]
    return number if abs(number) < float("inf") else None


def _day(value: object) -> Cell:
    if not is_given(value):
        return None
    if isinstance(value, (pd.Timestamp, date)):
        return pd.Timestamp(value).date()
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(value)
