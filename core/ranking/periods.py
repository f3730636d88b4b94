"""Periods as they are written in findings: ``2025``, ``2025-Q3``, ``2025-08``."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ..errors import OverdraftError

_WRITTEN = re.compile(r"^(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?$")

PREVIOUS = "previous_quarter"
SAME_LAST_YEAR = "same_quarter_last_year"
BASES = (PREVIOUS, SAME_LAST_YEAR)
"""What a period is compared with: the one just before it (of the same length), or the same one a year earlier."""


@dataclass(frozen=True)
class Span:
    """A year, a quarter or a month.

    Attributes:
        first: its first month, counted from January of year 0 (``12 · year + month − 1``).
        months: 12, 3 or 1.
    """

    first: int
    months: int

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.first // 12

    @property
    def start(self) -> np.datetime64:
        """The first day."""
        return np.datetime64(f"{self.year:04d}-{self.first % 12 + 1:02d}", "M").astype("datetime64[D]")

    @property
    def end(self) -> np.datetime64:
        """The last day (included)."""
        after = self.start.astype("datetime64[M]") + self.months
        return after.astype("datetime64[D]") - 1

    def holds(self, days: np.ndarray) -> np.ndarray:
        """Which days lie in it; NaT never does."""
        days = np.asarray(days).astype("datetime64[D]")
        return (days >= self.start) & (days <= self.end)

    def __str__(self) -> str:
        month = self.first % 12
        if self.months == 12:
            return f"{self.year:04d}"
        return (
            f"{self.year:04d}-Q{month // 3 + 1}" if self.months == 3 else f"{self.year:04d}-{month + 1:02d}"
        )


def span(text: str | Span) -> Span:
    """The period that a text names.

    Raises:
        OverdraftError: it is none of ``YYYY``, ``YYYY-Qn``, ``YYYY-MM``.
    """
    if isinstance(text, Span):
        return text
    match = _WRITTEN.match(str(text).strip())
    if match is None:
        raise OverdraftError("ranking.period", found=str(text))
    year = 12 * int(match["year"])
    if match["quarter"]:
        return Span(year + 3 * (int(match["quarter"]) - 1), 3)
    if match["month"]:
        return Span(year + int(match["month"]) - 1, 1)
    return Span(year, 12)


def earlier(period: Span, basis: str) -> Span:
    """What a period is compared with.

    ``previous_quarter``: the period of the same length just before it (of a quarter the previous quarter, of a year
    the previous year). ``same_quarter_last_year``: the same one a year earlier.

    Raises:
        OverdraftError: the basis is neither.
    """
    if basis not in BASES:
        raise OverdraftError("ranking.basis", found=basis, allowed=list(BASES))
    return Span(period.first - (period.months if basis == PREVIOUS else 12), period.months)
