"""The bars of the review dock: how map and list follow each other, and what can be done with the findings chosen."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QSignalBlocker, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QShortcut,
    QVBoxLayout,
    QWidget,
)

from ...core.casefile import CaseRows
from ...core.messages import render
from ...core.review import Act, refusals
from ...processing.texts import tr, ui_language
from ..shared.plain import PlainLabel, set_tip
from ..shared.settings import UserSettings

DECISIONS = ("accept", "override", "defer", "verify", "reopen")
_ASKED = ("subject_id", "outcome", "gone", "state", "decided_by", "stale")
"""What must be known of a row to tell which of them can be made."""


def is_pair_matter(row: SimpleNamespace) -> bool:
    """Can the wells of this finding's subject be paired: is it an application or a pair?"""
    return row.subject_role in ("applications", "pairs")


class MapBar(QWidget):
    """What the map does when a row is chosen, and whether the list follows the map.

    Signals:
        changed: the user chose otherwise; the settings hold it already.
        show_selected: select in the list what is selected on the map.
    """

    changed = pyqtSignal()
    show_selected = pyqtSignal()

    def __init__(self, settings: UserSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overdraft_review_map")
        self._settings = settings
        self.follow = {
            "zoom": self._choice(
                "zoom", tr("&Zoom"), tr("The map zooms to the subject of the current finding")
            ),
            "pan": self._choice("pan", tr("Pa&n"), tr("The map moves to it and keeps its scale")),
            "off": self._choice(
                "off", tr("O&ff"), tr("The map stays where it is; the subject is highlighted")
            ),
        }
        self.flash = QCheckBox(tr("Flas&h"))
        self.flash.setObjectName("flash")
        set_tip(self.flash, tr("The subject of the current finding flashes on the map"))
        self.in_view = QCheckBox(tr("Only in map vie&w"))
        self.in_view.setObjectName("in_view")
        set_tip(
            self.in_view,
            tr("Lists only findings whose subject the map shows; the map then stays where it is"),
        )
        self.selected = QPushButton(tr("Show Selected in &List"))
        self.selected.setObjectName("show_selected")
        set_tip(self.selected, tr("Selects the findings on the features that are selected on the map"))
        self.follow.get(settings.follow, self.follow["zoom"]).setChecked(True)
        self.flash.setChecked(settings.flash)
        self.in_view.setChecked(settings.in_view)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel(tr("Map")))
        for widget in (*self.follow.values(), self.flash, self.in_view, self.selected):
            layout.addWidget(widget)
        layout.addStretch()
        for button in self.follow.values():
            button.toggled.connect(self._keep)
        self.flash.toggled.connect(self._keep)
        self.in_view.toggled.connect(self._keep)
        self.selected.clicked.connect(lambda *_: self.show_selected.emit())

    def begin_with(self, *widgets: QWidget) -> None:
        """Put these at the left end of the bar."""
        for place, widget in enumerate(widgets):
            self.layout().insertWidget(place, widget)
        QWidget.setTabOrder(widgets[-1], self.follow["zoom"])

    def _choice(self, name: str, text: str, tip: str) -> QRadioButton:
        button = QRadioButton(text)
        button.setObjectName(name)
        set_tip(button, tip)
        return button

    def _keep(self, on: bool) -> None:
        if self.sender() in self.follow.values() and not on:
            return  # the one that is switched on speaks for both
        self._settings.follow = next(name for name, button in self.follow.items() if button.isChecked())
        self._settings.flash = self.flash.isChecked()
        self._settings.in_view = self.in_view.isChecked()
        self.changed.emit()


class ActionBar(QWidget):
    """The buttons below the list.

    Signals:
        asked: a button was pressed or a shortcut used; with the name of what it does.
    """

    asked = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overdraft_review_actions")
        self._tips: dict[str, str] = {}
        self._why: dict[str, str] = {}
        self.buttons = {
            "accept": self._button("accept", tr("&Accept"), tr("The finding holds (A)")),
            "override": self._button(
                "override", tr("&Override…"), tr("Another outcome holds, with a reason (O)")
            ),
            "defer": self._button("defer", tr("&Defer…"), tr("Decide on a later day, with a reason (D)")),
            "verify": self._button("verify", tr("&Verify"), tr("A second person confirms the decision")),
            "reopen": self._button(
                "reopen", tr("&Reopen…"), tr("Take a decision back that stands, with a reason")
            ),
            "pair": self._button("pair", tr("&Pair…"), tr("Pair the wells of this renewal (P)")),
            "previous": self._button(
                "previous", tr("Prev"), tr("The finding above (K)"), "/mActionArrowUp.svg"
            ),
            "next": self._button("next", tr("Next"), tr("The finding below (J)"), "/mActionArrowDown.svg"),
            "undo": self._button(
                "undo", tr("Undo"), tr("Takes the last decision back (Ctrl+Z)"), "/mActionUndo.svg"
            ),
            "redo": self._button("redo", tr("Redo"), tr("Makes it again (Ctrl+Y)"), "/mActionRedo.svg"),
        }
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setMaximumWidth(120)
        self.doing = PlainLabel()
        self.stop = QPushButton(tr("Cancel"))
        self.stop.setObjectName("cancel")
        set_tip(self.stop, tr("Stops the work; none of it is kept"))
        self.stop.clicked.connect(lambda *_: self.asked.emit("cancel"))
        self.chosen = PlainLabel()
        self.chosen.setObjectName("chosen")
        self.chosen.setWordWrap(False)
        self._lay_out()
        self.busy("")

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for name, button in self.buttons.items():
            (first if name in (*DECISIONS, "pair") else second).addWidget(button)
        first.addStretch()
        for widget in (self.doing, self.progress, self.stop):
            second.addWidget(widget)
        second.addStretch()
        second.addWidget(self.chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(first)
        layout.addLayout(second)

    def shortcuts(self, window: QWidget) -> None:
        """Undo and redo by keys, anywhere in the window."""
        for name, standard in (
            ("undo", QKeySequence.StandardKey.Undo),
            ("redo", QKeySequence.StandardKey.Redo),
        ):
            for keys in dict.fromkeys(one.toString() for one in QKeySequence.keyBindings(standard)):
                shortcut = QShortcut(QKeySequence(keys), window)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(lambda name=name: self.asked.emit(name))

    def _button(self, name: str, text: str, tip: str, icon: str = "") -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        if icon:
            button.setIcon(QgsApplication.getThemeIcon(icon))
        button.clicked.connect(lambda *_: self.asked.emit(name))
        self._tips[name] = tip
        set_tip(button, tip)
        return button

    def tell(self, chosen: int, listed: int) -> None:
        """Say how many findings are selected."""
        self.chosen.setText(tr("{n} of {m} selected").format(n=f"{chosen:,}", m=f"{listed:,}"))

    def busy(self, title: str) -> None:
        """Show that work is under way, or that it has ended."""
        self.doing.setText(title)
        for widget in (self.doing, self.progress, self.stop):
            widget.setVisible(bool(title))

    def may(self, name: str) -> bool:
        """Is the button enabled?"""
        return self.buttons[name].isEnabled()

    def why_not(self, name: str) -> str:
        """Why the button is disabled."""
        return self._why.get(name, "")

    def allow(
        self,
        row: SimpleNamespace | None,
        chosen: int,
        person: str,
        four_eyes: bool,
        store: CaseRows | None,
        busy: bool,
    ) -> None:
        """Enable what can be done; a disabled button says why not."""
        general = ""
        if busy:
            general = tr("Wait until the work under way has ended, or cancel it.")
        elif store is None:
            general = tr("The case is being checked and backed up first. Decisions can be made in a moment.")
        elif store.read_only:
            general = tr("The case file can only be read: it is write-protected or of a newer version.")
        elif not chosen:
            general = tr("Choose a finding in the list first.")
        single = chosen == 1 and row is not None and not general
        refused = _refused(row, person, four_eyes) if single else {}
        for name in DECISIONS:
            self._allow(name, general or refused.get(name, ""))
        pair = general or (
            "" if row and is_pair_matter(row) else tr("Only applications and pairs can be paired.")
        )
        self._allow("pair", pair)

    def allow_undo(self, undo: bool, redo: bool) -> None:
        """Enable undo and redo."""
        self._allow("undo", "" if undo else tr("Nothing was decided since the case was opened."))
        self._allow("redo", "" if redo else tr("Nothing was taken back."))

    def _allow(self, name: str, why_not: str) -> None:
        self._why[name] = why_not
        button = self.buttons[name]
        with QSignalBlocker(button):
            button.setEnabled(not why_not)
        set_tip(button, why_not or self._tips[name])


def _refused(row: SimpleNamespace, person: str, four_eyes: bool) -> dict[str, str]:
    """Why each act cannot be done on a finding, in the user's words; empty where it can."""
    cells = pd.DataFrame({name: [getattr(row, name)] for name in _ASKED})
    keys = {kind: refusals(cells, Act(kind, person), four_eyes)[0] for kind in DECISIONS}
    return {kind: render(key, {}, ui_language()) if key else "" for kind, key in keys.items()}
