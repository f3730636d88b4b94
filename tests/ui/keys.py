"""A person at the keyboard: every key and click is a real event, and is counted."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication


class Hand:
    """Presses keys where the focus is, as Qt would deliver them; ``count`` says how often."""

    def __init__(self, qtbot, window) -> None:
        self.qtbot, self.window, self.count = qtbot, window, 0
        window.activateWindow()
        QApplication.setActiveWindow(window)

    @property
    def at(self):
        """The widget that gets the keys: that of a list that has dropped down, else the one with the focus. A list of
        completions leaves the keys to its field."""
        popup = QApplication.activePopupWidget()
        if popup is not None and popup.focusProxy() is None:
            return popup.focusWidget() or popup
        focused = self.window.focusWidget()
        return self.window if focused is None else focused  # an empty list is false

    def key(self, key, *modifiers) -> None:
        """Press one key."""
        self.count += 1
        self.qtbot.keyClick(self.at, key, *modifiers)

    def type(self, text: str) -> None:
        """Type a text."""
        for letter in text:
            self.key(letter)

    def letter(self, letter: str) -> None:
        """Press Alt and a letter: the mnemonic of a label or button."""
        self.key(letter, Qt.KeyboardModifier.AltModifier)

    def tab_to(self, name: str) -> None:
        """Press Tab until the widget of a name has the focus."""
        for _ in range(120):
            if self.at.objectName() == name:
                return
            self.key(Qt.Key.Key_Tab)
        raise AssertionError(name)

    def click(self, widget) -> None:
        """Click a widget."""
        self.count += 1
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
