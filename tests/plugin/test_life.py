"""Start and stop: whatever the plugin makes, it takes away again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from qgis import processing
from qgis.core import QgsApplication
from qgis.gui import QgsProcessingAlgorithmDialogBase
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QAction, QMenu, QToolBar

import overdraft
from overdraft.plugin import actions, main
from overdraft.processing import dependencies

from .window import Iface, tidied

ROOT = Path(overdraft.__file__).resolve().parent


RECORD = [
    "overdraftSeal",
    "overdraftApplication",
    "overdraftDecide",
    "overdraftLink",
    "overdraftLand",
    "overdraftObjection",
]
MENU = [
    *("overdraftSetup", "overdraftCase", "overdraftRun"),
    *RECORD,
    *("overdraftReview", "overdraftPair", "overdraftPlan", "overdraftPolicy", "overdraftDashboard"),
    "overdraftExport",
    *("overdraftSample", "overdraftHelp"),
]
NOT_ON_THE_TOOLBAR = {*RECORD[1:], "overdraftSample"}
NEED_A_CASE = {
    *RECORD,
    "overdraftReview",
    "overdraftPair",
    "overdraftPlan",
    "overdraftDashboard",
    "overdraftExport",
}


@pytest.fixture
def iface(qgis_app, qgis_processing, qgis_new_project):
    """In an empty project: one that another test left would bring its case file."""
    made = Iface()
    yield made
    made.window.deleteLater()
    tidied()


@pytest.fixture
def load(iface):
    """``load()``: the plugin, taken away again however the test ends, lest the next tests meet two providers."""
    made = []

    def make(window=iface):
        made.append(overdraft.classFactory(window))
        return made[-1]

    yield make
    for plugin in made:
        plugin.unload()
    tidied()


def traces(iface):
    window = iface.window
    registry = QgsApplication.processingRegistry()
    return {
        "menus": len(window.findChildren(QMenu)),
        "toolbars": len(window.findChildren(QToolBar)),
        "actions": len(window.findChildren(QAction)),
        "vector menu": len(iface.vector.actions()),
        "messages": len(iface.bar.items()),
        "providers": sorted(provider.id() for provider in registry.providers()),
        "algorithms": len([item for item in registry.algorithms() if item.id().startswith("overdraft:")]),
    }


def test_menu_toolbar_and_algorithms_are_there_while_it_lives(iface, load):
    plugin = load()
    before = traces(iface)
    plugin.initGui()
    now = traces(iface)
    assert now["vector menu"] == before["vector menu"] + 1
    assert now["algorithms"] == 28
    names = list(plugin.menu.actions)
    assert names == MENU
    shown = [action.objectName() for action in plugin.toolbar.actions()]
    assert shown == [*(name for name in MENU if name not in NOT_ON_THE_TOOLBAR), ""]  # at the end the badge
    assert all(not action.icon().isNull() for action in plugin.menu.actions.values())
    off = {name for name, action in plugin.menu.actions.items() if not action.isEnabled()}
    assert off == NEED_A_CASE
    assert all("Setup" in plugin.menu.actions[name].toolTip() for name in off)


def test_the_badge_counts_what_waits_and_what_is_decided(load, qtbot, tmp_path):
    import pandas as pd

    from overdraft.core.casefile import CaseContent, CaseRows, create_case, write_case
    from overdraft.core.review import Act, decide

    path = create_case(tmp_path / "case.gpkg", "en")
    rows = [
        {
            "finding_id": f"f{n}",
            "rule": "r",
            "subject_role": "wells",
            "subject_id": f"W{n}",
            "outcome": "fail",
        }
        for n in range(3)
    ]
    findings = pd.DataFrame(rows).assign(policy_id="p", message_key="m", evidence_hash="h", unverified="[]")
    write_case(path, CaseContent(tables={"findings": findings}, language="en"))
    decide(CaseRows(path), ["f1"], Act("accept", "李工"))
    plugin = load()
    plugin.initGui()
    assert plugin.badge.text() == ""
    plugin.windows.session.open_case(path)
    qtbot.waitUntil(lambda: plugin.badge.text() == "open 2 · decided 1", timeout=10_000)
    assert not [name for name, action in plugin.menu.actions.items() if not action.isEnabled()]
    plugin.windows.session.open_case(None)
    assert plugin.badge.text() == ""


def test_twenty_lives_leave_nothing_behind(iface):
    tidied()
    before = traces(iface)
    for _ in range(20):
        plugin = overdraft.classFactory(iface)
        plugin.initGui()
        plugin.unload()
        del plugin
        tidied()
        assert traces(iface) == before


def test_loading_works_without_a_window(load):
    plugin = load(None)
    plugin.initProcessing()
    assert QgsApplication.processingRegistry().algorithmById("overdraft:enforce") is not None
    plugin.unload()
    assert QgsApplication.processingRegistry().algorithmById("overdraft:enforce") is None


def test_unload_without_start_is_no_error(iface):
    overdraft.classFactory(iface).unload()


def test_run_overlay_opens_the_dialog_of_enforce(iface, load, monkeypatch):
    plugin = load()
    plugin.initGui()
    from qgis import processing

    asked = []

    class Signal:
        def connect(self, slot):
            asked.append(slot)

    class Dialog:
        shown = closed = False

        def __init__(self):
            self.algorithmFinished, self.destroyed = Signal(), Signal()

        def show(self):
            self.shown = True

        def close(self):
            self.closed = True

        def deleteLater(self):
            pass

    dialog = Dialog()

    def create(name, parameters):
        asked.append(name)
        return dialog

    monkeypatch.setattr(processing, "createAlgorithmDialog", create)
    plugin.menu.actions["overdraftRun"].trigger()
    assert asked[0] == "overdraft:enforce"
    for name in vars(dialog):
        if isinstance(getattr(dialog, name), Signal):
            assert isinstance(getattr(QgsProcessingAlgorithmDialogBase, name), pyqtSignal), name
    assert dialog.shown
    plugin.unload()
    assert dialog.closed


def test_sample_project_opens_or_says_how_to_get_it(iface, monkeypatch, tmp_path):
    monkeypatch.setattr(actions, "SAMPLE", tmp_path)
    actions.open_sample(iface)
    assert "make sample" in iface.bar.currentItem().text()
    (tmp_path / "sample.qgz").write_bytes(b"")
    actions.open_sample(iface)
    assert iface.opened == [str(tmp_path / "sample.qgz")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_page_is_there_in_both_languages(monkeypatch, language):
    monkeypatch.setattr(actions, "ui_language", lambda: language)
    assert actions.help_page().is_file()


def test_missing_package_is_said_once_and_never_raises(iface, load, monkeypatch):
    monkeypatch.setitem(sys.modules, "geopandas", None)
    plugin = load()
    plugin.initGui()
    assert len(iface.bar.items()) == 1
    assert "geopandas" in iface.bar.currentItem().text()
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("overdraft:classifywells")
    possible, reason = algorithm.canExecute()
    assert not possible
    assert "geopandas 1.0 or newer (layers as tables with geometry)" in reason
    assert "restart QGIS" in reason
    plugin.unload()
    tidied()
    assert len(iface.bar.items()) == 0


def test_old_package_is_missing_and_an_unknown_version_is_not(monkeypatch):
    monkeypatch.setattr(dependencies.metadata, "version", lambda name: "1.8.5")
    assert [item.name for item in dependencies.missing()] == ["shapely", "pyproj", "jinja2"]
    monkeypatch.setattr(dependencies.metadata, "version", lambda name: "0+unknown")
    assert dependencies.missing() == []


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_every_platform_has_a_way_to_get_the_packages(monkeypatch, platform):
    monkeypatch.setattr(dependencies.sys, "platform", platform)
    text = dependencies.how_to_get(list(dependencies.REQUIRED))
    assert "geopandas" in text
    assert "pip" not in text


def test_plugin_loads_without_any_of_the_packages(tmp_path):
    """In an interpreter of its own: none of the heavy packages may be imported at start, nor for a project with a
    case file in it."""
    from qgis.core import QgsProject

    from overdraft.core.casefile import create_case

    project = QgsProject()
    project.setFileName(str(tmp_path / "project.qgs"))
    project.writeEntry("overdraft", "case", str(create_case(tmp_path / "case.gpkg", "en")))
    assert project.write()
    blocked = [item.name for item in dependencies.REQUIRED] + ["pyogrio", "rasterio", "fiona"]
    code = f"""
import sys
sys.path.append({str(Path(processing.__file__).parents[1])!r})
for name in {blocked!r}:
    sys.modules[name] = None
import importlib.util
spec = importlib.util.spec_from_file_location("overdraft", {str(ROOT / "__init__.py")!r},
    submodule_search_locations=[{str(ROOT)!r}])
module = importlib.util.module_from_spec(spec)
sys.modules["overdraft"] = module
spec.loader.exec_module(module)
from qgis.core import QgsApplication, QgsProject
app = QgsApplication([], False)
app.initQgis()
plugin = module.classFactory(None)
plugin.initProcessing()
for name in ("createregister", "classifywells", "replacementledger", "retirementbalance", "enforce"):
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("overdraft:" + name)
    assert algorithm is not None, name
    possible, reason = algorithm.canExecute()
    assert not possible and "geopandas" in reason, (name, reason)
    del algorithm
plugin.unload()
from overdraft.ui.session import Session
session = Session()
assert QgsProject.instance().read({str(tmp_path / "project.qgs")!r})
assert session.path.name == "case.gpkg"
session.close()
print("loaded")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "QT_QPA_PLATFORM": "offscreen", "HOME": "/tmp"},
    )
    assert "loaded" in done.stdout, done.stderr


def test_case_layers_without_a_file_add_nothing(qgis_app, tmp_path):
    from qgis.core import QgsProject

    (tmp_path / "no.gpkg").write_bytes(b"no case")
    assert actions.add_case_layers(tmp_path / "no.gpkg", QgsProject()) == []


def test_finished_run_without_a_file_is_ignored(iface):
    plugin = main.OverdraftPlugin(iface)
    plugin._finished(True, {})
    plugin._finished(False, {"OUTPUT": "nothing.gpkg"})


def test_dialog_opens_with_the_layers_that_are_named_after_a_role(qgis_app, tmp_path):
    from qgis.core import QgsProject, QgsVectorLayer

    from overdraft.plugin.prefill import layers_by_role

    project = QgsProject()

    def add(kind, name):
        layer = QgsVectorLayer(f"{kind}?crs=EPSG:4490" if kind != "None" else kind, name, "memory")
        project.addMapLayer(layer)
        return layer.id()

    wells, zones, events = (
        add("Point", "机井"),
        add("Polygon", "over-extraction ZONES"),
        add("None", "events"),
    )
    add("Point", "units")  # not polygons
    add("Polygon", "irrigation")
    add("Polygon", "灌溉地块")  # two for one role: the person chooses
    add("Point", "something else")
    assert layers_by_role(project, ("wells", "zones", "units", "irrigation", "events")) == {
        "WELLS": wells,
        "ZONES": zones,
        "EVENTS": events,
    }
