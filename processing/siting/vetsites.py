"""``vetsites``: the permission of every application, with every clause that fired."""

from __future__ import annotations

from qgis.core import QgsProcessing, QgsProcessingParameterFeatureSink

from ...core.schema import results_schema
from .. import parameters as declared
from ..layers import deliver
from ..results import as_table, layer_read, tell_findings, with_columns
from ..scenes import SceneAlgorithm, findings_sink
from ..texts import tr, ui_language

SUBJECTS = ("applications", "units")
"""Rules that speak of these bear on an application."""


class VetSites(SceneAlgorithm):
    """Vets applications in the order of decision."""

    NAME = "vetsites"
    GROUP = "siting"
    ROLES = ("applications", *(role for role in declared.all_roles() if role != "applications"))
    REQUIRED = ("applications",)
    LEDGER = True

    def declare(self):
        return (
            *self.common(),
            QgsProcessingParameterFeatureSink(
                "OUTPUT", tr("Vetted applications"), QgsProcessing.SourceType.TypeVectorPoint
            ),
            findings_sink(),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.findings import concat, conclude
        from ...core.report.words import Words
        from ...core.rules.run import rule_findings
        from ...core.vetting import vet_applications

        scene = self.scene(context, feedback, progress.part(0.0, 0.6), keep_as_it_was=("applications",))
        found = rule_findings(scene, subjects=SUBJECTS, progress=progress.part(0.6, 0.9))
        ledger = [] if scene.ledger is None else [scene.ledger.verdicts]
        problems = [scene.register.problems, scene.amounts.problems]
        verdicts = concat([*problems, *ledger, found])
        result = vet_applications(scene, verdicts)
        findings = conclude(verdicts, scene.policy.id, scene.policy.version, "")
        findings = findings[findings["subject_role"] == "applications"].reset_index(drop=True)
        tell_findings(feedback, concat(problems).rows)
        _tell(feedback, result.counts)
        units = scene.unit_table
        words = Words(
            self.inputs.language, scene.policy, dict(zip(units["unit_id"], units["name"], strict=True))
        )
        frame = result.frame
        frame = frame.assign(
            reason=[
                words.sentence(key, values or "{}", "applications")
                for key, values in zip(frame["message_key"], frame["message_values"], strict=True)
            ]
        )
        layer = layer_read(self.inputs, "applications")
        outputs = {
            "OUTPUT": with_columns(layer, frame, "vetting", "reason"),
            "FINDINGS": as_table(findings, "findings"),
        }
        return deliver(self, parameters, context, outputs, progress.part(0.9, 1.0))


def _tell(feedback, counts):
    """Applications by permission."""
    labels = results_schema().enums["permission"]
    words = {token: label.label(ui_language()) for token, label in labels.items()}
    words[""] = tr("not judged")
    parts = [f"{words[token]} {n}" for token, n in counts.items() if n]
    feedback.pushInfo(tr("Applications by permission: {counts}").format(counts=", ".join(parts)))
