"""Half of a character (of a surrogate pair), which no file can keep: told or kept as its code, never a crash."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from overdraft.core.casefile import read_case
from overdraft.core.intake import build_register

HALF = "\ud83d"
FIELDS = {
    **{"well_id": "text", "use": "text", "status": "text", "permit_no": "text", "name": "text"},
    **{"备注": "text", f"栏{HALF}": "text"},
}
ROWS = [
    ("POINT (89.3 42.3)", "W1", "irrigation", "active", "P1", f"井{HALF}", f"a{HALF}b", "x"),
    ("POINT (89.4 42.3)", f"W2{HALF}", "irrigation", f"sealed{HALF}", "P2", "井", None, HALF),
    ("POINT (89.5 42.3)", "W3", "irrigation", "active", "P3", "井", "whole 😀", "y"),
]


@pytest.fixture
def wells(layer):
    return layer("Point", FIELDS, ROWS, name="wells")


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def test_a_run_asks_about_fields_keeps_own_columns_and_is_repeatable(run, wells, zones, units, tmp_path):
    case, chosen = str(tmp_path / "case.gpkg"), {"POLICY": "national", "AS_OF": "2025-12-31"}
    layers = {"WELLS": wells, "ZONES": zones, "UNITS": units}
    run("enforce", {**layers, **chosen, "FREEZE": True, "OUTPUT": case})
    asked = query(
        case,
        "SELECT subject_id, message_values FROM findings WHERE rule = 'register.value' ORDER BY subject_id",
    )
    assert [subject for subject, _ in asked] == ["W1", "row:2"]
    assert r"井\\ud83d" in asked[0][1]
    kept = query(case, r'SELECT "备注", "栏\ud83d" FROM wells ORDER BY fid')
    assert kept == [(r"a\ud83db", "x"), (None, r"\ud83d"), ("whole 😀", "y")]
    ((name,),) = query(case, "SELECT run_id FROM runs")
    assert run("verifycasefile", {"CASE": case, "RUN": name, "PROBLEMS": "memory:"})["N_PROBLEMS"] == 0
    again = build_register(read_case(case)).problems.rows  # a run on the case alone asks about the same cells
    again = again[again["rule"] == "register.value"].sort_values("subject_id")
    assert list(zip(again["subject_id"], again["message_values"], strict=True)) == asked


@pytest.mark.parametrize("suffix", ["memory:", "out.gpkg", "out.shp", "out.csv"])
def test_algorithms_that_pass_rows_on(run, rows_of, wells, zones, tmp_path, suffix):
    target = suffix if suffix == "memory:" else str(tmp_path / suffix)
    out = run("classifywells", {"WELLS": wells, "ZONES": zones, "POLICY": "national", "OUTPUT": target})
    assert len(rows_of(out["OUTPUT"])) == 3
    out = run("importlayer", {"INPUT": wells, "ROLE": "wells", "OUTPUT": target.replace("out", "imported")})
    assert len(rows_of(out["OUTPUT"])) == 3


def test_the_checks_name_the_cell(run, rows_of, wells):
    out = run("checkregister", {"WELLS": wells, "PROBLEMS": "memory:", "LANGUAGE": "en"})
    found = {(row["subject_id"], row["field"]) for row in rows_of(out["PROBLEMS"])}
    assert {("W1", "name"), ("row:2", "status")} <= found


def test_an_import_is_asked_about_again_by_every_run(run, wells, tmp_path):
    case = str(tmp_path / "case.gpkg")
    run("createregister", {"OUTPUT": case, "LANGUAGE": "en"})
    run("importlayer", {"INPUT": wells, "ROLE": "wells", "CASE": case, "MODE": "append", "OUTPUT": "memory:"})
    assert query(case, "SELECT name FROM wells WHERE well_id = 'W1'") == [(None,)]
    frame = read_case(case, ("wells",))["wells"]
    assert frame.loc[frame["well_id"] == "W1", "name"].tolist() == [f"井{HALF}"]
