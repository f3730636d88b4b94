"""One row of page 1: a role, the layer for it, and what was found when it was read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import QComboBox, QGridLayout, QLabel, QPushButton, QWidget

from ...core.importing.choices import MODES
from ...core.schema import register_schema
from ...processing.setup import LayerRef
from ...processing.texts import tr, ui_language
from ..shared.plain import Told, escaped, set_tip
from .marks import SIGNS, paint
from .state import RoleLayer
from .status import status_of


def local_files(event: QDropEvent) -> list[Path]:
    """The files that are dragged."""
    data = event.mimeData()
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []


class Choice(QComboBox):
    """A combo box that the mouse wheel scrolls past, takes dropped files, and shows texts literally and cut."""

    dropped = pyqtSignal(list)

    def __init__(self, parent: QWidget | None = None, files: bool = False) -> None:
        super().__init__(parent)
        self.setAcceptDrops(files)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(16)

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # scrolling past must choose nothing

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(local_files(event))


class DataRow(QObject):
    """The widgets of one role, laid into the grid of page 1.

    Signals:
        chosen: another layer, or none. mode_chosen: how it goes into the case file. options: the button was pressed.
        files: files were dropped on it.
    """

    chosen = pyqtSignal(str, object)
    mode_chosen = pyqtSignal(str, str)
    options = pyqtSignal(str)
    files = pyqtSignal(str, list)

    def __init__(self, layer: RoleLayer, parent: QWidget) -> None:
        super().__init__(parent)
        name = layer.role
        self.layer = layer
        self._refs: list[LayerRef] = []
        title = register_schema().roles[name].label(ui_language())
        self.label = QLabel(title, parent)
        self.label.setWordWrap(True)
        self.combo = Choice(parent, files=True)
        self.combo.setObjectName(f"layer_{name}")
        self.combo.setAccessibleName(title)
        self.label.setBuddy(self.combo)
        set_tip(self.combo, tr("Layer, sheet or table for this role; files may be dropped here"))
        self.combo.activated.connect(self._activated)
        self.combo.dropped.connect(lambda paths: self.files.emit(name, paths))
        self.mode = Choice(parent)
        self.mode.setMinimumContentsLength(8)
        self.mode.setObjectName(f"mode_{name}")
        words = {"append": tr("Append"), "replace": tr("Replace")}
        for token in MODES:
            self.mode.addItem(words[token], token)
        self.mode.setCurrentIndex(self.mode.findData(layer.mode))
        set_tip(
            self.mode, tr("Add to the rows that the case file has of this role, or put them in their place")
        )
        self.mode.activated.connect(lambda place: self.mode_chosen.emit(name, self.mode.itemData(place)))
        self.button = QPushButton(tr("Options…"), parent)
        self.button.setObjectName(f"options_{name}")
        self.button.clicked.connect(lambda: self.options.emit(name))
        self.status = Told("", parent)
        self.status.setObjectName(f"status_{name}")

    def lay_into(self, grid: QGridLayout, line: int) -> None:
        """Put the widgets into a line of the grid."""
        top = Qt.AlignmentFlag.AlignTop
        for place, widget in enumerate((self.label, self.combo, self.mode, self.button)):
            grid.addWidget(widget, line, place, top)
        grid.addWidget(self.status, line, 4, top)

    def offer(self, refs: Sequence[LayerRef]) -> None:
        """Show the layers to choose from, those that fit."""
        self._refs = [ref for ref in refs if ref.fits(self.layer.role)]
        self.combo.blockSignals(True)
        self.combo.clear()
        self.combo.addItem(tr("Not chosen"))
        for place, ref in enumerate(self._refs, start=1):
            self.combo.addItem(ref.name)
            tip = ref.uri or ref.name
            self.combo.setItemData(place, f"<span>{escaped(tip)}</span>", Qt.ItemDataRole.ToolTipRole)
        known = self._refs.index(self.layer.ref) + 1 if self.layer.ref in self._refs else 0
        self.combo.setCurrentIndex(known)
        self.combo.blockSignals(False)

    def tell(self, into_case: bool) -> None:
        """Show what is known of the layer now."""
        kind, text = status_of(self.layer)
        self.status.setText(f"{SIGNS[kind]} {text}" if text else "")
        paint(self.status, kind)
        self.mode.setVisible(into_case)
        given = self.layer.ref is not None
        self.button.setEnabled(given)
        set_tip(
            self.button,
            tr("Encoding, headings, coordinate system and repairs of this layer")
            if given
            else tr("Choose a layer first"),
        )

    def _activated(self, place: int) -> None:
        self.chosen.emit(self.layer.role, self._refs[place - 1] if place > 0 else None)
