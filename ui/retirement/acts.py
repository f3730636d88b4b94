"""The buttons at the foot of the planner, and the progress of what runs in the background."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QDialogButtonBox, QHBoxLayout, QProgressBar

from ...core.planning.scenarios import Scenario
from ...processing.texts import tr
from .buttons import allow, button


class Acts:
    """Undo, Redo, Solve, Export and the tool of the map in a button box; progress and Cancel in a row above."""

    def __init__(self, box: QDialogButtonBox) -> None:
        self.undo = button("undo", tr("Und&o"), "mActionUndo.svg")
        self.redo = button("redo", tr("Redo"), "mActionRedo.svg")
        self.solve = button("solve", tr("Sol&ve…"), "mActionStart.svg")
        self.export = button("export", tr("E&xport…"), "mActionFileSaveAs.svg")
        self.pick = button("pick", tr("Tick on Ma&p"), "mActionSelect.svg")
        self.pick.setCheckable(True)
        for one in (self.undo, self.redo, self.solve, self.export, self.pick):
            box.addButton(one, QDialogButtonBox.ButtonRole.ActionRole)
        self.progress = QProgressBar()
        self.progress.setObjectName("progress")
        self.progress.setToolTip(tr("How far the work under way is"))
        self.cancel = button("cancel", tr("Cancel"))
        self.cancel.setToolTip(tr("Stops the work under way; nothing of it is kept"))
        self.busy_row = QHBoxLayout()
        self.busy_row.addWidget(self.progress, 1)
        self.busy_row.addWidget(self.cancel)

    def refresh(self, current: Scenario | None, idle: bool, has_map: bool) -> None:
        """What can be done now; what cannot says why."""
        self.progress.setVisible(not idle)
        self.cancel.setVisible(not idle)
        none = tr("Open a case file with irrigation areas first")
        busy = tr("Wait until the work under way is done, or cancel it")
        closed = busy if not idle else none if current is None else ""
        is_base = current is not None and current.is_base
        fixed = closed or (tr("The base is the record: duplicate it first") if is_base else "")
        can_undo, can_redo = (current.can_undo, current.can_redo) if current is not None else (False, False)
        allow(
            self.undo,
            fixed or ("" if can_undo else tr("There is no edit to take back")),
            tr("Takes the last edit back"),
        )
        allow(
            self.redo, fixed or ("" if can_redo else tr("No edit was taken back")), tr("Does the edit again")
        )
        allow(self.solve, fixed, tr("Fills this scenario with the plan that costs least"))
        allow(self.export, closed, tr("Writes this scenario as CSV or XLSX"))
        no_map = "" if has_map else tr("There is no map")
        allow(self.pick, no_map or fixed, tr("A click on the map ticks an area or clears it"))
