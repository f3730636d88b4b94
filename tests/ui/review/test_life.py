"""The review dock beside others: empty, closed, deleted, told of what others write, and its marks."""

from __future__ import annotations

import sqlite3

import pytest
from qgis.core import QgsProject
from qgis.PyQt import sip

from overdraft.core.casefile import CaseRows
from overdraft.core.review import Act, decide

from .conftest import shown


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


def test_a_read_project_without_a_case_empties_the_list(dock):
    QgsProject.instance().clear()
    assert dock.model.rowCount() == 0


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


def test_our_mark_goes_when_another_case_is_opened(dock, session, qtbot, query):
    qtbot.waitUntil(lambda: session.store is not None, timeout=60_000)
    dock.watching.arrive(dock.current.finding_id)
    dock.watching.mark()
    qtbot.waitUntil(
        lambda: len(query("SELECT * FROM marks")) == 1 and not dock.watching._working, timeout=20_000
    )
    session.open_case(None)
    qtbot.waitUntil(lambda: query("SELECT * FROM marks") == [], timeout=20_000)
