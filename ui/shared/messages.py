"""What is said in QGIS's message bar: short when all is well, until closed when not. Texts are shown literally."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import Qgis, QgsMessageLog
from qgis.PyQt.QtWidgets import QPushButton

from ...core.errors import OverdraftError
from ...processing.texts import tr, ui_language
from .plain import escaped
from .tasks import AlgorithmFailed

TAG = "Overdraft"
_SECONDS = 6


def text_of(error: Exception) -> str:
    """What went wrong in the user's language; an error that is not ours with its type, for the maintainer."""
    if isinstance(error, OverdraftError):
        return error.text(ui_language())
    return str(error) or type(error).__name__


def say(bar: object, text: str, show: Callable[[], None] | None = None) -> None:
    """A short note that something is done, with a button "Show" where there is something to show."""
    item = bar.createMessage(tr("Groundwater Zoning"), escaped(text))
    if show is not None:
        button = QPushButton(tr("Show"))
        button.clicked.connect(lambda *_: show())
        item.layout().addWidget(button)
    bar.pushWidget(item, Qgis.MessageLevel.Success, _SECONDS)


def warn(bar: object, text: str) -> None:
    """A warning, shown until it is closed."""
    bar.pushMessage(tr("Groundwater Zoning"), escaped(text), Qgis.MessageLevel.Warning, 0)


def complain(bar: object, error: Exception) -> None:
    """An error, shown until it is closed; an unforeseen one goes to the log as well."""
    bar.pushMessage(tr("Groundwater Zoning"), escaped(text_of(error)), Qgis.MessageLevel.Critical, 0)
    note(error)


def note(error: Exception) -> None:
    """Put an unforeseen error into the log, by its type alone: its text may hold data of rows."""
    if not isinstance(error, (OverdraftError, AlgorithmFailed)):
        QgsMessageLog.logMessage(type(error).__name__, TAG, Qgis.MessageLevel.Critical, False)
