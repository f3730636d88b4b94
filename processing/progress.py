"""The feedback of Processing as a plain callable, as ``core`` wants it."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsProcessingFeedback

from ..core.errors import Cancelled


class Progress:
    """0…1 of a run or of a part of it; calling it raises ``Cancelled`` when the user cancelled."""

    def __init__(self, feedback: QgsProcessingFeedback, start: float = 0.0, end: float = 1.0) -> None:
        self._feedback = feedback
        self._start = start
        self._end = end

    def __call__(self, fraction: float) -> None:
        if self._feedback.isCanceled():
            raise Cancelled
        within = min(max(fraction, 0.0), 1.0)
        self._feedback.setProgress(100 * (self._start + within * (self._end - self._start)))

    def part(self, start: float, end: float) -> Callable[[float], None]:
        """The same for a part of this range."""
        width = self._end - self._start
        return Progress(self._feedback, self._start + start * width, self._start + end * width)
