"""Pages 3 and 4 and what Finish leaves: the case file, the open session, the choices in the project."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QPushButton

from overdraft.core import setup as core_setup
from overdraft.core.casefile import read_case
from overdraft.core.checking import check_register
from overdraft.core.errors import OverdraftError
from overdraft.core.policy import load_policy
from overdraft.ui.setup.state import RoleLayer

from .conftest import pick_policy
from .test_data import LEFT, drop, pick


class TestPolicy:
    def test_the_document_is_shown(self, language, ready, settled, qtbot):
        window = ready(2)
        assert not window.next.isEnabled()
        entry = window.policy.policy.itemText(window.policy.policy.findData("turpan-2021"))
        pick(qtbot, window.policy.policy, entry)
        settled(window)
        policy = load_policy("turpan-2021")
        texts = {name: label.text() for name, label in window.policy.facts.items()}
        assert policy.title in texts["title"]
        assert texts["number"] == "吐政办〔2021〕36号"
        assert texts["day"] == "2021-11-12"
        assert texts["clauses"] == str(len(policy.clauses)) == "73"
        assert window.next.isEnabled()
        assert window.setup.crs.authid() == "EPSG:4490"  # that of the wells

    def test_a_file_of_ones_own_is_dropped(self, language, ready, settled, tmp_path):
        from overdraft.core.policy.loader import FOLDER

        own = tmp_path / "自备 policy.toml"
        shutil.copy(FOLDER / "toli-2024.toml", own)
        window = ready(2)
        drop(window.policy, own)
        settled(window)
        assert window.setup.policy.id == "toli-2024"
        assert window.policy.policy.currentText() == "自备 policy.toml"

    def test_a_broken_file_is_refused(self, language, ready, settled, tmp_path):
        own = tmp_path / "broken.toml"
        own.write_text("<b>", encoding="utf-8")
        window = ready(2)
        window.policy.choose(own)
        settled(window)
        assert window.policy.problem.text().startswith("✗")
        assert not window.next.isEnabled()

    def test_unit_and_calendar(self, language, ready, settled, qtbot, deliveries):
        window = ready(2)
        pick(qtbot, window.policy.unit, {"en": "ha", "zh": "公顷"}[language])
        assert window.setup.area_unit == "ha"
        qtbot.mouseClick(window.policy.calendar_button, LEFT)
        assert window.pages.currentWidget() is window.data
        days = deliveries / "calendar.csv"
        days.write_text("day_on,working\n2026-10-01,false\n2026-10-10,true\n", encoding="utf-8")
        drop(window.data.rows["calendar"].combo, days)
        settled(window)
        window.next.click()
        window.next.click()
        assert "calendar.csv" in window.policy.calendar.text()
        assert "2" in window.policy.calendar.text()


class TestCheck:
    def test_findings_report_and_name(self, ready, settled, tmp_path, qtbot):
        window = ready(3)
        page = window.check
        lines = [page.list.topLevelItem(n) for n in range(page.list.topLevelItemCount())]
        signs = [line.text(0).split()[0] for line in lines]
        assert signs == sorted(signs, key="✗⚠ℹ".index)
        assert {"⚠", "ℹ"} <= set(signs)
        n_problems = len(page.checked.problems.rows)
        assert sum(int(line.text(2)) for line in lines) == n_problems
        assert "5" in page.summary.text()  # 3 wells, 1 zone, 1 unit
        deep = next(line for line in lines if "很深" in line.text(3))
        page.list.setCurrentItem(deep)
        assert "很深" in page.detail.text()
        # the report
        path = tmp_path / "报告 report.csv"
        page.save_report(path)
        settled(window)
        text = path.read_text(encoding="utf-8-sig")
        assert len(list(csv.reader(io.StringIO(text)))) == 1 + n_problems
        assert "张三丰" not in text
        # the name of the case file
        page.target.clear()
        assert not window.done_button.isEnabled()
        taken = tmp_path / "taken.gpkg"
        taken.touch()
        page.target.setText(str(tmp_path / "taken"))
        assert not window.done_button.isEnabled()
        assert window.hint.text() in window.done_button.toolTip()
        qtbot.keyClicks(page.target, "2")
        assert page.path == tmp_path / "taken2.gpkg"
        assert window.done_button.isEnabled()
        # going back loses nothing
        columns = {layer.role: dict(layer.columns) for layer in window.setup.read}
        for _ in range(3):
            qtbot.mouseClick(window.findChild(QPushButton, "back"), LEFT)
        assert window.pages.currentIndex() == 0
        assert {layer.role: layer.columns for layer in window.setup.read} == columns

    def test_what_blocks_keeps_finish_away_and_a_stopped_check_can_be_repeated(self, ready, settled, qtbot):
        window = ready(2)
        pick_policy(window, settled)
        # an old datum without the operation that brings it to CGCS2000
        window.setup.layers["wells"].reading.crs = QgsCoordinateReferenceSystem("EPSG:4214")
        window.next.click()
        assert window.busy.working
        qtbot.mouseClick(window.busy.stop_button, LEFT)
        assert not window.busy.working
        assert not window.done_button.isEnabled()
        qtbot.mouseClick(window.check.again, LEFT)
        settled(window)
        assert window.check.list.topLevelItem(0).text(0).startswith("✗")
        assert not window.done_button.isEnabled()
        window.write()
        assert not window.busy.working


class TestFinish:
    def test_the_whole_way_with_the_keyboard_and_again_next_year(
        self, language, ready, settled, qtbot, empty, wizard, deliveries, tmp_path
    ):
        window = ready(0)
        before = {path: path.read_bytes() for path in deliveries.iterdir()}
        for number in (1, 2, 3):
            if number == 3:
                pick_policy(window, settled)
            window.next.setFocus()
            qtbot.keyClick(window.next, Qt.Key.Key_Space)
            settled(window)
            assert window.pages.currentIndex() == number
        said = []
        window.finished_case.connect(said.append)
        target = window.check.path
        qtbot.keyClick(window.done_button, Qt.Key.Key_Space)
        settled(window)
        assert said == [str(target)]
        assert empty.path == target
        assert not window.isVisible()
        assert {path: path.read_bytes() for path in deliveries.iterdir()} == before
        self.holds_the_deliveries(target)
        self.says_what_the_page_said(target, window)
        if language == "zh":  # the file that was written is the same in English
            self.is_remembered_by_role(empty, wizard, settled, deliveries)
            self.takes_a_later_delivery(empty, wizard, settled, qtbot, tmp_path)

    def holds_the_deliveries(self, target):
        with closing(sqlite3.connect(target)) as file:
            wells = file.execute(
                "SELECT well_id, use, status, depth_m, permit_m3 FROM wells ORDER BY well_id"
            ).fetchall()
            severity = file.execute("SELECT zone_id, severity FROM zones").fetchall()
            imports = file.execute("SELECT role, imported_by FROM imports ORDER BY role").fetchall()
        assert wells == [
            ("W1", "irrigation", "active", 1200.0, 12000.0),
            ("W2", "industry", "sealed", 80.0, 700.0),
            ("W3", "irrigation", "sealed", None, 30000.0),
        ]
        assert severity == [("Z1", "severe")]
        assert imports == [("units", "王工"), ("wells", "王工"), ("zones", "王工")]

    def says_what_the_page_said(self, target, window):
        found = check_register(read_case(target), date.today(), window.setup.policy).rows
        page = window.check.checked.problems.rows
        page = page[~page["check"].str.startswith("import.")]
        shown = sorted(zip(page["check"], page["subject_id"], strict=True))
        assert shown == sorted(zip(found["check"], found["subject_id"], strict=True))

    def is_remembered_by_role(self, empty, wizard, settled, deliveries):
        project = QgsProject.instance()
        file = project.fileName()
        assert project.write(file)
        project.clear()
        assert project.read(file)
        (deliveries / "units.geojson").unlink()
        again = wizard()
        settled(again)
        layers = again.setup.layers
        assert layers["wells"].columns["well_id"] == "井号"
        assert layers["zones"].columns["severity"] == "级别"  # the mapping was kept
        assert layers["wells"].words == {"status": {"封": "sealed"}}
        assert layers["wells"].mode == "replace"
        assert again.data.rows["units"].status.text().startswith("✗")  # the gap
        assert again.setup.policy_ref == "turpan-2021"
        assert again.setup.case == empty.path
        again.reject()

    def takes_a_later_delivery(self, empty, wizard, settled, qtbot, tmp_path):
        QgsProject.instance().removeEntry("overdraft", "layers")
        later = tmp_path / "later.csv"
        text = "井号,取水用途,现状,X坐标,Y坐标\nW9,工业,在用,89.6,42.6\n"
        later.write_text(text, encoding="utf-8")
        again = wizard()
        assert again.data.open_case.isChecked()
        drop(again.data.rows["wells"].combo, later)
        settled(again)
        again.setup.layers["wells"].reading.crs = QgsCoordinateReferenceSystem("EPSG:4490")
        for _ in range(3):
            again.next.click()
            settled(again)
        assert not again.check.target.isEnabled()
        changed = []
        empty.content_changed.connect(lambda: changed.append(1))
        qtbot.mouseClick(again.done_button, LEFT)
        settled(again)
        with closing(sqlite3.connect(empty.path)) as file:
            ids = [row[0] for row in file.execute("SELECT well_id FROM wells ORDER BY well_id")]
        assert ids == ["W1", "W2", "W3", "W9"]
        assert changed

    @pytest.mark.long
    def test_the_same_delivery_again_blocks(self, language, ready, settled, qtbot, empty):
        window = ready(3)
        qtbot.mouseClick(window.done_button, LEFT)
        settled(window)
        again = ready(0, empty)
        assert again.data.rows["wells"].mode.isVisibleTo(again)
        pick(qtbot, again.data.rows["wells"].mode, {"en": "Append", "zh": "追加"}[language])
        assert again.setup.layers["wells"].mode == "append"
        for _ in range(3):
            again.next.click()
            settled(again)
        assert again.check.list.topLevelItem(0).text(0).startswith("✗")
        assert "W1" in again.check.list.topLevelItem(0).text(3)

    def test_stopping_and_a_refusal_leave_nothing(self, ready, settled, qtbot, empty, monkeypatch):
        window = ready(3)
        real = core_setup.write_setup

        def slow(target, *arguments):
            *others, progress = arguments

            def wait(share):
                while share > 0:
                    progress(share)  # until the user has stopped it

            return real(target, *others, wait)

        monkeypatch.setattr(core_setup, "write_setup", slow)
        folder = window.check.path.parent
        before = set(folder.iterdir())
        qtbot.mouseClick(window.done_button, LEFT)
        qtbot.waitUntil(lambda: window.busy.bar.value() > 0)
        window.reject()  # Esc stops the writing and stays
        settled(window)
        assert window.isVisible()
        assert window.hint.text() == "Stopped. Nothing was written."
        assert set(folder.iterdir()) == before
        assert empty.path is None

        def refuse(target, *_):
            raise OverdraftError("casefile.exists", path=str(target))

        monkeypatch.setattr(core_setup, "write_setup", refuse)
        qtbot.mouseClick(window.done_button, LEFT)
        settled(window)
        assert window.hint.text().startswith("✗")
        assert window.isVisible()
        assert empty.path is None


def test_a_project_with_nonsense_opens(language, wizard):
    project = QgsProject.instance()
    for name, text in (
        ("layers", "{"),
        ("mappings", "[[["),
        ("area_unit", "acre"),
        ("crs", "EPSG:x"),
        ("policy", "no"),
    ):
        project.writeEntry("overdraft", name, text)
    window = wizard()
    assert window.setup.area_unit == "mu"
    assert all(layer == RoleLayer(layer.role) for layer in window.setup.layers.values())
    project.writeEntry(
        "overdraft", "layers", '{"wells": 3, "nothing": {}, "units": {"id": ["x"], "name": 5}}'
    )
    assert wizard().setup.layers["units"].gone == "5"
