"""Row-level changes: all or nothing, refused where somebody else was first, on record in the history."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shapely

from overdraft.core.casefile import CaseRows, Change, ConflictError, Entry
from overdraft.core.casefile.backup import backups, make_backup
from overdraft.core.casefile.history import first_break
from overdraft.core.casefile.layout import SCHEMA_VERSION
from overdraft.core.errors import OverdraftError

from .conftest import table_hashes


@pytest.fixture
def store(empty_case, tmp_path):
    return CaseRows(shutil.copy(empty_case, tmp_path))


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def event(number, kind="sealed", day="2026-03-01"):
    after = {"subject_role": "wells", "subject_id": f"W{number}", "kind": kind, "effective_on": day}
    return Change("events", {"event_id": f"E{number}"}, None, after)


def entry(subject, **values):
    return Entry("seal", subject, "李工", "li", **values)


def test_rows_and_history_come_together(store):
    head = store.apply([event(1), event(2)], [entry("W1", after={"day": "2026-03-01"}), entry("W2")])
    assert query(store.path, "SELECT event_id, subject_id, effective_on FROM events ORDER BY fid") == [
        ("E1", "W1", "2026-03-01"),
        ("E2", "W2", "2026-03-01"),
    ]
    assert query(store.path, "SELECT seq, kind, subject, who, login, after FROM history") == [
        (1, "seal", "W1", "李工", "li", '{"day":"2026-03-01"}'),
        (2, "seal", "W2", "李工", "li", None),
    ]
    assert query(store.path, "SELECT hash FROM history WHERE seq = 2") == [(head,)]
    with closing(sqlite3.connect(store.path)) as connection:
        assert first_break(connection) is None


def test_a_row_that_is_there_is_not_written_over(store):
    store.apply([event(1)], [entry("W1")])
    with pytest.raises(ConflictError) as caught:
        store.apply([event(2), event(1, "dismantled")], [entry("W2"), entry("W1")])
    ((change, found),) = caught.value.conflicts
    assert (change.after["kind"], found["kind"]) == ("dismantled", "sealed")
    assert query(store.path, "SELECT event_id FROM events") == [("E1",)]
    assert query(store.path, "SELECT count(*) FROM history") == [(1,)]


def test_an_old_revision_is_refused_with_both_versions(store):
    decision = {"finding_id": "f1"}
    store.apply([Change("decisions", decision, None, {"state": "accepted", "revision": 1})], [entry("f1")])
    second = Change("decisions", decision, {"revision": 1}, {"state": "deferred", "revision": 2})
    store.apply([second], [entry("f1")])
    third = Change("decisions", decision, {"revision": 1}, {"state": "overridden", "revision": 2})
    with pytest.raises(ConflictError) as caught:
        store.apply([third], [entry("f1")])
    assert [found["state"] for _, found in caught.value.conflicts] == ["deferred"]
    assert query(store.path, "SELECT state, revision FROM decisions") == [("deferred", 2)]


def test_a_row_goes_only_if_it_is_the_expected_one(store):
    store.apply([event(1)], [entry("W1")])
    gone = Change("events", {"event_id": "E1"}, {"kind": "dismantled"}, None)
    with pytest.raises(ConflictError):
        store.apply([gone], [entry("W1")])
    store.apply([Change("events", {"event_id": "E1"}, {"kind": "sealed"}, None)], [entry("W1")])
    assert query(store.path, "SELECT count(*) FROM events") == [(0,)]


def test_a_place_is_found_on_the_map(store):
    after = {"kind": "renewal", "geom": shapely.Point(89.2, 42.9)}
    store.apply([Change("applications", {"application_id": "A1"}, None, after)], [entry("A1")])
    low_x, high_x = query(store.path, "SELECT minx, maxx FROM rtree_applications_geom")[0]
    assert low_x <= 89.2 <= high_x
    assert high_x - low_x < 1e-4  # the index keeps single precision, rounded outwards
    (extent,) = query(store.path, "SELECT min_x, min_y FROM gpkg_contents WHERE table_name = 'applications'")
    assert extent == pytest.approx((89.2, 42.9), abs=1e-4)
    (row,) = store.rows("applications", application_id="A1").itertuples()
    assert row.geometry.equals(shapely.Point(89.2, 42.9))


def test_marks_are_seen_and_expire(store):
    store.mark("f1", "李工", "li")
    store.mark("f1", "王工", "wang")
    store.mark("f2", "李工", "li")
    assert {subject: who for subject, (who, _) in store.marks().items()} == {"f1": "王工", "f2": "李工"}
    store.unmark("f2", "李工")
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE marks SET since = '2020-01-01T00:00:00.000Z' WHERE who = '王工'")
    assert {subject: who for subject, (who, _) in store.marks().items()} == {"f1": "李工"}


def test_r9_a_mark_lasts_thirty_minutes(store):
    for who in ("李工", "王工"):
        store.mark("f1", who, "")
    for who, minutes in (("李工", 29), ("王工", 31)):
        since = (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        with closing(sqlite3.connect(store.path)) as connection, connection:
            connection.execute("UPDATE marks SET since = ? WHERE who = ?", (since, who))
    assert [who for who, _ in store.marks().values()] == ["李工"]


@pytest.fixture
def older(empty_case, tmp_path):
    """A case file as version 1 made it, with a decision and a history."""
    path = Path(shutil.copy(empty_case, tmp_path / "old.gpkg"))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for name in ("decided_findings", "marks"):
            connection.execute(f"DROP TABLE {name}")
            for table in ("gpkg_contents", "gpkg_data_columns"):
                connection.execute(f"DELETE FROM {table} WHERE table_name = ?", (name,))
        for name in ("decisions_by_finding", "findings_by_id", "wells_by_row_id", "history_by_subject"):
            connection.execute(f"DROP INDEX {name}")
        connection.execute("ALTER TABLE decisions DROP COLUMN changed")
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
        connection.execute("INSERT INTO decisions (finding_id, state) VALUES ('f1', 'accepted')")
    return path


def test_an_older_file_is_backed_up_and_brought_up_to_date(older):
    with closing(sqlite3.connect(older)) as connection:
        before = table_hashes(connection)
    store = CaseRows.open(older)
    (backup,) = backups(older)
    with closing(sqlite3.connect(backup)) as connection:
        assert table_hashes(connection) == before
    assert query(older, "SELECT value FROM meta WHERE key = 'schema_version'") == [(str(SCHEMA_VERSION),)]
    assert store.rows("decisions").to_dict("records")[0]["state"] == "accepted"
    assert store.marks() == {}
    assert query(older, "SELECT kind, before, after FROM history") == [("migrate", "1", str(SCHEMA_VERSION))]
    assert CaseRows.open(older).read_only is False
    assert len(backups(older)) == 1  # nothing more to do today


def test_a_failing_migration_leaves_the_file_as_it_was(older, monkeypatch):
    from overdraft.core.casefile import migrate

    content = older.read_bytes()

    def fail(*_):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(migrate, "ensure_indexes", fail)
    with pytest.raises(sqlite3.OperationalError):
        CaseRows.open(older)
    assert older.read_bytes() == content


def test_a_newer_file_is_only_read(store):
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    content = store.path.read_bytes()
    newer = CaseRows.open(store.path)
    assert newer.read_only
    assert len(newer.rows("decisions")) == 0
    with pytest.raises(Exception, match="reading only"):
        newer.apply([event(1)], [entry("W1")])
    assert store.path.read_bytes() == content


def test_r9_the_message_names_the_table_and_both_versions_in_words(store):
    key = {"finding_id": "f1"}
    store.apply([Change("decisions", key, None, {"state": "deferred", "revision": 2})], [entry("f1")])
    mine = Change(
        "decisions", key, {"revision": 1}, {"state": "accepted", "decided_by": "王工", "revision": 2}
    )
    with pytest.raises(ConflictError) as caught:
        store.apply([mine], [entry("f1")])
    english, chinese = caught.value.text("en"), caught.value.text("zh")
    assert (
        "f1 (Decisions). State: yours Accepted, by now Deferred. Decided by: yours 王工, by now —." in english
    )
    assert "“处理决定”中的f1。状态：您填的是“已采纳”，现为“已暂缓”。" in chinese
    assert "decisions" not in english + chinese
    store.apply([Change("decisions", key, {}, None)], [entry("f1")])
    with pytest.raises(ConflictError) as caught:
        store.apply([mine], [entry("f1")])
    assert "no longer there" in caught.value.text("en")
    assert "已不存在" in caught.value.text("zh")


def test_a_row_meant_twice_is_a_conflict_and_nothing_is_written(store):
    key = {"finding_id": "f1"}
    store.apply([Change("decisions", key, None, {"state": "open", "revision": 1})], [entry("f1")])
    twice = [Change("decisions", key, {"revision": 1}, {"state": "accepted", "revision": 2})] * 2
    with pytest.raises(ConflictError) as caught:
        store.apply(twice, [entry("f1")])
    assert caught.value.conflicts == ((twice[0], None),)
    assert query(store.path, "SELECT state FROM decisions") == [("open",)]


def test_two_rows_of_one_key_are_a_conflict(store):
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.executemany(
            "INSERT INTO events (event_id, subject_id, kind) VALUES ('E1', ?, 'sealed')", [("A",), ("B",)]
        )
    change = Change("events", {"event_id": "E1"}, {"kind": "sealed"}, {"kind": "shut"})
    with pytest.raises(ConflictError) as caught:
        store.apply([change], [entry("A")])
    assert caught.value.conflicts[0][1]["subject_id"] == "A"
    assert query(store.path, "SELECT kind FROM events") == [("sealed",), ("sealed",)]


def test_half_a_character_is_refused_by_name_and_nothing_is_written(store):
    with pytest.raises(OverdraftError) as caught:
        store.apply([event(1)], [entry("W1", reason="封填 \ud83d")])
    assert caught.value.key == "casefile.not_text"
    assert "\\ud83d" in caught.value.text("zh")
    with pytest.raises(OverdraftError, match="half of a character"):
        store.apply([event(1, kind="\ud83d")], [entry("W1")])
    assert query(store.path, "SELECT count(*) FROM events") == [(0,)]
    assert query(store.path, "SELECT count(*) FROM history") == [(0,)]


def test_rows_come_as_they_are_stored_without_key_and_geometry(store):
    after = {"kind": "renewal", "geom": shapely.Point(89.2, 42.9)}
    names = [f"A{number}" for number in range(1200)]
    changes = [Change("applications", {"application_id": name}, None, after) for name in names]
    store.apply([*changes, event(1)], [entry("A")])
    applications, events, nothing = store.cells_of(
        [
            ("applications", "application_id", [*reversed(names), "A3", None]),
            ("events", "effective_on", {"2026-03-01"}),
            ("events", "event_id", ()),
        ]
    )
    assert [row["application_id"] for row in applications] == names
    assert not {"fid", "geom"} & set(applications[0])
    assert [row["event_id"] for row in events] == ["E1"]
    assert nothing == []


def test_r1_without_its_entry_in_the_history_no_row_is_written(store):
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER no_room BEFORE INSERT ON history BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    with pytest.raises(sqlite3.IntegrityError, match="no room"):
        store.apply([event(1)], [entry("W1")])
    assert query(store.path, "SELECT count(*) FROM events") == [(0,)]


def test_r6_without_a_backup_nothing_is_migrated(older, monkeypatch):
    from overdraft.core.casefile import backup

    content = older.read_bytes()
    answers = iter(["one", "another"])
    monkeypatch.setattr(backup, "content_hash", lambda connection: next(answers))
    with pytest.raises(OverdraftError) as caught:
        CaseRows.open(older)
    assert caught.value.key == "casefile.backup_differs"
    assert older.read_bytes() == content
    assert list(older.with_name("old.gpkg.backups").iterdir()) == []


def test_r7_the_first_opening_of_a_day_makes_a_backup(store):
    CaseRows.open(store.path)
    CaseRows.open(store.path)
    (first,) = backups(store.path)
    earlier = first.with_name(f"20200101T080000000000Z-{first.name.partition('-')[2]}")
    first.rename(earlier)
    CaseRows.open(store.path)
    assert len(backups(store.path)) == 2
    assert backups(store.path)[1] == earlier


def test_r8_what_a_crash_left_in_a_wal_is_read_and_no_side_file_stays(store, tmp_path):
    crashed = tmp_path / "crashed.gpkg"
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO events (event_id, kind) VALUES ('E1', 'sealed')")
        for tail in ("", "-wal"):  # as the disk holds them at this moment
            shutil.copy(f"{store.path}{tail}", f"{crashed}{tail}")
    opened = CaseRows.open(crashed)
    opened.apply([event(2)], [entry("W2")])
    assert list(opened.rows("events")["event_id"]) == ["E1", "E2"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("crashed.gpkg-")] == []


def test_r7_a_backup_holds_what_a_plain_copy_would_lose(store, tmp_path):
    """QGIS has the file in WAL mode: what was committed last stands beside the file, not yet in it."""
    with closing(sqlite3.connect(store.path, isolation_level=None)) as qgis:
        qgis.execute("PRAGMA journal_mode = WAL")
        qgis.execute("PRAGMA wal_autocheckpoint = 0")
        qgis.execute("INSERT INTO events (event_id, kind) VALUES ('E1', 'sealed')")
        copy = shutil.copy(store.path, tmp_path / "copy.gpkg")
        assert query(copy, "SELECT count(*) FROM events") == [(0,)]
        made = make_backup(store.path)
    restored = CaseRows.open(shutil.copy(made, tmp_path / "restored.gpkg"))
    assert list(restored.rows("events")["event_id"]) == ["E1"]
    restored.apply([event(2)], [entry("W2")])
    assert len(restored.rows("events")) == 2
