"""What would change: counted in the background on the open case, cancelled, outdated, or impossible."""

from __future__ import annotations

import sqlite3
from datetime import date

import pandas as pd
import pytest
from qgis.PyQt.QtCore import Qt

from overdraft.core.comparing import COUNT_COLUMNS, Trial
from overdraft.core.errors import OverdraftError
from overdraft.ui.policy import trial as trial_module

RATIO = "permit.idle_ratio"


def counted(window):
    return [window.trial.rows.texts(n) for n in range(window.trial.rows.rowCount())]


def wait(window, qtbot):
    qtbot.waitUntil(lambda: not window.trial.running, timeout=60_000)


def nothing(case, policy, own, progress):
    """A count that finds nothing."""
    empty = pd.DataFrame(columns=list(COUNT_COLUMNS))
    return Trial(empty, empty, empty, empty, {"pass": (3, 3)}, date(2026, 3, 31), "small-2024", "")


def test_a_value_for_a_gap_on_the_open_case(window, qtbot, case, language):
    with sqlite3.connect(case) as connection:
        on_record = connection.execute(
            "SELECT rule, outcome FROM findings WHERE rule = 'permits.idle'"
        ).fetchall()
    assert on_record == [("permits.idle", "not_evaluated")]
    before = case.read_bytes()
    window._give(RATIO, 0.5)  # 100 and 400 of 1000 m³ lie below the half, 900 does not
    window.tabs.setCurrentWidget(window.trial)
    qtbot.mouseClick(window.trial.count, Qt.MouseButton.LeftButton)
    assert window.trial.cancel.isEnabled()
    wait(window, qtbot)
    rows = counted(window)
    assert [row[2:] for row in rows] == [("", "1", ""), ("2", "", "")]
    assert window.trial.result.counts["outcome"].tolist() == ["not_evaluated", "review"]
    words = ("新增2", "消失1") if language == "zh" else ("2 entered", "1 left")
    told = window.trial.summary.text().replace(" ", "") if language == "zh" else window.trial.summary.text()
    assert [word for word in words if word not in told] == []
    assert case.read_bytes() == before
    assert not window.trial.cancel.isEnabled()


def test_it_counts_by_itself_once_the_hands_rest(language, opened, policy_file, qtbot, monkeypatch):
    window = opened(policy_file)
    asked = []

    def fake(case, policy, own, progress):
        asked.append((policy.value(RATIO), own))
        raise OverdraftError("comparing.no_run", path="x")

    monkeypatch.setattr(trial_module, "try_policy", fake)
    window.idle.setInterval(20)
    window._give(RATIO, 0.1)
    qtbot.wait(100)
    assert asked == []  # not wanted
    window.trial.auto.setChecked(True)
    window._give(RATIO, 0.2)
    window._give(RATIO, 0.3)
    qtbot.waitUntil(lambda: bool(asked), timeout=20_000)
    wait(window, qtbot)
    assert asked == [(0.3, (RATIO,))]
    assert "✗" in window.trial.summary.text()


def test_cancel_and_outdated(window, qtbot, monkeypatch):
    import threading

    started, ended = threading.Event(), threading.Event()

    def slow(case, policy, own, progress):
        started.set()
        try:
            while True:
                progress(0.5)
                threading.Event().wait(0.01)
        finally:
            ended.set()

    monkeypatch.setattr(trial_module, "try_policy", slow)
    window._give(RATIO, 0.3)
    window.tabs.setCurrentWidget(window.trial)
    for stop in (window.trial.cancel.click, lambda: window._give(RATIO, 0.4)):
        started.clear()
        ended.clear()
        qtbot.mouseClick(window.trial.count, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(started.is_set, timeout=20_000)
        stop()
        assert not window.trial.running
        qtbot.waitUntil(ended.is_set, timeout=20_000)
        assert window.trial.result is None
        assert counted(window) == []


def test_an_older_count_says_so(window, qtbot, monkeypatch):
    monkeypatch.setattr(trial_module, "try_policy", nothing)
    window._give(RATIO, 0.3)
    window._count()
    wait(window, qtbot)
    assert window.trial.result is not None
    window._give(RATIO, 0.4)
    assert window.trial.summary.text().startswith("⚠")


def test_without_a_case_the_button_says_why(language, session, opened, policy_file):
    session.open_case(None)
    window = opened(policy_file)
    assert not window.trial.count.isEnabled()
    assert window.trial.count.toolTip()
    assert window.trial.summary.text()


def test_closing_stops_the_count(window, qtbot, monkeypatch):
    monkeypatch.setattr(trial_module, "try_policy", nothing)
    window._give(RATIO, 0.3)
    window._count()
    assert window.trial.running
    window.edits = type(window.edits)()
    window.reject()
    assert not window.trial.running


@pytest.mark.long
def test_the_sample_under_its_own_policy_changes_nothing(judged_sample, session, opened, qtbot):
    session.open_case(judged_sample)
    window = opened()
    window._count()
    qtbot.waitUntil(lambda: not window.trial.running, timeout=300_000)
    assert counted(window) == []
    assert window.trial.result.wells["pass"] == (6728, 6728)
