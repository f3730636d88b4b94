"""Names of files that a person chooses to save under."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QMessageBox, QWidget

from ...processing.texts import tr


def with_suffix(parent: QWidget, chosen: str, suffix: str, known: Collection[str] = ()) -> Path | None:
    """What was chosen in a file dialog, with the suffix where it has none of those known.

    Qt has asked whether the name that was typed may be overwritten, and knows nothing of the longer one: that is asked
    here. None when it may not.
    """
    path = Path(chosen)
    if path.suffix.lower() in (suffix, *known):
        return path
    path = path.with_name(path.name + suffix)
    return path if not path.exists() or _may_overwrite(parent, path) else None


def _may_overwrite(parent: QWidget, path: Path) -> bool:
    buttons = QMessageBox.StandardButton
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(parent.windowTitle())
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("{name} exists already. Overwrite it?").format(name=path.name))
    yes = box.addButton(tr("Overwrite"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(buttons.Cancel))
    box.button(buttons.Cancel).setText(tr("Cancel"))
    box.exec()
    return box.clickedButton() is yes
