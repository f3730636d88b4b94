"""``createregister``: an empty case file with every role of the register."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProcessingParameterFileDestination

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import language_of
from ..texts import tr


class CreateRegister(OverdraftAlgorithm):
    """Makes a case file to fill in: layers, tables, value lists, forms."""

    NAME = "createregister"
    GROUP = "register"

    def declare(self):
        return (
            declared.language(),
            QgsProcessingParameterFileDestination("OUTPUT", tr("Case file"), declared.GEOPACKAGE),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.casefile import create_case

        progress(0.0)
        target = Path(self.parameterAsFileOutput(parameters, "OUTPUT", context)).absolute()
        create_case(target, language_of(self, parameters, context))
        progress(1.0)
        return {"OUTPUT": str(target)}
