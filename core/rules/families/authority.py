"""Who decides on a well, and who has to be asked first."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...findings import PERMISSION_OUTCOME, Verdicts, concat
from ...overlay.zones import texts
from ...policy import AuthorityRule, assign_authorities
from ..binding import Binding
from ..facts.applied import alive
from ..registry import Rule
from ..scene import Scene

OPINION = "opinion"


def consult(scene: Scene, binding: Binding) -> Verdicts:
    """An application waits until the authority that has to be asked first has given its opinion (TLF-3.2d).

    Asked of applications at places for which a rule of competence names someone to consult. The opinion is a
    document of kind ``opinion`` on the application, issued by the day of the run or undated. Where the regiment that
    the rule depends on is not drawn in UNITS, the recorded management decides: ``regiment`` is for a person,
    ``local`` is not concerned, an empty one leaves it open.
    """
    asked_for, place = scene.frame("applications"), scene.place("applications").frame
    whom = texts(place, "consult")
    named = ~np.equal(whom, None)
    heard = _heard(scene)
    near = _might_be_consulted(scene) & ~named
    management = asked_for["management"]
    case = np.select(
        [
            named & heard,
            named,
            (management == "regiment").to_numpy(dtype=bool),
        ],
        ["heard", "waiting", "regiment_not_drawn"],
        default="regiment_unknown",
    )
    permission = (
        pd.Series(case)
        .map({"heard": "", "waiting": "hold", "regiment_not_drawn": "review"})
        .fillna("not_evaluated")
    )
    return binding.say(
        scene.subjects("applications"),
        asked=alive(scene) & (named | (near & ~(management == "local").to_numpy(dtype=bool))),
        outcome=permission.map({**PERMISSION_OUTCOME, "": "pass"}).to_numpy(dtype=object),
        permission=permission.to_numpy(dtype=object),
        action=np.select([case == "waiting", case == "heard"], ["consult", "none"], default="supply_data"),
        key=("authority.consult." + pd.Series(case)).to_numpy(dtype=object),
        values={
            "application": asked_for["row_id"].to_numpy(dtype=object),
            "authority": texts(place, "authority"),
            "consult": whom,
        },
        evidence={
            "regiment": texts(place, "regiment_id"),
            "county": texts(place, "county_id"),
            "management": management.to_numpy(dtype=object),
        },
    )


def _heard(scene: Scene) -> np.ndarray:
    """Applications on which an opinion has been given (bool)."""
    papers = scene.frame("documents")
    today = pd.Timestamp(scene.as_of)
    given = (papers["kind"] == OPINION) & (papers["subject_role"] == "applications")
    given &= ~(papers["issued_on"] > today)
    ids = scene.frame("applications")["application_id"]
    return (ids.notna() & ids.isin(papers.loc[given.to_numpy(dtype=bool), "subject_id"])).to_numpy(dtype=bool)


def _might_be_consulted(scene: Scene) -> np.ndarray:
    """Applications in a county with a rule that names someone to consult in a regiment that UNITS does not show."""
    county = scene.unit_at("applications", "county")
    near = np.zeros(len(county), dtype=bool)
    for rule in scene.policy.authorities:
        if rule.purpose == "permit" and rule.consult and rule.regiment and not _drawn(scene, rule.regiment):
            above = scene.book.ancestors(rule.regiment)
            near |= np.isin(county, above) | (county == "")
    return near


def _drawn(scene: Scene, unit_id: str) -> bool:
    """Whether the units layer shows a unit."""
    if not scene.has("units"):
        return False
    return unit_id in set(scene.unit_key(scene.frame("units")["unit_id"])) | set(
        scene.unit_key(scene.frame("units")["name"])
    )


def unclear(scene: Scene, binding: Binding) -> Verdicts:
    """More than one rule of competence bears on a place: a person settles who is competent (TLF-2.2, TLF-3.2d).

    Asked of wells and applications to which a rule applies. ``authority.unclear.units``, of units: a basin or
    regiment on which competence depends and which UNITS does not show; what lies in it cannot be told.
    """
    rules = [rule for rule in scene.policy.authorities if rule.clause == binding.clause.id]
    purpose = rules[0].purpose if rules else "permit"
    roles = [role for role in ("wells", "applications") if scene.has(role)]
    return concat(
        [*(_unclear(scene, binding, role, purpose) for role in roles), _not_drawn(scene, binding, rules)]
    )


def _unclear(scene: Scene, binding: Binding, role: str, purpose: str) -> Verdicts:
    placement = scene.place(role)
    frame = placement.frame
    where = {name: texts(frame, f"{name}_id") for name in ("county", "regiment", "basin")}
    found = assign_authorities(scene.policy, **where, names=placement.unit_names, purpose=purpose)
    unsure = found["unsure"].to_numpy(dtype=bool)
    applies = (found["authority"] != "").to_numpy(dtype=bool)
    of_application = role == "applications"
    return binding.say(
        scene.subjects(role),
        asked=applies,
        outcome=np.where(unsure, "review", "pass"),
        permission=np.where(unsure, "review", "") if of_application else "",
        action=np.where(unsure, "consult", "none"),
        key="authority.unclear",
        values={"authority": found["authority"].to_numpy(dtype=object)},
        evidence=where,
    )


def _not_drawn(scene: Scene, binding: Binding, rules: Iterable[AuthorityRule]) -> Verdicts:
    wanted = sorted({one for rule in rules for one in (rule.basin, rule.regiment) if one})
    missing = np.array([not _drawn(scene, one) for one in wanted], dtype=bool)
    return binding.say(
        scene.unit_subjects(wanted),
        outcome=np.where(missing, "not_evaluated", "pass"),
        action=np.where(missing, "supply_data", "none"),
        key="authority.unclear.not_drawn",
        values={"unit": [scene.book.name(one) for one in wanted]},
        check="units",
    )


def joint(scene: Scene, binding: Binding) -> Verdicts:
    """Wells in a regiment, which two administrations manage together (TLF-2.1): counted, never failed."""
    regiment = scene.unit_at("wells", "regiment")
    return binding.say(
        scene.subjects("wells"),
        asked=regiment != "",
        outcome="pass",
        key="authority.joint",
        values={"regiment": regiment},
    )


RULES = (
    Rule(
        "authority.consult",
        consult,
        subjects=("applications",),
        needs=("applications",),
        step=6,
    ),
    Rule("authority.unclear", unclear, subjects=("wells", "applications", "units"), needs=("wells",), step=6),
    Rule("authority.joint", joint, subjects=("wells",), needs=("wells", "units")),
)
