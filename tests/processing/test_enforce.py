"""``enforce`` and ``createregister`` through Processing: case file, report, counts."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingException, QgsProject, QgsVectorLayer

from overdraft.core.schema import register_schema
from overdraft.plugin.actions import add_case_layers


def query(path, sql):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def targets(tmp_path):
    return {"OUTPUT": str(tmp_path / "case.gpkg"), "REPORT": str(tmp_path / "report.html")}


def test_one_run_gives_case_report_and_counts(run, register, targets, tmp_path):
    out = run("enforce", {**register, **targets, "LANGUAGE": "zh"})
    assert out["OUTPUT"] == targets["OUTPUT"]
    counts = {name: out[name] for name in out if name.startswith("N_")}
    assert set(counts) == {"N_FAIL", "N_REVIEW", "N_NOT_EVALUATED", "N_EXEMPT", "N_PASS"}
    assert sum(counts.values()) == 6
    stored = dict(query(targets["OUTPUT"], "SELECT outcome, count(*) FROM wells GROUP BY outcome"))
    assert {f"N_{key.upper()}": value for key, value in stored.items()} == {
        key: value for key, value in counts.items() if value
    }
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="zh' in page
    assert "高昌区" in page
    head = query(targets["OUTPUT"], "SELECT hash FROM history ORDER BY seq DESC LIMIT 1")[0][0]
    assert head in page
    assert "@history-head@" not in page
    assert sorted(os.listdir(tmp_path)) == ["case.gpkg", "report.html"]


def test_manifest_names_day_settings_and_sources(run, register, targets, save, tmp_path):
    register["WELLS"] = save(register["WELLS"], tmp_path / "my wells.gpkg")
    run("enforce", {**register, "OUTPUT": targets["OUTPUT"], "READING": "R2", "DISTANCE_LIMIT": 500})
    manifest = json.loads(query(targets["OUTPUT"], "SELECT manifest FROM runs")[0][0])
    assert manifest["as_of"] == "2025-12-31"
    assert manifest["settings"]["reading"] == "R2"
    assert manifest["settings"]["distance_limit_m"] == 500
    sources = {item["role"]: item["source"] for item in manifest["inputs"]}
    assert sources["wells"] == "my wells"
    assert sources["zones"] == "zones"
    assert str(tmp_path) not in json.dumps(manifest), "no folders of this machine"


def test_empty_day_is_today_and_the_manifest_says_so(run, register, targets):
    del register["AS_OF"]
    before = date.today().isoformat()
    run("enforce", {**register, "OUTPUT": targets["OUTPUT"]})
    manifest = json.loads(query(targets["OUTPUT"], "SELECT manifest FROM runs")[0][0])
    assert before <= manifest["as_of"] <= date.today().isoformat()


def test_case_into_itself_keeps_a_backup_and_grows_its_runs(run, register, targets, listener, tmp_path):
    run("enforce", {**register, **targets})
    feedback = listener()
    again = {"CASE": targets["OUTPUT"], "POLICY": register["POLICY"], "AS_OF": register["AS_OF"], **targets}
    first = query(targets["OUTPUT"], "SELECT finding_id, outcome FROM findings ORDER BY finding_id")
    run("enforce", again, feedback=feedback)
    assert len(query(targets["OUTPUT"], "SELECT run_id FROM runs")) == 2
    assert query(targets["OUTPUT"], "SELECT finding_id, outcome FROM findings ORDER BY finding_id") == first
    assert any("older case file is kept as" in line for line in feedback.infos)


def test_other_output_is_a_copy_with_decisions(run, register, targets, tmp_path):
    case = tmp_path / "first.gpkg"
    run("enforce", {**register, "OUTPUT": str(case)})
    with closing(sqlite3.connect(case)) as connection:
        finding = connection.execute("SELECT finding_id FROM findings LIMIT 1").fetchone()[0]
        connection.execute(
            "INSERT INTO decisions (finding_id, state, decided_by) VALUES (?, 'accepted', '张三')", (finding,)
        )
        connection.commit()
    before = case.read_bytes()
    run("enforce", {"CASE": str(case), "POLICY": register["POLICY"], "AS_OF": register["AS_OF"], **targets})
    assert case.read_bytes() == before
    assert query(targets["OUTPUT"], "SELECT finding_id, decided_by FROM decisions") == [(finding, "张三")]


def test_made_up_data_are_called_made_up(run, register, targets, tmp_path):
    register["WELLS"].setName("机井 Wells（虚构 invented）")
    run("enforce", {**register, **targets})
    assert json.loads(query(targets["OUTPUT"], "SELECT manifest FROM runs")[0][0])["invented"] is True
    assert "nvented" in (tmp_path / "report.html").read_text(encoding="utf-8")
    # and a run on the case file alone still says so
    other = str(tmp_path / "other.gpkg")
    run("enforce", {"CASE": targets["OUTPUT"], "POLICY": register["POLICY"], "OUTPUT": other})
    assert (
        json.loads(query(other, "SELECT manifest FROM runs ORDER BY finished_at DESC")[0][0])["invented"]
        is True
    )


def test_report_is_optional(run, register, targets, tmp_path):
    out = run("enforce", {**register, "OUTPUT": targets["OUTPUT"], "REPORT": None})
    assert "REPORT" not in out
    assert os.listdir(tmp_path) == ["case.gpkg"]


@pytest.mark.parametrize("percent", [0, *(pytest.param(n, marks=pytest.mark.long) for n in (15, 65)), 45, 80])
def test_cancel_leaves_case_and_report_as_they_were(run, register, targets, listener, tmp_path, percent):
    run("enforce", {**register, **targets})
    before = {name: (tmp_path / name).read_bytes() for name in ("case.gpkg", "report.html")}
    out = run("enforce", {**register, **targets, "READING": "R2"}, feedback=listener(cancel_at=percent))
    assert not any(name in out for name in ("OUTPUT", "REPORT", "N_FAIL"))
    for name, content in before.items():
        assert (tmp_path / name).read_bytes() == content
    left = [name for name in os.listdir(tmp_path) if "backup" not in name]
    assert sorted(left) == ["case.gpkg", "report.html"]


def test_an_event_recorded_during_the_run_is_not_lost(run, register, targets, listener):
    """The desk is open while the case is judged again: the run is refused, and takes the event in when done again."""
    from overdraft.core.casefile import CaseRows, Change, Entry

    run("enforce", {**register, **targets})
    case = targets["OUTPUT"]
    again = {"CASE": case, "OUTPUT": case, "POLICY": register["POLICY"], "AS_OF": register["AS_OF"]}
    event = {"subject_role": "wells", "subject_id": "W1", "kind": "shut", "effective_on": "2025-06-01"}
    feedback = listener()

    def recorded(percent):
        if percent >= 30 and not query(case, "SELECT 1 FROM events WHERE event_id = 'E9'"):
            CaseRows(case).apply(
                [Change("events", {"event_id": "E9"}, None, event)], [Entry("event", "E9", "甲")]
            )

    feedback.progressChanged.connect(recorded)
    with pytest.raises(QgsProcessingException, match="changed while"):
        run("enforce", again, feedback=feedback)
    assert query(case, "SELECT count(*) FROM runs") == [(1,)]
    run("enforce", again)
    assert query(case, "SELECT kind FROM events WHERE event_id = 'E9'") == [("shut",)]


def test_failure_leaves_case_and_report_as_they_were(run, register, targets, tmp_path, monkeypatch):
    import overdraft.core.report as report

    run("enforce", {**register, **targets})
    before = {name: (tmp_path / name).read_bytes() for name in ("case.gpkg", "report.html")}

    def broken(*_arguments, **_options):
        from overdraft.core.errors import OverdraftError

        raise OverdraftError("register.role_missing", role="wells", found=[])

    monkeypatch.setattr(report, "render_report", broken)
    with pytest.raises(QgsProcessingException):
        run("enforce", {**register, **targets, "READING": "R2"})
    for name, content in before.items():
        assert (tmp_path / name).read_bytes() == content


def test_case_layers_are_added_in_their_style(run, register, targets):
    run("enforce", {**register, "OUTPUT": targets["OUTPUT"]})
    project = QgsProject()
    layers = add_case_layers(Path(targets["OUTPUT"]), project)
    assert [layer.name() for layer in layers][-1] == "Wells"
    assert project.layerTreeRoot().children()[0].name() == "case"
    wells = layers[-1]
    assert wells.renderer().type() != "singleSymbol"
    visible = [node.name() for node in project.layerTreeRoot().findLayers() if node.isVisible()]
    assert len(visible) == len(layers)
    again = add_case_layers(Path(targets["OUTPUT"]), project)
    nodes = {node.layerId(): node for node in project.layerTreeRoot().findLayers()}
    assert [layer.name() for layer in again if nodes[layer.id()].isVisible()] == ["Wells"]


def test_file_that_is_no_case_is_not_overwritten(run, register, tmp_path, save, wells):
    other = save(wells, tmp_path / "mine.gpkg")
    before = (tmp_path / "mine.gpkg").read_bytes()
    with pytest.raises(QgsProcessingException):
        run("enforce", {**register, "WELLS": wells, "OUTPUT": other})
    assert (tmp_path / "mine.gpkg").read_bytes() == before


@pytest.mark.parametrize("language", ["en", "zh"])
def test_empty_case_has_every_role_and_feeds_the_others(run, tmp_path, language):
    path = run("createregister", {"LANGUAGE": language, "OUTPUT": str(tmp_path / "new.gpkg")})["OUTPUT"]
    for name, role in register_schema().roles.items():
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        assert layer.isValid(), name
        assert layer.featureCount() == 0
        fields = [field.name() for field in layer.fields()]
        assert [field for field in fields if field in role.fields] == list(role.fields), name
        assert layer.isSpatial() == role.is_place


def test_existing_file_is_never_replaced_by_an_empty_one(run, tmp_path):
    path = tmp_path / "old.gpkg"
    path.write_bytes(b"something of mine")
    with pytest.raises(QgsProcessingException, match=r"old\.gpkg"):
        run("createregister", {"OUTPUT": str(path)})
    assert path.read_bytes() == b"something of mine"


def test_single_algorithms_say_what_the_whole_run_says(run, register, targets, rows_of):
    case = run("enforce", {**register, "OUTPUT": targets["OUTPUT"]})["OUTPUT"]
    given = {"CASE": case, "POLICY": register["POLICY"], "AS_OF": register["AS_OF"]}
    outputs = {
        "ledger_balance": run("replacementledger", {**given, "BALANCE": "memory:"})["BALANCE"],
        "ledger": run("replacementledger", {**given, "BALANCE": "memory:", "LEDGER": "memory:"})["LEDGER"],
        "retirement_balance": run("retirementbalance", {**given, "BALANCE": "memory:"})["BALANCE"],
        "wells": run("classifywells", {**given, "OUTPUT": "memory:"})["OUTPUT"],
    }
    for table, layer in outputs.items():
        single = rows_of(layer)
        whole = rows_of(QgsVectorLayer(f"{case}|layername={table}", table, "ogr"))
        assert len(single) == len(whole) > 0, table
        for mine, stored in zip(single, whole, strict=True):
            shared = {name: stored[name] for name in mine if name in stored and name not in ("fid", "wkt")}
            assert {name: mine[name] for name in shared} == shared, table


def test_a_register_filled_in_by_hand_is_judged(run, tmp_path):
    """Created empty, a well and its zone entered in QGIS, judged as it stands."""
    case = str(tmp_path / "案卷.gpkg")
    run("createregister", {"OUTPUT": case, "LANGUAGE": "zh"})
    square = "MultiPolygon (((89 42, 90 42, 90 43, 89 43, 89 42)))"
    entered = {
        "wells": (
            "Point (89.3 42.3)",
            {"well_id": "高昌-1", "use": "irrigation", "status": "active", "metered": 0},
        ),
        "zones": (square, {"zone_id": "区-1", "severity": "severe"}),
    }
    for role, (wkt, values) in entered.items():
        layer = QgsVectorLayer(f"{case}|layername={role}", role, "ogr")
        assert layer.startEditing()
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        for name, value in values.items():
            feature.setAttribute(name, value)
        assert layer.addFeature(feature)
        assert layer.commitChanges(), layer.commitErrors()
        del layer
    run("enforce", {"CASE": case, "OUTPUT": case, "POLICY": "turpan-2021", "AS_OF": "2025-12-31"})
    found = query(case, "SELECT well_id, zone_id, zone_severity, metered FROM wells")
    assert found == [("高昌-1", "区-1", "severe", 0)]


def test_persons_are_never_asked_for(provider):
    """Personal data are no input; the import alone makes a table of them, where it is asked for."""
    for algorithm in provider.algorithms():
        item = algorithm.parameterDefinition("PERSONS")
        asked_for = algorithm.name() == "importlayer" and item.isDestination() and not item.createByDefault()
        assert item is None or asked_for, algorithm.name()
