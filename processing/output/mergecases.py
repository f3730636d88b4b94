"""``mergecases``: several counties' case files as one, judged together."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
)

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import day_of, raster_paths, token_of
from ..results import tell_counts, tell_findings
from ..texts import tr

NUMBERS = ("N_CASES", "N_READ", "N_SHARED", "N_ROWS")


class MergeCases(OverdraftAlgorithm):
    """Unites the registers of case files and judges them in one run; their histories are kept as they were."""

    NAME = "mergecases"
    GROUP = "output"
    WRITES_CASE = True

    def declare(self):
        return (
            QgsProcessingParameterMultipleLayers(
                "CASES", tr("Case files to merge (two or more)"), QgsProcessing.SourceType.TypeFile
            ),
            *declared.policy(self.POLICY_REQUIRED),
            declared.as_of(),
            declared.settings(),
            declared.language(),
            QgsProcessingParameterFileDestination("OUTPUT", tr("Merged case file"), declared.GEOPACKAGE),
        )

    def outputs_declared(self):
        texts = self.help().outputs
        return tuple(QgsProcessingOutputNumber(name, texts[name]) for name in NUMBERS)

    def prepareAlgorithm(self, parameters, context, feedback):
        self.paths = raster_paths(parameters, "CASES", context)
        return super().prepareAlgorithm(parameters, context, feedback)

    def compute(self, parameters, context, feedback, progress):
        from ...core.casefile import merge_cases
        from ...core.policy import load_policy

        reference = self.inputs.policy_ref
        target = Path(self.parameterAsFileOutput(parameters, "OUTPUT", context)).absolute()
        merged = merge_cases(
            self.paths,
            target,
            policy=None if reference is None else load_policy(reference),
            as_of=day_of(self, parameters, "AS_OF", context),
            language=token_of(self, parameters, "LANGUAGE", context) or "",
            values=self.inputs.settings,
            progress=progress,
        )
        tell_findings(feedback, merged.result.findings)
        for name in merged.broken:
            feedback.pushWarning(
                tr(
                    "The history of {name} shows signs of tampering. It is kept as it was: Verify case file names them."
                ).format(name=name)
            )
        for role, columns in merged.personal.items():
            feedback.pushWarning(
                tr("Columns of {role} with personal data are not carried: {columns}").format(
                    role=role, columns=", ".join(columns)
                )
            )
        tell_counts(feedback, merged.result.counts)
        parts = merged.rows.values()
        return {
            "OUTPUT": str(target),
            "N_CASES": len(self.paths),
            "N_READ": sum(part.n_read for part in parts),
            "N_SHARED": sum(part.n_shared for part in parts),
            "N_ROWS": sum(len(part.frame) for part in parts),
        }
