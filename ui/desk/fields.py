"""Small parts that several forms of the desk use: a subject found by typing or clicking, a day, a choice of tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsPointXY,
    QgsProject,
)
from qgis.gui import QgsMapCanvas, QgsMapToolEmitPoint
from qgis.PyQt.QtCore import QDate, QStringListModel, pyqtSignal
from qgis.PyQt.QtGui import QWheelEvent
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QCompleter,
    QDateEdit,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QWidget,
)

from ...core.casefile.opening import impatient
from ...core.desk.lookup import layer_crs, nearest, search
from ...core.errors import OverdraftError
from ...processing.texts import tr
from ..shared.messages import text_of
from ..shared.plain import set_tip
from . import words

REACH_PX = 12
"""A click takes the nearest feature within so many pixels."""


class Steady:
    """A field that the wheel scrolls past: a legal day or decision must not change under the pointer."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DayField(Steady, QDateEdit):
    """A day; that of today to begin with."""

    def __init__(self, name: str, today: date, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setCalendarPopup(True)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setDate(QDate(today.year, today.month, today.day))
        set_tip(self, tip)

    def iso(self) -> str:
        """The day as text."""
        return self.date().toString("yyyy-MM-dd")


class Box(Steady, QComboBox):
    """A choice."""


class TokenBox(Box):
    """A choice of tokens, shown with their labels."""

    def __init__(
        self,
        name: str,
        enum: str,
        tokens: Iterable[str],
        tip: str,
        parent: QWidget | None = None,
        empty: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        if empty:
            self.addItem("", "")
        for token in tokens:
            self.addItem(words.token(enum, token), token)
        set_tip(self, tip)

    def token(self) -> str:
        """The token chosen."""
        return str(self.currentData() or "")

    def choose(self, token: str) -> None:
        """Show a token."""
        self.setCurrentIndex(self.findData(token))


class PointPicker(QgsMapToolEmitPoint):
    """One click on the map for a field; afterwards, or once the field is gone, the tool of before is back."""

    def __init__(self, canvas: QgsMapCanvas, field: QWidget, told: Callable[[QgsPointXY], None]) -> None:
        super().__init__(canvas)
        before = canvas.mapTool()
        self._before = before._before if isinstance(before, PointPicker) else before
        self._told = told
        self.canvasClicked.connect(self._clicked)
        field.destroyed.connect(self._leave)
        canvas.setMapTool(self)

    def _leave(self, *_: object) -> None:
        if self.canvas().mapTool() is self:
            self.canvas().unsetMapTool(self)
            if self._before is not None:
                self.canvas().setMapTool(self._before)

    def _clicked(self, point: QgsPointXY, button: object = None) -> None:
        self._leave()
        self._told(point)


def in_layer(point: QgsPointXY, canvas: QgsMapCanvas, path: Path, table: str) -> QgsPointXY:
    """A point of the map in the coordinate system of a layer of the case.

    Raises:
        OverdraftError: the case file cannot be read, or the point has no place in that system.
    """
    crs = layer_crs(path, table)
    if crs is None:
        return point
    target = QgsCoordinateReferenceSystem.fromWkt(crs.to_wkt())
    own = canvas.mapSettings().destinationCrs()
    try:
        return QgsCoordinateTransform(own, target, QgsProject.instance()).transform(point)
    except QgsCsException as error:
        raise OverdraftError("desk.place_needed") from error


class SubjectField(QWidget):
    """A well or an area: by typing part of its id or name, or by a click on the map.

    Signals:
        changed: another id stands in it.
    """

    changed = pyqtSignal(str)

    def __init__(
        self,
        name: str,
        path: Callable[[], Path | None],
        table: str,
        tip: str,
        canvas: QgsMapCanvas | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._path, self._table, self._canvas = path, table, canvas
        self.edit = QLineEdit()
        self.edit.setObjectName(f"{name}_id")
        self.edit.setPlaceholderText(tr("Type part of the id or name"))
        self.edit.setClearButtonEnabled(True)
        set_tip(self.edit, tip)
        self._found = QStringListModel(self)
        completer = QCompleter(self._found, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.activated[str].connect(self._chosen)
        self.edit.setCompleter(completer)
        self.pick = QToolButton()
        self.pick.setObjectName(f"{name}_pick")
        self.pick.setText(tr("Pick on Map"))
        self.pick.setEnabled(canvas is not None)
        set_tip(
            self.pick,
            tr("Click the feature on the map") if canvas is not None else tr("There is no map to click on"),
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.edit, 1)
        row.addWidget(self.pick)
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(self._typed)
        self.edit.textChanged.connect(lambda text: self.changed.emit(self.id()))
        self.pick.clicked.connect(self._start)
        self._tool: PointPicker | None = None

    def id(self) -> str:
        """The id, without the name behind it."""
        return self.edit.text().split("\u2002")[0].strip()

    def set_id(self, name: str) -> None:
        """Show an id."""
        self.edit.setText(name)

    def _typed(self, text: str) -> None:
        path = self._path()
        if path is None:
            return
        try:
            with impatient():  # a key must not wait for another program's lock
                found = search(path, self._table, text)
        except OverdraftError:  # the form says so when something is recorded; proposals are only a help
            found = []
        self._found.setStringList(["\u2002".join(filter(None, row)) for row in found])

    def _chosen(self, text: str) -> None:
        self.edit.setText(text.split("\u2002")[0])

    def _start(self) -> None:
        if self._canvas is not None:
            self._tool = PointPicker(self._canvas, self, self._picked)

    def _picked(self, point: QgsPointXY) -> None:
        path = self._path()
        if path is None or self._canvas is None:
            return
        width = self._canvas.mapUnitsPerPixel() * REACH_PX
        try:
            here = in_layer(point, self._canvas, path, self._table)
            side = in_layer(QgsPointXY(point.x() + width, point.y()), self._canvas, path, self._table)
            found = nearest(path, self._table, here.x(), here.y(), max(abs(side.x() - here.x()), 1e-9))
        except OverdraftError as error:
            self.edit.setPlaceholderText(text_of(error))
            found = None
        else:
            self.edit.setPlaceholderText(tr("Nothing was there: click nearer to it, or type"))
        if found:
            self.set_id(found)
        self.window().raise_()


def line(name: str, tip: str) -> QLineEdit:
    """One line of text."""
    edit = QLineEdit()
    edit.setObjectName(name)
    set_tip(edit, tip)
    return edit
