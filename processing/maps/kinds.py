"""Which entries of a layer's legend show in an extent."""

from __future__ import annotations

import numpy as np
import shapely
from qgis.core import QgsRectangle, QgsRenderContext, QgsVectorLayer


class Kinds:
    """The legend's entries of a layer with the shapes that are drawn under each.

    QGIS's own filter goes through every feature anew on every page; here each is asked once how it is drawn.
    """

    def __init__(self, layer: QgsVectorLayer) -> None:
        renderer = layer.renderer().clone()
        keys = [item.ruleKey() for item in renderer.legendSymbolItems()]
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
        self._tree = shapely.STRtree(shapely.from_wkb(shapes))

    def within(self, box: QgsRectangle) -> list[int]:
        """Numbers of the entries that show, in their order."""
        frame = shapely.box(box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum())
        rows = self._tree.query(frame, predicate="intersects")
        return np.unique(self._drawn[np.isin(self._drawn[:, 0], rows), 1]).tolist()
