"""Metres on the ground beside degrees: small vectors on the ellipsoid of CGCS2000, and a plane around a place."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import Geod, Transformer

from .systems import CGCS2000

_GEOD = Geod(ellps="GRS80")  # CGCS2000 differs by 0.1 mm in the semi-minor axis


def metres_per_degree(lat: object) -> tuple[np.ndarray, np.ndarray]:
    """Length of one degree of longitude and of latitude: π/180 · N cos φ and π/180 · M.

    N = a / W, M = a (1 − e²) / W³, W² = 1 − e² sin² φ.
    """
    phi = np.radians(np.asarray(lat, dtype="float64"))
    w2 = 1.0 - _GEOD.es * np.sin(phi) ** 2
    normal, meridian = _GEOD.a / np.sqrt(w2), _GEOD.a * (1.0 - _GEOD.es) / w2**1.5
    return np.radians(normal * np.cos(phi)), np.radians(meridian)


def on_plane(shapes: np.ndarray, lon: float, lat: float) -> np.ndarray:
    """Geometries in degrees on a transverse Mercator plane around a place, metres; true to 1e-4 within 90 km."""
    plane = f"+proj=tmerc +lat_0={float(lat)!r} +lon_0={float(lon)!r} +k=1 +ellps=GRS80 +units=m +type=crs"
    transformer = Transformer.from_crs(CGCS2000, plane, always_xy=True)
    return shapely.transform(shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
