"""A layout filled in: the map's layers, the legend of what is on it, figures, texts; ready to be exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsExpressionContextUtils,
    QgsLayerTreeGroup,
    QgsLayoutFrame,
    QgsLayoutItemAttributeTable,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPage,
    QgsLayoutItemPicture,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLayoutTableColumn,
    QgsLegendRenderer,
    QgsLegendStyle,
    QgsMapLayerLegendUtils,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFontMetricsF

from ...core.errors import OverdraftError
from ...core.papers.map_figures import Figures
from .house import House
from .kinds import Kinds
from .layers import layer_of
from .sheets import Sheet
from .templates import layout_from

SCALES = [step * 10.0**power for power in range(3, 7) for step in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5)]
"""Denominators that maps are drawn at: round ones."""

_POINTS = QgsUnitTypes.RenderUnit.RenderPoints
_MM = QgsUnitTypes.LayoutUnit.LayoutMillimeters
_SHRINKING = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58, 0.52)
"""Sizes that are tried until everything fits its place."""

_POINT_MM = 25.4 / 72
_SMALLEST_TABLE = 0.75
"""Letters of a sheet's table are not made smaller than this for its rows: they go on on a further page."""
_STYLES = (
    QgsLegendStyle.Style.Title,
    QgsLegendStyle.Style.Group,
    QgsLegendStyle.Style.Subgroup,
    QgsLegendStyle.Style.SymbolLabel,
)


@dataclass(frozen=True)
class Texts:
    """What is printed on every page, by variable of the layout without its ``paper_``.

    Attributes:
        headings: of the groups of the legend. logo: a picture; None for none.
    """

    variables: Mapping[str, str]
    headings: Mapping[str, str]
    logo: Path | None


class FilledPage:
    """One layout with one map in it.

    Attributes:
        layout: as QGIS exports it. n_rows: rows of the table by unit, of a sheet under ``""``.

    Raises:
        OverdraftError: the layout's file cannot be used.
    """

    def __init__(self, sheet: Sheet, template: Path, crs: str, texts: Texts, house: House) -> None:
        self.sheet, self.house = sheet, house
        self.project = QgsProject()  # of our own: nothing here touches the user's
        self.project.setCrs(QgsCoordinateReferenceSystem(crs))
        self.layout: QgsPrintLayout = layout_from(template, self.project)
        self.layout.setName(sheet.kind)
        for layer in (*sheet.layers, sheet.coverage, sheet.inset):
            if layer is not None:
                self.project.addMapLayer(layer, False)
        self._variables(texts)
        self._map(crs)
        self._figures()
        self._legend(texts.headings)
        self._logo(texts.logo)
        self._title()
        self._inset(crs)
        if sheet.coverage is None:
            self._more_pages()
            self._fit_legend()

    def item(self, name: str, kind: type):
        """The item of an id, where it is of that kind; a user's layout may leave one out."""
        found = self.layout.itemById(name)
        return found if isinstance(found, kind) else None

    def turn_to(self, number: int) -> None:
        """Show the unit of a page of the atlas."""
        self.layout.atlas().seekTo(number)
        table = self._table()
        if table is not None:
            table.refreshAttributes()
        self._fit_legend()

    def rows_shown(self) -> int:
        """Rows of the table that the page shows; 0 where the layout has no table."""
        table = self._table()
        if table is None:
            return 0
        room = sum(table.frame(place).rect().height() for place in range(table.frameCount()))
        rows = len(table.contents())
        per_row = table.totalSize().height() / max(rows + 1, 1)
        return rows if table.totalSize().height() <= room + 0.2 else max(int(room / per_row) - 1, 0)

    @property
    def has_table(self) -> bool:
        """Does the layout have a place for figures?"""
        return self._table() is not None

    # --- parts

    def _variables(self, texts: Texts) -> None:
        values = {f"paper_{name}": value for name, value in texts.variables.items()}
        values |= {"paper_title": self.sheet.title}
        values |= {"paper_figures": next(iter(self.sheet.figures.values())).title}
        QgsExpressionContextUtils.setLayoutVariables(self.layout, values)
        if not texts.variables["invented"]:
            self._drop("invented")

    def _map(self, crs: str) -> None:
        sheet = self.sheet
        shown = self.item("map", QgsLayoutItemMap)
        if shown is None:
            problem = OverdraftError("papers.maps.no_item", found="map")
            raise OverdraftError("papers.maps.layout", path=sheet.kind, detail=problem.text("en"))
        shown.setCrs(QgsCoordinateReferenceSystem(crs))
        shown.setLayers(sheet.layers)
        shown.setKeepLayerSet(True)
        self.layout.renderContext().setPredefinedScales(SCALES)
        if sheet.coverage is None:
            shown.setAtlasDriven(False)
            shown.setExtent(_shaped(sheet.ground, shown.rect().width(), shown.rect().height()))
            fitting = [scale for scale in SCALES if scale >= shown.scale()]
            if fitting:
                shown.setScale(fitting[0])
            return
        atlas = self.layout.atlas()
        atlas.setCoverageLayer(sheet.coverage)
        atlas.setEnabled(True)
        atlas.setHideCoverage(True)
        atlas.setPageNameExpression('"title"')
        atlas.setSortFeatures(True)
        atlas.setSortExpression('"unit_id"')
        shown.setExtent(_shaped(sheet.ground, shown.rect().width(), shown.rect().height()))
        shown.setAtlasDriven(True)
        shown.setAtlasScalingMode(QgsLayoutItemMap.AtlasScalingMode.Predefined)
        atlas.updateFeatures()

    def _inset(self, crs: str) -> None:
        inset = self.item("overview", QgsLayoutItemMap)
        if inset is None or self.sheet.inset is None:
            return
        inset.setCrs(QgsCoordinateReferenceSystem(crs))
        inset.setLayers([self.sheet.inset])
        inset.setKeepLayerSet(True)
        inset.setExtent(_shaped(self.sheet.ground, inset.rect().width(), inset.rect().height()))
        inset.overview().setLinkedMap(self.item("map", QgsLayoutItemMap))

    def _table(self) -> QgsLayoutItemAttributeTable | None:
        frame = self.item("figures", QgsLayoutFrame)
        found = frame.multiFrame() if frame is not None else None
        return found if isinstance(found, QgsLayoutItemAttributeTable) else None

    def _figures(self) -> None:
        """The table as a layer without geometry, one row for each row of each unit."""
        table = self._table()
        if table is None:
            return
        above = self.item("figures_title", QgsLayoutItemLabel)  # QGIS makes a frame as narrow as its table
        room = (above or table.frame(0)).rect().width(), table.frame(0).rect().height()
        texts = [row for figures in self.sheet.figures.values() for row in (figures.headings, *figures.rows)]
        asked = [max(_width(row[place]) for row in texts) for place in range(len(texts[0]))]
        n_rows = max(len(figures.rows) for figures in self.sheet.figures.values())
        margin = table.cellMargin()
        wide = [each for each in _SHRINKING if self._fits(asked, n_rows, each, room)[0]] or _SHRINKING[-1:]
        smallest = _SMALLEST_TABLE if self.sheet.coverage is None else 0.0  # a page of an atlas is one page
        whole = [each for each in wide if each >= smallest and self._fits(asked, n_rows, each, room)[1]]
        factor = (whole or wide)[0]
        # All this before there are rows: QGIS 3.22 writes beyond its memory where columns change under rows
        table.setCellMargin(margin * factor)
        for get, put in (
            (table.headerTextFormat, table.setHeaderTextFormat),
            (table.contentTextFormat, table.setContentTextFormat),
        ):
            sized = QgsTextFormat(get())
            sized.setSize(sized.size() * factor)
            put(sized)
        layer = _rows_layer(self.sheet.figures)
        self.project.addMapLayer(layer, False)
        table.setVectorLayer(layer)
        table.setColumns(_columns(texts[0], asked, room[0] - 0.4, margin * factor))
        table.refreshAttributes()

    def _fits(
        self, asked: Sequence[float], n_rows: int, factor: float, room: tuple[float, float]
    ) -> tuple[bool, bool]:
        """Whether the width and the height of the table fit, with letters made smaller by a factor."""
        table = self._table()
        letters = table.contentTextFormat()
        size = letters.size() * (_POINT_MM if letters.sizeUnit() == _POINTS else 1.0) * factor
        margin = table.cellMargin() * factor
        width = sum(asked) * size / 2 + len(asked) * (2 * margin + 0.2) + 0.4
        height = (n_rows + 1) * (1.25 * size + 2 * margin + 0.15) + 0.2
        return width <= room[0], height <= room[1]

    def _legend(self, headings: Mapping[str, str]) -> None:
        legend = self.item("legend", QgsLayoutItemLegend)
        self._headings = headings
        self._kinds = {
            layer.id(): Kinds(layer) for heading, layers in self.sheet.groups if heading for layer in layers
        }
        if legend is None:
            return
        legend.setLinkedMap(self.item("map", QgsLayoutItemMap))
        legend.setAutoUpdateModel(False)
        legend.setLegendFilterByMapEnabled(False)  # we look ourselves, once, before the legend is measured
        self._letters = {style: legend.styleFont(style).pointSizeF() for style in _STYLES}
        self._room = (legend.rect().width(), legend.rect().height())
        self._symbols = (legend.symbolWidth(), legend.symbolHeight())
        self._columns = legend.columnCount()

    def _fit_legend(self) -> None:
        """What is on the page and nothing else, in letters so small that every entry fits its place."""
        legend = self.item("legend", QgsLayoutItemLegend)
        if legend is None:
            return
        self._list_what_shows(legend)
        for factor, columns in product(_SHRINKING, (self._columns, self._columns + 1)):
            for style, points in self._letters.items():
                font = legend.styleFont(style)
                font.setPointSizeF(points * factor)
                legend.setStyleFont(style, font)
            legend.setSymbolWidth(self._symbols[0] * factor)
            legend.setSymbolHeight(self._symbols[1] * factor)
            legend.setColumnCount(columns)
            size = QgsLegendRenderer(legend.model(), legend.legendSettings()).minimumSize()
            if size.width() <= self._room[0] + 0.2 and size.height() <= self._room[1] + 0.2:
                break

    def _list_what_shows(self, legend: QgsLayoutItemLegend) -> None:
        box = self.item("map", QgsLayoutItemMap).extent()
        root = legend.model().rootGroup()
        root.removeAllChildren()
        groups: dict[str, QgsLayerTreeGroup] = {}
        for heading, layers in sorted(self.sheet.groups, key=lambda group: group[0] == "units"):
            for layer in layers if heading else ():
                seen = self._kinds[layer.id()].within(box)
                if not seen:
                    continue
                if heading not in groups:
                    groups[heading] = root.addGroup(self._headings[heading])
                node = groups[heading].addLayer(layer)
                node.setCustomProperty("legend/title-style", "hidden")
                QgsMapLayerLegendUtils.setLegendNodeOrder(node, seen)
                legend.model().refreshLayerLegend(node)

    def _logo(self, path: Path | None) -> None:
        logo = self.item("logo", QgsLayoutItemPicture)
        if logo is None:
            return
        if path is None:
            self._drop("logo")
            return
        logo.setPicturePath(str(path))
        author = self.item("author", QgsLayoutItemLabel)
        if author is not None:  # beside the logo
            width = logo.rect().width() + 2
            place = author.positionWithUnits()
            author.attemptMove(QgsLayoutPoint(place.x() + width, place.y(), _MM))
            author.attemptResize(QgsLayoutSize(author.rect().width() - width, author.rect().height(), _MM))

    def _title(self) -> None:
        """Letters of the title so small that the longest one fits its line."""
        label = self.item("title", QgsLayoutItemLabel)
        if label is None:
            return
        longest = [title for _, _, title in self.sheet.units] or [self.sheet.title]
        font = label.font()
        whole = font.pointSizeF()
        font.setPixelSize(1000)
        metrics = QFontMetricsF(font)
        width = max(metrics.horizontalAdvance(title) for title in longest) / 1000 * whole * _POINT_MM
        font = label.font()
        font.setPointSizeF(max(whole * min(1.0, 0.97 * label.rect().width() / max(width, 1.0)), 5.0))
        label.setFont(font)

    def _more_pages(self) -> None:
        """Further pages for the rows that do not fit beside the map: none is lost."""
        table = self._table()
        if table is None:
            return
        room = sum(table.frame(place).rect().height() for place in range(table.frameCount()))
        left = table.totalSize().height() - room
        page = self.layout.pageCollection().page(0)
        width, height = page.pageSize().width(), page.pageSize().height()
        while left > 0.2:
            added = QgsLayoutItemPage(self.layout)
            added.setPageSize(QgsLayoutSize(width, height, _MM))
            self.layout.pageCollection().addPage(added)
            number = self.layout.pageCollection().pageCount() - 1
            frame = QgsLayoutFrame(self.layout, table)
            table.addFrame(frame, False)
            size = QgsLayoutSize(table.frame(0).rect().width(), height - 46, _MM)
            frame.attemptResize(size)
            frame.attemptMove(QgsLayoutPoint(8, 26, _MM), True, False, number)
            for name in ("title", "subtitle", "mark", "disclaimer", "page"):
                self._repeat(name, number)
            left -= height - 46 - table.totalSize().height() / max(len(table.contents()) + 1, 1)
        table.recalculateFrameSizes()

    def _repeat(self, name: str, page: int) -> None:
        label = self.item(name, QgsLayoutItemLabel)
        if label is None:
            return
        copy = QgsLayoutItemLabel(self.layout)
        copy.setText(label.text())
        copy.setFont(label.font())
        copy.setFontColor(label.fontColor())
        copy.setHAlign(label.hAlign())
        copy.setVAlign(label.vAlign())
        copy.setFrameEnabled(label.frameEnabled())
        self.layout.addLayoutItem(copy)
        place = label.positionWithUnits()
        copy.attemptResize(QgsLayoutSize(label.rect().width(), label.rect().height(), _MM))
        copy.attemptMove(QgsLayoutPoint(place.x(), place.y(), _MM), True, False, page)

    def _drop(self, name: str) -> None:
        found = self.layout.itemById(name)
        if found is not None:
            self.layout.removeLayoutItem(found)


def _rows_layer(figures: Mapping[str, Figures]) -> QgsVectorLayer:
    most = max(len(table.headings) for table in figures.values())
    columns: dict[str, list] = {"unit_id": [], **{f"c{n}": [] for n in range(most)}}
    for unit, table in figures.items():
        for row in table.rows:
            columns["unit_id"].append(unit)
            for place in range(most):
                columns[f"c{place}"].append(row[place] if place < len(row) else None)
    return layer_of("figures", "", "", None, columns)


def _columns(
    headings: Sequence[str], asked: Sequence[float], width: float, margin: float
) -> list[QgsLayoutTableColumn]:
    """Columns in proportion to their longest texts, as wide as the frame together; numbers stand right."""
    share = max(width - (2 * margin + 0.2) * len(asked), 10.0) / sum(asked)
    columns = []
    for place, (heading, of_column) in enumerate(zip(headings, asked, strict=True)):
        column = QgsLayoutTableColumn(heading)
        column.setAttribute(f"c{place}")
        column.setWidth(of_column * share)
        column.setHAlignment(Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft)
        column.setVAlignment(Qt.AlignmentFlag.AlignVCenter)
        columns.append(column)
    return columns


def _width(text: str) -> float:
    """Width of a text in halves of a Chinese letter, a little for safety."""
    return sum(2.0 if ord(letter) > 0x2E7F else 1.15 for letter in text) + 0.6


def _shaped(box: QgsRectangle, width: float, height: float) -> QgsRectangle:
    """The box widened to the proportions of a frame."""
    wide = max(box.width(), box.height() * width / height)
    return QgsRectangle.fromCenterAndSize(box.center(), wide, wide * height / width)
