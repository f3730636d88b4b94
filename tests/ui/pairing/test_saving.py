"""Pairs saved and broken: what stands in the case file, conflicts, cancelling, failing disks."""

from __future__ import annotations

import shutil
from datetime import date
from threading import Event

from qgis.PyQt.QtWidgets import (
    QDialogButtonBox,
    QLabel,
    QPushButton,
)

from overdraft.core.casefile import CaseRows
from overdraft.core.desk.pairs import save_pairs

from .conftest import BEST, WAITING, click, query, settle, standing


def test_a_pair_is_saved_and_another_broken_and_both_are_read_back(opened, qtbot, case, monkeypatch):
    """SQ-2026-003 gets its wells; SQ-2025-001, which has them, loses one and asks for another."""
    from overdraft.core.desk import pairboard

    real = pairboard.open_board
    dialog = opened("SQ-2025-001")
    assert dialog.page.needs.text() == "needs 2 · has 2"
    assert not dialog.page.suggest.isEnabled()
    dialog.tabs.setCurrentIndex(1)
    table = dialog.ledger.pairs
    place = next(row for row in range(table.model().rowCount()) if table.cell(row, 1) == "650402-2217")
    table.selectRow(place)
    click(qtbot, dialog.ledger.break_button)
    question = dialog._question
    assert "SQ-2025-001" in " ".join(label.text() for label in question.findChildren(QLabel))
    qtbot.keyClicks(question.reason, "registered for the wrong renewal")
    click(qtbot, question.buttons.button(QDialogButtonBox.StandardButton.Ok))
    settle(qtbot, dialog)
    settle(qtbot, dialog)
    dialog.tabs.setCurrentIndex(0)
    dialog.page.renewal.setCurrentIndex(dialog.page.renewal.findData(WAITING))
    monkeypatch.setattr(pairboard, "open_board", real)  # from here on it is read from the file
    click(qtbot, dialog.page.suggest)
    click(qtbot, dialog.page.save)
    settle(qtbot, dialog)
    settle(qtbot, dialog)
    assert standing(case)[1:] == [(name, "reserved", "reduced") for name in BEST]
    assert query(case, "SELECT kind, subject, who FROM history ORDER BY seq DESC LIMIT 2") == [
        ("pair", WAITING, "审核员甲"),
        ("break_pair", "SQ-2025-001", "审核员甲"),
    ]
    assert dialog.chosen == ()
    assert dialog.page.needs.text() == "needs 2 · has 2"
    assert dialog.board.held(WAITING)["retired_id"].tolist()[1:] == BEST
    assert table.model().rowCount() == query(case, "SELECT count(*) FROM pairs")[0][0] == 101
    place = next(row for row in range(table.model().rowCount()) if table.cell(row, 1) == "650402-2217")
    assert table.cell(place, 8)  # the day on which it was released
    assert _held(case) == [well for well in _pledged_to(case) if well != "650402-2217"]
    dialog.page.renewal.setCurrentIndex(dialog.page.renewal.findData("SQ-2025-001"))
    assert dialog.page.needs.text() == "needs 2 · has 1"
    assert dialog.page.suggest.isEnabled()


def _pledged_to(case):
    rows = query(case, "SELECT retired_id FROM pairs WHERE renewal_id = 'SQ-2025-001' ORDER BY fid")
    return [row[0] for row in rows]


def test_r9_a_well_that_somebody_else_took_is_a_conflict(opened, qtbot, case):
    dialog = opened()
    click(qtbot, dialog.page.suggest)
    other = {"650402-0135": "reduced"}
    save_pairs(CaseRows.open(case), "SQ-2025-001", other, who="王工", day=date(2026, 4, 1), seen=_held(case))
    click(qtbot, dialog.page.save)
    settle(qtbot, dialog)
    said = " ".join(item.text() for item in dialog.bar.items())
    assert "650402-0135" in said
    assert "SQ-2025-001" in said
    assert [row[0] for row in standing(case)] == ["650402-9999"]
    assert sorted(dialog.chosen) == BEST  # what was chosen is not lost


def _held(case):
    rows = query(
        case,
        "SELECT retired_id FROM pairs WHERE renewal_id = 'SQ-2025-001' AND state <> 'released' ORDER BY fid",
    )
    return [row[0] for row in rows]


def test_breaking_a_pair_asks_for_the_reason(opened, qtbot, case):
    dialog = opened()
    button = dialog.page.slots.findChild(QPushButton, "pairingBreak1")
    click(qtbot, button)
    question = dialog._question
    ok = question.buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    qtbot.keyClicks(question.reason, "no such well in the register")
    assert ok.isEnabled()
    click(qtbot, ok)
    settle(qtbot, dialog)
    assert standing(case) == []
    assert query(case, "SELECT kind, subject, reason FROM history ORDER BY seq DESC LIMIT 1") == [
        ("break_pair", WAITING, "no such well in the register")
    ]
    ((released,),) = query(case, "SELECT released_on FROM pairs WHERE retired_id = '650402-9999'")
    assert released >= "2026-03-31"


def test_a_pair_is_not_broken_when_the_question_is_cancelled(opened, qtbot, case):
    dialog = opened()
    dialog.tabs.setCurrentIndex(1)
    ledger = dialog.ledger
    assert not ledger.break_button.isEnabled()
    ledger.pairs.selectRow(0)
    click(qtbot, ledger.break_button)
    dialog._question.reject()
    assert query(case, "SELECT count(*) FROM history WHERE kind = 'break_pair'") == [(0,)]


def test_nobody_saves_without_a_name(opened, qtbot, session):
    dialog = opened()
    click(qtbot, dialog.page.suggest)
    dialog.page.person.clear()
    assert not dialog.page.save.isEnabled()
    qtbot.keyClicks(dialog.page.person, "Li")
    assert dialog.page.save.isEnabled()


def test_a_window_that_records_stays_until_it_is_done(opened, qtbot, case, monkeypatch):
    from overdraft.core.desk import pairs

    go, real = Event(), pairs.save_pairs
    monkeypatch.setattr(pairs, "save_pairs", lambda *given, **named: (go.wait(20), real(*given, **named)))
    dialog = opened()
    click(qtbot, dialog.page.suggest)
    click(qtbot, dialog.page.save)
    dialog.close()
    assert dialog.isVisible()
    go.set()
    settle(qtbot, dialog)
    assert [row[0] for row in standing(case)[1:]] == BEST
    dialog.close()
    assert not dialog.isVisible()


def test_what_is_saved_goes_into_the_case_that_is_shown(opened, qtbot, case, tmp_path, monkeypatch, session):
    """Another case is opened while a save fails: the window turns to it and nothing of the old choice stays."""
    from overdraft.core.desk import pairs
    from overdraft.core.errors import OverdraftError

    go = Event()

    def full(*_, **__):
        go.wait(20)
        raise OverdraftError("casefile.disk_full", path="x", folder="x")

    monkeypatch.setattr(pairs, "save_pairs", full)
    dialog = opened()
    click(qtbot, dialog.page.suggest)
    click(qtbot, dialog.page.save)
    other = tmp_path / "other.gpkg"
    shutil.copy(case, other)
    session.open_case(other)
    go.set()
    settle(qtbot, dialog)
    assert dialog._path == other
    assert dialog.chosen == ()
    assert standing(case)[1:] == standing(other)[1:] == []


def test_a_failing_disk_keeps_the_choice(opened, qtbot, case, monkeypatch):
    from overdraft.core.desk import pairs
    from overdraft.core.errors import OverdraftError

    def full(*_, **__):
        raise OverdraftError("casefile.disk_full", path="案.gpkg", folder="x")

    monkeypatch.setattr(pairs, "save_pairs", full)
    dialog = opened()
    click(qtbot, dialog.page.suggest)
    click(qtbot, dialog.page.save)
    settle(qtbot, dialog)
    assert "案.gpkg" in dialog.bar.items()[0].text()
    assert sorted(dialog.chosen) == BEST
    assert dialog.page.save.isEnabled()
    assert len(standing(case)) == 1
