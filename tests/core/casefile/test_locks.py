"""R4: a file that is locked says who works in it, and since when, as far as it can tell; nothing is lost."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime

import pytest

from overdraft.core.casefile import CaseRows, Change, Entry, opening
from overdraft.core.casefile.changes import moment
from overdraft.core.errors import OverdraftError

HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def store(empty_case, tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.2)
    return CaseRows(shutil.copy(empty_case, tmp_path))


@pytest.fixture
def held(store):
    """Another process is writing."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(store.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    release(process)


def release(process):
    if process.poll() is None:
        process.communicate("\n", timeout=20)


def write(store):
    change = Change("settings", {"key": "review.four_eyes"}, None, {"value": "true"})
    return store.apply([change], [Entry("setting", "review.four_eyes", "李工")])


def refusal(store):
    with pytest.raises(OverdraftError) as refused:
        write(store)
    return refused.value


def test_r4_the_message_names_who_works_in_the_case(store, request):
    store.mark("finding 1", "王工", "wang")
    store.mark("finding 2", "李 <b>工</b>", "li")
    with closing(sqlite3.connect(store.path)) as connection:
        (since,) = connection.execute("SELECT since FROM marks WHERE subject = 'finding 2'").fetchone()
    request.getfixturevalue("held")
    error = refusal(store)
    assert error.key == "casefile.locked_by"
    assert (error.values["who"], error.values["since"]) == ("李 <b>工</b>", moment(since))
    told = datetime.strptime(moment(since), "%Y-%m-%d %H:%M")
    assert abs((datetime.now() - told).total_seconds()) < 600
    assert "李 <b>工</b>" in error.text("zh")
    assert store.path.name in error.text("en")


def test_r4_old_marks_tell_nothing(store, request):
    store.mark("finding 1", "王工", "wang")
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("UPDATE marks SET since = '2020-01-01T00:00:00.000Z'")
        connection.commit()
    request.getfixturevalue("held")
    assert refusal(store).key == "casefile.locked"


def test_r4_a_file_that_cannot_even_be_read_says_so(store):
    store.mark("finding 1", "王工", "wang")
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert refusal(store).key == "casefile.locked"


def test_r4_once_it_is_released_the_same_act_is_written(store, held):
    refusal(store)
    release(held)
    write(store)
    assert list(store.rows("settings", key="review.four_eyes")["value"]) == ["true"]
