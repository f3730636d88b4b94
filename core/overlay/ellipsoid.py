"""Areas on the ellipsoid, vectorised over many polygons.

On the ellipsoid the area between the equator and latitude φ, per radian of longitude, is

    q(φ) = b²/2 · [ sin φ / (1 − e² sin² φ) + artanh(e sin φ) / e ]

(b² / (2 (1 − e²)) times Snyder's q: *Map Projections, A Working Manual*, USGS 1987, eq. 3-12), so a ring's
area is ∮ q dλ. Two questions need two kinds of edge:

* :func:`ellipsoidal_area_m2`: how large is this polygon? Its edges are geodesics between its vertices, as in
  GeographicLib and ``pyproj.Geod``, so the answer does not depend on the CRS in which the layer is stored.
* :func:`drawn_area_m2`: how does a cut divide it? The edges are straight in the layer's own CRS, where the
  cut was made; only so do the parts add up to the whole.

The two differ by some 1e-5 for a field with edges of 1 km in degrees, far less in a metric system. A local
engineering system has no ellipsoid; there both are the plane area.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyproj
import shapely

from .geodesy import Surface

MAX_EDGE_M = 20_000.0
"""Edges up to this length use a series (relative error below 1e-8); longer ones are left to GeographicLib."""

_MAX_LATITUDE = np.radians(85.0)

Edges = Callable[[np.ndarray, np.ndarray, np.ndarray, "_Earth"], tuple[np.ndarray, np.ndarray]]


def ellipsoidal_area_m2(geoms, crs=None) -> np.ndarray:
    """Area of each polygon on the ellipsoid of its CRS, in m², edges being geodesics.

    The area under a geodesic from (λ₁, q₁) to (λ₂, q₂) is the trapezoid plus what lies between chord and
    curve. By Clairaut's relation d²q/dλ² = −p² sin φ (1 + 3 cot² α), p being the radius of the parallel and
    cot α = Δq / (p² Δλ), so

        ∫ q dλ = Δλ (q₁ + q₂) / 2 + Δλ sin φₘ / 12 · (p² Δλ² + 3 Δq² / p²)

    Agrees with ``pyproj.Geod`` to 1e-7 (relative). Holes are taken away; self-crossing rings must be repaired
    before.

    Args:
        geoms: GeoSeries, GeoDataFrame or array of (multi)polygons; lines and points in collections count 0.
        crs: their CRS, if ``geoms`` does not carry one.

    Returns:
        float64 array as long as ``geoms``; 0 for empty ones, NaN for None and for coordinates that are not
        finite.
    """
    array, surface = _inputs(geoms, crs)
    if surface.geographic is None:
        return _plane_area(array, surface)
    earth = _Earth(surface)
    area, too_long = _areas(array, earth, _geodesic_edges)
    for place in np.flatnonzero(too_long):
        area[place] = earth.geod_area(array[place])
    return area


def drawn_area_m2(geoms, crs=None) -> np.ndarray:
    """Area of each polygon on the ellipsoid, in m², edges being straight lines in the polygon's CRS.

    Every edge is followed through its own midpoint (a parabola in λ and q, integrated exactly), so that the
    parts of a cut polygon add up to the whole. Arguments and result as :func:`ellipsoidal_area_m2`.
    """
    array, surface = _inputs(geoms, crs)
    if surface.geographic is None:
        return _plane_area(array, surface)
    return _areas(array, _Earth(surface), _drawn_edges)[0]


class _Earth:
    """The ellipsoid under a CRS, and the way from the CRS to longitude and latitude in radians."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.geod = surface.geod
        self.a, self.b, self.e2 = self.geod.a, self.geod.b, self.geod.es
        self.e = float(np.sqrt(self.e2))

    def radians(self, xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitude and latitude in radians of coordinates (n, 2)."""
        lonlat = np.radians(self.surface.lonlat(xy))
        return lonlat[:, 0], lonlat[:, 1]

    def q(self, phi: np.ndarray) -> np.ndarray:
        """Area from the equator to ``phi`` per radian of longitude, m²."""
        sine = np.sin(phi)
        tail = np.arctanh(self.e * sine) / self.e if self.e > 0 else sine
        return 0.5 * self.b**2 * (sine / (1.0 - self.e2 * sine**2) + tail)

    def geod_area(self, polygon: shapely.Geometry) -> float:
        """The same area by GeographicLib, for polygons with very long edges."""
        rings, part = shapely.get_rings(
            _polygon_parts(np.array([polygon], dtype=object))[0], return_index=True
        )
        total = 0.0
        for place, ring in enumerate(rings):
            lonlat = self.surface.lonlat(shapely.get_coordinates(ring))
            size = abs(self.geod.polygon_area_perimeter(lonlat[:, 0], lonlat[:, 1])[0])
            total += size if place == 0 or part[place] != part[place - 1] else -size
        return total


def _areas(array: np.ndarray, earth: _Earth, edges: Edges) -> tuple[np.ndarray, np.ndarray]:
    """Area per geometry by one rule for edges; and which geometries have edges that are too long for it."""
    parts, owner = _polygon_parts(array)
    rings, part_of = shapely.get_rings(parts, return_index=True)
    area = np.where(shapely.is_missing(array), np.nan, 0.0)
    too_long = np.zeros(len(array), dtype=bool)
    if len(rings) == 0:
        return area, too_long
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(np.r_[True, ring_of[1:] != ring_of[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        integral, long_edge = edges(xy, ring_of, starts, earth)
    same_ring = ring_of[1:] == ring_of[:-1]
    of_ring = np.abs(np.add.reduceat(np.r_[np.where(same_ring, integral, 0.0), 0.0], starts))
    is_exterior = np.r_[True, part_of[1:] != part_of[:-1]]
    ring_owner = owner[part_of]
    np.add.at(area, ring_owner, np.where(is_exterior, of_ring, -of_ring))
    too_long[ring_owner[ring_of[:-1][long_edge & same_ring]]] = True
    finite = np.isfinite(area)
    return np.where(finite, area, np.nan), too_long & finite


def _geodesic_edges(
    xy: np.ndarray, ring_of: np.ndarray, starts: np.ndarray, earth: _Earth
) -> tuple[np.ndarray, np.ndarray]:
    """∫ (q − q at the ring's start) dλ along each geodesic; and where it is too long for the series."""
    lam, phi = earth.radians(xy)
    q = earth.q(phi)
    step, rise = _turn(np.diff(lam)), np.diff(q)
    middle = (phi[1:] + phi[:-1]) / 2.0
    sine = np.sin(middle)
    p = earth.a * np.cos(middle) / np.sqrt(1.0 - earth.e2 * sine**2)
    bow = sine / 12.0 * ((p * step) ** 2 + 3.0 * (rise / p) ** 2)
    above = (q[1:] + q[:-1]) / 2.0 - q[starts][ring_of[1:]]
    polar = np.abs(phi) > _MAX_LATITUDE
    too_long = (np.hypot(p * step, rise / p) > MAX_EDGE_M) | polar[1:] | polar[:-1]
    return step * (above + bow), too_long


def _drawn_edges(
    xy: np.ndarray, ring_of: np.ndarray, starts: np.ndarray, earth: _Earth
) -> tuple[np.ndarray, np.ndarray]:
    """∫ (q − q at the ring's start) dλ along the parabola through the ends and the midpoint of each
    edge.
    """
    lam, phi = earth.radians(xy)
    half_lam, half_phi = earth.radians((xy[1:] + xy[:-1]) / 2.0)
    q, half_q = earth.q(phi), earth.q(half_phi)
    above = q[:-1] - q[starts][ring_of[1:]]
    lam_half, lam_end = _turn(half_lam - lam[:-1]), _turn(lam[1:] - lam[:-1])
    q_half, q_end = half_q - q[:-1], q[1:] - q[:-1]
    # λ(t) = λ₁ + a t + b t², q(t) = q₁ + c t + d t² for t from 0 to 1
    a, b = 4.0 * lam_half - lam_end, 2.0 * lam_end - 4.0 * lam_half
    c, d = 4.0 * q_half - q_end, 2.0 * q_end - 4.0 * q_half
    along = (a + b) * above + c * (a / 2.0 + 2.0 * b / 3.0) + d * (a / 3.0 + b / 2.0)
    return along, np.zeros(len(along), dtype=bool)


def _turn(angle: np.ndarray) -> np.ndarray:
    """An angle brought into (−π, π], so that polygons may cross the 180° meridian."""
    return angle - 2.0 * np.pi * np.round(angle / (2.0 * np.pi))


def _polygon_parts(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The single polygons in ``array``, and the position that each belongs to."""
    parts, owner = shapely.get_parts(array, return_index=True)
    inner, outer = shapely.get_parts(parts, return_index=True)
    is_polygon = shapely.get_type_id(inner) == shapely.GeometryType.POLYGON
    return inner[is_polygon], owner[outer][is_polygon]


def _plane_area(array: np.ndarray, surface: Surface) -> np.ndarray:
    scale = np.abs(np.linalg.det(surface.metric(np.zeros((1, 2)))[0]))
    return np.where(shapely.is_missing(array), np.nan, shapely.area(array) * scale)


def _inputs(geoms, crs) -> tuple[np.ndarray, Surface]:
    series = getattr(geoms, "geometry", geoms)
    found = crs if crs is not None else getattr(series, "crs", None)
    if found is None:
        raise ValueError("areas on the ellipsoid need a CRS")
    return np.asarray(getattr(series, "array", series), dtype=object), Surface.of(
        pyproj.CRS.from_user_input(found)
    )
