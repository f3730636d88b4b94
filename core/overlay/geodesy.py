"""Coordinates between reference systems, and metres on the ellipsoid.

One transform engine (pyproj, always easting or longitude first), so that a well never lies in two places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pyproj import CRS, Geod, Transformer

_STEP_M = 10.0
"""Length of the finite difference (m): long against rounding, short against the curvature of any projection."""


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(CRS.from_wkt(source), CRS.from_wkt(target), always_xy=True)


def transform(xy: np.ndarray, source: CRS, target: CRS) -> np.ndarray:
    """Coordinates (n, 2) of ``source`` in ``target``; infinite where the target cannot express the place."""
    if source == target or len(xy) == 0:
        return xy
    x, y = _transformer(source.to_wkt(), target.to_wkt()).transform(xy[:, 0], xy[:, 1])
    return np.column_stack([x, y])


@dataclass(frozen=True)
class Surface:
    """How lengths are measured in one coordinate reference system.

    Attributes:
        crs: the system of the coordinates.
        geographic: its geographic system; None for a local engineering system, whose plane is taken as flat.
    """

    crs: CRS
    geographic: CRS | None

    @staticmethod
    def of(crs: CRS) -> Surface:
        """The surface of a projected, geographic, compound or engineering system."""
        return Surface(crs, crs.geodetic_crs)

    @property
    def geod(self) -> Geod:
        """Ellipsoid of the system's own datum."""
        return self.crs.get_geod()

    def lonlat(self, xy: np.ndarray) -> np.ndarray:
        """Longitude and latitude (degrees) of coordinates (n, 2) in the system."""
        if self.crs.is_geographic:
            return xy * math.degrees(_axis_factor(self.crs))
        to_degrees = math.degrees(_axis_factor(self.geographic))
        return transform(xy, self.crs, self.geographic) * to_degrees

    def metric(self, xy: np.ndarray) -> np.ndarray:
        """Metres east and north per unit of x and y at each place.

        Returns:
            (n, 2, 2); ``metric[i] @ (dx, dy)`` is the displacement in metres (east, north), exact in the limit of
            small displacements: its relative error grows as displacement over earth radius.
        """
        if self.geographic is None:
            return np.broadcast_to(np.eye(2) * _axis_factor(self.crs), (len(xy), 2, 2))
        lonlat = self.lonlat(xy)
        per_degree = _metres_per_degree(lonlat[:, 1], self.geod)
        if self.crs.is_geographic:
            to_degrees = math.degrees(_axis_factor(self.crs))
            metric = np.zeros((len(xy), 2, 2))
            metric[:, 0, 0] = per_degree[:, 0] * to_degrees
            metric[:, 1, 1] = per_degree[:, 1] * to_degrees
            return metric
        step = _STEP_M / _axis_factor(self.crs)
        columns = [
            (self.lonlat(xy + shift) - lonlat) * per_degree / step for shift in ([step, 0.0], [0.0, step])
        ]
        return np.stack(columns, axis=2)

    def distance(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Geodesic distance in metres between places (n, 2) given in the system."""
        return np.hypot(*self.displacement(a, b).T)

    def displacement(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Metres east and north (n, 2) at ``a`` of the geodesic to ``b``: its length in its first direction."""
        if self.geographic is None:
            return (b - a) * _axis_factor(self.crs)
        start, end = self.lonlat(a), self.lonlat(b)
        azimuth, _, metres = self.geod.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
        azimuth = np.radians(azimuth)
        return np.column_stack([np.sin(azimuth), np.cos(azimuth)]) * np.asarray(metres)[:, None]

    def distortion(self, xy: np.ndarray, reach_m: float | np.ndarray) -> np.ndarray:
        """Bound on the relative error of ``metric`` for displacements up to ``reach_m``, at each place.

        The metric of a place drifts by about reach / R times the tangent of the latitude (meridians converge) and
        by as much again for the curvature of the projection; twice that is taken.
        """
        if self.geographic is None:
            return np.zeros(len(xy))
        latitude = np.radians(np.clip(self.lonlat(xy)[:, 1], -89.0, 89.0))
        return 2.0 * (1.0 + np.abs(np.tan(latitude))) * reach_m / 6_371_000.0


def beyond_poles(xy: np.ndarray, crs: CRS) -> np.ndarray:
    """Places whose latitude in a geographic system is beyond 90 degrees: no place on earth."""
    if not crs.is_geographic:
        return np.zeros(len(xy), dtype=bool)
    return np.abs(xy[:, 1]) * _axis_factor(crs) > math.pi / 2 * (1 + 1e-12)


def _axis_factor(crs: CRS) -> float:
    """Metres (or radians, for geographic systems) per unit of the first axis."""
    return float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0


def _metres_per_degree(latitude: np.ndarray, geod: Geod) -> np.ndarray:
    """Metres per degree of longitude and of latitude (n, 2) from the ellipsoid's radii of curvature."""
    phi = np.radians(latitude)
    squared = geod.es
    root = np.sqrt(1.0 - squared * np.sin(phi) ** 2)
    prime_vertical = geod.a / root
    meridian = geod.a * (1.0 - squared) / root**3
    return np.radians(np.column_stack([prime_vertical * np.cos(phi), meridian]))
