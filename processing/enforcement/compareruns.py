"""``compareruns``: what entered, left and changed between the runs of two case files."""

from __future__ import annotations

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import path_of
from ..layers import deliver
from ..results import as_table
from ..scenes import table_sink
from ..texts import tr


class CompareRuns(OverdraftAlgorithm):
    """Compares the last runs of two case files, with totals that come out at zero."""

    NAME = "compareruns"
    GROUP = "enforcement"
    CASES = ("BEFORE", "AFTER")

    def declare(self):
        return (
            declared.case_to_compare("BEFORE", tr("Case file of the earlier run (needed)")),
            declared.case_to_compare("AFTER", tr("Case file of the later run (needed)")),
            declared.language(),
            table_sink("TOTALS", tr("Totals of the comparison"), needed=True),
            table_sink("ENTERED", tr("Findings that entered")),
            table_sink("LEFT", tr("Findings that left")),
            table_sink("CHANGED", tr("Findings that changed")),
            table_sink("CHANGED_WELLS", tr("Wells that entered, left or changed")),
            table_sink("CHANGED_AREAS", tr("Irrigation areas that entered, left or changed")),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.comparing import compare_runs, read_run
        from ...core.messages import render

        sides = []
        for place, name in enumerate(self.CASES):
            sides.append(read_run(path_of(self, parameters, name, context)))
            progress.part(0.0, 0.6)((place + 1) / 2)
        result = compare_runs(*sides)
        for key, values in result.notes:
            feedback.pushWarning(render(key, values, self.inputs.language))
        feedback.pushInfo(
            tr("Findings: {entered} entered, {left} left, {changed} changed").format(
                entered=len(result.entered), left=len(result.left), changed=len(result.changed)
            )
        )
        outputs = {
            "TOTALS": as_table(result.totals, "run_totals"),
            "ENTERED": as_table(result.entered, "run_entered"),
            "LEFT": as_table(result.left, "run_left"),
            "CHANGED": as_table(result.changed, "run_changed"),
            "CHANGED_WELLS": as_table(result.wells, "run_wells"),
            "CHANGED_AREAS": as_table(result.areas, "run_areas"),
        }
        return deliver(self, parameters, context, outputs, progress.part(0.9, 1.0))
