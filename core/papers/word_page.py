"""A DOCX as HTML for the printer: paragraphs and tables with their alignment and the type of their letters.

What makes up a page in Word beside that (headers, footers, pictures, columns) is not on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..report.render import environment

if TYPE_CHECKING:
    import docx.document

_SIDES = {0: "left", 1: "center", 2: "right", 3: "justify"}


def letter_page(made: docx.document.Document, title: str, language: str) -> str:
    """A filled template as one HTML page without scripts or anything from elsewhere."""
    context = {
        "lang": "zh-CN" if language == "zh" else "en",
        "title": title,
        "blocks": list(_blocks(made.element.body, made)),
    }
    return environment().get_template("letter.html.j2").render(context)


def _blocks(parent: Any, made: Any) -> Iterator[dict]:
    from docx.oxml.ns import qn
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for child in parent.iterchildren():
        if child.tag == qn("w:p"):
            yield _paragraph(Paragraph(child, made))
        elif child.tag == qn("w:tbl"):
            rows = []
            for row in Table(child, made)._tbl.tr_lst:
                rows.append([_cell(cell, made) for cell in row.tc_lst])
            yield {"rows": rows}


def _cell(cell: Any, made: Any) -> dict:
    return {"span": cell.grid_span, "blocks": list(_blocks(cell, made))}


def _paragraph(paragraph: Any) -> dict:
    form = paragraph.paragraph_format
    alignment = (
        paragraph.alignment if paragraph.alignment is not None else paragraph.style.paragraph_format.alignment
    )
    indent = form.first_line_indent
    runs = [
        {
            "lines": run.text.split("\n"),
            "bold": bool(run.bold),
            "italic": bool(run.italic),
            "size": _size(run, paragraph),
        }
        for run in paragraph.runs
        if run.text
    ]
    return {
        "side": _SIDES.get(int(alignment) if alignment is not None else 0, "left"),
        "indent": round(indent.pt) if indent is not None and indent.pt > 0 else 0,
        "cut": bool(form.page_break_before),
        "runs": runs,
    }


def _size(run: Any, paragraph: Any) -> float:
    """Points: of the run, else of the style, else twelve; on paper a little smaller than Chinese officials write."""
    size = run.font.size or paragraph.style.font.size
    return round(size.pt * 0.8, 1) if size is not None else 12.0
