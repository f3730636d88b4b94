"""The list of the review dock: rows, sorts, groups, keys; numbers are asked of the file once more."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QApplication, QMenu

from .conftest import choose, shown


def test_all_findings_are_listed_with_counts(dock, language, query):
    ((n,),) = query("SELECT count(*) FROM findings")
    assert n > 400
    assert dock.model.rowCount() == n
    said = {
        "en": f"open {n} · reviewed 0 · verified 0 · stale 0",
        "zh": f"待处理{n} · 已处理0 · 已复核0 · 已过时0",
    }
    assert dock.header.text() == said[language]
    chosen = {"en": f"1 of {n} selected", "zh": f"已选1条，共{n}条"}
    assert dock.actions_bar.chosen.text() == chosen[language]
    assert set(shown(dock, "state")) == {{"en": "○ Open", "zh": "○ 待处理"}[language]}


def test_a_click_on_a_heading_sorts_and_another_turns_it(dock, qtbot, query):
    from overdraft.ui.review.words import COLUMNS

    header = dock.table.horizontalHeader()
    place = header.sectionViewportPosition(COLUMNS.index("subject_id")) + 5
    ids = [row[0] for row in query("SELECT subject_id FROM findings ORDER BY subject_id")]
    assert shown(dock, "subject_id") == ids
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=header.rect().topLeft() + _at(place))
    assert shown(dock, "subject_id") == ids[::-1]


def _at(x):
    return QPoint(x, 5)


def test_groups_stand_under_headers_with_their_numbers(dock, language, query):
    choose(dock, "group", "outcome")
    counts = dict(query("SELECT outcome, count(*) FROM findings GROUP BY outcome"))
    worst = {"en": "▾ ✕ Fail ({})", "zh": "▾ ✕ 不符合 ({})"}[language].format(counts["fail"])
    headers = dock.model.headers()
    assert dock.model.index(int(headers[0]), 0).data() == worst
    assert len(headers) == len(counts)
    assert dock.model.rowCount() == sum(counts.values()) + len(counts)


def test_a_group_closes_and_opens_by_key(dock, qtbot, query):
    choose(dock, "group", "outcome")
    ((n,),) = query("SELECT count(*) FROM findings WHERE outcome = 'fail'")
    before = dock.model.rowCount()
    dock.table.setCurrentIndex(dock.model.index(0, 0))
    qtbot.keyClick(dock.table, Qt.Key.Key_Return)
    assert dock.model.rowCount() == before - n
    assert dock.model.findings == before - len(dock.model.headers())
    qtbot.keyClick(dock.table, Qt.Key.Key_Return)
    assert dock.model.rowCount() == before


def test_letters_move_the_cursor_and_pass_headers_over(dock, qtbot):
    choose(dock, "group", "outcome")
    dock.table.go_to(1)
    qtbot.keyClick(dock.table, Qt.Key.Key_J)
    assert dock.table.position == 2
    second = int(dock.model.headers()[1])
    dock.table.go_to(second - 1)
    qtbot.keyClick(dock.table, Qt.Key.Key_J)
    assert dock.table.position == second + 1
    qtbot.keyClick(dock.table, Qt.Key.Key_K)
    assert dock.table.position == second - 1
    qtbot.mouseClick(dock.actions_bar.buttons["next"], Qt.MouseButton.LeftButton)
    assert dock.table.position == second + 1
    qtbot.mouseClick(dock.actions_bar.buttons["previous"], Qt.MouseButton.LeftButton)
    assert dock.table.position == second - 1


def test_letters_typed_into_the_search_are_letters(dock, qtbot, query):
    qtbot.keyClicks(dock.filters.search, "adoj")
    assert dock.filters.search.text() == "adoj"
    assert query("SELECT count(*) FROM decisions") == [(0,)]


def test_the_evidence_follows_the_cursor(dock, qtbot):
    dock.table.go_to(5)
    wanted = dock.current.finding_id
    qtbot.waitUntil(lambda: dock.evidence.shown == wanted)


def test_all_filtered_are_selected_by_key(dock, qtbot, language, query):
    choose(dock, "outcome", "review")
    ((n,),) = query("SELECT count(*) FROM findings WHERE outcome = 'review'")
    qtbot.keyClick(dock.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(dock.chosen) == n
    said = {"en": f"{n} of {n} selected", "zh": f"已选{n}条，共{n}条"}
    assert dock.actions_bar.chosen.text() == said[language]


def test_painting_a_selection_of_all_asks_only_for_what_is_seen(dock, monkeypatch):
    """Qt's headings would ask every cell of the list, with each painting, whether it is selected."""
    from overdraft.ui.review.model import ReviewModel

    asked = []
    flags = ReviewModel.flags
    monkeypatch.setattr(ReviewModel, "flags", lambda self, index: asked.append(1) or flags(self, index))
    dock.table.selectAll()
    dock.grab()
    seen = dock.table.viewport().height() // dock.table.verticalHeader().defaultSectionSize() + 2
    assert len(dock.chosen) == dock.model.rowCount() > 400
    assert len(asked) <= 4 * seen * dock.model.columnCount()


def test_rows_are_copied_with_headings(dock):
    from overdraft.ui.review.menu import copy_rows

    dock.table.select(np.array([0, 1]))
    copy_rows(dock)
    lines = QApplication.clipboard().text().split("\n")
    assert len(lines) == 3
    assert lines[0].split("\t") == dock.model.headings
    assert lines[1].split("\t")[1] == shown(dock, "subject_id")[0]


def test_the_menu_is_about_the_row_clicked_on_even_at_once(dock, monkeypatch):
    seen = []
    monkeypatch.setattr(QMenu, "exec", lambda *_: seen.append(dock.evidence.shown))
    dock.table.go_to(7)
    dock._menu(QPoint(1, 1))
    assert seen == [dock.current.finding_id]


@pytest.mark.parametrize("n", [3_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_many_findings(make_dock, case, n, qtbot):
    ids = multiply(case, n)
    dock = make_dock()
    assert dock.model.rowCount() == n
    assert dock.model.findings == n
    assert len(dock.model._cache) <= 400
    choose(dock, "group", "clause")
    dock.table.go_to(dock.model.rowCount() - 1)
    assert dock.current is not None
    dock.filters.search.setText(ids[-1])
    dock.list_again()
    assert len(dock.model.all_rows()) == 1


def multiply(path, n):
    """Copy findings until there are ``n``; the new ids."""
    with closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(findings)") if row[1] != "fid"]
        rows = connection.execute("SELECT * FROM findings").fetchall()
        made = []
        for number in range(n - len(rows)):
            cells = dict(zip(["fid", *columns], rows[number % len(rows)], strict=True))
            cells |= {"finding_id": f"copy{number:06}", "subject_id": f"X-{number:06}"}
            made.append([cells[name] for name in columns])
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO findings ({names}) VALUES ({marks})", made)
        connection.commit()
    return [row[columns.index("subject_id")] for row in made]
