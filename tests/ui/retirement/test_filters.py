"""U10: the filters of the list of areas are those that were set last, for each case its own."""

from __future__ import annotations

import pytest
from qgis.core import QgsSettings

from overdraft.ui.shared.last import keep_last, last_of


@pytest.fixture(autouse=True)
def forgotten():
    yield
    QgsSettings().remove("overdraft/retirement")


def test_u10_the_last_filters_of_a_case_are_there_again(planners, read_once, case, qtbot):
    planner = planners()
    candidates = planner.candidates
    every = candidates.parcels.rowCount()
    unit = candidates.unit.findText("高昌区")
    candidates.unit.setCurrentIndex(unit)
    candidates.zone.setCurrentIndex(1)
    candidates.source.setCurrentIndex(1)
    candidates.only.setCurrentIndex(1)
    candidates.search.setText("650402")
    qtbot.waitUntil(lambda: last_of("retirement", case).get("text") == "650402")
    shown = candidates.parcels.rowCount()
    assert 0 < shown < every
    planner.done(0)
    again = planners().candidates
    assert again is not candidates
    chosen = [again.unit.currentText(), again.zone.currentIndex(), again.source.currentIndex()]
    assert chosen == ["高昌区", 1, 1]
    assert (again.only.currentData(), again.search.text()) == ("free", "650402")
    assert again.parcels.rowCount() == shown
    again.clear.click()
    assert last_of("retirement", case) == {"text": "", "unit": "", "zone": "", "source": "", "only": ""}


@pytest.mark.parametrize(
    "cells", [{"unit": "999999", "zone": "moon", "only": 3, "text": None}, {"unit": ["x"], "source": {}}]
)
def test_a_value_that_is_gone_is_not_filtered_by(planners, read_once, case, cells):
    keep_last("retirement", case, cells)
    candidates = planners().candidates
    assert candidates.parcels.rowCount() == len(candidates._board.parcels)
    assert [combo.currentIndex() for combo in (candidates.unit, candidates.zone, candidates.source)] == [
        0,
        0,
        0,
    ]
    assert candidates.only.currentIndex() == 0


def test_another_case_begins_with_its_own(planners, read_once, case, session, rested, tmp_path):
    other = tmp_path / "other.gpkg"
    other.write_bytes(case.read_bytes())
    planner = planners()
    planner.candidates.zone.setCurrentIndex(1)
    kept = last_of("retirement", case)
    session.open_case(other)
    rested(planner)
    assert planner.candidates.zone.currentIndex() == 0
    session.open_case(case)
    rested(planner)
    assert planner.candidates.zone.currentIndex() == 1
    assert last_of("retirement", case) == kept


def test_a_case_that_is_read_in_the_place_of_another_begins_with_its_own(
    planners, case, session, rested, tmp_path
):
    """So it is once what was not saved in the first one is."""
    other = tmp_path / "other.gpkg"
    other.write_bytes(case.read_bytes())
    keep_last("retirement", other, {"only": "chosen"})
    planner = planners()
    assert planner.candidates.only.currentData() == ""
    session.blockSignals(True)
    session.open_case(other)
    session.blockSignals(False)
    planner._read_again()
    rested(planner)
    assert planner.bench.path == other
    assert planner.candidates.only.currentData() == "chosen"
