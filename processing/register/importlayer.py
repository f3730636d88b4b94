"""``importlayer``: what a bureau brings becomes a canonical layer, every repair counted and reversible."""

from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterCrs,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

from ...core.schema import register_schema
from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..imports import (
    ENCODINGS,
    MODES,
    REPAIRS,
    SEVERITIES,
    canonical_layer,
    register_units,
    save_mapping,
    source_of,
    tell_import,
    wishes_of,
)
from ..inputs import is_given, path_of, token_of
from ..layers import deliver
from ..results import as_points, as_table
from ..scenes import table_sink
from ..texts import tr


class ImportLayer(OverdraftAlgorithm):
    """Reads any layer or table into the canonical form of a role."""

    NAME = "importlayer"
    GROUP = "register"
    ROLES = ("units",)
    READS = ("INPUT",)

    def declare(self):
        any_vector = QgsProcessing.SourceType.TypeVector
        return (
            QgsProcessingParameterFeatureSource(
                "INPUT", tr("Layer or table to import (needed)"), [any_vector], None, True
            ),
            declared.choice("ROLE", tr("What it is: its role (needed)"), list(register_schema().roles)),
            declared.pairs("FIELD_MAP", tr("Columns to fields, a line each: column = field")),
            declared.pairs("UNIT_MAP", tr("Units, a line each: column = unit")),
            declared.advanced(declared.pairs("VALUE_MAP", tr("Words, a line each: field: word = value"))),
            QgsProcessingParameterFile(
                "MAPPING", tr("Saved mapping"), optional=True, fileFilter="JSON (*.json)"
            ),
            QgsProcessingParameterCrs("CRS", tr("Coordinate system (empty: that of the layer)"), None, True),
            declared.text("X_COLUMN", tr("Column of x or longitude (empty: by its name)")),
            declared.text("Y_COLUMN", tr("Column of y or latitude (empty: by its name)")),
            *declared.roles(self.ROLES),
            declared.case(),
            declared.choice("MODE", tr("Put into the case file (empty: not)"), list(MODES)),
            declared.advanced(declared.text("OPERATION", tr("Coordinate operation from an old datum"))),
            declared.advanced(
                QgsProcessingParameterCrs("TARGET_CRS", tr("Coordinate system of the result"), None, True)
            ),
            declared.advanced(
                declared.choices("REPAIR", tr("Repairs of positions that you ask for"), list(REPAIRS))
            ),
            declared.advanced(declared.choice("ENCODING", tr("Encoding (empty: detected)"), list(ENCODINGS))),
            declared.advanced(
                QgsProcessingParameterNumber(
                    "HEADER_ROW",
                    tr("Row of the column headings (empty: found)"),
                    QgsProcessingParameterNumber.Type.Integer,
                    None,
                    True,
                    1,
                    10_000,
                )
            ),
            declared.advanced(declared.text("BY", tr("Imported by (empty: your login)"))),
            declared.language(),
            declared.layer_sink("OUTPUT", tr("Imported layer"), needed=True),
            declared.points_sink("PROBLEMS", tr("Problems")),
            table_sink("CONVERSIONS", tr("Conversions by column")),
            table_sink("RAW_VALUES", tr("Raw values of changed cells")),
            table_sink("SET_ASIDE", tr("Rows set aside")),
            table_sink("BATCH", tr("Record of the import")),
            table_sink("PERSONS", tr("Personal data")),
            QgsProcessingParameterFileDestination(
                "SAVED_MAPPING", tr("Mapping to use again"), "JSON (*.json)", None, True, False
            ),
        )

    def outputs_declared(self):
        texts = self.help().outputs
        names = ("N_READ", "N_WRITTEN", "N_SET_ASIDE", "N_CHANGED", *SEVERITIES.values())
        return [QgsProcessingOutputNumber(name, texts[name]) for name in names]

    def prepareAlgorithm(self, parameters, context, feedback):
        self.source = source_of(self, parameters, context)
        return super().prepareAlgorithm(parameters, context, feedback)

    def compute(self, parameters, context, feedback, progress):
        from ...core.importing.record import batch_of, tally
        from ...core.importing.run import import_source
        from ...core.problems import told_problems

        language = self.inputs.language
        role = token_of(self, parameters, "ROLE", context)
        raw = self.source.read(self, parameters, context, progress.part(0.0, 0.3))
        wishes = wishes_of(self, parameters, context, role)
        units = register_units(self.inputs, progress.part(0.3, 0.35))
        made = import_source(role, raw, wishes, units, progress.part(0.35, 0.75))
        who = self.parameterAsString(parameters, "BY", context).strip() or getpass.getuser()
        batch = batch_of(role, raw, wishes, made, who, datetime.now().astimezone(), language)
        tell_import(feedback, raw, made, batch, language)
        wanted_persons = is_given(parameters, "PERSONS")
        outputs = {
            "OUTPUT": canonical_layer(role, made),
            "PROBLEMS": as_points(told_problems(made.problems, language), "problems"),
            "CONVERSIONS": as_table(made.conversions, "conversions"),
            "SET_ASIDE": as_table(batch.set_aside, "set_aside"),
            "BATCH": as_table(batch.frame(), "imports"),
        }
        if is_given(parameters, "RAW_VALUES"):  # the longest of all
            outputs["RAW_VALUES"] = as_table(batch.changes, "raw_values")
        if wanted_persons and made.persons is not None:
            outputs["PERSONS"] = as_table(made.persons, "persons")
        results = deliver(self, parameters, context, outputs, progress.part(0.75, 0.95))
        results |= save_mapping(self, parameters, context, batch.mapping)
        self._into_case(parameters, context, made, batch, wanted_persons)
        progress(1.0)
        counts = tally(made.problems)
        numbers = {"N_READ": "n_read", "N_WRITTEN": "n_written", "N_SET_ASIDE": "n_set_aside"}
        results |= {name: batch.row[key] for name, key in {**numbers, "N_CHANGED": "n_changed"}.items()}
        return results | {name: counts[severity] for severity, name in SEVERITIES.items()}

    def _into_case(self, parameters, context, made, batch, wanted_persons):
        """Into the case file, if that was asked for; the last step, after every output is complete."""
        from ...core.casefile import add_import

        mode = token_of(self, parameters, "MODE", context)
        case: Path | None = path_of(self, parameters, "CASE", context)
        if mode is not None and case is not None:
            persons = made.persons if wanted_persons else None
            add_import(case, made.frame, batch, mode, self.inputs.language, persons)
