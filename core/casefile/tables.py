"""Frames into tables of the case file and back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from ..register.identity import ROW_ID
from . import container, geometry
from .cells import from_cells, kind_of, to_cells
from .layout import DEFAULT_CRS, Layout
from .sql import Columns, Keys, Marks, sql

MAX_COLUMNS = 1900
"""SQLite takes 2000 columns; some room is left for ours."""

_CHUNK = 20_000
_KIND_OF_TYPE = {
    "TEXT": "text",
    "REAL": "real",
    "DOUBLE": "real",
    "FLOAT": "real",
    "INTEGER": "integer",
    "INT": "integer",
    "MEDIUMINT": "integer",
    "SMALLINT": "integer",
    "TINYINT": "bool",
    "DATE": "date",
    "DATETIME": "datetime",
    "BOOLEAN": "bool",
    "BLOB": "blob",
}


class TooManyColumnsError(ValueError):
    """A layer has more columns than a table can hold: ``args`` are the table, the number and the limit."""


@dataclass(frozen=True)
class Written:
    """What stands in a table: the names of its columns (key and geometry not counted) and its row keys in order."""

    columns: tuple[str, ...]
    keys: tuple[int, ...]


def create_table(
    connection: sqlite3.Connection,
    layout: Layout,
    frame: pd.DataFrame | None,
    language: str,
    changed: str,
    crs: CRS | None = None,
) -> Written:
    """Put a frame into the file as the table of ``layout``; a table of that name is replaced.

    The schema's columns come first and always exist, then the frame's others under their own names (changed only
    where SQLite could not tell two apart). Rows keep their order. An input ``fid`` of unique positive integers is the
    row key, any other becomes ``fid_1``.

    Args:
        frame: None or empty for an empty table. A geometry column is the frame's active one.
        crs: coordinate system of a layer without a frame that has one.

    Raises:
        TooManyColumnsError: more columns than a table can hold.
    """
    container.drop_table(connection, layout.name)
    frame = pd.DataFrame() if frame is None else frame
    plain = _without_geometry(frame)
    plain, keys = _row_keys(plain)
    columns = _columns(layout, plain)
    if len(columns) > MAX_COLUMNS:
        raise TooManyColumnsError(layout.name, len(columns), MAX_COLUMNS)
    cells: list[Iterable] = [keys]
    definitions = Columns([(container.KEY, "key")])
    shape: tuple[str, int, int] | None = None
    if layout.is_layer:
        shape, blobs, boxes = _geometry(connection, layout, frame, keys, crs)
        definitions.append((container.GEOMETRY, shape[0]))
        cells.append(blobs)
    typed = _entered_bools(layout)
    for name, source, kind in columns:
        definitions.append((name, "yes_no" if name in typed else kind))
        cells.append([None] * len(keys) if source is None else to_cells(source, kind))
    connection.execute(sql("CREATE TABLE $table ($definitions)", table=layout.name, definitions=definitions))
    insert_rows(connection, layout.name, [name for name, _ in definitions], cells)
    label = layout.labels["zh" if language == "zh" else "en"]
    if shape is None:
        container.register_table(connection, layout.name, layout.name, label, changed)
    else:
        container.register_layer(connection, layout.name, layout.name, label, changed, shape, boxes)
    return Written(tuple(name for name, _, _ in columns), tuple(keys))


def insert_rows(connection: sqlite3.Connection, table: str, names: list[str], cells: list[Iterable]) -> None:
    """Insert columns of cells, all of one length, in one go."""
    statement = sql(
        "INSERT INTO $table ($names) VALUES ($marks)", table=table, names=names, marks=Marks(len(names))
    )
    connection.executemany(statement, zip(*cells, strict=True))


def append_rows(connection: sqlite3.Connection, layout: Layout, frame: pd.DataFrame) -> None:
    """Add a frame's rows to a table that has no geometry; columns that the schema does not know are left out."""
    fields = [item for item in layout.fields if item.name in frame.columns]
    cells: list[Iterable] = [to_cells(frame[item.name], item.type) for item in fields]
    insert_rows(connection, layout.name, [item.name for item in fields], cells)


def read_table(
    connection: sqlite3.Connection,
    table: str,
    leave_out: Iterable[str] = (),
    where: Mapping[str, object] | None = None,
    tick: Callable[[], None] | None = None,
) -> pd.DataFrame | gpd.GeoDataFrame:
    """A table as a frame in row order, its index the row keys; a GeoDataFrame with its CRS where it has geometry.

    Columns whose cells are all of the declared type come back typed, others as they are.

    Args:
        where: only the rows that hold these values; none of them is None.
        tick: called every few thousand rows; raises ``Cancelled`` to stop.
    """
    tests = where or {}
    described = connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
    geometry_column = _geometry_column(connection, table)
    skip = {container.KEY, *leave_out}
    wanted = [(name, declared) for name, declared in described if name not in skip]
    names = [container.KEY, *(name for name, _ in wanted)]
    statement = sql(
        "SELECT $names FROM $table WHERE $tests ORDER BY $key",
        names=names,
        table=table,
        tests=Keys(tests),
        key=container.KEY,
    )
    cursor = connection.execute(statement, tuple(tests.values()))
    cells: list[list] = [[] for _ in names]
    while rows := cursor.fetchmany(_CHUNK):
        for column, values in zip(cells, zip(*rows, strict=True), strict=True):
            column.extend(values)
        if tick is not None:
            tick()
    keys, *cells = cells
    data = {
        name: from_cells(values, _KIND_OF_TYPE.get(declared.upper(), "text"))
        for (name, declared), values in zip(wanted, cells, strict=True)
        if name != geometry_column
    }
    frame = pd.DataFrame(data, index=pd.RangeIndex(len(keys))).set_axis(keys, axis=0)
    if geometry_column is None:
        return frame
    blobs = cells[[name for name, _ in wanted].index(geometry_column)]
    shapes = gpd.GeoSeries(geometry.decode(blobs), index=keys, crs=container.crs_of(connection, table))
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=shapes.crs)


def rows_among(
    connection: sqlite3.Connection, table: str, column: str, values: Iterable[object], number: int = 0
) -> list[dict[str, object]]:
    """The rows that hold one of these values, as they are stored and as they stand, without row key and geometry; none
    of a table that the file lacks."""
    want(connection, values, number)
    described = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    if not described:
        return []
    skip = (container.KEY, _geometry_column(connection, table))
    names = [name for (name,) in described if name not in skip]
    statement = sql(
        "SELECT $names FROM $table WHERE $column IN (SELECT value FROM temp.wanted WHERE number = ?) ORDER BY $key",
        names=names,
        table=table,
        column=column,
        key=container.KEY,
    )
    found = connection.execute(statement, (number,)).fetchall()
    return [dict(zip(names, cells, strict=True)) for cells in found]


def want(connection: sqlite3.Connection, values: Iterable[object], number: int = 0) -> None:
    """The values into the temporary table ``wanted``, under a number that no others have."""
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS wanted (number INTEGER, value, PRIMARY KEY (number, value)) WITHOUT ROWID"
    )
    rows = ((number, value) for value in values)
    connection.executemany("INSERT OR IGNORE INTO temp.wanted VALUES (?, ?)", rows)


def _geometry_column(connection: sqlite3.Connection, table: str) -> str | None:
    row = connection.execute(
        "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
    ).fetchone()
    return row[0] if row else None


def _without_geometry(frame: pd.DataFrame) -> pd.DataFrame:
    if isinstance(frame, gpd.GeoDataFrame):
        return pd.DataFrame(frame.drop(columns=frame.columns[frame.dtypes == "geometry"]))
    return frame


def _row_keys(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[int]]:
    numbers = list(range(1, len(frame) + 1))
    given = [name for name in frame.columns if str(name).lower() == container.KEY]
    if not given:
        return frame, numbers
    keys = pd.to_numeric(frame[given[0]], errors="coerce")
    whole = keys.notna().all() and (keys % 1 == 0).all() and (keys > 0).all() and (keys < 2**53).all()
    if whole and keys.is_unique:
        return frame.drop(columns=given[0]), keys.astype("int64").tolist()
    return frame.rename(columns={given[0]: "fid_1"}), numbers


def _columns(layout: Layout, frame: pd.DataFrame) -> list[tuple[str, pd.Series | None, str]]:
    """Name, values and kind of each column: the schema's, then the frame's others under names that differ."""
    known = {item.name for item in layout.fields}
    columns: list[tuple[str, pd.Series | None, str]] = [
        (item.name, frame[item.name] if item.name in frame.columns else None, item.type)
        for item in layout.fields
    ]
    taken = {name.lower() for name in (*known, container.KEY, container.GEOMETRY)}
    for place, original in enumerate(frame.columns):
        if original in known or original == ROW_ID:
            continue
        name = _free_name(str(original), taken, place)
        taken.add(name.lower())
        values = frame.iloc[:, place]
        columns.append((name, values, kind_of(values)))
    return columns


def _entered_bools(layout: Layout) -> set[str]:
    """Yes or no as a person enters it. Its column holds 1 and 0 as small numbers: in one of type BOOLEAN the list of a
    form (yes, no, not known) would store "yes" as 0 in QGIS 3.22, and a check box cannot say that nobody knows."""
    names = {item.name for item in layout.fields if item.type == "bool"}
    return names - set(layout.results) if layout.role else set()


def _free_name(original: str, taken: set[str], place: int) -> str:
    """A column name SQLite can hold and tell from the others: it ignores the case of ASCII letters."""
    name = original.replace("\x00", "").encode("utf-8", "replace").decode("utf-8") or f"column_{place + 1}"
    candidate, number = name, 0
    while candidate.lower() in taken:
        number += 1
        candidate = f"{name}_{number}"
    return candidate


def _geometry(
    connection: sqlite3.Connection,
    layout: Layout,
    frame: pd.DataFrame,
    keys: list[int],
    empty_crs: CRS | None,
) -> tuple[tuple[str, int, int], list, tuple[np.ndarray, np.ndarray]]:
    if isinstance(frame, gpd.GeoDataFrame):
        shapes, crs = np.asarray(frame.geometry.array, dtype=object), frame.crs
    else:
        shapes, crs = np.full(len(keys), None, dtype=object), empty_crs or CRS.from_user_input(DEFAULT_CRS)
    shapes, kind, z = geometry.fit(shapes, layout.geometry)
    if not len(shapes) or (kind == "geometry" and pd.isna(shapes).all()):
        kind = {"point": "point", "line": "multiline", "polygon": "multipolygon"}[layout.geometry]
    srs_id = container.register_crs(connection, crs)
    where, boxes = geometry.index_boxes(shapes)
    return (kind, srs_id, z), geometry.encode(shapes, srs_id), (np.asarray(keys)[where], boxes)
