"""Names that look like markup or statements, and personal data, through every form."""

from __future__ import annotations

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLabel, QWidget
from shapely.geometry import Point

from overdraft.ui.desk import ApplicationForm, DecideForm, LandForm, LinkForm, SealForm

from .conftest import TODAY, press, query, seal


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


HOSTILE = (
    *("<img src=file:///x>", "<b>bold</b>", '"; DROP TABLE events; --', "${table}"),
    *("长" * 1000, "x" * 1000),  # Chinese is broken anywhere, a word nowhere
)
IDS = tuple(name.replace(";", ",") for name in HOSTILE)
"""A semicolon stands between ids, so no id may hold one."""


def test_s2_s4_hostile_ids_go_through_every_form(show, qtbot, case):
    from overdraft.core.casefile import CaseRows, Change, Entry
    from overdraft.core.desk import By, Intake, record

    names = dict(zip(("W1", "W2", "W3", "<img src=file:///x>"), IDS[1:5], strict=True))
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
        literal(window)


def literal(window):
    """Nothing in the window reads markup, nothing makes it wider than it may be."""
    assert window.width() <= 1000
    for widget in window.findChildren(QWidget):
        assert "<img" not in widget.toolTip()
        assert "<b>" not in widget.toolTip()
        if isinstance(widget, QLabel):
            assert widget.textFormat() == Qt.TextFormat.PlainText or "<" not in widget.text()


@pytest.mark.parametrize("name", HOSTILE, ids=["img", "b", "sql", "template", "wide", "word"])
def test_s2_s4_a_hostile_name_from_the_decision_to_the_drilled_well_and_the_land(show, qtbot, case, name):
    from overdraft.core.casefile import CaseRows, Change, Entry
    from overdraft.core.desk import By, Intake, record

    own, text = name.replace(";", ",")[:980], name[:1000]
    store = CaseRows.open(case)
    land = Change("irrigation", {"area_id": "L1"}, {}, {"area_id": own, "village": text})
    store.apply([land], [Entry("setting", "names", "李工")])
    asked = Intake("renewal", "2026-03-20", f"AP {own}", Point(89.2, 42.9), retired_ids=("W1", "W2"))
    record(store, [asked], By("李工", "li", TODAY), case)
    decide = show(DecideForm)
    assert decide.application.currentText().startswith(f"AP {own}")
    for field in (decide.number, decide.reason):
        field.setText(text)
    press(qtbot, decide)
    assert f"AP {own}" in decide.result.text()
    assert text in decide.about.text()  # the number of the approval
    link = show(LinkForm)
    link.well.set_id(own)
    link.document.setText(text)
    press(qtbot, link)
    assert own in link.result.text()
    assert link.application.count() == 0
    retire = show(LandForm, policy=None)
    retire.area.edit.textEdited.emit(own[:6])  # keyClicks knows ASCII only
    assert [found.split("\u2002")[0] for found in retire.area._found.stringList()] == [own]
    retire.area.set_id(own)
    retire.document.setText(text)
    retire.evidence.inspector.setText(text)
    press(qtbot, retire)
    assert own in retire.result.text()
    retire.area.set_id(own)
    press(qtbot, retire)
    assert own in retire.problem.text()  # retired already
    for window in (decide, link, retire):
        assert not window.problem.isVisible() or window is retire
        qtbot.wait(20)
        literal(window)
    assert query(case, "SELECT decision, approval_no, result_well_id FROM applications") == [
        ("approved", text, own)
    ]
    assert query(case, "SELECT subject_id, kind, doc_no FROM events ORDER BY event_id") == [
        (own, "commissioned", text),
        (own, "retired", text),
    ]
    assert query(case, "SELECT checked_by FROM evidence") == [(text,)]
    assert query(case, "SELECT reason FROM history WHERE kind = 'decision'") == [(text,)]
    assert query(case, "PRAGMA integrity_check") == [("ok",)]


def test_s2_s7_hostile_names_of_evidence_files(show, qtbot, case, tmp_path, tmp_path_factory):
    """Those that some system does not take are refused by name, the others are kept; all are listed as they are."""
    elsewhere = tmp_path_factory.mktemp("<b>camera")
    form = show(SealForm, policy=None)
    for name in ("<img src=x>.jpg", '"; DROP TABLE x; --.jpg', "CON.jpg"):
        (elsewhere / name).write_bytes(b"photo")
        form.well.set_id("W1")
        form.evidence.add_file("photo", elsewhere / name)
        assert form.evidence.files.item(0).text().endswith(f": {name}")
        press(qtbot, form)
        assert name in form.problem.text()
        form.evidence.clear()
        literal(form)
    names = ["${table}.jpg", "%s' -- .jpg", "长" * 80 + ".jpg"]
    for name in names:
        (elsewhere / name).write_bytes(name.encode())
        form.evidence.add_file("photo", elsewhere / name)
    press(qtbot, form)
    assert not form.problem.isVisible(), form.problem.text()
    assert sorted(path.name for path in tmp_path.glob("*.evidence/*")) == sorted(names)
    assert query(case, "SELECT count(*) FROM evidence") == [(3,)]


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
