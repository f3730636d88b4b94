"""The map follows the list and the list the map: the subject's layer, highlight, zoom, flash, what is in view."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsExpression,
    QgsFeatureRequest,
    QgsGeometry,
    QgsProject,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.gui import QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QGuiApplication, QPalette

from ...core.review.listing import Box
from ...core.schema import register_schema
from ...processing.texts import ui_language

FOLLOW = ("zoom", "pan", "off")
PLACES = (
    "wells",
    "irrigation",
    "units",
    "zones",
    "networks",
    "protection",
    "sections",
    "stations",
    "projects",
    "applications",
    "intakes",
)
"""Roles of the register on which findings lie on the map."""

_WIDTH, _SIZE = 3, 16


class MapSync:
    """Shows the current finding on a map canvas. It only looks: the layers it adds cannot be edited."""

    def __init__(self, canvas: Any, project: QgsProject | None = None) -> None:
        self.canvas = canvas
        self._project = project or QgsProject.instance()
        self.bands: list[QgsRubberBand] = []
        self._systems: dict[str, QgsCoordinateReferenceSystem] = {}

    def find(self, path: Path, role: str) -> QgsVectorLayer | None:
        """The layer of a role of the case among the layers of the project."""
        for layer in self._project.mapLayers().values():
            if isinstance(layer, QgsVectorLayer) and layer.isValid() and layer.providerType() == "ogr":
                parts = QgsProviderRegistry.instance().decodeUri("ogr", layer.source())
                if (
                    parts.get("layerName") == role
                    and Path(parts.get("path") or "").absolute() == path.absolute()
                ):
                    return layer
        return None

    def layer(self, path: Path, role: str) -> QgsVectorLayer | None:
        """That layer; added to the project, read-only and in the style of the file, where it is not there yet."""
        found = self.find(path, role)
        if found is not None or role not in PLACES:
            return found
        title = register_schema().roles[role].label(ui_language())
        made = QgsVectorLayer(f"{path}|layername={role}", title, "ogr")
        if not made.isValid():
            return None
        made.setName(title)
        made.setReadOnly(True)
        self._project.addMapLayer(made)
        return made

    def show(self, path: Path, row: SimpleNamespace | None, follow: str, flash: bool) -> None:
        """Highlight the subject of a finding; zoom or pan to it and flash it as wished. None clears the map."""
        known = row is not None and row.fid is not None
        layer = self.layer(path, row.subject_role) if known else None
        feature = layer.getFeature(row.fid) if layer is not None else None
        self.clear()  # only now: while a layer is added QGIS handles events, and the next finding may be shown
        if feature is None or not feature.hasGeometry():
            return
        self._band(feature.geometry(), layer)
        if row.doubt and row.subject_role == "wells" and row.zone_id:
            self._line_to_edge(path, feature.geometry(), layer, row.zone_id)
        if follow == "zoom":
            self.canvas.zoomToFeatureIds(layer, [row.fid])
        elif follow == "pan":
            self.canvas.panToFeatureIds(layer, [row.fid])
        if flash:
            self.canvas.flashFeatureIds(layer, [row.fid])

    def _band(self, geometry: QgsGeometry, layer: QgsVectorLayer) -> QgsRubberBand:
        band = QgsRubberBand(self.canvas, geometry.type())
        color = QGuiApplication.palette().color(QPalette.ColorRole.Highlight)
        band.setStrokeColor(color)
        band.setFillColor(QColor(color.red(), color.green(), color.blue(), 60))
        band.setWidth(_WIDTH)
        band.setIcon(QgsRubberBand.IconType.ICON_CIRCLE)
        band.setIconSize(_SIZE)
        band.setToGeometry(geometry, layer)
        self.bands.append(band)
        return band

    def _line_to_edge(self, path: Path, place: QgsGeometry, layer: QgsVectorLayer, zone: str) -> None:
        """From a well near the edge of its zone to the nearest point of that edge."""
        zones = self.find(path, "zones")
        if zones is None:
            return
        moved = QgsGeometry(place)
        try:
            moved.transform(QgsCoordinateTransform(layer.crs(), zones.crs(), self._project))
        except QgsCsException:
            return
        field = zones.fields().lookupField("zone_id")
        request = QgsFeatureRequest().setFilterExpression(
            QgsExpression.createFieldEqualityExpression("zone_id", zone)
        )
        lines = []
        for feature in zones.getFeatures(request) if field >= 0 else ():
            edge = feature.geometry().convertToType(QgsWkbTypes.GeometryType.LineGeometry, True)
            if not edge.isNull():
                lines.append(edge.shortestLine(moved))
        if lines:
            band = self._band(min(lines, key=lambda line: line.length()), zones)
            band.setLineStyle(Qt.PenStyle.DashLine)

    def clear(self) -> None:
        """Take the highlight off the map."""
        if not sip.isdeleted(self.canvas):
            for band in self.bands:
                self.canvas.scene().removeItem(band)
        self.bands = []

    def forget(self) -> None:
        """Another case, or another state of it, is listed now."""
        self._systems = {}

    def boxes(self, path: Path) -> dict[str, Box]:
        """What the map shows, for each layer of the case in its own coordinate system."""
        found: dict[str, Box] = {}
        shown = self.canvas.extent()
        system = self.canvas.mapSettings().destinationCrs()
        if not self._systems:  # opening eleven layers takes its time
            layers = {role: QgsVectorLayer(f"{path}|layername={role}", role, "ogr") for role in PLACES}
            self._systems = {role: layer.crs() for role, layer in layers.items() if layer.isValid()}
        for role, own in self._systems.items():
            try:
                box = QgsCoordinateTransform(system, own, self._project).transformBoundingBox(shown)
            except QgsCsException:
                continue  # the map shows no place on earth that the layer knows
            found[role] = (box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())
        return found

    def selected(self, path: Path) -> dict[str, list[int]]:
        """The features selected in layers of the case, by role."""
        chosen = {}
        for role in PLACES:
            layer = self.find(path, role)
            if layer is not None and layer.selectedFeatureCount():
                chosen[role] = list(layer.selectedFeatureIds())
        return chosen
