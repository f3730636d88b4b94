"""Choices whose items change while one of them is chosen."""

from __future__ import annotations

from collections.abc import Iterable

from qgis.PyQt.QtWidgets import QComboBox


def refill(combo: QComboBox, items: Iterable[tuple[str, object]]) -> None:
    """Offer other items, text and data; the one chosen before is chosen again where it is still there, else the first.
    Whoever listens is told once, afterwards."""
    before = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    for text, data in items:
        combo.addItem(text, data)
    combo.setCurrentIndex(max(combo.findData(before), 0) if combo.count() else -1)
    combo.blockSignals(False)
    combo.currentIndexChanged.emit(combo.currentIndex())
