"""The window on the judged sample."""

from __future__ import annotations

import pytest


@pytest.fixture
def idle(qtbot):
    """``idle(dialog)``: wait until nothing is made any more."""

    def wait(dialog):
        qtbot.waitUntil(lambda: dialog._work is None and dialog._looking is None, timeout=120_000)

    return wait


@pytest.fixture
def opened(in_language, session, provider, qtbot, idle, tmp_path):
    """``opened()``: the window, once it knows what the case offers; the files go to a folder of the test."""
    from overdraft.ui.export import ExportDialog

    made = []

    def make():
        dialog = ExportDialog(session)
        made.append(dialog)
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitUntil(lambda: dialog.part.county.count() > 1 or session.path is None, timeout=30_000)
        dialog.part.folder.setFilePath(str(tmp_path / "out"))
        return dialog

    yield make
    for dialog in made:
        dialog.close()
        idle(dialog)
