"""计划下达表 and 指标余缺表, by hand and against queries."""

from __future__ import annotations

from datetime import date

import pytest

ROWS = "SELECT level, key, amount_m3, lower_m3, upper_m3, n_leaves, gap_m3, year FROM quota_allocation ORDER BY path"
BALANCE = (
    *("year", "cap_m3", "use_m3", "margin_m3", "pace_m3", "projected_m3", "allocated_m3", "unallocated_m3"),
    *("permitted_m3", "n_wells", "n_without_reading"),
)
LEVEL = {"county": "县级", "township": "乡级", "user": "用水户", "well": "机井"}


def test_by_hand(small_case, printed, rows_of):
    """Gaochang's 191 million m³ go to W1 and W2 as 100 to 50 mu; wells of no known area get none and say why."""
    table = printed(small_case(), "plan_allocation", county="650402")
    assert rows_of(table, "level", "parent", "key", "place", "amount_m3", "reason") == [
        ("县级", None, "650402", "高昌区", 191_000_000, None),
        ("乡级", "高昌区", "T1", "一镇", 191_000_000, None),
        ("用水户", "一镇", "U1", "一镇", 127_333_333, None),
        ("机井", "U1", "W1", "一镇", 127_333_333, None),
        ("用水户", "一镇", "U2", "一镇", 63_666_667, None),
        ("机井", "U2", "W2", "一镇", 63_666_667, None),
        ("用水户", "一镇", "未登记用水户", "一镇", 0, None),
        ("机井", "未登记用水户", "R1", "一镇", 0, "灌溉面积不明"),
        ("机井", "未登记用水户", "R9", "一镇", 0, "灌溉面积不明"),
    ]


def test_each_level_adds_up_on_its_own(small_case, printed, sums_of):
    """Toksun has no well: 106 million m³ stay with the county, which a note tells."""
    table = printed(small_case(), "plan_allocation")
    assert {label: sums["amount_m3"] for label, sums in sums_of(table).items()} == {
        "县级合计": 483_000_000,
        "乡级合计": 377_000_000,
        "用水户合计": 377_000_000,
        "地方": 191_000_000,
        "兵团": 186_000_000,
        "机井合计": 377_000_000,
    }
    assert "1行超出下级上限，共有106,000,000立方米未分解。" in table.notes


def test_every_figure_is_a_query(small_case, printed, ask, rows_of):
    table = printed(small_case(), "plan_allocation")
    found = ask(small_case(), ROWS)
    names = ("level", "amount_m3", "lower_m3", "upper_m3", "n_leaves", "gap_m3", "year")
    assert rows_of(table, *names) == [(LEVEL[row[0]], *row[2:]) for row in found]
    assert len(table) == 14


@pytest.mark.parametrize(
    ("scope", "keys"),
    [
        ({"zone": "Z2"}, ["W3"]),
        ({"county": "650421"}, ["650421", "未归属", "U2", "W3"]),
        ({"end": date(2024, 12, 31)}, []),
    ],
)
def test_filters(small_case, printed, scope, keys):
    table = printed(small_case(), "plan_allocation", **scope)
    assert list(table["key"].values) == keys
    assert any("用水户各行未列" in note for note in table.notes) == ("zone" in scope)


def test_profiles_and_english(small_case, printed):
    """Names of wells were typed by somebody: the public does not see them."""
    full = printed(small_case(), "plan_allocation", "en")
    assert "=1+1" in full["name"].values
    assert full["basis"].values[0] == "Irrigated area times quota"
    assert full["key"].values[6] == "No user on record"
    public = printed(small_case(), "plan_allocation", "en", "public")
    assert "name" not in [column.name for column in public.columns]


def test_a_year_without_caps_says_so(judged_sample, printed):
    table = printed(judged_sample, "plan_allocation")
    assert len(table) == 0
    assert "2026年用水指标" in table.notes[0]


def test_the_balance_is_the_recorded_one(judged_sample, printed, ask, rows_of):
    table = printed(judged_sample, "plan_balance")
    found = ask(judged_sample, f"SELECT {', '.join(BALANCE)} FROM quota_balance ORDER BY year, source, fid")
    for told, row in zip(rows_of(table, *BALANCE), found, strict=True):
        for cell, value in zip(told, row, strict=True):
            assert (cell is None) == (value is None)
            assert cell is None or float(cell) == pytest.approx(value, abs=0.5)


def test_caps_of_the_counties_and_the_reserve_are_the_city_s(judged_sample, printed, ask, sums_of):
    sums = sums_of(printed(judged_sample, "plan_balance"))
    for year in (2025, 2035):
        ((city,),) = ask(
            judged_sample,
            "SELECT cap_m3 FROM quota_balance WHERE unit_id = '6504' AND source = 'groundwater' AND year = ?",
            year,
        )
        assert sums[f"{year}年地下水县级合计"]["cap_m3"] == city
    assert "use_m3" not in sums["2035年地下水县级合计"]  # nothing is recorded, and that is not 0


def test_the_balance_of_a_part(judged_sample, printed, rows_of):
    table = printed(
        judged_sample, "plan_balance", county="650422", begin=date(2024, 6, 1), end=date(2025, 1, 1)
    )
    assert rows_of(table, "unit", "year", "source") == [
        ("托克逊县", 2024, "用水总量"),
        ("托克逊县", 2025, "地下水"),
        ("托克逊县", 2025, "用水总量"),
    ]
