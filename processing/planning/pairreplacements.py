"""``pairreplacements``: which wells to seal for each renewal, as a plan that is proven to be the best."""

from __future__ import annotations

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterNumber,
)

from ...core.planning import weights
from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..dependencies import SCIPY
from ..inputs import day_of, number_of, text_of, token_of, whole_of
from ..layers import deliver
from ..results import as_lines, as_table, tell_findings, tell_inputs
from ..scenes import table_sink
from ..texts import tr
from .recording import record, recording
from .tell_pairs import tell_plan

NUMBERS = ("SERVED", "COST", "GAP", "N_UNMET", "GREEDY_SERVED", "GREEDY_COST")


class PairReplacements(OverdraftAlgorithm):
    """Serves as many renewals as can be, at least cost; says why the others get no wells."""

    NAME = "pairreplacements"
    GROUP = "planning"
    ROLES = (
        *("wells", "zones", "units", "screens", "applications", "pairs", "events", "evidence", "readings"),
        *("permits", "permit_wells"),
    )
    RENAMED = {"pairs": "EXISTING_PAIRS"}  # noqa: RUF012 - read only
    REQUIRED = ("wells",)
    POLICY_REQUIRED = True
    PACKAGES = (SCIPY,)

    def declare(self):
        double = QgsProcessingParameterNumber.Type.Double
        return (
            *declared.roles(self.ROLES, self.REQUIRED, self.RENAMED),
            declared.case(),
            *declared.policy(self.POLICY_REQUIRED),
            declared.as_of(),
            declared.whole("MAX_SERVED", tr("Serve at most so many renewals (empty: no limit)")),
            QgsProcessingParameterBoolean(
                "ALLOW_UNSEALED", tr("Propose wells in use, to be sealed"), defaultValue=True, optional=True
            ),
            declared.number("MAX_DISTANCE", tr("Farthest retired well (m; empty: as the policy says)")),
            QgsProcessingParameterNumber(
                "W_DISTANCE", tr("Cost of a kilometre of distance"), double, weights.DISTANCE, True, 0.0
            ),
            QgsProcessingParameterNumber(
                "W_VOLUME",
                tr("Cost of 10,000 m³ of permitted volume given up"),
                double,
                weights.VOLUME,
                True,
                0.0,
            ),
            QgsProcessingParameterNumber(
                "W_UNSEALED",
                tr("Cost of a well that still has to be sealed"),
                double,
                weights.UNSEALED,
                True,
                0.0,
            ),
            declared.text(
                "NEXT_BEST_FOR", tr("Next best choice for these renewals (ids with commas; * all)")
            ),
            declared.reading(),
            declared.pool(),
            declared.baseline(),
            declared.advanced(declared.time_limit()),
            *recording(tr("Put the pairs into the case file as reserved")),
            declared.language(),
            table_sink("PAIRS", tr("Planned pairs"), needed=True),
            QgsProcessingParameterFeatureSink(
                "LINES",
                tr("Lines between paired wells"),
                QgsProcessing.SourceType.TypeVectorLine,
                optional=True,
            ),
            table_sink("UNMET", tr("Renewals without wells")),
            table_sink("GROUPS", tr("Renewals that compete for wells")),
            table_sink("NEXT_BEST", tr("Next best choices")),
        )

    def outputs_declared(self):
        texts = self.help().outputs
        return [QgsProcessingOutputNumber(name, texts[name]) for name in NUMBERS]

    def compute(self, parameters, context, feedback, progress):
        from ...core.intake import build_register
        from ...core.overlay import PlacementOptions
        from ...core.planning.pairing import UNIT
        from ...core.planning.renewals import in_words, plan_pairs, recorded_pairs
        from ...core.replacement import replacement_settings
        from ...core.rules.scene import Scene

        frames = self.inputs.read(progress.part(0.0, 0.2), roles=self.ROLES)
        tell_inputs(feedback, self.inputs)
        register, policy = build_register(frames), self.inputs.policy()
        tell_findings(feedback, register.problems.rows)
        settings = replacement_settings(
            policy,
            reading=token_of(self, parameters, "READING", context),
            pool=token_of(self, parameters, "POOL", context),
            baseline=day_of(self, parameters, "BASELINE", context),
        )
        places = PlacementOptions(distance_limit_m=0, position_accuracy_m=0, language=self.inputs.language)
        scene = Scene.of(
            register, policy, self.inputs.as_of, options=places, progress=progress.part(0.2, 0.4)
        )
        result = plan_pairs(scene, settings, self._options(parameters, context), progress.part(0.4, 0.85))
        pools = {unit.id: unit.name for unit in policy.units}
        unmet = in_words(result.unmet, pools, settings.k, self.inputs.language)
        tell_plan(feedback, result, unmet, pools)
        outputs = {
            "PAIRS": as_table(result.pairs, "plan_pairs"),
            "LINES": as_lines(result.lines, "pair_lines"),
            "UNMET": as_table(unmet, "plan_unmet"),
            "GROUPS": as_table(result.groups, "plan_groups"),
            "NEXT_BEST": as_table(result.alternatives, "plan_alternatives"),
        }
        results = deliver(self, parameters, context, outputs, progress.part(0.85, 0.95))
        record(
            self,
            parameters,
            context,
            "pairing",
            lambda stamp: recorded_pairs(result, self.inputs.as_of, stamp),
        )
        progress(1.0)
        plan = result.plan
        return results | {
            "SERVED": plan.served,
            "COST": plan.cost / UNIT,
            "GAP": plan.gap,
            "N_UNMET": len(unmet),
            "GREEDY_SERVED": plan.greedy["renewal_id"].nunique(),
            "GREEDY_COST": plan.greedy_cost / UNIT,
        }

    def _options(self, parameters, context):
        from ...core.planning.pairing import CostWeights
        from ...core.planning.renewals import PairOptions

        names = text_of(self, parameters, "NEXT_BEST_FOR", context) or ""
        given = [
            self.parameterAsDouble(parameters, f"W_{one}", context)
            for one in ("DISTANCE", "VOLUME", "UNSEALED")
        ]
        return PairOptions(
            max_served=whole_of(self, parameters, "MAX_SERVED", context),
            allow_unsealed=self.parameterAsBool(parameters, "ALLOW_UNSEALED", context),
            max_distance_m=number_of(self, parameters, "MAX_DISTANCE", context),
            weights=CostWeights(*given),
            alternatives=tuple(
                name for part in names.replace("，", ",").split(",") if (name := part.strip())
            ),
            time_limit_s=self.parameterAsDouble(parameters, "TIME_LIMIT", context),
        )
