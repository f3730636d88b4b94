"""A layout filled in: the map's layers, the legend of what is on it, figures, texts; ready to be exported."""

from __future__ import annotations

from collections.abc import Mapping
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
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLegendRenderer,
    QgsLegendStyle,
    QgsMapLayerLegendUtils,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsTextFormat,
    QgsUnitTypes,
)

from ...core.errors import OverdraftError
from .backdrop import grown
from .fitting import SHRINKING, fit_box, fit_line
from .framing import show
from .house import House, plain
from .kinds import Kinds
from .sheets import Sheet
from .table import FiguresTable, rows_layer
from .templates import layout_from

_ON_MAP = ("scale", "invented", "north", "north_left", "north_right")
"""Items that lie on the map."""
_MM = QgsUnitTypes.LayoutUnit.LayoutMillimeters
_WHOLE = 0.82
"""Letters of the legend are made that small before its entries are parted from their headings."""
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
        if house.plain:
            _plain_letters(self.layout)
        for layer in (*sheet.layers, sheet.coverage, sheet.inset):
            if layer is not None:
                self.project.addMapLayer(layer, False)
        self._variables(texts)
        self._map(crs)
        self._figures = self._filled_table()
        self._legend(texts.headings)
        self._logo(texts.logo)
        self._letters_of_texts()
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
        part = self.sheet.parts[number]
        ground = grown(QgsRectangle(*part.bounds))
        show(self.item("map", QgsLayoutItemMap), ground, part, self._boxes)
        if self._figures:
            self._figures.table.refreshAttributes()
        self._fit_legend()

    def rows_shown(self) -> int:
        """Rows of the table that the page shows; 0 where the layout has no table."""
        return self._figures.rows_shown() if self._figures else 0

    @property
    def has_table(self) -> bool:
        """Does the layout have a place for figures?"""
        return self._figures is not None

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
        shown.setAtlasDriven(False)  # we look ourselves what each page shows
        self._boxes = [box for box in map(self.layout.itemById, _ON_MAP) if box is not None]
        if sheet.coverage is None:
            show(shown, sheet.ground, sheet.part, self._boxes)
            return
        atlas = self.layout.atlas()
        atlas.setCoverageLayer(sheet.coverage)
        atlas.setEnabled(True)
        atlas.setHideCoverage(True)
        atlas.setPageNameExpression('"title"')
        atlas.setSortFeatures(True)
        atlas.setSortExpression('"unit_id"')
        show(shown, sheet.ground, None, ())
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

    def _filled_table(self) -> FiguresTable | None:
        frame = self.item("figures", QgsLayoutFrame)
        table = frame.multiFrame() if frame is not None else None
        if not isinstance(table, QgsLayoutItemAttributeTable):
            return None
        above = self.item("figures_title", QgsLayoutItemLabel)  # QGIS makes a frame as narrow as its table
        room = (above or frame).rect().width(), frame.rect().height()
        made = FiguresTable(table, room, self.sheet.coverage is not None)
        layer = rows_layer(self.sheet.figures)
        self.project.addMapLayer(layer, False)
        made.fill(self.sheet.figures, layer)
        return made

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
        whole = [factor for factor in SHRINKING if factor >= _WHOLE]
        counts = (self._columns, self._columns + 1)
        tried = (*product(whole, counts, (False,)), *product(SHRINKING, counts, (True,)))
        for factor, columns, split in tried:
            for style, points in self._letters.items():
                font = legend.styleFont(style)
                font.setPointSizeF(points * factor)
                legend.setStyleFont(style, font)
            legend.setSymbolWidth(self._symbols[0] * factor)
            legend.setSymbolHeight(self._symbols[1] * factor)
            legend.setColumnCount(columns)
            legend.setSplitLayer(split)
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

    def _letters_of_texts(self) -> None:
        """Letters so small that the longest title stands on its line, and every other text in its place."""
        titles = [title for _, _, title in self.sheet.units] or [self.sheet.title]
        title, subtitle = self.item("title", QgsLayoutItemLabel), self.item("subtitle", QgsLayoutItemLabel)
        if title is not None:
            fit_line(title, titles)
        if subtitle is not None:
            fit_line(subtitle, [subtitle.currentText()])
        for name in ("about", "author", "disclaimer", "figures_title"):
            label = self.item(name, QgsLayoutItemLabel)
            if label is not None:
                fit_box(label)

    def _more_pages(self) -> None:
        """Further pages for the rows that do not fit beside the map: none is lost."""
        if not self._figures:
            return
        page = self.layout.pageCollection().page(0)
        width, height = page.pageSize().width(), page.pageSize().height()
        while self._figures.left_over() > 0.2:
            added = QgsLayoutItemPage(self.layout)
            added.setPageSize(QgsLayoutSize(width, height, _MM))
            self.layout.pageCollection().addPage(added)
            number = self.layout.pageCollection().pageCount() - 1
            frame = self._figures.frame_for_more()
            frame.attemptResize(QgsLayoutSize(self._figures.table.frame(0).rect().width(), height - 46, _MM))
            frame.attemptMove(QgsLayoutPoint(8, 26, _MM), True, False, number)
            for name in ("title", "subtitle", "mark", "disclaimer", "page"):
                self._repeat(name, number)
        self._figures.table.recalculateFrameSizes()

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


def _shaped(box: QgsRectangle, width: float, height: float) -> QgsRectangle:
    """The box widened to the proportions of a frame."""
    wide = max(box.width(), box.height() * width / height)
    return QgsRectangle.fromCenterAndSize(box.center(), wide, wide * height / width)


def _plain_letters(layout: QgsPrintLayout) -> None:
    """Give every item of a layout plain letters, before anything is measured."""
    for item in layout.items():
        if isinstance(item, QgsLayoutItemLabel):
            item.setFont(plain(item.font()))
        elif isinstance(item, QgsLayoutItemScaleBar):
            item.setTextFormat(_plain_format(item.textFormat()))
        elif isinstance(item, QgsLayoutItemLegend):
            for style in _STYLES:
                item.setStyleFont(style, plain(item.styleFont(style)))
    for table in layout.multiFrames():
        if isinstance(table, QgsLayoutItemAttributeTable):
            table.setHeaderTextFormat(_plain_format(table.headerTextFormat()))
            table.setContentTextFormat(_plain_format(table.contentTextFormat()))


def _plain_format(given: QgsTextFormat) -> QgsTextFormat:
    letters = QgsTextFormat(given)
    letters.setFont(plain(letters.font()))
    return letters
