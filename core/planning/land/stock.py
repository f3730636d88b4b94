"""The irrigation land that a plan can choose from: what each area would add, in which unit, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import shapely

from ...overlay.areas import drawn_area_m2, settle, subtract
from ...overlay.editions import Editions, row_ids
from ...overlay.points import crs_of
from ...register import ROW_ID
from ...retirement.ground import Ground, pieces_of
from ...retirement.land import Land, land_on
from ...retirement.settings import RetirementSettings
from ...retirement.shares import land_shares
from ...retirement.units import UNASSIGNED
from ...rules.facts.water_of_land import quotas
from ...rules.scene import Scene

_NOTHING = 1e-9
"""Shares below this are rounding."""


@dataclass(frozen=True)
class LandStock:
    """The areas in force on the day of the run.

    Attributes:
        scene: register, policy and day.
        land: what counts of them today.
        areas: aligned with them: ``area_id`` (unique), ``row`` (of the register), ``why`` (a plan cannot look at it,
            else ""), ``retired`` (bool: wholly), ``in_use_mu`` (land that is not retired), ``lock``, ``township``,
            ``surface`` (bool: it does without its wells; conjunctive land needs them), ``quota_m3_per_mu`` (groundwater
            that its retirement saves; NaN: not known), ``retired_this_year_mu``.
        pieces: what an area adds when it is retired: ``row`` (of ``areas``), ``unit_id`` (``unassigned`` outside every
            unit), ``area_mu``.
        done_this_year: by unit id, land that counts and was retired since 1 January, 亩.
    """

    scene: Scene
    land: Land
    areas: pd.DataFrame
    pieces: pd.DataFrame
    done_this_year: pd.Series


def land_stock(
    scene: Scene,
    settings: RetirementSettings,
    targeted: Iterable[str],
    tell: Callable[[float], None],
) -> LandStock:
    """Take stock on the day of the scene.

    With r the share of an area that is retired today and p that on the day before the baseline, retiring the rest

    * takes 1 − r of it out of use: ``in_use_mu``;
    * adds 1 − max(p, r) to the balance, since land retired before the baseline earns nothing (:mod:`.shares`), on the
      part that no other area claims: where areas overlap, the land counts only once the other is retired too.

    So no plan is credited with more than the balance will show.
    """
    day = pd.Timestamp(scene.as_of)
    land = land_on(
        scene.register, scene.policy, targeted, settings.baseline, day, day, lambda x: tell(0.6 * x)
    )
    whole = land.geometry_mu if settings.area_basis == "geometry" else land.facts.registered_mu
    shares = land.shares
    left = np.where(shares.on_day < 1.0 - _NOTHING, 1.0 - shares.on_day, 0.0)
    gain = np.maximum(0.0, 1.0 - np.maximum(shares.before, shares.on_day))
    areas = pd.DataFrame({"area_id": land.facts.ids, "row": land.rows, "retired": left == 0.0})
    areas["in_use_mu"] = whole * left
    areas["why"] = _left_out(scene, land, areas, whole)
    free = np.flatnonzero((areas["why"] == "").to_numpy() & (gain > _NOTHING))
    pieces = pieces_of(_ground(land, free, tell), land.units, land.counties)
    row = pieces["row"].to_numpy("int64")
    pieces["area_mu"] = (whole * gain)[row] * pieces["share"].to_numpy("float64")
    nowhere = np.setdiff1d(free, row[(pieces["unit_id"] != UNASSIGNED).to_numpy()])
    beyond = np.intersect1d(nowhere, row)
    areas.loc[beyond, "why"] = "outside"
    _describe(areas, scene, land)
    since = land_shares(land.facts.facts, len(areas), settings.baseline, pd.Timestamp(day.year - 1, 12, 31))
    fresh = np.maximum(0.0, shares.on_day - since.on_day)
    areas["retired_this_year_mu"] = np.nan_to_num(whole * fresh)
    tell(1.0)
    return LandStock(
        scene, land, areas, pieces[["row", "unit_id", "area_mu"]], _done_this_year(land, settings, since.net)
    )


def _left_out(scene: Scene, land: Land, areas: pd.DataFrame, whole: np.ndarray) -> np.ndarray:
    """Why an area cannot be planned with, the first that holds; "" where it can. Nothing that is missing is guessed."""
    recorded, flags = land.facts.areas, land.facts.flags
    doubtful = (flags["unclear"] | flags["no_cycle"]).to_numpy(dtype=bool)
    retired = areas["retired"].to_numpy(dtype=bool)
    status = recorded["status"].astype(object)
    unread = recorded[ROW_ID].isin(scene.register.unreadable("irrigation", "lock")).to_numpy()
    no_place = shapely.is_missing(land.shapes) & (land.units.crs is not None)
    tests = {
        "contradiction": doubtful,
        "": retired,
        "status": status.isna().to_numpy(),
        "status_differs": (status == "retired").to_numpy() & land.status_differs,
        "no_polygon": no_place,
        "no_area": ~(np.isfinite(whole) & (whole > 0)),
        "lock": unread,
    }
    return np.select(list(tests.values()), list(tests), default="").astype(object)


def _ground(land: Land, rows: np.ndarray, tell: Callable[[float], None]) -> Ground:
    """The part of each area that no other one claims; fallow land without a history claims only other such land."""
    shape, share = land.shapes[rows].copy(), np.ones(len(rows))
    crs = land.pieces.crs
    if crs is not None and len(rows):
        flags, status = land.facts.flags, land.facts.areas["status"]
        claims = flags["has_facts"].to_numpy() | (status != "fallow").to_numpy()
        mine, other = shapely.STRtree(land.shapes).query(shape, predicate="intersects")
        pairs = (other != rows[mine]) & (claims[other] | ~claims[rows[mine]])
        mine, other = mine[pairs], other[pairs]
        within = ~shapely.touches(shape[mine], land.shapes[other])
        mine, other = mine[within], other[within]
        measure = partial(drawn_area_m2, crs=crs)
        involved = np.unique(mine)
        total = measure(shape[involved])
        shape = subtract(shape, mine, land.shapes, other)
        share[involved] = settle(np.nan_to_num(measure(shape[involved])), total)
        shape[share == 0.0] = None
    tell(0.8)
    nothing = np.zeros(len(rows))
    nobody: list[list[str]] = [[] for _ in rows]
    return Ground(rows, shape, share, nothing, nothing, nobody, nobody)


def _describe(areas: pd.DataFrame, scene: Scene, land: Land) -> None:
    recorded = land.facts.areas
    areas["lock"] = recorded["lock"].astype(object).where(recorded["lock"].notna(), "").to_numpy()
    source = recorded["source"].astype(object)
    areas["surface"] = (source == "surface").to_numpy()
    pumped = (source == "groundwater").to_numpy() & (recorded["status"] != "fallow").to_numpy()
    areas["quota_m3_per_mu"] = np.where(pumped, quotas(scene)[land.rows], np.nan)
    areas["township"] = _townships(scene, land)


def _townships(scene: Scene, land: Land) -> np.ndarray:
    """Township of each area: by place where ``units`` has townships, else as recorded; "" where neither tells.

    A name that is no known unit stands with that of its county, since townships of two counties may share one.
    """
    town = scene.unit_at("irrigation", "township")[land.rows].copy()
    county = scene.unit_at("irrigation", "county")[land.rows]
    bare = (town != "") & ~pd.Series(town).isin(scene.unit_table["unit_id"]).to_numpy()
    town[bare] = np.where(county[bare] != "", county[bare] + "/" + town[bare], town[bare])
    units = scene.register.get("units")
    if units is None or land.units.crs is None:
        return town
    alive = Editions(units, row_ids(units, "unit_id")).on(scene.today)
    rows = np.flatnonzero((units["level"] == "township").to_numpy(bool) & alive)
    shapes = units.geometry.to_numpy()[rows]
    if not len(rows) or crs_of(units, "units") != land.units.crs:
        return town
    keys = scene.unit_key(units["unit_id"].to_numpy(dtype=object)[rows])
    order = np.argsort(keys.astype(str), kind="stable")
    unit, area = shapely.STRtree(shapely.point_on_surface(land.shapes)).query(
        shapely.make_valid(shapes[order]), predicate="covers"
    )
    # the smallest id of several is written last
    last_first = np.argsort(-unit, kind="stable")
    town[area[last_first]] = keys[order][unit[last_first]]
    return town


def _done_this_year(land: Land, settings: RetirementSettings, net_before: np.ndarray) -> pd.Series:
    pieces = land.pieces
    row = pieces["row"].to_numpy("int64")
    part = pieces[f"{settings.area_basis}_mu"].to_numpy("float64")
    change = part * np.maximum(0.0, land.shares.net[row] - net_before[row])
    return pd.Series(change, dtype="float64").groupby(pieces["unit_id"].to_numpy(dtype=object)).sum()
