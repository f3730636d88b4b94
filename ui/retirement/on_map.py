"""The scenario on the map: what is planned is hatched, the current area outlined, and a click ticks."""

from __future__ import annotations

import numpy as np
import shapely
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsMapToolEmitPoint, QgsRubberBand
from qgis.PyQt.QtCore import QObject, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor

from ...core.planning.scenarios import Board

_PLANNED = QColor(178, 24, 43)
_CURRENT = QColor(33, 102, 172)
_PAUSE_MS = 100
_AT_ONCE = 4000
"""Parcels that are hatched before QGIS may do something else."""
_MARGIN = 3.0
"""A current area fills a third of the map when it is zoomed to."""


class OnMap(QObject):
    """Bands and tool on a canvas; without one nothing happens.

    Signals:
        clicked: a parcel was clicked; its row of the board.
    """

    clicked = pyqtSignal(int)

    def __init__(self, canvas: QgsMapCanvas | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.canvas = canvas
        self._board: Board | None = None
        self._crs = QgsCoordinateReferenceSystem()
        self._tree: shapely.STRtree | None = None
        self._year = np.zeros(0, dtype="int64")
        self.planned: QgsRubberBand | None = None
        self.current: QgsRubberBand | None = None
        self.tool: QgsMapToolEmitPoint | None = None
        self._before = None
        if canvas is None:
            return
        self.planned = _band(canvas, _PLANNED, Qt.BrushStyle.BDiagPattern, 1)
        self.current = _band(canvas, _CURRENT, Qt.BrushStyle.NoBrush, 3)
        self.tool = QgsMapToolEmitPoint(canvas)
        self.tool.canvasClicked.connect(self._clicked)
        # The list answers first; what is hatched follows, once for several ticks in a row.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE_MS)
        self._later.timeout.connect(self.draw)
        self._left = np.zeros(0, dtype="int64")
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._draw_more)

    def show(self, board: Board | None, year: np.ndarray) -> None:
        """Another board or scenario."""
        if board is not self._board:
            self._board = board
            self._tree = None if board is None else shapely.STRtree(board.shapes)
            crs = None if board is None or board.crs is None else board.crs
            self._crs = QgsCoordinateReferenceSystem() if crs is None else _as_qgis(crs)
            self.show_current(-1)
        self._year = year
        if self.canvas is not None:
            self._next.stop()
            self._later.start()

    def draw(self) -> None:
        """Hatch what is planned now."""
        if self.planned is None:
            return
        self.planned.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
        self._left = np.flatnonzero(self._year > 0)
        self._draw_more()

    def _draw_more(self) -> None:
        """The next parcels; tens of thousands at once would hold QGIS up."""
        part, self._left = self._left[:_AT_ONCE], self._left[_AT_ONCE:]
        if self.planned is None or self._board is None or not len(part):
            return
        self.planned.addGeometry(_collected(self._board.shapes[part]), self._crs)
        if len(self._left):
            self._next.start()

    def show_current(self, row: int, follow: str = "off") -> None:
        """Outline a parcel (−1: none) and bring it into view.

        Args:
            follow: ``zoom``, ``pan`` or ``off``.
        """
        if self.current is None or self.canvas is None:
            return
        shape = None if row < 0 or self._board is None else self._board.shapes[row]
        if shape is None:
            self.current.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
            return
        geometry = _collected([shape])
        self.current.setToGeometry(geometry, self._crs)
        if follow == "off":
            return
        geometry.transform(self._to_canvas())
        box = geometry.boundingBox()
        if follow == "zoom":
            box.scale(_MARGIN)
            self.canvas.setExtent(box)
        else:
            self.canvas.setCenter(box.center())
        self.canvas.refresh()

    def pick(self, on: bool) -> None:
        """Let clicks on the map tick, or give the map its tool back."""
        if self.canvas is None or self.tool is None:
            return
        if on:
            self._before = self.canvas.mapTool()
            self.canvas.setMapTool(self.tool)
        elif self.canvas.mapTool() is self.tool:
            self.canvas.unsetMapTool(self.tool)
            if self._before is not None:
                self.canvas.setMapTool(self._before)

    def row_at(self, x: float, y: float) -> int:
        """The parcel at a place in the canvas's own system; −1 for none, of several the smallest."""
        if self._tree is None or self._board is None:
            return -1
        try:
            place = self._from_canvas().transform(QgsPointXY(x, y))
        except QgsCsException:
            return -1  # beyond where the system of the land can express a place there is none of it
        found = self._tree.query(shapely.Point(place.x(), place.y()), predicate="intersects")
        if not len(found):
            return -1
        return int(found[np.argmin(shapely.area(self._board.shapes[found]))])

    def close(self) -> None:
        """Leave the map as it was."""
        self.pick(False)
        if self.canvas is None:
            return
        self._later.stop()
        self._next.stop()
        for band in (self.planned, self.current):
            if band is not None:
                self.canvas.scene().removeItem(band)
        self.planned = self.current = None

    def _to_canvas(self) -> QgsCoordinateTransform:
        context = QgsProject.instance().transformContext()
        return QgsCoordinateTransform(self._crs, self.canvas.mapSettings().destinationCrs(), context)

    def _from_canvas(self) -> QgsCoordinateTransform:
        context = QgsProject.instance().transformContext()
        return QgsCoordinateTransform(self.canvas.mapSettings().destinationCrs(), self._crs, context)

    def _clicked(self, point, _button) -> None:
        row = self.row_at(point.x(), point.y())
        if row >= 0:
            self.clicked.emit(row)


def _band(canvas: QgsMapCanvas, colour: QColor, brush: Qt.BrushStyle, width: int) -> QgsRubberBand:
    band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
    band.setStrokeColor(colour)
    band.setFillColor(colour)
    band.setBrushStyle(brush)
    band.setWidth(width)
    return band


def _collected(shapes) -> QgsGeometry:
    """All polygons as one geometry; an empty one of none."""
    known = np.asarray(shapes, dtype=object)
    known = known[~shapely.is_missing(known)] if len(known) else known
    geometry = QgsGeometry()
    if len(known):
        geometry.fromWkb(shapely.to_wkb(shapely.multipolygons(shapely.get_parts(shapely.force_2d(known)))))
    return geometry


def _as_qgis(crs) -> QgsCoordinateReferenceSystem:
    code = crs.to_authority()
    return (
        QgsCoordinateReferenceSystem(":".join(code))
        if code
        else QgsCoordinateReferenceSystem.fromWkt(crs.to_wkt())
    )
