"""What became of an objection: recorded once, with its reason; it decides nothing and is taken back whole."""

from __future__ import annotations

import hashlib
import json

import pytest

from overdraft.core.casefile import ConflictError
from overdraft.core.casefile.snapshot import Snapshot
from overdraft.core.casefile.verify import verify_case
from overdraft.core.desk import (
    Objection,
    ObjectionResult,
    Piece,
    acts_of,
    ledger_after,
    record,
    register_of,
    undo,
)
from overdraft.core.errors import OverdraftError
from overdraft.core.report.sheet import finding_sheet
from overdraft.core.review import Act, decide

from .conftest import TODAY, finding, query

FILED = Objection("W1", "2026-03-20", "井已于2024年封填", "YY-1")


def result(**given):
    told = {"objection_id": "YY-1", "decided_on": "2026-03-30", "result": "partly", "reason": "现场核实"}
    return ObjectionResult(**(told | given))


@pytest.fixture
def objected(judged, case, by):
    """W1 objected to: both of its decisions are open again."""
    store, names = judged
    (done,) = record(store, [FILED], by, case)
    return store, names, done


def last(case):
    """The last entry of the history."""
    ((kind, subject, who, after, reason),) = query(
        case, "SELECT kind, subject, who, after, reason FROM history ORDER BY seq DESC LIMIT 1"
    )
    return kind, subject, who, json.loads(after), reason


def row(case):
    return query(case, "SELECT decided_on, result, text FROM objections")


@pytest.mark.parametrize("token", ["upheld", "partly", "rejected", "withdrawn"])
def test_a_result_is_recorded_with_its_reason_and_decides_nothing(objected, case, by, token):
    store, _, _ = objected
    before = query(case, "SELECT * FROM decisions ORDER BY finding_id")
    (done,) = record(store, [result(result=token)], by, case)
    assert row(case) == [("2026-03-30", token, FILED.text)]
    assert query(case, "SELECT * FROM decisions ORDER BY finding_id") == before
    told = {"objection_id": "YY-1", "decided_on": "2026-03-30", "result": token}
    assert last(case) == ("objection_result", "W1", "李工", told, "现场核实")
    assert (done.kind, done.token, done.subject_id, done.objection_id) == (
        "objection_result",
        token,
        "W1",
        "YY-1",
    )


def test_no_objection_gets_two_results(objected, case, by):
    store, _, _ = objected
    record(store, [result()], by, case)
    with pytest.raises(OverdraftError) as caught:
        record(store, [result(result="upheld")], by, case)
    assert caught.value.key == "desk.objection_decided"
    assert "Upheld in part" in caught.value.text("en")
    assert "异议部分成立（2026-03-30）" in caught.value.text("zh")
    assert row(case)[0][:2] == ("2026-03-30", "partly")
    with pytest.raises(OverdraftError, match="YY-2"):  # nor in one go
        record(
            store, [Objection("W2", "2026-03-20", "no", "YY-2"), *[result(objection_id="YY-2")] * 2], by, case
        )
    assert len(row(case)) == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"objection_id": "YY-9"}, "YY-9"),
        ({"objection_id": ""}, "objection_id"),
        ({"decided_on": "2026-03-19"}, "before the day on which the objection was filed (2026-03-20)"),
        ({"decided_on": "2026-04-01"}, "2026-04-01"),
        ({"decided_on": ""}, "Decided on"),
        ({"result": "approved"}, "Upheld in part"),
        ({"result": ""}, "Rejected"),
        ({"reason": "  "}, "why"),
        ({"reason": "请电13812345678"}, "telephone"),
        ({"evidence": (Piece("document", file="none.pdf"),)}, "none.pdf"),
        ({"evidence": (Piece("power_cut"),)}, "Photo"),
    ],
)
def test_what_is_no_result_is_refused_with_the_reason(objected, case, by, given, why):
    store, _, _ = objected
    before = query(case, "SELECT count(*) FROM history")
    with pytest.raises(OverdraftError) as caught:
        record(store, [result(**given)], by, case)
    assert why in caught.value.text("en")
    assert row(case) == [(None, None, FILED.text)]
    assert query(case, "SELECT count(*) FROM history") == before


def test_the_day_of_filing_itself_will_do(objected, case, by):
    record(objected[0], [result(decided_on="2026-03-20")], by, case)
    assert row(case)[0][0] == "2026-03-20"


def test_taken_back_the_objection_waits_again_and_may_get_another_result(objected, case, by):
    store, names, _ = objected
    (done,) = record(store, [result()], by, case)
    undo(store, done, by, case, "the wrong objection")
    assert row(case) == [(None, None, FILED.text)]
    assert last(case)[0] == "undo"
    assert last(case)[3] == {"undone": "objection_result"}
    record(store, [result(result="rejected", reason="查无实据")], by, case)
    assert row(case)[0][1] == "rejected"
    sheet = finding_sheet(store, names[0], "zh")
    assert [(one.state, one.reason) for one in sheet.objections] == [("异议不成立，2026-03-30", "查无实据")]


def test_an_objection_with_a_result_is_not_taken_back_under_it(objected, case, by):
    store, _, filed = objected
    record(store, [result()], by, case)
    with pytest.raises(ConflictError):
        undo(store, filed, by, case)
    assert row(case)[0][1] == "partly"


@pytest.mark.parametrize("ended", [False, True])
def test_what_a_later_objection_found_open_stays_open(objected, case, by, ended):
    """The first objection opened the decisions; taken back it would close them again under the second one."""
    store, names, first = objected
    (second,) = record(store, [Objection("W1", "2026-03-25", "又一", "YY-2")], by, case)
    assert second.more == ()
    back = [record(store, [result(objection_id="YY-2", result="upheld")], by, case)[0]] if ended else []
    with pytest.raises(OverdraftError, match="YY-2"):
        undo(store, first, by, case)
    opened = query(case, "SELECT finding_id FROM decisions WHERE state = 'open' ORDER BY 1")
    assert [name for (name,) in opened] == sorted(names[:2])
    for done in (*back, second, first):
        undo(store, done, by, case)
    assert query(case, "SELECT count(*) FROM decisions WHERE state = 'open'") == [(0,)]
    assert query(case, "SELECT count(*) FROM objections") == [(0,)]


def test_any_order_of_acts_and_undoings_leaves_a_history_that_proves_the_decisions(judged, case, by):
    store, names = judged
    made_up = {"findings_changed", "basis_changed"}  # the hashes of the fixture

    def provable():
        return {problem.kind for problem in verify_case(case).problems} <= made_up

    (filed,) = record(store, [FILED], by, case)
    (ended,) = record(store, [result()], by, case)
    assert provable()
    undo(store, ended, by, case)
    undo(store, filed, by, case)
    assert provable()
    assert query(case, "SELECT state FROM decisions WHERE finding_id = ?", names[0]) == [("verified",)]
    record(store, [FILED], by, case)
    record(store, [result(result="rejected")], by, case)
    decide(store, names[:2], Act("accept", "李工", "li"), today=TODAY)
    assert provable()
    with pytest.raises(ConflictError):  # the decisions were made again since
        undo(store, filed, by, case)
    assert provable()


def test_the_panel_tells_both_and_their_history(objected, case, by):
    store, names, _ = objected
    sheet = finding_sheet(store, names[2], "en")  # that nobody had decided on: it is about the same well
    ((one),) = sheet.objections
    assert (one.title, one.state, one.waits) == ("YY-1, filed on 2026-03-20", "waits for its result", True)
    assert (one.text, one.reason) == (FILED.text, "")
    record(store, [result()], by, case)
    sheet = finding_sheet(store, names[0], "en")
    ((one),) = sheet.objections
    assert (one.state, one.waits, one.reason) == ("Upheld in part, 2026-03-30", False, "现场核实")
    acts = [(past.act, past.after, past.reason) for past in sheet.history]
    assert acts[-2:] == [
        ("Reopened", "Open", f"YY-1 {FILED.text}"),
        ("Result of an objection", "Upheld in part", "现场核实"),
    ]
    assert sheet.state == "Open"
    assert finding_sheet(store, names[3], "en").objections == ()  # another well


def test_in_a_merged_case_the_reason_stands_in_the_history_of_its_county():
    row = {**finding("W1", "1"), "run_id": "r"} | dict.fromkeys(
        ("permission", "action", "period_state", "measured", "threshold", "measure_unit")
    )
    objected = {"objection_id": "YY-1", "well_id": "W1", "filed_on": "2026-03-20", "text": "不实"}
    ended = {"decided_on": "2026-03-30", "result": "upheld"}
    entry = {"case_name": "县", "seq": 3, "at": "2026-03-30T00:00:00.000Z", "kind": "objection_result"}
    entry |= {"subject": "W1", "who": "李工", "before": None, "reason": "查实"}
    entry["after"] = json.dumps({"objection_id": "YY-1", **ended})
    tables = {"findings": [row], "objections": [objected | ended], "merged_histories": [entry]}
    sheet = finding_sheet(Snapshot(tables, ""), row["finding_id"], "en")
    assert [(one.state, one.reason) for one in sheet.objections] == [("Upheld, 2026-03-30", "查实")]
    assert [(past.act, past.after) for past in sheet.history] == [("Result of an objection", "Upheld")]


def test_words_of_somebody_else_are_shown_as_they_are(objected, case, by):
    """Objections that a layer brought in: any text stands for a result, days may be missing."""
    from overdraft.core.casefile import Change, Entry

    store, names, _ = objected
    values = {
        "well_id": "W1",
        "filed_on": None,
        "text": "<b>no</b>",
        "decided_on": None,
        "result": "不予采纳",
    }
    store.apply([Change("objections", {"objection_id": "旧1"}, None, values)], [Entry("import", "x", "x")])
    first, _ = finding_sheet(store, names[0], "en").objections
    assert (first.title, first.state, first.waits) == ("旧1", "不予采纳, —", False)
    with pytest.raises(OverdraftError, match="不予采纳"):
        record(store, [result(objection_id="旧1")], by, case)


def test_files_are_kept_with_their_hash_and_say_nothing_of_seals(
    objected, case, by, tmp_path_factory, policy
):
    """The ledger asks for evidence of seals: a letter of objection must not make it believe that there is some."""
    store, _, _ = objected
    assert policy.has("replacement")
    outside = tmp_path_factory.mktemp("scans") / "决定书.pdf"
    outside.write_bytes(b"decision")
    ledger = ledger_after(register_of(case, policy), policy, TODAY).balance
    record(store, [result(evidence=(Piece("document", file=outside.name, folder=outside.parent),))], by, case)
    kept = {
        "kind": "document",
        "taken_on": "2026-03-30",
        "path": f"{case.stem}.evidence/决定书.pdf",
        "sha256": hashlib.sha256(b"decision").hexdigest(),
    }
    assert last(case)[3]["evidence"] == [kept]
    assert (case.parent / kept["path"]).read_bytes() == b"decision"
    assert query(case, "SELECT count(*) FROM evidence") == [(0,)]
    assert ledger_after(register_of(case, policy), policy, TODAY).balance.equals(ledger)


def test_rows_of_a_table_and_the_history_that_stays_provable(judged, case, by):
    store, _ = judged
    acts = acts_of(
        [
            {
                "act": "objection",
                "subject_id": "W1",
                "day": "2026-03-20",
                "reason": "异议",
                "objection_id": "YY-1",
            },
            {
                **{"act": "objection_result", "objection_id": "YY-1", "day": "2026-03-30"},
                **{"result": "upheld", "reason": "确已封填"},
            },
        ]
    )
    assert acts == [Objection("W1", "2026-03-20", "异议", "YY-1"), result(result="upheld", reason="确已封填")]
    record(store, acts, by, case)
    assert row(case) == [("2026-03-30", "upheld", "异议")]
    made_up = {"findings_changed", "basis_changed"}
    assert {problem.kind for problem in verify_case(case).problems} == made_up
