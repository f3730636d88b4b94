"""Actions of the forms that the other tests do not press: by keyboard, taken back, by map, after a restart."""

from __future__ import annotations

from datetime import date

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsProject, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFileDialog, QPushButton, QToolButton
from shapely.geometry import Point

from overdraft.processing.texts import tr
from overdraft.ui.desk import ApplicationForm, DecideForm, LandForm, LinkForm, ObjectionForm, SealForm

from ..keys import Hand
from .conftest import TODAY, idle, press, query


@pytest.fixture
def on_record(case):
    """``on_record(*acts)``: acts that somebody else recorded before."""

    def put(*acts):
        from overdraft.core.casefile import CaseRows
        from overdraft.core.desk import By, record

        return record(CaseRows.open(case), acts, By("李工", "li", date(2026, 3, 31)), case)

    return put


@pytest.fixture
def asked(on_record):
    """An application that waits for a decision."""
    from overdraft.core.desk import Intake

    return on_record(Intake("renewal", "2026-03-20", place=Point(89.2, 42.9), retired_ids=("W1", "W2")))


def undone(qtbot, form):
    """A mnemonic presses its button a moment later."""
    qtbot.waitUntil(lambda: form.last is None, timeout=30_000)
    idle(qtbot, form)


def rows(case):
    tables = {
        "applications": "SELECT application_id, decision, approval_no, result_well_id FROM applications",
        "pairs": "SELECT renewal_id, retired_id, state, approval_no, released_on FROM pairs",
        "wells": "SELECT well_id, status, origin FROM wells",
    }
    return {name: sorted(query(case, statement), key=str) for name, statement in tables.items()}


def test_u9_land_with_the_keyboard_alone(show, qtbot, case):
    form = show(LandForm, policy=None)
    hand = Hand(qtbot, form)
    assert hand.at.objectName() == "area_id"
    hand.type("L1")
    hand.letter("a")
    hand.key(Qt.Key.Key_Home)
    hand.tab_to("area_mu")
    hand.key("a", Qt.KeyboardModifier.ControlModifier)
    hand.type("40")
    hand.tab_to("doc_no")
    hand.type("WEN-2")
    hand.letter("e")
    assert hand.at.objectName() == "evidence_day"
    hand.tab_to("power_cut")
    hand.key(Qt.Key.Key_Space)
    hand.tab_to("doc_no")
    hand.key(Qt.Key.Key_Return)
    idle(qtbot, form)
    assert query(case, "SELECT subject_id, kind, area_mu, doc_no FROM events") == [
        ("L1", "retired", 40.0, "WEN-2")
    ]
    hand.letter("u")
    undone(qtbot, form)
    assert query(case, "SELECT kind FROM events ORDER BY event_id") == [("retired",), ("void",)]


@pytest.mark.parametrize("kind", [SealForm, ApplicationForm, DecideForm, LinkForm, LandForm, ObjectionForm])
def test_u9_enter_records_after_a_round_with_tab_and_presses_the_button_that_has_the_focus(
    show, qtbot, kind, monkeypatch
):
    pressed = []
    monkeypatch.setattr(kind, "record", lambda form: pressed.append("record"))
    form = show(kind, policy=None)
    hand = Hand(qtbot, form)
    first = hand.at
    hand.key(Qt.Key.Key_Return)
    assert pressed == ["record"]
    for _ in range(80):
        hand.key(Qt.Key.Key_Tab)
        if hand.at is first:
            break
        if isinstance(hand.at, (QPushButton, QToolButton)):
            button, told = hand.at, []
            button.blockSignals(True)  # what it does is not wanted here
            monkeypatch.setattr(button, "click", lambda told=told: told.append("click"), raising=False)
            hand.key(Qt.Key.Key_Return)
            button.blockSignals(False)
            assert pressed == ["record"], button.text()
            assert told or button is form.record_button, button.text()
    assert hand.at is first
    hand.key(Qt.Key.Key_Return)
    assert pressed == ["record", "record"]


def test_u9_refusing_with_the_keyboard_alone(show, qtbot, case, asked):
    form = show(DecideForm, policy=None)
    hand = Hand(qtbot, form)
    hand.letter("c")
    hand.key(Qt.Key.Key_Down)
    assert form.decision.token() == "refused"
    hand.letter("s")
    hand.type("too near")
    hand.key(Qt.Key.Key_Return)
    idle(qtbot, form)
    assert query(case, "SELECT decision FROM applications") == [("refused",)]
    assert query(case, "SELECT reason FROM history WHERE kind = 'decision'") == [("too near",)]
    assert {row[2] for row in rows(case)["pairs"]} == {"released"}


def application(form):
    form.x.setText("89.25")
    form.y.setText("42.9")
    form.further.set_id("W3")


def approval(form):
    form.number.setText("文〔2026〕1号")


def withdrawal(form):
    form.decision.choose("withdrawn")


def drilled(form):
    form.well.set_id("N1")


@pytest.mark.parametrize(
    ("kind", "fill"),
    [(ApplicationForm, application), (DecideForm, approval), (DecideForm, withdrawal), (LinkForm, drilled)],
    ids=["application", "approval", "withdrawal", "drilled well"],
)
def test_undo_makes_the_rows_what_they_were(show, qtbot, case, asked, on_record, kind, fill):
    if kind is LinkForm:
        from overdraft.core.desk import Decision

        on_record(Decision(asked[0].application_id, "approved", "2026-03-25", "文〔2026〕1号"))
    before = rows(case)
    form = show(kind, policy=None)
    fill(form)
    press(qtbot, form)
    assert rows(case) != before
    Hand(qtbot, form).letter("u")
    undone(qtbot, form)
    assert rows(case) == before
    assert query(case, "SELECT kind FROM history ORDER BY seq DESC LIMIT 1") == [("undo",)]
    assert not form.undo_button.isEnabled()


def test_documents_are_chosen_too(show, qtbot, case, tmp_path, monkeypatch):
    form = show(SealForm, policy=None)
    given = []
    monkeypatch.setattr(
        QFileDialog,
        "getOpenFileNames",
        lambda *told: given.append(told[-1]) or ([str(tmp_path / "照片.jpg")], ""),
    )
    qtbot.mouseClick(form.evidence.document, Qt.MouseButton.LeftButton)
    assert "jpg" not in given[0]  # any file, not only pictures
    form.well.set_id("W1")
    press(qtbot, form)
    assert query(case, "SELECT kind, path FROM evidence") == [("document", "照片.jpg")]


def test_the_place_of_an_application_is_picked_on_the_map(show, qtbot, case):
    canvas = QgsMapCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 400)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    canvas.setExtent(QgsRectangle(9930000, 5290000, 9940000, 5300000))
    form = show(ApplicationForm, policy=None, canvas=canvas)
    qtbot.mouseClick(form.pick, Qt.MouseButton.LeftButton)
    form._tool.canvasClicked.emit(QgsPointXY(9935264.55, 5298000.0), Qt.MouseButton.LeftButton)
    assert (form.x.text()[:6], form.y.text()[:5]) == ("89.250", "42.90")  # in the system of the case
    press(qtbot, form)
    assert query(case, "SELECT count(*) FROM applications") == [(1,)]


def test_cancel_stops_the_question_and_not_the_act(show, qtbot, case, monkeypatch):
    import threading

    from overdraft.ui.desk import form as module

    begun = threading.Event()

    def slow(path, policy, by, done, progress):
        begun.set()
        while True:
            progress(0.5)  # until it is cancelled

    monkeypatch.setattr(module, "asked", slow)
    form = show(SealForm)
    form.well.set_id("W1")
    qtbot.mouseClick(form.record_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: begun.is_set() and form.cancel_button.isVisible(), timeout=30_000)
    qtbot.mouseClick(form.cancel_button, Qt.MouseButton.LeftButton)
    idle(qtbot, form)
    assert not form.cancel_button.isVisible()
    assert "EV-20260331-0001" in form.result.text()
    assert query(case, "SELECT subject_id FROM events") == [("W1",)]


def test_u10_what_is_remembered_when_qgis_starts_again(show, qtbot, case, session, tmp_path, language):
    from overdraft.ui.session import Session

    form = show(SealForm, policy=None)
    form.person.setText("李工")
    form.last_folder(str(tmp_path))
    form.resize(900, 500)
    form.well.set_id("W1")
    press(qtbot, form)
    form.reject()
    again = Session(QgsProject.instance())  # reads settings and project anew
    assert again.path == case
    later = SealForm(again, today=TODAY)
    qtbot.addWidget(later)
    assert later.person.text() == "李工"
    assert later.last_folder(None) == str(tmp_path)
    assert (later.width(), later.height()) == (900, 500)
    assert later.last is None  # the act of before is taken back by a void event, not by Undo
    assert later.undo_button.toolTip().find(tr("Nothing was recorded in this window yet")) >= 0
    again.close()
