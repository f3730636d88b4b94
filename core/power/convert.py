"""Water from electricity (以电折水): volume = energy × coefficient, where no meter says it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from ..findings import Verdicts
from ..overlay import Placement
from ..policy import Policy
from ..register import Register
from ..register.identity import ROW_ID
from .calibration import calibrate as calibration_of
from .calibration import calibrated_values, metered_pairs
from .coefficients import ORIGINS, Places, Sources, choose, gather, period_ends
from .energy import energy_periods
from .places import places_of
from .settings import LEVELS, PowerSettings, power_settings
from .speak import speak

VOLUME_ORIGINS = ("", "metered", "converted", "in_year", "in_months")
"""Why a period has its volume, or none: no figure and no coefficient; metered; energy × coefficient; counted in the
figure for the whole year; counted in the months."""


@dataclass(frozen=True)
class PowerToWater:
    """Volumes, and what they rest on.

    Attributes:
        volumes: one row per well and period: ``well_id`` (row id), ``year``, ``month`` (0: the whole year),
            ``energy_kwh``, ``m3_per_kwh_ratio`` and ``coefficient_origin`` (of ``ORIGINS``) in force at its end,
            ``metered_m3``, ``converted_m3`` (energy × coefficient, also beside a metered figure), ``volume_m3`` (what
            counts: the metered figure, else the converted one, once per well and time) and ``volume_origin`` (of
            ``VOLUME_ORIGINS``). The volumes of a well and year sum to its year.
        coefficients: one row per well: ``well_id`` ``stratum`` ``m3_per_kwh_ratio`` ``coefficient_origin`` ``since``
            (in force at ``as_of``), ``metered_ratio`` (its own ΣW/ΣE) in ``metered_year``, ``stratum_ratio`` of that
            year, ``deviation_percent`` of the one from the other, ``stratum_usable`` (enough wells in it),
            ``coefficient_deviation_percent`` of a coefficient of its own from the calibration that its stratum has at
            ``as_of``.
        calibration: one row per stratum and year, see :func:`core.power.calibration.calibrate`.
        verdicts: findings ``power.*`` without a clause.
        settings: what was used.
    """

    volumes: pd.DataFrame
    coefficients: pd.DataFrame
    calibration: pd.DataFrame
    verdicts: Verdicts
    settings: PowerSettings


def power_to_water(
    register: Register,
    as_of: date,
    policy: Policy | None = None,
    *,
    level: str = "well",
    calibrate: bool = True,
    strata: Sequence[str] = ("aquifer",),
    minimum: float | None = None,
    maximum: float | None = None,
    max_deviation_percent: float | None = None,
    min_wells: int | None = None,
    recalibrate_years: int | None = None,
    places: Places | None = None,
    placement: Placement | None = None,
    progress: Callable[[float], None] | None = None,
) -> PowerToWater:
    """Convert the energy of wells to water, ``W = k · E``.

    k is the well's own (a dated index of the well, else ``wells.m3_per_kwh_ratio``), else its stratum's (a dated
    index with ``scope``, else the calibration ΣW/ΣE), else its unit's (a dated index; township before regiment before
    county before city). Without k there is no volume. A metered volume prevails.

    Args:
        register: ``wells`` and ``readings``; ``accounts``, ``account_wells``, ``indices`` and ``units`` where present.
        as_of: readings of later periods and coefficients that begin later are left out.
        policy: names units and may set ``e2w.*``.
        level: finest coefficient that is used: ``well``, ``stratum`` or ``unit``.
        calibrate: whether a calibration may serve as coefficient; it is computed anyway.
        strata: fields of ``wells`` that make up a stratum.
        minimum, maximum: m³/kWh; max_deviation_percent: %; min_wells: wells per stratum and year;
            recalibrate_years: years that a calibration serves beyond its own. None: policy, else the default.
        places: in which units wells lie, for a caller that knows; else from ``placement``, else from the layers.
        progress: told the share done, 0 … 1; raises to cancel.

    Raises:
        OverdraftError: ``level`` or a field of ``strata`` does not exist.
    """
    wells = register["wells"]
    _check(wells, level, strata)
    settings = power_settings(
        policy,
        strata,
        minimum=minimum,
        maximum=maximum,
        max_deviation_percent=max_deviation_percent,
        min_wells=min_wells,
        recalibrate_years=recalibrate_years,
    )
    tell = progress or (lambda share: None)
    read = energy_periods(register, as_of)
    tell(0.5)
    if places is None:
        places = places_of(register, policy, as_of, placement)
    sources = gather(wells, register.get("indices"), places, settings.strata)
    pairs = metered_pairs(read.frame)
    calibration = calibration_of(pairs, sources.strata, sources.labels, settings.min_wells)
    tell(0.7)
    usable = calibration if calibrate else calibration.iloc[:0]
    volumes = convert(read.frame, sources, usable, settings, as_of, level)
    tell(0.9)
    coefficients = _per_well(wells, sources, pairs, calibration, usable, settings, as_of, level)
    verdicts = speak(register, read, volumes, coefficients, sources, settings, places)
    tell(1.0)
    ids = wells[ROW_ID].to_numpy()
    return PowerToWater(
        volumes.assign(well=ids[volumes["well"]]).rename(columns={"well": "well_id"}),
        coefficients.drop(columns="well"),
        calibration.drop(columns="stratum_code"),
        verdicts,
        settings,
    )


def convert(
    periods: pd.DataFrame,
    sources: Sources,
    calibration: pd.DataFrame,
    settings: PowerSettings,
    as_of: date,
    level: str = "well",
) -> pd.DataFrame:
    """The volumes of :class:`PowerToWater`, with the row ``well`` in place of its id.

    Where a well and year has a figure for the whole year (metered, or energy that converts) that row counts and its
    months do not; a metered figure of either kind comes before a converted one.

    Args:
        periods: frame of :class:`EnergyPeriods`. calibration: what may serve as coefficient.
    """
    well, year, month = (periods[name].to_numpy() for name in ("well", "year", "month"))
    energy, metered = periods["energy_kwh"].to_numpy(), periods["volume_m3"].to_numpy()
    calibrated = None
    if len(calibration):
        calibrated = calibrated_values(calibration, sources.strata[well], year, settings.recalibrate_years)
    chosen = choose(sources, well, period_ends(year, month, as_of), calibrated, level)
    converted = energy * chosen.value
    volume = np.where(np.isnan(metered), converted, metered)
    origin = np.where(np.isnan(volume), 0, np.where(np.isnan(metered), 2, 1)).astype("int8")
    once(well, year, month, metered, volume, origin)
    return pd.DataFrame(
        {
            "well": well,
            "year": year,
            "month": month,
            "energy_kwh": energy,
            "m3_per_kwh_ratio": chosen.value,
            "coefficient_origin": np.array(ORIGINS, dtype=object)[chosen.origin],
            "metered_m3": metered,
            "converted_m3": converted,
            "volume_m3": volume,
            "volume_origin": np.array(VOLUME_ORIGINS, dtype=object)[origin],
        }
    )


def once(
    well: np.ndarray,
    year: np.ndarray,
    month: np.ndarray,
    metered: np.ndarray,
    volume: np.ndarray,
    origin: np.ndarray,
) -> None:
    """Leave each well and year either its figure for the whole year or its months (in place).

    The year's row is the first of its run: periods are sorted.
    """
    yearly = np.flatnonzero(month == 0)
    if not len(yearly):
        return
    new = np.r_[True, (well[1:] != well[:-1]) | (year[1:] != year[:-1])]
    run = np.cumsum(new) - 1
    size = int(run[-1]) + 1
    has_months = np.bincount(run[month > 0], minlength=size) > 0
    months_metered = np.bincount(run[(month > 0) & ~np.isnan(metered)], minlength=size) > 0
    year_metered, year_told = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    year_metered[run[yearly]] = ~np.isnan(metered[yearly])
    year_told[run[yearly]] = ~np.isnan(volume[yearly])
    by_year = year_metered | (year_told & ~months_metered)
    dropped = np.where(month == 0, ~by_year[run] & has_months[run], by_year[run])
    volume[dropped] = np.nan
    origin[dropped] = np.where(month[dropped] == 0, 4, 3)


def _per_well(
    wells: pd.DataFrame,
    sources: Sources,
    pairs: pd.DataFrame,
    calibration: pd.DataFrame,
    usable: pd.DataFrame,
    settings: PowerSettings,
    as_of: date,
    level: str,
) -> pd.DataFrame:
    """The coefficients of :class:`PowerToWater`, with the row ``well``."""
    size = len(wells)
    rows = np.arange(size)
    this_year = np.full(size, as_of.year)
    calibrated = None
    if len(usable):
        calibrated = calibrated_values(usable, sources.strata, this_year, settings.recalibrate_years)
    chosen = choose(sources, rows, np.full(size, np.datetime64(as_of, "D")), calibrated, level)
    last = pairs.drop_duplicates("well", keep="last").set_index("well").reindex(rows)
    ratio = (last["volume_m3"] / last["energy_kwh"]).to_numpy()
    year = last["year"].fillna(0).to_numpy(dtype="int64")
    stratum_ratio = calibrated_values(calibration.assign(usable=True), sources.strata, year, 0)
    latest = calibrated_values(calibration, sources.strata, this_year, settings.recalibrate_years)
    of_well = chosen.origin == ORIGINS.index("well")
    labels = np.append(sources.labels, None)
    return pd.DataFrame(
        {
            "well": rows,
            "well_id": wells[ROW_ID].to_numpy(),
            "stratum": labels[sources.strata],
            "m3_per_kwh_ratio": chosen.value,
            "coefficient_origin": np.array(ORIGINS, dtype=object)[chosen.origin],
            "since": chosen.since.astype("datetime64[ns]"),
            "metered_ratio": ratio,
            "metered_year": pd.array(year, dtype="Int64"),
            "stratum_ratio": stratum_ratio,
            "deviation_percent": (ratio / stratum_ratio - 1) * 100,
            "stratum_usable": ~np.isnan(calibrated_values(calibration, sources.strata, year, 0)),
            "coefficient_deviation_percent": np.where(of_well, (chosen.value / latest - 1) * 100, np.nan),
        }
    ).assign(metered_year=lambda table: table["metered_year"].where(table["metered_year"] > 0))


def _check(wells: pd.DataFrame, level: str, strata: Sequence[str]) -> None:
    if level not in LEVELS:
        raise OverdraftError("power.error.level", found=level, allowed=list(LEVELS))
    for name in strata:
        if name not in wells.columns or name == "geometry":
            allowed = [column for column in wells.columns if column != "geometry"]
            raise OverdraftError("power.error.stratum_field", found=name, allowed=allowed)
