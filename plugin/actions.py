"""What the menu and the toolbar do."""

from __future__ import annotations

from pathlib import Path

from qgis.core import Qgis, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices

from ..core.schema import register_schema, results_schema
from ..processing.casefiles import tables_with_rows
from ..processing.help import FOLDERS
from ..processing.texts import RESOURCES, tr, ui_language

ROOT = RESOURCES.parent
SAMPLE = ROOT / "sample_layers"
SHOWN = ("units", "zones", "irrigation", "networks", "pair_lines", "applications", "wells")
"""Layers of a case file that are added to the map, from the bottom to the top."""

RESULTS = ("pair_lines", "wells")
"""Those of them that hold what a run found."""


def help_page() -> Path:
    """The local help page in the language of QGIS."""
    return RESOURCES / "help" / FOLDERS[ui_language()] / "index.html"


def open_help() -> None:
    """Show the help in the browser; no network is needed."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(help_page())))


def sample_project() -> Path | None:
    """The project of the sample layers in the language of QGIS, if the plugin came with one."""
    language = ui_language()
    wanted = [SAMPLE / f"sample_{language}.qgz", SAMPLE / "sample.qgz", *sorted(SAMPLE.glob("*.qg[sz]"))]
    return next((path for path in wanted if path.is_file()), None)


def open_sample(iface: object) -> None:
    """Open the sample project; QGIS itself asks whether to save what is open."""
    path = sample_project()
    if path is None:
        iface.messageBar().pushMessage(
            tr("Groundwater Zoning"),
            tr(
                "The sample layers are not there: {folder} holds no project. Run make sample in the source folder."
            ).format(folder=SAMPLE),
            level=Qgis.MessageLevel.Warning,
        )
        return
    iface.addProject(str(path))


def add_case_layers(path: Path, project: QgsProject) -> list[QgsVectorLayer]:
    """Add the layers of a case file that have rows to a group of the project, in the style stored in the file.

    Where the project shows layers already, only those that hold results are switched on: the others are there twice.
    """
    group = None
    alone = not project.mapLayers()
    added = []
    filled = tables_with_rows(path) or set()
    for name in SHOWN:
        if name not in filled:
            continue
        layer = QgsVectorLayer(f"{path}|layername={name}", "", "ogr")
        if not layer.isValid():
            continue
        layer.setName(_title(name))
        group = group or project.layerTreeRoot().insertGroup(0, path.stem)
        project.addMapLayer(layer, False)
        node = group.insertLayer(0, layer)
        node.setItemVisibilityChecked(alone or name in RESULTS)
        added.append(layer)
    return added


def _title(table: str) -> str:
    roles = {**results_schema().roles, **register_schema().roles}
    return roles[table].label(ui_language())
