"""One message, once, when Python packages are missing; never an exception at start."""

from __future__ import annotations

from qgis.core import Qgis
from qgis.PyQt.QtWidgets import QMessageBox, QPushButton, QWidget

from ..processing import dependencies
from ..processing.texts import tr


class MissingPackagesNotice:
    """Shows in the message bar what is missing, with a button that says how to get it."""

    def __init__(self, bar: object, parent: QWidget) -> None:
        self._bar = bar
        self._parent = parent
        self._item: object = None

    def show(self) -> None:
        """Show the message if something is missing."""
        lacking = dependencies.missing()
        if not lacking or self._item is not None:
            return
        names = ", ".join(item.name for item in lacking)
        title = tr("Groundwater Zoning")
        text = tr("Python packages are missing, the algorithms cannot run yet: {names}").format(names=names)
        self._item = self._bar.createMessage(title, text)
        button = QPushButton(tr("How to get them"))
        button.clicked.connect(self._explain)
        self._item.layout().addWidget(button)
        self._item.destroyed.connect(self._forget)
        self._bar.pushWidget(self._item, Qgis.MessageLevel.Warning)

    def remove(self) -> None:
        """Take the message away if it still stands."""
        if self._item is not None:
            self._bar.popWidget(self._item)
            self._item = None

    def _explain(self) -> None:
        QMessageBox.information(
            self._parent, tr("Groundwater Zoning"), dependencies.explain(dependencies.missing())
        )

    def _forget(self) -> None:
        self._item = None
