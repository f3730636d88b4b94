"""Scenery for the map: mountains, ridge, lake and streams. No part of the register; the rules never see it."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import shapely

from .frame import smooth_ring
from .jurisdiction import Jurisdiction

_MOUNTAINS = [
    (-15, 62), (-5, 60), (6, 62.5), (14, 61), (24, 60.5), (32, 61.5), (42, 61.5), (54, 62.5), (66, 63), (78, 61.5),
    (88, 62), (98, 61), (108, 60.5), (118, 57), (135, 60), (135, 100), (-15, 100),
]  # fmt: skip
_RIDGE = [
    (39, 36), (46, 37.4), (52, 37.6), (60, 38.4), (70, 38), (80, 37.6), (90, 37.6), (100, 38.2), (111, 36.6),
    (101, 35.6), (92, 36), (80, 35.2), (71, 35.8), (61, 35.4), (52, 36.2), (46, 34.8),
]  # fmt: skip
_LAKE = [(47, 11), (53, 13.6), (60, 14.2), (69, 13.2), (75, 11), (70, 8.6), (61, 7.6), (52, 8.6)]
_STREAMS = {
    "白杨河": [(8, 70), (10.5, 64), (11.5, 59.5), (13.5, 54), (16, 48), (18, 42), (16, 37.5), (17, 30), (24, 20),
               (36, 13), (50, 11)],
    "柳树沟": [(28, 71), (28.6, 64), (29.5, 58.5), (30.4, 50), (31, 42), (30.6, 34), (32, 27), (38, 18), (50, 12)],
    "二泉河": [(45, 70), (46.4, 64), (47, 59.5), (49, 51), (51, 42), (51, 35), (54, 27), (57, 19), (58, 13)],
    "葡香河": [(62, 72), (61.4, 66), (61, 61), (60.6, 52), (60.6, 44), (60.4, 36), (61, 26), (61, 13)],
    "白榆沟": [(75, 71), (74, 64), (73.5, 59), (72.8, 50), (72.6, 42), (71.5, 33.5), (68, 24), (65, 13)],
    "胡杨河": [(90, 72), (89.6, 66), (89, 59.5), (87.6, 50), (88, 42), (91, 34), (90, 24), (82, 14), (73, 11)],
    "杏花河": [(103, 70), (104, 64), (104.5, 58.5), (105.6, 50), (107.6, 41), (108, 34.5), (106, 25), (94, 14),
               (74, 10.6)],
}  # fmt: skip


def build_scenery(land: Jurisdiction) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Areas (``kind``, ``name``) and streams (``name``) in the local frame, cut at the city's border."""
    city = land.shape("6504")
    shapes = [("mountain", "山区", _MOUNTAINS), ("ridge", "赤岭", _RIDGE), ("lake", "月影湖", _LAKE)]
    areas = [
        {"kind": kind, "name": name, "geometry": smooth_ring(ring).intersection(city)}
        for kind, name, ring in shapes
    ]
    streams = [
        {"name": name, "geometry": _smooth_line(line).intersection(city)} for name, line in _STREAMS.items()
    ]
    return gpd.GeoDataFrame(areas, geometry="geometry"), gpd.GeoDataFrame(streams, geometry="geometry")


def _smooth_line(points: list[tuple[float, float]]):
    """Chaikin's corner cutting of an open line."""
    for _ in range(5):
        cut = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            cut += [
                (0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by),
                (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by),
            ]
        points = [*cut, points[-1]]
    return shapely.linestrings([(round(1000 * x, 1), round(1000 * y, 1)) for x, y in points])
