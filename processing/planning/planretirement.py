"""``planretirement``: which land to retire, and when, at least cost, with a proof."""

from __future__ import annotations

import json

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterNumber,
)

from .. import parameters as declared
from ..dependencies import SCIPY
from ..inputs import day_of, is_given, token_of
from ..layers import deliver
from ..results import as_table, layer_read, tell_findings, with_columns, with_reason
from ..scenes import SceneAlgorithm, table_sink
from ..texts import tr
from .recording import record, recording
from .tell_land import tell_plan

TEXTS = ("COST_FIELD", "YEARLY_MINIMUMS", "MIN_CLOSED_WELLS")
NUMBERS = (
    "TARGET_YEAR",
    "FIRST_YEAR",
    "TOWNSHIP_CAP",
    "SAVING_TARGET",
    "RETURN_RATIO",
    "COMPACTNESS",
    "TOUCH_DISTANCE",
)
FLAGS = ("VOLUME_TARGETS", "IGNORE_LOCKS")
GAP_LIMIT = 1e-4


class PlanRetirement(SceneAlgorithm):
    """Plans the retirement of irrigated land, explains it, and says what must give where nothing meets the targets."""

    NAME = "planretirement"
    GROUP = "planning"
    ROLES = (
        *("irrigation", "wells", "well_areas", "units", "targets", "events", "zones", "screens"),
        *("permits", "permit_wells", "readings", "indices"),
    )
    REQUIRED = ("irrigation",)
    PACKAGES = (SCIPY,)

    def declare(self):
        return (
            *self.common(),
            declared.baseline(),
            declared.area_basis(),
            declared.parent_sum_only(),
            _year("TARGET_YEAR", tr("Target year (empty: the next one)")),
            _year("FIRST_YEAR", tr("First year of the plan (empty: that of the day of judgement)")),
            declared.text("COST_FIELD", tr("Field with the cost of retiring an area (empty: its area)")),
            declared.pairs("YEARLY_MINIMUMS", tr("Least land a year, a line each: [unit] year = mu")),
            _number("TOWNSHIP_CAP", tr("Largest share of a township's land retired in a year (0 to 1)"), 1.0),
            declared.pairs(
                "MIN_CLOSED_WELLS", tr("Least wells that close: a number, or lines unit = number")
            ),
            declared.number("SAVING_TARGET", tr("Groundwater that the plan must save a year (m³)")),
            declared.choice("SAVING_MEASURE", tr("Savings are counted (empty: gross)"), ["gross", "net"]),
            _flag("VOLUME_TARGETS", tr("Units must also save the volumes of their targets")),
            declared.advanced(
                _number("RETURN_RATIO", tr("Share of irrigation water that seeps back (0 to 1)"), 1.0)
            ),
            declared.number("COMPACTNESS", tr("Bonus for two touching areas, in units of cost")),
            declared.advanced(
                _number(
                    "TOUCH_DISTANCE",
                    tr("Areas this far apart still touch (m; empty: a shared border)"),
                    1000.0,
                )
            ),
            _flag("IGNORE_LOCKS", tr("Plan as if no area were locked")),
            declared.pairs("SCENARIOS", tr("Scenarios, a line each: name: SETTING = value; SETTING = value")),
            declared.advanced(declared.time_limit()),
            declared.advanced(
                _number("GAP_LIMIT", tr("Gap to the bound that is good enough (0 to 1)"), 1.0, GAP_LIMIT)
            ),
            *recording(tr("Put the plan on record in the case file")),
            QgsProcessingParameterFeatureSink(
                "PLAN", tr("Plan of the areas"), QgsProcessing.SourceType.TypeVectorPolygon
            ),
            table_sink("RESULT", tr("Plan by unit")),
            table_sink("CLOSING", tr("Wells that close")),
            table_sink("RELIEF", tr("Relief needed")),
            table_sink("SCENARIOS_OUT", tr("Scenarios side by side")),
        )

    def outputs_declared(self):
        numbers = {
            "COST": tr("Cost of the plan"),
            "BONUS": tr("Bonus for touching areas"),
            "BOUND": tr("Bound: no plan costs less after its bonus"),
            "GAP": tr("Gap between cost and bound"),
            "GREEDY_COST": tr("Cost of the plan by hand"),
        }
        return (
            *(QgsProcessingOutputNumber(name, label) for name, label in numbers.items()),
            QgsProcessingOutputString("STATUS", tr("Status")),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.planning.land import LandPlanner, land_settings, plan_scenarios, recorded_land, scenarios

        base = land_settings(self._texts(parameters, context))
        asked = scenarios(self.parameterAsString(parameters, "SCENARIOS", context), base)
        scene = self.scene(context, feedback, progress.part(0.0, 0.3), keep_as_it_was=("irrigation",))
        planner = LandPlanner.of(
            scene,
            baseline=day_of(self, parameters, "BASELINE", context),
            area_basis=token_of(self, parameters, "AREA_BASIS", context),
            # Not ticked cannot be told from not given in a dialog: then the policy decides.
            parent_sum_only=self.parameterAsBool(parameters, "PARENT_SUM_ONLY", context) or None,
            progress=progress.part(0.3, 0.5),
        )
        plans = plan_scenarios(
            planner,
            asked,
            time_limit=self.parameterAsDouble(parameters, "TIME_LIMIT", context),
            gap=self.parameterAsDouble(parameters, "GAP_LIMIT", context),
            progress=progress.part(0.5, 0.9),
        )
        tell_findings(feedback, scene.register.problems.rows)
        tell_plan(feedback, plans[""])
        outputs = self._tables(plans)
        result = deliver(self, parameters, context, outputs, progress.part(0.9, 0.98))
        record(
            self,
            parameters,
            context,
            "retirement",
            lambda stamp: (recorded_land(plans[""], self.inputs.as_of, stamp), None),
        )
        progress(1.0)
        plan = plans[""].plan
        return {
            **result,
            "COST": plan.cost,
            "BONUS": plan.bonus,
            "BOUND": plans[""].bound,
            "GAP": plans[""].gap,
            "GREEDY_COST": plan.greedy_value,
            "STATUS": plan.status,
        }

    def _texts(self, parameters, context):
        """The settings of the plan as text, as scenarios write them."""
        names = (*TEXTS, *NUMBERS, *FLAGS)
        given = {
            name: self.parameterAsString(parameters, name, context)
            for name in names
            if is_given(parameters, name)
        }
        return {**given, "SAVING_MEASURE": token_of(self, parameters, "SAVING_MEASURE", context) or ""}

    def _tables(self, plans):
        """The outputs: those of the plan itself, and all scenarios side by side."""
        from ...core.messages import render
        from ...core.planning.land import area_table, relief_table, scenario_table, unit_table, well_table

        language, plan = self.inputs.language, plans[""]
        areas, wells, relief = area_table(plan), well_table(plan), relief_table(plan)
        areas["reason"] = areas["reason_key"].map(
            {key: render(key, {}, language) for key in areas["reason_key"].unique()}
        )
        named = {name or render("planning_land.plan", {}, language): one for name, one in plans.items()}
        reliefs = zip(relief["reason_key"], relief["reason_values"], strict=True)
        return {
            "PLAN": with_columns(layer_read(self.inputs, "irrigation"), areas, "retirement_plan", "reason"),
            "RESULT": as_table(unit_table(plan), "retirement_plan_units"),
            "CLOSING": with_reason(
                as_table(wells, "retirement_plan_wells"),
                [render(key, {}, language) for key in wells["reason_key"]],
            ),
            "RELIEF": with_reason(
                as_table(relief, "retirement_plan_relief"),
                [render(key, json.loads(values), language) for key, values in reliefs],
            ),
            "SCENARIOS_OUT": as_table(scenario_table(named), "retirement_plan_scenarios"),
        }


def _year(name, label):
    kind = QgsProcessingParameterNumber.Type.Integer
    return QgsProcessingParameterNumber(name, label, kind, None, True, *declared.YEARS)


def _number(name, label, most, default=None):
    kind = QgsProcessingParameterNumber.Type.Double
    return QgsProcessingParameterNumber(name, label, kind, default, True, 0.0, most)


def _flag(name, label):
    return declared.advanced(QgsProcessingParameterBoolean(name, label, defaultValue=False, optional=True))
