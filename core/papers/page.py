"""Tables as one HTML page: nothing computed, no scripts, nothing from elsewhere; prints with repeated headings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ..report.render import environment
from .column import Cell
from .paper import Paper, differences


def html_page(paper: Paper) -> str:
    """A paper as a page of its own; texts from data are shown as they are.

    Raises:
        OverdraftError: the package jinja2 is missing.
    """
    tables = [
        {
            "name": table.name,
            "title": table.title,
            "columns": table.columns,
            "rows": [[told(value) for value in row] for row in table.rows],
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
    return environment().get_template("papers.html.j2").render(context)


def told(value: Cell) -> str:
    """A value as people read it: thousands separated, a true minus, days as ISO."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,}".replace("-", "−")
    return value.isoformat() if isinstance(value, date) else str(value)
