"""``closingorder``: which irrigation wells of over-extraction zones are closed first."""

from __future__ import annotations

import json

from qgis.core import QgsProcessing, QgsProcessingParameterFeatureSink

from .. import parameters as declared
from ..inputs import numbers_of
from ..layers import deliver
from ..results import layer_read, rows_of, tell_findings, with_columns
from ..scenes import SceneAlgorithm
from ..texts import tr, ui_language


class ClosingOrder(SceneAlgorithm):
    """Ranks wells by weighted criteria and says what put each one where it is."""

    NAME = "closingorder"
    GROUP = "planning"
    ROLES = (
        *("wells", "zones", "units", "irrigation", "networks", "alternatives", "stations", "screens"),
        *("levels", "readings", "permits", "permit_wells", "meters", "accounts", "account_wells"),
        *("well_areas", "events"),
    )
    REQUIRED = ("wells", "zones")

    def declare(self):
        return (
            *self.common(),
            declared.pairs(
                "WEIGHTS", tr("Weights, a line each: criterion = weight (empty: as the policy says)")
            ),
            QgsProcessingParameterFeatureSink(
                "OUTPUT", tr("Wells in closing order"), QgsProcessing.SourceType.TypeVectorPoint
            ),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.closing import closing_order, reason_text

        weights = numbers_of(self, parameters, "WEIGHTS", context)
        scene = self.scene(context, feedback, progress.part(0.0, 0.6), keep_as_it_was=("wells",))
        register = scene.register
        result = closing_order(
            register,
            scene.placement,
            scene.policy,
            scene.as_of,
            weights=weights,
            progress=progress.part(0.6, 0.9),
        )
        tell_findings(feedback, register.problems.rows)
        _tell(feedback, result)
        frame = result.frame.assign(
            reason=[
                reason_text(key, json.loads(values), self.inputs.language)
                for key, values in zip(result.frame["reason_key"], result.frame["reason_values"], strict=True)
            ]
        )
        wells = layer_read(self.inputs, "wells")
        place = register["wells"]["row_id"].reset_index(drop=True)
        rows = place.reset_index().set_index("row_id")["index"].reindex(frame["row_id"]).to_numpy()
        output = with_columns(rows_of(wells, rows), frame, "closing_order", "reason")
        return deliver(self, parameters, context, {"OUTPUT": output}, progress.part(0.9, 1.0))


def _tell(feedback, result):
    """How many are ranked, of how many it cannot be told, and what nobody confirmed."""
    from ...core.messages import render

    feedback.pushInfo(tr("Wells ranked: {n}").format(n=len(result.frame)))
    for key, n in result.left_out["reason_key"].value_counts(sort=False).sort_index().items():
        feedback.pushWarning(
            tr("{n} wells left out. Each: {reason}").format(n=n, reason=render(key, {}, ui_language()))
        )
    if result.settings.unverified:
        feedback.pushWarning(
            tr("Weights and years that no text gives and nobody confirmed: {settings}").format(
                settings=", ".join(result.settings.unverified)
            )
        )
