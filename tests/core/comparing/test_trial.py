"""What a policy would change in a case: counted by hand on three permits."""

from __future__ import annotations

import sqlite3
from datetime import date
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from overdraft.core.casefile import case_content, create_case, write_case
from overdraft.core.comparing import COUNT_COLUMNS, compare_runs, read_run, try_policy
from overdraft.core.comparing import trial as trial_module
from overdraft.core.comparing.sides import subjects_of
from overdraft.core.comparing.trial import _settings
from overdraft.core.enforce import EnforceSettings, enforce
from overdraft.core.errors import Cancelled, OverdraftError
from overdraft.core.intake import build_register
from overdraft.core.policy import Edits, edited_policy, read_draft, with_settings

USED = {"P1": 100.0, "P2": 400.0, "P3": 900.0}
"""m³ in each of two years, of 1000 m³ permitted."""

SMALL = Path(__file__).parents[2] / "data" / "policies" / "small-2024.toml"
RULE = """
[settings.permit.idle_ratio]
type = "number"
min = 0
max = 1
clause = "SML-1"
source = "gap"
en = "Idle below"
zh = "闲置比例"

[settings.permit.idle_years]
type = "integer"
clause = "SML-1"
source = "default"
value = 2
en = "Years"
zh = "年数"

[[rules]]
clause = "SML-1"
rule = "permits.idle"
with = { action = "reduce_plan" }
settings = { ratio = "permit.idle_ratio", years = "permit.idle_years" }
"""


def made(path, policy, **settings):
    wells = gpd.GeoDataFrame(
        {
            "well_id": ["W1", "W2", "W3"],
            "permit_no": list(USED),
            "county": "甲县",
            "use": "irrigation",
            "status": "in_use",
        },
        geometry=gpd.points_from_xy([89.3, 89.4, 89.5], [42.3, 42.3, 42.3]),
        crs="EPSG:4490",
    )
    permits = pd.DataFrame({"permit_no": list(USED), "county": "甲县", "volume_m3": 1000.0})
    readings = pd.DataFrame(
        [
            {"well_id": f"W{permit[1]}", "year": year, "volume_m3": volume}
            for permit, volume in USED.items()
            for year in (2024, 2025)
        ]
    )
    register = build_register({"wells": wells, "permits": permits, "readings": readings})
    result = enforce(register, policy, date(2026, 3, 31), EnforceSettings(**settings))
    write_case(path, case_content(result, "en"))
    return path


@pytest.fixture(scope="module")
def case(tmp_path_factory, draft):
    return made(tmp_path_factory.mktemp("trial") / "small.gpkg", draft.policy)


@pytest.fixture(scope="module")
def draft():
    return read_draft(SMALL.read_text(encoding="utf-8") + RULE, Path("small-2024.toml"))


def idle(ratio):
    return {"permit.idle_ratio": ratio}


def lines(trial):
    return [tuple(row) for row in trial.counts.itertuples(index=False)]


def test_the_policy_of_the_case_changes_nothing(case, draft):
    seen = []
    trial = try_policy(case, draft.policy, progress=seen.append)
    assert (seen, seen[-1]) == (sorted(seen), 1.0)
    assert tuple(trial.counts.columns) == COUNT_COLUMNS
    assert lines(trial) == []
    assert trial.wells["pass"] == (0, 0) or trial.wells["pass"][0] == trial.wells["pass"][1]
    assert sum(before for before, _ in trial.wells.values()) == 3
    assert (trial.policy_id, trial.as_of) == ("small-2024", date(2026, 3, 31))


@pytest.mark.parametrize(("ratio", "entered"), [("0.3", 1), ("0.5", 2)])
def test_a_value_for_a_gap_opens_the_clause(case, draft, ratio, entered):
    policy = edited_policy(draft, Edits(settings=idle(Decimal(ratio))))
    trial = try_policy(case, policy)
    assert lines(trial) == [
        ("permits.idle", "not_evaluated", "not_evaluated", 0, 1, 0),
        ("permits.idle", "review", "review", entered, 0, 0),
    ]


@pytest.mark.parametrize("at_once", [1, 2, 20_000])
def test_it_is_what_the_comparison_of_two_runs_finds(case, tmp_path, draft, monkeypatch, at_once):
    """However many findings are looked at together: those of a run under the edited policy, beside those on record."""
    monkeypatch.setattr(trial_module, "_AT_ONCE", at_once)
    policy = edited_policy(draft, Edits(settings=idle(Decimal("0.5"))))
    trial = try_policy(case, policy)
    runs = compare_runs(case, made(tmp_path / "after.gpkg", policy))
    for name in ("entered", "left", "changed"):
        ours, theirs = getattr(trial, name), getattr(runs, name)
        assert set(ours["finding_id"]) == set(theirs["finding_id"])
        assert len(ours) == len(theirs)
    was, now = read_run(case), read_run(tmp_path / "after.gpkg")
    for side, run in enumerate((was, now)):
        worst = subjects_of(run, "wells")["outcome"].value_counts().to_dict()
        assert {name: pair[side] for name, pair in trial.wells.items() if pair[side]} == worst
    assert (len(trial.entered), len(trial.left)) == (2, 1)


def test_a_rule_switched_off_is_said_not_to_be_evaluated(tmp_path, draft):
    policy = with_settings(draft.policy, idle(0.5))
    path = made(tmp_path / "judged.gpkg", policy)
    row = next(use.position for use in draft.policy.rules if use.rule == "permits.idle")
    trial = try_policy(path, edited_policy(draft, Edits(rules={row: False})))
    assert lines(trial) == [
        ("permits.idle", "not_evaluated", "not_evaluated", 1, 0, 0),
        ("permits.idle", "review", "review", 0, 2, 0),
    ]
    assert trial.entered["message_key"].tolist() == ["rules.switched_off"]


def test_what_the_last_run_was_given_stays_but_for_what_is_edited(tmp_path, draft):
    path = made(tmp_path / "judged.gpkg", with_settings(draft.policy, idle(0.3)))
    assert lines(try_policy(path, draft.policy)) == []
    policy = edited_policy(draft, Edits(settings={"permit.idle_ratio": Decimal("0.5")}))
    trial = try_policy(path, policy, ["permit.idle_ratio"])
    assert lines(trial) == [
        ("permits.idle", "review", "review", 1, 0, 1)
    ]  # P2 entered; the limit of P1 changed


def test_an_option_of_the_last_run_does_not_hide_an_edit():
    """``READING`` and its like lie over settings of the policy; one that is edited is the policy's again."""
    manifest = {"settings": {"reading": "R2", "baseline": "2022-01-01", "distance_limit_m": 500.0}}
    kept = _settings(manifest, ())
    assert kept == EnforceSettings(reading="R2", baseline=date(2022, 1, 1), distance_limit_m=500.0)
    edited = _settings(manifest, ["replacement.reading"])
    assert edited == EnforceSettings(baseline=date(2022, 1, 1), distance_limit_m=500.0)


def test_nothing_is_written_and_a_cancel_stops(case, draft):
    before = case.read_bytes()

    def cancel(share):
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        try_policy(case, draft.policy, progress=cancel)
    assert case.read_bytes() == before
    with sqlite3.connect(case) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)


def test_a_case_without_a_run_is_said(tmp_path, draft):
    create_case(tmp_path / "empty.gpkg", "en")
    with pytest.raises(OverdraftError) as caught:
        try_policy(tmp_path / "empty.gpkg", draft.policy)
    assert caught.value.key == "comparing.no_run"
