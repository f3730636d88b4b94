"""The dashboard on a copy of the judged sample."""

from __future__ import annotations

import pytest


@pytest.fixture
def dock(session, in_language, qtbot):
    from overdraft.ui.dashboard.dock import DashboardDock

    made = DashboardDock(session)
    qtbot.addWidget(made)
    made.resize(420, 700)
    made.show()
    settle(qtbot, made)
    return made


def settle(qtbot, dock):
    """Wait for what is under way in the background."""
    qtbot.waitUntil(lambda: dock._work is None and not dock._rest.isActive(), timeout=30_000)
    qtbot.wait(1)
