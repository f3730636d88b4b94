"""A finding on paper: one page of A4 as self-contained HTML, and the same sheet for the window."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ..casefile import CaseRows
from ..policy import Policy
from .lines import say
from .render import environment
from .sheet import Sheet, finding_sheet
from .words import Words

PAST = 6
"""Entries of the history on the slip; the case file holds them all."""

EVIDENCE = 16
"""Pieces of evidence on the slip."""


def finding_slip(
    store: CaseRows | str | Path, finding_id: str, policy: Policy | None = None, language: str = "zh"
) -> str:
    """One finding as a page of A4: subject, verdict, clause, evidence, decision and history.

    The page holds no scripts and nothing from elsewhere; texts from data are shown as they are.

    Args:
        store: the case, or the path of its file.
        policy: the document of the finding; None for the one that the case holds or that comes with the program.

    Raises:
        OverdraftError: the case knows no such finding; the package jinja2 is missing.
    """
    rows = CaseRows(store, read_only=True) if isinstance(store, (str, Path)) else store
    return slip_page(finding_sheet(rows, finding_id, language, policy), language, rows.head())


def slip_page(sheet: Sheet, language: str, head: str) -> str:
    """The page of a sheet; ``head`` is the last hash of the history."""
    offset = datetime.now().astimezone().strftime("%z")
    more = {"head": head, "zone": f"UTC{offset[:3]}:{offset[3:5]}", "past": PAST, "most": EVIDENCE}
    return _rendered("slip.html.j2", sheet, language, **more)


def panel_page(sheet: Sheet, language: str, soft: str) -> str:
    """The sheet for a window; ``soft`` is the colour of secondary text."""
    return _rendered("panel.html.j2", sheet, language, soft=soft)


def clause_text(sheet: Sheet, language: str) -> str:
    """The clause as plain text, to be pasted elsewhere: document, locator, exact words."""
    clause = sheet.clause
    if clause is None:
        return sheet.clause_id
    title = " ".join(line.value for line in sheet.document[:2])
    parts = [title, f"{clause.id} {clause.locator}", clause.quote]
    if language == "en" or not clause.quote:
        parts.append(clause.gloss)
    return "\n".join(part for part in parts if part)


def _rendered(template: str, sheet: Sheet, language: str, **more: object) -> str:
    context = {
        "t": Words(language, None),
        "s": lambda key, **values: say(key, language, **values),
        "lang": "zh-CN" if language == "zh" else "en",
        "colon": "：" if language == "zh" else ": ",
        "sheet": sheet,
    }
    return environment().get_template(template).render(context | more)
