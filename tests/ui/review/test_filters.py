"""Filters of the review list: by value, by text, kept under a name and from one day to the next."""

from __future__ import annotations

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt

from overdraft.core.review.listing import Filter
from overdraft.ui.review.filters import FilterBar
from overdraft.ui.review.keeping import keep_last_filter, last_filter

from .conftest import choose


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


def test_a_value_that_was_not_offered_yet_is_asked_for(qgis_app, qtbot):
    bar = FilterBar()
    qtbot.addWidget(bar)
    bar.values_of = lambda name: [("fail", "fail", 3)] if name == "outcome" else []
    dropped, changed = [], []
    bar.dropped.connect(dropped.append)
    bar.changed.connect(lambda: changed.append(bar.wanted))
    bar.set(Filter(outcome="fail"))
    assert (changed, dropped) == ([Filter(outcome="fail")], [])
    bar.set(Filter(outcome="odd", county="650402"))
    assert changed[1:] == [Filter()]
    assert len(dropped) == 1  # one message for both
    assert len(dropped[0]) == 2
