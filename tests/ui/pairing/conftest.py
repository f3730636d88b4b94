"""A pairing window on a copy of the judged sample, read and ready."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

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
