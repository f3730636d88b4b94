"""Wells by county, zone and outcome against the case file, read by plain SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from overdraft.core.casefile import spatial
from overdraft.core.papers import KINDS, Scope, open_book

OUTCOMES = ("fail", "review", "not_evaluated", "exempt", "pass")


def drawn(path, language="zh", **scope):
    return KINDS["verdict_summary"].make(open_book(path, (), language, Scope(**scope)))


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def counted(path, where="1 = 1"):
    """By county and zone (empty: none): all, of regiments, by outcome, permitted."""
    by_outcome = ", ".join(f"sum(outcome = '{one}')" for one in OUTCOMES)
    rows = query(
        path,
        "SELECT coalesce(county_id, ''), coalesce(zone_id, ''), count(*), total(management = 'regiment'),"
        f" {by_outcome}, round(total(permit_m3)) FROM wells WHERE {where} AND placed GROUP BY 1, 2",
    )
    return {row[:2]: tuple(map(int, row[2:])) for row in rows}


def lines(table):
    names = ("n_wells", "n_regiment", *OUTCOMES, "permit_m3")
    return {
        (county, zone): tuple(map(int, values))
        for county, zone, *values in zip(
            *(table[name].values for name in ("county", "zone", *names)), strict=True
        )
    }


def test_r30_every_line_is_a_query_on_the_case(judged_sample):
    units = dict(query(judged_sample, "SELECT unit_id, name FROM units"))
    zones = {name: f"{told} {name}" for name, told in query(judged_sample, "SELECT zone_id, name FROM zones")}
    wanted = {
        (units.get(county, "未归属"), zones.get(zone, "分区以外")): values
        for (county, zone), values in counted(judged_sample).items()
    }
    made = drawn(judged_sample)
    told = {key: values for key, values in lines(made).items() if key[1] != "位置不明"}
    assert len(wanted) > 12
    assert told == wanted
    (absent,) = query(judged_sample, "SELECT count(*) FROM wells WHERE NOT coalesce(placed, 0)")[0]
    assert sum(values[0] for key, values in lines(made).items() if key[1] == "位置不明") == absent > 0


def test_r30_the_sums_are_those_of_the_lines_and_of_the_case(judged_sample):
    made = drawn(judged_sample)
    whole = made.totals[-1]
    (n, permitted) = query(judged_sample, "SELECT count(*), total(permit_m3) FROM wells")[0]
    assert whole.sums["n_wells"] == n
    assert sum(whole.sums[one] for one in OUTCOMES) == n
    assert float(whole.sums["permit_m3"] + whole.differences.get("permit_m3", 0)) == pytest.approx(
        permitted, abs=0.5
    )
    assert [total.label for total in made.totals[:3]] == ["高昌区", "鄯善县", "托克逊县"]
    assert sum(total.sums["n_wells"] for total in made.totals[:-1]) == n


def test_a_part_has_its_own_lines(judged_sample):
    made = drawn(judged_sample, "en", county="650422")
    (n,) = query(judged_sample, "SELECT count(*) FROM wells WHERE county_id = '650422'")[0]
    assert set(made["county"].values) == {"Toksun"}
    (whole,) = made.totals
    assert (whole.label, whole.sums["n_wells"]) == ("Total", n)
    assert len(drawn(judged_sample, zone="CQ-02")) < len(drawn(judged_sample))


def test_wells_of_regiments_are_counted_apart_and_inside(judged_sample, tmp_path):
    import shutil

    path = tmp_path / "case.gpkg"
    shutil.copy(judged_sample, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        spatial.enable(connection)
        connection.execute("UPDATE wells SET management = 'regiment' WHERE zone_id = 'CQ-04'")
    made = drawn(path)
    (n,) = query(path, "SELECT count(*) FROM wells WHERE zone_id = 'CQ-04'")[0]
    (line,) = (values for key, values in lines(made).items() if key[1].endswith("CQ-04"))
    assert line[:2] == (n, n)
    assert made.totals[-1].sums["n_wells"] == query(path, "SELECT count(*) FROM wells")[0][0]
