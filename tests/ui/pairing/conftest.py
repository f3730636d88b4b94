"""A pairing window on a copy of the judged sample, read and ready."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QLabel

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
    for dialog in made:  # all of them first: pytest-qt wants them deleted, and waiting does it
        dialog.close()
    for dialog in made:
        settle(qtbot, dialog)


def settle(qtbot, dialog):
    """Wait for what is under way in the background."""
    qtbot.waitUntil(lambda: dialog._work is None, timeout=60_000)
    qtbot.wait(1)


LEFT = Qt.MouseButton.LeftButton
BEST = ["650402-0135", "650402-0423"]
"""The two nearest wells of 650402 that can be taken: 39.6 m and 216.3 m, of an independent distance query."""


def click(qtbot, widget):
    qtbot.mouseClick(widget, LEFT)


def rows_of(dialog):
    model = dialog.page.model
    return [model.well_at(row) for row in range(model.rowCount())]


def cell(dialog, well, column):
    model = dialog.page.model
    return model.index(model.row_of(well), column)


def tick(qtbot, dialog, well):
    """Click the box of a row."""
    index = cell(dialog, well, 0)
    dialog.page.table.scrollTo(index)
    box = dialog.page.table.visualRect(index)
    qtbot.mouseClick(dialog.page.table.viewport(), LEFT, pos=QPoint(box.left() + 10, box.center().y()))


def texts_of(dialog):
    return [label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog)]


def standing(path):
    return query(
        path,
        "SELECT retired_id, state, role FROM pairs WHERE renewal_id = ? AND state <> 'released' ORDER BY fid",
        WAITING,
    )
