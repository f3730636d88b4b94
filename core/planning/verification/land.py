"""Which land is judged: what is retired on the day of judgement, since when, and what is irrigated around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ...overlay.areas import ellipsoidal_area_m2, repaired_polygons
from ...overlay.editions import Editions, row_ids
from ...overlay.points import crs_of
from ...register import ROW_ID, Register
from ...retirement.facts import LandFacts, land_facts
from ...retirement.ground import ground_of
from ...retirement.shares import in_order, land_shares
from ...units import m2_to_mu

_LONG_AGO = pd.Timestamp("1900-01-01")
WHOLE = 1.0 - 1e-9
"""From this share on an area is retired as a whole."""


@dataclass(frozen=True)
class RetiredLand:
    """The areas in force on the day of judgement, of which some are retired.

    Attributes:
        areas: canonical rows of ``irrigation`` in force, under a RangeIndex.
        retired_ratio: share of each that is retired, aligned with ``areas``.
        subjects: one row per area that is retired in whole or part, or of which it cannot be told: ``row`` (of
            ``areas``), ``area_id``, ``row_id``, ``county``, ``retired_ratio``, ``retired_since`` (the last day on
            which that share changed; NaT: not known), ``area_mu`` (of the land judged), ``kept_ratio`` (that land ÷ the
            area) and ``unknown`` (why it cannot be judged: ``contradictory``, ``undated``, ``no_polygon``,
            ``overlapped``; "" where it can).
        shapes: the land of each subject, without what areas in use, and other retired ones, cover as well.
        irrigated: polygons of the areas that are irrigated and not retired at all.
        crs: of all polygons; None where there is none.
    """

    areas: pd.DataFrame
    retired_ratio: np.ndarray
    subjects: pd.DataFrame
    shapes: np.ndarray
    irrigated: np.ndarray
    crs: CRS | None


def retired_land(register: Register, as_of: date) -> RetiredLand:
    """What is retired by the rules of the retirement balance (:mod:`core.retirement`), whatever its baseline.

    Overlaps are resolved as there: land in use wins, and land retired twice belongs to one of the two.

    Raises:
        OverdraftError: the layer has no CRS.
        MissingRoleError: no ``irrigation``.
    """
    layer, day = register["irrigation"], pd.Timestamp(as_of)
    rows = np.flatnonzero(Editions(layer, row_ids(layer, "area_id")).on(np.datetime64(as_of)))
    shapes = repaired_polygons(layer, "irrigation")[0][rows]
    crs = None if shapely.is_missing(shapes).all() else crs_of(layer, "irrigation")
    drawn_mu = np.full(len(rows), np.nan) if crs is None else m2_to_mu(ellipsoidal_area_m2(shapes, crs))
    facts = land_facts(register, rows, drawn_mu, day)
    shares = land_shares(facts.facts, len(rows), _LONG_AGO, day)
    unclear = (facts.flags["unclear"] | facts.flags["no_cycle"]).to_numpy(dtype=bool)
    claims = facts.flags["has_facts"].to_numpy(dtype=bool) | (facts.areas["status"] != "fallow").to_numpy()
    ground = ground_of(shapes, shares, claims, facts.ids, crs)
    judged, kept = shapes.copy(), np.ones(len(rows))
    judged[ground.row], kept[ground.row] = ground.shape, ground.share

    subject = np.flatnonzero((shares.on_day > 0) | unclear)
    since = _since(facts, day)
    in_use = (facts.areas["status"] == "irrigated").to_numpy() & (shares.at_end <= 0) & ~unclear
    unknown = np.select(
        [unclear, np.isnat(since), shapely.is_missing(shapes), shapely.is_missing(judged)],
        ["contradictory", "undated", "no_polygon", "overlapped"],
        default="",
    ).astype(object)
    found = pd.DataFrame(
        {
            "row": subject,
            "area_id": facts.areas["area_id"].to_numpy(dtype=object)[subject],
            "row_id": facts.areas[ROW_ID].to_numpy(dtype=object)[subject],
            "county": facts.areas["county"].to_numpy(dtype=object)[subject],
            "retired_ratio": np.where(unclear, np.nan, shares.on_day)[subject],
            "retired_since": since[subject],
            "area_mu": (drawn_mu * kept)[subject],
            "kept_ratio": kept[subject],
            "unknown": unknown[subject],
        }
    )
    irrigated = shapes[in_use & ~shapely.is_missing(shapes)]
    return RetiredLand(facts.areas, shares.on_day, found, judged[subject], irrigated, crs)


def _since(facts: LandFacts, day: pd.Timestamp) -> np.ndarray:
    """The last day up to ``day`` on which the retired share of each area changed; NaT where a fact has no day.

    A retirement of the whole that follows another one changes nothing.
    """
    ordered = in_order(facts.facts)
    whole = ((ordered["kind"] == "retired") & (ordered["share"] >= WHOLE)).to_numpy()
    again = whole & np.r_[False, whole[:-1]] & ordered["row"].duplicated().to_numpy()
    dated = ordered["day"].notna() & (ordered["day"] <= day) & ~again
    last = ordered[dated.to_numpy()].groupby("row")["day"].max().reindex(facts.areas.index)
    last[facts.flags["undated"].to_numpy(dtype=bool)] = pd.NaT
    return last.to_numpy(dtype="datetime64[ns]")
