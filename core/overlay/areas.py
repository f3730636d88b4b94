"""Polygons over polygons: which part of an irrigation area lies in which unit or zone.

Points are never laid over a changed polygon; polygons laid over polygons are transformed: the vertices of the
irrigation layer go (longitude or easting first) into the CRS of the units or zones, whose borders stay as
they are drawn. A cut divides an area in proportion to the parts' areas on the ellipsoid; the area itself is
that of the polygon in its own CRS, so it does not depend on what it is laid over.

Slivers: a part smaller than 1 m² that is also less than a thousandth of its area is a digitising leftover,
not land. It is left out, and an area that is whole but for such a part counts as whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ..units import m2_to_mu
from .editions import Editions, row_ids
from .ellipsoid import drawn_area_m2, ellipsoidal_area_m2
from .geodesy import transform
from .points import crs_of, geometries
from .polygons import repair

__all__ = [
    "SLIVER_M2",
    "SLIVER_RATIO",
    "area_zones",
    "drawn_area_m2",
    "ellipsoidal_area_m2",
    "repaired_polygons",
    "reproject",
    "settle",
    "split_by_units",
    "subtract",
]

SLIVER_M2 = 1.0
SLIVER_RATIO = 1e-3
_FEW = 8
"""Up to so many covers are taken from an area one after another; more are united first."""

_MANY_VERTICES = 250
_BLOCK = 8

Measure = Callable[[np.ndarray], np.ndarray]
"""Areas in m² of an array of polygons."""


def area_zones(irrigation: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, as_of) -> pd.DataFrame:
    """How much of each irrigation area lies in each zone.

    Args:
        irrigation: role ``irrigation``; the edition in force on ``as_of`` counts.
        zones: role ``zones``; editions as above, proposed zones never.
        as_of: the day.

    Returns:
        ``area_id``, ``zone_id``, ``area_mu`` (of the part, unrounded 亩) and ``share_ratio`` (part ÷ area, 0
        to 1), one row per pair that shares land, in the order of the areas, then by zone id. A common edge is
        no land: no row. Several polygons of one zone id add up. An area without an id is ``row:<n>``.

    Raises:
        OverdraftError: a layer has no CRS.
    """
    day = np.datetime64(pd.Timestamp(as_of).date())
    area_ids, zone_ids = row_ids(irrigation, "area_id"), row_ids(zones, "zone_id")
    area_row = np.flatnonzero(Editions(irrigation, area_ids).on(day))
    zone_row = np.flatnonzero(Editions(zones, zone_ids, _is_law(zones)).on(day))
    table = pd.DataFrame({"area": [], "zone_id": [], "share_ratio": []}, dtype=object)
    part_mu = np.empty(0)
    if len(area_row) and len(zone_row):
        areas, crs = (
            repaired_polygons(irrigation, "irrigation")[0][area_row],
            crs_of(irrigation, "irrigation"),
        )
        covers, zone_crs = repaired_polygons(zones, "zones")[0][zone_row], crs_of(zones, "zones")
        cuts = split_by_units(reproject(areas, crs, zone_crs), covers, zone_crs)
        table = pd.DataFrame(
            {
                "area": cuts["area"],
                "zone_id": zone_ids[zone_row][cuts["cover"].to_numpy()],
                "share_ratio": cuts["share"],
            }
        )
        table = (
            table.groupby(["area", "zone_id"], sort=True)["share_ratio"].sum().clip(upper=1.0).reset_index()
        )
        place = table["area"].to_numpy(dtype="int64")
        part_mu = m2_to_mu(ellipsoidal_area_m2(areas, crs))[place] * table["share_ratio"].to_numpy()
    return pd.DataFrame(
        {
            "area_id": area_ids[area_row][table["area"].to_numpy(dtype="int64")],
            "zone_id": table["zone_id"].to_numpy(dtype=object),
            "area_mu": part_mu.astype("float64"),
            "share_ratio": table["share_ratio"].to_numpy(dtype="float64"),
        }
    )


def split_by_units(
    areas: np.ndarray, units: np.ndarray, crs: CRS, *, measure: Measure | None = None
) -> pd.DataFrame:
    """Cut areas at the borders of units (or zones).

    Args:
        areas: valid polygons; None and empty ones have no part anywhere.
        units: valid polygons in the same CRS. Where they overlap, land belongs to each of them.
        crs: the CRS of both.
        measure: how parts are measured; empty: on the ellipsoid, edges straight in ``crs``.

    Returns:
        One row per area and unit that share land: ``area`` and ``cover`` (positions), ``share`` of the area
        (0 to 1) and ``geometry`` of the part; sorted by area, then unit. An area wholly inside keeps its
        geometry.
    """
    measure = measure or partial(drawn_area_m2, crs=crs)
    tree = shapely.STRtree(areas)
    cover, area = tree.query(units, predicate="intersects")
    inside_cover, inside_area = tree.query(units, predicate="covers")
    size = max(len(areas), 1)
    is_inside = np.isin(
        cover.astype("int64") * size + area, inside_cover.astype("int64") * size + inside_area
    )
    geometry = areas[area]
    share = np.ones(len(area))
    crossing = np.flatnonzero(~is_inside)
    if len(crossing):
        near = _near(units, cover[crossing], geometry[crossing])
        parts = polygons_only(shapely.intersection(geometry[crossing], near))
        distinct, of = np.unique(area[crossing], return_inverse=True)
        share[crossing] = settle(measure(parts), measure(areas[distinct])[of])
        cut = share[crossing] < 1.0
        geometry[crossing[cut]] = parts[cut]
    order = np.lexsort((cover, area))
    order = order[share[order] > 0]
    return pd.DataFrame(
        {"area": area[order], "cover": cover[order], "share": share[order], "geometry": geometry[order]}
    )


def settle(part_m2: np.ndarray, whole_m2: np.ndarray) -> np.ndarray:
    """Parts as shares of their wholes; a sliver becomes 0, what is whole but for a sliver 1, NaN 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(np.clip(part_m2 / whole_m2, 0.0, 1.0))
        nothing = (part_m2 < SLIVER_M2) & (share < SLIVER_RATIO)
        everything = (whole_m2 - part_m2 < SLIVER_M2) & (1.0 - share < SLIVER_RATIO)
    return np.where(nothing, 0.0, np.where(everything, 1.0, share))


def subtract(areas: np.ndarray, place: np.ndarray, covers: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """Take land away: ``areas[place[k]]`` loses what ``covers[cover[k]]`` covers, for every k.

    Returns:
        A copy of ``areas`` with what is left; None where nothing is.
    """
    left = areas.copy()
    order = np.argsort(place, kind="stable")
    place, cover = place[order], cover[order]
    distinct, first, times = np.unique(place, return_index=True, return_counts=True)
    few = times <= _FEW
    for turn in range(int(times[few].max(initial=0))):
        some = few & (times > turn)
        left[distinct[some]] = shapely.difference(left[distinct[some]], covers[cover[first[some] + turn]])
    for here, start, count in zip(distinct[~few], first[~few], times[~few], strict=True):
        left[here] = shapely.difference(left[here], shapely.union_all(covers[cover[start : start + count]]))
    left[distinct] = polygons_only(left[distinct])
    return left


def repaired_polygons(frame: gpd.GeoDataFrame, role: str) -> tuple[np.ndarray, np.ndarray]:
    """Flat valid polygons of a layer in its own CRS (None where there is none), and which ones were repaired.

    Raises:
        OverdraftError: the layer has polygons and no CRS.
    """
    shapes, repaired = repair(shapely.force_2d(geometries(frame)))
    if not shapely.is_missing(shapes).all():
        crs_of(frame, role)
    return shapes, repaired


def reproject(areas: np.ndarray, source: CRS, target: CRS) -> np.ndarray:
    """Polygons with their vertices transformed; None where the target cannot express the place.

    A polygon that the transformation folds is repaired.
    """
    if source == target:
        return areas
    moved = shapely.transform(areas, lambda xy: transform(xy, source, target))
    moved[~np.isfinite(shapely.bounds(moved)).all(axis=1)] = None
    return repair(moved)[0]


def polygons_only(shapes: np.ndarray) -> np.ndarray:
    """What an overlay leaves, without the lines and points at which polygons only touch; None for nothing."""
    shapes = np.array(shapes, dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(shapes), (-1, 3, 6)))
    parts, owner = shapely.get_parts(shapes[mixed], return_index=True)
    inner, outer = shapely.get_parts(parts, return_index=True)
    keep = shapely.get_type_id(inner) == shapely.GeometryType.POLYGON
    shapes[mixed] = None
    if keep.any():
        distinct, of = np.unique(owner[outer][keep], return_inverse=True)
        shapes[mixed[distinct]] = shapely.multipolygons(inner[keep], indices=of)
    return shapes


def _near(units: np.ndarray, cover: np.ndarray, areas: np.ndarray) -> np.ndarray:
    """For each pair the unit to cut with; of a unit with many vertices only what lies around its neighbours.

    Cutting is linear in the vertices of both, so areas along a long border are cut in blocks, each with the piece of
    the unit inside the block's box.
    """
    near = units[cover]
    many = shapely.get_num_coordinates(units) > _MANY_VERTICES
    for unit in np.unique(cover[many[cover]]):
        pairs = np.flatnonzero(cover == unit)
        boxes = shapely.bounds(areas[pairs])
        cells = max(1, len(pairs) // _BLOCK)
        corner = boxes[:, :2]
        spread = np.ptp(corner, axis=0)
        cell = np.floor(
            (corner - corner.min(axis=0)) / np.where(spread > 0, spread, 1.0) * cells * (1 - 1e-9)
        )
        order = np.lexsort(cell.T)
        breaks = np.flatnonzero((np.diff(cell[order], axis=0) != 0).any(axis=1)) + 1
        for block in np.split(order, breaks):
            low, high = boxes[block, :2].min(axis=0), boxes[block, 2:].max(axis=0)
            margin = 0.01 * (high - low).max()
            frame = (*(low - margin), *(high + margin))
            near[pairs[block]] = _clip(units[unit], frame)
    return near


def _clip(unit: shapely.Geometry, frame: tuple[float, float, float, float]) -> shapely.Geometry:
    """The part of a polygon inside a box. The fast way promises neither a result nor a valid one."""
    try:
        piece = shapely.clip_by_rect(unit, *frame)
    except shapely.GEOSException:
        piece = None
    if piece is not None and shapely.is_valid(piece):
        return piece
    return shapely.intersection(unit, shapely.box(*frame))


def _is_law(zones: pd.DataFrame) -> np.ndarray:
    if "legal_state" not in zones:
        return np.ones(len(zones), dtype=bool)
    return (zones["legal_state"].astype(object) != "proposed").to_numpy(dtype=bool)
