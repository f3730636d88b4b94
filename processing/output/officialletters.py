"""``officialletters``: approval sheets, requests for an opinion and closure notices from templates in Word."""

from __future__ import annotations

import getpass
from datetime import date
from functools import partial
from pathlib import Path

from qgis.core import (
    QgsApplication,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
)

from .. import paper_options as asked
from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import day_of, ids_of, path_of, text_of, token_of, tokens_of
from ..saving import free_name, save_all
from ..texts import RESOURCES, tr

KINDS = ["approval_sheet", "opinion_letter", "closure_notice"]
FORMATS = ["docx", "pdf"]
NUMBERS = ("N_LETTERS", "N_FILES")
_MOST_TOLD = 20


class OfficialLetters(OverdraftAlgorithm):
    """Fills templates that people keep in their profile; what is put in stays text, nothing of it is executed."""

    NAME = "officialletters"
    GROUP = "output"
    CASE_REQUIRED = True

    def declare(self):
        return (
            declared.case_to_compare("CASE", tr("Case file (needed)")),
            declared.choice("KIND", tr("Kind of letter (needed)"), KINDS),
            declared.text("WELLS", tr("Wells (ids, separated by semicolons)")),
            declared.text("APPLICATIONS", tr("Applications (ids, separated by semicolons)")),
            declared.text("UNIT", tr("Unit that signs (needed)")),
            declared.text("TO", tr("To whom (empty: who is to be consulted)")),
            declared.text("DOC_NO", tr("Document number")),
            declared.text("PHONE", tr("Telephone")),
            declared.text("ADDRESS", tr("Address")),
            declared.day("ISSUED_ON", tr("Day of the letter (empty: today)")),
            declared.day("END", tr("By when (empty: room to write it)")),
            declared.lines("BASIS", tr("Further documents that it rests on, a line each")),
            QgsProcessingParameterFile(
                "TEMPLATE",
                tr("Template (empty: that of the profile, else ours)"),
                optional=True,
                fileFilter="DOCX (*.docx)",
            ),
            declared.choices("FORMATS", tr("Formats (empty: docx and pdf)"), FORMATS),
            *asked.privacy_parameters()[:2],
            declared.language(),
            QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder")),
        )

    def outputs_declared(self):
        texts = self.help().outputs
        return tuple(QgsProcessingOutputNumber(name, texts[name]) for name in NUMBERS)

    def compute(self, parameters, context, feedback, progress):
        from ...core.papers.record import record_export

        case, language = path_of(self, parameters, "CASE", context), self.inputs.language
        kind = token_of(self, parameters, "KIND", context)
        template = self._template(kind, parameters, context)
        profile, _ = asked.profile_of(self, parameters, context)
        person = text_of(self, parameters, "PERSON", context) or ""
        record_export(case, profile, person, getpass.getuser(), [kind])
        book, made = self._letters(case, kind, profile, parameters, context)
        if book.later:  # a template of the user's own may have no place for it
            feedback.pushWarning(book.later)
        formats = tokens_of(self, parameters, "FORMATS", context) or FORMATS
        folder = Path(self.parameterAsString(parameters, "OUTPUT", context)).absolute()
        title = book.say(f"letter_title.{kind}")
        files, taken = [], set()
        for number, letter in enumerate(made):
            progress(0.5 * number / len(made))
            name = free_name(taken, case.stem, title, letter.subject)
            files += _files(template, letter.values, folder / name, title, language, formats)
        written = save_all(files, progress.part(0.5, 1.0))
        feedback.pushInfo(tr("Template: {path}").format(path=template))
        for path in written[:_MOST_TOLD]:
            feedback.pushInfo(str(path))
        return {"OUTPUT": str(folder), "N_LETTERS": len(made), "N_FILES": len(written)}

    def first_page(self, parameters, context):
        from ...core.papers.template import filled
        from ...core.papers.word_page import letter_page
        from ..printing import letter_picture

        case, kind = path_of(self, parameters, "CASE", context), token_of(self, parameters, "KIND", context)
        profile, _ = asked.profile_of(self, parameters, context)
        book, made = self._letters(case, kind, profile, parameters, context)
        document = filled(self._template(kind, parameters, context), made[0].values)
        return letter_picture(letter_page(document, book.say(f"letter_title.{kind}"), book.language))

    def _template(self, kind, parameters, context):
        from ...core.papers.template import template_of

        given = path_of(self, parameters, "TEMPLATE", context)
        return given or template_of(kind, self.inputs.language, template_folders())

    def _letters(self, case, kind, profile, parameters, context):
        """The case, and each letter of this kind."""
        from ...core.papers import open_book
        from ...core.papers.letter import LETTER_NEEDS, letters

        book = open_book(case, LETTER_NEEDS, self.inputs.language)
        wells, applications = (ids_of(self, parameters, name, context) for name in ("WELLS", "APPLICATIONS"))
        addressed = self._addressed(parameters, context)
        return book, letters(book, kind, addressed, wells, applications, profile)

    def checkParameterValues(self, parameters, context):
        if token_of(self, parameters, "KIND", context) is None:
            return False, tr("KIND is needed: {kinds}.").format(kinds=", ".join(KINDS))
        return super().checkParameterValues(parameters, context)

    def _addressed(self, parameters, context):
        from ...core.papers.letter import Addressed

        def text(name):
            return text_of(self, parameters, name, context) or ""

        return Addressed(
            unit=text("UNIT"),
            day=day_of(self, parameters, "ISSUED_ON", context) or date.today(),
            to=text("TO"),
            phone=text("PHONE"),
            address=text("ADDRESS"),
            doc_no=text("DOC_NO"),
            deadline=day_of(self, parameters, "END", context),
            basis=tuple(line.strip() for line in text("BASIS").splitlines() if line.strip()),
        )


def template_folders() -> list[Path]:
    """Where templates are looked for: those of the user win."""
    return [Path(QgsApplication.qgisSettingsDirPath()) / "overdraft" / "papers", RESOURCES / "papers"]


def _files(template, values, base, title, language, formats):
    """A letter in the formats asked for, each with what writes it; the template is looked through at once."""
    from ...core.papers.template import filled
    from ...core.papers.word_page import letter_page
    from ..printing import print_letter

    made = filled(template, values)
    page = letter_page(made, title, language) if "pdf" in formats else ""
    write = {"docx": lambda path: made.save(str(path)), "pdf": partial(print_letter, page)}
    return [(base.with_name(f"{base.name}.{kind}"), write[kind]) for kind in dict.fromkeys(formats)]
