"""A review dock on the sample case, with an evidence panel and dialogs that only take notes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from functools import partial

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtWidgets import QWidget

from overdraft.core.review import Act


class Evidence(QWidget):
    """Notes what it is asked to show."""

    def __init__(self):
        super().__init__()
        self.shown = None
        self.copied = 0
        self.histories = 0

    def show_finding(self, finding_id):
        self.shown = finding_id

    def copy_clause(self):
        self.copied += 1

    def show_history(self):
        self.histories += 1


class Dialogs:
    """Answers at once, as a person would."""

    def __init__(self):
        self.signed = True
        self.agreed = True
        self.outcome = "exempt"
        self.asked = []
        self.previews = []
        self.conflicts = []
        self.retries = []
        self.before_retry = None
        self.previous = []

    def ensure_signed(self, parent, session):
        return self.signed

    def ask_override(self, parent, session, n, previous=None):
        self.previous.append(previous)
        self.asked.append(("override", n))
        reason = "现场核实，井口已封堵，泵已拆除"
        return Act("override", session.person, session.login, self.outcome, "site_check", reason)

    def ask_defer(self, parent, session, n, previous=None):
        self.previous.append(previous)
        self.asked.append(("defer", n))
        due = date.today() + timedelta(days=30)
        return Act("defer", session.person, session.login, reason="等待补充资料", deferred_to=due)

    def ask_reopen(self, parent, session, n, previous=None):
        self.previous.append(previous)
        self.asked.append(("reopen", n))
        return Act("reopen", session.person, session.login, reason="复查发现新情况")

    def confirm_bulk(self, parent, act, preview):
        self.previews.append(preview)
        return self.agreed

    def show_conflict(self, parent, error):
        self.conflicts.append(error)

    def ask_retry(self, parent, error):
        self.retries.append(error.key)
        return self.before_retry is not None and self.before_retry(len(self.retries))


class Iface:
    """What the dock asks of QGIS's window."""

    def __init__(self, real):
        self._real = real
        self.forms, self.tables = [], []

    def mapCanvas(self):
        return self._real.mapCanvas()

    def messageBar(self):
        return self._bar

    def openFeatureForm(self, layer, feature, edit, modal):
        self.forms.append((layer.name(), feature.id(), edit))

    def showAttributeTable(self, layer):
        self.tables.append(layer)


@pytest.fixture
def dialogs():
    return Dialogs()


@pytest.fixture
def iface(qgis_iface, qtbot):
    from qgis.gui import QgsMessageBar

    made = Iface(qgis_iface)
    made._bar = QgsMessageBar()
    qtbot.addWidget(made._bar)
    return made


@pytest.fixture
def make_dock(in_language, session, iface, dialogs, qtbot, monkeypatch):
    """``make_dock()``: a dock on the session's case, its findings read; the file was checked and backed up today."""
    from overdraft.core.casefile import rowstore
    from overdraft.ui.review.dock import ReviewDock

    monkeypatch.setattr(rowstore, "_backed_up_today", lambda path: True)
    monkeypatch.setattr(rowstore, "reading", partial(rowstore.reading, quick=True))
    made = []

    def make(wait=True, owned=True):
        dock = ReviewDock(session, iface, evidence=Evidence(), dialogs=dialogs)
        if owned:
            qtbot.addWidget(dock)
        dock.resize(1000, 560)
        dock.show()
        made.append(dock)
        if wait:
            qtbot.waitUntil(lambda: dock.listing is not None and not dock._unoffered, timeout=30_000)
        return dock

    yield make
    for dock in made:
        dock.unload()
    QgsSettings().remove("overdraft")


@pytest.fixture
def dock(make_dock):
    return make_dock()


@pytest.fixture
def query(case):
    """``query(sql, *values)``: what another program reads in the case file."""

    def ask(statement, *values):
        with closing(sqlite3.connect(case)) as connection:
            return connection.execute(statement, values).fetchall()

    return ask


def shown(dock, column):
    """A column of the list as shown, from the top."""
    from overdraft.ui.review.words import COLUMNS

    place = COLUMNS.index(column)
    return [dock.model.index(row, place).data() for row in range(dock.model.rowCount())]


def without_triggers(path, *changes):
    """Change a file as another program would, past the triggers that need its functions."""
    with closing(sqlite3.connect(path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement, values in changes:
            connection.execute(statement, values)
        connection.commit()


def choose(dock, name, value):
    """Choose a value in a combo box of the bar."""
    combo = dock.filters.group if name == "group" else dock.filters.combos[name]
    place = combo.findData(value)
    assert place >= 0
    combo.setCurrentIndex(place)
