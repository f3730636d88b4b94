"""``verifycasefile``: signs of tampering and damage in a case file, and the replay of a frozen run."""

from __future__ import annotations

from qgis.core import QgsProcessingOutputNumber, QgsProcessingOutputString

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import path_of, text_of
from ..layers import deliver
from ..results import as_table
from ..scenes import table_sink
from ..texts import tr


class VerifyCaseFile(OverdraftAlgorithm):
    """Checks the chain of the history, the last run and the file. A broken chain is no error of this run."""

    NAME = "verifycasefile"
    GROUP = "output"
    CASE_REQUIRED = True

    def declare(self):
        return (
            declared.case_to_compare("CASE", tr("Case file (needed)")),
            declared.text("HEAD", tr("Head hash noted elsewhere, such as in a printed report")),
            declared.text("RUN", tr("Run to replay (needs frozen inputs; empty: none)")),
            declared.language(),
            table_sink("PROBLEMS", tr("Signs of tampering or damage"), needed=True),
        )

    def outputs_declared(self):
        texts = self.help().outputs
        numbers = ("N_ENTRIES", "N_PROBLEMS", "N_AFTER")
        return (
            *(QgsProcessingOutputNumber(name, texts[name]) for name in numbers),
            QgsProcessingOutputString("HEAD_NOW", texts["HEAD_NOW"]),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.casefile import problem_table, verify_case

        found = verify_case(
            path_of(self, parameters, "CASE", context),
            text_of(self, parameters, "HEAD", context) or "",
            text_of(self, parameters, "RUN", context) or "",
            progress.part(0.0, 0.9),
        )
        problems = problem_table(found.problems, self.inputs.language)
        _tell(feedback, found, problems)
        outputs = deliver(
            self,
            parameters,
            context,
            {"PROBLEMS": as_table(problems, "integrity_problems")},
            progress.part(0.9, 1.0),
        )
        outputs |= {"N_ENTRIES": found.n_entries, "N_PROBLEMS": len(problems), "HEAD_NOW": found.head}
        return outputs if found.n_after is None else {**outputs, "N_AFTER": found.n_after}


def _tell(feedback, found, problems):
    for sentence in problems["message"]:
        feedback.pushWarning(sentence)
    if found.replay is not None and found.replay.same:
        feedback.pushInfo(
            tr("The replay of the run {run} gives the same findings: {hash}").format(
                run=found.replay.run_id, hash=found.replay.found
            )
        )
    if found.n_after is not None:
        feedback.pushInfo(
            tr("The entry with the given hash is there; {n} came after it").format(n=found.n_after)
        )
    feedback.pushInfo(
        tr("History: {n} entries, head hash {head}; {problems} signs of tampering or damage").format(
            n=found.n_entries, head=found.head, problems=len(problems)
        )
    )
