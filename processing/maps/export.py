"""Maps to files: every page once, what came out checked, and only then given its name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from qgis.core import Qgis, QgsLayoutExporter
from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtPrintSupport import QPrinter

from ...core.errors import OverdraftError
from ...core.papers.map_part import CODE, NAME, name_of
from ...core.papers.pdf import joined, n_pages, without_words
from ...core.papers.pdf_words import plain_words
from ..layers.beside import BesideFile
from .framing import SCALES
from .page import FilledPage

FORMATS = ("pdf", "png", "svg")
OUTLINES, TEXT = LETTERS = ("outlines", "text")

_DONE = QgsLayoutExporter.ExportResult.Success


@dataclass
class Written:
    """What an export made.

    Attributes:
        files: names, in order. n_pages: pages of the maps, whatever the number of files that they stand in.
    """

    files: list[str] = field(default_factory=list)
    n_pages: int = 0


class Export:
    """Files written in a hidden folder beside their place, and moved there together.

    Args:
        folder: where they go. formats: of ``FORMATS``. letters: how PDF holds text. dpi: dots per inch.
        ending: language, reader and part, safe, in every name.
    """

    def __init__(self, folder: Path, formats: Iterable[str], letters: str, dpi: float, ending: str) -> None:
        self.folder, self.formats, self.letters, self.dpi, self.ending = (
            folder,
            tuple(formats),
            letters,
            dpi,
            ending,
        )
        self.written = Written()
        try:
            self._beside = BesideFile(folder / "maps")
        except OSError as error:
            raise _unwritable(folder, error) from error
        self._inside = self._beside.inside.parent

    def add(self, page: FilledPage) -> Iterator[float]:
        """Write one map in every format; an atlas as one file for each unit and, as PDF, one for all. The share that is
        done comes out before each page.

        Raises:
            OverdraftError: QGIS cannot write it, or what it wrote does not agree with the data.
        """
        try:
            if page.sheet.coverage is None:
                yield from self._sheet(page)
            else:
                yield from self._atlas(page)
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    def commit(self) -> Written:
        """Give every file its name.

        Raises:
            OverdraftError: another program holds one of the older files; none is replaced then.
        """
        for name in self.written.files:
            target = self.folder / name
            try:
                if target.exists():
                    with target.open("ab"):
                        pass
            except OSError as error:
                raise _unwritable(target, error) from error
        try:
            self._beside.commit()
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        return self.written

    def discard(self) -> None:
        """Remove what is not committed."""
        self._beside.discard()

    # --- maps

    def _sheet(self, page: FilledPage) -> Iterator[float]:
        rows = len(page.sheet.figures[""].rows)
        _check_rows(page, page.sheet.title, rows)
        wanted = page.layout.pageCollection().pageCount()
        stem = f"{page.sheet.kind}_{self.ending}"
        for number, form in enumerate(self.formats):
            yield number / len(self.formats)
            self._page(page, stem, form, wanted)
        self.written.n_pages += wanted

    def _atlas(self, page: FilledPage) -> Iterator[float]:
        atlas = page.layout.atlas()
        if not atlas.beginRender():
            raise OverdraftError("papers.maps.no_export", path=page.sheet.kind, detail="atlas")
        units = page.sheet.units
        if atlas.count() != len(units):
            raise _wrong_pages(page.sheet.kind, atlas.count(), len(units))
        stem = f"{page.sheet.kind}_{self.ending}"
        parts: list[Path] = []
        for number, (unit, name, title) in enumerate(units):
            yield number / len(units)
            page.turn_to(number)
            _check_rows(page, title, len(page.sheet.figures[unit].rows))
            for form in self.formats:
                made = self._page(page, f"{stem}_{name_of(unit, CODE)}_{name_of(name, NAME)}", form, 1)
                if form == "pdf":
                    parts.append(made)
        atlas.endRender()
        if parts:
            whole = self._inside / f"{stem}.pdf"
            joined(parts, whole)
            _check_pages(whole, len(units))
            self.written.files.append(whole.name)
        self.written.n_pages += len(units)

    def _page(self, page: FilledPage, stem: str, form: str, wanted: int) -> Path:
        """The layout as it stands, as one file; as a picture, a file for each of its pages."""
        path = self._inside / f"{stem}.{form}"
        write = {"pdf": self._pdf, "png": self._png, "svg": self._svg}[form]
        result = write(page, path)
        if result != _DONE or not path.is_file():
            raise OverdraftError("papers.maps.no_export", path=path.name, detail=int(result))
        if form == "pdf":
            if self.letters == OUTLINES:
                without_words(path)
            else:
                plain_words(path)
            _check_pages(path, wanted)
            self.written.files.append(path.name)
            return path
        pages = [path, *(path.with_name(f"{stem}_{number}.{form}") for number in range(2, wanted + 1))]
        there = [each for each in pages if each.is_file() and each.stat().st_size]
        if len(there) != wanted:
            raise _wrong_pages(path.name, len(there), wanted)
        self.written.files += [each.name for each in pages]
        return path

    def _pdf(self, page: FilledPage, path: Path) -> int:
        """As PDF. Qt draws letters as outlines where it may not embed fonts; the letters beside them go afterwards."""
        outlines = self.letters == OUTLINES
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(os.fspath(path))
        printer.setResolution(int(self.dpi))
        printer.setFontEmbeddingEnabled(not outlines)
        settings = QgsLayoutExporter.PrintExportSettings()
        settings.dpi = self.dpi
        settings.predefinedMapScales = SCALES
        always = Qgis.TextRenderFormat
        page.layout.renderContext().setTextRenderFormat(
            always.AlwaysOutlines if outlines else always.AlwaysText
        )
        result = QgsLayoutExporter(page.layout).print(printer, settings)
        del printer  # closes the file
        return result

    def _png(self, page: FilledPage, path: Path) -> int:
        """As pictures, one for each page; plain ones, without georeference or metadata."""
        exporter, per_metre = QgsLayoutExporter(page.layout), round(self.dpi / 0.0254)
        for number in range(page.layout.pageCollection().pageCount()):
            image = exporter.renderPageToImage(number, dpi=self.dpi)
            image.setDotsPerMeterX(per_metre)
            image.setDotsPerMeterY(per_metre)
            part = path if number == 0 else path.with_name(f"{path.stem}_{number + 1}{path.suffix}")
            if image.isNull() or not image.save(os.fspath(part)):
                return QgsLayoutExporter.ExportResult.FileError
        return _DONE

    def _svg(self, page: FilledPage, path: Path) -> int:
        settings = QgsLayoutExporter.SvgExportSettings()
        settings.dpi = self.dpi
        settings.exportMetadata = False
        settings.predefinedMapScales = SCALES
        settings.textRenderFormat = Qgis.TextRenderFormat.AlwaysOutlines
        return QgsLayoutExporter(page.layout).exportToSvg(os.fspath(path), settings)


def preview(page: FilledPage, dpi: float = 80.0) -> QImage:
    """The first page as a picture, for a window."""
    if page.sheet.coverage is not None:
        page.layout.atlas().beginRender()
        page.turn_to(0)
    return QgsLayoutExporter(page.layout).renderPageToImage(0, dpi=dpi)


def _check_rows(page: FilledPage, title: str, wanted: int) -> None:
    """Every row of the table stands on the page."""
    if page.has_table and page.rows_shown() != wanted:
        raise OverdraftError("papers.maps.lost_rows", title=title, found=page.rows_shown(), allowed=wanted)


def _check_pages(path: Path, wanted: int) -> None:
    found = n_pages(path)
    if found != wanted:
        raise _wrong_pages(path.name, found, wanted)


def _wrong_pages(name: str, found: int, wanted: int) -> OverdraftError:
    return OverdraftError("papers.maps.wrong_pages", path=name, found=found, allowed=wanted)


def _unwritable(path: Path, error: OSError) -> OverdraftError:
    detail = error.strerror or str(error)
    return OverdraftError("papers.maps.cannot_write", path=str(error.filename or path), detail=detail)
