"""``checkregister`` through Processing: a broken layer among good ones, both languages, nothing personal."""

from __future__ import annotations

import pytest
from qgis.core import QgsCoordinateReferenceSystem

from overdraft.core.schema import results_schema

FIELDS = {"well_id": "text", "use": "text", "status": "text", "county": "text", "depth_m": "real"}
ROWS = [
    ("POINT (89.5 42.5)", "A", "irrigation", "active", "高昌区", 100.0),
    ("POINT (89.6 42.6)", "B", "浇园13812341234", "active", "高昌区", 100.0),
    ("POINT (89.7 42.7)", "C", "irrigation", "active", "鄯善县", -2.0),
]


@pytest.fixture
def given(layer, units, table):
    persons = {"井主": "text", "电话": "text"}
    wells = layer("Point", FIELDS | persons, [(*row, "王小明", "13987654321") for row in ROWS], name="wells")
    return {
        "WELLS": wells,
        "UNITS": units,
        "READINGS": table("readings", {"well_id": "text", "year": "int"}, [("A", 2024), ("Z", 2024)]),
        "AS_OF": "2025-12-31",
    }


@pytest.fixture
def check(run, given, rows_of, listener):
    def call(**changed):
        heard = listener()
        out = run("checkregister", {**given, **changed, "PROBLEMS": "memory:", "COUNTS": "memory:"}, heard)
        return out, rows_of(out["PROBLEMS"]), rows_of(out["COUNTS"]), heard

    return call


def test_problems_counts_and_numbers(check):
    out, problems, counts, heard = check(LANGUAGE="en")
    found = {(row["check"], row["subject_role"], row["subject_id"]): row for row in problems}
    assert set(found) == {
        ("register.value", "wells", "B"),
        ("positions.county", "wells", "C"),
        ("values.depth_m", "wells", "C"),
        ("references.well_id", "readings", "Z/2024"),
        ("references.parent_id", "units", "650402"),
        ("references.parent_id", "units", "650421"),
    }
    assert (out["N_ERROR"], out["N_WARNING"], out["N_NOTE"], out["N_ROWS"]) == (3, 1, 2, 7)
    assert [row["severity"] for row in problems] == ["error"] * 3 + ["warning"] + ["note"] * 2
    assert set(problems[0]) - {"wkt"} == set(results_schema().tables["problems"].fields)
    assert set(counts[0]) - {"wkt"} == set(results_schema().tables["problem_counts"].fields)
    for row in counts:
        assert row["n_ok"] + row["n_problem"] + row["n_not_checked"] == row["n_subjects"]
    depth = found["values.depth_m", "wells", "C"]
    assert depth["message"] == "Depth cannot be -2; allowed: > 0."
    assert depth["wkt"].startswith("Point (89.7")
    assert any("7 rows checked" in text for text in heard.infos)


def test_nothing_personal_and_chinese(check):
    _, problems, counts, heard = check(LANGUAGE="zh")
    (depth,) = [row for row in problems if row["check"] == "values.depth_m"]
    assert depth["message"] == "井深不可能为-2，允许范围：> 0。"
    everything = " ".join(map(str, [*problems, *counts, *heard.infos, *heard.warnings]))
    assert "138****1234" in everything
    for word in ("王小明", "13987654321", "13812341234"):
        assert word not in everything


def test_a_broken_layer_among_good_ones(check, layer, table):
    nowhere = layer("Point", FIELDS, ROWS, crs="")
    nowhere.setCrs(QgsCoordinateReferenceSystem())
    lines = layer("LineString", {"station_id": "text"}, [("LINESTRING (89 42, 90 43)", "S")])
    users = table("users", {"name": "text"}, [("U",)])
    out, problems, _, _ = check(LANGUAGE="en", WELLS=nowhere, STATIONS=lines, USERS=users)
    broken = {row["subject_role"]: row for row in problems if row["check"] == "layers.read"}
    assert set(broken) == {"wells", "stations", "users"}
    assert "no coordinate reference system" in broken["wells"]["message"]
    assert "importlayer" in broken["users"]["remedy"]
    assert all(row["wkt"] is None for row in broken.values())
    # The rest is checked: the depth of a well, a reading of one that is not there
    assert {"values.depth_m", "references.well_id"} <= {row["check"] for row in problems}
    assert out["N_ROWS"] == 9


def test_a_case_file_supplies_what_is_not_given(check, run, tmp_path, given):
    case = str(tmp_path / "case.gpkg")
    run("createregister", {"OUTPUT": case})
    out, _, _, _ = check(CASE=case)
    assert out["N_ROWS"] == 7


def test_other_algorithms_still_refuse_a_layer_without_a_system(provider, context, layer, register):
    nowhere = layer("Point", FIELDS, ROWS, crs="")
    nowhere.setCrs(QgsCoordinateReferenceSystem())
    algorithm = provider.algorithm("classifywells").create()
    ok, said = algorithm.checkParameterValues({**register, "WELLS": nowhere, "OUTPUT": "memory:"}, context)
    assert not ok
    assert "no coordinate reference system" in said
