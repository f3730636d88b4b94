"""Groundwater levels of stations: one figure per station and year, and how far it stands above its threshold.

Levels are elevations in m, upwards: a depth to water becomes ``ground_m − depth_m``. Where a station has neither an
elevation of the water nor of the ground, its depth counts downwards (``−depth_m``), which is good for changes and
for a threshold that is a depth, never for a comparison with another station.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .yearbook import last_full_year

if TYPE_CHECKING:
    from ..scene import Scene


def station_years(scene: Scene) -> pd.DataFrame:
    """Mean level of each station and year.

    Returns:
        ``station`` (row), ``year``, ``level_m`` (mean of the readings up to ``as_of``), ``elevation`` (bool: of all
        of them), ``n`` (readings), ``closed`` (bool: the year is over).
    """
    table = _readings(scene)
    grouped = table.groupby(["station", "year"], sort=True)
    means = pd.DataFrame(
        {"level_m": grouped["level_m"].mean(), "elevation": grouped["elevation"].all(), "n": grouped.size()}
    ).reset_index()
    means["closed"] = means["year"] <= last_full_year(scene)
    return means


def _readings(scene: Scene) -> pd.DataFrame:
    levels, stations = scene.frame("levels"), scene.frame("stations")
    row = np.asarray(scene.rows_of("stations", levels["station_id"]), dtype="int64")
    ground = np.append(stations["ground_m"].to_numpy("float64"), np.nan)[row]
    level, depth = levels["level_m"].to_numpy("float64"), levels["depth_m"].to_numpy("float64")
    above = np.where(np.isnan(level), ground - depth, level)
    day = pd.to_datetime(levels["date_on"])
    table = pd.DataFrame(
        {
            "station": row,
            "day": day.to_numpy(),
            "level_m": np.where(np.isnan(above), -depth, above),
            "elevation": ~np.isnan(above),
        }
    )
    kept = (row >= 0) & ~np.isnan(table["level_m"]) & day.notna().to_numpy()
    kept &= (day <= pd.Timestamp(scene.as_of)).to_numpy(bool)
    table = table[kept].copy()
    table["year"] = table["day"].dt.year.astype("int64")
    # a station read both ways is compared by elevation alone
    both = table.groupby("station")["elevation"].transform("any")
    return table[(table["elevation"] | ~both).to_numpy(bool)].reset_index(drop=True)


def station_margins(scene: Scene) -> pd.DataFrame:
    """How far each station's level of each year stands above its threshold.

    Returns:
        the columns of ``station_years`` and ``margin_m`` (level − threshold; for a station that knows depths only
        threshold − depth), NaN without a threshold. A threshold is the station's own, else ``level_control`` of
        INDICES for the station in that year.
    """
    table = station_years(scene)
    stations = scene.frame("stations")
    own = stations["threshold_m"].to_numpy("float64")[table["station"].to_numpy("int64")]
    said = scene.amounts.indices("level_control", "stations")
    said = said.assign(station=scene.rows_of("stations", said["subject_id"]))
    said = said[(said["station"] >= 0).to_numpy()].groupby(["station", "year"])["value"].max()
    keys = pd.MultiIndex.from_frame(table[["station", "year"]])
    given = said.reindex(keys).to_numpy("float64") if len(said) else np.full(len(table), np.nan)
    threshold = np.where(np.isnan(given), own, given)
    # depths count downwards, and so does their threshold
    margin = np.where(table["elevation"], table["level_m"] - threshold, table["level_m"] + threshold)
    return table.assign(margin_m=margin, threshold_m=threshold)


def unit_levels(scene: Scene, level: str) -> pd.DataFrame:
    """The level of each unit and year: the mean over its stations.

    Returns:
        ``unit_id``, ``year``, ``margin_m`` (mean over the stations with a threshold; with a ``level_control`` of the
        unit itself: its mean elevation less that), ``level_m`` (mean elevation, NaN where a station knows depths
        only), ``n_stations``, ``n_unknown`` (without a threshold), ``failing`` (ids of stations below theirs),
        ``closed``.
    """
    table = station_margins(scene)
    unit = np.asarray(scene.unit_at("stations", level), dtype=object)
    table = table.assign(unit_id=unit[table["station"].to_numpy("int64")])
    table = table[(table["unit_id"] != "").to_numpy()].reset_index(drop=True)
    below = (table["margin_m"] < -1e-9).to_numpy()
    ids = scene.subjects("stations").ids[table["station"].to_numpy("int64")]
    grouped = table.groupby(["unit_id", "year"], sort=True)
    units = pd.DataFrame(
        {
            "margin_m": grouped["margin_m"].mean(),
            "level_m": grouped["level_m"].mean().where(grouped["elevation"].all()),
            "n_stations": grouped.size(),
            "n_unknown": grouped.size() - grouped["margin_m"].count(),
            "closed": grouped["closed"].all(),
        }
    )
    failing = pd.DataFrame({"unit_id": table["unit_id"], "year": table["year"], "id": ids})[below]
    units["failing"] = (
        failing.sort_values("id").groupby(["unit_id", "year"])["id"].agg(list).reindex(units.index)
    )
    units = units.reset_index()
    return _with_unit_control(scene, units)


def _with_unit_control(scene: Scene, units: pd.DataFrame) -> pd.DataFrame:
    said = scene.amounts.indices("level_control", "units").groupby(["subject_id", "year"])["value"].max()
    keys = pd.MultiIndex.from_frame(units[["unit_id", "year"]])
    control = said.reindex(keys).to_numpy("float64") if len(said) else np.full(len(units), np.nan)
    stated = ~np.isnan(control)
    units["control_m"] = control
    units["margin_m"] = np.where(stated, units["level_m"] - control, units["margin_m"])
    # the unit's own figure speaks for all of its stations
    units["n_unknown"] = np.where(stated, 0, units["n_unknown"])
    return units


def latest_level(scene: Scene, level: str) -> pd.DataFrame:
    """The last year of each unit's levels, as ``unit_levels``, with ``state``: ``below``, ``kept`` or ``unknown``.

    A mean below the control level fails; one that is kept says nothing while a station has no threshold.
    """
    table = unit_levels(scene, level).sort_values(["unit_id", "year"], kind="stable")
    table = table.drop_duplicates("unit_id", keep="last").reset_index(drop=True)
    return table.assign(state=level_state(table))


def level_state(table: pd.DataFrame) -> np.ndarray:
    """``below``, ``kept`` or ``unknown`` of each row of ``unit_levels``."""
    margin = table["margin_m"].to_numpy("float64")
    unknown = np.isnan(margin) | ((table["n_unknown"] > 0).to_numpy() & ~(margin < -1e-9))
    return np.select([unknown, margin < -1e-9], ["unknown", "below"], default="kept").astype(object)


def station_slopes(scene: Scene, years: np.ndarray) -> np.ndarray:
    """Theil–Sen slope of each station's yearly means over some consecutive years, m per year; NaN with fewer than two
    of them."""
    table = station_years(scene)
    table = table[table["year"].isin(years).to_numpy()]
    matrix = np.full((len(scene.frame("stations")), len(years)), np.nan)
    matrix[table["station"].to_numpy("int64"), table["year"].to_numpy("int64") - years[0]] = table["level_m"]
    return slopes(years.astype("float64"), matrix)


def slopes(years: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Theil–Sen slope per row, m per year: the median of the slopes of all pairs of years that have a level.

    Args:
        years: (n,) increasing.
        levels: (stations, n), NaN where there is none.

    Returns:
        (stations,), NaN with fewer than two levels.
    """
    first, second = np.triu_indices(len(years), k=1)
    if not len(first):
        return np.full(len(levels), np.nan)
    rates = (levels[:, second] - levels[:, first]) / (years[second] - years[first])
    found = np.full(len(levels), np.nan)
    known = ~np.isnan(rates).all(axis=1)
    found[known] = np.nanmedian(rates[known], axis=1)
    return found
