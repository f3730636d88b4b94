"""The plugin as QGIS sees it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QToolBar

from ..processing.enforcement.enforce import Enforce
from ..processing.provider import OverdraftProvider
from ..processing.texts import tr
from .actions import open_help, open_sample
from .badge import Badge
from .menu import Item, Menu
from .notice import MissingPackagesNotice
from .prefill import layers_by_role
from .translation import Translation
from .windows import Windows


class OverdraftPlugin:
    """Start, stop, menu and toolbar. Whatever ``initGui`` makes, ``unload`` removes."""

    def __init__(self, iface: object) -> None:
        self.iface = iface
        self.provider: OverdraftProvider | None = None
        self.menu: Menu | None = None
        self.toolbar: QToolBar | None = None
        self.notice: MissingPackagesNotice | None = None
        self.windows: Windows | None = None
        self.badge: Badge | None = None
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
        self.toolbar = self.iface.addToolBar(title)
        self.toolbar.setObjectName("overdraftToolBar")
        self.windows = Windows(self.iface)
        self.menu = Menu(title, self._items(self.windows), self.toolbar, window)
        self.badge = Badge(self.windows.session, self.toolbar)
        self.toolbar.addWidget(self.badge)
        self.iface.vectorMenu().addMenu(self.menu.menu)
        session = self.windows.session
        session.case_changed.connect(self._case_changed)
        self._case_changed()
        self.notice = MissingPackagesNotice(self.iface.messageBar(), window)
        self.notice.show()

    def _items(self, windows: Windows) -> list[Item]:
        """The menu from top to bottom."""
        record, ready = tr("Record"), windows.when_loaded
        forms = (
            ("overdraftSeal", "seal", tr("Seal or Other State…"), "SealForm"),
            ("overdraftApplication", "application", tr("Application…"), "ApplicationForm"),
            ("overdraftDecide", "application", tr("Decision on an Application…"), "DecideForm"),
            ("overdraftLink", "enforce", tr("Drilled Well…"), "LinkForm"),
            ("overdraftLand", "planretirement", tr("Retired or Restored Land…"), "LandForm"),
        )
        object_to = ready(lambda: windows.object_to())
        return [
            Item("overdraftSetup", "setup", tr("Setup…"), windows.set_up),
            Item("overdraftCase", "case", tr("Open Case File…"), windows.choose_case),
            Item("overdraftRun", "enforce", tr("Run Overlay…"), self.run_overlay),
            *(
                Item(name, icon, text, ready(partial(windows.record, form)), True, record, form == "SealForm")
                for name, icon, text, form in forms
            ),
            Item("overdraftObjection", "objection", tr("Objection…"), object_to, True, record, False),
            Item("overdraftReview", "review", tr("Review"), ready(windows.review), True),
            Item("overdraftPair", "pairreplacements", tr("Pair Wells…"), ready(windows.pair_wells), True),
            Item(
                "overdraftPlan",
                "planretirement",
                tr("Retirement Planner…"),
                ready(windows.plan_retirement),
                True,
            ),
            Item("overdraftPolicy", "policy", tr("Policy…"), ready(windows.show_policy)),
            Item("overdraftDashboard", "dashboard", tr("Dashboard"), ready(windows.dashboard), True),
            Item("overdraftExport", "exporttables", tr("Export…"), ready(windows.export), True),
            Item("overdraftSample", "sample", tr("Sample Project"), self.open_sample, on_toolbar=False),
            Item("overdraftHelp", "help", tr("Help"), self.open_help),
        ]

    def _case_changed(self) -> None:
        self.menu.case_is_open(self.windows.session.path is not None)

    def unload(self):
        """Undo everything that ``initGui`` and ``initProcessing`` did."""
        if self.notice is not None:
            self.notice.remove()
            self.notice = None
        for dialog in list(self._dialogs.values()):
            dialog.close()
            dialog.deleteLater()
        self._dialogs.clear()
        if self.badge is not None:
            self.badge.stop()
            self.badge = None
        if self.windows is not None:
            self.windows.session.case_changed.disconnect(self._case_changed)
            self.windows.close()
            self.windows = None
        if self.menu is not None:
            self.iface.vectorMenu().removeAction(self.menu.menu.menuAction())
            self.menu.remove()
            self.menu = None
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
            QTimer.singleShot(0, lambda: self.windows is not None and self.windows.show_case(path))
