"""Working days: Monday to Friday, unless the working-day calendar of the case says otherwise of a day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from ..rules.facts.paperwork import calendar_counts

MOST = 366
"""Working days that a notice may be asked to stand."""

_LONGEST = 5 * MOST
"""Days among which its last one is looked for."""


def working_days(calendar: pd.DataFrame, first: date, last: date) -> int:
    """Working days from the first day to the last, both included; 0 where the last comes first.

    Args:
        calendar: the role ``calendar`` in canonical form: holidays (``working`` false) and make-up workdays.
    """
    return int(
        calendar_counts(calendar, *(np.array([day], dtype="datetime64[D]") for day in (first, last)))[0]
    )


def last_day(calendar: pd.DataFrame, first: date, n: int) -> date:
    """The day on which a notice has stood ``n`` working days; the first day counts if it is one.

    Raises:
        OverdraftError: fewer than one day or more than a year; the calendar leaves no such day.
    """
    if not 1 <= n <= MOST:
        raise OverdraftError("papers.notice.days", found=n, allowed=MOST)
    start = np.datetime64(first, "D")
    days = start + np.arange(_LONGEST)
    counts = calendar_counts(calendar, np.full(_LONGEST, start), days)
    at = int(np.searchsorted(counts, n))
    if at == _LONGEST:
        raise OverdraftError("papers.notice.no_day", first=first.isoformat(), n=n)
    return first + timedelta(days=at)


def untold_years(calendar: pd.DataFrame, first: date, last: date) -> list[int]:
    """The years of the period of which the calendar says nothing: their holidays are not taken off."""
    told = set(pd.to_datetime(calendar["day_on"]).dt.year.dropna().astype(int))
    return [year for year in range(first.year, last.year + 1) if year not in told]
