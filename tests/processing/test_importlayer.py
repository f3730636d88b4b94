"""``importlayer`` and ``undoimport`` through Processing: files in, layers, records and case files out."""

from __future__ import annotations

import csv
import json

import pytest
from qgis.core import QgsProcessingException

CSV = """编号,用途,状态,井深(米),许可水量(万m³),成井时间,经度,纬度,产权人,备注
W1,农业灌溉,在用,"1,200",1.2,2001年5月3日,89.3,42.3,张三丰,好
W2,工业,封填,80米,0.07,45296,89°24′00″,42°24′,李四光,13812345678
W3,农业灌溉,封,很深,３,2024-02-30,89.5,,王五,
"""


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "台账 2025.csv"
    path.write_bytes(CSV.encode("gb18030"))
    return path


@pytest.fixture
def bring(run, sheet, tmp_path):
    """``bring(**parameters)``: the sheet imported as wells, every output into the folder ``out``."""
    out = tmp_path / "out"
    out.mkdir()
    kinds = {
        "OUTPUT": "gpkg",
        "PROBLEMS": "gpkg",
        "RAW_VALUES": "csv",
        "CONVERSIONS": "csv",
        "SET_ASIDE": "csv",
    }
    outputs = {name: str(out / f"{name}.{kind}") for name, kind in kinds.items()}

    def call(feedback=None, **parameters):
        given = {
            "INPUT": str(sheet),
            "ROLE": "wells",
            "CRS": "EPSG:4490",
            **outputs,
            "BY": "王工",
            **parameters,
        }
        return run("importlayer", given, feedback)

    return call


def refused(run, **parameters):
    with pytest.raises(QgsProcessingException) as caught:
        run("importlayer", {"OUTPUT": "memory:", "PROBLEMS": "memory:", **parameters})
    return str(caught.value)


def test_a_sheet_becomes_a_canonical_layer(bring, rows_of, listener, sheet):
    before = sheet.read_bytes()
    feedback = listener()
    result = bring(feedback)
    rows = {row["well_id"]: row for row in rows_of(result["OUTPUT"])}
    assert [rows[n]["use"] for n in ("W1", "W2", "W3")] == ["irrigation", "industry", "irrigation"]
    assert [rows[n]["status"] for n in ("W1", "W2", "W3")] == ["active", "sealed", None]
    assert [rows[n]["depth_m"] for n in ("W1", "W2", "W3")] == [1200.0, 80.0, None]
    assert [rows[n]["permit_m3"] for n in ("W1", "W2", "W3")] == [12_000.0, 700.0, 30_000.0]
    assert rows["W1"]["built_on"].toString("yyyy-MM-dd") == "2001-05-03"
    assert rows["W2"]["wkt"] == "Point (89.4 42.4)"
    assert rows["W3"]["wkt"] is None
    assert not {"产权人", "备注"} & set(rows["W1"])
    counts = {name: result[name] for name in ("N_READ", "N_WRITTEN", "N_SET_ASIDE", "N_ERROR")}
    assert counts == {"N_READ": 3, "N_WRITTEN": 3, "N_SET_ASIDE": 0, "N_ERROR": 2}
    assert any("gb18030" in line for line in feedback.infos)
    assert sheet.read_bytes() == before


def test_problems_lie_where_the_rows_lie(bring, rows_of):
    rows = rows_of(bring()["PROBLEMS"])
    found = {(row["check"], row["subject_id"], row["field"]) for row in rows}
    assert found >= {
        ("import.value", "W3", "status"),
        ("import.value", "W3", "depth_m"),
        ("import.value", "W3", "built_on"),
        ("import.position", "W3", "纬度"),
        ("import.column", "column:备注", "备注"),
        ("import.column", "column:产权人", "产权人"),
    }
    assert {row["row"] for row in rows if row["subject_id"] == "W3"} == {4}


def test_raw_values_and_conversions(bring):
    result = bring()
    with open(result["RAW_VALUES"], encoding="utf-8") as stream:
        raw = {
            (row["subject_id"], row["field"]): (row["raw_value"], row["value"])
            for row in csv.DictReader(stream)
        }
    assert raw["W1", "depth_m"] == ("1,200", "1200")
    assert raw["W2", "permit_m3"] == ("0.07", "700")
    assert raw["W3", "status"] == ("封", "")
    with open(result["CONVERSIONS"], encoding="utf-8") as stream:
        rows = {row["column"]: row for row in csv.DictReader(stream)}
    assert (rows["许可水量(万m³)"]["from_unit"], float(rows["许可水量(万m³)"]["factor"])) == ("万m³", 10_000)
    for row in rows.values():
        parts = [int(row[n]) for n in ("n_empty", "n_as_is", "n_converted", "n_unreadable")]
        assert sum(parts) == int(row["n_cells"]) == 3


def test_personal_data_only_on_request(bring, rows_of, tmp_path, listener):
    feedback = listener()
    result = bring(feedback)
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    everything += "".join(feedback.infos + feedback.warnings).encode()
    for secret in ("张三丰", "李四光", "王五", "13812345678"):
        assert secret.encode() not in everything
    result = bring(PERSONS=str(tmp_path / "persons.csv"))
    assert [row["owner"] for row in rows_of(result["PERSONS"])] == ["张三丰", "李四光", "王五"]


def test_a_saved_mapping_is_used_again(bring, rows_of, tmp_path, sheet):
    sheet.write_bytes(CSV.replace("编号,", "代号,").replace("许可水量(万m³)", "水量").encode("gb18030"))
    given = {
        "FIELD_MAP": "代号 = well_id\n水量 = permit_m3",
        "UNIT_MAP": "水量 = 万m³",
        "VALUE_MAP": "status: 封 = sealed",
    }
    first = bring(SAVED_MAPPING=str(tmp_path / "map.json"), **given)
    expected = rows_of(first["OUTPUT"])
    assert expected[2]["status"] == "sealed"
    second = bring(MAPPING=first["SAVED_MAPPING"])
    assert rows_of(second["OUTPUT"]) == expected
    assert json.loads((tmp_path / "map.json").read_text(encoding="utf-8"))["role"] == "wells"


def test_into_a_case_file_and_back(run, bring, rows_of, tmp_path):
    case = str(tmp_path / "case.gpkg")
    run("createregister", {"OUTPUT": case})
    bring(CASE=case, MODE="append")
    (batch,) = rows_of(f"{case}|layername=imports")
    assert (batch["n_read"], batch["n_written"], batch["imported_by"]) == (3, 3, "王工")
    assert [row["well_id"] for row in rows_of(f"{case}|layername=wells")] == ["W1", "W2", "W3"]
    run("undoimport", {"CASE": case, "BATCH_ID": batch["batch_id"], "BY": "李工"})
    assert rows_of(f"{case}|layername=wells") == []
    (batch,) = rows_of(f"{case}|layername=imports")
    assert batch["undone_by"] == "李工"


def test_what_is_missing_is_said_before_the_run(run, sheet, tmp_path):
    assert "INPUT is needed" in refused(run, ROLE="wells")
    assert "ROLE is needed" in refused(run, INPUT=str(sheet))
    source = {"INPUT": str(sheet), "ROLE": "wells"}
    assert "MODE says that the rows go into a case file" in refused(run, **source, MODE="append")
    assert "turned is not known" in refused(run, **source, REPAIR=["turned"])
    given = {**source, "CRS": "EPSG:4490", "FIELD_MAP": "编号 = nothing"}
    assert "which is no field of Wells (wells)" in refused(run, **given)
    assert "is not understood. Write field: word = token" in refused(run, **source, VALUE_MAP="封 = sealed")
    assert "none of its values" in refused(run, **source, VALUE_MAP="status: 封 = shelved")
    broken = tmp_path / "map.json"
    broken.write_text("{", encoding="utf-8")
    assert "cannot be read" in refused(run, **source, MAPPING=str(broken))
    assert "is no coordinate system" in refused(run, **source, CRS="EPSG:999999")


def test_a_column_that_is_not_there_is_named(run, sheet):
    said = refused(run, INPUT=str(sheet), ROLE="wells", CRS="EPSG:4490", FIELD_MAP="没有 = name")
    assert said.startswith("FIELD_MAP names the column 没有")


def test_nothing_is_left_behind_when_the_system_is_open(run, sheet, tmp_path):
    target = tmp_path / "never.gpkg"
    said = refused(run, INPUT=str(sheet), ROLE="wells", OUTPUT=str(target))
    assert "do not say which system they are in" in said
    assert not target.exists()


def test_a_layer_is_imported_as_qgis_shows_it(run, rows_of, layer):
    source = layer(
        "Point",
        {"机井编号": "text", "用途": "text", "状态": "text"},
        [("POINT (89.3 42.3)", "W1", "工业", "在用")],
    )
    result = run(
        "importlayer", {"INPUT": source, "ROLE": "wells", "OUTPUT": "memory:", "PROBLEMS": "memory:"}
    )
    (row,) = rows_of(result["OUTPUT"])
    assert (row["use"], row["status"], row["wkt"]) == ("industry", "active", "Point (89.3 42.3)")
    assert result["OUTPUT"].crs().authid() == "EPSG:4490"
