"""Field types: one small vocabulary between QGIS, pyogrio and pandas.

This is the only module that names QVariant types: ``QMetaType`` is refused by QgsField on QGIS 3.22, and QGIS patches
``QVariant`` back on Qt 6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from qgis.core import QgsField, QgsFields
from qgis.PyQt.QtCore import QVariant

BULK_KINDS = ("bool", "int32", "int64", "real", "text", "date", "datetime")
"""Kinds that bulk reading and writing carry exactly. Times of day alone, lists and blobs take the slow road."""

UTC = 100
"""GDAL's number of the zone of time of UTC."""

_KIND_OF_TYPE = {
    QVariant.Bool: "bool",
    QVariant.Int: "int32",
    QVariant.UInt: "int64",
    QVariant.LongLong: "int64",
    QVariant.ULongLong: "int64",
    QVariant.Double: "real",
    QVariant.String: "text",
    QVariant.Date: "date",
    QVariant.DateTime: "datetime",
}
_TYPE_OF_KIND = {
    "bool": QVariant.Bool,
    "int32": QVariant.Int,
    "int64": QVariant.LongLong,
    "real": QVariant.Double,
    "text": QVariant.String,
    "date": QVariant.Date,
    "datetime": QVariant.DateTime,
}
_KIND_OF_SCHEMA = {"text": "text", "real": "real", "integer": "int64", "date": "date", "bool": "bool"}


@dataclass(frozen=True)
class Field:
    """A column.

    Attributes:
        original: the QGIS field that it came from, if any.
        zone: of a ``datetime`` read in bulk, GDAL's number of the zone of time (0 not known, 100 UTC).
    """

    name: str
    kind: str
    original: QgsField | None = None
    zone: int = 0

    def renamed(self, name: str) -> Field:
        """The same column under another name."""
        if self.original is None:
            return replace(self, name=name)
        original = QgsField(self.original)
        original.setName(name)
        return replace(self, name=name, original=original)

    def as_qgis(self) -> QgsField:
        """The field for a sink."""
        if self.original is not None:
            return QgsField(self.original)
        return QgsField(self.name, _TYPE_OF_KIND[self.kind])


def fields_from_qgis(fields: QgsFields) -> list[Field]:
    """The columns of a layer, in its order."""
    return [
        Field(field.name(), _KIND_OF_TYPE.get(field.type(), "other"), QgsField(field))
        for field in (fields.at(place) for place in range(fields.count()))
    ]


def fields_to_qgis(fields: Iterable[Field]) -> QgsFields:
    """The columns as a sink wants them."""
    result = QgsFields()
    for field in fields:
        result.append(field.as_qgis())
    return result


def fields_from_schema(fields: Iterable) -> list[Field]:
    """Columns for fields of ``core.schema`` (each with ``name`` and ``type``)."""
    return [Field(field.name, _KIND_OF_SCHEMA[field.type]) for field in fields]


def is_null(value: object) -> bool:
    """Is a value from a feature NULL? Qt 5 hands over a null QVariant, Qt 6 None."""
    return value is None or (isinstance(value, QVariant) and value.isNull())


def column_from_values(values: list, kind: str) -> np.ndarray:
    """Attribute values of one field as the array of its kind.

    Returns:
        ``bool`` and the integers as object arrays with None for NULL (made nullable in the frame), ``real`` as float64
        with NaN, ``text`` as objects with None, ``date`` as datetime64[D] with NaT, ``datetime`` and ``other`` as Qt
        values, so that they pass on as they were.
    """
    if kind == "real":
        return np.array([np.nan if is_null(value) else value for value in values], dtype="float64")
    if kind == "date":
        days = [None if is_null(value) or not value.isValid() else value.toPyDate() for value in values]
        return np.array(days, dtype="datetime64[D]")
    column = np.empty(len(values), dtype=object)
    column[:] = [None if is_null(value) else value for value in values]
    return column
