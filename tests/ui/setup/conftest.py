"""Deliveries with foreign column names, and the wizard on an empty project."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsProject, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication, QEvent

WELLS = """井号,取水用途,现状,井深(米),许可水量(万m³),X坐标,Y坐标,权属单位,备注
W1,农业灌溉,在用,"1,200",1.2,89.3,42.3,张三丰,好
W2,工业,封填,80米,0.07,89.4,42.4,李四光,13812345678
W3,农业灌溉,封,很深,3,89.5,42.5,王五,
"""


@pytest.fixture
def deliveries(tmp_path):
    """A folder with wells as a text file in GB 18030, zones and units with other names of columns."""
    folder = tmp_path / "2026 交付"
    folder.mkdir()
    (folder / "机井.csv").write_bytes(WELLS.encode("gb18030"))
    box = shapely.box(89.0, 42.0, 89.45, 43.0)
    zones = {"编号": ["Z1"], "级别": ["严重"], "geometry": [box]}
    gpd.GeoDataFrame(zones, crs="EPSG:4490").to_file(
        folder / "超采区.gpkg", layer="zones_2025", engine="pyogrio"
    )
    units = {
        "adcode": ["650402"],
        "名称": ["高昌区"],
        "级别": ["县级"],
        "geometry": [shapely.box(88.0, 41.0, 91.0, 44.0)],
    }
    gpd.GeoDataFrame(units, crs="EPSG:4490").to_file(folder / "units.geojson", engine="pyogrio")
    return folder


@pytest.fixture
def empty(qgis_new_project, tmp_path):
    """A session without a case file in an empty project that lies in a folder of its own."""
    from overdraft.ui.session import Session

    QgsSettings().remove("overdraft")
    home = tmp_path / "项目 project"
    home.mkdir()
    QgsProject.instance().setFileName(str(home / "county.qgz"))
    made = Session(QgsProject.instance())
    made.sign_as("王工")
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def wizard(empty, qtbot):
    """``wizard()``: the window on the session; closed at the end."""
    from overdraft.ui.setup.wizard import SetupWizard

    made = []

    def call(session=empty):
        window = SetupWizard(session)
        made.append(window)
        window.show()
        return window

    yield call
    for window in made:
        window.reject()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def settled(qtbot):
    """``settled(window)``: wait until nothing is going on in it."""

    def call(window):
        qtbot.waitUntil(lambda: not window.busy.working, timeout=20_000)
        QgsApplication.processEvents()

    return call


@pytest.fixture
def add_layer():
    """``add_layer(path, name)``: a file as a layer of the project."""

    def call(path: Path, name: str) -> QgsVectorLayer:
        layer = QgsVectorLayer(str(path), name, "ogr")
        assert layer.isValid()
        QgsProject.instance().addMapLayer(layer)
        return layer

    return call


@pytest.fixture
def ready(wizard, deliveries, settled):
    """``ready(page)``: the wizard on a page, every question before it answered."""

    from .test_data import drop

    def call(page, session=None):
        window = wizard() if session is None else wizard(session)
        drop(window.data, *sorted(deliveries.iterdir()))
        settled(window)
        for layer in window.setup.layers.values():
            if layer.role == "zones" and layer.ref is None:
                zones = next(ref for ref in window.data._files if ref.name == "超采区.gpkg")
                window.data.choose("zones", zones)
        settled(window)
        window.setup.layers["wells"].reading.crs = QgsCoordinateReferenceSystem("EPSG:4490")
        window.setup.layers["zones"].put("severity", "级别")
        window.setup.layers["wells"].words = {"status": {"封": "sealed"}}
        for number in range(1, page + 1):
            if number == 3:
                pick_policy(window, settled)
            window.next.click()
            settled(window)
        return window

    return call


def pick_policy(window, settled):
    if window.setup.policy is None:
        window.policy.policy.setCurrentIndex(window.policy.policy.findData("turpan-2021"))
        window.policy.policy.activated.emit(window.policy.policy.currentIndex())
        settled(window)
