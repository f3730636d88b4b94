"""The offset datums of Chinese map services: WGS-84 ↔ GCJ-02 ↔ BD-09.

GCJ-02 (Amap, Tencent, most files made from them) lies 100 to 700 m off, by an amount that changes from place to place;
BD-09 (Baidu) is moved once more. The formulas are the publicly known ones, in use since 2010 in free libraries
(``eviltransform``, ``coordtransform``), not an official text. With x = longitude − 105, y = latitude − 35:

    dφ = (−100 + 2x + 3y + 0.2y² + 0.1xy + 0.2√|x| + w(x) + …) · 180 / (a (1 − e²) / W³ · π)
    dλ = (300 + x + 2y + 0.1x² + 0.1xy + 0.1√|x| + w(x) + …) · 180 / (a / W · cos φ · π),   W² = 1 − e² sin² φ

with sine waves w of 24 to 1/3 degrees and the ellipsoid of Krassowsky 1940. BD-09 stretches the radius and turns the
angle of (λ, φ), taken as a plane vector, and adds (0.0065°, 0.006°). Outside a box around China GCJ-02 is WGS-84;
BD-09 knows no such box. CGCS2000 is WGS-84 here: they differ by centimetres to decimetres.

The way back has no formula. It is found by iteration, exact to 1e-9 degree (0.1 mm), except within some hundred metres
of the box's edge, where two places share one pair of coordinates.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

WGS84, GCJ02, BD09 = "wgs84", "gcj02", "bd09"

KRASSOWSKY_A_M = 6_378_245.0
KRASSOWSKY_E2 = 0.006_693_421_622_965_943_23
BOX = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the box outside which GCJ-02 is WGS-84, degrees."""

_BD_WAVE = np.pi * 3000.0 / 180.0
_BD_SHIFT = (0.0065, 0.006)
_TOLERANCE = 1e-11
_MAX_STEPS = 30

Pair = tuple[np.ndarray, np.ndarray]
Way = Callable[[np.ndarray, np.ndarray], Pair]


def converted(lon: object, lat: object, source: str, target: str) -> Pair:
    """Longitudes and latitudes in degrees from one datum (``wgs84``, ``gcj02``, ``bd09``) to another.

    Raises:
        KeyError: an unknown datum.
    """
    x, y = np.asarray(lon, dtype="float64"), np.asarray(lat, dtype="float64")
    with np.errstate(over="ignore", invalid="ignore"):  # what is no place comes back as it is or as NaN
        for way in _WAYS[source, target]:
            x, y = way(x, y)
    return x, y


def shapes_converted(shapes: object, source: str, target: str) -> np.ndarray:
    """Geometries in degrees from one datum to another, vertex by vertex; None stays None. See :func:`converted`."""

    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(converted(xy[:, 0], xy[:, 1], source, target))

    return shapely.transform(np.asarray(shapes, dtype=object), move)


def _wgs84_to_gcj02(lon: np.ndarray, lat: np.ndarray) -> Pair:
    east, north = _gcj02_offset(lon, lat)
    inside = _in_box(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def _gcj02_to_wgs84(lon: np.ndarray, lat: np.ndarray) -> Pair:
    def forward(x: np.ndarray, y: np.ndarray) -> Pair:
        east, north = _gcj02_offset(x, y)
        return x + east, y + north

    x, y = _inverse(forward, lon, lat)
    inside = _in_box(x, y)
    return np.where(inside, x, lon), np.where(inside, y, lat)


def _gcj02_to_bd09(lon: np.ndarray, lat: np.ndarray) -> Pair:
    radius = np.hypot(lon, lat) + 0.000_02 * np.sin(lat * _BD_WAVE)
    angle = np.arctan2(lat, lon) + 0.000_003 * np.cos(lon * _BD_WAVE)
    return radius * np.cos(angle) + _BD_SHIFT[0], radius * np.sin(angle) + _BD_SHIFT[1]


def _bd09_to_gcj02(lon: np.ndarray, lat: np.ndarray) -> Pair:
    return _inverse(_gcj02_to_bd09, lon, lat)


_WAYS: dict[tuple[str, str], tuple[Way, ...]] = {
    (WGS84, WGS84): (),
    (GCJ02, GCJ02): (),
    (BD09, BD09): (),
    (WGS84, GCJ02): (_wgs84_to_gcj02,),
    (GCJ02, WGS84): (_gcj02_to_wgs84,),
    (GCJ02, BD09): (_gcj02_to_bd09,),
    (BD09, GCJ02): (_bd09_to_gcj02,),
    (WGS84, BD09): (_wgs84_to_gcj02, _gcj02_to_bd09),
    (BD09, WGS84): (_bd09_to_gcj02, _gcj02_to_wgs84),
}


def _inverse(forward: Way, lon: np.ndarray, lat: np.ndarray) -> Pair:
    """The place that `forward` takes to (lon, lat): p ← p + (target − forward(p)), a contraction by 0.03 a step."""
    x, y = lon.copy(), lat.copy()
    for _ in range(_MAX_STEPS):
        found_x, found_y = forward(x, y)
        step_x, step_y = lon - found_x, lat - found_y
        x, y = x + step_x, y + step_y
        size = np.fmax(np.abs(step_x), np.abs(step_y))
        if not (size > _TOLERANCE).any():
            break
    return x, y


def _in_box(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    west, south, east, north = BOX
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _gcj02_offset(lon: np.ndarray, lat: np.ndarray) -> Pair:
    """East and north offset of GCJ-02 in degrees, without regard to the box."""
    x, y = lon - 105.0, lat - 35.0
    both = _wave(x, (20.0, 6.0), (20.0, 2.0))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north = north + both + _wave(y, (20.0, 1.0), (40.0, 1 / 3)) + _wave(y, (160.0, 1 / 12), (320.0, 1 / 30))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east = east + both + _wave(x, (20.0, 1.0), (40.0, 1 / 3)) + _wave(x, (150.0, 1 / 12), (300.0, 1 / 30))
    phi = np.radians(lat)
    w2 = 1.0 - KRASSOWSKY_E2 * np.sin(phi) ** 2
    meridian = KRASSOWSKY_A_M * (1.0 - KRASSOWSKY_E2) / (w2 * np.sqrt(w2))
    parallel = KRASSOWSKY_A_M / np.sqrt(w2) * np.cos(phi)
    return np.degrees(east / parallel), np.degrees(north / meridian)


def _wave(angle: np.ndarray, *terms: tuple[float, float]) -> np.ndarray:
    """2/3 · Σ amplitude · sin(frequency · π · angle), metres."""
    return sum(size * np.sin(frequency * np.pi * angle) for size, frequency in terms) * 2.0 / 3.0
