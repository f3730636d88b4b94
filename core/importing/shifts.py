"""Positions that cannot be right: zero, exchanged axes, outside every unit; and a layer that lies beside its place.

GCJ-02 and BD-09 move maps in China by 100 to 700 m in one direction. A layer that carries such an offset shows it: its
points fall outside the units that their rows name, and would fall inside if all were moved by one vector. That is told
with the vector and the numbers; nothing is moved.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from ..coordinates.shift import (
    Shift,
    is_reportable,
    shift_message,
    shift_of_boundaries,
    shift_of_points,
)
from ..problems import Problems, problems
from ..schema import Role
from .datum import CGCS2000, Placed, lonlat, on_earth, wrong_way_round
from .reference import Reference
from .source import Source


def position_problems(
    role: Role,
    source: Source,
    placed: Placed,
    reference: Reference | None,
    recorded: np.ndarray | None,
    ids: np.ndarray,
) -> list[Problems]:
    """Rows without a position, or with an impossible one: (0, 0), nowhere on earth, exchanged, in none of the units.

    Args:
        recorded: position in the reference of the unit that each row names, -1 for none.
        ids: subject of each row.
    """
    geometry = placed.geometry
    have = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    zero = have & (shapely.bounds(geometry) == 0).all(axis=1)
    nowhere = have & ~on_earth(geometry, placed.crs)
    turned = np.zeros(len(ids), dtype=bool)
    outside = turned
    if reference is not None and recorded is not None and role.geometry == "point":
        usable = Placed(np.where(have & ~zero, geometry, None), placed.crs, placed.rows)
        turned = wrong_way_round(usable, reference, recorded)
        anywhere = np.full(len(ids), -1, dtype="int64")
        inside = reference.inside(*lonlat(usable.geometry, placed.crs), anywhere)
        outside = have & ~zero & ~nowhere & ~turned & ~inside
    told = [
        ("import.zero", "error", zero, "position_zero"),
        ("import.nowhere", "error", nowhere & ~turned, "position_nowhere"),
        ("import.swapped", "error", turned, "position_swapped"),
        ("import.outside", "warning", outside, "position_outside"),
    ]
    if role.geometry == "point":
        several = have & (shapely.get_num_geometries(geometry) > 1)
        told.insert(0, ("import.parts", "error", several, "position_parts"))
    if source.geometry is not None:  # cells of coordinates that give no position are told with the cell
        told.insert(0, ("import.position", "error", ~have, "position_missing"))
    return [
        _rows(check, severity, role, source, placed, ids, which, what)
        for check, severity, which, what in told
    ]


def shift_problems(
    role: Role,
    frame: gpd.GeoDataFrame,
    placed: Placed,
    reference: Reference | None,
    recorded: np.ndarray | None,
) -> list[Problems]:
    """One problem for the layer as a whole, if it lies systematically beside the units."""
    if reference is None or recorded is None or len(frame) == 0:
        return []
    shift = _boundary_shift(frame, reference) if role.name == "units" else None
    if shift is None and role.name != "units":
        shift = _point_shift(placed, reference, recorded)
    if shift is None or not is_reportable(shift):
        return [_layer(role)]
    lon, lat = lonlat(placed.geometry, placed.crs)
    message, remedy, values = shift_message(shift, float(np.nanmedian(lon)), float(np.nanmedian(lat)))
    return [_layer(role, message, remedy, values)]


def _point_shift(placed: Placed, reference: Reference, recorded: np.ndarray) -> Shift | None:
    lon, lat = lonlat(placed.geometry, placed.crs)
    told = np.flatnonzero((recorded >= 0) & np.isfinite(lon) & np.isfinite(lat))
    if len(told) == 0:
        return None
    return shift_of_points(lon[told], lat[told], reference.shapes[recorded[told]])


def _boundary_shift(frame: gpd.GeoDataFrame, reference: Reference) -> Shift | None:
    """Two editions of the same units: those that both layers name."""
    layer = frame.to_crs(CGCS2000)
    places = reference.named(layer["unit_id"].to_numpy(dtype=object))
    by_name = reference.named(layer["name"].to_numpy(dtype=object))
    places = np.where(places < 0, by_name, places)
    shapes = layer.geometry.to_numpy()
    told = np.flatnonzero((places >= 0) & ~shapely.is_missing(shapes))
    if len(told) == 0:
        return None
    return shift_of_boundaries(shapes[told], reference.shapes[places[told]])


def _layer(
    role: Role, message_key: str = "", remedy_key: str = "", values: dict[str, object] | None = None
) -> Problems:
    """The layer as one subject: in order, or with the message."""
    values = values or {}
    return problems(
        check="import.shift",
        severity="error",
        subject_role=role.name,
        subject_id=[""] if message_key else [],
        message_key=message_key,
        remedy_key=remedy_key,
        message_values={name: [value] for name, value in values.items()},
        distance_m=values.get("length_m", np.nan),
        n_subjects=1,
    )


def _rows(
    check: str,
    severity: str,
    role: Role,
    source: Source,
    placed: Placed,
    ids: np.ndarray,
    which: np.ndarray,
    what: str,
) -> Problems:
    where = np.flatnonzero(which)
    shapes = placed.geometry[where]
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    return problems(
        check=check,
        severity=severity,
        subject_role=role.name,
        subject_id=ids[where],
        row=source.rows[where],
        field="geometry",
        found=[_shown(shape) for shape in shapes],
        message_key=f"importing.{what}",
        remedy_key=f"importing.{what}_remedy",
        n_subjects=len(ids),
        geometry=np.where(finite, shapes, None),
        crs=placed.crs,
    )


def _shown(shape: shapely.Geometry | None) -> str:
    """A geometry for people: kind and coordinates of a point, of anything else those of its box."""
    if shape is None or shape.is_empty:
        return ""
    numbers = shape.bounds[: 2 if shape.geom_type == "Point" else 4]
    return f"{shape.geom_type.upper()} ({' '.join(f'{number:.9g}' for number in numbers)})"
