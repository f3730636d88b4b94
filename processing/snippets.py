"""Small maps of single wells with the zones around them, drawn by QGIS from layers in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsFeature,
    QgsField,
    QgsFields,
    QgsGeometry,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
    QgsPointXY,
    QgsRectangle,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice, QLineF, QPointF, QRectF, QSize, Qt, QVariant
from qgis.PyQt.QtGui import QColor, QFont, QImage, QPainter, QPen

from .texts import RESOURCES

if TYPE_CHECKING:
    import geopandas as gpd

    from ..core.papers import Book
    from ..core.papers.document import Picture

_SIZE = QSize(720, 544)
_DPI = 176
_ACROSS_M = 6_000.0
"""How far a map reaches from west to east."""

_QUICK = 85
"""Of 100: a picture is made four times as fast as at its smallest."""

_BAR_M = 1_000.0
_COLUMNS = {
    "wells": ("well_id", "outcome", "status"),
    "zones": ("zone_id", "name", "severity", "control", "aquifer", "legal_state", "valid_to"),
    "units": ("unit_id", "name", "level"),
}
"""What the house style draws by."""


class WellMaps:
    """Draws the wells of a book one by one; its layers are made once and touch no file."""

    def __init__(self, book: Book) -> None:
        self._wells = book.wells
        self._day = book.run.as_of.isoformat()
        self._layers = [
            self._layer(book[name], name) for name in ("wells", "zones", "units") if len(book[name])
        ]
        self._crs = _crs(book.wells)
        wgs84 = QgsCoordinateReferenceSystem("EPSG:4326")
        self._degrees = QgsCoordinateTransform(self._crs, wgs84, QgsCoordinateTransformContext())
        self._systems: dict[tuple[int, int], tuple] = {}

    def picture(self, row: int) -> Picture | None:
        """The map around a well, by its place in ``book.wells``; None where it has no position."""
        from ..core.papers.document import Picture

        point = self._wells.geometry.iloc[row]
        if point is None or point.is_empty or point.geom_type != "Point" or not self._crs.isValid():
            return None
        crs, there = self._around(point)
        middle = there.transform(QgsPointXY(point.x, point.y))
        image = QImage(_SIZE, QImage.Format.Format_RGB32)
        image.setDotsPerMeterX(int(_DPI / 0.0254))
        image.setDotsPerMeterY(int(_DPI / 0.0254))
        image.fill(QColor("#ffffff"))
        painter = QPainter(image)
        job = QgsMapRendererCustomPainterJob(self._settings(crs, middle), painter)
        job.renderSynchronously()
        _mark(painter)
        painter.end()
        return Picture(png_of(image), "png", _SIZE.height() / _SIZE.width())

    def _around(self, point: shapely.Point) -> tuple[QgsCoordinateReferenceSystem, QgsCoordinateTransform]:
        """A system in metres for the square degree in which a well lies, and the way there: made once for each."""
        place = self._degrees.transform(QgsPointXY(point.x, point.y))
        square = (round(place.y()), round(place.x()))
        if square not in self._systems:
            crs = QgsCoordinateReferenceSystem()
            crs.createFromProj(f"+proj=aeqd +lat_0={square[0]} +lon_0={square[1]} +datum=WGS84 +units=m")
            way = QgsCoordinateTransform(self._crs, crs, QgsCoordinateTransformContext())
            self._systems[square] = (crs, way)
        return self._systems[square]

    def _settings(self, crs: QgsCoordinateReferenceSystem, middle: QgsPointXY) -> QgsMapSettings:
        half = _ACROSS_M / 2
        high = half * _SIZE.height() / _SIZE.width()
        made = QgsMapSettings()
        made.setLayers(self._layers)
        made.setDestinationCrs(crs)
        made.setOutputSize(_SIZE)
        made.setOutputDpi(_DPI)
        made.setExtent(QgsRectangle.fromCenterAndSize(middle, 2 * half, 2 * high))
        made.setBackgroundColor(QColor("#ffffff"))
        return made

    def _layer(self, frame: gpd.GeoDataFrame, name: str) -> QgsVectorLayer:
        """A table in memory in the house style, as it holds on the day of the run."""
        columns = [column for column in _COLUMNS[name] if column in frame.columns]
        fields = QgsFields()
        for column in columns:
            fields.append(QgsField(column, QVariant.String))
        layer = QgsVectorLayer("Point" if name == "wells" else "MultiPolygon", name, "memory")
        layer.setCrs(_crs(frame))
        layer.dataProvider().addAttributes(fields.toList())
        layer.updateFields()
        shapes = frame.geometry.to_numpy()
        drawn = (
            (shapely.get_type_id(shapes) == 0) if name == "wells" else (shapely.get_dimensions(shapes) == 2)
        )
        drawn &= ~shapely.is_empty(shapes)
        texts = frame[columns].astype(object).where(frame[columns].notna(), None).to_numpy()
        features = []
        for shape, cells in zip(shapely.to_wkb(shapes[drawn]), texts[drawn], strict=True):
            geometry = QgsGeometry()
            geometry.fromWkb(shape)
            feature = QgsFeature(fields)
            feature.setAttributes([None if cell is None else str(cell)[:200] for cell in cells])
            feature.setGeometry(geometry)
            features.append(feature)
        layer.dataProvider().addFeatures(features)
        layer.dataProvider().createSpatialIndex()
        layer.updateExtents()
        layer.loadNamedStyle(str(RESOURCES / "styles" / f"{name}.qml"))
        self._for_the_day(layer)
        layer.setLabelsEnabled(False)  # a zone that fills the map would be named right on the well
        return layer

    def _for_the_day(self, layer: QgsVectorLayer) -> None:
        """What holds on the day of the run; the style says today. Days are texts here, which compare alike."""
        renderer = layer.renderer()
        if not isinstance(renderer, QgsRuleBasedRenderer):
            return
        for rule in renderer.rootRule().children():
            rule.setFilterExpression(rule.filterExpression().replace("to_date(now())", f"'{self._day}'"))


def _crs(frame: gpd.GeoDataFrame) -> QgsCoordinateReferenceSystem:
    return (
        QgsCoordinateReferenceSystem()
        if frame.crs is None
        else QgsCoordinateReferenceSystem.fromWkt(frame.crs.to_wkt())
    )


def _mark(painter: QPainter) -> None:
    """A ring around the well, a bar of one kilometre, north, a frame."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = QPointF(_SIZE.width() / 2, _SIZE.height() / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((9, "#ffffff"), (4, "#c00000")):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(middle, 30.0, 30.0)
    bar = _BAR_M / _ACROSS_M * _SIZE.width()
    base = QPointF(34.0, _SIZE.height() - 34.0)
    font = QFont(painter.font())
    font.setPixelSize(24)
    painter.setFont(font)
    painter.fillRect(QRectF(base.x() - 14, base.y() - 40, bar + 28, 54), QColor(255, 255, 255, 220))
    painter.setPen(QPen(QColor("#000000"), 4))
    painter.drawLine(QLineF(base, base + QPointF(bar, 0)))
    for end in (0.0, bar):
        painter.drawLine(QLineF(base + QPointF(end, -9), base + QPointF(end, 9)))
    painter.drawText(
        QRectF(base.x(), base.y() - 40, bar, 32), int(Qt.AlignmentFlag.AlignCenter), f"{_BAR_M / 1000:g} km"
    )
    top = QPointF(_SIZE.width() - 40.0, 30.0)
    painter.fillRect(QRectF(top.x() - 28, 10, 56, 112), QColor(255, 255, 255, 220))
    painter.drawLine(QLineF(top, top + QPointF(0, 56)))
    for side in (-11, 11):
        painter.drawLine(QLineF(top, top + QPointF(side, 20)))
    painter.drawText(QRectF(top.x() - 28, 84, 56, 36), int(Qt.AlignmentFlag.AlignCenter), "N")
    painter.setPen(QPen(QColor("#444444"), 3))
    painter.drawRect(QRectF(1, 1, _SIZE.width() - 3, _SIZE.height() - 3))


def png_of(image: QImage) -> bytes:
    """A picture as a file holds it."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", _QUICK)
    return bytes(data)
