"""Algorithms over the whole register: the same inputs, one scene, tables out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSink,
)

from . import parameters as declared
from .algorithm import OverdraftAlgorithm
from .results import tell_inputs
from .texts import tr

if TYPE_CHECKING:
    from ..core.rules.scene import Scene
    from .progress import Progress


class SceneAlgorithm(OverdraftAlgorithm):
    """Base of the algorithms that judge or balance a register under a policy.

    Attributes:
        LEDGER: whether the ledger of 减二更一 is needed.
    """

    LEDGER = False
    POLICY_REQUIRED = True

    def common(self) -> tuple[QgsProcessingParameterDefinition, ...]:
        """Roles, case, policy with its settings, day and language."""
        return (
            *declared.roles(self.ROLES, self.REQUIRED),
            declared.case(),
            *declared.policy(self.POLICY_REQUIRED),
            declared.as_of(),
            declared.settings(),
            declared.language(),
        )

    def scene(
        self,
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        progress: Progress,
    ) -> Scene:
        """The register that was given, under its policy; what was read is told."""
        from ..core.intake import build_register
        from ..core.rules.scene import Scene

        frames = self.inputs.read(progress.part(0.0, 0.5), roles=self.ROLES)
        tell_inputs(feedback, self.inputs)
        return Scene.of(
            build_register(frames),
            self.inputs.policy(),
            self.inputs.as_of,
            ledger=self.LEDGER,
            progress=progress.part(0.5, 1.0),
        )


def table_sink(name: str, label: str, needed: bool = False) -> QgsProcessingParameterFeatureSink:
    """An output table; only the first one of an algorithm is needed."""
    kind = QgsProcessing.SourceType.TypeVector
    if needed:
        return QgsProcessingParameterFeatureSink(name, label, kind)
    return QgsProcessingParameterFeatureSink(name, label, kind, optional=True, createByDefault=False)


def findings_sink(needed: bool = False) -> QgsProcessingParameterFeatureSink:
    """The output table of findings."""
    return table_sink("FINDINGS", tr("Findings"), needed)
