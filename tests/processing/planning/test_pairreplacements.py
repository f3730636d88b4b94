"""``pairreplacements`` through Processing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from qgis.core import QgsProcessingException, QgsWkbTypes

from overdraft.core.casefile import read_case, read_results
from overdraft.core.schema import results_schema

WELLS = {
    "well_id": "text",
    "use": "text",
    "status": "text",
    "status_on": "date",
    "origin": "text",
    "permit_no": "text",
}
SINKS = ("PAIRS", "LINES", "UNMET", "GROUPS", "NEXT_BEST")


@pytest.fixture
def given(layer, zones, units):
    """On a parallel in the severe zone, in steps of 0.001° (82.45 m): sealed A, B and C, the renewal N, D in use; M six
    steps further on."""
    sealed = ("irrigation", "sealed", "2023-05-01", "original")
    rows = [
        ("POINT (89.300 42.3)", "A", *sealed, "P1"),
        ("POINT (89.301 42.3)", "B", *sealed, "P2"),
        ("POINT (89.302 42.3)", "C", *sealed, "P3"),
        ("POINT (89.303 42.3)", "N", "irrigation", "proposed", None, "renewal", None),
        ("POINT (89.304 42.3)", "D", "irrigation", "active", None, "original", "P4"),
        ("POINT (89.310 42.3)", "M", "irrigation", "proposed", None, "renewal", None),
    ]
    wells = layer("Point", WELLS, rows, name="wells")
    return {
        **{"WELLS": wells, "ZONES": zones, "UNITS": units, "POLICY": "turpan-2021", "AS_OF": "2025-12-31"},
        **dict.fromkeys(SINKS, "memory:"),
    }


def test_everyone_is_served_at_least_cost(run, given, rows_of, listener):
    """Steps to A, B, C, D: for N 3, 2, 1, 1; for M 10, 9, 8, 6: 7 more at A, B and C, 5 at D. 7 + 5 + 7 = 19."""
    said = listener()
    out = run("pairreplacements", {**given, "NEXT_BEST_FOR": "N"}, feedback=said)
    pairs = rows_of(out["PAIRS"])
    assert [field.name() for field in out["PAIRS"].fields()] == list(
        results_schema().tables["plan_pairs"].fields
    )
    assert {row["renewal_id"] for row in pairs} == {"N", "M"}
    assert round(sum(row["distance_m"] for row in pairs) / 82.45) == 19
    assert [row["renewal_id"] for row in pairs if row["retired_id"] == "D"] == ["M"]
    assert out["COST"] == pytest.approx(sum(row["distance_m"] for row in pairs) / 1000, abs=4e-6)
    assert (out["SERVED"], out["N_UNMET"], out["GAP"], out["GREEDY_SERVED"]) == (2, 0, 0, 2)
    assert out["GREEDY_COST"] >= out["COST"]
    assert [row["to_seal"] for row in pairs if row["retired_id"] == "D"] == [True]
    assert out["LINES"].wkbType() == QgsWkbTypes.Type.LineString
    assert len(rows_of(out["LINES"])) == 4
    assert len(rows_of(out["NEXT_BEST"])) == 1
    assert any("Proven" in text for text in said.infos)
    assert any("still have to be sealed" in text for text in said.infos)


def test_who_gets_no_wells_is_told_why(run, given, rows_of, listener):
    said = listener()
    out = run("pairreplacements", {**given, "ALLOW_UNSEALED": False, "LANGUAGE": "zh"}, feedback=said)
    row = rows_of(out["UNMET"])[0]
    assert row["renewal_id"] == "M"
    assert row["missing"] == 1  # two times two, and three sealed
    assert row["reason"].startswith("M：与高昌区范围内其他更新井竞争")
    assert "D（0.5公里）：尚未封填，且本次不考虑在用井" in row["nearest"]
    group = rows_of(out["GROUPS"])[0]
    assert (group["renewal_ids"], group["needed"], group["available"]) == ("M;N", 4, 3)
    assert row["reason"] in said.warnings


def test_the_plan_goes_into_the_case_file_once(run, given, rows_of, tmp_path):
    case = str(tmp_path / "case.gpkg")
    run("enforce", {name: given[name] for name in given if name not in SINKS} | {"OUTPUT": case})
    asked = {name: given[name] for name in ("POLICY", "AS_OF", *SINKS)}
    recorded = {**asked, "CASE": case, "RECORD": True, "PLAN_NAME": "2026", "BY": "A. Planner"}
    first = run("pairreplacements", recorded)
    stored = read_case(case)["pairs"]
    assert set(stored["state"]) == {"reserved"}
    assert set(zip(stored["renewal_id"], stored["retired_id"], strict=True)) == {
        (row["renewal_id"], row["retired_id"]) for row in rows_of(first["PAIRS"])
    }
    plan = read_results(case, "plans")["plans"].iloc[0]
    assert (plan["kind"], plan["name"], plan["created_by"]) == ("pairing", "2026", "A. Planner")
    assert (plan["status"], plan["gap_ratio"]) == ("optimal", 0)
    assert plan["objective"] == plan["bound"] == pytest.approx(first["COST"])
    assert len(json.loads(plan["content"])["pairs"]) == 4
    assert json.loads(plan["settings"])["replacement.reading"] == "R1"
    assert len(list(Path(tmp_path).glob("case*bak*")) + list(Path(tmp_path).glob("*backup*"))) >= 1
    history = read_results(case, "history")["history"]
    assert history["kind"].tolist()[-1] == "plan"

    again = run("pairreplacements", {**asked, "CASE": case})
    assert again["SERVED"] == 0
    assert {row["renewal_id"]: row["reason_key"] for row in rows_of(again["UNMET"])} == {
        "M": "renewals.unmet.paired",
        "N": "renewals.unmet.paired",
    }


def test_a_plan_is_recorded_into_a_case_file_only(run, given):
    with pytest.raises(QgsProcessingException, match="RECORD"):
        run("pairreplacements", {**given, "RECORD": True})


def test_pairs_from_elsewhere_do_not_hide_those_of_the_case_file(run, given, table, tmp_path):
    case = str(tmp_path / "case.gpkg")
    run("enforce", {name: given[name] for name in given if name not in SINKS} | {"OUTPUT": case})
    pairs = table("pairs", {"renewal_id": "text", "retired_id": "text"}, [("X", "A")])
    with pytest.raises(QgsProcessingException, match="EXISTING_PAIRS"):
        run("pairreplacements", {**given, "CASE": case, "RECORD": True, "EXISTING_PAIRS": pairs})


def test_pairs_that_exist_are_taken(run, given, table, rows_of):
    pairs = table("pairs", {"renewal_id": "text", "retired_id": "text"}, [("X", "A"), ("X", "B")])
    out = run("pairreplacements", {**given, "EXISTING_PAIRS": pairs})
    assert {row["retired_id"] for row in rows_of(out["PAIRS"])} == {"C", "D"}


@pytest.mark.parametrize(
    ("name", "value"), [("W_DISTANCE", -1), ("MAX_SERVED", 1.5), ("TIME_LIMIT", "soon"), ("MAX_DISTANCE", -5)]
)
def test_numbers_that_are_none_are_refused_before_the_run(run, given, name, value):
    with pytest.raises(QgsProcessingException, match=name):
        run("pairreplacements", {**given, name: value})


def test_cancelling_leaves_nothing(run, given, listener, tmp_path):
    target = tmp_path / "pairs.gpkg"
    run("pairreplacements", {**given, "PAIRS": str(target)}, feedback=listener(cancel_at=45))
    assert not target.exists()
