"""``undoimport``: takes an import into a case file back."""

from __future__ import annotations

import getpass
from datetime import datetime

from qgis.core import QgsProcessingOutputFile

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import path_of
from ..texts import tr


class UndoImport(OverdraftAlgorithm):
    """Removes the rows of an import from a case file and brings back those that it replaced."""

    NAME = "undoimport"
    GROUP = "register"
    WRITES_CASE = True

    def declare(self):
        return (
            declared.case(),
            declared.text("BATCH_ID", tr("Batch id of the import")),
            declared.advanced(declared.text("BY", tr("Taken back by (empty: your login)"))),
            declared.language(),
        )

    def outputs_declared(self):
        return [QgsProcessingOutputFile("OUTPUT", self.help().outputs["OUTPUT"])]

    def compute(self, parameters, context, feedback, progress):
        from ...core.casefile import undo_import

        case = path_of(self, parameters, "CASE", context)
        batch = self.parameterAsString(parameters, "BATCH_ID", context).strip()
        who = self.parameterAsString(parameters, "BY", context).strip() or getpass.getuser()
        progress(0.0)
        undo_import(case, batch, who, datetime.now().astimezone(), self.inputs.language)
        progress(1.0)
        return {"OUTPUT": str(case)}
