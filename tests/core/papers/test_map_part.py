"""The part of a case that a map shows: figures against queries of their own, titles, lines, names of files."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date

import pyogrio
import pytest
import shapely

from overdraft.core.papers.book import open_book
from overdraft.core.papers.map_figures import figures_of, unit_figures
from overdraft.core.papers.map_part import CODE, NAME, name_of, part, part_name, unfit
from overdraft.core.papers.maps import MAPS, NEEDS, changes, land, pair_lines, subtitle, title_of, units_of
from overdraft.core.papers.names import safe_name
from overdraft.core.papers.scope import Scope

BAIYANG = "自治区白杨河流域管理局"
SHANSHAN = "鄯善县水行政主管部门"
OF_2023 = {"begin": date(2023, 1, 1), "end": date(2023, 12, 31)}


@pytest.fixture(scope="module")
def opened(judged_sample):
    def book(language="zh", **scope):
        return open_book(judged_sample, NEEDS, language, Scope(**scope))

    return book


def query(path, statement, *values):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(statement, values).fetchall()


def number(text: str) -> float:
    return float(text.replace(",", ""))


OUTCOMES = ("fail", "review", "not_evaluated", "exempt", "pass")


@pytest.mark.parametrize(
    ("scope", "where", "value"),
    [
        ({"zone": "CQ-06"}, "';' || zone_ids || ';' LIKE '%;' || ? || ';%'", "CQ-06"),
        ({"authority": BAIYANG}, "authority = ?", BAIYANG),
        ({"county": "650402", "zone": "CQ-03"}, "zone_ids LIKE '%' || ? || '%'", "CQ-03"),
        ({"county": "650422", "authority": BAIYANG}, "county_id = '650422' AND authority = ?", BAIYANG),
    ],
)
def test_r30_wells_of_a_part(opened, judged_sample, scope, where, value):
    told = figures_of(opened(**scope), "verdicts").rows[-1][1:]
    counts = dict(
        query(judged_sample, f"SELECT outcome, count(*) FROM wells WHERE {where} GROUP BY 1", value)
    )
    assert [int(number(cell)) for cell in told] == [
        *(counts.get(outcome, 0) for outcome in OUTCOMES),
        sum(counts.values()),
    ]


def test_r30_zones_of_a_county_are_those_that_lie_in_it(opened, judged_sample):
    zones = pyogrio.read_dataframe(judged_sample, layer="zones")
    units = pyogrio.read_dataframe(judged_sample, layer="units")
    day = "2026-03-31"
    county = units[units["unit_id"] == "650421"].to_crs(zones.crs).geometry.iloc[0]
    now = (zones["legal_state"] != "proposed") & ~(zones["valid_to"].astype(str) < day)
    there = zones[now.to_numpy() & shapely.intersects(zones.geometry.to_numpy(), county)]
    rows = {row[0]: row[1:] for row in figures_of(opened(county="650421"), "zones").rows}
    severe = there["severity"] == "severe"
    restricted = there["control"] == "restricted"
    assert rows["严重超采区"][0] == str(int(severe.sum())) == "1"
    assert rows["限采区"][0] == str(int(restricted.sum())) == "2"
    assert (
        rows["一般超采区"][0] == str(int((~severe & ~(restricted & there["severity"].isna())).sum())) == "3"
    )
    assert "禁采区" not in rows
    ((outside,),) = query(
        judged_sample, "SELECT count(*) FROM wells WHERE county_id = '650421' AND placed AND zone_ids = ''"
    )
    assert number(rows["分区以外"][1]) == outside


def test_r30_a_zone_alone(opened, judged_sample):
    book = opened(zone="CQ-06")
    ((wells,),) = query(judged_sample, "SELECT count(*) FROM wells WHERE zone_ids LIKE '%CQ-06%'")
    rows = {row[0]: row[1:] for row in figures_of(book, "zones").rows}
    assert rows == {"严重超采区": ("1", f"{wells:,}"), "限采区": ("1", f"{wells:,}"), "分区以外": ("", "0")}
    fields = "sealed, renewed, reserved, required, deficit, further"
    stored = query(judged_sample, f"SELECT {fields} FROM ledger_balance WHERE pool_id = '650421/CQ-06'")
    (told,) = figures_of(book, "pairs").rows
    assert [tuple(map(number, told[1:]))] == stored
    assert told[0] == "鄯善县 / 杏花庄严重超采区"


def test_r30_pairs_of_an_authority_and_of_a_period(opened, judged_sample):
    by_authority = query(
        judged_sample,
        "SELECT p.permission, count(*) FROM pair_lines p JOIN wells w ON w.well_id = p.renewal_id"
        " WHERE w.authority = ? GROUP BY 1",
        SHANSHAN,
    )
    by_day = query(
        judged_sample,
        "SELECT p.permission, count(*) FROM pair_lines p JOIN pairs r USING (renewal_id, retired_id)"
        " WHERE substr(r.pledged_on, 1, 4) = '2023' GROUP BY 1",
    )
    words = {"allow": "可批准", "review": "待核查", "deny": "不予批准", "hold": "暂缓"}
    for scope, stored in (({"authority": SHANSHAN}, by_authority), (OF_2023, by_day)):
        book = opened(**scope)
        rows = {name: int(n) for name, n in figures_of(book, "pairs").rows}
        assert rows.pop("合计") == sum(rows.values()) == len(pair_lines(book))
        assert rows == {words[permission]: n for permission, n in stored}
        assert 0 < len(pair_lines(book)) < len(opened()["pair_lines"])


def test_r30_land_retired_in_a_period(opened, judged_sample):
    stored = query(
        judged_sample,
        "SELECT count(*), sum(area_mu) FROM irrigation WHERE substr(retired_on, 1, 4) = '2023'"
        " AND area_id NOT IN (SELECT subject_id FROM events WHERE subject_role = 'irrigation')",
    )
    book = opened(**OF_2023)
    *units, whole = figures_of(book, "retirement").rows
    assert whole[2] == f"{stored[0][1]:,.1f}"
    for place in (1, 2, 3):
        assert sum(number(row[place]) for row in units) == pytest.approx(number(whole[place]))
    drawn = land(book)
    assert int(drawn["retired_day"].notna().sum()) == stored[0][0]
    assert set(drawn["retired_day"].dropna().dt.year) == {2023}
    alone = figures_of(opened(county="650421", **OF_2023), "retirement").rows
    assert alone == tuple(row for row in units if row[0] == "鄯善县")
    assert figures_of(opened(begin=date(2030, 1, 1)), "retirement").rows == (("合计", "0", "0.0", "0.0"),)


def test_atlases_have_pages_for_units_with_wells_of_the_part(opened, judged_sample):
    homes = query(judged_sample, "SELECT DISTINCT township_id FROM wells WHERE zone_ids LIKE '%CQ-06%'")
    book = opened(zone="CQ-06")
    pages = list(units_of(book, "township_atlas")["unit_id"])
    assert pages == sorted(home for (home,) in homes)
    rows = dict(unit_figures(book, "county_atlas", "650421").rows)
    ((wells,),) = query(judged_sample, "SELECT count(*) FROM wells WHERE zone_ids LIKE '%CQ-06%'")
    assert rows["机井总数（眼）"] == f"{wells:,}"
    assert not [name for name in rows if "封填" in name or "退减" in name]  # balances are not kept by zone


def test_wells_that_left_are_counted_in_their_part(opened, judged_sample, tmp_path):
    earlier = tmp_path / "earlier.gpkg"
    shutil.copy(judged_sample, earlier)
    with closing(sqlite3.connect(earlier)) as connection:
        triggers = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'wells'"
        )
        for (name,) in triggers.fetchall():  # those of the spatial index, which plain SQLite does not know
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(
            "UPDATE wells SET row_id = 'GONE-1', well_id = 'GONE-1' WHERE well_id ="
            " (SELECT min(well_id) FROM wells WHERE county_id = '650421')"
        )
        connection.commit()
    before = open_book(earlier, NEEDS, "zh")
    told = {}
    for county in ("650421", "650402"):
        book = opened(county=county)
        told[county] = dict(figures_of(book, "change", changes(book, before)).rows)["退出"]
    assert told == {"650421": "1", "650402": "0"}


def test_what_is_shown_is_said(opened):
    book = opened(county="650421", zone="CQ-06", authority=SHANSHAN)
    assert title_of(book, "verdicts") == "鄯善县杏花庄严重超采区机井核查结论图"
    assert subtitle(book, "verdicts").startswith(f"仅示：{SHANSHAN}所管机井　依据：")
    assert subtitle(book, "county_atlas").startswith(f"仅示：杏花庄严重超采区内机井；{SHANSHAN}所管机井　")
    dated = opened("en", begin=date(2023, 1, 1))
    assert subtitle(dated, "pairs").startswith("Shown only: pairs pledged 2023-01-01 to … · By ")
    assert subtitle(dated, "retirement").startswith("Shown only: land retired 2023-01-01 to … · By ")
    assert subtitle(opened("en"), "pairs").startswith("By ")


def test_the_ground_of_a_part(opened):
    zone = part(opened(zone="CQ-06"), "EPSG:4539")
    county = part(opened(county="650421"), "EPSG:4539")
    both = part(opened(county="650421", zone="CQ-06"), "EPSG:4539")
    assert both.equals(zone & county)
    assert both.area == pytest.approx(zone.area, rel=1e-6)
    assert both.area < county.area
    assert part(opened(authority=SHANSHAN), "EPSG:4539") is None
    assert part(opened(county="650402", zone="CQ-06"), "EPSG:4539").area == pytest.approx(0, abs=1)


def test_a_case_without_balances_has_maps_with_empty_tables(opened):
    for scope in ({}, {"county": "650421"}, {"zone": "CQ-06"}, {"authority": SHANSHAN}, OF_2023):
        book = opened(**scope)
        missing = (
            "ledger",
            "ledger_balance",
            "pair_lines",
            "pairs",
            "retirement_balance",
            "irrigation",
            "events",
        )
        tables = {name: table for name, table in book.tables.items() if name not in missing}
        bare = replace(book, tables=tables, raw={**book.raw, "irrigation": book.raw["irrigation"][:0]})
        sums = [row for row in figures_of(bare, "pairs").rows if row[0] == "合计"]
        assert list(figures_of(bare, "pairs").rows) == sums
        assert all(row[1:] == ("0",) for row in sums)
        assert len(pair_lines(bare)) == len(land(bare)) == 0
        assert dict(unit_figures(bare, "county_atlas", "650421").rows)["机井总数（眼）"] != "0"


def test_filters_that_fit_no_map():
    days = {"end": date(2024, 1, 1)}
    assert [kind for kind in MAPS if not unfit(kind, Scope(**days))] == ["pairs", "retirement"]
    assert unfit("retirement", Scope("650402", "CQ-01", "A", **days)) == ("zone", "authority")
    assert unfit("verdicts", Scope("650402", "CQ-01", "A", **days)) == ("period",)
    assert not any(unfit(kind, Scope(county="650402")) for kind in MAPS)


def test_s7_names_of_files_differ_by_part():
    texts = ["CQ-01", "CQ/01", "CQ?01", "CQ_01", "县" * 16, "县" * 17, "县" * 18, "../..", "..", "con"]
    scopes = [Scope(**{name: text}) for name in ("zone",) for text in texts]
    scopes += [Scope(begin=date(2023, 1, 1)), Scope(end=date(2023, 1, 1)), Scope(**OF_2023)]
    names = [part_name(scope) for scope in scopes]
    assert len({name.casefold() for name in names}) == len(scopes)
    for name in names:
        assert re.fullmatch(r"[\w\-]+", name), name
    assert part_name(Scope("650402", "CQ-01", SHANSHAN)) == f"650402_CQ-01_{SHANSHAN}"
    longest = Scope("县" * 60, "区" * 60, "局" * 60, **OF_2023)
    whole = f"township_atlas_zh_internal_{part_name(longest)}_{name_of('1' * 60, CODE)}_{name_of('乡' * 60, NAME)}.pdf"
    assert len(whole.encode()) < 255
    assert safe_name(part_name(longest), longest=200) == part_name(longest)
    assert part_name(Scope()) == ""
