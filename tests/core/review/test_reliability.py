"""What a person decided is on disk or not at all: kills, locks, full disks, folders that nobody may write."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from overdraft.core.casefile import CaseRows, backups, create_case, history, opening, rowstore
from overdraft.core.casefile.history import first_break
from overdraft.core.casefile.opening import reading
from overdraft.core.errors import Cancelled, OverdraftError
from overdraft.core.review import decide

from .conftest import Case, finding

ROOT = Path(__file__).resolve().parents[3]
TODAY = date(2026, 4, 1)

# Imports once, then forks a child for every line: "accept" or "reopen", seconds until it is killed (-1: it may finish).
SCRIPT = textwrap.dedent(f"""
    import importlib.util, os, signal, sys, time
    spec = importlib.util.spec_from_file_location(
        "overdraft", {str(ROOT / "__init__.py")!r}, submodule_search_locations=[{str(ROOT)!r}])
    sys.modules["overdraft"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["overdraft"])
    from overdraft.core.casefile import CaseRows
    from overdraft.core.review import Act, decide

    store = CaseRows(sys.argv[1])
    ids = list(store.rows("findings")["finding_id"])
    print("ready", flush=True)
    for line in sys.stdin:
        kind, seconds = line.split()
        began = time.perf_counter()
        child = os.fork()
        if not child:
            decide(store, ids, Act(kind, "李工", reason="试验"))
            os._exit(0)
        if float(seconds) >= 0:
            time.sleep(float(seconds))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print(status, time.perf_counter() - began, flush=True)
""")


class Killer:
    """The process whose children decide on every finding of a case and are killed meanwhile."""

    def __init__(self, path):
        words = [sys.executable, "-B", "-W", "ignore", "-c", SCRIPT, str(path)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout.readline() == "ready\n"

    def run(self, kind, seconds=-1.0):
        """Exit status of the child and seconds that it had."""
        self._process.stdin.write(f"{kind} {seconds}\n")
        self._process.stdin.flush()
        status, took = self._process.stdout.readline().split()
        return int(status), float(took)

    def end(self):
        self._process.stdin.close()
        assert self._process.wait(timeout=30) == 0
        self._process.stdout.close()


def state_of(case, n):
    """The one state that all decisions have, and the length of the history; the file is sound."""
    assert case.query("PRAGMA integrity_check") == [("ok",)]
    states = case.query("SELECT state, count(*) FROM decisions GROUP BY state") or [("open", n)]
    ((state, count),) = states
    assert count == n
    return state, case.query("SELECT count(*) FROM history")[0][0]


def kill_bulk(case, n, times, seed):
    """Kill a decision on ``n`` findings at random moments; says how often it was done in full all the same."""
    case.judge(*(finding(f"W{number}") for number in range(n)))
    moments, done = random.Random(seed), 0
    killer = Killer(case.path)
    _, longest = killer.run("accept")
    state, entries = state_of(case, n)
    assert (state, entries) == ("accepted", n + 1)
    for _ in range(times):
        kind, wanted = ("reopen", "open") if state == "accepted" else ("accept", "accepted")
        killer.run(kind, moments.uniform(0.1 * longest, longest))
        found, length = state_of(case, n)
        assert (found, length) in ((state, entries), (wanted, entries + n))
        done += found == wanted
        state, entries = found, length
    killer.end()
    with reading(case.path) as connection:
        assert first_break(connection) is None
    side = [entry.name for entry in case.path.parent.iterdir() if entry.name.endswith(("-wal", "-shm"))]
    assert side == []
    return done


@pytest.mark.skipif(os.name == "nt", reason="no fork there")
def test_twenty_kills_of_a_bulk_decision(case):
    kill_bulk(case, 2_000, 20, seed=20)


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="no fork there")
def test_twenty_kills_of_fifty_thousand_decisions(case):
    done = kill_bulk(case, 50_000, 20, seed=50)
    assert done < 20


def test_a_locked_file_is_waited_for_then_named_and_nothing_is_lost(case, act, monkeypatch):
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.3)
    store = case.judge(finding("W1"))
    with closing(sqlite3.connect(case.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OverdraftError) as caught:
            decide(store, [finding("W1")["finding_id"]], act("accept"), today=TODAY)
        assert caught.value.key.startswith("casefile.locked")
        assert case.path.name in caught.value.text("zh")
        other.execute("ROLLBACK")
    decide(store, [finding("W1")["finding_id"]], act("accept"), today=TODAY)
    assert case.decision(finding("W1")["finding_id"]).state == "accepted"


def test_a_short_lock_is_waited_for(case, act):
    store = case.judge(finding("W1"))
    other = sqlite3.connect(case.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.5, lambda: other.execute("ROLLBACK"))
    release.start()
    decide(store, [finding("W1")["finding_id"]], act("accept"), today=TODAY)
    release.join()
    other.close()
    assert case.decision(finding("W1")["finding_id"]).state == "accepted"


def test_two_writers_at_once_lose_nothing_and_keep_one_chain(case, act):
    rows = [finding(f"W{n}") for n in range(60)]
    case.judge(*rows)
    ids = [row["finding_id"] for row in rows]
    errors = []

    def work(who, names):
        try:
            for name in names:
                decide(CaseRows(case.path), [name], act("accept", who), today=TODAY)
        except Exception as error:
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=(who, ids[start::2])) for start, who in enumerate(("甲", "乙"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert case.query("SELECT decided_by, count(*) FROM decisions GROUP BY 1 ORDER BY 1") == [
        ("乙", 30),
        ("甲", 30),
    ]
    assert case.query("SELECT count(*), max(seq) FROM history") == [(61, 61)]
    with reading(case.path) as connection:
        assert first_break(connection) is None


def test_many_of_which_some_were_decided_before_are_written_in_few_statements(case, act, monkeypatch):
    """New and changed rows that alternate are not written one by one."""
    rows = [finding(f"W{n}") for n in range(400)]
    store, ids, made = case.judge(*rows), [row["finding_id"] for row in rows], []
    decide(store, ids[::2], act("accept"), today=TODAY)
    statement = rowstore._Statement
    monkeypatch.setattr(
        rowstore, "_Statement", lambda *parts, **more: made.append(1) or statement(*parts, **more)
    )
    decide(store, ids, act("defer", reason="等", deferred_to=date(2027, 1, 1)), today=TODAY)
    assert len(made) == 3  # one of them sees that the case was not judged again
    assert case.query("SELECT state, revision, count(*) FROM decisions GROUP BY 1, 2 ORDER BY 2") == [
        ("deferred", 1, 200),
        ("deferred", 2, 200),
    ]


def test_a_write_between_preparing_and_locking_keeps_one_chain(case, act, monkeypatch):
    """The hashes are computed before the file is locked; who writes in between comes first, and nothing is lost."""
    first, second = finding("W1"), finding("W2")
    store, chained, calls = case.judge(first, second), history.chained, []

    def meanwhile(entries, after):
        links = chained(entries, after)
        calls.append(after)
        if len(calls) == 1:
            decide(CaseRows(case.path), [second["finding_id"]], act("accept", "乙"), today=TODAY)
        return links

    monkeypatch.setattr(history, "chained", meanwhile)
    step = decide(store, [first["finding_id"]], act("accept", "甲"), today=TODAY)
    assert len(calls) == 3
    told = case.query("SELECT seq, who, hash FROM history WHERE kind = 'accept' ORDER BY seq")
    assert [row[:2] for row in told] == [(2, "乙"), (3, "甲")]
    assert step.head == told[1][2]
    with reading(case.path) as connection:
        assert first_break(connection) is None


def test_a_decision_holds_no_lock_while_a_person_thinks(case, act):
    """Between two calls QGIS's own edits of the same file succeed."""
    store = case.judge(finding("W1"))
    store.mark(finding("W1")["finding_id"], "李工", "li")
    with closing(sqlite3.connect(case.path, timeout=0, isolation_level=None)) as qgis:
        qgis.execute("BEGIN EXCLUSIVE")
        qgis.execute("UPDATE meta SET value = value")
        qgis.execute("COMMIT")


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_cancel_leaves_no_trace_and_no_lock(case, act, share):
    rows = [finding(f"W{n}") for n in range(2_500)]
    store = case.judge(*rows)
    before = case.path.read_bytes()
    ids = [row["finding_id"] for row in rows]

    def progress(done):
        if done >= share:
            raise Cancelled

    with pytest.raises(Cancelled):
        decide(store, ids, act("accept"), progress, today=TODAY)
    assert case.path.read_bytes() == before
    assert sorted(entry.name for entry in case.path.parent.iterdir()) == [case.path.name] + (
        [f"{case.path.name}.backups"] if backups(case.path) else []
    )
    decide(store, ids, act("accept"), today=TODAY)
    assert case.query("SELECT count(*) FROM decisions WHERE state = 'accepted'") == [(2_500,)]


def test_a_full_disk_refuses_the_decision_and_keeps_the_case(small_disk, act):
    disk = small_disk(24, "small")
    case = Case(create_case(disk / "case.gpkg", "en"))
    rows = [finding(f"W{n}") for n in range(600)]
    store = case.judge(*rows)
    shutil.rmtree(disk / "case.gpkg.backups", ignore_errors=True)
    free = shutil.disk_usage(disk).free
    (disk / "ballast").write_bytes(b"x" * max(0, free - 16_384))
    before = case.query("SELECT count(*) FROM history")
    with pytest.raises(OverdraftError) as caught:
        decide(store, [row["finding_id"] for row in rows], act("accept"), today=TODAY)
    assert caught.value.key in ("casefile.disk_full", "casefile.cannot_write")
    assert case.query("PRAGMA integrity_check") == [("ok",)]
    assert case.query("SELECT count(*) FROM history") == before
    (disk / "ballast").unlink()
    decide(store, [row["finding_id"] for row in rows], act("accept"), today=TODAY)
    assert case.query("SELECT count(*) FROM decisions") == [(600,)]


def test_a_damaged_file_is_refused_with_its_last_backup(case, act):
    case.judge(*(finding(f"W{n}") for n in range(500)))
    case.judge(*(finding(f"W{n}") for n in range(500)))
    content = bytearray(case.path.read_bytes())
    for place in range(8192, len(content) - 4096, 4096):
        content[place : place + 64] = b"\xff" * 64
    case.path.write_bytes(content)
    with pytest.raises(OverdraftError) as caught:
        CaseRows.open(case.path)
    assert caught.value.key == "casefile.damaged"
    assert Path(str(caught.value.values["backup"])) == backups(case.path)[0]
    assert case.path.read_bytes() == bytes(content)  # never repaired silently


def test_a_backup_can_be_opened_in_its_place(case, act):
    store = case.judge(finding("W1"))
    decide(store, [finding("W1")["finding_id"]], act("accept"), today=TODAY)
    case.judge(finding("W1"))
    restored = case.path.with_name("restored.gpkg")
    shutil.copy(backups(case.path)[0], restored)
    assert CaseRows.open(restored).rows("decisions")["state"].tolist() == ["accepted"]


@pytest.mark.parametrize(
    "name", ["案卷 #1?.gpkg", "空 格/子 夹/case.gpkg", f"{'长' * 60}.gpkg", "a%20b;c'd.gpkg"]
)
def test_paths_of_every_kind(tmp_path, act, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    case = Case(create_case(path, "zh"))
    decide(case.judge(finding("W1")), [finding("W1")["finding_id"]], act("accept"), today=TODAY)
    assert case.decision(finding("W1")["finding_id"]).state == "accepted"


def test_it_is_on_disk_when_the_call_returns(case, act):
    """Closing QGIS in the middle loses nothing: another process sees the decision at once."""
    store = case.judge(finding("W1"))
    decide(store, [finding("W1")["finding_id"]], act("accept"), today=TODAY)
    answer = subprocess.run(
        [sys.executable, "-c", "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("
         "'SELECT state FROM decisions').fetchall())", str(case.path)],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert answer.stdout.strip() == "[('accepted',)]"
