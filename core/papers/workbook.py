"""Tables as an Excel workbook: a sheet for each, numbers as numbers, texts as texts, nothing computed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import OverdraftError
from ..harmless import printable
from .column import Cell, Column
from .paper import STEP, Paper, Progress, differences
from .table import NUMBER, Table

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_ROWS = 1_048_576
"""Rows of a sheet (Excel 2007 and later)."""

_LONGEST_TEXT = 32_767
_LONGEST_NAME = 31
_WIDTHS = (8, 48)
_NUMBER = 7
_WORD = 16
"""Letters of a Chinese heading in one line, which may end after any of them."""

_HEAD, _GAP = 120, "   "
"""Letters in a line of the head, and what stands between its items."""

_LINE, _APART, _MOST_LINES = 15.0, 6.0, 27
"""Heights in points: of a line, of the empty row between rows and sums; and the lines that a row can hold."""

_A3, _A4 = 8, 9
_WIDE = 200
"""Letters side by side that A4 still shows legibly."""

_MARGINS = (0.4, 0.4, 0.5, 0.6, 0.3, 0.3)
"""In inches: left, right, top, bottom, header, footer."""

_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\]")


def write_workbook(paper: Paper, path: Path, progress: Progress | None = None) -> None:
    """Write a paper as XLSX.

    Raises:
        OverdraftError: the package openpyxl is missing; a table is too long for a sheet.
        OSError: the file cannot be written.
        Cancelled: from ``progress``.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise OverdraftError("papers.openpyxl_missing", detail=str(error)) from error
    book = Workbook(write_only=True)
    book.properties.creator = book.properties.lastModifiedBy = "overdraft"
    book.properties.title = paper.title
    try:
        _fill(book, paper, progress)
        book.save(path)
    except BaseException:
        for sheet in book.worksheets:  # else it complains when it is cleared away
            if not sheet.closed:
                sheet.close()
        raise


def _fill(book: Workbook, paper: Paper, progress: Progress | None) -> None:
    """A sheet for each table."""
    names: set[str] = set()
    whole = sum(map(len, paper.tables)) or 1
    done = 0
    for table in paper.tables:
        if len(table) + len(paper.head) + len(table.notes) + 20 > MOST_ROWS:
            raise OverdraftError("papers.too_long", found=len(table), allowed=MOST_ROWS, title=table.title)
        sheet = book.create_sheet(_sheet_name(table.title, names))
        for number, row in enumerate(_lines(paper, table, sheet)):
            sheet.append(row)
            if progress and number % STEP == 0:
                progress((done + min(number, len(table))) / whole)
        done += len(table)


def _lines(paper: Paper, table: Table, sheet: WriteOnlyWorksheet) -> Iterator[list[Any]]:
    """The rows of a sheet: title, head, headings (frozen, with filters), rows; apart from them, as filters and sorting
    take what touches, sums and notes."""
    widths = [_width(column) for column in table.columns]
    head = head_lines(paper)
    first = len(head) + 3
    _set_up(sheet, table, widths, first)
    yield _sentence(sheet, 1, table.title, widths, size=14, bold=True)
    for number, line in enumerate(head, start=2):
        yield _sentence(sheet, number, line, widths)
    yield []
    sheet.row_dimensions[first].height = _LINE * max(map(_n_lines, _labels(table), widths))
    yield [_text(sheet, column.label, _font(bold=True), _wrapped()) for column in table.columns]
    yield from _rows(sheet, table, widths, first + 1)
    yield []
    totals = table.totals
    for total in totals:
        sums = table.line_of(total, paper.total_label(total))
        cells = zip(sums, table.columns, strict=True)
        yield [_cell(sheet, value, column, _font(bold=True)) for value, column in cells]
    told = [*differences(paper, table), *table.notes, *([] if len(table) else [paper.say("nothing")])]
    for number, sentence in enumerate(told, start=first + len(table) + len(totals) + 2):
        yield _sentence(sheet, number, sentence, widths)


def _rows(
    sheet: WriteOnlyWorksheet, table: Table, widths: Sequence[float], first: int
) -> Iterator[list[Any]]:
    """The rows of the table; a text that is wider than its column takes several lines, as it is also printed."""
    wrapped = _wrapped()
    for number, row in enumerate(table.rows, start=first):
        cells = [_cell(sheet, value, column) for value, column in zip(row, table.columns, strict=True)]
        long = [
            _n_lines(value, width)
            for value, width in zip(row, widths, strict=True)
            if isinstance(value, str) and 2 * len(value) > width - 2
        ]
        if max(long, default=1) > 1:
            sheet.row_dimensions[number].height = _LINE * min(max(long), _MOST_LINES)
            for cell in filter(None, cells):
                cell.alignment = wrapped
        yield cells


def _sentence(
    sheet: WriteOnlyWorksheet,
    number: int,
    text: str,
    widths: Sequence[float],
    size: int = 11,
    bold: bool = False,
) -> list[Any]:
    """A text in its own row, over the whole width of the table; in several lines where it is wider."""
    from openpyxl.utils import get_column_letter

    lines = _n_lines(text, sum(widths) * 11 / size)
    if len(widths) > 1:
        sheet.merged_cells.add(f"A{number}:{get_column_letter(len(widths))}{number}")
    sheet.row_dimensions[number].height = _LINE * size / 11 * min(lines, _MOST_LINES)
    return [_text(sheet, text, _font(size, bold), _wrapped())]


def head_lines(paper: Paper) -> list[str]:
    """What the paper says of itself in few lines: above a frozen heading each takes room from the rows."""
    colon = "：" if paper.language == "zh" else ": "
    lines = [""]
    for label, value in paper.head:
        item = f"{label}{colon}{value}"
        if lines[-1] and _wide(lines[-1]) + _wide(item) > _HEAD:
            lines.append("")
        lines[-1] += f"{_GAP}{item}" if lines[-1] else item
    return lines if lines[-1] else []


def _set_up(sheet: WriteOnlyWorksheet, table: Table, widths: Sequence[float], first: int) -> None:
    """Widths, what is frozen, filters, and the page; ``first``: the row of headings."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.page import PageMargins

    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    numbered = table.columns[0].name == NUMBER and len(table.columns) > 2
    sheet.freeze_panes = f"{'C' if numbered else 'A'}{first + 1}"
    if len(table):
        sheet.auto_filter.ref = f"A{first}:{get_column_letter(len(table.columns))}{first + len(table)}"
    sheet.row_dimensions[first + len(table) + 1].height = _APART
    sheet.print_title_rows = f"{first}:{first}"
    sheet.print_options.gridLines = True
    sheet.page_margins = PageMargins(*_MARGINS)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4 if sum(widths) <= _WIDE else _A3
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"


def _cell(sheet, value: Cell, column: Column, font: Any = None) -> Any:
    """A number, day or text as one; a text is never taken for a formula, whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell

    if value is None:
        return None
    if isinstance(value, str):
        return _text(sheet, value, font)
    made = WriteOnlyCell(sheet, value)
    if font is not None:
        made.font = font
    if isinstance(value, date):
        made.number_format = "yyyy-mm-dd"
    elif isinstance(value, Decimal):
        made.number_format = "#,##0" + (f".{'0' * column.digits}" if column.digits else "") + "_ "
    else:
        made.number_format = "0_ "
    return made


def _text(sheet, value: str, font: Any = None, alignment: Any = None) -> Any:
    from openpyxl.cell import WriteOnlyCell

    made = WriteOnlyCell(sheet)
    plain = printable(value)
    made.value = plain if len(plain) <= _LONGEST_TEXT else plain[: _LONGEST_TEXT - 1] + "…"
    made.data_type = "s"
    if font is not None:
        made.font = font
    if alignment is not None:
        made.alignment = alignment
    return made


def _font(size: int = 11, bold: bool = False) -> Any:
    from openpyxl.styles import Font

    return Font(name="Calibri", size=size, bold=bold)


def _wrapped() -> Any:
    from openpyxl.styles import Alignment

    return Alignment(wrap_text=True, vertical="top")


def _labels(table: Table) -> list[str]:
    return [column.label for column in table.columns]


def _width(column: Column) -> float:
    """Room for the heading and the longer of the first values."""
    if column.name == NUMBER:
        return _NUMBER
    told = ["" if value is None else str(value) for value in column.values[:200]]
    heading = max(_wide(word) if word.isascii() else min(_wide(word), _WORD) for word in column.label.split())
    return min(max(*map(_wide, told), heading + 1, _WIDTHS[0] - 2) + 2, _WIDTHS[1])


def _n_lines(text: str, width: float) -> int:
    """Lines that a text takes in a column of a width."""
    return sum(max(math.ceil(_wide(line) / (width - 2)), 1) for line in text.split("\n"))


def _wide(text: str) -> int:
    """Letters that a text takes; a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel accepts: 31 characters, none of ``[]:*?/\\``, none twice."""
    plain = _FORBIDDEN_IN_NAME.sub(" ", title).strip("' ") or "1"
    name, number = plain[:_LONGEST_NAME], 1
    while name.casefold() in taken:
        number += 1
        tail = f" {number}"
        name = plain[: _LONGEST_NAME - len(tail)] + tail
    taken.add(name.casefold())
    return name
