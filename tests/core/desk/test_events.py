"""Wells and land through the desk: what is recorded, what is refused, what is only doubted."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pandas as pd
import pytest

from overdraft.core.casefile import ConflictError, read_case
from overdraft.core.casefile.history import first_break
from overdraft.core.desk import (
    ActsError,
    By,
    Correction,
    DoubtError,
    Event,
    MoreEvidence,
    Piece,
    Void,
    files,
    ledger_after,
    record,
    register_of,
    undo,
)
from overdraft.core.errors import OverdraftError
from overdraft.core.intake import build_register
from overdraft.core.register.facts import land_history

from .conftest import TODAY

PHOTO = Piece("photo", file="照片 1.jpg")
INSPECTED = Piece("inspection", checked_by="王工")


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def seal(name, day="2026-03-20", *evidence, **more):
    return Event(name, "sealed", day, evidence=evidence, **more)


def credit(case, policy, name):
    return ledger_after(register_of(case, policy), policy, TODAY, [name]).credits[name]


def figures(case, policy):
    pool = ledger_after(register_of(case, policy), policy, TODAY).pool("650402")
    return tuple(
        None if pd.isna(pool[name]) else int(pool[name])
        for name in ("sealed", "pending", "renewed", "reserved", "approvable")
    )


def refused(store, act, by, case):
    with pytest.raises(OverdraftError) as caught:
        record(store, [act], by, case)
    assert query(case, "SELECT count(*) FROM history")[0][0] == 0
    return caught.value


def test_a_seal_with_evidence_is_one_transaction(store, case, by):
    (done,) = record(store, [seal("W1", "2026-03-20", PHOTO, INSPECTED, doc_no="封〔2026〕1号")], by, case)
    assert done.event_id == "EV-20260331-0001"
    rows = query(
        case,
        "SELECT event_id, subject_role, subject_id, kind, effective_on, doc_no, recorded_on, recorded_by FROM events",
    )
    assert rows == [
        ("EV-20260331-0001", "wells", "W1", "sealed", "2026-03-20", "封〔2026〕1号", "2026-03-31", "李工")
    ]
    digest = hashlib.sha256(b"one").hexdigest()
    assert query(
        case, "SELECT event_id, kind, taken_on, path, sha256, checked_by FROM evidence ORDER BY kind"
    ) == [
        ("EV-20260331-0001", "inspection", "2026-03-20", None, None, "王工"),
        ("EV-20260331-0001", "photo", "2026-03-20", "照片 1.jpg", digest, None),
    ]
    ((kind, subject, who, login, after),) = query(
        case, "SELECT kind, subject, who, login, after FROM history"
    )
    assert (kind, subject, who, login) == ("event", "W1", "李工", "li")
    assert json.loads(after)["evidence"] == ["photo", "inspection"]
    with closing(sqlite3.connect(case)) as connection:
        assert first_break(connection) is None


def test_ids_go_on_where_they_stopped(store, case, by):
    record(store, [seal("W1")], by, case)
    told = record(store, [seal("W2"), seal("W3")], by, case)
    assert [done.event_id for done in told] == ["EV-20260331-0002", "EV-20260331-0003"]


def test_an_id_taken_a_moment_ago_is_taken_anew(store, case, by, monkeypatch):
    real, calls = store.apply, []

    def apply(changes, entries, progress=None):
        calls.append(1)
        if len(calls) == 1:  # somebody else records between looking and writing
            record(type(store)(case), [seal("W2")], by, case)
        return real(changes, entries, progress)

    monkeypatch.setattr(store, "apply", apply)
    (done,) = record(store, [seal("W1")], by, case)
    assert (done.event_id, len(calls)) == ("EV-20260331-0002", 2)
    assert query(case, "SELECT event_id, subject_id FROM events ORDER BY event_id") == [
        ("EV-20260331-0001", "W2"),
        ("EV-20260331-0002", "W1"),
    ]


@pytest.mark.parametrize(
    ("act", "key"),
    [
        (seal("W99"), "desk.subject_unknown"),
        (seal(""), "desk.id_missing"),
        (seal("W1", ""), "desk.day_missing"),
        (seal("W1", "2026-02-30"), "desk.day_unreadable"),
        (seal("W1", "2026-04-01"), "desk.day_in_future"),
        (seal("W1", "2026-03-20", Piece("photo")), "desk.file_needed"),
        (seal("W1", "2026-03-20", Piece("inspection")), "desk.inspector_needed"),
        (seal("W1", "2026-03-20", Piece("photo", file="none.jpg")), "desk.file_missing"),
        (seal("W1", "2026-03-20", Piece("photo", "2026-04-02", "照片 1.jpg")), "desk.day_in_future"),
        (seal("W1", doc_no="电话13812345678"), "desk.personal_number"),
        (seal("W1", "2026-03-20", Piece("inspection", checked_by="650102198001011238")), None),
        (Event("W1", "retired", "2026-03-01"), "desk.not_allowed"),
        (Event("W1", "sealed", "2026-03-01", area_mu=3.0), "desk.area_of_well"),
        (Event("L1", "retired", "2026-03-01", "irrigation", area_mu=101.0), "desk.area_too_large"),
        (Event("P1", "sealed", "2026-03-01", "permits"), "desk.role_unknown"),
        (Void("EV-1"), "desk.event_unknown"),
        (Void("wells:OLD:sealed:2023-05-01"), "desk.event_of_register"),
        (MoreEvidence("wells:OLD:sealed:2023-05-02", (INSPECTED,)), "desk.event_unknown"),
        (MoreEvidence("wells:OLD:sealed:2023-05-01", ()), "desk.evidence_none"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(store, case, by, act, key):
    if key is None:  # a true identity number, check digit and all
        from overdraft.core.personal import is_personal_number

        number = next(
            f"65010219800101{n:03d}{c}"
            for n in range(20)
            for c in "0123456789X"
            if is_personal_number(f"65010219800101{n:03d}{c}")
        )
        act, key = seal("W1", "2026-03-20", Piece("inspection", checked_by=number)), "desk.personal_number"
    error = refused(store, act, by, case)
    assert error.key == key
    assert "1381234" not in error.text("zh")
    assert query(case, "SELECT count(*) FROM events") == [(0,)]


def test_nobody_records_without_a_name(store, case):
    assert refused(store, seal("W1"), By("  ", "li", TODAY), case).key == "desk.person_missing"


@pytest.mark.parametrize(
    ("acts", "key"),
    [
        ([seal("OLD")], "desk.already"),
        ([Event("OLD", "shut", "2026-03-01")], "desk.already"),
        ([seal("OLD", "2022-01-01")], "desk.before_last"),
        ([Event("W1", "reopened", "2026-03-01")], "desk.not_closed"),
        ([Event("L1", "restored", "2026-03-01", "irrigation")], "desk.not_retired"),
        ([Event("L2", "retired", "2026-03-01", "irrigation")], "desk.already"),
    ],
)
def test_what_contradicts_the_record_is_doubted_and_recorded_when_asked_again(store, case, by, acts, key):
    with pytest.raises(DoubtError) as caught:
        record(store, acts, by, case)
    assert caught.value.key == key
    record(store, [replace(acts[0], anyway=True)], by, case)
    assert json.loads(query(case, "SELECT after FROM history")[0][0])["anyway"] is True


def test_dismantling_keeps_the_day_of_a_seal_that_the_register_held(store, case, by, policy):
    """The first event of a well would hide its snapshot: sealed in 2023 stays 2023, and counts."""
    before = figures(case, policy)
    assert before[0] == 1
    record(store, [Event("OLD", "dismantled", "2026-03-01")], by, case)
    assert query(case, "SELECT event_id, kind, effective_on FROM events ORDER BY effective_on") == [
        ("wells:OLD:sealed:2023-05-01", "sealed", "2023-05-01"),
        ("EV-20260331-0001", "dismantled", "2026-03-01"),
    ]
    assert figures(case, policy)[0] == 1
    early = ledger_after(register_of(case, policy), policy, TODAY.replace(year=2024), ["OLD"])
    assert early.credits["OLD"].state == "pending"  # sealed in 2024 already, and not only since 2026


def test_evidence_can_follow_and_makes_the_credit_available(store, case, by, policy):
    (done,) = record(store, [seal("W1")], by, case)
    waiting = credit(case, policy, "W1")
    assert (waiting.state, waiting.any_of, "photo" in waiting.lacks) == ("pending", True, True)
    assert figures(case, policy) == (2, 2, 0, 0, 0)
    record(store, [MoreEvidence(done.event_id, (PHOTO,))], by, case)
    ready = credit(case, policy, "W1")
    assert (ready.state, ready.has, ready.lacks) == ("available", ("photo",), ())
    record(store, [MoreEvidence("wells:OLD:sealed:2023-05-01", (INSPECTED,))], by, case)
    assert figures(case, policy) == (2, 0, 0, 0, 1)
    with pytest.raises(OverdraftError) as caught:
        record(store, [MoreEvidence(done.event_id, (PHOTO,))], by, case)
    assert caught.value.key == "desk.evidence_twice"


def test_a_correction_takes_the_evidence_along(store, case, by, policy):
    (done,) = record(store, [seal("W1", "2026-03-20", PHOTO)], by, case)
    (mended,) = record(
        store, [Correction(done.event_id, effective_on="2026-03-18", reason="日期抄错")], by, case
    )
    assert query(case, "SELECT event_id, effective_on, corrects FROM events ORDER BY event_id") == [
        (done.event_id, "2026-03-20", None),
        (mended.event_id, "2026-03-18", done.event_id),
    ]
    assert credit(case, policy, "W1").state == "available"
    with pytest.raises(OverdraftError) as caught:
        record(store, [Void(done.event_id)], by, case)
    assert caught.value.key == "desk.corrected_already"
    assert query(case, "SELECT reason FROM history ORDER BY seq DESC LIMIT 1") == [("日期抄错",)]


def test_undo_withdraws_and_the_ledger_is_as_before(store, case, by, policy):
    before = figures(case, policy)
    (done,) = record(store, [seal("W1", "2026-03-20", PHOTO)], by, case)
    assert figures(case, policy)[0] == before[0] + 1
    back = undo(store, done, by, case, "井号录错")
    assert query(case, "SELECT kind, corrects FROM events WHERE event_id = ?", back.event_id) == [
        ("void", done.event_id)
    ]
    assert figures(case, policy)[:1] == before[:1]
    assert query(case, "SELECT kind FROM history ORDER BY seq") == [("event",), ("undo",)]
    with pytest.raises(OverdraftError):
        undo(store, done, by, case)


def test_land_is_retired_in_part_and_restored(store, case, by):
    record(store, [Event("L1", "retired", "2026-02-01", "irrigation", area_mu=40.0)], by, case)
    record(store, [Event("L2", "restored", "2026-03-01", "irrigation")], by, case)
    register = build_register(read_case(case, ("wells", "irrigation", "events")))
    history = land_history(register)
    told = [
        (register["irrigation"].area_id[r.row], r.kind, f"{r.day:%Y-%m-%d}", r.area_mu)
        for r in history.itertuples()
    ]
    assert told[0] == ("L1", "retired", "2026-02-01", 40.0)
    assert [item[:3] for item in told[1:]] == [
        ("L2", "retired", "2023-10-01"),
        ("L2", "restored", "2026-03-01"),
    ]


def test_several_acts_see_each_other_and_are_all_or_nothing(store, case, by):
    acts = [seal("W1"), Event("W1", "dismantled", "2026-03-25"), seal("W99"), seal("W1", "2026-03-26")]
    with pytest.raises(ActsError) as caught:
        record(store, acts, by, case)
    assert [(row, error.key) for row, error in caught.value.rows] == [
        (2, "desk.subject_unknown"),
        (3, "desk.already"),
    ]
    assert "2" in caught.value.text("zh")
    assert query(case, "SELECT count(*) FROM events") == [(0,)]
    assert len(record(store, acts[:2], by, case)) == 2
    assert query(case, "SELECT count(*) FROM history") == [(2,)]


def test_files_elsewhere_are_copied_beside_the_case(store, case, by, tmp_path_factory):
    far = tmp_path_factory.mktemp("camera")
    (far / "IMG.jpg").write_bytes(b"far")
    (far / "sub").mkdir()
    (far / "sub/IMG.jpg").write_bytes(b"another")
    record(store, [seal("W1", "2026-03-20", Piece("photo", file="IMG.jpg", folder=far))], by, case)
    record(store, [seal("W2", "2026-03-20", Piece("photo", file="sub/IMG.jpg", folder=far))], by, case)
    record(store, [seal("W3", "2026-03-20", Piece("photo", file="IMG.jpg", folder=far))], by, case)
    folder = case.with_name("案 卷.evidence")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "IMG.jpg": b"far",
        "IMG-2.jpg": b"another",
    }
    assert query(case, "SELECT path FROM evidence") == [
        ("案 卷.evidence/IMG.jpg",),
        ("案 卷.evidence/IMG-2.jpg",),
        ("案 卷.evidence/IMG.jpg",),
    ]


def test_a_copy_goes_when_the_act_fails(store, case, by, tmp_path_factory, monkeypatch):
    far = tmp_path_factory.mktemp("camera")
    (far / "IMG.jpg").write_bytes(b"far")

    def apply(*_):
        raise OverdraftError("casefile.locked", path="x", seconds=5)

    monkeypatch.setattr(store, "apply", apply)
    with pytest.raises(OverdraftError):
        record(store, [seal("W1", "2026-03-20", Piece("photo", file="IMG.jpg", folder=far))], by, case)
    assert list(case.with_name("案 卷.evidence").iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["../up.jpg", "/etc/passwd", "\\\\server\\share\\a.jpg", "C:/a.jpg", "C:a.jpg", "a/../../b.jpg", "con.jpg",
     "a.jpg.", "a:b.jpg", "..", ""],
)  # fmt: skip
def test_no_path_leads_out_of_the_folder(store, case, by, name):
    error = refused(store, seal("W1", "2026-03-20", Piece("photo", file=name or " ")), by, case)
    assert error.key == "desk.path_outside"


def test_no_link_leads_out_of_the_folder(store, case, by, tmp_path_factory):
    far = tmp_path_factory.mktemp("far")
    (far / "a.jpg").write_bytes(b"x")
    (case.parent / "link").symlink_to(far)
    (case.parent / "b.jpg").symlink_to(far / "a.jpg")
    for name in ("link/a.jpg", "b.jpg"):
        assert (
            refused(store, seal("W1", "2026-03-20", Piece("photo", file=name)), by, case).key
            == "desk.path_outside"
        )


@pytest.mark.parametrize("name", ["<b>", '"; DROP TABLE events; --', "${table}", "x" * 900])
def test_hostile_texts_are_kept_as_they_are(store, case, by, name):
    record(store, [seal("W1", doc_no=name)], by, case)
    assert query(case, "SELECT doc_no FROM events") == [(name,)]


def test_a_row_that_changes_twice_under_the_desk_is_a_conflict(store, case, by, monkeypatch):
    def apply(*_):
        from overdraft.core.casefile import Change

        raise ConflictError([(Change("events", {"event_id": "x"}, None, {}), None)])

    monkeypatch.setattr(store, "apply", apply)
    with pytest.raises(ConflictError):
        record(store, [seal("W1")], by, case)


def test_files_of_one_name_from_two_folders_in_one_go_stay_two(store, case, by, tmp_path_factory):
    """Cameras number their pictures alike: each row of evidence keeps its own picture."""
    far = tmp_path_factory.mktemp("camera")
    for name in ("W1", "W2"):
        (far / name).mkdir()
        (far / name / "IMG_1.jpg").write_bytes(name.encode())
    acts = [
        seal(name, "2026-03-20", Piece("photo", file=f"{name}/IMG_1.jpg", folder=far))
        for name in ("W1", "W2")
    ]
    record(store, acts, by, case)
    rows = query(
        case, "SELECT subject_id, path, sha256 FROM evidence JOIN events USING (event_id) ORDER BY 1"
    )
    assert [name for name, *_ in rows] == ["W1", "W2"]
    for name, path, digest in rows:
        assert (case.parent / path).read_bytes() == name.encode()
        assert hashlib.sha256(name.encode()).hexdigest() == digest


def test_a_name_that_another_file_took_meanwhile_stops_the_act(
    store, case, by, tmp_path_factory, monkeypatch
):
    far = tmp_path_factory.mktemp("camera")
    (far / "IMG.jpg").write_bytes(b"far")
    folder = case.with_name("案 卷.evidence")
    folder.mkdir()
    (folder / "IMG.jpg").write_bytes(b"of somebody else")
    monkeypatch.setattr(files, "_content", lambda *_: "")  # it was not there when the act was looked at
    act = seal("W1", "2026-03-20", Piece("photo", file="IMG.jpg", folder=far))
    assert refused(store, act, by, case).key == "desk.file_changed"
    assert (folder / "IMG.jpg").read_bytes() == b"of somebody else"
