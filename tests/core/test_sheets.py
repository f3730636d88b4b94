"""The quarter that a run reports on."""

from datetime import date

import pytest

from overdraft.core.sheets import last_quarter


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 3, 31), "2026-Q1"),
        (date(2026, 3, 30), "2025-Q4"),
        (date(2026, 4, 1), "2026-Q1"),
        (date(2026, 1, 1), "2025-Q4"),
        (date(2025, 12, 31), "2025-Q4"),
        (date(2025, 12, 30), "2025-Q3"),
    ],
)
def test_the_last_quarter_that_is_over(day, quarter):
    assert last_quarter(day) == quarter
