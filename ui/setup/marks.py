"""Marks of confidence and of findings: a sign and a word, coloured so that both palettes show them; texts of both."""

from __future__ import annotations

from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from ..shared.plain import PlainLabel

GOOD, UNSURE, BAD, QUIET = "good", "unsure", "bad", "quiet"
SIGNS = {GOOD: "✓", UNSURE: "⚠", BAD: "✗", QUIET: "ℹ"}

_ON_LIGHT = {GOOD: "#1a6b2a", UNSURE: "#8a5200", BAD: "#a3161b"}
_ON_DARK = {GOOD: "#7fd18c", UNSURE: "#f0b65a", BAD: "#ff8a80"}


class Told(PlainLabel):
    """A text that never makes its window wider: a long name without blanks is cut at the edge."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        policy = self.sizePolicy()  # it knows that the height follows from the width
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self.setSizePolicy(policy)


def colour(kind: str, palette: QPalette) -> QColor:
    """The colour of text of a kind on the base of a palette; that of ordinary text for what is only to know."""
    if kind == QUIET:
        return palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Text)
    dark = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Base).lightness() < 128
    return QColor((_ON_DARK if dark else _ON_LIGHT)[kind])


def paint(widget: object, kind: str) -> None:
    """Colour the text of a label."""
    palette = widget.palette()
    shade = colour(kind, palette)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text):
        palette.setColor(role, shade)
    widget.setPalette(palette)
