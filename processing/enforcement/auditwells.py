"""``auditwells``: every clause that speaks of wells, permits, meters and power accounts."""

from __future__ import annotations

from .. import parameters as declared
from ..layers import deliver
from ..results import as_table, tell_findings
from ..scenes import SceneAlgorithm, findings_sink, table_sink
from ..texts import tr

SUBJECTS = ("wells", "permits", "meters", "accounts")


class AuditWells(SceneAlgorithm):
    """Judges each well by every rule of the policy that speaks of wells."""

    NAME = "auditwells"
    GROUP = "enforcement"
    ROLES = declared.all_roles()
    REQUIRED = ("wells",)

    def declare(self):
        return (
            *self.common(),
            findings_sink(needed=True),
            table_sink("COUNTS", tr("Subjects by rule and clause")),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.findings import concat, conclude
        from ...core.rules.run import rule_findings

        scene = self.scene(context, feedback, progress.part(0.0, 0.6))
        found = rule_findings(scene, subjects=SUBJECTS, progress=progress.part(0.6, 0.9))
        verdicts = concat([scene.register.problems, scene.amounts.problems, found])
        findings = conclude(verdicts, scene.policy.id, scene.policy.version, "")
        tell_findings(feedback, findings)
        outputs = {
            "FINDINGS": as_table(findings, "findings"),
            "COUNTS": as_table(verdicts.counts, "rule_counts"),
        }
        return deliver(self, parameters, context, outputs, progress.part(0.9, 1.0))
