"""Rows of a case as layers in memory, in the projection of the map: nothing of the file stays open meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import shapely
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsField,
    QgsGeometry,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDate, QVariant

from ...core.papers.privacy import COARSE
from ...core.report.words import is_given

if TYPE_CHECKING:
    import geopandas as gpd

GEODETIC = "EPSG:4490"
_KINDS = {"point": "Point", "line": "MultiLineString", "polygon": "MultiPolygon", "": "None"}


def map_crs(frames: Iterable[gpd.GeoDataFrame]) -> str:
    """The system that maps are drawn in: of the first layer that has one in metres, else the 3-degree belt of CGCS2000
    in whose middle the first rows lie."""
    frames = [frame for frame in frames if len(frame) and frame.crs is not None]
    for frame in frames:
        if not frame.crs.is_geographic and frame.crs.to_epsg():
            return f"EPSG:{frame.crs.to_epsg()}"
    for frame in frames:
        box = frame.geometry[frame.geometry.notna()].to_crs(GEODETIC).total_bounds
        if np.isfinite(box).all():
            belt = min(max(round((box[0] + box[2]) / 6), 25), 45)
            return f"EPSG:{4534 + belt - 25}"
    return "EPSG:4538"


def crs_told(crs: str) -> str:
    """A system as maps print it: its name and code."""
    found = QgsCoordinateReferenceSystem(crs)
    return f"{found.description()} ({crs})"


def projected(frame: gpd.GeoDataFrame, crs: str, coarse: bool = False) -> np.ndarray:
    """The geometries of a frame in another system; empty ones are None.

    Args:
        coarse: points are moved to where a public paper may show them.
    """
    shapes = frame.geometry
    if coarse:
        degrees = shapes.to_crs(GEODETIC)
        shapes = degrees.set_crs(GEODETIC)
        shapes = type(shapes)(
            shapely.transform(degrees.to_numpy(), lambda places: np.round(places, COARSE)), crs=GEODETIC
        )
    made = shapes.to_crs(crs).to_numpy()
    usable = ~(shapely.is_missing(made) | shapely.is_empty(made)) & np.isfinite(shapely.bounds(made)).all(
        axis=1
    )
    return np.where(usable, made, None)


def layer_of(
    name: str,
    kind: str,
    crs: str,
    shapes: np.ndarray | None,
    columns: Mapping[str, Iterable[object]],
    days: Iterable[str] = (),
) -> QgsVectorLayer:
    """A layer in memory.

    Args:
        kind: ``point``, ``line``, ``polygon``, or empty for a table. shapes: one for each row; rows without are left
            out. columns: values by name, texts all but those of ``days``.
    """
    layer = QgsVectorLayer(f"{_KINDS[kind]}?crs={crs}" if kind else "None", name, "memory")
    days = set(days)
    fields = [QgsField(key, QVariant.Date if key in days else QVariant.String) for key in columns]
    layer.dataProvider().addAttributes(fields)
    layer.updateFields()
    told = [
        [_day(value) if key in days else _text(value) for value in values] for key, values in columns.items()
    ]
    features = []
    packed = None if shapes is None else shapely.to_wkb(shapes)
    for row, values in enumerate(zip(*told, strict=True)):
        if packed is not None and packed[row] is None:
            continue
        feature = QgsFeature(layer.fields())
        feature.setAttributes(list(values))
        if packed is not None:
            geometry = QgsGeometry()
            geometry.fromWkb(packed[row])
            feature.setGeometry(geometry)
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    return layer


def _text(value: object) -> str | None:
    return str(value) if is_given(value) else None


def _day(value: object) -> QDate | None:
    if not is_given(value):
        return None
    text = str(value)[:10]
    return QDate.fromString(text, "yyyy-MM-dd")
