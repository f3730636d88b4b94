"""Meters: how far a unit has come with them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ...register.identity import ROW_ID
from ..binding import Binding
from ..facts.energy_facts import periods
from ..facts.equipment import NEEDS, equipment
from ..facts.monitored import monitored
from ..facts.permit_facts import permitted_volume
from ..registry import Parameter, Rule, words
from ..scene import Scene

SUBJECTS = ("wells", "intakes", "sections", "stations")
SHOWN = 20
"""Ids of points without a meter that a unit's finding lists."""


def coverage(scene: Scene, binding: Binding) -> Verdicts:
    """How many points of a unit have what the clause requires (TLF-1.2a, 3.5b, 3.5c, TOL-14, HJQ-3.4c, KYS-R6a …).

    ``coverage % = points that meet every requirement ÷ points in scope × 100``, for each unit of ``level`` and for
    the whole area of the policy. In scope: wells in use, those for monitoring left out (all other points as they
    stand), of the ``uses``, ``kinds`` and ``intake_level`` named. Of a count that the document records,
    ``recorded_count``, the share is shown beside.

    Complete: pass. Incomplete: fail; until ``due_on`` (included) no verdict. Points of which nobody says whether they
    meet the requirement: not evaluated, unless others make it incomplete anyway. Complete after the due day, but
    some meters of points that stood on that day came later: review; their day is not recorded: not evaluated. Where
    the clause asks for data in real time, a well without a figure for more than ``stale_days`` days does not have what
    is required; while nobody has set the days, nothing passes.
    """
    role = binding.value("subject")
    if not scene.has(role):
        return binding.cannot("rules.role_missing", role=role)
    if (missing := unset(binding)) is not None:
        return missing
    points = _points(scene, binding, role)
    subjects, table = _by_unit(scene, binding, role, points)
    due = binding.value("due_on")
    endless = "stale_days" in binding.keys and binding.value("stale_days") is None
    table["outcome"], table["case"], table["period_state"] = _judge(table, due, scene.as_of, endless)
    size, met = table["n"].to_numpy("float64"), table["met"].to_numpy("float64")
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(size > 0, met / size * 100, np.nan)
    count = binding.value("recorded_count")
    city = subjects == scene.city
    of_count = np.where(city & bool(count), met / (count or 1) * 100, np.nan)
    listed = count is not None
    key = "meters.coverage." + table["case"].astype(object)
    key = key.where(
        ~(city & listed & ~table["case"].isin(["nothing", "no_interval"]).to_numpy()), key + "_of_count"
    )
    return binding.say(
        scene.unit_subjects(subjects),
        asked=(table["n"] > 0).to_numpy() | city,
        outcome=table["outcome"].to_numpy(dtype=object),
        key=key.to_numpy(dtype=object),
        period=str(due.year) if due else "",
        period_state=table["period_state"].to_numpy(dtype=object),
        action=np.where(
            table["outcome"] == "pass", "none", np.where(table["lacking"] > 0, "meter", "supply_data")
        ),
        measured=share,
        threshold=100.0,
        measure_unit="%",
        values={
            "unit": subjects,
            "layer": role,
            "n": table["n"].to_numpy(),
            "n_met": table["met"].to_numpy(),
            "gap": table["lacking"].to_numpy(),
            "n_unknown": table["unknown"].to_numpy(),
            "n_late": table["late"].to_numpy(),
            "n_undated": table["undated"].to_numpy(),
            "share": np.round(share, 2),
            "recorded": count,
            "recorded_share": np.round(of_count, 2),
            "due_on": due.isoformat() if due else None,
        },
        evidence={
            "n": table["n"].to_numpy(),
            "n_met": table["met"].to_numpy(),
            "gap": table["lacking"].to_numpy(),
            "n_unknown": table["unknown"].to_numpy(),
            "n_stale": table["stale"].to_numpy(),
            "n_late": table["late"].to_numpy(),
            "n_undated": table["undated"].to_numpy(),
            "share_of_recorded_count": of_count,
            "without": table["listed"].to_numpy(dtype=object),
            **{f"share_{need}": table[need].to_numpy() for need in binding.value("require")},
        },
    )


def unset(binding: Binding) -> Verdicts | None:
    """What is to be said where the document names a group of points and nobody has said which; else None."""
    for name in ("uses", "kinds", "intake_level"):
        key = binding.keys.get(name)
        if key is not None and binding.value(name) is None:
            setting = binding.policy.setting(key)
            return binding.cannot(
                "rules.value_missing", setting=key, label_en=setting.label_en, label_zh=setting.label_zh
            )
    return None


def _points(scene: Scene, binding: Binding, role: str) -> pd.DataFrame:
    """Points that the clause speaks of: ``met``, ``lacking``, ``unknown``, ``stale``, ``late`` and ``undated``
    (bool), and each requirement."""
    frame, has = scene.frame(role), equipment(scene, role)
    need = binding.value("require")
    states = has[list(need)].to_numpy(dtype="float64")
    surely, maybe = in_scope(scene, binding, role, frame)
    met, lacks = (states == 1).all(axis=1), (states == 0).any(axis=1)
    stale = np.zeros(len(frame), dtype=bool)
    if (limit := binding.value("stale_days")) is not None:
        days = _silent_days(scene, role)
        stale = met & (days > limit)
        met, lacks = met & (days <= limit), lacks | stale
    due = binding.value("due_on")
    late, undated = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    if due is not None and scene.as_of > due:
        stood = met & ~_later(scene, role, due)
        late = stood & (has["installed_on"] > pd.Timestamp(due)).to_numpy()
        undated = stood & has["installed_on"].isna().to_numpy()
    points = pd.DataFrame({name: states[:, place] for place, name in enumerate(need)})
    points["met"], points["lacking"] = met & (surely | maybe), lacks & surely
    points["unknown"] = (surely | maybe) & ~points["met"] & ~points["lacking"]
    points["stale"] = stale & surely
    points["late"], points["undated"] = late & surely, undated & (surely | maybe)
    points["asked"] = (surely | maybe) & scene.subjects(role).in_scope
    points["id"] = frame[ROW_ID].to_numpy(dtype=object)
    return points


def in_scope(scene: Scene, binding: Binding, role: str, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Points that are surely in scope, and those that may be because a state, use, kind or level is empty.

    A well for monitoring takes no water and is in neither; one from which some was taken all the same may be. Where
    the clause speaks of large takes only, ``large_m3`` m³ a year or more, a point whose yearly volume nobody knows
    may be one.
    """
    yes = np.ones(len(frame), dtype=bool)
    maybe = np.ones(len(frame), dtype=bool)
    if role == "wells":
        now = scene.wells_now
        yes &= now["in_use"].to_numpy(dtype=bool)
        maybe &= now["in_use"].to_numpy(dtype=bool) | now["status"].isna().to_numpy(dtype=bool)
        quiet, drawn = monitored(scene)
        yes, maybe = yes & ~quiet & ~drawn, maybe & ~quiet
    if binding.rule.parameter("large_m3"):
        volume = _yearly_volume(scene, role)
        large = volume >= float(binding.value("large_m3"))
        yes, maybe = yes & large, maybe & (large | np.isnan(volume))
    for parameter, column in (("uses", "use"), ("kinds", "kind"), ("intake_level", "level")):
        wanted = binding.value(parameter) if binding.rule.parameter(parameter) else None
        if not wanted or column not in frame.columns:
            continue
        hit = frame[column].isin([wanted] if isinstance(wanted, str) else wanted).to_numpy(dtype=bool)
        yes &= hit
        maybe &= hit | frame[column].isna().to_numpy(dtype=bool)
    return yes, maybe & ~yes


def _yearly_volume(scene: Scene, role: str) -> np.ndarray:
    """m³ a year of each point: permitted, or more where more was read; NaN where neither is known. The register has
    no volumes of points other than wells."""
    size = len(scene.frame(role))
    if role != "wells":
        return np.full(size, np.nan)
    read = scene.amounts.well_years.groupby("well")["volume_m3"].max().reindex(range(size))
    return np.fmax(permitted_volume(scene)[0], read.to_numpy(dtype="float64"))


def _silent_days(scene: Scene, role: str) -> np.ndarray:
    """Days since the end of the last period of which each point has a figure, NaN where it has none."""
    size = len(scene.frame(role))
    if role != "wells":
        return np.full(size, np.nan)
    rows = periods(scene).frame
    rows = rows[(rows["volume_m3"].notna() | rows["energy_kwh"].notna()).to_numpy()]
    month = rows["month"].to_numpy(dtype="int64")
    after = (rows["year"].to_numpy(dtype="int64") - 1970) * 12 + np.where(month > 0, month, 12)
    end = after.astype("datetime64[M]").astype("datetime64[D]") - np.timedelta64(1, "D")
    past = (scene.today - np.minimum(end, scene.today)).astype("int64")
    return pd.Series(past).groupby(rows["well"].to_numpy()).min().reindex(range(size)).to_numpy("float64")


def _later(scene: Scene, role: str, due: date) -> np.ndarray:
    """Wells that were built or commissioned after the due day."""
    frame = scene.frame(role)
    if role != "wells":
        return np.zeros(len(frame), dtype=bool)
    first = frame["commissioned_on"].where(frame["commissioned_on"].notna(), frame["built_on"])
    return (first > pd.Timestamp(due)).to_numpy(dtype=bool)


def _by_unit(
    scene: Scene, binding: Binding, role: str, points: pd.DataFrame
) -> tuple[np.ndarray, pd.DataFrame]:
    """Counts of each unit of the level and of the whole area, which comes last."""
    unit = np.asarray(scene.unit_at(role, binding.value("level")), dtype=object)
    asked = points[points["asked"].to_numpy()].assign(unit=unit[points["asked"].to_numpy()])
    parts = asked[(asked["unit"] != "").to_numpy() & (asked["unit"] != scene.city).to_numpy()]
    level = scene.unit_table
    known = level.loc[level["level"] == binding.value("level"), "unit_id"]
    ids = sorted({*known, *parts["unit"]} - {scene.city})
    both = pd.concat([parts, asked.assign(unit=scene.city)], ignore_index=True)
    groups = both.groupby("unit", sort=False)
    subjects = np.array([*ids, scene.city], dtype=object)
    table = pd.DataFrame({"n": groups.size()})
    for name in ("met", "lacking", "unknown", "stale", "late", "undated"):
        table[name] = groups[name].sum()
    table = table.reindex(subjects).fillna(0).astype("int64")
    for name in binding.value("require"):
        met = (both[name] == 1).groupby(both["unit"]).sum().reindex(subjects).fillna(0)
        table[name] = (met / table["n"].where(table["n"] > 0) * 100).astype("float64")
    without = both[~both["met"].to_numpy()].sort_values("id", kind="stable").groupby("unit").head(SHOWN)
    told = without.groupby("unit")["id"].agg(";".join).reindex(subjects)
    table["listed"] = told.astype(object).where(told.notna(), None)
    return subjects, table.reset_index(drop=True)


def _judge(
    table: pd.DataFrame, due: date | None, as_of: date, endless: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcome, case (last part of the message key) and state of the period.

    ``endless``: nobody has set the days without data after which a point no longer has what is required.
    """
    early = due is not None and as_of <= due
    cases = [
        table["n"] == 0,
        (table["lacking"] > 0) & early,
        table["lacking"] > 0,
        table["unknown"] > 0,
        table["late"] > 0,
        table["undated"] > 0,
        np.full(len(table), endless),
    ]
    names = ["nothing", "in_window", "short", "unknown", "late", "undated", "no_interval"]
    case = np.select(cases, names, "complete").astype(object)
    unjudged = "not_evaluated"
    outcome = np.select(cases, [unjudged, unjudged, "fail", unjudged, "review", unjudged, unjudged], "pass")
    state = np.select(cases[:3], ["", "in_window", "overdue" if due else ""], "in_window" if early else "")
    return outcome.astype(object), case, state.astype(object)


_COVERAGE = (
    Parameter("uses", "texts", one_of=words("use")),
    Parameter("kinds", "texts", one_of=words("intake_kind")),
    Parameter("intake_level", "text", one_of=words("intake_level")),
    Parameter("level", "text", one_of=words("unit_level"), default="county"),
    Parameter("require", "texts", one_of=NEEDS, default=("metered",)),
    Parameter("due_on", "date"),
    Parameter("recorded_count", "integer"),
    Parameter("stale_days", "integer"),
)
_LARGE = Parameter("large_m3", "number", required=True)

RULES = (
    Rule(
        "meters.coverage",
        coverage,
        subjects=("units",),
        parameters=(Parameter("subject", "text", one_of=SUBJECTS, default="wells"), *_COVERAGE),
    ),
    Rule(
        "meters.intake_coverage",
        coverage,
        subjects=("units",),
        parameters=(Parameter("subject", "text", one_of=SUBJECTS, default="intakes"), *_COVERAGE),
    ),
    Rule(
        "meters.station_coverage",
        coverage,
        subjects=("units",),
        parameters=(Parameter("subject", "text", one_of=SUBJECTS, default="stations"), *_COVERAGE),
    ),
    Rule(
        "meters.large_coverage",
        coverage,
        subjects=("units",),
        parameters=(Parameter("subject", "text", one_of=SUBJECTS, default="wells"), *_COVERAGE, _LARGE),
    ),
    Rule(
        "meters.large_intake_coverage",
        coverage,
        subjects=("units",),
        parameters=(Parameter("subject", "text", one_of=SUBJECTS, default="intakes"), *_COVERAGE, _LARGE),
    ),
)
