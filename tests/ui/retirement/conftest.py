"""A planner on the sample case, read and ready; its background work done before the test goes on."""

from __future__ import annotations

import numpy as np
import pytest
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QMessageBox

GAOCHANG, SHANSHAN, TUOKEXUN = "高昌区", "鄯善县", "托克逊县"


@pytest.fixture
def rested(qtbot):
    """``rested(planner)``: waits until nothing runs in the background."""

    def wait(planner):
        qtbot.waitUntil(lambda: planner.bench.work is None, timeout=60_000)
        return planner

    return wait


@pytest.fixture
def planners(session, qtbot, rested, monkeypatch):
    """``planners()``: a planner on the session's case, shown and read; all are closed afterwards without a question."""
    from overdraft.ui.retirement import RetirementPlanner, questions

    made = []

    def make(canvas=None, wait=True):
        planner = RetirementPlanner(session, canvas)
        made.append(planner)
        planner.show()
        return rested(planner) if wait else planner

    yield make
    monkeypatch.setattr(questions, "ask_to_leave", lambda *_: QMessageBox.StandardButton.Discard)
    for planner in made:
        rested(planner)
        planner.reject()
        planner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def planner(planners):
    """A planner, ready."""
    return planners()


@pytest.fixture
def answer(monkeypatch):
    """``answer(ask_name="乙")``: what the user would say to a question."""
    from overdraft.ui.retirement import questions

    def give(**answers):
        for name, value in answers.items():
            monkeypatch.setattr(questions, name, lambda *_, value=value: value)

    return give


@pytest.fixture
def copied(planner, answer, qtbot):
    """The planner with a copy of the base as the current scenario."""
    from qgis.PyQt.QtCore import Qt

    answer(ask_name="方案一")
    qtbot.mouseClick(planner.bar.duplicate, Qt.MouseButton.LeftButton)
    return planner


@pytest.fixture
def free_in():
    """``free_in(planner, county)``: rows that can be ticked in one county, smallest land first, none cut."""

    def rows(planner, county):
        parcels = planner.bench.board.parcels
        found = np.flatnonzero(((parcels["county"] == county) & (parcels["why"] == "")).to_numpy())
        return found[np.argsort(parcels["in_use_mu"].to_numpy()[found], kind="stable")]

    return rows
