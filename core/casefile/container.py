"""The GeoPackage around the tables: what OGC 12-128 (version 1.2, as GDAL 3.6 writes it) asks of the file.

Everything here works on an open connection inside the caller's transaction, so that a case file is never seen
half registered.
"""

from __future__ import annotations

import sqlite3

import numpy as np
from pyproj import CRS

from .sql import sql

APPLICATION_ID = 0x47504B47
"""``GPKG``: what tells a GeoPackage from any other SQLite file."""

USER_VERSION = 10200
"""GeoPackage 1.2. The version of *our* tables stands in ``meta``; this number belongs to the format."""

GEOMETRY, KEY = "geom", "fid"

_OGR_NAMES = {
    "point": "POINT",
    "multipoint": "MULTIPOINT",
    "line": "LINESTRING",
    "multiline": "MULTILINESTRING",
    "polygon": "POLYGON",
    "multipolygon": "MULTIPOLYGON",
    "geometry": "GEOMETRY",
}

_TABLES = (
    """CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
    description TEXT)""",
    """CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
    identifier TEXT UNIQUE, description TEXT DEFAULT '',
    last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
    min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
    CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
    geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
    CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
    CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
    CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
    """CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
    definition TEXT NOT NULL, scope TEXT NOT NULL,
    CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))""",
    """CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT,
    title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name))""",
    """CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL,
    value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))""",
)

_SCHEMA_EXTENSION = "http://www.geopackage.org/spec120/#extension_schema"
_RTREE_EXTENSION = "http://www.geopackage.org/spec120/#extension_rtree"

_UNDEFINED = (
    (
        "Undefined Cartesian SRS",
        -1,
        "NONE",
        -1,
        "undefined",
        "undefined Cartesian coordinate reference system",
    ),
    (
        "Undefined geographic SRS",
        0,
        "NONE",
        0,
        "undefined",
        "undefined geographic coordinate reference system",
    ),
)

_FIRST_OWN_SRS = 100000

_TRIGGERS = {
    "insert": """CREATE TRIGGER $trigger AFTER INSERT ON $table
        WHEN (NEW.$geom NOTNULL AND NOT ST_IsEmpty(NEW.$geom))
        BEGIN INSERT OR REPLACE INTO $rtree VALUES (NEW.$fid, ST_MinX(NEW.$geom), ST_MaxX(NEW.$geom),
        ST_MinY(NEW.$geom), ST_MaxY(NEW.$geom)); END""",
    "update1": """CREATE TRIGGER $trigger AFTER UPDATE OF $geom ON $table
        WHEN OLD.$fid = NEW.$fid AND (NEW.$geom NOTNULL AND NOT ST_IsEmpty(NEW.$geom))
        BEGIN INSERT OR REPLACE INTO $rtree VALUES (NEW.$fid, ST_MinX(NEW.$geom), ST_MaxX(NEW.$geom),
        ST_MinY(NEW.$geom), ST_MaxY(NEW.$geom)); END""",
    "update2": """CREATE TRIGGER $trigger AFTER UPDATE OF $geom ON $table
        WHEN OLD.$fid = NEW.$fid AND (NEW.$geom ISNULL OR ST_IsEmpty(NEW.$geom))
        BEGIN DELETE FROM $rtree WHERE id = OLD.$fid; END""",
    "update3": """CREATE TRIGGER $trigger AFTER UPDATE ON $table
        WHEN OLD.$fid != NEW.$fid AND (NEW.$geom NOTNULL AND NOT ST_IsEmpty(NEW.$geom))
        BEGIN DELETE FROM $rtree WHERE id = OLD.$fid;
        INSERT OR REPLACE INTO $rtree VALUES (NEW.$fid, ST_MinX(NEW.$geom), ST_MaxX(NEW.$geom),
        ST_MinY(NEW.$geom), ST_MaxY(NEW.$geom)); END""",
    "update4": """CREATE TRIGGER $trigger AFTER UPDATE ON $table
        WHEN OLD.$fid != NEW.$fid AND (NEW.$geom ISNULL OR ST_IsEmpty(NEW.$geom))
        BEGIN DELETE FROM $rtree WHERE id IN (OLD.$fid, NEW.$fid); END""",
    "delete": """CREATE TRIGGER $trigger AFTER DELETE ON $table WHEN OLD.$geom NOT NULL
        BEGIN DELETE FROM $rtree WHERE id = OLD.$fid; END""",
}


def initialise(connection: sqlite3.Connection) -> None:
    """Make an empty database a GeoPackage without layers."""
    connection.execute("PRAGMA application_id = 1196444487")
    connection.execute("PRAGMA user_version = 10200")
    for statement in _TABLES:
        connection.execute(statement)
    connection.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _UNDEFINED)
    register_crs(connection, CRS.from_epsg(4326))
    connection.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)",
        [
            (table, None, "gpkg_schema", _SCHEMA_EXTENSION, "read-write")
            for table in ("gpkg_data_columns", "gpkg_data_column_constraints")
        ],
    )


def register_crs(connection: sqlite3.Connection, crs: CRS | None) -> int:
    """The srs id of ``crs`` in this file, entered when new. None is the undefined Cartesian system (-1).

    A system that is exactly an EPSG one keeps its code; any other one is kept by its definition, never replaced
    by a similar one.
    """
    if crs is None:
        return -1
    crs = CRS.from_user_input(crs)
    code = crs.to_epsg(min_confidence=100)
    definition = _definition(crs)
    if code is not None:
        row = (crs.name, code, "EPSG", code, definition, None)
        connection.execute("INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)
        return code
    known = connection.execute(
        "SELECT srs_id FROM gpkg_spatial_ref_sys WHERE organization = 'NONE' AND definition = ?",
        (definition,),
    ).fetchone()
    if known:
        return int(known[0])
    (top,) = connection.execute("SELECT max(srs_id) FROM gpkg_spatial_ref_sys").fetchone()
    own = max(_FIRST_OWN_SRS, top + 1)
    row = (crs.name, own, "NONE", own, definition, None)
    connection.execute("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row)
    return own


def crs_of(connection: sqlite3.Connection, table: str) -> CRS | None:
    """The coordinate reference system of a layer; None when undefined or the table has no geometry."""
    row = connection.execute(
        "SELECT s.organization, s.organization_coordsys_id, s.definition FROM gpkg_geometry_columns g"
        " JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE g.table_name = ?",
        (table,),
    ).fetchone()
    if row is None or row[2] == "undefined":
        return None
    return CRS.from_epsg(row[1]) if row[0].upper() == "EPSG" else CRS.from_wkt(row[2])


def register_table(
    connection: sqlite3.Connection, table: str, identifier: str, description: str, changed: str
) -> None:
    """Announce a table without geometry."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)"
        " VALUES (?, 'attributes', ?, ?, ?, 0)",
        (table, identifier, description, changed),
    )


def register_layer(
    connection: sqlite3.Connection,
    table: str,
    identifier: str,
    description: str,
    changed: str,
    geometry: tuple[str, int, int],
    boxes: tuple[np.ndarray, np.ndarray],
) -> None:
    """Announce a layer, its extent and its spatial index; the rows stand in the table already.

    The index is filled here because its triggers call functions that only GDAL and QGIS bring along; they are
    made afterwards and keep the index right when a person edits in QGIS.

    Args:
        geometry: column kind, srs id, z flag.
        boxes: row keys (``fid``) and their boxes as minx, maxx, miny, maxy.
    """
    kind, srs_id, z = geometry
    keys, corners = boxes
    extent: tuple[float | None, ...] = (None,) * 4
    if len(corners):
        low, high = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        extent = (low[0], low[2], high[1], high[3])
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change,"
        " min_x, min_y, max_x, max_y, srs_id) VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
        (table, identifier, description, changed, *extent, srs_id),
    )
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, ?, 0)",
        (table, GEOMETRY, _OGR_NAMES[kind], srs_id, z),
    )
    index = index_name(table)
    connection.execute(
        sql("CREATE VIRTUAL TABLE $rtree USING rtree(id, minx, maxx, miny, maxy)", rtree=index)
    )
    connection.executemany(
        sql("INSERT INTO $rtree VALUES (?, ?, ?, ?, ?)", rtree=index),
        zip(keys.tolist(), *corners.T.tolist(), strict=True) if len(keys) else (),
    )
    for name, statement in _TRIGGERS.items():
        trigger = "_".join((index, name))
        connection.execute(sql(statement, trigger=trigger, table=table, geom=GEOMETRY, fid=KEY, rtree=index))
    connection.execute(
        "INSERT INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index', ?, 'write-only')",
        (table, GEOMETRY, _RTREE_EXTENSION),
    )


def drop_table(connection: sqlite3.Connection, table: str) -> None:
    """Take a table, its index and every mention of it out of the file. Unknown tables are no error."""
    connection.execute(sql("DROP TABLE IF EXISTS $table", table=table))
    connection.execute(sql("DROP TABLE IF EXISTS $rtree", rtree=index_name(table)))
    for statement in (
        "DELETE FROM gpkg_geometry_columns WHERE table_name = ?",
        "DELETE FROM gpkg_extensions WHERE table_name = ?",
        "DELETE FROM gpkg_data_columns WHERE table_name = ?",
        "DELETE FROM gpkg_contents WHERE table_name = ?",
    ):
        connection.execute(statement, (table,))
    if has_table(connection, "gpkg_ogr_contents"):
        connection.execute("DELETE FROM gpkg_ogr_contents WHERE table_name = ?", (table,))


def has_table(connection: sqlite3.Connection, table: str) -> bool:
    """Whether a table of that name stands in the file."""
    return bool(connection.execute("SELECT 1 FROM pragma_table_info(?) LIMIT 1", (table,)).fetchone())


def index_name(table: str) -> str:
    """The name of the spatial index that the format prescribes for a layer."""
    return "_".join(("rtree", table, GEOMETRY))


def _definition(crs: CRS) -> str:
    """WKT 1, which GeoPackage 1.2 asks for; WKT 2 where WKT 1 cannot say it (GDAL and QGIS read both)."""
    try:
        return crs.to_wkt("WKT1_GDAL")
    except Exception:  # pyproj raises several types here, depending on its version
        return crs.to_wkt()
