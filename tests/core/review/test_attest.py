"""Whoever writes another decision, or another finding under it, into the file is found by verifying it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from overdraft.core.casefile import problem_table, verify_case
from overdraft.core.review import UndoStack, decide

from .conftest import finding

TODAY = date(2026, 4, 1)
W1, W2, W3 = (finding(name)["finding_id"] for name in ("W1", "W2", "W3"))
GOOD = {"outcome": "pass", "reason_kind": "site_check", "reason": "现场核实井已封填，照片齐全。"}


def signs(path):
    """What is found of decisions: the runs of these tests have no true hash of their findings."""
    return [
        (item.kind, item.subject)
        for item in verify_case(path).problems
        if item.kind in ("decision_changed", "basis_changed")
    ]


def change(path, statement, *values):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert connection.execute(statement, values).rowcount == 1


@pytest.fixture
def decided(case, act):
    """W1 overridden and verified, W2 deferred, W3 accepted and reopened."""
    store = case.judge(*(finding(name) for name in ("W1", "W2", "W3")))
    decide(store, [W1], act("override", **GOOD), today=TODAY)
    decide(store, [W1], act("verify", "王工"), today=TODAY)
    decide(store, [W2], act("defer", reason="待测", deferred_to=date(2027, 1, 1)), today=TODAY)
    decide(store, [W3], act("accept"), today=TODAY)
    decide(store, [W3], act("reopen", reason="重看"), today=TODAY)
    return case


def test_decisions_as_they_were_made(decided):
    assert signs(decided.path) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE decisions SET state = 'accepted' WHERE finding_id = ?", ("decision_changed", W2)),
        ("UPDATE decisions SET outcome = 'fail' WHERE finding_id = ?", ("decision_changed", W1)),
        ("UPDATE decisions SET deferred_to = '2099-01-01' WHERE finding_id = ?", ("decision_changed", W2)),
        ("UPDATE decisions SET decided_by = '王工' WHERE finding_id = ?", ("decision_changed", W1)),
        ("UPDATE decisions SET verified_by = '赵工' WHERE finding_id = ?", ("decision_changed", W1)),
        ("UPDATE decisions SET reason = '另一理由' WHERE finding_id = ?", ("decision_changed", W1)),
        ("UPDATE decisions SET attachment = '文〔2026〕1号' WHERE finding_id = ?", ("decision_changed", W1)),
        ("UPDATE decisions SET stale = 1 WHERE finding_id = ?", ("decision_changed", W2)),
        ("UPDATE decisions SET state = 'verified' WHERE finding_id = ?", ("decision_changed", W3)),
        ("DELETE FROM decisions WHERE finding_id = ?", ("decision_changed", W2)),
        ("DELETE FROM decided_findings WHERE finding_id = ?", ("basis_changed", W1)),
        ("UPDATE decided_findings SET outcome = 'review' WHERE finding_id = ?", ("basis_changed", W1)),
        ("UPDATE decided_findings SET measured = 7 WHERE finding_id = ?", ("basis_changed", W2)),
        ("UPDATE decided_findings SET evidence_hash = '0' WHERE finding_id = ?", ("basis_changed", W1)),
    ],
)
def test_what_was_changed_by_hand_is_named(decided, statement, found):
    change(decided.path, statement, found[1])
    assert signs(decided.path) == [found]


def test_a_basis_with_a_hash_of_its_own_is_found(decided):
    """Decision and finding are given another hash together: the history holds that of the finding decided on."""
    other = finding("W1", "review")
    change(decided.path, "UPDATE decided_findings SET outcome = 'review', evidence_hash = ? WHERE finding_id = ?",
           other["evidence_hash"], W1)  # fmt: skip
    change(
        decided.path,
        "UPDATE decisions SET evidence_hash = ? WHERE finding_id = ?",
        other["evidence_hash"],
        W1,
    )
    assert signs(decided.path) == [("decision_changed", W1)]


def test_a_forged_decision_is_found(decided):
    change(
        decided.path, "INSERT INTO decisions (finding_id, state, decided_by) VALUES ('f', 'accepted', '李工')"
    )
    assert signs(decided.path) == [("decision_changed", "f"), ("basis_changed", "f")]
    problems = [item for item in verify_case(decided.path).problems if item.subject == "f"]
    for language, word in (("en", "history"), ("zh", "历史记录")):
        assert word in problem_table(problems, language)["message"][0]


def test_runs_undo_and_other_documents_leave_no_sign(decided, act):
    stack, store = UndoStack(), decided.store
    stack.add(decide(store, [W3], act("accept"), today=TODAY))
    stack.add(decide(store, [W1], act("reopen", reason="重看"), today=TODAY))
    stack.undo(store, "李工")
    decided.judge(finding("W1"), finding("W2", measured=5.0))
    assert signs(decided.path) == []
    assert decided.query("SELECT count(*) FROM decisions WHERE stale") == [(2,)]
    decided.judge(
        finding("W2", policy="doc-2"), finding("W3", policy="doc-2"), policy="doc-2", succeeds="doc-1"
    )
    assert signs(decided.path) == []
    decided.judge(*(finding(name) for name in ("W1", "W2", "W3")))
    assert signs(decided.path) == []
