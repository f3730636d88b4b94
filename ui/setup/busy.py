"""The strip of a window that shows background work and stops it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from ...processing.texts import tr
from ..shared.plain import set_tip
from ..shared.tasks import Progress, Work, start


class Busy(QWidget):
    """Title, progress and a stop button while something is going on; hidden otherwise.

    Signals:
        changed: work has begun or ended.
    """

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("busy")
        self._works: dict[Work, Callable[[], None] | None] = {}
        self._state = state = {"closed": False}
        self.destroyed.connect(lambda: state.update(closed=True))
        self.title = QLabel(self)
        self.title.setObjectName("busy_title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("busy_bar")
        self.stop_button = QPushButton(tr("S&top"), self)
        self.stop_button.setObjectName("busy_stop")
        set_tip(self.stop_button, tr("Stop what is going on; nothing is left behind"))
        self.stop_button.clicked.connect(self.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title, 2)
        row.addWidget(self.bar, 2)
        row.addWidget(self.stop_button)
        self._tell()

    @property
    def working(self) -> bool:
        """Is something going on?"""
        return bool(self._works)

    def run(
        self,
        title: str,
        function: Callable[[Progress], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        stopped: Callable[[], None] = lambda: None,
        to_the_end: bool = False,
    ) -> Work:
        """Do something in the background; one of the three is called on the main thread, none once closed.

        Args:
            to_the_end: when it is stopped, wait until it has really ended: it writes something.
        """
        work = Work(
            title,
            function,
            lambda result: self._over(work, lambda: done(result)),
            lambda error: self._over(work, lambda: failed(error)),
            lambda: self._over(work, stopped),
        )
        self._works[work] = None if to_the_end else stopped
        work.progressChanged.connect(lambda percent: self._state["closed"] or self._tell())
        start(work)
        self._tell()
        self.changed.emit()
        return work

    def drop(self, work: Work) -> None:
        """Stop one piece of work and forget it at once; nothing of it is called any more."""
        if work in self._works:
            work.cancel()
            self._over(work, lambda: None)

    def stop(self) -> None:
        """Stop all work; the window answers at once, whatever the work is doing."""
        for work, stopped in list(self._works.items()):
            work.cancel()
            if stopped is not None:
                self._over(work, stopped)
            else:
                self.title.setText(tr("Is being stopped…"))

    def close_down(self) -> None:
        """The window goes: stop all work and call nothing of it any more."""
        self._state["closed"] = True
        for work in self._works:
            work.cancel()
        self._works.clear()

    def _over(self, work: Work, tell: Callable[[], None]) -> None:
        if self._state["closed"] or work not in self._works:
            return
        del self._works[work]
        self._tell()
        tell()
        self.changed.emit()

    def _tell(self) -> None:
        self.setVisible(self.working)
        if self.working:
            work = list(self._works)[-1]
            self.title.setText(work.description())
            self.bar.setValue(int(work.progress()))
