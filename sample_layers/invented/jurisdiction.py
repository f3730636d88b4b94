"""Counties, townships, the regiment and the river basin, with invented borders and invented township names."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box

from .frame import smooth_ring, warp

CITY = ("6504", "吐鲁番市")
COUNTIES = {"650402": "高昌区", "650421": "鄯善县", "650422": "托克逊县"}
REGIMENT = ("xpcc-12-221", "221团")
BASIN = ("baiyang-basin", "白杨河流域")

# Township centres in km, in the straight frame that `warp` bends. Names and codes are invented.
TOWNS = {
    "650402": [
        ("清泉镇", 49.0, 50.5),
        ("葡香镇", 61.0, 50.0),
        ("白榆乡", 73.5, 50.0),
        ("红柳滩镇", 46.5, 38.5),
        ("沙枣园乡", 54.5, 27.5),
        ("月牙泉乡", 68.0, 27.0),
        ("长渠乡", 62.0, 39.5),
        ("盐湖乡", 60.0, 10.0),
    ],
    "650421": [
        ("胡杨渡镇", 88.0, 50.0),
        ("杏花庄镇", 102.5, 49.0),
        ("石榴坪乡", 112.0, 54.0),
        ("甜瓜地镇", 91.0, 26.5),
        ("风口乡", 107.5, 28.0),
        ("棉桃乡", 97.0, 38.0),
        ("沙海乡", 98.0, 10.0),
    ],
    "650422": [
        ("河东镇", 16.0, 49.0),
        ("桑树湾镇", 31.0, 47.5),
        ("坎北乡", 19.0, 26.5),
        ("骆驼刺乡", 33.0, 24.5),
        ("石门乡", 7.0, 60.0),
        ("碱滩乡", 22.0, 11.0),
    ],
}

_OUTLINE = [
    (6, 14),
    (15, 6),
    (30, 2),
    (44, 5),
    (60, 1),
    (76, 4),
    (92, 2),
    (107, 7),
    (117, 16),
    (121, 30),
    (118, 44),
]
_OUTLINE += [
    (122, 56),
    (113, 66),
    (101, 69),
    (90, 74),
    (76, 71),
    (60, 75),
    (44, 71),
    (30, 73),
    (16, 70),
    (5, 64),
]
_OUTLINE += [(0, 52), (3, 38), (1, 24)]
_WEST_BORDER = [(42.0, -20), (40.0, 14), (38.2, 33), (40.8, 48), (39.0, 95)]
_EAST_BORDER = [(84.0, -20), (80.0, 15), (81.5, 36), (80.5, 52), (82.5, 95)]
_STEP_M = 400.0


@dataclass(frozen=True)
class Jurisdiction:
    """Units of the sample in the local frame.

    Attributes:
        units: role ``units`` with polygons in the local frame.
        towns: one row per township: unit id, name, county id, ``x`` and ``y`` of its centre.
    """

    units: gpd.GeoDataFrame
    towns: gpd.GeoDataFrame

    def shape(self, unit_id: str):
        """The polygon of one unit."""
        return self.units.loc[self.units["unit_id"] == unit_id, "geometry"].iloc[0]

    def level(self, *levels: str) -> gpd.GeoDataFrame:
        """The units of some levels."""
        return self.units[self.units["level"].isin(levels)]


def build_jurisdiction() -> Jurisdiction:
    """All units; townships cover their county, counties cover the city, without gaps or overlaps."""
    cells = _straight_cells()
    # Every shared border is cut at all its nodes and bent once, so that neighbours keep exactly the same vertices.
    lines = shapely.union_all([cell.boundary for cell in cells.geometry])
    bent = [LineString(warp(np.asarray(shapely.segmentize(line, _STEP_M).coords))) for line in lines.geoms]
    faces = list(shapely.polygonize(bent).geoms)
    inner = warp(np.array([cell.representative_point().coords[0] for cell in cells.geometry]))
    shapes = [next(face for face in faces if face.contains(Point(xy))) for xy in inner]
    townships = gpd.GeoDataFrame(cells.drop(columns="geometry"), geometry=shapes)

    rows = [_unit(CITY[0], CITY[1], "prefecture", None, shapely.union_all(shapes))]
    for code, name in COUNTIES.items():
        parts = townships.loc[townships["county"] == code, "geometry"]
        rows.append(_unit(code, name, "county", CITY[0], shapely.union_all(parts.to_numpy())))
    for town in townships.itertuples():
        rows.append(_unit(town.unit_id, town.name, "township", town.county, town.geometry))
    rows.append(_unit(*REGIMENT, "regiment", "650402", _regiment()))
    basin = _basin().intersection(rows[3]["geometry"])
    rows.append(_unit(*BASIN, "basin", "650422", basin))
    units = gpd.GeoDataFrame(rows, geometry="geometry")
    centres = warp(np.column_stack([townships["x"], townships["y"]]))
    towns = townships.assign(x=centres[:, 0], y=centres[:, 1])
    return Jurisdiction(units, towns)


def _unit(unit_id: str, name: str, level: str, parent: str | None, shape) -> dict:
    return {"unit_id": unit_id, "name": name, "level": level, "parent_id": parent, "geometry": shape}


def _straight_cells() -> gpd.GeoDataFrame:
    """One cell per township before bending: the part of its county that is nearest to its centre."""
    city = smooth_ring(_OUTLINE, rounds=3)
    west, east = (LineString(np.array(border) * 1000.0) for border in (_WEST_BORDER, _EAST_BORDER))
    left = Polygon([*west.coords, (-50_000, 95_000), (-50_000, -20_000)])
    right = Polygon([*east.coords, (190_000, 95_000), (190_000, -20_000)])
    counties = {
        "650402": city.difference(left).difference(right),
        "650421": city.intersection(right),
        "650422": city.intersection(left),
    }
    frame = box(-300_000, -300_000, 400_000, 400_000)
    rows = []
    for code, towns in TOWNS.items():
        centres = np.array([(x * 1000.0, y * 1000.0) for _, x, y in towns])
        voronoi = shapely.voronoi_polygons(MultiPoint(centres), extend_to=frame)
        for number, ((name, _, _), xy) in enumerate(zip(towns, centres, strict=True), start=1):
            cell = next(part for part in voronoi.geoms if part.contains(Point(xy)))
            rows.append(
                {
                    "unit_id": f"{code}9{number:02d}",
                    "name": name,
                    "county": code,
                    "x": xy[0],
                    "y": xy[1],
                    "geometry": cell.intersection(counties[code]),
                }
            )
    return gpd.GeoDataFrame(rows, geometry="geometry")


def _regiment() -> Polygon:
    return smooth_ring([(69.2, 41.0), (77.4, 40.2), (78.4, 45.0), (76.6, 48.2), (71.0, 47.4), (68.4, 44.6)])


def _basin() -> Polygon:
    corners = [(-4, 72), (6, 62), (13, 60.5), (22.0, 58.0), (24.5, 50), (22.5, 40), (23, 37.3), (17, 38.0)]
    return smooth_ring([*corners, (9, 37.6), (4, 40), (-6, 40)])
