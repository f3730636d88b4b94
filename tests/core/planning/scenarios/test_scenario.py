"""Edits of a scenario: what is refused, what can be taken back, and what stays on record."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.planning.record import PlanStamp
from overdraft.core.planning.scenarios import (
    Scenario,
    Solution,
    figures_of,
    kept_scenarios,
    refusals,
    scenario_row,
)
from overdraft.core.planning.scenarios.scenario import free_name, moved, named

AREAS = {
    "free": {"mu": 10},
    "other": {"mu": 20},
    "kept": {"mu": 30, "lock": "keep"},
    "must": {"mu": 5, "lock": "retire"},
    "gone": {"mu": 40, "status": "retired", "retired_on": "2022-01-01"},
    "torn": {"mu": 50, "status": "irrigated", "retired_on": "2022-01-01"},
}
GOALS = {("650402", 2027): 66.0}


@pytest.fixture
def board(world):
    return world(AREAS, goals=GOALS)[2]


@pytest.fixture
def row(board):
    return {name: place for place, name in enumerate(board.parcels["area_id"])}


def refused(act):
    with pytest.raises(OverdraftError) as caught:
        act()
    return caught.value


def test_what_cannot_be_ticked_says_why(board, row, plan):
    scenario = plan(board)
    found = refusals(board, scenario, np.arange(6), 2026)
    why = "planning_land.why."
    told = {name: found[place].removeprefix(why) for name, place in row.items()}
    assert told == {
        "free": "",
        "other": "",
        "kept": "locked_keep",
        "must": "",
        "gone": "already_retired",
        "torn": "contradiction",
    }
    for name in ("kept", "gone", "torn"):
        error = refused(lambda name=name: scenario.assign(board, np.array([row["free"], row[name]]), 2026))
        assert error.key == why + told[name]
    assert not scenario.year.any()
    assert not scenario.can_undo


def test_the_base_is_never_edited(board, row):
    base = Scenario.base(board, "base")
    assert refused(lambda: base.assign(board, np.array([row["free"]]), 2026)).key == "scenarios.base"
    assert refused(lambda: base.lock(2026, True)).key == "scenarios.base"
    assert refused(base.refuse_solving).key == "scenarios.base"
    copy = base.duplicate("copy")
    copy.assign(board, np.array([row["free"]]), 2026)
    assert not base.year.any()


def test_a_year_that_is_over_or_too_far_is_no_year(board, row, plan):
    assert refused(lambda: plan(board).assign(board, np.array([row["free"]]), 2024)).key == "scenarios.year"
    assert (board.years[0], board.years[-1]) == (2025, 2035)


def test_a_locked_year_refuses_every_edit_that_touches_it(board, row, plan):
    scenario = plan(board, free=2026, other=2027)
    scenario.lock(2026, True)
    into = refused(lambda: scenario.assign(board, np.array([row["must"]]), 2026))
    out = refused(lambda: scenario.assign(board, np.array([row["free"]]), 0))
    away = refused(lambda: scenario.assign(board, np.array([row["free"]]), 2028))
    assert {into.key, out.key, away.key} == {"scenarios.year_locked"}
    assert {into.values["year"], out.values["year"], away.values["year"]} == {2026}
    assert len(scenario.assign(board, np.array([row["other"]]), 2028)) == 1
    # what stays as it is is no edit
    assert len(scenario.assign(board, np.array([row["free"]]), 2026)) == 0
    scenario.lock(2026, False)
    assert len(scenario.assign(board, np.array([row["free"]]), 0)) == 1


def test_undo_and_redo(board, row, plan):
    scenario = plan(board, free=2026)
    scenario.assign(board, np.array([row["free"], row["other"]]), 2027)
    assert scenario.undo().tolist() == [row["free"], row["other"]]
    assert scenario.year[[row["free"], row["other"]]].tolist() == [2026, 0]
    scenario.redo()
    assert scenario.year[[row["free"], row["other"]]].tolist() == [2027, 2027]
    scenario.undo()
    scenario.undo()
    assert not scenario.year.any()
    assert not scenario.can_undo
    scenario.assign(board, np.array([row["must"]]), 2026)
    assert not scenario.can_redo
    assert len(scenario.redo()) == 0


def test_undo_does_not_open_a_locked_year(board, plan):
    scenario = plan(board, free=2026)
    scenario.lock(2026, True)
    assert refused(scenario.undo).key == "scenarios.year_locked"
    assert scenario.can_undo
    assert scenario.year.any()


def test_a_hundred_edits_can_be_taken_back(board, row, plan):
    scenario = plan(board)
    for n in range(130):
        scenario.assign(board, np.array([row["free"]]), 2025 + n % 2)
    n = 0
    while scenario.can_undo:
        scenario.undo()
        n += 1
    assert n == 100


def test_a_step_takes_eight_bytes_a_parcel(board, row, plan):
    """A hundred steps over 50 thousand parcels: 40 MB."""
    scenario = plan(board)
    scenario.assign(board, np.array([row["free"], row["other"]]), 2026)
    ((step, _),) = scenario._done
    assert sum(part.nbytes for part in (step.rows, step.before, step.after)) == 2 * 8


def test_a_solution_is_one_edit_and_forgotten_when_edited(board, row, plan):
    scenario = plan(board, free=2026)
    solution = Solution("optimal", 20.0, 20.0, 0.0, {})
    year = np.zeros(6, dtype="int64")
    year[row["other"]] = 2027
    scenario.fill(year, solution)
    assert scenario.solution is solution
    assert scenario.year.tolist() == year.tolist()
    scenario.assign(board, np.array([row["must"]]), 2027)
    assert scenario.solution is None
    scenario.undo()
    assert scenario.solution is solution
    scenario.undo()
    assert scenario.solution is None
    assert scenario.year[row["free"]] == 2026
    scenario.lock(2028, True)
    assert refused(lambda: scenario.fill(year, solution)).values["years"] == [2028]


def test_names():
    assert named("  乙 ", ["甲"]) == "乙"
    assert refused(lambda: named("甲", ["甲"])).key == "scenarios.name_taken"
    assert refused(lambda: named("  ", [])).key == "scenarios.name"
    assert refused(lambda: named("x" * 201, [])).values["n"] == 201
    assert free_name("甲", ["甲", "甲 2"]) == "甲 3"


def stamped(board, scenario, name, plan_id):
    stamp = PlanStamp(plan_id, "2025-07-01T08:00:00+08:00", "审核员甲", name)
    return scenario_row(board, scenario, figures_of(board, scenario.year), stamp)


def test_what_is_kept_comes_back(board, row, plan):
    scenario = plan(board, free=2026, other=2027)
    scenario.lock(2027, True)
    kept = stamped(board, scenario, "甲", "p1")
    assert (kept["kind"], kept["status"], kept["objective"]) == ("retirement", None, pytest.approx(30))
    content = json.loads(kept["content"])
    assert [(one["area_id"], one["year"]) for one in content["areas"]] == [("free", 2026), ("other", 2027)]
    # 66 mu are due, 40 are retired and 30 planned: nothing is missed
    assert content["missed"] == []
    (found,), unread = kept_scenarios(pd.DataFrame([kept]), board, [])
    back, lost = found
    assert (back.name, back.plan_id, back.locked, lost, unread) == ("甲", "p1", {2027}, 0, [])
    assert back.year.tolist() == scenario.year.tolist()
    assert not back.changed
    assert back.solution is None


def test_the_newest_of_a_name_comes_back_with_what_the_solver_said(board, plan):
    first, second = plan(board, free=2026), plan(board, other=2026)
    second.solution = Solution("within_gap", 20.0, 19.5, 0.025, {"TIME_LIMIT": 5.0})
    rows = [
        stamped(board, first, "甲", "p1"),
        stamped(board, second, "甲", "p2"),
        {**stamped(board, first, "", "p3")},
    ]
    pairs = {**stamped(board, first, "乙", "p4"), "kind": "pairing"}
    found, _ = kept_scenarios(pd.DataFrame([*rows, pairs]), board, ["p3"])
    assert [(one.name, one.plan_id) for one, _ in found] == [("甲", "p2"), ("p3 2", "p3")]
    solved = found[0][0].solution
    assert (solved.status, solved.objective, solved.bound, solved.gap) == ("within_gap", 20.0, 19.5, 0.025)


def test_land_that_cannot_be_planned_with_any_more_is_counted(world, board, plan):
    kept = stamped(board, plan(board, free=2025, other=2026, must=2026), "甲", "p1")
    now = {**AREAS, "other": {"mu": 20, "status": "retired", "retired_on": "2025-11-01"}}
    del now["must"]
    later = world(now, as_of=date(2026, 3, 31), goals=GOALS)[2]
    ((back, lost),), _ = kept_scenarios(pd.DataFrame([kept]), later, [])
    going = dict(zip(later.parcels["area_id"], back.year, strict=True))
    # 2025 is over: what was planned for it and not done is to go in 2026
    assert (lost, back.changed) == (2, True)
    assert {name: year for name, year in going.items() if year} == {"free": 2026}


def test_a_plan_that_cannot_be_read_does_not_stand_in_the_way(board, plan):
    good, bad = stamped(board, plan(board, free=2026), "甲", "p1"), stamped(board, plan(board), "乙", "p2")
    for broken in (
        "{",
        "[]",
        '{"areas": [{"area_id": "free"}]}',
        '{"areas": [{"area_id": "free", "year": "x"}]}',
        None,
    ):
        found, unread = kept_scenarios(pd.DataFrame([good, {**bad, "content": broken}]), board, [])
        assert ([one.name for one, _ in found], unread) == (["甲"], ["p2"])


def test_what_is_missed_is_kept(board, plan):
    """66 mu are due in 2027, 40 are retired, 10 planned: 16 missing."""
    kept = stamped(board, plan(board, free=2026), "甲", "p1")
    (missed,) = json.loads(kept["content"])["missed"]
    assert (missed["unit_id"], missed["year"]) == ("650402", 2035)
    assert missed["shortfall"] == pytest.approx(16)


def test_a_scenario_moves_to_a_board_laid_out_anew(world, board, plan):
    scenario = plan(board, free=2026, other=2027)
    scenario.lock(2027, True)
    again = world(dict(reversed(AREAS.items())), goals=GOALS)[2]
    new, lost = moved(scenario, board, again)
    going = dict(zip(again.parcels["area_id"], new.year, strict=True))
    assert ({name: year for name, year in going.items() if year}, lost) == ({"free": 2026, "other": 2027}, 0)
    assert (new.name, new.locked, new.changed) == ("plan", {2027}, True)
