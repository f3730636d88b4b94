"""``compareruns`` through Processing."""

from __future__ import annotations

import pytest

from overdraft.core.schema import results_schema

TABLES = {
    "TOTALS": "run_totals",
    "ENTERED": "run_entered",
    "LEFT": "run_left",
    "CHANGED": "run_changed",
    "CHANGED_WELLS": "run_wells",
    "CHANGED_AREAS": "run_areas",
}


@pytest.fixture
def cases(run, register, point_wells, tmp_path):
    """Two case files: one well of 100 m³, then that well with 150 m³ and a second one of 30 m³."""
    rows = [("W1", 89.3, 42.3), ("W2", 89.4, 42.4)]
    found = []
    for name, permits in (("before", (100.0,)), ("after", (150.0, 30.0))):
        wells = point_wells([(*row, permit) for row, permit in zip(rows, permits, strict=False)])
        path = str(tmp_path / f"{name}.gpkg")
        run("enforce", {**register, "WELLS": wells, "OUTPUT": path})
        found.append(path)
    return found


def test_what_came_and_changed_adds_up(run, provider, context, cases, rows_of):
    out = run("compareruns", {"BEFORE": cases[0], "AFTER": cases[1], **dict.fromkeys(TABLES, "memory:")})
    found = {name: rows_of(out[name]) for name in TABLES}
    for name, table in TABLES.items():
        fields = [field.name() for field in out[name].fields()]
        assert fields == list(results_schema().tables[table].fields)
    totals = {(row["grouped_by"], row["group_id"], row["quantity"]): row for row in found["TOTALS"]}
    assert all(row["residual"] == 0 for row in totals.values())
    terms = ("before", "entered", "left", "changed", "after")
    assert [totals["register", "wells", "n_wells"][term] for term in terms] == [1, 1, 0, 0, 2]
    assert [totals["register", "wells", "permit_m3"][term] for term in terms] == [100, 30, 0, 50, 180]
    wells = {row["subject_id"]: row for row in found["CHANGED_WELLS"]}
    assert (wells["W1"]["change"], wells["W1"]["permit_m3_change"]) == ("changed", 50)
    assert "permit_m3" in wells["W1"]["what"].split(";")
    assert (wells["W2"]["change"], wells["W2"]["permit_m3_after"]) == ("entered", 30)
    assert found["CHANGED_AREAS"] == []

    # A case with itself says nothing
    out = run("compareruns", {"BEFORE": cases[0], "AFTER": cases[0], **dict.fromkeys(TABLES, "memory:")})
    assert [rows_of(out[name]) for name in list(TABLES)[1:]] == [[]] * 5
    assert all(row["before"] == row["after"] for row in rows_of(out["TOTALS"]))
    # No output may name a case that is read
    check = provider.algorithm("compareruns").create().checkParameterValues
    ok, said = check({"BEFORE": cases[0], "AFTER": cases[1], "TOTALS": cases[1]}, context)
    assert not ok
    assert said.startswith(f"TOTALS: {cases[1]} is also read, as AFTER.")


def test_files_that_cannot_be_compared(run, provider, context, tmp_path):
    empty, gone = str(tmp_path / "empty.gpkg"), str(tmp_path / "gone.gpkg")
    run("createregister", {"OUTPUT": empty})
    check = provider.algorithm("compareruns").create().checkParameterValues
    for given, said in (
        ({}, "BEFORE is needed: choose the case file of a run (*.gpkg)."),
        ({"BEFORE": gone}, f"BEFORE: there is no file {gone}. Choose an existing case file (*.gpkg)."),
        (
            {"BEFORE": empty},
            f"BEFORE: {empty} holds no run. Choose a case file that Run overlay has written.",
        ),
    ):
        assert check({**given, "TOTALS": "memory:"}, context) == (False, said)
