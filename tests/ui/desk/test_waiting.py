"""Forms while something is under way: cancelling, closing, typing on, another window, a disk that fails."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication
from shapely.geometry import Point

from overdraft.processing.texts import tr
from overdraft.ui.desk import ApplicationForm, DecideForm, SealForm

from ..conftest import fill
from .conftest import TODAY, idle, press, query, seal


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


def test_a_key_does_not_wait_for_the_lock_of_another_program(show, case, monkeypatch):
    from overdraft.core.casefile import opening

    form = show(SealForm, policy=None)
    asked, real = [], sqlite3.connect

    def spy(*given, timeout, **named):
        asked.append(timeout)
        return real(*given, timeout=timeout, **named)

    with closing(real(case, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(opening.sqlite3, "connect", spy)
        form.well.edit.textEdited.emit("W")
        assert form.well._found.stringList() == []
        other.execute("ROLLBACK")
    assert asked
    assert max(asked) < opening.BUSY_SECONDS
    form.well.edit.textEdited.emit("W")
    assert len(form.well._found.stringList()) == 3


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
