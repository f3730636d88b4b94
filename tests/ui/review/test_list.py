"""The list of the review dock: rows, filters, sorts, groups, keys; numbers are asked of the file once more."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from qgis.core import QgsProject, QgsSettings
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QApplication, QLabel, QMenu, QPushButton

from overdraft.core.casefile import CaseRows
from overdraft.core.review import Act, decide
from overdraft.core.review.listing import Filter
from overdraft.ui.review.keeping import keep_last_filter, last_filter

HOSTILE = (
    "<img src=file:///x>",
    "<b>粗</b>",
    '"; DROP TABLE findings; --',
    "${table}",
    "<a href='http://x'>a</a>",
    "井" * 1000,
)


def shown(dock, column):
    """A column of the list as shown, from the top."""
    from overdraft.ui.review.words import COLUMNS

    place = COLUMNS.index(column)
    return [dock.model.index(row, place).data() for row in range(dock.model.rowCount())]


def without_triggers(path, *changes):
    """Change a file as another program would, past the triggers that need its functions."""
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement, values in changes:
            connection.execute(statement, values)
        connection.commit()


def choose(dock, name, value):
    """Choose a value in a combo box of the bar."""
    combo = dock.filters.group if name == "group" else dock.filters.combos[name]
    place = combo.findData(value)
    assert place >= 0
    combo.setCurrentIndex(place)


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


def test_filters_offer_values_with_their_numbers_and_narrow_the_list(dock, language, query):
    ((fails,),) = query("SELECT count(*) FROM findings WHERE outcome = 'fail'")
    combo = dock.filters.combos["outcome"]
    label = {"en": f"✕ Fail ({fails})", "zh": f"✕ 不符合 ({fails})"}[language]
    assert combo.itemText(combo.findData("fail")) == label
    choose(dock, "outcome", "fail")
    assert dock.model.rowCount() == fails
    rule = query("SELECT rule FROM findings WHERE outcome = 'fail' ORDER BY rule LIMIT 1")[0][0]
    choose(dock, "rule", rule)
    ((n,),) = query("SELECT count(*) FROM findings WHERE outcome = 'fail' AND rule = ?", rule)
    assert dock.model.rowCount() == n
    dock.filters.clear_button.click()
    ((n,),) = query("SELECT count(*) FROM findings")
    assert dock.model.rowCount() == n


def test_the_search_finds_ids_and_names(dock, qtbot, query):
    name = query(
        "SELECT name FROM wells JOIN findings ON subject_id = row_id WHERE name <> '' ORDER BY name LIMIT 1"
    )[0][0]
    qtbot.keyClick(dock.table, Qt.Key.Key_F)
    assert dock.filters.search.hasFocus() or not dock.isActiveWindow()
    dock.filters.search.setText(name)
    (n,) = query(
        "SELECT count(*) FROM findings JOIN wells ON row_id = subject_id AND subject_role = 'wells'"
        " WHERE instr(name, ?)",
        name,
    )[0]
    qtbot.waitUntil(lambda: dock.model.rowCount() == n)
    dock.filters.search.setText("%")  # no wildcard
    qtbot.waitUntil(lambda: dock.model.rowCount() == 0)
    assert dock.list_stack.currentWidget() is dock.empty
    assert dock.empty.text()


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


def test_a_filter_is_kept_under_a_name(dock, monkeypatch, query):
    from qgis.PyQt.QtWidgets import QInputDialog

    from overdraft.ui.review.filters import saved_filters

    choose(dock, "outcome", "fail")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("<b>我的 & 筛选", True))
    dock.filters.fill_menu()
    _pick(dock.filters.menu, ("Save This Filter…", "保存当前筛选…"))
    assert set(saved_filters()) == {"<b>我的 & 筛选"}
    dock.filters.clear()
    dock.filters.fill_menu()
    _pick(dock.filters.menu, ("<b>我的 && 筛选",))
    ((n,),) = query("SELECT count(*) FROM findings WHERE outcome = 'fail'")
    assert dock.model.rowCount() == n


def _pick(menu, texts):
    (action,) = [action for action in menu.actions() if action.text() in texts]
    action.trigger()


def test_u10_the_last_filter_of_a_case_is_there_again(make_dock, session, case, query):
    dock = make_dock()
    choose(dock, "outcome", "fail")
    choose(dock, "group", "clause")
    dock.filters.set(Filter(outcome="fail", subject="W"))  # one subject alone is not kept
    dock.unload()
    dock.close()
    dock = make_dock()
    ((n,),) = query("SELECT count(*) FROM findings WHERE outcome = 'fail'")
    assert dock.model.findings == n
    assert (dock.filters.wanted, dock.filters.grouping) == (Filter(outcome="fail"), "clause")
    session.open_case(None)
    session.open_case(case)
    assert dock.listing is None


def test_u10_a_value_that_is_gone_is_not_filtered_by_and_that_is_said(
    make_dock, case, iface, language, query
):
    keep_last_filter(case, Filter(county="no such county", outcome="fail", state="open"), "no such group")
    dock = make_dock()
    ((n,),) = query("SELECT count(*) FROM findings WHERE outcome = 'fail'")
    assert dock.model.rowCount() == n
    assert dock.filters.wanted == Filter(outcome="fail", state="open")
    said = iface.messageBar().currentItem().text()
    assert {"en": "Not filtered by County", "zh": "未按“县"}[language] in said


def test_each_case_has_its_own_last_filter_and_no_end_of_them_is_kept(tmp_path, qgis_app):
    QgsSettings().remove("overdraft")
    for number in range(25):
        keep_last_filter(tmp_path / f"{number}.gpkg", Filter(text=f"<b>{number}"), "rule")
    assert last_filter(tmp_path / "24.gpkg") == (Filter(text="<b>24"), "rule")
    assert last_filter(tmp_path / "5.gpkg") == (Filter(text="<b>5"), "rule")
    assert last_filter(tmp_path / "4.gpkg") == (Filter(), "")
    for damaged in ("{", "[]", '{"x": 3}'):
        QgsSettings().setValue("overdraft/review/last", damaged)
        assert last_filter(tmp_path / "x.gpkg") == (Filter(), "")
    QgsSettings().remove("overdraft")


def test_a_dock_that_qgis_has_deleted_is_unloaded_without_an_error(make_dock):
    dock = make_dock(owned=False)
    listing = dock.listing
    sip.delete(dock)
    assert dock.listing is None
    with pytest.raises(sqlite3.ProgrammingError):
        listing.values("rule")  # closed
    dock.unload()


def test_a_closed_dock_moves_no_map_and_when_shown_again_hears_of_others(make_dock, case, qtbot, query):
    dock = make_dock()
    dock.close()
    dock.map.show = lambda *_: pytest.fail("the map was moved")
    dock.table.go_to(4)
    dock._arrived()
    name = query("SELECT finding_id FROM findings WHERE outcome = 'fail' ORDER BY finding_id LIMIT 1")[0][0]
    decide(CaseRows(case), [name], Act("accept", "别人"))
    dock.map.show = lambda *_: None
    dock.show()
    qtbot.waitUntil(lambda: dock.session.store is not None, timeout=60_000)
    dock.watching.look()
    qtbot.waitUntil(lambda: dock.listing.counts().reviewed == 1, timeout=20_000)
    dock.watching.arrive(dock.current.finding_id)
    dock.watching.mark()
    qtbot.waitUntil(lambda: query("SELECT who FROM marks") == [("审核员甲",)], timeout=20_000)


def test_our_mark_goes_when_another_case_is_opened(dock, session, qtbot, query):
    qtbot.waitUntil(lambda: session.store is not None, timeout=60_000)
    dock.watching.arrive(dock.current.finding_id)
    dock.watching.mark()
    qtbot.waitUntil(
        lambda: len(query("SELECT * FROM marks")) == 1 and not dock.watching._working, timeout=20_000
    )
    session.open_case(None)
    qtbot.waitUntil(lambda: query("SELECT * FROM marks") == [], timeout=20_000)


def test_the_menu_is_about_the_row_clicked_on_even_at_once(dock, monkeypatch):
    seen = []
    monkeypatch.setattr(QMenu, "exec", lambda *_: seen.append(dock.evidence.shown))
    dock.table.go_to(7)
    dock._menu(QPoint(1, 1))
    assert seen == [dock.current.finding_id]


def test_s10_numbers_of_persons_are_masked_in_list_panel_slip_and_history(
    session, case, iface, dialogs, qtbot, tmp_path, query
):
    """Telephone and identity number stand where they do not belong: in a name, a village and a message."""
    from qgis.core import QgsApplication

    from overdraft.ui.review.dock import ReviewDock
    from overdraft.ui.review.menu import copy_rows

    phone, identity = "13812345678", "11010519491231002X"  # the identity number that GB 11643 itself gives
    ((well,),) = query(
        "SELECT subject_id FROM findings WHERE rule = 'placement.doubt' ORDER BY subject_id LIMIT 1"
    )
    without_triggers(
        case,
        ("UPDATE wells SET name = ?, village = ? WHERE row_id = ?", (f"李四 {phone}", identity, well)),
        ("UPDATE findings SET evidence = ? WHERE subject_id = ?", (f'{{"note":"{phone} {identity}"}}', well)),
    )
    logged = []
    QgsApplication.messageLog().messageReceived.connect(lambda *parts: logged.append(str(parts)))
    dock = ReviewDock(session, iface, dialogs=dialogs)
    qtbot.addWidget(dock)
    dock.show()
    qtbot.waitUntil(lambda: dock.listing is not None and session.store is not None, timeout=60_000)
    dock.filters.set(Filter(subject=well))
    dock._arrived()
    told = [dock.evidence.page.toPlainText(), *shown(dock, "name"), *shown(dock, "place")]
    dock.table.selectAll()
    copy_rows(dock)
    told.append(QApplication.clipboard().text())
    dock.table.go_to(0)
    dock.do("override")
    assert query("SELECT count(*) FROM decisions") == [(1,)]
    dock.evidence.save_slip(tmp_path / "slip.html")
    told.append((tmp_path / "slip.html").read_text(encoding="utf-8"))
    told += [str(row) for row in query("SELECT * FROM history")]
    told += [path.name for path in tmp_path.rglob("*")] + logged
    dock.unload()
    assert "138****5678" in "".join(told)
    assert not [text for text in told if phone in text or identity in text]


def test_without_a_case_the_dock_says_what_to_do(dock, session, language):
    session.open_case(None)
    assert dock.model.rowCount() == 0
    assert dock.list_stack.currentWidget() is dock.empty
    assert {"en": "Open a case file", "zh": "打开或新建案卷"}[language] in dock.empty.text()
    assert not dock.actions_bar.buttons["accept"].isEnabled()
    assert dock.evidence.shown is None or dock.current is None


def test_an_empty_case_says_what_to_do(make_dock, session, tmp_path, qtbot, language):
    from overdraft.core.casefile import create_case

    session.open_case(create_case(tmp_path / "新 案.gpkg", "zh"))
    dock = make_dock()
    assert {"en": "no findings yet", "zh": "尚无核查结论"}[language] in dock.empty.text()


def test_a_file_that_is_no_case_is_refused_with_words(make_dock, session, tmp_path, qtbot, iface):
    path = tmp_path / "x.gpkg"
    path.write_bytes(b"nothing")
    session.open_case(path)
    dock = make_dock(wait=False)
    qtbot.waitUntil(lambda: len(iface.messageBar().items()) > 0, timeout=20_000)
    assert dock.list_stack.currentWidget() is dock.empty


def test_hostile_names_are_shown_literally(make_dock, case, query):
    wells = query(
        "SELECT DISTINCT row_id FROM wells JOIN findings ON subject_id = row_id ORDER BY row_id LIMIT 6"
    )
    without_triggers(
        case,
        *(
            ("UPDATE wells SET name = ?, village = ? WHERE row_id = ?", (name, name, row_id))
            for (row_id,), name in zip(wells, HOSTILE, strict=True)
        ),
        ("UPDATE units SET name = ? WHERE level = 'county'", (HOSTILE[0],)),
    )
    dock = make_dock()
    assert set(HOSTILE) <= set(shown(dock, "name"))
    choose(dock, "group", "county")
    assert any(HOSTILE[0] in (dock.model.index(int(at), 0).data() or "") for at in dock.model.headers())
    choose(dock, "group", "")
    for name in HOSTILE:
        dock.filters.search.setText(name)
        dock.list_again()
        assert dock.model.rowCount() >= 1
        assert set(shown(dock, "name")) == {name}
    assert query("SELECT count(*) FROM findings")[0][0] > 400


def test_no_label_is_clipped(dock, language):
    for widget in (*dock.findChildren(QLabel), *dock.findChildren(QPushButton)):
        if widget.isVisible() and not (isinstance(widget, QLabel) and widget.wordWrap()):
            assert widget.sizeHint().width() <= widget.width() + 1, widget.text()


def test_every_field_and_button_has_a_tip(dock):
    from qgis.PyQt.QtWidgets import QAbstractButton, QComboBox

    widgets = [*dock.filters.findChildren(QComboBox), *dock.findChildren(QPushButton)]
    widgets += dock.map_bar.findChildren(QAbstractButton)
    assert all(widget.toolTip() and widget.objectName() for widget in widgets)


def test_what_others_write_is_listed(dock, case, qtbot, query):
    name = query("SELECT finding_id FROM findings WHERE outcome = 'fail' ORDER BY finding_id LIMIT 1")[0][0]
    decide(CaseRows(case), [name], Act("accept", "别人"))
    CaseRows(case).mark(name, "别人", "b")
    dock.watching.look()
    qtbot.waitUntil(lambda: dock.listing.counts().reviewed == 1, timeout=20_000)
    row = dock.model.position(dock.listing.row_of(name))
    assert shown(dock, "working")[row] == "别人"
    assert shown(dock, "decided_by")[row] == "别人"


def test_the_current_finding_is_marked(dock, qtbot, query):
    qtbot.waitUntil(lambda: dock.session.store is not None, timeout=60_000)
    dock.table.go_to(3)
    dock.watching.arrive(dock.current.finding_id)
    dock.watching.mark()
    wanted = [(dock.current.finding_id, "审核员甲")]
    qtbot.waitUntil(lambda: query("SELECT subject, who FROM marks") == wanted, timeout=20_000)
    qtbot.waitUntil(lambda: not dock.watching._working)
    dock.watching.leave()
    qtbot.waitUntil(lambda: query("SELECT subject, who FROM marks") == [], timeout=20_000)


def test_a_read_project_without_a_case_empties_the_list(dock):
    QgsProject.instance().clear()
    assert dock.model.rowCount() == 0


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


def test_the_headings_fit_what_stands_below_them(dock, language):
    """Subjects are counties and zones too, not wells alone; a place is a township and a village."""
    from overdraft.ui.review.words import COLUMNS, SIGNS, state_text

    headings = dict(zip(COLUMNS, dock.model.headings, strict=True))
    assert headings["name"] == {"en": "Name", "zh": "名称"}[language]
    assert headings["place"] == {"en": "Township / Village", "zh": "乡镇 / 村"}[language]
    header, texts = dock.table.horizontalHeader(), dock.table.fontMetrics()
    for name in ("state", "subject_id", "name", "place", "outcome"):
        assert header.sectionSize(COLUMNS.index(name)) > texts.horizontalAdvance(headings[name]), name
    widest = max(texts.horizontalAdvance(state_text(state)) for state in SIGNS)
    assert header.sectionSize(COLUMNS.index("state")) > widest
