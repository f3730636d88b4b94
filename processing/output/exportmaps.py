"""``exportmaps``: the maps of a case file on paper, checked against its data."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
)

from .. import paper_options as asked
from .. import parameters as declared
from ..algorithm import OverdraftAlgorithm
from ..inputs import number_of, path_of, text_of, token_of, tokens_of
from ..texts import tr

KINDS = ["zones", "county_atlas", "township_atlas", "verdicts", "pairs", "retirement", "change"]
PAPERS = ["A4", "A3"]
ORIENTATIONS = ["landscape", "portrait"]
FORMATS = ["pdf", "png", "svg"]
PROFILES = ["public", "internal"]
LETTERS = ["outlines", "text"]
DPI = (50, 1200)


class ExportMaps(OverdraftAlgorithm):
    """Prints maps and atlases of a judged case, on layouts that users may change."""

    NAME = "exportmaps"
    GROUP = "output"
    CASE_REQUIRED = True

    def declare(self):
        dpi = declared.whole("DPI", tr("Dots per inch (empty: 300)"), DPI[0])
        dpi.setMaximum(DPI[1])
        return (
            declared.case_to_compare("CASE", tr("Case file (needed)")),
            declared.choices("MAPS", tr("Maps (empty: all)"), KINDS),
            declared.choice("PROFILE", tr("Who may see them (empty: internal)"), PROFILES),
            *asked.scope_parameters(),
            declared.choice("PAPER", tr("Paper (empty: A4)"), PAPERS),
            declared.choice("ORIENTATION", tr("Orientation (empty: landscape)"), ORIENTATIONS),
            declared.choices("FORMAT", tr("Format (empty: PDF)"), FORMATS),
            declared.text("AUTHOR", tr("Unit that prints the maps")),
            QgsProcessingParameterFile("LOGO", tr("Logo of that unit"), optional=True),
            declared.case_to_compare("OTHER", tr("Case file of an earlier run, for the map of changes")),
            declared.advanced(declared.choice("LETTERS", tr("Letters in PDF (empty: outlines)"), LETTERS)),
            declared.advanced(dpi),
            declared.language(),
            QgsProcessingParameterFolderDestination("OUTPUT", tr("Folder for the maps")),
        )

    def outputs_declared(self):
        texts = self.help().outputs
        return (
            QgsProcessingOutputNumber("N_PAGES", texts["N_PAGES"]),
            QgsProcessingOutputNumber("N_FILES", texts["N_FILES"]),
            QgsProcessingOutputString("FILES", texts["FILES"]),
        )

    def flags(self):
        # Layouts are drawn in the main thread
        return super().flags() | QgsProcessingAlgorithm.Flag.FlagNoThreading

    def compute(self, parameters, context, feedback, progress):
        from ..maps.request import export_maps

        request = self.request(parameters, context)
        written = export_maps(request, feedback.pushWarning, progress)
        feedback.pushInfo(
            tr("{pages} pages in {files} files, checked against the case: {folder}").format(
                pages=written.n_pages, files=len(written.files), folder=request.folder
            )
        )
        return {
            "OUTPUT": str(request.folder),
            "N_PAGES": written.n_pages,
            "N_FILES": len(written.files),
            "FILES": "\n".join(written.files),
        }

    def request(self, parameters, context):
        """What is to be printed, for a window too, which draws page by page."""
        from ..maps.request import MapRequest

        def chosen(name: str, otherwise: str) -> str:
            return token_of(self, parameters, name, context) or otherwise

        return MapRequest(
            case=path_of(self, parameters, "CASE", context),
            folder=Path(self.parameterAsString(parameters, "OUTPUT", context)).absolute(),
            maps=tuple(tokens_of(self, parameters, "MAPS", context)),
            paper=chosen("PAPER", PAPERS[0]),
            orientation=chosen("ORIENTATION", ORIENTATIONS[0]),
            formats=tuple(tokens_of(self, parameters, "FORMAT", context)) or ("pdf",),
            profile=chosen("PROFILE", "internal"),
            scope=asked.scope_of(self, parameters, context),
            language=self.inputs.language,
            author=text_of(self, parameters, "AUTHOR", context) or "",
            logo=path_of(self, parameters, "LOGO", context),
            other=path_of(self, parameters, "OTHER", context),
            letters=chosen("LETTERS", LETTERS[0]),
            dpi=number_of(self, parameters, "DPI", context) or 300.0,
        )
