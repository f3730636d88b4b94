"""``classifywells``: where every well lies."""

from __future__ import annotations

from qgis.core import QgsProcessing, QgsProcessingParameterFeatureSink

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..layers import deliver
from ..placing import place_wells
from ..results import layer_read, tell_findings, tell_inputs, tell_placement, with_columns
from ..texts import tr

NEEDED = {
    "irrigation": ("area_id", "valid_from", "valid_to"),
    "networks": ("network_id", "valid_from", "valid_to"),
}
"""Fields that a placement reads of large layers; the others stay on the disk."""

ASKED = {**NEEDED, "wells": ("well_id", "aquifer", "county", "township")}
"""Fields that a placement asks for: a layer of wells without use and state can be placed all the same."""


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
            declared.personal(),
            declared.language(),
            QgsProcessingParameterFeatureSink(
                "OUTPUT", tr("Classified wells"), QgsProcessing.SourceType.TypeVectorPoint
            ),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.intake import build_register

        frames = self.inputs.read(
            progress.part(0.0, 0.3),
            only=NEEDED,
            keep_as_it_was=("wells",),
            roles=self.ROLES,
            personal=self.parameterAsBool(parameters, "PERSONAL", context),
        )
        tell_inputs(feedback, self.inputs)
        wells = layer_read(self.inputs, "wells")
        register = build_register(frames, fields=ASKED)
        # Large layers are let go as soon as nobody needs them
        frames.clear()
        tell_findings(feedback, register.problems.rows)
        placement = place_wells(
            self,
            parameters,
            context,
            register,
            self.inputs.policy(),
            self.inputs.as_of,
            progress.part(0.3, 0.8),
        )
        del register
        tell_placement(feedback, placement)
        output = with_columns(wells, placement.frame, "placement")
        del placement
        return deliver(self, parameters, context, {"OUTPUT": output}, progress.part(0.8, 1.0))
