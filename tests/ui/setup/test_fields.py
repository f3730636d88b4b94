"""Page 2: certain matches are chosen, everything else waits; by drag, by list, by mapping."""

from __future__ import annotations

import json

import pytest
from qgis.PyQt.QtCore import QPointF, Qt
from qgis.PyQt.QtGui import QDropEvent
from qgis.PyQt.QtWidgets import QPushButton

from overdraft.core.importing.mapping import load_mapping

from .test_data import LEFT, drop, pick


@pytest.fixture
def fields(wizard, deliveries, settled):
    """``fields(role)``: the wizard on page 2 with a layer shown."""
    window = wizard()
    drop(window.data, *sorted(deliveries.iterdir()))
    settled(window)
    window.data.choose("zones", next(ref for ref in window.data._files if ref.name == "超采区.gpkg"))
    settled(window)

    def call(role):
        window.next.click()
        page = window.fields
        page.layer_combo.setCurrentIndex(page.layer_combo.findData(role))
        page.layer_combo.activated.emit(page.layer_combo.currentIndex())
        return window, page

    return call


def mark(page, name):
    item = page.target._items[name]
    return item.text(3), item.foreground(3).color().name()


def test_certain_is_chosen_and_shown_with_sign_word_and_colour(language, fields):
    _, page = fields("wells")
    assert page.layer.columns == {
        "well_id": "井号",
        "use": "取水用途",
        "status": "现状",
        "depth_m": "井深(米)",
        "permit_m3": "许可水量(万m³)",
    }
    assert page.layer.units["permit_m3"] == "万m³"
    text, colour = mark(page, "well_id")
    assert text == {"en": "● Exact alias", "zh": "● 别名完全一致"}[language]
    assert colour == "#1a6b2a"
    assert page.target.columns["well_id"].currentText() == "井号"
    samples = {
        page.source.topLevelItem(n).data(0, 256): page.source.topLevelItem(n).text(2) for n in range(9)
    }
    assert samples["取水用途"] == "农业灌溉 · 工业"
    assert samples["权属单位"] == "***"


def test_what_is_alike_is_amber_and_not_chosen(language, fields):
    _, page = fields("zones")
    assert "severity" not in page.layer.columns
    text, colour = mark(page, "severity")
    assert text == {"en": "◐ Alike, confirm: 级别", "zh": "◐ 名称相近，请确认：级别"}[language]
    assert colour == "#8a5200"
    assert page.target.columns["severity"].currentIndex() == 0


def test_a_column_is_dropped_on_a_field(fields):
    _, page = fields("zones")
    item = next(
        page.source.topLevelItem(n) for n in range(3) if page.source.topLevelItem(n).data(0, 256) == "级别"
    )
    data = page.source.mimeData([item])
    target = page.target._items["severity"]
    page.target.scrollToItem(target)
    where = QPointF(page.target.visualItemRect(target).center())
    event = QDropEvent(where, Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    page.target.dropEvent(event)
    assert page.layer.columns["severity"] == "级别"
    assert mark(page, "severity")[0].startswith("◆")
    used = [page.source.topLevelItem(n).text(0) for n in range(page.source.topLevelItemCount())]
    assert "✓ 级别" in used


def test_a_column_is_chosen_with_the_keyboard(fields, qtbot):
    _, page = fields("zones")
    pick(qtbot, page.target.columns["severity"], "级别")
    assert page.layer.columns["severity"] == "级别"
    # one column fills one field
    pick(qtbot, page.target.columns["control"], "级别")
    assert "severity" not in page.layer.columns
    assert page.layer.columns["control"] == "级别"


def test_a_needed_field_blocks_until_it_is_answered(language, fields, qtbot):
    window, page = fields("wells")
    assert window.next.isEnabled()
    page.put("well_id", "")
    assert mark(page, "well_id")[0].startswith("✗")
    assert not window.next.isEnabled()
    label = {"en": "Well id", "zh": "机井编号"}[language]
    assert label in window.hint.text()
    assert page.layer_combo.currentText().startswith("✗")
    pick(qtbot, page.target.columns["well_id"], "井号")
    assert window.next.isEnabled()


def test_clear_and_auto_detect(fields, qtbot):
    window, page = fields("wells")
    qtbot.mouseClick(window.findChild(QPushButton, "clear"), LEFT)
    assert page.layer.columns == {}
    assert not window.next.isEnabled()
    qtbot.mouseClick(window.findChild(QPushButton, "detect"), LEFT)
    assert len(page.layer.columns) == 5


def test_a_unit_that_is_not_stated_is_amber(fields, qtbot):
    _, page = fields("wells")
    page.put("area_mu", "备注")
    assert mark(page, "area_mu")[0].startswith("⚠")
    pick(qtbot, page.target.units["area_mu"], "万亩")
    assert page.layer.units["area_mu"] == "万亩"
    assert mark(page, "area_mu")[0].startswith("◆")


def test_words_get_their_meaning(language, fields, qtbot):
    from overdraft.ui.setup.words_dialog import WordsDialog

    window, page = fields("wells")
    qtbot.mouseClick(window.findChild(QPushButton, "words"), LEFT)
    dialog = window.findChild(WordsDialog)
    assert [dialog.table.item(0, part).text() for part in (1, 2)] == ["封", "1"]
    pick(qtbot, dialog.combos[0], {"en": "Sealed", "zh": "封填"}[language])
    dialog.accept()
    assert page.layer.words == {"status": {"封": "sealed"}}


def test_a_mapping_is_saved_and_used_for_next_year(fields, tmp_path, settled):
    window, page = fields("zones")
    page.put("severity", "级别")
    path = tmp_path / "zones.json"
    page.export_mapping(path)
    settled(window)
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert (saved["role"], saved["fields"]["级别"]) == ("zones", "severity")
    assert load_mapping(path, "zones")[0].fields["级别"] == "severity"  # what the batch import reads
    page.clear()
    page.apply_mapping(path)
    settled(window)
    assert page.layer.columns["severity"] == "级别"
    # another list of columns: it only proposes
    saved["columns"].append("另一列")
    path.write_text(json.dumps(saved), encoding="utf-8")
    page.apply_mapping(path)
    settled(window)
    assert "severity" not in page.layer.columns
    assert mark(page, "severity")[0].startswith("◐")


def test_a_mapping_for_another_role_is_refused(fields, tmp_path, settled):
    window, page = fields("zones")
    path = tmp_path / "wells.json"
    path.write_text(json.dumps({"format": "overdraft-mapping-1", "role": "wells"}), encoding="utf-8")
    before = dict(page.layer.columns)
    page.apply_mapping(path)
    settled(window)
    assert page.problem.text().startswith("✗")
    assert page.layer.columns == before


def test_personal_data_stay_behind_unless_asked_for(fields, qtbot):
    _, page = fields("wells")
    assert not page.layer.persons
    assert page.persons.isEnabled()
    assert "权属单位" in page.persons.toolTip()
    page.persons.setFocus()
    qtbot.keyClick(page.persons, Qt.Key.Key_Space)
    assert page.layer.persons


def test_coordinates_of_a_table(fields, qtbot):
    from overdraft.ui.setup.target_fields import X

    _, page = fields("wells")
    assert mark(page, X)[0].startswith("●")
    pick(qtbot, page.target.columns[X], "X坐标")
    assert page.layer.coordinates == ("X坐标", "")
