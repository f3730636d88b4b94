"""Rows with geometry, one at a time.

The spatial index of a layer is kept by triggers. They call functions that GDAL and QGIS bring along and a plain SQLite
connection lacks.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import numpy as np
import shapely

from . import container, geometry
from .layout import layouts
from .sql import sql


def enable(connection: sqlite3.Connection) -> None:
    """Give the connection the functions of the triggers.

    They are ours and read nothing but their argument, so the triggers of the file may call them.
    """
    connection.execute("PRAGMA trusted_schema = ON")
    connection.create_function("ST_IsEmpty", 1, _is_empty, deterministic=True)
    for place, name in enumerate(("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")):
        connection.create_function(name, 1, _bound(place), deterministic=True)


def encoded(connection: sqlite3.Connection, table: str, shapes: np.ndarray) -> list[bytes | None]:
    """Geometries, in the reference system of the layer, as they stand in it."""
    (srs_id,) = connection.execute(
        "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
    ).fetchone()
    fitting, _, _ = geometry.fit(shapes, layouts()[table].geometry)
    return geometry.encode(fitting, srs_id)


def update_extent(connection: sqlite3.Connection, table: str) -> None:
    """The extent that the file gives for a layer, from its spatial index."""
    box = connection.execute(
        sql(
            "SELECT min(minx), min(miny), max(maxx), max(maxy) FROM $rtree",
            rtree=container.index_name(table),
        )
    ).fetchone()
    connection.execute(
        "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
        (*box, table),
    )


def _is_empty(blob: bytes | None) -> int | None:
    return None if blob is None else int(shapely.is_empty(geometry.decode([blob])[0]))


def _bound(place: int) -> Callable[[bytes | None], float | None]:
    def bound(blob: bytes | None) -> float | None:
        return None if blob is None else float(shapely.bounds(geometry.decode([blob])[0])[place])

    return bound
