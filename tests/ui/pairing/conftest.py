"""A pairing window on a copy of the judged sample, read and ready."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pytest

WAITING = "SQ-2026-003"
"""The one renewal of the sample that waits: it has a pledge of a well that is in no register."""


def query(path, statement, *values):
    """An independent look into the file."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


@pytest.fixture(scope="session")
def board(lean_sample):
    """The board of the sample on the day on which it is judged."""
    from overdraft.core.desk.pairboard import open_board

    return open_board(lean_sample, date(2026, 3, 31))


@pytest.fixture
def case(lean_case):
    return lean_case


@pytest.fixture
def opened(session, qtbot, monkeypatch, board):
    """``opened(renewal_id, …)``: the window, once it has read the case; ``read``: from the file, not from memory."""
    from overdraft.core.desk import pairboard
    from overdraft.ui.pairing.dialog import PairingDialog

    made = []

    def make(renewal_id=WAITING, canvas=None, read=False, given=None):
        if not read:
            monkeypatch.setattr(pairboard, "open_board", lambda *_: given or board)
        dialog = PairingDialog(session, canvas, renewal_id)
        made.append(dialog)
        qtbot.addWidget(dialog)
        dialog.show()
        settle(qtbot, dialog)
        return dialog

    yield make
    for dialog in made:
        dialog.close()
        settle(qtbot, dialog)


def settle(qtbot, dialog):
    """Wait for what is under way in the background."""
    qtbot.waitUntil(lambda: dialog._work is None, timeout=60_000)
    qtbot.wait(1)
