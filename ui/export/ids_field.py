"""Ids that are typed, or taken from what is selected on the map."""

from __future__ import annotations

from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import pyqtBoundSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from ...processing.texts import tr
from ..shared.plain import set_tip


class IdsField(QWidget):
    """Ids separated by semicolons, and a button that fills in those of the features selected on the map.

    Args:
        column: of the layers that the ids are taken from.
    """

    def __init__(self, name: str, column: str, tip: str, hint: str, changed: pyqtBoundSignal) -> None:
        super().__init__()
        self._column = column
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        self.edit = QLineEdit()
        self.edit.setObjectName(name)
        self.edit.setPlaceholderText(hint)
        self.edit.textChanged.connect(changed)
        set_tip(self.edit, tip)
        line.addWidget(self.edit, 1)
        self.button = QPushButton(tr("From the map"))
        self.button.setObjectName(f"{name}_selected")
        self.button.setAutoDefault(False)
        set_tip(self.button, tr("Fill in the ids of what is selected on the map"))
        self.button.clicked.connect(self.take)
        line.addWidget(self.button)

    def text(self) -> str:
        """The ids, separated by semicolons."""
        return self.edit.text().strip()

    def take(self) -> None:
        """Fill in the ids of the features selected on the map; what was typed stays where nothing is selected."""
        ids: set[str] = set()
        for layer in QgsProject.instance().mapLayers().values():
            if isinstance(layer, QgsVectorLayer) and layer.fields().lookupField(self._column) >= 0:
                values = (feature[self._column] for feature in layer.selectedFeatures())
                ids.update(value for value in values if isinstance(value, str) and value)
        if ids:
            self.edit.setText("; ".join(sorted(ids)))
