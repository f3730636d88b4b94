"""``replacementledger``: the double entry book of sealed and renewed wells (减二更一)."""

from __future__ import annotations

from qgis.core import QgsProcessing, QgsProcessingParameterFeatureSink

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import day_of, token_of
from ..layers import deliver
from ..placing import place_wells
from ..results import as_lines, as_table, tell_findings, tell_inputs, tell_placement
from ..texts import tr


class ReplacementLedger(OverdraftAlgorithm):
    """Balances seals against renewals per pool and explains every entry."""

    NAME = "replacementledger"
    GROUP = "enforcement"
    ROLES = (
        "wells",
        "zones",
        "units",
        "screens",
        "pairs",
        "events",
        "evidence",
        "readings",
        "applications",
        "permits",
        "permit_wells",
    )
    REQUIRED = ("wells",)
    POLICY_REQUIRED = True

    def declare(self):
        table = QgsProcessing.SourceType.TypeVector
        return (
            *declared.roles(self.ROLES, self.REQUIRED),
            declared.case(),
            *declared.policy(self.POLICY_REQUIRED),
            declared.as_of(),
            declared.position_accuracy(),
            declared.reading(),
            declared.pool(),
            declared.baseline(),
            declared.language(),
            QgsProcessingParameterFeatureSink("BALANCE", tr("Balance by pool"), table),
            QgsProcessingParameterFeatureSink(
                "LEDGER", tr("Ledger"), table, optional=True, createByDefault=False
            ),
            QgsProcessingParameterFeatureSink(
                "LINES",
                tr("Lines between paired wells"),
                QgsProcessing.SourceType.TypeVectorLine,
                optional=True,
                createByDefault=False,
            ),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.findings import concat
        from ...core.intake import build_register
        from ...core.replacement import replacement_ledger

        frames = self.inputs.read(progress.part(0.0, 0.3), roles=self.ROLES)
        tell_inputs(feedback, self.inputs)
        register = build_register(frames)
        policy, as_of = self.inputs.policy(), self.inputs.as_of
        placement = place_wells(self, parameters, context, register, policy, as_of, progress.part(0.3, 0.6))
        result = replacement_ledger(
            register,
            placement,
            policy,
            as_of,
            reading=token_of(self, parameters, "READING", context),
            pool=token_of(self, parameters, "POOL", context),
            baseline=day_of(self, parameters, "BASELINE", context),
            progress=progress.part(0.6, 0.85),
        )
        tell_findings(feedback, concat([register.problems, result.verdicts]).rows)
        tell_placement(feedback, placement)
        outputs = {
            "BALANCE": as_table(result.balance, "ledger_balance"),
            "LEDGER": as_table(result.ledger, "ledger"),
            "LINES": as_lines(result.lines, "pair_lines"),
        }
        return deliver(self, parameters, context, outputs, progress.part(0.85, 1.0))
