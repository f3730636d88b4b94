"""What goes into a case file comes out again: all roles, all types, any names, any geometry."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, date, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from pandas.testing import assert_frame_equal, assert_series_equal

from overdraft.core.casefile import create_case, read_case, read_results, write_case
from overdraft.core.casefile.cells import from_cells, kind_of, to_cells
from overdraft.core.casefile.content import unreadable_cells
from overdraft.core.casefile.geometry import decode, encode, fit
from overdraft.core.casefile.layout import layouts, roles
from overdraft.core.casefile.sql import Columns, Marks, quoted, sql
from overdraft.core.errors import OverdraftError
from overdraft.core.intake import build_register

HOSTILE = [
    'a" ; DROP TABLE wells; --',
    "<script>alert(1)</script>",
    "中文 列名",
    "select",
    "it's",
    "$table",
    "{x}",
    "a\nb",
    "`x`",
    "[y]",
]


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def same(left, right):
    """Canonical frames are equal; part counts of geometries aside, which a layer of one type makes uniform."""
    assert list(left.columns) == list(right.columns)
    plain = [name for name in left.columns if name != "geometry"]
    assert_frame_equal(pd.DataFrame(left[plain]), pd.DataFrame(right[plain]))
    if "geometry" in left.columns:
        assert left.crs == right.crs
        assert shapely.equals(left.geometry.to_numpy(), right.geometry.to_numpy()).all()


def test_empty_case_has_every_table_and_no_role_is_taken_for_supplied(tmp_path):
    path = create_case(tmp_path / "empty.gpkg", "zh")
    names = {name for (name,) in query(path, "SELECT table_name FROM gpkg_contents")}
    assert names == {*layouts(), "layer_styles"}
    assert read_case(path) == {}
    results = read_results(path)
    assert set(results) == set(layouts())
    for name, frame in results.items():
        fields = [item.name for item in layouts()[name].fields]
        assert [column for column in frame.columns if column != "geometry"] == fields
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["empty.gpkg"]


def test_create_refuses_an_existing_name(tmp_path):
    path = create_case(tmp_path / "a.gpkg", "en")
    before = path.read_bytes()
    with pytest.raises(OverdraftError, match="exists already"):
        create_case(path, "en")
    assert path.read_bytes() == before


def test_every_role_and_type_survives(tmp_path, full_register, make_content):
    path = write_case(tmp_path / "full.gpkg", make_content()).path
    raw = read_case(path)
    assert set(raw) == set(roles())
    again = build_register(raw)
    assert_frame_equal(again.problems.rows, full_register.problems.rows)
    for role in roles():
        same(again[role], full_register[role])


def test_wells_come_back_without_what_the_run_computed(tmp_path, make_content):
    path = write_case(tmp_path / "full.gpkg", make_content(outcome="fail")).path
    assert not {"outcome", "placed", "zone_ids", "row_id", "fid"} & set(read_case(path)["wells"].columns)
    assert query(path, "SELECT DISTINCT outcome FROM wells") == [("fail",)]


def test_a_role_given_without_rows_stays_supplied(tmp_path, raw, make_content):
    register = build_register({"wells": raw("wells"), "zones": raw("zones", 0)})
    path = write_case(tmp_path / "c.gpkg", make_content(tables=register.tables)).path
    back = read_case(path)
    assert set(back) == {"wells", "zones"}
    assert len(back["zones"]) == 0
    assert back["zones"].crs == "EPSG:4539"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_columns_are_labelled_in_the_language(tmp_path, language):
    path = create_case(tmp_path / "c.gpkg", language)
    labels = dict(query(path, "SELECT column_name, name FROM gpkg_data_columns WHERE table_name = 'wells'"))
    assert labels["use"] == {"en": "Use", "zh": "用途"}[language]
    assert labels["depth_m"] == {"en": "Depth (m)", "zh": "井深 (m)"}[language]
    words = dict(
        query(
            path,
            "SELECT value, description FROM gpkg_data_column_constraints WHERE constraint_name = 'use'",
        )
    )
    assert words["irrigation"] == {"en": "Irrigation", "zh": "农业灌溉"}[language]


def test_hostile_names_and_values_are_kept_and_do_nothing(tmp_path, raw, make_content):
    wells = raw("wells")
    wells["name"] = ["'; DROP TABLE wells; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0"]
    for name in HOSTILE:
        wells[name] = [f"{name} 1", None, f"{name} 3"]
    register = build_register({"wells": wells})
    path = write_case(tmp_path / "h.gpkg", make_content(tables=register.tables)).path
    back = read_case(path)["wells"]
    assert set(HOSTILE) <= set(back.columns)
    for name in [*HOSTILE, "name"]:
        assert back[name].tolist() == wells[name].where(wells[name].notna(), None).tolist()
    same(build_register({"wells": back})["wells"], register["wells"])
    write_case(path, make_content("run-2", tables=register.tables))
    assert set(HOSTILE) <= set(read_case(path)["wells"].columns)
    assert set(HOSTILE) <= set(pyogrio.read_info(path, layer="wells")["fields"])


def test_columns_that_sqlite_cannot_tell_apart_get_numbers(tmp_path, raw, make_content):
    wells = build_register({"wells": raw("wells")}).tables["wells"]
    wells = wells.assign(**{"Extra": 1, "EXTRA": 2, "GEOM": 3, "\x00": 4, "Fid": ["x", "y", "z"]})
    path = write_case(tmp_path / "n.gpkg", make_content(tables={"wells": wells})).path
    back = read_case(path)["wells"]
    assert {"Extra", "EXTRA_1", "GEOM_1", "fid_1"} <= set(back.columns)
    assert back["fid_1"].tolist() == ["x", "y", "z"]
    assert back["EXTRA_1"].tolist() == [2, 2, 2]


def test_a_fid_of_unique_numbers_is_the_row_key(tmp_path, raw, make_content):
    wells = build_register({"wells": raw("wells")}).tables["wells"].assign(fid=[30, 10, 20])
    path = write_case(tmp_path / "f.gpkg", make_content(tables={"wells": wells})).path
    assert query(path, "SELECT fid, well_id FROM wells ORDER BY fid") == [
        (10, "wells-1"),
        (20, "wells-2"),
        (30, "wells-0"),
    ]


@pytest.mark.parametrize(
    ("values", "kind", "cells"),
    [
        (pd.Series([1, 2**62]), "integer", [1, 2**62]),
        (pd.Series([1, 2**64], dtype=object), "text", ["1", str(2**64)]),
        (pd.Series([0.5, np.nan, np.inf]), "real", [0.5, None, float("inf")]),
        (pd.Series([True, False]), "bool", [1, 0]),
        (pd.Series([True, None], dtype="boolean"), "bool", [1, None]),
        (pd.Series([True, None], dtype=object), "bool", [1, None]),
        (pd.to_datetime(pd.Series(["2024-05-01", None])), "date", ["2024-05-01", None]),
        (pd.to_datetime(pd.Series(["2024-05-01 12:30"])), "datetime", ["2024-05-01T12:30:00.000Z"]),
        (pd.Series([date(9999, 12, 31), None]), "date", ["9999-12-31", None]),
        (
            pd.Series([datetime(2024, 5, 1, 1, tzinfo=UTC)]),
            "datetime",
            ["2024-05-01T01:00:00.000Z"],
        ),
        (pd.Series([b"\x00\x01", None], dtype=object), "blob", [b"\x00\x01", None]),
        (pd.Series(["a", None, 3], dtype=object), "text", ["a", None, "3"]),
        (pd.Series([[1, "b"], {"k": None}], dtype=object), "text", ['[1, "b"]', '{"k": null}']),
        (pd.Series([None, None], dtype=object), "text", [None, None]),
        (pd.Series(["\ud83d half"], dtype=object), "text", ["? half"]),
        (pd.Series(["a", "b"], dtype="category"), "text", ["a", "b"]),
    ],
)
def test_extra_columns_of_any_kind(values, kind, cells):
    assert kind_of(values) == kind
    assert to_cells(values, kind) == cells


def test_cells_of_the_wrong_kind_are_left_for_the_intake():
    assert from_cells([1, "abc", None], "integer").tolist() == [1, "abc", None]
    assert from_cells(["2024-02-30", None], "date").tolist() == ["2024-02-30", None]
    assert from_cells([0, 1, 7], "bool").tolist() == [0, 1, 7]
    assert_series_equal(from_cells([0, None], "bool"), pd.Series([False, None], dtype="boolean"))


def test_what_could_not_be_read_is_asked_about_again(tmp_path, raw, make_content):
    wells = raw("wells")
    wells["depth_m"] = ["abc", "12", None]
    wells["status"] = ["封", "active", "active"]
    first = build_register({"wells": wells})
    cells = unreadable_cells(first)
    assert sorted(cells["raw_value"]) == ["abc", "封"]
    path = write_case(tmp_path / "u.gpkg", make_content(tables=first.tables, unreadable=cells)).path
    second = build_register(read_case(path))
    assert_frame_equal(first.problems.rows, second.problems.rows)
    same(first["wells"], second["wells"])
    write_case(path, make_content(tables=second.tables, unreadable=unreadable_cells(second)))
    assert query(path, "SELECT count(*) FROM raw_values") == [(2,)]
    with closing(sqlite3.connect(path)) as connection, connection:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):  # QGIS brings these along
            connection.create_function(name, 1, lambda blob: 0)
        connection.execute("UPDATE wells SET depth_m = 80 WHERE fid = 1")
    mended = build_register(read_case(path))
    assert mended["wells"]["depth_m"].tolist()[:2] == [80, 12]
    assert json.loads(mended.problems.rows["message_values"][0])["field"] == ["status"]


def test_geometries_survive_as_they_are():
    shapes = np.array(
        [
            shapely.Point(1, 2),
            None,
            shapely.Point(),
            shapely.Point(1, 2, 3),
            shapely.MultiPoint([(5, 6)]),
            shapely.Point(np.inf, 1),
        ],
        dtype=object,
    )
    fitted, kind, z = fit(shapes, "point")
    assert (kind, z) == ("point", 2)
    back = decode(encode(fitted, 4490))
    assert back[1] is None
    assert back[2].is_empty
    assert back[3].z == 3
    assert shapely.equals(back[4], shapely.Point(5, 6))
    assert back[5].x == np.inf


def test_points_of_several_parts_make_a_multipoint_layer():
    shapes = np.array([shapely.MultiPoint([(1, 2), (3, 4)]), shapely.Point(5, 6), None], dtype=object)
    fitted, kind, _ = fit(shapes, "point")
    assert kind == "multipoint"
    assert [shapely.get_num_geometries(shape) for shape in fitted[:2]] == [2, 1]


def test_polygons_become_multi_and_a_stranger_is_kept():
    box = shapely.box(0, 0, 1, 1)
    fitted, kind, _ = fit(np.array([box, shapely.Polygon(), None], dtype=object), "polygon")
    assert kind == "multipolygon"
    assert fitted[0].geom_type == fitted[1].geom_type == "MultiPolygon"
    strange = shapely.GeometryCollection([box, shapely.Point(0, 0)])
    fitted, kind, _ = fit(np.array([box, strange], dtype=object), "polygon")
    assert kind == "geometry"
    assert fitted[1] == strange


def test_blob_header_follows_the_format():
    (point, box) = encode(np.array([shapely.Point(1, 2), shapely.box(1, 2, 3, 4)], dtype=object), 4490)
    assert point[:8] == b"GP\x00\x01" + (4490).to_bytes(4, "little")
    assert box[:4] == b"GP\x00\x03"
    assert np.frombuffer(box[8:40]).tolist() == [1, 3, 2, 4]
    with pytest.raises(ValueError, match="not a GeoPackage geometry"):
        decode([b"nonsense"])


def test_gdal_reads_every_layer_and_finds_by_place(tmp_path, full_register, make_content):
    path = write_case(tmp_path / "g.gpkg", make_content()).path
    listed = dict(pyogrio.list_layers(path))
    assert set(listed) == {*layouts(), "layer_styles"}
    assert listed["wells"] == "Point"
    assert listed["zones"] == "MultiPolygon"
    assert listed["events"] is None
    for role in roles():
        frame = pyogrio.read_dataframe(path, layer=role)
        assert len(frame) == len(full_register[role])
        if isinstance(frame, gpd.GeoDataFrame):
            assert frame.crs == full_register[role].crs
    found = pyogrio.read_dataframe(path, layer="wells", bbox=(88.99, 41.99, 89.05, 42.005))
    assert found["well_id"].tolist() == ["wells-0"]
    assert found["built_on"].tolist() == [pd.Timestamp("2021-11-12")]
    assert pyogrio.read_info(path, layer="wells")["total_bounds"] == pytest.approx((89.0, 42.0, 89.2, 42.02))
    done = subprocess.run(["ogrinfo", "-al", "-so", path], capture_output=True, text=True, check=True)
    assert "Warning" not in done.stderr + done.stdout
    assert "ERROR" not in done.stderr


def test_file_is_a_geopackage_by_its_own_tables(tmp_path, make_content):
    path = write_case(tmp_path / "g.gpkg", make_content()).path
    assert query(path, "PRAGMA application_id") == [(0x47504B47,)]
    assert query(path, "PRAGMA user_version") == [(10200,)]
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    assert query(path, "PRAGMA foreign_key_check") == []
    assert query(path, "PRAGMA journal_mode") == [("delete",)]
    layers = query(path, "SELECT table_name FROM gpkg_geometry_columns")
    extensions = query(
        path, "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_rtree_index'"
    )
    assert sorted(layers) == sorted(extensions)
    for (name,) in layers:
        assert query(path, sql("SELECT count(*) FROM $t", t="rtree_" + name + "_geom")) == query(
            path, sql("SELECT count(*) FROM $t", t=name)
        )


@pytest.mark.parametrize(
    "crs", ["EPSG:4490", "EPSG:4326", "EPSG:4547", "+proj=tmerc +lon_0=91.3 +ellps=GRS80 +units=m"]
)
def test_coordinate_systems_survive(tmp_path, raw, make_content, crs):
    zones = raw("zones").set_crs(crs, allow_override=True)
    register = build_register({"wells": raw("wells"), "zones": zones})
    path = write_case(tmp_path / "c.gpkg", make_content(tables=register.tables)).path
    back = read_case(path)["zones"]
    assert back.crs.equals(zones.crs, ignore_axis_order=True)
    assert shapely.equals(back.geometry.to_numpy(), zones.geometry.to_numpy()).all()


def test_non_finite_points_are_kept_but_not_indexed(tmp_path, raw, make_content):
    wells = raw("wells")
    wells["geometry"] = gpd.GeoSeries([shapely.Point(np.inf, 1), None, shapely.Point(89, 42)], crs=wells.crs)
    register = build_register({"wells": wells})
    path = write_case(tmp_path / "i.gpkg", make_content(tables=register.tables)).path
    assert query(path, "SELECT id FROM rtree_wells_geom") == [(3,)]
    back = read_case(path)["wells"].geometry
    assert back[0].x == np.inf
    assert back[1] is None
    assert pyogrio.read_info(path, layer="wells")["total_bounds"] == (89, 42, 89, 42)


def test_same_content_gives_the_same_bytes(tmp_path, make_content):
    one = write_case(tmp_path / "1.gpkg", make_content()).path
    two = write_case(tmp_path / "2.gpkg", make_content()).path
    assert one.read_bytes() == two.read_bytes()


def test_a_layer_with_too_many_columns_ends_in_a_message(tmp_path, raw, make_content):
    wells = build_register({"wells": raw("wells")}).tables["wells"]
    wide = pd.concat([wells, pd.DataFrame({f"c{n}": [1, 2, 3] for n in range(2000)})], axis=1)
    wide = gpd.GeoDataFrame(wide, geometry="geometry", crs=wells.crs)
    with pytest.raises(OverdraftError, match="takes at most 1900") as caught:
        write_case(tmp_path / "w.gpkg", make_content(tables={"wells": wide}))
    assert caught.value.key == "casefile.too_many_columns"
    assert list(tmp_path.iterdir()) == []


def test_identifiers_are_quoted():
    assert quoted('a"b') == '"a""b"'
    assert sql("INSERT INTO $t ($c) VALUES ($m)", t='x"', c=["$t", "b"], m=Marks(2)) == (
        'INSERT INTO "x""" ("$t", "b") VALUES (?, ?)'
    )
    assert sql("CREATE TABLE $t ($d)", t="x", d=Columns([("a", "real")])) == 'CREATE TABLE "x" ("a" REAL)'
    with pytest.raises(ValueError, match="NUL"):
        quoted("a\x00b")
    with pytest.raises(KeyError):
        sql("CREATE TABLE $t ($d)", t="x", d=Columns([("a", "TEXT); DROP TABLE x")]))


def test_r5_the_file_passes_the_validator_of_gdal(tmp_path, make_content):
    """Empty geometries are left out: the validator of GDAL 3.6 looks for their flag in another bit than the format."""
    validator = pytest.importorskip("osgeo_utils.samples.validate_gpkg")
    for path in (
        create_case(tmp_path / "空 case.gpkg", "zh"),
        write_case(tmp_path / "g.gpkg", make_content()).path,
    ):
        validator.check(str(path), extra_checks=True, warning_as_error=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = 'wells'")
            connection.commit()
        with pytest.raises(validator.GPKGCheckException):
            validator.check(str(path), extra_checks=True, warning_as_error=True)
