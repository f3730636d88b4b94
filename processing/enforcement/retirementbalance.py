"""``retirementbalance``: how much irrigated land each unit has retired, against its target."""

from __future__ import annotations

from qgis.core import QgsProcessing, QgsProcessingParameterFeatureSink

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import day_of, token_of
from ..layers import deliver
from ..results import as_table, tell_findings, tell_inputs
from ..texts import tr


class RetirementBalance(OverdraftAlgorithm):
    """Balances retired land against restored land per unit and target year."""

    NAME = "retirementbalance"
    GROUP = "enforcement"
    ROLES = ("irrigation", "units", "events", "targets")
    REQUIRED = ("irrigation",)
    POLICY_REQUIRED = True

    def declare(self):
        return (
            *declared.roles(self.ROLES, self.REQUIRED),
            declared.case(),
            *declared.policy(self.POLICY_REQUIRED),
            declared.as_of(),
            declared.baseline(),
            declared.area_basis(),
            declared.parent_sum_only(),
            declared.language(),
            QgsProcessingParameterFeatureSink(
                "BALANCE", tr("Balance by unit"), QgsProcessing.SourceType.TypeVector
            ),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.findings import concat
        from ...core.intake import build_register
        from ...core.retirement import retirement_balance

        frames = self.inputs.read(progress.part(0.0, 0.3), roles=self.ROLES)
        tell_inputs(feedback, self.inputs)
        register = build_register(frames)
        result = retirement_balance(
            register,
            self.inputs.policy(),
            self.inputs.as_of,
            baseline=day_of(self, parameters, "BASELINE", context),
            area_basis=token_of(self, parameters, "AREA_BASIS", context),
            # Not ticked cannot be told from not given in a dialog: then the policy decides.
            parent_sum_only=self.parameterAsBool(parameters, "PARENT_SUM_ONLY", context) or None,
            progress=progress.part(0.3, 0.9),
        )
        tell_findings(feedback, concat([register.problems, result.verdicts]).rows)
        outputs = {"BALANCE": as_table(result.balance, "retirement_balance")}
        return deliver(self, parameters, context, outputs, progress.part(0.9, 1.0))
