"""Tables as CSV, which Excel opens by a double click: UTF-8 with its mark, one file for each table."""

from __future__ import annotations

import csv
import io
from datetime import date

from ..harmless import harmless
from .column import Cell
from .paper import STEP, Paper, Progress, differences
from .table import Table

_MARK = "\ufeff"


def csv_text(paper: Paper, table: Table, progress: Progress | None = None) -> str:
    """One table as the text of a CSV file: headings with units first, so that programs can read it, then the rows,
    their sums, and below an empty line the notes and what the paper is about.

    Raises:
        Cancelled: from ``progress``.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_told(column.label) for column in table.columns)
    for number, row in enumerate(table.rows):
        if progress and number % STEP == 0:
            progress(number / len(table))
        writer.writerow([_told(value) for value in row])
    for total in table.totals:
        writer.writerow(_told(value) for value in table.line_of(total, paper.total_label(total)))
    writer.writerow([])
    writer.writerows([_told(text)] for text in (table.title, *differences(paper, table), *table.notes))
    writer.writerows([_told(label), _told(value)] for label, value in paper.head)
    return _MARK + out.getvalue()


def _told(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return harmless(value) if isinstance(value, str) else str(value)
