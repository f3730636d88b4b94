"""Polygons that are no areas, and registered areas that are not those of their polygons."""

from __future__ import annotations

import numpy as np
import shapely

from ..overlay.areas import ellipsoidal_area_m2
from ..overlay.points import geometries
from ..problems import Problems
from ..units import m2_to_mu
from .given import MAX_VERTICES, Given, flagged

REPAIR_SHARE = 0.01
"""A repair that changes the area by more than this changes balances: an error."""

AREA_WARNING, AREA_ERROR = 0.10, 0.30
"""Registered areas leave out ditches and paths, up to a tenth; beyond three tenths another thing was measured."""

UNIT_FACTORS = {
    1 / 15: "公顷 (ha)",
    2000 / 3: "m²",
    1 / 1500: "km²",
    1 / 10_000: "万亩",
}
"""Registered figure ÷ measured mu, and the unit in which that figure is the measured area."""

UNIT_BAND = 0.10

WIDEST_KM = {
    "parcels": 100.0,
    "irrigation": 200.0,
    "networks": 300.0,
    "alternatives": 500.0,
    "protection": 1_000.0,
    "zones": 2_500.0,
    "units": 6_000.0,
}
"""Widest box of one feature taken for granted (km); China is 5 200 km wide."""


def valid(given: Given, role: str) -> Problems:
    """Missing, empty and invalid polygons; the reason, and how much land the repair adds or takes away."""
    raw = geometries(given.frame(role))
    shapes, repaired = given.polygons(role)
    huge = shapely.get_num_coordinates(raw) > MAX_VERTICES
    other_kind = given.of_other_kind(role)
    nothing = shapely.is_missing(shapes) & ~huge & ~other_kind
    mended = repaired & ~nothing
    where = np.flatnonzero(nothing | mended)
    before = ellipsoidal_area_m2(raw[where], given.frame(role).crs)
    after = given.area_m2(role)[where]
    with np.errstate(invalid="ignore", divide="ignore"):
        changed = np.abs(after - before) / np.maximum(before, after)
    lost = nothing[where]
    absent = lost & (shapely.is_missing(raw[where]) | shapely.is_empty(raw[where]))
    key = np.where(lost, "checking.polygons.unusable", "checking.polygons.invalid").astype(object)
    key[absent] = "checking.polygons.no_geometry"
    return flagged(
        given,
        "polygons.valid",
        role,
        where,
        severity=np.where(lost | (changed > REPAIR_SHARE), "error", "warning"),
        message_key=key,
        remedy_key="checking.remedy.polygon",
        not_checked=huge | other_kind,
        why_key="checking.why.no_polygon",
        geometry=np.where(lost, raw[where], shapes[where]),
        crs=given.frame(role).crs,
        found=["" if one is None else shapely.is_valid_reason(one) for one in raw[where]],
        values={
            "before": np.round(m2_to_mu(before), 2).tolist(),
            "after": np.round(m2_to_mu(after), 2).tolist(),
        },
    )


def size(given: Given, role: str) -> Problems:
    """Features with too many vertices to be a surveyed border, wider than anything of their kind, or off the map."""
    raw = geometries(given.frame(role))
    crs = given.crs(role)
    vertices = shapely.get_num_coordinates(raw)
    bounds = shapely.bounds(raw)
    wide = _width_km(bounds, crs)
    with np.errstate(invalid="ignore"):
        off = np.abs(bounds[:, [0, 2]]).max(axis=1) > 180 if crs.is_geographic else np.zeros(len(raw), bool)
        if crs.is_geographic:
            off |= np.abs(bounds[:, [1, 3]]).max(axis=1) > 90
        too_wide = wide > WIDEST_KM[role]
    where = np.flatnonzero(off | too_wide | (vertices > MAX_VERTICES))
    key = np.where(too_wide[where], "checking.polygons.wide", "checking.polygons.vertices").astype(object)
    key[off[where]] = "checking.polygons.degrees"
    return flagged(
        given,
        "polygons.size",
        role,
        where,
        severity=np.where((off | too_wide)[where], "error", "warning"),
        message_key=key,
        remedy_key="checking.remedy.polygon_size",
        not_checked=np.isnan(bounds).any(axis=1),
        why_key="checking.why.no_polygon",
        values={
            "km": np.round(wide[where], 1).tolist(),
            "widest": WIDEST_KM[role],
            "n": vertices[where].tolist(),
            "most": MAX_VERTICES,
        },
    )


def registered(given: Given, role: str) -> Problems:
    """Registered areas that differ from the measured ones; where they do by the factor of a unit, its name."""
    told = given.frame(role)["area_mu"].to_numpy(dtype="float64", na_value=np.nan)
    measured = m2_to_mu(given.area_m2(role))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where((told > 0) & (measured > 0), told / measured, np.nan)
        off = np.abs(ratio - 1)
        where = np.flatnonzero(off > AREA_WARNING)
    unit = np.full(len(where), "", dtype=object)
    for factor, name in UNIT_FACTORS.items():
        unit[np.abs(ratio[where] / factor - 1) <= UNIT_BAND] = name
    is_unit = unit != ""
    return flagged(
        given,
        "polygons.area",
        role,
        where,
        severity=np.where(is_unit | (off[where] > AREA_ERROR), "error", "warning"),
        message_key=np.where(is_unit, "checking.units.area", "checking.polygons.area"),
        remedy_key=np.where(is_unit, "checking.remedy.unit", "checking.remedy.area"),
        not_checked=np.isnan(ratio),
        why_key="checking.why.no_area",
        field="area_mu",
        found=[f"{one:.10g}" for one in told[where]],
        expected=[f"{one:.6g}" for one in measured[where]],
        values={"percent": np.round(100 * (ratio[where] - 1), 1).tolist(), "units": unit},
    )


def _width_km(bounds: np.ndarray, crs: object) -> np.ndarray:
    """Longer side of each box in km: degrees at 111 km each, metres as they are."""
    sides = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    per_unit = 111.0 if crs.is_geographic else 0.001  # type: ignore[attr-defined]
    return sides * per_unit
