"""Editing with mouse and keyboard: parameters of each type, rules, targets, undo."""

from __future__ import annotations

from decimal import Decimal

import pytest
from qgis.PyQt.QtCore import QCoreApplication, QDate, Qt
from qgis.PyQt.QtWidgets import QComboBox, QDateEdit, QDoubleSpinBox, QLineEdit, QListWidget, QSpinBox

from overdraft.ui.policy.rules import CLAUSE, STATE, VALUE

RATIO = "permit.idle_ratio"


def row(window, key):
    window.rules.find(key)
    return window.rules.tree.currentItem()


def type_into(qtbot, field, text):
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_gap_is_filled_beside_its_clause(window, qtbot, language):
    item = row(window, RATIO)
    assert item.text(STATE).startswith("○")
    assert item.text(CLAUSE) == "SML-1"
    assert "用水总量不得超过3.0万立方米" in window.clause.toPlainText()
    editor = window.rules.editor
    assert not editor.field.isEnabled()
    assert ("0至1" if language == "zh" else "0 to 1") in editor.range.text()
    qtbot.mouseClick(editor.has_value, Qt.MouseButton.LeftButton)
    assert isinstance(editor.field, QDoubleSpinBox)
    type_into(qtbot, editor.field, "0.3")
    assert Decimal(str(window.edits.settings[RATIO])) == Decimal("0.3")
    assert item.text(VALUE).startswith("0.3")
    assert item.text(STATE).startswith("✎")
    assert item.font(VALUE).bold()


def test_back_to_the_file_and_no_value(window, qtbot):
    row(window, RATIO)
    editor = window.rules.editor
    qtbot.mouseClick(editor.has_value, Qt.MouseButton.LeftButton)
    assert RATIO in window.edits.settings
    qtbot.mouseClick(editor.revert, Qt.MouseButton.LeftButton)
    assert not window.edits
    assert not editor.has_value.isChecked()
    years = row(window, "permit.idle_years")
    assert years.text(STATE).startswith("?")
    qtbot.mouseClick(editor.has_value, Qt.MouseButton.LeftButton)
    assert window.edits.settings == {"permit.idle_years": None}
    assert years.text(STATE).startswith("○")


def test_undo_and_redo_by_key(window, qtbot):
    row(window, RATIO)
    qtbot.mouseClick(window.rules.editor.has_value, Qt.MouseButton.LeftButton)
    first = window.edits
    assert window.undo_button.isEnabled()
    window.tabs.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not window.edits
    assert row(window, RATIO).text(STATE).startswith("○")
    qtbot.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert window.edits == first
    qtbot.mouseClick(window.undo_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.redo_button, Qt.MouseButton.LeftButton)
    assert window.edits == first


@pytest.mark.parametrize(
    ("key", "kind", "change", "value"),
    [
        ("replacement.pool", QComboBox, lambda field: field.setCurrentIndex(1), "zone"),
        ("replacement.applies_outside_zone", QComboBox, lambda field: field.setCurrentIndex(0), True),
        ("replacement.baseline", QDateEdit, lambda field: field.setDate(QDate(2022, 1, 2)), "2022-01-02"),
        ("trend.window_years", QSpinBox, lambda field: field.setValue(7), 7),
        (
            "replacement.credit_uses",
            QListWidget,
            lambda field: field.item(1).setCheckState(Qt.CheckState.Unchecked),
            ["irrigation"],
        ),
    ],
)
def test_each_type_has_its_widget(opened, key, kind, change, value):
    window = opened("turpan-2021")
    item = row(window, key)
    before = item.text(VALUE)
    field = window.rules.editor.field
    assert isinstance(field, kind)
    change(field)
    given = window.edits.settings[key]
    assert (given.isoformat() if hasattr(given, "isoformat") else given) == value
    assert item.text(VALUE) != before
    assert not window.rules.editor.has_value.isEnabled() or key == "trend.window_years"


def test_a_list_of_numbers_is_typed_and_a_wrong_one_refused(language, opened, qtbot):
    window = opened("turpan-2021")
    item = row(window, "price.bands")
    editor = window.rules.editor
    qtbot.mouseClick(editor.has_value, Qt.MouseButton.LeftButton)
    assert isinstance(editor.field, QLineEdit)
    type_into(qtbot, editor.field, "20; 40")
    assert window.edits.settings["price.bands"] == "20; 40"
    assert item.text(VALUE).startswith("20")
    kept = window.edits
    row(window, "price.bands")
    type_into(qtbot, window.rules.editor.field, "20; <b>x</b>")
    assert window.edits == kept
    assert "<b>x</b>" in window.rules.editor.problem.text()


def test_what_the_register_supplies_is_not_edited(opened):
    window = opened("turpan-2021")
    assert row(window, "index.yearly").text(STATE).startswith("▦")
    editor = window.rules.editor
    assert not editor.field.isVisible()
    assert not editor.has_value.isVisible()


def test_words_of_the_clause_are_not_edited(window, language):
    rule = window.rules._rules[0]
    literal = rule.child(0)
    window.rules.tree.setCurrentItem(literal)
    assert literal.text(STATE).startswith("✓")
    assert not window.rules.editor.has_value.isVisible()
    assert window.clause.isReadOnly()


def test_a_rule_is_switched_off_by_key(window, qtbot):
    item = window.rules._rules[0]
    window.rules.tree.setCurrentItem(item)
    window.rules.tree.setFocus()
    qtbot.keyClick(window.rules.tree, Qt.Key.Key_Space)
    assert dict(window.edits.rules) == {0: False}
    assert item.text(STATE).startswith("✎")
    qtbot.keyClick(window.rules.tree, Qt.Key.Key_Space)
    assert not window.edits


def test_rules_are_searched(window, qtbot):
    qtbot.keyClicks(window.rules.search, "idle_years")
    rule = window.rules._rules[0]
    hidden = [rule.child(n).isHidden() for n in range(rule.childCount())]
    assert hidden == [True, True, False]
    assert not rule.isHidden()
    window.rules.search.setText("no such words")
    assert rule.isHidden()


def cell(window, item_row, column):
    window.tabs.setCurrentWidget(window.targets)
    index = window.targets.model.index(item_row, column)
    window.targets.view.setCurrentIndex(index)
    return index


def edit_cell(window, qtbot, index, text):
    view = window.targets.view
    view.setFocus()
    view.edit(index)
    field = view.viewport().findChildren(QLineEdit)[-1]  # an earlier one may still be on its way out
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    QCoreApplication.processEvents()  # the view takes the text over in its own time


def test_a_target_is_edited_in_its_cell(window, qtbot):
    index = cell(window, 1, 2)  # 甲县, 2030
    assert index.data() == "1.25"
    assert "SML-1" in window.clause.toPlainText()
    edit_cell(window, qtbot, index, "1.30")
    assert dict(window.edits.targets) == {(0, "990101"): Decimal("1.30")}
    assert index.data() == "✎ 1.30"
    edit_cell(window, qtbot, index, "1.25")
    assert not window.edits
    missing = cell(window, 1, 3)  # 2035 has a total only: a figure can be supplied
    assert missing.data() == ""
    edit_cell(window, qtbot, missing, "1")
    assert dict(window.edits.targets) == {(1, "990101"): Decimal(1)}


def test_what_is_no_figure_is_refused_with_the_reason(window, qtbot):
    index = cell(window, 0, 2)
    edit_cell(window, qtbot, index, "-3")
    assert not window.edits
    assert "-3" in window.targets.problem.text()
    assert window.targets.problem.isVisible()


def test_the_documents_arithmetic_follows_an_edit(window, qtbot):
    def signs():
        return [window.checks.rows.texts(n)[0][0] for n in range(window.checks.rows.rowCount())]

    assert signs().count("≈") == 1  # 1.25 + 1.70 = 2.95 beside a stated 3.0
    window.idle.setInterval(0)
    edit_cell(window, qtbot, cell(window, 1, 2), "1.30")
    qtbot.waitUntil(lambda: "✎" in window.heading.text(), timeout=20_000)
    assert "≈" not in signs()
    assert "✗" in signs()  # the years still imply two bases: 3.0 + 0.5 and 2.5 + 1.1
    assert window.draft.policy.version not in window.heading.text()
