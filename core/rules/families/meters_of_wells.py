"""Meters of single wells: who must have one, which were damaged, and when a meter is to be checked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.equipment import NEEDS, equipment
from ..registry import Parameter, Rule, words
from ..scene import Scene
from .meters import in_scope, unset

OF_WELL = ("metered", "account")
"""Requirements that are none of the meter itself."""


def required(scene: Scene, binding: Binding) -> Verdicts:
    """Each well in use has what the clause requires of its meter (TLF-3.5a, TOL-9b, HJQ-3.4d, GWR-22a, WPR-43 …).

    Every requirement is a question of its own, ``meters.required.<need>``. A requirement other than ``metered`` and
    ``account`` is asked of wells that are not known to lack a meter: the lack itself is said once. Not met: fail.
    Nobody says: not evaluated. State or use of the well not recorded and the requirement not met: review. Wells for
    monitoring are asked only where water or power was taken, and never fail.

    Where the clause gives works that stood before ``new_from`` a deadline, ``existing_by``, a well that is not known
    to be younger is only due to have a meter after it: up to that day, or while nobody has set it, not evaluated.
    """
    if (missing := unset(binding)) is not None:
        return missing
    need, role = binding.value("require"), "wells"
    frame, has = scene.frame(role), equipment(scene, role)
    surely, maybe = in_scope(scene, binding, role, frame)
    time = _time(scene, binding)
    none = (has["metered"] == 0).to_numpy()
    found = []
    for name in need:
        state, of_meter = has[name].to_numpy(), name not in OF_WELL
        moot = none & (of_meter and "metered" in need)
        waits = np.where(state == 0, time, "") if name == "metered" else np.full(len(frame), "")
        early = np.isin(waits, ("no_deadline", "not_due"))
        unsaid = np.isnan(state)
        outcome = np.select([state == 1, unsaid | early, surely], ["pass", "not_evaluated", "fail"], "review")
        lack = np.where(none & of_meter, "metered", name).astype(object)
        key = np.select([unsaid, early], [lack + "_unknown", waits], lack)
        found.append(
            binding.say(
                scene.subjects(role),
                asked=(surely | maybe) & ~moot,
                outcome=outcome.astype(object),
                key="meters.required." + key.astype(object),
                action=np.select(
                    [outcome == "pass", unsaid | (waits == "no_deadline")], ["none", "supply_data"], "meter"
                ).astype(object),
                period_state=np.where(waits == "no_deadline", "", waits).astype(object),
                values={"use": frame["use"].to_numpy(dtype=object), **_days(binding)},
                evidence={
                    "status": scene.wells_now["status"].to_numpy(dtype=object),
                    "use": frame["use"].to_numpy(dtype=object),
                    name: np.where(np.isnan(state), None, state == 1).astype(object),
                },
                check=name,
            )
        )
    return concat(found)


def _time(scene: Scene, binding: Binding) -> np.ndarray:
    """For each well whether it is due to have a meter: always (empty), not yet, overdue, or nobody has set the day."""
    wells, new_from, by = scene.frame("wells"), binding.value("new_from"), binding.value("existing_by")
    if new_from is None:
        return np.full(len(wells), "")
    first = wells["built_on"].where(wells["built_on"].notna(), wells["commissioned_on"])
    late = "no_deadline" if by is None else "not_due" if scene.as_of <= by else "overdue"
    return np.where((first >= pd.Timestamp(new_from)).to_numpy(dtype=bool), "", late)


def _days(binding: Binding) -> dict[str, object]:
    given = {name: binding.value(name) for name in ("new_from", "existing_by")}
    return {name: day.isoformat() for name, day in given.items() if day is not None}


def damaged(scene: Scene, binding: Binding) -> Verdicts:
    """No meter of a well stands damaged: open cases of that kind (TOL-18).

    Asked of wells with a meter or with such a case, on the well or on one of its meters, that is neither rectified nor
    closed.
    """
    cases = scene.frame("violations")
    cases = cases[
        (
            (cases["kind"] == "meter_damaged")
            & ~cases["state"].isin(["rectified", "closed"])
            & cases["rectified_on"].isna()
            & cases["closed_on"].isna()
        ).to_numpy(dtype=bool)
    ]
    role, ids = cases["subject_role"].fillna("wells").to_numpy(dtype=object), cases["subject_id"]
    meter = np.asarray(scene.rows_of("meters", ids), dtype="int64")
    owner = np.append(scene.rows_of("wells", scene.frame("meters")["well_id"]), -1)[meter]
    row = np.select([role == "wells", role == "meters"], [scene.rows_of("wells", ids), owner], -1)
    open_ = np.isin(np.arange(len(scene.frame("wells"))), row)
    has_meter = (equipment(scene, "wells")["metered"] == 1).to_numpy()
    return binding.say(
        scene.subjects("wells"),
        asked=has_meter | open_,
        outcome=np.where(open_, "fail", "pass").astype(object),
        key="meters.damaged.open",
        action=np.where(open_, "meter", "none").astype(object),
        evidence={"status": scene.wells_now["status"].to_numpy(dtype=object)},
    )


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


RULES = (
    Rule(
        "meters.required",
        required,
        subjects=("wells",),
        needs=("wells",),
        parameters=(
            Parameter("uses", "texts", one_of=words("use")),
            Parameter("require", "texts", one_of=NEEDS, default=("metered",)),
            Parameter("new_from", "date"),
            Parameter("existing_by", "date"),
        ),
    ),
    Rule("meters.damaged", damaged, subjects=("wells",), needs=("wells", "violations")),
    Rule(
        "meters.check_due",
        check_due,
        subjects=("meters",),
        needs=("meters",),
        parameters=(Parameter("days", "number", required=True),),
    ),
)
