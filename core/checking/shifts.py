"""Points that lie beside their recorded county or township all in one direction: a datum such as GCJ-02 or BD-09."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from ..coordinates.shift import is_reportable, shift_message, shift_of_points
from ..problems import Problems
from .given import Given, counted, of_layer
from .recorded import Gazetteer

CGCS2000 = "EPSG:4490"
CHECK = "positions.shift"
LEVELS = ("township", "county")
"""The finer one first: a point beside its township says more than one beside its county."""


def systematic(given: Given, role: str) -> Problems:
    """One problem of the layer as a whole, with the vector and the numbers; nothing is moved."""
    recorded = _recorded(given, role)
    told = np.flatnonzero(given.points(role).ok & ~shapely.is_missing(recorded))
    n_rows = len(given.frame(role))
    if len(told) == 0:
        return counted(CHECK, role, n_not_checked=n_rows, why_key="checking.why.no_place")
    lon, lat = given.points(role).coordinates(CRS.from_user_input(CGCS2000))[told].T
    shift = shift_of_points(lon, lat, recorded[told])
    if shift is None or not is_reportable(shift):
        return counted(CHECK, role, n_ok=n_rows)
    message, remedy, values = shift_message(shift, float(np.median(lon)), float(np.median(lat)))
    return of_layer(
        CHECK, role, n_rows, severity="error", message_key=message, remedy_key=remedy, values=values
    )


def _recorded(given: Given, role: str) -> np.ndarray:
    """The polygon that each row names, in degrees; None where it names none or several."""
    frame = given.frame(role)
    units = given.units()
    shapes = gpd.GeoSeries(list(units.shapes), crs=units.crs).to_crs(CGCS2000).to_numpy()
    found = np.full(len(frame), None, dtype=object)
    for level in LEVELS:
        gazetteer = Gazetteer(given, level)
        if not gazetteer or level not in frame.columns:
            continue
        for name, rows in frame.groupby(level).indices.items():
            meant = gazetteer.means(str(name))
            free = rows[shapely.is_missing(found[rows])]
            if len(meant) == 1 and len(free):
                found[free] = _whole(shapes, gazetteer, next(iter(meant)))
    return found


def _whole(shapes: np.ndarray, gazetteer: Gazetteer, unit: str) -> shapely.Geometry | None:
    parts = shapes[np.equal(gazetteer.unit, unit)]
    parts = parts[~shapely.is_missing(parts)]
    return shapely.union_all(parts) if len(parts) else None
