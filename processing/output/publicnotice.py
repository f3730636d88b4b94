"""``publicnotice``: what was decided on wells, as the notice that is put up (公示)."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterNumber,
)

from .. import paper_options as options
from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import day_of, ids_of, path_of, text_of, tokens_of, whole_of
from ..saving import file_name, save_all
from ..texts import tr

FORMATS = ["docx", "pdf", "html"]
STATES = ["accepted", "overridden", "verified", "deferred", "open"]
NUMBERS = ("N_WELLS", "N_FINDINGS", "N_WORKDAYS", "N_FILES")


class PublicNotice(OverdraftAlgorithm):
    """Draws up a notice for the public: nothing about persons goes in, whatever the case holds."""

    NAME = "publicnotice"
    GROUP = "output"
    CASE_REQUIRED = True

    def declare(self):
        return (
            declared.case_to_compare("CASE", tr("Case file (needed)")),
            declared.text(
                "ABOUT", tr("What the notice is about (empty: the findings on wells of the place)")
            ),
            *options.place_parameters(),
            declared.text("WELLS", tr("Wells (ids, separated by semicolons; empty: all)")),
            declared.choices(
                "STATES", tr("States of decisions (empty: accepted, overridden, verified)"), STATES
            ),
            declared.text("UNIT", tr("Unit that publishes and takes objections (needed)")),
            declared.text("PHONE", tr("Telephone for objections")),
            declared.text("ADDRESS", tr("Address for objections")),
            declared.text("MAILBOX", tr("Mailbox for objections")),
            declared.day("BEGIN", tr("First day of the notice (empty: today)")),
            declared.day("END", tr("Last day of the notice (empty: after the working days)")),
            QgsProcessingParameterNumber(
                "DAYS", tr("Working days"), QgsProcessingParameterNumber.Type.Integer, 10, False, 1, 366
            ),
            declared.day("ISSUED_ON", tr("Day of the notice (empty: its first day)")),
            declared.lines("BASIS", tr("Further documents that it rests on, a line each")),
            QgsProcessingParameterBoolean("ANNEX_MAP", tr("Draw the map for the annex"), True),
            QgsProcessingParameterFile(
                "MAP",
                tr("Map for the annex (PNG or JPEG; empty: the one that is drawn)"),
                optional=True,
                fileFilter="PNG, JPEG (*.png *.jpg *.jpeg)",
            ),
            declared.choices("FORMATS", tr("Formats (empty: docx and pdf)"), FORMATS),
            declared.language(),
            QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder")),
        )

    def outputs_declared(self):
        texts = self.help().outputs
        return (
            *(QgsProcessingOutputNumber(name, texts[name]) for name in NUMBERS),
            QgsProcessingOutputString("LAST_DAY", texts["LAST_DAY"]),
        )

    def compute(self, parameters, context, feedback, progress):
        from ...core.messages import render

        case, language = path_of(self, parameters, "CASE", context), self.inputs.language
        book, notice = self._notice(case, parameters, context)
        if book.later:
            feedback.pushWarning(book.later)
        if notice.untold:
            years = ", ".join(map(str, notice.untold))
            feedback.pushWarning(render("papers.notice.untold", {"years": years}, language))
        if notice.n_stale:
            feedback.pushWarning(render("papers.notice.stale", {"n": notice.n_stale}, language))
        formats = tokens_of(self, parameters, "FORMATS", context) or list(FORMATS[:2])
        folder = Path(self.parameterAsString(parameters, "OUTPUT", context)).absolute()
        files = document_files(notice.document, folder, case.stem, formats, feedback, language)
        written = save_all(files, progress.part(0.3, 1.0))
        for path in written:
            feedback.pushInfo(str(path))
        return {
            "OUTPUT": str(folder),
            "N_WELLS": notice.n_wells,
            "N_FINDINGS": len(notice.table),
            "N_WORKDAYS": notice.n_days,
            "N_FILES": len(written),
            "LAST_DAY": notice.last.isoformat(),
        }

    def first_page(self, parameters, context):
        from ..printing import document_picture

        case = path_of(self, parameters, "CASE", context)
        _, notice = self._notice(case, {**parameters, "ANNEX_MAP": False}, context)
        return document_picture(notice.document)

    def _notice(self, case, parameters, context):
        """The case, and the notice drawn up from it."""
        from ...core.papers import open_book
        from ...core.papers.notice import NOTICE_NEEDS, public_notice
        from ..annex import annex_map

        scope = options.place_of(self, parameters, context)
        book = open_book(case, NOTICE_NEEDS, self.inputs.language, scope)
        drawn = self.parameterAsBool(parameters, "ANNEX_MAP", context)
        return book, public_notice(book, self._asked(parameters, context), annex_map if drawn else None)

    def _asked(self, parameters, context):
        from ...core.papers.decided import DECIDED
        from ...core.papers.document import picture_of
        from ...core.papers.notice import Asked

        def text(name):
            return text_of(self, parameters, name, context) or ""

        picture = path_of(self, parameters, "MAP", context)
        return Asked(
            about=text("ABOUT"),
            unit=text("UNIT"),
            phone=text("PHONE"),
            address=text("ADDRESS"),
            mailbox=text("MAILBOX"),
            first=day_of(self, parameters, "BEGIN", context) or date.today(),
            last=day_of(self, parameters, "END", context),
            n_days=whole_of(self, parameters, "DAYS", context) or 10,
            issued=day_of(self, parameters, "ISSUED_ON", context),
            basis=tuple(line.strip() for line in text("BASIS").splitlines() if line.strip()),
            picture=None if picture is None else picture_of(picture),
            states=tuple(tokens_of(self, parameters, "STATES", context)) or DECIDED,
            wells=tuple(ids_of(self, parameters, "WELLS", context)),
        )


def document_files(document, folder, stem, formats, feedback, language):
    """A document in the formats asked for, each with what writes it; HTML in place of a DOCX that cannot be written."""
    from ...core.messages import render
    from ...core.papers.document import document_page
    from ...core.papers.word_file import docx_missing, write_docx
    from ..printing import print_document

    wanted = list(dict.fromkeys(formats))
    missing = docx_missing() if "docx" in wanted else ""
    if missing:
        feedback.pushWarning(render("papers.docx_replaced", {"detail": missing}, language))
        wanted = list(dict.fromkeys("html" if kind == "docx" else kind for kind in wanted))
    write = {
        "docx": partial(write_docx, document),
        "pdf": partial(print_document, document),
        "html": lambda path: path.write_text(document_page(document), encoding="utf-8"),
    }
    name = file_name(stem, document.title)
    return [(folder / f"{name}.{kind}", write[kind]) for kind in wanted]
