"""Write the print layouts in ``resources/layouts`` from one description of the page, which is in ``layout_page.py``.

Run with the project's Python (``.venv/bin/python tools/make_layouts.py``) after a change and commit what it writes:
``sheet`` (one map) and ``atlas`` (a page for each unit, with an overview), A4 and A3, portrait and landscape, Chinese
and English. A3 is A4 times the square root of two, so that the papers cannot drift apart. They are ordinary QGIS
layouts: items are found by their ids, texts are expressions over the variables ``paper_…`` that the export sets.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_HASH_SEED", "0")  # attributes in the same order on every run

ROOT = Path(__file__).resolve().parents[1]
if "overdraft" not in sys.modules:  # run by hand: make the checkout importable, as the tests do
    spec = importlib.util.spec_from_file_location("conftest", ROOT / "conftest.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

from layout_page import (  # noqa: E402
    MIDDLE,
    ORIENTATIONS,
    RIGHT,
    TOP,
    WORDS,
    Page,
)
from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsFillSymbol,
    QgsLayoutFrame,
    QgsLayoutItemAttributeTable,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemPicture,
    QgsLayoutItemPolygon,
    QgsLayoutItemScaleBar,
    QgsLayoutTable,
    QgsLegendStyle,
    QgsPrintLayout,
    QgsReadWriteContext,
    QgsScaleBarSettings,
    QgsUnitTypes,
)
from qgis.PyQt.QtCore import QPointF, QRectF  # noqa: E402
from qgis.PyQt.QtGui import QColor, QFont, QPolygonF  # noqa: E402
from qgis.PyQt.QtXml import QDomDocument  # noqa: E402

from overdraft.processing.maps.house import House, shipped  # noqa: E402

LAYOUTS = ROOT / "resources/layouts"
FAMILIES = ("sheet", "atlas")
PAPERS = {"A4": (210.0, 297.0), "A3": (297.0, 420.0)}


def drawn(page: Page) -> QgsPrintLayout:
    """Everything on the page."""
    heads(page)
    shown = maps(page)
    scale_and_north(page, shown)
    legend(page, shown)
    figures(page)
    feet(page)
    return page.layout


def heads(page: Page) -> None:
    """Title, document, who may see it."""
    atlas = page.family == "atlas"
    title = "[% attribute(@atlas_feature, 'title') %]" if atlas else "[% @paper_title %]"
    page.text("title", title, page.place("title"), 17, bold=True)
    page.text("subtitle", "[% @paper_subtitle %]", page.place("subtitle"), 7.6, "quiet")
    page.text("mark", "[% @paper_mark %]", page.place("mark"), 11, bold=True, align=MIDDLE, frame="ink")


def maps(page: Page) -> QgsLayoutItemMap:
    """The map, and in an atlas where the page lies."""
    shown = QgsLayoutItemMap(page.layout)
    page.framed(shown, "ink", 0.35)
    shown.setBackgroundColor(QColor(page.house.colour("paper")))
    page.put(shown, "map", page.place("map"))
    frame = page.place("map")
    corner = QRectF(frame.left() + 2, frame.top() + 2, 46 * page.scale, 7 * page.scale)
    page.text("invented", "[% @paper_invented %]", corner, 10, "red", True, MIDDLE, frame="red")
    page.layout.itemById("invented").setBackgroundEnabled(True)
    if page.family == "atlas":
        shown.setAtlasDriven(True)
        shown.setAtlasScalingMode(QgsLayoutItemMap.AtlasScalingMode.Predefined)
        inset = QgsLayoutItemMap(page.layout)
        page.framed(inset, "rule", 0.2)
        page.put(inset, "overview", page.place("overview"))
        inset.overview().setLinkedMap(shown)
        inset.overview().setFrameSymbol(
            QgsFillSymbol.createSimple(
                {"style": "no", "outline_color": page.house.colour("red"), "outline_width": "0.3"}
            )
        )
        inset.overview().setEnabled(True)
    return shown


def scale_and_north(page: Page, shown: QgsLayoutItemMap) -> None:
    """Scale bar, scale and north arrow in the corners of the map."""
    frame = page.place("map")
    box = QRectF(frame.left(), frame.bottom() - 12.5 * page.scale, 62 * page.scale, 12.5 * page.scale)
    page.text("scale", page.words["scale"], box, 7, valign=TOP, frame="rule")
    page.layout.itemById("scale").setBackgroundEnabled(True)
    bar = QgsLayoutItemScaleBar(page.layout)
    bar.setStyle("Single Box")
    bar.setLinkedMap(shown)
    bar.setUnits(QgsUnitTypes.DistanceUnit.DistanceKilometers)
    bar.setUnitLabel(page.words["km"])
    bar.setNumberOfSegments(2)
    bar.setNumberOfSegmentsLeft(0)
    bar.setSegmentSizeMode(QgsScaleBarSettings.SegmentSizeMode.SegmentSizeFitWidth)
    bar.setMinimumBarWidth(22 * page.scale)
    bar.setMaximumBarWidth(45 * page.scale)
    bar.setHeight(1.4 * page.scale)
    bar.setBoxContentSpace(0.6)
    letters = bar.textFormat()
    letters.setFont(page.font(6.5))
    letters.setSize(6.5 * page.letters)
    letters.setSizeUnit(QgsUnitTypes.RenderUnit.RenderPoints)
    bar.setTextFormat(letters)
    page.put(
        bar, "scalebar", QRectF(box.left() + 1, box.top() + 3.0 * page.scale, box.width() - 2, 8 * page.scale)
    )
    x, y, size = frame.right() - 8 * page.scale, frame.top() + 7 * page.scale, page.scale
    for name, side, colour in (("north_left", -2.2, "ink"), ("north_right", 2.2, "white")):
        points = [QPointF(x, y), QPointF(x + side * size, y + 8 * size), QPointF(x, y + 6 * size)]
        half = QgsLayoutItemPolygon(QPolygonF(points), page.layout)
        values = {
            "color": page.house.colour(colour),
            "outline_color": page.house.colour("ink"),
            "outline_width": "0.2",
        }
        half.setSymbol(QgsFillSymbol.createSimple(values))
        half.setId(name)
        page.layout.addLayoutItem(half)
    place = QRectF(x - 4 * size, y - 5 * size, 8 * size, 4.6 * size)
    page.text("north", page.words["north"], place, 8.5, bold=True, align=MIDDLE)


def legend(page: Page, shown: QgsLayoutItemMap) -> None:
    """Its entries are put in by the export: those of the map and no others."""
    item = QgsLayoutItemLegend(page.layout)
    item.setLinkedMap(shown)
    item.setAutoUpdateModel(False)
    item.setLegendFilterByMapEnabled(True)
    item.setTitle(page.words["legend"])
    item.setColumnCount(1 if page.orientation == "landscape" else 2)
    item.setSplitLayer(True)
    item.setColumnSpace(4 * page.scale)
    item.setBoxSpace(0.5)
    item.setResizeToContents(False)
    style = QgsLegendStyle.Style
    sizes = {
        style.Title: (9, True),
        style.Group: (7.6, True),
        style.Subgroup: (7.2, True),
        style.SymbolLabel: (7.2, False),
    }
    for part, (size, bold) in sizes.items():
        item.setStyleFont(part, page.font(size, bold))
    item.rstyle(style.Group).setMargin(QgsLegendStyle.Side.Top, 2.0 * page.scale)
    item.rstyle(style.Symbol).setMargin(QgsLegendStyle.Side.Top, 1.1 * page.scale)
    item.rstyle(style.SymbolLabel).setMargin(QgsLegendStyle.Side.Left, 1.6 * page.scale)
    item.setSymbolWidth(6.0 * page.scale)
    item.setSymbolHeight(3.2 * page.scale)
    item.setFontColor(QColor(page.house.colour("ink")))
    item.setBackgroundEnabled(False)
    page.put(item, "legend", page.place("legend"))


def figures(page: Page) -> None:
    """A table of figures: the export names its rows and columns."""
    atlas = page.family == "atlas"
    title = "[% @paper_figures %]"
    page.text("figures_title", title, page.place("figures_title"), 7.6, bold=True)
    table = QgsLayoutItemAttributeTable.create(page.layout)
    page.layout.addMultiFrame(table)
    table.setSource(QgsLayoutItemAttributeTable.ContentSource.LayerAttributes)
    table.setMaximumNumberOfFeatures(100_000)  # QGIS would stop at 30
    if atlas:
        table.setFilterFeatures(True)
        table.setFeatureFilter("\"unit_id\" = attribute(@atlas_feature, 'unit_id')")
    table.setEmptyTableBehavior(QgsLayoutTable.EmptyTableMode.HideTable)
    table.setCellMargin(0.7 * page.scale)
    table.setShowGrid(True)
    table.setVerticalGrid(False)
    table.setGridColor(QColor(page.house.colour("rule")))
    table.setGridStrokeWidth(0.12)
    table.setBackgroundColor(QColor(255, 255, 255, 0))
    for get, put, bold in (
        (table.headerTextFormat, table.setHeaderTextFormat, True),
        (table.contentTextFormat, table.setContentTextFormat, False),
    ):
        letters = get()
        letters.setFont(page.font(6.8, bold))
        letters.setSize(6.8 * page.letters)
        letters.setSizeUnit(QgsUnitTypes.RenderUnit.RenderPoints)
        letters.setColor(QColor(page.house.colour("ink")))
        put(letters)
    frame = QgsLayoutFrame(page.layout, table)
    table.addFrame(frame)
    page.put(frame, "figures", page.place("figures"))


def feet(page: Page) -> None:
    """Projection and sources, author and logo, signatures, disclaimer, page."""
    page.text("about", "[% @paper_about %]", page.place("about"), 6.4, "ink", valign=TOP)
    logo = QgsLayoutItemPicture(page.layout)
    page.put(logo, "logo", page.place("logo"))
    page.text("author", "[% @paper_author %]", page.place("author"), 8, bold=True)
    signs = page.place("signs")
    width = signs.width() / 3
    for number, name in enumerate(("drafted", "checked", "approved")):
        place = QRectF(signs.left() + number * width, signs.top(), width, signs.height())
        words = f"{page.words[name]}\n\n{page.words['date']}"
        page.text(name, words, place, 6.4, valign=TOP, frame="rule")
    page.text("disclaimer", "[% @paper_disclaimer %]", page.place("disclaimer"), 6, "quiet")
    at, of = ("@layout_page", "@layout_numpages")
    if page.family == "atlas":
        at, of = ("@atlas_featurenumber", "@atlas_totalfeatures")
    words = page.words["page"].format(at=at, of=of)
    page.text("page", words, page.place("page"), 7, align=RIGHT)


def qpt(layout: QgsPrintLayout, house: House) -> str:
    """The template, with numbers in place of random ids, so that it changes only where somebody changed it, and the
    house's letters where QGIS put those of this computer (grids that nobody draws)."""
    document = QDomDocument()
    document.appendChild(layout.writeXml(document, QgsReadWriteContext()))
    written = re.sub(r"\s*<prop [^>]*/>", "", document.toString(1))
    written = written.replace(QFont().family(), house.fonts[0])
    return re.sub(r"\{[0-9a-f]{8}-[0-9a-f-]{27}\}", _numbered(), written)


def _numbered() -> Callable[[re.Match], str]:
    seen: dict[str, str] = {}

    def replace(match: re.Match) -> str:
        return seen.setdefault(match.group(0), f"{{00000000-0000-4000-8000-{len(seen) + 1:012d}}}")

    return replace


def main() -> int:
    """Write every layout."""
    application = QgsApplication([], False)
    application.initQgis()
    LAYOUTS.mkdir(parents=True, exist_ok=True)
    house = shipped()
    for family in FAMILIES:
        for paper in PAPERS:
            for orientation in ORIENTATIONS:
                for language in WORDS:
                    page = Page(family, paper, orientation, language, house)
                    layout = drawn(page)
                    path = LAYOUTS / f"{layout.name()}.qpt"
                    path.write_text(qpt(layout, house), encoding="utf-8")
                    print(f"layouts: {path.name}")
                    del layout, page
    return 0


if __name__ == "__main__":
    sys.exit(main())
