"""Retired land against rasters of greenness or irrigation: a verdict per area and raster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj.exceptions import ProjError

from ...errors import OverdraftError
from ...findings import OUTCOMES, worst_by
from ...findings.verdicts import to_json
from ...overlay.areas import reproject
from ...policy import Policy
from ...register import Register
from ...retirement.settings import PREFIX, retirement_settings
from .judge import lines_of, outcomes_of, states_of
from .land import RetiredLand, retired_land
from .neighbours import COLUMNS as NEIGHBOUR_COLUMNS
from .neighbours import neighbour_levels, pairs_within
from .pixels import measure
from .rasters import Raster, open_raster
from .seasons import seasons
from .settings import VerificationSettings
from .speak import message_keys, message_values, notes_of
from .wells import well_activity

COLUMNS = (
    *("area_id", "row_id", "county", "raster", "season", "retired_since", "retired_ratio", "area_mu"),
    *("n_pixels", "n_valid", "nodata_ratio", "mean", "green_ratio"),
    *("n_neighbours", "neighbour_quartile", "neighbour_median"),
    *("value_low", "value_high", "restored_from", "confirmed_below"),
    *("restored", "outcome", "area_outcome", "notes", "clause", "message_key", "message_values", "settings"),
)
_ELSEWHEN = ("before", "after")


@dataclass(frozen=True)
class Verification:
    """What :func:`verify_retirement` finds.

    Attributes:
        frame: one row per retired area and raster, with the land that was judged, in the CRS of ``irrigation``; columns
            ``COLUMNS`` and ``geometry``. ``area_outcome`` is the worst over the rasters; one that shows another time
            counts only where no other does.
        wells: columns ``WELL_COLUMNS`` and ``geometry``; see :func:`.wells.well_activity`.
        counts: areas by ``area_outcome``.
        reaching: per raster the share of the pixels in the areas that reach the threshold; NaN without one.
        settings: what was used.
    """

    frame: gpd.GeoDataFrame
    wells: pd.DataFrame
    counts: dict[str, int]
    reaching: dict[str, float]
    settings: VerificationSettings


def verify_retirement(
    register: Register,
    paths: Sequence[str],
    as_of: date,
    settings: VerificationSettings,
    *,
    raster_days: str | None = None,
    policy: Policy | None = None,
    progress: Callable[[float], None] | None = None,
) -> Verification:
    """Is land that is retired on ``as_of`` (退减灌溉面积) green or irrigated again?

    How pixels are counted is defined in :mod:`.pixels`, how they are judged in :mod:`.judge`. A raster says something
    of an area only if its season begins on or after the day on which the land was retired and ends by ``as_of``.

    Args:
        register: needs ``irrigation``; ``events``, ``wells``, ``well_areas`` and ``readings`` where there are any.
        paths: raster files of one band, each of any size and coordinate system.
        raster_days: what each shows, in their order (:func:`.seasons.seasons`); without it nothing passes or fails.
        policy: names the clause on retired area.
        progress: told the share done, 0 to 1.

    Raises:
        OverdraftError: a raster or a layer that cannot be used, or days that cannot be read.
        MissingRoleError: no ``irrigation``.
        Cancelled: from ``progress``.
    """
    tell = progress or (lambda share: None)
    if not paths:
        raise OverdraftError("verification.no_rasters")
    times = seasons(raster_days, len(paths))
    rasters = [
        open_raster(path, name, time, settings.nodata)
        for path, name, time in zip(paths, _names(paths), times, strict=True)
    ]
    land = retired_land(register, as_of)
    tell(0.1)
    near = _near(land, settings)
    parts, reaching = [], {}
    for place, raster in enumerate(rasters):
        share = _part(tell, 0.1 + 0.8 * place / len(rasters), 0.8 / len(rasters))
        part = _one(land, near, raster, settings, as_of, share)
        reaching[raster.name] = float(part["n_reaching"].sum() / max(part["n_valid"].sum(), 1))
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    frame["area_outcome"] = _area_outcomes(frame)
    frame["clause"] = _clause(policy)
    frame["settings"] = to_json({**settings.shown, "unverified": settings.unverified})
    frame = frame.sort_values(["row_id", "place"], kind="stable").reset_index(drop=True)
    counts = frame.drop_duplicates("row_id")["area_outcome"].value_counts()
    wells = well_activity(register, land, as_of)
    tell(1.0)
    return Verification(
        frame=gpd.GeoDataFrame(frame[[*COLUMNS, "geometry"]], geometry="geometry", crs=land.crs),
        wells=wells,
        counts={outcome: int(counts.get(outcome, 0)) for outcome in OUTCOMES},
        reaching=reaching if settings.threshold is not None else dict.fromkeys(reaching, np.nan),
        settings=settings,
    )


def _one(
    land: RetiredLand,
    near: tuple[np.ndarray, np.ndarray] | None,
    raster: Raster,
    settings: VerificationSettings,
    as_of: date,
    tell: Callable[[float], None],
) -> pd.DataFrame:
    """The rows of one raster."""
    day, season = pd.Timestamp(as_of), raster.season
    frame = land.subjects.copy()
    frame["geometry"] = land.shapes
    frame["raster"], frame["season"] = raster.name, "" if season is None else str(season)
    frame["season_first"] = pd.NaT if season is None else season.first
    frame["season_last"] = pd.NaT if season is None else season.last
    line = settings.threshold if settings.method == "threshold" else None
    half = 1.0 if near is None else 0.5
    found = measure(raster, _moved(land.shapes, land, raster), line, _part(tell, 0.0, half))
    frame = pd.concat([frame, found], axis=1)
    valid, pixels = frame["n_valid"], frame["n_pixels"]
    frame["nodata_ratio"] = ((pixels - valid) / pixels.where(pixels > 0)).astype("float64")
    frame["green_ratio"] = (frame["n_reaching"] / valid.where(valid > 0)).astype("float64")
    if settings.method != "threshold":
        frame["green_ratio"] = np.nan
    frame = pd.concat([frame, _levels(land, near, raster, settings, _part(tell, half, 1.0 - half))], axis=1)
    frame = pd.concat([frame, lines_of(frame, settings)], axis=1)
    state = states_of(frame, settings, day)
    has_season = np.full(len(frame), season is not None)
    frame["outcome"], frame["restored"] = outcomes_of(state, has_season)
    frame["elsewhen"] = np.isin(state, _ELSEWHEN)
    frame["notes"] = notes_of(frame)
    frame["message_key"] = message_keys(state, has_season, settings)
    frame["message_values"] = message_values(frame, settings, day)
    frame["place"] = frame.index
    return frame


def _part(tell: Callable[[float], None], start: float, width: float) -> Callable[[float], None]:
    """Progress of a part of the whole."""
    return lambda done: tell(start + width * done)


def _moved(shapes: np.ndarray, land: RetiredLand, raster: Raster) -> np.ndarray:
    """A copy of polygons of the land in the coordinate system of a raster."""
    if land.crs is None:
        return shapes.copy()
    try:
        return reproject(shapes.copy(), land.crs, raster.crs)
    except ProjError as error:
        raise OverdraftError(
            "verification.raster_elsewhere", name=raster.name, found=raster.crs.name, layer=land.crs.name
        ) from error


def _near(land: RetiredLand, settings: VerificationSettings) -> tuple[np.ndarray, np.ndarray] | None:
    """Pairs of retired areas and irrigated neighbours; None where they play no part."""
    if settings.method == "threshold":
        return None
    if land.crs is None or not len(land.subjects):
        return np.empty(0, dtype="int64"), np.empty(0, dtype="int64")
    return pairs_within(land.shapes, land.irrigated, land.crs, settings.neighbour_distance_m)


def _levels(
    land: RetiredLand,
    near: tuple[np.ndarray, np.ndarray] | None,
    raster: Raster,
    settings: VerificationSettings,
    tell: Callable[[float], None],
) -> pd.DataFrame:
    """What the neighbours show; only those that are anybody's are measured."""
    size = len(land.subjects)
    if near is None:
        return pd.DataFrame(dict.fromkeys(NEIGHBOUR_COLUMNS, np.full(size, np.nan)))
    asked, other = np.unique(near[1], return_inverse=True)
    measured = measure(raster, _moved(land.irrigated[asked], land, raster), None, tell)
    return neighbour_levels((near[0], other), measured, size, settings.min_pixels)


def _area_outcomes(frame: pd.DataFrame) -> np.ndarray:
    """The worst outcome of each area; a raster of another time counts only where there is no other."""
    speaks = ~frame["elsewhen"] | frame["elsewhen"].groupby(frame["row_id"]).transform("all")
    worst = worst_by(frame.loc[speaks, "row_id"], frame.loc[speaks, "outcome"])
    return frame["row_id"].map(worst).to_numpy(dtype=object)


def _clause(policy: Policy | None) -> str:
    """The clause on retired area, "" without a policy that has one."""
    if policy is None or not policy.has(PREFIX.rstrip(".")):
        return ""
    return retirement_settings(policy).clause


def _names(paths: Sequence[str]) -> list[str]:
    """File names, each of them once."""
    names = pd.Series([Path(path).name for path in paths], dtype=object)
    again = names.groupby(names).cumcount()
    return [name if n == 0 else f"{name} ({n + 1})" for name, n in zip(names, again, strict=True)]
