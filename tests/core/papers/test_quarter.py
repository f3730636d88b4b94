"""季报: both comparisons side by side, ranks shared by ties; use and plan as the run balanced them."""

from __future__ import annotations

from datetime import date

import pytest
from cases import LANGUAGES, ask, change, copied, judged, lines, printed
from shapely.geometry import box

UNITS = [
    {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(89, 42, 90, 43.5)},
    {"unit_id": "650421", "name": "鄯善县", "level": "county", "geometry": box(90, 42, 91, 43.5)},
    {"unit_id": "650422", "name": "托克逊县", "level": "county", "geometry": box(88, 42, 89, 43.5)},
]
PLACES = {"a": 89.5, "b": 90.5, "c": 88.5}
DAYS = ("2024-11-10", "2025-08-10", "2025-11-10")
LEVELS = {"a": (10.1, 10.0, 9.7), "b": (20.0, 20.0, 20.5), "c": (30.2, 30.0, 29.9)}
"""Level a year before, a quarter before and in the quarter; the changes of AC-30 against the quarter before."""


def quarterly(path, levels=None, values=None, day="2025-12-31", **roles):
    rows = [
        {"station_id": name, "date_on": on, "level_m": level}
        for name, told in (levels or LEVELS).items()
        for on, level in zip(DAYS, told, strict=True)
        if level is not None
    ]
    stations = [{"station_id": name, "x": x, "y": 42.9} for name, x in PLACES.items()]
    return judged(path, values=values, day=day, units=UNITS, stations=stations, levels=rows, **roles)


@pytest.fixture(scope="module")
def quarter(tmp_path_factory):
    return quarterly(tmp_path_factory.mktemp("quarter") / "case.gpkg")


def counties(table, *names):
    """Cells of the counties; a regiment without stations stands below them."""
    rows = lines(table, "level", *names)
    return [row[1] if len(names) == 1 else row[1:] for row in rows if row[0] in ("县级", "County")]


def ranks(table, basis="previous_quarter"):
    return dict(counties(table, "unit", f"{basis}.rank"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_comparisons_stand_side_by_side(quarter, language):
    table = printed(quarter, "quarter_levels", language)
    names = {"zh": ("高昌区", "托克逊县", "鄯善县"), "en": ("Gaochang", "Toksun", "Shanshan")}[language]
    assert counties(table, "unit", "previous_quarter.rank") == list(
        zip(names, (1, 2, 3), strict=True)
    )  # AC-30
    assert [str(one) for one in counties(table, "previous_quarter.change_m")] == ["-0.30", "-0.10", "0.50"]
    assert [str(one) for one in counties(table, "same_quarter_last_year.change_m")] == [
        "-0.40",
        "-0.30",
        "0.50",
    ]
    assert set(lines(table, "period", "previous_quarter.previous", "same_quarter_last_year.previous")) == {
        ("2025-Q4", "2025-Q3", "2024-Q4")
    }
    assert len({column.label for column in table.columns}) == len(table.columns)
    kept = "SELECT unit_id, round(before_m, 2), round(after_m, 2), rank, n_used FROM unit_ranking WHERE previous = ?"
    for basis, previous in (("previous_quarter", "2025-Q3"), ("same_quarter_last_year", "2024-Q4")):
        found = {unit: row for unit, *row in ask(quarter, kept, previous)}
        told = counties(table, *(f"{basis}.{name}" for name in ("before_m", "after_m", "rank", "n_used")))
        units = ("650402", "650422", "650421")
        assert [[float(one) for one in row] for row in told] == [found[unit] for unit in units]


def test_equal_changes_share_a_rank(tmp_path):
    levels = {"a": (10.1, 10.0, 9.7), "b": (20.0, 20.0, 19.7), "c": (None, 30.0, 29.9)}
    table = printed(quarterly(tmp_path / "case.gpkg", levels), "quarter_levels")
    assert ranks(table) == {"高昌区": 1, "鄯善县": 1, "托克逊县": 3}
    assert ranks(table, "same_quarter_last_year") == {"高昌区": 1, "鄯善县": 2, "托克逊县": None}
    assert (
        "3项对比无数据" in table.notes[-1]
    )  # of a county without a level, and twice of a regiment without stations


def test_ranks_by_the_size_of_the_change(tmp_path):
    path = quarterly(tmp_path / "case.gpkg", values={"ranking.signed": False})
    table = printed(path, "quarter_levels")
    assert ranks(table) == {"鄯善县": 1, "高昌区": 2, "托克逊县": 3}  # AC-30, the other choice
    assert "按变幅绝对值排名" in table.notes[1]


def test_a_case_without_the_second_comparison_says_so(quarter, tmp_path):
    path = copied(quarter, tmp_path / "case.gpkg")
    change(path, "DELETE FROM unit_ranking WHERE previous = '2024-Q4'")
    table = printed(path, "quarter_levels")
    assert len(counties(table, "unit")) == 3
    assert set(lines(table, "same_quarter_last_year.change_m")) == {None}
    assert any("没有与上年同期的对比结果" in note for note in table.notes)
    change(path, "DELETE FROM unit_ranking")
    assert any("没有2025-Q4与上季的对比结果" in note for note in printed(path, "quarter_levels").notes)


def test_scope(quarter):
    assert lines(printed(quarter, "quarter_levels", county="650421"), "unit") == ["鄯善县"]
    assert len(printed(quarter, "quarter_levels", begin=date(2025, 10, 1), end=date(2025, 12, 31))) == 4
    assert len(printed(quarter, "quarter_levels", begin=date(2026, 1, 1))) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_use_and_plan_are_those_of_the_balance(judged_sample, language):
    table = printed(judged_sample, "quarter_use", language)
    found = "SELECT cap_m3, round(use_m3), round(margin_m3), n_wells FROM quota_balance WHERE year = 2025"
    told = lines(table, "cap_m3", "use_m3", "margin_m3", "n_wells")
    plain = [tuple(None if one is None else float(one) for one in row) for row in told]
    assert sorted(plain, key=repr) == sorted(
        (tuple(None if one is None else float(one) for one in row) for row in ask(judged_sample, found)),
        key=repr,
    )
    assert set(lines(table, "year")) == {2025}
    source = {"zh": "地下水", "en": "Groundwater"}[language]
    counties = [unit for unit, of in lines(table, "unit", "source") if of == source]
    assert counties[1] == {"zh": "高昌区", "en": "Gaochang"}[language]


def test_use_of_a_period_and_of_a_county(judged_sample):
    years = {"begin": date(2023, 1, 1), "end": date(2024, 12, 31)}
    table = printed(judged_sample, "quarter_use", **years)
    assert (
        len(table)
        == ask(judged_sample, "SELECT count(*) FROM quota_balance WHERE year IN (2023, 2024)")[0][0]
        > 0
    )
    table = printed(judged_sample, "quarter_use", county="650421")
    assert set(lines(table, "unit")) == {"鄯善县"}


def test_units_without_figures_stay_without_rank(judged_sample):
    table = printed(judged_sample, "quarter_levels")
    assert len(table) == ask(judged_sample, "SELECT count(DISTINCT unit_id) FROM unit_ranking")[0][0] > 0
    assert set(lines(table, "previous_quarter.rank")) == {None}  # no level was read in 2026
