"""Each form by its widgets: what a person fills in is what stands in the case, and the ledger answers."""

from __future__ import annotations

import pytest
from qgis.core import QgsPointXY, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QDate, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QWheelEvent
from qgis.PyQt.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QFileDialog, QLabel
from shapely.geometry import Point

from overdraft.processing.texts import tr
from overdraft.ui.desk import ApplicationForm, DecideForm, LandForm, LinkForm, ObjectionForm, SealForm
from overdraft.ui.shared.help import window_page

from .conftest import idle, press, query, seal

FORMS = (SealForm, ApplicationForm, DecideForm, LinkForm, LandForm, ObjectionForm)


@pytest.mark.parametrize("kind", FORMS)
def test_nothing_is_clipped_and_every_field_is_explained(show, qtbot, language, kind):
    form = show(kind)
    qtbot.wait(50)
    assert form.width() <= 1000
    assert form.height() <= 580
    for widget in (*form.findChildren(QLabel), *form.findChildren(QAbstractButton)):
        if widget.isVisible() and widget.text() and not (isinstance(widget, QLabel) and widget.wordWrap()):
            assert widget.sizeHint().width() <= widget.width() + 1, widget.text()
    for name in (
        "kind",
        "day",
        "policy",
        "person",
        "well",
        "area",
        "application",
        "decision",
        "record",
        "undo",
    ):
        for widget in form.findChildren(object, name):
            tip = widget.toolTip() or getattr(widget, "edit", widget).toolTip()
            assert tip, name
    assert window_page("desk").is_file()


def test_a_seal_waits_for_evidence_and_counts_with_it(show, qtbot, language, case, tmp_path):
    form = show(SealForm)
    pending, available = ("Pending", "Available") if language == "en" else ("待定", "可用")
    assert pending in form.outlook.text()
    seal(qtbot, form, "W1")
    assert f"W1: {pending}" in form.result.text() or f"W1的额度：{pending}" in form.result.text()
    form.evidence.add_file("photo", tmp_path / "照片.jpg")
    assert available in form.outlook.text()
    seal(qtbot, form, "W2")
    assert f"W2: {available}" in form.result.text() or f"W2的额度：{available}" in form.result.text()
    assert query(case, "SELECT subject_id, kind, effective_on, recorded_by FROM events") == [
        ("W1", "sealed", "2026-03-31", "审核员甲"),
        ("W2", "sealed", "2026-03-31", "审核员甲"),
    ]
    assert query(case, "SELECT kind, path FROM evidence") == [("photo", "照片.jpg")]
    assert form.evidence.files.count() == 0  # ready for the next well
    assert form.well.id() == ""


def test_further_evidence_and_every_kind_of_it(show, qtbot, case):
    form = show(SealForm, policy=None)
    seal(qtbot, form, "W1")
    form.kind.choose("evidence")
    form.evidence.inspector.setText("王工")  # keyClicks knows ASCII only
    qtbot.mouseClick(form.evidence.power_cut, Qt.MouseButton.LeftButton)
    form.evidence.power_cut.setChecked(True)
    form.evidence.permit.setChecked(True)
    seal(qtbot, form, "W1")
    assert query(case, "SELECT kind, checked_by, taken_on FROM evidence ORDER BY kind") == [
        ("inspection", "王工", "2026-03-31"),
        ("permit_cancelled", None, "2026-03-31"),
        ("power_cut", None, "2026-03-31"),
    ]
    assert [row[0] for row in query(case, "SELECT kind FROM history")] == ["event", "evidence"]


def test_undo_withdraws_the_seal(show, qtbot, language, case):
    form = show(SealForm, policy=None)
    assert not form.undo_button.isEnabled()
    seal(qtbot, form, "W1")
    press(qtbot, form, form.undo_button)
    assert query(case, "SELECT kind, corrects FROM events ORDER BY event_id") == [
        ("sealed", None),
        ("void", "EV-20260331-0001"),
    ]
    assert not form.undo_button.isEnabled()
    assert "W1" in form.result.text()


def test_a_second_seal_is_doubted_and_recorded_when_asked_again(show, qtbot, language, case):
    form = show(SealForm, policy=None)
    seal(qtbot, form, "W1")
    assert not form.anyway.isVisible()
    seal(qtbot, form, "W1")
    assert form.anyway.isVisible()
    assert "W1" in form.problem.text()
    assert form.well.id() == "W1"  # what was typed stays
    qtbot.mouseClick(form.anyway, Qt.MouseButton.LeftButton)
    form.anyway.setChecked(True)
    press(qtbot, form)
    assert query(case, "SELECT count(*) FROM events") == [(2,)]
    assert not form.anyway.isVisible()


def test_what_is_wrong_is_said_and_the_fields_stay(show, qtbot, language, case):
    form = show(SealForm, policy=None)
    form.document.setText("电话13812345678")
    seal(qtbot, form, "W1")
    assert form.problem.isVisible()
    assert "13812345678" not in form.problem.text()
    form.document.setText("")
    form.person.setText("")
    press(qtbot, form)
    assert form.problem.text()
    form.person.setText("李工")
    form.day.setDate(QDate(2026, 4, 1))
    press(qtbot, form)
    assert "2026-04-01" in form.problem.text()
    assert query(case, "SELECT count(*) FROM events") == [(0,)]


@pytest.mark.parametrize("kind", [SealForm, LandForm])
def test_the_evidence_is_of_the_day_of_the_act_unless_it_is_set(show, qtbot, kind, case):
    form = show(kind, policy=None)
    evidence = form.evidence.day
    form.day.setDate(QDate(2026, 3, 20))
    assert evidence.iso() == "2026-03-20"
    evidence.setFocus()
    evidence.setSelectedSection(evidence.Section.DaySection)
    qtbot.keyClick(evidence, Qt.Key.Key_Up)
    form.day.setDate(QDate(2026, 3, 10))
    assert evidence.iso() == "2026-03-21"  # as the person set it
    form.evidence.inspector.setText("王工")
    (form.area if kind is LandForm else form.well).set_id("L1" if kind is LandForm else "W1")
    press(qtbot, form)
    assert query(case, "SELECT effective_on, taken_on FROM events JOIN evidence USING (event_id)") == [
        ("2026-03-10", "2026-03-21")
    ]
    assert evidence.iso() == "2026-03-10"  # the next act begins anew
    evidence.setDate(QDate(2026, 3, 11))
    evidence.setDate(QDate(2026, 3, 10))  # set back: it follows again
    form.day.setDate(QDate(2026, 3, 9))
    assert evidence.iso() == "2026-03-09"


def test_photos_are_chosen_and_removed(show, qtbot, monkeypatch, tmp_path, session):
    form = show(SealForm, policy=None)
    photo = tmp_path / "照片.jpg"
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(photo)], ""))
    qtbot.mouseClick(form.evidence.photo, Qt.MouseButton.LeftButton)
    assert form.evidence.files.count() == 1
    assert session.settings.last_folder == str(tmp_path)
    assert not form.evidence.remove.isEnabled()
    form.evidence.files.setCurrentRow(0)
    qtbot.mouseClick(form.evidence.remove, Qt.MouseButton.LeftButton)
    assert form.evidence.files.count() == 0


def test_a_well_is_picked_on_the_map(show, qtbot, session):
    canvas = QgsMapCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 400)
    canvas.setExtent(QgsRectangle(89.15, 42.85, 89.30, 43.0))
    form = show(SealForm, policy=None, canvas=canvas)
    qtbot.mouseClick(form.well.pick, Qt.MouseButton.LeftButton)
    assert canvas.mapTool() is form.well._tool
    form.well._tool.canvasClicked.emit(QgsPointXY(89.2201, 42.9001), Qt.MouseButton.LeftButton)
    assert form.well.id() == "W2"
    assert canvas.mapTool() is not form.well._tool


@pytest.mark.parametrize("kind", FORMS)
def test_the_wheel_scrolls_past_and_changes_nothing(show, kind):
    """The fields stand in a scroll area: a day or a decision must not change under the pointer."""
    form = show(kind)
    boxes = [*form.findChildren(QComboBox), *form.findChildren(QAbstractSpinBox)]
    assert {"policy"} < {box.objectName() for box in boxes}
    for box in boxes:
        if isinstance(box, QComboBox):
            box.setCurrentIndex(box.count() // 2)
        before = box.currentIndex() if isinstance(box, QComboBox) else box.text()
        box.setFocus()
        for turn in (120, -120):
            at = QPointF(3, 3)
            wheel = QWheelEvent(
                *(at, QPointF(box.mapToGlobal(at.toPoint())), QPoint(0, turn), QPoint(0, turn)),
                *(Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier),
                *(Qt.ScrollPhase.NoScrollPhase, False),
            )
            box.wheelEvent(wheel)
            assert not wheel.isAccepted(), box.objectName()
            assert (box.currentIndex() if isinstance(box, QComboBox) else box.text()) == before


def test_land_is_retired_in_part(show, qtbot, language, case):
    form = show(LandForm, policy=None)
    qtbot.keyClicks(form.area.edit, "L1")
    form.part.setValue(40.0)
    press(qtbot, form)
    assert query(case, "SELECT subject_role, subject_id, kind, area_mu FROM events") == [
        ("irrigation", "L1", "retired", 40.0)
    ]
    qtbot.keyClicks(form.area.edit, "L1")
    form.part.setValue(101.0)
    press(qtbot, form)
    assert "101" in form.problem.text()


def test_without_a_case_the_form_says_what_to_do(show, qtbot, language, session):
    session.open_case(None)
    form = show(DecideForm, policy=None)
    assert not form.record_button.isEnabled()
    assert form.result.text() == tr("No case file is open. Open or create one first.")
    assert form.record_button.toolTip()


def test_withdrawing_frees_the_wells(show, qtbot, language, case, tmp_path):
    from datetime import date

    from overdraft.core.casefile import CaseRows
    from overdraft.core.desk import By, Intake, record

    intake = Intake("renewal", "2026-03-20", place=Point(89.2, 42.9), retired_ids=("W1", "W2"))
    record(CaseRows.open(case), [intake], By("李工", "li", date(2026, 3, 31)), case)
    form = show(DecideForm, policy=None)
    form.decision.choose("withdrawn")
    assert not form.number.isEnabled()
    press(qtbot, form)
    assert query(case, "SELECT state, released_on FROM pairs") == [("released", "2026-03-31")] * 2
    assert form.application.count() == 0
    assert form.about.text() == tr("No application waits. Take one in with the form Application.")
    form.decision.choose("refused")
    press(qtbot, form)
    assert form.problem.isVisible()


def test_a_deepening_asks_for_its_well(show, qtbot, language):
    form = show(ApplicationForm, policy=None)
    assert not form.well.isVisible()
    form.kind.choose("deepen")
    assert form.well.isVisible()
    assert not form.replaces.isVisible()
    form.x.setText("east")
    press(qtbot, form)
    assert "east" in form.problem.text()


def test_enter_records_and_the_keyboard_goes_through_the_fields(show, qtbot, case):
    form = show(SealForm, policy=None)
    qtbot.keyClicks(form.well.edit, "W1")
    seen = []
    for _ in range(5):
        seen.append(form.focusWidget().objectName() if form.focusWidget() else "")
        form.focusNextChild()
    assert seen[0] == "well_id"
    assert seen.index("kind") < seen.index("day") < seen.index("doc_no")
    form.document.setFocus()
    qtbot.keyClick(form.document, Qt.Key.Key_Return)
    idle(qtbot, form)
    assert query(case, "SELECT subject_id FROM events") == [("W1",)]


def test_a_doubt_set_aside_counts_for_what_was_doubted(show, qtbot, case):
    form = show(SealForm, policy=None)
    for well in ("W1", "W2", "W1"):
        seal(qtbot, form, well)
    assert form.anyway.isVisible()
    form.anyway.setChecked(True)
    seal(qtbot, form, "W2")  # is sealed as well, and nobody was asked about it
    assert query(case, "SELECT count(*) FROM events") == [(2,)]
    assert "W2" in form.problem.text()
    assert not form.anyway.isChecked()
