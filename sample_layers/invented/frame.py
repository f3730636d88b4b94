"""The local frame of the invented basin, its random numbers and the small geometry it needs.

Only operations whose result does not depend on the GEOS version shape the layers (no buffers, no simplification),
so that the sample is the same wherever it is made.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyproj
import shapely
from shapely.geometry import Polygon

GROUND_CRS = "EPSG:4539"
"""CGCS2000, 3-degree Gauss-Krueger, central meridian 90 E: the polygon layers."""

POINT_CRS = "EPSG:4490"
"""CGCS2000 longitude and latitude: the point layers, as well registers deliver them."""

ORIGIN = np.array([395_000.0, 4_702_000.0])
"""Easting and northing of the local frame's corner."""

SEED = 20211112
MU_M2 = 10_000.0 / 15.0
"""One mu in square metres (1 ha = 15 mu)."""

_GEOD = pyproj.Geod(ellps="GRS80")
_TO_DEGREES = pyproj.Transformer.from_crs(GROUND_CRS, POINT_CRS, always_xy=True)


def random_numbers(topic: str, size: int | tuple[int, ...]) -> np.ndarray:
    """Uniform numbers in [0, 1) for one topic; the same on every machine and independent of other topics."""
    digest = hashlib.sha256(f"{SEED}/{topic}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "big"))).random(size)


def smooth_ring(corners: list[tuple[float, float]], rounds: int = 5, digits: int = 1) -> Polygon:
    """A polygon with rounded corners: Chaikin's corner cutting of a closed ring (km in, m out)."""
    ring = np.asarray(corners, dtype=float) * 1000.0
    for _ in range(rounds):
        following = np.roll(ring, -1, axis=0)
        ring = np.stack([0.75 * ring + 0.25 * following, 0.25 * ring + 0.75 * following], axis=1).reshape(
            -1, 2
        )
    return Polygon(np.round(ring, digits))


def warp(xy: np.ndarray) -> np.ndarray:
    """Bend straight administrative borders into plausible ones: a smooth displacement below 2 km."""
    x, y = xy[:, 0] / 1000.0, xy[:, 1] / 1000.0
    dx = 1.1 * np.sin(y / 8.5 + 0.4) + 0.45 * np.sin(y / 3.4 + x / 9.0) + 0.12 * np.sin(y / 1.3 + x / 2.1)
    dy = 1.0 * np.sin(x / 9.5 + 1.1) + 0.40 * np.sin(x / 3.9 + y / 6.5) + 0.12 * np.sin(x / 1.2 - y / 2.3)
    return np.round(np.column_stack([xy[:, 0] + 1000.0 * dx, xy[:, 1] + 1000.0 * dy]), 2)


def ripple(polygon: Polygon) -> Polygon:
    """Give a too even outline the small bays that an interpolated water table draws (below 500 m)."""
    xy = np.asarray(polygon.exterior.coords)
    x, y = xy[:, 0] / 1000.0, xy[:, 1] / 1000.0
    dx = 0.28 * np.sin(y / 0.9 + x / 3.1) + 0.18 * np.sin(x / 0.55 - y / 1.7)
    dy = 0.28 * np.sin(x / 1.1 - y / 2.6 + 1.0) + 0.18 * np.sin(y / 0.6 + x / 1.9)
    return Polygon(np.round(xy + 1000.0 * np.column_stack([dx, dy]), 1))


def on_ground(geometries: np.ndarray) -> np.ndarray:
    """Local frame to ``GROUND_CRS``."""
    return shapely.transform(np.asarray(geometries, dtype=object), lambda xy: xy + ORIGIN)


def to_degrees(xy: np.ndarray) -> np.ndarray:
    """Local points to longitude and latitude, rounded to 1e-7 degree (about 1 cm)."""
    lon, lat = _TO_DEGREES.transform(xy[:, 0] + ORIGIN[0], xy[:, 1] + ORIGIN[1])
    return np.round(np.column_stack([lon, lat]), 7)


def areas_mu(rings: np.ndarray) -> np.ndarray:
    """Areas on the ellipsoid in mu of closed rings of the local frame, shape (n, corners, 2)."""
    lon, lat = _TO_DEGREES.transform(rings[..., 0] + ORIGIN[0], rings[..., 1] + ORIGIN[1])
    areas = [_GEOD.polygon_area_perimeter(x[:-1], y[:-1])[0] for x, y in zip(lon, lat, strict=True)]
    return np.abs(areas) / MU_M2


def with_areas(rings: np.ndarray, mu: np.ndarray) -> np.ndarray:
    """The rings scaled about their middles until each area on the ellipsoid is ``mu`` (relative error about 1e-13)."""
    middles = rings[:, :-1].mean(axis=1)[:, None, :]
    for _ in range(3):
        rings = middles + (rings - middles) * np.sqrt(mu / areas_mu(rings))[:, None, None]
        rings[:, -1] = rings[:, 0]
    return rings


def clearance(points: np.ndarray, shapes: list) -> np.ndarray:
    """Smallest distance in metres of each point to the outline of any of the shapes."""
    outlines = shapely.multilinestrings([part for shape in shapes for part in _lines(shape)])
    shapely.prepare(outlines)
    return shapely.distance(shapely.points(points), outlines)


def _lines(shape) -> list:
    boundary = shape.boundary
    return list(boundary.geoms) if boundary.geom_type == "MultiLineString" else [boundary]
