"""``recordevent``: the acts of the daily desk, one by one or as a table, into a case file."""

from __future__ import annotations

import getpass
from dataclasses import replace
from typing import TYPE_CHECKING

from qgis.core import (
    QgsProcessing,
    QgsProcessingException,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterPoint,
)

from ...core.errors import OverdraftError
from ...core.schema import register_schema, results_schema
from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import day_of, is_given, lines_of, number_of, path_of, text_of, token_of
from ..layers import deliver, open_source
from ..results import as_table
from ..scenes import table_sink
from ..texts import tr, ui_language

if TYPE_CHECKING:
    import pandas as pd

ACTS = [
    *("event", "evidence", "correct", "void", "apply", "approve", "refuse", "withdraw", "link"),
    *("objection", "objection_result"),
]
_DAYS = ("DAY", "TAKEN_ON", "CHECKED_ON", "POWER_CUT_ON", "PERMIT_CANCELLED_ON")
_TEXTS = (
    *("SUBJECT_ID", "DOC_NO", "PHOTO", "DOCUMENT", "CHECKED_BY", "EVENT_ID", "APPLICATION_ID"),
    *("APPROVAL_NO", "WELL_ID", "REPLACES", "RETIRED_IDS", "OBJECTION_ID", "REASON"),
)


class RecordEvent(OverdraftAlgorithm):
    """Records what happened: seals with their evidence, applications, decisions, drilled wells, land, objections."""

    NAME = "recordevent"
    GROUP = "register"
    READS = ("ACTS",)
    WRITES_CASE = False

    def declare(self):
        enums = register_schema().enums
        kinds = [*enums["event_kind"], *enums["application_kind"]]
        results = results_schema().enums["objection_result"]
        return (
            declared.case(),
            QgsProcessingParameterFeatureSource(
                "ACTS",
                tr("Table of acts, one row each"),
                [QgsProcessing.SourceType.TypeVector],
                optional=True,
            ),
            declared.choice("ACT", tr("Act (empty: event)"), ACTS),
            declared.text("SUBJECT_ID", tr("Well or area")),
            declared.choice("KIND", tr("Kind of event or application"), [k for k in kinds if k != "void"]),
            declared.day("DAY", tr("Day")),
            declared.text("DOC_NO", tr("Document number")),
            declared.text("PHOTO", tr("Photos (file names, separated by semicolons)")),
            declared.text("CHECKED_BY", tr("Inspected by")),
            declared.advanced(declared.day("CHECKED_ON", tr("Inspected on (empty: the day)"))),
            declared.day("POWER_CUT_ON", tr("Power cut on")),
            declared.day("PERMIT_CANCELLED_ON", tr("Permit cancelled on")),
            declared.text("DOCUMENT", tr("Documents (file names, separated by semicolons)")),
            declared.advanced(declared.day("TAKEN_ON", tr("Photos and documents of (empty: the day)"))),
            QgsProcessingParameterFile(
                "FILES",
                tr("Folder of the files (empty: that of the case file)"),
                QgsProcessingParameterFile.Behavior.Folder,
                optional=True,
            ),
            declared.number("AREA_MU", tr("Area concerned (mu; empty: the whole area)")),
            declared.text("APPLICATION_ID", tr("Application (a new one may be left empty)")),
            QgsProcessingParameterPoint("PLACE", tr("Place"), optional=True),
            declared.text("WELL_ID", tr("Well that is drilled or concerned")),
            declared.text("REPLACES", tr("Well that is replaced")),
            declared.text("RETIRED_IDS", tr("Wells pledged (separated by semicolons)")),
            declared.pairs("FIELDS", tr("Fields of the well, a line each: field = value")),
            declared.text("APPROVAL_NO", tr("Approval number")),
            declared.text("EVENT_ID", tr("Event that is proven, corrected or withdrawn")),
            declared.text("OBJECTION_ID", tr("Objection (a new one may be left empty)")),
            declared.choice("RESULT", tr("Result of the objection"), list(results)),
            declared.text("REASON", tr("Reason")),
            QgsProcessingParameterBoolean(
                "ANYWAY", tr("Record it although it contradicts the record"), False, optional=True
            ),
            declared.advanced(declared.text("BY", tr("Recorded by (empty: your login)"))),
            *declared.policy(False),
            declared.as_of(),
            declared.settings(),
            declared.language(),
            table_sink("OUTPUT", tr("What was recorded"), needed=True),
        )

    def outputs_declared(self):
        texts = self.help().outputs
        return (
            QgsProcessingOutputString("EVENT", texts["EVENT"]),
            QgsProcessingOutputNumber("N_RECORDED", texts["N_RECORDED"]),
            QgsProcessingOutputString("CREDIT_STATE", texts["CREDIT_STATE"]),
        )

    def checkParameterValues(self, parameters, context):
        if path_of(self, parameters, "CASE", context) is None:
            return False, tr("CASE is needed: choose the case file in which it is recorded.")
        return super().checkParameterValues(parameters, context)

    def prepareAlgorithm(self, parameters, context, feedback):
        self.acts = open_source(self, parameters, "ACTS", context) if is_given(parameters, "ACTS") else None
        return super().prepareAlgorithm(parameters, context, feedback)

    def compute(self, parameters, context, feedback, progress):
        from ...core.casefile import CaseRows
        from ...core.desk import ActsError, By, acts_of, record

        case = path_of(self, parameters, "CASE", context)
        rows, crs = self._rows(parameters, context)
        who = text_of(self, parameters, "BY", context) or getpass.getuser()
        by = By(who, getpass.getuser(), self.inputs.as_of)
        try:
            acts = acts_of(rows, path_of(self, parameters, "FILES", context), crs)
            if self.parameterAsBool(parameters, "ANYWAY", context):
                acts = [replace(act, anyway=True) if hasattr(act, "anyway") else act for act in acts]
            policy = self.inputs.policy()
            done = record(CaseRows.open(case), acts, by, case, progress.part(0.0, 0.4))
        except ActsError as error:
            for row, problem in error.rows:
                text = problem.text(self.inputs.language)
                feedback.reportError(tr("Row {n}: {problem}").format(n=row + 1, problem=text))
            raise
        _tell_objections(feedback, done)
        table = _table(done, case, policy, self.inputs.as_of, progress.part(0.4, 0.9))
        _tell(feedback, table)
        answers = {
            "EVENT": done[-1].event_id if done else "",
            "N_RECORDED": len(done),
            "CREDIT_STATE": (table["credit_state"].iloc[-1] or "") if len(table) else "",
        }
        try:
            outputs = {"OUTPUT": as_table(table, "recorded")}
            return {**deliver(self, parameters, context, outputs, progress.part(0.9, 1.0)), **answers}
        except (QgsProcessingException, OverdraftError):
            feedback.pushWarning(
                tr(
                    "{n} acts are on record in the case file; only the output table could not be written."
                ).format(n=len(done))
            )
            raise

    def _rows(self, parameters, context) -> tuple[list[dict], object]:
        """One row per act with the system of its points: from the table, else from the parameters."""
        if self.acts is not None:
            return _rows_of(self.acts)
        row = {name.lower(): text_of(self, parameters, name, context) for name in _TEXTS}
        row |= {name.lower(): day_of(self, parameters, name, context) for name in _DAYS}
        row |= {name.lower(): token_of(self, parameters, name, context) for name in ("ACT", "KIND", "RESULT")}
        row["area_mu"] = number_of(self, parameters, "AREA_MU", context)
        row |= {name.strip(): value for name, value in lines_of(self, parameters, "FIELDS", context).items()}
        if not is_given(parameters, "PLACE"):
            return [row], ""
        from shapely.geometry import Point

        point = self.parameterAsPoint(parameters, "PLACE", context)
        crs = self.parameterAsPointCrs(parameters, "PLACE", context)
        row["geom"] = Point(point.x(), point.y())
        return [row], crs.authid() or crs.toWkt() if crs.isValid() else ""


def _rows_of(source) -> tuple[list[dict], object]:
    from ...core.desk.view import records

    table = source.read()
    frame = table.columns_frame()
    frame.columns = [str(name).strip().lower() for name in frame.columns]
    rows = records(frame)
    if table.geometry is not None:
        for row, shape in zip(rows, table.geometry, strict=True):
            row["geom"] = None if shape is None or shape.is_empty else shape
    crs = table.crs
    return rows, (crs.authid() or crs.toWkt()) if crs is not None and crs.isValid() else ""


def _table(done, case, policy, as_of, progress) -> pd.DataFrame:
    """What was recorded, with what the ledger says of it where a policy was given."""
    import pandas as pd

    from ...core.desk import ledger_after, register_of, state_of

    standing = None
    if policy is not None and policy.has("replacement"):
        register = register_of(case, policy, progress.part(0.0, 0.5))
        ids = [item.subject_id for item in done]
        standing = ledger_after(register, policy, as_of, ids, ids, progress.part(0.5, 1.0))
    rows = []
    for number, item in enumerate(done, start=1):
        state, pool, lacks = (
            state_of(standing, item.subject_role, item.subject_id) if standing is not None else ("", "", ())
        )
        rows.append(
            {
                "n": number,
                "act": item.kind,
                "subject_role": item.subject_role,
                "subject_id": item.subject_id,
                "kind": item.token,
                "day": pd.Timestamp(item.day) if item.day else pd.NaT,
                "event_id": item.event_id or None,
                "application_id": item.application_id or None,
                "objection_id": item.objection_id or None,
                "pool_id": pool or None,
                "credit_state": state or None,
                "lacks": ";".join(lacks) or None,
            }
        )
    columns = ["n", "act", "subject_role", "subject_id", "kind", "day", "event_id", "application_id"]
    columns += ["objection_id", "pool_id", "credit_state", "lacks"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(day=pd.to_datetime(frame["day"]))


def _tell_objections(feedback, done):
    """What objections open again, and that their results close nothing."""
    reopened = sum(len(item.more) for item in done)
    if reopened:
        feedback.pushInfo(tr("Decisions reopened by objections: {n}").format(n=reopened))
    if any(item.kind == "objection_result" for item in done):
        feedback.pushInfo(
            tr(
                "A result decides on no finding: decide again in the review on those that the objection opened."
            )
        )


def _tell(feedback, table):
    """How many acts of each kind, and how many stand how in the ledger; never a line per act."""
    words, language = results_schema(), ui_language()
    for act, n in table.groupby("act", sort=True).size().items():
        feedback.pushInfo(tr("{label}: {n}").format(label=words.label("desk_act", act, language), n=n))
    for state, n in table.groupby("credit_state", sort=True).size().items():
        label = words.label("entry_state", state, language)
        feedback.pushInfo(tr("In the ledger: {label} {n}").format(label=label, n=n))
