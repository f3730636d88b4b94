"""Merging small registers: any split gives the joint run, what cases must agree on, what is refused."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.casefile import (
    merge_cases,
    read_results,
    verify_case,
)
from overdraft.core.casefile.unite import unite
from overdraft.core.enforce import enforce
from overdraft.core.errors import OverdraftError
from overdraft.core.intake import build_register
from overdraft.core.policy import Edits, load_policy, open_draft, parse_policy, text_of

from .conftest import person_field, small, stored

LAW, AS_OF = "national", date(2026, 3, 31)


@pytest.mark.long
@settings(max_examples=12)
@given(st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_any_split_gives_the_joint_run(owners):
    split_and_merge(owners)


@settings(max_examples=1)
@given(st.permutations([0, 0, 1, 1, 2, 2]))
def test_a_split_gives_the_joint_run(owners):
    split_and_merge(owners)


def split_and_merge(owners):
    whole, policy = small(), load_policy(LAW)
    joint = enforce(build_register({k: v for k, v in whole.items() if k != "persons"}), policy, AS_OF)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for case in range(3):
            mine = [owner == case for owner in owners]
            own = {role: frame[mine] for role, frame in whole.items() if role != "zones"}
            paths.append(stored({**own, "zones": whole["zones"]}, Path(folder) / f"{case}.gpkg"))
        made = merge_cases(paths, Path(folder) / "all.gpkg", policy, AS_OF)
        assert made.result.manifest["finding_hash"] == joint.manifest["finding_hash"]
        after = read_results(made.written.path, "persons", "zones", "readings")
        assert sorted(after["persons"][person_field()]) == [f"张{row}" for row in range(6)]
        assert (len(after["zones"]), len(after["readings"])) == (2, 6)
        assert verify_case(made.written.path).problems == []


def half(case):
    """The register of one of two cases, of three wells each and the same zones."""
    return {
        role: frame.copy() if role == "zones" else frame.iloc[3 * case : 3 * case + 3]
        for role, frame in small().items()
    }


@pytest.fixture(scope="module")
def stored_halves(tmp_path_factory):
    folder = tmp_path_factory.mktemp("halves")
    return [stored(half(case), folder / f"{name}.gpkg") for case, name in enumerate("ab")]


@pytest.fixture
def halves(stored_halves, tmp_path):
    """Copies of the two cases."""
    return [Path(shutil.copy(path, tmp_path)) for path in stored_halves]


def test_the_same_id_with_another_content_is_refused(halves, tmp_path):
    other = half(1)
    other["zones"].loc[1, "severity"] = "severe"
    other["zones"].loc[1, "geometry"] = shapely.box(0, 0, 1, 1)
    halves[1].unlink()
    paths = [halves[0], stored(other, halves[1])]
    with pytest.raises(OverdraftError) as caught:
        merge_cases(paths, tmp_path / "all.gpkg", load_policy(LAW), AS_OF)
    values = caught.value.values
    assert caught.value.key == "casefile.merge_conflict"
    assert (values["id"], values["role"], values["cases"]) == ("Z2", "zones", ["a.gpkg", "b.gpkg"])
    assert values["field"] == ["severity", "geometry"]
    assert not (tmp_path / "all.gpkg").exists()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.gpkg", "b.gpkg"]


def as_judged(path, **other):
    """The record of a run in a case file, as if it had been judged."""
    policy = load_policy(LAW)
    manifest = {"settings": {"position_accuracy_m": 10.0, "language": "en"}, "values": {}, "invented": True}
    row = {"policy_id": policy.id, "policy_version": policy.version, "as_of": AS_OF.isoformat()}
    manifest |= {name: value for name, value in other.items() if name in manifest}
    row |= {name: value for name, value in other.items() if name in row}
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM runs")
        connection.execute(
            "INSERT INTO runs (run_id, policy_id, policy_version, as_of, manifest) VALUES (?, ?, ?, ?, ?)",
            (path.stem, *row.values(), json.dumps(manifest)),
        )
        connection.commit()


def test_what_the_cases_must_agree_on(halves, tmp_path):
    one, two = halves
    as_judged(one)
    for key, other in {
        "casefile.merge_policy": {"policy_id": "kunyu-2025"},
        "casefile.merge_as_of": {"as_of": "2025-12-31"},
        "casefile.merge_setting": {"settings": {"position_accuracy_m": 5.0}},
    }.items():
        as_judged(two, **other)
        with pytest.raises(OverdraftError) as caught:
            merge_cases([one, two], tmp_path / "all.gpkg")
        assert caught.value.key == key
        assert "a.gpkg" in str(caught.value)
    for path in (one, two):
        as_judged(path, policy_version="0123")
    with pytest.raises(OverdraftError, match="0123"):
        merge_cases([one, two], tmp_path / "all.gpkg")
    as_judged(one)
    as_judged(two, as_of="2025-12-31")
    made = merge_cases([one, two], tmp_path / "all.gpkg", as_of=date(2025, 6, 30))
    assert made.result.as_of == date(2025, 6, 30)
    assert made.result.manifest["invented"]
    assert made.result.manifest["settings"]["language"] == "en"


def test_a_document_of_ones_own_comes_from_the_case_that_holds_it(halves, tmp_path):
    """One of the cases holds its text: both were judged by that version."""
    own = parse_policy(text_of(open_draft(LAW), Edits(rules={0: False})), "own.toml")
    assert own.version != load_policy(LAW).version
    for path in halves:
        as_judged(path, policy_version=own.version)
    with closing(sqlite3.connect(halves[1])) as connection:
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('policy', ?)", (own.text,))
        connection.commit()
    made = merge_cases(list(halves), tmp_path / "all.gpkg")
    assert made.result.policy.version == own.version


def test_refusals_that_need_no_reading(halves, tmp_path):
    paths = halves
    policy = load_policy(LAW)
    for given_, key in (
        ((paths[:1], tmp_path / "x.gpkg", policy, AS_OF), "casefile.merge_few"),
        (([paths[0], paths[0]], tmp_path / "x.gpkg", policy, AS_OF), "casefile.merge_twice"),
        ((paths, paths[1], policy, AS_OF), "casefile.exists"),
        ((paths, tmp_path / "x.gpkg"), "casefile.merge_not_judged"),
        ((paths, tmp_path / "x.gpkg", policy), "casefile.merge_not_judged"),
    ):
        with pytest.raises(OverdraftError) as caught:
            merge_cases(*given_)
        assert caught.value.key == key


def test_settings_that_people_made(halves, tmp_path):
    paths, policy = halves, load_policy(LAW)
    key = next(iter(policy.settings))
    for path, value in zip(paths, ('"1"', '"2"'), strict=True):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(
                "INSERT INTO settings (key, value, source) VALUES (?, ?, 'user')", (key, value)
            )
            connection.execute("INSERT INTO settings (key, value, source) VALUES ('mine', '3', 'user')")
            connection.commit()
    with pytest.raises(OverdraftError, match="different values") as caught:
        merge_cases(paths, tmp_path / "all.gpkg", policy, AS_OF)
    assert caught.value.values["setting"] == key
    with closing(sqlite3.connect(paths[1])) as connection:
        connection.execute("UPDATE settings SET value = '\"1\"' WHERE key = ?", (key,))
        connection.commit()
    made = merge_cases(paths, tmp_path / "all.gpkg", policy, AS_OF)
    table = read_results(made.written.path, "settings")["settings"].set_index("key")
    assert table.loc[key, "value"] == '"1"'
    assert table.loc["mine", "value"] == "3"
    assert table.index.is_unique


def test_a_merged_case_is_merged_again_and_a_broken_history_stays_broken(halves, tmp_path):
    policy, paths = load_policy(LAW), halves
    with closing(sqlite3.connect(paths[1])) as connection:
        connection.execute("DROP TRIGGER history_no_update")
        connection.execute("UPDATE history SET reason = 'forged'")
        connection.commit()
    made = merge_cases(paths, tmp_path / "city.gpkg", policy, AS_OF)
    assert made.broken == ("b.gpkg",)
    wells = small(12)["wells"].iloc[6:]
    third = stored({"wells": wells, "zones": small()["zones"]}, tmp_path / "c.gpkg")
    again = merge_cases([tmp_path / "city.gpkg", third], tmp_path / "region.gpkg", policy, AS_OF)
    names = read_results(again.written.path, "merged_histories")["merged_histories"]["case_name"]
    assert sorted(set(names)) == ["c.gpkg", "city.gpkg", "city.gpkg/a.gpkg", "city.gpkg/b.gpkg"]
    assert [(item.kind, item.subject) for item in verify_case(again.written.path).problems] == [
        ("edited", "city.gpkg/b.gpkg")
    ]


def test_rows_without_an_id_and_repeated_ones():
    one = pd.DataFrame({"k": ["a", "a", None, "b"], "v": [1.0, 2.0, 3.0, 4.0]})
    other = pd.DataFrame({"k": ["a", "a", None, "c"], "v": [2, 1, 3, 5], "extra": [None, None, None, "x"]})
    united = unite("t", [("one", one), ("other", other)], ["k"])
    assert (united.n_read, united.n_shared) == (8, 2)
    assert united.frame["k"].where(united.frame["k"].notna(), None).tolist() == [
        "a",
        "a",
        None,
        "b",
        None,
        "c",
    ]
    with pytest.raises(OverdraftError, match="2 ≠ 1"):
        unite("t", [("one", one), ("other", other.iloc[1:])], ["k"])
    again = replace(united, frame=one)
    assert again.n_read == 8


def test_layers_of_two_systems_meet_in_the_first():
    zones = small()["zones"]
    moved = zones.to_crs("EPSG:4539")
    united = unite("zones", [("one", zones), ("other", moved)], ["zone_id"])
    assert (len(united.frame), united.n_shared) == (2, 2)
    assert united.frame.crs == zones.crs
