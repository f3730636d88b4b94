"""Marks of confidence and of findings: a sign and a word, coloured so that both palettes show them."""

from __future__ import annotations

from qgis.PyQt.QtGui import QColor, QPalette

GOOD, UNSURE, BAD, QUIET = "good", "unsure", "bad", "quiet"
SIGNS = {GOOD: "✓", UNSURE: "⚠", BAD: "✗", QUIET: "ℹ"}

_ON_LIGHT = {GOOD: "#1a6b2a", UNSURE: "#8a5200", BAD: "#a3161b"}
_ON_DARK = {GOOD: "#7fd18c", UNSURE: "#f0b65a", BAD: "#ff8a80"}


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
