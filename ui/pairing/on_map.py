"""Pairing on the map: what is drawn while the window is open, and the tool that picks wells with the mouse.

Nothing is added to the project: the marks lie on the canvas and go when the window closes.
"""

from __future__ import annotations

import math

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsPointXY,
    QgsProject,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import QPointF, QRectF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPainter, QPen, QPolygonF

STAR, CROSSED, RING = "star", "crossed", "ring"
_BLUE, _RED, _GREY = QColor("#1f5fbf"), QColor("#c0202a"), QColor("#7a7a7a")
_COLOURS = {STAR: _BLUE, CROSSED: _RED, RING: _GREY}
_RADIUS = 8.0
_REACH = 12
"""Pixels within which a click means a well."""


class _Mark(QgsMapCanvasItem):
    """A star, a crossed circle or a ring at a place, of the same size at every scale."""

    def __init__(self, canvas: QgsMapCanvas, shape: str, place: QgsPointXY) -> None:
        super().__init__(canvas)
        self.shape, self._place = shape, place
        self.setZValue(120)
        self.updatePosition()

    def updatePosition(self) -> None:
        self.setPos(self.toCanvasCoordinates(self._place))

    def boundingRect(self) -> QRectF:
        side = 2 * _RADIUS + 4
        return QRectF(-side / 2, -side / 2, side, side)

    def paint(self, painter: QPainter, option: object = None, widget: object = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = _COLOURS[self.shape]
        painter.setPen(QPen(colour, 2))
        if self.shape == STAR:
            painter.setBrush(colour)
            painter.drawPolygon(_star(_RADIUS))
            return
        painter.drawEllipse(QPointF(0, 0), _RADIUS - 1, _RADIUS - 1)
        if self.shape == CROSSED:
            arm = (_RADIUS - 1) * math.sqrt(0.5)
            painter.drawLine(QPointF(-arm, -arm), QPointF(arm, arm))
            painter.drawLine(QPointF(-arm, arm), QPointF(arm, -arm))


class PairMarks:
    """The renewal as a star, its wells as crossed circles, solid lines to them and dashed ones to candidates."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self.marks: list[_Mark] = []
        self.lines: dict[str, QgsRubberBand] = {}
        self._flash: QgsRubberBand | None = None

    def show(
        self,
        renewal: tuple[float, float],
        chosen: dict[str, tuple[float, float]],
        candidates: dict[str, tuple[float, float]],
    ) -> None:
        """Draw them; places as longitude and latitude. What has no place is left out."""
        self.clear()
        start = self._on_canvas(renewal)
        if start is None:
            return
        self.marks.append(_Mark(self._canvas, STAR, start))
        for wells, shape, style in (
            (candidates, RING, Qt.PenStyle.DashLine),
            (chosen, CROSSED, Qt.PenStyle.SolidLine),
        ):
            for name, place in wells.items():
                end = self._on_canvas(place)
                if end is None:
                    continue
                self.marks.append(_Mark(self._canvas, shape, end))
                line = QgsRubberBand(self._canvas, QgsWkbTypes.GeometryType.LineGeometry)
                line.setColor(_COLOURS[shape])
                line.setWidth(2 if shape == CROSSED else 1)
                line.setLineStyle(style)
                line.addPoint(start, False)
                line.addPoint(end)
                self.lines[name] = line

    def flash(self, renewal: tuple[float, float], well: tuple[float, float] | None) -> None:
        """Make the line to one well stand out; None: no line."""
        self._unflash()
        ends = [None if place is None else self._on_canvas(place) for place in (renewal, well)]
        if None not in ends:
            self._flash = QgsRubberBand(self._canvas, QgsWkbTypes.GeometryType.LineGeometry)
            self._flash.setColor(_BLUE)
            self._flash.setWidth(5)
            self._flash.addPoint(ends[0], False)
            self._flash.addPoint(ends[1])

    @property
    def flashed(self) -> int:
        """How many points the line that stands out has."""
        return 0 if self._flash is None else self._flash.numberOfVertices()

    def clear(self) -> None:
        """Take everything off the map."""
        self._unflash()
        for item in (*self.marks, *self.lines.values()):
            self._canvas.scene().removeItem(item)
        self.marks, self.lines = [], {}

    def _unflash(self) -> None:
        if self._flash is not None:
            self._canvas.scene().removeItem(self._flash)
            self._flash = None

    def _on_canvas(self, place: tuple[float, float]) -> QgsPointXY | None:
        if not all(map(math.isfinite, place)):
            return None
        try:
            return _transform(self._canvas).transform(QgsPointXY(*place))
        except QgsCsException:
            return None


class PickTool(QgsMapTool):
    """Clicks and moves on the map as places.

    Signals:
        picked, moved: longitude, latitude, and the reach of the pointer in degrees of latitude.
    """

    picked = pyqtSignal(float, float, float)
    moved = pyqtSignal(float, float, float)

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def canvasReleaseEvent(self, event):
        if event.button() == Qt.MouseButton.LeftButton:
            self._tell(self.picked, event.pos())

    def canvasMoveEvent(self, event):
        self._tell(self.moved, event.pos())

    def _tell(self, signal, position):
        beside = position.__class__(position.x(), position.y() + _REACH)
        back = _transform(self.canvas())
        try:
            ends = [
                back.transform(self.toMapCoordinates(one), Qgis.TransformDirection.Reverse)
                for one in (position, beside)
            ]
        except QgsCsException:
            return
        signal.emit(ends[0].x(), ends[0].y(), math.dist(tuple(ends[0]), tuple(ends[1])))


def _transform(canvas: QgsMapCanvas) -> QgsCoordinateTransform:
    source = QgsCoordinateReferenceSystem("EPSG:4326")
    return QgsCoordinateTransform(source, canvas.mapSettings().destinationCrs(), QgsProject.instance())


def _star(radius: float) -> QPolygonF:
    corners = []
    for number in range(10):
        size = radius if number % 2 == 0 else radius * 0.4
        angle = math.pi * number / 5
        corners.append(QPointF(size * math.sin(angle), -size * math.cos(angle)))
    return QPolygonF(corners)
