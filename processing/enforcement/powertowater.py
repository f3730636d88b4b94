"""``powertowater``: volumes from electricity (以电折水)."""

from __future__ import annotations

from qgis.core import QgsProcessingParameterBoolean, QgsProcessingParameterString

from .. import parameters as declared
from ..inputs import number_of, text_of, token_of
from ..layers import deliver
from ..results import as_table, tell_findings, tell_inputs
from ..scenes import SceneAlgorithm, findings_sink, table_sink
from ..texts import tr

LIMITS = {
    "MIN_COEFFICIENT": "minimum",
    "MAX_COEFFICIENT": "maximum",
    "MAX_DEVIATION": "max_deviation_percent",
    "MIN_WELLS": "min_wells",
    "CALIBRATION_YEARS": "recalibrate_years",
}
"""Parameter and the setting of the conversion that it sets."""


class PowerToWater(SceneAlgorithm):
    """Converts energy to water with the coefficient of the well, its stratum or its unit."""

    NAME = "powertowater"
    GROUP = "enforcement"
    ROLES = ("wells", "readings", "accounts", "account_wells", "indices", "units", "zones", "screens")
    REQUIRED = ("wells", "readings")
    POLICY_REQUIRED = False

    def declare(self):
        return (
            *self.common(),
            declared.choice(
                "LEVEL", tr("Finest coefficient used (empty: well)"), declared.COEFFICIENT_LEVELS
            ),
            QgsProcessingParameterBoolean(
                "CALIBRATE",
                tr("Use calibrated coefficients where none is given"),
                defaultValue=True,
                optional=True,
            ),
            declared.advanced(
                QgsProcessingParameterString(
                    "STRATA", tr("Fields of the wells that make a stratum (empty: aquifer)"), optional=True
                )
            ),
            *map(declared.advanced, _limits()),
            table_sink("VOLUMES", tr("Water from electricity"), needed=True),
            table_sink("COEFFICIENTS", tr("Coefficients of wells")),
            table_sink("CALIBRATION", tr("Calibration by stratum and year")),
            findings_sink(),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.findings import concat, conclude
        from ...core.intake import build_register
        from ...core.power import power_to_water

        frames = self.inputs.read(progress.part(0.0, 0.4), roles=self.ROLES)
        tell_inputs(feedback, self.inputs)
        register, policy = build_register(frames), self.inputs.policy()
        strata = (text_of(self, parameters, "STRATA", context) or "aquifer").split(",")
        chosen = {limit: number_of(self, parameters, name, context) for name, limit in LIMITS.items()}
        for whole in ("min_wells", "recalibrate_years"):
            chosen[whole] = None if chosen[whole] is None else int(chosen[whole])
        result = power_to_water(
            register,
            self.inputs.as_of,
            policy,
            level=token_of(self, parameters, "LEVEL", context) or "well",
            calibrate=self.parameterAsBool(parameters, "CALIBRATE", context),
            strata=[name.strip() for name in strata if name.strip()],
            progress=progress.part(0.4, 0.9),
            **chosen,
        )
        verdicts = concat([register.problems, result.verdicts])
        named = ("", "") if policy is None else (policy.id, policy.version)
        findings = conclude(verdicts, *named, "")
        tell_findings(feedback, findings)
        outputs = {
            "VOLUMES": as_table(result.volumes, "power_volumes"),
            "COEFFICIENTS": as_table(result.coefficients, "power_coefficients"),
            "CALIBRATION": as_table(result.calibration, "power_calibration"),
            "FINDINGS": as_table(findings, "findings"),
        }
        return deliver(self, parameters, context, outputs, progress.part(0.9, 1.0))


def _limits():
    labels = {
        "MIN_COEFFICIENT": tr("Smallest plausible coefficient (m³/kWh; empty: as the policy says, else 0.5)"),
        "MAX_COEFFICIENT": tr("Largest plausible coefficient (m³/kWh; empty: as the policy says, else 8)"),
        "MAX_DEVIATION": tr("Largest deviation from the stratum (%; empty: as the policy says, else 20)"),
        "MIN_WELLS": tr("Fewest wells for a calibration (empty: as the policy says, else 5)"),
        "CALIBRATION_YEARS": tr(
            "Years that a calibration serves beyond its own (empty: as the policy says, else 1)"
        ),
    }
    return [declared.number(name, label) for name, label in labels.items()]
