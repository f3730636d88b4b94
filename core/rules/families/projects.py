"""Projects and plans: their water-resources assessment and their water-saving review."""

from __future__ import annotations

import numpy as np

from ...findings import Verdicts
from ..binding import Binding
from ..facts.flags import flagged, recorded
from ..registry import Parameter, Rule
from ..scene import Scene
from ..subjects import Subjects

FIELDS = ("assessment", "saving_review")
ABOUT = ("all", "projects", "plans")


def assessment(scene: Scene, binding: Binding) -> Verdicts:
    """No approval without a passed water-resources assessment (TLF-3.3a, TOL-2, HJQ-3.1d, KYS-M3)."""
    return _passed(scene, binding, "assessment")


def saving_review(scene: Scene, binding: Binding) -> Verdicts:
    """No approval where the water-saving review was not passed (TLF-3.3b, KYS-M3)."""
    return _passed(scene, binding, "saving_review")


def _passed(scene: Scene, binding: Binding, field: str) -> Verdicts:
    """passed → allow; failed → ``failed``; not done or still pending → ``missing``; nothing recorded → not evaluated,
    never allowed. What exists (``build_kind`` existing) without a passed one is out of scope, for it is not up for
    approval; an empty ``build_kind`` is in scope. ``about`` narrows it to plans (flag ``plan``) or to projects, where
    flags are recorded at all.
    """
    projects = scene.frame("projects")
    state = projects[field].astype(object)
    plan = flagged(projects["flags"], "plan")
    about = binding.value("about") if recorded(projects["flags"]) else "all"
    asked = ((projects["build_kind"] != "existing") | (state == "passed")).to_numpy(dtype=bool)
    asked &= {"all": np.ones(len(projects), dtype=bool), "projects": ~plan, "plans": plan}[about]
    passed, failed = (state == "passed").to_numpy(), (state == "failed").to_numpy()
    undone = state.isin(("missing", "pending")).to_numpy()
    permission = np.select(
        [passed, failed, undone],
        ["allow", binding.value("failed"), binding.value("missing")],
        "not_evaluated",
    )
    outcome = np.select(
        [passed, permission == "deny", permission == "review"], ["pass", "fail", "review"], "not_evaluated"
    )
    kind = np.select([passed, failed, undone], ["passed", "failed", "undone"], "not_recorded").astype(object)
    kind = np.where((failed | undone) & (permission == "review"), kind + "_review", kind)
    return binding.say(
        scene.subjects("projects"),
        asked=asked,
        outcome=outcome.astype(object),
        permission=permission.astype(object),
        action=np.select([passed, failed | undone], ["none", "list"], "supply_data").astype(object),
        key=f"projects.{field}." + kind,
        values={"project": projects["row_id"].to_numpy(), "state": state.to_numpy()},
        evidence={field: state.to_numpy(), "build_kind": projects["build_kind"].to_numpy()},
    )


def claimed_count(scene: Scene, binding: Binding) -> Verdicts:
    """A claimed number of assessments, all passed, against the register (KYS-R3).

    Counted: projects and plans of the jurisdiction whose ``field`` says passed. Any that failed, or fewer passed than
    claimed: fail. More than claimed, or some not finished: review, for the text may count differently.
    """
    projects = scene.frame("projects")
    subjects = scene.subjects("projects")
    state = projects.loc[subjects.in_scope, binding.value("field")]
    n_passed, n_failed = int((state == "passed").sum()), int((state == "failed").sum())
    n_open = int(state.isin(("missing", "pending")).sum())
    n_unknown = int(state.isna().sum())
    claimed = binding.value("count")
    if n_failed or n_passed < claimed:
        unknown = not n_failed and n_passed + n_unknown >= claimed
        outcome = "not_evaluated" if unknown else "fail"
    else:
        outcome = "review" if n_passed > claimed or n_open or n_unknown else "pass"
    return binding.say(
        Subjects(
            "policy",
            np.array([binding.clause.id], dtype=object),
            np.array([scene.city], dtype=object),
            np.array([True]),
        ),
        outcome=outcome,
        key="projects.claimed_count",
        values={
            "claimed": claimed,
            "passed": n_passed,
            "failed": n_failed,
            "unfinished": n_open,
            "unknown": n_unknown,
        },
        action="none" if outcome == "pass" else "explain",
        measured=float(n_passed),
        threshold=float(claimed),
        measure_unit="count",
        evidence={"projects": [sorted(map(str, subjects.ids[subjects.in_scope]))]},
    )


_PASSED = (
    Parameter("missing", "text", default="review", one_of=("deny", "review")),
    Parameter("failed", "text", default="deny", one_of=("deny", "review")),
    Parameter("about", "text", default="all", one_of=ABOUT),
)
RULES = (
    Rule(
        "projects.assessment",
        assessment,
        subjects=("projects",),
        needs=("projects",),
        step=6,
        parameters=_PASSED,
    ),
    Rule(
        "projects.saving_review",
        saving_review,
        subjects=("projects",),
        needs=("projects",),
        step=6,
        parameters=_PASSED,
    ),
    Rule(
        "projects.claimed_count",
        claimed_count,
        subjects=("policy",),
        needs=("projects",),
        parameters=(
            Parameter("count", "integer", required=True),
            Parameter("field", "text", default="assessment", one_of=FIELDS),
        ),
    ),
)
