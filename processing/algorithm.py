"""What all our algorithms share: names, help, checks before the run, errors in the user's language."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputDefinition,
    QgsProcessingParameterDefinition,
)
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QIcon

from ..core.errors import Cancelled, OverdraftError
from . import checks, dependencies
from .help import FOLDERS, AlgorithmHelp, algorithm_help
from .inputs import Inputs, language_of
from .progress import Progress
from .texts import RESOURCES, icon_path, tr, ui_language


class OverdraftAlgorithm(QgsProcessingAlgorithm):
    """Base of all algorithms. A subclass names itself, declares parameters and computes.

    Attributes:
        NAME: id of the algorithm; never changes.
        GROUP: id of its group.
        ROLES: roles that are parameters, in order. REQUIRED: those that parameters or ``CASE`` must supply
            (zones: or a policy that names units as zones).
        RENAMED: role → its parameter, where an output has the name of the role.
        READS: further parameters that are layers or tables.
        POLICY_REQUIRED: whether the run needs a policy.
        PACKAGES: Python packages that it needs besides those of every algorithm.
        CASE_REQUIRED: whether there is nothing to do without ``CASE``.
        ANY_LAYER: whether the run itself says what is wrong with the geometry and reference system of a layer.
    """

    NAME = ""
    GROUP = ""
    ROLES: tuple[str, ...] = ()
    REQUIRED: tuple[str, ...] = ()
    RENAMED: Mapping[str, str] = {}
    READS: tuple[str, ...] = ()
    POLICY_REQUIRED = False
    PACKAGES: tuple[dependencies.Dependency, ...] = ()
    ANY_LAYER = False
    WRITES_CASE = False
    CASE_REQUIRED = False

    inputs: Inputs

    # --- what a subclass does

    def declare(self) -> Iterable[QgsProcessingParameterDefinition]:
        """The parameters, in the order of the dialog."""
        raise NotImplementedError

    def outputs_declared(self) -> Iterable[QgsProcessingOutputDefinition]:
        """Outputs that are no destinations (numbers)."""
        return ()

    def compute(
        self,
        parameters: dict,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        progress: Progress,
    ) -> dict:
        """The run; may raise ``OverdraftError`` and ``Cancelled``."""
        raise NotImplementedError

    def parameter_of(self, role: str) -> str:
        """The parameter that takes the layer of a role."""
        return self.RENAMED.get(role, role.upper())

    # --- what QGIS asks

    def createInstance(self):
        return type(self)()

    def name(self):
        return self.NAME

    def displayName(self):
        return self.help().title

    def group(self):
        return {
            "register": tr("Register"),
            "enforcement": tr("Enforcement"),
            "planning": tr("Planning"),
            "siting": tr("Siting"),
            "output": tr("Output"),
        }[self.GROUP]

    def groupId(self):
        return self.GROUP

    def tags(self):
        # Words of both languages: people search in either
        return [*algorithm_help(self.NAME, "en").tags, *algorithm_help(self.NAME, "zh").tags]

    def icon(self):
        return QIcon(self.svgIconPath())

    def svgIconPath(self):
        return icon_path(self.NAME)

    def help(self) -> AlgorithmHelp:
        """Our help in the language of QGIS."""
        return algorithm_help(self.NAME, ui_language())

    def shortDescription(self):
        return self.help().description.strip().split("\n\n")[0]

    def shortHelpString(self):
        return self.help().page({item.name(): item.description() for item in self.parameterDefinitions()})

    def helpUrl(self):
        page = RESOURCES / "help" / FOLDERS[ui_language()] / "index.html"
        url = QUrl.fromLocalFile(str(page))
        url.setFragment(self.NAME)
        return url.toString()

    def canExecute(self):
        problem = dependencies.explain(dependencies.missing((*dependencies.REQUIRED, *self.PACKAGES)))
        return (False, problem) if problem else (True, "")

    def initAlgorithm(self, configuration=None):
        texts = self.help()
        for parameter in self.declare():
            parameter.setHelp(texts.parameter(parameter.name()))
            self.addParameter(parameter)
        for output in self.outputs_declared():
            self.addOutput(output)

    def checkParameterValues(self, parameters, context):
        problem = checks.first_problem(self, parameters, context)
        if problem:
            return False, problem
        return super().checkParameterValues(parameters, context)

    def prepareAlgorithm(self, parameters, context, feedback):
        self.inputs = Inputs.open(self, parameters, context, self.ROLES)
        return True

    def processAlgorithm(self, parameters, context, feedback):
        try:
            with warnings.catch_warnings():
                # What pandas says to its developers is nothing that a user can act on
                warnings.simplefilter("ignore", DeprecationWarning)
                warnings.simplefilter("ignore", FutureWarning)
                return self.compute(parameters, context, feedback, Progress(feedback))
        except Cancelled:
            return {}
        except OverdraftError as error:
            language = language_of(self, parameters, context)
            raise QgsProcessingException(error.text(language)) from error
