"""Units in order: whose groundwater fell most, who uses most of its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import OverdraftError
from ..rules.facts.yearbook import caps_of, plain_scope, used_by
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
    smallest counts. Use and plan are of one scope: of the whole unit where both are told, else of the part of it that
    used most of its plan. A use above a plan of 0 comes before every ratio. A unit without a use or a plan has no
    rank, nor one whose use and plan are of different scopes (``not_comparable``). A year that is not over is marked
    ``open``.

    Observations after the scene's day are left out.

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
    levels = levels[(levels["date_on"] <= pd.Timestamp(scene.as_of)).to_numpy(dtype=bool)]
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
    pairs = _use_and_plan(scene, level, now.year, source).reindex(frame["unit_id"]).reset_index(drop=True)
    use, plan = pairs["value"].astype("float64"), pairs["plan"].astype("float64")
    differ = pairs["differ"].eq(True)
    frame["period"] = str(now)
    frame["use_m3"], frame["plan_m3"] = use, plan
    frame["ratio"] = (use / plan.where(plan > 0)).where(~differ)
    frame["margin_m3"] = (plan - use).where(~differ)
    frame["period_state"] = pairs["state"].astype(object).fillna("").where(~differ, "not_comparable")
    beyond_none = (plan == 0) & (use > 0) & ~differ
    frame["rank"] = by_rank(-frame["ratio"].where(~beyond_none, np.inf))
    return Ranking(_in_order(frame, USE_COLUMNS), "utilisation", level, str(now))


def _use_and_plan(scene: Scene, level: str, year: int, source: str) -> pd.DataFrame:
    """One row per unit: ``value`` (use), ``plan``, ``state`` of the use, ``differ`` (no use and plan of one scope)."""
    used, caps = used_by(scene, level, source), caps_of(scene, level, source)
    used, caps = (table[table["year"] == year] for table in (used, caps))
    used = used.assign(scope=plain_scope(used["scope"], used["unit_id"], scene))
    caps = caps.assign(scope=plain_scope(caps["scope"], caps["unit_id"], scene))
    used = used.drop_duplicates(["unit_id", "scope"])
    plans = caps.groupby(["unit_id", "scope"])["value"].min().rename("plan").reset_index()
    table = used[["unit_id", "scope", "value", "state"]].merge(plans, how="outer", on=["unit_id", "scope"])
    both = table["value"].notna() & table["plan"].notna()
    share = (table["value"] / table["plan"].where(table["plan"] > 0)).where(both)
    table = table.assign(alone=~both, part=table["scope"] != "", share=-share)
    table = table.sort_values(["unit_id", "alone", "part", "share", "scope"], kind="stable")
    grouped = table.groupby("unit_id")
    # the first of each column: of a pair both its figures, else a use and a plan of whatever scope, to be shown
    first = grouped[["value", "plan", "state", "alone"]].first()
    differ = first.pop("alone") & first["value"].notna() & first["plan"].notna()
    return first.assign(differ=differ)


def _in_order(frame: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    ranked = frame.sort_values(["rank", "unit_id"], kind="stable", na_position="last")
    return ranked.reset_index(drop=True)[list(columns)]


__all__ = ["BASES", "LEVEL_COLUMNS", "MEASURES", "USE_COLUMNS", "Ranking", "by_rank", "rank_units"]
