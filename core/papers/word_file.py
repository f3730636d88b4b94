"""A document as DOCX that people go on writing in: A4, margins and type of official papers, no links, no fields but the
page number."""

from __future__ import annotations

import io
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import OverdraftError
from ..harmless import printable
from .document import Block, Document, shares
from .page import told
from .table import Table

if TYPE_CHECKING:
    import docx.document

Progress = Callable[[float], None]

_MARGINS_MM = {"top": 37, "bottom": 35, "left": 28, "right": 26}
"""Of official papers (GB/T 9704-2012, 5.2)."""

_WIDTH_MM = 210 - _MARGINS_MM["left"] - _MARGINS_MM["right"]
_HIGH_MM = 215
_BODY, _TITLE, _HEADING, _QUOTE = "仿宋", "宋体", "黑体", "楷体"
_LATIN = "Times New Roman"
_STYLES = {
    "title": (_TITLE, 22, True, "CENTER"),
    "heading": (_HEADING, 16, False, "LEFT"),
    "text": (_BODY, 16, False, "LEFT"),
    "quote": (_QUOTE, 14, False, "LEFT"),
    "right": (_BODY, 16, False, "RIGHT"),
    "mark": (_HEADING, 14, True, "LEFT"),
    "note": (_BODY, 10, False, "LEFT"),
}
"""Font, size, bold, alignment by kind of block."""

_LINE = 28.95
"""Points of a line of the text: 22 lines fill a page (GB/T 9704-2012, 5.2.2)."""

_CELL = 9
_ROOM = 45
"""Left and right of the text of a cell, in twentieths of a point."""

_PART = 500


def docx_missing() -> str:
    """Why DOCX cannot be written here; empty where it can."""
    try:
        import docx  # noqa: F401
    except ImportError as error:
        return str(error)
    return ""


def write_docx(document: Document, path: Path, progress: Progress | None = None) -> None:
    """Write a document as DOCX.

    Raises:
        OverdraftError: the package python-docx is missing, or cannot use the picture.
        OSError: the file cannot be written.
        Cancelled: from ``progress``.
    """
    made = new_docx(document.title, document.language)
    cut = False
    for block in document.blocks:
        if block.kind == "break":
            cut = True
            continue
        _put(made, block, document.language, cut, progress or (lambda share: None))
        cut = False
    keep_signature(made)
    made.save(str(path))


def new_docx(title: str, language: str) -> docx.document.Document:
    """An empty document of A4 with a page number.

    Raises:
        OverdraftError: the package python-docx is missing.
    """
    missing = docx_missing()
    if missing:
        raise OverdraftError("papers.docx_missing", detail=missing)
    import docx
    from docx.shared import Mm, Pt

    made = docx.Document()
    properties = made.core_properties
    properties.title, properties.author, properties.last_modified_by = (
        printable(title),
        "overdraft",
        "overdraft",
    )
    properties.comments, properties.language = "", "zh-CN" if language == "zh" else "en"
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    for side, size in _MARGINS_MM.items():
        setattr(page, f"{side}_margin", Mm(size))
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = _LATIN, Pt(16)
    _east(normal.element.get_or_add_rPr(), _BODY)
    _number(page.footer.paragraphs[0])
    return made


def keep_signature(made: docx.document.Document) -> None:
    """Keep what stands on the right, signature and day, on the page of the line before it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for paragraph, after in pairwise(made.paragraphs):
        if after.alignment == WD_ALIGN_PARAGRAPH.RIGHT:
            paragraph.paragraph_format.keep_with_next = True


def _put(made: docx.document.Document, block: Block, language: str, cut: bool, progress: Progress) -> None:
    if block.kind == "table" and block.table is not None:
        add_paragraph(made, "heading", block.text, language, cut)
        _grid(made, block.table, progress)
        for note in block.table.notes:
            add_paragraph(made, "note", note, language)
    elif block.kind == "picture" and block.picture is not None:
        add_paragraph(made, "heading", block.text, language, cut)
        _picture(made, block.picture.data)
    else:
        add_paragraph(made, block.kind, block.text, language, cut)


def add_paragraph(
    made: docx.document.Document, kind: str, text: str, language: str, cut: bool = False
) -> None:
    """Append a paragraph of a kind of block."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    font, size, bold, side = _STYLES[kind]
    paragraph = made.add_paragraph()
    form = paragraph.paragraph_format
    form.alignment = getattr(WD_ALIGN_PARAGRAPH, side)
    form.space_before, form.space_after = Pt(0), Pt(12 if kind == "title" else 0 if size == 16 else 2)
    form.line_spacing = Pt(_LINE) if size == 16 else 1.25
    form.page_break_before = cut
    form.keep_with_next = kind == "heading"
    if kind in ("text", "quote") and language == "zh":
        form.first_line_indent = Pt(2 * size)
    run = paragraph.add_run(printable(text))
    # the black letters of Chinese headings have no Latin ones beside them
    run.font.bold = bold or (kind == "heading" and language == "en")
    run.font.size, run.font.name = Pt(size), _LATIN
    _east(run._element.get_or_add_rPr(), font)


def _east(properties: Any, font: str) -> None:
    """The font of Chinese characters."""
    from docx.oxml.ns import qn

    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _number(paragraph: Any) -> None:
    """The number of the page, in the middle."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
    paragraph.add_run(" —")


def _picture(made: docx.document.Document, data: bytes) -> None:
    """As wide as the page, or as high where it would be higher."""
    from docx.image.exceptions import (
        InvalidImageStreamError,
        UnexpectedEndOfFileError,
        UnrecognizedImageError,
    )
    from docx.shared import Mm

    try:
        shape = made.add_picture(io.BytesIO(data))
    except (InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError) as error:
        raise OverdraftError("papers.picture_broken", detail=str(error) or type(error).__name__) from error
    scale = min(Mm(_WIDTH_MM) / shape.width, Mm(_HIGH_MM) / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)


def _grid(made: docx.document.Document, table: Table, progress: Progress) -> None:
    """A table whose headings repeat on every page. Its rows are written as XML: cell by cell the package takes minutes
    for thousands."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    grid = made.add_table(rows=0, cols=len(table.columns))
    grid.style = "Table Grid"
    grid.autofit = True
    _narrow(grid)
    heading = _row([column.label for column in table.columns], True)
    heading.find(qn("w:trPr")).append(OxmlElement("w:tblHeader"))
    grid._tbl.append(heading)
    for number, row in enumerate(table.rows):
        if number % _PART == 0:
            progress(number / max(len(table), 1))
        grid._tbl.append(_row([told(value) for value in row], False))
    for column, share in zip(grid._tbl.iter(qn("w:gridCol")), shares(table), strict=True):
        column.set(qn("w:w"), str(int(_WIDTH_MM / 25.4 * 14.4 * share)))


def _narrow(grid: Any) -> None:
    """Little room beside the texts of cells: the columns are many."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        room = OxmlElement(f"w:{side}")
        room.set(qn("w:w"), str(_ROOM))
        room.set(qn("w:type"), "dxa")
        margins.append(room)
    grid._tbl.tblPr.append(margins)


def _row(cells: list[str], bold: bool) -> Any:
    """A row that is not torn where a page ends."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    row, kept = OxmlElement("w:tr"), OxmlElement("w:trPr")
    kept.append(OxmlElement("w:cantSplit"))
    row.append(kept)
    for text in cells:
        cell, paragraph, run = (OxmlElement(f"w:{name}") for name in ("tc", "p", "r"))
        properties, size = OxmlElement("w:rPr"), OxmlElement("w:sz")
        if bold:
            properties.append(OxmlElement("w:b"))
        size.set(qn("w:val"), str(2 * _CELL))
        properties.append(size)
        words = OxmlElement("w:t")
        words.text = printable(text)
        words.set(qn("xml:space"), "preserve")
        mark = OxmlElement("w:pPr")
        mark.append(deepcopy(properties))  # an empty cell is as high as its mark
        run.append(properties)
        run.append(words)
        paragraph.append(mark)
        paragraph.append(run)
        cell.append(paragraph)
        row.append(cell)
    return row
