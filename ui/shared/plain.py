"""Texts from data are shown as they are: a name with markup in it appears literally."""

from __future__ import annotations

import html

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QLabel, QSizePolicy, QWidget

FAINT = QColor("#808080")
"""Text of rows that do not count: read on white and on the grounds of the dark themes of QGIS alike, whose palette does
not tell their colours."""


def escaped(text: object) -> str:
    """``text`` for places where Qt or QGIS reads rich text: markup in it is shown, line breaks are kept."""
    return html.escape(str(text)).replace("\n", "<br>")


def set_tip(widget: QWidget, text: object) -> None:
    """A tooltip that shows its text literally, wrapped: Qt takes anything that looks like markup for it."""
    widget.setToolTip(f"<span>{escaped(text)}</span>" if text else "")


class PlainLabel(QLabel):
    """A label that never reads its text as markup; it wraps and can be selected with mouse and keyboard."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setText(text)


class Told(PlainLabel):
    """A text that never makes its window wider: a long name without blanks is cut at the edge."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        policy = self.sizePolicy()  # it knows that the height follows from the width
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self.setSizePolicy(policy)
