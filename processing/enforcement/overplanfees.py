"""``overplanfees``: what each user owes for water used above the plan."""

from __future__ import annotations

from .. import parameters as declared
from ..inputs import token_of, whole_of
from ..layers import deliver
from ..results import as_table, tell_findings
from ..scenes import ABSTRACTION, SceneAlgorithm, findings_sink, table_sink
from ..texts import tr


class OverPlanFees(SceneAlgorithm):
    """Bills by user and year under both readings, and what they add up to."""

    NAME = "overplanfees"
    GROUP = "enforcement"
    ROLES = (*ABSTRACTION, "prices")
    REQUIRED = ("users",)

    def declare(self):
        return (
            *self.common(),
            declared.year(tr("Year (empty: every year with figures)")),
            declared.choice("MODE", tr("Reading of the bands (empty: as the policy says)"), declared.MODES),
            table_sink("BILLS", tr("Over-plan charges"), needed=True),
            table_sink("TOTALS", tr("Totals by township and county")),
            findings_sink(),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.fees import over_plan_fees
        from ...core.findings import concat, conclude

        scene = self.scene(context, feedback, progress.part(0.0, 0.6))
        result = over_plan_fees(
            scene,
            year=whole_of(self, parameters, "YEAR", context),
            mode=token_of(self, parameters, "MODE", context),
        )
        verdicts = concat([scene.register.problems, scene.amounts.problems, result.verdicts])
        findings = conclude(verdicts, scene.policy.id, scene.policy.version, "")
        tell_findings(feedback, findings)
        outputs = {
            "BILLS": as_table(result.bills, "over_plan_fees"),
            "TOTALS": as_table(result.totals, "over_plan_totals"),
            "FINDINGS": as_table(findings, "findings"),
        }
        return deliver(self, parameters, context, outputs, progress.part(0.9, 1.0))
