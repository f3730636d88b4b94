"""Which column is which field: canonical names, exact aliases, never a guess."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from overdraft.core.errors import OverdraftError
from overdraft.core.intake import build_register, conform
from overdraft.core.intake.columns import extra_names
from overdraft.core.schema import register_schema


def test_every_field_of_the_role_is_there_in_order_then_the_extra_columns(raw_wells):
    frame, verdicts = conform("wells", raw_wells(remark=["a", "b", "c"]))
    fields = list(register_schema().roles["wells"].fields)
    assert list(frame.columns) == [*fields, "remark", "row_id", "geometry"]
    assert verdicts.rows.empty


def test_dtypes_of_filled_and_empty_columns(raw_wells):
    expected = {
        "text": "object",
        "real": "float64",
        "integer": "Int64",
        "date": "datetime64[ns]",
        "bool": "boolean",
    }
    filled = {"depth_m": ["1", "2"], "built_on": ["2020-01-01", None], "metered": [1, 0], "name": ["a", None]}
    for columns in ({}, filled):
        frame, _ = conform("wells", raw_wells(**columns))
        for name, item in register_schema().roles["wells"].fields.items():
            assert frame[name].dtype == expected[item.type], name
    readings, _ = conform("readings", pd.DataFrame({"well_id": ["W1"], "year": [2024]}))
    assert readings["year"].dtype == "Int64"
    assert readings["month"].dtype == "Int64"
    assert readings["well_id"].tolist() == ["W1"]


def test_empty_text_is_none(raw_wells):
    frame, _ = conform("wells", raw_wells(name=["", " ", None]))
    assert frame["name"].tolist() == [None, None, None]


@pytest.mark.parametrize("name", ["机井编号", " 井编号 ", "WELLNO", "Well id", "WELL_ID", "ＩＤ"])
def test_exact_aliases_in_both_languages(name):
    raw = gpd.GeoDataFrame(
        {name: ["W1"], "用途": ["农业灌溉"], "使用状态": ["在用"], "井深（米）": [80]},
        geometry=shapely.points([[0, 0]]),
        crs=4490,
    )
    frame, verdicts = conform("wells", raw)
    row = frame.iloc[0]
    assert (row["well_id"], row["use"], row["status"], row["depth_m"]) == ("W1", "irrigation", "active", 80.0)
    assert name not in frame.columns
    assert verdicts.rows.empty


def test_the_canonical_name_wins_over_an_alias(raw_wells):
    frame, verdicts = conform("wells", raw_wells(code=["x", "y", "z"]))
    assert frame["well_id"].tolist() == ["W1", "W2", "W3"]
    assert frame["code"].tolist() == ["x", "y", "z"]
    assert verdicts.rows.empty


def test_two_candidates_for_a_required_field_are_refused(raw_wells):
    raw = raw_wells().drop(columns="well_id").assign(井号="a", 井编号="b")
    with pytest.raises(OverdraftError, match=r"several columns could be Well id \(well_id\): 井号, 井编号"):
        conform("wells", raw)


def test_two_candidates_for_another_field_choose_none(raw_wells, said):
    frame, verdicts = conform("wells", raw_wells().assign(井名="a", 名称="b"))
    assert frame["name"].isna().all()
    assert (frame["井名"] == "a").all()
    found = said(verdicts)[("register.column", "wells.name")]
    assert found == {"role": "wells", "field": "name", "found": ["井名", "名称"]}
    assert verdicts.rows["subject_role"].tolist() == ["register"]


def test_a_repeated_column_name_is_two_candidates(raw_wells, said):
    raw = raw_wells(depth_m=[1, 2, 3]).assign(other=[4, 5, 6]).rename(columns={"other": "depth_m"})
    frame, verdicts = conform("wells", raw)
    assert frame["depth_m"].isna().all()
    assert frame["depth_m_1"].tolist() == [1, 2, 3]
    assert frame["depth_m_2"].tolist() == [4, 5, 6]
    assert ("register.column", "wells.depth_m") in said(verdicts)


def test_a_name_that_leaves_the_unit_open_is_asked(raw_wells, said):
    frame, verdicts = conform("wells", raw_wells().assign(灌溉面积=[10, 20, 30]))
    assert frame["area_mu"].isna().all()
    assert frame["灌溉面积"].tolist() == [10, 20, 30]
    assert said(verdicts)[("register.column", "wells.area_mu")]["found"] == ["灌溉面积"]
    counts = verdicts.counts.set_index("rule").loc["register.column"]
    assert (counts["n_subjects"], counts["n_pass"], counts["n_rows"]) == (29, 28, 1)


def test_an_open_name_beside_the_field_itself_is_no_question(raw_wells):
    _, verdicts = conform("wells", raw_wells(area_mu=[1, 2, 3]).assign(area=[10, 20, 30]))
    assert verdicts.rows.empty


def test_a_missing_required_column_says_what_there_is_and_what_to_do(raw_wells):
    raw = raw_wells().rename(columns={"well_id": "wel_id"})
    with pytest.raises(OverdraftError) as caught:
        conform("wells", raw)
    assert caught.value.key == "register.column_missing"
    assert caught.value.values["field"] == "well_id"
    assert caught.value.values["role"] == "wells"
    assert caught.value.values["found"] == ["wel_id", "use", "status"]
    assert caught.value.values["similar"][0] == "wel_id"
    assert "机井编号" in caught.value.text("zh") or "井编号" in caught.value.text("zh")


def test_levels_need_a_level_or_a_depth(said):
    base = {"station_id": ["S1", "S2"], "date_on": ["2024-01-01", "2024-01-01"]}
    with pytest.raises(OverdraftError, match="level_m, depth_m"):
        conform("levels", pd.DataFrame(base))
    _, verdicts = conform("levels", pd.DataFrame({**base, "depth_m": [3.0, None]}))
    assert said(verdicts) == {("register.required", "S2/2024-01-01"): {"field": ["level_m / depth_m"]}}
    _, verdicts = conform("levels", pd.DataFrame({**base, "depth_m": [3.0, None], "level_m": [None, 5]}))
    assert verdicts.rows.empty


def test_extra_columns_never_clash():
    assert extra_names(["A", "a", "WELL_ID", "fid"], ["well_id"]) == ["A", "a_1", "WELL_ID_1", "fid"]


def test_extra_columns_named_like_ours_are_kept_under_another_name(raw_wells):
    raw = raw_wells().assign(row_id=["x", "y", "z"], WELL_ID=[1, 2, 3])
    frame, _ = conform("wells", raw)
    assert frame["row_id"].tolist() == ["W1", "W2", "W3"]
    assert frame["row_id_1"].tolist() == ["x", "y", "z"]
    assert frame["WELL_ID_1"].tolist() == [1, 2, 3]


def test_conforming_twice_changes_nothing(raw_wells):
    once, _ = conform("wells", raw_wells(depth_m=["1", "2", "x"], remark=[1, 2, 3]))
    twice, verdicts = conform("wells", once)
    pd.testing.assert_frame_equal(once, twice)
    assert verdicts.rows.empty


def test_the_input_is_not_changed(raw_wells):
    raw = raw_wells(name=[" a ", "b", "c"], replaces=["x;x", "", None])
    before = raw.copy(deep=True)
    frame, _ = conform("wells", raw)
    frame["well_id"] = "changed"
    pd.testing.assert_frame_equal(raw, before)


def test_a_part_of_the_fields(raw_wells):
    raw = raw_wells(aquifer=["shallow", "x", None], depth_m=["bad"] * 3).drop(columns=["use", "status"])
    frame, verdicts = conform("wells", raw, fields=["aquifer"])
    assert list(frame.columns) == ["well_id", "aquifer", "row_id", "geometry"]
    assert frame["aquifer"].tolist() == ["shallow", None, None]
    assert verdicts.rows["subject_id"].tolist() == ["W2"]
    with pytest.raises(ValueError, match="no field"):
        conform("wells", raw, fields=["colour"])


def test_a_geometry_column_of_any_name(raw_wells):
    raw = raw_wells().rename_geometry("geom")
    frame, _ = conform("wells", raw)
    assert frame.geometry.name == "geometry"
    assert frame.crs == raw.crs
    assert "geom" not in frame.columns
    assert frame.geometry.tolist() == raw.geometry.tolist()


def test_a_place_needs_geometry_and_a_coordinate_system(raw_wells):
    with pytest.raises(OverdraftError, match="table without geometry"):
        conform("wells", pd.DataFrame(raw_wells().drop(columns="geometry")))
    with pytest.raises(OverdraftError, match="no coordinate reference system"):
        conform("wells", raw_wells(crs=None))


def test_geometries_of_the_wrong_kind(raw_wells, said):
    with pytest.raises(OverdraftError, match="holds Point; polygon"):
        conform("zones", raw_wells().assign(zone_id="Z"))
    raw = raw_wells()
    raw.geometry = [shapely.Point(0, 0), shapely.box(0, 0, 1, 1), None]
    frame, verdicts = conform("wells", raw.set_crs(4326))
    assert frame.geometry.isna().tolist() == [False, True, True]
    assert said(verdicts) == {("register.geometry", "W2"): {"allowed": "point"}}


def test_a_table_given_as_a_layer_loses_its_geometry(raw_wells):
    raw = raw_wells().assign(year=2024)
    frame, _ = conform("readings", raw)
    assert type(frame) is pd.DataFrame
    assert "geometry" not in frame.columns
    assert len(frame) == 3


def test_roles_that_do_not_exist():
    with pytest.raises(OverdraftError, match="no register layer wels"):
        build_register({"wels": pd.DataFrame()})
