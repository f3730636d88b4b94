"""Pages on paper: HTML as PDF."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from qgis.PyQt.QtCore import QBuffer, QMarginsF, QPointF, QRectF, QSizeF, Qt
from qgis.PyQt.QtGui import (
    QFont,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextOption,
    QTextTable,
)

from ..core.errors import OverdraftError
from ..core.papers.document import Document, Paging, document_page

_DPI = 300
_PREVIEW_DPI = 110
_SCREEN_DPI = 96
"""Pixels of a picture in HTML to the inch."""

_Progress = Callable[[float], None] | None

_SLIP_MM = (13.0, 13.0, 13.0, 13.0)
_PAPER_MM = (24.0, 24.0, 22.0, 22.0)
"""Margins: left, right, top, bottom; the number of the page stands in the lowest."""

_FOOT_MM = 8.0
_SMALLEST = 0.78
"""Scale below which a letter takes another page rather than smaller letters."""

_NO_BREAK = QTextFormat.PageBreakFlag.PageBreak_Auto

_NOTES = 2
"""Room that is kept below a table for each of its notes, in rows of headings."""


def write_slip(html: str, target: Path) -> None:
    """Write one page as PDF, or as HTML where the name ends so.

    Raises:
        OverdraftError: the file or its folder cannot be written, or another program holds it; an older file stays.
    """
    part = target.with_name(f"{target.stem}.part{target.suffix}")
    try:
        if target.suffix.lower() == ".html":
            part.write_text(html, encoding="utf-8")
        else:
            print_sheets([html], part)
        os.replace(part, target)
    except OSError as error:
        detail = error.strerror or str(error)
        raise OverdraftError("slip.cannot_write", path=str(target), detail=detail) from error
    finally:
        _discard(part)


def print_sheets(pages: Iterable[str], path: Path) -> int:
    """Each text on one page of A4; what is longer is made smaller until it fits. Returns the number of pages.

    Raises:
        OSError: the file cannot be written.
    """
    count = 0
    with _printer(path, _SLIP_MM) as (writer, painter):
        page = QSizeF(writer.width(), writer.height())
        for html in pages:
            if count and not writer.newPage():
                raise OSError(0, "QPdfWriter")
            made = _document(html, writer)
            _fitted(made, painter, fit(made, page))
            count += 1
    return count


def sheet_picture(html: str) -> QImage:
    """What :func:`print_sheets` puts on the page of a text."""
    with _screen(_SLIP_MM) as (writer, painter, image):
        made = _document(html, writer)
        _fitted(made, painter, fit(made, QSizeF(writer.width(), writer.height())))
    return image


def print_document(document: Document, path: Path, progress: _Progress = None) -> int:
    """A document over as many pages of A4 as it needs, numbered. Returns the number of pages.

    Raises:
        OSError: the file cannot be written.
        Cancelled: from ``progress``.
    """
    with _printer(path, _PAPER_MM) as (writer, painter):
        page = _room(writer)
        paging = _paging(document, writer, page)
        return _flow(_document(document_page(document, paging), writer), writer, painter, page, progress)


def print_letter(html: str, path: Path, progress: _Progress = None) -> int:
    """A page of text; what is a little longer is made smaller, what is much longer takes several numbered pages of A4.
    Returns the number of pages.

    Raises:
        OSError: the file cannot be written.
        Cancelled: from ``progress``.
    """
    with _printer(path, _PAPER_MM) as (writer, painter):
        page, made = _room(writer), _document(html, writer)
        scale = fit(made, page)
        if scale < _SMALLEST:
            return _flow(_document(html, writer), writer, painter, page, progress)
        _fitted(made, painter, scale)
    return 1


def document_picture(document: Document) -> QImage:
    """The first page of what :func:`print_document` makes, up to the first new page that the document asks for."""
    begin = next((place for place, block in enumerate(document.blocks) if block.kind == "break"), None)
    first = replace(document, blocks=document.blocks[:begin])
    with _screen(_PAPER_MM) as (writer, painter, image):
        page = _room(writer)
        made = _document(document_page(first, _paging(first, writer, page)), writer)
        _lay_out(made, page)
        _page(made, painter, page, 0)
    return image


def letter_picture(html: str) -> QImage:
    """The first page of what :func:`print_letter` makes."""
    with _screen(_PAPER_MM) as (writer, painter, image):
        page, made = _room(writer), _document(html, writer)
        scale = fit(made, page)
        if scale < _SMALLEST:
            made = _document(html, writer)
            _lay_out(made, page)
            _page(made, painter, page, 0)
        else:
            _fitted(made, painter, scale)
    return image


def _fitted(made: QTextDocument, painter: QPainter, scale: float) -> None:
    """Paint a text on one page, as much smaller as it needs."""
    painter.save()
    painter.scale(scale, scale)
    made.drawContents(painter)
    painter.restore()


def _page(made: QTextDocument, painter: QPainter, page: QSizeF, number: int) -> None:
    """Paint one page of a text that runs over several."""
    painter.save()
    painter.translate(0, -number * page.height())
    made.drawContents(painter, QRectF(0, number * page.height(), page.width(), page.height()))
    painter.restore()


def _room(writer: QPdfWriter) -> QSizeF:
    """A page without the line of its number."""
    return QSizeF(writer.width(), writer.height() - _FOOT_MM / 25.4 * _DPI)


def _flow(
    made: QTextDocument, writer: QPdfWriter, painter: QPainter, page: QSizeF, progress: _Progress
) -> int:
    """Paint a text page by page, with the number of each below it."""
    _lay_out(made, page)
    count = made.pageCount()
    font = QFont(made.defaultFont())
    font.setPointSizeF(9.0)
    for number in range(count):
        if progress:
            progress(number / count)
        if number and not writer.newPage():
            raise OSError(0, "QPdfWriter")
        _page(made, painter, page, number)
        painter.setFont(font)
        place = QRectF(0, page.height(), page.width(), writer.height() - page.height())
        sides = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        painter.drawText(place, int(sides), f"{number + 1} / {count}")
    return count


def _lay_out(made: QTextDocument, page: QSizeF) -> None:
    """Part a text into pages."""
    made.setPageSize(page)
    if _keep_headings(made, page.height()):
        made.setPageSize(
            page
        )  # all anew: what Qt lays out again from a changed block on may lose a later one
    _part_at_pages(made, page.height())


def _keep_headings(made: QTextDocument, high: float) -> bool:
    """Take a heading that would end a page over to the page of what it heads; True where one was."""
    layout, block, taken = made.documentLayout(), made.begin(), False
    while block.isValid():
        after = block.next()
        free = block.blockFormat().pageBreakPolicy() == _NO_BREAK  # else it begins a page already
        if free and after.isValid() and _is_heading(block):
            tops = [int((layout.blockBoundingRect(one).top() + 1) // high) for one in (block, after)]
            if tops[0] < tops[1] and after.blockFormat().pageBreakPolicy() == _NO_BREAK:
                form = QTextBlockFormat()
                form.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore)
                QTextCursor(block).mergeBlockFormat(form)
                taken = True
        block = after
    return taken


def _is_heading(block: QTextBlock) -> bool:
    """Is it one line in bold, outside of tables?"""
    bold = block.text() and block.charFormat().fontWeight() >= QFont.Weight.Bold
    return bool(bold and block.layout().lineCount() == 1 and QTextCursor(block).currentTable() is None)


def _part_at_pages(made: QTextDocument, high: float) -> None:
    """Part the paragraphs that go on on another page. Of such a one Qt paints the last line before the page on it, too:
    nobody sees it, but whoever copies or searches the text finds it twice."""
    layout, block = made.documentLayout(), made.begin()
    while block.isValid():
        lines = block.layout().lineCount()
        if lines > 1:
            top = layout.blockBoundingRect(block).top()
            tops = [top + block.layout().lineAt(number).y() for number in range(lines)]
            later = [n for n in range(1, lines) if (tops[n] + 1) // high != (tops[0] + 1) // high]
            if later:
                cursor = QTextCursor(block)
                cursor.setPosition(block.position() + block.layout().lineAt(later[0]).textStart())
                form = QTextBlockFormat(block.blockFormat())
                form.setTextIndent(0.0)
                form.setTopMargin(0.0)
                form.setPageBreakPolicy(QTextFormat.PageBreakFlag.PageBreak_Auto)
                cursor.insertBlock(form)
        block = block.next()


def _paging(document: Document, writer: QPdfWriter, page: QSizeF) -> Paging:
    """How large pictures are, and where tables are parted."""
    sizes = {}
    for place, block in enumerate(document.blocks):
        if block.picture is not None:
            size = QImage.fromData(block.picture.data).size()
            most = QSizeF(page.width(), 0.9 * page.height()) * (_SCREEN_DPI / _DPI)
            size.scale(most.toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            sizes[place] = (size.width(), size.height())
    paging = Paging(sizes=sizes)
    return replace(paging, breaks=_breaks(document, writer, page, paging))


def _breaks(document: Document, writer: QPdfWriter, page: QSizeF, paging: Paging) -> dict[int, list[int]]:
    """Before which rows of each table a page ends, so that no row is torn in two.

    The heights are those of the document on one endless page: every table begins on a page of its own, below its
    heading.
    """
    tables = [place for place, block in enumerate(document.blocks) if block.kind == "table"]
    if not tables:
        return {}
    endless = _document(document_page(document, paging), writer)
    endless.setPageSize(QSizeF(page.width(), 1e9))
    layout = endless.documentLayout()
    found = [frame for frame in endless.rootFrame().childFrames() if isinstance(frame, QTextTable)]
    breaks = {}
    for place, table in zip(tables, found, strict=True):
        tops = []
        for row in range(table.rows()):
            cells = (table.cellAt(row, column) for column in range(table.columns()))
            tops.append(
                min(layout.blockBoundingRect(cell.firstCursorPosition().block()).top() for cell in cells)
            )
        box = layout.frameBoundingRect(table)
        heights = np.diff([*tops, box.bottom()])
        first = endless.findBlock(max(table.firstPosition() - 2, 0))
        heading = tops[0] - layout.blockBoundingRect(first).top() if document.blocks[place].text else 0.0
        heights[-1] += _NOTES * len(document.blocks[place].table.notes) * heights[0]
        breaks[place] = _rows_that_end(heights, page.height(), heading)
    return breaks


def _rows_that_end(heights: Sequence[float], room: float, heading: float) -> list[int]:
    """The rows that begin a page, counted without the row of headings, which stands on every page."""
    ends, used = [], heading + heights[0]
    for row, height in enumerate(heights[1:]):
        if used + height > 0.985 * room and used > heights[0]:
            ends.append(row)
            used = heights[0]
        used += height
    return [row for row in ends if row]


def fit(document: QTextDocument, page: QSizeF) -> float:
    """Lay the document out as wide as needed for its height to fit the page; returns the scale to draw it at."""
    scale = 1.0
    while True:
        document.setTextWidth(page.width() / scale)
        if document.size().height() * scale <= page.height() or scale < 0.2:
            return scale
        scale *= 0.95


@contextmanager
def _printer(path: Path, margins: tuple[float, ...]) -> Iterator[tuple[QPdfWriter, QPainter]]:
    """A4 with these margins, ready to be painted on."""
    with path.open("wb"):  # tells why a file cannot be written, which the writer does not
        pass
    writer = _a4(QPdfWriter(str(path)), margins)
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(0, "QPdfWriter")
    try:
        yield writer, painter
    except BaseException:
        painter.end()
        raise
    if not painter.end():
        raise OSError(0, "QPdfWriter")


@contextmanager
def _screen(margins: tuple[float, ...]) -> Iterator[tuple[QPdfWriter, QPainter, QImage]]:
    """The same as a picture: laid out for the printer, whose paper stays empty, and painted smaller."""
    writer = _a4(QPdfWriter(QBuffer()), margins)
    sheet, scale = writer.pageLayout().fullRectPixels(_DPI), _PREVIEW_DPI / _DPI
    image = QImage((QSizeF(sheet.size()) * scale).toSize(), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    hints = QPainter.RenderHint
    painter.setRenderHints(hints.Antialiasing | hints.TextAntialiasing | hints.SmoothPixmapTransform)
    painter.scale(scale, scale)
    painter.translate(QPointF(writer.pageLayout().paintRectPixels(_DPI).topLeft()))
    try:
        yield writer, painter, image
    finally:
        painter.end()


def _a4(writer: QPdfWriter, margins: tuple[float, ...]) -> QPdfWriter:
    """Set up for A4 with these margins in millimetres: left, right, top, bottom."""
    writer.setCreator("overdraft")
    writer.setResolution(_DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    left, right, top, bottom = margins
    writer.setPageMargins(QMarginsF(left, top, right, bottom), QPageLayout.Unit.Millimeter)
    return writer


def _document(html: str, writer: QPdfWriter) -> QTextDocument:
    document = QTextDocument()
    document.documentLayout().setPaintDevice(writer)
    document.setDocumentMargin(0)
    wrapping = QTextOption()
    wrapping.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultTextOption(wrapping)
    document.setHtml(html)
    return document


def _discard(part: Path) -> None:
    """Remove what an interrupted write has left."""
    try:
        part.unlink(missing_ok=True)
    except OSError:  # it stays beside the target under a name that tells what it is
        return
