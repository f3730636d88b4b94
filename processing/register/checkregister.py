"""``checkregister``: everything that makes a register untrustworthy."""

from __future__ import annotations

from qgis.core import QgsProcessing, QgsProcessingOutputNumber, QgsProcessingParameterFeatureSink

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..layers import deliver
from ..results import as_points, as_table, tell_inputs
from ..scenes import table_sink
from ..texts import tr, ui_language

NUMBERS = {"error": "N_ERROR", "warning": "N_WARNING", "note": "N_NOTE"}
N_ROWS = "N_ROWS"


class CheckRegister(OverdraftAlgorithm):
    """Looks for what is wrong with layers and tables, before any policy does. It changes nothing."""

    NAME = "checkregister"
    GROUP = "register"
    ROLES = declared.checked_roles()
    ANY_LAYER = True

    def declare(self):
        return (
            *declared.roles(self.ROLES),
            declared.case(),
            *declared.policy(self.POLICY_REQUIRED),
            declared.as_of(),
            declared.language(),
            QgsProcessingParameterFeatureSink(
                "PROBLEMS", tr("Problems"), QgsProcessing.SourceType.TypeVectorPoint
            ),
            table_sink("COUNTS", tr("Counts by check")),
        )

    def outputs_declared(self):
        texts = self.help()
        return tuple(
            QgsProcessingOutputNumber(name, texts.outputs[name]) for name in (*NUMBERS.values(), N_ROWS)
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.checking import check_register
        from ...core.problems import told_counts, told_problems

        frames = self.inputs.read(progress.part(0.0, 0.3), roles=self.ROLES)
        tell_inputs(feedback, self.inputs)
        found = check_register(
            frames, self.inputs.as_of, self.inputs.policy(), progress=progress.part(0.3, 0.9)
        )
        numbers = {name: int((found.rows["severity"] == token).sum()) for token, name in NUMBERS.items()}
        numbers[N_ROWS] = sum(map(len, frames.values()))
        _tell(feedback, found.rows, numbers)
        language = self.inputs.language
        outputs = {
            "PROBLEMS": as_points(told_problems(found, language), "problems"),
            "COUNTS": as_table(told_counts(found, language), "problem_counts"),
        }
        return {**deliver(self, parameters, context, outputs, progress.part(0.9, 1.0)), **numbers}


def _tell(feedback, rows, numbers):
    """How many problems of each check and layer, never a line per problem."""
    from ...core.schema import register_schema

    for (check, role), n in rows.groupby(["check", "subject_role"], sort=True).size().items():
        label = register_schema().roles[role].label(ui_language())
        feedback.pushWarning(tr("{label}: {n} × {check}").format(label=label, n=n, check=check))
    feedback.pushInfo(
        tr("{rows} rows checked: {errors} errors, {warnings} warnings, {notes} notes").format(
            rows=numbers[N_ROWS],
            errors=numbers["N_ERROR"],
            warnings=numbers["N_WARNING"],
            notes=numbers["N_NOTE"],
        )
    )
