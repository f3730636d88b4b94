"""A pairing window on a copy of the judged sample, read and ready."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from overdraft.core.casefile.sql import sql

DAY = "2026-03-31"
WAITING = "SQ-2026-003"


def query(path, statement, *values):
    """An independent look into the file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


@pytest.fixture
def opened(session, language, qtbot, qgis_canvas):
    """``opened(renewal_id, …)``: the window, once it has read the case."""
    from overdraft.ui.pairing.dialog import PairingDialog

    made = []

    def make(renewal_id=WAITING, canvas=None):
        dialog = PairingDialog(session, canvas, renewal_id)
        made.append(dialog)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog._work is None, timeout=60_000)
        return dialog

    yield make
    for dialog in made:
        dialog.close()
        qtbot.waitUntil(lambda dialog=dialog: dialog._work is None, timeout=60_000)


@pytest.fixture(scope="session")
def lean_sample(judged_sample, tmp_path_factory):
    """The judged sample without its readings, which are most of it and only tell which seals were long idle."""
    path = tmp_path_factory.mktemp("lean") / "case.gpkg"
    shutil.copy(judged_sample, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for table in ("readings", "meters", "accounts"):
            connection.execute(sql("DELETE FROM $table", table=table))
        connection.execute("VACUUM")
    return path


@pytest.fixture
def case(lean_sample, tmp_path):
    path = tmp_path / "案 case.gpkg"
    shutil.copy(lean_sample, path)
    return path
