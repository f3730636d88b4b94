"""The parts of the map's page: title, map with scale and north, legend, tables."""

from __future__ import annotations

import importlib.util
import sys
from functools import partial
from pathlib import Path

from map_facts import MARKS, OUTCOMES, Facts
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFillSymbol,
    QgsLayoutFrame,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemManualTable,
    QgsLayoutItemMap,
    QgsLayoutItemPolygon,
    QgsLayoutItemScaleBar,
    QgsLayoutItemShape,
    QgsLayoutMeasurement,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLegendStyle,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsTableCell,
    QgsUnitTypes,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QPolygonF

if "overdraft" not in sys.modules:  # run by hand: make the checkout importable, as the tests do
    spec = importlib.util.spec_from_file_location(
        "conftest", Path(__file__).resolve().parents[1] / "conftest.py"
    )
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

from overdraft.processing.maps import symbols
from overdraft.processing.maps.house import shipped

FAMILY = shipped().family
text = partial(symbols.text, FAMILY)

INK, QUIET, PAPER, RULE = "#2b2b2b", "#6e6e6e", "#fbfaf6", "#8a8a8a"
OUTCOME_INK = {
    "fail": "#c1121f",
    "review": "#5f6368",
    "not_evaluated": "#2b2b2b",
    "exempt": "#0b5fa5",
    "pass": "#1a8a5a",
}
MM = QgsUnitTypes.LayoutUnit.LayoutMillimeters


def add_text(
    layout: QgsPrintLayout,
    words: str,
    place: QRectF,
    size: float,
    colour: str = INK,
    *,
    bold: bool = False,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    spacing: float = 0.0,
) -> QgsLayoutItemLabel:
    """A line of text in a rectangle (mm)."""
    label = QgsLayoutItemLabel(layout)
    label.setText(words)
    form = text(size, colour, bold, halo=0, spacing=spacing)
    label.setFont(form.font())
    font = label.font()
    font.setPointSizeF(size)
    label.setFont(font)
    label.setFontColor(QColor(colour))
    label.setHAlign(align)
    label.setVAlign(Qt.AlignmentFlag.AlignVCenter)
    label.setMargin(0)
    _put(label, place)
    layout.addLayoutItem(label)
    return label


def add_title(layout: QgsPrintLayout, facts: Facts) -> None:
    """Title, document and day; a badge where the data are invented."""
    words = facts.words
    add_text(layout, words["title"].format(city=facts.city), QRectF(8, 6, 215, 11), 21, bold=True)
    under = words["subtitle"].format(number=facts.number, title=facts.title, as_of=facts.as_of)
    add_text(layout, under, QRectF(8, 17.5, 281, 6), 8.5, QUIET)
    if facts.invented:
        badge = QRectF(233, 5.5, 56, 12)
        _box(layout, badge, "#fff4f2", "#c1121f", 0.6)
        middle = Qt.AlignmentFlag.AlignHCenter
        add_text(
            layout,
            words["invented"],
            QRectF(233, 6, 56, 6.6),
            13,
            "#c1121f",
            bold=True,
            align=middle,
            spacing=1.5,
        )
        add_text(layout, words["invented_note"], QRectF(233, 12, 56, 4.6), 7, "#c1121f", align=middle)


def add_map(
    layout: QgsPrintLayout,
    layers: list[QgsVectorLayer],
    ground: list[QgsVectorLayer],
    crs: QgsCoordinateReferenceSystem,
    frame: QRectF,
    facts: Facts,
) -> QgsLayoutItemMap:
    """The map with its frame, scale bar and north arrow, over the extent of the ``ground`` layers."""
    item = QgsLayoutItemMap(layout)
    layout.addLayoutItem(item)
    _put(item, frame)
    item.setCrs(crs)
    item.setLayers(layers)
    item.setKeepLayerSet(True)
    item.setFrameEnabled(True)
    item.setFrameStrokeWidth(QgsLayoutMeasurement(0.35, MM))
    item.setFrameStrokeColor(QColor(INK))
    item.setBackgroundColor(QColor(PAPER))
    extent = QgsRectangle()
    for layer in ground:
        change = QgsCoordinateTransform(layer.crs(), crs, QgsProject.instance())
        extent.combineExtentWith(change.transformBoundingBox(layer.extent()))
    item.setExtent(_shaped(extent.buffered(0.02 * extent.width()), frame))
    _scale_bar(layout, item, frame, facts)
    _north(layout, frame, facts)
    return item


def _shaped(extent: QgsRectangle, frame: QRectF) -> QgsRectangle:
    """The extent widened to the proportions of the frame."""
    width, height = extent.width(), extent.height()
    width, height = (
        max(width, height * frame.width() / frame.height()),
        max(height, width * frame.height() / frame.width()),
    )
    return QgsRectangle.fromCenterAndSize(extent.center(), width, height)


def legend(
    layout: QgsPrintLayout,
    shown: QgsLayoutItemMap,
    groups: list[tuple[str, list[QgsVectorLayer]]],
    place: QRectF,
    facts: Facts,
) -> None:
    """Symbols of what is on the map, and of nothing else, under headings."""
    item = QgsLayoutItemLegend(layout)
    item.setLinkedMap(shown)
    item.setAutoUpdateModel(False)
    root = item.model().rootGroup()
    root.removeAllChildren()
    headed = [(heading, list(layers)) for heading, layers in groups if heading]
    headed[0][1].extend(layer for heading, layers in groups if not heading for layer in layers)
    for heading, layers in headed:
        group = root.addGroup(facts.words[heading])
        for layer in layers:
            group.addLayer(layer).setCustomProperty("legend/title-style", "hidden")
    item.setLegendFilterByMapEnabled(True)
    item.setTitle("")
    sizes = {
        QgsLegendStyle.Style.Group: (8.2, True),
        QgsLegendStyle.Style.Subgroup: (7.5, False),
        QgsLegendStyle.Style.SymbolLabel: (7.4, False),
    }
    for style, (size, bold) in sizes.items():
        form = text(size, INK, bold, halo=0)
        font = form.font()
        font.setPointSizeF(size)
        item.setStyleFont(style, font)
    item.rstyle(QgsLegendStyle.Style.Group).setMargin(QgsLegendStyle.Side.Top, 2.6)
    item.rstyle(QgsLegendStyle.Style.Symbol).setMargin(QgsLegendStyle.Side.Top, 1.25)
    item.setSymbolWidth(6.0)
    item.setSymbolHeight(3.4)
    item.setFontColor(QColor(INK))
    _put(item, place)
    item.setBackgroundEnabled(False)
    item.setResizeToContents(False)
    layout.addLayoutItem(item)
    item.adjustBoxSize()


def add_tables(layout: QgsPrintLayout, facts: Facts) -> None:
    """The two balances and the count of the wells under the map."""
    words = facts.words
    top = 168.5
    heading = words["ledger"].format(reading=facts.reading, baseline=facts.baseline)
    add_text(layout, heading, QRectF(8, top, 112, 5), 8.5, bold=True)
    widths = [17, 9, 10, 11, 11, 9, 11, 19]
    _table(layout, QRectF(8, top + 5.4, 112, 26), words["ledger_head"], facts.ledger, facts, widths)
    heading = words["retirement"].format(year=facts.year)
    add_text(layout, heading, QRectF(126, top, 108, 5), 8.5, bold=True)
    widths = [16, 12.5, 12.5, 11, 12.5, 9.5, 20.5]
    _table(layout, QRectF(126, top + 5.4, 109, 26), words["retirement_head"], facts.retirement, facts, widths)
    parts = words["comma"].join(
        f"{MARKS[outcome]} {facts.outcomes[outcome]} {facts.counts[outcome]:,}" for outcome in OUTCOMES
    )
    said = words["counts"].format(n=f"{sum(facts.counts.values()):,}", parts=parts)
    said += " " + words["absent"].format(n=facts.absent) if facts.absent else ""
    add_text(layout, said, QRectF(8, 198.6, 227, 4.2), 7.6)


def _table(
    layout: QgsPrintLayout, place: QRectF, head: str, rows: list[list[str]], facts: Facts, widths: list[float]
) -> None:
    """A table; the last column of the rows holds outcomes, shown with their mark."""
    table = QgsLayoutItemManualTable.create(layout)
    layout.addMultiFrame(table)
    right, left = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
    titles = head.split("|")
    last = len(titles) - 1
    contents = [
        [
            _cell(title, left if i in (0, last) else right, QUIET, "#efece4", 6.8)
            for i, title in enumerate(titles)
        ]
    ]
    for row in rows:
        cells = [_cell(value, left if i == 0 else right, INK, "", 7.6) for i, value in enumerate(row[:-1])]
        outcome = row[-1]
        said = f"{MARKS[outcome]} {facts.outcomes[outcome]}"
        contents.append([*cells, _cell(said, left, OUTCOME_INK[outcome], "", 7.6, bold=outcome != "pass")])
    table.setTableContents(contents)
    table.setColumnWidths(widths)
    table.setCellMargin(0.9)
    table.setShowGrid(True)
    table.setVerticalGrid(False)
    table.setGridColor(QColor("#cfcac0"))
    table.setGridStrokeWidth(0.15)
    table.setBackgroundColor(QColor(255, 255, 255, 0))
    frame = QgsLayoutFrame(layout, table)
    _put(frame, place)
    table.addFrame(frame)


def _cell(
    words: str, align: Qt.AlignmentFlag, colour: str, ground: str, size: float, *, bold: bool = False
) -> QgsTableCell:
    cell = QgsTableCell(words)
    cell.setTextFormat(text(size, colour, bold, halo=0))
    cell.setHorizontalAlignment(align | Qt.AlignmentFlag.AlignVCenter)
    if ground:
        cell.setBackgroundColor(QColor(ground))
    return cell


def _scale_bar(layout: QgsPrintLayout, shown: QgsLayoutItemMap, frame: QRectF, facts: Facts) -> None:
    bar = QgsLayoutItemScaleBar(layout)
    bar.setStyle("Single Box")
    bar.setLinkedMap(shown)
    bar.setUnits(QgsUnitTypes.DistanceUnit.DistanceKilometers)
    bar.setUnitLabel(facts.words["scale_unit"])
    bar.setNumberOfSegments(4)
    bar.setNumberOfSegmentsLeft(0)
    bar.setUnitsPerSegment(_nice(frame.width() * shown.scale() / 1e6 / 22))
    bar.setHeight(1.6)
    font = bar.font()
    font.setFamily(FAMILY)
    font.setPointSizeF(7)
    bar.setFont(font)
    bar.setBackgroundEnabled(False)
    layout.addLayoutItem(bar)
    bar.attemptMove(QgsLayoutPoint(frame.left() + 3, frame.bottom() - 10.5, MM))


def _nice(value: float) -> float:
    """The round number next below: 1, 2 or 5 times a power of ten."""
    power = 10.0 ** len(str(int(max(value, 1)))) / 10
    return max(step * power for step in (0.5, 1, 2, 5) if step * power <= max(value, 0.5 * power))


def _north(layout: QgsPrintLayout, frame: QRectF, facts: Facts) -> None:
    """A plain arrow, half black."""
    x, y = frame.right() - 9.0, frame.top() + 8.0
    for side, colour in ((-2.6, INK), (2.6, "#ffffff")):
        points = [QPointF(x, y), QPointF(x + side, y + 9), QPointF(x, y + 6.8)]
        item = QgsLayoutItemPolygon(QPolygonF(points), layout)
        item.setSymbol(
            QgsFillSymbol.createSimple({"color": colour, "outline_color": INK, "outline_width": "0.2"})
        )
        layout.addLayoutItem(item)
    add_text(
        layout,
        facts.words["north"],
        QRectF(x - 4, y - 5.4, 8, 5),
        9,
        bold=True,
        align=Qt.AlignmentFlag.AlignHCenter,
    )


def _box(layout: QgsPrintLayout, place: QRectF, colour: str, edge: str, width: float) -> None:
    shape = QgsLayoutItemShape(layout)
    shape.setShapeType(QgsLayoutItemShape.Shape.Rectangle)
    shape.setCornerRadius(QgsLayoutMeasurement(1.5, MM))
    shape.setSymbol(
        QgsFillSymbol.createSimple({"color": colour, "outline_color": edge, "outline_width": str(width)})
    )
    _put(shape, place)
    layout.addLayoutItem(shape)


def _put(item, place: QRectF) -> None:
    item.attemptMove(QgsLayoutPoint(place.left(), place.top(), MM))
    item.attemptResize(QgsLayoutSize(place.width(), place.height(), MM))
