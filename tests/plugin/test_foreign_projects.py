"""R29: whatever a project of other people holds, opening it with the plugin loaded raises nothing of ours."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

import pytest
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

import overdraft
from overdraft.plugin.prefill import layers_by_role
from overdraft.processing.enforcement.enforce import Enforce

from .test_life import iface  # noqa: F401 - the window of QGIS
from .window import tidied


def kept_cases(folder):
    """What may stand in a project in the place of the path of a case file."""
    (folder / "words.gpkg").write_text("no database")
    (folder / "empty.gpkg").write_bytes(b"")
    with closing(sqlite3.connect(folder / "other.gpkg")) as connection:
        connection.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
    with closing(sqlite3.connect(folder / "odd.gpkg")) as connection:
        connection.execute("CREATE TABLE gpkg_contents (something TEXT)")
    (folder / "loop.gpkg").symlink_to(folder / "loop.gpkg")
    names = ("words.gpkg", "empty.gpkg", "other.gpkg", "odd.gpkg", "loop.gpkg", "none.gpkg", "")
    return [
        *(os.fspath(folder / name) for name in names),
        *(
            "x" * 5000,
            "/" + "x" * 300 + "/case.gpkg",
            "a\x00b",
            "//server/share/case.gpkg",
            "http://[",
            "%s${x}",
        ),
        *("postgres://host/db", "C:\\case.gpkg", 7, True, ["a", "b"]),
    ]


def layers(folder):
    """Layers of every kind that can be wrong, named like ours."""
    sources = [
        (os.fspath(folder / "none.gpkg|layername=wells"), "ogr"),
        (os.fspath(folder / "words.gpkg"), "ogr"),
        ("x" * 5000 + ".gpkg", "ogr"),
        (f"file://{folder}/none.csv?delimiter=,", "delimitedtext"),
        ('dbname=\'none\' host=127.0.0.1 port=1 table="public"."wells"', "postgres"),
        ("nothing", "no provider"),
        ("Point", "memory"),
        ("None?field=well_id:string", "memory"),
        ("Polygon?crs=EPSG:4490", "memory"),
    ]
    for name in ("wells", '<b>"; DROP TABLE wells; --'):
        for source, provider in sources:
            yield QgsVectorLayer(source, name, provider)


@pytest.fixture
def project(qgis_app):
    """The project of QGIS; empty again afterwards."""
    yield QgsProject.instance()
    QgsProject.instance().clear()


def saved(path, case=None, added=()):
    """A project file of somebody else."""
    made = QgsProject()
    if case is not None:
        made.writeEntry("overdraft", "case", case)
    made.addMapLayers(list(added))
    made.write(os.fspath(path))
    return os.fspath(path)


def test_r29_foreign_projects_raise_nothing(iface, project, qtbot, tmp_path):  # noqa: F811
    files = [saved(tmp_path / f"{number}.qgs", case) for number, case in enumerate(kept_cases(tmp_path))]
    files.append(saved(tmp_path / "layers.qgs", added=layers(tmp_path)))
    (tmp_path / "broken.qgs").write_text("<qgis><proper")
    with qtbot.capture_exceptions() as raised:
        plugin = overdraft.classFactory(iface)
        plugin.initGui()
        for path in [*files, os.fspath(tmp_path / "broken.qgs")]:
            project.read(path)
            QCoreApplication.processEvents()
            assert plugin.windows.session.path is None, path
            chosen = layers_by_role(project, Enforce.ROLES)
            assert set(chosen) <= {"WELLS", "ZONES"}
        project.clear()
        plugin.unload()
        plugin = overdraft.classFactory(iface)
        project.read(files[-1])  # the project is open before the plugin is
        plugin.initGui()
        plugin.unload()
        tidied()
    assert raised == []
