"""``planretirement`` through Processing."""

from __future__ import annotations

import json
import os

import geopandas as gpd
import pytest
import shapely
from qgis.core import QgsProcessingException, QgsWkbTypes

from overdraft.core.casefile import CaseContent, read_results, write_case
from overdraft.core.intake import build_register
from overdraft.core.schema import results_schema

BOX = "POLYGON (({w} {s}, {e} {s}, {e} {n}, {w} {n}, {w} {s}))"


def box(west, south, east, north):
    return BOX.format(w=west, s=south, e=east, n=north)


def names(layer):
    return [field.name() for field in layer.fields() if field.name() != "fid"]


@pytest.fixture
def given(layer, table):
    """Two counties; a field of 0.01° × 0.01° is about 1,375 mu: A and D are that, B twice and C half of that."""
    units = layer(
        "Polygon",
        {"unit_id": "text", "name": "text", "level": "text"},
        [
            (box(89, 42, 90, 43), "650402", "高昌区", "county"),
            (box(90, 42, 91, 43), "650421", "鄯善县", "county"),
        ],
        name="units",
    )
    kinds = {"area_id": "text", "status": "text", "lock": "text", "cost": "real", "crop": "text"}
    rows = [
        (box(89.30, 42.3, 89.31, 42.31), "A", "irrigated", None, 7.0, "棉花"),
        (box(89.40, 42.3, 89.42, 42.31), "B", "irrigated", None, 5.0, "葡萄"),
        (box(89.50, 42.3, 89.505, 42.31), "C", "irrigated", None, 9.0, "葡萄"),
        (box(90.30, 42.3, 90.31, 42.31), "D", "irrigated", None, 1.0, "棉花"),
        (None, "N", "irrigated", None, 1.0, "葡萄"),
    ]
    well_kinds = {"well_id": "text", "use": "text", "status": "text", "permit_no": "text"}
    wells = layer(
        "Point", well_kinds, [("POINT (89.305 42.305)", "W", "irrigation", "active", "P")], name="wells"
    )
    goals = [("650402", 2025, 1300.0), ("650421", 2025, 0.0), ("650422", 2025, 0.0), ("6504", 2025, 1300.0)]
    return {
        "IRRIGATION": layer("Polygon", kinds, rows, name="irrigation"),
        "UNITS": units,
        "WELLS": wells,
        "WELL_AREAS": table("well_areas", {"well_id": "text", "area_id": "text"}, [("W", "A")]),
        "TARGETS": table("targets", {"unit_id": "text", "year": "int", "area_mu": "real"}, goals),
        "POLICY": "turpan-2021",
        "AS_OF": "2025-06-30",
        "PLAN": "memory:",
    }


def test_a_plan_with_its_tables_numbers_and_log(run, given, rows_of, listener):
    said = listener()
    tables = dict.fromkeys(("RESULT", "CLOSING", "RELIEF", "SCENARIOS_OUT"), "memory:")
    scenario = "by money: COST_FIELD = cost"
    out = run("planretirement", {**given, **tables, "SCENARIOS": scenario}, feedback=said)
    plan = out["PLAN"]
    schema = results_schema().tables
    own = ["status", "lock", "cost", "crop"]
    assert names(plan) == [*own, *schema["retirement_plan"].fields, "reason"]
    assert QgsWkbTypes.geometryType(plan.wkbType()) == QgsWkbTypes.GeometryType.PolygonGeometry
    rows = {row["area_id"]: row for row in rows_of(plan)}
    assert {name: row["why"] for name, row in rows.items()} == {
        "A": "chosen",
        "B": "not_needed",
        "C": "not_needed",
        "D": "not_needed",
        "N": "no_polygon",
    }
    assert (rows["A"]["year"], rows["A"]["cost"], rows["N"]["retire"]) == (2025, 7, None)
    # 0.01° × 0.01° at 42.305°: about 825 m × 1111 m
    area = 825.0 * 1110.9 * 15 / 10_000
    assert rows["A"]["in_use_mu"] == pytest.approx(area, rel=0.01)
    assert rows["A"]["reason"].startswith("Retired by the plan")
    result = {row["unit_id"]: row for row in rows_of(out["RESULT"])}
    assert names(out["RESULT"]) == list(schema["retirement_plan_units"].fields)
    assert result["650402"]["planned"] == pytest.approx(rows["A"]["in_use_mu"])
    (well,) = rows_of(out["CLOSING"])
    assert (well["well_id"], well["year"], well["by_plan"], well["credit"]) == ("W", 2025, True, None)
    assert well["reason"].startswith("No zones were supplied")
    assert rows_of(out["RELIEF"]) == []
    assert [(row["scenario"], row["n_other"]) for row in rows_of(out["SCENARIOS_OUT"])] == [
        ("Plan", 0),
        ("by money", 2),
    ]
    assert out["STATUS"] == "optimal"
    assert out["COST"] == out["BOUND"] == pytest.approx(rows["A"]["in_use_mu"], abs=1e-6)
    assert (out["GAP"], out["BONUS"]) == (0, 0)
    assert out["GREEDY_COST"] >= out["COST"]
    assert "Target year 2025, plan for 2025 to 2025" in said.infos
    assert any(text.startswith("Proved least: 1 areas, cost 1,3") for text in said.infos)
    assert any(text.startswith("Solved: 1 parts with 3 areas, one target: proved") for text in said.infos)
    assert any(
        text.startswith("1 left out. Each: Left out of the plan: it has no polygon") for text in said.warnings
    )


def test_targets_that_cannot_be_met_in_chinese(run, given, layer, rows_of, listener):
    locked = layer(
        "Polygon",
        {"area_id": "text", "status": "text", "lock": "text"},
        [
            (box(89.30, 42.3, 89.31, 42.31), "A", "irrigated", "keep"),
            (box(89.50, 42.3, 89.505, 42.31), "C", "irrigated", None),
        ],
        name="irrigation",
    )
    said = listener()
    out = run(
        "planretirement",
        {**given, "IRRIGATION": locked, "LANGUAGE": "zh", "RELIEF": "memory:"},
        feedback=said,
    )
    assert out["STATUS"] == "shortfall"
    reasons = [row["reason"] for row in rows_of(out["RELIEF"])]
    assert any(text.startswith("地块A锁定为保留") for text in reasons)
    assert any(text.startswith("高昌区（650402）到2025年仍缺") for text in reasons)
    assert any("Releasing 1 locks or caps" in text for text in said.warnings)


def test_a_case_file_supplies_the_land_with_its_polygons(run, given, rows_of, tmp_path):
    case = tmp_path / "case.gpkg"
    land = {
        "area_id": ["A", "B"],
        "status": "irrigated",
        "cost": [7.0, 5.0],
        "geometry": shapely.box([89.30, 89.40], 42.3, [89.31, 89.42], 42.31),
    }
    register = build_register({"irrigation": gpd.GeoDataFrame(land, crs="EPSG:4490")})
    write_case(
        case,
        CaseContent(
            tables=register.tables,
            language="en",
            run={"run_id": "r", "language": "en", "manifest": "{}", "finding_hash": "r"},
            history={"at": "2024-12-31T00:00:00+00:00", "kind": "run", "subject": "r"},
            meta={"supplied_roles": '["irrigation"]'},
            moment="2024-12-31T00:00:00.000Z",
        ),
    )
    other = {name: given[name] for name in ("UNITS", "TARGETS", "POLICY", "AS_OF")}
    out = run("planretirement", {**other, "CASE": str(case), "PLAN": str(tmp_path / "plan.gpkg")})
    rows = {row["area_id"]: row for row in rows_of(out["PLAN"])}
    assert (rows["A"]["retire"], rows["A"]["cost"], rows["B"]["retire"]) == (True, 7, False)
    assert rows["A"]["wkt"].startswith("MultiPolygon")

    before = read_results(case, "irrigation")["irrigation"]
    assert read_results(case, "plans")["plans"].empty
    run(
        "planretirement", {**other, "CASE": str(case), "PLAN": "memory:", "RECORD": True, "PLAN_NAME": "2025"}
    )
    kept = read_results(case, "plans")["plans"].iloc[0]
    assert (kept["kind"], kept["name"], kept["status"]) == ("retirement", "2025", out["STATUS"])
    assert kept["objective"] == pytest.approx(out["COST"])
    assert kept["bound"] == pytest.approx(out["BOUND"])
    assert [one["area_id"] for one in json.loads(kept["content"])["areas"]] == ["A"]
    assert json.loads(kept["settings"])["target_year"] == 2025
    assert read_results(case, "irrigation")["irrigation"].equals(before)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"TOWNSHIP_CAP": 1.5}, "TOWNSHIP_CAP"),
        ({"COST_FIELD": "beauty"}, "no field beauty"),
        ({"SCENARIOS": "nothing"}, "is no scenario"),
        ({"TARGET_YEAR": 2031}, "no target for 2031"),
        ({"YEARLY_MINIMUMS": "soon = 4"}, "YEARLY_MINIMUMS: soon"),
    ],
)
def test_settings_that_do_not_work(run, given, setting, said):
    with pytest.raises(QgsProcessingException, match=said):
        run("planretirement", {**given, **setting})


def test_cancel_leaves_nothing(run, given, listener, tmp_path):
    feedback = listener(cancel_at=45)
    out = run("planretirement", {**given, "PLAN": str(tmp_path / "plan.gpkg")}, feedback=feedback)
    assert "PLAN" not in out
    assert os.listdir(tmp_path) == []
