"""The tour that ``screenshots.py`` lets a real QGIS make: setup, run, seal, application, review, pair, plan, dashboard.

Runs inside QGIS (``qgis --code``). Each step presses what a user presses and waits for what a user waits for.
"""

import os
import sqlite3
import sys
import time
import traceback
from contextlib import closing
from pathlib import Path

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtWidgets import QDockWidget, QWidget
from qgis.utils import iface, plugins

WORK, OUT = Path(os.environ["OVERDRAFT_WORK"]), Path(os.environ["OVERDRAFT_OUT"])
SAMPLE = Path(os.environ["OVERDRAFT_SAMPLE"])
REPORT = WORK / "tour.txt"
CASE = WORK / "sample.gpkg"
SECONDS = 240
"""The longest that the tour waits for one thing."""


def note(text: str) -> None:
    with REPORT.open("a", encoding="utf-8") as report:
        report.write(text + "\n")


def picture(widget: QWidget, name: str) -> None:
    """A picture of the widget as it stands."""
    for _ in range(5):
        QgsApplication.processEvents()
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    image.save(str(OUT / f"{name}.png"), quality=0)  # the strongest compression; PNG loses nothing
    note(f"{name}: {image.width()} x {image.height()}")


def tour():
    """Yields conditions to wait for; each is asked again until it holds."""
    windows = plugins["overdraft"].windows
    session = windows.session
    session.sign_as("李工")
    iface.mainWindow().resize(1400, 900)
    QgsProject.instance().read(str(SAMPLE / "sample.qgz"))
    yield lambda: len(QgsProject.instance().mapLayers()) > 5

    windows.set_up()
    wizard = windows._dialogs["setup"]
    yield lambda: not wizard.busy.working
    picture(wizard, "setup")
    for place, name in ((1, "setup_fields"), (2, "setup_policy")):
        wizard.next.click()
        yield lambda place=place: wizard.pages.currentIndex() == place and not wizard.busy.working
        if place == 2:
            wizard.policy.choose("turpan-2021")
            yield lambda: not wizard.busy.working
        picture(wizard, name)
    wizard.next.click()
    yield lambda: wizard.pages.currentIndex() == 3 and not wizard.busy.working
    wizard.check.target.setText(str(CASE))
    yield lambda: wizard.done_button.isEnabled()
    picture(wizard, "setup_check")
    wizard.done_button.click()
    yield lambda: session.path is not None

    from overdraft.core.review.listing import Filter
    from overdraft.core.schema import register_schema
    from overdraft.ui.shared.tasks import Work, algorithm, start

    failures = []
    judged = []
    with closing(sqlite3.connect(SAMPLE / "sample.gpkg")) as file:
        names = {name for (name,) in file.execute("SELECT table_name FROM gpkg_contents")}
    further = names & set(register_schema().roles) - {"wells", "zones", "units", "irrigation"}
    layers = {name.upper(): f"{SAMPLE / 'sample.gpkg'}|layername={name}" for name in further}
    values = {
        "CASE": str(session.path),
        "OUTPUT": str(session.path),
        "POLICY": "turpan-2021",
        "AS_OF": "2026-03-31",
    }
    start(Work("run", algorithm("enforce", values | layers), judged.append, failures.append))
    yield lambda: judged or failures
    if failures:
        raise failures[0]
    windows.show_case(session.path)
    yield lambda: True

    for form, name in (
        ("SealForm", "desk_seal"),
        ("ApplicationForm", "desk_application"),
        ("DecideForm", "desk_decide"),
    ):
        windows.record(form)
        dialog = windows._dialogs[form]
        yield 3.0
        yield lambda dialog=dialog: dialog.work is None
        if form == "SealForm":
            dialog.well.set_id("650402-0002")
            dialog.evidence.inspector.setText("王工")
            yield lambda: True
        picture(dialog, name)
        if form == "SealForm":
            dialog.record_button.click()
            yield lambda dialog=dialog: dialog.last is not None and dialog.work is None
            picture(dialog, "desk_recorded")
        dialog.reject()
        yield lambda: True

    windows.review()
    dock = windows._docks["review"]
    yield lambda: dock.listing is not None and dock.model.rowCount() > 0
    window = iface.mainWindow()
    for other in window.findChildren(QDockWidget):
        if other.objectName() in ("Browser", "Layers"):
            other.hide()
    window.resizeDocks([dock], [470], Qt.Orientation.Vertical)
    dock.splitter.setSizes([800, 560])
    dock.set_filter(Filter(outcome="fail"))
    yield 1.0
    dock.table.setFocus(Qt.FocusReason.OtherFocusReason)
    dock.table.selectRow(min(9, dock.model.rowCount() - 1))
    yield 4.0
    picture(iface.mainWindow(), "review")
    yield from objection(windows, dock)

    windows.dashboard()
    board = windows._docks["dashboard"]
    yield lambda: board.summary is not None
    window.resizeDocks([board], [430], Qt.Orientation.Horizontal)
    yield 1.0
    picture(iface.mainWindow(), "dashboard")
    board.close()
    dock.close()

    windows.pair_wells()
    pairing = windows._dialogs["pairing"]
    yield lambda: pairing.board is not None
    pairing.page.suggest.click()
    yield 3.0
    picture(pairing, "pairing")
    pairing.reject()

    windows.plan_retirement()
    planner = windows._dialogs["retirement"]
    yield lambda: planner.bench.board is not None
    yield 1.0
    picture(planner, "retirement")
    planner.reject()

    windows.show_policy()
    policy = windows._dialogs["policy"]
    yield 3.0
    picture(policy, "policy")
    policy.reject()

    windows.export()
    papers = windows._dialogs["export"]
    yield lambda: papers.part.county.count() > 1
    papers.part.folder.setFilePath(str(WORK))
    for name, picture_name in (("exporttables", "export"), ("exportmaps", "export_maps")):
        page = papers.choose(name)
        if name == "exportmaps":
            page.maps.list.setCurrentRow(3)
        papers.look()
        yield lambda: papers._looking is None
        picture(papers, picture_name)
    papers.reject()
    note("all pictures taken")


def objection(windows, dock):
    """Somebody objects to what was just decided, and the objection gets its result."""
    rows = range(dock.model.rowCount())
    dock.table.selectRow(next(row for row in rows if dock.model.row(row).subject_role == "wells"))
    yield 1.0
    well = dock.current.subject_id
    dock.do("accept")
    yield lambda: dock.listing.counts().reviewed == 1
    windows.object_to(well)
    form = windows._dialogs["ObjectionForm"]
    form.objected.setText("井已于2024年封填")
    yield lambda: form.again.rowCount() == 1
    picture(form, "desk_objection")
    form.record_button.click()
    yield lambda: form.last is not None and form.work is None
    form.kind.choose("objection_result")
    form.reason.setText("现场核实，井口已封堵")
    yield lambda: form.waiting.rowCount() == 1
    picture(form, "desk_objection_result")
    form.reject()
    dock.show_subject(well)
    yield 4.0
    picture(iface.mainWindow(), "review_objection")


def run(steps, waiting=None, since=0.0):
    """Go on with the tour as soon as what it waits for holds."""
    try:
        if waiting is not None and time.monotonic() - since > SECONDS:
            raise TimeoutError("waited too long")
        holds = (
            time.monotonic() - since > waiting if isinstance(waiting, float) else waiting is None or waiting()
        )
        if holds:
            waiting, since = next(steps), time.monotonic()
        QTimer.singleShot(150, lambda: run(steps, waiting, since))
    except StopIteration:
        end()
    except Exception:
        note(traceback.format_exc())
        iface.mainWindow().grab().save(str(OUT / "failed.png"))
        end()


def end():
    sys.stdout.flush()
    os._exit(0)  # QGIS's own exit asks whether to save


QTimer.singleShot(3000, lambda: run(tour()))
