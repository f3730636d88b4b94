"""Field blocks on the river fans, and what became of them: irrigated, retired, fallow."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import Polygon

from .frame import areas_mu, random_numbers, with_areas
from .jurisdiction import Jurisdiction


@dataclass(frozen=True)
class Fan:
    """A river fan: the apex where the stream leaves the mountains and the sector that it waters (km, degrees)."""

    name: str
    x: float
    y: float
    bearing: float
    inner: float
    outer: float
    half_angle: float


FANS = (
    Fan("白杨河", 11.5, 59.5, -64.0, 2.0, 17.5, 31.0),
    Fan("柳树沟", 29.5, 58.5, -86.0, 2.0, 15.5, 33.0),
    Fan("西河下游", 13.0, 36.0, -62.0, 1.5, 17.0, 31.0),
    Fan("野马泉", 30.5, 34.0, -80.0, 1.5, 12.5, 31.0),
    Fan("二泉河", 47.0, 59.5, -80.0, 2.0, 17.5, 31.0),
    Fan("葡香河", 61.0, 61.0, -92.0, 2.0, 18.0, 29.0),
    Fan("白榆沟", 73.5, 59.0, -93.0, 2.0, 18.5, 29.0),
    Fan("赤岭西口", 51.0, 34.5, -62.0, 1.5, 16.0, 34.0),
    Fan("赤岭东口", 71.5, 33.5, -112.0, 1.5, 14.5, 36.0),
    Fan("胡杨河", 89.0, 59.5, -97.0, 2.0, 17.0, 31.0),
    Fan("杏花河", 104.5, 58.5, -84.0, 2.0, 18.5, 33.0),
    Fan("甜水沟", 91.0, 34.0, -95.0, 1.5, 16.5, 33.0),
    Fan("风口河", 108.0, 34.5, -97.0, 1.5, 12.5, 31.0),
)

TOWN_RADIUS_M = 1100.0
BORDER_GAP_M = 180.0
_ROAD_M, _CANAL_M = 36.0, 120.0


def fan_shape(fan: Fan) -> Polygon:
    """The watered sector, its lower edge wavering as fans do."""
    waver = random_numbers(f"fan/{fan.name}", 4) * 2 * np.pi
    turn = np.radians(np.linspace(-fan.half_angle, fan.half_angle, 61))
    reach = fan.outer * (1 + 0.07 * np.sin(5 * turn + waver[0]) + 0.04 * np.sin(13 * turn + waver[1]))
    reach *= 1 - 0.22 * (turn / np.radians(fan.half_angle)) ** 4
    lower = _polar(fan, turn, reach)
    side = np.linspace(1, 0, 24)
    bulge = np.radians(fan.half_angle) * (1 + 0.10 * np.sin(side * 7 + waver[2]))
    right = _polar(fan, bulge, fan.inner + (reach[-1] - fan.inner) * side)
    left = _polar(fan, -bulge, fan.inner + (reach[0] - fan.inner) * side)
    return Polygon(np.round(np.vstack([lower, right, left[::-1]]), 1)).buffer(0)


def _polar(fan: Fan, turn: np.ndarray, reach: np.ndarray) -> np.ndarray:
    angle = np.radians(fan.bearing) + turn
    return 1000.0 * np.column_stack([fan.x + reach * np.cos(angle), fan.y + reach * np.sin(angle)])


def build_fields(land: Jurisdiction) -> gpd.GeoDataFrame:
    """Every field block: polygon in the local frame, whole mu, fan, county, township, place along the fan (0–1).

    Blocks stay clear of towns and of county, regiment and basin borders; a block's area on the ellipsoid is a whole
    multiple of 10 mu, so that sums can be checked by hand.
    """
    blocks = gpd.GeoDataFrame(
        pd.concat([_blocks(fan) for fan in FANS], ignore_index=True), geometry="geometry"
    )
    borders = shapely.union_all([u.boundary for u in land.level("county", "regiment", "basin").geometry])
    towns = shapely.points(np.column_stack([land.towns["x"], land.towns["y"]]))
    middles = shapely.centroid(blocks.geometry.to_numpy())
    near_town = shapely.distance(middles, shapely.multipoints(towns)) < TOWN_RADIUS_M
    near_border = shapely.distance(blocks.geometry.to_numpy(), borders) < BORDER_GAP_M
    blocks = blocks[~near_town & ~near_border].reset_index(drop=True)
    blocks = blocks[~_covered_by_earlier(blocks)].reset_index(drop=True)
    blocks = blocks[random_numbers("fields/kept", len(blocks)) > 0.045].reset_index(drop=True)

    rings = shapely.get_coordinates(blocks.geometry.to_numpy()).reshape(len(blocks), 5, 2)
    whole = np.floor(areas_mu(rings) / 10.0) * 10.0
    blocks = blocks.set_geometry(shapely.polygons(with_areas(rings, whole))).assign(mu=whole)
    return _with_units(blocks, land)


def _blocks(fan: Fan) -> gpd.GeoDataFrame:
    """Rectangles in rows across the fan, the rows following the water."""
    shape = fan_shape(fan)
    down = np.array([np.cos(np.radians(fan.bearing)), np.sin(np.radians(fan.bearing))])
    across = np.array([-down[1], down[0]])
    apex = np.array([fan.x, fan.y]) * 1000.0
    lengths = 600.0 + 60.0 * np.round(4 * random_numbers(f"rows/{fan.name}", 60))
    widths = 380.0 + 40.0 * np.round(4 * random_numbers(f"columns/{fan.name}", 120))
    u = 1000.0 * fan.inner + np.cumsum(lengths + _ROAD_M + np.where(np.arange(60) % 4 == 3, _CANAL_M, 0))
    v = np.cumsum(widths + _ROAD_M + np.where(np.arange(120) % 5 == 4, _CANAL_M, 0))
    v -= v[60]
    row, column = (grid.ravel() for grid in np.mgrid[0:60, 0:120])
    middle = apex + (u - lengths / 2)[row, None] * down + (v - widths / 2)[column, None] * across
    half = np.array([(0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5), (0.5, -0.5), (0.5, 0.5)])
    along_m = half[None, :, 0] * lengths[row, None]
    across_m = half[None, :, 1] * widths[column, None]
    rings = middle[:, None, :] + along_m[..., None] * down + across_m[..., None] * across
    blocks = shapely.polygons(rings)
    shapely.prepare(shape)
    inside = shapely.contains_properly(shape, blocks)
    tail = np.clip((u[row] / 1000.0 - fan.inner) / (fan.outer - fan.inner), 0.0, 1.0)
    return gpd.GeoDataFrame({"fan": fan.name, "tail": tail[inside]}, geometry=blocks[inside])


def _covered_by_earlier(blocks: gpd.GeoDataFrame) -> np.ndarray:
    """Blocks that come nearer than 60 m to a block of an earlier fan."""
    shapes = blocks.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=60.0)
    fans = blocks["fan"].to_numpy()
    order = {fan.name: place for place, fan in enumerate(FANS)}
    rank = np.array([order[name] for name in fans])
    dropped = np.zeros(len(blocks), dtype=bool)
    dropped[one[rank[other] < rank[one]]] = True
    return dropped


def _with_units(blocks: gpd.GeoDataFrame, land: Jurisdiction) -> gpd.GeoDataFrame:
    middles = gpd.GeoDataFrame(geometry=blocks.geometry.centroid)
    found = middles.sjoin(
        land.level("township")[["unit_id", "name", "parent_id", "geometry"]], predicate="within"
    )
    found = found[~found.index.duplicated()].reindex(blocks.index)
    columns = {"township_id": found["unit_id"], "township": found["name"], "county_id": found["parent_id"]}
    return blocks.assign(**columns)
