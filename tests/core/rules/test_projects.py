"""Projects and plans: assessment, saving review, and the number that is claimed."""

from __future__ import annotations

import pytest

from build import outcomes, run, scene
from overdraft.core.findings import concat
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.run import findings_of

ELSEWHERE = [{"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": None}]
STRICT = {"missing": "deny", "failed": "deny"}


def project(state, name="P", **more):
    return {"project_id": name, "assessment": state, "build_kind": "new", **more}


def assessed(projects, clause="TLF-3.3a", with_=STRICT, rule="projects.assessment", **roles):
    return run(scene(projects=projects, **roles), rule, clause, with_)


@pytest.mark.parametrize(
    ("state", "permission", "outcome"),
    [
        ("passed", "allow", "pass"),
        ("failed", "deny", "fail"),
        ("missing", "deny", "fail"),
        ("pending", "deny", "fail"),
        (None, "not_evaluated", "not_evaluated"),
    ],
)
def test_only_a_passed_assessment_allows(state, permission, outcome):
    found = assessed([project(state)])
    assert outcomes(found, "permission") == {"P": permission}
    assert outcomes(found) == {"P": outcome}


def test_a_review_not_yet_made_is_looked_at_where_the_text_stops_failures_only():
    with_ = {"missing": "review", "failed": "deny"}
    rows = [project(None, name, saving_review=state) for name, state in (("a", "pending"), ("b", "failed"))]
    found = assessed(rows, "TLF-3.3b", with_, "projects.saving_review")
    assert outcomes(found) == {"a": "review", "b": "fail"}
    assert outcomes(found, "message_key") == {
        "a": "projects.saving_review.undone_review",
        "b": "projects.saving_review.failed",
    }


def test_what_exists_is_not_up_for_approval():
    rows = [project("missing", "old", build_kind="existing"), project("missing", "x", build_kind=None)]
    found = assessed(rows)
    assert outcomes(found) == {"x": "fail"}
    assert found.counts["n_out_of_scope"].sum() == 1


def test_plans_alone_where_the_clause_speaks_of_plans():
    rows = [project("failed", "plan", flags="plan"), project("failed", "works", flags="phased_out")]
    assert set(outcomes(assessed(rows, with_={**STRICT, "about": "plans"}))) == {"plan"}
    assert set(outcomes(assessed(rows, with_={**STRICT, "about": "projects"}))) == {"works"}
    rows = [project("failed", "a"), project("failed", "b")]
    assert set(outcomes(assessed(rows, with_={**STRICT, "about": "plans"}))) == {"a", "b"}


def under(policy, clause, *projects):
    """Permission of each project by what was asked, under the document's own bindings of a clause."""
    made = scene(policy, projects=[{"build_kind": "new", **one} for one in projects])
    rows = concat(
        findings_of(made, bound) for bound in bindings(made.policy) if bound.clause.id == clause
    ).rows
    return {(row.subject_id, row.rule): row.permission for row in rows.itertuples()}


def test_a_plan_needs_no_assessment_where_the_clause_speaks_of_projects():
    rows = [{"project_id": "plan", "flags": "plan", "assessment": "missing", "saving_review": "failed"}]
    assert under("turpan-2021", "TLF-3.3a", *rows) == {}
    assert set(under("turpan-2021", "TLF-3.3b", *rows).values()) == {"deny"}


def test_a_saving_review_does_not_stand_for_the_assessment():
    works = {"project_id": "works", "flags": "phased_out", "assessment": "missing", "saving_review": "passed"}
    plan = {"project_id": "plan", "flags": "plan", "assessment": "missing", "saving_review": "failed"}
    assert under("kunyu-2025", "KYS-M3", works, plan) == {
        ("works", "projects.saving_review"): "allow",
        ("works", "projects.assessment"): "deny",
        ("plan", "projects.saving_review"): "deny",
    }


def test_outside_the_jurisdiction_nothing_is_asked_and_without_projects_it_is_said():
    from shapely.geometry import box

    units = [{**ELSEWHERE[0], "geometry": box(100, 30, 120, 55)}]
    found = assessed([project("failed", x=110.0)], units=units)
    assert (len(found.rows), found.counts["n_out_of_scope"].sum()) == (0, 1)
    assert outcomes(run(scene(), "projects.assessment", "TLF-3.3a", STRICT)) == {"TLF-3.3a": "not_evaluated"}


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        (["passed"] * 6, "pass"),
        (["passed"] * 5, "fail"),
        (["passed"] * 5 + ["failed"], "fail"),
        (["passed"] * 6 + ["failed"], "fail"),
        (["passed"] * 5 + [None], "not_evaluated"),
        (["passed"] * 7, "review"),
        (["passed"] * 6 + ["pending"], "review"),
        (["passed"] * 6 + [None], "review"),
    ],
)
def test_the_claimed_number_against_the_register(states, outcome):
    rows = [project(state, str(n)) for n, state in enumerate(states)]
    found = run(scene(projects=rows), "projects.claimed_count", "TLF-3.3a", {"count": 6})
    if outcome == "pass":
        assert len(found.rows) == 0
        return
    assert found.rows["outcome"].tolist() == [outcome]
    assert found.rows["measured"].tolist() == [states.count("passed")]
