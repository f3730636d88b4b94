"""How much the water level changed at each monitoring station between two periods."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .periods import Span

LEVEL, DEPTH, CONVERTED = "level", "depth", "converted"
NO_DATA, MIXED = "no_data", "mixed"
COLUMNS = ("before_m", "after_m", "change_m", "kind", "left_out")


def station_changes(
    stations: pd.Series, ground_m: pd.Series, levels: pd.DataFrame, period: Span, previous: Span
) -> pd.DataFrame:
    """Mean level of each station in two periods, and the change; a fall of the water is negative.

    With the observations h of a station in each period (arithmetic means, unrounded)::

        change = mean(h, period) − mean(h, previous)

    h is the elevation of the water. A station speaks in one kind only: in elevations (``level_m``) if every
    observation in both periods has one; else in depths to water, h = −depth, if every one has a depth; else, where
    the ground elevation is known, depths become elevations (h = ``ground_m`` − depth); else it is left out as
    ``mixed``. Elevation and depth have opposite signs and different zero points, so they never enter one mean as they
    are. An observation with neither is none. A station needs an observation in both periods, else ``no_data``.

    Args:
        stations: station id per station.
        ground_m: elevation of the ground per station, NaN where unknown.
        levels: role ``levels`` (``station_id``, ``date_on``, ``level_m``, ``depth_m``).
        period, previous: the two periods.

    Returns:
        Aligned with ``stations``: ``before_m``, ``after_m`` (means; elevations, NaN if the station speaks in depths
        without a ground elevation), ``change_m``, ``kind`` (level, depth, converted) and ``left_out`` ("", no_data,
        mixed). Repeated station ids each get the figures of their id.
    """
    ids = pd.Series(np.asarray(stations, dtype=object)).reset_index(drop=True)
    ground = np.asarray(ground_m, dtype="float64")
    seen = _observations(levels, period, previous)
    first_ground = pd.Series(ground, index=ids).groupby(level=0, sort=False).first()
    seen["ground"] = seen["station"].map(first_ground).to_numpy(dtype="float64")
    kind = _kinds(seen)
    spoken = seen["station"].map(kind).to_numpy(dtype=object)
    seen["h"] = np.select(
        [spoken == LEVEL, spoken == DEPTH, (spoken == CONVERTED) & seen["level"].notna()],
        [seen["level"], -seen["depth"], seen["level"]],
        default=seen["ground"] - seen["depth"],
    )
    means = seen.groupby(["station", "after"])["h"].mean().unstack("after")
    means = means.reindex(columns=[False, True]).reindex(ids)
    found = ids.map(kind).to_numpy(dtype=object)
    before, after = means[False].to_numpy(dtype="float64"), means[True].to_numpy(dtype="float64")
    both = np.isfinite(before) & np.isfinite(after)
    usable = both & np.isin(found.astype(str), (LEVEL, DEPTH, CONVERTED))
    change = np.where(usable, after - before, np.nan)
    lift = np.where(found == DEPTH, ground, 0.0)
    left_out = np.where(usable, "", np.where(found == MIXED, MIXED, NO_DATA)).astype(object)
    return pd.DataFrame(
        {
            "before_m": np.where(usable, before + lift, np.nan),
            "after_m": np.where(usable, after + lift, np.nan),
            "change_m": change,
            "kind": np.where(usable, found, "").astype(object),
            "left_out": left_out,
        }
    )


def _observations(levels: pd.DataFrame, period: Span, previous: Span) -> pd.DataFrame:
    days = pd.to_datetime(levels["date_on"]).to_numpy()
    level, depth = (
        pd.to_numeric(levels[name]).to_numpy(dtype="float64")
        if name in levels
        else np.full(len(levels), np.nan)
        for name in ("level_m", "depth_m")
    )
    after = period.holds(days)
    keep = (after | previous.holds(days)) & (np.isfinite(level) | np.isfinite(depth))
    return pd.DataFrame(
        {
            "station": levels["station_id"].to_numpy(dtype=object)[keep],
            "after": after[keep],
            "level": level[keep],
            "depth": depth[keep],
        }
    )


def _kinds(seen: pd.DataFrame) -> pd.Series:
    """How each station speaks, by station id."""
    has = pd.DataFrame(
        {
            "station": seen["station"],
            "level": seen["level"].notna(),
            "depth": seen["depth"].notna(),
            "ground": seen["ground"].notna(),
        }
    )
    every = has.groupby("station")[["level", "depth", "ground"]].all()
    return pd.Series(
        np.select(
            [every["level"], every["depth"], every["ground"]], [LEVEL, DEPTH, CONVERTED], default=MIXED
        ),
        index=every.index,
        dtype=object,
    )
