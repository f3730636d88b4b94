"""``rankunits``: whose groundwater fell most, who uses most of its plan."""

from __future__ import annotations

from qgis.core import QgsProcessingParameterBoolean, QgsProcessingParameterString

from .. import parameters as declared
from ..inputs import text_of, token_of
from ..layers import deliver
from ..results import as_table, tell_findings
from ..scenes import ABSTRACTION, SceneAlgorithm, table_sink
from ..texts import tr


class RankUnits(SceneAlgorithm):
    """Ranks the units of one level by the change of their groundwater, or by use over plan."""

    NAME = "rankunits"
    GROUP = "enforcement"
    ROLES = ("stations", "levels", *ABSTRACTION)

    def declare(self):
        return (
            *self.common(),
            declared.choice("MEASURE", tr("Ranked by (empty: change of level)"), declared.MEASURES),
            declared.level(declared.UNIT_LEVELS),
            QgsProcessingParameterString(
                "PERIOD",
                tr("Period: 2025, 2025-Q3 or 2025-08 (empty: the last one that is over)"),
                optional=True,
            ),
            declared.choice(
                "COMPARISON", tr("Compared with (empty: the period before)"), declared.COMPARISONS
            ),
            declared.advanced(
                QgsProcessingParameterString(
                    "PREVIOUS",
                    tr("Another period to compare with (empty: by the choice above)"),
                    optional=True,
                )
            ),
            QgsProcessingParameterBoolean(
                "SIGNED",
                tr("Largest fall first (not ticked: largest change, up or down, first)"),
                defaultValue=True,
                optional=True,
            ),
            declared.water_source(),
            table_sink("RANKING", tr("Ranking of units"), needed=True),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.findings import concat
        from ...core.ranking import rank_units
        from ...core.sheets import last_quarter

        scene = self.scene(context, feedback, progress.part(0.0, 0.6))
        measure = token_of(self, parameters, "MEASURE", context) or "level_change"
        over = str(_last_year(scene.as_of)) if measure == "utilisation" else last_quarter(scene.as_of)
        result = rank_units(
            scene,
            level=token_of(self, parameters, "LEVEL", context) or "county",
            measure=measure,
            period=text_of(self, parameters, "PERIOD", context) or over,
            previous=text_of(self, parameters, "PREVIOUS", context),
            signed=self.parameterAsBool(parameters, "SIGNED", context),
            basis=token_of(self, parameters, "COMPARISON", context) or "previous_quarter",
            source=token_of(self, parameters, "SOURCE", context) or "groundwater",
        )
        tell_findings(feedback, concat([scene.register.problems, scene.amounts.problems]).rows)
        _tell(feedback, result)
        outputs = {"RANKING": as_table(result.frame, "unit_ranking")}
        return deliver(self, parameters, context, outputs, progress.part(0.9, 1.0))


def _last_year(day):
    """The last calendar year that is over at the end of a day."""
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def _tell(feedback, result):
    """How many units have a rank, and which stations have no part in it."""
    ranked = int(result.frame["rank"].notna().sum())
    feedback.pushInfo(
        tr("{period}: {ranked} of {n} units ranked").format(
            period=result.period, ranked=ranked, n=len(result.frame)
        )
    )
    if result.measure != "level_change":
        return
    feedback.pushInfo(tr("Stations: {used} of {n} used").format(used=result.n_used, n=result.n_stations))
    words = {
        "no_data": tr("no observation in one of the two periods"),
        "mixed": tr("elevations and depths mixed, without the elevation of the ground"),
        "no_unit": tr("in no unit of this level"),
    }
    for reason, n in result.left_out.items():
        feedback.pushWarning(tr("{n} stations left out: {reason}").format(n=n, reason=words[reason]))
