"""Water users: who must have a plan, and what is asked of users of a certain size."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ...findings import Verdicts
from ..binding import Binding
from ..facts.flags import flagged, recorded
from ..facts.yearbook import exceeds, last_full_year, reaches
from ..registry import Parameter, Rule, words
from ..scene import Scene


def plan(scene: Scene, binding: Binding) -> Verdicts:
    """Who must have a water-use plan has one (TLF-3.4a, HJQ-3.4b, YJS-3.1.2b, KYS-M4).

    In scope: with ``permitted`` every user under a permit (a permit of its own, or a well of its own with one); with
    ``abstractors`` every user with a well in use; and every user of the named ``sectors`` and ``kinds`` that carries
    ``flag`` (if one is named), whose annual use is ``at_least`` or ``above`` the threshold, and which is on a public
    network if ``network_only``. A user without a network id is on none.

    Annual use: the larger of the register's ``annual_m3`` and the use of the last full calendar year. Judged is the
    plan of that year. In scope and no plan: fail. The threshold empty or the use unknown, so that it is open whether
    a user is in scope: not evaluated. A register without any user plan says nothing about single users.
    """
    users = scene.frame("users")
    year = last_full_year(scene)
    yearly = _of_year(scene, year)
    size, large = _size(users, yearly, binding)
    of_group, group_open = _group(users, binding)
    flag = binding.value("flag")
    flags_known = not flag or recorded(users["flags"])
    carries = flagged(users["flags"], flag) if flag and flags_known else np.full(len(users), True)
    on_network = users["network_id"].notna().to_numpy() | (not binding.value("network_only"))
    no_threshold = bool(binding.value("network_only")) and math.isnan(_limit(binding)) and not flag
    surely, perhaps = np.zeros(len(users), dtype=bool), np.zeros(len(users), dtype=bool)
    if binding.value("permitted"):
        surely, perhaps = _permitted(scene)
    if binding.value("abstractors"):
        surely = surely | _with_well(scene, scene.wells_now["in_use"].to_numpy(dtype=bool))
    candidate = (of_group | group_open) & on_network & carries & (large | np.isnan(size) | no_threshold)
    certain = of_group & on_network & carries & large & (not no_threshold) & flags_known
    must = surely | certain
    has_plan = (yearly["plan"] > 0).to_numpy()
    known = bool((scene.amounts.user_years["plan"] > 0).any())
    key = np.select(
        [
            must & has_plan,
            must & known,
            must,
            perhaps,
            no_threshold & candidate,
            np.full(len(users), not flags_known),
        ],
        [
            "users.plan.has_plan",
            "users.plan.no_plan",
            "users.plan.plans_not_recorded",
            "users.plan.permit_open",
            "users.plan.no_threshold",
            "users.plan.flags_not_recorded",
        ],
        "users.plan.scope_open",
    )
    outcome = np.select([must & has_plan, must & known], ["pass", "fail"], "not_evaluated").astype(object)
    return binding.say(
        scene.subjects("users"),
        asked=must | candidate | perhaps,
        outcome=outcome,
        action=np.select([must & has_plan, must & known], ["none", "list"], "supply_data").astype(object),
        period=str(year),
        key=key.astype(object),
        values={"user": users["row_id"].to_numpy(), "annual_m3": size, "year": year},
        evidence={
            "annual_m3": users["annual_m3"].to_numpy(),
            "use_m3": yearly["use"].to_numpy(),
            "plan_m3": yearly["plan"].to_numpy(),
            "network_id": users["network_id"].to_numpy(),
            "permitted": surely,
        },
        measured=size,
        threshold=_limit(binding),
        measure_unit="m3",
    )


def duty(scene: Scene, binding: Binding) -> Verdicts:
    """What is asked of users of a certain kind and size (YJS-3.1.2c/d/e, 3.3.1a, 3.4.3a, 4.1.4a/b).

    Concerned: users of the named ``kinds`` and ``sectors`` whose annual use is ``at_least`` (≥) or ``above`` (>) the
    figure, or whose floor area is at least ``floor_at_least``; either figure suffices where both are named. ``must``
    is the flag that shows the duty as met; without one (no such thing is recorded) the users concerned are listed for
    review. Not flagged: fail, before ``due_on`` not due. What decides whether a user is concerned is not recorded, or
    the flags of no user are: not evaluated.
    """
    users = scene.frame("users")
    year = last_full_year(scene)
    yearly = _of_year(scene, year)
    size, large = _size(users, yearly, binding)
    of_group, group_open = _group(users, binding)
    floor = users["floor_m2"].to_numpy(dtype="float64")
    wide_from = binding.value("floor_at_least")
    by_volume, by_floor = not math.isnan(_limit(binding)), wide_from is not None
    wide = reaches(floor, wide_from) if by_floor else np.zeros(len(users), dtype=bool)
    concerned = (large & by_volume) | wide | (not by_volume and not by_floor)
    unknown = ~concerned & ((np.isnan(size) & by_volume) | (np.isnan(floor) & by_floor))
    asked = (of_group | group_open) & (concerned | unknown)
    certain = of_group & concerned
    must = binding.value("must")
    kept = bool(must) and recorded(users["flags"])
    met = flagged(users["flags"], must) if kept else np.zeros(len(users), dtype=bool)
    due_on = binding.value("due_on")
    early = due_on is not None and scene.as_of <= due_on
    not_met = "users.duty.list" if not must else "users.duty.not_due" if early else "users.duty.not_met"
    open_key = np.where(certain, "users.duty.flags_not_recorded", "users.duty.scope_open")
    judged = certain & (kept or not must)
    outcome = np.select(
        [judged & met, judged],
        ["pass", "review" if not must else "not_evaluated" if early else "fail"],
        "not_evaluated",
    )
    return binding.say(
        scene.subjects("users"),
        asked=asked,
        outcome=outcome.astype(object),
        action=np.select([judged & met, judged], ["none", "list"], "supply_data").astype(object),
        period_state="not_due" if early else "",
        key=np.select([judged & met, judged], ["users.duty.met", not_met], open_key).astype(object),
        values={"user": users["row_id"].to_numpy(), "annual_m3": size, "floor_m2": floor, "due": due_on},
        evidence={
            "kind": users["kind"].to_numpy(),
            "sector": users["sector"].to_numpy(),
            "annual_m3": users["annual_m3"].to_numpy(),
            "use_m3": yearly["use"].to_numpy(),
            "floor_m2": floor,
            "flags": users["flags"].to_numpy(),
        },
        measured=size,
        threshold=_limit(binding),
        measure_unit="m3",
    )


def classified(scene: Scene, binding: Binding) -> Verdicts:
    """Every user belongs to one of the classes of the document (YJS-3.1.3c, 4.1.3c).

    A sector among ``sectors``: pass. Another one: review, a person assigns it. None: fail, for the record itself is
    what the clause asks for.
    """
    users = scene.frame("users")
    sector = users["sector"]
    named = sector.isin(binding.value("sectors")).to_numpy()
    empty = sector.isna().to_numpy()
    return binding.say(
        scene.subjects("users"),
        outcome=np.select([named, empty], ["pass", "fail"], "review").astype(object),
        action=np.select([named, empty], ["none", "supply_data"], "list").astype(object),
        key=np.select(
            [named, empty], ["users.classified.named", "users.classified.none"], "users.classified.other"
        ).astype(object),
        values={"user": users["row_id"].to_numpy()},
        evidence={"sector": sector.to_numpy()},
    )


def _limit(binding: Binding) -> float:
    """The threshold, whichever operator it stands with; NaN without one."""
    at_least = binding.value("at_least")
    limit = binding.value("above") if at_least is None else at_least
    return math.nan if limit is None else float(limit)


def _size(users: pd.DataFrame, yearly: pd.DataFrame, binding: Binding) -> tuple[np.ndarray, np.ndarray]:
    """Annual use in m³, the larger of the recorded and the measured; and who reaches the threshold (all, without)."""
    stated, used = users["annual_m3"].to_numpy("float64"), yearly["use"].to_numpy("float64")
    size = np.fmax(stated, used)
    at_least, above = binding.value("at_least"), binding.value("above")
    if at_least is not None:
        return size, reaches(size, at_least)
    if above is not None:
        return size, exceeds(size, above)
    return size, np.ones(len(users), dtype=bool)


def _group(users: pd.DataFrame, binding: Binding) -> tuple[np.ndarray, np.ndarray]:
    """Users surely of the named kinds and sectors; and those of whom it is open because one is not recorded."""
    surely, perhaps = np.ones(len(users), dtype=bool), np.ones(len(users), dtype=bool)
    for column, allowed in (("kind", binding.value("kinds")), ("sector", binding.value("sectors"))):
        if allowed:
            surely &= users[column].isin(allowed).to_numpy()
            perhaps &= (users[column].isin(allowed) | users[column].isna()).to_numpy()
    return surely, perhaps & ~surely


def _of_year(scene: Scene, year: int) -> pd.DataFrame:
    """``use`` and ``plan`` of one year, aligned with the users; NaN where none is recorded."""
    table = scene.amounts.user_years
    table = table[table["year"] == year].drop_duplicates("user_id").set_index("user_id")
    ids = scene.frame("users")["user_id"]
    return table.reindex(ids)[["use", "plan"]].astype("float64").reset_index(drop=True)


def _permitted(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Users surely under a permit (one in their name that was not cancelled, expired ones included, or a well of
    theirs with a permit number); and those of whom it is open because the state of their permit is not recorded."""
    ids = scene.frame("users")["user_id"]
    surely = _with_well(scene, scene.wells_now["permitted"].to_numpy(dtype=bool))
    permits = scene.frame("permits")
    state = permits["state"]
    stated = state.notna() | (not recorded(state))
    held = permits.loc[stated & (state != "cancelled"), "user_id"].dropna()
    surely = surely | ids.isin(held).to_numpy()
    return surely, ids.isin(permits.loc[~stated, "user_id"].dropna()).to_numpy() & ~surely


def _with_well(scene: Scene, chosen: np.ndarray) -> np.ndarray:
    """Users to whom at least one of the chosen wells belongs."""
    wells, links = scene.frame("wells"), scene.frame("well_users")
    owners = set(wells.loc[chosen, "user_id"].dropna())
    if len(links):
        linked = links["well_id"].isin(set(wells.loc[chosen, "well_id"].dropna()))
        owners |= set(links.loc[linked, "user_id"].dropna())
    return scene.frame("users")["user_id"].isin(owners).to_numpy()


_GROUP = (
    Parameter("sectors", "texts", one_of=words("sector")),
    Parameter("kinds", "texts", one_of=words("user_kind")),
    Parameter("at_least", "number"),
    Parameter("above", "number"),
)
_FLAGS = words("user_flags")

RULES = (
    Rule(
        "users.plan",
        plan,
        subjects=("users",),
        needs=("users",),
        parameters=(
            Parameter("permitted", "bool", default=False),
            Parameter("abstractors", "bool", default=False),
            Parameter("network_only", "bool", default=False),
            *_GROUP,
            Parameter("flag", "text", one_of=_FLAGS),
        ),
    ),
    Rule(
        "users.duty",
        duty,
        subjects=("users",),
        needs=("users",),
        parameters=(
            *_GROUP,
            Parameter("floor_at_least", "number"),
            Parameter("must", "text", one_of=_FLAGS),
            Parameter("due_on", "date"),
        ),
    ),
    Rule(
        "users.classified",
        classified,
        subjects=("users",),
        needs=("users",),
        parameters=(Parameter("sectors", "texts", required=True, one_of=words("sector")),),
    ),
)
