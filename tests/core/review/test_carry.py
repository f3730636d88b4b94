"""A new run loses no decision and says of each whether it still holds, and if not, what changed."""

from __future__ import annotations

import json
from datetime import date

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.report.sheet import finding_sheet
from overdraft.core.review import decide

from .conftest import finding

TODAY = date(2026, 4, 1)


def name_of(subject, **values):
    return finding(subject, **values)["finding_id"]


def test_a_decision_holds_while_its_finding_is_the_same(case, act):
    store = case.judge(finding("W1"))
    decide(store, [name_of("W1")], act("accept"), today=TODAY)
    case.judge(finding("W1", message_values='{"other":"words"}', unit_id="c2"))
    row = case.decision(name_of("W1"))
    assert (row.state, row.stale, row.changed, row.revision) == ("accepted", 0, None, 1)


def test_a_changed_finding_makes_it_stale_and_says_what_changed(case, act):
    store = case.judge(finding("W1"), finding("W2"))
    decide(store, [name_of("W1"), name_of("W2")], act("accept"), today=TODAY)
    case.judge(finding("W1", "review", measured=1.5, evidence='{"well":"b"}'), finding("W2"))
    row = case.decision(name_of("W1"))
    assert (row.state, row.stale, row.revision, row.decided_by) == ("accepted", 1, 2, "李工")
    assert json.loads(row.changed) == {
        "outcome": ["fail", "review"],
        "measured": [1.0, 1.5],
        "evidence": {"well": ["a", "b"]},
    }
    assert case.decision(name_of("W2")).stale == 0
    assert case.query("SELECT kind, subject, who FROM history WHERE kind NOT IN ('run', 'accept')") == [
        ("stale", name_of("W1"), "overdraft")
    ]


def test_it_is_current_again_when_all_is_as_it_was(case, act):
    store = case.judge(finding("W1"))
    decide(store, [name_of("W1")], act("accept"), today=TODAY)
    case.judge(finding("W1", "review"))
    case.judge(finding("W1"))
    row = case.decision(name_of("W1"))
    assert (row.stale, row.changed) == (0, None)
    kinds = [kind for (kind,) in case.query("SELECT kind FROM history ORDER BY seq")]
    assert kinds == ["run", "accept", "stale", "run", "current", "run"]


def test_a_finding_that_is_gone_is_kept_and_can_be_reopened(case, act):
    store = case.judge(finding("W1"), finding("W2"))
    decide(store, [name_of("W1")], act("accept"), today=TODAY)
    store = case.judge(finding("W2"))
    row = case.decision(name_of("W1"))
    assert (row.state, row.stale, json.loads(row.changed)) == ("accepted", 1, {"finding": "gone"})
    assert case.query("SELECT subject_id, outcome FROM decided_findings") == [("W1", "fail")]
    with pytest.raises(OverdraftError, match="No run finds it"):
        decide(store, [name_of("W1")], act("accept"), today=TODAY)
    decide(store, [name_of("W1")], act("reopen", reason="井已封填，结论消除"), today=TODAY)
    assert case.decision(name_of("W1")).state == "open"


def test_a_stale_decision_is_confirmed_by_deciding_again(case, act):
    store = case.judge(finding("W1"))
    decide(store, [name_of("W1")], act("accept"), today=TODAY)
    decide(store, [name_of("W1")], act("verify", "王工"), today=TODAY)
    store = case.judge(finding("W1", measured=3.0))
    assert (case.decision(name_of("W1")).state, case.decision(name_of("W1")).stale) == ("verified", 1)
    decide(store, [name_of("W1")], act("accept"), today=TODAY)
    row = case.decision(name_of("W1"))
    assert (row.state, row.stale, row.changed, row.verified_by) == ("accepted", 0, None, None)
    assert case.query("SELECT measured FROM decided_findings") == [(3.0,)]


def test_decisions_follow_a_document_that_replaces_another(case, act):
    store = case.judge(finding("W1"), finding("W2"), policy="doc-1")
    decide(store, [name_of("W1"), name_of("W2")], act("accept"), today=TODAY)
    new = finding("W1", policy="doc-2"), finding("W2", policy="doc-2", measured=9.0)
    case.judge(*new, policy="doc-2", succeeds="doc-1")
    first, second = (case.decision(row["finding_id"]) for row in new)
    assert (first.state, first.stale) == ("accepted", 0)
    assert (second.state, second.stale, json.loads(second.changed)) == (
        "accepted",
        1,
        {"measured": [1.0, 9.0]},
    )
    assert case.decision(name_of("W1")) is None
    assert case.query("SELECT count(*) FROM decisions") == [(2,)]
    follow = case.query("SELECT subject, before FROM history WHERE kind = 'follow' ORDER BY subject")
    assert sorted(subject for subject, _ in follow) == sorted(row["finding_id"] for row in new)


def test_decisions_under_another_document_are_left_alone(case, act):
    store = case.judge(finding("W1"))
    decide(store, [name_of("W1")], act("accept"), today=TODAY)
    case.judge(finding("W1", policy="national"), policy="national")
    row = case.decision(name_of("W1"))
    assert (row.state, row.stale, row.revision) == ("accepted", 0, 1)


def test_decisions_follow_through_several_documents(case, act):
    """What was decided under the first of three documents is asked about under the third."""
    store = case.judge(finding("W1"), finding("W2"))
    decide(store, [name_of("W1"), name_of("W2")], act("accept"), today=TODAY)
    case.judge(finding("W1", policy="doc-2"), finding("W2", policy="doc-2"), policy="doc-2", succeeds="doc-1")
    third = finding("W1", policy="doc-3", measured=9.0)
    case.judge(third, policy="doc-3", succeeds="doc-2")
    row = case.decision(third["finding_id"])
    assert (row.state, row.stale, json.loads(row.changed)) == ("accepted", 1, {"measured": [1.0, 9.0]})
    gone = case.decision(name_of("W2", policy="doc-2"))
    assert (gone.state, gone.stale, json.loads(gone.changed)) == ("accepted", 1, {"finding": "gone"})


def test_the_finding_decided_on_stays_when_a_decision_on_it_is_verified_later(case, act):
    """Another document was judged meanwhile: the finding stands only where it was kept with the decision."""
    store = case.judge(finding("W1"))
    decide(store, [name_of("W1")], act("accept"), today=TODAY)
    store = case.judge(finding("W1", policy="national"), policy="national")
    decide(store, [name_of("W1")], act("verify", "王工"), today=TODAY)
    assert case.decision(name_of("W1")).state == "verified"
    assert case.query("SELECT finding_id, outcome FROM decided_findings") == [(name_of("W1"), "fail")]


def test_the_sheet_tells_what_was_decided_before_it_followed(case, act):
    """Who decided under the first document stands there under the third; what came later under the first does not."""
    store = case.judge(finding("W1"))
    decide(store, [name_of("W1")], act("accept", "王工"), today=TODAY)
    case.judge(finding("W1", policy="doc-2"), policy="doc-2", succeeds="doc-1")
    store = case.judge(finding("W1", policy="doc-3"), policy="doc-3", succeeds="doc-2")
    decide(store, [name_of("W1", policy="doc-3")], act("verify"), today=TODAY)
    store = case.judge(finding("W1"))
    decide(store, [name_of("W1")], act("accept", "赵工"), today=TODAY)
    told = finding_sheet(store, name_of("W1", policy="doc-3"), "en").history
    assert [past.who for past in told] == ["王工", "overdraft", "overdraft", "李工"]
