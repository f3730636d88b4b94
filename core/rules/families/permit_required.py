"""Who takes water and must hold a permit for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...findings import Verdicts, concat
from ..binding import Binding
from ..facts.monitored import monitored
from ..facts.permit_facts import in_force, rights_ended, water_taken
from ..registry import Parameter, Rule, words
from ..scene import Scene

OF_WELLS = ("groundwater", "deep_confined", "total")
"""Sources that wells stand for."""


def required(scene: Scene, binding: Binding) -> Verdicts:
    """Whoever abstracts holds a valid permit (TOL-P, TOL-8p, TOL-18, HJQ-3.2a, HJQ-3.2b, TLF-5.5, YJS-3.4.4).

    Asked of wells in use, and of any other well from which water was taken since it lost its permit, of the last year
    of readings or of the last year that is over and this one. Without a permit number, or with one that was cancelled
    or has expired: fail. A number that PERMITS does not hold, or of which neither state nor end is known, is not
    evaluated; without PERMITS one row says so for all of them. With ``water_taken`` the clause accuses of taking
    water: then only water above zero fails, power without a figure for water is for a person, a whole year with none
    passes, and anything less is not evaluated. ``uses`` names the wells, by use; one of no recorded use never fails.
    Wells for monitoring are asked only where water or power was taken, and never fail. Where ``sources`` names other
    water than groundwater, users whose recorded use of it is above zero need a permit for that source too.
    """
    sources = binding.value("sources")
    wanted = sources is None or bool({"groundwater", "deep_confined"} & set(sources))
    spoken, unseen = _of_wells(scene, binding, wanted)
    others = sorted(set(sources or ()) - set(OF_WELLS))
    if scene.has("permits"):
        return concat([spoken, *(_of_users(scene, binding, source) for source in others)])
    users = sum(int((_used(scene, source) > 0).sum()) for source in others)
    if not unseen and not users:
        return spoken
    key = "no_register_users" if users else "no_register"
    return concat([spoken, binding.cannot(f"permits.required.{key}", n=unseen, users=users)])


def _of_wells(scene: Scene, binding: Binding, wanted: bool) -> tuple[Verdicts, int]:
    """Findings on wells, and how many have a number that nobody can look up without PERMITS."""
    wells, now = scene.frame("wells"), scene.wells_now
    lost = rights_ended(scene)
    taken = water_taken(scene, lost)
    water, power, dry = (taken[name].to_numpy(dtype=bool) for name in ("water", "power", "dry"))
    in_use, status_unknown = now["in_use"].to_numpy(dtype=bool), now["status"].isna().to_numpy(dtype=bool)
    number = now["permit_no"].notna().to_numpy(dtype=bool)
    permitted, valid = (now[name].to_numpy(dtype=bool) for name in ("permitted", "permit_valid"))
    quiet, drawn = monitored(scene)
    of_use, use_unknown = _of_use(scene, binding)
    unseen = permitted & valid & ~_seen(scene, now)
    strict = bool(binding.value("water_taken"))
    asked = in_use | water | status_unknown | (power & strict)
    asked &= wanted & of_use & ~quiet & ~(now["status"] == "proposed").to_numpy(dtype=bool)
    untold = int((unseen & asked & scene.subjects("wells").in_scope).sum())
    asked &= ~unseen | scene.has("permits")
    how = np.select([permitted, number], ["expired", "cancelled"], "none")
    undated = (permitted | number) & lost.isna().to_numpy(dtype=bool)
    cases = [unseen, permitted & valid]
    if strict:
        cases += [water & undated, water, power, dry]
        names = ["not_in_register", "permitted", "taken_undated", "taken_" + pd.Series(how), "power", "dry"]
        outcomes, otherwise = ["not_evaluated", "pass", "review", "fail", "review", "pass"], "water_unknown"
        last = "not_evaluated"
    else:
        cases += [~in_use & ~water]
        names, outcomes = ["not_in_register", "permitted", "status_unknown"], ["not_evaluated", "pass"]
        outcomes, otherwise, last = [*outcomes, "not_evaluated"], pd.Series(how), "fail"
    case = pd.Series(np.select(cases, names, otherwise), dtype=object)
    outcome = np.select(cases, outcomes, last).astype(object)
    outcome[(outcome == "fail") & (drawn | use_unknown)] = "review"
    guilty = np.isin(outcome, ("fail", "review"))
    spoken = binding.say(
        scene.subjects("wells"),
        asked=asked,
        outcome=outcome,
        action=np.select(
            [outcome == "pass", guilty & permitted, guilty], ["none", "reapply", "list"], "supply_data"
        ),
        key=("permits.required." + case).to_numpy(dtype=object),
        values={
            "well": wells["row_id"].to_numpy(),
            "permit": now["permit_no"].to_numpy(),
            "to": now["permit_to"].to_numpy(),
            "volume_m3": taken["volume_m3"].to_numpy(),
            "energy_kwh": taken["energy_kwh"].to_numpy(),
            "year": taken["year"].to_numpy(),
        },
        evidence={
            "permit_no": now["permit_no"].to_numpy(),
            "permit_to": now["permit_to"].to_numpy(),
            "status": now["status"].to_numpy(),
            "year": taken["year"].to_numpy(),
        },
        measured=taken["volume_m3"].to_numpy(dtype="float64"),
        measure_unit="m3",
    )
    return spoken, 0 if scene.has("permits") else untold


def _of_use(scene: Scene, binding: Binding) -> tuple[np.ndarray, np.ndarray]:
    """Wells of the uses named, or that may be of one; and the latter."""
    use, uses = scene.frame("wells")["use"], binding.value("uses")
    if not uses:
        return np.ones(len(use), dtype=bool), np.zeros(len(use), dtype=bool)
    unknown = use.isna().to_numpy(dtype=bool)
    return use.isin(uses).to_numpy(dtype=bool) | unknown, unknown


def _seen(scene: Scene, now: pd.DataFrame) -> np.ndarray:
    """Wells whose permit number stands in PERMITS with a state or an end, or with an end on the well."""
    row = np.asarray(scene.rows_of("permits", now["permit_no"]), dtype=np.int64)
    told = np.append(scene.frame("permits")["state"].notna().to_numpy(dtype=bool), False)[row]
    return (row >= 0) & (told | now["permit_to"].notna().to_numpy(dtype=bool))


def _used(scene: Scene, source: str) -> pd.Series:
    """m³ of one source that each user took in the last year on record; NaN: nothing recorded."""
    use = scene.amounts.indices("use", role="users", source=source)
    use = use[use["value"].notna()].sort_values(["subject_id", "year"])
    use = use.drop_duplicates("subject_id", keep="last")
    user = np.asarray(scene.rows_of("users", use["subject_id"]), dtype="int64")
    known = user >= 0
    volume = pd.Series(use["value"].to_numpy()[known], index=user[known])
    volume = volume.reindex(range(len(scene.frame("users"))))
    return volume.where(scene.subjects("users").in_scope)


def _of_users(scene: Scene, binding: Binding, source: str) -> Verdicts:
    """Users of one other source: is there a permit in force for it."""
    volume, permits = _used(scene, source), scene.frame("permits")
    held = permits[
        in_force(permits, pd.Timestamp(scene.as_of)) & (permits["source"] == source).to_numpy(dtype=bool)
    ]
    ids = scene.frame("users")["user_id"]
    has = ids.isin(held["user_id"].dropna()).to_numpy(dtype=bool)
    return binding.say(
        scene.subjects("users"),
        asked=(volume > 0).to_numpy(dtype=bool),
        outcome=np.where(has, "pass", "fail"),
        action=np.where(has, "none", "list"),
        key="permits.required.source",
        values={"user": ids.to_numpy(), "source": source, "volume_m3": volume.to_numpy()},
        measured=volume.to_numpy(dtype="float64"),
        measure_unit="m3",
        check=source,
    )


RULES = (
    Rule(
        "permits.required",
        required,
        subjects=("wells", "users"),
        needs=("wells",),
        parameters=(
            Parameter("sources", "texts", one_of=words("water_source")),
            Parameter("uses", "texts", one_of=words("use")),
            Parameter("water_taken", "bool", default=False),
        ),
    ),
)
