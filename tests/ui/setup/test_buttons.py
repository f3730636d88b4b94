"""Buttons of the wizard that open a file dialog, what an empty answer does, and what a restart remembers."""

from __future__ import annotations

import shutil

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QFileDialog, QPushButton

from .test_data import LEFT


@pytest.fixture
def answers(monkeypatch):
    """``answers(path)``: what the next file dialog gives back; an empty text is Cancel."""

    def give(path):
        for name in ("getSaveFileName", "getOpenFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *_: (str(path), ""))

    return give


def press(qtbot, window, settled, name):
    qtbot.mouseClick(window.findChild(QPushButton, name), LEFT)
    settled(window)


def test_choose_names_the_case_file(ready, settled, qtbot, answers, tmp_path):
    window = ready(3)
    before = window.check.target.text()
    answers("")
    press(qtbot, window, settled, "browse")
    assert window.check.target.text() == before
    answers(tmp_path / "案卷")
    press(qtbot, window, settled, "browse")
    assert window.check.path == tmp_path / "案卷.gpkg"


def test_save_report_asks_for_its_name(ready, settled, qtbot, answers, tmp_path):
    window = ready(3)
    answers("")
    press(qtbot, window, settled, "save_report")
    answers(tmp_path / "报告.csv")
    press(qtbot, window, settled, "save_report")
    assert [path.name for path in tmp_path.glob("*.csv")] == ["报告.csv"]
    answers(tmp_path / "no folder" / "报告.csv")
    press(qtbot, window, settled, "save_report")
    assert window.check.summary.text().startswith("✗")


def test_a_mapping_goes_out_and_comes_back(ready, settled, qtbot, answers, tmp_path):
    window = ready(1)
    answers(tmp_path / "wells")
    press(qtbot, window, settled, "export")
    assert (tmp_path / "wells.json").is_file()
    columns = dict(window.fields.layer.columns)
    press(qtbot, window, settled, "clear")
    assert not window.next.isEnabled()
    answers("")
    press(qtbot, window, settled, "apply")
    assert window.fields.layer.columns == {}
    answers(tmp_path / "wells.json")
    press(qtbot, window, settled, "apply")
    assert window.fields.layer.columns == columns
    assert window.next.isEnabled()


def test_a_policy_comes_from_a_file(ready, settled, qtbot, answers, tmp_path):
    from overdraft.core.policy.loader import FOLDER

    window = ready(2)
    answers("")
    press(qtbot, window, settled, "policy_file")
    assert window.setup.policy is None
    own = shutil.copy(FOLDER / "toli-2024.toml", tmp_path / "自备.toml")
    answers(own)
    press(qtbot, window, settled, "policy_file")
    assert window.setup.policy.id == "toli-2024"


def test_u10_size_and_choices_survive_a_restart(ready, settled, qtbot, wizard, tmp_path):
    """The project is saved and opened again; what it remembers is read by a new window."""
    window = ready(3)
    window.resize(980, 570)
    window.setup.area_unit = "ha"
    press(qtbot, window, settled, "finish")
    assert not window.isVisible()
    project = QgsProject.instance()
    assert project.write()
    assert project.read(project.fileName())
    again = wizard()
    settled(again)
    assert (again.width(), again.height()) == (980, 570)
    assert again.setup.area_unit == "ha"
    assert again.setup.policy_ref == "turpan-2021"
    assert {role for role, layer in again.setup.layers.items() if layer.ref} == {"wells", "zones", "units"}
    assert again.setup.layers["zones"].columns["severity"] == "级别"
