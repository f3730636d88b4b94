"""``classifywells``: where every well lies."""

from __future__ import annotations

from qgis.core import QgsProcessing, QgsProcessingParameterFeatureSink

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..layers import deliver
from ..placing import place_wells
from ..results import layer_from_case, tell_inputs, tell_verdicts, with_columns
from ..texts import tr

NEEDED = {
    "irrigation": ("area_id", "valid_from", "valid_to"),
    "networks": ("network_id", "valid_from", "valid_to"),
}
"""Fields that a placement reads of large layers; the others stay on the disk."""


class ClassifyWells(OverdraftAlgorithm):
    """Adds zone, unit, area and network to every well."""

    NAME = "classifywells"
    GROUP = "enforcement"
    ROLES = ("wells", "zones", "units", "irrigation", "networks", "screens")
    REQUIRED = ("wells",)

    def declare(self):
        return (
            *declared.roles(self.ROLES, self.REQUIRED),
            declared.case(),
            *declared.policy(self.POLICY_REQUIRED),
            declared.as_of(),
            declared.distance_limit(),
            declared.position_accuracy(),
            declared.language(),
            QgsProcessingParameterFeatureSink(
                "OUTPUT", tr("Classified wells"), QgsProcessing.SourceType.TypeVectorPoint
            ),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.intake import build_register

        frames = self.inputs.read(
            progress.part(0.0, 0.3), only=NEEDED, keep_as_it_was=("wells",), roles=self.ROLES
        )
        tell_inputs(feedback, self.inputs)
        register = build_register(frames)
        policy = self.inputs.policy()
        placement, verdicts = place_wells(
            self, parameters, context, register, policy, self.inputs.as_of, progress.part(0.3, 0.8)
        )
        tell_verdicts(feedback, verdicts)
        wells = self.inputs.tables.get("wells") or layer_from_case(frames["wells"], "wells")
        output = with_columns(wells, placement.frame, "placement")
        return deliver(self, parameters, context, {"OUTPUT": output}, progress.part(0.8, 1.0))
