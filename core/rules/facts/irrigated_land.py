"""Irrigated land on a day, what was added since another day, and what was retired."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from ...overlay.areas import (
    drawn_area_m2,
    ellipsoidal_area_m2,
    repaired_polygons,
    reproject,
    settle,
    split_by_units,
    subtract,
)
from ...overlay.editions import Editions, row_ids
from ...overlay.points import crs_of
from ...retirement import LandShares, land_shares
from ...retirement.facts import land_facts
from ...units import m2_to_mu

if TYPE_CHECKING:
    from ..scene import Scene

_LONG_AGO = pd.Timestamp("1900-01-01")
_WHOLE = 1.0 - 1e-9


def geometry_mu(scene: Scene) -> np.ndarray:
    """Area of each irrigation area by its polygon, 亩; NaN without one."""
    layer = scene.frame("irrigation")
    shapes = repaired_polygons(layer, "irrigation")[0]
    if shapely.is_missing(shapes).all():
        return np.full(len(layer), np.nan)
    return m2_to_mu(ellipsoidal_area_m2(shapes, crs_of(layer, "irrigation")))


def irrigated_share(scene: Scene, day: date, area_mu: np.ndarray) -> np.ndarray:
    """The part of each area, 0 to 1, that is irrigation land on a day: in force and not retired. Fallow land counts."""
    layer = scene.frame("irrigation")
    share = np.zeros(len(layer))
    rows = np.flatnonzero(Editions(layer, row_ids(layer, "area_id")).on(np.datetime64(day)))
    share[rows] = 1.0 - _shares(scene, rows, area_mu, _LONG_AGO, day).on_day
    return share


def net_retired(scene: Scene, baseline: date, day: date, area_mu: np.ndarray) -> np.ndarray:
    """The share of each area that is retired on ``day`` and was not before ``baseline``, restorations taken off."""
    layer = scene.frame("irrigation")
    share = np.zeros(len(layer))
    rows = np.flatnonzero(Editions(layer, row_ids(layer, "area_id")).on(np.datetime64(day)))
    share[rows] = _shares(scene, rows, area_mu, pd.Timestamp(baseline), day).net
    return share


def irrigated_mu(scene: Scene) -> np.ndarray:
    """Area of each area irrigated on the day of the scene: the registered one, else the polygon's, less what is
    retired. NaN where none is irrigated or nothing is known."""
    drawn = geometry_mu(scene)
    registered = scene.frame("irrigation")["area_mu"].to_numpy("float64")
    area = np.where(np.isnan(registered), drawn, registered) * irrigated_share(scene, scene.as_of, drawn)
    return np.where(area > 0, area, np.nan)


def land_added(scene: Scene, baseline: date) -> pd.DataFrame | None:
    """Land irrigated on the day of the scene that was not irrigated on ``baseline``, by geometry.

    Only areas with ``valid_from`` tell since when they are irrigated: an undated one is neither added land nor part
    of what there was. Nor is one whose facts contradict each other.

    Returns:
        Aligned with ``irrigation``: ``now`` (bool, irrigated now), ``area_mu`` (polygon), ``now_mu`` and ``base_mu``
        (its share irrigated now and then, 亩), ``added_mu`` (NaN where it is not known) and ``added`` (that part of
        the polygon, None for nothing). None where nothing tells what there was: no dated area was in force then.
    """
    layer = scene.frame("irrigation")
    area = geometry_mu(scene)
    shapes = repaired_polygons(layer, "irrigation")[0]
    then, now = irrigated_share(scene, baseline, area), irrigated_share(scene, scene.as_of, area)
    sure = layer["valid_from"].notna().to_numpy() & ~_contradictory(scene, area) & ~shapely.is_missing(shapes)
    was, is_now = (then > 1.0 - _WHOLE) & sure, now > 1.0 - _WHOLE
    if not was.any():
        return None
    fresh, base = np.flatnonzero(is_now & ~was & sure), np.flatnonzero(was)
    left = np.full(len(layer), None, dtype=object)
    added = np.where(is_now & ~sure, np.nan, 0.0)
    if len(fresh):
        crs = crs_of(layer, "irrigation")
        cover, place = shapely.STRtree(shapes[fresh]).query(shapes[base], predicate="intersects")
        remains = subtract(shapes[fresh], place, shapes[base], cover)
        share = settle(np.nan_to_num(drawn_area_m2(remains, crs)), drawn_area_m2(shapes[fresh], crs))
        added[fresh] = area[fresh] * share
        left[fresh[share > 0]] = remains[share > 0]
    frame = pd.DataFrame({"now": is_now, "area_mu": area, "now_mu": area * now, "base_mu": area * then})
    frame["added_mu"], frame["added"] = added, left
    return frame


def land_within(scene: Scene, found: pd.DataFrame, kinds: Collection[str]) -> pd.DataFrame:
    """How much of the added land of each area lies in PROTECTION of some kinds.

    Returns:
        Aligned with ``found``: ``inside_mu`` (亩; NaN where the added land is not known) and ``perhaps_mu`` (in
        areas whose kind is not recorded; infinite for added land where an area of these or of no recorded kind is
        not drawn).
    """
    protection = scene.frame("protection")
    shapes = repaired_polygons(protection, "protection")[0]
    chosen, nameless = protection["kind"].isin(list(kinds)).to_numpy(), protection["kind"].isna().to_numpy()
    drawn = ~shapely.is_missing(shapes)
    inside = _added_within(scene, found, shapes[chosen & drawn])
    perhaps = _added_within(scene, found, shapes[nameless & drawn])
    if ((chosen | nameless) & ~drawn).any():
        perhaps[perhaps >= 0] = np.where(found["added"].notna()[perhaps >= 0], np.inf, 0.0)
    return pd.DataFrame({"inside_mu": inside, "perhaps_mu": perhaps})


def _added_within(scene: Scene, found: pd.DataFrame, shapes: np.ndarray) -> np.ndarray:
    """The part of the added land of each area within some polygons of PROTECTION, 亩."""
    inside = found["added_mu"].to_numpy("float64", copy=True)
    inside[inside > 0] = 0.0
    rows = np.flatnonzero(found["added"].notna())
    if not len(rows) or not len(shapes):
        return inside
    crs, target = (
        crs_of(scene.frame("irrigation"), "irrigation"),
        crs_of(scene.frame("protection"), "protection"),
    )
    parts = reproject(found["added"].to_numpy()[rows], crs, target)
    cuts = split_by_units(parts, np.array([shapely.union_all(shapes)], dtype=object), target)
    cut = rows[cuts["area"].to_numpy("int64")]
    inside[cut] = found["added_mu"].to_numpy()[cut] * cuts["share"].to_numpy("float64")
    return inside


def _contradictory(scene: Scene, area_mu: np.ndarray) -> np.ndarray:
    """Areas whose retirement and restoration cannot both be true, or not be told."""
    layer = scene.frame("irrigation")
    facts = land_facts(scene.register, np.arange(len(layer)), area_mu, pd.Timestamp(scene.as_of))
    return (facts.flags["no_cycle"] | facts.flags["unclear"]).to_numpy(dtype=bool)


def _shares(
    scene: Scene, rows: np.ndarray, area_mu: np.ndarray, baseline: pd.Timestamp, day: date
) -> LandShares:
    facts = land_facts(scene.register, rows, area_mu[rows], pd.Timestamp(scene.as_of))
    return land_shares(facts.facts, len(rows), baseline, pd.Timestamp(day))
