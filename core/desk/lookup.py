"""What a form looks up in a case file while somebody types or clicks: a few rows, at once, however many there are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from ..casefile import container, geometry
from ..casefile.opening import reading
from ..casefile.sql import sql

MOST = 20
"""Proposals at a time."""

_SEARCH = {
    "wells": "SELECT well_id, coalesce(name, ''), coalesce(village, '') FROM wells"
    " WHERE instr(lower(coalesce(well_id, '')), lower(?1)) > 0 OR instr(coalesce(name, ''), ?1) > 0"
    " ORDER BY well_id LIMIT ?2",
    "irrigation": "SELECT area_id, coalesce(district, ''), coalesce(village, '') FROM irrigation"
    " WHERE instr(lower(coalesce(area_id, '')), lower(?1)) > 0 ORDER BY area_id LIMIT ?2",
}

_APPLICATIONS = {
    "open": "SELECT application_id, kind, coalesce(village, ''), coalesce(applied_on, ''),"
    " coalesce(decision, 'pending'), coalesce(approval_no, '') FROM applications"
    " WHERE application_id IS NOT NULL AND coalesce(decision, 'pending') IN ('pending', 'approved')"
    " AND coalesce(result_well_id, '') = '' ORDER BY application_id",
    "approved": "SELECT application_id, kind, coalesce(village, ''), coalesce(applied_on, ''), decision,"
    " coalesce(approval_no, '') FROM applications"
    " WHERE application_id IS NOT NULL AND decision = 'approved' AND coalesce(result_well_id, '') = ''"
    " ORDER BY application_id",
}


@dataclass(frozen=True)
class Waiting:
    """An application that waits for a decision or for its well."""

    application_id: str
    kind: str
    village: str
    applied_on: str
    decision: str
    approval_no: str


def search(path: str | os.PathLike, table: str, text: str, most: int = MOST) -> list[tuple[str, str, str]]:
    """Rows of ``wells`` or ``irrigation`` whose id (or name) holds a text: id, name, village; in order of ids."""
    if not text.strip():
        return []
    with reading(Path(path), newer=True, quick=True) as connection:
        return connection.execute(_SEARCH[table], (text.strip(), most)).fetchall()


def waiting(path: str | os.PathLike, which: str) -> list[Waiting]:
    """Applications that are not ended (``open``), or approved and without a well (``approved``)."""
    with reading(Path(path), newer=True, quick=True) as connection:
        return [Waiting(*row) for row in connection.execute(_APPLICATIONS[which])]


def layer_crs(path: str | os.PathLike, table: str) -> CRS | None:
    """The coordinate system of a layer; None when it is not known."""
    with reading(Path(path), newer=True, quick=True) as connection:
        row = connection.execute(
            "SELECT s.organization, s.organization_coordsys_id, s.definition FROM gpkg_geometry_columns g"
            " JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE g.table_name = ?",
            (table,),
        ).fetchone()
    if row is None or row[1] in (0, -1):
        return None
    return CRS.from_epsg(row[1]) if str(row[0]).upper() == "EPSG" else CRS.from_wkt(row[2])


def nearest(path: str | os.PathLike, table: str, x: float, y: float, reach: float) -> str | None:
    """Id of the feature nearest to a place in the system of the layer, within ``reach`` of it in both directions."""
    key = {"wells": "well_id", "irrigation": "area_id"}[table]
    statement = sql(
        "SELECT t.$key, t.$geom FROM $table t JOIN $index i ON t.$fid = i.id"
        " WHERE i.maxx >= ? AND i.minx <= ? AND i.maxy >= ? AND i.miny <= ? AND t.$key IS NOT NULL",
        key=key,
        geom=container.GEOMETRY,
        fid=container.KEY,
        table=table,
        index=container.index_name(table),
    )
    with reading(Path(path), newer=True, quick=True) as connection:
        rows = connection.execute(statement, (x - reach, x + reach, y - reach, y + reach)).fetchall()
    if not rows:
        return None
    shapes = geometry.decode([blob for _, blob in rows])
    distance = shapely.distance(shapes, shapely.Point(x, y))
    return str(rows[int(np.argmin(distance))][0])
