"""Pledging and breaking: rows of the case, its history, and what happens when somebody else was first."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pytest

from overdraft.core.casefile import CaseRows, Change, ConflictError, Entry, create_case
from overdraft.core.desk.pairs import break_pairs, save_pairs
from overdraft.core.errors import OverdraftError

DAY = date(2026, 4, 1)
REASON = "该井已另行配对，予以解除。"


@pytest.fixture
def path(tmp_path):
    return create_case(tmp_path / "案.gpkg", "zh")


@pytest.fixture
def store(path):
    return CaseRows.open(path)


def rows(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT renewal_id, retired_id, role, state, pledged_on, released_on FROM pairs ORDER BY fid"
        ).fetchall()


def history(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT kind, subject, who, login, reason FROM history ORDER BY seq"
        ).fetchall()


def save(store, renewal="N", wells=None, **values):
    wells = {"A": "reduced", "B": "reduced"} if wells is None else wells
    save_pairs(store, renewal, wells, **{"who": "李工", "login": "li", "day": DAY, **values})


def test_a_pair_is_two_reserved_rows_and_one_entry(store, path):
    save(store, wells={"A": "replaced", "B": "reduced"})
    assert rows(path) == [
        ("N", "A", "replaced", "reserved", "2026-04-01", None),
        ("N", "B", "reduced", "reserved", "2026-04-01", None),
    ]
    assert history(path) == [("pair", "N", "李工", "li", None)]


def test_r9_a_well_that_was_pledged_meanwhile_is_a_conflict_and_nothing_is_written(store, path):
    save(store, "M", {"B": "reduced"})
    before = rows(path)
    with pytest.raises(ConflictError) as caught:
        save(store)
    ((change, row),) = caught.value.conflicts
    assert (change.key["retired_id"], row["renewal_id"], row["pledged_on"]) == ("B", "M", "2026-04-01")
    assert rows(path) == before
    assert len(history(path)) == 1


def test_r9_two_persons_at_the_same_moment_cannot_both_pledge_a_well(store, path, monkeypatch):
    """The other one writes between our look and our write."""
    apply = store.apply

    def other_first(changes, entries, progress=None):
        monkeypatch.undo()
        save(CaseRows(path), "M", {"B": "reduced"}, who="王工")
        return apply(changes, entries, progress)

    monkeypatch.setattr(store, "apply", other_first)
    with pytest.raises(ConflictError):
        save(store)
    assert [row[:2] for row in rows(path)] == [("M", "B")]


def test_a_renewal_that_was_paired_meanwhile_is_a_conflict(store, path):
    save(store, wells={"C": "reduced"})
    with pytest.raises(ConflictError):
        save(store, seen=())
    save(store, wells={"A": "reduced"}, seen=["C"])
    with pytest.raises(ConflictError):  # C and A stand now
        save(store, wells={"B": "reduced"}, seen=["C", "D"])
    assert [row[1] for row in rows(path)] == ["C", "A"]


def test_a_broken_pair_is_released_and_the_well_free_again(store, path):
    save(store)
    break_pairs(store, "N", ["A"], REASON, who="王工", day=date(2026, 4, 5))
    assert rows(path)[0] == ("N", "A", "reduced", "released", "2026-04-01", "2026-04-05")
    assert rows(path)[1][3] == "reserved"
    assert history(path)[1] == ("break_pair", "N", "王工", None, REASON)
    save(store, "M", {"A": "reduced"}, day=date(2026, 4, 5))
    assert rows(path)[2][:4] == ("M", "A", "reduced", "reserved")


def test_a_pair_that_was_broken_today_is_taken_up_again(store, path):
    save(store)
    break_pairs(store, "N", ["A"], REASON, who="李工", day=DAY)
    save(store, wells={"A": "reduced"}, seen=["B"])
    assert sorted(rows(path)) == [
        ("N", "A", "reduced", "reserved", "2026-04-01", None),
        ("N", "B", "reduced", "reserved", "2026-04-01", None),
    ]


def test_a_row_that_only_its_day_releases_does_not_stand_in_the_way(store, path):
    key = {"renewal_id": "M", "retired_id": "A", "pledged_on": "2025-01-01"}
    old = {**key, "role": "reduced", "state": "reserved", "released_on": "2025-02-01"}
    store.apply([Change("pairs", key, None, old)], [Entry("test", "A", "李工")])
    save(store, wells={"A": "reduced"})
    assert rows(path)[1][:2] == ("N", "A")


def test_a_pair_is_not_broken_twice(store, path):
    save(store)
    break_pairs(store, "N", ["A"], REASON, who="李工", day=DAY)
    with pytest.raises(ConflictError):
        break_pairs(store, "N", ["A", "B"], REASON, who="李工", day=DAY)
    assert rows(path)[1][3] == "reserved"


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"who": " "}, "pairs.no_person"),
        ({"who": "13812341234"}, "pairs.personal_number"),
        ({"wells": {}}, "pairs.nothing"),
    ],
)
def test_what_cannot_be_saved(store, path, values, key):
    with pytest.raises(OverdraftError) as caught:
        save(store, **values)
    assert caught.value.key == key
    assert rows(path) == []


@pytest.mark.parametrize(
    ("reason", "key"),
    [("太短", "pairs.reason_short"), ("请联系13812341234说明情况", "pairs.personal_number")],
)
def test_s10_a_reason_is_long_enough_and_without_numbers(store, path, reason, key):
    save(store)
    with pytest.raises(OverdraftError) as caught:
        break_pairs(store, "N", ["A"], reason, who="李工", day=DAY)
    assert caught.value.key == key
    assert {row[3] for row in rows(path)} == {"reserved"}


@pytest.mark.parametrize("name", ['"; DROP TABLE pairs; --', "<img src=file:///x>", "${table}", "井" * 1000])
def test_s4_hostile_ids_are_values(store, path, name):
    save(store, name, {name + "1": "reduced"})
    break_pairs(store, name, [name + "1"], REASON, who="李工", day=DAY)
    assert rows(path) == [(name, name + "1", "reduced", "released", "2026-04-01", "2026-04-01")]
