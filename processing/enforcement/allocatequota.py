"""``allocatequota``: the cap of a unit split down to townships, users and wells, to the m³."""

from __future__ import annotations

from qgis.core import QgsProcessing, QgsProcessingParameterBoolean, QgsProcessingParameterFeatureSource

from ...core.errors import OverdraftError
from .. import parameters as declared
from ..inputs import is_given, numbers_of, token_of, tokens_of, whole_of
from ..layers import deliver, open_source
from ..results import as_table, tell_findings
from ..scenes import ABSTRACTION, SceneAlgorithm, findings_sink, table_sink
from ..texts import tr

PARTS = ("township", "user", "well")


class AllocateQuota(SceneAlgorithm):
    """Splits caps so that the parts add up at every level."""

    NAME = "allocatequota"
    GROUP = "enforcement"
    ROLES = ABSTRACTION
    REQUIRED = ("wells",)
    READS = ("BOUNDS",)

    def declare(self):
        return (
            *self.common(),
            declared.choice("LEVEL", tr("Level of the units with caps (empty: county)"), declared.CAP_LEVELS),
            declared.choices("PARTS", tr("Split down to (empty: township, user, well)"), declared.PARTS),
            declared.choice(
                "BASIS", tr("Shared out by (empty: irrigated area times quota)"), declared.ALLOCATION_BASES
            ),
            declared.year(tr("Year (empty: that of the day of judgement)")),
            declared.water_source(),
            declared.pairs(
                "CAPS", tr("Caps in m³, a line each: unit = m³ (empty: as the policy and the indices say)")
            ),
            QgsProcessingParameterFeatureSource(
                "BOUNDS",
                tr("Limits of single users or wells"),
                [QgsProcessing.SourceType.TypeVector],
                optional=True,
            ),
            QgsProcessingParameterBoolean(
                "WITHIN_PERMIT",
                tr("No well gets more than its permitted volume"),
                defaultValue=False,
                optional=True,
            ),
            table_sink("ALLOCATION", tr("Quota allocation"), needed=True),
            findings_sink(),
        )

    def prepareAlgorithm(self, parameters, context, feedback):
        self.bounds = (
            open_source(self, parameters, "BOUNDS", context) if is_given(parameters, "BOUNDS") else None
        )
        return super().prepareAlgorithm(parameters, context, feedback)

    def compute(self, parameters, context, feedback, progress):
        from ...core.allocation import allocate_quota
        from ...core.findings import concat, conclude

        scene = self.scene(context, feedback, progress.part(0.0, 0.6))
        result = allocate_quota(
            scene,
            self._caps(parameters, context),
            basis=token_of(self, parameters, "BASIS", context) or "area_quota",
            unit_level=token_of(self, parameters, "LEVEL", context) or "county",
            levels=tokens_of(self, parameters, "PARTS", context) or PARTS,
            year=whole_of(self, parameters, "YEAR", context),
            source=token_of(self, parameters, "SOURCE", context) or "groundwater",
            bounds=self._limits(),
            within_permit=self.parameterAsBool(parameters, "WITHIN_PERMIT", context),
        )
        verdicts = concat([scene.register.problems, scene.amounts.problems, result.verdicts])
        findings = conclude(verdicts, scene.policy.id, scene.policy.version, "")
        tell_findings(feedback, findings)
        outputs = {
            "ALLOCATION": as_table(result.rows, "quota_allocation"),
            "FINDINGS": as_table(findings, "findings"),
        }
        return deliver(self, parameters, context, outputs, progress.part(0.9, 1.0))

    def _caps(self, parameters, context):
        caps = numbers_of(self, parameters, "CAPS", context)
        for value in caps.values():
            if isinstance(value, str):
                raise OverdraftError("allocation.bad_total", found=value)
        return caps or None

    def _limits(self):
        """The table of limits, columns that it lacks empty."""
        if self.bounds is None:
            return None
        frame = self.bounds.read().frame().drop(columns="geometry", errors="ignore")
        frame = frame.reindex(columns=["level", "key", "parent_id", "lower_m3", "upper_m3"])
        return frame.astype({"lower_m3": "float64", "upper_m3": "float64"})
