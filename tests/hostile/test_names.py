"""S4: names of layers, fields, files and counties that look like code are names, from the import to the report."""

from __future__ import annotations

import pytest
from make import HEADINGS, text_file

EVIL = [
    "Robert'); DROP TABLE wells;--",
    '高昌区" OR 1=1 --',
    "<img src=x onerror=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    '=HYPERLINK("http://x","y")',
    "%s%n%d{0}{x}",
    "../../etc/passwd",
    "县\u202e区",
]


@pytest.mark.parametrize("name", EVIL)
def test_s4_hostile_names_go_through_import_and_case_file(imported, run, rows_of, layer, tmp_path, name):
    """The name is county, well, own column and unit at once; it comes out of the case file as it went in."""
    box = "Polygon ((89 42, 90 42, 90 43, 89 43, 89 42))"
    units = layer(
        "Polygon", {"unit_id": "text", "name": "text", "level": "text"}, [(box, "U1", name, "county")]
    )
    heading = name.replace("\u202e", "")
    path = text_file(
        tmp_path / "a.csv",
        [*HEADINGS, heading],
        [[f"W{n} {name}", "irrigation", "active", name, f"89.{n}", "42.5", name] for n in range(1, 6)],
    )
    made = imported(path, UNITS=units)
    assert made.column("county") == [name] * 5
    assert made.column("well_id") == [f"W{n} {name}" for n in range(1, 6)] or ";" in name
    assert made.batch["crs"] == "EPSG:4490"  # measured in the unit of that name
    out = tmp_path / "out"
    out.mkdir()
    saved = {"OUTPUT": str(out / "wells.gpkg"), "PROBLEMS": str(out / "problems.gpkg")}
    run("importlayer", {"INPUT": str(path), "ROLE": "wells", "UNITS": units, **saved})
    assert [row["county"] for row in rows_of(saved["OUTPUT"])] == [name] * 5
    done = run(
        "enforce",
        {"WELLS": saved["OUTPUT"], "UNITS": units, "POLICY": "turpan-2021", "AS_OF": "2025-12-31"}
        | {"OUTPUT": str(out / "case.gpkg")},
    )
    assert [row["county"] for row in rows_of(f"{done['OUTPUT']}|layername=wells")] == [name] * 5


@pytest.mark.parametrize("stem", ["a b", "井 (1)", "select", "it's", "a%20b", "a#1"])
def test_s4_file_names(imported, tmp_path, stem):
    path = text_file(tmp_path / f"{stem}.csv", HEADINGS, [["W1", "irrigation", "active", "", "89.5", "42.5"]])
    made = imported(path, CRS="EPSG:4490")
    assert made.batch["source"] == f"{stem}.csv"
    assert made.numbers["N_WRITTEN"] == 1
