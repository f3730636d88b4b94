"""``enforce``: the whole flow of ``core.enforce``, from layers to case file, report and counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qgis.core import QgsProcessingException, QgsProcessingOutputNumber, QgsProcessingParameterFileDestination

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import day_of, token_of
from ..layers.beside import BesideFile
from ..placing import length_of
from ..results import tell_counts, tell_findings, tell_inputs
from ..texts import tr

COUNTS = {
    outcome: f"N_{outcome.upper()}" for outcome in ("fail", "review", "not_evaluated", "exempt", "pass")
}
"""Outcome → number output: wells by their worst outcome."""

FIRST = ("wells", "zones", "units", "irrigation", "networks", "screens")
"""Roles that stand above case file and policy in the dialog, the others below."""

_HEAD = "@history-head@"


class Enforce(OverdraftAlgorithm):
    """Judges a whole register and writes case file and report."""

    NAME = "enforce"
    GROUP = "enforcement"
    ROLES = (*FIRST, *(name for name in declared.all_roles() if name not in FIRST))
    REQUIRED = ("wells",)
    POLICY_REQUIRED = True
    WRITES_CASE = True

    def declare(self):
        return (
            *declared.roles(FIRST, self.REQUIRED),
            declared.case(),
            *declared.policy(self.POLICY_REQUIRED),
            declared.as_of(),
            *declared.roles(self.ROLES[len(FIRST) :]),
            declared.settings(),
            declared.distance_limit(),
            declared.position_accuracy(),
            declared.reading(),
            declared.pool(),
            declared.baseline(),
            declared.retirement_baseline(),
            declared.area_basis(),
            declared.parent_sum_only(),
            declared.freeze(),
            declared.language(),
            QgsProcessingParameterFileDestination("OUTPUT", tr("Case file of this run"), declared.GEOPACKAGE),
            QgsProcessingParameterFileDestination("REPORT", tr("Report"), "HTML (*.html)", optional=True),
        )

    def outputs_declared(self):
        texts = self.help()
        return tuple(QgsProcessingOutputNumber(name, texts.outputs[name]) for name in COUNTS.values())

    def compute(self, parameters, context, feedback, progress):
        from ...core.casefile import case_content, tables_seen, write_case
        from ...core.enforce import enforce
        from ...core.intake import build_register

        inputs = self.inputs
        asked = [role for role in self.ROLES if role not in inputs.sources]
        seen = {} if inputs.case is None else tables_seen(inputs.case, asked)
        frames = inputs.read(progress.part(0.0, 0.2), roles=self.ROLES)
        tell_inputs(feedback, inputs)
        settings = self._settings(parameters, context, frames)
        result = enforce(
            build_register(frames), inputs.policy(), inputs.as_of, settings, progress.part(0.2, 0.7)
        )
        content = replace(case_content(result, inputs.language), seen=seen)
        if self.parameterAsBool(parameters, "FREEZE", context):
            content = self._frozen(content, frames, settings)
        target = Path(self.parameterAsFileOutput(parameters, "OUTPUT", context)).absolute()
        tell_findings(feedback, result.findings)
        page = self._page(parameters, context, result, target)
        try:
            written = write_case(target, content, base=inputs.case, progress=progress.part(0.7, 0.99))
            if page is not None:
                _put_head(page, written.history_head)
                page.commit()
        finally:
            if page is not None:
                page.discard()
        if written.backup is not None:
            feedback.pushInfo(tr("The older case file is kept as {path}").format(path=written.backup))
        tell_counts(feedback, result.counts)
        answers = {name: result.counts[outcome] for outcome, name in COUNTS.items()}
        answers["OUTPUT"] = str(target)
        if page is not None:
            answers["REPORT"] = str(page.target)
        return answers

    def _frozen(self, content, frames, settings):
        """The content with the inputs of the run as it read them."""
        from ...core.casefile import Given, with_frozen
        from ...core.policy import policy_text

        text, name = policy_text(self.inputs.policy_ref)
        given = Given(frames, text, name, self.inputs.settings, self.inputs.as_of, settings)
        return with_frozen(content, given)

    def _settings(self, parameters, context, frames):
        from ...core.enforce import EnforceSettings

        return EnforceSettings(
            reading=token_of(self, parameters, "READING", context),
            pool=token_of(self, parameters, "POOL", context),
            baseline=day_of(self, parameters, "BASELINE", context),
            retirement_baseline=day_of(self, parameters, "RETIREMENT_BASELINE", context),
            area_basis=token_of(self, parameters, "AREA_BASIS", context),
            parent_sum_only=self.parameterAsBool(parameters, "PARENT_SUM_ONLY", context) or None,
            distance_limit_m=length_of(self, parameters, "DISTANCE_LIMIT", context),
            position_accuracy_m=length_of(self, parameters, "POSITION_ACCURACY", context),
            language=self.inputs.language,
            sources=self.inputs.described(frames),
            invented=self.inputs.invented,
        )

    def _page(self, parameters, context, result, case: Path) -> BesideFile | None:
        """The report, complete in a folder beside its name; None when none was asked for."""
        from ...core.report import render_report

        path = self.parameterAsFileOutput(parameters, "REPORT", context)
        if not path:
            return None
        html = render_report(result, self.inputs.language, case_path=case.name, history_head=_HEAD)
        try:
            page = BesideFile(Path(path).absolute())
            page.inside.write_text(html, encoding="utf-8")
        except OSError as error:
            raise QgsProcessingException(str(error)) from error
        return page


def _put_head(page: BesideFile, head: str) -> None:
    """The report names the last hash of the case file's history, known only once that is written."""
    text = page.inside.read_text(encoding="utf-8")
    page.inside.write_text(text.replace(_HEAD, head), encoding="utf-8")
