"""``verdictslip``: one page of A4 for each well, one by one and as one file."""

from __future__ import annotations

import getpass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from qgis.core import (
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFolderDestination,
)

from .. import paper_options as asked
from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import ids_of, path_of, text_of, tokens_of
from ..saving import free_name, save_all
from ..texts import tr

FORMATS = ["pdf", "html"]
_MOST_TOLD = 20
NUMBERS = ("N_WELLS", "N_FINDINGS", "N_FILES")


class VerdictSlip(OverdraftAlgorithm):
    """Prints what was found and decided on single wells, with a small map of each."""

    NAME = "verdictslip"
    GROUP = "output"
    CASE_REQUIRED = True

    def declare(self):
        return (
            declared.case_to_compare("CASE", tr("Case file (needed)")),
            declared.text("WELLS", tr("Wells (ids, separated by semicolons; empty: all with a finding)")),
            *asked.place_parameters(),
            QgsProcessingParameterBoolean("EACH", tr("A file for each well"), True),
            QgsProcessingParameterBoolean("TOGETHER", tr("One file with all wells"), True),
            declared.choices("FORMATS", tr("Formats (empty: pdf)"), FORMATS),
            *asked.privacy_parameters()[:2],
            declared.language(),
            QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder")),
        )

    def outputs_declared(self):
        texts = self.help().outputs
        return tuple(QgsProcessingOutputNumber(name, texts[name]) for name in NUMBERS)

    def checkParameterValues(self, parameters, context):
        if not any(self.parameterAsBool(parameters, name, context) for name in ("EACH", "TOGETHER")):
            return False, tr("Tick EACH, TOGETHER or both: otherwise no file is made.")
        return super().checkParameterValues(parameters, context)

    def compute(self, parameters, context, feedback, progress):
        from ...core.papers.record import record_export

        case = path_of(self, parameters, "CASE", context)
        profile, _ = asked.profile_of(self, parameters, context)
        person = text_of(self, parameters, "PERSON", context) or ""
        record_export(case, profile, person, getpass.getuser(), [self.NAME])
        folder = Path(self.parameterAsString(parameters, "OUTPUT", context)).absolute()
        book = self._book(case, parameters, context)
        if book.later:
            feedback.pushWarning(book.later)
        together, part = book.say("wellslip.all"), progress.part(0.0, 0.6)
        with TemporaryDirectory() as room:
            pages, n_findings = self._pages(book, profile, Path(room), parameters, context, part)
            files = self._files(pages, folder, case.stem, together, parameters, context)
            written = save_all(files, progress.part(0.6, 1.0))
        if len(written) < _MOST_TOLD:
            for path in written:
                feedback.pushInfo(str(path))
        numbers = {"N_WELLS": len(pages), "N_FINDINGS": n_findings, "N_FILES": len(written)}
        return {"OUTPUT": str(folder), **numbers}

    def _book(self, case, parameters, context):
        from ...core.papers import open_book
        from ...core.papers.wellslip import SLIP_NEEDS

        scope = asked.place_of(self, parameters, context)
        return open_book(case, SLIP_NEEDS, self.inputs.language, scope)

    def first_page(self, parameters, context):
        from ..printing import sheet_picture

        profile, _ = asked.profile_of(self, parameters, context)
        book = self._book(path_of(self, parameters, "CASE", context), parameters, context)
        _, texts = self._texts(book, profile, parameters, context)
        _, html = next(texts)
        return sheet_picture(html)

    def _pages(self, book, profile, room, parameters, context, progress):
        """The page of each well, by the id of its row, on the disk: thousands with their maps need much room."""
        count, texts = self._texts(book, profile, parameters, context)
        pages, n_findings = {}, 0
        for number, (slip, html) in enumerate(texts):
            progress(number / count)
            pages[slip.name] = room / f"{number}.html"
            pages[slip.name].write_text(html, encoding="utf-8")
            n_findings += len(slip.findings)
        return pages, n_findings

    def _texts(self, book, profile, parameters, context):
        """How many slips there are, and each with its page, one after the other."""
        from ...core.papers.privacy import PUBLIC
        from ...core.papers.wellslip import slip_html, slips_of
        from ..snippets import WellMaps

        count, slips = slips_of(book, profile, ids_of(self, parameters, "WELLS", context))
        maps = None if profile == PUBLIC else WellMaps(book)

        def page(slip):
            picture = None if maps is None else maps.picture(slip.row)
            return slip_html(slip, book.language, profile, picture)

        return count, ((slip, page(slip)) for slip in slips)

    def _files(self, pages, folder, stem, together, parameters, context):
        from ..printing import print_sheets

        files, taken = [], set()
        if self.parameterAsBool(parameters, "TOGETHER", context):
            name = folder / f"{free_name(taken, stem, together)}.pdf"
            files.append((name, lambda path: print_sheets(map(_read, pages.values()), path)))
        if not self.parameterAsBool(parameters, "EACH", context):
            return files
        formats = tokens_of(self, parameters, "FORMATS", context) or FORMATS[:1]
        for well, page in pages.items():
            name = free_name(taken, stem, well)
            for kind in formats:
                write = _as_page if kind == "html" else _as_print
                files.append((folder / f"{name}.{kind}", partial(write, page)))
        return files


def _read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _as_page(page: Path, path: Path) -> None:
    path.write_bytes(page.read_bytes())


def _as_print(page: Path, path: Path) -> None:
    from ..printing import print_sheets

    print_sheets([_read(page)], path)
