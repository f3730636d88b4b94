"""Which ground a map shows: at a round scale, and nothing of the part below the boxes that lie on the map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import shapely
from qgis.core import QgsLayoutItem, QgsLayoutItemMap, QgsRectangle

SCALES = [step * 10.0**power for power in range(3, 7) for step in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5)]
"""Denominators that maps are drawn at: round ones."""

_TRIED = 3
"""Scales that are tried until nothing is covered."""
_PLACES = (0.0, 0.5, -0.5)
"""Shares of the room to spare by which the part is moved from the middle, up and to the right."""
_METRES = 1000.0


def show(
    shown: QgsLayoutItemMap,
    ground: QgsRectangle,
    part: shapely.Geometry | None,
    boxes: Sequence[QgsLayoutItem],
) -> None:
    """Make a map show its ground whole, at the largest round scale at which no box hides any of the part; where there
    is none, where boxes hide least of it.

    Args:
        part: what must be seen, in the system of the map. boxes: items that lie on the map.
    """
    width, height = shown.rect().width() / _METRES, shown.rect().height() / _METRES
    fitting = [one for one in SCALES if width * one >= ground.width() and height * one >= ground.height()]
    if not fitting:
        shown.setExtent(_around(ground, max(ground.width() / width, ground.height() / height), width, height))
        return
    if part is not None:
        shapely.prepare(part)
    least, chosen = float("inf"), QgsRectangle()
    for scale in fitting[:_TRIED]:
        for extent in _places(ground, scale, width, height):
            hidden = _hidden(part, shown, extent, boxes)
            if hidden < least:
                least, chosen = hidden, extent
            if least == 0:
                break
        if least == 0:
            break
    shown.setExtent(chosen)


def _places(ground: QgsRectangle, scale: float, width: float, height: float) -> Iterator[QgsRectangle]:
    """Extents of one scale that show the ground whole, the one around its middle first."""
    middle = _around(ground, scale, width, height)
    spare = middle.width() - ground.width(), middle.height() - ground.height()
    for up, right in product(_PLACES, _PLACES):
        extent = QgsRectangle(middle)
        extent.setXMinimum(middle.xMinimum() - right * spare[0])
        extent.setXMaximum(middle.xMaximum() - right * spare[0])
        extent.setYMinimum(middle.yMinimum() - up * spare[1])
        extent.setYMaximum(middle.yMaximum() - up * spare[1])
        yield extent


def _around(ground: QgsRectangle, scale: float, width: float, height: float) -> QgsRectangle:
    return QgsRectangle.fromCenterAndSize(ground.center(), width * scale, height * scale)


def _hidden(
    part: shapely.Geometry | None,
    shown: QgsLayoutItemMap,
    extent: QgsRectangle,
    boxes: Sequence[QgsLayoutItem],
) -> float:
    """Share of the boxes below which the part lies."""
    if part is None:
        return 0.0
    metres = extent.width() / shown.rect().width()
    hidden = 0.0
    for box in boxes:
        left = extent.xMinimum() + (box.pos().x() - shown.pos().x()) * metres
        top = extent.yMaximum() - (box.pos().y() - shown.pos().y()) * metres
        width, height = box.rect().width() * metres, box.rect().height() * metres
        place = shapely.box(left, top - height, left + width, top)
        if part.intersects(place):
            overlap = part & place
            hidden += max(overlap.area / place.area, 1e-9)
    return hidden
