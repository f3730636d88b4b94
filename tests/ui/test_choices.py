"""Choices that are filled anew."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QComboBox

from overdraft.ui.shared.choices import refill


def test_what_was_chosen_stays_where_it_is_still_there_and_listeners_are_told_once(qgis_app, qtbot):
    combo = QComboBox()
    qtbot.addWidget(combo)
    told = []
    combo.currentIndexChanged.connect(told.append)
    refill(combo, [("one", 1), ("two", 2)])
    combo.setCurrentIndex(1)
    told.clear()
    refill(combo, [("zero", 0), ("two again", 2)])
    assert (combo.currentText(), told) == ("two again", [1])
    refill(combo, [("three", 3)])
    assert (combo.currentData(), told) == (3, [1, 0])
    refill(combo, [])
    assert (combo.currentIndex(), told) == (-1, [1, 0, -1])
