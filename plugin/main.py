"""The plugin as QGIS sees it."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction, QMenu, QToolBar

from ..processing.enforcement.enforce import Enforce
from ..processing.provider import OverdraftProvider
from ..processing.texts import icon_path, tr
from .actions import add_case_layers, open_help, open_sample
from .notice import MissingPackagesNotice
from .prefill import layers_by_role
from .translation import Translation


class OverdraftPlugin:
    """Start, stop, menu and toolbar. Whatever ``initGui`` makes, ``unload`` removes."""

    def __init__(self, iface: object) -> None:
        self.iface = iface
        self.provider: OverdraftProvider | None = None
        self.menu: QMenu | None = None
        self.toolbar: QToolBar | None = None
        self.notice: MissingPackagesNotice | None = None
        self._actions: list[QAction] = []
        self._dialogs: dict[int, object] = {}
        self._translation = Translation()

    def initProcessing(self):
        """Register the algorithms; also called without a window, by qgis_process."""
        self._translation.install()
        if self.provider is None:
            provider = OverdraftProvider()
            # The registry deletes a provider that it refuses (another copy of the plugin is loaded)
            if QgsApplication.processingRegistry().addProvider(provider):
                self.provider = provider

    def initGui(self):
        """Make menu and toolbar and register the algorithms."""
        self.initProcessing()
        window = self.iface.mainWindow()
        title = tr("Groundwater Zoning")
        self.menu = QMenu(title, window)
        self.menu.setObjectName("overdraftMenu")
        self.menu.setIcon(QIcon(icon_path("overdraft")))
        self.toolbar = self.iface.addToolBar(title)
        self.toolbar.setObjectName("overdraftToolBar")
        for name, icon, text, act in (
            ("overdraftRun", "enforce", tr("Run overlay…"), self.run_overlay),
            ("overdraftSample", "sample", tr("Open sample project"), self.open_sample),
            ("overdraftHelp", "help", tr("Help"), self.open_help),
        ):
            action = QAction(QIcon(icon_path(icon)), text, window)
            action.setObjectName(name)
            action.triggered.connect(act)
            self.menu.addAction(action)
            self.toolbar.addAction(action)
            self._actions.append(action)
        self.iface.vectorMenu().addMenu(self.menu)
        self.notice = MissingPackagesNotice(self.iface.messageBar(), window)
        self.notice.show()

    def unload(self):
        """Undo everything that ``initGui`` and ``initProcessing`` did."""
        if self.notice is not None:
            self.notice.remove()
            self.notice = None
        for dialog in list(self._dialogs.values()):
            dialog.close()
            dialog.deleteLater()
        self._dialogs.clear()
        if self.menu is not None:
            self.iface.vectorMenu().removeAction(self.menu.menuAction())
            self.menu.deleteLater()
            self.menu = None
        for action in self._actions:
            action.deleteLater()
        self._actions.clear()
        if self.toolbar is not None:
            self.iface.mainWindow().removeToolBar(self.toolbar)
            self.toolbar.deleteLater()
            self.toolbar = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        self._translation.remove()

    def run_overlay(self) -> None:
        """Open the dialog of ``enforce`` with the project's layers chosen where their names say what they are.

        The case file is added to the map when the run is done.
        """
        from qgis import processing

        chosen = layers_by_role(QgsProject.instance(), Enforce.ROLES)
        dialog = processing.createAlgorithmDialog("overdraft:enforce", chosen)
        if dialog is None:
            return
        dialog.algorithmFinished.connect(self._finished)
        # QGIS deletes the dialog when it is closed; its `finished` is a method, not QDialog's signal
        key = id(dialog)
        dialog.destroyed.connect(lambda *_: self._dialogs.pop(key, None))
        self._dialogs[key] = dialog
        dialog.show()

    def open_sample(self) -> None:
        """Open the sample project."""
        open_sample(self.iface)

    def open_help(self) -> None:
        """Open the help."""
        open_help()

    def _finished(self, successful: bool, results: dict) -> None:
        path = Path(str(results.get("OUTPUT", "")))
        if successful and path.is_file():
            # After the dialog has finished its own work with the results
            QTimer.singleShot(0, lambda: add_case_layers(path, QgsProject.instance()))
