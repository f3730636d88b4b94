"""Whoever edits a case file behind the program's back is found, and what he did is named."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from overdraft.core.casefile import CaseRows, problem_table, verify_case, write_case
from overdraft.core.casefile import Entry as Note
from overdraft.core.casefile.chain import Entry, examine, read_entries
from overdraft.core.casefile.history import FIELDS, append, entry_hash, guard
from overdraft.core.errors import OverdraftError
from overdraft.core.findings.verdicts import to_json

COLUMNS = "seq, at, who, login, kind, subject, before, after, reason, prev_hash, hash"


def a_history(n):
    """A history of ``n`` entries in memory, guards dropped."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(
        f"CREATE TABLE history (fid INTEGER PRIMARY KEY, {COLUMNS.replace('seq,', 'seq INTEGER,')})"
    )
    for number in range(1, n + 1):
        append(
            connection,
            {"at": f"2025-01-{number:02d}", "kind": "decision", "who": "张三", "reason": str(number)},
        )
    return connection


def attacked(n, *statements):
    """What is found after an attacker's statements: kind and number of each problem."""
    with closing(a_history(n)) as connection:
        for statement in statements:
            if callable(statement):
                statement(connection)
            else:
                connection.execute(statement)
        return [(item.kind, item.entry) for item in examine(read_entries(connection)).problems]


def rehash(first, last):
    """The attacker writes the hashes of some entries anew, each upon the one before it as it stands."""

    def act(connection):
        connection.row_factory = sqlite3.Row
        for number in range(first, last + 1):
            before = connection.execute("SELECT hash FROM history WHERE seq = ?", (number - 1,)).fetchone()
            previous = before["hash"] if before else ""
            row = dict(connection.execute("SELECT * FROM history WHERE seq = ?", (number,)).fetchone())
            values = (previous, entry_hash(previous, {name: row[name] for name in FIELDS}), number)
            connection.execute("UPDATE history SET prev_hash = ?, hash = ? WHERE seq = ?", values)
        connection.row_factory = None

    return act


def insert(number):
    """A forged entry with a hash of its own that fits the entry before."""

    def act(connection):
        previous = connection.execute("SELECT hash FROM history WHERE seq = ?", (number - 1,)).fetchone()[0]
        row = dict.fromkeys(FIELDS) | {"seq": number, "at": "x", "kind": "forged"}
        values = (number, "x", "forged", previous, entry_hash(previous, row))
        connection.execute(
            "INSERT INTO history (seq, at, kind, prev_hash, hash) VALUES (?, ?, ?, ?, ?)", values
        )

    return act


SHIFT_UP = "UPDATE history SET seq = seq + 1 WHERE seq >= 4"
SHIFT_DOWN = "UPDATE history SET seq = seq - 1 WHERE seq > 4"


def test_a_whole_history_has_no_problem():
    assert attacked(0) == []
    assert attacked(1) == []
    assert attacked(9) == []


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE history SET reason = 'other' WHERE seq = 4"], [("edited", 4)]),
        (["UPDATE history SET reason = NULL WHERE seq = 1"], [("edited", 1)]),
        (["UPDATE history SET reason = '' WHERE seq = 9"], [("edited", 9)]),
        (["UPDATE history SET reason = 'other' WHERE seq = 4", rehash(4, 4)], [("edited", 4)]),
        (["UPDATE history SET reason = 'other' WHERE seq = 4", rehash(4, 6)], [("edited", 6)]),
        (["UPDATE history SET hash = 'x' WHERE seq = 4"], [("edited", 4)]),
        (["UPDATE history SET prev_hash = 'x' WHERE seq = 4"], [("edited", 4)]),
        (["UPDATE history SET prev_hash = 'é' WHERE seq = 9"], [("edited", 9)]),
        (["UPDATE history SET reason = CAST(x'ff' AS TEXT) WHERE seq = 4"], [("edited", 4)]),
        (["DELETE FROM history WHERE seq = 4"], [("deleted", 4)]),
        (["DELETE FROM history WHERE seq = 1"], [("deleted", 1)]),
        (["DELETE FROM history WHERE seq IN (3, 4, 7)"], [("deleted", 3), ("deleted", 7)]),
        (["DELETE FROM history WHERE seq = 4", SHIFT_DOWN], [("deleted", 4)]),
        ([SHIFT_UP, insert(4)], [("inserted", 4)]),
        ([insert(4)], [("inserted", 4)]),
        (
            ["INSERT INTO history (seq, at, kind, prev_hash, hash) VALUES (10, '', 'x', 'y', 'z')"],
            [("inserted", 10)],
        ),
        (
            [
                "UPDATE history SET seq = 0 WHERE seq = 3",
                "UPDATE history SET seq = 3 WHERE seq = 5",
                "UPDATE history SET seq = 5 WHERE seq = 0",
            ],
            [("moved", 3), ("moved", 5)],
        ),
        (["UPDATE history SET seq = 20 WHERE seq = 9"], [("moved", 9)]),
    ],
)
def test_each_attack_is_named(statements, found):
    assert attacked(9, *statements) == found


def test_an_entry_with_a_number_far_beyond_is_named_at_once():
    """Its hash fits, so the entries between are missing: they are told as one stretch, not one by one."""

    def far(connection):
        row = dict.fromkeys(FIELDS) | {"seq": 10**15, "at": "x", "kind": "forged"}
        values = (10**15, "x", "forged", "0" * 64, entry_hash("0" * 64, row))
        connection.execute(
            "INSERT INTO history (seq, at, kind, prev_hash, hash) VALUES (?, ?, ?, ?, ?)", values
        )

    assert attacked(9, far) == [("deleted", 10)]


def test_a_rewritten_or_shortened_history_shows_against_its_head():
    with closing(a_history(9)) as connection:
        before = examine(read_entries(connection))
        assert before.after(before.head) == 0
        fifth = str(read_entries(connection)[4].hash)
        assert before.after(fifth) == 4
        connection.execute("DELETE FROM history WHERE seq > 7")
        cut = examine(read_entries(connection))
        assert (cut.problems, cut.after(before.head), cut.after(fifth)) == ([], None, 2)
        connection.execute("UPDATE history SET reason = 'other' WHERE seq = 5")
        rehash(5, 7)(connection)
        rewritten = examine(read_entries(connection))
        assert (rewritten.problems, rewritten.after(fifth)) == ([], None)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(3, 14), st.data())
def test_any_single_attack_is_found_where_it_was_made(n, data):
    entries = [Entry(dict(item.row), item.previous, item.hash) for item in read_entries(a_history(n))]
    place = data.draw(st.integers(0, n - 2))  # the last entry cut off is found by the head only
    kind = data.draw(st.sampled_from(["edited", "deleted", "inserted"]))
    if kind == "edited":
        entries[place].row[data.draw(st.sampled_from(FIELDS[1:]))] = "forged"
    elif kind == "deleted":
        del entries[place]
    else:
        entries.insert(place, Entry({**entries[place].row, "reason": "forged"}, "0" * 64, "1" * 64))
    assert [(item.kind, item.entry) for item in examine(entries).problems] == [(kind, place + 1)]


# --- whole files


@pytest.fixture(scope="module")
def sound(tmp_path_factory, make_content):
    """A case file of two runs whose findings have the hash on record, and the head of its history."""
    from dataclasses import replace

    from overdraft.core.enforce import frame_hash
    from overdraft.core.findings.record import COLUMNS as FINDING_COLUMNS

    path = tmp_path_factory.mktemp("sound") / "案 case.gpkg"
    for run in ("run-1", "run-2"):
        content = make_content(run)
        findings = content.tables["findings"].reindex(columns=list(FINDING_COLUMNS))
        digest = frame_hash(findings.drop(columns="run_id"))
        content = replace(
            content,
            tables={**content.tables, "findings": findings},
            run={**content.run, "finding_hash": digest},
            history={**content.history, "after": to_json({"finding_hash": digest})},
        )
        head = write_case(path, content).history_head
    return path, head


@pytest.fixture
def case(sound, tmp_path):
    """A copy of it that may be attacked."""
    path, head = sound
    return Path(shutil.copy(path, tmp_path)), head


def change(path, *statements):
    """An attacker at work on the file itself, guards dropped."""
    with closing(sqlite3.connect(path)) as connection:
        for name in ("history_no_update", "history_no_delete", "history_no_gap"):
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            if callable(statement):
                statement(connection)
            else:
                connection.execute(statement)
        guard(connection)
        connection.commit()


def kinds(path, *given):
    return [(item.kind, item.entry, item.subject) for item in verify_case(path, *given).problems]


def test_a_sound_file(case):
    path, head = case
    before = path.read_bytes()
    found = verify_case(path, f" {head.upper()} ")
    assert (found.problems, found.n_entries, found.head, found.n_after) == ([], 2, head, 0)
    assert path.read_bytes() == before


ON_FILES = {
    "edited": (["UPDATE history SET reason = 'other' WHERE seq = 4"], [("edited", 4)]),
    "deleted": (["DELETE FROM history WHERE seq = 4"], [("deleted", 4)]),
    "inserted": (
        [
            "UPDATE history SET seq = -seq WHERE seq >= 4",
            "UPDATE history SET seq = 1 - seq WHERE seq < 0",
            insert(4),
        ],
        [("inserted", 4)],
    ),
    "moved": (
        [
            "UPDATE history SET seq = 0 WHERE seq = 3",
            "UPDATE history SET seq = 3 WHERE seq = 5",
            "UPDATE history SET seq = 5 WHERE seq = 0",
        ],
        [("moved", 3), ("moved", 5)],
    ),
    "cut off": (["DELETE FROM history WHERE seq > 5"], []),
}


@pytest.mark.parametrize("attack", ON_FILES)
def test_s9_each_attack_on_a_file_is_named_and_the_cut_by_the_head(case, attack):
    path, _ = case
    store = CaseRows(path)
    for number in range(5):
        store.apply([], [Note("note", f"W{number}", "李工")])
    head = store.head()
    sound = verify_case(path, head)
    assert (sound.problems, sound.n_entries, sound.n_after) == ([], 7, 0)
    statements, found = ON_FILES[attack]
    change(path, *statements)
    assert [(kind, entry) for kind, entry, _ in kinds(path)] == found
    if attack == "cut off":  # only the head that was printed tells
        assert kinds(path, head) == [("head_missing", None, "")]
        assert verify_case(path, head).n_after is None


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE history SET subject = 'run-3' WHERE seq = 1", ("edited", 1, "")),
        (
            "UPDATE findings SET outcome = 'pass' WHERE subject_id = 'wells-0'",
            ("findings_changed", None, "run-2"),
        ),
        ("DELETE FROM findings WHERE subject_id = 'wells-0'", ("findings_changed", None, "run-2")),
        (
            "UPDATE findings SET run_id = 'run-1' WHERE subject_id = 'wells-0'",
            ("findings_changed", None, "run-2"),
        ),
        ("UPDATE runs SET finding_hash = 'x' WHERE run_id = 'run-2'", ("run_changed", None, "run-2")),
        ("DELETE FROM runs WHERE run_id = 'run-1'", ("run_missing", None, "run-1")),
        ("INSERT INTO runs (run_id) VALUES ('run-9')", ("run_unknown", None, "run-9")),
        (
            "INSERT INTO frozen_inputs (run_id, name, format, sha256, content) VALUES ('run-1', 'a', 'b', 'c', x'00')",
            ("frozen_changed", None, "run-1"),
        ),
        (
            "INSERT INTO merged_histories (case_name, seq, at, kind, hash) VALUES ('a.gpkg', 1, '', 'run', 'x')",
            ("merged_history", None, "a.gpkg"),
        ),
        (
            "UPDATE history SET kind = 'merge', after = '{\"n_entries\": \"many\"}' WHERE seq = 1",
            ("merged_history", None, "run-1"),
        ),
        ("UPDATE meta SET value = '99' WHERE key = 'schema_version'", ("schema_version", None, "")),
        ("PRAGMA application_id = 7", ("not_geopackage", None, "")),
        ("DROP TABLE decisions", ("table_missing", None, "decisions")),
        ("DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = 4490", ("foreign_key", None, "gpkg_contents")),
    ],
)
def test_what_was_changed_is_named(case, statement, found):
    path, _ = case
    change(path, statement)
    assert found in kinds(path)


def test_findings_and_their_hash_changed_together(case):
    """The hash in ``runs`` is not the proof: that in the history is."""
    path, head = case
    change(path, "DELETE FROM findings", "UPDATE runs SET finding_hash = 'x'")
    assert {kind for kind, *_ in kinds(path)} == {"findings_changed", "run_changed"}
    assert kinds(path, "0" * 64)[0][0] == "head_missing"
    assert verify_case(path, head).n_after == 0


@pytest.mark.parametrize("weakened", [False, True])
def test_guards_that_are_gone_or_weaker(case, weakened):
    path, _ = case
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER history_no_delete")
        if weakened:
            connection.execute(
                "CREATE TRIGGER history_no_delete BEFORE DELETE ON history WHEN OLD.seq < 0"
                " BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
            )
        connection.commit()
    assert kinds(path) == [("guard_missing", None, "history_no_delete")]


def test_leftovers_and_damage(case, tmp_path):
    path, _ = case
    left = path.with_name(path.name + ".part-0123abcd")
    left.write_bytes(b"")
    assert kinds(path) == [("side_file", None, left.name)]
    left.unlink()
    with closing(sqlite3.connect(path)) as connection:
        root, size = connection.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = 'plans'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * 200)
    assert "damaged" in {kind for kind, *_ in kinds(path)}
    with pytest.raises(OverdraftError, match="does not exist"):
        verify_case(tmp_path / "none.gpkg")


def test_each_problem_is_a_sentence_in_both_languages(case):
    path, _ = case
    change(path, "DELETE FROM history WHERE seq = 1", "DELETE FROM findings")
    problems = verify_case(path, "0" * 64).problems
    for language, word in (("en", "history"), ("zh", "历史记录")):
        table = problem_table(problems, language)
        assert table["problem_id"].tolist() == list(range(1, len(problems) + 1))
        assert word in table["message"][0]
        assert not table["message"].str.contains("{", regex=False).any()
    assert problem_table([], "en").columns.tolist()[0] == "problem_id"
    assert isinstance(problem_table([], "en"), pd.DataFrame)
