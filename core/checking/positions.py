"""Where points lie: nowhere, in no unit, with x and y exchanged."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from ..overlay.distance import Edges, nearest_edge
from ..overlay.geodesy import Surface
from ..overlay.points import Points, geometries
from ..overlay.polygons import Polygons, covering_pairs
from ..problems import CRS as DEGREES
from ..problems import Problems
from .given import Given, flagged

FAR_M = 50_000.0
"""Beyond this from every unit a point is not placed at all (docs/contract.md, 2)."""

_MESSAGES = {
    "no_geometry": "checking.positions.no_geometry",
    "bad_coordinates": "checking.positions.bad",
    "several_parts": "checking.positions.several",
    "zero": "checking.positions.zero",
}


def coordinates(given: Given, role: str) -> Problems:
    """No geometry, coordinates that are no place on earth, (0, 0), several parts."""
    note = _notes(given, role)
    other_kind = given.of_other_kind(role)
    note[other_kind] = None
    where = np.flatnonzero(~np.equal(note, None))
    return flagged(
        given,
        "positions.coordinates",
        role,
        where,
        severity="error",
        message_key=[_MESSAGES[one] for one in note[where]],
        remedy_key="checking.remedy.coordinates",
        not_checked=other_kind,
        why_key="checking.why.no_place",
        found=_quoted(geometries(given.frame(role))[where]),
    )


def outside_units(given: Given, role: str) -> Problems:
    """Points in no unit: with x and y exchanged, farther away than ``FAR_M``, or just beyond the border."""
    points = given.points(role)
    units = given.units()
    hit = np.zeros(len(points), dtype=bool)
    hit[covering_pairs(points, units)[0]] = True
    note = _notes(given, role)
    placed = np.equal(note, None)
    outside = np.flatnonzero(placed & ~hit)
    swapped = _swapped_inside(
        given, role, units, np.flatnonzero(~hit & (placed | (note == "bad_coordinates")))
    )
    distance = np.full(len(points), np.nan)
    distance[outside] = _to_units(points, outside, units)
    where = np.union1d(outside, swapped)
    far = np.isnan(distance[where])
    is_swapped = np.isin(where, swapped)
    severity = np.where(is_swapped | far, "error", "warning")
    key = np.where(far, "checking.positions.far", "checking.positions.outside").astype(object)
    key[is_swapped] = "checking.positions.swapped"
    shown = np.where(is_swapped, np.nan, np.round(distance[where], 1))
    return flagged(
        given,
        "positions.units",
        role,
        where,
        severity=severity,
        message_key=key,
        remedy_key=np.where(is_swapped, "checking.remedy.swapped", "checking.remedy.outside"),
        not_checked=~placed,
        why_key="checking.why.no_place",
        found=_quoted(geometries(given.frame(role))[where]),
        distance_m=shown,
        values={"km": FAR_M / 1000},
    )


def _notes(given: Given, role: str) -> np.ndarray:
    """Why each row has no place: of ``PLACE_NOTES``, or zero; None where it has one."""
    points, crs = given.points(role), given.crs(role)
    xy = points.coordinates(crs)
    lonlat = points.coordinates(CRS.from_user_input(DEGREES))
    note = points.note.copy()
    fine = np.equal(note, None)
    note[fine & (xy == 0).all(axis=1)] = "zero"
    with np.errstate(invalid="ignore"):
        beyond = (np.abs(lonlat[:, 0]) > 180) | (np.abs(xy) > 1e9).any(axis=1)
    if crs.is_geographic:
        with np.errstate(invalid="ignore"):
            beyond |= np.abs(xy[:, 0]) > 180
    note[fine & beyond] = "bad_coordinates"
    return note


def _to_units(points: Points, rows: np.ndarray, units: Polygons) -> np.ndarray:
    """Metres to the nearest unit, NaN beyond ``FAR_M``."""
    if not len(rows) or units.crs is None:
        return np.full(len(rows), np.nan)
    shapes = units.shapes[~shapely.is_missing(units.shapes)]
    xy = points.coordinates(units.crs)[rows]
    return nearest_edge(xy, Edges.of(shapes), Surface.of(units.crs), FAR_M)


def _swapped_inside(given: Given, role: str, units: Polygons, rows: np.ndarray) -> np.ndarray:
    """Those of the rows that lie in a unit once x and y are exchanged."""
    if not len(rows):
        return rows
    shapes = geometries(given.frame(role))[rows]
    single = shapely.get_type_id(shapes) == 0
    rows, shapes = rows[single], shapes[single]
    turned = shapely.points(shapely.get_y(shapes), shapely.get_x(shapes))
    places = Points(gpd.GeoDataFrame(geometry=gpd.GeoSeries(list(turned), crs=given.crs(role))))
    return rows[np.unique(covering_pairs(places, units)[0])]


def _quoted(shapes: np.ndarray) -> list[str]:
    """Coordinates as they stand in the layer."""
    single = shapely.get_type_id(shapes) == 0
    return [
        f"{shape.x:.9g}, {shape.y:.9g}" if is_point and not shape.is_empty else ""
        for shape, is_point in zip(shapes, single, strict=True)
    ]
