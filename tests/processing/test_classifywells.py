"""``classifywells`` through Processing: every kind of source and destination, the same answer."""

from __future__ import annotations

import os

import pytest
from qgis.core import QgsProcessing, QgsProject, QgsVectorLayer

from overdraft.core.schema import results_schema

PLACEMENT = list(results_schema().roles["placement"].fields)
ZONE_IDS = {"A": "Z1", "B": "Z1;Z2", "C": "Z1", "D": "", "E": None, "F": ""}
COUNTY = {"A": "650402", "B": "650402", "C": "650402", "D": "650402", "E": None, "F": "650421"}


def by_id(rows, field):
    return {row["well_id"]: row[field] for row in rows}


@pytest.fixture
def parameters(register):
    return {**register, "OUTPUT": QgsProcessing.TEMPORARY_OUTPUT}


def test_temporary_output_has_every_well_once_in_order(run, parameters, rows_of, wells):
    layer = run("classifywells", parameters)["OUTPUT"]
    rows = rows_of(layer)
    assert [row["well_id"] for row in rows] == list("ABCDEF")
    names = [field.name() for field in layer.fields()]
    assert names == [*(field.name() for field in wells.fields()), *PLACEMENT]
    assert by_id(rows, "zone_ids") == ZONE_IDS
    assert by_id(rows, "county_id") == COUNTY
    assert by_id(rows, "zone_severity")["B"] == "severe"
    assert by_id(rows, "zone_control") == {
        "A": "banned",
        "B": "banned",
        "C": "banned",
        "D": None,
        "E": None,
        "F": None,
    }
    assert by_id(rows, "placed") == {**dict.fromkeys("ABCDF", True), "E": False}
    assert by_id(rows, "zone_distance_m")["C"] == 0
    assert by_id(rows, "doubt")["C"] is True
    assert by_id(rows, "in_network") == dict.fromkeys("ABCDEF"), "no networks were given: empty, never false"
    assert layer.crs().authid() == "EPSG:4490"


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".geojson"])
def test_files_in_and_out(run, parameters, save, rows_of, tmp_path, suffix):
    given = {
        name: save(parameters[name], tmp_path / f"{name.lower()}{suffix}")
        for name in ("WELLS", "ZONES", "UNITS", "IRRIGATION")
    }
    out = tmp_path / f"out{suffix}"
    before = {name: os.stat(path).st_mtime_ns for name, path in given.items()}
    run("classifywells", {**parameters, **given, "OUTPUT": str(out)})
    rows = rows_of(out)
    ids = {row["well_id"]: row["zone_ids"] or "" for row in rows}
    assert ids == {key: value or "" for key, value in ZONE_IDS.items()}
    assert before == {name: os.stat(path).st_mtime_ns for name, path in given.items()}
    assert not [item for item in os.listdir(tmp_path) if item.endswith((".part", "-wal", "-shm"))]


@pytest.mark.parametrize(
    "systems",
    [
        {"WELLS": "EPSG:4326", "ZONES": "EPSG:4490", "UNITS": "EPSG:32645"},
        {"WELLS": "EPSG:4507", "ZONES": "EPSG:4326", "UNITS": "EPSG:4490"},
        {"WELLS": "EPSG:3857", "ZONES": "EPSG:4507", "UNITS": "EPSG:3857"},
    ],
)
def test_any_mix_of_coordinate_systems(run, parameters, rows_of, systems, qgis_processing):
    import processing

    moved = {
        name: processing.run(
            "native:reprojectlayer",
            {
                "INPUT": processing.run(
                    "native:densifygeometriesgivenaninterval",
                    {"INPUT": parameters[name], "INTERVAL": 0.001, "OUTPUT": "memory:"},
                )["OUTPUT"]
                if name != "WELLS"
                else parameters[name],
                "TARGET_CRS": crs,
                "OUTPUT": "memory:",
            },
        )["OUTPUT"]
        for name, crs in systems.items()
    }
    layer = run("classifywells", {**parameters, **moved})["OUTPUT"]
    found = by_id(rows_of(layer), "zone_ids")
    # C lies on an edge, which no reprojection keeps exactly
    assert {key: found[key] for key in "ABDEF"} == {key: ZONE_IDS[key] for key in "ABDEF"}
    assert by_id(rows_of(layer), "county_id") == COUNTY
    assert layer.crs().authid() == systems["WELLS"]


def test_distances_can_be_switched_off(run, parameters, rows_of):
    rows = rows_of(run("classifywells", {**parameters, "DISTANCE_LIMIT": 0})["OUTPUT"])
    assert by_id(rows, "zone_distance_m") == dict.fromkeys("ABCDEF")
    assert by_id(rows, "doubt")["C"] is True


def test_without_a_policy_there_is_no_authority(run, parameters, rows_of):
    with_policy = by_id(rows_of(run("classifywells", parameters)["OUTPUT"]), "authority")
    del parameters["POLICY"]
    without = by_id(rows_of(run("classifywells", parameters)["OUTPUT"]), "authority")
    assert with_policy["A"]
    assert without == dict.fromkeys("ABCDEF")


def test_wells_alone(run, wells, rows_of):
    rows = rows_of(run("classifywells", {"WELLS": wells, "OUTPUT": "memory:"})["OUTPUT"])
    assert by_id(rows, "zone_ids") == dict.fromkeys("ABCDEF")
    assert by_id(rows, "placed")["A"] is True


def test_chinese_column_names_and_values(run, parameters, layer, rows_of):
    made = layer(
        "Point",
        {"井编号": "text", "取水用途": "text", "status": "text"},
        [("POINT (89.3 42.3)", "甲", "农业灌溉", "封填")],
    )
    rows = rows_of(run("classifywells", {**parameters, "WELLS": made})["OUTPUT"])
    assert rows[0]["井编号"] == "甲"
    assert rows[0]["取水用途"] == "农业灌溉", "the input's own values pass through"
    assert rows[0]["zone_ids"] == "Z1"


def test_wells_from_a_case_file(run, register, rows_of, tmp_path):
    case = tmp_path / "case.gpkg"
    run("enforce", {**register, "OUTPUT": str(case)})
    out = run("classifywells", {"CASE": str(case), "AS_OF": "2025-12-31", "OUTPUT": "memory:"})["OUTPUT"]
    rows = rows_of(out)
    assert by_id(rows, "zone_ids") == ZONE_IDS
    assert rows[0]["permit_no"] == "P1"
    assert out.crs().authid() == "EPSG:4490"


def test_a_layer_given_wins_over_the_case(run, register, layer, rows_of, tmp_path, zones):
    case = tmp_path / "case.gpkg"
    run("enforce", {**register, "OUTPUT": str(case)})
    nowhere = layer(
        "Polygon",
        {"zone_id": "text", "severity": "text"},
        [("POLYGON ((1 1, 2 1, 2 2, 1 1))", "far", "severe")],
    )
    rows = rows_of(run("classifywells", {"CASE": str(case), "ZONES": nowhere, "OUTPUT": "memory:"})["OUTPUT"])
    assert by_id(rows, "zone_ids") == {**dict.fromkeys("ABCDF", ""), "E": None}


def test_cancel_leaves_no_output(run, parameters, listener, tmp_path):
    out = tmp_path / "out.gpkg"
    out.write_bytes(b"older")
    for percent in (0, 25, 50, 90):
        feedback = listener(cancel_at=percent)
        results = run("classifywells", {**parameters, "OUTPUT": str(out)}, feedback=feedback)
        assert feedback.isCanceled()
        assert "OUTPUT" not in results
        assert out.read_bytes() == b"older"
        assert os.listdir(tmp_path) == ["out.gpkg"]


def test_failure_leaves_the_older_output(run, parameters, layer, tmp_path):
    from qgis.core import QgsProcessingException

    out = tmp_path / "out.gpkg"
    out.write_bytes(b"older")
    nameless = layer("Point", {"x": "text"}, [("POINT (1 1)", "a")])
    with pytest.raises(QgsProcessingException, match="well_id"):
        run("classifywells", {**parameters, "WELLS": nameless, "OUTPUT": str(out)})
    assert out.read_bytes() == b"older"
    assert os.listdir(tmp_path) == ["out.gpkg"]


def test_broken_zone_is_repaired_and_counted_in_one_line(run, parameters, layer, listener, rows_of):
    bow = "POLYGON ((89.2 42.2, 89.4 42.2, 89.2 42.6, 89.4 42.6, 89.2 42.2))"
    broken = layer("Polygon", {"zone_id": "text", "severity": "text"}, [(bow, "Z", "severe")])
    feedback = listener()
    rows = rows_of(run("classifywells", {**parameters, "ZONES": broken}, feedback=feedback)["OUTPUT"])
    assert by_id(rows, "zone_ids")["A"] == "Z"
    lines = [line for line in feedback.warnings if "1 ×" in line]
    assert lines


def test_progress_goes_from_start_to_end(run, parameters, listener):
    feedback = listener()
    run("classifywells", parameters, feedback=feedback)
    assert feedback.percents == sorted(feedback.percents)
    assert feedback.percents[-1] >= 95


def test_output_is_loaded_styled_or_not_under_its_name(run, parameters, context, tmp_path):
    from qgis.core import QgsProcessingOutputLayerDefinition

    definition = QgsProcessingOutputLayerDefinition(str(tmp_path / "out.gpkg"), QgsProject.instance())
    run("classifywells", {**parameters, "OUTPUT": definition}, context=context)
    assert [QgsVectorLayer(path).isValid() for path in context.layersToLoadOnCompletion()] == [True]


def test_wells_without_use_and_state_can_be_placed_all_the_same(run, parameters, rows_of, wells):
    wells.startEditing()
    wells.deleteAttributes([wells.fields().indexOf(name) for name in ("use", "status")])
    assert wells.commitChanges()
    rows = rows_of(run("classifywells", parameters)["OUTPUT"])
    assert by_id(rows, "zone_ids") == ZONE_IDS
