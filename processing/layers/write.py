"""One output layer into one new local file."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingContext,
    QgsProcessingException,
    QgsVectorFileWriter,
    QgsWkbTypes,
)

from ..texts import tr
from .fields import BULK_KINDS, fields_to_qgis
from .geopackage import can_write, fill
from .table import moments
from .values import missing_in

if TYPE_CHECKING:
    from .destination import OutputLayer

_BULK_DRIVERS = {".gpkg": "GPKG", ".shp": "ESRI Shapefile", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf"}


def write_file(path: Path, layer: OutputLayer, context: QgsProcessingContext) -> None:
    """Write ``layer`` to ``path``, which does not exist yet: in bulk where that keeps everything, else with QGIS.

    Raises:
        QgsProcessingException: the file cannot be written; the text is that of the driver.
    """
    layer = _as_text(layer)
    if path.suffix.lower() == ".gpkg" and can_write(layer) and _write_bulk(path, _without_rows(layer)):
        try:
            fill(path, path.stem, layer)
        except sqlite3.Error as error:
            raise QgsProcessingException(str(error)) from error
    elif not _write_bulk(path, layer):
        write_features(path, layer, context)


def _as_text(layer: OutputLayer) -> OutputLayer:
    """Names and texts as every file can hold them."""
    from ...core.intake.values import storable, storable_column

    fields = [replace(field, name=storable(field.name)) for field in layer.fields]
    columns = [storable_column(column) for column in layer.columns]
    return replace(layer, fields=fields, columns=columns)


def _without_rows(layer: OutputLayer) -> OutputLayer:
    wkb = None if layer.wkb is None else layer.wkb[:0]
    return replace(layer, columns=[column[:0] for column in layer.columns], wkb=wkb)


def _write_bulk(path: Path, layer: OutputLayer) -> bool:
    driver = _BULK_DRIVERS.get(path.suffix.lower())
    if driver is None or any(field.kind not in BULK_KINDS for field in layer.fields):
        return False
    if QgsWkbTypes.hasM(layer.wkb_type) or QgsWkbTypes.isCurvedType(layer.wkb_type):
        return False
    try:
        import pyogrio
        from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
    except ImportError:
        return False
    arrays, masks = [], []
    for field, column in zip(layer.fields, layer.columns, strict=True):
        array, mask = _storable(column, field.kind)
        arrays.append(array)
        masks.append(mask)
    zones = {
        field.name: np.full(len(layer), field.zone)
        for field in layer.fields
        if field.kind == "datetime" and field.zone
    }
    names = np.array([field.name for field in layer.fields], dtype=object)
    options = _layer_options(driver, layer)
    try:
        pyogrio.raw.write(
            str(path),
            _wkb(layer),
            arrays,
            names,
            field_mask=masks,
            layer=path.stem,
            driver=driver,
            geometry_type=None if layer.wkb is None else _geometry_name(layer.wkb_type),
            crs=None if layer.wkb is None else crs_text(layer.crs),
            layer_options=options,
            gdal_tz_offsets=zones,
        )
    except (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, ValueError) as error:
        raise QgsProcessingException(str(error)) from error
    stored = pyogrio.read_info(str(path), force_feature_count=True)["features"]
    if stored != len(layer):
        # FlatGeobuf drops rows without geometry and says nothing
        raise QgsProcessingException(
            tr(
                "{driver} kept only {stored} of {n} rows of {name}. Choose another format, such as GeoPackage."
            ).format(driver=driver, stored=stored, n=len(layer), name=path.name)
        )
    return True


def crs_text(crs: QgsCoordinateReferenceSystem | None) -> str | None:
    """A CRS as GDAL reads it: authority and code where it has one, else WKT."""
    if crs is None or not crs.isValid():
        return None
    if crs.authid() and not crs.authid().startswith(("USER:", "CUSTOM:")):
        return crs.authid()
    return crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED)


def _layer_options(driver: str, layer: OutputLayer) -> dict[str, str]:
    names = {field.name.lower() for field in layer.fields}
    if driver == "GPKG":
        return {"GEOMETRY_NAME": "geometry_1" if "geom" in names else "geom", "FID": "fid"}
    if driver == "FlatGeobuf":
        # With an index the format sorts the rows and drops those without geometry.
        return {"SPATIAL_INDEX": "NO"}
    return {"ENCODING": "UTF-8"} if driver == "ESRI Shapefile" else {}


def _geometry_name(wkb_type: int) -> str:
    """The name pyogrio knows a geometry type by, such as ``Point Z`` or ``MultiPolygon``."""
    flat = QgsWkbTypes.displayString(QgsWkbTypes.flatType(wkb_type))
    if flat in ("Unknown", "GeometryCollection", "No geometry", "NoGeometry"):
        return "Unknown"
    return f"{flat} Z" if QgsWkbTypes.hasZ(wkb_type) else flat


def _wkb(layer: OutputLayer) -> np.ndarray | None:
    """Geometry as pyogrio takes it: before 0.11 it does not know the ISO codes of types with Z, which QGIS writes."""
    if layer.wkb is None or not QgsWkbTypes.hasZ(layer.wkb_type):
        return layer.wkb
    import shapely

    return shapely.to_wkb(shapely.from_wkb(layer.wkb), output_dimension=3, flavor="extended")


def _storable(column: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray | None]:
    """An array of the type that makes the field, and where it is NULL."""
    if kind == "real":
        return np.asarray(column, dtype="float64"), None
    if kind == "date":
        return np.asarray(column).astype("datetime64[D]"), None
    if kind == "datetime":
        return moments(column), None
    missing = missing_in(column)
    if kind == "text":
        return _texts(np.asarray(column, dtype=object), missing), None
    types = {"bool": "bool", "int32": "int32", "int64": "int64"}
    if not missing.any():
        return np.asarray(column, dtype=types[kind]), None
    filled = np.zeros(len(column), dtype=types[kind])
    filled[~missing] = np.asarray(column, dtype=object)[~missing].astype(types[kind])
    return filled, missing


def _texts(column: np.ndarray, missing: np.ndarray) -> np.ndarray:
    from pandas.api.types import infer_dtype

    if infer_dtype(column, skipna=True) in ("string", "empty"):
        return np.where(missing, None, column)
    values = np.empty(len(column), dtype=object)
    values[:] = [None if gone else str(value) for value, gone in zip(column, missing, strict=True)]
    return values


def write_features(path: Path, layer: OutputLayer, context: QgsProcessingContext, title: str = "") -> None:
    """Write a layer row by row, by the driver of the file's ending.

    Args:
        title: its name in the file, beside the layers that are there; empty: that of the file, which is made anew.
    """
    from .destination import features

    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = QgsVectorFileWriter.driverForExtension(path.suffix)
    options.fileEncoding = "UTF-8"
    options.layerName = title or path.stem
    if title and path.exists():
        options.actionOnExistingFile = QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
    writer = QgsVectorFileWriter.create(
        str(path),
        fields_to_qgis(layer.fields),
        layer.wkb_type,
        layer.crs or QgsCoordinateReferenceSystem(),
        context.transformContext(),
        options,
    )
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise QgsProcessingException(writer.errorMessage())
    for feature in features(layer):
        if not writer.addFeature(feature):
            raise QgsProcessingException(writer.errorMessage())
    del writer
