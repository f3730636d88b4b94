"""A layer of points or a table into a new GeoPackage, by SQLite itself.

GDAL makes the file with its tables, reference system and triggers, without rows; the rows, their index and the extent
are put in here. GDAL 3.6 spends most of its time on handing over single values and on single points for the index.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from qgis.core import QgsWkbTypes

from .fields import BULK_KINDS, UTC, Field
from .rtree import pack
from .table import moments
from .values import missing_in

if TYPE_CHECKING:
    from .destination import OutputLayer

_HEADER = b"GP\x00\x01"  # version 1, little endian, no envelope
_EMPTY_HEADER = b"GP\x00\x11"  # the same for a point without coordinates


def can_write(layer: OutputLayer) -> bool:
    """Is this a layer of single points, or a table, whose columns SQLite takes as they are?"""
    points = QgsWkbTypes.flatType(layer.wkb_type) == QgsWkbTypes.Type.Point and not QgsWkbTypes.hasM(
        layer.wkb_type
    )
    plain = all(field.kind in BULK_KINDS for field in layer.fields)
    return (points or layer.wkb is None) and plain and len(layer) > 0


def fill(path: Path, table: str, layer: OutputLayer) -> None:
    """Put the rows of ``layer`` into its empty ``table`` of the GeoPackage ``path``.

    Raises:
        sqlite3.Error: the file cannot be written.
    """
    from ...core.casefile.sql import sql

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        # The file has no name yet: whoever is interrupted here leaves nothing that anybody reads.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        placed = connection.execute(
            "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
        ).fetchone()
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ).fetchall()
        connection.execute("BEGIN")
        for name, _ in triggers:
            connection.execute(sql("DROP TRIGGER $name", name=name))
        shapes = {} if placed is None else {placed[0]: _geometries(layer, placed[1])}
        keys = _rows(connection, table, layer, shapes)
        if placed is not None:
            _index(connection, table, placed[0], layer, keys)
        connection.execute(
            "UPDATE gpkg_ogr_contents SET feature_count = ? WHERE table_name = ?", (len(layer), table)
        )
        for _, statement in triggers:
            connection.execute(statement)
        connection.execute("COMMIT")


def _rows(
    connection: sqlite3.Connection, table: str, layer: OutputLayer, shapes: dict[str, list]
) -> np.ndarray:
    """Insert the rows with the geometry column, if there is one; returns their keys, in order."""
    from ...core.casefile.sql import Marks, sql

    names = [field.name for field in layer.fields]
    own_key = next((place for place, name in enumerate(names) if name.lower() == "fid"), None)
    keys = np.arange(1, len(layer) + 1)
    cells = [_cells(column, field) for field, column in zip(layer.fields, layer.columns, strict=True)]
    if own_key is None:
        names, cells = ["fid", *names], [keys.tolist(), *cells]
    else:
        keys = np.array(cells[own_key], dtype="int64")
    # A column without any value is NULL without saying so cell by cell.
    told = {name: values for name, values in zip(names, cells, strict=True) if values is not None}
    told |= shapes
    statement = sql(
        "INSERT INTO $table ($columns) VALUES ($marks)",
        table=table,
        columns=list(told),
        marks=Marks(len(told)),
    )
    connection.executemany(statement, zip(*told.values(), strict=True))
    return keys


def _index(
    connection: sqlite3.Connection, table: str, geometry: str, layer: OutputLayer, keys: np.ndarray
) -> None:
    """Spatial index and extent."""
    import shapely

    from ...core.casefile.sql import sql

    shapes = shapely.from_wkb(layer.wkb)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    keys, shapes = keys[there], shapes[there]
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    known = np.isfinite(x) & np.isfinite(y)
    if known.any():
        tree = pack(keys[known], x[known], y[known])
        index = f"rtree_{table}_{geometry}"
        for part, columns, rows in (
            ("node", ("nodeno", "data"), tree.nodes),
            ("rowid", ("rowid", "nodeno"), tree.rowids),
            ("parent", ("nodeno", "parentnode"), tree.parents),
        ):
            statement = sql(
                "INSERT OR REPLACE INTO $name ($columns) VALUES (?, ?)",
                name=f"{index}_{part}",
                columns=columns,
            )
            connection.executemany(statement, rows)
        extent = (x[known].min(), y[known].min(), x[known].max(), y[known].max(), table)
        connection.execute(
            "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?",
            [value if isinstance(value, str) else float(value) for value in extent],
        )


def _geometries(layer: OutputLayer, srs_id: int) -> list[bytes | None]:
    import shapely

    wkb = layer.wkb
    if QgsWkbTypes.hasZ(layer.wkb_type):
        wkb = shapely.to_wkb(shapely.from_wkb(wkb), output_dimension=3, flavor="iso")
    empty = shapely.is_empty(shapely.from_wkb(wkb))
    number = srs_id.to_bytes(4, "little", signed=True)
    full, bare = _HEADER + number, _EMPTY_HEADER + number
    return [
        None if shape is None else (bare if nothing else full) + bytes(shape)
        for shape, nothing in zip(wkb, empty.tolist(), strict=True)
    ]


def _cells(column: np.ndarray, field: Field) -> list | None:
    """Values that SQLite takes, None for NULL; days and times as GeoPackage writes them. None for no value at all."""
    from pandas.api.types import infer_dtype

    if field.kind in ("date", "datetime"):
        times = column.astype("datetime64[D]") if field.kind == "date" else moments(column)
        text = np.datetime_as_string(times).astype(object)
        if field.zone == UTC:
            text = text + "Z"
        text[np.isnat(times)] = None
        return text.tolist()
    missing = missing_in(column)
    if missing.all():
        return None
    if field.kind == "real":
        values = column.astype(object)
    elif field.kind == "text":
        values = np.asarray(column, dtype=object)
        if infer_dtype(values, skipna=True) not in ("string", "empty"):
            values = np.array([str(value) for value in values], dtype=object)
    else:
        values = np.empty(len(column), dtype=object)
        values[~missing] = np.asarray(column)[~missing].astype("int64")
    if missing.any():
        values = np.where(missing, None, values)
    return values.tolist()
