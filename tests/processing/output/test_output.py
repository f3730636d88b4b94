"""``verifycasefile``, ``mergecases`` and frozen runs through Processing."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from qgis.core import QgsProcessingException

from overdraft.core.schema import results_schema

POINTS = {"a": [("W1", 89.3, 42.3, 100.0)], "b": [("W2", 89.4, 42.4, 30.0)]}


@pytest.fixture
def register(zones, units):
    """What every run here is given beside its wells."""
    return {"ZONES": zones, "UNITS": units, "POLICY": "national", "AS_OF": "2025-12-31"}


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(statement, values).fetchall()
        connection.commit()
    return found


def test_freeze_verify_replay_and_merge(
    run, provider, context, register, point_wells, tmp_path, rows_of, listener
):
    paths = []
    for name, rows in POINTS.items():
        paths.append(str(tmp_path / f"{name} 案.gpkg"))
        given = {**register, "WELLS": point_wells(rows), "FREEZE": name == "a", "OUTPUT": paths[-1]}
        run("enforce", given)
    assert query(paths[1], "SELECT count(*) FROM frozen_inputs") == [(0,)]
    ((name, digest),) = query(paths[0], "SELECT run_id, finding_hash FROM runs")

    # a sound file, its frozen run replayed
    out = run("verifycasefile", {"CASE": paths[0], "RUN": name, "PROBLEMS": "memory:"})
    assert (out["N_PROBLEMS"], out["N_ENTRIES"], rows_of(out["PROBLEMS"])) == (0, 1, [])
    fields = [field.name() for field in out["PROBLEMS"].fields()]
    assert fields == list(results_schema().tables["integrity_problems"].fields)
    assert query(paths[0], "SELECT hash FROM history") == [(out["HEAD_NOW"],)]
    assert query(paths[0], "SELECT json_extract(after, '$.finding_hash') FROM history") == [(digest,)]
    head = out["HEAD_NOW"]

    # both as one
    merged = str(tmp_path / "merged.gpkg")
    out = run("mergecases", {"CASES": paths, "OUTPUT": merged})
    assert (out["OUTPUT"], out["N_CASES"]) == (merged, 2)
    assert out["N_READ"] == out["N_ROWS"] + out["N_SHARED"]
    assert query(merged, "SELECT well_id FROM wells ORDER BY well_id") == [("W1",), ("W2",)]
    assert query(merged, "SELECT kind, subject FROM history ORDER BY seq")[:2] == [
        ("merge", "a 案.gpkg"),
        ("merge", "b 案.gpkg"),
    ]
    with pytest.raises(QgsProcessingException, match=r"exists already|已存在"):
        run("mergecases", {"CASES": paths, "OUTPUT": merged})
    assert run("verifycasefile", {"CASE": merged, "PROBLEMS": "memory:"})["N_PROBLEMS"] == 0

    # a forged history is a result, not an error; the head tells what came after it
    query(paths[0], "DROP TRIGGER history_no_update")
    query(paths[0], "UPDATE history SET reason = 'forged'")
    out = run("verifycasefile", {"CASE": paths[0], "HEAD": head, "LANGUAGE": "zh", "PROBLEMS": "memory:"})
    assert {row["kind"] for row in rows_of(out["PROBLEMS"])} == {"edited", "guard_missing", "head_missing"}
    assert out["N_PROBLEMS"] == 3
    assert "N_AFTER" not in out
    assert any("历史记录" in row["message"] for row in rows_of(out["PROBLEMS"]))

    check = provider.algorithm("verifycasefile").create().checkParameterValues
    assert check({"PROBLEMS": "memory:"}, context) == (False, "CASE is needed: choose a case file (*.gpkg).")
