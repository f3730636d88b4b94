"""Units in order: whose groundwater fell most, who uses most of its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from .changes import station_changes
from .periods import BASES, PREVIOUS, Span, earlier, span

if TYPE_CHECKING:
    from ..rules.scene import Scene

MEASURES = ("level_change", "utilisation")
LEVEL_COLUMNS = (
    "unit_id",
    "name",
    "level",
    "period",
    "previous",
    "before_m",
    "after_m",
    "change_m",
    "rank",
    "n_stations",
    "n_used",
    "n_left_out",
)
USE_COLUMNS = (
    "unit_id",
    "name",
    "level",
    "period",
    "use_m3",
    "plan_m3",
    "ratio",
    "margin_m3",
    "period_state",
    "rank",
)
_DECIMALS = 9
"""Figures that differ by less than 1e-9 (m, or of the plan) share a rank."""


@dataclass(frozen=True)
class Ranking:
    """Units in the order of a measure.

    Attributes:
        frame: one row per unit of the level, ranked ones first; columns ``LEVEL_COLUMNS`` or ``USE_COLUMNS``.
            ``rank`` is empty for a unit without a figure.
        measure, level, period: what was asked for; ``previous`` is empty for ``utilisation``.
        signed: rank 1 is the largest fall (true) or the largest change in either direction (false).
        n_stations, n_used: stations in the register, and those that entered the ranking.
        left_out: stations left out, by reason: ``no_data`` (no observation in one of the periods), ``mixed``
            (elevations and depths without a ground elevation), ``no_unit`` (in no unit of the level).
    """

    frame: pd.DataFrame
    measure: str
    level: str
    period: str
    previous: str = ""
    signed: bool = True
    n_stations: int = 0
    n_used: int = 0
    left_out: dict[str, int] = field(default_factory=dict)


def rank_units(
    scene: Scene,
    *,
    level: str = "county",
    measure: str = "level_change",
    period: str | Span,
    previous: str | Span | None = None,
    signed: bool = True,
    basis: str = PREVIOUS,
    source: str = "groundwater",
) -> Ranking:
    """Rank the units of one level.

    ``level_change``: Δ = mean over the unit's stations of (mean level in ``period`` − mean level in the period it is
    compared with), stations with observations in both periods only, each station one voice (see
    :func:`station_changes`; depths to water count with the opposite sign). Largest fall = rank 1, equal changes share
    a rank and the next rank is skipped; ``signed=False`` ranks by \\|Δ\\|, largest first.

    ``utilisation``: use ÷ plan of the calendar year ``period``, largest first; where several issuers set a plan the
    smallest counts. A unit without a use or a plan has no rank. A year that is not over is marked ``open``.

    Args:
        scene: register and policy on a day.
        level: level of the units, e.g. ``county``, ``township``, ``regiment``.
        period: ``YYYY``, ``YYYY-Qn`` or ``YYYY-MM`` (``utilisation``: ``YYYY``).
        previous: what it is compared with; empty: by ``basis``.
        basis: ``previous_quarter`` (the period just before, of the same length) or ``same_quarter_last_year``.
        source: of the use and the plan: ``groundwater`` or ``total``.

    Raises:
        OverdraftError: an unknown measure, period or basis, or periods that overlap.
        MissingRoleError: the register has no stations or no levels (``level_change``).
    """
    now = span(period)
    if measure == "utilisation":
        return _by_use(scene, level, now, source)
    if measure != "level_change":
        raise OverdraftError("ranking.measure", found=measure, allowed=list(MEASURES))
    before = earlier(now, basis) if previous is None else span(previous)
    if before.start <= now.end and now.start <= before.end:
        raise OverdraftError("ranking.overlap", period=str(now), previous=str(before))
    stations, levels = scene.register["stations"], scene.register["levels"]
    changes = station_changes(stations["station_id"], stations["ground_m"], levels, now, before)
    unit = np.asarray(scene.unit_at("stations", level), dtype=object)
    units = _units(scene, level)
    changes.loc[~np.isin(unit.astype(str), units["unit_id"].astype(str)), "left_out"] = "no_unit"
    frame = _level_frame(units, changes, unit, now, before)
    frame["rank"] = by_rank(frame["change_m"] if signed else -frame["change_m"].abs())
    used = changes["left_out"] == ""
    return Ranking(
        _in_order(frame, LEVEL_COLUMNS),
        measure,
        level,
        str(now),
        str(before),
        signed,
        len(changes),
        int(used.sum()),
        {reason: int(count) for reason, count in changes.loc[~used, "left_out"].value_counts().items()},
    )


def by_rank(values: Sequence[float] | pd.Series) -> pd.Series:
    """Ranks from the smallest value (rank 1); equal values share the better rank, NaN has none (Int64)."""
    rounded = pd.Series(values, dtype="float64").round(_DECIMALS)
    return rounded.rank(method="min", ascending=True).astype("Int64")


def _units(scene: Scene, level: str) -> pd.DataFrame:
    table = scene.unit_table
    table = table.loc[table["level"] == level, ["unit_id", "name", "level"]]
    in_scope = np.asarray(scene.unit_subjects(table["unit_id"].to_numpy(dtype=object)).in_scope, dtype=bool)
    return table[in_scope].drop_duplicates("unit_id").sort_values("unit_id").reset_index(drop=True)


def _level_frame(
    units: pd.DataFrame, changes: pd.DataFrame, unit: np.ndarray, now: Span, before: Span
) -> pd.DataFrame:
    by_unit = changes.assign(unit=unit, used=changes["left_out"] == "")
    by_unit = by_unit[np.isin(unit.astype(str), units["unit_id"].astype(str))]
    grouped = by_unit.groupby("unit")
    used = by_unit[by_unit["used"]].groupby("unit")[["before_m", "after_m", "change_m"]]
    counts = pd.DataFrame({"n_stations": grouped.size(), "n_used": grouped["used"].sum()})
    frame = units.copy()
    # A mean elevation is only one if every station that enters it has an elevation: NaN spreads on purpose.
    means = (
        used.agg(lambda column: column.mean(skipna=False)).reindex(frame["unit_id"]).reset_index(drop=True)
    )
    counts = counts.reindex(frame["unit_id"], fill_value=0).reset_index(drop=True).astype("int64")
    frame["period"], frame["previous"] = str(now), str(before)
    frame[["before_m", "after_m", "change_m"]] = means.to_numpy(dtype="float64").reshape(len(frame), 3)
    frame["n_stations"], frame["n_used"] = counts["n_stations"], counts["n_used"]
    frame["n_left_out"] = counts["n_stations"] - counts["n_used"]
    return frame


def _by_use(scene: Scene, level: str, now: Span, source: str) -> Ranking:
    if now.months != 12:
        raise OverdraftError("ranking.whole_year", found=str(now))
    frame = _units(scene, level)
    used, caps = scene.amounts.used(level, source), scene.amounts.caps(level, source)
    used = used[used["year"] == now.year].drop_duplicates("unit_id").set_index("unit_id")
    plan = caps[caps["year"] == now.year].groupby("unit_id")["value"].min()
    frame["period"] = str(now)
    frame["use_m3"] = frame["unit_id"].map(used["value"]).astype("float64")
    frame["plan_m3"] = frame["unit_id"].map(plan).astype("float64")
    frame["ratio"] = frame["use_m3"] / frame["plan_m3"].where(frame["plan_m3"] > 0)
    frame["margin_m3"] = frame["plan_m3"] - frame["use_m3"]
    frame["period_state"] = frame["unit_id"].map(used["state"]).astype(object).fillna("")
    frame["rank"] = by_rank(-frame["ratio"])
    return Ranking(_in_order(frame, USE_COLUMNS), "utilisation", level, str(now))


def _in_order(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    ranked = frame.sort_values(["rank", "unit_id"], kind="stable", na_position="last")
    return ranked.reset_index(drop=True)[list(columns)]


__all__ = ["BASES", "LEVEL_COLUMNS", "MEASURES", "USE_COLUMNS", "Ranking", "by_rank", "rank_units"]
