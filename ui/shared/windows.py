"""Dialogs and docks with what each of ours has: a name that is remembered, a button box, a Help button."""

from __future__ import annotations

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QPushButton,
    QScrollArea,
    QShortcut,
    QVBoxLayout,
    QWidget,
)

from ...processing.texts import tr
from .help import open_window_help
from .settings import remember_geometry, restore_geometry

LARGEST = (1000, 580)
"""No dialog opens larger than this at 100 %; long content scrolls."""


class Dialog(QDialog):
    """A dialog named ``NAME``: its body above a button box with Help; F1 opens the help too.

    A subclass fills ``self.body`` and calls :meth:`finish` with its buttons.
    """

    NAME = ""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"overdraft_{self.NAME}")
        self.setWindowTitle(title)
        self.body = QVBoxLayout()
        self.buttons = QDialogButtonBox()
        self._outer = QVBoxLayout(self)
        self._outer.addLayout(self.body)

    def finish(self, *buttons: QDialogButtonBox.StandardButton) -> None:
        """Add the standard buttons and Help, connect them, and restore size and place; to be called last.

        Tab goes through the fields, then through the buttons, and begins again. The box itself passes the focus on to
        its first button: where that is disabled or hidden, Tab would stay where it is.
        """
        self._outer.addWidget(self.buttons)
        for button in (*buttons, QDialogButtonBox.StandardButton.Help):
            self.buttons.addButton(button).setText(_text_of(button))
        self.buttons.setFocusProxy(None)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.helpRequested.connect(self.show_help)
        QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), self, self.show_help)
        if not restore_geometry(self):
            self.resize(self.sizeHint().boundedTo(QSize(*LARGEST)))

    def show_help(self) -> None:
        """Open the page of this dialog."""
        open_window_help(self.NAME)

    def done(self, result: int) -> None:
        remember_geometry(self)
        super().done(result)


def no_default_button(window: QWidget) -> None:
    """Return in a field ends the typing and presses no button."""
    for button in window.findChildren(QPushButton):
        button.setAutoDefault(False)
        button.setDefault(False)


def scrolled(page: QWidget, name: str) -> QScrollArea:
    """A page that scrolls where it does not fit: letters are of many sizes."""
    area = QScrollArea()
    area.setObjectName(name)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(page)
    return area


def _text_of(button: QDialogButtonBox.StandardButton) -> str:
    """The text of a standard button; Qt's own translation is not on every machine."""
    kinds = QDialogButtonBox.StandardButton
    return {
        kinds.Ok: tr("OK"),
        kinds.Cancel: tr("Cancel"),
        kinds.Close: tr("Close"),
        kinds.Save: tr("Save"),
        kinds.Apply: tr("Apply"),
        kinds.Help: tr("Help"),
    }[button]


class Dock(QgsDockWidget):
    """A dock named ``NAME``, closable, whose place QGIS remembers under its object name."""

    NAME = ""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setObjectName(f"overdraft_{self.NAME}")
        self.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), self, self.show_help)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def show_help(self) -> None:
        """Open the page of this dock."""
        open_window_help(self.NAME)
