"""A layer in memory: its columns as they were, and the frame that ``core`` works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from qgis.core import QgsCoordinateReferenceSystem
from qgis.PyQt.QtCore import Qt, QTime

from .fields import Field

if TYPE_CHECKING:
    import pandas as pd

_NANOSECOND_DAYS = (np.datetime64("1677-09-22"), np.datetime64("2262-04-11"))


@dataclass
class Table:
    """Columns, geometry and CRS of one layer, rows in the layer's order.

    Attributes:
        fields: the columns, in order.
        columns: one array per field: what ``fields.column_from_values`` describes, or a bulk array of the same kind.
        wkb: geometry as it was (Z and M kept), None where a row has none; None for a table.
        wkb_type: ``QgsWkbTypes`` type of the layer.
        crs: of the layer.
        n_unreadable: geometries that no reader could make sense of; their rows are kept without geometry.
    """

    fields: list[Field]
    columns: list[np.ndarray]
    wkb: np.ndarray | None
    wkb_type: int
    crs: QgsCoordinateReferenceSystem
    geometry: np.ndarray | None = None
    n_unreadable: int = 0

    def __len__(self) -> int:
        if self.columns:
            return len(self.columns[0])
        shapes = self.geometry if self.geometry is not None else self.wkb
        return 0 if shapes is None else len(shapes)

    def frame(self) -> pd.DataFrame:
        """The rows as a DataFrame, or a GeoDataFrame (plane coordinates, straight segments) with its CRS."""
        frame = self.columns_frame()
        if self.geometry is None:
            return frame
        import geopandas as gpd

        # A field that is called like the geometry column would shadow it.
        placed = gpd.array.GeometryArray(self.geometry, crs=to_pyproj(self.crs))
        return gpd.GeoDataFrame(frame.drop(columns="geometry", errors="ignore"), geometry=placed)

    def columns_frame(self) -> pd.DataFrame:
        """The rows without their geometry; a field that is called ``geometry`` stays."""
        import pandas as pd

        named = {
            field.name: _for_frame(column, field.kind)
            for field, column in zip(self.fields, self.columns, strict=True)
        }
        return pd.DataFrame(named, index=pd.RangeIndex(len(self)))


def to_pyproj(crs: QgsCoordinateReferenceSystem) -> object:
    """The pyproj CRS of a QGIS CRS: by authority and code where it has one, else by WKT; None where there is none."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if not crs.isValid():
        return None
    if crs.authid() and not crs.authid().startswith(("USER:", "CUSTOM:")):
        try:
            return CRS.from_user_input(crs.authid())
        except CRSError:
            pass  # an authority that PROJ does not know under this name: the WKT says the same
    return CRS.from_wkt(crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED))


def _for_frame(column: np.ndarray, kind: str) -> object:
    import pandas as pd

    if kind == "bool":
        return pd.array(column, dtype="boolean")
    if kind in ("int32", "int64"):
        return pd.array(column, dtype="Int64") if column.dtype == object else column.astype("int64")
    if kind == "date":
        return _within_nanoseconds(column, "D")
    if kind == "datetime":
        return _within_nanoseconds(moments(column), "s")
    if kind == "other":
        values = np.empty(len(column), dtype=object)
        values[:] = [_plain(value) for value in column]
        return values
    return column


def moments(column: np.ndarray) -> np.ndarray:
    """datetime64[ms] of a ``datetime`` column: the time as it stands on the clock, whatever its zone."""
    if column.dtype != object:
        return column.astype("datetime64[ms]")
    values = [None if value is None else value.toPyDateTime().replace(tzinfo=None) for value in column]
    return np.array(values, dtype="datetime64[ms]")


def _within_nanoseconds(column: np.ndarray, unit: str) -> np.ndarray:
    """datetime64[ns], or ISO text where a day (such as 9999-12-31) lies beyond what nanoseconds can hold."""
    known = column[~np.isnat(column)]
    if len(known) == 0 or (known.min() >= _NANOSECOND_DAYS[0] and known.max() <= _NANOSECOND_DAYS[1]):
        return column.astype("datetime64[ns]")
    text = np.datetime_as_string(column, unit=unit).astype(object)
    text[np.isnat(column)] = None
    return text


def _plain(value: object) -> object:
    """A value of a type that has no column of its own, as text that a person can read."""
    if isinstance(value, QTime):
        return value.toString(Qt.DateFormat.ISODate) or None
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return str(value)
