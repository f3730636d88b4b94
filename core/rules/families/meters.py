"""Meters: who must have one, how far a unit has come, and when a meter is to be checked."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ...register.identity import ROW_ID
from ..binding import Binding
from ..facts.equipment import NEEDS, equipment
from ..registry import Parameter, Rule, words
from ..scene import Scene

SUBJECTS = ("wells", "intakes", "sections", "stations")
SHOWN = 20
"""Ids of points without a meter that a unit's finding lists."""


def coverage(scene: Scene, binding: Binding) -> Verdicts:
    """How many points of a unit have what the clause requires (TLF-1.2a, 3.5b, 3.5c, TOL-14, HJQ-3.4c, KYS-R6a …).

    ``coverage % = points that meet every requirement ÷ points in scope × 100``, for each unit of ``level`` and for
    the whole area of the policy. In scope: wells in use (all other points as they stand) of the ``uses``, ``kinds``
    and ``intake_level`` named. Of a count that the document records, ``recorded_count``, the share is shown beside.

    Complete: pass. Incomplete: fail; until ``due_on`` (included) no verdict. Points of which nobody says whether they
    meet the requirement: not evaluated, unless others make it incomplete anyway. Complete after the due day, but
    some meters of points that stood on that day came later: review; their day is not recorded: not evaluated.
    """
    role = binding.value("subject")
    if not scene.has(role):
        return binding.cannot("rules.role_missing", role=role)
    if (unset := _unset(binding)) is not None:
        return unset
    points = _points(scene, binding, role)
    subjects, table = _by_unit(scene, binding, role, points)
    due = binding.value("due_on")
    table["outcome"], table["case"], table["period_state"] = _judge(table, due, scene.as_of)
    size, met = table["n"].to_numpy("float64"), table["met"].to_numpy("float64")
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(size > 0, met / size * 100, np.nan)
    count = binding.value("recorded_count")
    city = subjects == scene.city
    of_count = np.where(city & bool(count), met / (count or 1) * 100, np.nan)
    listed = count is not None
    key = "meters.coverage." + table["case"].astype(object)
    key = key.where(~(city & listed & (table["case"] != "nothing").to_numpy()), key + "_of_count")
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
            "n_late": table["late"].to_numpy(),
            "n_undated": table["undated"].to_numpy(),
            "share_of_recorded_count": of_count,
            "without": table["listed"].to_numpy(dtype=object),
            **{f"share_{need}": table[need].to_numpy() for need in binding.value("require")},
        },
    )


def _unset(binding: Binding) -> Verdicts | None:
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
    """Points that the clause speaks of: ``met``, ``lacking``, ``unknown``, ``late`` and ``undated``
    (bool), and each requirement."""
    frame, has = scene.frame(role), equipment(scene, role)
    need = binding.value("require")
    states = has[list(need)].to_numpy(dtype="float64")
    surely, maybe = _in_scope(scene, binding, role, frame)
    met, lacks = (states == 1).all(axis=1), (states == 0).any(axis=1)
    due = binding.value("due_on")
    late, undated = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    if due is not None and scene.as_of > due:
        stood = met & ~_later(scene, role, due)
        late = stood & (has["installed_on"] > pd.Timestamp(due)).to_numpy()
        undated = stood & has["installed_on"].isna().to_numpy()
    points = pd.DataFrame({name: states[:, place] for place, name in enumerate(need)})
    points["met"], points["lacking"] = met & (surely | maybe), lacks & surely
    points["unknown"] = (surely | maybe) & ~points["met"] & ~points["lacking"]
    points["late"], points["undated"] = late & surely, undated & (surely | maybe)
    points["asked"] = (surely | maybe) & scene.subjects(role).in_scope
    points["id"] = frame[ROW_ID].to_numpy(dtype=object)
    return points


def _in_scope(
    scene: Scene, binding: Binding, role: str, frame: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Points that are surely in scope, and those that may be because a state, use, kind or level is empty."""
    yes = np.ones(len(frame), dtype=bool)
    maybe = np.ones(len(frame), dtype=bool)
    if role == "wells":
        now = scene.wells_now
        yes &= now["in_use"].to_numpy(dtype=bool)
        maybe &= now["in_use"].to_numpy(dtype=bool) | now["status"].isna().to_numpy(dtype=bool)
    for parameter, column in (("uses", "use"), ("kinds", "kind"), ("intake_level", "level")):
        wanted = binding.value(parameter) if binding.rule.parameter(parameter) else None
        if not wanted or column not in frame.columns:
            continue
        hit = frame[column].isin([wanted] if isinstance(wanted, str) else wanted).to_numpy(dtype=bool)
        yes &= hit
        maybe &= hit | frame[column].isna().to_numpy(dtype=bool)
    return yes, maybe & ~yes


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
    for name in ("met", "lacking", "unknown", "late", "undated"):
        table[name] = groups[name].sum()
    table = table.reindex(subjects).fillna(0).astype("int64")
    for name in binding.value("require"):
        met = (both[name] == 1).groupby(both["unit"]).sum().reindex(subjects).fillna(0)
        table[name] = (met / table["n"].where(table["n"] > 0) * 100).astype("float64")
    without = both[~both["met"].to_numpy()].sort_values("id", kind="stable").groupby("unit").head(SHOWN)
    told = without.groupby("unit")["id"].agg(";".join).reindex(subjects)
    table["listed"] = told.astype(object).where(told.notna(), None)
    return subjects, table.reset_index(drop=True)


def _judge(table: pd.DataFrame, due: date | None, as_of: date) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcome, case (last part of the message key) and state of the period."""
    early = due is not None and as_of <= due
    cases = [
        table["n"] == 0,
        (table["lacking"] > 0) & early,
        table["lacking"] > 0,
        table["unknown"] > 0,
        table["late"] > 0,
        table["undated"] > 0,
    ]
    names = ["nothing", "in_window", "short", "unknown", "late", "undated"]
    case = np.select(cases, names, "complete").astype(object)
    unjudged = "not_evaluated"
    outcome = np.select(cases, [unjudged, unjudged, "fail", unjudged, "review", unjudged], "pass")
    state = np.select(cases[:3], ["", "in_window", "overdue" if due else ""], "in_window" if early else "")
    return outcome.astype(object), case, state.astype(object)


def required(scene: Scene, binding: Binding) -> Verdicts:
    """Each well in use has what the clause requires of its meter (TLF-3.5a, TOL-9b, TOL-P, HJQ-3.4d, YJS-3.4.3b).

    Every requirement is a question of its own, ``meters.required.<need>``. A requirement other than ``metered`` and
    ``account`` is asked of wells that are not known to lack a meter: the lack itself is said once. Not met: fail.
    Nobody says: not evaluated. State or use of the well not recorded and the requirement not met: review.
    """
    if (unset := _unset(binding)) is not None:
        return unset
    need, role = binding.value("require"), "wells"
    frame, has = scene.frame(role), equipment(scene, role)
    surely, maybe = _in_scope(scene, binding, role, frame)
    found = []
    for name in need:
        state = has[name].to_numpy()
        moot = name not in ("metered", "account") and "metered" in need
        moot = (has["metered"] == 0).to_numpy() & moot
        outcome = np.select(
            [state == 1, np.isnan(state), surely], ["pass", "not_evaluated", "fail"], "review"
        )
        known = np.where(np.isnan(state), "_unknown", "")
        found.append(
            binding.say(
                scene.subjects(role),
                asked=(surely | maybe) & ~moot,
                outcome=outcome.astype(object),
                key=(f"meters.required.{name}" + pd.Series(known, dtype=object)).to_numpy(dtype=object),
                action=np.select(
                    [outcome == "pass", np.isnan(state)], ["none", "supply_data"], "meter"
                ).astype(object),
                values={"use": frame["use"].to_numpy(dtype=object)},
                evidence={
                    "status": scene.wells_now["status"].to_numpy(dtype=object),
                    "use": frame["use"].to_numpy(dtype=object),
                    name: np.where(np.isnan(state), None, state == 1).astype(object),
                },
                check=name,
            )
        )
    return concat(found)


def check_due(scene: Scene, binding: Binding) -> Verdicts:
    """Meters work and were checked within so many ``days`` (KYS-R6d).

    Asked of meters of wells in use. Not working: fail. ``as_of − checked_on > days``: overdue, a failure. Never known
    to have been checked, or not known to work: not evaluated.
    """
    meters, days = scene.frame("meters"), float(binding.value("days"))
    row = np.asarray(scene.rows_of("wells", meters["well_id"]), dtype="int64")
    now = scene.wells_now
    open_ = (now["in_use"] | now["status"].isna()).to_numpy(dtype=bool)
    asked = np.append(open_, True)[row]
    passed = (pd.Timestamp(scene.as_of) - meters["checked_on"]).dt.days.to_numpy(dtype="float64")
    passed = np.where(passed < 0, np.nan, passed)
    works = meters["working"].astype("float64").to_numpy(dtype="float64", na_value=np.nan)
    cases = [works == 0, passed > days, np.isnan(passed), np.isnan(works)]
    case = np.select(cases, ["not_working", "overdue", "never_checked", "state_unknown"], "in_order")
    outcome = np.select(cases, ["fail", "fail", "not_evaluated", "not_evaluated"], "pass")
    return binding.say(
        scene.subjects("meters"),
        asked=asked,
        outcome=outcome.astype(object),
        key=("meters.check_due." + pd.Series(case, dtype=object)).to_numpy(dtype=object),
        action=np.select(cases, ["meter", "meter", "supply_data", "supply_data"], "none").astype(object),
        period_state=np.where(case == "overdue", "overdue", "").astype(object),
        measured=passed,
        threshold=days,
        measure_unit="day",
        values={"days": passed, "limit": days, "well": meters["well_id"].to_numpy(dtype=object)},
        evidence={
            "well_id": meters["well_id"].to_numpy(dtype=object),
            "checked_on": meters["checked_on"].to_numpy(),
            "working": meters["working"].to_numpy(dtype=object),
        },
    )


_REQUIRE = Parameter("require", "texts", one_of=NEEDS, default=("metered",))
_COVERAGE = (
    Parameter("uses", "texts", one_of=words("use")),
    Parameter("kinds", "texts", one_of=words("intake_kind")),
    Parameter("intake_level", "text", one_of=words("intake_level")),
    Parameter("level", "text", one_of=words("unit_level"), default="county"),
    _REQUIRE,
    Parameter("due_on", "date"),
    Parameter("recorded_count", "integer"),
)

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
        "meters.required",
        required,
        subjects=("wells",),
        needs=("wells",),
        parameters=(Parameter("uses", "texts", one_of=words("use")), _REQUIRE),
    ),
    Rule(
        "meters.check_due",
        check_due,
        subjects=("meters",),
        needs=("meters",),
        parameters=(Parameter("days", "number", required=True),),
    ),
)
