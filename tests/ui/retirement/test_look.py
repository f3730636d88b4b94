"""What the windows look like: nothing clipped, everything named and explained, hostile names shown literally."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from qgis.gui import QgsCollapsibleGroupBox, QgsMessageBar
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QTableView,
)

HOSTILE = (
    "<img src=file:///x>",
    "<b>",
    '"; DROP TABLE findings; --',
    "${table}",
    "&Save",
    "x" * 1000,
)


def windows(planner):
    from overdraft.ui.retirement.compare_dialog import CompareDialog
    from overdraft.ui.retirement.solve_dialog import SolveDialog

    bench = planner.bench
    yield planner
    for dialog in (
        SolveDialog(bench.board, planner),
        CompareDialog(bench.board, bench.scenarios, bench.current, planner._shown, planner),
    ):
        dialog.show()
        yield dialog
        dialog.close()


def own(window, kind):
    """Visible widgets of ours of a kind; those inside of Qt's own are left out."""
    found = [one for one in window.findChildren(kind) if one.isVisible() and one.window() is window]
    return [one for one in found if not isinstance(one.parent(), (QAbstractSpinBox, QComboBox, QTableView))]


@pytest.mark.parametrize("letters", [1.0, 1.3, 1.6], indirect=True)
def test_nothing_is_clipped_and_everything_is_named(language, letters, copied, qtbot):
    for window in windows(copied):
        qtbot.wait(10)
        named_and_explained(window)
        mnemonics_are_unique(window)
        if letters < 1.5:  # U2 speaks of 100 %
            assert window.width() <= 1000
            assert window.height() <= 580
        for widget in [*own(window, QLabel), *own(window, QAbstractButton)]:
            if isinstance(widget, QLabel) and widget.wordWrap():
                needed = widget.heightForWidth(widget.width())
                assert needed <= widget.height(), widget.text()
            else:
                assert widget.sizeHint().width() <= widget.width(), widget.text()
                assert widget.sizeHint().height() <= widget.height() + 1, widget.text()


def named_and_explained(window):
    """U15; names are what screenshots and tests find widgets by."""
    kinds = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QTableView)
    found = [one for kind in kinds for one in own(window, kind)]
    ours = [one for one in found if _is_ours(one, window)]
    assert len(ours) >= 4
    for widget in ours:
        assert widget.objectName(), type(widget)
        assert widget.toolTip(), widget.objectName()


def _is_ours(widget, window):
    """Not the standard buttons, the corner of a table, the cross of a search box, the arrow of a group."""
    if widget in window.buttons.buttons():
        return bool(widget.objectName())
    parents = (QTableView, QLineEdit, QgsCollapsibleGroupBox, QgsMessageBar)
    inside, above = widget.parent(), []
    while inside is not None and inside is not window:
        above.append(inside)
        inside = inside.parent()
    bar = any(isinstance(one, QgsMessageBar) for one in above) or widget.objectName() == "collapseButton"
    return not bar and not (isinstance(widget.parent(), parents) and not widget.objectName())


def mnemonics_are_unique(window):
    texts = [one.text() for one in [*own(window, QAbstractButton), *own(window, QLabel)]]
    keys = [text[text.index("&") + 1].lower() for text in texts if "&" in text.replace("&&", "")]
    assert len(keys) == len(set(keys)), sorted(keys)


def test_tab_goes_through_in_reading_order(copied):
    bar, candidates = copied.bar, copied.candidates
    wanted = [bar.scenario, bar.unit, copied.units, candidates.search, candidates.year, candidates.table]
    chain, widget = [], copied.bar.scenario
    for _ in range(200):
        if widget in wanted and widget not in chain:
            chain.append(widget)
        widget = widget.nextInFocusChain()
    assert chain == wanted


def test_the_help_page_is_there(language, copied, monkeypatch, qtbot):
    from overdraft.ui.shared import help as pages

    opened = []
    monkeypatch.setattr(pages.QDesktopServices, "openUrl", opened.append)
    for window in windows(copied):
        window.show_help()
    assert len(opened) == 3
    page = pages.window_page("retirement").read_text(encoding="utf-8")
    assert ("Retirement Planner" if language == "en" else "退减灌溉面积方案编制") in page
    assert "<script" not in page
    assert "http" not in page
    assert {url.toLocalFile() for url in opened} == {str(pages.window_page("retirement"))}


@pytest.fixture
def hostile(case):
    """The case with hostile names of areas and townships."""
    with closing(sqlite3.connect(case)) as connection:
        connection.create_function("ST_IsEmpty", 1, lambda _: 0)
        for name in ("MinX", "MaxX", "MinY", "MaxY"):
            connection.create_function(f"ST_{name}", 1, lambda _: 0.0)
        for fid, name in enumerate(HOSTILE, 1):
            connection.execute(
                "UPDATE irrigation SET area_id = ?, township = ? WHERE fid = ?", (name, name, fid)
            )
        connection.commit()
    return case


def test_hostile_names_are_shown_literally(hostile, planners, answer, qtbot, rested):
    """S2, S4: in lists, tooltips, messages, questions, the comparison and the record."""
    planner = planners()
    model = planner.candidates.parcels
    shown = {model.text(int(row), "area_id") for row in model.shown_rows}
    assert shown >= set(HOSTILE)
    assert {model.text(int(row), "township") for row in model.shown_rows} >= set(HOSTILE)
    row = next(int(row) for row in model.shown_rows if model.text(int(row), "area_id") == HOSTILE[0])
    tip = model.data(model.index(model.place_of(row), 0), Qt.ItemDataRole.ToolTipRole)
    assert tip == "&lt;img src=file:///x&gt;"
    name = HOSTILE[0]
    answer(ask_name=name)
    qtbot.mouseClick(planner.bar.duplicate, Qt.MouseButton.LeftButton)
    assert planner.bar.scenario.currentText().startswith(name)
    assert "<img" not in planner.bar.scenario.toolTip()
    answer(ask_name=name)
    qtbot.mouseClick(planner.bar.duplicate, Qt.MouseButton.LeftButton)
    assert "&lt;img src=file:///x&gt;" in planner.message_bar.items()[0].text()
    for text in HOSTILE[1:5]:
        answer(ask_name=text)
        qtbot.mouseClick(planner.bar.duplicate, Qt.MouseButton.LeftButton)
        assert planner.bench.current.name == text
    answer(ask_name=HOSTILE[5])
    qtbot.mouseClick(planner.bar.duplicate, Qt.MouseButton.LeftButton)
    assert planner.bench.current.name == HOSTILE[4]
    planner.bench.assign([row], 2026)
    planner.bench.save()
    rested(planner)
    with closing(sqlite3.connect(hostile)) as connection:
        ((kept, content),) = connection.execute("SELECT name, content FROM plans").fetchall()
        assert connection.execute("SELECT count(*) FROM findings").fetchone()[0] > 0
    assert kept == HOSTILE[4]
    assert HOSTILE[0] in content


def test_questions_are_plain_text(copied, monkeypatch):
    from overdraft.ui.retirement import questions

    seen = []
    monkeypatch.setattr(
        questions.QMessageBox, "exec", lambda box: seen.append((box.textFormat(), box.text())) or 0
    )
    assert not questions.confirm(copied, "t", "<b>x</b>", "more")
    questions.ask_to_leave(copied, ["<b>x</b>"])
    assert [kind for kind, _ in seen] == [Qt.TextFormat.PlainText] * 2
    assert all("<b>x</b>" in text for _, text in seen)


def test_size_and_place_are_remembered(planners, read_once):
    planner = planners()
    planner.resize(930, 560)
    planner.reject()
    assert planners().size().width() == 930
