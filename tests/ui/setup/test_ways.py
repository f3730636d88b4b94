"""Ways through the wizard that are not the straight one: by keyboard, by dropping, on a failing disk."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import geopandas as gpd
import shapely
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLabel, QPushButton

from ..conftest import fill
from ..keys import Hand
from .test_data import LEFT, drop


def test_u16_files_go_where_they_belong_wherever_they_are_dropped(wizard, deliveries, settled):
    from overdraft.core.policy.loader import FOLDER

    own = deliveries / "自备 policy.toml"
    shutil.copy(FOLDER / "toli-2024.toml", own)
    window = wizard()
    drop(window.data.findChild(QLabel), own, deliveries / "机井.csv")
    settled(window)
    assert window.setup.policy.id == "toli-2024"
    assert own.name in window.hint.text()
    assert window.setup.layers["wells"].ref.name == "机井.csv"
    assert not window.data.problem.isVisible()
    window.next.click()
    assert window.pages.currentIndex() == 1
    drop(window.fields.source, deliveries / "units.geojson")  # the tree takes columns, not files
    assert window.pages.currentIndex() == 0
    settled(window)
    assert window.setup.layers["units"].taken


def test_names_cut_short_and_names_that_are_there_twice_wait_for_an_answer(
    language, wizard, settled, tmp_path, qtbot, add_layer
):
    """A shapefile cuts “机井编号” and the like; of two columns that may be meant none is chosen."""
    path = tmp_path / "wells.shp"
    frame = {
        **{
            "commission": ["2020-01-01"],
            "用途_1": ["irrigation"],
            "用途_2": ["industry"],
            "status": ["active"],
        },
        **{"well_id": ["W1"], "geometry": [shapely.Point(89.3, 42.3)]},
    }
    gpd.GeoDataFrame(frame, crs="EPSG:4490").to_file(path, engine="pyogrio", encoding="UTF-8")
    add_layer(path, "wells")
    window = wizard()
    settled(window)
    page = window.fields
    window.next.click()
    layer = page.layer
    assert layer.columns["well_id"] == "well_id"
    told = page.target._items["commissioned_on"].text(3)
    assert (
        told
        == {"en": "◐ Beginning alike, confirm: commission", "zh": "◐ 开头相同，请确认：commission"}[language]
    )
    assert "commissioned_on" not in layer.columns
    assert page.target.columns["commissioned_on"].currentIndex() == 0
    twice = page.target._items["use"].text(3)
    assert "use" not in layer.columns
    assert all(name in twice for name in ("2", "用途_1", "用途_2"))
    assert not window.next.isEnabled()  # the use is needed
    combo = page.target.columns["use"]
    combo.setFocus()
    while combo.currentText() != "用途_2":
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert layer.columns["use"] == "用途_2"
    assert window.next.isEnabled()


def test_a_layer_that_goes_leads_back_to_the_gap(wizard, deliveries, settled, add_layer):
    layer = add_layer(deliveries / "units.geojson", "units")
    window = wizard()
    drop(window, deliveries / "机井.csv")
    settled(window)
    window.next.click()
    assert window.pages.currentIndex() == 1
    QgsProject.instance().removeMapLayer(layer.id())
    assert window.pages.currentIndex() == 0
    assert window.data.rows["units"].status.text().startswith("✗")
    window.next.click()
    assert window.pages.currentIndex() == 1


def test_by_the_keyboard_alone(wizard, deliveries, settled, qtbot, monkeypatch, tmp_path):
    """Tab and the arrows lead through every page; letters press the buttons."""
    from qgis.PyQt.QtWidgets import QFileDialog

    frame = {"well_id": ["W1"], "use": ["irrigation"], "status": ["active"]}
    wells = gpd.GeoDataFrame(frame, geometry=[shapely.Point(89.3, 42.3)], crs="EPSG:4490")
    wells.to_file(deliveries / "wells.geojson", engine="pyogrio")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(deliveries / "wells.geojson")], ""))
    window = wizard()
    hand = Hand(qtbot, window)
    hand.letter("f")
    qtbot.waitUntil(lambda: window.setup.layers["wells"].taken)
    settled(window)
    hand.tab_to("options_wells")
    hand.letter("n")
    qtbot.waitUntil(lambda: window.pages.currentIndex() == 1)
    for name in ("layer", "detect", "clear", "words", "source_columns", "column_well_id", "apply", "export"):
        hand.tab_to(name)
    hand.letter("n")
    qtbot.waitUntil(lambda: window.pages.currentIndex() == 2)
    hand.letter("p")
    assert hand.at.objectName() == "policy"
    while window.policy.policy.currentData() != "turpan-2021":
        hand.key(Qt.Key.Key_Down)
    settled(window)
    for name in ("policy_file", "area_unit", "choose_calendar"):
        hand.tab_to(name)
    hand.letter("n")
    qtbot.waitUntil(lambda: window.pages.currentIndex() == 3)
    settled(window)
    for name in ("findings", "target", "browse", "again", "save_report", "back", "finish"):
        hand.tab_to(name)
    hand.letter("c")
    assert hand.at.objectName() == "target"
    hand.key("a", Qt.KeyboardModifier.ControlModifier)
    hand.type("case.gpkg")  # without a folder: beside the project
    wanted = window.check.path
    assert wanted.parent.name == "项目 project"
    hand.letter("i")
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=20_000)
    with closing(sqlite3.connect(wanted)) as file:
        assert file.execute("SELECT well_id, use FROM wells").fetchall() == [("W1", "irrigation")]


def test_r12_r13_finish_on_a_disk_that_fails(ready, settled, qtbot, empty, small_disk):
    """Said and nothing left behind; every choice stays, and the next name is written."""
    window = ready(3)
    columns = {layer.role: dict(layer.columns) for layer in window.setup.read}
    folder = small_disk(2, "案 a#1?b")
    target = window.check.target
    ballast = fill(folder)
    for trouble in ("full", "read-only"):
        if trouble == "read-only":
            ballast.unlink()
            small_disk.remount("ro")
        target.setText(str(folder / "案卷 #1?.gpkg"))
        qtbot.mouseClick(window.done_button, LEFT)
        settled(window)
        assert window.isVisible()
        assert window.hint.text().startswith("✗")
        assert folder.name in window.hint.text()
        assert {path.name for path in folder.iterdir()} <= {"ballast"}
        assert target.text() == str(folder / "案卷 #1?.gpkg")
        assert {layer.role: layer.columns for layer in window.setup.read} == columns
    target.setText("长" * 300)
    assert not window.done_button.isEnabled()
    assert window.hint.text()
    small_disk.remount("rw")
    small_disk.remount("size=16m")
    target.setText(str(folder / "案卷 #1?.gpkg"))
    qtbot.mouseClick(window.findChild(QPushButton, "finish"), LEFT)
    settled(window)
    assert empty.path == folder / "案卷 #1?.gpkg"
    assert empty.path.is_file()
