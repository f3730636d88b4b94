"""What every kind of papers in the window has: its choices, its first page, its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qgis.core import QgsProcessingException
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...processing.first_page import first_page
from ...processing.paper_options import PROFILES
from ..shared.steps import Steps
from ..shared.tasks import AlgorithmFailed, Progress, Work, algorithm, start

PARTS = ("COUNTY", "ZONE", "AUTHORITY", "PERIOD", "PROFILE")
"""What of the case papers can be limited to, and who may see them."""


@dataclass(frozen=True)
class Order:
    """One piece of work that a page begins.

    Attributes:
        title: in QGIS's list of tasks. given: the case and the part of it, as algorithms take them.
        done: told the first page (HTML or a picture) or what the algorithm answers; failed: the error; ended: in every
            case, after them. told: the percent that is done.
    """

    title: str
    given: Mapping[str, object]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    ended: Callable[[], None]
    told: Callable[[float], None] = lambda percent: None


class Page(QWidget):
    """One kind of papers.

    Attributes:
        ALGORITHM: makes them. TAKES: of :data:`PARTS`, what it can be limited to. PROFILES: for whom they can be made.

    Signals:
        changed: something else is asked for.
    """

    ALGORITHM = ""
    TAKES: tuple[str, ...] = PARTS
    PROFILES: tuple[str, ...] = PROFILES
    changed = pyqtSignal()

    def problem(self) -> str:
        """Why nothing can be exported; empty where something can."""
        return ""

    def parameters(self) -> dict[str, object]:
        """What the algorithm is given beside the part of the case; what is not said is left out."""
        raise NotImplementedError

    def previewed(self) -> dict[str, object]:
        """The same for the first page."""
        return self.parameters()

    def keep(self) -> None:
        """Remember for the next time what stays the same from paper to paper."""

    def look(self, order: Order) -> Work | Steps:
        """Begin to make the first page."""
        name, asked = self.ALGORITHM, {**order.given, **self.previewed()}
        return self._work(order, lambda _: plainly(first_page, name, asked))

    def run(self, order: Order) -> Work | Steps:
        """Begin to make the files."""
        return self._work(order, algorithm(self.ALGORITHM, {**order.given, **self.parameters()}))

    @staticmethod
    def _work(order: Order, function: Callable[[Progress], Any]) -> Work:
        work = Work(order.title, function, order.done, order.failed, order.ended)
        work.progressChanged.connect(order.told)
        return start(work)


def plainly(function: Callable[..., Any], *given: object) -> Any:
    """What a function of Processing returns; what it refuses is no fault of the program."""
    try:
        return function(*given)
    except QgsProcessingException as error:
        raise AlgorithmFailed(str(error)) from error
