"""Names that look like markup or statements, and personal data, through every form."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLabel
from shapely.geometry import Point

from overdraft.ui.desk import ApplicationForm, DecideForm, SealForm

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
