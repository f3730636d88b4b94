"""From a seal to a commissioned renewal on the sample, in dialogs and in batch, with its ledger counted by hand.

高昌区 begins with 46 sealed, 18 renewed, 2 reserved: further ⌊46/2⌋ - 18 - 2 = 3. 鄯善县 (33, 18) and 托克逊县 (27, 12)
stay as they are. The short counterparts on a small county stand in test_forms.py and test_recordevent.py.
"""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from qgis.core import QgsProject, QgsSettings
from qgis.PyQt.QtCore import Qt

from .conftest import idle

TODAY = date(2026, 3, 31)
FIGURES = ("sealed", "pending", "renewed", "reserved", "required", "further", "approvable")
WELLS = ("650402-0002", "650402-0004")
STEPS = {
    "begin": (46, 0, 18, 2, 36, 3, 3),
    "one without evidence": (47, 1, 18, 2, 36, 3, 3),
    "sealed": (48, 0, 18, 2, 36, 4, 4),
    "applied": (48, 0, 18, 2, 36, 4, 4),
    "approved": (48, 0, 18, 3, 36, 3, 3),
    "linked": (48, 0, 19, 2, 38, 3, 3),
}


@pytest.fixture
def sample(judged_sample, tmp_path):
    path = tmp_path / "sample case.gpkg"
    shutil.copy(judged_sample, path)
    (tmp_path / "seal.jpg").write_bytes(b"photo")
    return path


@pytest.fixture
def check(sample):
    from overdraft.core.desk import ledger_after, register_of
    from overdraft.core.policy import load_policy

    policy = load_policy("turpan-2021")

    def asked(step, state=""):
        told = ledger_after(register_of(sample, policy), policy, TODAY, WELLS)
        assert tuple(told.pool("650402")[name] for name in FIGURES) == STEPS[step], step
        assert (told.pool("650421")["sealed"], told.pool("650421")["deficit"]) == (33, 3)
        assert (told.pool("650422")["sealed"], told.pool("650422")["further"]) == (27, 1)
        if state:
            assert [told.credits[name].state for name in WELLS] == [state] * 2

    return asked


@pytest.mark.long
def test_in_dialogs(qgis_new_project, qtbot, sample, check):
    from overdraft.ui.desk import ApplicationForm, DecideForm, LinkForm, SealForm
    from overdraft.ui.session import Session

    QgsSettings().remove("overdraft")
    session = Session(QgsProject.instance())
    session.open_case(sample)
    session.sign_as("审核员甲")

    def show(kind):
        form = kind(session, today=TODAY)
        qtbot.addWidget(form)
        form.show()
        assert form.policy_box.currentData() == "turpan-2021"  # that of the run in the case
        idle(qtbot, form)
        return form

    def press(form):
        qtbot.mouseClick(form.record_button, Qt.MouseButton.LeftButton)
        idle(qtbot, form)
        assert not form.problem.isVisible(), form.problem.text()

    check("begin", "none")
    form = show(SealForm)
    for well in WELLS:
        qtbot.keyClicks(form.well.edit, well)
        form.evidence.add_file("photo", sample.parent / "seal.jpg")
        form.evidence.inspector.setText("王工")
        press(form)
    check("sealed", "available")
    taken = show(ApplicationForm)
    taken.x.setText("89.30")
    taken.y.setText("42.90")
    taken.use.choose("irrigation")
    taken.replaces.set_id(WELLS[0])
    for place in range(taken.wells.count()):
        item = taken.wells.item(place)
        if item.data(Qt.ItemDataRole.UserRole) == WELLS[1]:
            item.setCheckState(Qt.CheckState.Checked)
    assert taken.pledged() == WELLS[1:]
    press(taken)
    check("applied", "reserved")
    name = taken.last.application_id
    decide = show(DecideForm)
    decide.application.choose(name)
    decide.number.setText("虚构更新〔2026〕9号")
    press(decide)
    check("approved", "reserved")
    link = show(LinkForm)
    link.application.choose(name)
    link.well.set_id("650402-9001")
    press(link)
    check("linked", "used")
    session.close()


@pytest.mark.long
def test_in_batch(run, sample, check):
    common = {"CASE": str(sample), "POLICY": "turpan-2021", "AS_OF": TODAY.isoformat(), "BY": "审核员甲"}

    def record(**given):
        return run("recordevent", {**common, "OUTPUT": "memory:", **given})

    check("begin", "none")
    seal = {"KIND": "sealed", "DAY": "2026-03-31"}
    done = record(SUBJECT_ID=WELLS[0], **seal)
    check("one without evidence")
    record(ACT="evidence", EVENT_ID=done["EVENT"], PHOTO="seal.jpg")
    record(SUBJECT_ID=WELLS[1], PHOTO="seal.jpg", CHECKED_BY="王工", **seal)
    check("sealed", "available")
    pledged = {"REPLACES": WELLS[0], "RETIRED_IDS": WELLS[1], "FIELDS": "use = irrigation"}
    place = {"PLACE": "89.30,42.90 [EPSG:4490]", "APPLICATION_ID": "SQ-2026-900"}
    record(ACT="apply", KIND="renewal", DAY="2026-03-31", **pledged, **place)
    check("applied", "reserved")
    record(ACT="approve", APPLICATION_ID="SQ-2026-900", DAY="2026-03-31", APPROVAL_NO="虚构更新〔2026〕9号")
    check("approved", "reserved")
    record(ACT="link", APPLICATION_ID="SQ-2026-900", WELL_ID="650402-9001", DAY="2026-03-31")
    check("linked", "used")
