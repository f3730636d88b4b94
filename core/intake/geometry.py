"""The geometry of a raw layer: present, with a coordinate reference system, of the kind that the role asks for."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import GeometryArray
from shapely import GeometryType

from ..coordinates.datums import datum_name, needs_operation
from ..errors import OverdraftError
from ..messages import LANGUAGES, Token, render
from ..schema import Role

GEOMETRY = "geometry"
KINDS = {
    "point": (GeometryType.POINT, GeometryType.MULTIPOINT),
    "polygon": (GeometryType.POLYGON, GeometryType.MULTIPOLYGON, GeometryType.GEOMETRYCOLLECTION),
}


def geometry_name(raw: pd.DataFrame) -> str | None:
    """Name of the active geometry column; None for a plain table."""
    return raw.active_geometry_name if isinstance(raw, gpd.GeoDataFrame) else None


def geometry_of(role: Role, raw: pd.DataFrame) -> tuple[GeometryArray | None, np.ndarray]:
    """The geometries of a place (None for a table) and the mask of those of the wrong kind, which become empty.

    Raises:
        OverdraftError: no geometry column, no coordinate reference system, one that stands on an old datum, or no
            geometry of the right kind at all.
    """
    if not role.is_place:
        return None, np.zeros(len(raw), dtype=bool)
    if geometry_name(raw) is None:
        raise OverdraftError("register.geometry_missing", role=role.token, allowed=_kind(role))
    array = raw.geometry.array
    if array.crs is None:
        raise OverdraftError("register.crs_missing", role=role.token)
    if needs_operation(array.crs):
        datum = datum_name(array.crs)
        raise OverdraftError("register.crs_operation", role=role.token, found=array.crs.name, datum=datum)
    shapes = np.asarray(array, dtype=object)
    kinds = shapely.get_type_id(shapes)
    given = kinds >= 0
    wrong = given & ~np.isin(kinds, KINDS[role.geometry])
    if wrong.any():
        if wrong.sum() == given.sum():
            found = sorted({str(name) for name in raw.geometry.geom_type[given]})
            raise OverdraftError("register.geometry_kind", role=role.token, found=found, allowed=_kind(role))
        shapes = shapes.copy()
        shapes[wrong] = None
        array = GeometryArray(shapes, crs=array.crs)
    return array, wrong


def _kind(role: Role) -> Token:
    labels = {language: render(f"register.kind.{role.geometry}", {}, language) for language in LANGUAGES}
    return Token(role.geometry, labels)
