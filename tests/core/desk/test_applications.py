"""From a seal to a commissioned renewal, with the ledger counted by hand at each step."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pandas as pd
import pytest
from shapely.geometry import Point

from overdraft.core.casefile import CaseRows, Change, Entry
from overdraft.core.desk import (
    Decision,
    DoubtError,
    Event,
    Intake,
    Link,
    Piece,
    Withdrawal,
    acts_of,
    ledger_after,
    record,
    register_of,
    undo,
    vet_intake,
)
from overdraft.core.desk.view import View
from overdraft.core.errors import OverdraftError

from .conftest import TODAY

FIELDS = {"use": "irrigation", "aquifer": "shallow", "permit_m3": 50000, "village": "瓜园村"}
FIGURES = ("sealed", "pending", "renewed", "reserved", "required", "further", "approvable")


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


SEEN = {}
"""The ledger by case and head of its history: between two acts it is the same."""


def standing(case, policy, renewals=()):
    key = (case, CaseRows(case).head(), *renewals)
    if key not in SEEN:
        SEEN[key] = ledger_after(register_of(case, policy), policy, TODAY, ("W1", "W2"), renewals)
    return SEEN[key]


def figures(case, policy):
    pool = standing(case, policy).pool("650402")
    return tuple(None if pd.isna(pool[name]) else int(pool[name]) for name in FIGURES)


def states(case, policy, *names):
    credits = standing(case, policy).credits
    return [(credits[name].state, credits[name].holder) for name in names]


def seals(*names):
    photo = Piece("photo", file="照片 1.jpg")
    return [Event(name, "sealed", "2026-03-10", evidence=(photo,)) for name in names]


def renewal(**values):
    given = {"place": Point(89.25, 42.9), "fields": FIELDS, "replaces": "W1", "retired_ids": ("W2",)}
    return Intake("renewal", "2026-03-12", **{**given, **values})


@pytest.fixture
def approved(store, case, by):
    """W1 and W2 sealed, pledged and approved."""
    record(store, seals("W1", "W2"), by, case)
    (done,) = record(store, [renewal()], by, case)
    record(store, [Decision(done.application_id, "approved", "2026-03-15", "文〔2026〕1号")], by, case)
    return done.application_id


def test_from_a_seal_to_a_commissioned_renewal(store, case, by, policy):
    """OLD is sealed without evidence; pending once evidence is kept at all. k = 2."""
    assert figures(case, policy) == (1, 0, 0, 0, 0, 0, None)
    record(store, seals("W1", "W2"), by, case)
    assert figures(case, policy) == (3, 1, 0, 0, 0, 1, 1)  # min(3, 3 - 1) // 2
    (taken,) = record(store, [renewal()], by, case)
    name = taken.application_id
    assert name == "AP-2026-0001"
    assert figures(case, policy) == (3, 1, 0, 0, 0, 1, 1)  # applied for is not approved
    assert states(case, policy, "W1", "W2") == [("reserved", name)] * 2
    record(store, [Decision(name, "approved", "2026-03-15", "文〔2026〕1号")], by, case)
    assert figures(case, policy) == (3, 1, 0, 1, 0, 0, 0)
    (linked,) = record(store, [Link(name, "N1", "2026-03-28", "2026-03-20")], by, case)
    assert figures(case, policy) == (3, 1, 1, 0, 2, 0, 0)
    assert states(case, policy, "W1", "W2") == [("used", "N1")] * 2
    assert query(case, "SELECT renewal_id, retired_id, role, state, approval_no FROM pairs ORDER BY 2") == [
        ("N1", "W1", "replaced", "used", "文〔2026〕1号"),
        ("N1", "W2", "reduced", "used", "文〔2026〕1号"),
    ]
    assert query(case, "SELECT result_well_id, decision FROM applications") == [("N1", "approved")]
    assert query(
        case, "SELECT origin, replaces, status, built_on, village, permit_m3 FROM wells WHERE well_id='N1'"
    ) == [("renewal", "W1", "active", "2026-03-20", "瓜园村", 50000.0)]
    (row,) = store.rows("wells", well_id="N1").itertuples()
    assert row.geometry.equals(Point(89.25, 42.9))
    assert standing(case, policy, renewals=[name]).renewals[name].stage == "renewed"
    undo(store, linked, by, case)
    assert figures(case, policy) == (3, 1, 0, 1, 0, 0, 0)
    assert states(case, policy, "W1", "W2") == [("reserved", name)] * 2
    assert query(case, "SELECT count(*) FROM wells WHERE well_id = 'N1'") == [(0,)]


def test_the_same_through_a_table_of_acts(case, by, policy):
    rows = [
        {"act": "", "subject_id": "W1", "kind": "sealed", "day": "2026-03-10", "photo": "照片 1.jpg"},
        {"act": "event", "subject_id": "W2", "kind": "sealed", "day": "2026-03-10", "checked_by": "王工"},
        {
            **{"act": "apply", "kind": "renewal", "day": "2026-03-12", "application_id": "SQ-1"},
            **{"replaces": "W1", "retired_ids": "W1;W2", "geom": Point(89.25, 42.9), **FIELDS},
        },
        {"act": "approve", "application_id": "SQ-1", "day": "2026-03-15", "approval_no": "文〔2026〕1号"},
        {"act": "link", "application_id": "SQ-1", "well_id": "N1", "day": "2026-03-28", "built_on": None},
    ]
    told = record(CaseRows.open(case), acts_of(rows), by, case)
    assert [done.kind for done in told] == ["event", "event", "application", "decision", "link"]
    assert figures(case, policy) == (3, 1, 1, 0, 2, 0, 0)
    assert states(case, policy, "W1", "W2") == [("used", "N1")] * 2
    assert query(case, "SELECT count(*) FROM history") == [(5,)]


def test_a_drilled_well_that_is_in_the_register_already(store, case, by, policy, approved):
    record(store, [Link(approved, "W3", "2026-03-28")], by, case)
    assert query(case, "SELECT origin, replaces, status FROM wells WHERE well_id = 'W3'") == [
        ("renewal", "W1", "active")
    ]
    assert figures(case, policy)[2:4] == (1, 0)


def test_the_day_of_building_is_kept_where_the_register_has_none(store, case, by, approved):
    (linked,) = record(store, [Link(approved, "W3", "2026-03-28", built_on="2026-03-25")], by, case)
    assert query(case, "SELECT built_on FROM wells WHERE well_id = 'W3'") == [("2026-03-25",)]
    undo(store, linked, by, case)
    assert query(case, "SELECT built_on FROM wells WHERE well_id = 'W3'") == [(None,)]
    store.apply(
        [Change("wells", {"well_id": "W3"}, {}, {"built_on": "2019-05-01"})], [Entry("setting", "W3", "li")]
    )
    record(store, [Link(approved, "W3", "2026-03-28", built_on="2026-03-25")], by, case)
    assert query(case, "SELECT built_on FROM wells WHERE well_id = 'W3'") == [("2019-05-01",)]


@pytest.mark.parametrize(
    ("told", "kept"), [("0", 0), ("false", 0), (False, 0), ("True", 1), (" 1 ", 1), (True, 1), (1, 1)]
)
def test_a_truth_told_as_text_is_what_it_says(store, case, by, told, kept):
    record(store, [renewal(fields={"metered": told})], by, case)
    assert query(case, "SELECT metered FROM applications") == [(kept,)]


def test_undoing_a_link_puts_the_place_of_a_known_well_back(store, case, by, approved):
    (linked,) = record(store, [Link(approved, "W3", "2026-03-28", place=Point(89.31, 42.95))], by, case)
    assert place_of(store, "W3") == Point(89.31, 42.95)
    undo(store, linked, by, case)
    assert place_of(store, "W3") == Point(89.20 + 3 / 100, 42.9)
    ((low, high),) = query(
        case, "SELECT minx, maxx FROM rtree_wells_geom JOIN wells ON fid = id WHERE well_id = 'W3'"
    )
    assert low <= 89.23 <= high


def test_a_well_that_is_relocated_under_its_id_stands_at_the_new_place(store, case, by):
    act = Intake("relocate", "2026-03-01", well_id="W4", place=Point(89.26, 42.92), fields={"depth_m": 90})
    (done,) = record(store, [act], by, case)
    record(store, [Decision(done.application_id, "approved", "2026-03-05", "文〔2026〕3号")], by, case)
    (linked,) = record(store, [Link(done.application_id, "W4", "2026-03-20", anyway=True)], by, case)
    assert place_of(store, "W4") == Point(89.26, 42.92)
    undo(store, linked, by, case)
    assert place_of(store, "W4") == Point(89.20 + 4 / 100, 42.9)


def place_of(store, name):
    (row,) = store.rows("wells", well_id=name).itertuples()
    return row.geometry


def test_refusing_and_withdrawing_free_the_wells(store, case, by, policy):
    record(store, seals("W1", "W2"), by, case)
    (first,) = record(store, [renewal()], by, case)
    record(store, [Withdrawal(first.application_id, "2026-03-20", "申请人撤回")], by, case)
    assert states(case, policy, "W1", "W2") == [("available", "")] * 2
    assert query(case, "SELECT state, released_on FROM pairs") == [("released", "2026-03-20")] * 2
    (second,) = record(store, [renewal()], by, case)
    (refusal,) = record(store, [Decision(second.application_id, "refused", "2026-03-21")], by, case)
    assert states(case, policy, "W1", "W2") == [("available", "")] * 2
    undo(store, refusal, by, case)
    assert states(case, policy, "W1", "W2") == [("reserved", second.application_id)] * 2
    undo(store, second, by, case)
    assert query(case, "SELECT application_id FROM applications") == [(first.application_id,)]
    assert json.loads(query(case, "SELECT before FROM history ORDER BY seq DESC LIMIT 1")[0][0])[
        "reserved"
    ] == [
        "W1",
        "W2",
    ]


@pytest.mark.parametrize(
    ("act", "key"),
    [
        (renewal(replaces="W99"), "desk.subject_unknown"),
        (renewal(retired_ids=("W99",)), "desk.subject_unknown"),
        (renewal(place=None), "desk.place_needed"),
        (renewal(fields={"use": "drinking"}), "desk.not_allowed"),
        (renewal(fields={"depth_m": "deep"}), "desk.not_a_number"),
        (renewal(fields={"colour": "red"}), "desk.field_unknown"),
        (renewal(fields={"metered": "maybe"}), "desk.not_allowed"),
        (renewal(place=Point(float("inf"), 42.9)), "desk.place_needed"),
        (renewal(place=Point(89.25, float("nan"))), "desk.place_needed"),
        (renewal(place=Point(1e9, 1e9), crs="EPSG:4547"), "desk.place_needed"),
        (renewal(fields={"village": "13812345678"}), "desk.personal_number"),
        (renewal(application_id="W1"), "desk.id_taken"),
        (renewal(application_id="A;B"), "desk.id_wrong"),
        (
            Intake("new", "2026-03-12", place=Point(89, 42), retired_ids=("W1",)),
            "desk.pledge_without_renewal",
        ),
        (Intake("sink", "2026-03-12", place=Point(89, 42)), "desk.not_allowed"),
        (Intake("deepen", "2026-03-12"), "desk.id_missing"),
        (Decision("AP-1", "approved", "2026-03-12"), "desk.subject_unknown"),
    ],
)
def test_what_is_wrong_is_refused(store, case, by, act, key):
    with pytest.raises(OverdraftError) as caught:
        record(store, [act], by, case)
    assert caught.value.key == key
    assert query(case, "SELECT count(*) FROM applications") == [(0,)]


def test_one_well_serves_one_renewal(store, case, by, approved):
    with pytest.raises(OverdraftError) as caught:
        record(store, [renewal(replaces="", retired_ids=("W2", "W3"))], by, case)
    assert (caught.value.key, caught.value.values["by"]) == ("desk.pledged_already", [approved])


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda name: Decision(name, "refused", "2026-03-20"), "desk.decided_already"),
        (lambda name: Link(name, "N1", "2026-03-01"), "desk.before_approval"),
        (lambda name: Link(name, "", "2026-03-28"), "desk.id_missing"),
        (lambda name: Link(name, "N1", "2026-03-28", built_on="2026-03-29"), "desk.built_later"),
        (lambda name: Link(name, "W2", "2026-03-28", anyway=True), "desk.renews_itself"),
        (lambda name: Withdrawal(name, "2026-03-01"), "desk.before_application"),
    ],
)
def test_the_order_of_an_application_is_kept(store, case, by, approved, make, key):
    with pytest.raises(OverdraftError) as caught:
        record(store, [make(approved)], by, case)
    assert caught.value.key == key


def test_nothing_is_linked_before_it_is_approved_nor_twice(store, case, by, approved):
    (other,) = record(store, [renewal(replaces="", retired_ids=())], by, case)
    with pytest.raises(OverdraftError, match="not approved"):
        record(store, [Link(other.application_id, "N1", "2026-03-28")], by, case)
    with pytest.raises(OverdraftError) as caught:
        record(store, [Decision(other.application_id, "approved", "2026-03-20")], by, case)
    assert caught.value.key == "desk.approval_needed"
    record(store, [Link(approved, "N1", "2026-03-28")], by, case)
    for act, key in (
        (Link(approved, "N2", "2026-03-28"), "desk.linked_already"),
        (Withdrawal(approved, "2026-03-29"), "desk.linked_already"),
    ):
        with pytest.raises(OverdraftError) as caught:
            record(store, [act], by, case)
        assert caught.value.key == key


def test_a_closed_well_is_not_commissioned_unasked(store, case, by, approved):
    with pytest.raises(DoubtError):
        record(store, [Link(approved, "OLD", "2026-03-28")], by, case)


def test_the_place_is_brought_into_the_system_of_the_layer(store, case, by):
    record(store, [renewal(place=Point(9935264.55, 5298000.0), crs="EPSG:3857")], by, case)
    (row,) = store.rows("applications").itertuples()
    assert row.geometry.x == pytest.approx(89.25, abs=1e-4)


def test_deepening_changes_the_depth_of_the_well(store, case, by):
    fields = {"depth_m": "180", "permit_m3": 60000}
    (done,) = record(store, [Intake("deepen", "2026-03-01", well_id="W4", fields=fields)], by, case)
    record(store, [Decision(done.application_id, "approved", "2026-03-05", "文〔2026〕2号")], by, case)
    record(store, [Link(done.application_id, "W4", "2026-03-20")], by, case)
    assert query(case, "SELECT depth_m, permit_m3, origin FROM wells WHERE well_id = 'W4'") == [
        (180.0, 60000.0, None)
    ]
    assert query(case, "SELECT count(*) FROM events") == [(0,)]


def test_vetting_sees_the_wells_that_would_be_pledged(store, case, by, policy):
    record(store, seals("W1", "W2"), by, case)
    before = CaseRows.open(case).head()
    good = vet_intake(case, View(store), renewal(), policy, TODAY)
    assert {one["permission"] for one in good.fired if one["clause"] == "TLF-4.3c"} == {"allow"}
    assert CaseRows.open(case).head() == before  # nothing is written


def test_a_pair_without_a_day_follows_its_well_as_well(store, case, by, approved):
    with closing(sqlite3.connect(case)) as connection, connection:
        connection.execute("UPDATE pairs SET pledged_on = NULL")
    (linked,) = record(store, [Link(approved, "N1", "2026-03-28")], by, case)
    assert query(case, "SELECT renewal_id, state FROM pairs") == [("N1", "used")] * 2
    assert all(value is not None for change in linked.changes for value in change.key.values())
    undo(store, linked, by, case)
    assert query(case, "SELECT renewal_id, state FROM pairs") == [(approved, "reserved")] * 2
