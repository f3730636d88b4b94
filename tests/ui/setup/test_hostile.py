"""Hostile names of files, headings, words, policies and case files on every page and in the small windows."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProject
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QWidget,
)

from overdraft.processing.setup import LayerRef
from overdraft.ui.setup.reading_options import ReadingOptions
from overdraft.ui.setup.wizard import SetupWizard
from overdraft.ui.setup.words_dialog import WordsDialog

from .test_data import LEFT, drop
from .test_window import HOSTILE

WORDS = (*HOSTILE[:4], "长" * 1000, HOSTILE[4])
FILE = '<img src=x> <b> "; DROP TABLE x; -- ${table}'
"""What a file may be called where a slash may not stand in a name."""


def literal(window):
    """Nothing reads markup: labels are plain, tips escaped; nothing makes the window wider or higher."""
    assert window.width() <= 1000
    assert window.height() <= 580
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QLabel) and "<" in widget.text():
            assert widget.textFormat() == Qt.TextFormat.PlainText, widget.text()
        tips = [widget.toolTip()]
        if isinstance(widget, QTreeWidget):
            places = QTreeWidgetItemIterator(widget)
            while places.value():
                item: QTreeWidgetItem = places.value()
                tips += [item.toolTip(column) for column in range(widget.columnCount())]
                places += 1
        for tip in tips:
            assert "<img" not in tip
            assert "<b>" not in tip


@pytest.fixture
def bar(qtbot):
    made = QgsMessageBar()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def window(empty, qtbot, bar):
    made = SetupWizard(empty, bar=bar)
    qtbot.addWidget(made)
    made.show()
    yield made
    made.reject()


def test_s2_hostile_files_words_and_names_on_every_page(
    language, window, settled, tmp_path, qtbot, empty, bar, monkeypatch
):
    from overdraft.core.policy.loader import FOLDER

    wells = tmp_path / f"{FILE}.csv"
    heading = "<b>备注</b>"
    rows = [
        f'W{n},"{word.replace(chr(34), chr(34) * 2)}",在用,89.{n},42.3,{n}' for n, word in enumerate(WORDS)
    ]
    wells.write_text("\n".join([f"井号,取水用途,现状,X坐标,Y坐标,{heading}", *rows]), encoding="utf-8")
    policy = tmp_path / f"{FILE}.toml"
    shutil.copy(FOLDER / "turpan-2021.toml", policy)
    gone = tmp_path / f"{FILE} broken.gpkg"
    gone.write_bytes(b"no database")
    drop(window.data.rows["wells"].combo, wells)
    settled(window)
    drop(window, policy)
    drop(window.data, gone)
    settled(window)
    assert window.data.rows["wells"].combo.currentText() == wells.name
    assert gone.name in window.data.problem.text()
    assert policy.name in window.hint.text()
    literal(window)
    window.setup.layers["wells"].reading.crs = QgsCoordinateReferenceSystem("EPSG:4490")
    # page 2, and the words
    window.next.click()
    assert wells.name in window.fields.layer_combo.currentText()
    sources = [window.fields.source.topLevelItem(n).text(0) for n in range(6)]
    assert heading in sources
    window.fields.put("village", heading)
    assert window.fields.target.columns["village"].currentText() == heading
    literal(window)
    dialog = WordsDialog(window.setup.layers["wells"], window)
    qtbot.addWidget(dialog)
    dialog.show()
    shown = [dialog.table.item(row, 1).text() for row in range(dialog.table.rowCount())]
    assert set(shown) == set(WORDS)
    literal(dialog)
    # page 3
    window.next.click()
    settled(window)
    assert window.policy.policy.currentText() == policy.name
    literal(window)
    # page 4
    window.next.click()
    settled(window)
    literal(window)
    page = window.check
    seen = []
    for number in range(page.list.topLevelItemCount()):
        page.list.setCurrentItem(page.list.topLevelItem(number))
        seen.append(page.detail.text())
        literal(window)
    assert any(WORDS[0] in text for text in seen)
    report = tmp_path / f"{FILE} report.csv"
    page.save_report(report)
    settled(window)
    assert report.name in page.summary.text()
    literal(window)
    page.target.setText(str(tmp_path / FILE / "case"))
    assert not window.done_button.isEnabled()
    page.target.setText(str(tmp_path / f"{FILE} case.gpkg"))
    said = []
    monkeypatch.setattr(bar, "pushWidget", lambda item, *_: said.append(item.text()))
    qtbot.mouseClick(window.findChild(QPushButton, "finish"), LEFT)
    settled(window)
    assert empty.path.name == f"{FILE} case.gpkg"
    assert "&lt;img" in said[0]  # the message bar reads markup
    with closing(sqlite3.connect(empty.path)) as file:
        assert file.execute("SELECT count(*), count(DISTINCT village) FROM wells").fetchone() == (6, 6)
        assert file.execute("SELECT source FROM imports").fetchone()[0].startswith(FILE)
    # what the project remembers leads back to the file
    again = SetupWizard(empty, QgsProject.instance())
    qtbot.addWidget(again)
    settled(again)
    assert again.setup.layers["wells"].ref.name == wells.name
    again.reject()


@pytest.mark.parametrize("name", ["x" * 1000, "长" * 1000, HOSTILE[0]], ids=["word", "wide", "img"])
def test_s2_a_hostile_layer_name_in_the_reading_options(language, window, qtbot, name):
    layer = window.setup.layers["wells"]
    layer.ref = LayerRef(name)
    dialog = ReadingOptions(layer, window)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    assert any(name in label.text() for label in dialog.findChildren(QLabel))
    literal(dialog)
    layer.ref = None
