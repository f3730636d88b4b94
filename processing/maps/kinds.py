"""Which entries of a layer's legend show in an extent."""

from __future__ import annotations

import numpy as np
import shapely
from qgis.core import QgsRectangle, QgsRenderContext, QgsSymbol, QgsVectorLayer


class Kinds:
    """The legend's entries of a layer with the shapes that are drawn under each.

    QGIS's own filter goes through every feature anew on every page; here each is asked once how it is drawn. Of what is
    drawn as an outline only the outline counts.
    """

    def __init__(self, layer: QgsVectorLayer) -> None:
        renderer = layer.renderer().clone()
        items = renderer.legendSymbolItems()
        keys = [item.ruleKey() for item in items]
        self._outlined = np.array([_is_outline(item.symbol()) for item in items], dtype=bool)
        context = QgsRenderContext()
        context.setExpressionContext(layer.createExpressionContext())
        renderer.startRender(context, layer.fields())
        shapes: list[bytes] = []
        drawn: list[tuple[int, int]] = []
        place = {key: number for number, key in enumerate(keys)}
        for row, feature in enumerate(layer.getFeatures()):
            context.expressionContext().setFeature(feature)
            shapes.append(feature.geometry().asWkb().data())
            drawn += [
                (row, place[key]) for key in renderer.legendKeysForFeature(feature, context) if key in place
            ]
        renderer.stopRender(context)
        self._drawn = np.array(drawn, dtype=np.int64).reshape(-1, 2)
        areas = shapely.from_wkb(shapes)
        self._tree = shapely.STRtree(areas)
        self._lines = shapely.STRtree(shapely.boundary(areas)) if self._outlined.any() else None

    def within(self, box: QgsRectangle) -> list[int]:
        """Numbers of the entries that show, in their order."""
        frame = shapely.box(box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())
        rows, kinds = self._drawn[:, 0], self._drawn[:, 1]
        seen = np.isin(rows, self._tree.query(frame, predicate="intersects"))
        if self._lines is not None:
            crossed = np.isin(rows, self._lines.query(frame, predicate="intersects"))
            seen &= crossed | ~self._outlined[kinds]
        return np.unique(kinds[seen]).tolist()


def _is_outline(symbol: QgsSymbol | None) -> bool:
    """Is an area drawn by its border alone?"""
    if symbol is None or symbol.type() != QgsSymbol.SymbolType.Fill:
        return False
    parts = [symbol.symbolLayer(place) for place in range(symbol.symbolLayerCount())]
    return all(part.type() == QgsSymbol.SymbolType.Line for part in parts)
