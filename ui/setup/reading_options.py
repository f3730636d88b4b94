"""How one layer is read, where what was found is not right: encoding, headings, coordinate system, repairs."""

from __future__ import annotations

from qgis.gui import QgsProjectionSelectionWidget
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...core.importing.choices import ENCODINGS, REPAIRS
from ...core.schema import register_schema
from ...processing.texts import tr, ui_language
from ..shared.plain import Told, set_tip
from ..shared.windows import Dialog
from .state import Reading, RoleLayer


class ReadingOptions(Dialog):
    """Asks how a layer is to be read; ``reading()`` is the answer."""

    NAME = "setup_reading"
    PAGE = "setup"

    def __init__(self, layer: RoleLayer, parent: QWidget | None = None) -> None:
        super().__init__(tr("How the Layer Is Read"), parent)
        role = register_schema().roles[layer.role]
        said = layer.reading
        self.body.addWidget(Told(f"{role.label(ui_language())}: {layer.ref.name if layer.ref else ''}", self))
        form = QFormLayout()
        self.body.addLayout(form)
        self.encoding = QComboBox(self)
        self.encoding.addItem(tr("As found"), "")
        for name in ENCODINGS:
            self.encoding.addItem(name, name)
        self.encoding.setCurrentIndex(max(0, self.encoding.findData(said.encoding)))
        self._row(
            form,
            tr("&Encoding"),
            self.encoding,
            "encoding",
            tr("Encoding of the texts, if those shown are garbled"),
        )
        self.header_row = QSpinBox(self)
        self.header_row.setRange(0, 10_000)
        self.header_row.setSpecialValueText(tr("As found"))
        self.header_row.setValue(said.header_row)
        tip = tr("Row of a sheet or text file in which the headings begin, counted from 1")
        self._row(form, tr("&Row of the headings"), self.header_row, "header_row", tip)
        self.crs = QgsProjectionSelectionWidget(self)
        self.crs.setOptionVisible(QgsProjectionSelectionWidget.CrsOption.CrsNotSet, True)
        self.crs.setNotSetText(tr("That of the layer"))
        self.crs.setCrs(said.crs)
        self.operation = QLineEdit(said.operation, self)
        if role.is_place:
            tip = tr("Only where the layer says none or a wrong one; nothing is reprojected by it")
            self._row(form, tr("&Coordinate system"), self.crs, "crs", tip)
            tip = tr(
                "PROJ pipeline from Beijing 1954 or Xi'an 1980 to CGCS2000, as your surveying office gives it"
            )
            self._row(form, tr("Coordinate &operation"), self.operation, "operation", tip)
        self.repairs = self._repairs(said, role.is_place)
        self.body.addStretch(1)
        self.finish(QDialogButtonBox.StandardButton.Ok, QDialogButtonBox.StandardButton.Cancel)

    def reading(self) -> Reading:
        """What the user says."""
        return Reading(
            self.encoding.currentData(),
            self.header_row.value(),
            self.crs.crs(),
            self.operation.text().strip(),
            tuple(name for name, box in self.repairs.items() if box.isChecked()),
        )

    def show_help(self) -> None:
        """The page of the wizard speaks of this dialog too."""
        from ..shared.help import open_window_help

        open_window_help(self.PAGE)

    def _row(self, form: QFormLayout, text: str, field: QWidget, name: str, tip: str) -> None:
        field.setObjectName(name)
        set_tip(field, tip)
        label = QLabel(text, self)
        label.setBuddy(field)
        form.addRow(label, field)

    def _repairs(self, said: Reading, place: bool) -> dict[str, QCheckBox]:
        texts = {
            "swap_xy": tr("Exchange x and y where they stand the wrong way round"),
            "gcj02": tr("Shift back from the map coordinates GCJ-02"),
            "bd09": tr("Shift back from the map coordinates BD-09"),
        }
        boxes = {name: QCheckBox(texts[name], self) for name in REPAIRS}
        group = QGroupBox(tr("Repairs of positions that you ask for"), self)
        inside = QVBoxLayout(group)
        for name, box in boxes.items():
            box.setObjectName(f"repair_{name}")
            box.setChecked(name in said.repairs)
            set_tip(
                box, tr("Only if you know that the positions are wrong in this way; each change is recorded")
            )
            inside.addWidget(box)
        group.setVisible(place)
        self.body.addWidget(group)
        return boxes
