"""Work in the background with title, progress and a cancel that works.

Background code is given plain data or paths and touches neither widgets nor layers of the project; what it found comes
back on the main thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsTask,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEventLoop, QObject

from ...core.errors import Cancelled
from ...processing.texts import tr

Progress = Callable[[float], None]


def _take_timers() -> None:
    """Let Qt's own parts set timers in this thread, as the layout of a text does: a loop is enough, it need not run."""
    QEventLoop()


_THREAD = ThreadPoolExecutor(1, "overdraft", _take_timers)
"""All work is done in this one thread, in turn: pyproj 3.7 crashes when the threads that use it come and go, as
those of QGIS's tasks do."""

_LOOK_SECONDS = 0.2
"""How often work that waits for its turn looks whether it was cancelled."""


class Work(QgsTask):
    """One piece of background work.

    Args:
        function: called with ``progress(share)``, 0 to 1, which raises ``Cancelled`` once the user has cancelled.
        done: given its result; failed: given its error. Both on the main thread; neither after a cancel.
        ended: called in every case, after them.
    """

    def __init__(
        self,
        title: str,
        function: Callable[[Progress], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        ended: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(title, QgsTask.Flag.CanCancel)
        self._function, self._done, self._failed, self._ended = function, done, failed, ended
        self._result: Any = None
        self._error: Exception | None = None

    def progressed(self, share: float) -> None:
        """Note how far the work is; stop it if the user has cancelled."""
        if self.isCanceled():
            raise Cancelled
        self.setProgress(100 * share)

    def run(self) -> bool:
        try:
            self._result = self._wait(_THREAD.submit(self._function, self.progressed))
        except Cancelled:
            return False
        except Exception as error:  # whatever it is belongs to the main thread, which shows it
            self._error = error
            return False
        return not self.isCanceled()

    def _wait(self, begun: Future) -> Any:
        """Its result. Work that is cancelled while it waits for other work is never begun."""
        while True:
            try:
                return begun.result(timeout=_LOOK_SECONDS)
            except TimeoutError:
                if begun.done():
                    raise  # of the work itself
                if self.isCanceled() and begun.cancel():
                    raise Cancelled from None

    def finished(self, successful: bool) -> None:
        try:
            if self.isCanceled():
                return
            if successful:
                self._done(self._result)
            elif self._error is not None:
                self._failed(self._error)
        finally:
            _RUNNING.discard(self)
            if self._ended is not None:
                self._ended()


def alive(owner: QObject, function: Callable[..., None]) -> Callable[..., None]:
    """``function`` as long as its owner lives: work may end later than the window that began it."""

    def call(*given: Any) -> None:
        if not sip.isdeleted(owner):
            function(*given)

    return call


_RUNNING: set[QgsTask] = set()
"""Tasks under way: QGIS does not keep their Python side alive."""


def in_background(function: Callable[[Progress], Any]) -> Future:
    """Begin it in the thread of all background work, for callers that look for its end themselves."""
    return _THREAD.submit(function, lambda share: None)


def start(work: Work) -> Work:
    """Hand the work to QGIS's task manager."""
    _RUNNING.add(work)
    QgsApplication.taskManager().addTask(work)
    return work


class _Feedback(QgsProcessingFeedback):
    """Passes the progress of an algorithm on and its cancel in; keeps what it said."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(False)
        self._progress = progress
        self.warnings: list[str] = []
        self.progressChanged.connect(self._changed)

    def _changed(self, percent: float) -> None:
        try:
            self._progress(percent / 100)
        except Cancelled:
            self.cancel()

    def isCanceled(self) -> bool:
        self._changed(self.progress())
        return super().isCanceled()

    def pushWarning(self, warning: str) -> None:
        self.warnings.append(warning)


class AlgorithmFailed(Exception):  # noqa: N818 - what happened, as elsewhere in the house
    """An algorithm stopped; its text is in the user's language already."""


def algorithm(name: str, parameters: Mapping[str, object]) -> Callable[[Progress], dict]:
    """One of our algorithms as a function for :class:`Work`; its answer is that of ``processing.run``.

    Its inputs and outputs are paths: layers of the project must not be used outside the main thread.
    """

    def function(progress: Progress) -> dict:
        instance = QgsApplication.processingRegistry().createAlgorithmById(f"overdraft:{name}")
        context, feedback = QgsProcessingContext(), _Feedback(progress)
        accepted, problem = instance.checkParameterValues(dict(parameters), context)
        if not accepted:
            raise AlgorithmFailed(problem)
        try:
            answer, successful = instance.run(dict(parameters), context, feedback, {}, False)
        except QgsProcessingException as error:
            raise AlgorithmFailed(str(error)) from error
        if feedback.isCanceled():
            raise Cancelled
        if not successful:
            raise AlgorithmFailed(tr("The algorithm stopped without saying why."))
        return {**answer, "WARNINGS": feedback.warnings}

    return function
