"""The context menu of the review list."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtWidgets import QApplication, QMenu

from ...processing.texts import tr
from .words import COLUMNS, cell


def context_menu(dock: Any) -> QMenu:
    """What can be done with the current finding of a review dock."""
    menu = QMenu(dock)
    row = dock.current
    placed = row.fid is not None
    for text, act, enabled in (
        (tr("Zoom"), lambda: dock.do("zoom"), placed),
        (tr("Flash"), lambda: dock.do("flash"), placed),
        (tr("Open Feature Form"), lambda: open_form(dock), placed),
        (tr("Select in Attribute Table"), lambda: select_in_table(dock), placed),
        (None, None, True),
        (tr("Copy Row"), lambda: copy_rows(dock), True),
        (tr("Copy Clause Text"), lambda: dock.evidence.copy_clause(), True),
        (tr("Show History"), lambda: show_history(dock), True),
        (tr("Print Slip…"), lambda: dock.slip_requested.emit(row.finding_id), True),
        (None, None, True),
        (
            tr("Objection…"),
            lambda: dock.objection_requested.emit(row.subject_id),
            row.subject_role == "wells",
        ),
    ):
        if text is None:
            menu.addSeparator()
            continue
        action = menu.addAction(text)
        action.setEnabled(bool(enabled))
        action.triggered.connect(lambda _=False, act=act: act())
    return menu


def open_form(dock: Any) -> None:
    """Open the form of the current finding's subject, for reading."""
    row = dock.current
    layer = dock.map.layer(dock.listing.path, row.subject_role)
    if layer is not None:
        dock.iface.openFeatureForm(layer, layer.getFeature(row.fid), False, False)


def select_in_table(dock: Any) -> None:
    """Select the subject in its layer and open the layer's attribute table."""
    row = dock.current
    layer = dock.map.layer(dock.listing.path, row.subject_role)
    if layer is not None:
        layer.selectByIds([row.fid])
        dock.iface.showAttributeTable(layer)


def copy_rows(dock: Any) -> None:
    """Put the rows selected on the clipboard, with headings, ready for a spreadsheet."""
    rows = dock.listing.window(dock.chosen)
    lines = [dock.model.headings, *([cell(row, name, dock.model.marks) for name in COLUMNS] for row in rows)]
    text = "\n".join("\t".join(" ".join(str(part).split()) for part in line) for line in lines)
    QApplication.clipboard().setText(text)


def show_history(dock: Any) -> None:
    """Bring the history of the current finding, in the evidence panel, into sight."""
    dock.evidence.show_finding(dock.current.finding_id)
    dock.evidence.show_history()
