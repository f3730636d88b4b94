"""``closingorder`` through Processing."""

from __future__ import annotations

import pytest
from qgis.core import QgsProcessingException, QgsWkbTypes

from overdraft.core.schema import results_schema

ONLY = "\n".join(
    f"{name} = {weight}"
    for name, weight in {
        "severity": 3,
        "control": 1,
        **dict.fromkeys(
            ("unpermitted", "unmetered", "substitute", "idle", "age", "decline", "inefficiency", "volume"), 0
        ),
    }.items()
)


@pytest.fixture
def given(register, point_wells):
    """W1 outside, W2 in a general zone, W3 in the severe and banned one."""
    wells = [("W1", 89.9, 42.9, 10.0), ("W2", 89.7, 42.3, 20.0), ("W3", 89.3, 42.3, 40.0)]
    return {**register, "WELLS": point_wells(wells), "WEIGHTS": ONLY, "OUTPUT": "memory:"}


def test_wells_in_order_with_reasons_and_cumulative_volumes(run, given, rows_of, listener):
    said = listener()
    out = run("closingorder", given, feedback=said)["OUTPUT"]
    assert out.wkbType() == QgsWkbTypes.Type.Point
    names = [field.name() for field in out.fields()]
    assert names[-1] == "reason"
    table = list(results_schema().tables["closing_order"].fields)
    assert names[-1 - len(table) : -1] == table
    first, second = rows_of(out)
    # W3: (3 · 1 + 1 · 1) / 4; W2: general zone without control
    assert (first["well_id"], first["rank"], first["score"]) == ("W3", 1, 1)
    assert (second["well_id"], second["rank"], second["score"]) == ("W2", 2, 0)
    assert (first["cumulative_permit_m3"], second["cumulative_permit_m3"]) == (40, 60)
    assert (
        first["reason"] == "Placed here by: severe over-extraction zone, banned or restricted zone (score 1)."
    )
    assert first["wkt"] == "Point (89.3 42.3)"
    assert "Wells ranked: 2" in said.infos
    assert any("closing.years" in text for text in said.warnings)


def test_a_file_keeps_the_order_of_the_list(run, given, save, rows_of, tmp_path):
    """The row keys of the layer that was read would bring back its order."""
    wells = save(given["WELLS"], tmp_path / "wells.gpkg")
    out = run("closingorder", {**given, "WELLS": wells, "OUTPUT": str(tmp_path / "closing.gpkg")})["OUTPUT"]
    assert [row["well_id"] for row in rows_of(out)] == ["W3", "W2"]


def test_reasons_in_chinese_and_wells_from_the_case_file(run, register, given, rows_of, tmp_path):
    case = str(tmp_path / "case.gpkg")
    run("enforce", {**register, "WELLS": given["WELLS"], "OUTPUT": case})
    settings = {name: given[name] for name in ("POLICY", "AS_OF", "WEIGHTS", "OUTPUT")}
    target = str(tmp_path / "closing.gpkg")
    rows = rows_of(
        run("closingorder", {**settings, "CASE": case, "LANGUAGE": "zh", "OUTPUT": target})["OUTPUT"]
    )
    assert [row["well_id"] for row in rows] == ["W3", "W2"]
    assert rows[0]["reason"].startswith("排序依据：位于严重超采区、位于禁采区或限采区")
    assert rows[0]["wkt"] == "Point (89.3 42.3)"


def test_townships_that_the_document_names_are_zones(run, layer, rows_of):
    kinds = {"well_id": "text", "use": "text", "status": "text", "county": "text", "township": "text"}
    rows = [
        ("Point (83.6 45.9)", name, "irrigation", "active", "托里县", township)
        for name, township in (("A", "阿克别里斗乡"), ("B", "庙尔沟镇"))
    ]
    given = {"WELLS": layer("Point", kinds, rows, name="wells"), "AS_OF": "2025-12-31", "OUTPUT": "memory:"}
    out = run("closingorder", {**given, "POLICY": "toli-2024"})["OUTPUT"]
    assert [row["well_id"] for row in rows_of(out)] == ["A"]
    with pytest.raises(QgsProcessingException, match="ZONES is needed"):
        run("closingorder", {**given, "POLICY": "turpan-2021"})


@pytest.mark.parametrize(
    ("weights", "said"), [("beauty = 1", "beauty"), ("age = much", "much"), ("age = -1", "-1")]
)
def test_weights_that_do_not_work(run, given, weights, said):
    with pytest.raises(QgsProcessingException, match=said):
        run("closingorder", {**given, "WEIGHTS": weights})


def test_wells_of_which_it_cannot_be_told_are_counted(run, register, layer, rows_of, listener):
    kinds = {"well_id": "text", "use": "text", "status": "text"}
    wells = layer("Point", kinds, [(None, "N", "irrigation", "active")], name="wells")
    said = listener()
    out = run("closingorder", {**register, "WELLS": wells, "OUTPUT": "memory:"}, feedback=said)["OUTPUT"]
    assert rows_of(out) == []
    assert any(
        text.startswith("1 wells left out. Each: The well has no usable position") for text in said.warnings
    )
