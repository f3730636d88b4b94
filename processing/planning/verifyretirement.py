"""``verifyretirement``: is retired land green or irrigated again?"""

from __future__ import annotations

import json

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..dependencies import RASTERIO, gdal_problem
from ..inputs import number_of, raster_paths, text_of, token_of, whole_of
from ..layers import deliver
from ..results import as_points, as_polygons, tell_findings, tell_inputs
from ..texts import tr

NUMBERS = {
    "N_RESTORED": "fail",
    "N_DOUBTFUL": "review",
    "N_CONFIRMED": "pass",
    "N_NOT_EVALUATED": "not_evaluated",
}
SETTINGS = {
    "THRESHOLD": "threshold",
    "MIN_SHARE": "min_share",
    "CLEAR_SHARE": "clear_share",
    "NEIGHBOUR_DISTANCE": "neighbour_distance_m",
    "CLEAR_RATIO": "clear_ratio",
    "NODATA": "nodata",
}
COUNTS = {"MIN_NEIGHBOURS": "min_neighbours", "MIN_PIXELS": "min_pixels"}
NEARLY_ALL = 0.99
"""If so many of the pixels reach the threshold, it may be meant in another unit."""


class VerifyRetirement(OverdraftAlgorithm):
    """Holds retired areas against rasters, and their wells against readings."""

    NAME = "verifyretirement"
    GROUP = "planning"
    ROLES = ("irrigation", "wells", "well_areas", "readings", "events")
    REQUIRED = ("irrigation",)
    PACKAGES = (RASTERIO,)

    def declare(self):
        return (
            QgsProcessingParameterMultipleLayers(
                "RASTERS",
                tr("Rasters of a vegetation index or of irrigation frequency"),
                QgsProcessing.SourceType.TypeRaster,
            ),
            QgsProcessingParameterString(
                "RASTER_DAYS",
                tr("Season of each raster, in their order, with commas (2024-07, 2008/2017)"),
                multiLine=True,
                optional=True,
            ),
            *declared.roles(self.ROLES, self.REQUIRED),
            declared.case(),
            *declared.policy(self.POLICY_REQUIRED),
            declared.as_of(),
            declared.choice("METHOD", tr("Method (empty: threshold)"), declared.VERIFICATION_METHODS),
            *_numbers(),
            declared.language(),
            QgsProcessingParameterFeatureSink(
                "OUTPUT", tr("Checks of retired land"), QgsProcessing.SourceType.TypeVectorPolygon
            ),
            declared.points_sink("WELLS_OUT", tr("Wells of retired land")),
        )

    def outputs_declared(self):
        texts = self.help()
        return tuple(QgsProcessingOutputNumber(name, texts.outputs[name]) for name in NUMBERS)

    def prepareAlgorithm(self, parameters, context, feedback):
        self.rasters = raster_paths(parameters, "RASTERS", context)
        return super().prepareAlgorithm(parameters, context, feedback)

    def compute(self, parameters, context, feedback, progress):
        from ...core.intake import build_register
        from ...core.planning.verification import verify_retirement

        if problem := gdal_problem():
            feedback.pushWarning(problem)
        settings = self._settings(parameters, context)
        frames = self.inputs.read(progress.part(0.0, 0.2), roles=self.ROLES)
        tell_inputs(feedback, self.inputs)
        register = build_register(frames)
        tell_findings(feedback, register.problems.rows)
        result = verify_retirement(
            register,
            self.rasters,
            self.inputs.as_of,
            settings,
            raster_days=text_of(self, parameters, "RASTER_DAYS", context),
            policy=self.inputs.policy(),
            progress=progress.part(0.2, 0.9),
        )
        _tell(feedback, result)
        frame, wells = (_with_reasons(table, self.inputs.language) for table in (result.frame, result.wells))
        outputs = {
            "OUTPUT": as_polygons(frame, "retirement_checks", "reason"),
            "WELLS_OUT": as_points(wells, "retirement_wells", "reason"),
        }
        numbers = {name: result.counts[outcome] for name, outcome in NUMBERS.items()}
        return {**deliver(self, parameters, context, outputs, progress.part(0.9, 1.0)), **numbers}

    def _settings(self, parameters, context):
        from ...core.planning.verification import VerificationSettings

        given = {key: number_of(self, parameters, name, context) for name, key in SETTINGS.items()}
        given |= {key: whole_of(self, parameters, name, context) for name, key in COUNTS.items()}
        given["method"] = token_of(self, parameters, "METHOD", context)
        return VerificationSettings(**{key: value for key, value in given.items() if value is not None})


def _numbers():
    kind = QgsProcessingParameterNumber.Type
    advanced = (
        declared.number(
            "CLEAR_SHARE", tr("Share of irrigated pixels below which land is confirmed (empty: 0.1)")
        ),
        QgsProcessingParameterNumber(
            "MIN_NEIGHBOURS", tr("Fewest irrigated neighbours (empty: 5)"), kind.Integer, None, True, 1
        ),
        declared.number(
            "CLEAR_RATIO", tr("Part of the neighbours' median below which land is confirmed (empty: 0.5)")
        ),
        QgsProcessingParameterNumber(
            "NODATA",
            tr("Value that is none (empty: as the rasters declare)"),
            kind.Double,
            None,
            optional=True,
        ),
    )
    return (
        QgsProcessingParameterNumber(
            "THRESHOLD",
            tr("Value from which a pixel is irrigated (needed for the threshold method)"),
            kind.Double,
            None,
            optional=True,
        ),
        declared.number(
            "MIN_SHARE", tr("Share of irrigated pixels from which land is restored (empty: 0.5)")
        ),
        declared.number("NEIGHBOUR_DISTANCE", tr("Largest distance of neighbours (m; empty: 1000)")),
        QgsProcessingParameterNumber(
            "MIN_PIXELS", tr("Fewest pixels with a value (empty: 10)"), kind.Integer, None, True, 1
        ),
        *map(declared.advanced, advanced),
    )


def _with_reasons(frame, language):
    from ...core.planning.verification.speak import reason_text

    notes = frame["notes"] if "notes" in frame else [""] * len(frame)
    told = zip(frame["message_key"], frame["message_values"], notes, strict=True)
    return frame.assign(
        reason=[reason_text(key, json.loads(values), note, language) for key, values, note in told]
    )


def _tell(feedback, result):
    """How many areas and wells, and what makes the figures doubtful."""
    feedback.pushInfo(
        tr(
            "Retired areas: {restored} restored, {doubtful} doubtful, {confirmed} confirmed, {rest} not evaluated"
        ).format(
            restored=result.counts["fail"],
            doubtful=result.counts["review"],
            confirmed=result.counts["pass"],
            rest=result.counts["not_evaluated"],
        )
    )
    running = result.wells.loc[result.wells["outcome"].isin(["fail", "review"]), "row_id"].nunique()
    if running:
        feedback.pushWarning(tr("{n} wells of retired land show water or power").format(n=running))
    undated = result.frame.loc[result.frame["season"] == "", "raster"].unique()
    if len(undated):
        feedback.pushWarning(
            tr(
                "Nobody says which season these rasters show, so they neither confirm nor convict: {names}. Give it in "
                "RASTER_DAYS."
            ).format(names=", ".join(undated))
        )
    for name, share in result.reaching.items():
        if share >= NEARLY_ALL:
            feedback.pushWarning(
                tr(
                    "{name}: {percent} % of the pixels in retired areas reach THRESHOLD. Check that it is given in the "
                    "unit of the raster."
                ).format(name=name, percent=f"{100 * share:.1f}")
            )
    if result.settings.unverified:
        feedback.pushWarning(
            tr("Figures that no text gives and nobody confirmed: {settings}").format(
                settings=", ".join(result.settings.unverified)
            )
        )
