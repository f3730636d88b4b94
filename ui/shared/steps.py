"""Work that QGIS allows on the main thread alone, such as layouts, done in steps between which the windows are served.

A step is as long as the work makes it; what can be done in the background within it, is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from .tasks import Progress, in_background

_POLL_MS = 40
"""How often a step that waits for the background looks for its end."""


class Steps(QObject):
    """The counterpart of :class:`Work`: the same callbacks, ``progressChanged`` and ``cancel``.

    Args:
        steps: yields the share that is done, or None while it waits for the background; returns the result. A
            cancel closes it, and nothing may be left half made then.
    """

    progressChanged = pyqtSignal(float)  # noqa: N815 - as QgsTask names it

    def __init__(
        self,
        steps: Generator[float | None, None, Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        ended: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._steps, self._done, self._failed, self._ended = steps, done, failed, ended
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._step)

    def begin(self) -> Steps:
        """Take the first step as soon as the windows are served."""
        self._timer.start(0)
        return self

    def cancel(self) -> None:
        """Take no further step; to be called between steps."""
        self._timer.stop()
        try:
            self._steps.close()
        finally:
            self._end()

    def _step(self) -> None:
        try:
            share = next(self._steps)
        except StopIteration as result:
            self._close(self._done, result.value)
        except Exception as error:  # whatever it is, the window shows it
            self._close(self._failed, error)
        else:
            if share is not None:
                self.progressChanged.emit(100 * share)
            self._timer.start(_POLL_MS if share is None else 0)

    def _close(self, told: Callable[[Any], None], value: object) -> None:
        try:
            told(value)
        finally:
            self._end()

    def _end(self) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()


def awaited(function: Callable[[Progress], Any]) -> Iterator[None]:
    """``yield from`` it within steps: the result of a function that is done in the background."""
    begun = in_background(function)
    try:
        while not begun.done():
            yield None
        return begun.result()
    finally:
        begun.cancel()
