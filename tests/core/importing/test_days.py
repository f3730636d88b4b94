"""Days in all forms; serial numbers against days that a person can count: 1 January 1900 is 1, 31 December 1999 is
36525, 5 January 2024 is 45296."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overdraft.core.importing.days import read_day

DAY = date(2024, 1, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-05", "2024-1-5", "2024/01/05", "2024/1/5", "2024.1.5", "2024年1月5日", "2024年1月5号",
        "20240105", 20240105, 20240105.0, "20240105.0", "45296", 45296, 45296.75, "45296.5", "２０２４-０１-０５",
        "2024-01-05 00:00:00", "2024-01-05T08:30:00Z", "2024/1/5 8:30", " 2024-1-5 ", "2024 年 1 月 5 日",
        "二〇二四年一月五日", "二零二四年一月五号", DAY, datetime(2024, 1, 5, 23, 59),
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_form(cell):
    found = read_day(cell)
    assert found is not None
    assert found.value == DAY


@pytest.mark.parametrize(
    "cell",
    [
        "0000-00-00", "2024-02-30", "2023-02-29", "2024-13-01", "2024", 2024, "2024年", "2024-01", "2024年1月", 2024.1,
        "5/1/2024", "1/5/24", "05-01-2024", "2024-1/5", "2024年1-5", "长期", "2019-1-1至2024-1-5", "36", 36, "1899",
        "20241301", "99999", "2024-01-05,2025-01-05", "十月五日", True, float("nan"), "一〇年一月五日",
    ],
)  # fmt: skip
def test_a_day_that_is_open_or_impossible_is_not_read(cell):
    assert read_day(cell) is None


@pytest.mark.parametrize(
    ("serial", "day"), [(36525, "1999-12-31"), (14611, "1940-01-01"), (73050, "2099-12-31")]
)
def test_serial_numbers(serial, day):
    assert read_day(serial).value.isoformat() == day
    assert read_day(str(serial)).kinds == ("excel_serial",)


@pytest.mark.parametrize("cell", ["-", "—", "/", "null", "空"])
def test_signs_for_nothing(cell):
    assert (read_day(cell).value, read_day(cell).kinds) == (None, ("nothing",))


@pytest.mark.parametrize(
    ("text", "day"),
    [("二〇一九年十月十日", 10), ("二〇一九年十月二十日", 20), ("二〇一九年十月三十一日", 31)],
)
def test_chinese_numerals(text, day):
    assert read_day(text).value == date(2019, 10, day)


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_every_form_gives_the_same_day(day):
    y, m, d = day.year, day.month, day.day
    for text in (
        f"{y}-{m}-{d}",
        f"{y}/{m:02}/{d:02}",
        f"{y}年{m}月{d}日",
        f"{y}.{m}.{d}",
        f"{y:04}{m:02}{d:02}",
    ):
        assert read_day(text).value == day
