"""Two runs side by side: a comparison done by hand, case files, and balances that come out at zero."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from overdraft.core.casefile import case_content, create_case, write_case
from overdraft.core.comparing import RunTables, compare_runs, read_run
from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.errors import OverdraftError
from overdraft.core.intake import build_register
from overdraft.core.messages import render
from overdraft.core.policy import load_policy


def _finding(finding_id, rule, subject, outcome, unit="C1", role="wells", **more):
    row = {
        "finding_id": finding_id,
        "policy_id": "p",
        "policy_version": "1",
        "rule": rule,
        "clause": "X-1",
        "subject_role": role,
        "subject_id": subject,
        "unit_id": unit,
        "outcome": outcome,
        "measured": 1.0,
        "evidence_hash": outcome,
    }
    return row | more


def _wells(permits, **more):
    return pd.DataFrame({"row_id": list(permits), "permit_m3": list(permits.values()), **more})


def _run(findings, wells, areas=None):
    return RunTables(
        pd.DataFrame(findings, columns=list(_finding("", "", "", ""))),
        _wells(wells),
        pd.DataFrame({"row_id": list(areas or {}), "area_mu": list((areas or {}).values())}),
    )


BEFORE = _run(
    [
        _finding("f1", "a.x", "W1", "fail"),
        _finding("f2", "a.x", "W2", "fail"),
        _finding("f3", "b.y", "W2", "review"),
        _finding("f4", "b.y", "W3", "review", unit="C2"),
        _finding("f5", "c.z", "A1", "fail", role="irrigation"),
        _finding("f6", "d.q", "C1", "fail", role="units"),
    ],
    {"W1": 100.1, "W2": 200.2, "W3": np.nan},
    {"A1": 10.0, "A2": 5.0},
)
AFTER = _run(
    [
        _finding("f2", "a.x", "W2", "review"),  # milder
        _finding("f3", "b.y", "W2", "review", unit="C2"),  # counted in another unit, and its permit grew
        _finding("f4", "b.y", "W3", "review", unit="C2"),
        _finding("f7", "a.x", "W4", "fail"),  # new well
        _finding("f5", "c.z", "A1", "fail", role="irrigation"),
    ],
    {"W1": 100.1, "W2": 250.2, "W3": np.nan, "W4": 40.0},
    {"A1": 12.5, "A2": 5.0},
)


def _terms(comparison, grouping, quantity):
    rows = comparison.totals.query("grouped_by == @grouping and quantity == @quantity")
    columns = ["before", "entered", "left", "changed", "after"]
    return {
        row.pop("group_id"): list(row.values()) for row in rows[["group_id", *columns]].to_dict("records")
    }


def test_by_hand():
    result = compare_runs(BEFORE, AFTER)
    assert result.entered["finding_id"].tolist() == ["f7"]
    assert result.entered["permit_m3"].tolist() == [40.0]
    assert result.left["finding_id"].tolist() == ["f1", "f6"]
    changed = result.changed.set_index("finding_id")
    assert changed["what"].to_dict() == {
        "f2": "outcome;evidence_hash;permit_m3",
        "f3": "unit_id;permit_m3",
        "f5": "area_mu",
    }
    assert changed.loc["f2", ["outcome_before", "outcome_after"]].tolist() == ["fail", "review"]

    wells = result.wells.set_index("subject_id")
    assert wells["change"].to_dict() == {"W1": "changed", "W2": "changed", "W4": "entered"}
    assert wells["what"].to_dict() == {"W1": "outcome", "W2": "permit_m3;outcome", "W4": ""}
    assert wells.loc["W1", ["outcome_before", "outcome_after"]].tolist() == ["fail", "pass"]
    assert wells["permit_m3_change"].tolist() == [0.0, 50.0, 40.0]
    assert result.areas[["subject_id", "change", "area_mu_change"]].to_numpy().tolist() == [
        ["A1", "changed", 2.5]
    ]


def test_totals_by_hand():
    result = compare_runs(BEFORE, AFTER)
    assert _terms(result, "all", "n_findings") == {"": [6, 1, 2, 0, 5]}
    assert _terms(result, "rule", "n_findings")["a.x"] == [2, 1, 1, 0, 2]
    # f2 moves from fail to review: a change in both, not new in either
    assert _terms(result, "outcome", "n_findings") == {"fail": [4, 1, 2, -1, 2], "review": [2, 0, 0, 1, 3]}
    assert _terms(result, "unit", "n_findings") == {"C1": [5, 1, 2, -1, 3], "C2": [1, 0, 0, 1, 2]}
    assert _terms(result, "rule", "permit_m3")["a.x"] == [300.3, 40.0, 100.1, 50.0, 290.2]
    assert _terms(result, "all", "permit_m3") == {"": [300.3, 40.0, 100.1, 50.0, 290.2]}
    assert _terms(result, "rule", "area_mu") == {"c.z": [10.0, 0.0, 0.0, 2.5, 12.5]}
    assert _terms(result, "well", "n_findings")["W2"] == [2, 0, 0, 0, 2]
    assert _terms(result, "register", "permit_m3") == {"wells": [300.3, 40.0, 0.0, 50.0, 390.3]}
    assert _terms(result, "register", "n_areas") == {"irrigation": [2, 0, 0, 0, 2]}
    assert (result.totals["residual"] == 0).all()


def test_a_run_beside_itself_is_all_quiet():
    result = compare_runs(BEFORE, BEFORE)
    for frame in (result.entered, result.left, result.changed, result.wells, result.areas):
        assert frame.empty
    assert result.notes == ()
    assert (result.totals[["entered", "left", "changed", "residual"]] == 0).all(axis=None)


def test_swapped_sides_are_the_mirror():
    there, back = compare_runs(BEFORE, AFTER), compare_runs(AFTER, BEFORE)
    assert there.entered["finding_id"].tolist() == back.left["finding_id"].tolist()
    keys = ["grouped_by", "group_id", "quantity"]
    one, other = (run.totals.set_index(keys).sort_index() for run in (there, back))
    np.testing.assert_array_equal(one["entered"], other["left"])
    np.testing.assert_allclose(one["changed"], -other["changed"])


@pytest.mark.parametrize(
    ("field", "value", "differs"),
    [
        ("measured", 1.0 + 1e-12, False),
        ("measured", 1.001, True),
        ("measured", np.nan, True),
        ("permission", "deny", True),
        ("threshold", 2.0, True),
        ("evidence_hash", "other", True),
        ("message_key", "other.words", False),
    ],
)
def test_what_counts_as_changed(field, value, differs):
    one = pd.DataFrame([_finding("f", "a.x", "W1", "fail")])
    other = pd.DataFrame([_finding("f", "a.x", "W1", "fail", **{field: value})])
    result = compare_runs(one, other)
    assert result.changed["what"].tolist() == ([field] if differs else [])


def test_empty_runs():
    nothing = pd.DataFrame(columns=["finding_id", "subject_role", "subject_id", "outcome"])
    result = compare_runs(nothing, nothing)
    assert result.totals["residual"].abs().sum() == 0
    full = compare_runs(nothing, BEFORE)
    assert len(full.entered) == 6
    assert _terms(full, "all", "n_findings") == {"": [0, 6, 0, 0, 6]}


def test_notes():
    other = BEFORE.findings.assign(policy_version="2")
    assert compare_runs(BEFORE.findings, other).notes[0][0] == "comparing.other_version"
    ((key, values),) = compare_runs(BEFORE.findings, other.assign(policy_id="q")).notes
    assert key == "comparing.other_policy"
    assert "{" not in render(key, values, "zh")


def test_refused(tmp_path):
    twice = pd.DataFrame([_finding("f", "a.x", "W1", "fail")] * 2)
    with pytest.raises(OverdraftError) as caught:
        compare_runs(twice, twice)
    assert caught.value.key == "comparing.repeated_finding"
    with pytest.raises(OverdraftError) as caught:
        compare_runs(pd.DataFrame({"x": [1]}), twice)
    assert caught.value.key == "comparing.no_findings"
    path = create_case(tmp_path / "empty.gpkg", "en")
    with pytest.raises(OverdraftError) as caught:
        read_run(path)
    assert caught.value.key == "comparing.no_run"


_KEYS = st.sampled_from(["W1", "W2", "W3", "A1", "A2"])


@st.composite
def _runs(draw):
    ids = draw(st.lists(st.integers(0, 15), unique=True, max_size=12))
    findings = []
    for number in ids:
        subject = ["W1", "W2", "W3", "A1", "A2"][number % 5]
        findings.append(
            _finding(
                f"f{number}",
                ["a.x", "b.y"][number // 5 % 2],
                subject,
                draw(st.sampled_from(["fail", "review", "not_evaluated", "exempt"])),
                unit=draw(st.sampled_from(["", "C1", "C2"])),
                role="irrigation" if subject.startswith("A") else "wells",
            )
        )
    amounts = st.one_of(st.just(np.nan), st.floats(0, 1e8, allow_nan=False))
    wells = {key: draw(amounts) for key in draw(st.sets(st.sampled_from(["W1", "W2", "W3"])))}
    areas = {key: draw(amounts) for key in draw(st.sets(st.sampled_from(["A1", "A2"])))}
    return _run(findings, wells, areas)


def balances_come_out_at_zero(before, after):
    result = compare_runs(before, after)
    totals = result.totals
    assert (totals["residual"] == 0).all()
    count = totals[totals["quantity"] == "n_findings"].groupby("grouped_by")[["before", "after"]].sum()
    for grouping in ("all", "rule", "outcome", "unit"):
        if grouping in count.index:
            assert count.loc[grouping].tolist() == [len(before.findings), len(after.findings)]
    for grouping in ("all", "rule", "outcome", "unit"):
        rows = totals[(totals["grouped_by"] == grouping) & (totals["quantity"] == "n_findings")]
        assert rows["entered"].sum() == len(result.entered)
        assert rows["left"].sum() == len(result.left)
        assert rows["changed"].sum() == 0
    register = totals[(totals["grouped_by"] == "register") & (totals["quantity"] == "permit_m3")]
    assert register["after"].sum() == pytest.approx(after.wells["permit_m3"].sum(), abs=1e-3)


test_every_balance_comes_out_at_zero = settings(max_examples=12)(
    given(_runs(), _runs())(balances_come_out_at_zero)
)
test_every_balance_by_the_hundred = pytest.mark.long(
    settings(max_examples=300)(given(_runs(), _runs())(balances_come_out_at_zero))
)


def _case(path, wells):
    frame = gpd.GeoDataFrame(pd.DataFrame(wells), crs="EPSG:4539")
    areas = gpd.GeoDataFrame(
        {"area_id": ["A1", "A1"], "status": ["retired", "irrigated"], "area_mu": [10.0, 20.0]},
        geometry=[shapely.box(0, 0, 100, 100), shapely.box(200, 0, 300, 100)],
        crs="EPSG:4539",
    )
    register = build_register({"wells": frame, "irrigation": areas})
    result = enforce(register, load_policy("turpan-2021"), date(2026, 3, 31), EnforceSettings())
    write_case(path, case_content(result, "en"))
    return path


def _well(well_id, x, **more):
    base = {
        "well_id": well_id,
        "use": "irrigation",
        "status": "active",
        "permit_m3": 100.0,
        "county": "高昌区",
    }
    return base | {"geometry": shapely.Point(x, 100)} | more


def test_case_files(tmp_path):
    old = _case(tmp_path / "old.gpkg", [_well("W1", 1), _well("W2", 2, depth_m="deep"), _well("W3", 3)])
    new = _case(
        tmp_path / "new.gpkg",
        [_well("W2", 2, depth_m=50.0), _well("W3", 4, permit_m3=120.0), _well("W4", 9, use="mystery")],
    )
    result = compare_runs(old, new)
    wells = result.wells.set_index("subject_id")
    assert wells["change"].to_dict() == {"W1": "left", "W2": "changed", "W3": "changed", "W4": "entered"}
    assert "depth_m" in wells.loc["W2", "what"].split(";")
    assert set(wells.loc["W3", "what"].split(";")) == {"permit_m3", "place"}
    assert wells["permit_m3_change"].to_dict() == {"W1": -100.0, "W2": 0.0, "W3": 20.0, "W4": 100.0}
    assert result.areas.empty  # repeated ids are told apart and match their own rows
    assert (result.totals["residual"] == 0).all()
    assert set(result.entered["subject_id"]) >= {"W4"}
    assert _terms(result, "register", "permit_m3") == {"wells": [300.0, 100.0, 100.0, 20.0, 320.0]}
