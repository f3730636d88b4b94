"""Writing into a case file that exists: what stays, what is renewed, and that it is all or nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from overdraft.core.casefile import (
    backups,
    create_case,
    latest_backup,
    read_case,
    remove_leftovers,
    store,
    write_case,
)
from overdraft.core.casefile import history as chain
from overdraft.core.casefile.backup import KEPT_BACKUPS, new_database, part_name
from overdraft.core.errors import Cancelled, OverdraftError
from overdraft.core.intake import build_register

from .conftest import table_hashes

DECISION = "INSERT INTO decisions (finding_id, state, decided_by, reason) VALUES ('00f1', 'overridden', '李四', 'why')"


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def change(path, *statements):
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def hashes(path):
    with closing(sqlite3.connect(path)) as connection:
        return table_hashes(connection)


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def case(tmp_path, make_content):
    """A case file after its first run, with a decision and a plan in it."""
    path = write_case(tmp_path / "case.gpkg", make_content("run-1")).path
    change(
        path,
        DECISION,
        "INSERT INTO plans (plan_id, kind) VALUES ('p1', 'pairing')",
        "INSERT INTO imports (batch_id, role) VALUES ('b1', 'wells')",
        "INSERT INTO raw_values (batch_id, role, row, field) VALUES ('b1', 'wells', 1, 'use')",
        "INSERT INTO settings (key, value, source) VALUES ('replacement.reading', '\"R2\"', 'user')",
    )
    return path


def test_a_second_run_replaces_results_and_keeps_what_people_made(case, make_content):
    result = write_case(case, make_content("run-2", outcome="fail"))
    assert result.backup == latest_backup(case)
    assert query(case, "SELECT run_id FROM runs ORDER BY fid") == [("run-1",), ("run-2",)]
    assert query(case, "SELECT DISTINCT outcome FROM wells") == [("fail",)]
    assert query(case, "SELECT DISTINCT run_id FROM findings") == [("run-2",)]
    assert query(case, "SELECT count(*) FROM pair_lines") == [(1,)]
    for table in ("decisions", "plans", "imports", "raw_values"):
        assert hashes(case)[table] == hashes(result.backup)[table]
    assert query(case, "SELECT value FROM settings WHERE source = 'user'") == [('"R2"',)]
    assert query(result.backup, "SELECT DISTINCT outcome FROM wells") == [("pass",)]
    assert names(case.parent) == ["case.gpkg", "case.gpkg.backups"]


def test_the_file_itself_stays(case, make_content):
    before = case.stat().st_ino
    write_case(case, make_content("run-2"))
    assert case.stat().st_ino == before


def test_roles_that_a_run_does_not_hold_stay(case, make_content, full_register):
    before = hashes(case)
    write_case(case, make_content("run-2", tables={"wells": full_register["wells"]}))
    after = hashes(case)
    assert {name for name in after if after[name] != before[name]} <= {
        *("findings", "wells", "runs", "history", "meta", "pair_lines", "layer_styles", "sqlite_sequence"),
        *("gpkg_contents", "gpkg_geometry_columns", "gpkg_extensions", "gpkg_data_columns"),
        *(f"rtree_{table}_geom_{part}" for table in ("wells", "pair_lines") for part in ("node", "rowid")),
    }


@pytest.mark.parametrize("share", [0.0, 0.5, 0.94])
def test_cancelling_changes_nothing(case, make_content, share):
    before = hashes(case)

    def cancel(done):
        if done >= share:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_case(case, make_content("run-2", outcome="fail"), progress=cancel)
    assert hashes(case) == before
    assert names(case.parent) == ["case.gpkg", "case.gpkg.backups"]
    write_case(case, make_content("run-2"))


@pytest.mark.parametrize("share", [0.0, 0.5, 0.94])
def test_cancelling_a_new_file_leaves_nothing(tmp_path, make_content, share):
    def cancel(done):
        if done >= share:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_case(tmp_path / "new.gpkg", make_content(), progress=cancel)
    assert names(tmp_path) == []


def test_one_transaction(case, make_content, monkeypatch):
    seen = []
    original = store.connect

    def watched(path, mode):
        connection = original(path, mode)
        if path == case and mode == "rw":
            connection.set_trace_callback(seen.append)
        return connection

    monkeypatch.setattr(store, "connect", watched)
    write_case(case, make_content("run-2"))
    words = [statement.split()[0].upper() for statement in seen]
    writing = words[words.index("BEGIN") :]
    assert writing.count("BEGIN") == writing.count("COMMIT") == 1
    assert writing[-1] == "COMMIT"
    assert "INSERT" not in words[: words.index("BEGIN")]


def test_ten_backups_are_kept(tmp_path, raw, make_content):
    register = build_register({"wells": raw("wells")})
    path = tmp_path / "case.gpkg"
    for run in range(KEPT_BACKUPS + 3):
        write_case(path, make_content(f"run-{run}", tables=register.tables))
    kept = backups(path)
    assert len(kept) == KEPT_BACKUPS
    assert query(kept[0], "SELECT count(*) FROM runs") == [(KEPT_BACKUPS + 2,)]
    assert query(kept[-1], "SELECT count(*) FROM runs") == [(3,)]


def test_a_backup_is_a_case_file_by_itself(case, make_content, full_register):
    backup = write_case(case, make_content("run-2")).backup
    assert set(read_case(backup)) == set(full_register.tables)
    assert hashes(backup)["decisions"] == hashes(case)["decisions"]


def test_a_new_target_is_a_copy_of_its_base_updated(case, make_content, tmp_path):
    before = hashes(case)
    result = write_case(tmp_path / "next.gpkg", make_content("run-2", outcome="fail"), base=case)
    assert result.backup is None
    assert hashes(case) == before
    assert query(result.path, "SELECT run_id FROM runs ORDER BY fid") == [("run-1",), ("run-2",)]
    assert query(result.path, "SELECT reason FROM decisions") == [("why",)]
    assert query(result.path, "SELECT DISTINCT outcome FROM wells") == [("fail",)]
    assert names(tmp_path) == ["case.gpkg", "next.gpkg"]


def test_an_existing_target_with_another_base_is_backed_up_and_becomes_its_copy(case, make_content, tmp_path):
    other = write_case(tmp_path / "other.gpkg", make_content("run-9")).path
    inode = other.stat().st_ino
    result = write_case(other, make_content("run-2"), base=case)
    assert other.stat().st_ino == inode
    assert query(other, "SELECT run_id FROM runs ORDER BY fid") == [("run-1",), ("run-2",)]
    assert query(other, "SELECT reason FROM decisions") == [("why",)]
    assert query(result.backup, "SELECT run_id FROM runs") == [("run-9",)]
    assert query(other, "PRAGMA integrity_check") == [("ok",)]


def test_base_and_target_may_be_the_same_file_by_two_names(case, make_content, tmp_path):
    link = tmp_path / "link.gpkg"
    link.symlink_to(case)
    write_case(case, make_content("run-2"), base=link)
    assert query(case, "SELECT count(*) FROM runs") == [(2,)]


def test_settings_of_the_run_stand_beside_those_of_the_user(case, make_content):
    import pandas as pd

    rows = [
        ("replacement.reading", '"R1"', "default", "unverified", "c"),
        ("x", "1", "text", "verified", "c"),
    ]
    table = pd.DataFrame(rows, columns=["key", "value", "source", "confidence", "clause"])
    for run in ("run-2", "run-3"):
        write_case(case, make_content(run, settings=table))
    assert query(case, "SELECT key, value, source FROM settings ORDER BY key") == [
        ("replacement.reading", '"R2"', "user"),
        ("x", "1", "text"),
    ]


def test_a_changed_style_is_the_users_and_stays(case, make_content):
    change(
        case,
        "UPDATE layer_styles SET styleQML = replace(styleQML, '</qgis>', '<!-- mine --></qgis>') "
        "WHERE f_table_name = 'wells'",
        "UPDATE layer_styles SET useAsDefault = 0 WHERE f_table_name = 'zones'",
        "INSERT INTO layer_styles (f_table_name, f_geometry_column, styleName, styleQML, useAsDefault) "
        "VALUES ('zones', 'geom', 'mine', '<qgis/>', 1)",
    )
    write_case(case, make_content("run-2", language="zh"))
    wells = query(case, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'wells'")
    assert len(wells) == 2
    assert all("<!-- mine -->" in style for (style,) in wells)
    assert query(
        case,
        "SELECT styleName, useAsDefault FROM layer_styles WHERE f_table_name = 'zones' ORDER BY styleName",
    ) == [("mine", 1), ("overdraft", 0), ("overdraft (English)", 0)]
    units = dict(query(case, "SELECT styleName, styleQML FROM layer_styles WHERE f_table_name = 'units'"))
    assert ["单元编号" in units[name] for name in ("overdraft", "overdraft (English)")] == [True, False]


def test_history_is_a_chain_that_shows_tampering(case, make_content):
    head = write_case(case, make_content("run-2")).history_head
    with closing(sqlite3.connect(case)) as connection:
        assert chain.head(connection) == head
        assert chain.first_break(connection) is None
        for statement in ("UPDATE history SET who = 'x'", "DELETE FROM history"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
        with pytest.raises(sqlite3.IntegrityError, match="no gaps"):
            connection.execute("INSERT INTO history (seq, at, kind, hash) VALUES (9, '', 'run', '')")
        connection.execute("DROP TRIGGER history_no_update")
        connection.execute("UPDATE history SET subject = 'run-7' WHERE seq = 1")
        assert chain.first_break(connection) == 1


def test_an_entry_cannot_run_into_the_next_field():
    row = dict.fromkeys(chain.FIELDS)
    one = chain.entry_hash("", row | {"seq": 1, "before": "ab", "after": "c"})
    two = chain.entry_hash("", row | {"seq": 1, "before": "a", "after": "bc"})
    empty = chain.entry_hash("", row | {"seq": 1, "before": "", "after": "abc"})
    assert len({one, two, empty, chain.entry_hash("", row | {"seq": 1, "after": "abc"})}) == 4


def test_a_run_into_an_empty_register_keeps_it_ready_for_entry(tmp_path, make_content, full_register):
    path = create_case(tmp_path / "new.gpkg", "zh")
    write_case(path, make_content(language="zh"))
    assert set(read_case(path)) == set(full_register.tables)


def test_a_case_that_qgis_holds_in_wal_mode_is_updated_too(case, make_content):
    with closing(sqlite3.connect(case)) as other:
        assert other.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
        assert other.execute("SELECT count(*) FROM wells").fetchone() == (3,)
        backup = write_case(case, make_content("run-2", outcome="fail")).backup
        assert other.execute("SELECT DISTINCT outcome FROM wells").fetchone() == ("fail",)
        assert query(backup, "SELECT DISTINCT outcome FROM wells") == [("pass",)]
        assert query(backup, "PRAGMA journal_mode") == [("delete",)]
    write_case(case, make_content("run-3"))
    assert query(case, "PRAGMA journal_mode") == [("delete",)]
    assert names(case.parent) == ["case.gpkg", "case.gpkg.backups"]


def test_leftovers_of_a_killed_write_are_removed_and_those_in_use_are_not(case, make_content):
    dead, alive, foreign = part_name(case), part_name(case), case.with_name("other.part-letter.txt")
    dead.write_bytes(b"half a file")
    dead.with_name(dead.name + "-journal").write_bytes(b"journal")
    foreign.write_bytes(b"not ours")
    with closing(new_database(alive)):
        write_case(case, make_content("run-2"))
        assert alive.exists()
    assert not dead.exists()
    assert not dead.with_name(dead.name + "-journal").exists()
    assert foreign.exists()
    assert remove_leftovers(case.parent) == [alive]
    assert names(case.parent) == ["case.gpkg", "case.gpkg.backups", foreign.name]


def test_a_target_that_is_no_case_file_is_left_alone(tmp_path, make_content):
    path = tmp_path / "notes.gpkg"
    change(path, "CREATE TABLE notes (a)", "INSERT INTO notes VALUES (1)")
    before = path.read_bytes()
    with pytest.raises(OverdraftError, match="not a case file"):
        write_case(path, make_content())
    assert path.read_bytes() == before
    assert names(tmp_path) == ["notes.gpkg"]
