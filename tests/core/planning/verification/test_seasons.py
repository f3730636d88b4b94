"""What a raster shows is said by a person."""

from __future__ import annotations

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.planning.verification.seasons import seasons


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-07-15", "2024-07-15", "2024-07-15"),
        ("2008/2017", "2008-01-01", "2017-12-31"),
        (" 2024-05 / 2024-09-10 ", "2024-05-01", "2024-09-10"),
    ],
)
def test_years_months_days_and_spans(text, first, last):
    (season,) = seasons(text, 1)
    assert (str(season.first.date()), str(season.last.date())) == (first, last)
    assert str(season) == (first if first == last else f"{first}/{last}")


def test_one_for_each_raster_in_their_order():
    found = seasons("2023, -\n2024；", 3)
    assert [season and season.first.year for season in found] == [2023, None, 2024]
    assert seasons("", 2) == seasons(None, 2) == [None, None]


@pytest.mark.parametrize(
    "text", ["last summer", "2024-13", "2024-02-30", "24", "2024/2023", "2022/2023/2024", "2024-7"]
)
def test_what_is_no_time(text):
    with pytest.raises(OverdraftError) as caught:
        seasons(text, 1)
    assert (caught.value.key, caught.value.values["found"]) == ("verification.raster_day", text)


def test_another_number_than_there_are_rasters():
    with pytest.raises(OverdraftError) as caught:
        seasons("2023, 2024", 3)
    assert (caught.value.values["found"], caught.value.values["allowed"]) == (2, 3)
