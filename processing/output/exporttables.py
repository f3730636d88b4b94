"""``exporttables``: the tables that a bureau files, out of a case file."""

from __future__ import annotations

import getpass
from pathlib import Path

from qgis.core import QgsProcessingOutputNumber, QgsProcessingParameterFolderDestination

from .. import paper_options as asked
from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import path_of, text_of, tokens_of
from ..papers import FORMATS, save_tables
from ..texts import tr

NUMBERS = ("N_TABLES", "N_ROWS", "N_FILES")

_PREVIEWED = 40
"""Rows of the first page."""


class ExportTables(OverdraftAlgorithm):
    """Prints tables of a case file as XLSX, CSV and HTML. An export in full puts into the case who made it."""

    NAME = "exporttables"
    GROUP = "output"
    CASE_REQUIRED = True

    def declare(self):
        return (
            declared.case_to_compare("CASE", tr("Case file (needed)")),
            declared.choices("TABLES", tr("Tables (empty: all)"), list(asked.TABLES)),
            declared.choices("FORMATS", tr("Formats (empty: xlsx)"), list(FORMATS)),
            *asked.scope_parameters(),
            *asked.privacy_parameters(),
            declared.language(),
            QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder")),
        )

    def outputs_declared(self):
        texts = self.help().outputs
        return tuple(QgsProcessingOutputNumber(name, texts[name]) for name in NUMBERS)

    def compute(self, parameters, context, feedback, progress):
        from ...core.papers import KINDS, open_book, paper, record_export

        case = path_of(self, parameters, "CASE", context)
        chosen = tokens_of(self, parameters, "TABLES", context) or list(KINDS)
        formats = tokens_of(self, parameters, "FORMATS", context) or FORMATS[:1]
        profile, digits = asked.profile_of(self, parameters, context)
        scope = asked.scope_of(self, parameters, context)
        person = text_of(self, parameters, "PERSON", context) or ""
        record_export(case, profile, person, getpass.getuser(), chosen)
        progress(0.05)
        needs = [name for kind in chosen for name in KINDS[kind].needs]
        book = open_book(case, needs, self.inputs.language, scope)
        tables = []
        for number, kind in enumerate(chosen):
            progress(0.1 + 0.4 * number / len(chosen))
            tables.append(KINDS[kind].make(book))
        drawn = paper(book, tables, profile, digits)
        folder = Path(self.parameterAsString(parameters, "OUTPUT", context)).absolute()
        files = save_tables(drawn, folder, case.stem, tuple(formats), context, progress.part(0.5, 1.0))
        for path in files:
            feedback.pushInfo(str(path))
        rows = sum(map(len, drawn.tables))
        return {"OUTPUT": str(folder), "N_TABLES": len(drawn.tables), "N_ROWS": rows, "N_FILES": len(files)}

    def first_page(self, parameters, context):
        from ...core.papers import KINDS, html_page, open_book, paper

        kind = KINDS[(tokens_of(self, parameters, "TABLES", context) or list(KINDS))[0]]
        profile, digits = asked.profile_of(self, parameters, context)
        case, scope = path_of(self, parameters, "CASE", context), asked.scope_of(self, parameters, context)
        book = open_book(case, kind.needs, self.inputs.language, scope)
        return html_page(paper(book, [kind.make(book).first(_PREVIEWED)], profile, digits))
