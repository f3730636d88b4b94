"""The form of objections: what opens again is shown before it is recorded, and results decide nothing."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import date

import pandas as pd
import pytest
from qgis.PyQt.QtCore import QDate, Qt

from overdraft.core.casefile import CaseContent, CaseRows, write_case
from overdraft.core.desk import By, Objection, record
from overdraft.core.findings.record import finding_id
from overdraft.core.review import Act, decide
from overdraft.processing.texts import tr
from overdraft.ui.desk import ObjectionForm

from ..keys import Hand
from .conftest import TODAY, idle, press, query
from .test_hostile import HOSTILE, literal


def finding(well, clause):
    row = {"policy_id": "doc-1", "policy_version": "v1", "rule": "meters.installed", "clause": clause}
    row |= {"subject_role": "wells", "subject_id": well, "unit_id": "650402", "period": "", "outcome": "fail"}
    row |= {"message_key": "meters.none", "message_values": "{}", "evidence": "{}", "settings": "{}"}
    parts = (row[name] for name in ("rule", "clause", "subject_role", "subject_id", "period"))
    return {**row, "unverified": "[]", "evidence_hash": "fail", "finding_id": finding_id("doc-1", *parts)}


@pytest.fixture
def names(case):
    """W1 with three findings, two of them accepted; W2 with one that nobody decided on."""
    rows = [finding("W1", "1"), finding("W1", "2"), finding("W1", "3"), finding("W2", "1")]
    content = CaseContent(
        tables={"findings": pd.DataFrame(rows).assign(run_id="run-1")},
        language="zh",
        run={"run_id": "run-1", "policy_id": "doc-1", "finding_hash": "x"},
        history={"at": "2026-03-31T00:00:00.000Z", "kind": "run", "subject": "run-1"},
    )
    write_case(case, content)
    found = [row["finding_id"] for row in rows]
    decide(CaseRows(case), found[:2], Act("accept", "李工", "li"), today=TODAY)
    return found


@pytest.fixture
def filed(names, case):
    """Three objections that wait; one of them since nobody knows when."""
    acts = [Objection("W2", "2026-03-21", "二", "YY-2"), Objection("W1", "2026-03-01", "一", "YY-1")]
    record(CaseRows(case), acts, By("李工", "li", TODAY), case)
    with closing(sqlite3.connect(case)) as connection:
        connection.execute("INSERT INTO objections (objection_id, well_id, text) VALUES ('YY-3', 'W3', '三')")
        connection.commit()
    return names


def cells(table):
    return [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def test_what_will_be_open_again_is_listed_before_and_is_what_opens(show, qtbot, language, case, names):
    form = show(ObjectionForm)
    assert form.again.rowCount() == 0
    qtbot.keyClicks(form.well.edit, "W1")
    qtbot.waitUntil(lambda: form.again.rowCount() == 2)
    accepted = {"en": "Accepted", "zh": "已采纳"}[language]
    assert [row[0] for row in sorted(cells(form.again))] == ["1", "2"]
    assert {tuple(row[2:]) for row in cells(form.again)} == {(accepted, "李工", "2026-03-31")}
    assert "W1" in form.outlook.text()
    assert "2" in form.outlook.text()
    assert query(case, "SELECT count(*) FROM objections") == [(0,)]
    form.objected.setText("井已封填")
    form.day.setDate(QDate(2026, 3, 20))
    press(qtbot, form)
    assert query(case, "SELECT objection_id, well_id, filed_on, text FROM objections") == [
        ("OB-20260331-0001", "W1", "2026-03-20", "井已封填")
    ]
    opened = query(case, "SELECT finding_id FROM decisions WHERE state = 'open' ORDER BY 1")
    assert [name for (name,) in opened] == sorted(names[:2])
    assert "OB-20260331-0001" in form.result.text()
    assert form.result.text().endswith({"en": ": 2", "zh": "2项"}[language])
    assert (form.well.id(), form.objected.text(), form.again.rowCount()) == ("", "", 0)
    form.show_well("W1")
    assert form.again.rowCount() == 0
    assert "OB-20260331-0001" in form.outlook.text()  # it waits already


def test_the_result_of_the_objection_that_is_chosen(show, qtbot, language, case, filed):
    before = query(case, "SELECT finding_id, state FROM decisions ORDER BY 1")
    form = show(ObjectionForm)
    form.kind.choose("objection_result")
    waits = [row[:4] for row in cells(form.waiting)]
    assert waits == [
        ["YY-1", "W1", "2026-03-01", "30"],
        ["YY-2", "W2", "2026-03-21", "10"],
        ["YY-3", "W3", "—", "—"],
    ]
    press(qtbot, form)
    assert form.problem.isVisible()  # none is chosen
    form.waiting.selectRow(1)
    form.decision.choose("rejected")
    form.reason.setText("查无实据")
    form.day.setDate(QDate(2026, 3, 20))
    press(qtbot, form)
    assert "2026-03-21" in form.problem.text()  # the day of filing
    assert form.reason.text() == "查无实据"
    assert form.chosen().objection_id == "YY-2"
    form.day.setDate(QDate(2026, 3, 30))
    press(qtbot, form)
    assert query(case, "SELECT objection_id, decided_on, result FROM objections WHERE result <> ''") == [
        ("YY-2", "2026-03-30", "rejected")
    ]
    assert query(case, "SELECT reason FROM history WHERE kind = 'objection_result'") == [("查无实据",)]
    assert query(case, "SELECT finding_id, state FROM decisions ORDER BY 1") == before
    assert [row[0] for row in cells(form.waiting)] == ["YY-1", "YY-3"]
    assert {"en": "Decide again", "zh": "重新处理"}[language] in form.result.text()


@pytest.mark.parametrize("kind", ["objection", "objection_result"])
def test_undo_makes_the_rows_what_they_were(show, qtbot, language, case, filed, kind):
    statements = ("SELECT finding_id, state FROM decisions ORDER BY 1", "SELECT * FROM objections ORDER BY 1")
    decide(CaseRows(case), filed[:1], Act("accept", "李工", "li"), today=TODAY)
    before = [query(case, statement) for statement in statements]
    form = show(ObjectionForm)
    form.kind.choose(kind)
    form.well.set_id("W1")
    form.objected.setText("又一")
    form.waiting.selectRow(0)
    form.reason.setText("查实")
    press(qtbot, form)
    assert [query(case, statement) for statement in statements] != before
    press(qtbot, form, form.undo_button)
    after = [query(case, statement) for statement in statements]
    assert after == before
    assert query(case, "SELECT after FROM history WHERE kind = 'undo' ORDER BY seq LIMIT 1") == [
        (f'{{"undone":"{kind}"}}',)
    ]


def test_the_letter_is_kept_with_its_hash(show, qtbot, case, names, tmp_path):
    form = show(ObjectionForm)
    form.show_well("W1")
    assert form.focusWidget() is form.objected
    form.objected.setText("见附件")
    form.evidence.add_file("document", tmp_path / "照片.jpg")
    for widget in (form.evidence.inspector, form.evidence.power_cut, form.evidence.permit):
        assert not widget.isVisible()
    press(qtbot, form)
    ((after,),) = query(case, "SELECT after FROM history WHERE kind = 'objection'")
    assert hashlib.sha256(b"photo").hexdigest() in after
    assert query(case, "SELECT count(*) FROM evidence") == [(0,)]
    assert form.evidence.files.count() == 0


def test_u9_an_objection_and_its_result_with_the_keyboard_alone(show, qtbot, case, names):
    form = show(ObjectionForm)
    hand = Hand(qtbot, form)
    hand.letter("w")
    hand.type("W1")
    hand.letter("o")
    hand.type("too near")
    hand.key(Qt.Key.Key_Return)
    idle(qtbot, form)
    assert query(case, "SELECT well_id, text FROM objections") == [("W1", "too near")]
    hand.letter("a")
    hand.key(Qt.Key.Key_Down)
    hand.letter("b")
    hand.key(Qt.Key.Key_Home)
    hand.letter("r")
    hand.key(Qt.Key.Key_Down)
    hand.letter("s")
    hand.type("partly so")
    hand.key(Qt.Key.Key_Return)
    idle(qtbot, form)
    assert query(case, "SELECT decided_on, result FROM objections") == [("2026-03-31", "partly")]


def test_a_file_that_another_program_writes_is_looked_at_again(show, qtbot, language, case, names):
    form = show(ObjectionForm)
    with closing(sqlite3.connect(case, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        form.show_subject("W1")
        assert form.well.id() == "W1"
        assert form.again.rowCount() == 0
        assert form.outlook.text() == tr(
            "Another program is writing the case file. What waits is shown in a moment."
        )
        other.execute("ROLLBACK")
    qtbot.waitUntil(lambda: form.again.rowCount() == 2, timeout=10_000)


def test_a_locked_file_keeps_what_was_typed(show, qtbot, case, names, monkeypatch):
    from overdraft.core.casefile import opening

    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.1)
    form = show(ObjectionForm)
    form.show_well("W1")
    form.objected.setText("井已封填")
    with closing(sqlite3.connect(case, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        press(qtbot, form)
        assert form.problem.isVisible()
        other.execute("ROLLBACK")
    assert (form.well.id(), form.objected.text()) == ("W1", "井已封填")
    press(qtbot, form)
    assert query(case, "SELECT count(*) FROM objections") == [(1,)]


def test_without_a_case_and_for_a_well_that_is_none(show, qtbot, language, session, case, names):
    form = show(ObjectionForm)
    form.show_well("NOBODY")
    assert "NOBODY" in form.outlook.text()
    form.objected.setText("x")
    press(qtbot, form)
    assert "NOBODY" in form.problem.text()
    session.open_case(None)
    assert not form.record_button.isEnabled()
    assert form.result.text() == tr("No case file is open. Open or create one first.")
    assert form.again.rowCount() == form.waiting.rowCount() == 0


def test_it_says_that_no_name_is_recorded_and_that_a_result_decides_nothing(show, qtbot, language, names):
    form = show(ObjectionForm)
    assert {"en": "name of whoever objects is not recorded", "zh": "不登记异议人姓名"}[
        language
    ] in form.about.text()
    form.kind.choose("objection_result")
    assert {"en": "decides on no finding", "zh": "不代替处理决定"}[language] in form.about.text()
    assert not form.policy_box.isVisible()  # no ledger answers


@pytest.mark.parametrize("name", HOSTILE, ids=["img", "b", "sql", "template", "wide", "word"])
def test_s2_s4_hostile_texts_are_shown_as_they_are(show, qtbot, case, names, name):
    form = show(ObjectionForm)
    well = "<img src=file:///x>"
    form.show_well(well)
    form.objected.setText(name)
    press(qtbot, form)
    assert query(case, "SELECT well_id, text FROM objections") == [(well, name)]
    assert well in form.result.text()
    form.kind.choose("objection_result")
    assert form.waiting.item(0, 4).text() == name
    form.reason.setText(name)
    press(qtbot, form)
    assert not form.problem.isVisible(), form.problem.text()
    assert query(case, "SELECT reason FROM history ORDER BY seq DESC LIMIT 1") == [(name,)]
    literal(form)


def test_s10_a_number_of_a_person_is_refused(show, qtbot, case, names):
    form = show(ObjectionForm)
    form.show_well("W1")
    form.objected.setText("张三 13812345678")
    press(qtbot, form)
    assert form.problem.isVisible()
    assert "13812345678" not in form.problem.text()
    assert query(case, "SELECT count(*) FROM objections") == [(0,)]
    form.day.setDate(QDate(date(2026, 4, 1)))
    form.objected.setText("x")
    press(qtbot, form)
    assert "2026-04-01" in form.problem.text()
