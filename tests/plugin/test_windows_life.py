"""R28: every window opened on a case, the plugin taken away, again and again: nothing stays, nothing crashes."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from qgis.core import QgsApplication, QgsProject, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import (
    QAction,
    QApplication,
    QDialog,
    QDockWidget,
    QFileDialog,
    QMenu,
    QMessageBox,
    QToolBar,
)
from shapely.geometry import Point, box

import overdraft
from overdraft.plugin import loading

from .window import Iface, tidied

NO_WINDOW = ("overdraftCase", "overdraftRun", "overdraftSample", "overdraftHelp")
"""Actions that ask for a file, belong to QGIS or open a browser."""


@pytest.fixture
def iface(qgis_app, qgis_processing, qgis_new_project, monkeypatch):
    for name in ("exec", "exec_", "question", "warning"):
        monkeypatch.setattr(QMessageBox, name, lambda *_: pytest.fail("a question stops the unloading"))
    QgsSettings().remove("overdraft")
    made = Iface()
    made.window.show()
    yield made
    QgsProject.instance().clear()
    made.window.deleteLater()
    settle()
    QgsSettings().remove("overdraft")


@pytest.fixture
def raised(monkeypatch):
    """Errors in slots, which Qt only reports to the hook."""
    found = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: found.append(error))
    return found


@pytest.fixture(scope="module")
def made_case(tmp_path_factory):
    """Three wells in a zone, land, a target and a finding on each well."""
    from overdraft.core.casefile import CaseContent, write_case

    names = ("W1", "W2", "W3")
    wells = [
        {
            **{"well_id": name, "name": name, "use": "irrigation", "status": "active", "permit_no": f"P{n}"},
            "geometry": Point(89.21 + n / 100, 42.9),
        }
        for n, name in enumerate(names)
    ]
    zone = {"zone_id": "Z1", "severity": "severe", "geometry": box(89.1, 42.8, 89.5, 43.0)}
    unit = {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(89, 42, 90, 43.5)}
    land = {"area_id": "L1", "status": "irrigated", "area_mu": 100.0}
    land["geometry"] = box(89.2, 42.8, 89.21, 42.81)
    frames = {"wells": wells, "zones": [zone], "units": [unit], "irrigation": [land]}
    tables = {name: gpd.GeoDataFrame(rows, crs="EPSG:4490") for name, rows in frames.items()}
    findings = [
        {"finding_id": f"f{n}", "rule": "meters.installed", "subject_id": name, "outcome": "fail"}
        for n, name in enumerate(names)
    ]
    tables["findings"] = pd.DataFrame(findings).assign(
        policy_id="turpan-2021",
        subject_role="wells",
        unit_id="650402",
        message_key="meters.none",
        evidence_hash="h",
        unverified="[]",
    )
    path = tmp_path_factory.mktemp("life") / "case.gpkg"
    write_case(path, CaseContent(tables=tables, language="en"))
    return path


@pytest.fixture
def case(made_case, tmp_path):
    path = tmp_path / "案 case.gpkg"
    path.write_bytes(made_case.read_bytes())
    return path


def settle(qtbot=None):
    """Wait for what is under way; nothing that is to be deleted stays."""
    if qtbot is not None:
        qtbot.waitUntil(lambda: not QgsApplication.taskManager().activeTasks(), timeout=30_000)
    tidied()


def traces(iface, folder):
    window, project, canvas = iface.window, QgsProject.instance(), iface.canvas
    kinds = {"docks": QDockWidget, "dialogs": QDialog, "actions": QAction, "menus": QMenu, "bars": QToolBar}
    return {
        **{name: len(window.findChildren(kind)) for name, kind in kinds.items()},
        "windows": len([one for one in QApplication.topLevelWidgets() if one is not window]),
        "messages": len(iface.bar.items()),
        "highlights": len(canvas.scene().items()),
        "tool": canvas.mapTool(),
        "tasks": QgsApplication.taskManager().count(),
        "threads": sorted(one.name for one in threading.enumerate() if one.is_alive()),
        "project": [
            project.receivers(signal)
            for signal in (project.readProject, project.cleared, project.layersAdded, project.layersRemoved)
        ],
        "canvas": [
            canvas.receivers(signal)
            for signal in (canvas.extentsChanged, canvas.mapToolSet, canvas.selectionChanged)
        ],
        "files": sorted(one.name for one in Path(tempfile.gettempdir()).glob("*overdraft*")),
        "beside": sorted(one.name for one in folder.iterdir() if not one.name.endswith(".backups")),
    }


def live(iface, case, qtbot, wait):
    """One life: every window opened on the case; taken away at once, or when all has been read."""
    plugin = overdraft.classFactory(iface)
    plugin.initGui()
    plugin.windows.session.open_case(case)
    for name, action in plugin.menu.actions.items():
        if name not in NO_WINDOW:
            action.trigger()
    shown = set(plugin.windows._dialogs) | set(plugin.windows._docks)
    if wait:
        review = plugin.windows._docks["review"]
        qtbot.waitUntil(lambda: review.listing is not None and not review._unoffered, timeout=30_000)
        assert review.model.rowCount() == 3
        settle(qtbot)
    plugin.unload()
    return shown


@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.long)])
def test_r28_lives_with_every_window_leave_nothing_behind(iface, case, qtbot, raised, times):
    shown = live(iface, case, qtbot, True)  # the first loads what Python and QGIS keep for good
    assert shown == {
        *("setup", "policy", "retirement", "pairing", "review", "dashboard", "export"),
        *("SealForm", "ApplicationForm", "DecideForm", "LinkForm", "LandForm", "ObjectionForm"),
    }
    iface.bar.clearWidgets()
    settle(qtbot)
    before = traces(iface, case.parent)
    assert before["docks"] == before["dialogs"] == before["bars"] == 0
    for number in range(times):
        live(iface, case, qtbot, wait=number % 2 == 0)
        iface.bar.clearWidgets()
        settle(qtbot)
        assert traces(iface, case.parent) == before
    assert raised == []


def test_r28_closing_the_project_or_removing_layers_while_it_works_is_no_error(iface, case, qtbot, raised):
    plugin = overdraft.classFactory(iface)
    plugin.initGui()
    for end in (lambda: QgsProject.instance().clear(), lambda: QgsProject.instance().removeAllMapLayers()):
        plugin.windows.show_case(case)
        for name, action in plugin.menu.actions.items():
            if name not in NO_WINDOW:
                action.trigger()
        QCoreApplication.processEvents()  # work is under way now
        end()
        settle(qtbot)
    plugin.windows.session.open_case(None)
    settle(qtbot)
    assert plugin.windows._docks["review"].model.rowCount() == 0
    plugin.unload()
    settle(qtbot)
    assert raised == []


def test_docks_that_qgis_deletes_first_are_forgotten_and_can_be_opened_again(iface, case, qtbot, raised):
    plugin = overdraft.classFactory(iface)
    plugin.initGui()
    plugin.windows.session.open_case(case)
    for wait in (True, False):
        plugin.windows.review()
        plugin.windows.dashboard()
        docks = list(plugin.windows._docks.values())
        if wait:
            qtbot.waitUntil(lambda dock=docks[0]: dock.listing is not None, timeout=30_000)
        for dock in docks:
            dock.deleteLater()
        settle(qtbot)
        assert plugin.windows._docks == {}
        assert docks[0].listing is None
        plugin.windows.session.content_changed.emit()
        settle(qtbot)
    plugin.windows.review()
    plugin.windows._docks["review"].deleteLater()
    plugin.unload()
    settle(qtbot)
    assert raised == []


def test_u10_a_dock_comes_back_where_it_stood(iface, case, qtbot, raised):
    plugin = overdraft.classFactory(iface)
    plugin.initGui()
    plugin.windows.session.open_case(case)
    plugin.windows.review()
    dock = plugin.windows._docks["review"]
    assert iface.window.dockWidgetArea(dock) == Qt.DockWidgetArea.BottomDockWidgetArea
    iface.window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    kept = iface.window.saveState()
    plugin.unload()
    settle(qtbot)
    iface.window.restoreState(kept)  # as QGIS does when it starts
    again = overdraft.classFactory(iface)
    again.initGui()
    again.windows.session.open_case(case)
    again.windows.review()
    assert iface.window.dockWidgetArea(again.windows._docks["review"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    again.unload()
    settle(qtbot)
    assert raised == []


def test_a_bar_of_the_dashboard_filters_a_review_list_that_is_still_being_read(iface, case, qtbot):
    plugin = overdraft.classFactory(iface)
    plugin.initGui()
    plugin.windows.session.open_case(case)
    plugin.windows.dashboard()
    plugin.windows._docks["dashboard"].filter_requested.emit({"outcome": "fail"})
    review = plugin.windows._docks["review"]
    qtbot.waitUntil(lambda: review.listing is not None and not review._unoffered, timeout=30_000)
    assert review.filters.wanted.outcome == "fail"
    plugin.unload()
    settle(qtbot)


@pytest.fixture
def plugin(iface):
    """The plugin, started; taken away however the test ends."""
    made = overdraft.classFactory(iface)
    made.initGui()
    yield made
    made.unload()


def test_the_form_of_objections_begins_with_the_well_in_sight(plugin, case, qtbot):
    windows = plugin.windows
    windows.session.open_case(case)
    plugin.menu.actions["overdraftObjection"].trigger()
    form = windows._dialogs["ObjectionForm"]
    assert form.well.id() == ""  # nothing is in sight
    layer = QgsVectorLayer(f"{case}|layername=wells", "wells", "ogr")
    QgsProject.instance().addMapLayer(layer)
    layer.selectByIds([feature.id() for feature in layer.getFeatures() if feature["well_id"] == "W3"])
    windows.object_to()
    assert form.well.id() == "W3"
    form.well.set_id("")
    layer.selectAll()
    windows.object_to()
    assert form.well.id() == ""  # several: nobody knows which
    windows.review()
    review = windows._docks["review"]
    qtbot.waitUntil(lambda: review.listing is not None and not review._unoffered, timeout=30_000)
    review.table.go_to(1)
    windows.object_to()
    assert form.well.id() == review.current.subject_id == "W2"
    review.table.go_to(0)
    windows.object_to()
    assert form.well.id() == "W2"  # somebody is at it already
    review.objection_requested.emit("W1")
    assert form.well.id() == "W1"
    settle(qtbot)


def test_a_case_that_another_program_writes_is_opened_once_it_is_free(plugin, case, qtbot, monkeypatch):
    """The window goes on meanwhile."""
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(case), ""))
    session = plugin.windows.session
    with closing(sqlite3.connect(case, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        plugin.menu.actions["overdraftCase"].trigger()
        assert session.path is None
        other.execute("ROLLBACK")
    qtbot.waitUntil(lambda: session.path == case, timeout=30_000)
    assert session.settings.last_folder == str(case.parent)
    names = {layer.source() for layer in QgsProject.instance().mapLayers().values()}
    assert f"{case}|layername=wells" in names
    count = len(names)
    plugin.windows.show_case(case)  # its layers are there already
    assert len(QgsProject.instance().mapLayers()) == count
    settle(qtbot)


def test_a_file_that_is_no_case_is_refused_and_the_open_one_stays(
    plugin, iface, case, qtbot, monkeypatch, tmp_path
):
    plugin.windows.session.open_case(case)
    settle(qtbot)
    other = tmp_path / "<b>no case.gpkg"
    other.write_text("no database")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(other), ""))
    plugin.windows.choose_case()
    qtbot.waitUntil(lambda: len(iface.bar.items()) == 1, timeout=30_000)
    assert "&lt;b&gt;no case.gpkg" in iface.bar.currentItem().text()
    assert plugin.windows.session.path == case
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    plugin.windows.choose_case()
    assert plugin.windows.session.path == case


def test_u13_the_first_window_waits_for_its_packages_in_the_background(plugin, qtbot, monkeypatch):
    name = "overdraft.core.casefile"
    loaded = sys.modules[name]
    monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(loading, "_load", lambda _: sys.modules.update({name: loaded}))
    plugin.menu.actions["overdraftPolicy"].trigger()
    assert plugin.windows._dialogs == {}
    qtbot.waitUntil(lambda: "policy" in plugin.windows._dialogs, timeout=30_000)
    plugin.windows._dialogs["policy"].close()
    settle(qtbot)
    plugin.menu.actions["overdraftPolicy"].trigger()  # now at once
    assert "policy" in plugin.windows._dialogs


def test_a_window_whose_packages_are_missing_says_how_to_get_them(plugin, iface, qtbot, monkeypatch):
    monkeypatch.delitem(sys.modules, "overdraft.core.casefile")
    monkeypatch.setattr(loading.dependencies, "missing", lambda: [loading.dependencies.REQUIRED[2]])

    def missing(_):
        raise ModuleNotFoundError("No module named 'geopandas'")

    monkeypatch.setattr(loading, "_load", missing)
    iface.bar.clearWidgets()
    plugin.menu.actions["overdraftPolicy"].trigger()
    qtbot.waitUntil(lambda: len(iface.bar.items()) == 1, timeout=30_000)
    assert "geopandas" in iface.bar.currentItem().text()
    assert plugin.windows._dialogs == {}
