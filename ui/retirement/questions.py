"""What the planner asks: a name, a file, whether to delete, whether to leave."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMessageBox, QWidget

from ...processing.texts import tr
from ..shared.files import with_suffix


def ask_name(parent: QWidget, title: str, name: str) -> str | None:
    """A name for a scenario; None when the user thinks better of it."""
    given, accepted = QInputDialog.getText(parent, title, tr("Name"), QLineEdit.EchoMode.Normal, name)
    return given if accepted else None


def ask_file(parent: QWidget, folder: str) -> Path | None:
    """A file to export to, CSV or XLSX."""
    kinds = "XLSX (*.xlsx);;CSV (*.csv)"
    given, kind = QFileDialog.getSaveFileName(parent, tr("Export the Scenario"), folder, kinds)
    if not given:
        return None
    return with_suffix(parent, given, ".csv" if "csv" in kind else ".xlsx", (".csv", ".xlsx"))


def confirm(parent: QWidget, title: str, text: str, more: str) -> bool:
    """May the scenario be deleted?"""
    box = _box(parent, title, text, more)
    yes = box.addButton(tr("Delete"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    box.exec()
    return box.clickedButton() is yes


def ask_to_leave(parent: QWidget, names: list[str]) -> QMessageBox.StandardButton:
    """Save, discard, or stay?"""
    text = tr("These scenarios are not on record: {names}").format(names=", ".join(names))
    box = _box(parent, parent.windowTitle(), text, tr("Save them in the case file before closing?"))
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    return QMessageBox.StandardButton(box.exec())


def _box(parent: QWidget, title: str, text: str, more: str) -> QMessageBox:
    """A question whose texts are shown literally."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(more)
    return box
