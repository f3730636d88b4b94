"""Where the keys go while a window is locked and after it."""

from __future__ import annotations

from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QWidget


class Focus:
    """The widget of a window that had the focus before the window was locked."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._before: QWidget | None = None

    def keep(self) -> None:
        """Remember it; a second lock does not forget it."""
        self._before = self._before or self._window.focusWidget()

    def give_back(self, start: QWidget) -> None:
        """The keys go on where they were, or at ``start`` where that is gone or off by now."""
        before, self._before = self._before, None
        if before is not None:
            here = not sip.isdeleted(before) and before.isEnabled() and before.isVisible()
            (before if here else start).setFocus()
