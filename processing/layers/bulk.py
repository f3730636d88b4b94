"""Bulk reading with pyogrio of what is nothing but a layer in a local file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from qgis.core import (
    QgsFields,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProviderRegistry,
    QgsVectorLayer,
)

from ...core.errors import OverdraftError
from .fields import BULK_KINDS, UTC, Field
from .parts import read_in_parts
from .table import Table

_STORAGE = ("GPKG", "ESRI Shapefile", "GeoJSON", "FlatGeobuf")
_EXACT_IN_FLOAT = 2**53
_ANY_BYTES = "ISO-8859-1"
"""Every byte is a letter in it."""
_ZONE = re.compile(r"(Z|[+-]\d\d(?::?\d\d)?)?$")
_ZONE_NUMBERS = {"": 0, "Z": UTC, "+00": UTC, "+00:00": UTC, "+0000": UTC}


@dataclass(frozen=True)
class BulkFile:
    """One layer of a file that QGIS would show as it is: no filter, join, virtual field, selection or open edit."""

    path: str
    layer: str | int
    encoding: str | None


@dataclass(frozen=True)
class StoredLayer:
    """A layer of a local file that QGIS shows whole: no filter, join, virtual field or open edit.

    `declared`: the encoding that the user chose for the layer, "" where QGIS only assumes one.
    """

    path: Path
    layer: str | int
    storage: str
    declared: str = ""


def is_partial(value: object) -> bool:
    """Does a parameter's value ask for only some features of its layer?"""
    if not isinstance(value, QgsProcessingFeatureSourceDefinition):
        return False
    filtered = bool(getattr(value, "filterExpression", ""))  # since QGIS 3.32
    return value.selectedFeaturesOnly or value.featureLimit > 0 or filtered


def layer_behind(
    algorithm: QgsProcessingAlgorithm, parameters: dict, name: str, context: QgsProcessingContext
) -> QgsVectorLayer | None:
    """The layer that a source parameter points at."""
    value = parameters.get(name)
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        value = value.source
    return algorithm.parameterAsVectorLayer({**parameters, name: value}, name, context)


def file_of(layer: QgsVectorLayer | None) -> Path | None:
    """The local file that a layer is stored in, if any."""
    if layer is None:
        return None
    path = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source()).get("path")
    return Path(path) if path and Path(path).is_file() else None


def stored_layer(layer: QgsVectorLayer) -> StoredLayer | None:
    """The local file behind a layer, or None when the layer shows something else than what the file holds."""
    provider = layer.dataProvider()
    path = file_of(layer)
    if layer.providerType() not in ("ogr", "delimitedtext") or provider is None or path is None:
        return None
    if layer.isEditable() or layer.subsetString() or layer.vectorJoins():
        return None
    fields = layer.fields()
    stored = QgsFields.FieldOrigin.OriginProvider
    if any(fields.fieldOrigin(place) != stored for place in range(fields.count())):
        return None
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    if any(parts.get(key) for key in ("subset", "geometryType", "vsiPrefix", "vsiSuffix", "authcfg")):
        return None
    options = dict(option.partition("=")[::2] for option in parts.get("openOptions") or [])
    name = parts.get("layerName") or parts.get("layerId") or 0
    return StoredLayer(path, name, layer.storageType(), options.get("encoding", ""))


def bulk_file(layer: QgsVectorLayer) -> BulkFile | None:
    """The plain file behind a layer, or None when reading it in bulk could miss something."""
    stored = stored_layer(layer)
    if stored is None or stored.storage not in _STORAGE:
        return None
    if QgsProviderRegistry.instance().decodeUri("ogr", layer.source()).get("openOptions"):
        return None
    encoding = layer.dataProvider().encoding() if stored.storage == "ESRI Shapefile" else None
    return BulkFile(str(stored.path), stored.layer, encoding or None)


def read_bulk(
    file: BulkFile,
    fields: list[Field],
    source: QgsProcessingFeatureSource,
    keep_as_it_was: bool,
    progress: Callable[[float], None] | None = None,
) -> Table | None:
    """The layer as a Table, or None where the slow road would keep more (types, big numbers, odd names)."""
    if any(field.kind not in BULK_KINDS for field in fields):
        return None
    try:
        import pyogrio
        from pyogrio.errors import DataLayerError, DataSourceError
    except ImportError:
        return None
    if file.encoding and not fields:
        # No text is asked for, and names need not be in the encoding told
        file = replace(file, encoding=_ANY_BYTES)
    try:
        info = pyogrio.read_info(
            file.path, layer=file.layer, encoding=file.encoding, force_feature_count=True
        )
        stored = list(info["fields"])
        names = [field.name for field in fields if field.name in stored]
        fid_fields = [field.name for field in fields if field.name not in stored]
        # QGIS shows the key of a GeoPackage as the first field; no other difference is understood here.
        if fid_fields and (len(fid_fields) > 1 or source.fields().at(0).name() != fid_fields[0]):
            return None
        meta, fids, wkb, data = read_in_parts(
            file.path,
            file.layer,
            info,
            progress,
            encoding=file.encoding,
            columns=names,
            force_2d=not keep_as_it_was,
            return_fids=bool(fid_fields),
        )
    except (DataLayerError, DataSourceError):  # QGIS has its own way with what is damaged
        return None
    except UnicodeDecodeError as error:
        # QGIS would show garbled names and words, newer versions fail on them
        name, encoding = Path(file.path).name, file.encoding or "UTF-8"
        raise OverdraftError("register.encoding", found=name, encoding=encoding) from error
    by_name = dict(zip(meta["fields"], data, strict=True))
    if fid_fields:
        by_name[fid_fields[0]] = fids
    columns = [_exact(by_name[field.name], field.kind) for field in fields]
    zones = _zones(file, info, [field.name for field in fields if field.kind == "datetime"])
    if zones is None or any(column is None for column in columns):
        return None
    fields = [replace(field, zone=zones.get(field.name, 0)) for field in fields]
    from .source import plane_geometry

    geometry, unreadable = (None, 0) if wkb is None else plane_geometry(wkb)
    return Table(
        fields=fields,
        columns=columns,
        wkb=wkb if keep_as_it_was else None,
        wkb_type=source.wkbType(),
        crs=source.sourceCrs(),
        geometry=geometry,
        n_unreadable=unreadable,
    )


def _zones(file: BulkFile, info: dict, names: list[str]) -> dict[str, int] | None:
    """GDAL's number of the zone of each column of times; None where a column mixes zones or has a rare one."""
    if not names:
        return {}
    meta, _, _, data = read_in_parts(
        file.path,
        file.layer,
        info,
        None,
        encoding=file.encoding,
        columns=names,
        read_geometry=False,
        datetime_as_string=True,
    )
    zones = {}
    for name, column in zip(meta["fields"], data, strict=True):
        found = {_ZONE.search(text)[1] or "" for text in column if text}
        if len(found) > 1 or not found <= set(_ZONE_NUMBERS):
            return None
        zones[name] = _ZONE_NUMBERS[found.pop()] if found else 0
    return zones


def _exact(column: np.ndarray, kind: str) -> np.ndarray | None:
    """The column in the shape that ``Table`` describes; None where numbers lost digits on the way."""
    if kind == "date":
        return column.astype("datetime64[D]")
    if kind == "datetime":
        return column.astype("datetime64[ms]")
    if kind in ("int32", "int64", "bool") and column.dtype.kind == "f":
        # NULLs turned whole numbers into floats
        missing = np.isnan(column)
        if np.abs(column[~missing]).max(initial=0) >= _EXACT_IN_FLOAT:  # the next number looks the same
            return None
        whole = column.astype(object)
        whole[:] = [
            None if gone else (bool(value) if kind == "bool" else int(value))
            for value, gone in zip(column.tolist(), missing.tolist(), strict=True)
        ]
        return whole
    return column
