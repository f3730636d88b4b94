"""超计划加价单: the worked cases of the document, both readings, and sums that are those of the run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from cases import LANGUAGES, ask, judged, lines, printed

from build import TOLI, TOLI_UNITS

WORKED = {  # used, share in %, band, piecewise, its line, whole, its line
    "AC-32": (11_500, "15.00", 1, 13_000, "10000 + 1500×2", 13_000, "10000 + 1500×2"),
    "AC-33": (13_000, "30.00", 2, 17_000, "10000 + 2000×2 + 1000×3", 19_000, "10000 + 3000×3"),
    "AC-34": (16_000, "60.00", 3, 28_000, "10000 + 2000×2 + 3000×3 + 1000×5", 40_000, "10000 + 6000×5"),
    "AC-35": (12_000, "20.00", 1, 14_000, "10000 + 2000×2", 14_000, "10000 + 2000×2"),
    "AC-35b": (12_001, "20.01", 2, 14_003, "10000 + 2000×2 + 1×3", 16_003, "10000 + 2001×3"),
    "AC-36": (15_000, "50.00", 2, 23_000, "10000 + 2000×2 + 3000×3", 25_000, "10000 + 5000×3"),
    "AC-37": (9_000, "-10.00", 0, 9_000, "9000", 9_000, "9000"),
}
MONEY = ("fee_piecewise", "surcharge_piecewise", "fee_whole", "surcharge_whole", "fee", "surcharge")
WATER = ("used_m3", "excess_m3", "within_m3", "band_1_m3", "band_2_m3", "band_3_m3")


def index(user, measure, value, year=2025):
    row = {"subject_role": "users", "subject_id": user, "year": year, "measure": measure}
    return {**row, "value": value, "unit": "m3"}


def charged(path, users, indices, rate=1.0, values=None, **roles):
    roles.setdefault("wells", [{"well_id": "W", "x": 83.25, "y": 45.5}])
    return judged(
        path,
        "toli-2024",
        values=values,
        units=TOLI_UNITS,
        users=[{"user_id": name, "county": "托里县"} for name in users],
        indices=indices,
        prices=[{"price_id": "R", "kind": "base_rate", "value": rate, "unit": "元/m3"}],
        **roles,
    )


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    figures = [index(name, "plan", 10_000.0) for name in WORKED]
    figures += [index(name, "use", float(case[0])) for name, case in WORKED.items()]
    figures += [index("no plan", "use", 9_000.0)]
    return charged(tmp_path_factory.mktemp("charges") / "case.gpkg", [*WORKED, "no plan"], figures)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WORKED)
def test_the_worked_cases(catalogue, language, name):
    table = printed(catalogue, "over_plan_charges", language)
    used, percent, band, piecewise, line, whole, other = WORKED[name]
    row = dict(
        zip(
            [column.name for column in table.columns],
            list(table.rows)[table["user_id"].values.index(name)],
            strict=True,
        )
    )
    assert (row["base_m3"], row["used_m3"], str(row["excess_percent"]), row["band"]) == (
        10_000,
        used,
        percent,
        band,
    )
    assert (row["fee_piecewise"], row["worked_piecewise"]) == (piecewise, line)
    assert (row["fee_whole"], row["worked_whole"]) == (whole, other)
    assert (row["surcharge_piecewise"], row["surcharge_whole"]) == (piecewise - used, whole - used)
    assert (row["fee"], row["surcharge"]) == (piecewise, piecewise - used)
    assert row["mode"] == {"zh": "分段累进", "en": "Each slice at its own multiple"}[language]


def test_without_a_plan_there_is_no_charge(catalogue):
    table = printed(catalogue, "over_plan_charges")
    row = table["user_id"].values.index("no plan")
    assert table["case"].values[row] == "无计划"
    assert {table[name].values[row] for name in (*MONEY, "base_m3", "worked_whole")} == {None}
    assert "1行未计费：缺计划、用水量或收费标准。" in table.notes


def test_the_quota_as_the_base(tmp_path):
    figures = [index("U", "plan", 10_000.0), index("U", "quota", 9_000.0), index("U", "use", 9_500.0)]
    by_plan = printed(charged(tmp_path / "plan.gpkg", ["U"], figures), "over_plan_charges")
    assert lines(by_plan, "base", "fee", "surcharge") == [("计划", 9_500, 0)]
    values = {"fee.base": "quota"}
    by_quota = printed(charged(tmp_path / "quota.gpkg", ["U"], figures, values=values), "over_plan_charges")
    assert lines(by_quota, "base", "fee", "fee_whole") == [("定额", 10_000, 10_000)]  # AC-38
    assert str(by_quota["excess_percent"].values[0]) == "5.56"


def test_the_other_choices_of_the_reading(tmp_path):
    figures = [index("U", "plan", 10_000.0), index("U", "use", 15_000.0)]
    values = {"fee.mode": "whole", "fee.boundary": "upper"}
    table = printed(charged(tmp_path / "case.gpkg", ["U"], figures, values=values), "over_plan_charges")
    assert lines(table, "mode", "fee", "fee_piecewise", "fee_whole") == [
        ("超量全额", 35_000, 23_000, 35_000)
    ]  # AC-36
    assert "所采用解读：超量全额（用户设定）" in table.notes[1]


def test_the_sheet_says_the_bands(catalogue):
    note = printed(catalogue, "over_plan_charges").notes[1]
    assert note.startswith("TOL-13d：“对超额 20% 以内的，按征收标准的 2 倍收取")
    assert "分档界限20%、50%，各档倍数2、3、5。所采用解读：分段累进（未核实）" in note


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Forty users of two townships, two years, volumes and a rate with decimals."""
    rng = np.random.default_rng(7)
    names = [f"U{number:02d}" for number in range(40)]
    figures = []
    for name in names:
        for year in (2024, 2025):
            plan = round(float(rng.uniform(1_000, 20_000)), 1)
            figures += [index(name, "plan", plan, year)] if rng.random() > 0.1 else []
            figures += [index(name, "use", round(plan * float(rng.uniform(0.5, 2)), 3), year)]
    wells = [
        {"well_id": f"W{number:02d}", "user_id": name, "x": 83.25 if number % 3 else 83.75, "y": 45.5}
        for number, name in enumerate(names[:-2])
    ]
    path = tmp_path_factory.mktemp("county") / "case.gpkg"
    return charged(path, names, figures, rate=0.1375, wells=wells)


def test_sums_are_those_of_the_run(county):
    """Money to the fen; of water the sum of the printed rows, and with the difference told, what the run added up."""
    table = printed(county, "over_plan_charges")
    assert len(table) == ask(county, "SELECT count(*) FROM over_plan_fees")[0][0] == 80
    statement = """SELECT fee_piecewise, surcharge_piecewise, fee_whole, surcharge_whole, fee, surcharge, used_m3,
        excess_m3, within_m3, band_1_m3, band_2_m3, band_3_m3 FROM over_plan_totals
        WHERE level = 'county' AND year = ?"""
    years = {total.label: total for total in table.totals}
    assert [*years] == ["2024年合计", "2025年合计", "合计"]
    for year in (2024, 2025):
        total = years[f"{year}年合计"]
        [kept] = ask(county, statement, year)
        for name, value in zip((*MONEY, *WATER), kept, strict=True):
            sum_, apart = total.sums[name], total.differences.get(name, Decimal(0))
            if name in MONEY:
                assert (sum_, apart) == (Decimal(repr(value)).quantize(Decimal("0.01")), 0)
            else:
                assert sum_ + apart == Decimal(repr(value)).quantize(Decimal(1))
    assert any(total.differences for total in table.totals)
    assert {str(rate) for rate in lines(table, "rate")} == {"0.1375"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_totals_are_printed_as_the_run_kept_them(county, language):
    table = printed(county, "over_plan_totals", language)
    kept = ask(
        county, "SELECT year, n_users, n_over, n_not_charged, fee_piecewise, fee_whole FROM over_plan_totals"
    )
    names = ("year", "n_users", "n_over", "n_not_charged", "fee_piecewise", "fee_whole")
    assert [(*row[:4], *map(float, row[4:])) for row in lines(table, *names)] == kept
    names = {
        "zh": {"阿克别里斗乡", "多拉特乡", "托里县", "未归属", None},
        "en": {"Akbelidou", "Duolate", "Toli", "Not assigned", None},
    }
    assert set(lines(table, "unit")) == names[language]


def test_scope(county):
    whole = ask(county, "SELECT count(*) FROM over_plan_fees WHERE year = 2025")[0][0]
    of_year = {"begin": date(2025, 1, 1), "end": date(2025, 12, 31)}
    assert len(printed(county, "over_plan_charges", **of_year)) == whole == 40
    assert len(printed(county, "over_plan_charges", begin=date(2025, 1, 1), end=date(2025, 12, 30))) == 0
    assert set(lines(printed(county, "over_plan_totals", **of_year), "year")) == {2025}
    [(authority,)] = ask(county, "SELECT DISTINCT authority FROM wells WHERE authority IS NOT NULL")
    table = printed(county, "over_plan_charges", authority=authority)
    users = {name for (name,) in ask(county, "SELECT user_id FROM wells WHERE authority = ?", authority)}
    assert set(lines(table, "user_id")) == users
    assert (
        len(printed(county, "over_plan_totals", county=TOLI))
        == ask(
            county, "SELECT count(*) FROM over_plan_totals WHERE level <> 'all' AND unit_id <> 'unassigned'"
        )[0][0]
    )


def test_names_of_users_are_personal(tmp_path):
    figures = [index("U", "plan", 10_000.0), index("U", "use", 15_000.0)]
    persons = [{"user_id": "U", "owner": "张三丰"}]
    path = charged(tmp_path / "case.gpkg", ["U"], figures, persons=persons)
    assert lines(printed(path, "over_plan_charges"), "owner") == ["张三丰"]
    assert lines(printed(path, "over_plan_charges", profile="internal"), "owner") == ["张**"]
    assert "owner" not in {
        column.name for column in printed(path, "over_plan_charges", profile="public").columns
    }


def test_a_document_without_bands_charges_nothing(judged_sample):
    table = printed(judged_sample, "over_plan_charges")
    assert len(table) == len(printed(judged_sample, "over_plan_totals")) == 0
    assert table.notes == ("TLF-5.2d未规定分档和倍数，不套用其他文件，故未计收。",)
