"""What a form looks up in a case file while somebody types or clicks: a few rows, at once, however many there are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS

from ..casefile import CaseRows, container, geometry
from ..casefile.opening import reading
from ..casefile.sql import sql
from ..register.identity import ROW_ID
from .checks import id_of, label, the_row
from .objections import decisions_on
from .view import View

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


_OBJECTIONS = (
    "SELECT objection_id, coalesce(well_id, ''), coalesce(filed_on, ''), coalesce(text, '') FROM objections"
    " WHERE objection_id IS NOT NULL AND decided_on IS NULL AND coalesce(result, '') = ''"
    " ORDER BY filed_on IS NULL, filed_on, objection_id"
)
_WELL_OF_ROW = "SELECT coalesce(well_id, '') FROM wells WHERE row_id = ?"


@dataclass(frozen=True)
class OpenObjection:
    """An objection that waits for its result."""

    objection_id: str
    well_id: str
    filed_on: str
    text: str

    def days(self, today: date) -> int | None:
        """How long it waits; None where nobody knows since when."""
        try:
            return (today - date.fromisoformat(self.filed_on)).days
        except ValueError:
            return None


@dataclass(frozen=True)
class Reopening:
    """A decision that an objection would open again: on which clause and rule, and who decided what when."""

    finding_id: str
    clause: str
    rule: str
    state: str
    decided_by: str
    decided_on: str


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


def open_objections(path: str | os.PathLike) -> list[OpenObjection]:
    """Objections without a result, the one that waits longest first."""
    with reading(Path(path), newer=True, quick=True) as connection:
        return [OpenObjection(*row) for row in connection.execute(_OBJECTIONS)]


def reopenings(path: str | os.PathLike, well_id: str) -> list[Reopening]:
    """The decisions that an objection about a well would open again.

    Raises:
        OverdraftError: no such well, or several.
    """
    view = View(CaseRows(path, read_only=True))
    well = the_row(view, "wells", "well_id", id_of(well_id, label("objections", "well_id")))
    found = []
    for row in decisions_on(view, str(well.get(ROW_ID) or well["well_id"])):
        name = str(row["finding_id"])
        finding = (view.find("findings", finding_id=name) or view.find("decided_findings", finding_id=name))[
            0
        ]
        told = (finding["clause"], finding["rule"], row["state"], row["decided_by"], row["decided_on"])
        found.append(Reopening(name, *(str(value or "") for value in told)))
    return found


def well_of_finding(path: str | os.PathLike, subject_id: str) -> str:
    """The id of the well that a finding is about, by that of its row; empty where the register gives it none."""
    with reading(Path(path), newer=True, quick=True) as connection:
        row = connection.execute(_WELL_OF_ROW, (subject_id,)).fetchone()
    return row[0] if row else subject_id


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
