"""The places to be located: which rows have one, and where it is in each layer's reference system."""

from __future__ import annotations

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from pyproj import CRS

from ..errors import OverdraftError
from .geodesy import beyond_poles, transform

PLACE_NOTES = ("no_geometry", "bad_coordinates", "several_parts", "outside_units")
"""Why a row is not placed: no geometry; NaN, infinite or impossible coordinates; a multipoint of several parts (or
another geometry than a point); farther from every unit than ``PlacementOptions.units_margin_m``."""

_POINT = 0


class Points:
    """Coordinates of the rows of a point layer, transformed once per reference system.

    Z and M are dropped; a multipoint of one part is that part.

    Args:
        frame: point layer with a CRS (needed as soon as one row has a usable geometry).

    Attributes:
        note: text per row, of ``PLACE_NOTES``, None where the row has a place.
        ok: rows with a place.
    """

    def __init__(self, frame: GeoDataFrame) -> None:
        geometry = geometries(frame)
        self._shapes, self.note = _single_points(geometry)
        single = self._shapes
        xy = np.column_stack([shapely.get_x(single), shapely.get_y(single)])
        self.note[self.ok & ~np.isfinite(xy).all(axis=1)] = "bad_coordinates"
        self._xy = xy
        self._crs = crs_of(frame, "wells") if self.ok.any() else None
        if self._crs is not None:
            self.reject(beyond_poles(xy, self._crs), "bad_coordinates")
        self._coordinates: dict[str, np.ndarray] = {}
        self._index: dict[str, tuple[shapely.STRtree, np.ndarray, np.ndarray]] = {}

    def __len__(self) -> int:
        return len(self._xy)

    @property
    def ok(self) -> np.ndarray:
        """Rows with a place (bool per row)."""
        return np.equal(self.note, None)

    def reject(self, which: np.ndarray, note: str) -> None:
        """Say of some rows that they have no place; an earlier note stays."""
        which = which & self.ok
        if which.any():
            self.note[which] = note
            self._index = {}

    def coordinates(self, crs: CRS | None) -> np.ndarray:
        """Coordinates (n, 2) in ``crs``; NaN for rows without a place.

        A row whose place cannot be expressed in ``crs`` is rejected: nothing can be said about it there.
        """
        if self._crs is None or crs is None:
            return np.full((len(self), 2), np.nan)
        name = crs.to_wkt()
        if name not in self._coordinates:
            xy = np.full((len(self), 2), np.nan)
            ok = self.ok
            xy[ok] = transform(self._xy[ok], self._crs, crs)
            self.reject(~np.isfinite(xy).all(axis=1), "bad_coordinates")
            self._coordinates[name] = xy
        return self._coordinates[name]

    def index(self, crs: CRS | None) -> tuple[shapely.STRtree, np.ndarray, np.ndarray]:
        """Spatial index over the rows that have a place, in ``crs``; the row behind each entry, and its x and y."""
        name = "" if crs is None else crs.to_wkt()
        if name not in self._index:
            xy = self.coordinates(crs)
            rows = np.flatnonzero(self.ok & np.isfinite(xy).all(axis=1))
            # Only boxes count in the index, so a point in space is as good as one in the plane.
            shapes = self._shapes[rows] if crs == self._crs else shapely.points(xy[rows])
            self._index[name] = (shapely.STRtree(shapes), rows, xy[rows])
        return self._index[name]


def geometries(frame: GeoDataFrame) -> np.ndarray:
    """The geometry column as an object array of shapely geometries (None for a missing one)."""
    if not isinstance(frame, GeoDataFrame) or frame.active_geometry_name is None:
        return np.full(len(frame), None, dtype=object)
    return np.asarray(frame.geometry.array, dtype=object)


def crs_of(frame: GeoDataFrame | GeoSeries, role: str) -> CRS:
    """Reference system of a layer.

    Raises:
        OverdraftError: the layer has none; places without one cannot be compared.
    """
    if frame.crs is None:
        raise OverdraftError("placement.crs_missing", role=role)
    return CRS.from_user_input(frame.crs)


def _single_points(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One point per row (None where there is not exactly one) and the note that says why not."""
    note = np.full(len(geometry), None, dtype=object)
    single = geometry.copy()
    empty = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    note[empty], single[empty] = "no_geometry", None
    other = ~empty & (shapely.get_type_id(geometry) != _POINT)
    if other.any():
        parts = shapely.get_parts(geometry[other], return_index=True)
        full = ~shapely.is_empty(parts[0])
        shapes, owner = parts[0][full], parts[1][full]
        count = np.bincount(owner, minlength=int(other.sum()))
        first = shapes[np.searchsorted(owner, np.arange(len(count)))]
        usable = (count == 1) & (shapely.get_type_id(first) == _POINT)
        where = np.flatnonzero(other)
        single[where] = np.where(usable, first, None)
        note[where[~usable]] = "several_parts"
    return single, note
