"""The window as a whole: texts that are not cut, names with markup, help, size, tab order."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from qgis.core import QgsCoordinateReferenceSystem
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAbstractButton, QComboBox, QLabel, QTreeWidgetItem, QWidget

from overdraft.ui.setup.reading_options import ReadingOptions
from overdraft.ui.setup.words_dialog import WordsDialog
from overdraft.ui.shared.help import window_page

from .test_data import drop

HOSTILE = (
    "<img src=file:///x>",
    "<b>bold</b>",
    '"; DROP TABLE findings; --',
    "${table}",
    "x" * 1000,
)


@pytest.fixture
def filled(wizard, deliveries, settled):
    window = wizard()
    drop(window.data, *sorted(deliveries.iterdir()))
    settled(window)
    window.setup.layers["wells"].reading.crs = QgsCoordinateReferenceSystem("EPSG:4490")
    return window


def pages(window, settled):
    """Every page once, shown."""
    window.policy.choose("turpan-2021")
    settled(window)
    for place in range(4):
        window.show_page(place)
        settled(window)
        yield place


def clipped(window):
    """Labels and buttons that need more room than they have."""
    found = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, (QLabel, QAbstractButton)) or not widget.isVisible() or not widget.text():
            continue
        need = widget.sizeHint()
        if isinstance(widget, QLabel) and widget.wordWrap():
            high = widget.heightForWidth(widget.width())
            if widget.height() + 1 < high:
                found.append((widget.objectName(), widget.text(), widget.size(), high))
        elif widget.width() < need.width() or widget.height() < need.height():
            found.append((widget.objectName(), widget.text(), widget.size(), need))
    return found


def test_no_text_is_cut_and_every_field_has_a_name_and_a_tip(language, filled, settled, qtbot):
    for place in pages(filled, settled):
        assert clipped(filled) == [], place
        for widget in filled.pages.currentWidget().findChildren((QComboBox, QAbstractButton)):
            of_qgis = widget.parent().metaObject().className().startswith("Qgs")
            if widget.isVisible() and not of_qgis and not widget.objectName().startswith("qt_"):
                assert widget.objectName(), widget
                assert widget.toolTip(), widget.objectName()
    assert filled.width() <= 1000
    assert filled.height() <= 580
    qtbot.keyClick(filled.check.target, Qt.Key.Key_Return)  # presses no button
    assert filled.pages.currentIndex() == 3
    assert not filled.busy.working


def test_no_text_of_the_small_windows_is_cut(language, filled, qtbot):
    for made in (ReadingOptions, WordsDialog):
        dialog = made(filled.setup.layers["wells"], filled)
        dialog.show()
        qtbot.waitExposed(dialog)
        assert clipped(dialog) == []
        assert dialog.width() <= 1000
        assert dialog.height() <= 580
        dialog.reject()


def test_the_help_stands_beside_it(language, filled, monkeypatch, qtbot):
    from overdraft.ui.shared import windows

    shown = []
    monkeypatch.setattr(windows, "open_window_help", shown.append)
    filled.buttons.button(filled.buttons.StandardButton.Help).click()
    assert shown == ["setup"]
    page = window_page("setup").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page.split("<body>")[1]


def test_tab_goes_in_reading_order(language, wizard, qtbot):
    window = wizard()
    chain, widget = [], window.data.new_case
    for _ in range(400):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.objectName():
            chain.append(widget.objectName())
        widget = widget.nextInFocusChain()
    wanted = ["new_case", "open_case", "layer_wells", "options_wells", "layer_zones", "layer_irrigation"]
    wanted += ["layer_units", "options_units", "add_files", "add_role"]
    places = [chain.index(name) for name in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "name",
    [HOSTILE[0], *(pytest.param(name, marks=pytest.mark.long) for name in HOSTILE[1:])],
    ids=["img", "b", "sql", "template", "long"],
)
def test_s2_s4_hostile_names_are_shown_literally(wizard, settled, tmp_path, add_layer, name, qtbot):
    path = tmp_path / "wells.gpkg"
    column = name[:200]
    frame = {
        "well_id": HOSTILE,
        "use": HOSTILE,
        "status": ["active"] * 5,
        column: HOSTILE,
        "geometry": [shapely.Point(89.3, 42.3 + n / 10) for n in range(5)],
    }
    gpd.GeoDataFrame(frame, crs="EPSG:4490").to_file(path, layer="w", engine="pyogrio")
    add_layer(path, name)
    window = wizard()
    settled(window)
    assert window.setup.layers["wells"].ref.name == name  # the only points there are
    assert window.data.rows["wells"].combo.currentText() == name
    window.show_page(1)
    columns = [window.fields.source.topLevelItem(n) for n in range(window.fields.source.topLevelItemCount())]
    assert column in [item.data(0, 256) for item in columns]
    for item in columns:
        assert "<img" not in item.toolTip(0)
        assert "<b>" not in item.toolTip(0)
    window.show_page(0)
    for place in pages(window, settled):
        for label in window.findChildren(QLabel):
            if label.isVisible() and name in label.text():
                assert label.textFormat() == Qt.TextFormat.PlainText, place
        assert window.width() <= 1000
    lines = _lines(window.check.list.invisibleRootItem())
    for hostile in HOSTILE[:4]:
        assert any(hostile in text for text in lines), hostile
    window.check.target.setText(str(tmp_path / "out.gpkg"))
    window.write()
    settled(window)
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "out.gpkg")) as file:
        assert file.execute("SELECT well_id FROM wells ORDER BY fid").fetchall() == [
            (name,) for name in HOSTILE
        ]
        assert file.execute("SELECT count(*) FROM findings").fetchone() == (0,)


def _lines(item: QTreeWidgetItem) -> list[str]:
    own = [item.text(place) for place in range(item.columnCount())]
    return own + [text for n in range(item.childCount()) for text in _lines(item.child(n))]
