"""Map and list follow each other."""

from __future__ import annotations

import sqlite3

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import Qt


@pytest.fixture
def canvas(iface):
    made = iface.mapCanvas()
    made.resize(600, 400)
    made.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    made.setExtent(QgsRectangle(80, 35, 100, 50))
    return made


@pytest.fixture
def on_well(canvas, dock):
    """A dock whose current finding is about a well that lies on the map."""
    rows = dock.listing.window(dock.model.all_rows())
    target = next(row for row in rows if row.subject_role == "wells" and row.fid and not row.doubt)
    dock.table.go_to(dock.model.position(target.row))
    return dock


def place(case, fid):
    """Where a well lies, from the index of the file."""
    with sqlite3.connect(case) as connection:
        row = connection.execute("SELECT minx, miny FROM rtree_wells_geom WHERE id = ?", (fid,)).fetchone()
    return row


def test_the_map_zooms_to_the_well_and_adds_its_layer_for_reading_only(on_well, canvas, case):
    on_well._arrived()
    (layer,) = [
        one for one in QgsProject.instance().mapLayers().values() if "layername=wells" in one.source()
    ]
    assert layer.readOnly()
    x, y = place(case, on_well.current.fid)
    assert canvas.center().x() == pytest.approx(x, abs=1e-4)
    assert canvas.center().y() == pytest.approx(y, abs=1e-4)
    assert len(on_well.map.bands) == 1
    on_well._arrived()
    assert sum("layername=wells" in one.source() for one in QgsProject.instance().mapLayers().values()) == 1


def test_off_leaves_the_map_alone_and_z_zooms(on_well, canvas, case, qtbot):
    canvas.setExtent(QgsRectangle(0, 0, 10, 10))
    on_well.map_bar.follow["off"].click()
    assert on_well.session.settings.follow == "off"
    on_well._arrived()
    assert canvas.center().x() == pytest.approx(5)
    qtbot.keyClick(on_well.table, Qt.Key.Key_Z)
    assert canvas.center().x() == pytest.approx(place(case, on_well.current.fid)[0], abs=1e-4)


def test_pan_keeps_the_scale(on_well, canvas, case):
    canvas.setExtent(QgsRectangle(0, 0, 10, 10))
    on_well.map_bar.follow["pan"].click()
    width = canvas.extent().width()
    on_well._arrived()
    assert canvas.extent().width() == pytest.approx(width)
    assert canvas.center().x() == pytest.approx(place(case, on_well.current.fid)[0], abs=1e-4)


def test_only_what_the_map_shows_is_listed(on_well, canvas, case, query):
    x, y = place(case, on_well.current.fid)
    canvas.setExtent(QgsRectangle(x - 0.02, y - 0.02, x + 0.02, y + 0.02))
    shown = canvas.extent()
    on_well.map_bar.in_view.click()
    inside = query(
        "SELECT count(*) FROM findings JOIN wells ON row_id = subject_id AND subject_role = 'wells'"
        " JOIN rtree_wells_geom AS box ON box.id = wells.fid"
        " WHERE box.minx <= ? AND box.maxx >= ? AND box.miny <= ? AND box.maxy >= ?",
        shown.xMaximum(),
        shown.xMinimum(),
        shown.yMaximum(),
        shown.yMinimum(),
    )[0][0]
    rows = on_well.listing.window(on_well.model.all_rows())
    assert sum(row.subject_role == "wells" for row in rows) == inside > 0
    assert {row.subject_role for row in rows} <= {
        "wells",
        "units",
        "zones",
        "irrigation",
        "projects",
        "applications",
    }
    canvas.setExtent(QgsRectangle(10, 10, 11, 11))
    on_well._look_again()
    assert on_well.model.rowCount() == 0
    assert on_well.empty.text()
    on_well.map_bar.in_view.click()
    assert on_well.model.rowCount() > inside


def test_what_is_selected_on_the_map_is_selected_in_the_list(on_well, query):
    layer = on_well.map.layer(on_well.session.path, "wells")
    fids = [
        row[0]
        for row in query("SELECT DISTINCT wells.fid FROM wells JOIN findings ON subject_id = row_id LIMIT 5")
    ]
    layer.selectByIds(fids)
    on_well.map_bar.selected.click()
    n = sum(
        query(
            "SELECT count(*) FROM findings JOIN wells ON row_id = subject_id AND subject_role = 'wells'"
            " WHERE wells.fid = ?",
            fid,
        )[0][0]
        for fid in fids
    )
    assert len(on_well.chosen) == n
    assert {row.fid for row in on_well.listing.window(on_well.chosen)} == set(fids)


def test_a_well_near_an_edge_gets_a_line_to_it(canvas, dock):
    rows = dock.listing.window(dock.model.all_rows())
    target = next(row for row in rows if row.subject_role == "wells" and row.doubt and row.zone_id)
    dock.map.layer(dock.listing.path, "zones")
    dock.map.show(dock.listing.path, target, "off", False)
    assert len(dock.map.bands) == 2
    length = dock.map.bands[1].asGeometry().length()
    assert 0 < length < 0.01  # degrees: less than a kilometre


def test_the_menu_opens_form_and_table_for_reading(on_well, iface, language):
    from overdraft.ui.review.menu import context_menu

    wanted = {
        "en": [
            "Zoom",
            "Flash",
            "Open Feature Form",
            "Select in Attribute Table",
            "Copy Row",
            "Copy Clause Text",
        ],
        "zh": ["缩放至对象", "闪烁", "打开要素表单", "在属性表中选中", "复制行", "复制条款原文"],
    }[language]
    menu = context_menu(on_well)
    actions = [action for action in menu.actions() if action.text()]
    assert [action.text() for action in actions][:6] == wanted
    for action in actions[2:4]:
        action.trigger()
    fid = on_well.current.fid
    assert [(form[1], form[2]) for form in iface.forms] == [(fid, False)]
    assert iface.tables[0].selectedFeatureIds() == [fid]
    actions[5].trigger()
    assert on_well.evidence.copied == 1


def test_the_menu_asks_for_a_slip_and_the_history(on_well, qtbot):
    from overdraft.ui.review.menu import context_menu

    menu = context_menu(on_well)
    *_, history, slip, _ = [action for action in menu.actions() if action.text()]
    with qtbot.waitSignal(on_well.slip_requested) as asked:
        slip.trigger()
    assert asked.args == [on_well.current.finding_id]
    history.trigger()
    assert on_well.evidence.shown == on_well.current.finding_id
    assert on_well.evidence.histories == 1


def test_the_menu_asks_for_an_objection_to_a_well_and_to_nothing_else(on_well, qtbot, language):
    from overdraft.ui.review.menu import context_menu

    *_, action = [action for action in context_menu(on_well).actions() if action.text()]
    assert action.text() == {"en": "Objection…", "zh": "异议…"}[language]
    with qtbot.waitSignal(on_well.objection_requested) as asked:
        action.trigger()
    assert asked.args == [on_well.current.subject_id]
    rows = on_well.listing.window(on_well.model.all_rows())
    other = next(place for place, row in enumerate(rows) if row.subject_role != "wells")
    on_well.table.go_to(other)
    *_, action = [action for action in context_menu(on_well).actions() if action.text()]
    assert not action.isEnabled()


def test_unloading_takes_the_highlight_away_and_closes_the_list(on_well, canvas):
    on_well._arrived()
    assert on_well.map.bands
    on_well.unload()
    assert not on_well.map.bands
    assert on_well.listing is None
    canvas.setExtent(QgsRectangle(0, 0, 1, 1))
    on_well.session.content_changed.emit()
    assert on_well.listing is None
