"""The positions of an import: their system and datum, and the repairs that somebody asked for.

Nothing is moved unasked. Beijing 1954 and Xi'an 1980 need an explicit operation; a shift by GCJ-02 or BD-09 and
exchanged axes are undone only on request, and every geometry that moved keeps its former text on record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..coordinates.datums import needs_operation
from ..coordinates.offsets import shapes_converted
from ..coordinates.operations import operations, transformed
from ..errors import OverdraftError
from ..problems import Problems
from ..schema import Role, normal_name
from .positions import Figures, Positions
from .reference import Reference
from .source import Source

CGCS2000 = CRS.from_epsg(4490)
GEOMETRY = "geometry"
_SLACK_DEGREES = 1e-6
_LARGEST_IN_WKT = 1e100
"""GEOS writes no text for more."""
_CHANGES = ("place", "row", "field", "raw_value", "value", "reason_key")


@dataclass(frozen=True)
class Placed:
    """Geometry of the rows with its system.

    Attributes:
        geometry: shapely geometries or None. crs: their system. rows: row numbers of the source.
        figures: numbers of the coordinate columns by name; empty for a layer with geometry.
        system: how the system was found, for the record. changes: geometries that were moved, with their former text.
        problems: rows without a position.
    """

    geometry: np.ndarray
    crs: CRS
    rows: np.ndarray
    figures: Mapping[str, Figures] = field(default_factory=dict)
    system: Mapping[str, Any] = field(default_factory=dict)
    changes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(_CHANGES)))
    problems: Sequence[Problems] = ()

    @staticmethod
    def of_columns(made: Positions, rows: np.ndarray) -> Placed:
        """From coordinate columns."""
        system = {
            "crs": made.crs.to_string(),
            "found": made.system,
            "columns": list(made.columns),
            "swapped": made.swapped,
            "shares": [f"{name}: {share:.1%}" for name, share in made.shares],
        }
        figures = dict(zip(made.columns, made.figures, strict=False))
        return Placed(made.geometry, made.crs, rows, figures, system, problems=[made.problems])

    @staticmethod
    def of_layer(source: Source, crs: CRS, told: CRS | None) -> Placed:
        """From a layer with geometry; `told` is a system that the user named for it."""
        system = {"crs": crs.to_string(), "found": "given" if told is not None else "layer"}
        if told is not None and source.crs is not None and source.crs != told:
            system["instead_of"] = source.crs.to_string()
        return Placed(np.asarray(source.geometry, dtype=object), crs, source.rows, system=system)


def brought_home(role: Role, placed: Placed, operation: str) -> Placed:
    """The same on CGCS2000 where the datum is an old one; anything else stays as it is.

    Args:
        operation: name of a public operation (``operations``) or a PROJ pipeline.

    Raises:
        OverdraftError: the datum needs an operation and none is given, or it cannot be applied.
    """
    if not needs_operation(placed.crs):
        if operation.strip():
            raise OverdraftError("importing.operation_idle", role=role.token, found=placed.crs.name)
        return placed
    known = operations(placed.crs)
    if not operation.strip():
        listed = [f"{item.name} ({item.accuracy_m:g} m; {item.area})" for item in known]
        raise OverdraftError(
            "importing.operation_missing", role=role.token, found=placed.crs.name, allowed=listed
        )
    named = {normal_name(item.name): item.pipeline for item in known}
    pipeline = named.get(normal_name(operation), operation)
    moved = transformed(placed.geometry, placed.crs, pipeline)
    system = {**placed.system, "operation": operation.strip()}
    return replace(
        placed,
        geometry=moved,
        crs=CGCS2000,
        system=system,
        changes=_moved(placed, moved, "importing.kind.operation"),
    )


def repaired(
    placed: Placed, repairs: Sequence[str], reference: Reference | None, recorded: np.ndarray | None
) -> Placed:
    """The same with the repairs that were asked for, in the order swap, datum.

    ``swap_xy`` exchanges x and y of the rows that lie outside their unit as they are and inside when exchanged; without
    units, of all rows. ``gcj02`` and ``bd09`` take the datum's offset away.

    Raises:
        OverdraftError: both datums at once.
    """
    if {"gcj02", "bd09"} <= set(repairs):
        raise OverdraftError("importing.two_datums")
    for repair in ("swap_xy", "gcj02", "bd09"):
        if repair in repairs:
            moved = (
                _swapped(placed, reference, recorded) if repair == "swap_xy" else _unshifted(placed, repair)
            )
            changes = _moved(placed, moved, f"importing.kind.{repair}")
            system = {**placed.system, "repairs": [*placed.system.get("repairs", []), repair]}
            placed = replace(
                placed,
                geometry=moved,
                system=system,
                changes=pd.concat([placed.changes, changes], ignore_index=True),
            )
    return placed


def lonlat(geometry: np.ndarray, crs: CRS) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of each point, of a point on each other geometry; NaN where there is none."""
    points = np.where(shapely.is_missing(geometry) | shapely.is_empty(geometry), None, geometry)
    kinds = shapely.get_type_id(points)
    other = kinds > 0
    if other.any():
        points = points.copy()
        points[other] = shapely.point_on_surface(points[other])
    placed = gpd.GeoSeries(list(points), crs=crs).to_crs(CGCS2000).to_numpy()
    return shapely.get_x(placed), shapely.get_y(placed)


def on_earth(geometry: np.ndarray, crs: CRS) -> np.ndarray:
    """Whether each geometry lies between 180° W and 180° E and between the poles, as far as its system tells."""
    bounds = shapely.bounds(geometry)
    corners = shapely.points(np.concatenate([bounds[:, :2], bounds[:, 2:]]))
    if not crs.is_geographic:
        corners = gpd.GeoSeries(list(corners), crs=crs).to_crs(CGCS2000).to_numpy()
    there = ~shapely.is_empty(corners)
    good = np.zeros(len(corners), dtype=bool)
    lon, lat = np.abs(shapely.get_x(corners[there])), np.abs(shapely.get_y(corners[there]))
    good[there] = (lon <= 180 + _SLACK_DEGREES) & (lat <= 90 + _SLACK_DEGREES)
    return good[: len(geometry)] & good[len(geometry) :]


def exchanged(geometry: np.ndarray) -> np.ndarray:
    """The geometries with x and y exchanged."""
    return shapely.transform(geometry, lambda xy: xy[:, ::-1])


def wrong_way_round(placed: Placed, reference: Reference, recorded: np.ndarray) -> np.ndarray:
    """Rows whose point lies outside its unit as it is, and inside it when x and y are exchanged."""
    as_is = reference.inside(*lonlat(placed.geometry, placed.crs), recorded)
    have = ~shapely.is_missing(placed.geometry)
    turned = placed.geometry.copy()
    turned[have] = exchanged(placed.geometry[have])
    return have & ~as_is & reference.inside(*lonlat(turned, placed.crs), recorded)


def _swapped(placed: Placed, reference: Reference | None, recorded: np.ndarray | None) -> np.ndarray:
    have = ~shapely.is_missing(placed.geometry)
    which = have if reference is None or recorded is None else wrong_way_round(placed, reference, recorded)
    moved = placed.geometry.copy()
    moved[which] = exchanged(moved[which])
    return moved


def _unshifted(placed: Placed, datum: str) -> np.ndarray:
    series = gpd.GeoSeries(list(placed.geometry), crs=placed.crs)
    home = shapes_converted(series.to_crs(CGCS2000).to_numpy(), datum, "wgs84")
    return gpd.GeoSeries(list(home), crs=CGCS2000).to_crs(placed.crs).to_numpy()


def _moved(placed: Placed, moved: np.ndarray, reason: str) -> pd.DataFrame:
    """A row of the record for each geometry that differs."""
    have = ~shapely.is_missing(placed.geometry)
    where = np.flatnonzero(have & ~shapely.equals_exact(placed.geometry, moved, 0.0))
    return pd.DataFrame(
        {
            "place": where,
            "row": placed.rows[where],
            "field": GEOMETRY,
            "raw_value": _texts(placed.geometry[where]),
            "value": _texts(moved[where]),
            "reason_key": reason,
        },
        columns=list(_CHANGES),
    )


def _texts(shapes: np.ndarray) -> np.ndarray:
    """WKT with all digits; hexadecimal WKB where a coordinate is too large for that."""
    large = (np.abs(shapely.bounds(shapes)) > _LARGEST_IN_WKT).any(axis=1)
    texts = shapely.to_wkt(np.where(large, None, shapes), rounding_precision=-1)
    return np.where(large, shapely.to_wkb(shapes, hex=True), texts)
