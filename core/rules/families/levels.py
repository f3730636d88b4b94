"""Groundwater levels: against their control, their trend, their change, and the stations that are assessed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.flags import flagged, recorded
from ..facts.levels import level_state, station_margins, station_slopes, station_years, unit_levels
from ..facts.yearbook import last_full_year, plain_scope, unit_names, units_of, used_by, year_table
from ..registry import Parameter, Rule
from ..scene import Scene
from .quota_units import CAP_ACTIONS, CAP_KEYS, LEVELS, SOURCES, figures_of, whole_numbers

LEVEL_TOLERANCE_M = 1e-9
MANY_IDS = 5


def control(scene: Scene, binding: Binding) -> Verdicts:
    """Level of a unit against its control level, and with ``volume`` its use against its cap (TLF-4.2a, HJQ-3.4a).

    Level: mean over the unit's stations of the year, ``level ≥ control`` as an elevation, ``depth ≤ control`` where
    only depths are known; equality passes. Without a threshold: not evaluated, never a pass. Stations below their own
    threshold are named. Years: ``years``, else the last one with levels. Two verdicts, ``.level`` and ``.volume``, so
    that neither covers the other. ``short`` = review: a control that is not kept is for a person to look at.
    """
    level = str(binding.value("level") or "county")
    found = [_level(scene, binding, level)]
    if binding.value("volume"):
        found.append(_volume(scene, binding, level))
    return concat(found)


def _volume(scene: Scene, binding: Binding, level: str) -> Verdicts:
    source, years = str(binding.value("source") or "groundwater"), whole_numbers(binding.value("years"))
    table = year_table(scene, level=level, source=source, years=years)
    state = table["state"]
    return binding.say(
        scene.unit_subjects(table["unit_id"].to_numpy(dtype=object)),
        outcome=table["outcome"].replace({"fail": binding.value("short")}).to_numpy(dtype=object),
        key=state.map(CAP_KEYS).to_numpy(dtype=object),
        values=figures_of(scene, table),
        period=table["year"].astype(str).to_numpy(dtype=object),
        period_state=table["period_state"].to_numpy(dtype=object),
        action=state.map(CAP_ACTIONS).fillna("none").to_numpy(dtype=object),
        measured=table["use_m3"].to_numpy(),
        threshold=table["cap_m3"].to_numpy(),
        measure_unit="m3",
        check="volume",
    )


def _level(scene: Scene, binding: Binding, level: str) -> Verdicts:
    """One verdict per unit and year; the running year is judged as far as it goes."""
    table = _years_judged(scene, level, whole_numbers(binding.value("years")))
    ids, year = table["unit_id"].to_numpy(dtype=object), table["year"].to_numpy("int64")
    margin = table["margin_m"].to_numpy("float64")
    future, running = year > scene.as_of.year, year > last_full_year(scene)
    state = np.where(future, "not_due", table["state"].fillna("no_level")).astype(object)
    outcome = np.select(
        [state == "below", (state == "kept") & ~running],
        [binding.value("short"), "pass"],
        default="not_evaluated",
    ).astype(object)
    key = np.where((state == "kept") & running, "open", state)
    failing = table["failing"].map(lambda found: found[:MANY_IDS] if isinstance(found, list) else None)
    return binding.say(
        scene.unit_subjects(ids),
        outcome=outcome,
        key=np.array([f"levels.control.{one}" for one in key], dtype=object),
        values={
            "unit": unit_names(scene, ids),
            "year": year,
            "margin": np.abs(margin).round(3),
            "n_stations": table["n_stations"].fillna(0).astype("int64").to_numpy(),
            "n_unknown": table["n_unknown"].fillna(0).astype("int64").to_numpy(),
            "stations": failing.to_numpy(dtype=object),
        },
        evidence={
            "failing": table["failing"].to_numpy(dtype=object),
            "mean_level_m": table["level_m"].to_numpy(),
        },
        period=year.astype(str).astype(object),
        period_state=np.select([future, running], ["not_due", "open"], "closed").astype(object),
        action=np.select(
            [state == "below", np.isin(state, ["no_level", "unknown"])], ["limit", "supply_data"], "none"
        ).astype(object),
        measured=margin,
        threshold=0.0,
        measure_unit="m",
        check="level",
    )


def _years_judged(scene: Scene, level: str, years: tuple[int, ...]) -> pd.DataFrame:
    """``unit_levels`` and their ``state`` of each unit in each of the years, or in its last one with levels."""
    units = unit_levels(scene, level)
    units = units.assign(state=level_state(units))
    ids = np.unique(np.concatenate([units_of(scene, level), units["unit_id"]]).astype(object))
    if years:
        rows = pd.MultiIndex.from_product([ids, years], names=["unit_id", "year"]).to_frame(index=False)
    else:
        last = units.groupby("unit_id")["year"].max().reindex(ids).fillna(last_full_year(scene))
        rows = pd.DataFrame({"unit_id": ids, "year": last.to_numpy()})
    rows = rows.astype({"unit_id": object, "year": "int64"})
    return rows.merge(units.astype({"unit_id": object}), how="left", on=["unit_id", "year"])


def stations(scene: Scene, binding: Binding) -> Verdicts:
    """The mean level of each station in the last full year is not below its threshold (TOL-1b).

    As an elevation ``level ≥ threshold``, ``depth ≤ threshold`` where only depths are known; equality passes. Without
    a threshold or a level of that year: not evaluated.
    """
    year = last_full_year(scene)
    table = station_margins(scene)
    table = table[(table["year"] == year).to_numpy()].set_index("station")
    table = table.reindex(range(len(scene.frame("stations"))))
    margin = table["margin_m"].to_numpy("float64")
    state = np.select(
        [table["level_m"].isna().to_numpy(), np.isnan(margin), margin < -LEVEL_TOLERANCE_M],
        ["no_level", "no_threshold", "below"],
        default="kept",
    ).astype(object)
    return binding.say(
        scene.subjects("stations"),
        outcome=np.select([state == "kept", state == "below"], ["pass", "fail"], "not_evaluated").astype(
            object
        ),
        key=np.array([f"levels.stations.{one}" for one in state], dtype=object),
        values={
            "station": scene.subjects("stations").ids,
            "year": year,
            "margin": np.abs(margin).round(3),
        },
        evidence={"level_m": table["level_m"].to_numpy(), "threshold_m": table["threshold_m"].to_numpy()},
        period=str(year),
        period_state="closed",
        action=np.select([state == "below", state == "kept"], ["limit", "none"], "supply_data").astype(
            object
        ),
        measured=margin,
        threshold=0.0,
        measure_unit="m",
    )


def trend(scene: Scene, binding: Binding) -> Verdicts:
    """The fall of the level is checked: recent slope ≥ 0, or greater than that of the window before (TLF-1.2c).

    Theil–Sen slope of each station's yearly means over ``window_years`` years up to ``year`` (else the last full
    year) and over the window before; of a unit the median of its stations. A fall that did not slow down fails.
    """
    window = max(2, int(str(binding.value("window_years") or 3)))
    end = int(str(binding.value("year") or last_full_year(scene)))
    level = str(binding.value("level") or "county")
    recent, before = (
        _unit_slopes(scene, level, np.arange(last - window + 1, last + 1)) for last in (end, end - window)
    )
    ids = np.unique(np.concatenate([units_of(scene, level), recent.index, before.index]).astype(object))
    now, then = (found.reindex(ids).to_numpy("float64") for found in (recent, before))
    future = end > last_full_year(scene)
    state = np.select(
        [
            np.full(len(ids), future),
            np.isnan(now),
            now >= LEVEL_TOLERANCE_M,
            now >= -LEVEL_TOLERANCE_M,
            np.isnan(then),
            now > then,
        ],
        ["not_due", "no_level", "rising", "stable", "no_before", "slowing"],
        default="falling",
    ).astype(object)
    outcome = {"rising": "pass", "stable": "pass", "slowing": "pass", "falling": "fail"}
    return binding.say(
        scene.unit_subjects(ids),
        outcome=pd.Series(state, dtype=object).map(outcome).fillna("not_evaluated").to_numpy(dtype=object),
        key=np.array([f"levels.trend.{one}" for one in state], dtype=object),
        values={
            "unit": unit_names(scene, ids),
            "year": end,
            "window": window,
            "slope": now.round(3),
            "before": then.round(3),
        },
        period=f"{end - window + 1}/{end}",
        period_state="open" if future else "closed",
        action=np.where(np.isin(state, ["no_level", "no_before"]), "supply_data", "none").astype(object),
        measured=now,
        threshold=then,
        measure_unit="m/year",
    )


def _unit_slopes(scene: Scene, level: str, years: np.ndarray) -> pd.Series:
    """Median slope of each unit's stations over some years; stations need two of them."""
    slope = station_slopes(scene, years)
    unit = np.asarray(scene.unit_at("stations", level), dtype=object)
    known = ~np.isnan(slope) & (unit != "")
    return pd.Series(slope[known]).groupby(unit[known]).median()


def worsened(scene: Scene, binding: Binding) -> Verdicts:
    """Use that rose or a mean level that fell from one year to the next (TLF-4.5d, KYS-M6).

    Both signs are shown; the text sets no measure and no consequence, so a change for the worse is a review and the
    authority chooses the measure. Two verdicts, ``.volume`` and ``.level``, on the last full year and the one before
    it. ``also``: a further level of units that the clause names.
    """
    levels = [
        str(binding.value("level") or "county"),
        *([str(also)] if (also := binding.value("also")) else []),
    ]
    source, year = str(binding.value("source") or "groundwater"), last_full_year(scene)
    volumes = [_volume_change(scene, binding, level, source, year) for level in levels]
    return concat([*volumes, *(_level_change(scene, binding, level, year) for level in levels)])


def _volume_change(scene: Scene, binding: Binding, level: str, source: str, year: int) -> Verdicts:
    table = year_table(scene, level=level, source=source, years=(year - 1, year))
    used = used_by(scene, level, source)
    used = used.sort_values(["unit_id", "year", "value"], kind="stable").drop_duplicates(["unit_id", "year"])
    now, then = (table[(table["year"] == one).to_numpy()].set_index("unit_id") for one in (year, year - 1))
    ids = now.index.to_numpy(dtype=object)
    then = then.reindex(ids)
    scopes = [
        plain_scope(part["use_scope"].fillna("").reset_index(drop=True), pd.Series(ids, dtype=object), scene)
        for part in (now, then)
    ]
    lacking = np.zeros(len(ids), dtype=bool)
    for part in (now, then):
        lacking |= ((part["use_origin"] == "readings") & (part["n_without_reading"] > 0)).to_numpy(bool)
    lacking |= (now["period_state"] == "open").to_numpy() | (then["period_state"] == "open").to_numpy()
    before, after = then["use_m3"].to_numpy("float64"), now["use_m3"].to_numpy("float64")
    state = np.select(
        [np.isnan(before) | np.isnan(after), scopes[0] != scopes[1], lacking, after > before],
        ["no_use", "changed", "incomplete", "rose"],
        default="kept",
    ).astype(object)
    return _say_change(scene, binding, ids, year, before, after, state, "volume", "m3", "rose")


def _level_change(scene: Scene, binding: Binding, level: str, year: int) -> Verdicts:
    """Mean over the stations that were read in both years: a station that came or went changes no level."""
    table = station_years(scene).set_index(["station", "year"])["level_m"].unstack("year")
    size = len(scene.frame("stations"))
    both = pd.DataFrame({one: table.get(one, pd.Series(dtype="float64")) for one in (year - 1, year)})
    both = both.reindex(range(size)).assign(unit=np.asarray(scene.unit_at("stations", level), dtype=object))
    both = both[both[[year - 1, year]].notna().all(axis=1).to_numpy() & (both["unit"] != "").to_numpy()]
    means = both.groupby("unit")[[year - 1, year]].mean()
    ids = np.unique(np.concatenate([units_of(scene, level), means.index]).astype(object))
    means = means.reindex(ids)
    before, after = means[year - 1].to_numpy("float64"), means[year].to_numpy("float64")
    state = np.select(
        [np.isnan(before) | np.isnan(after), after < before - LEVEL_TOLERANCE_M],
        ["no_level", "fell"],
        default="kept",
    ).astype(object)
    return _say_change(scene, binding, ids, year, before, after, state, "level", "m", "fell")


def _say_change(
    scene, binding, ids, year, before, after, state, check: str, unit: str, worse: str
) -> Verdicts:
    outcome = np.select(
        [state == worse, state == "kept"], ["review", "pass"], default="not_evaluated"
    ).astype(object)
    return binding.say(
        scene.unit_subjects(ids),
        outcome=outcome,
        key=np.array([f"levels.worsened.{check}_{one}" for one in state], dtype=object),
        values={
            "unit": unit_names(scene, ids),
            "year": year,
            "before": before.round(3),
            "after": after.round(3),
            "change": np.abs(after - before).round(3),
        },
        evidence={"before": before, "after": after},
        period=f"{year - 1}/{year}",
        period_state=np.where(state == "changed", "not_comparable", "closed").astype(object),
        action=np.select(
            [state == worse, outcome == "not_evaluated"], ["explain", "supply_data"], "none"
        ).astype(object),
        measured=after,
        threshold=before,
        measure_unit=unit,
        check=check,
    )


def network(scene: Scene, binding: Binding) -> Verdicts:
    """Every station of the national network is in the assessment (TLF-4.5b)."""
    flags = scene.frame("stations")["flags"]
    national, assessed = flagged(flags, "national"), flagged(flags, "assessed")
    # empty flags say "neither" only where the register keeps flags at all
    unknown = flags.isna().to_numpy() & (not recorded(flags))
    state = np.select([unknown, national & ~assessed], ["unknown", "missing"], default="assessed").astype(
        object
    )
    outcome = {"unknown": "not_evaluated", "missing": "fail", "assessed": "pass"}
    return binding.say(
        scene.subjects("stations"),
        asked=national | unknown,
        outcome=pd.Series(state, dtype=object).map(outcome).to_numpy(dtype=object),
        key=np.array([f"levels.network.{one}" for one in state], dtype=object),
        action=np.select([state == "missing", unknown], ["list", "supply_data"], "none").astype(object),
    )


_WHERE = (
    Parameter("level", "text", default="county", one_of=LEVELS),
    Parameter("source", "text", default="groundwater", one_of=SOURCES),
)

RULES = (
    Rule(
        "levels.control",
        control,
        subjects=("units",),
        parameters=(
            *_WHERE,
            Parameter("volume", "bool", default=False),
            Parameter("years", "numbers"),
            Parameter("short", "text", default="fail", one_of=("fail", "review")),
        ),
    ),
    Rule("levels.stations", stations, subjects=("stations",), needs=("stations", "levels")),
    Rule(
        "levels.trend",
        trend,
        subjects=("units",),
        needs=("stations", "levels"),
        parameters=(
            Parameter("window_years", "integer", default=3),
            Parameter("level", "text", default="county", one_of=LEVELS),
            Parameter("year", "integer"),
        ),
    ),
    Rule(
        "levels.worsened",
        worsened,
        subjects=("units",),
        parameters=(*_WHERE, Parameter("also", "text", one_of=LEVELS)),
    ),
    Rule("levels.network", network, subjects=("stations",), needs=("stations",)),
)
