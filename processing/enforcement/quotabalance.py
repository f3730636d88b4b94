"""``quotabalance``: what units may use, what they used, and what is left."""

from __future__ import annotations

from .. import parameters as declared
from ..inputs import token_of, whole_of
from ..layers import deliver
from ..results import as_table, tell_findings
from ..scenes import ABSTRACTION, SceneAlgorithm, findings_sink, table_sink
from ..texts import tr


class QuotaBalance(SceneAlgorithm):
    """Cap and use of the units of one level side by side, by year."""

    NAME = "quotabalance"
    GROUP = "enforcement"
    ROLES = ABSTRACTION

    def declare(self):
        return (
            *self.common(),
            declared.level(declared.CAP_LEVELS),
            declared.water_source(),
            declared.year(tr("Year (empty: every year with a cap)")),
            table_sink("BALANCE", tr("Quota balance"), needed=True),
            findings_sink(),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.findings import concat, conclude
        from ...core.quota import quota_balance

        scene = self.scene(context, feedback, progress.part(0.0, 0.6))
        year = whole_of(self, parameters, "YEAR", context)
        result = quota_balance(
            scene,
            level=token_of(self, parameters, "LEVEL", context) or "county",
            source=token_of(self, parameters, "SOURCE", context) or "groundwater",
            years=None if year is None else [year],
        )
        verdicts = concat([scene.register.problems, scene.amounts.problems, result.verdicts])
        findings = conclude(verdicts, scene.policy.id, scene.policy.version, "")
        tell_findings(feedback, findings)
        outputs = {
            "BALANCE": as_table(result.balance, "quota_balance"),
            "FINDINGS": as_table(findings, "findings"),
        }
        return deliver(self, parameters, context, outputs, progress.part(0.9, 1.0))
