"""Objections: kept per well, and every decision about it is open again, in one transaction or not at all."""

from __future__ import annotations

import json

import pytest

from overdraft.core.desk import Event, Objection, acts_of, record, undo
from overdraft.core.errors import OverdraftError

from .conftest import query


def test_an_objection_reopens_what_was_decided_on_its_well_and_nothing_else(judged, case, by):
    store, names = judged
    before = query(case, "SELECT count(*) FROM history")[0][0]
    (done,) = record(store, [Objection("W1", "2026-03-30", "井已于2024年封填")], by, case)
    assert query(case, "SELECT objection_id, well_id, filed_on, text, decided_on FROM objections") == [
        ("OB-20260331-0001", "W1", "2026-03-30", "井已于2024年封填", None)
    ]
    states = dict(query(case, "SELECT finding_id, state FROM decisions"))
    assert states == {names[0]: "open", names[1]: "open", names[3]: "accepted"}
    # what was decided stays until it is decided again; nobody has verified it any more
    row = query(
        case, "SELECT decided_by, verified_by, revision FROM decisions WHERE finding_id = ?", names[0]
    )
    assert row == [("李工", None, 3)]
    told = query(
        case,
        "SELECT kind, subject, who, before, after, reason FROM history WHERE seq > ? ORDER BY seq",
        before,
    )
    kind, subject, who, _, after, reason = told[0]
    assert (kind, subject, who, reason) == ("objection", "W1", "李工", "井已于2024年封填")
    assert json.loads(after)["reopened"] == sorted(names[:2])
    assert {(kind, subject) for kind, subject, *_ in told[1:]} == {("reopen", name) for name in names[:2]}
    entry = next(row for row in told if row[1] == names[0])
    rests = {"evidence_hash": "fail"}
    assert (json.loads(entry[3]), json.loads(entry[4])) == (
        {"state": "verified"} | rests,
        {"state": "open"} | rests,
    )
    assert entry[5] == "OB-20260331-0001 井已于2024年封填"
    assert (done.kind, len(done.more)) == ("objection", 2)


def test_a_second_objection_finds_nothing_to_reopen_and_gets_its_own_id(judged, case, by):
    store, _ = judged
    first, second = record(
        store, [Objection("W1", "2026-03-30", "one"), Objection("W1", "2026-03-31", "two")], by, case
    )
    assert (len(first.more), len(second.more)) == (2, 0)
    assert query(case, "SELECT objection_id FROM objections ORDER BY 1") == [
        ("OB-20260331-0001",),
        ("OB-20260331-0002",),
    ]


def test_all_or_nothing(judged, case, by):
    store, names = judged
    acts = [Objection("W1", "2026-03-30", "one"), Event("NOBODY", "sealed", "2026-03-30")]
    with pytest.raises(OverdraftError):
        record(store, acts, by, case)
    assert query(case, "SELECT count(*) FROM objections") == [(0,)]
    assert query(case, "SELECT state FROM decisions WHERE finding_id = ?", names[1]) == [("accepted",)]


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (Objection("NOBODY", "2026-03-30", "no"), "NOBODY"),
        (Objection("W1", "2026-04-01", "no"), "2026-04-01"),
        (Objection("W1", "", "no"), "Filed on"),
        (Objection("W1", "2026-03-30", " "), "what is objected"),
        (Objection("W1", "2026-03-30", "请电13812345678"), "telephone"),
    ],
)
def test_what_is_no_objection_is_refused_with_the_reason(judged, case, by, act, why):
    store, _ = judged
    with pytest.raises(OverdraftError) as caught:
        record(store, [act], by, case)
    assert why in caught.value.text("en")
    assert query(case, "SELECT count(*) FROM objections") == [(0,)]


def test_an_id_is_given_once(judged, case, by):
    store, _ = judged
    record(store, [Objection("W3", "2026-03-30", "one", "YY-1")], by, case)
    with pytest.raises(OverdraftError, match="YY-1"):
        record(store, [Objection("W2", "2026-03-30", "two", "YY-1")], by, case)


def test_taken_back_the_decisions_stand_again_under_a_new_revision(judged, case, by):
    store, names = judged
    (done,) = record(store, [Objection("W1", "2026-03-30", "one")], by, case)
    undo(store, done, by, case, "recorded for the wrong well")
    assert query(case, "SELECT count(*) FROM objections") == [(0,)]
    row = query(case, "SELECT state, verified_by, revision FROM decisions WHERE finding_id = ?", names[0])
    assert row == [("verified", "王工", 4)]
    kinds = query(case, "SELECT kind, subject FROM history ORDER BY seq DESC LIMIT 3")
    assert {(kind, subject) for kind, subject in kinds} == {("undo", name) for name in ("W1", *names[:2])}


def test_a_row_of_a_table_is_an_objection(judged, case, by):
    store, _ = judged
    acts = acts_of([{"act": "objection", "subject_id": "W2", "day": "2026-03-30", "reason": "异议"}])
    assert acts == [Objection("W2", "2026-03-30", "异议")]
    record(store, acts, by, case)
    assert query(case, "SELECT state FROM decisions WHERE state = 'open'") == [("open",)]
