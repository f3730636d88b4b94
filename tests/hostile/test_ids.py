"""R22: the same id, the same place, the same id in two counties: told, never merged."""

from __future__ import annotations

import pytest
from make import HEADINGS, text_file

CRS = {"CRS": "EPSG:4490"}
ERROR = "error"


@pytest.fixture
def source(tmp_path):
    def make(*rows):
        cells = [[well, "irrigation", "active", county, *place] for well, county, place in rows]
        return text_file(tmp_path / "a.csv", HEADINGS, cells)

    return make


HERE, THERE = ("89.5", "42.5"), ("90.5", "42.5")


def test_r22_ids_twice(imported, source):
    made = imported(source(("A", "高昌区", HERE), ("A", "高昌区", THERE), ("B", "高昌区", THERE)), **CRS)
    assert made.column("well_id") == ["A", "A", "B"]
    assert made.errors() == [("import.register", "A", ""), ("import.register", "A#2", "")]


def test_r22_the_same_id_in_two_counties(imported, source):
    made = imported(source(("1", "高昌区", HERE), ("1", "鄯善县", THERE)), **CRS)
    assert made.column("county") == ["高昌区", "鄯善县"]
    assert len(made.rows) == 2
    assert {one[0] for one in made.errors()} == {"import.register"}


def test_r22_ids_missing(imported, source):
    made = imported(source(("", "高昌区", HERE), ("-", "高昌区", THERE), ("C;D", "高昌区", THERE)), **CRS)
    assert [one[0] for one in made.errors()] == ["import.register"] * 3
    assert made.column("well_id") == [None, None, "C;D"]


def test_r22_the_same_place_twice(imported, source, run, rows_of, layer):
    """The import keeps both; which of them is a mistake is what the check asks."""
    made = imported(source(("A", "高昌区", HERE), ("B", "高昌区", HERE)), **CRS)
    assert [row["wkt"] for row in made.rows] == ["Point (89.5 42.5)"] * 2
    fields = {"well_id": "text", "use": "text", "status": "text"}
    again = layer("Point", fields, [(row["wkt"], *(row[name] for name in fields)) for row in made.rows])
    out = run("checkregister", {"WELLS": again, "PROBLEMS": "memory:", "COUNTS": "memory:"})
    found = {(one["check"], one["subject_id"]) for one in rows_of(out["PROBLEMS"])}
    assert {name for name, _ in found} == {"ids.coincident"}
    assert {well for _, well in found} == {"A", "B"}
