"""The language of the user interface and the one translation context of the plugin."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QLocale

CONTEXT = "@default"  # what pylupdate5 files a plain tr() under
RESOURCES = Path(__file__).resolve().parent.parent / "resources"


def tr(text: str) -> str:
    """``text`` in the language of QGIS. Texts are literals at the call, with placeholders filled afterwards."""
    return QCoreApplication.translate(CONTEXT, text)


def ui_language() -> str:
    """``zh`` where QGIS speaks Chinese, else ``en``: the languages of schema, messages and help."""
    chinese = QLocale(QgsApplication.locale()).language() == QLocale.Language.Chinese
    return "zh" if chinese else "en"


def icon_path(name: str) -> str:
    """Path of one of our SVG icons."""
    return str(RESOURCES / "icons" / f"{name}.svg")
