"""Each form by its widgets: what a person fills in is what stands in the case, and the ledger answers."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest
from qgis.core import QgsApplication, QgsPointXY, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel
from shapely.geometry import Point

from overdraft.processing.texts import tr
from overdraft.ui.desk import ApplicationForm, DecideForm, LandForm, LinkForm, SealForm
from overdraft.ui.shared.help import window_page

from ..conftest import fill
from .conftest import TODAY, idle

FORMS = (SealForm, ApplicationForm, DecideForm, LinkForm, LandForm)


def query(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def press(qtbot, form, button=None):
    qtbot.mouseClick(button or form.record_button, Qt.MouseButton.LeftButton)
    idle(qtbot, form)


def seal(qtbot, form, well, photo=None):
    form.well.edit.clear()
    qtbot.keyClicks(form.well.edit, well)
    if photo:
        form.evidence.add_file("photo", photo)
    press(qtbot, form)


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


def test_hostile_names_are_shown_as_they_are(show, qtbot, case):
    form = show(SealForm, policy=None)
    hostile = "<img src=file:///x>"
    qtbot.keyClicks(form.well.edit, "<img")
    (found,) = form.well._found.stringList()
    assert found.startswith(hostile)
    assert "<b>瓜园村</b>" in found
    form.document.setText('"; DROP TABLE events; --${table}')
    seal(qtbot, form, hostile)
    assert hostile in form.result.text()
    assert form.result.textFormat() == Qt.TextFormat.PlainText
    assert query(case, "SELECT subject_id, doc_no FROM events") == [
        (hostile, '"; DROP TABLE events; --${table}')
    ]


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

    from shapely.geometry import Point

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


def test_cancelling_records_nothing_more(show, qtbot, case):
    form = show(SealForm, policy=None)
    form.well.set_id("W1")
    qtbot.mouseClick(form.record_button, Qt.MouseButton.LeftButton)
    form.reject()
    qtbot.waitUntil(lambda: form.work is None, timeout=30_000)
    events, history = (query(case, f"SELECT count(*) FROM {name}")[0][0] for name in ("events", "history"))
    assert events == history  # both or neither


def test_a_cancel_after_the_act_says_that_it_is_on_record(show, qtbot, case, monkeypatch):
    from overdraft.core.errors import Cancelled
    from overdraft.ui.desk import form as module

    def stopped(*_):
        form.work.cancel()
        raise Cancelled

    form = show(SealForm)
    monkeypatch.setattr(module, "asked", stopped)
    seal(qtbot, form, "W1")
    assert query(case, "SELECT subject_id FROM events") == [("W1",)]
    assert "EV-20260331-0001" in form.result.text()
    assert form.undo_button.isEnabled()
    assert form.record_button.isEnabled()


def test_enter_records_and_the_keyboard_goes_through_the_fields(show, qtbot, case):
    form = show(SealForm, policy=None)
    qtbot.keyClicks(form.well.edit, "W1")
    seen = []
    for _ in range(5):
        seen.append(form.focusWidget().objectName() if form.focusWidget() else "")
        form.focusNextChild()
    assert seen[0] == "well_id"
    assert seen.index("kind") < seen.index("day") < seen.index("doc_no")
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


def test_an_act_of_another_case_is_not_taken_back_in_this_one(show, qtbot, case, county, session, tmp_path):
    form = show(SealForm, policy=None)
    seal(qtbot, form, "W1")
    other = tmp_path / "other.gpkg"
    other.write_bytes(county.read_bytes())
    session.open_case(other)
    assert not form.undo_button.isEnabled()
    form.undo()
    assert form.work is None
    assert query(case, "SELECT kind FROM events") == [("sealed",)]


def test_the_next_act_can_be_typed_while_the_ledger_is_asked(show, qtbot, case, monkeypatch):
    """The fields are locked only until the act is certain; what is typed afterwards stays."""
    from overdraft.ui.desk import form as module

    go = threading.Event()
    monkeypatch.setattr(module, "asked", lambda *_: go.wait(30) and None)
    form = show(SealForm)
    form.well.set_id("W1")
    qtbot.mouseClick(form.record_button, Qt.MouseButton.LeftButton)
    assert not form.well.edit.isEnabled()
    qtbot.waitUntil(lambda: form.last is not None, timeout=30_000)
    assert form.well.edit.isEnabled()
    assert form.well.id() == ""
    qtbot.keyClicks(form.well.edit, "W2")
    assert not form.undo_button.isEnabled()
    go.set()
    idle(qtbot, form)
    assert form.well.id() == "W2"
    assert form.undo_button.isEnabled()


def test_a_ledger_that_fails_does_not_hide_the_act(show, qtbot, case, monkeypatch):
    from overdraft.ui.desk import asking

    def broken(*_):
        raise ValueError("张三丰")

    monkeypatch.setattr(asking, "register_of", broken)
    logged = []
    QgsApplication.messageLog().messageReceived.connect(lambda text, *_: logged.append(text))
    form = show(SealForm)
    seal(qtbot, form, "W1")
    assert "EV-20260331-0001" in form.result.text()
    assert form.undo_button.isEnabled()
    assert "ValueError" in logged
    assert not any("张三丰" in text for text in logged)  # S10


def test_closing_while_something_is_written_waits_for_its_end(show, qtbot, case):
    form = show(SealForm, policy=None)
    form.well.set_id("W1")
    qtbot.mouseClick(form.record_button, Qt.MouseButton.LeftButton)
    form.reject()
    assert form.isVisible()
    idle(qtbot, form)
    n = query(case, "SELECT count(*) FROM events")[0][0]
    told = form.result.text()
    assert ("EV-20260331-0001" in told) if n else (told == tr("Stopped. Nothing was changed."))
    assert n or form.well.id() == "W1"
    form.reject()
    assert not form.isVisible()


def test_a_verdict_holds_for_what_was_vetted(show, qtbot, case, monkeypatch):
    from overdraft.core.desk import Vetted
    from overdraft.ui.desk import application_form as module

    verdict = Vetted("review", "review", "desk.place_needed", {}, ("TLF-4.3c",), (), ())
    monkeypatch.setattr(module, "vet_intake", lambda *_: verdict)
    form = show(ApplicationForm)
    form.x.setText("89.25")
    form.y.setText("42.9")
    press(qtbot, form, form.vetting)
    assert form.verdict.text() == tr("Choose first what the water is for: the clauses ask for it.")
    form.use.choose("irrigation")
    press(qtbot, form, form.vetting)
    assert "TLF-4.3c" in form.verdict.text()
    assert form.act().permission == "review"
    form.texts["permit_m3"].setText("9000")
    assert form.verdict.text() == tr("Press Vet to see what each clause says.")
    assert form.act().permission == ""


def test_wells_that_were_ticked_stay_when_credits_are_looked_for_again(show, qtbot, case):
    form = show(ApplicationForm)
    assert form.count.text() == tr(
        "No free credit on record. Record a seal first, or add wells to be sealed."
    )
    for _ in range(2):  # the second time it is on the list
        qtbot.keyClicks(form.further.edit, "W3")
        qtbot.mouseClick(form.add_well, Qt.MouseButton.LeftButton)
        assert (form.pledged(), form.wells.count()) == (("W3",), 1)
        form.wells.item(0).setCheckState(Qt.CheckState.Unchecked)
    form.wells.item(0).setCheckState(Qt.CheckState.Checked)
    form.policy_box.setCurrentIndex(0)
    idle(qtbot, form)
    assert form.pledged() == ("W3",)
    qtbot.keyClicks(form.further.edit, "W2")  # typed and not added: meant all the same
    form.x.setText("89.25")
    form.y.setText("42.9")
    press(qtbot, form)
    assert query(case, "SELECT retired_id FROM pairs ORDER BY 1") == [("W2",), ("W3",)]
    assert (form.wells.count(), form.x.text(), form.further.id()) == (0, "", "")


def test_a_file_that_cannot_be_read_is_said_and_asked_again(show, qtbot, case):
    form = show(ApplicationForm)
    kept = case.read_bytes()
    case.write_bytes(b"no database")
    for _ in range(2):
        form.refresh()
        idle(qtbot, form)
        assert form.problem.isVisible()
    case.write_bytes(kept)


def test_another_window_is_looked_at_again_when_somebody_comes_back(show, qtbot, case, session):
    from overdraft.core.casefile import CaseRows
    from overdraft.core.desk import By, Intake, record

    form = show(DecideForm, policy=None)
    intake = Intake("renewal", "2026-03-20", place=Point(89.2, 42.9))
    record(CaseRows.open(case), [intake], By("李工", "li", TODAY), case)
    session.content_changed.emit()
    form.activateWindow()
    QApplication.setActiveWindow(form)
    assert form.application.count() == 1


def test_r12_r13_a_disk_that_fails_loses_nothing_that_was_typed(show, qtbot, county, session, small_disk):
    folder = small_disk(8, "案 a#1?b")
    case = folder / "案 case #1?.gpkg"
    case.write_bytes(county.read_bytes())
    session.open_case(case)
    form = show(SealForm, policy=None)
    seal(qtbot, form, "W3")  # any characters in the path; the backup of the day is made
    form.document.setText("封井〔2026〕1号")
    form.evidence.inspector.setText("王工")
    form.evidence.power_cut.setChecked(True)
    ballast = fill(folder)
    for trouble in ("full", "read-only"):
        if trouble == "read-only":
            ballast.unlink()
            small_disk.remount("ro")
        seal(qtbot, form, "W1")
        assert form.problem.isVisible()
        assert case.name in form.problem.text()
        typed = (form.well.id(), form.document.text(), form.evidence.inspector.text())
        assert typed == ("W1", "封井〔2026〕1号", "王工")
        assert form.evidence.power_cut.isChecked()
    small_disk.remount("rw")
    press(qtbot, form)
    assert query(case, "PRAGMA integrity_check") == [("ok",)]
    assert query(case, "SELECT subject_id FROM events ORDER BY event_id") == [("W3",), ("W1",)]
    assert query(case, "SELECT count(*) FROM evidence") == [(2,)]
    assert [path.name for path in folder.iterdir() if path.name.endswith(("-journal", "-wal", ".part"))] == []


HOSTILE = ("<img src=file:///x>", "<b>bold</b>", '"; DROP TABLE events; --', "${table}", "长" * 1000)
IDS = tuple(name.replace(";", ",") for name in HOSTILE)
"""A semicolon stands between ids, so no id may hold one."""


def test_s2_s4_hostile_ids_go_through_every_form(show, qtbot, case):
    from overdraft.core.casefile import CaseRows, Change, Entry
    from overdraft.core.desk import By, Intake, record

    names = dict(zip(("W1", "W2", "W3", "<img src=file:///x>"), IDS[1:], strict=True))
    store = CaseRows.open(case)
    renamed = [
        Change("wells", {"well_id": old}, {}, {"well_id": new, "name": new}) for old, new in names.items()
    ]
    store.apply(renamed, [Entry("setting", "names", "李工")])
    acts = [
        Intake("renewal", "2026-03-20", f"AP {own[:900]}", Point(89.2, 42.9), fields={"village": name})
        for own, name in zip(IDS, HOSTILE, strict=True)
    ]
    record(store, acts, By("<i>李</i>", "li", TODAY), case)
    form = show(DecideForm, policy=None)
    shown = [form.application.itemText(place) for place in range(form.application.count())]
    for own, name in zip(IDS, HOSTILE, strict=True):
        assert any(f"AP {own[:900]}" in text and name in text for text in shown)
    form.number.setText("<b>1</b>")
    press(qtbot, form)
    assert form.last.application_id in form.result.text()
    form = show(ApplicationForm, policy=None)
    for name in names.values():
        form.further.set_id(name)
        form.add_well.click()
    assert form.pledged() == tuple(names.values())
    assert form.wells.item(3).text().startswith(IDS[4])
    seals = show(SealForm, policy=None)
    for name in names.values():
        seals.well.set_id(name)
        press(qtbot, seals)
        assert name in seals.result.text()
    assert query(case, "SELECT subject_id FROM events ORDER BY event_id") == [
        (one,) for one in names.values()
    ]
    for window in (form, seals):
        assert window.width() <= 1000
        for label in window.findChildren(QLabel):
            assert label.textFormat() == Qt.TextFormat.PlainText or "<" not in label.text()


def test_s10_a_number_of_a_person_reaches_no_file_name_history_or_log(show, qtbot, case, tmp_path):
    number = "13812345678"
    logged = []
    QgsApplication.messageLog().messageReceived.connect(lambda text, *_: logged.append(text))
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / f"{number}.jpg").write_bytes(b"photo")
    form = show(SealForm, policy=None)
    seal(qtbot, form, "W1", outside / f"{number}.jpg")
    assert form.problem.isVisible()
    assert number not in form.problem.text()
    form.evidence.files.clear()
    for field in (form.document, form.evidence.inspector):
        field.setText(f"张三 {number}")
        press(qtbot, form)
        assert form.problem.isVisible()
        assert number not in form.problem.text()
        field.clear()
    assert query(case, "SELECT count(*) FROM history") == [(0,)]
    assert not list(tmp_path.glob(f"**/*.evidence/*{number}*"))
    assert not any(number in text for text in logged)
