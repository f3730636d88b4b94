"""Decisions by key and by button: on disk when the row changes, one step back, the cursor on the next open row."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from qgis.PyQt.QtCore import Qt

from overdraft.core.casefile import CaseRows
from overdraft.core.review import Act, decide


@pytest.fixture
def ready(dock, qtbot):
    """A dock that may decide, with failures only, the first chosen."""
    qtbot.waitUntil(lambda: dock.session.store is not None, timeout=60_000)
    combo = dock.filters.combos["outcome"]
    combo.setCurrentIndex(combo.findData("fail"))
    dock.table.go_to(0)
    dock._arrived()
    return dock


def state(query, name):
    """The decision on disk: state, decided by."""
    found = query("SELECT state, decided_by FROM decisions WHERE finding_id = ?", name)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("key", "button", "wanted"),
    [
        (Qt.Key.Key_A, "accept", "accepted"),
        (Qt.Key.Key_O, "override", "overridden"),
        (Qt.Key.Key_D, "defer", "deferred"),
    ],
)
def test_a_key_or_a_button_decides_and_goes_on(ready, qtbot, query, language, key, button, wanted):
    first = ready.current.finding_id
    qtbot.keyClick(ready.table, key)
    assert state(query, first) == (wanted, "审核员甲")
    assert ready.table.position == 1
    assert ready.listing.counts().reviewed == 1
    assert {"en": "reviewed 1", "zh": "已处理1"}[language] in ready.header.text()
    second = ready.current.finding_id
    assert second != first
    ready._arrived()
    qtbot.mouseClick(ready.actions_bar.buttons[button], Qt.MouseButton.LeftButton)
    assert state(query, second) == (wanted, "审核员甲")
    assert ready.table.position == 2
    kinds = {row[0] for row in query("SELECT kind FROM history WHERE subject IN (?, ?)", first, second)}
    assert kinds == {{"accepted": "accept", "overridden": "override", "deferred": "defer"}[wanted]}


def test_a_decided_row_keeps_its_place_in_a_filtered_list(ready, qtbot, query):
    combo = ready.filters.combos["state"]
    combo.setCurrentIndex(combo.findData("open"))
    ready.table.go_to(2)
    ready._arrived()
    name, before = ready.current.finding_id, ready.model.rowCount()
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    assert ready.model.rowCount() == before
    assert ready.model.row(2).finding_id == name
    assert ready.model.row(2).state == "accepted"
    assert ready.table.position == 3


def test_undo_and_redo_write_new_entries(ready, qtbot, query):
    name = ready.current.finding_id
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    ready.do("undo")
    assert state(query, name)[0] == "open"
    assert ready.current.finding_id == name
    assert not ready.actions_bar.may("undo")
    qtbot.mouseClick(ready.actions_bar.buttons["redo"], Qt.MouseButton.LeftButton)
    assert state(query, name)[0] == "accepted"
    kinds = [row[0] for row in query("SELECT kind FROM history WHERE subject = ? ORDER BY seq", name)]
    assert kinds == ["accept", "undo", "redo"]


def test_undo_by_key(ready, qtbot, query):
    from qgis.PyQt.QtWidgets import QShortcut

    name = ready.current.finding_id
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    (shortcut,) = [one for one in ready.findChildren(QShortcut) if one.key().toString() == "Ctrl+Z"]
    shortcut.activated.emit()  # the offscreen window may not be the active one
    assert state(query, name)[0] == "open"


def test_a_second_person_verifies(ready, session, qtbot, query):
    name = ready.current.finding_id
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    ready.table.go_to(0)
    ready._arrived()
    assert not ready.actions_bar.may("verify")
    assert ready.actions_bar.why_not("verify")
    session.sign_as("复核员乙")
    ready._allow()
    qtbot.mouseClick(ready.actions_bar.buttons["verify"], Qt.MouseButton.LeftButton)
    assert query("SELECT state, verified_by FROM decisions WHERE finding_id = ?", name) == [
        ("verified", "复核员乙")
    ]
    ready.table.go_to(0)
    ready._arrived()
    assert not ready.actions_bar.may("accept")
    qtbot.mouseClick(ready.actions_bar.buttons["reopen"], Qt.MouseButton.LeftButton)
    assert state(query, name)[0] == "open"


def test_what_could_not_be_judged_cannot_be_accepted(ready, qtbot, query, language, iface):
    combo = ready.filters.combos["outcome"]
    combo.setCurrentIndex(combo.findData("not_evaluated"))
    ready.table.go_to(0)
    ready._arrived()
    assert not ready.actions_bar.may("accept")
    tip = ready.actions_bar.buttons["accept"].toolTip()
    assert {"en": "could not be evaluated", "zh": "未能评价"}[language] in tip
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    assert query("SELECT count(*) FROM decisions") == [(0,)]


def test_a_bulk_decision_is_previewed_and_one_step(ready, dialogs, qtbot, query):
    count = ready.model.rowCount()
    assert count > 50
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    ready._arrived()
    ready.table.selectAll()
    qtbot.keyClick(ready.table, Qt.Key.Key_O)
    qtbot.waitUntil(lambda: ready.listing.counts().states.get("overridden") == count, timeout=30_000)
    assert dialogs.asked == [("override", count)]
    assert len(dialogs.previews[0].act) == count
    assert query("SELECT count(*) FROM history WHERE kind = 'override'") == [(count,)]
    qtbot.waitUntil(lambda: not ready.deciding.is_busy)
    ready.do("undo")
    qtbot.waitUntil(lambda: ready.listing.counts().reviewed == 1, timeout=30_000)
    states = dict(query("SELECT state, count(*) FROM decisions GROUP BY state"))
    assert states == {"open": count - 1, "accepted": 1}


def test_a_bulk_decision_that_is_not_confirmed_writes_nothing(ready, dialogs, qtbot, query):
    dialogs.agreed = False
    ready.table.select(np.array([0, 1, 2]))
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    assert len(dialogs.previews) == 1
    assert query("SELECT count(*) FROM decisions") == [(0,)]


def test_a_cancelled_bulk_decision_writes_nothing(ready, qtbot, query):
    ready.table.selectAll()
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    assert ready.deciding.is_busy
    assert ready.actions_bar.stop.isVisibleTo(ready.actions_bar)
    assert not ready.actions_bar.may("accept")
    ready.actions_bar.stop.click()
    qtbot.waitUntil(lambda: not ready.deciding.is_busy, timeout=20_000)
    assert query("SELECT count(*) FROM decisions") == [(0,)]
    assert not ready.actions_bar.stop.isVisibleTo(ready.actions_bar)


def test_nobody_signs_nothing_is_written(ready, dialogs, qtbot, query):
    dialogs.signed = False
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    assert query("SELECT count(*) FROM decisions") == [(0,)]


def test_somebody_else_was_first(ready, case, dialogs, qtbot, query):
    name = ready.current.finding_id
    decide(CaseRows(case), [name], Act("accept", "别人"))
    qtbot.keyClick(ready.table, Qt.Key.Key_D)
    assert len(dialogs.conflicts) == 1
    assert state(query, name) == ("accepted", "别人")
    assert ready.model.row(0).decided_by == "别人"  # their version is listed now


def test_nobody_decides_on_a_finding_that_a_run_has_judged_anew_unseen(
    ready, case, dialogs, qtbot, query, iface
):
    """Somebody else runs the overlay between two looks at the file: what the list shows is of yesterday."""
    from overdraft.core.casefile import CaseContent, write_case

    name, text = ready.current.finding_id, "现场核实，井口已封堵，泵已拆除"
    entry = {"at": "2026-03-31T00:00:00.000Z", "kind": "run", "subject": "run-9"}
    run = {"run_id": "run-9", "policy_id": "turpan-2021", "finding_hash": "h"}
    write_case(case, CaseContent(tables={}, language="zh", run=run, history=entry))
    old = ready.listing
    qtbot.keyClick(ready.table, Qt.Key.Key_O)
    assert query("SELECT count(*) FROM decisions") == [(0,)]
    assert iface.messageBar().currentItem() is not None
    qtbot.waitUntil(lambda: ready.listing is not old and not ready._unoffered, timeout=30_000)
    assert ready.current.finding_id == name
    qtbot.keyClick(ready.table, Qt.Key.Key_O)  # seen now; what was entered is offered again
    assert dialogs.previous[1].reason == text
    assert state(query, name)[0] == "overridden"


def test_a_list_that_is_read_anew_while_a_reason_is_typed_does_no_harm(ready, case, dialogs, qtbot, query):
    """A colleague decides on the next finding while the dialog of this one is open."""
    name, other = (row.finding_id for row in ready.listing.window(ready.model.all_rows()[:2]))
    ask, old = dialogs.ask_override, ready.listing

    def thinking(*given, **named):
        decide(CaseRows(case), [other], Act("accept", "别人"))
        ready.session.content_changed.emit()
        qtbot.waitUntil(lambda: ready.listing is not old, timeout=30_000)
        return ask(*given, **named)

    dialogs.ask_override = thinking
    qtbot.keyClick(ready.table, Qt.Key.Key_O)
    assert state(query, name) == ("overridden", "审核员甲")
    assert ready.listing.window([ready.listing.row_of(name)])[0].state == "overridden"
    assert ready.listing.window([ready.listing.row_of(other)])[0].decided_by == "别人"


def test_a_locked_file_is_told_and_what_was_entered_is_kept(ready, monkeypatch, dialogs, qtbot, query):
    from overdraft.core.errors import OverdraftError

    apply = CaseRows.apply

    def locked(*_):
        raise OverdraftError("casefile.locked", path="x", seconds=5)

    monkeypatch.setattr(CaseRows, "apply", locked)
    name = ready.current.finding_id
    qtbot.keyClick(ready.table, Qt.Key.Key_O)
    qtbot.waitUntil(lambda: not ready.deciding.is_busy, timeout=20_000)
    assert dialogs.retries == ["casefile.locked"]
    assert (ready.current.finding_id, ready.current.state) == (name, "open")

    def freed(times):
        if times == 3:
            monkeypatch.setattr(CaseRows, "apply", apply)
        return True

    dialogs.before_retry = freed
    qtbot.keyClick(ready.table, Qt.Key.Key_O)
    # refused once more, then again, then it goes through
    qtbot.waitUntil(lambda: len(dialogs.retries) == 3 and not ready.deciding.is_busy, timeout=20_000)
    assert [before and before.reason for before in dialogs.previous] == [
        None,
        "现场核实，井口已封堵，泵已拆除",
    ]
    assert query("SELECT state, count(*) FROM decisions GROUP BY 1") == [("overridden", 1)]
    assert query("SELECT count(*) FROM history WHERE kind = 'override'") == [(1,)]


def test_u22_keys_typed_while_the_file_is_in_use_are_done_in_their_order(ready, case, qtbot, query, dialogs):
    """A, A, D, J, A while another program writes: no row changes before its decision is on disk, none is lost."""
    names = [row.finding_id for row in ready.listing.window(ready.model.all_rows()[:5])]
    with closing(sqlite3.connect(case, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for key in (Qt.Key.Key_A, Qt.Key.Key_A, Qt.Key.Key_D, Qt.Key.Key_J, Qt.Key.Key_A):
            qtbot.keyClick(ready.table, key)
        assert ready.deciding.is_busy
        assert ready.table.position == 0
        assert ready.listing.counts().reviewed == 0
        other.execute("ROLLBACK")
    qtbot.waitUntil(lambda: ready.listing.counts().reviewed == 4, timeout=30_000)
    states = [found and found[0] for found in (state(query, name) for name in names)]
    assert states == ["accepted", "accepted", "deferred", None, "accepted"]
    assert ready.table.position == 5
    order = query("SELECT subject FROM history WHERE kind IN ('accept', 'defer') ORDER BY seq")
    assert [subject for (subject,) in order] == [names[0], names[1], names[2], names[4]]


def test_a_cancelled_wait_drops_what_was_typed_behind_it(ready, case, qtbot, query):
    with closing(sqlite3.connect(case, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            qtbot.keyClick(ready.table, Qt.Key.Key_A)
        ready.actions_bar.stop.click()
        other.execute("ROLLBACK")
    qtbot.waitUntil(lambda: not ready.deciding.is_busy, timeout=20_000)
    assert (
        query("SELECT count(*) FROM decisions")[0][0] <= 1
    )  # the first may have been written before the cancel
    assert ready.listing.counts().reviewed == query("SELECT count(*) FROM decisions")[0][0]
    assert ready.actions_bar.may("undo") == bool(ready.listing.counts().reviewed)


def test_a_cancel_that_comes_too_late_is_told_as_done(ready, monkeypatch, qtbot, query):
    """All is written when the cancel comes: the list shows it, and it can be taken back."""
    apply = CaseRows.apply

    def late(self, *parts):
        head = apply(self, *parts)
        ready.deciding._work.cancel()
        return head

    monkeypatch.setattr(CaseRows, "apply", late)
    ready.table.selectAll()
    count = ready.model.rowCount()
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    qtbot.waitUntil(
        lambda: not ready.deciding.is_busy and ready.listing.counts().reviewed > 0, timeout=30_000
    )
    assert query("SELECT count(*) FROM decisions") == [(count,)] == [(ready.listing.counts().reviewed,)]
    assert ready.actions_bar.may("undo")


def test_pair_is_for_applications_only(ready, qtbot):
    assert not ready.actions_bar.may("pair")
    assert ready.actions_bar.why_not("pair")
    ready.filters.clear()
    rows = ready.listing.window(ready.model.all_rows())
    target = next(row for row in rows if row.subject_role == "applications")
    ready.table.go_to(ready.model.position(target.row))
    ready._arrived()
    with qtbot.waitSignal(ready.pair_requested) as asked:
        qtbot.keyClick(ready.table, Qt.Key.Key_P)
    assert asked.args == [target.subject_id]


def test_the_other_windows_hear_of_a_decision(ready, session, qtbot):
    with qtbot.waitSignal(session.content_changed):
        qtbot.keyClick(ready.table, Qt.Key.Key_A)


def test_keyboard_only_from_search_to_verdict(ready, qtbot, query):
    """Search, go to the list, decide, go on, undo: no mouse."""
    rows = ready.listing.window(ready.model.all_rows())
    subject = next(row.subject_id for row in rows if row.subject_role == "wells")
    qtbot.keyClick(ready.table, Qt.Key.Key_F)
    qtbot.keyClicks(ready.filters.search, subject)
    qtbot.waitUntil(lambda: len(ready.model.all_rows()) < 10)
    assert {row.subject_id for row in ready.listing.window(ready.model.all_rows())} == {subject}
    ready._arrived()
    ((before,),) = query("SELECT count(*) FROM history")
    name = ready.current.finding_id
    qtbot.keyClick(ready.table, Qt.Key.Key_A)
    assert state(query, name)[0] == "accepted"
    assert query("SELECT count(*) FROM history") == [(before + 1,)]
