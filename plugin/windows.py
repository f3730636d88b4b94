"""The windows of the plugin: opened when asked for, each kind once, all over one session."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtWidgets import QDialog, QDockWidget, QFileDialog, QWidget

from ..processing.texts import tr
from ..ui.session import Session
from ..ui.shared.messages import warn
from ..ui.shared.network import network_warning
from ..ui.shared.tasks import Work, alive, start
from .actions import add_case_layers
from .loading import tell, when_loaded


class Windows(QObject):
    """Opens and closes dialogs and docks. What a window needs is imported with it: QGIS starts no slower for it."""

    def __init__(self, iface: object) -> None:
        super().__init__(iface.mainWindow())
        self.iface = iface
        self.session = Session(parent=self)
        self.session.case_changed.connect(self._case_changed)
        self._dialogs: dict[str, QDialog] = {}
        self._docks: dict[str, QDockWidget] = {}

    # --- the case

    def choose_case(self) -> None:
        """Ask for a case file and work on it; whatever stops that is said, and the case that is open stays open."""
        folder = str(self.session.path or self.session.settings.last_folder)
        name, _ = QFileDialog.getOpenFileName(
            self.iface.mainWindow(), tr("Open Case File"), folder, "GeoPackage (*.gpkg)"
        )
        if not name:
            return

        def look(progress: Callable[[float], None]) -> None:
            from ..core.casefile import CaseRows

            CaseRows(name).head()

        chosen, failed = alive(self, self._chosen), partial(tell, self.iface.messageBar())
        start(Work(tr("Open the case"), look, lambda _: chosen(Path(name)), failed))

    def _chosen(self, path: Path) -> None:
        self.session.settings.last_folder = str(path.parent)
        self.session.settings.save()
        self.show_case(path)

    def show_case(self, path: Path) -> None:
        """Work on a case file, and show its layers unless the project has them already."""
        layers = QgsProject.instance().mapLayers().values()
        shown = {Path(layer.source().partition("|")[0]) for layer in layers}  # "/" and "\\" are the same
        if path.absolute() not in shown:
            add_case_layers(path, QgsProject.instance())
        if self.session.path == path.absolute():
            self.session.content_changed.emit()
        else:
            self.session.open_case(path)

    def _case_changed(self) -> None:
        path = self.session.path
        problem = network_warning(path) if path is not None else ""
        if problem:
            warn(self.iface.messageBar(), problem)

    def when_loaded(self, act: Callable[[], None]) -> Callable[[], None]:
        """Do it once the packages are there that nearly all windows need."""
        return lambda: when_loaded(self.iface.messageBar(), alive(self, act))

    # --- dialogs

    def set_up(self) -> None:
        """From layers to a case file."""
        from ..ui.setup.wizard import SetupWizard

        def make(parent: QWidget) -> QDialog:
            wizard = SetupWizard(self.session, QgsProject.instance(), self.iface.messageBar(), parent)
            wizard.finished_case.connect(lambda path: self.show_case(Path(path)))
            return wizard

        self._dialog("setup", make)

    def show_policy(self) -> None:
        """The document, its rules and parameters."""
        from ..ui.policy.dialog import PolicyDialog

        self._dialog("policy", lambda parent: PolicyDialog(self.session, None, parent))

    def plan_retirement(self) -> None:
        """The planner of land."""
        from ..ui.retirement import RetirementPlanner

        self._dialog(
            "retirement", lambda parent: RetirementPlanner(self.session, self.iface.mapCanvas(), parent)
        )

    def pair_wells(self, renewal_id: str | None = None) -> None:
        """Pair a renewal with wells to be sealed."""
        from ..ui.pairing.dialog import PairingDialog

        dialog = self._dialog(
            "pairing",
            lambda parent: PairingDialog(self.session, self.iface.mapCanvas(), renewal_id, parent),
        )
        if renewal_id:
            dialog.show_renewal(renewal_id)

    def record(self, form: str) -> QDialog:
        """One of the forms of the daily desk, by the name of its class."""
        from ..ui import desk

        kind = getattr(desk, form)
        return self._dialog(form, lambda parent: kind(self.session, parent, self.iface.mapCanvas()))

    def object_to(self, subject_id: str = "") -> None:
        """The form of objections, about the well of a finding; else about the one that the review or the map shows,
        unless somebody has chosen one already."""
        form = self.record("ObjectionForm")
        if subject_id:
            form.show_subject(subject_id)
        elif not form.well.id():
            self._offer_well(form)

    def _offer_well(self, form: QDialog) -> None:
        """Begin with the well of the current finding, or with the only one that is selected on the map."""
        from ..ui.review.mapsync import MapSync

        review = self._docks.get("review")
        row = review.current if review is not None and review.isVisible() else None
        if row is not None and row.subject_role == "wells":
            form.show_subject(row.subject_id)
        elif self.session.path is not None:
            layer = MapSync(self.iface.mapCanvas()).find(self.session.path, "wells")
            if layer is not None and layer.selectedFeatureCount() == 1:
                well = layer.selectedFeatures()[0]["well_id"]
                form.show_well(well if isinstance(well, str) else "")

    def export(self) -> None:
        """Papers out of the case."""
        from ..ui.export import ExportDialog

        self._dialog("export", lambda parent: ExportDialog(self.session, parent))

    # --- docks

    def review(self) -> None:
        """The findings, to be decided on."""
        from ..ui.review.dock import ReviewDock

        def make(parent: QWidget) -> QDockWidget:
            dock = ReviewDock(self.session, self.iface, parent)
            dock.pair_requested.connect(self.pair_wells)
            dock.slip_requested.connect(lambda _: dock.evidence.print_slip())
            dock.objection_requested.connect(self.object_to)
            return dock

        self._dock("review", make, Qt.DockWidgetArea.BottomDockWidgetArea)

    def dashboard(self) -> None:
        """How far the work is."""
        from ..ui.dashboard.dock import DashboardDock

        def make(parent: QWidget) -> QDockWidget:
            dock = DashboardDock(self.session, parent)
            dock.filter_requested.connect(self._filter)
            return dock

        self._dock("dashboard", make, Qt.DockWidgetArea.RightDockWidgetArea)

    def _filter(self, wanted: dict) -> None:
        from ..core.review.listing import Filter

        self.review()
        self._docks["review"].set_filter(Filter(**wanted))

    # --- life

    def close(self) -> None:
        """Close everything and let go of the project."""
        for dialog in list(self._dialogs.values()):
            dialog.done(QDialog.DialogCode.Rejected)
            dialog.deleteLater()
        self._dialogs.clear()
        for dock in list(self._docks.values()):
            self.iface.removeDockWidget(dock)
            dock.unload()
            dock.close()
            dock.deleteLater()
        self._docks.clear()
        self.session.close()
        self.deleteLater()

    def _dialog(self, name: str, make: Callable[[QWidget], QDialog]) -> QDialog:
        """The dialog of that name in front; made where it is not open. It deletes itself when it is closed."""
        dialog = self._dialogs.get(name)
        if dialog is None:
            dialog = make(self.iface.mainWindow())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.destroyed.connect(lambda *_: self._dialogs.pop(name, None))
            self._dialogs[name] = dialog
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def _dock(self, name: str, make: Callable[[QWidget], QDockWidget], area: Qt.DockWidgetArea) -> None:
        """The dock of that name in sight; made where there is none, in the place where it stood last."""
        if name not in self._docks:
            window = self.iface.mainWindow()
            dock = make(window)
            floats = False
            if window.restoreDockWidget(dock):
                area, floats = window.dockWidgetArea(dock), dock.isFloating()
            self.iface.addDockWidget(area, dock)
            dock.setFloating(floats)
            dock.destroyed.connect(lambda *_: self._docks.pop(name, None))  # QGIS may delete it before we do
            self._docks[name] = dock
        self._docks[name].setUserVisible(True)
