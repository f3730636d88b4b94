"""The window: opening, showing, searching, comparing, saving, errors of a file, empty states."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from threading import Event

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
)

from overdraft.core.policy import Edits, available_policies, load_policy
from overdraft.ui.shared.help import window_page

RATIO = "permit.idle_ratio"


def bar_texts(window):
    return " ".join(item.text() for item in window.bar.items())


def wait_saved(window, qtbot):
    qtbot.waitUntil(lambda: not window._saving and not window.edits, timeout=20_000)


def test_it_shows_which_document_it_is(window, language):
    told = dict(window.identity.rows.texts(n) for n in range(window.identity.rows.rowCount()))
    values = list(told.values())
    for value in (
        "某市地下水管理方案",
        "某市人民政府",
        "2024-03-01",
        "small-2019",
        window.draft.policy.version,
    ):
        assert value in values
    assert any("9901" in value for value in values)
    assert any(value.startswith("= ") for value in values)  # the case was judged under this version
    assert window.draft.policy.version in window.heading.text()


def test_it_opens_the_policy_of_the_case(language, session, case, opened):
    with sqlite3.connect(case) as connection:
        connection.execute(
            "UPDATE runs SET policy_id = 'toli-2024', policy_version = ?", (load_policy("toli-2024").version,)
        )
    session.open_case(case)
    window = opened()
    assert window.draft.policy.id == "toli-2024"
    assert window.choice.currentData() == "toli-2024"


def test_a_policy_of_ones_own_is_read_from_the_case(
    opened, session, policy_text, qtbot, tmp_path, monkeypatch
):
    """The file that the case was judged under is gone: the case has kept it, and what is edited is saved beside."""
    window = opened()
    assert window.draft.text == policy_text
    assert window.choice.currentText() == session.path.name
    before = session.path.read_bytes()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "again.toml"), ""))
    window._give(RATIO, 0.3)
    qtbot.mouseClick(window.save_button, Qt.MouseButton.LeftButton)
    wait_saved(window, qtbot)
    assert load_policy(tmp_path / "again.toml").value(RATIO) == 0.3
    assert session.path.read_bytes() == before


def test_a_policy_that_nobody_has_any_more_is_asked_for(language, opened, case, qtbot):
    with sqlite3.connect(case) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'policy'")
    window = opened(wait=False)
    qtbot.waitUntil(lambda: "small-2024" in window.empty.text(), timeout=20_000)
    assert window.draft is None
    assert window.pages.currentWidget() is window.empty
    assert not window.save_button.isEnabled()
    assert window.save_button.toolTip()


def test_a_shipped_policy_is_chosen_by_key(language, session, opened, qtbot):
    session.open_case(None)
    window = opened(wait=False)
    assert window.pages.currentWidget() is window.empty
    window.choice.setFocus()
    qtbot.keyClicks(window.choice, "kunyu")
    qtbot.keyClick(window.choice, Qt.Key.Key_Return)
    window.choice.activated.emit(window.choice.currentIndex())
    qtbot.waitUntil(lambda: window.draft is not None, timeout=20_000)
    assert window.draft.policy.id == "kunyu-2025"


def test_a_file_is_opened_from_the_button(language, opened, policy_file, qtbot, monkeypatch):
    window = opened(wait=False)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(policy_file), ""))
    qtbot.mouseClick(window.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.draft is not None, timeout=20_000)
    assert window.choice.currentText() == policy_file.name


def test_clauses_are_searched_and_read(language, opened, qtbot):
    window = opened("turpan-2021")
    window.tabs.setCurrentWidget(window.clauses)
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.clauses.search.hasFocus()
    window.clauses.search.setText("闲置")
    clauses = window.draft.policy.clauses.values()
    expected = [one.id for one in clauses if "闲置" in f"{one.quote}{one.gloss}{one.locator}"]
    rows = window.clauses.rows
    assert expected
    assert [rows.key(n) for n in range(rows.rowCount())] == expected
    assert f"{len(expected)}" in window.clauses.counted.text()
    window.clauses.view.selectRow(0)
    assert window.draft.policy.clauses[expected[0]].quote in window.clause.toPlainText()


def test_contradictions_stand_first(language, opened):
    window = opened("turpan-2021")
    rows = window.checks.rows
    assert rows.texts(0)[0].startswith("✗")
    window.checks.view.selectRow(0)
    assert window.checks.whole.text() == rows.texts(0)[2]
    assert rows.key(0) in window.clause.toPlainText()


def test_a_new_version_is_saved_and_shown(window, qtbot, tmp_path, monkeypatch, case):
    target = tmp_path / "新 #1.toml"
    before = case.read_bytes()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window._give(RATIO, 0.3)
    window._switch(0, False)
    assert window.save_button.isEnabled()
    qtbot.mouseClick(window.save_button, Qt.MouseButton.LeftButton)
    wait_saved(window, qtbot)
    saved = load_policy(target)
    assert saved.value(RATIO) == 0.3
    assert saved.setting(RATIO).source == "user"
    assert len(saved.off) == 1
    assert "# --- ours ---" in target.read_text(encoding="utf-8")
    assert saved.version in bar_texts(window)
    qtbot.waitUntil(lambda: window.draft.policy.version == saved.version, timeout=20_000)
    assert window.choice.currentText() == target.name
    assert case.read_bytes() == before
    with sqlite3.connect(case) as connection:
        versions = connection.execute("SELECT DISTINCT policy_version FROM findings").fetchall()
    assert len(versions) == 1
    assert versions[0][0] != saved.version


def test_a_shipped_policy_is_not_overwritten(language, opened, qtbot, monkeypatch):
    window = opened("toli-2024")
    path = window.draft.path
    before = path.read_bytes()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window._give("fee.mode", "whole")
    qtbot.mouseClick(window.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window._saving, timeout=20_000)
    assert path.read_bytes() == before
    assert window.edits.settings == {"fee.mode": "whole"}
    assert "toli-2024.toml" in bar_texts(window)


def test_a_failing_disk_keeps_file_and_edits(window, qtbot, policy_file, monkeypatch):
    before = policy_file.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(policy_file), ""))
    window._give(RATIO, 0.3)
    qtbot.mouseClick(window.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window._saving, timeout=20_000)
    assert policy_file.read_bytes() == before
    assert [path for path in policy_file.parent.iterdir() if path.suffix == ".part"] == []
    assert window.edits.settings == {RATIO: 0.3}
    assert "No space left" in bar_texts(window)
    assert window.save_button.isEnabled()


def test_leaving_with_edits_asks(window, qtbot, monkeypatch):
    window._give(RATIO, 0.3)
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard]
    asked = []
    monkeypatch.setattr(
        QMessageBox, "question", lambda *args: asked.append(args[2]) or answers[len(asked) - 1]
    )
    close = window.buttons.button(QDialogButtonBox.StandardButton.Close)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert window.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    assert len(asked) == 2


def test_two_policies_line_by_line(window, qtbot, language):
    window._give(RATIO, 0.3)
    window._switch(0, False)
    qtbot.mouseClick(window.compare_button, Qt.MouseButton.LeftButton)
    dialog = window.comparison
    dialog.compare_with(window.draft.path)
    qtbot.waitUntil(lambda: dialog.rows.total > 0, timeout=20_000)
    rows = [dialog.rows.texts(n) for n in range(dialog.rows.rowCount())]
    signs = [(row[1], row[3][0], row[4] != "", row[5] != "") for row in rows]
    named = ("闲置比例" if language == "zh" else "Idle below") + f" ({RATIO})"
    assert signs[0] == ("", "≠", True, True)  # the version
    assert [sign for sign in signs if sign[0] == named] == [
        (named, "+", False, True),  # the value
        (named, "≠", True, True),  # source
        (named, "≠", True, True),  # confidence
    ]
    assert signs[-1][0].endswith("SML-1 (permits.idle)")
    dialog.view.selectRow(1)
    assert "0.3" in dialog.both.toPlainText()
    qtbot.keyClicks(dialog.search, "permits.idle")
    assert dialog.rows.rowCount() == 1
    assert window_page("policy").is_file()
    dialog.reject()


CODE = re.compile(r"[A-Za-z0-9]+_[A-Za-z0-9_]+")
IN_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")


def bare_codes(*shown):
    """Identifiers that stand without their words; in brackets behind them they may."""
    return sorted({text for text in shown if CODE.search(IN_BRACKETS.sub("", text))})


@pytest.mark.parametrize("policy", [title.id for title in available_policies()])
def test_rules_and_parameters_are_told_in_words(language, session, opened, policy):
    session.open_case(None)
    window = opened(policy)
    tree = window.rules.tree
    tops = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    items = [*tops, *(top.child(n) for top in tops for n in range(top.childCount()))]
    literals = [item for item in items if item.data(0, Qt.ItemDataRole.UserRole)[0] == "literal"]
    assert len(literals) > 10
    assert bare_codes(*(item.text(column) for item in items for column in range(item.columnCount()))) == []
    if language == "zh":
        assert [item.text(0) for item in literals if item.text(0).isascii()] == []
    tree.setCurrentItem(literals[0])
    assert bare_codes(*(label.text() for label in window.rules.editor.findChildren(QLabel))) == []


def test_differences_of_rules_are_told_in_words(language, opened, policy_text, policy_file, tmp_path, qtbot):
    """Both sides: a value that stands in the text, and a setting in its place."""
    other = tmp_path / "other.toml"
    text = policy_text.replace(', years = "permit.idle_years" }', " }")
    text = text.replace('{ action = "reduce_plan" }', '{ action = "deregister", years = 3 }')
    other.write_text(text, encoding="utf-8")
    window = opened(policy_file)
    qtbot.mouseClick(window.compare_button, Qt.MouseButton.LeftButton)
    dialog = window.comparison
    dialog.compare_with(other)
    qtbot.waitUntil(lambda: dialog.rows.total > 0, timeout=20_000)
    rows = [dialog.rows.texts(n) for n in range(dialog.rows.rowCount())]
    told = {row[2]: row[4:] for row in rows if "permits.idle" in row[1]}
    if language == "zh":
        assert told["处置措施"] == ("注销", "核减计划")
        assert told["年份（年数）"] == ("3", "← 年数 (permit.idle_years)")
    else:
        assert told["Measure"] == ("Deregister", "Reduce the plan")
        assert told["Years"] == ("3", "← Years (permit.idle_years)")
    dialog.reject()


@pytest.mark.parametrize("letters", [1.0, 1.3, 1.6], indirect=True)
def test_nothing_is_clipped(language, letters, opened, qtbot):
    window = opened("turpan-2021")
    window.rules.find(RATIO)
    if letters < 1.5:  # U2 speaks of 100 %
        assert window.width() <= 1000
        assert window.height() <= 580
    for place in range(window.tabs.count()):
        window.tabs.setCurrentIndex(place)
        qtbot.wait(1)
        assert clipped(window) == []
    window.compare_button.click()
    assert clipped(window.comparison) == []
    assert window.comparison.height() <= 580 or letters > 1.5
    window.comparison.reject()


def clipped(window):
    """Labels and buttons that are smaller than their text; those that wrap need the height for their width."""
    found = []
    for widget in window.findChildren((QLabel, QAbstractButton)):
        if not widget.isVisible() or not widget.text() or widget.parent().objectName().startswith("qt_"):
            continue
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        needed = widget.heightForWidth(widget.width()) if wraps else widget.sizeHint().height()
        if (not wraps and widget.width() < widget.sizeHint().width()) or widget.height() < needed:
            found.append(widget.text())
    return found


def test_every_field_has_name_tooltip_and_place_in_the_tab_order(window):
    fields = [
        widget
        for kind in (QAbstractButton, QLineEdit, QPlainTextEdit)
        for widget in window.findChildren(kind)
        if widget.objectName().startswith("policy_")
    ]
    assert len(fields) > 12
    for widget in fields:
        assert widget.toolTip(), widget.objectName()
        assert widget.focusPolicy() != Qt.FocusPolicy.NoFocus, widget.objectName()
    assert window_page("policy").is_file()


def test_it_remembers_whether_to_count(window, opened, policy_file, qtbot):
    assert not window.trial.auto.isChecked()
    qtbot.mouseClick(window.trial.auto, Qt.MouseButton.LeftButton, pos=window.trial.auto.rect().center())
    window.trial.auto.setChecked(True)
    from overdraft.ui.policy.dialog import PolicyDialog

    again = PolicyDialog(window._session, Path(policy_file))
    qtbot.addWidget(again)
    assert again.trial.auto.isChecked()
    again.reject()
    assert Edits() == again.edits


def test_a_window_closed_while_it_reads_hears_nothing_of_it(session, policy_file, qtbot, monkeypatch):
    """It deletes itself, as QGIS opens it: what comes back later is for nobody."""
    from overdraft.ui.policy import dialog as module
    from overdraft.ui.shared import tasks

    go, real = Event(), module.read
    monkeypatch.setattr(module, "read", lambda source: (go.wait(20), real(source))[1])
    window = module.open_policy(session, policy_file)
    with qtbot.waitSignal(window.destroyed):
        window.close()
    go.set()
    qtbot.waitUntil(lambda: not tasks._RUNNING, timeout=20_000)
