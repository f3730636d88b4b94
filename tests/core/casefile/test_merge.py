"""Several counties' cases merged give what a joint run gives, and every history stays provable."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import pytest

import overdraft
from overdraft.core import review
from overdraft.core.casefile import (
    CaseRows,
    Given,
    case_content,
    merge_cases,
    read_case,
    read_results,
    verify_case,
    with_frozen,
    write_case,
)
from overdraft.core.enforce import EnforceSettings, enforce, frame_hash
from overdraft.core.errors import OverdraftError
from overdraft.core.findings.record import RESTS_ON
from overdraft.core.intake import build_register
from overdraft.core.policy import load_policy, policy_text
from overdraft.core.report.sheet import finding_sheet
from overdraft.core.review import Act
from overdraft.core.schema import register_schema

from .conftest import small, stored

SAMPLE = Path(overdraft.__file__).resolve().parent / "sample_layers" / "sample.gpkg"
POLICY, LAW, AS_OF = "turpan-2021", "national", date(2026, 3, 31)


NOT_OF_WELLS = (
    *(
        "levels",
        "stations",
        "intakes",
        "sections",
        "projects",
        "indices",
        "documents",
        "prices",
        "protection",
    ),
    *("meters", "accounts", "area_years", "networks", "alternatives"),
)
"""Roles that neither ledger nor retirement balance needs; the long test merges them as well."""


def thin_sample(step, without=()):
    """Every ``step``-th well of the sample with what belongs to it, every ``step``-th area, the small tables whole."""
    present = {name for name, _ in pyogrio.list_layers(SAMPLE)}.difference(without)
    frames = {
        name: pyogrio.read_dataframe(SAMPLE, layer=name)
        for name in register_schema().roles
        if name in present
    }
    wells = frames["wells"]
    kept = wells[(wells.index % step == 0) | wells["well_id"].duplicated(keep=False)]
    frames["wells"] = kept.reset_index(drop=True)
    frames["irrigation"] = frames["irrigation"].iloc[::step]
    for key in ("well_id", "permit_no", "account_no"):
        for role, frame in frames.items():
            if key in frame and role != "wells" and key in kept:
                frames[role] = frame[frame[key].isin(kept[key])].reset_index(drop=True)
    return frames


def split_by_county(frames):
    """The register of each county: its own wells, areas and permits, what belongs to its wells, all that is shared."""
    wells = frames["wells"]
    counties = sorted(wells["county"].dropna().unique())
    home = wells.drop_duplicates("well_id").set_index("well_id")["county"]
    parts = {county: {} for county in counties}
    for role, frame in frames.items():
        own = (
            frame["county"]
            if "county" in frame
            else frame["well_id"].map(home)
            if "well_id" in frame
            else None
        )
        for place, county in enumerate(counties):
            lone = own is not None and place == 0
            mine = slice(None) if own is None else (own == county) | (lone & ~own.isin(counties))
            parts[county][role] = frame[mine].reset_index(drop=True)
    return parts


def judged(frames, path, chosen=None, frozen=False, policy=POLICY, day=AS_OF):
    """A case file of a run."""
    chosen = chosen or EnforceSettings(invented=True)
    result = enforce(build_register(frames), load_policy(policy), day, chosen)
    content = case_content(result, "zh")
    if frozen:
        content = with_frozen(content, Given(frames, *policy_text(policy), {}, day, chosen))
    write_case(path, content)
    return result


@pytest.fixture(scope="module")
def merged(tmp_path_factory):
    """The thinned sample judged jointly, split by county into three cases, and these merged."""
    folder = tmp_path_factory.mktemp("merged")
    frames = thin_sample(250, NOT_OF_WELLS)
    joint = enforce(build_register(frames), load_policy(POLICY), AS_OF, EnforceSettings())
    paths = []
    for place, (county, part) in enumerate(split_by_county(frames).items()):
        paths.append(stored(part, folder / f"{county}.gpkg"))
        decide(paths[-1], f"decided-{place}", "confirmed")
    made = merge_cases(paths, folder / "merged.gpkg", load_policy(POLICY), AS_OF, "zh")
    return joint, paths, made, frames


def decide(path, finding, state):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO decisions (finding_id, state) VALUES (?, ?)", (finding, state))
        connection.execute("INSERT INTO plans (plan_id, kind) VALUES (?, 'pairs')", (f"plan {finding}",))
        connection.commit()


def test_the_totals_are_those_of_a_joint_run(merged):
    joint, paths, made, frames = merged
    assert made.result.manifest["finding_hash"] == joint.manifest["finding_hash"]
    assert made.result.counts == joint.counts
    assert sum(made.result.counts.values()) == len(frames["wells"])
    assert len(joint.findings) > 100
    for one, other in ((made.result.ledger, joint.ledger), (made.result.retirement, joint.retirement)):
        pd.testing.assert_frame_equal(one.balance, other.balance)
    assert len(paths) == 3
    assert made.broken == ()
    kept = read_results(made.written.path, "findings", "rule_counts", "ledger_balance", "retirement_balance")
    assert frame_hash(kept["findings"].drop(columns="run_id")) == joint.manifest["finding_hash"]
    counts = [part[part["rule"] != "register.column"] for part in (kept["rule_counts"], joint.rule_counts)]
    assert_same_figures(*counts)  # but for columns of layers without rows, which are in no case
    for name, other in (
        ("ledger_balance", joint.ledger.balance),
        ("retirement_balance", joint.retirement.balance),
    ):
        assert_same_figures(kept[name], other)


def assert_same_figures(one, other):
    """Row for row what a run made, whatever types the file has for it."""
    assert len(one) == len(other) > 0
    for name in other.columns:
        if pd.api.types.is_numeric_dtype(other[name].dtype):
            values = pd.to_numeric(one[name]).to_numpy("float64", na_value=float("nan"))
            wanted = other[name].to_numpy("float64", na_value=float("nan"))
            np.testing.assert_array_equal(values, wanted, err_msg=name)
        else:
            texts = [["" if pd.isna(value) else str(value) for value in part[name]] for part in (one, other)]
            assert texts[0] == texts[1], name


def test_counts_in_are_counts_out(merged):
    _, paths, made, frames = merged
    held = [read_case(path) for path in paths]
    after = read_case(made.written.path)
    assert set(after) == {role for role, frame in frames.items() if len(frame)}
    for role, frame in frames.items():
        read = sum(len(one.get(role, ())) for one in held)
        if not read:  # a table that was empty everywhere is in no case
            continue
        part = made.rows[role]
        assert (part.n_read, part.n_read - part.n_shared) == (read, len(frame)), role
        assert len(after.get(role, ())) == len(frame)
    assert made.rows["units"].n_shared == 2 * len(frames["units"])


def test_what_people_made_is_kept(merged):
    _, _, made, _ = merged
    tables = read_results(made.written.path, "decisions", "plans", "runs")
    assert sorted(tables["decisions"]["finding_id"]) == ["decided-0", "decided-1", "decided-2"]
    assert len(tables["plans"]) == 3
    assert tables["runs"]["run_id"].tolist() == [made.result.manifest["run_id"]]
    found = verify_case(made.written.path)
    assert found.n_entries == 4
    by_hand = {"decided-0", "decided-1", "decided-2"}  # no history tells of these: that is all that is found
    assert {item.subject for item in found.problems} == by_hand
    assert {item.kind for item in found.problems} == {"decision_changed", "basis_changed"}


DEFER = Act("defer", "王工", reason="等待复测", deferred_to=date(2999, 1, 1))


@pytest.fixture(scope="module")
def judged_counties(tmp_path_factory):
    """Two judged cases of three wells, each with its own zone, the first with readings; and the same judged jointly."""
    whole, paths, folder = small(), [], tmp_path_factory.mktemp("counties")
    for case, name in enumerate(("a", "b", "joint")):
        rows = slice(None) if name == "joint" else slice(3 * case, 3 * case + 3)
        own = {"wells": whole["wells"].iloc[rows]}
        own["zones"] = whole["zones"] if name == "joint" else whole["zones"].iloc[[case]]
        if name != "b":
            own["readings"] = whole["readings"].iloc[:3]
        paths.append(folder / f"{name}.gpkg")
        judged({role: frame.reset_index(drop=True) for role, frame in own.items()}, paths[-1], policy=LAW)
    return paths[:2], found(paths[2])


@pytest.fixture
def two_counties(judged_counties, tmp_path):
    """Copies of the two, and the findings of the joint run."""
    paths, joint = judged_counties
    return [Path(shutil.copy(path, tmp_path)) for path in paths], joint


def found(path):
    """Findings of a case by id."""
    return read_results(path, "findings")["findings"].set_index("finding_id")


def test_decisions_of_one_county_stay_and_say_what_the_joint_run_changed(two_counties, tmp_path):
    paths, joint = two_counties
    first, second = (found(path) for path in paths)
    decided = pd.concat(
        [first.drop(second.index, errors="ignore"), second.drop(first.index, errors="ignore")]
    )
    for path, own in zip(paths, (first, second), strict=True):
        review.decide(
            CaseRows(path), [name for name in own.index if name in decided.index], DEFER, today=AS_OF
        )
    gone = {name for name in decided.index if name not in joint.index}
    other = {
        name
        for name in set(decided.index) - gone
        if decided.at[name, "evidence_hash"] != joint.at[name, "evidence_hash"]
    }
    assert (len(gone), len(other), len(decided)) == (1, 1, 23)
    made = merge_cases(paths, tmp_path / "merged.gpkg")
    hashes = [
        frame_hash(one.reset_index().drop(columns="run_id")) for one in (found(made.written.path), joint)
    ]
    assert hashes[0] == hashes[1]
    kept = read_results(made.written.path, "decisions", "decided_findings", "history")
    rows = kept["decisions"].set_index("finding_id")
    assert set(rows.index) == set(decided.index) == set(kept["decided_findings"]["finding_id"])
    assert (set(rows["state"]), set(rows["decided_by"])) == ({"deferred"}, {"王工"})
    assert set(rows.index[rows["stale"].astype(bool)]) == gone | other
    assert json.loads(rows.at[next(iter(gone)), "changed"]) == {"finding": "gone"}
    changed = json.loads(rows.at[next(iter(other)), "changed"])
    assert changed
    assert set(changed) <= {*RESTS_ON}
    assert rows.loc[rows.index.difference(gone | other), "changed"].isna().all()
    told = kept["history"][kept["history"]["kind"] == "stale"]
    assert (set(told["subject"]), set(told["who"])) == (gone | other, {"overdraft"})
    assert verify_case(made.written.path).problems == []


def test_counties_that_decided_alike_on_one_finding_are_merged_and_others_are_not(two_counties, tmp_path):
    paths, joint = two_counties
    shared = found(paths[0]).index.intersection(found(paths[1]).index)
    name = shared.intersection(joint.index)[0]
    for path, who in zip(paths, ("李工", "王工"), strict=True):
        review.decide(CaseRows(path), [name], replace(DEFER, who=who), today=AS_OF)
        CaseRows(path).mark("case", "赵工", "zhao")  # who works in it at this moment is nobody's content
    made = merge_cases(paths, tmp_path / "merged.gpkg")
    tables = read_results(made.written.path, "decisions", "decided_findings", "marks", "merged_histories")
    assert tables["decisions"]["decided_by"].tolist() == ["李工"]
    assert tables["decided_findings"]["finding_id"].tolist() == [name]
    assert len(tables["marks"]) == 0
    deferred = tables["merged_histories"][tables["merged_histories"]["kind"] == "defer"]
    assert deferred["who"].tolist() == ["李工", "王工"]  # neither is lost
    told = finding_sheet(CaseRows(made.written.path), name, "zh").history
    assert [past.who for past in told if past.who != "overdraft"] == ["李工", "王工"]
    review.decide(CaseRows(paths[1]), [name], Act("reopen", "王工", reason="重新核实后再定"), today=AS_OF)
    with pytest.raises(OverdraftError) as caught:
        merge_cases(paths, tmp_path / "again.gpkg")
    assert caught.value.key == "casefile.merge_conflict"
    assert (caught.value.values["id"], caught.value.values["field"]) == (name, ["state"])


@pytest.mark.long
def test_cases_that_were_judged_and_frozen(tmp_path):
    """As they come from the counties: policy, day and settings are those of their runs, which replay afterwards."""
    frames, paths, runs = thin_sample(40), [], []
    joint = judged(frames, tmp_path / "joint.gpkg")
    for place, (county, part) in enumerate(split_by_county(frames).items()):
        paths.append(tmp_path / f"{county}.gpkg")
        runs.append(judged(part, paths[-1], frozen=place == 0).manifest["run_id"])
    made = merge_cases(paths, tmp_path / "merged.gpkg")
    assert made.result.manifest["finding_hash"] == joint.manifest["finding_hash"]
    assert made.result.manifest["invented"]
    tables = read_results(made.written.path, "runs", "frozen_inputs")
    assert tables["runs"]["run_id"].tolist() == [*runs, made.result.manifest["run_id"]]
    assert set(tables["frozen_inputs"]["run_id"]) == {runs[0]}
    found = verify_case(made.written.path, run_id=runs[0])
    assert (found.problems, found.n_entries, found.replay.same) == ([], 4, True)


def test_merged_histories_are_provable(merged, tmp_path):
    _, paths, made, _ = merged
    for path in paths:  # entry by entry as it was
        own = read_results(path, "history")["history"]
        kept = read_results(made.written.path, "merged_histories")["merged_histories"]
        taken = kept[kept["case_name"] == path.name].drop(columns="case_name").reset_index(drop=True)
        pd.testing.assert_frame_equal(taken, own)
    attacks = {
        "UPDATE merged_histories SET reason = 'x' WHERE case_name = ?": "edited",
        "DELETE FROM merged_histories WHERE case_name = ?": "merged_history",
        "UPDATE merged_histories SET case_name = 'other.gpkg' WHERE case_name = ?": "merged_history",
    }
    for statement, kind in attacks.items():
        copy = tmp_path / "copy.gpkg"
        copy.write_bytes(made.written.path.read_bytes())
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute(statement, (paths[0].name,))
            connection.commit()
        assert (kind, paths[0].name) in {(item.kind, item.subject) for item in verify_case(copy).problems}
