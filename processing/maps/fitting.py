"""Letters made so small that texts fit their places, measured as they are drawn."""

from __future__ import annotations

from collections.abc import Iterable

from qgis.core import QgsLayoutItemLabel
from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QFont, QFontMetricsF

POINT_MM = 25.4 / 72
SHRINKING = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58, 0.52)
"""Sizes that are tried until everything fits its place."""

_LARGE = 1000
"""Pixels of the letters that are measured: large ones, which are not rounded."""
_SMALLEST = 4.5
"""Points below which nothing is read."""


def advance(text: str, font: QFont) -> float:
    """Width of a line in multiples of the size of its letters."""
    return _metrics(font).horizontalAdvance(text) / _LARGE


def fit_line(label: QgsLayoutItemLabel, texts: Iterable[str]) -> None:
    """Give a label letters in which the longest of some texts stands on one line."""
    font = label.font()
    whole = font.pointSizeF()
    width = max((advance(text, font) for text in texts), default=0.0) * whole * POINT_MM
    _sized(label, whole * min(1.0, 0.97 * label.rect().width() / max(width, 1.0)))


def fit_box(label: QgsLayoutItemLabel) -> None:
    """Give a label letters in which its text, broken into lines, stands in its rectangle."""
    font = label.font()
    whole = font.pointSizeF()
    text = label.currentText()
    for factor in SHRINKING:
        mm = whole * factor * POINT_MM
        room = QRectF(0, 0, 0.98 * label.rect().width() / mm * _LARGE, 1e9)
        lines = _metrics(font).boundingRect(room, Qt.TextFlag.TextWordWrap, text)
        if lines.height() / _LARGE * mm <= label.rect().height():
            break
    _sized(label, whole * factor)


def _sized(label: QgsLayoutItemLabel, points: float) -> None:
    font = label.font()
    font.setPointSizeF(max(points, _SMALLEST))
    label.setFont(font)


def _metrics(font: QFont) -> QFontMetricsF:
    large = QFont(font)
    large.setPixelSize(_LARGE)
    return QFontMetricsF(large)
