"""The offline help page of each window."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices

from ...processing.help import FOLDERS
from ...processing.texts import RESOURCES, ui_language


def window_page(name: str) -> Path:
    """The page of the window ``name`` in the language of QGIS."""
    return RESOURCES / "help" / FOLDERS[ui_language()] / "windows" / f"{name}.html"


def open_window_help(name: str) -> None:
    """Show it in the browser; no network is needed."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(window_page(name))))
