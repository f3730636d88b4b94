"""U10: the filters of a case are those that were set last, for each case its own."""

from __future__ import annotations

import pytest
from qgis.core import QgsSettings

from overdraft.ui.pairing.candidates import Filter
from overdraft.ui.shared.last import keep_last, last_of

from .conftest import rows_of


@pytest.fixture(autouse=True)
def forgotten():
    yield
    QgsSettings().remove("overdraft/pairing")


def test_u10_the_last_filters_of_a_case_are_there_again(opened, session, case):
    dialog = opened()
    every = rows_of(dialog)
    page = dialog.page
    page.search.setText("650402")
    page.farthest.setValue(2.5)
    page.unused.setChecked(True)
    page.sealed_only.setChecked(True)
    page.same["township"].setChecked(True)
    shown = rows_of(dialog)
    assert 0 < len(shown) < len(every)
    dialog.close()
    again = opened()
    assert again.page.wanted() == Filter("650402", ("township",), True)
    assert again.page.reach_m() == 2500.0
    assert again.page.sealed_only.isChecked()
    assert rows_of(again) == shown


def test_each_case_has_its_own(opened, session, case, tmp_path):
    other = tmp_path / "other.gpkg"
    other.write_bytes(case.read_bytes())
    dialog = opened()
    dialog.page.search.setText("650402")
    session.open_case(other)
    assert dialog.page.wanted() == Filter()
    dialog.page.unused.setChecked(True)
    session.open_case(case)
    assert dialog.page.wanted() == Filter("650402")
    session.open_case(None)
    assert dialog.page.wanted() == Filter()
    assert (last_of("pairing", case)["text"], last_of("pairing", other)["unused"]) == ("650402", True)


@pytest.mark.parametrize(
    "cells",
    [
        {"text": None, "farthest": "far", "unused": "no", "sealed_only": 1, "same": "township"},
        {"farthest": -3, "same": ["moon", None]},
    ],
)
def test_what_cannot_be_read_in_the_settings_is_left_out(opened, case, cells):
    keep_last("pairing", case, cells)
    dialog = opened()
    assert dialog.page.wanted() == Filter()
    assert dialog.page.reach_m() is None
    assert not dialog.page.sealed_only.isChecked()
