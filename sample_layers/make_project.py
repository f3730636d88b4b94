"""Make ``sample.qgz``: the QGIS project of the invented sample layers, styled, grouped, named in both languages.

Run after ``make_sample.py`` (``make sample`` runs both). Paths in the project are relative, so the folder can be moved.
"""

from __future__ import annotations

import argparse
import os
import sys
import tomllib
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsEditorWidgetSetup,
    QgsProject,
    QgsReferencedRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

HERE = Path(__file__).resolve().parent
RESOURCES = HERE.parent / "resources"
TITLE = "虚构示例：吐鲁番式盆地地下水超采治理 · Invented sample: a Turpan-like basin"

TABLES = (
    *("events", "evidence", "pairs", "readings", "meters", "permits", "permit_wells", "screens", "users"),
    *("well_users", "accounts", "account_wells", "indices", "levels", "area_years", "targets", "documents"),
    *("prices", "violations"),
)

# group, expanded, [(layer in the GeoPackage, style, shown at start)], top first
GROUPS = [
    (
        "登记资料 Register",
        True,
        [
            ("applications", "applications", True),
            ("projects", "", False),
            ("wells", "wells_raw", True),
            ("stations", "", False),
            ("sections", "", False),
            ("intakes", "", False),
            ("units", "units", True),
            ("networks", "networks", False),
            ("alternatives", "", False),
            ("protection", "", False),
            ("zones", "zones", True),
            ("irrigation", "irrigation", True),
        ],
    ),
    (
        "底图 Scenery",
        False,
        [("scenery_streams", "scenery_streams", True), ("scenery_areas", "scenery_areas", True)],
    ),
    (
        "表格 Tables",
        False,
        [(name, "", False) for name in TABLES],
    ),
]
SCENERY = {"scenery_streams": "河流 Streams", "scenery_areas": "山区、湖泊 Mountains and lake"}


def build_project(gpkg: Path, target: Path) -> list[str]:
    """Write the project; returns the names of its layers.

    Raises:
        OSError: a layer cannot be opened, or the project cannot be written.
    """
    project = QgsProject.instance()
    project.clear()
    project.setFileName(str(target))
    project.setTitle(TITLE)
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:4539"))
    project.setBackgroundColor(QColor("#fbfaf6"))
    register = tomllib.loads((RESOURCES / "register.toml").read_text(encoding="utf-8"))
    names = []
    for title, expanded, entries in GROUPS:
        group = project.layerTreeRoot().addGroup(title)
        group.setExpanded(expanded)
        for name, style, shown in entries:
            layer = _layer(gpkg, name, style, register)
            project.addMapLayer(layer, False)
            node = group.addLayer(layer)
            node.setItemVisibilityChecked(shown)
            node.setExpanded(False)
            names.append(layer.name())
    city = project.mapLayersByName(_title("units", register))[0].extent()
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(city.buffered(3_000), project.crs()))
    if not project.write(str(target)):
        raise OSError(f"cannot write {target}: {project.error()}")
    project.clear()
    return names


def _title(name: str, register: dict) -> str:
    role = register["roles"].get(name)
    return f"{role['zh']} {role['en']}（虚构 invented）" if role else SCENERY[name]


def _layer(gpkg: Path, name: str, style: str, register: dict) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{gpkg}|layername={name}", _title(name, register), "ogr")
    if not layer.isValid():
        raise OSError(f"no layer {name} in {gpkg}; run make_sample.py first")
    if style:
        told, done = layer.loadNamedStyle(str(RESOURCES / f"styles/{style}.qml"))
        if not done:
            raise OSError(f"style {style}: {told}")
    if name in register["roles"]:
        _dress(layer, name, register)
    return layer


def _dress(layer: QgsVectorLayer, name: str, register: dict) -> None:
    """Labels and value lists of the fields, from the register's schema."""
    roles = register["roles"]
    known = dict(roles[name]["fields"])
    if parent := roles[name].get("inherits"):
        known = {**roles[parent]["fields"], **known}
    for position, field in enumerate(layer.fields()):
        item = known.get(field.name())
        if item is None:
            continue
        layer.setFieldAlias(position, f"{item['zh']} {item['en']}")
        values = register["enums"].get(item.get("enum", ""))
        if values and not item.get("many"):
            listed = [{f"{value['zh']} {value['en']}": token} for token, value in values.items()]
            layer.setEditorWidgetSetup(position, QgsEditorWidgetSetup("ValueMap", {"map": listed}))


def main(argv: list[str] | None = None) -> int:
    """Make the project beside the sample layers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--folder", type=Path, default=HERE, help="where sample.gpkg is (default: beside this script)"
    )
    folder = parser.parse_args(argv).folder.resolve()
    application = QgsApplication([], False)
    application.initQgis()
    try:
        names = build_project(folder / "sample.gpkg", folder / "sample.qgz")
    except OSError as problem:
        print(f"sample project: {problem}", file=sys.stderr)
        return 1
    finally:
        QgsProject.instance().clear()
    print(f"sample: sample.qgz, {len(names)} layers")
    application.exitQgis()
    return 0


if __name__ == "__main__":
    sys.exit(main())
