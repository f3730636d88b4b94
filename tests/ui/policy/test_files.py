"""Files that are wrong, hostile or overwritten: each ends in a message or in a question."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QWidget,
)

from overdraft.ui.policy.reading import read

RATIO = "permit.idle_ratio"
HOSTILE = [
    "<img src=file:///x>",
    "<b>bold</b>",
    '"; DROP TABLE findings; --',
    "${table}",
    "x" * 1000,
]


def test_a_wrong_file_opens_nothing_and_is_read_again(language, opened, policy_file, policy_text, qtbot):
    wrong = policy_text.replace('force = "mandatory"', 'force = "<b>strong</b>"').replace(
        "year = 2030", "yaer = 2030"
    )
    policy_file.write_text(wrong, encoding="utf-8")
    window = opened(policy_file, wait=False)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problems, timeout=20_000)
    assert window.draft is None
    assert not window.save_button.isEnabled()
    rows = [window.problems.rows.texts(n) for n in range(window.problems.rows.rowCount())]
    assert [row[1] for row in rows] == ["targets[0].yaer", "targets[0].year", "clauses[0].force"]
    lines = wrong.splitlines()
    assert lines[int(rows[0][0]) - 1].startswith("yaer")
    assert rows[2][2] == '"<b>strong</b>"'
    assert rows[2][3] == "mandatory, soft, claimed"
    assert window.problems.whole.text() == rows[0][4]
    policy_file.write_text(policy_text, encoding="utf-8")
    button = window.problems.findChild(QAbstractButton, "policy_read_again")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.draft is not None, timeout=20_000)
    assert window.pages.currentWidget() is window.splitter


def test_a_rule_that_does_not_exist_is_an_error_of_the_file(policy_file, policy_text):
    policy_file.write_text(
        policy_text.replace("permits.idle", "permits.idel").replace("reduce_plan", "dance"), encoding="utf-8"
    )
    found = read(policy_file)
    assert found.draft is None
    assert [problem.key for problem in found.problems] == ["rules.unknown_rule"]


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"x = [" + b"[" * 5000, b"# filler\n" * 300_000, b""])
def test_hostile_files_end_in_a_message(language, opened, policy_file, qtbot, raw):
    policy_file.write_bytes(raw)
    window = opened(policy_file, wait=False)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is window.problems, timeout=20_000)
    assert policy_file.name in window.problems.whole.text()


def test_many_clauses_are_refused_or_shown(opened, policy_file, policy_text, qtbot):
    """10⁵ clauses are beyond the size of a policy file; as many as fit are listed without an object for each cell."""
    start = policy_text.index("[[clauses]]")
    end = policy_text.index("# --- ours ---")
    one = policy_text[start:end]
    many = "".join(one.replace("SML-1", f"SML-{n}") for n in range(2, 100_001))
    policy_file.write_text(policy_text + many, encoding="utf-8")
    assert [problem.key for problem in read(policy_file).problems] == ["policy.too_large"]
    some = "".join(one.replace("SML-1", f"SML-{n}") for n in range(2, 3001))
    policy_file.write_text(policy_text + some, encoding="utf-8")
    window = opened(policy_file)
    assert window.clauses.rows.rowCount() == 3000


def test_more_rules_than_a_window_shows_are_a_message(policy_file, policy_text):
    clause = policy_text[policy_text.index("[[clauses]]") : policy_text.index("# --- ours ---")]
    rule = policy_text[policy_text.index("[[rules]]") :]
    many = "".join((clause + rule).replace("SML-1", f"SML-{n}") for n in range(2, 1002))
    policy_file.write_text(policy_text + many, encoding="utf-8")
    assert [(one.key, one.values["found"]) for one in read(policy_file).problems] == [
        ("policy.too_many", 1001)
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_shown_literally(language, opened, tmp_path, policy_text, name, qtbot):
    told = name.replace('"', '\\"')
    text = (
        policy_text.replace("某市地下水管理方案", told)
        .replace("Groundwater plan of an invented city", told)
        .replace("用水总量不得超过3.0万立方米", told)
        .replace("Total use is at most 30,000 m³.", told)
        .replace('en = "Idle below"', f'en = "{told}"')
        .replace('zh = "闲置比例"', f'zh = "{told}"')
        .replace('name = "甲县"', f'name = "{told}"')
        .replace('name_en = "Alpha"', f'name_en = "{told}1"')
        .replace('en = "A note."', f'en = "{told}"')
        .replace('zh = "注。"', f'zh = "{told}"')
        .replace('en = "Total water use"', f'en = "{told}"')
        .replace('zh = "用水总量"', f'zh = "{told}"')
    )
    path = tmp_path / "hostile.toml"
    path.write_text(text, encoding="utf-8")
    window = opened(path)
    assert name in window.heading.text()
    window.rules.find(RATIO)
    assert name in window.rules.tree.currentItem().text(0)
    assert name in window.rules.editor.name.text()
    assert name in window.clause.toPlainText()
    window.tabs.setCurrentWidget(window.targets)
    assert name in window.targets.model.index(1, 1).data()
    window.tabs.setCurrentWidget(window.clauses)
    assert name in window.clauses.rows.texts(0)
    for label in window.findChildren(QLabel):
        if name in label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText
    for tip in tooltips(window):
        assert "<img" not in tip.replace("&lt;img", "")
        assert "<b>bold" not in tip
    assert isinstance(window.clause, QPlainTextEdit)
    window._give(RATIO, 0.3)
    qtbot.mouseClick(window.compare_button, Qt.MouseButton.LeftButton)
    dialog = window.comparison
    dialog.compare_with(path)
    qtbot.waitUntil(lambda: dialog.rows.total > 0, timeout=20_000)
    assert any(name in dialog.rows.texts(n)[1] for n in range(dialog.rows.rowCount()))
    dialog.reject()


def tooltips(window):
    yield from (widget.toolTip() for widget in window.findChildren(QWidget))
    for view in window.findChildren(QAbstractItemView):
        model = view.model()
        for row in range(min(model.rowCount(), 30)):
            for column in range(model.columnCount()):
                tip = model.index(row, column).data(Qt.ItemDataRole.ToolTipRole)
                if tip:
                    yield tip


@pytest.mark.parametrize("answer", ["Overwrite", "Cancel"])
def test_a_name_without_suffix_overwrites_nothing_unasked(
    window, qtbot, tmp_path, monkeypatch, answer, language
):
    """Qt asked about the name that was typed; the one with a suffix is another file."""
    from overdraft.ui.shared import files

    kept = tmp_path / "mine.v2.toml"
    kept.write_text("older", encoding="utf-8")
    asked = []

    def told(box):
        asked.append(box.text())
        words = {"Overwrite": ("Overwrite", "覆盖"), "Cancel": ("Cancel", "取消")}[answer]
        next(button for button in box.buttons() if button.text() in words).click()

    monkeypatch.setattr(files.QMessageBox, "exec", told)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine.v2"), ""))
    window._give(RATIO, 0.3)
    qtbot.mouseClick(window.save_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window._saving, timeout=20_000)
    assert "mine.v2.toml" in asked[0]
    assert (kept.read_text(encoding="utf-8") == "older") is (answer == "Cancel")
    assert not (tmp_path / "mine.v2").exists()
