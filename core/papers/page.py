"""Tables as one HTML page: nothing computed, no scripts, nothing from elsewhere; prints with repeated headings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ..report.render import environment
from .column import Cell
from .paper import STEP, Paper, Progress, differences


def html_page(paper: Paper, progress: Progress | None = None) -> str:
    """A paper as a page of its own; texts from data are shown as they are.

    Raises:
        OverdraftError: the package jinja2 is missing.
        Cancelled: from ``progress``.
    """
    tables = [
        {
            "name": table.name,
            "title": table.title,
            "columns": table.columns,
            "rows": ([told(value) for value in row] for row in table.rows),
            "totals": [
                [told(value) for value in table.line_of(total, paper.total_label(total))]
                for total in table.totals
            ],
            "notes": (*differences(paper, table), *table.notes),
        }
        for table in paper.tables
    ]
    context = {
        "lang": "zh-CN" if paper.language == "zh" else "en",
        "paper": paper,
        "tables": tables,
    }
    parts, whole = [], sum(len(table) * len(table.columns) for table in paper.tables) or 1
    for number, part in enumerate(environment().get_template("papers.html.j2").generate(context)):
        if progress and number % (20 * STEP) == 0:
            progress(min(number / (4 * whole), 1.0))  # a cell comes in about four parts
        parts.append(part)
    return "".join(parts)


def told(value: Cell) -> str:
    """A value as people read it: thousands separated, a true minus, days as ISO."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,}".replace("-", "−")
    return value.isoformat() if isinstance(value, date) else str(value)
