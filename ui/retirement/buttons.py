"""Buttons of the planner: alike, and when off with a tooltip that says why."""

from __future__ import annotations

from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QPushButton


def button(name: str, text: str, icon: str = "") -> QPushButton:
    """A button, with an icon of QGIS's theme where there is one; the key Enter is not for it."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAutoDefault(False)
    if icon:
        made.setIcon(QgsApplication.getThemeIcon("".join(("/", icon))))
    return made


def allow(made: QPushButton, why_not: str, tip: str) -> None:
    """On with its tooltip, or off with the reason."""
    made.setEnabled(not why_not)
    made.setToolTip(why_not or tip)
