"""Findings of the intake, the register that comes out, and a fuzz of cell values."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.findings import conclude
from overdraft.core.intake import build_register, conform
from overdraft.core.messages import render
from overdraft.core.register import MissingRoleError, Register
from overdraft.core.schema import register_schema


def test_one_finding_per_row_lists_every_unreadable_value(raw_wells, said):
    raw = raw_wells(
        use=["irrigation", "tea", ""], depth_m=["deep", "1,5", "3"], built_on=["2020-01-01", "soon", None]
    )
    frame, verdicts = conform("wells", raw)
    found = said(verdicts)
    assert found[("register.value", "W1")] == {
        "field": ["depth_m"],
        "found": ["deep"],
        "expected": ["1234.5"],
    }
    assert found[("register.value", "W2")]["field"] == ["use", "depth_m", "built_on"]
    assert found[("register.value", "W2")]["found"] == ["tea", "1,5", "soon"]
    assert found[("register.required", "W3")] == {"field": ["use"]}
    assert set(found) == {("register.value", "W1"), ("register.value", "W2"), ("register.required", "W3")}
    assert frame["use"].tolist() == ["irrigation", None, None]
    assert (verdicts.rows["outcome"] == "review").all()


def test_an_unreadable_required_value_is_reported_once(raw_wells):
    _, verdicts = conform("wells", raw_wells(status=["active", "封", "active"]))
    assert list(zip(verdicts.rows["rule"], verdicts.rows["subject_id"], strict=True)) == [
        ("register.value", "W2")
    ]


def test_every_finding_can_be_read_in_both_languages(raw_wells):
    raw = raw_wells(
        well_id=["a;b", None, "A", "A"], depth_m=["x", 1, 2, 3], use=["", "tea", "industry", "industry"]
    )
    raw.geometry = [shapely.Point(0, 0), None, shapely.box(0, 0, 1, 1), shapely.Point(0, 0)]
    _, verdicts = conform("wells", raw.set_crs(4326).assign(area=1.0, 井名="a", 名称="b"))
    assert set(verdicts.rows["rule"]) == set(verdicts.counts["rule"])
    for key, values in zip(verdicts.rows["message_key"], verdicts.rows["message_values"], strict=True):
        for language in ("en", "zh"):
            assert "{" not in render(key, json.loads(values), language)


def test_rows_passes_and_subjects_add_up(raw_wells):
    raw = raw_wells(well_id=["A", "A", None, "B"], depth_m=["x", 1, 2, 3])
    _, verdicts = conform("wells", raw)
    rows, counts = verdicts.rows, verdicts.counts
    assert (counts["n_subjects"] == counts["n_pass"] + counts["n_rows"] + counts["n_out_of_scope"]).all()
    assert (counts.loc[counts["rule"] != "register.column", "n_subjects"] == 4).all()
    assert counts.set_index("rule")["n_rows"].to_dict() == {
        "register.value": 1,
        "register.required": 0,
        "register.id_missing": 1,
        "register.id_repeated": 2,
        "register.id_separator": 0,
        "register.column": 0,
        "register.geometry": 0,
    }
    assert len(rows) == counts["n_rows"].sum()


def test_a_register_of_several_roles(raw_wells):
    seen = []
    register = build_register(
        {
            "wells": raw_wells(),
            "zones": None,
            "readings": pd.DataFrame({"well_id": ["W1"], "year": ["x"], "volume_m3": [5]}),
        },
        progress=seen.append,
    )
    assert isinstance(register, Register)
    assert register.has("wells")
    assert not register.has("zones")
    assert register.get("zones") is None
    assert list(register.tables) == ["wells", "readings"]
    assert isinstance(register["wells"], gpd.GeoDataFrame)
    assert set(register.problems.rows["subject_role"]) == {"readings"}
    assert seen == [0.5, 1.0]
    with pytest.raises(MissingRoleError, match="layer zones was not supplied") as caught:
        register["zones"]
    assert caught.value.role == "zones"
    assert "wells" in caught.value.text("zh")


@pytest.mark.parametrize("role", list(register_schema().roles))
def test_a_frame_without_rows(role):
    item = register_schema().roles[role]
    columns = {name: [] for name in (*item.required, *item.any_of)}
    raw = gpd.GeoDataFrame(columns, geometry=[], crs=4326) if item.is_place else pd.DataFrame(columns)
    frame, verdicts = conform(role, raw)
    assert len(frame) == 0
    assert set(item.fields) <= set(frame.columns)
    assert verdicts.rows.empty


def test_any_index_becomes_a_range(raw_wells):
    raw = raw_wells()
    raw.index = [7, 7, -1]
    frame, _ = conform("wells", raw)
    assert frame.index.tolist() == [0, 1, 2]
    assert frame["well_id"].tolist() == ["W1", "W2", "W3"]
    assert frame.geometry.x.tolist() == [0, 1, 2]


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=6),
    st.sampled_from(
        [
            "irrigation",
            "封填",
            "封",
            "a;b",
            "；",
            "W1",
            "2024-05-01",
            "9999-12-31",
            "1e400",
            "\ud800",
            "\x00",
            "１",
        ]
    ),
    st.dates(),
    st.datetimes(),
    st.binary(max_size=3),
    st.decimals().filter(lambda number: not number.is_snan()),
    st.complex_numbers(),
    st.lists(st.integers(), max_size=2),
    st.just(pd.NaT),
    st.just(pd.NA),
    st.just(np.datetime64("NaT")),
    st.just(np.float32("nan")),
)
FUZZED = ["well_id", "use", "status", "depth_m", "built_on", "metered", "replaces", "name"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * len(FUZZED)), max_size=6))
def test_no_cell_raises_or_loses_a_row(rows):
    columns = {}
    for number, name in enumerate(FUZZED):
        column = np.empty(len(rows), dtype=object)
        for place, row in enumerate(rows):
            column[place] = row[number]
        columns[name] = column
    points = shapely.points(np.arange(2 * len(rows), dtype=float).reshape(-1, 2))
    raw = gpd.GeoDataFrame(columns, geometry=points, crs=4326)
    frame, verdicts = conform("wells", raw)

    assert len(frame) == len(rows)
    assert frame["row_id"].is_unique
    assert frame["row_id"].notna().all()
    counts = verdicts.counts
    assert (counts["n_subjects"] == counts["n_pass"] + counts["n_rows"]).all()
    conclude(verdicts, "p", "v", "r")
    # What is empty now was empty before or is reported: nothing improves by being unreadable.
    reported = set(zip(verdicts.rows["rule"], verdicts.rows["subject_id"], strict=True))
    for place, name in enumerate(frame["row_id"]):
        for number, field in enumerate(FUZZED):
            cell = rows[place][number]
            given = isinstance(cell, (bytes, list)) or not (
                pd.isna(cell) or (isinstance(cell, str) and not cell.strip())
            )
            if given and field != "replaces" and pd.isna(frame[field].iloc[place]):
                assert ("register.value", name) in reported
        if frame["well_id"].iloc[place] is None:
            assert ("register.id_missing", name) in reported
        for field in ("use", "status"):
            if frame[field].iloc[place] is None:
                assert reported & {("register.value", name), ("register.required", name)}
