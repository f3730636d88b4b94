"""What holds for every window of the plugin, in both languages; a new window that is not made here fails."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import re
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from qgis.core import QgsProject, QgsSettings
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt, QUrl
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QStackedWidget,
    QTabBar,
    QTableView,
    QTextEdit,
    QWidget,
)

import overdraft.ui
from overdraft.ui.shared import help as help_module
from overdraft.ui.shared.windows import Dialog, Dock

from .keys import Hand

SMALL = Path(__file__).parents[1] / "data" / "policies" / "small-2024.toml"
ACT = SimpleNamespace(kind="accept", reason="")
PREVIEW = SimpleNamespace(act=["a"], unverified=0, skipped={}, marked={})


def desk(session, name):
    from overdraft.ui import desk as forms

    return getattr(forms, name)(session, canvas=QgsMapCanvas())


def setup(session, name):
    from overdraft.core.importing.source import Source
    from overdraft.processing.setup import LayerRef
    from overdraft.ui.setup.reading_options import ReadingOptions
    from overdraft.ui.setup.state import RoleLayer
    from overdraft.ui.setup.wizard import SetupWizard
    from overdraft.ui.setup.words_dialog import WordsDialog

    if name == "SetupWizard":
        return SetupWizard(session)
    layer = RoleLayer(
        "wells",
        LayerRef("机井"),
        source=Source(pd.DataFrame({"状态": ["封", "拆"]}), np.arange(2)),
        columns={"status": "状态"},
    )
    return {"ReadingOptions": ReadingOptions, "WordsDialog": WordsDialog}[name](layer)


def policy(session, name):
    from overdraft.core.policy import Edits, open_draft
    from overdraft.ui.policy.compare import CompareDialog
    from overdraft.ui.policy.dialog import PolicyDialog

    QgsSettings().setValue("overdraft/policy/count_after_change", False)
    return (
        PolicyDialog(session, SMALL) if name == "PolicyDialog" else CompareDialog(open_draft(SMALL), Edits())
    )


def pairing(session, name):
    from overdraft.ui.pairing.dialog import PairingDialog
    from overdraft.ui.pairing.questions import BreakDialog

    return PairingDialog(session, QgsMapCanvas()) if name == "PairingDialog" else BreakDialog("N1", "W1")


def retirement(session, name):
    from overdraft.ui.retirement import compare_dialog, planner, solve_dialog

    if name == "RetirementPlanner":
        return planner.RetirementPlanner(session, QgsMapCanvas())
    if name == "SolveDialog":
        return solve_dialog.SolveDialog(
            SimpleNamespace(goals=pd.DataFrame({"year": [2026]}), years=(2026, 2027))
        )
    scenarios = [SimpleNamespace(name="甲"), SimpleNamespace(name="乙")]
    return compare_dialog.CompareDialog(None, scenarios, scenarios[0], None)


def review(session, name):
    from overdraft.core.casefile import Change, ConflictError
    from overdraft.ui.review import dialogs, dock, shown

    change = Change("settings", {"key": "review.four_eyes"}, None, {"value": "true"})
    canvas = QgsMapCanvas()
    iface = SimpleNamespace(mapCanvas=lambda: canvas, messageBar=lambda: None)
    return {
        "ReviewDock": lambda: dock.ReviewDock(session, iface),
        "SignDialog": lambda: dialogs.SignDialog(session),
        "BulkDialog": lambda: dialogs.BulkDialog(ACT, PREVIEW),
        "ConflictDialog": lambda: shown.ConflictDialog(ConflictError([(change, None)])),
        **{
            kind: lambda kind=kind: getattr(dialogs, kind)(session, 3)
            for kind in ("OverrideDialog", "DeferDialog", "ReopenDialog")
        },
    }[name]()


def export(session, name):
    from overdraft.ui.export import ExportDialog

    return ExportDialog(session)


def dashboard(session, name):
    from overdraft.ui.dashboard.dock import DashboardDock

    return DashboardDock(session)


WINDOWS = {
    "SetupWizard": setup,
    "ReadingOptions": setup,
    "WordsDialog": setup,
    **dict.fromkeys(
        ("SealForm", "ApplicationForm", "DecideForm", "LinkForm", "LandForm", "ObjectionForm"), desk
    ),
    "PolicyDialog": policy,
    "policy.CompareDialog": policy,
    "PairingDialog": pairing,
    "BreakDialog": pairing,
    "RetirementPlanner": retirement,
    "SolveDialog": retirement,
    "retirement.CompareDialog": retirement,
    **dict.fromkeys(("ReviewDock", "SignDialog", "OverrideDialog", "DeferDialog", "ReopenDialog"), review),
    **dict.fromkeys(("BulkDialog", "ConflictDialog"), review),
    "DashboardDock": dashboard,
    "ExportDialog": export,
}
FIELDS = (QComboBox, QAbstractSpinBox, QCheckBox, QRadioButton, QLineEdit, QPlainTextEdit)
COLON = re.compile("[:：]\\s*$")
MNEMONIC = re.compile("&([^&\\s])")


@pytest.fixture
def opened(request, language, qgis_new_project, qtbot, monkeypatch):
    """A window without a case: its widgets are all there, and nothing has to be read."""
    from overdraft.ui.retirement import compare_dialog
    from overdraft.ui.session import Session

    QgsSettings().remove("overdraft")
    monkeypatch.setattr(compare_dialog.CompareDialog, "_compare", lambda self: None)
    session = Session(QgsProject.instance())
    window = WINDOWS[request.param](session, request.param.rpartition(".")[2])
    qtbot.addWidget(window)
    if request.param == "PolicyDialog":
        qtbot.waitUntil(lambda: window.draft is not None, timeout=20_000)
    yield window
    if hasattr(window, "unload"):
        window.unload()
    window.close()
    session.close()
    session.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def mnemonics(window):
    """Letter → widgets that answer to Alt and it."""
    found = defaultdict(list)
    for widget in window.findChildren(QWidget):
        texts = []
        if isinstance(widget, (QAbstractButton, QGroupBox)):
            texts = [widget.title() if isinstance(widget, QGroupBox) else widget.text()]
        elif isinstance(widget, QLabel) and widget.buddy() is not None:
            texts = [widget.text()]
        elif isinstance(widget, QTabBar):
            texts = [widget.tabText(place) for place in range(widget.count())]
        for text in texts:
            for letter in MNEMONIC.findall(text.replace("&&", "")):
                found[letter.casefold()].append(widget)
    return found


def never_together(one, other):
    """Do they stand on different pages of one stack?"""
    pages = [{}, {}]
    for place, widget in zip(pages, (one, other), strict=True):
        while widget.parentWidget() is not None:
            stack = widget.parentWidget()
            if isinstance(stack, QStackedWidget):
                place[stack] = stack.indexOf(widget)
            widget = stack
    return any(pages[1].get(stack, place) != place for stack, place in pages[0].items())


def of_ours(widget, window):
    """Not an inner part of one of Qt's or QGIS's own widgets."""
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        of_qgis = type(parent).__module__.startswith("qgis") and "GroupBox" not in type(parent).__name__
        if of_qgis or isinstance(parent, (QAbstractSpinBox, QComboBox)):
            return False
        parent = parent.parentWidget()
    return not widget.objectName().startswith("qt_")


def all_kinds():
    """Every window class of the plugin that can be opened."""
    for module in pkgutil.walk_packages(overdraft.ui.__path__, "overdraft.ui."):
        importlib.import_module(module.name)

    def below(kind):
        return {kind} | {one for sub in kind.__subclasses__() for one in below(sub)}

    kinds = below(Dialog) | below(Dock)
    return {kind for kind in kinds if not kind.__subclasses__() and kind not in (Dialog, Dock)}


def test_every_window_is_looked_at():
    kinds = all_kinds()
    names = [kind.__name__ for kind in kinds]
    twice = {name for name in names if names.count(name) > 1}
    full = {
        f"{kind.__module__.split('.')[2]}.{kind.__name__}" if kind.__name__ in twice else kind.__name__
        for kind in kinds
    }
    assert full == set(WINDOWS)


@pytest.mark.parametrize("opened", WINDOWS, indirect=True)
def test_conventions(opened, language, monkeypatch):
    window = opened
    faults = []
    # U9 one letter leads to one place; a label with a letter leads to its field
    for letter, widgets in mnemonics(window).items():
        for one, other in itertools.combinations(widgets, 2):
            if not never_together(one, other):
                faults.append(("the same letter", letter, told(one), told(other)))
    labels = window.findChildren(QLabel)
    faults += [
        ("a label that leads nowhere", label.text())
        for label in labels
        if MNEMONIC.search(label.text())
        and (label.buddy() is None or label.buddy().focusPolicy() == Qt.FocusPolicy.NoFocus)
    ]
    for form in window.findChildren(QFormLayout):
        faults += [("a field's label that is not its own", text) for text in without_buddy(form)]
    # U1 no colon at the end
    for widget in window.findChildren(QWidget):
        text = widget.text() if isinstance(widget, (QLabel, QAbstractButton)) else ""
        faults += [("a colon", one) for one in (text, plain(widget.toolTip())) if COLON.search(one)]
    # U15 every field says what it is for
    for widget in window.findChildren(QWidget):
        if isinstance(widget, FIELDS) and of_ours(widget, window):
            if not widget.toolTip() and not widget.isHidden():
                faults.append(("no tooltip", type(widget).__name__, widget.objectName()))
            if not widget.objectName():
                faults.append(("no name", type(widget).__name__, widget.toolTip()))
    # U9 Tab leaves a table, however many cells it has
    for table in window.findChildren(QTableView):
        faults += [("a table that keeps Tab", table.objectName())] if table.tabKeyNavigation() else []
    # U3 a button box with Help, which opens a page that is there
    if isinstance(window, Dialog):
        assert isinstance(window.buttons, QDialogButtonBox)
        assert window.buttons.button(QDialogButtonBox.StandardButton.Help) is not None
    shown = []
    monkeypatch.setattr(help_module, "QDesktopServices", SimpleNamespace(openUrl=shown.append))
    window.show_help()
    (url,) = shown
    page = Path(QUrl(url).toLocalFile())
    folder = {"en": "en", "zh": "zh_CN"}[language]
    assert page.is_file(), page
    assert page.parent.parent.name == folder
    assert not faults, "\n".join(map(str, faults))


@pytest.mark.parametrize("opened", WINDOWS, indirect=True)
def test_tab_leads_through_every_field_and_back(opened, qtbot):
    """U9: no widget keeps the focus, none is left out; the box of the buttons comes last."""
    window = opened
    window.show()
    hand = Hand(qtbot, window)
    reachable = {
        widget
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
        and widget.isVisibleTo(window)
        and widget.isEnabled()
        and of_ours(widget, window)
        and not (isinstance(widget, QRadioButton) and not widget.isChecked())  # the arrows lead to it
    }
    if not reachable:
        return
    window.focusNextChild()
    visited = []
    for _ in range(4 * len(reachable) + 4):  # a date is left after its year, month and day
        hand.key(Qt.Key.Key_Tab)
        if hand.at not in visited[-1:]:
            visited.append(hand.at)
    assert {told(widget) for widget in reachable - set(visited)} == set(), [told(one) for one in visited]
    assert visited.count(visited[0]) > 1 or len(reachable) == 1


def told(widget):
    text = widget.title() if isinstance(widget, QGroupBox) else getattr(widget, "text", widget.objectName)()
    return f"{type(widget).__name__} {widget.objectName()} {text}"


def plain(tip):
    return re.sub("<[^>]*>", "", tip)


def without_buddy(form):
    """Labels of a form whose field can be typed in and is not reached by them."""
    for row in range(form.rowCount()):
        label, field = (
            form.itemAt(row, role)
            for role in (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)
        )
        if label is None or field is None or not isinstance(label.widget(), QLabel):
            continue
        own = field.widget()
        inside = [own] if own is not None else [field.itemAt(n).widget() for n in range(field.count())]
        inside += [child for one in inside if one is not None for child in one.findChildren(QWidget)]
        if any(isinstance(one, (*FIELDS, QTextEdit)) for one in inside) and label.widget().buddy() is None:
            yield label.widget().text()
