"""The page of the print layouts: what stands where on A4, in which words, and how items are put there.

Used by ``make_layouts.py``, which makes the checkout importable first.
"""

from __future__ import annotations

import math

from qgis.core import (
    QgsLayoutItemLabel,
    QgsLayoutItemPage,
    QgsLayoutMeasurement,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsPrintLayout,
    QgsProject,
    QgsUnitTypes,
)
from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont

from overdraft.processing.maps.house import House

ORIENTATIONS = ("portrait", "landscape")
MM = QgsUnitTypes.LayoutUnit.LayoutMillimeters
LEFT, RIGHT, MIDDLE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter
TOP, CENTRE, BOTTOM = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignBottom

WORDS = {
    "zh": {
        "legend": "图例",
        "overview": "位置示意",
        "north": "北",
        "km": "千米",
        "drafted": "制图",
        "checked": "校核",
        "approved": "批准",
        "date": "日期",
        "page": "第[% {at} %]页　共[% {of} %]页",
        "scale": "比例尺 1∶[% format_number(map_get(item_variables('map'), 'map_scale'), 0) %]",
    },
    "en": {
        "legend": "Legend",
        "overview": "Where it lies",
        "north": "N",
        "km": "km",
        "drafted": "Drafted",
        "checked": "Checked",
        "approved": "Approved",
        "date": "Date",
        "page": "Page [% {at} %] of [% {of} %]",
        "scale": "Scale 1:[% format_number(map_get(item_variables('map'), 'map_scale'), 0) %]",
    },
}

PLACES: dict[str, dict[str, tuple[float, float, float, float]]] = {
    # x, y, width, height on A4, in millimetres
    "landscape": {
        "title": (8, 6.5, 242, 10),
        "subtitle": (8, 16.8, 242, 5.6),
        "mark": (259, 7.5, 30, 9),
        "map": (8, 24, 213, 153),
        "legend": (224, 24, 65, 88),
        "figures_title": (224, 113, 65, 5),
        "figures": (224, 118.4, 65, 58.6),
        "about": (8, 179.5, 100, 16.5),
        "logo": (110, 180, 12, 12),
        "author": (110, 180, 70, 12),
        "signs": (184, 180, 105, 13),
        "disclaimer": (8, 198, 232, 6),
        "page": (243, 198, 46, 6),
    },
    "portrait": {
        "title": (8, 6.5, 160, 10),
        "subtitle": (8, 16.8, 194, 5.6),
        "mark": (172, 7.5, 30, 9),
        "map": (8, 24, 194, 178),
        "legend": (8, 204, 98, 55),
        "figures_title": (109, 204, 93, 5),
        "figures": (109, 209.2, 93, 50),
        "about": (8, 261, 98, 14.8),
        "logo": (109, 261.5, 12, 12),
        "author": (109, 261.5, 93, 12),
        "signs": (97, 276, 105, 12),
        "disclaimer": (8, 278, 86, 10),
        "page": (156, 289.5, 46, 4),
    },
}
ATLAS = {
    "landscape": {
        "legend": (224, 24, 65, 56),
        "figures_title": (224, 81, 65, 5),
        "figures": (224, 86.2, 65, 62),
        "overview": (224, 150, 65, 27),
    },
    "portrait": {
        "map": (8, 24, 194, 168),
        "legend": (8, 194, 80, 65),
        "figures_title": (91, 194, 62, 5),
        "figures": (91, 199.2, 62, 60),
        "overview": (156, 195, 46, 64),
    },
}
"""What an atlas places otherwise."""


class Page:
    """One layout while it is drawn up.

    Attributes:
        scale: of lengths against A4. letters: of letters.
    """

    def __init__(self, family: str, paper: str, orientation: str, language: str, house: House) -> None:
        self.family, self.orientation, self.words, self.house = family, orientation, WORDS[language], house
        self.scale = 1.0 if paper == "A4" else math.sqrt(2)
        self.letters = 1.0 if paper == "A4" else 1.25
        self.project = QgsProject()  # a layout does not keep its project alive
        self.layout = QgsPrintLayout(self.project)
        self.layout.initializeDefaults()
        self.layout.setName("_".join((family, paper, orientation, language)))
        turned = QgsLayoutItemPage.Orientation
        self.layout.pageCollection().page(0).setPageSize(
            paper, turned.Portrait if orientation == "portrait" else turned.Landscape
        )
        self.places = dict(PLACES[orientation])
        if family == "atlas":
            self.places |= ATLAS[orientation]

    def place(self, name: str) -> QRectF:
        """Where an item goes."""
        return QRectF(*(value * self.scale for value in self.places[name]))

    def font(self, size: float, bold: bool = False) -> QFont:
        """Letters of the house."""
        font = QFont(self.house.fonts[0])
        font.setPointSizeF(size * self.letters)
        font.setBold(bold)
        return font

    def put(self, item, name: str, place: QRectF) -> None:
        """Add an item under a name."""
        item.setId(name)
        if item.layout() is None or item.scene() is None:
            self.layout.addLayoutItem(item)
        item.attemptMove(QgsLayoutPoint(place.left(), place.top(), MM))
        item.attemptResize(QgsLayoutSize(place.width(), place.height(), MM))

    def text(
        self, name, words, place, size, colour="ink", bold=False, align=LEFT, valign=CENTRE, frame=""
    ) -> None:
        """A text in a rectangle, framed in a colour where one is named."""
        label = QgsLayoutItemLabel(self.layout)
        label.setText(words)
        label.setFont(self.font(size, bold))
        label.setFontColor(QColor(self.house.colour(colour)))
        label.setHAlign(align)
        label.setVAlign(valign)
        label.setMarginX(0.8 if frame else 0)
        label.setMarginY(0.5 if frame else 0)
        if frame:
            self.framed(label, frame, 0.25)
        self.put(label, name, place)

    def framed(self, item, colour: str, width: float) -> None:
        """A frame around an item."""
        item.setFrameEnabled(True)
        item.setFrameStrokeColor(QColor(self.house.colour(colour)))
        item.setFrameStrokeWidth(QgsLayoutMeasurement(width * self.scale, MM))
