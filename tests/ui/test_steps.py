"""Work in steps on the main thread: in turn, stopped between two of them, errors told."""

from __future__ import annotations

from threading import Event

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.ui.shared.steps import Steps, awaited


@pytest.fixture
def told():
    return {"done": [], "failed": [], "ended": [], "shares": []}


def made(steps, told):
    work = Steps(steps, told["done"].append, told["failed"].append, lambda: told["ended"].append(True))
    work.progressChanged.connect(told["shares"].append)
    return work.begin()


def test_steps_are_taken_in_turn_and_what_is_done_behind_them_is_waited_for(qgis_app, qtbot, told):
    go, between = Event(), []

    def steps():
        yield 0.25
        found = yield from awaited(lambda progress: go.wait(20) and "found")
        yield 0.5
        return found

    work = made(steps(), told)
    qtbot.waitUntil(lambda: told["shares"] == [25.0])
    qtbot.wait(100)
    between.append(list(told["done"]))
    go.set()
    qtbot.waitUntil(lambda: bool(told["ended"]))
    assert between == [[]]
    assert told == {"done": ["found"], "failed": [], "ended": [True], "shares": [25.0, 50.0]}
    del work


def test_a_cancel_closes_the_steps_and_tells_the_end_once(qgis_app, qtbot, told):
    closed = []

    def steps():
        try:
            while True:
                yield 0.1
        finally:
            closed.append(True)

    work = made(steps(), told)
    qtbot.waitUntil(lambda: len(told["shares"]) > 3)
    work.cancel()
    work.cancel()
    qtbot.wait(50)
    assert closed == [True]
    assert told["ended"] == [True]
    assert told["done"] == told["failed"] == []


def test_an_error_is_told(qgis_app, qtbot, told):
    def steps():
        yield 0.1
        raise OverdraftError("papers.maps.no_maps")

    work = made(steps(), told)
    qtbot.waitUntil(lambda: bool(told["ended"]))
    (error,) = told["failed"]
    assert isinstance(error, OverdraftError)
    assert told["done"] == []
    del work
