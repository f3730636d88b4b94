"""Bars drawn with the painter: a pattern for each part, the number beside it, the colours of the palette."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qgis.PyQt.QtCore import QEvent, QRect, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QBrush, QPainter, QPalette, QPen
from qgis.PyQt.QtWidgets import QLabel, QSizePolicy, QToolTip, QWidget

from ..shared.plain import escaped

PATTERNS = {
    "fail": Qt.BrushStyle.SolidPattern,
    "review": Qt.BrushStyle.Dense4Pattern,
    "not_evaluated": Qt.BrushStyle.DiagCrossPattern,
    "exempt": Qt.BrushStyle.BDiagPattern,
    "pass": Qt.BrushStyle.NoBrush,
}
"""How the part of each outcome is filled; another part as the last one."""


@dataclass(frozen=True)
class Line:
    """One bar: its label and its parts as (key, label, count)."""

    label: str
    parts: tuple[tuple[str, str, int], ...]

    @property
    def total(self) -> int:
        """The length of the bar."""
        return sum(count for _, _, count in self.parts)

    def text(self) -> str:
        """The bar in words."""
        return "\n".join((self.label, *(f"{label} {count:,}" for _, label, count in self.parts)))


class BarChart(QLabel):
    """Bars one below the other, of which one is current; a click or Enter chooses it.

    A label, because the dark themes of QGIS colour labels by their style sheet and leave the palette as it is.

    Signals:
        chosen: the number of the bar.
    """

    chosen = pyqtSignal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._lines: tuple[Line, ...] = ()
        self._current = 0

    @property
    def lines(self) -> tuple[Line, ...]:
        """The bars that are shown."""
        return self._lines

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other bars."""
        self._lines, self._current = tuple(lines), 0
        self.setAccessibleDescription("\n".join(line.text() for line in self._lines))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, max(1, len(self._lines)) * self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def area_of(self, number: int) -> QRect:
        """Where a bar is drawn, its label included."""
        return QRect(0, number * self._height(), self.width(), self._height())

    def paintEvent(self, event):
        painter = QPainter(self)
        longest = max((line.total for line in self._lines), default=0) or 1
        metrics = self.fontMetrics()
        wide = max((metrics.horizontalAdvance(f"{line.total:,}") for line in self._lines), default=0) + 8
        names = max((metrics.horizontalAdvance(line.label) for line in self._lines), default=0) + 8
        names = min(names, self.width() * 2 // 5)
        for number, line in enumerate(self._lines):
            area = self.area_of(number)
            if number == self._current and self.hasFocus():
                painter.setPen(
                    QPen(self.palette().color(QPalette.ColorRole.WindowText), 1, Qt.PenStyle.DotLine)
                )
                painter.setBrush(QBrush())
                painter.drawRect(area.adjusted(0, 0, -1, -1))
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            label = metrics.elidedText(line.label, Qt.TextElideMode.ElideRight, names - 8)
            painter.drawText(
                QRect(2, area.top(), names, area.height()), int(Qt.AlignmentFlag.AlignVCenter), label
            )
            room = area.adjusted(names, 3, -wide, -3)
            end = self._paint_bar(painter, line, room, longest)
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            place = QRect(end + 4, area.top(), wide, area.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), f"{line.total:,}")
        painter.end()

    def _paint_bar(self, painter: QPainter, line: Line, room: QRect, longest: int) -> int:
        """The parts of one bar; returns where it ends."""
        colour = self.palette().color(QPalette.ColorRole.Highlight)
        outline = self.palette().color(QPalette.ColorRole.WindowText)
        passed, left = 0, room.left()
        for key, _, count in line.parts:
            passed += count
            right = room.left() + round(max(0, room.width()) * passed / longest)
            part = QRect(left, room.top(), right - left, room.height())
            painter.fillRect(part, QBrush(colour, PATTERNS.get(key, Qt.BrushStyle.NoBrush)))
            painter.setPen(QPen(outline, 1))
            painter.setBrush(QBrush())
            painter.drawRect(part.adjusted(0, 0, -1, -1))
            left = right
        return left

    def mouseReleaseEvent(self, event):
        number = event.pos().y() // self._height()
        if event.button() == Qt.MouseButton.LeftButton and 0 <= number < len(self._lines):
            self._go(number)
            self.chosen.emit(number)

    def keyPressEvent(self, event):
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(event.key(), 0)
        if step and self._lines:
            self._go(min(max(self._current + step, 0), len(self._lines) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._lines:
            self.chosen.emit(self._current)
        else:
            super().keyPressEvent(event)

    def event(self, event):
        if event.type() == QEvent.Type.ToolTip:
            number = event.pos().y() // self._height()
            text = self._lines[number].text() if 0 <= number < len(self._lines) else ""
            QToolTip.showText(event.globalPos(), f"<span>{escaped(text)}</span>" if text else "", self)
            return True
        return super().event(event)

    def _go(self, number: int) -> None:
        self._current = number
        self.update()

    def _height(self) -> int:
        return self.fontMetrics().height() + 8


class Key(QLabel):
    """The pattern of one part, for the legend; a label as the chart is."""

    def __init__(self, outcome: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outcome = outcome
        side = self.fontMetrics().height()
        self.setFixedSize(side, side)

    def paintEvent(self, event):
        painter = QPainter(self)
        area = self.rect().adjusted(1, 1, -2, -2)
        colour = self.palette().color(QPalette.ColorRole.Highlight)
        painter.fillRect(area, QBrush(colour, PATTERNS[self._outcome]))
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawRect(area)
        painter.end()
