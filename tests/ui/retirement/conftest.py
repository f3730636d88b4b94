"""A planner on the sample case, read and ready; its background work done before the test goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt
from qgis.PyQt.QtWidgets import QMessageBox

_READ: dict = {}
JUDGED_ON = date(2026, 3, 31)


@pytest.fixture
def case(lean_case):
    return lean_case


@pytest.fixture
def read_once(monkeypatch, lean_sample):
    """The land of the sample is laid out once for all tests; the plans on record are those of the test's own case."""
    from overdraft.core.casefile.opening import reading
    from overdraft.core.casefile.tables import read_table
    from overdraft.ui.retirement import bench
    from overdraft.ui.retirement.opening import opening

    def cached(path, as_of):
        def work(progress):
            day = as_of or JUDGED_ON
            if day not in _READ:
                _READ[day] = opening(lean_sample, day)(progress)
            with reading(path, quick=True) as connection:
                plans = read_table(connection, "plans")
            return replace(_READ[day], path=path, plans=plans.reset_index(drop=True))

        return work

    monkeypatch.setattr(bench, "opening", cached)


@pytest.fixture
def rested(qtbot):
    """``rested(planner)``: waits until nothing runs in the background."""

    def wait(planner):
        qtbot.waitUntil(lambda: planner.bench.work is None, timeout=120_000)
        return planner

    return wait


@pytest.fixture
def planners(session, qtbot, rested, monkeypatch):
    """``planners()``: a planner on the session's case, shown; all are closed afterwards without a question."""
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
        planner.bench.cancel()
        rested(planner)
        planner.reject()
        planner.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def planner(read_once, planners):
    """A planner, ready."""
    return planners()


@pytest.fixture
def answer(monkeypatch):
    """``answer(ask_name="乙")``: what the user would say to a question; the arguments of each are kept and returned."""
    from overdraft.ui.retirement import questions

    def give(**answers):
        asked = []
        for name, value in answers.items():
            monkeypatch.setattr(questions, name, lambda *given, value=value: (asked.append(given), value)[1])
        return asked

    return give


@pytest.fixture
def copied(planner, answer, qtbot):
    """The planner with a copy of the base, 方案一, as the current scenario."""
    answer(ask_name="方案一")
    qtbot.mouseClick(planner.bar.duplicate, Qt.MouseButton.LeftButton)
    return planner


@pytest.fixture
def free_in():
    """``free_in(planner, county)``: rows that can be ticked in one county and count whole, smallest land first."""

    def rows(planner, county):
        parcels = planner.bench.board.parcels
        whole = np.isclose(parcels["in_use_mu"], parcels["counts_mu"])
        found = np.flatnonzero(((parcels["county"] == county) & (parcels["why"] == "") & whole).to_numpy())
        return found[np.argsort(parcels["in_use_mu"].to_numpy()[found], kind="stable")]

    return rows


@pytest.fixture
def click_box(qtbot):
    """``click_box(planner, row)``: click the tick of a row of the board."""

    def click(planner, row):
        assert planner.candidates.show_row(int(row))
        table = planner.candidates.table
        rect = table.visualRect(table.currentIndex())
        spot = rect.topLeft()
        spot.setX(rect.left() + 12)
        spot.setY(rect.center().y())
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    return click


@pytest.fixture
def cell():
    """``cell(planner, "托克逊县", 2026, "gap")``: what the table of units says."""

    def text(planner, unit, year, what):
        from overdraft.core.planning.scenarios.shown import FIGURES

        model = planner.units.units
        rows = {model.index(row, 0).data(): row for row in range(model.rowCount())}
        row = rows[unit] if unit else model.rowCount() - 1
        block = planner.bar.shown_years().index(year)
        column = 1 + block * (len(FIGURES) + 1) + [*FIGURES, "share"].index(what)
        return model.index(row, column).data()

    return text


@pytest.fixture
def said():
    """``said(planner)``: the texts in the message bar of the planner, newest first."""

    def texts(planner):
        import html

        return [html.unescape(item.text()) for item in planner.message_bar.items()]

    return texts
