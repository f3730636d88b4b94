"""A frozen run gives the same findings again, from nothing but what it kept."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from overdraft.core.casefile import (
    Given,
    case_content,
    exact,
    read_case,
    read_results,
    verify_case,
    with_frozen,
    write_case,
)
from overdraft.core.casefile.frozen import replay, thaw
from overdraft.core.casefile.opening import reading
from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.errors import OverdraftError
from overdraft.core.intake import build_register
from overdraft.core.policy import load_policy, policy_text, with_settings

POLICY, AS_OF = "national", date(2025, 12, 31)


def small_register():
    """Wells in a zone, with cells that cannot be read, an extra column, and text that is no text."""
    wells = pd.DataFrame(
        {
            "well_id": ["A", "B", "C", None],
            "use": ["irrigation", "industry", "no such use", None],
            "status": ["active", "sealed", "active", "active"],
            "depth_m": ["120", "deep", None, "80.5"],
            "permit_m3": [1.5, np.nan, 1e300, -0.0],
            "备注": ["x", None, "井", "a\nb"],
        }
    )
    places = [shapely.Point(89.3, 42.3), shapely.Point(89.4, 42.4), None, shapely.Point(89.5, 42.5)]
    zones = pd.DataFrame({"zone_id": ["Z"], "severity": ["severe"]})
    return {
        "wells": gpd.GeoDataFrame(wells, geometry=places, crs="EPSG:4490"),
        "zones": gpd.GeoDataFrame(zones, geometry=[shapely.box(89, 42, 89.45, 43)], crs="EPSG:4490"),
    }


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """A case file with a frozen run, its result, and what it was given."""
    frames, chosen = small_register(), EnforceSettings(baseline=date(2021, 1, 1), sources={"wells": "w.gpkg"})
    values = {"permit.idle_ratio": "0.4"} if "permit.idle_ratio" in load_policy(POLICY).settings else {}
    given = Given(frames, *policy_text(POLICY), values, AS_OF, chosen)
    result = enforce(build_register(frames), with_settings(load_policy(POLICY), values), AS_OF, chosen)
    path = tmp_path_factory.mktemp("frozen") / "case.gpkg"
    write_case(path, with_frozen(case_content(result, "zh"), given))
    return path, result, given


def test_everything_comes_back_as_it_was(frozen):
    path, result, given = frozen
    with reading(path) as connection:
        back = thaw(connection, str(result.manifest["run_id"]))
    assert list(back.frames) == list(given.frames)
    for role, frame in given.frames.items():
        assert_frame_equal(back.frames[role], frame)
        assert back.frames[role].crs == frame.crs
    assert (back.policy_text, back.values, back.as_of) == (given.policy_text, given.values, AS_OF)
    assert back.settings == given.settings
    assert back.policy() == given.policy()


def test_a_run_replays_after_the_register_has_changed(frozen):
    path, result, _ = frozen
    run = str(result.manifest["run_id"])
    frames = read_case(path)
    frames["wells"] = frames["wells"].assign(status="sealed", use="domestic").iloc[:2]
    later = enforce(build_register(frames), load_policy(POLICY), date(2026, 12, 31))
    write_case(path, case_content(later, "zh"))
    assert later.manifest["finding_hash"] != result.manifest["finding_hash"]
    found = verify_case(path, run_id=run)
    assert found.problems == []
    assert found.replay.same
    assert found.replay.found == result.manifest["finding_hash"]
    assert {"overdraft", "python", "pandas"} <= set(found.replay.versions_now)
    with pytest.raises(OverdraftError, match="were not frozen"):
        verify_case(path, run_id=str(later.manifest["run_id"]))
    with pytest.raises(OverdraftError, match="records no run"):
        verify_case(path, run_id="gone")


def test_another_hash_names_the_versions(frozen, tmp_path):
    path, result, _ = frozen
    run, copy = str(result.manifest["run_id"]), tmp_path / "case.gpkg"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE runs SET finding_hash = 'then' WHERE run_id = ?", (run,))
        connection.execute(
            "UPDATE runs SET manifest = json_set(manifest, '$.versions.pandas', '0.1') WHERE run_id = ?",
            (run,),
        )
        connection.commit()
    again = verify_case(copy, run_id=run)
    (problem,) = [item for item in again.problems if item.kind == "replay_differs"]
    assert problem.expected.startswith("then (")
    assert "pandas 0.1" in problem.expected
    assert f"pandas {pd.__version__}" in problem.found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE frozen_inputs SET content = zeroblob(9) WHERE name = 'wells'",
        "UPDATE frozen_inputs SET sha256 = 'x' WHERE name = 'wells'",
        "DELETE FROM frozen_inputs WHERE name = 'policy.toml'",
        "UPDATE frozen_inputs SET content = x'789c' WHERE name = 'run.json'",
        "FORGE",
    ],
)
def test_changed_pieces_are_found_and_not_replayed(frozen, tmp_path, statement):
    path, result, _ = frozen
    run, copy = str(result.manifest["run_id"]), tmp_path / "case.gpkg"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        if statement == "FORGE":  # a piece that fits its own hash and says nothing of use
            values = (hashlib.sha256(b"[]").hexdigest(), exact.compress(b"[]"))
            statement = "UPDATE frozen_inputs SET sha256 = ?, content = ? WHERE name = 'run.json'"
            connection.execute(statement, values)
        else:
            connection.execute(statement)
        connection.commit()
    assert "frozen_changed" in {item.kind for item in verify_case(copy).problems}
    with pytest.raises(OverdraftError, match="are damaged"):
        replay(copy, run)


def test_another_policy_is_not_frozen(frozen):
    _, result, given = frozen
    text = given.policy_text.replace("\n[policy]", "\n[policy]", 1) + "\n[[notes]]\n"
    other = Given(given.frames, *policy_text("kunyu-2025"), {}, AS_OF, given.settings)
    with pytest.raises(OverdraftError, match="was changed"):
        with_frozen(case_content(result, "zh"), other)
    assert text != given.policy_text


def test_a_file_from_before_takes_frozen_inputs(frozen, tmp_path):
    path, result, given = frozen
    copy = tmp_path / "case.gpkg"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        for table in ("frozen_inputs", "merged_histories"):
            connection.execute(f"DROP TABLE {table}")
            connection.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
        connection.execute(
            "DELETE FROM gpkg_data_columns WHERE table_name IN ('frozen_inputs', 'merged_histories')"
        )
        connection.commit()
    write_case(copy, with_frozen(case_content(result, "zh"), given))
    assert len(read_results(copy, "frozen_inputs")["frozen_inputs"]) == len(given.frames) + 2


def test_every_kind_of_column_is_kept_exactly():
    frame = pd.DataFrame(
        {
            "real": [np.nan, -0.0, 1 / 3],
            "small": np.array([1, 2, 3], dtype="int16"),
            "flag": [True, False, True],
            "day": pd.to_datetime(["2024-02-29", None, "1999-12-31T23:59:59.123456789"]),
            "zoned": pd.to_datetime(["2024-01-01", None, "2024-06-01"]).tz_localize("Asia/Shanghai"),
            "whole": pd.array([1, None, 2**53 + 1], dtype="Int64"),
            "tick": pd.array([True, None, False], dtype="boolean"),
            "any": pd.Series(["\ud800", np.nan, pd.NA], dtype=object),
            "mixed": pd.Series([1, 1.0, True], dtype=object),
            "days": pd.Series([date(2024, 2, 29), datetime(2024, 1, 1, 5), time(3)], dtype=object),
            "odd": pd.Series([Decimal("1.10"), b"\x00\xff", pd.Timestamp("2024-01-01")], dtype=object),
            "numpy": pd.Series([np.float64(0.1), np.int32(3), np.bool_(True)], dtype=object),
            "many": pd.Series([["a", None], ("b", 2), {"k": [1.5]}], dtype=object),
        }
    )
    frame.insert(2, "small", ["a", "b", "c"], allow_duplicates=True)
    back = exact.unpack(exact.pack(frame))
    assert_frame_equal(back, frame)
    for place, name in enumerate(frame.columns):
        if pd.api.types.is_object_dtype(frame.dtypes.iloc[place]):
            assert list(map(type, back.iloc[:, place])) == list(map(type, frame.iloc[:, place])), name
    shapes = [
        shapely.Point(1, 2, 3),
        None,
        shapely.from_wkt("POINT EMPTY"),
        shapely.MultiPoint([(0, 0), (1, 1)]),
        shapely.Point(np.nan, np.nan),
        shapely.from_wkt("POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))"),
    ]
    for crs in ("EPSG:4490", "EPSG:4539", None, "+proj=tmerc +lon_0=89.5 +x_0=1 +ellps=krass"):
        layer = gpd.GeoDataFrame({"n": range(6)}, geometry=shapes, crs=crs)
        back = exact.unpack(exact.pack(layer))
        assert back.crs == layer.crs
        assert (
            shapely.to_wkb(back.geometry.to_numpy()).tolist()
            == shapely.to_wkb(layer.geometry.to_numpy()).tolist()
        )
        assert shapely.is_empty(back.geometry.to_numpy()).tolist() == shapely.is_empty(shapes).tolist()
    assert_frame_equal(exact.unpack(exact.pack(pd.DataFrame({"a": []}))), pd.DataFrame({"a": []}))
    with pytest.raises(OverdraftError, match="cannot be frozen"):
        exact.pack(pd.DataFrame({"a": pd.Categorical(["x"])}))
    with pytest.raises(OverdraftError, match="cannot be frozen"):
        exact.pack(pd.DataFrame({"a": [object()]}))


@settings(max_examples=80)
@given(st.lists(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans()), max_size=6))
def test_any_column_of_objects(values):
    frame = pd.DataFrame({"a": pd.Series(values, dtype=object)})
    back = exact.unpack(exact.pack(frame))["a"].tolist()
    assert list(map(repr, back)) == list(map(repr, values))
    assert list(map(type, back)) == list(map(type, values))


@settings(max_examples=80)
@given(st.binary(max_size=60))
def test_bytes_of_others_are_refused(content):
    for take in (exact.unpack, exact.decompress):
        with pytest.raises(ValueError):  # noqa: PT011 - its text is shown as it is
            take(content)


def test_a_bomb_does_not_go_off(monkeypatch):
    monkeypatch.setattr(exact, "MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="too large"):
        exact.decompress(zlib.compress(b"0" * 5000))
