"""The map of a public notice: its wells by outcome over the zones, with legend, scale and north, drawn by any thread.

It is drawn as the printed maps are, but without a layout, which only the main thread may use.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsGeometry,
    QgsMapRendererCustomPainterJob,
    QgsMapSettings,
    QgsRectangle,
    QgsRenderContext,
    QgsRuleBasedRenderer,
    QgsSymbol,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from .snippets import png_of

if TYPE_CHECKING:
    import pandas as pd

    from ..core.papers import Book
    from ..core.papers.document import Picture

_DPI = 220
_WIDE_MM = 156.0
_HIGH_MM = (100.0, 160.0)
"""How wide the map is, and how low and how high it may be."""

_LABELLED = 40
"""Wells that are still labelled with their ids."""

_MANY, _SMALLER = 2_000, 0.6
"""Wells from which on markers are smaller, and how much."""

_LEAST_M = 8_000.0
"""How far the map reaches at least: one well stands on a place rounded to a kilometre."""

_NAME_MM, _SYMBOL_MM, _LINE_MM = 3.0, (7.0, 4.4), 6.0
_BAR_SHARE = 0.25


def annex_map(book: Book, verdicts: pd.Series) -> Picture | None:
    """The map of some wells; None where none of them has a place.

    Args:
        verdicts: the outcome to show of each well, by its place in ``book.wells``.
    """
    from ..core.papers.document import Picture
    from ..core.papers.privacy import PUBLIC
    from .maps.house import house, own_file
    from .maps.sheets import Painter

    wells = book.wells.loc[verdicts.index].assign(outcome=verdicts.to_numpy())
    shown = replace(book, tables={**book.tables, "wells": wells})
    style = house(own_file())
    painter = Painter(shown, style, PUBLIC)
    sheet = painter.sheet("verdicts")
    if sheet is None:
        return None
    points = [layer for heading, layers in sheet.groups if heading == "wells" for layer in layers]
    for layer in points:
        layer.setLabelsEnabled(len(painter.wells) <= _LABELLED)
        if len(painter.wells) > _MANY:
            _smaller(layer)
    settings = _settings(sheet.layers, points, painter.crs)
    keys = [
        (shown.say(f"maps.group.{heading}"), _keys(layers, settings, heading == "units"))
        for heading, layers in sheet.groups
        if heading
    ]
    return Picture(png_of(_drawn(settings, keys, style.family)), "png")


def _smaller(layer: QgsVectorLayer) -> None:
    """Markers about as large as the kilometre that places are rounded to: thousands would hide one another."""
    renderer = layer.renderer()
    for number, one in enumerate(renderer.categories()):
        symbol = one.symbol().clone()
        symbol.setSize(_SMALLER * symbol.size())
        renderer.updateCategorySymbol(number, symbol)


def _settings(layers: list[QgsVectorLayer], points: list[QgsVectorLayer], crs: str) -> QgsMapSettings:
    """Everything around the points, in the shape that they ask for."""
    box = QgsRectangle()
    for layer in points:
        box.combineExtentWith(layer.extent())
    width, height = (max(1.14 * side, _LEAST_M) for side in (box.width(), box.height()))
    high_mm = min(max(_WIDE_MM * height / width, _HIGH_MM[0]), _HIGH_MM[1])
    size = QSize(_pixels(_WIDE_MM), _pixels(high_mm))
    made = QgsMapSettings()
    made.setLayers(layers)
    made.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    made.setOutputSize(size)
    made.setOutputDpi(_DPI)
    made.setExtent(QgsRectangle.fromCenterAndSize(box.center(), width, height))
    made.setBackgroundColor(QColor("#ffffff"))
    return made


def _keys(
    layers: list[QgsVectorLayer], settings: QgsMapSettings, borders: bool
) -> list[tuple[QgsSymbol, str]]:
    """Symbols and labels of what is on the map, and of nothing else: of areas that are drawn by their ``borders`` not
    one that holds the whole map."""
    found = []
    seen = settings.visibleExtent()
    whole = QgsGeometry.fromRect(seen)
    for layer in layers:
        renderer = layer.renderer()
        if isinstance(renderer, QgsRuleBasedRenderer):
            rules = renderer.rootRule().children()
            rows = [(rule.filterExpression(), rule.symbol().clone(), rule.label()) for rule in rules]
        else:
            field = renderer.classAttribute()  # a category dies with its list: its symbol is copied
            rows = [
                (f"\"{field}\" = '{one.value()}'", one.symbol().clone(), one.label())
                for one in renderer.categories()
                if one.value()
            ]
        for rule, symbol, label in rows:
            asked = QgsFeatureRequest(seen).setFilterExpression(rule)
            if any(not (borders and one.geometry().contains(whole)) for one in layer.getFeatures(asked)):
                found.append((symbol, label))
    return found


def _drawn(
    settings: QgsMapSettings, keys: list[tuple[str, list[tuple[QgsSymbol, str]]]], family: str
) -> QImage:
    """The map, and below it the legend in columns."""
    size = settings.outputSize()
    legend = [group for group in keys if group[1]]
    lines = max((len(rows) for _, rows in legend), default=0) + 1
    image = _sheet(QSize(size.width(), size.height() + _pixels(_LINE_MM * lines + 2)))
    painter = QPainter(image)
    try:
        painter.drawImage(0, 0, _map(settings))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(family)
        font.setPixelSize(_pixels(_NAME_MM))
        painter.setFont(font)
        _bar(painter, settings)
        _north(painter, size)
        painter.setPen(QPen(QColor("#444444"), 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(1, 1, size.width() - 3, size.height() - 3))
        context = QgsRenderContext.fromQPainter(painter)
        for number, (heading, rows) in enumerate(legend):
            corner = QPointF(number * size.width() / len(legend), size.height() + _pixels(1))
            _column(painter, context, corner, size.width() / len(legend), heading, rows)
    finally:
        painter.end()
    return image


def _map(settings: QgsMapSettings) -> QImage:
    image = _sheet(settings.outputSize())
    painter = QPainter(image)
    try:
        job = QgsMapRendererCustomPainterJob(settings, painter)
        job.renderSynchronously()
    finally:
        painter.end()
    return image


def _sheet(size: QSize) -> QImage:
    """An empty picture of the printer's resolution."""
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(int(_DPI / 0.0254))
    image.setDotsPerMeterY(int(_DPI / 0.0254))
    image.fill(QColor("#ffffff"))
    return image


def _column(painter, context, corner: QPointF, width: float, heading: str, rows) -> None:
    """One group of the legend."""
    line, (wide, high) = _pixels(_LINE_MM), map(_pixels, _SYMBOL_MM)
    sides = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.setPen(QColor("#000000"))
    font = painter.font()
    font.setBold(True)
    painter.setFont(font)
    painter.drawText(QRectF(corner.x(), corner.y(), width, line), sides, heading)
    font.setBold(False)
    painter.setFont(font)
    for number, (symbol, label) in enumerate(rows, start=1):
        top = corner.y() + number * line
        painter.save()
        painter.translate(corner.x(), top + (line - high) / 2)
        symbol.drawPreviewIcon(painter, QSize(wide, high), context)
        painter.restore()
        room = QRectF(corner.x() + wide + _pixels(1.5), top, width - wide - _pixels(2), line)
        told = QFontMetricsF(painter.font()).elidedText(label, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, sides, told)


def _bar(painter: QPainter, settings: QgsMapSettings) -> None:
    """A scale bar of a round length."""
    per_pixel = settings.mapUnitsPerPixel()
    most = _BAR_SHARE * settings.outputSize().width() * per_pixel
    step = 10.0 ** math.floor(math.log10(most))
    metres = max(step * factor for factor in (1, 2, 5) if step * factor <= most)
    told = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    bar, high = metres / per_pixel, _pixels(_NAME_MM) * 1.4
    base = QPointF(_pixels(4), settings.outputSize().height() - _pixels(4))
    tick = _pixels(1)
    painter.fillRect(
        QRectF(base.x() - 2 * tick, base.y() - high - tick, bar + 4 * tick, high + 3 * tick), _GLASS
    )
    painter.setPen(QPen(QColor("#000000"), _pixels(0.4)))
    painter.drawLine(QLineF(base, base + QPointF(bar, 0)))
    for end in (0.0, bar):
        painter.drawLine(QLineF(base + QPointF(end, -tick), base + QPointF(end, tick)))
    painter.drawText(
        QRectF(base.x(), base.y() - high - tick, bar, high), int(Qt.AlignmentFlag.AlignCenter), told
    )


def _north(painter: QPainter, size: QSize) -> None:
    """An arrow to the north with its letter."""
    top, high = QPointF(size.width() - _pixels(5), _pixels(3)), _pixels(7)
    side = _pixels(1.5)
    painter.fillRect(QRectF(top.x() - 2 * side, _pixels(1.5), 4 * side, high + _pixels(6)), _GLASS)
    painter.setPen(QPen(QColor("#000000"), _pixels(0.4)))
    painter.drawLine(QLineF(top, top + QPointF(0, high)))
    for way in (-side, side):
        painter.drawLine(QLineF(top, top + QPointF(way, 2 * side)))
    place = QRectF(top.x() - 2 * side, top.y() + high, 4 * side, _pixels(4.5))
    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), "N")


_GLASS = QColor(255, 255, 255, 220)


def _pixels(millimetres: float) -> int:
    return round(millimetres / 25.4 * _DPI)
