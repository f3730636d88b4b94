"""Algorithms over the whole register: the same inputs, one scene, tables out."""

from __future__ import annotations

from collections.abc import Collection
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


ABSTRACTION = (
    *("wells", "zones", "units", "irrigation", "screens"),
    *("events", "readings", "indices", "permits", "permit_wells", "users", "well_users"),
    *("accounts", "account_wells", "meters", "well_areas", "area_years"),
)
"""Roles that tell who takes how much water, and may."""


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
        keep_as_it_was: Collection[str] = (),
    ) -> Scene:
        """The register that was given, under its policy; what was read is told.

        Args:
            keep_as_it_was: roles whose geometry is passed on to an output as it is.
        """
        from ..core.intake import build_register
        from ..core.overlay import PlacementOptions
        from ..core.rules.scene import Scene

        options = PlacementOptions(distance_limit_m=0, position_accuracy_m=0, language=self.inputs.language)
        frames = self.inputs.read(progress.part(0.0, 0.5), keep_as_it_was=keep_as_it_was, roles=self.ROLES)
        tell_inputs(feedback, self.inputs)
        return Scene.of(
            build_register(frames),
            self.inputs.policy(),
            self.inputs.as_of,
            options=options,
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
