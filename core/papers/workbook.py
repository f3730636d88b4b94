"""Tables as an Excel workbook: a sheet for each, numbers as numbers, texts as texts, nothing computed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import OverdraftError
from ..harmless import printable
from .column import Cell, Column
from .paper import Paper, differences
from .table import Table, Total

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_ROWS = 1_048_576
"""Rows of a sheet (Excel 2007 and later)."""

_LONGEST_TEXT = 32_767
_LONGEST_NAME = 31
_WIDTHS = (8, 48)
_FORBIDDEN_IN_NAME = re.compile(r"[\[\]:*?/\\]")

Progress = Callable[[float], None]


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
    names: set[str] = set()
    whole = sum(map(len, paper.tables)) or 1
    done = 0
    for table in paper.tables:
        if len(table) + len(paper.head) + len(table.notes) + 20 > MOST_ROWS:
            raise OverdraftError("papers.too_long", found=len(table), allowed=MOST_ROWS, title=table.title)
        sheet = book.create_sheet(_sheet_name(table.title, names))
        for number, row in enumerate(_lines(paper, table, sheet)):
            sheet.append(row)
            if progress and number % 2_000 == 0:
                progress((done + min(number, len(table))) / whole)
        done += len(table)
    book.save(path)


def _lines(paper: Paper, table: Table, sheet: WriteOnlyWorksheet) -> Iterable[list[Any]]:
    """The rows of a sheet: title, head, headings (frozen), rows, sums, notes."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    bold, title = Font(bold=True), Font(bold=True, size=14)
    first = len(paper.head) + 3
    for number, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(column)
    sheet.freeze_panes = f"A{first + 1}"
    sheet.print_title_rows = f"{first}:{first}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    yield [_text(sheet, table.title, title)]
    for label, value in paper.head:
        yield [_text(sheet, label, bold), _text(sheet, value)]
    yield []
    wrapped = Alignment(wrap_text=True, vertical="top")
    yield [_text(sheet, column.label, bold, wrapped) for column in table.columns]
    for row in table.rows:
        yield [_cell(sheet, value, column) for value, column in zip(row, table.columns, strict=True)]
    for total in table.totals:
        yield [_sum(sheet, column, place, total, paper, bold) for place, column in enumerate(table.columns)]
    for sentence in (*differences(paper, table), *table.notes):
        yield [_text(sheet, sentence)]
    if not len(table):
        yield [_text(sheet, paper.say("nothing"))]


def _sum(sheet, column: Column, place: int, total: Total, paper: Paper, font) -> Any:
    if column.name in total.sums:
        made = _cell(sheet, total.sums[column.name], column)
        made.font = font
        return made
    if place == 0:
        return _text(sheet, paper.total_label(total), font)
    return None


def _cell(sheet, value: Cell, column: Column) -> Any:
    """A number, day or text as one; a text is never taken for a formula, whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell

    if value is None:
        return None
    if isinstance(value, str):
        return _text(sheet, value)
    made = WriteOnlyCell(sheet, value)
    if isinstance(value, date):
        made.number_format = "yyyy-mm-dd"
    elif isinstance(value, Decimal):
        made.number_format = "#,##0" + (f".{'0' * column.digits}" if column.digits else "")
    else:
        made.number_format = "0"
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


def _width(column: Column) -> float:
    """Room for the heading and the longer of the first values; a Chinese character takes two."""
    told = [
        column.label.split(" ")[0],
        *("" if value is None else str(value) for value in column.values[:200]),
    ]
    longest = max(sum(2 if ord(letter) > 0x2E7F else 1 for letter in text) for text in told)
    return min(max(longest + 2, _WIDTHS[0]), _WIDTHS[1])


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
