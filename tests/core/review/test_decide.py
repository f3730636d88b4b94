"""Deciding: states, who may do what, all or nothing, history, undo."""

from __future__ import annotations

import json
import sys
from datetime import date

import pytest

from overdraft.core.casefile import CaseRows, ConflictError
from overdraft.core.casefile.history import first_break
from overdraft.core.casefile.opening import reading
from overdraft.core.errors import Cancelled, OverdraftError
from overdraft.core.review import UndoStack, decide, preview, set_four_eyes
from overdraft.core.review.listing import Listing

from .conftest import finding

TODAY = date(2026, 4, 1)
GOOD = {"outcome": "pass", "reason_kind": "site_check", "reason": "现场核实井已封填，照片齐全。"}


def name_of(subject, **values):
    return finding(subject, **values)["finding_id"]


def test_accept_keeps_the_decision_its_finding_and_its_history(case, act):
    store = case.judge(finding("W1"), finding("W2"))
    step = decide(store, [name_of("W1")], act("accept"), today=TODAY)
    row = case.decision(name_of("W1"))
    assert (row.state, row.decided_by, row.decided_on, row.revision, row.stale) == (
        "accepted",
        "李工",
        "2026-04-01",
        1,
        0,
    )
    assert row.evidence_hash == finding("W1")["evidence_hash"]
    assert case.query("SELECT subject_id, measured FROM decided_findings") == [("W1", 1.0)]
    ((*told, after),) = case.query(
        "SELECT kind, subject, who, login, before, after FROM history WHERE seq = 2"
    )
    assert told == ["accept", name_of("W1"), "李工", "li", '{"state":"open"}']
    assert json.loads(after) == {"state": "accepted", "evidence_hash": finding("W1")["evidence_hash"]}
    assert case.query("SELECT hash FROM history WHERE seq = 2") == [(step.head,)]
    assert case.decision(name_of("W2")) is None


def test_an_override_needs_outcome_kind_and_ten_characters(case, act):
    store = case.judge(finding("W1"))
    for missing, key in (
        ({"outcome": ""}, "review.no_outcome"),
        ({"reason_kind": "mood"}, "review.no_reason_kind"),
        ({"reason": "九个字的理由不够呀"}, "review.reason_short"),
        ({"reason": "请致电 13812345678 询问现场情况"}, "review.personal_number"),
        ({"who": "  "}, "review.no_person"),
        ({"outcome": "fail"}, "review.same_outcome"),
    ):
        with pytest.raises(OverdraftError) as caught:
            decide(store, [name_of("W1")], act("override", **{**GOOD, **missing}), today=TODAY)
        assert caught.value.key == key
    assert case.query("SELECT count(*) FROM decisions") == [(0,)]
    assert case.query("SELECT count(*) FROM history") == [(1,)]
    decide(store, [name_of("W1")], act("override", **{**GOOD, "reason": "十个字的理由刚好足够"}), today=TODAY)
    assert (case.decision(name_of("W1")).state, case.decision(name_of("W1")).outcome) == (
        "overridden",
        "pass",
    )


def test_a_deferred_finding_has_a_reason_and_a_later_day(case, act):
    store = case.judge(finding("W1"))
    for values, key in (
        ({"reason": "", "deferred_to": date(2026, 5, 1)}, "review.no_reason"),
        ({"reason": "等计量"}, "review.no_day"),
        ({"reason": "等计量", "deferred_to": TODAY}, "review.no_day"),
    ):
        with pytest.raises(OverdraftError) as caught:
            decide(store, [name_of("W1")], act("defer", **values), today=TODAY)
        assert caught.value.key == key
    decide(store, [name_of("W1")], act("defer", reason="等计量", deferred_to=date(2026, 4, 2)), today=TODAY)
    assert case.decision(name_of("W1")).deferred_to == "2026-04-02"


def test_what_could_not_be_evaluated_is_never_accepted(case, act):
    store = case.judge(finding("W1", "not_evaluated"), finding("row:7"))
    for subject, key in (("W1", "review.cannot_judge"), ("row:7", "review.no_id")):
        with pytest.raises(OverdraftError) as caught:
            decide(
                store,
                [case.query("SELECT finding_id FROM findings WHERE subject_id = ?", subject)[0][0]],
                act("accept"),
                today=TODAY,
            )
        assert caught.value.key == key
    decide(store, [name_of("W1")], act("override", **GOOD), today=TODAY)


def test_a_second_person_verifies_and_a_verified_one_is_reopened_with_a_reason(case, act):
    store = case.judge(finding("W1"))
    name = [name_of("W1")]
    with pytest.raises(OverdraftError, match="accepted or overridden"):
        decide(store, name, act("verify", "王工"), today=TODAY)
    decide(store, name, act("override", **GOOD), today=TODAY)
    with pytest.raises(OverdraftError, match="another person"):
        decide(store, name, act("verify"), today=TODAY)
    decide(store, name, act("verify", "王工"), today=TODAY)
    row = case.decision(name[0])
    assert (row.state, row.outcome, row.decided_by, row.verified_by) == ("verified", "pass", "李工", "王工")
    with pytest.raises(OverdraftError, match="reopen"):
        decide(store, name, act("accept"), today=TODAY)
    with pytest.raises(OverdraftError, match="reason"):
        decide(store, name, act("reopen"), today=TODAY)
    decide(store, name, act("reopen", reason="群众提出异议"), today=TODAY)
    row = case.decision(name[0])
    assert (row.state, row.verified_by, row.revision) == ("open", None, 3)
    assert [kind for (kind,) in case.query("SELECT kind FROM history ORDER BY seq")] == [
        "run", "override", "verify", "reopen",
    ]  # fmt: skip


def test_four_eyes_can_be_given_up_on_record(case, act):
    store = case.judge(finding("W1"))
    decide(store, [name_of("W1")], act("accept"), today=TODAY)
    set_four_eyes(store, False, "局长")
    decide(store, [name_of("W1")], act("verify"), today=TODAY)
    assert case.decision(name_of("W1")).state == "verified"
    assert case.query("SELECT who, after FROM history WHERE kind = 'setting'") == [
        ("局长", '{"source":"user","value":"false"}')
    ]


def test_many_at_once_pass_over_what_does_not_apply(case, act):
    rows = [finding(f"W{n}", unverified='["rate"]' if n < 3 else "[]") for n in range(10)]
    store = case.judge(*rows, finding("X", "not_evaluated"))
    decide(store, [name_of("W0")], act("accept"), today=TODAY)
    decide(store, [name_of("W0")], act("verify", "王工"), today=TODAY)
    ids = [row["finding_id"] for row in rows] + [name_of("X")]
    store.mark(name_of("W5"), "赵工", "zhao")
    seen = preview(store, ids, act("accept"), TODAY)
    assert (len(seen.act), dict(seen.skipped), seen.unverified) == (
        9,
        {"review.cannot_judge": 1, "review.verified": 1},
        2,
    )
    assert {name: who for name, (who, _) in seen.marked.items()} == {name_of("W5"): "赵工"}
    step = decide(store, ids, act("accept"), today=TODAY)
    assert step.ids == seen.act
    assert case.query("SELECT count(*) FROM history WHERE kind = 'accept'") == [(10,)]
    assert case.query("SELECT count(*) FROM decided_findings") == [(10,)]


def test_a_conflict_writes_nothing_and_shows_both_versions(case, act):
    rows = [finding(f"W{n}") for n in range(5)]
    store = case.judge(*rows)
    ids = [row["finding_id"] for row in rows]
    seen = dict.fromkeys(ids, 0)
    decide(store, ids[3:4], act("override", "王工", **GOOD), today=TODAY)
    with pytest.raises(ConflictError) as caught:
        decide(store, ids, act("accept"), today=TODAY, expected=seen)
    ((change, found),) = caught.value.conflicts
    assert (change.after["state"], found["state"], found["decided_by"]) == ("accepted", "overridden", "王工")
    assert case.query("SELECT count(*) FROM decisions") == [(1,)]


def test_cancelling_leaves_nothing(case, act):
    rows = [finding(f"W{n}") for n in range(5)]
    store = case.judge(*rows)

    def stop(share):
        raise Cancelled

    with pytest.raises(Cancelled):
        decide(store, [row["finding_id"] for row in rows], act("accept"), stop, today=TODAY)
    assert case.query("SELECT count(*) FROM decisions") == [(0,)]
    decide(store, [row["finding_id"] for row in rows], act("accept"), today=TODAY)


def test_undo_and_redo_write_history(case, act):
    rows = [finding(f"W{n}") for n in range(3)]
    store, stack = case.judge(*rows), UndoStack()
    ids = [row["finding_id"] for row in rows]
    stack.add(decide(store, ids, act("accept"), today=TODAY))
    stack.add(decide(store, ids[:1], act("override", **GOOD), today=TODAY))
    stack.undo(store, "李工")
    assert (case.decision(ids[0]).state, case.decision(ids[0]).revision) == ("accepted", 3)
    stack.undo(store, "李工")
    assert [case.decision(name).state for name in ids] == ["open"] * 3
    assert not stack.can_undo
    stack.redo(store, "李工")
    stack.redo(store, "李工")
    assert [case.decision(name).state for name in ids] == ["overridden", "accepted", "accepted"]
    assert case.decision(ids[0]).reason == GOOD["reason"]
    kinds = [kind for (kind,) in case.query("SELECT kind FROM history ORDER BY seq")]
    expected = ["run", *["accept"] * 3, "override", "undo", *["undo"] * 3, *["redo"] * 3, "redo"]
    assert kinds == expected
    with reading(case.path) as connection:
        assert first_break(connection) is None


def test_undo_never_takes_back_what_another_person_did_since(case, act):
    store, stack = case.judge(finding("W1")), UndoStack()
    stack.add(decide(store, [name_of("W1")], act("accept"), today=TODAY))
    decide(store, [name_of("W1")], act("verify", "王工"), today=TODAY)
    with pytest.raises(ConflictError):
        stack.undo(store, "李工")
    assert stack.can_undo
    assert case.decision(name_of("W1")).state == "verified"


def test_undo_stops_at_what_another_person_did_in_between(case, act):
    store, stack = case.judge(finding("W1")), UndoStack()
    stack.add(decide(store, [name_of("W1")], act("accept"), today=TODAY))
    decide(store, [name_of("W1")], act("override", "王工", **GOOD), today=TODAY)
    stack.add(decide(store, [name_of("W1")], act("accept"), today=TODAY))
    stack.undo(store, "李工")
    assert case.decision(name_of("W1")).decided_by == "王工"
    with pytest.raises(ConflictError):
        stack.undo(store, "李工")
    assert (case.decision(name_of("W1")).state, case.decision(name_of("W1")).decided_by) == (
        "overridden",
        "王工",
    )


def test_a_hundred_steps_are_remembered(case, act):
    store, stack = case.judge(finding("W1")), UndoStack()
    step = decide(store, [name_of("W1")], act("accept"), today=TODAY)
    for _ in range(130):
        stack.add(step)
    assert len(stack._done) == 100


def test_undo_brings_back_the_finding_that_was_decided_on(case, act):
    """A stale decision is confirmed on the finding as it is now, and that is taken back: it rests on the older one."""
    store, stack = case.judge(finding("W1")), UndoStack()
    decide(store, [name_of("W1")], act("accept"), today=TODAY)
    case.judge(finding("W1", measured=3.0))
    stack.add(decide(store, [name_of("W1")], act("accept"), today=TODAY))
    assert case.query("SELECT measured, run_id FROM decided_findings") == [(3.0, "run-2")]
    stack.undo(store, "李工")
    row = case.decision(name_of("W1"))
    assert (row.stale, row.evidence_hash) == (1, finding("W1")["evidence_hash"])
    assert case.query("SELECT measured, run_id FROM decided_findings") == [(1.0, "run-1")]
    stack.redo(store, "李工")
    assert case.query("SELECT measured, run_id FROM decided_findings") == [(3.0, "run-2")]
    stack.undo(store, "李工")
    case.judge(finding("W1", measured=3.0))
    assert case.decision(name_of("W1")).changed == '{"measured":[1.0,3.0]}'


def test_a_confirmed_decision_that_followed_another_document_is_not_taken_back(case, act):
    store, stack = case.judge(finding("W1")), UndoStack()
    decide(store, [name_of("W1")], act("accept"), today=TODAY)
    case.judge(finding("W1", measured=3.0))
    stack.add(decide(store, [name_of("W1")], act("accept"), today=TODAY))
    case.judge(finding("W1", policy="doc-2", measured=3.0), policy="doc-2", succeeds="doc-1")
    with pytest.raises(ConflictError):
        stack.undo(store, "李工")
    assert case.decision(name_of("W1", policy="doc-2")).state == "accepted"


def test_nobody_decides_on_findings_of_a_run_that_was_not_seen(case, act):
    """A colleague judged the case again while the older findings stood on the screen."""
    store = case.judge(finding("W1"))
    seen = Listing(case.path).run
    case.judge(finding("W1", "review"))
    with pytest.raises(OverdraftError) as caught:
        decide(store, [name_of("W1")], act("accept"), today=TODAY, run=seen)
    assert caught.value.key == "review.judged_again"
    assert case.query("SELECT count(*) FROM decisions") == [(0,)]
    decide(store, [name_of("W1")], act("accept"), today=TODAY, run=Listing(case.path).run)
    assert case.decision(name_of("W1")).evidence_hash == finding("W1", "review")["evidence_hash"]


def test_a_run_between_looking_up_and_deciding_refuses_the_decision(case, act, monkeypatch):
    store = case.judge(finding("W1"))
    apply = CaseRows.apply

    def meanwhile(self, *parts, **more):
        monkeypatch.undo()
        case.judge(finding("W2"))
        return apply(self, *parts, **more)

    monkeypatch.setattr(CaseRows, "apply", meanwhile)
    with pytest.raises(OverdraftError) as caught:
        decide(store, [name_of("W1")], act("accept"), today=TODAY)
    assert caught.value.key == "review.judged_again"
    assert case.query("SELECT count(*) FROM decisions") == [(0,)]


def test_findings_that_nobody_knows_are_no_findings(case, act):
    """None chosen, or gone with the run that found them: a sentence, no traceback."""
    store = case.judge(finding("W1"))
    for ids in ([], ["0123456789abcdef"]):
        with pytest.raises(OverdraftError) as caught:
            decide(store, ids, act("accept"), today=TODAY)
        assert caught.value.key == "review.nothing"
        assert preview(store, ids, act("accept"), TODAY).act == ()


def test_ever_so_many_decisions_are_remembered_by_their_last_steps(case, act, monkeypatch):
    from overdraft.core.review import undo

    monkeypatch.setattr(undo, "MOST", 5)
    rows = [finding(f"W{n}") for n in range(3)]
    store, stack = case.judge(*rows), UndoStack()
    ids = [row["finding_id"] for row in rows]
    for names in (ids, ids[:1], ids[:2], ids):
        stack.add(
            decide(store, names, act("defer", reason="等计量", deferred_to=date(2026, 5, 1)), today=TODAY)
        )
    assert [len(step) for step in stack._done] == [2, 3]
    monkeypatch.setattr(undo, "MOST", 2)
    stack.add(decide(store, ids, act("accept"), today=TODAY))
    assert [len(step) for step in stack._done] == [3]  # the last one can be taken back whatever its size
    stack.undo(store, "李工")
    assert [case.decision(name).state for name in ids] == ["deferred"] * 3


def test_a_step_takes_little_memory_and_gives_every_row_back(case, act):
    """A hundred steps on many findings: ids and hashes stand there once, what all rows share as well."""
    import gc
    import tracemalloc

    rows = [finding(f"W{n}", "review" if n % 2 else "fail") for n in range(2_000)]
    store, stack = case.judge(*rows), UndoStack()
    ids = [row["finding_id"] for row in rows]
    stack.add(decide(store, ids[::2], act("accept"), today=TODAY))
    stack.add(decide(store, ids, act("override", **{**GOOD, "outcome": "exempt"}), today=TODAY))
    tracemalloc.start()
    held = []
    for _ in range(2):
        step = decide(store, ids, act("accept"), today=TODAY)
        stack.add(step)
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] - held[0] < 2_000 * 100  # bytes; a dictionary for each row takes more than a thousand
    for name, before, after in zip(ids, stack._done[2].before, step.after, strict=True):
        assert after.items() <= vars(case.decision(name)).items()
        assert (before["state"], before["outcome"], after["outcome"]) == ("overridden", "exempt", None)
        assert type(after["revision"]) is int
    assert len(step) == len(step.ids) == 2_000
    first = stack._done[0]
    assert list(first.before) == [{}] * 1_000
    stack.undo(store, "李工")
    stack.undo(store, "李工")
    assert case.query("SELECT DISTINCT outcome FROM decisions") == [("exempt",)]


@pytest.fixture
def small_parts(monkeypatch):
    """Work tells of itself every two findings."""
    for name in ("casefile.rowstore._PART", "review.decide.PART", "review.undo.PART"):
        module, _, constant = f"overdraft.core.{name}".rpartition(".")
        monkeypatch.setattr(sys.modules[module], constant, 2)


def test_r14_a_cancel_is_heard_all_the_way_and_leaves_nothing(case, act, small_parts):
    """Looked up, made ready, chained, written, entered: between any two findings, of a decision and of its undoing."""
    rows = [finding(f"W{n}") for n in range(8)]
    store, ids = case.judge(*rows), [row["finding_id"] for row in rows]
    decide(store, ids[:4], act("accept"), today=TODAY)  # some stand already, others are new
    stack = UndoStack()
    acts = {
        "preview": lambda tell: preview(store, ids, act("accept", "王工"), TODAY, tell),
        "decide": lambda tell: decide(store, ids, act("accept", "王工"), tell, today=TODAY),
        "undo": lambda tell: stack.undo(store, "王工", "", tell),
    }
    least = {"preview": 4, "decide": 20, "undo": 12}
    for name, do in acts.items():
        before = case.query("SELECT * FROM decisions"), case.query("SELECT count(*) FROM history")
        done = None
        for limit in range(1_000):
            heard = Patience(limit)
            try:
                done = do(heard)
            except Cancelled:
                assert before == (
                    case.query("SELECT * FROM decisions"),
                    case.query("SELECT count(*) FROM history"),
                )
            else:
                break
        assert len(heard.shares) >= least[name], name
        assert heard.shares == sorted(heard.shares), name
        if name == "decide":
            stack.add(done)


class Patience:
    """Lets work tell of itself so often, then cancels."""

    def __init__(self, limit):
        self.limit, self.shares = limit, []

    def __call__(self, share):
        self.shares.append(share)
        if len(self.shares) > self.limit:
            raise Cancelled
