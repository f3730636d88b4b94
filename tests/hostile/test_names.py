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
    "abc\u202ecba",
]


def test_s4_hostile_names_go_through_import_and_case_file(imported, run, rows_of, layer, tmp_path):
    """Each name is that of a unit, a county, a part of an id and an own column; all come out as they went in."""
    boxes = [f"Polygon (({x} 42, {x + 1} 42, {x + 1} 43, {x} 43, {x} 42))" for x in range(85, 85 + len(EVIL))]
    units = layer(
        "Polygon",
        {"unit_id": "text", "name": "text", "level": "text"},
        [(box, f"U{n}", name, "county") for n, (box, name) in enumerate(zip(boxes, EVIL, strict=True))],
    )
    rows = [
        [f"W{n} {EVIL[n]}", "irrigation", "active", EVIL[n], f"{85.5 + n}", "42.5", *EVIL]
        for n in range(len(EVIL))
    ]
    path = text_file(tmp_path / "a.csv", [*HEADINGS, *EVIL], rows)
    made = imported(path, UNITS=units)
    assert made.batch["crs"] == "EPSG:4490"  # measured in the units of those names
    assert made.column("county") == EVIL
    assert [row[name] for row in made.rows for name in EVIL] == EVIL * len(EVIL)
    assert made.errors() == [("import.register", f"W0 {EVIL[0]}", "")]  # a semicolon parts a list of ids
    out = tmp_path / "out"
    out.mkdir()
    saved = {"OUTPUT": str(out / "wells.gpkg"), "PROBLEMS": str(out / "problems.gpkg")}
    run("importlayer", {"INPUT": str(path), "ROLE": "wells", "UNITS": units, **saved})
    assert [row["county"] for row in rows_of(saved["OUTPUT"])] == EVIL
    given = {"WELLS": saved["OUTPUT"], "UNITS": units, "POLICY": "turpan-2021", "AS_OF": "2025-12-31"}
    done = run("enforce", {**given, "OUTPUT": str(out / "case.gpkg")})
    assert [row["county"] for row in rows_of(f"{done['OUTPUT']}|layername=wells")] == EVIL


@pytest.mark.parametrize("stem", ["a b", "井 (1)", "select", "it's", "a%20b", "a#1"])
def test_s4_file_names(imported, tmp_path, stem):
    path = text_file(tmp_path / f"{stem}.csv", HEADINGS, [["W1", "irrigation", "active", "", "89.5", "42.5"]])
    made = imported(path, CRS="EPSG:4490")
    assert made.batch["source"] == f"{stem}.csv"
    assert made.numbers["N_WRITTEN"] == 1
