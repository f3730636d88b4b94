"""Maps, notices, slips and letters in the window Export…: chosen, looked at, made, stopped."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date

import docx
import pytest
from qgis.core import QgsFeature, QgsGeometry, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QDate, Qt, QTimer

from overdraft.core.casefile import CaseRows
from overdraft.core.review import Act, decide

from ..keys import Hand

LEFT = Qt.MouseButton.LeftButton
KEY = Qt.Key
WELL, INTAKE = "650421-0537", "SQ-2025-001"
UNIT = {"en": "Water Bureau", "zh": "鄯善县水利局"}
TOLD = {
    "exportmaps": {"en": "Tick at least one map.", "zh": "请至少勾选一幅地图。"},
    "publicnotice": {"en": "Say which unit publishes the notice.", "zh": "请填写公示单位。"},
    "verdictslip": {
        "en": "Tick files for each well, one with all of them, or both.",
        "zh": "请勾选每井一个文件、合订一个文件，或两者都选。",
    },
    "officialletters": {
        "en": "Say which applications the sheets are for.",
        "zh": "请填写审批单所涉的取水申请。",
    },
}


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


@pytest.fixture
def decided(case):
    """The case with the failed findings on WELL accepted; how many."""
    ids = query(case, "SELECT finding_id FROM findings WHERE subject_id = ? AND outcome = 'fail'", WELL)
    decide(CaseRows(case), [name for (name,) in ids], Act("accept", "李工", "li"), today=date(2026, 4, 1))
    return len(ids)


def fill(page, language, name):
    """Say what the case does not know."""
    if name == "publicnotice":
        page.unit.setText(UNIT[language])
        page.phone.setText("0995-1")
        page.first.check.setChecked(True)
        page.first.day.setDate(QDate(2025, 9, 4))
    if name == "verdictslip":
        page.wells.edit.setText(WELL)
    if name == "officialletters":
        page.applications.edit.setText(INTAKE)
        page.unit.setText(UNIT[language])
    if name == "exportmaps":
        page.maps.list.setCurrentRow(0)


@pytest.mark.parametrize("name", TOLD)
def test_the_first_page_is_shown_as_a_picture(opened, idle, qtbot, language, decided, name):
    dialog = opened()
    fill(dialog.choose(name), language, name)
    qtbot.mouseClick(dialog.preview_button, LEFT)
    assert not dialog.preview_button.isEnabled()
    idle(dialog)
    shown = dialog.preview.picture
    assert dialog.preview.currentWidget() is shown, dialog.preview.toPlainText()
    image = shown.page().toImage()
    assert image.width() > 800
    colours = {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)
    }
    assert len(colours) > 20
    assert shown.widget().width() <= shown.width()
    dialog.full.click()
    assert shown.widget().width() == image.width()
    assert dialog.preview_button.isEnabled()


def test_maps_are_made_with_the_window_served_between_their_pages(opened, idle, qtbot, language, tmp_path):
    dialog = opened()
    page = dialog.choose("exportmaps")
    qtbot.mouseClick(page.findChild(object, "maps_none"), LEFT)
    page.maps.tick("county_atlas", True)
    page.dpi.setValue(60)
    page.author.setText(UNIT[language])
    seen = []
    timer = QTimer(dialog)
    timer.timeout.connect(lambda: seen.append(dialog.bar.value()))
    timer.start(0)
    qtbot.mouseClick(dialog.export_button, LEFT)
    idle(dialog)
    timer.stop()
    assert (
        len({value for value in seen if 0 < value < 100}) >= 4
    )  # the case read, then each of three counties
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 4
    assert all(name.startswith("county_atlas_") and name.endswith(".pdf") for name in names)
    assert str(tmp_path / "out") in dialog.problem.text()
    assert dialog._session.settings.unit == UNIT[language]


def test_stopping_between_two_pages_leaves_what_stood_there(opened, idle, qtbot, tmp_path, monkeypatch):
    from overdraft.processing.maps.export import Export

    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "county_atlas_en_internal.pdf").write_bytes(b"older")
    dialog = opened()
    page = dialog.choose("exportmaps")
    qtbot.mouseClick(page.findChild(object, "maps_none"), LEFT)
    page.maps.tick("county_atlas", True)
    page.dpi.setValue(60)
    made = []
    real = Export._page

    def counted(*given):
        made.append(given[2])
        if len(made) == 2:
            QTimer.singleShot(0, dialog.stop_button.click)
        return real(*given)

    monkeypatch.setattr(Export, "_page", counted)
    qtbot.mouseClick(dialog.export_button, LEFT)
    idle(dialog)
    assert len(made) == 2  # of three
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [
        ("county_atlas_en_internal.pdf", b"older")
    ]
    assert dialog.problem.text()
    assert dialog.export_button.isEnabled()


def test_closing_the_window_stops_the_maps(opened, qtbot, tmp_path):
    dialog = opened()
    page = dialog.choose("exportmaps")
    page.dpi.setValue(60)
    qtbot.mouseClick(dialog.export_button, LEFT)
    qtbot.waitUntil(lambda: dialog.bar.value() > 15, timeout=60_000)
    dialog.close()
    assert dialog._work is None
    assert not (tmp_path / "out").exists()


def test_u10_a_notice_is_made_and_what_it_needs_is_kept(
    opened, idle, qtbot, language, decided, session, tmp_path
):
    dialog = opened()
    page = dialog.choose("publicnotice")
    fill(page, language, "publicnotice")
    page.formats["pdf"].setChecked(False)
    qtbot.mouseClick(dialog.export_button, LEFT)
    idle(dialog)
    (path,) = (tmp_path / "out").iterdir()
    made = docx.Document(str(path))
    assert len(made.tables[0].rows) == decided + 1
    lines = "\n".join(paragraph.text for paragraph in made.paragraphs)
    assert UNIT[language] in lines
    period = {"en": "10 working days", "zh": "共10个工作日"}
    assert period[language] in lines
    from overdraft.ui.session import UserSettings

    assert (UserSettings.load().unit, UserSettings.load().phone) == (UNIT[language], "0995-1")
    again = opened()
    assert again.page.ALGORITHM == "publicnotice"
    assert again.pages.currentWidget() is again.page
    assert again.choose("officialletters").unit.text() == UNIT[language]


def test_files_in_the_other_language(opened, idle, qtbot, language, decided, tmp_path):
    dialog = opened()
    page = dialog.choose("officialletters")
    fill(page, language, "officialletters")
    other = {"en": "zh", "zh": "en"}[language]
    assert dialog.part.language.currentData() == language
    dialog.part.language.setCurrentIndex(dialog.part.language.findData(other))
    page.formats["pdf"].setChecked(False)
    qtbot.mouseClick(dialog.export_button, LEFT)
    idle(dialog)
    (path,) = (tmp_path / "out").iterdir()
    title = {"zh": "审批单", "en": "approval sheet"}[other]
    assert title in path.name
    cells = [
        cell.text for table in docx.Document(str(path)).tables for row in table.rows for cell in row.cells
    ]
    assert INTAKE in cells


def test_slips_one_by_one_and_together(opened, idle, qtbot, decided, tmp_path):
    dialog = opened()
    page = dialog.choose("verdictslip")
    fill(page, "en", "verdictslip")
    assert not page.formats["html"].isEnabled()
    page.files["EACH"].setChecked(True)
    page.formats["html"].setChecked(True)
    qtbot.mouseClick(dialog.export_button, LEFT)
    idle(dialog)
    names = sorted(path.suffix for path in (tmp_path / "out").iterdir())
    assert names == [".html", ".pdf", ".pdf"]


@pytest.mark.parametrize("name", TOLD)
def test_what_is_missing_is_said(opened, qtbot, language, name):
    dialog = opened()
    page = dialog.choose(name)
    if name == "exportmaps":
        qtbot.mouseClick(page.findChild(object, "maps_none"), LEFT)
    if name == "verdictslip":
        page.files["TOGETHER"].setChecked(False)
    assert dialog.problem.text() == TOLD[name][language]
    assert not dialog.export_button.isEnabled()


def test_the_map_of_changes_asks_for_the_earlier_case(opened, qtbot, case):
    dialog = opened()
    page = dialog.choose("exportmaps")
    assert dialog.export_button.isEnabled()
    assert page.parameters()["MAPS"] == []
    page.maps.tick("change", True)
    assert not dialog.export_button.isEnabled()
    page.other.setFilePath(str(case))
    assert dialog.export_button.isEnabled()
    assert page.parameters()["OTHER"] == str(case)
    page.maps.tick("zones", False)
    assert page.parameters()["MAPS"][:1] == ["county_atlas"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("exporttables", {"county", "zone", "authority", "begin_on", "end_on", "profile"}),
        ("publicnotice", {"county", "zone", "authority"}),
        ("officialletters", {"profile"}),
    ],
)
def test_only_what_papers_can_be_limited_to_is_asked(opened, name, shown):
    dialog = opened()
    dialog.choose("exporttables")
    dialog.part.county.setCurrentIndex(1)
    dialog.choose(name)
    fields = ("county", "zone", "authority", "begin_on", "end_on", "profile")
    assert {one for one in fields if dialog.part.findChild(object, one).isVisibleTo(dialog)} == shown
    given = dialog.part.parameters()
    assert ("COUNTY" in given) == ("county" in shown)
    assert ("PROFILE" in given) == ("profile" in shown)


def test_letters_ask_for_what_they_are_about(opened):
    page = opened().choose("officialletters")
    asked = {}
    for number in range(page.kind.count()):
        page.kind.setCurrentIndex(number)
        fields = {"wells": page.wells, "applications": page.applications, "to": page.to}
        asked[page.kind.currentData()] = {name for name, field in fields.items() if not field.isHidden()}
    assert asked == {
        "approval_sheet": {"applications"},
        "opinion_letter": {"wells", "applications", "to"},
        "closure_notice": {"wells"},
    }


def test_wells_are_taken_from_what_is_selected_on_the_map(opened, qtbot):
    layer = QgsVectorLayer("Point?crs=EPSG:4490&field=well_id:string", "wells", "memory")
    for place, name in enumerate(("A-1", "A-2", "", "A-1")):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(f"POINT ({place} 0)"))
        feature["well_id"] = name
        layer.dataProvider().addFeature(feature)
    QgsProject.instance().addMapLayer(layer)
    page = opened().choose("verdictslip")
    page.wells.edit.setText("typed")
    qtbot.mouseClick(page.wells.button, LEFT)
    assert page.wells.text() == "typed"
    layer.selectAll()
    qtbot.mouseClick(page.wells.button, LEFT)
    assert page.wells.text() == "A-1; A-2"


def test_a_refusal_is_told_where_the_page_would_stand(opened, idle, qtbot, language, case):
    dialog = opened()
    fill(dialog.choose("publicnotice"), language, "publicnotice")
    qtbot.mouseClick(dialog.preview_button, LEFT)
    idle(dialog)
    nothing = {"en": "There is nothing to publish", "zh": "没有可公示的内容"}
    assert dialog.preview.toPlainText().startswith(nothing[language])
    qtbot.mouseClick(dialog.export_button, LEFT)
    idle(dialog)
    assert dialog.problem.text().startswith(nothing[language])
    assert dialog.export_button.isEnabled()


def test_u9_a_slip_by_the_keyboard_alone(opened, idle, qtbot, decided, tmp_path):
    dialog = opened()
    hand = Hand(qtbot, dialog)
    hand.letter("p")
    hand.key(KEY.Key_End)
    hand.key(KEY.Key_Up)
    assert dialog.page.ALGORITHM == "verdictslip"
    hand.letter("l")
    hand.type(WELL)
    hand.letter("v")  # a button is pressed for a tenth of a second
    qtbot.waitUntil(lambda: dialog._looking is not None)
    idle(dialog)
    assert dialog.preview.currentWidget() is dialog.preview.picture, dialog.preview.toPlainText()
    hand.letter("e")
    qtbot.waitUntil(lambda: dialog._work is not None)
    idle(dialog)
    (path,) = (tmp_path / "out").iterdir()
    assert path.suffix == ".pdf"


def test_u9_return_in_a_field_begins_nothing(opened, qtbot, decided):
    dialog = opened()
    page = dialog.choose("verdictslip")
    page.wells.edit.setFocus()
    qtbot.keyClick(page.wells.edit, KEY.Key_Return)
    qtbot.wait(150)
    assert dialog._work is None
    assert dialog._looking is None
    assert dialog.isVisible()


def test_u10_the_size_is_remembered(opened):
    dialog = opened()
    dialog.resize(930, 540)
    dialog.close()
    assert opened().width() == 930


@pytest.mark.parametrize("letters", [1.0, 1.6], indirect=True)
@pytest.mark.parametrize("name", TOLD)
def test_u7_nothing_is_clipped(opened, qtbot, language, letters, name):
    from qgis.PyQt.QtWidgets import QAbstractButton, QLabel

    dialog = opened()
    dialog.choose(name)
    qtbot.wait(20)
    for widget in dialog.findChildren((QLabel, QAbstractButton)):
        if widget.isVisible() and widget.text() and not (isinstance(widget, QLabel) and widget.wordWrap()):
            assert widget.width() >= widget.sizeHint().width() - 1, widget.text()
    assert dialog.choices.horizontalScrollBar().maximum() == 0
