"""Symbols, renderers and labels in few words."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsFontMarkerSymbolLayer,
    QgsLinePatternFillSymbolLayer,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsPalLayerSettings,
    QgsRendererCategory,
    QgsRuleBasedLabeling,
    QgsRuleBasedRenderer,
    QgsSimpleLineSymbolLayer,
    QgsSymbol,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsUnitTypes,
)
from qgis.PyQt.QtGui import QColor, QFont

INK = "#2b2b2b"


# --- symbols -------------------------------------------------------------------------------------------------------


def marker(
    name: str,
    size: float,
    fill: str,
    outline: str = "#ffffff",
    width: float = 0.15,
    level: int = 0,
    angle: float = 0.0,
) -> QgsSymbol:
    """A simple marker, turned by ``angle`` degrees; ``level`` lifts the important ones above the others."""
    values = {"name": name, "size": size, "color": fill, "outline_color": outline, "outline_width": width}
    symbol = QgsMarkerSymbol.createSimple({key: str(value) for key, value in values.items()})
    symbol.symbolLayer(0).setAngle(angle)
    symbol.symbolLayer(0).setRenderingPass(level)
    return symbol


def stacked(*symbols: QgsSymbol) -> QgsSymbol:
    """One symbol from several, the first at the bottom."""
    base = symbols[0].clone()
    for symbol in symbols[1:]:
        for position in range(symbol.symbolLayerCount()):
            layer = symbol.symbolLayer(position)
            copied = layer.clone()
            copied.setRenderingPass(layer.renderingPass())  # a clone forgets it
            base.appendSymbolLayer(copied)
    return base


def letter(sign: str, font: str, size: float, fill: str, level: int) -> QgsSymbol:
    """A sign of a font, bold."""
    layer = QgsFontMarkerSymbolLayer(font, sign, size, QColor(fill))
    layer.setFontStyle("Bold")
    layer.setRenderingPass(level)
    symbol = QgsMarkerSymbol.createSimple({})
    symbol.changeSymbolLayer(0, layer)
    return symbol


def line(
    colour: str, width: float, dash: str = "solid", opacity: float = 1.0, pattern: str = ""
) -> QgsSymbol:
    """A line; ``pattern`` gives dashes and gaps in millimetres."""
    values = {
        "line_color": colour,
        "line_width": str(width),
        "line_style": dash,
        "capstyle": "round",
        "joinstyle": "round",
    }
    if pattern:
        values |= {"use_custom_dash": "1", "customdash": pattern, "customdash_unit": "MM", "capstyle": "flat"}
    symbol = QgsLineSymbol.createSimple(values)
    symbol.setOpacity(opacity)
    return symbol


def fill(
    colour: str, outline: str = "", width: float = 0.2, style: str = "solid", opacity: float = 1.0
) -> QgsSymbol:
    """A plain area; without ``outline`` it has none."""
    values = {
        "color": colour,
        "style": style,
        "outline_color": outline or colour,
        "outline_width": str(width),
    }
    values["outline_style"] = "solid" if outline else "no"
    symbol = QgsFillSymbol.createSimple(values)
    symbol.setOpacity(opacity)
    return symbol


def outline(colour: str, width: float, pattern: str = "") -> QgsSymbol:
    """Only the border of an area."""
    symbol = QgsFillSymbol.createSimple({"color": "0,0,0,0", "style": "no", "outline_style": "no"})
    layer = QgsSimpleLineSymbolLayer.create(
        {"line_color": colour, "line_width": str(width), "joinstyle": "round"}
        | (
            {"use_custom_dash": "1", "customdash": pattern, "customdash_unit": "MM", "capstyle": "flat"}
            if pattern
            else {}
        )
    )
    symbol.changeSymbolLayer(0, layer)
    return symbol


def hatch(colour: str, distance: float, width: float, angle: float = 45.0, border: float = 0.0) -> QgsSymbol:
    """Parallel lines, ``distance`` mm apart, with a border of the same colour where ``border`` is not 0."""
    layer = QgsLinePatternFillSymbolLayer()
    layer.setLineAngle(angle)
    layer.setDistance(distance)
    layer.setSubSymbol(line(colour, width))
    symbol = QgsFillSymbol.createSimple({"style": "no", "outline_style": "no"})
    symbol.changeSymbolLayer(0, layer)
    return stacked(symbol, outline(colour, border)) if border else symbol


# --- renderers and labels ------------------------------------------------------------------------------------------


def by_value(field: str, categories: list[tuple[object, QgsSymbol, str]]) -> QgsCategorizedSymbolRenderer:
    """One symbol per value; the value None stands for everything else."""
    renderer = QgsCategorizedSymbolRenderer(field)
    for value, symbol, label in categories:
        renderer.addCategory(QgsRendererCategory("" if value is None else value, symbol, label))
    renderer.setUsingSymbolLevels(True)
    return renderer


def by_rule(rules: list[tuple[str, QgsSymbol, str]], levels: bool = False) -> QgsRuleBasedRenderer:
    """Every rule that holds draws; ``ELSE`` for what no rule took."""
    root = QgsRuleBasedRenderer.Rule(None)
    for expression, symbol, label in rules:
        root.appendChild(QgsRuleBasedRenderer.Rule(symbol, 0, 0, expression, label))
    renderer = QgsRuleBasedRenderer(root)
    renderer.setUsingSymbolLevels(levels)
    return renderer


def text(
    family: str, size: float, colour: str = INK, bold: bool = False, halo: float = 0.9, spacing: float = 0.0
) -> QgsTextFormat:
    """Letters with a white halo."""
    font = QFont(family)
    font.setBold(bold)
    font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, spacing)
    form = QgsTextFormat()
    form.setFont(font)
    form.setNamedStyle("Bold" if bold else "Regular")
    form.setSize(size)
    form.setSizeUnit(QgsUnitTypes.RenderUnit.RenderPoints)
    form.setColor(QColor(colour))
    around = QgsTextBufferSettings()
    around.setEnabled(halo > 0)
    around.setSize(halo)
    around.setColor(QColor(255, 255, 255, 225))
    form.setBuffer(around)
    return form


def labels(rules: list[tuple[str, str, QgsTextFormat, int, Callable | None]]) -> QgsRuleBasedLabeling:
    """Labels by rule: ``(expression, label field or expression, letters, scale, adjust)``.

    ``scale`` is the largest scale denominator at which the rule shows its labels, 0 for all.
    """
    root = QgsRuleBasedLabeling.Rule(None)
    for expression, shown, form, scale, adjust in rules:
        settings = QgsPalLayerSettings()
        settings.fieldName = shown
        settings.isExpression = "(" in shown or '"' in shown
        settings.setFormat(form)
        if adjust:
            adjust(settings)
        rule = QgsRuleBasedLabeling.Rule(settings, 0, scale, expression)
        root.appendChild(rule)
    return QgsRuleBasedLabeling(root)


def inside(settings: QgsPalLayerSettings) -> None:
    """Horizontal, in the area."""
    settings.placement = QgsPalLayerSettings.Placement.Horizontal
    settings.fitInPolygonOnly = False


def beside(settings: QgsPalLayerSettings) -> None:
    """Around the point, clear of its marker."""
    settings.placement = QgsPalLayerSettings.Placement.AroundPoint
    settings.dist = 1.1
    settings.distUnits = QgsUnitTypes.RenderUnit.RenderMillimeters


def important(settings: QgsPalLayerSettings) -> None:
    """Before all other labels."""
    inside(settings)
    settings.priority = 10
    settings.obstacle = False


def along(settings: QgsPalLayerSettings) -> None:
    """Along the line."""
    settings.placement = QgsPalLayerSettings.Placement.Curved
