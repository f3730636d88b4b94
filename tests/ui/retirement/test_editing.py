"""Scenarios by hand: what the tables say, what each click and key does, what is refused."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from qgis.PyQt.QtCore import QItemSelectionModel, Qt

from overdraft.core.messages import render

WORDS = {
    "en": {"met": "Targets met: {} of {}", "total": "All together"},
    "zh": {"met": "完成目标：{}/{}", "total": "合计"},
}


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def key(planner, pressed, modifier=Qt.KeyboardModifier.NoModifier):
    from qgis.PyQt.QtTest import QTest

    QTest.keyClick(planner, pressed, modifier)


def select(planner, rows):
    flags = QItemSelectionModel.SelectionFlag
    planner.candidates.table.clearSelection()
    for row in rows:
        index = planner.candidates.parcels.index(planner.candidates.parcels.place_of(int(row)), 0)
        planner.candidates.table.selectionModel().setCurrentIndex(index, flags.Select | flags.Rows)


def test_the_base_shows_the_record(language, planner, cell):
    """README of the sample: 66,900 of 66,000, 61,000 of 61,000, 48,300 of 51,000 mu."""
    expected = {
        "高昌区": ("66,000.0", "0.0", "66,900.0", "0.0", "✓ 101.3 %"),
        "鄯善县": ("61,000.0", "0.0", "61,000.0", "0.0", "✓ 100.0 %"),
        "托克逊县": ("51,000.0", "0.0", "48,300.0", "2,700.0", "✗ 94.7 %"),
        "吐鲁番市": ("178,000.0", "0.0", "176,200.0", "1,800.0", "✗ 98.9 %"),
    }
    for unit, figures in expected.items():
        shown = [
            cell(planner, unit, 2025, what) for what in ("target", "planned", "achieved", "gap", "share")
        ]
        assert tuple(shown) == figures
    assert [cell(planner, "", 2025, what) for what in ("target", "achieved", "gap")] == [
        "178,000.0",
        "176,200.0",
        "2,700.0",
    ]
    assert planner.units.units.index(4, 0).data() == WORDS[language]["total"]
    assert planner.bar.headline.text() == WORDS[language]["met"].format(2, 3)
    assert planner.bar.shown_years() == [2025, 2026]
    heading = planner.units.units.headerData(0, Qt.Orientation.Horizontal)
    assert heading == {"en": "Unit", "zh": "单元名称"}[language]  # 单位 would be a unit of measurement


def test_areas_in_hectares(planner, cell):
    """66,900 mu are 4,460 ha; 178,000 mu are 11,866.67 ha, and so is the sum of 4,400.00, 4,066.67 and 3,400.00."""
    planner.bar.unit.setCurrentIndex(1)
    assert cell(planner, "高昌区", 2025, "achieved") == "4,460.00"
    assert cell(planner, "", 2025, "target") == cell(planner, "吐鲁番市", 2025, "target") == "11,866.67"
    model = planner.candidates.parcels
    assert "(ha)" in model.headerData(3, Qt.Orientation.Horizontal)
    row = model.row_at(0)
    mu = float(planner.bench.board.parcels["in_use_mu"].iat[row])
    assert float(model.index(0, 3).data().replace(",", "")) == pytest.approx(mu / 15, abs=0.005)


def test_the_base_refuses_ticks(language, planner, click_box, free_in, said):
    row = free_in(planner, "托克逊县")[0]
    click_box(planner, row)
    assert not planner.bench.current.year.any()
    assert said(planner)[0] == render("scenarios.base", {}, language)
    for button in (planner.bar.rename, planner.bar.delete, planner.acts.solve, planner.candidates.tick):
        assert not button.isEnabled()
        assert button.toolTip()


def test_a_tick_moves_bar_and_headline(copied, click_box, free_in, cell, case):
    """托克逊县 lacks 2,700 mu; areas are ticked until they are there, by the areas on record (a query of its own)."""
    rows = free_in(copied, "托克逊县")
    ids = copied.bench.board.parcels["area_id"]
    planned = 0.0
    for row in rows:
        before = copied.bar.headline.text()
        assert before == WORDS["en"]["met"].format(2, 3)
        click_box(copied, row)
        ((area,),) = query(case, "SELECT area_mu FROM irrigation WHERE area_id = ?", ids[row])
        planned += area
        assert cell(copied, "托克逊县", 2026, "planned") == f"{planned:,.1f}"
        assert cell(copied, "托克逊县", 2026, "gap") == f"{max(0.0, 2700 - planned):,.1f}"
        if planned >= 2700:
            break
    assert planned >= 2700
    assert copied.bar.headline.text() == WORDS["en"]["met"].format(3, 3)
    assert cell(copied, "托克逊县", 2025, "gap") == "2,700.0"
    assert cell(copied, "吐鲁番市", 2026, "planned") == f"{planned:,.1f}"
    assert cell(copied, "托克逊县", 2026, "share").startswith("✓")
    click_box(copied, rows[0])
    assert copied.bench.current.year[rows[0]] == 0


def test_space_and_buttons_act_on_the_selection(copied, free_in, qtbot):
    rows = free_in(copied, "鄯善县")[:3]
    select(copied, rows)
    qtbot.keyClick(copied.candidates.table, Qt.Key.Key_Space)
    assert (copied.bench.current.year[rows] == 2026).all()
    copied.candidates.year.setCurrentIndex(copied.candidates.year.findData(2029))
    assert 2029 in copied.bar.shown_years()
    qtbot.mouseClick(copied.candidates.tick, Qt.MouseButton.LeftButton)
    assert (copied.bench.current.year[rows] == 2029).all()
    qtbot.mouseClick(copied.candidates.untick, Qt.MouseButton.LeftButton)
    assert not copied.bench.current.year.any()
    assert "0 ticked" in copied.candidates.count.text()


def test_the_year_of_an_area_is_changed_in_the_list(copied, click_box, free_in, cell):
    from overdraft.ui.retirement.parcel_model import YEAR

    row = free_in(copied, "托克逊县")[0]
    click_box(copied, row)
    table, model = copied.candidates.table, copied.candidates.parcels
    index = model.index(model.place_of(int(row)), YEAR)
    editor = table.itemDelegateForColumn(YEAR).createEditor(table, None, index)
    table.itemDelegateForColumn(YEAR).setEditorData(editor, index)
    assert editor.currentData() == 2026
    editor.setCurrentIndex(editor.findData(2030))
    table.itemDelegateForColumn(YEAR).setModelData(editor, model, index)
    assert (copied.bench.current.year[row], index.data()) == (2030, "2030")
    assert cell(copied, "托克逊县", 2026, "planned") == "0.0"


def test_a_locked_year_refuses_and_says_so(language, copied, click_box, free_in, qtbot, said):
    rows = free_in(copied, "托克逊县")
    click_box(copied, rows[0])
    qtbot.mouseClick(copied.candidates.lock, Qt.MouseButton.LeftButton)
    assert copied.bench.current.locked == {2026}
    click_box(copied, rows[0])
    click_box(copied, rows[1])
    assert copied.bench.current.year[rows[:2]].tolist() == [2026, 0]
    assert said(copied)[0] == render("scenarios.year_locked", {"year": 2026}, language)
    qtbot.mouseClick(copied.acts.solve, Qt.MouseButton.LeftButton)
    assert said(copied)[0] == render("scenarios.locked_years", {"years": [2026]}, language)
    qtbot.mouseClick(copied.candidates.lock, Qt.MouseButton.LeftButton)
    click_box(copied, rows[0])
    assert not copied.bench.current.year.any()


def test_undo_and_redo(copied, click_box, free_in, qtbot, cell):
    rows = free_in(copied, "托克逊县")[:2]
    for row in rows:
        click_box(copied, row)
    both = cell(copied, "托克逊县", 2026, "planned")
    qtbot.mouseClick(copied.acts.undo, Qt.MouseButton.LeftButton)
    assert copied.bench.current.year[rows].tolist() == [2026, 0]
    qtbot.mouseClick(copied.acts.undo, Qt.MouseButton.LeftButton)
    assert cell(copied, "托克逊县", 2026, "planned") == "0.0"
    assert not copied.acts.undo.isEnabled()
    qtbot.mouseClick(copied.acts.redo, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(copied.acts.redo, Qt.MouseButton.LeftButton)
    assert cell(copied, "托克逊县", 2026, "planned") == both
    assert not copied.acts.redo.isEnabled()
    copied.activateWindow()
    key(copied, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert copied.bench.current.year[rows].tolist() == [2026, 0]


def test_what_cannot_be_ticked_says_why(language, copied, click_box, said):
    parcels = copied.bench.board.parcels
    for why in ("already_retired", "contradiction"):
        row = int(np.flatnonzero(parcels["why"] == why)[0])
        click_box(copied, row)
        text = render("planning_land.why." + why, {}, language)
        assert said(copied)[0] == text
        assert text.split("。")[0].split(".")[0] in copied.candidates.parcels.tip(row)
        assert not copied.bench.current.year.any()
    row = int(np.flatnonzero(parcels["why"] == "already_retired")[0])
    assert copied.candidates.parcels.text(row, "lock") == (
        "Retired already" if language == "en" else "已退减"
    )


def test_several_at_once_leave_out_those_that_cannot(copied, free_in, qtbot, said):
    gone = int(np.flatnonzero(copied.bench.board.parcels["why"] == "already_retired")[0])
    rows = [*free_in(copied, "鄯善县")[:2], gone]
    select(copied, rows)
    qtbot.mouseClick(copied.candidates.tick, Qt.MouseButton.LeftButton)
    assert copied.bench.current.year[rows].tolist() == [2026, 2026, 0]
    assert said(copied)[0].startswith("1 of 3")


def test_filters_and_sorting_are_those_of_a_query(planner, case, qtbot):
    """The list against SQLite: source, county, text; and the order by cost."""
    candidates, model = planner.candidates, planner.candidates.parcels
    surface = "Surface water"
    candidates.source.setCurrentIndex(candidates.source.findText(surface))
    ((n,),) = query(case, "SELECT count(*) FROM irrigation WHERE source = 'surface'")
    assert model.rowCount() == n > 0
    candidates.clear.click()
    candidates.search.setText("d0012")
    qtbot.waitUntil(lambda: model.rowCount() < 10)
    found = {model.index(place, 0).data() for place in range(model.rowCount())}
    assert found == {
        one for (one,) in query(case, "SELECT area_id FROM irrigation WHERE area_id LIKE '%D0012%'")
    }
    candidates.clear.click()
    assert model.rowCount() == 3363
    headings = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    cost = headings.index("Retirement cost")
    candidates.table.sortByColumn(cost, Qt.SortOrder.DescendingOrder)
    ordered = query(case, "SELECT area_id FROM irrigation ORDER BY cost DESC, area_id LIMIT 40")
    assert [model.index(place, 0).data() for place in range(40)] == [one for (one,) in ordered]
    candidates.only.setCurrentIndex(candidates.only.findData("free"))
    ((n,),) = query(case, "SELECT count(*) FROM irrigation WHERE status <> 'retired'")
    assert model.rowCount() == n - 1  # one whose facts contradict each other
    gaochang = candidates.unit.findText("高昌区")
    candidates.unit.setCurrentIndex(gaochang)
    assert {model.text(int(row), "county") for row in model.shown_rows} == {"高昌区"}


def test_rename_and_delete_ask(copied, answer, qtbot, said):
    answer(ask_name="方案二")
    qtbot.mouseClick(copied.bar.rename, Qt.MouseButton.LeftButton)
    assert copied.bench.names()[-1] == "方案二"
    answer(ask_name=copied.bench.names()[0])
    qtbot.mouseClick(copied.bar.rename, Qt.MouseButton.LeftButton)
    assert said(copied)[0] == render("scenarios.name_taken", {"found": copied.bench.names()[0]}, "en")
    asked = answer(confirm=False)
    qtbot.mouseClick(copied.bar.delete, Qt.MouseButton.LeftButton)
    assert "方案二" in asked[0][2]
    assert copied.bench.names()[-1] == "方案二"
    answer(confirm=True)
    qtbot.mouseClick(copied.bar.delete, Qt.MouseButton.LeftButton)
    assert len(copied.bench.names()) == 1
    assert copied.bench.current.is_base


def test_compare_shows_both_and_what_differs(copied, click_box, free_in, qtbot):
    from overdraft.ui.retirement.compare_dialog import CompareDialog

    rows = free_in(copied, "托克逊县")[:2]
    for row in rows:
        click_box(copied, row)
    qtbot.mouseClick(copied.bar.compare, Qt.MouseButton.LeftButton)
    dialog = copied.findChild(CompareDialog)
    parcels = dialog.parcels.rows
    ids = {parcels.index(row, 0).data() for row in range(parcels.rowCount())}
    assert ids == set(copied.bench.board.parcels["area_id"].iloc[rows])
    assert {parcels.index(row, 4).data() for row in range(2)} == {"2026"}
    units = dialog.units.rows
    table = [[units.index(row, column).data() for column in range(7)] for row in range(units.rowCount())]
    mu = copied.bench.board.parcels["in_use_mu"].iloc[rows].sum()
    assert ["托克逊县", "2026", "0.0", f"{mu:,.1f}", f"{mu:,.1f}", "2,700.0", f"{2700 - mu:,.1f}"] in table
    heading = Qt.Orientation.Horizontal
    areas = [units.headerData(column, heading) for column in range(2, 7)] + [parcels.headerData(2, heading)]
    assert [text for text in areas if "(mu)" not in text] == []  # an area never stands without its unit
    dialog.second.setCurrentIndex(dialog.first.currentIndex())
    assert parcels.rowCount() == 0
    dialog.close()


def test_a_copy_of_a_copy_leaves_both_alone(copied, click_box, free_in, answer, qtbot, cell):
    """Scenarios are copies: what is done to one is seen in no other."""
    one, other = free_in(copied, "托克逊县")[:2]
    click_box(copied, one)
    planned = cell(copied, "托克逊县", 2026, "planned")
    answer(ask_name="方案二")
    qtbot.mouseClick(copied.bar.duplicate, Qt.MouseButton.LeftButton)
    click_box(copied, one)
    click_box(copied, other)
    assert (copied.bench.current.year > 0).nonzero()[0].tolist() == [other]
    copied.bar.scenario.setCurrentIndex(1)
    assert (copied.bench.current.year > 0).nonzero()[0].tolist() == [one]
    assert cell(copied, "托克逊县", 2026, "planned") == planned
    copied.bar.scenario.setCurrentIndex(0)
    assert not copied.bench.current.year.any()
    assert cell(copied, "托克逊县", 2026, "planned") == "0.0"


def test_rows_that_do_not_add_up_are_said_to(language, planner, cell):
    """Three counties of 0.04 mu each show 0.0, and so does the total; that they are 0.12 together stands below."""
    bench = planner.bench
    few = np.where(bench.board.units["lowest"].to_numpy(bool)[:, None], 0.04, bench.board.achieved)
    assert "0.1" not in planner.note.text()
    bench.case = replace(bench.case, board=replace(bench.board, achieved=few))
    bench.choose(0)
    assert [cell(planner, unit, 2025, "achieved") for unit in ("高昌区", "鄯善县", "托克逊县", "")] == [
        "0.0"
    ] * 4
    told = {
        "en": "2025, Achieved: the rows add up to 0.0 mu, their unrounded sum is 0.1 mu.",
        "zh": "2025年“已完成”：各行舍入后合计0.0亩，未舍入合计为0.1亩。",
    }[language]
    assert told in planner.note.text()
