"""Working days: the notice of 2025 counted by hand, holidays and make-up workdays, the day on which a notice ends."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overdraft.core.errors import OverdraftError
from overdraft.core.papers.workdays import last_day, untold_years, working_days

FIRST, LAST = date(2025, 9, 4), date(2025, 9, 17)


def calendar(*rows):
    frame = pd.DataFrame(rows, columns=["day_on", "working"])
    return frame.assign(day_on=pd.to_datetime(frame["day_on"]), working=frame["working"].astype("boolean"))


NATIONAL_2025 = calendar(
    *((f"2025-10-0{day}", False) for day in range(1, 9)), ("2025-09-28", True), ("2025-10-11", True)
)
"""国庆节、中秋节 2025: eight days off, two weekend days made up for."""


def test_the_notice_of_kunyu_stands_ten_working_days():
    assert working_days(calendar(), FIRST, LAST) == 10
    assert last_day(calendar(), FIRST, 10) == LAST


@pytest.mark.parametrize(
    ("first", "last", "n"),
    [
        ("2025-09-04", "2025-09-04", 1),  # the first day counts
        ("2025-09-06", "2025-09-07", 0),  # a weekend
        ("2025-09-17", "2025-09-04", 0),  # backwards
        ("2025-09-26", "2025-10-11", 7),  # 26, 28 (made up), 29, 30 September, 9, 10, 11 (made up) October
        ("2025-10-01", "2025-10-08", 0),
    ],
)
def test_holidays_and_made_up_days_count_as_the_calendar_says(first, last, n):
    assert working_days(NATIONAL_2025, date.fromisoformat(first), date.fromisoformat(last)) == n


def test_the_end_jumps_over_holidays_and_falls_on_a_made_up_day():
    assert last_day(NATIONAL_2025, date(2025, 9, 26), 2) == date(2025, 9, 28)
    assert last_day(NATIONAL_2025, date(2025, 9, 26), 5) == date(2025, 10, 9)
    assert last_day(NATIONAL_2025, date(2025, 10, 1), 1) == date(2025, 10, 9)


def test_wrong_numbers_of_days_are_refused_and_a_calendar_without_days():
    for n in (0, -1, 367):
        with pytest.raises(OverdraftError, match="1 to 366 working days"):
            last_day(calendar(), FIRST, n)
    days = pd.date_range(FIRST, periods=3000)
    nothing = calendar(*((day, False) for day in days))
    with pytest.raises(OverdraftError, match="leaves no 1 working days"):
        last_day(nothing, FIRST, 1)


def test_years_of_which_the_calendar_is_silent_are_named():
    assert untold_years(NATIONAL_2025, date(2025, 12, 25), date(2026, 1, 9)) == [2026]
    assert untold_years(calendar(), FIRST, LAST) == [2025]


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(1, 60),
    st.dictionaries(st.integers(0, 120), st.booleans(), max_size=40),
)
def test_the_end_is_the_first_day_that_completes_the_number(first, n, told):
    book = calendar(*((first + timedelta(days=day), working) for day, working in told.items()))
    end = last_day(book, first, n)
    by_hand, day = [], first
    while len(by_hand) < n:
        if told.get((day - first).days, day.weekday() < 5):
            by_hand.append(day)
        day += timedelta(days=1)
    assert end == by_hand[-1]
    assert working_days(book, first, end) == n
