"""Files that must not be written, and disks that cannot be: a clear message, and everything as it was."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from overdraft.core.casefile import (
    CaseRows,
    create_case,
    latest_backup,
    opening,
    read_case,
    read_results,
    verify_case,
    write_case,
)
from overdraft.core.errors import OverdraftError
from overdraft.core.messages import catalogue

ROOT = Path(__file__).resolve().parents[3]


def change(path, *statements):
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def case(tmp_path, make_content):
    """A case file with a backup beside it."""
    path = tmp_path / "case.gpkg"
    write_case(path, make_content("run-1"))
    write_case(path, make_content("run-2"))
    return path


def refused(path, content, key):
    """Reading and writing are both refused for the same reason, and not a byte changes."""
    before = path.read_bytes()
    for act in (lambda: read_case(path), lambda: read_results(path), lambda: write_case(path, content)):
        with pytest.raises(OverdraftError) as caught:
            act()
        assert caught.value.key == key
        assert path.name in caught.value.text("en")
        assert path.name in caught.value.text("zh")
    assert path.read_bytes() == before
    return caught.value


def test_a_newer_schema(case, make_content):
    change(case, "UPDATE meta SET value = '3' WHERE key = 'schema_version'")
    error = refused(case, make_content(), "casefile.newer_schema")
    assert (error.values["found"], error.values["allowed"]) == (3, 2)


def test_an_ordinary_geopackage(tmp_path, raw, make_content):
    path = tmp_path / "wells.gpkg"
    raw("wells").to_file(path, layer="wells", engine="pyogrio")
    refused(path, make_content(), "casefile.not_a_case")


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\x00", b"PK\x03\x04 not a database" * 100])
def test_a_file_of_another_kind(tmp_path, make_content, content):
    path = tmp_path / "case.gpkg"
    path.write_bytes(content)
    with pytest.raises(OverdraftError) as caught:
        write_case(path, make_content())
    assert caught.value.key in ("casefile.not_a_case", "casefile.damaged_no_backup")
    assert path.read_bytes() == content


@pytest.mark.parametrize("harm", ["truncated", "header", "pages", "zero_page"])
def test_a_damaged_file_is_refused_with_its_last_backup(case, make_content, harm):
    data = bytearray(case.read_bytes())
    if harm == "truncated":
        data = data[: len(data) // 2]
    elif harm == "header":
        data[16] ^= 0xFF
    elif harm == "pages":
        for place in range(4096 * 3, len(data), 4096):
            data[place] ^= 0x0F
    else:
        data[4096 * 2 : 4096 * 3] = bytes(4096)
    case.write_bytes(bytes(data))
    error = refused(case, make_content(), "casefile.damaged")
    assert error.values["backup"] == str(latest_backup(case))
    assert read_case(error.values["backup"])


def test_r15_text_that_is_none_is_damage(case, make_content):
    change(case, "UPDATE findings SET rule = CAST(x'77ff' AS TEXT) WHERE rowid = 1")
    for act in (lambda: read_results(case, "findings"), lambda: CaseRows.open(case).rows("findings")):
        with pytest.raises(OverdraftError) as caught:
            act()
        assert caught.value.key == "casefile.damaged"
        assert caught.value.values["backup"] == str(latest_backup(case))


@pytest.mark.parametrize("times", [6, pytest.param(60, marks=pytest.mark.long)])
def test_r15_a_bit_that_fell_over_is_refused_or_named_and_never_mended(case, times):
    """Half of them in the head of a page. Bits of text have no checksum and pass: no traceback, no repair."""
    content, places, refused_as = case.read_bytes(), random.Random(15), set()
    for number in range(times):
        flipped, place = bytearray(content), places.randrange(len(content))
        flipped[place - place % 4096 + place % 8 if number % 2 else place] ^= 1 << places.randrange(8)
        case.write_bytes(flipped)
        for act in (read_case, read_results, CaseRows.open, verify_case):
            try:
                act(case)
            except OverdraftError as error:
                refused_as.add(error.key)
        assert case.read_bytes() == flipped
    assert "casefile.damaged" in refused_as
    assert refused_as <= {"casefile.damaged", "casefile.not_a_case", "casefile.newer_schema"}


def test_a_damaged_file_without_a_backup(case, make_content):
    shutil.rmtree(case.with_name("case.gpkg.backups"))
    case.write_bytes(case.read_bytes()[:20000])
    refused(case, make_content(), "casefile.damaged_no_backup")


def test_a_damaged_base(case, make_content, tmp_path):
    data = bytearray(case.read_bytes())
    data[16] ^= 0xFF
    case.write_bytes(bytes(data))
    with pytest.raises(OverdraftError) as caught:
        write_case(tmp_path / "new.gpkg", make_content(), base=case)
    assert caught.value.key == "casefile.damaged"
    assert not (tmp_path / "new.gpkg").exists()


def test_a_missing_file_or_base(tmp_path, make_content):
    with pytest.raises(OverdraftError, match="does not exist"):
        read_case(tmp_path / "none.gpkg")
    with pytest.raises(OverdraftError, match="does not exist"):
        write_case(tmp_path / "new.gpkg", make_content(), base=tmp_path / "none.gpkg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("lock", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_file_in_use(case, make_content, monkeypatch, lock):
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.2)
    before = case.read_bytes()
    with closing(sqlite3.connect(case, isolation_level=None)) as other:
        other.execute(" ".join(("BEGIN", lock)))
        with pytest.raises(OverdraftError) as caught:
            write_case(case, make_content("run-3"))
        other.execute("ROLLBACK")
    assert caught.value.key == "casefile.locked"
    assert case.read_bytes() == before
    write_case(case, make_content("run-3"))


def test_a_reader_that_does_not_let_go(case, make_content, monkeypatch):
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.2)
    with closing(sqlite3.connect(case, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM wells").fetchone()
        with pytest.raises(OverdraftError) as caught:
            write_case(case, make_content("run-3", outcome="fail"))
        assert caught.value.key == "casefile.locked"
        assert other.execute("SELECT DISTINCT outcome FROM wells").fetchall() == [("pass",)]
        other.execute("ROLLBACK")
    assert read_results(case, "runs")["runs"]["run_id"].tolist() == ["run-1", "run-2"]


def test_a_folder_that_does_not_exist(tmp_path, make_content):
    for act in (
        lambda path: create_case(path, "en"),
        lambda path: write_case(path, make_content()),
    ):
        with pytest.raises(OverdraftError) as caught:
            act(tmp_path / "none" / "case.gpkg")
        assert caught.value.key == "casefile.cannot_write"
        assert "none" in str(caught.value)


def _run(script, *words, user=False, **options):
    """A Python process with the package loaded; ``user`` gives up root, which no file permission stops."""
    drop = "os.geteuid() == 0 and (os.setgid(65534), os.setuid(65534))" if user else "None"
    preface = f"""
        import importlib.util, os, sys
        spec = importlib.util.spec_from_file_location(
            "overdraft", {str(ROOT / "__init__.py")!r}, submodule_search_locations=[{str(ROOT)!r}])
        sys.modules["overdraft"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["overdraft"])
        from overdraft.core.casefile import CaseContent, create_case, read_case, write_case
        from overdraft.core.errors import OverdraftError
        {drop}
    """
    code = textwrap.dedent(preface) + textwrap.dedent(script)
    command = [sys.executable, "-B", "-c", code, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


@pytest.fixture
def open_folder():
    """A folder that other users can enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def test_a_folder_that_cannot_be_written(open_folder, make_content):
    path = write_case(open_folder / "case.gpkg", make_content()).path
    path.chmod(0o444)
    open_folder.chmod(0o555)
    script = """
        path, new = sys.argv[1:]
        print(len(read_case(path)["wells"]))
        for act in (lambda: create_case(new, "en"), lambda: write_case(path, CaseContent({}, "en"))):
            try:
                act()
            except OverdraftError as error:
                print(error.key)
    """
    before = path.read_bytes()
    done = _run(script, path, open_folder / "new.gpkg", user=True)
    assert done.stdout.split() == ["3", "casefile.cannot_write", "casefile.cannot_write"], done.stderr
    assert path.read_bytes() == before
    assert [entry.name for entry in open_folder.iterdir()] == ["case.gpkg"]


def test_a_file_left_in_wal_mode_is_read_from_a_medium_that_cannot_be_written(open_folder, make_content):
    path = write_case(open_folder / "case.gpkg", make_content()).path
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    path.chmod(0o444)
    open_folder.chmod(0o555)
    done = _run("print(len(read_case(sys.argv[1])['wells']))", path, user=True)
    assert done.stdout.split() == ["3"], done.stderr


def test_an_unfinished_write_on_a_medium_that_cannot_be_written(open_folder, make_content):
    path = write_case(open_folder / "case.gpkg", make_content()).path
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN")
        writer.execute("UPDATE layer_styles SET styleQML = styleQML || 'x'")
        journal = path.with_name("case.gpkg-journal").read_bytes()
        half = path.read_bytes()
        writer.execute("ROLLBACK")
    path.write_bytes(half)
    path.with_name("case.gpkg-journal").write_bytes(journal)
    open_folder.chmod(0o555)
    script = """
        try:
            read_case(sys.argv[1])
        except OverdraftError as error:
            print(error.key)
    """
    assert _run(script, path, user=True).stdout.split() == ["casefile.cannot_read"]
    open_folder.chmod(0o755)
    assert len(read_case(path)["wells"]) == 3
    assert "x" not in read_results(path, "runs")["runs"]["run_id"][0]


@pytest.mark.skipif(os.name == "nt", reason="limits of a process are a thing of POSIX")
@pytest.mark.parametrize("kind", ["new", "existing"])
def test_a_full_disk(tmp_path, make_content, kind):
    """A limit on the size of files fails a write in its middle, as a full disk does."""
    path = tmp_path / "case.gpkg"
    if kind == "existing":
        write_case(path, make_content())
    before = path.read_bytes() if path.exists() else None
    script = """
        import resource
        import pandas as pd
        size = int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        big = pd.DataFrame({"unit_id": [str(n) * 20 for n in range(60_000)]})
        try:
            write_case(sys.argv[1], CaseContent({"targets": big}, "en"))
        except OverdraftError as error:
            print(error.key)
    """
    done = _run(script, path, 2_000_000)
    assert done.stdout.split() == ["casefile.cannot_write"], done.stderr
    assert (path.read_bytes() if path.exists() else None) == before
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == (
        ["case.gpkg"] if before else []
    )


def test_sqlite_says_full_and_the_message_too(tmp_path, make_content, monkeypatch):
    path = write_case(tmp_path / "case.gpkg", make_content()).path
    before = path.read_bytes()
    original = opening.connect

    def small(target, mode):
        connection = original(target, mode)
        if mode == "rw":
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute("PRAGMA max_page_count = " + str(pages))
        return connection

    monkeypatch.setattr("overdraft.core.casefile.store.connect", small)
    with pytest.raises(OverdraftError) as caught:
        write_case(path, make_content("run-2" * 20000))
    assert caught.value.key == "casefile.disk_full"
    assert path.read_bytes() == before


def test_a_backup_that_differs_stops_the_write(case, make_content, monkeypatch):
    before = case.read_bytes()
    answers = iter([{"wells": "a"}, {"wells": "b"}])
    monkeypatch.setattr("overdraft.core.casefile.backup.content_hash", lambda connection: next(answers))
    with pytest.raises(OverdraftError) as caught:
        write_case(case, make_content("run-3"))
    assert caught.value.key == "casefile.backup_differs"
    assert case.read_bytes() == before
    assert not list(case.with_name("case.gpkg.backups").glob("*.part-*"))


def test_paths_with_any_characters(tmp_path, make_content):
    folder = tmp_path / "吐鲁番 #1 ?x=%20&y"
    folder.mkdir()
    path = write_case(folder / "案卷 100%.gpkg", make_content()).path
    write_case(path, make_content("run-2"))
    assert read_results(path, "runs")["runs"]["run_id"].tolist() == ["run-1", "run-2"]


def test_r13_a_path_of_more_than_260_characters(tmp_path, make_content):
    folder = tmp_path / ("深" * 20) / ("x" * 120) / ("y" * 120)
    folder.mkdir(parents=True)
    path = write_case(folder / "case.gpkg", make_content()).path
    assert len(str(path)) > 260
    write_case(path, make_content("run-2"))
    rows = CaseRows.open(path)
    rows.mark("f1", "李工", "li")
    assert list(rows.marks()) == ["f1"]
    assert rows.rows("runs")["run_id"].tolist() == ["run-1", "run-2"]


def test_every_message_of_the_family_is_used():
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "core/casefile").glob("*.py"))
    keys = [key for key in catalogue() if key.startswith("casefile.")]
    assert keys
    assert [key for key in keys if f'"{key}"' not in source] == []


def test_r13_a_folder_that_nobody_may_enter(open_folder, make_content):
    path = write_case(open_folder / "case.gpkg", make_content()).path
    open_folder.chmod(0o000)
    script = """
        from overdraft.core.casefile import CaseRows, merge_cases, verify_case
        path = sys.argv[1]
        for act in (
            lambda: read_case(path),
            lambda: CaseRows.open(path),
            lambda: CaseRows(path).mark("case", "a", "b"),
            lambda: verify_case(path),
            lambda: create_case(path, "en"),
            lambda: write_case(path, CaseContent({}, "en"), base=path),
            lambda: merge_cases([path, path], "/tmp/none.gpkg"),
        ):
            try:
                act()
            except OverdraftError as error:
                print(error.key)
    """
    done = _run(script, path, user=True)
    open_folder.chmod(0o755)
    assert done.stdout.split() == [
        *["casefile.cannot_read"] * 4,
        *["casefile.cannot_write"] * 2,
        "casefile.cannot_read",
    ], done.stderr
