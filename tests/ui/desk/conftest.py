"""A small county, a session on it, and forms that are closed after the test."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import geopandas as gpd
import pytest
from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import Qt
from shapely.geometry import Point, box

TODAY = date(2026, 3, 31)


@pytest.fixture(scope="session")
def county(tmp_path_factory):
    """Four wells in use in a severe zone of 高昌区, one of them with a hostile name, and one area of 100 mu."""
    from overdraft.core.casefile import CaseContent, write_case

    names = ["W1", "W2", "W3", "<img src=file:///x>"]
    wells = [
        {
            **{"well_id": name, "name": f"{name}号井", "use": "irrigation", "status": "active"},
            **{"permit_no": f"P{n}", "village": "<b>瓜园村</b>", "geometry": Point(89.21 + n / 100, 42.9)},
        }
        for n, name in enumerate(names)
    ]
    zone = {"zone_id": "Z1", "severity": "severe", "geometry": box(89.1, 42.8, 89.5, 43.0)}
    unit = {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(89, 42, 90, 43.5)}
    land = {
        "area_id": "L1",
        "status": "irrigated",
        "area_mu": 100.0,
        "geometry": box(89.2, 42.8, 89.21, 42.81),
    }
    tables = {"wells": wells, "zones": [zone], "units": [unit], "irrigation": [land]}
    frames = {name: gpd.GeoDataFrame(rows, crs="EPSG:4490") for name, rows in tables.items()}
    path = tmp_path_factory.mktemp("county") / "case.gpkg"
    write_case(path, CaseContent(tables=frames, language="zh"))
    return path


@pytest.fixture
def case(county, tmp_path):
    path = tmp_path / "案 case.gpkg"
    path.write_bytes(county.read_bytes())
    (tmp_path / "照片.jpg").write_bytes(b"photo")
    return path


@pytest.fixture
def session(qgis_new_project, case):
    from overdraft.ui.session import Session

    QgsSettings().remove("overdraft")
    made = Session(QgsProject.instance())
    made.open_case(case)
    made.sign_as("审核员甲")
    yield made
    made.close()


@pytest.fixture
def show(qtbot, session):
    """``show(Form)``: the form on the case, with the policy of Turpan, on the day of the tests."""

    def make(kind, policy="turpan-2021", **given):
        form = kind(session, today=TODAY, **given)
        qtbot.addWidget(form)
        form.show()
        if policy:
            form.policy_box.setCurrentIndex(form.policy_box.findData(policy))
        idle(qtbot, form)
        return form

    return make


def idle(qtbot, form):
    """Wait until the form has done its background work."""

    def rests():
        looking = getattr(form, "_looking", None)
        return form.work is None and looking is None

    qtbot.waitUntil(rests, timeout=60_000)


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def press(qtbot, form, button=None):
    qtbot.mouseClick(button or form.record_button, Qt.MouseButton.LeftButton)
    idle(qtbot, form)


def seal(qtbot, form, well, photo=None):
    form.well.edit.clear()
    qtbot.keyClicks(form.well.edit, well)
    if photo:
        form.evidence.add_file("photo", photo)
    press(qtbot, form)
