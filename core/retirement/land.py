"""The irrigation areas on one day of judgement: shares, ground, and the pieces of it in each unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..overlay.areas import ellipsoidal_area_m2, repaired_polygons, reproject
from ..overlay.editions import Editions, row_ids
from ..overlay.points import crs_of
from ..policy import Policy
from ..register import ROW_ID, Register
from ..units import m2_to_mu
from .facts import LandFacts, land_facts, status_differs
from .ground import Ground, ground_of, pieces_of
from .shares import LandShares, land_shares
from .units import Units, depth_of, units_on

PIECE_COLUMNS = (
    "unit_id",
    "area_id",
    "share_ratio",
    "geometry_mu",
    "registered_mu",
    "retired_geometry_mu",
    "restored_geometry_mu",
    "retired_registered_mu",
    "restored_registered_mu",
)


@dataclass(frozen=True)
class Land:
    """Irrigation areas in force on a day, and what counts of them.

    Attributes:
        rows: their positions in the register.
        shapes: polygon of each in the CRS of ``units``, None without one.
        counties: without a layer of units, the unit that each area's record names; None with one.
        facts: the areas, what is said of them, and what contradicts itself.
        shares: aligned with the areas.
        geometry_mu: area of each polygon on the ellipsoid of its own CRS, 亩; NaN without a polygon.
        ground: land of the areas in which anything counts, overlaps resolved.
        units: the units of the balance.
        pieces: ``row`` (of the areas), ``PIECE_COLUMNS`` and the polygon, in the CRS of the units; one row per piece. A
            piece is in one unit of each level.
        home: id of the unit that each area is listed under, "" where there is none.
        expired: names of retired areas of which no edition is in force on the day.
        n_rows: rows of the register, other editions included.
        n_repaired: polygons that were invalid and were repaired on a copy.
    """

    rows: np.ndarray
    shapes: np.ndarray
    counties: pd.Series | None
    facts: LandFacts
    shares: LandShares
    geometry_mu: np.ndarray
    ground: Ground
    units: Units
    pieces: gpd.GeoDataFrame
    home: np.ndarray
    expired: list[str]
    n_rows: int
    n_repaired: int

    @property
    def status_differs(self) -> np.ndarray:
        """Areas whose recorded status contradicts their dated facts."""
        return status_differs(self.facts, self.shares)


def land_on(
    register: Register,
    policy: Policy,
    targeted: Iterable[str],
    baseline: pd.Timestamp,
    day: pd.Timestamp,
    as_of: pd.Timestamp,
    tell: Callable[[float], None],
) -> Land:
    """Judge every area on ``day``.

    Args:
        targeted: ids of units with a target.
        baseline: first day that counts.
        as_of: the day of the run; ``day`` is never later.
        tell: told the share done, 0 to 1.

    Raises:
        OverdraftError: a layer has no CRS.
    """
    layer = register["irrigation"]
    rows = np.flatnonzero(Editions(layer, row_ids(layer, "area_id")).on(np.datetime64(day.date())))
    shapes, repaired = repaired_polygons(layer, "irrigation")
    shapes = shapes[rows]
    placed = ~shapely.is_missing(shapes)
    crs = crs_of(layer, "irrigation") if placed.any() else None
    geometry_mu = np.full(len(rows), np.nan)
    if crs is not None:
        geometry_mu = m2_to_mu(ellipsoidal_area_m2(shapes, crs))
    tell(0.2)
    facts = land_facts(register, rows, geometry_mu, as_of)
    shares = land_shares(facts.facts, len(rows), baseline, day)

    tell(0.3)
    units = units_on(register, policy, targeted, day)
    common = units.crs if units.crs is not None else crs
    if crs is not None and common is not None:
        shapes = reproject(shapes, crs, common)
    tell(0.5)
    claims = facts.flags["has_facts"].to_numpy() | (facts.areas["status"] != "fallow").to_numpy()
    ground = ground_of(shapes, shares, claims, facts.ids, common if crs is not None else None)
    tell(0.8)
    by_record = None if units.crs is not None else _counties(facts.areas, units, policy)
    pieces = _figures(pieces_of(ground, units, by_record), facts, shares, geometry_mu)
    return Land(
        rows=rows,
        shapes=shapes,
        counties=by_record,
        facts=facts,
        shares=shares,
        geometry_mu=geometry_mu,
        ground=ground,
        units=units,
        pieces=gpd.GeoDataFrame(pieces, geometry="geometry", crs=common),
        home=_homes(shapes, units) if by_record is None else by_record.fillna("").to_numpy(dtype=object),
        expired=sorted(layer[ROW_ID].loc[_expired(layer, rows)]),
        n_rows=len(layer),
        n_repaired=int(repaired[rows].sum()),
    )


def no_pieces() -> pd.DataFrame:
    """Pieces of nothing."""
    columns = {
        name: pd.Series(dtype="float64" if name.endswith(("_mu", "_ratio")) else "object")
        for name in PIECE_COLUMNS
    }
    return pd.DataFrame({"row": pd.Series(dtype="int64"), **columns, "geometry": pd.Series(dtype="object")})


def _counties(areas: pd.DataFrame, units: Units, policy: Policy) -> pd.Series:
    """The unit that each area's recorded county means; None where it means none."""
    known = set(units.table["unit_id"])

    def meant(text: str) -> str | None:
        unit = text if text in known else policy.resolve_unit(text)
        while unit and unit not in known:
            unit = policy.unit(unit).parent_id
        return unit or None

    texts = {text: meant(text) for text in areas["county"].dropna().unique()}
    found = areas["county"].map(texts).astype(object)
    return found.where(found.notna(), None)


def _homes(shapes: np.ndarray, units: Units) -> np.ndarray:
    """The lowest unit in which a point inside each area lies; "" where there is none."""
    home = np.full(len(shapes), "", dtype=object)
    depth = units.table["level"].map(depth_of).to_numpy()
    order = np.lexsort((units.table["unit_id"].to_numpy(dtype=str), -depth))
    tree = shapely.STRtree(shapely.point_on_surface(shapes))
    unit, area = tree.query(units.shapes[order], predicate="covers")
    by_area = np.lexsort((unit, area))
    area, unit = area[by_area], unit[by_area]
    first = np.unique(area, return_index=True)[1]
    home[area[first]] = units.table["unit_id"].to_numpy(dtype=object)[order[unit[first]]]
    return home


def _expired(layer: pd.DataFrame, rows: np.ndarray) -> np.ndarray:
    """Retired areas of which no edition is in force: the last row of each."""
    ids = layer["area_id"]
    gone = ~ids.isin(ids.iloc[rows]) & ids.notna()
    gone &= (layer["status"] == "retired").to_numpy() | layer["retired_on"].notna()
    last = layer[gone].sort_values("valid_from", na_position="first", kind="stable")
    return last.index[~last["area_id"].duplicated(keep="last")].to_numpy()


def _figures(
    pieces: pd.DataFrame, facts: LandFacts, shares: LandShares, geometry_mu: np.ndarray
) -> pd.DataFrame:
    """Areas of the pieces on both bases, and what of them counts; an area that is not known adds nothing."""
    row = pieces["row"].to_numpy(dtype="int64")
    share = pieces["share"].to_numpy(dtype="float64")
    pieces = pieces.assign(area_id=facts.ids[row], share_ratio=share).drop(columns="share")
    for basis, area in (("geometry", geometry_mu), ("registered", facts.registered_mu)):
        part = np.nan_to_num(area)[row] * share
        pieces[f"{basis}_mu"] = part
        pieces[f"retired_{basis}_mu"] = part * shares.retired[row]
        pieces[f"restored_{basis}_mu"] = part * shares.restored[row]
    return pieces[["row", *PIECE_COLUMNS, "geometry"]]
