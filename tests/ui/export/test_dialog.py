"""The window Export…: every act with the real widgets, in both languages, on the judged sample."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import QInputDialog

LEFT = Qt.MouseButton.LeftButton
FIRST = {"en": "Well register", "zh": "机井台账（一井一档）"}


def only(qtbot, dialog, name="well_register"):
    """Untick all tables but one, by button and by key."""
    page = dialog.page
    qtbot.mouseClick(page.findChild(object, "tables_none"), LEFT)
    lines = page.tables.list
    rows = [lines.item(row).data(Qt.ItemDataRole.UserRole) for row in range(lines.count())]
    lines.setCurrentRow(rows.index(name))
    qtbot.keyClick(lines, Qt.Key.Key_Space)
    assert page.parameters()["TABLES"] == [name]


def query(path, statement):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


def test_the_preview_shows_the_first_rows(opened, idle, qtbot, language, case):
    dialog = opened()
    only(qtbot, dialog)
    qtbot.mouseClick(dialog.preview_button, LEFT)
    assert not dialog.preview_button.isEnabled()
    idle(dialog)
    text = dialog.preview.toPlainText()
    assert FIRST[language] in text
    well, county = query(
        case,
        "SELECT well_id, county_id FROM wells WHERE well_id <> '' ORDER BY county_id IS NULL, 2, township_id, 1",
    )[0]
    assert well in text
    assert county
    assert dialog.preview_button.isEnabled()


def test_files_are_made_and_can_be_shown(opened, idle, qtbot, language, case, tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: shown.append(url.toLocalFile()))
    dialog = opened()
    assert not dialog.show_button.isEnabled()
    only(qtbot, dialog)
    page = dialog.page
    page.formats["csv"].setChecked(True)
    page.formats["xlsx"].setChecked(False)
    (county,) = query(
        case, "SELECT county_id, count(*) FROM wells WHERE county_id <> '' GROUP BY 1 ORDER BY 2 LIMIT 1"
    )
    dialog.part.county.setCurrentIndex(dialog.part.county.findData(county[0]))
    qtbot.mouseClick(dialog.export_button, LEFT)
    assert dialog.stop_button.isEnabled()
    assert not dialog.export_button.isEnabled()
    idle(dialog)
    (path,) = (tmp_path / "out").iterdir()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        printed = [row[1] for row in csv.reader(handle) if row[1:]]
    wells = {well for (well,) in query(case, f"SELECT well_id FROM wells WHERE county_id = '{county[0]}'")}
    assert sorted(wells) == sorted(wells.intersection(printed))
    assert len([name for name in printed if name in wells]) == county[1] > 50
    assert str(tmp_path / "out") in dialog.problem.text()
    qtbot.mouseClick(dialog.show_button, LEFT)
    assert shown == [str(tmp_path / "out")]


def test_stopping_leaves_what_stood_there(opened, idle, qtbot, language, tmp_path, monkeypatch):
    from overdraft.core.papers import workbook

    folder = tmp_path / "out"
    go = Event()
    real = workbook._lines
    monkeypatch.setattr(workbook, "_lines", lambda *given: (go.wait(20), real(*given))[1])
    dialog = opened()
    only(qtbot, dialog)
    qtbot.mouseClick(dialog.export_button, LEFT)
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=30_000)
    qtbot.mouseClick(dialog.stop_button, LEFT)
    go.set()
    idle(dialog)
    assert not folder.exists() or list(folder.iterdir()) == []
    assert not dialog.show_button.isEnabled()
    assert dialog.problem.text()
    assert dialog.export_button.isEnabled()


def test_in_full_asks_for_the_name_which_the_history_keeps(opened, idle, qtbot, case, monkeypatch, tmp_path):
    dialog = opened()
    only(qtbot, dialog)
    dialog.part.profile.setCurrentIndex(dialog.part.profile.findData("full"))
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("", False))
    qtbot.mouseClick(dialog.export_button, LEFT)
    assert dialog._work is None
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **given: (given["text"], True))
    qtbot.mouseClick(dialog.export_button, LEFT)
    idle(dialog)
    assert query(case, "SELECT kind, who FROM history ORDER BY seq DESC LIMIT 1") == [("export", "审核员甲")]


def test_what_is_missing_is_said(opened, qtbot, language, session):
    dialog = opened()
    page = dialog.page
    qtbot.mouseClick(page.findChild(object, "tables_none"), LEFT)
    assert dialog.problem.text() == {"en": "Tick at least one table.", "zh": "请至少勾选一张表。"}[language]
    assert not dialog.export_button.isEnabled()
    qtbot.mouseClick(page.findChild(object, "tables_all"), LEFT)
    assert dialog.export_button.isEnabled()
    page.formats["xlsx"].setChecked(False)
    assert not dialog.export_button.isEnabled()
    page.formats["html"].setChecked(True)
    for field, value in (
        (dialog.part.begin, QDate(2025, 9, 17)),
        (dialog.part.end, QDate(2025, 9, 4)),
    ):
        field.check.setChecked(True)
        field.day.setDate(value)
    assert "2025-09-17" in dialog.problem.text()
    assert not dialog.export_button.isEnabled()
    dialog.part.begin.check.setChecked(False)
    dialog.part.folder.setFilePath("")
    assert not dialog.export_button.isEnabled()
    dialog.part.folder.setFilePath("/tmp")
    assert dialog.export_button.isEnabled()
    session.open_case(None)
    assert not dialog.export_button.isEnabled()
    assert not dialog.preview_button.isEnabled()
    assert dialog.problem.text()


def test_an_error_is_told_and_the_choices_stay(opened, idle, qtbot, tmp_path):
    dialog = opened()
    only(qtbot, dialog)
    (tmp_path / "file").write_text("x")
    dialog.part.folder.setFilePath(str(tmp_path / "file" / "below"))
    qtbot.mouseClick(dialog.export_button, LEFT)
    idle(dialog)
    assert str(tmp_path / "file") in dialog.problem.text()
    assert dialog.part.folder.filePath() == str(tmp_path / "file" / "below")
    assert dialog.page.parameters()["TABLES"] == ["well_register"]
    assert dialog.export_button.isEnabled()


def test_the_folder_is_kept_for_the_next_time(opened, idle, qtbot, session, tmp_path):
    dialog = opened()
    only(qtbot, dialog)
    qtbot.mouseClick(dialog.export_button, LEFT)
    idle(dialog)
    from overdraft.ui.session import UserSettings

    assert Path(UserSettings.load().last_folder) == tmp_path / "out"


@pytest.mark.parametrize("letters", [1.0, 1.3, 1.6], indirect=True)
def test_u7_nothing_is_clipped(opened, qtbot, language, letters):
    from qgis.PyQt.QtWidgets import QAbstractButton, QLabel

    dialog = opened()
    assert dialog.width() <= 1000
    assert dialog.height() <= 580 or letters
    qtbot.wait(20)
    for widget in dialog.findChildren((QLabel, QAbstractButton)):
        if widget.isVisible() and widget.text() and not (isinstance(widget, QLabel) and widget.wordWrap()):
            assert widget.width() >= widget.sizeHint().width() - 1, widget.text()


def test_s2_hostile_names_appear_literally(opened, idle, qtbot, case, session):
    from overdraft.core.casefile import spatial

    with closing(sqlite3.connect(case)) as connection, connection:
        spatial.enable(connection)
        connection.execute("UPDATE units SET name = '<img src=file:///x>' WHERE level = 'county'")
        connection.execute("UPDATE zones SET name = '<b>bold</b>'")
        connection.execute("UPDATE wells SET name = '<img src=file:///x>', authority = '<i>x</i>'")
    dialog = opened()
    assert "<img src=file:///x>" in dialog.part.county.itemText(1)
    assert dialog.part.authority.itemText(1) == "<i>x</i>"
    only(qtbot, dialog)
    qtbot.mouseClick(dialog.preview_button, LEFT)
    idle(dialog)
    assert "<img src=file:///x>" in dialog.preview.toPlainText()
