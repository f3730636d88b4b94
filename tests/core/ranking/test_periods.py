"""Periods as texts, and what they are compared with."""

from __future__ import annotations

import numpy as np
import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.ranking import earlier, span


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025", "2025-01-01", "2025-12-31"),
        ("2024-Q1", "2024-01-01", "2024-03-31"),
        ("2025-Q4", "2025-10-01", "2025-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025-12", "2025-12-01", "2025-12-31"),
    ],
)
def test_a_period_begins_and_ends(text, start, end):
    found = span(text)
    assert (str(found.start), str(found.end), str(found)) == (start, end, text)


@pytest.mark.parametrize(
    ("text", "basis", "before"),
    [
        ("2025-Q1", "previous_quarter", "2024-Q4"),
        ("2025-Q3", "same_quarter_last_year", "2024-Q3"),
        ("2025", "previous_quarter", "2024"),
        ("2025", "same_quarter_last_year", "2024"),
        ("2025-01", "previous_quarter", "2024-12"),
    ],
)
def test_what_a_period_is_compared_with(text, basis, before):
    assert str(earlier(span(text), basis)) == before


@pytest.mark.parametrize("text", ["", "2025-Q5", "2025-13", "25", "2025Q1"])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(OverdraftError, match="period"):
        span(text)


def test_an_unknown_basis_is_refused():
    with pytest.raises(OverdraftError, match="tea"):
        earlier(span("2025"), "tea")


def test_both_ends_belong_to_the_period_and_no_day_to_none():
    days = np.array(["2024-12-31", "2025-01-01", "2025-03-31", "2025-04-01", "NaT"], dtype="datetime64[D]")
    assert span("2025-Q1").holds(days).tolist() == [False, True, True, False, False]
