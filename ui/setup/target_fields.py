"""The right side of page 2: the fields of a role, each with its column, its unit and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QStringListModel, Qt, pyqtSignal
from qgis.PyQt.QtGui import QBrush, QDragEnterEvent, QDragMoveEvent, QDropEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from ...core.schema import Field, register_schema, results_schema
from ...processing.texts import tr, ui_language
from ..shared.plain import set_tip
from .data_row import Choice
from .marks import BAD, GOOD, QUIET, UNSURE, colour
from .source_columns import MIME
from .state import RoleLayer

X, Y = "*x", "*y"
"""Rows of the coordinates of a table; no field has such a name."""

_FIELD, _COLUMN, _UNIT, _MARK = range(4)


class TargetFields(QTreeWidget):
    """Fields onto which columns are dropped; each has a list of the columns as well.

    Signals:
        put: a column was chosen for a field (or a coordinate); empty for "not chosen".
        refused: no column is meant for it. unit: a unit was chosen.
    """

    put = pyqtSignal(str, str)
    refused = pyqtSignal(str)
    unit = pyqtSignal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("target_fields")
        self.setRootIsDecorated(False)
        self.setHeaderLabels([tr("Field"), tr("Column"), tr("Unit"), tr("How sure")])
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for place, width in ((_FIELD, 140), (_COLUMN, 140), (_UNIT, 104)):
            self.header().resizeSection(place, width)
        set_tip(self, tr("Fields of the register; * marks those that are needed"))
        self.columns: dict[str, Choice] = {}
        self.units: dict[str, Choice] = {}
        self._items: dict[str, QTreeWidgetItem] = {}
        self._names: list[str] = []
        self._models: list[QStringListModel] = []

    def show_layer(self, layer: RoleLayer) -> None:
        """The rows of a layer, made anew."""
        self.clear()
        for model in self._models:
            model.deleteLater()
        self.columns, self.units, self._items = {}, {}, {}
        self._names = [column.name for column in layer.shown]
        role = register_schema().roles[layer.role]
        fixed = QStringListModel([tr("Not chosen"), tr("No column"), *self._names], self)
        by_name = QStringListModel([tr("By its name"), *self._names], self)
        self._models = [fixed, by_name]
        for item in role.fields.values():
            star = " *" if item.required else ""
            self._add_row(item.name, item.heading(ui_language()) + star, fixed)
            self._add_unit(item)
        if role.is_place and layer.source.geometry is None:
            self._add_row(X, tr("x or longitude"), by_name)
            self._add_row(Y, tr("y or latitude"), by_name)
        self.tell(layer)

    def tell(self, layer: RoleLayer) -> None:
        """Show what is chosen now."""
        role = register_schema().roles[layer.role]
        for name, item in role.fields.items():
            combo = self.columns[name]
            chosen = layer.columns.get(name)
            combo.setCurrentIndex(self._names.index(chosen) + 2 if chosen else int(name in layer.without))
            if name in self.units:
                combo = self.units[name]
                combo.setEnabled(chosen is not None)
                combo.setCurrentIndex(max(0, combo.findData(layer.units.get(name, ""))))
            self._mark(name, *mark_of(layer, item))
        for name, chosen in zip((X, Y), layer.coordinates, strict=True):
            if name in self.columns:
                self.columns[name].setCurrentIndex(self._names.index(chosen) + 1 if chosen else 0)
                kind, text = _coordinate_mark(layer, chosen)
                self._mark(name, kind, text)

    def _add_row(self, name: str, title: str, model: QStringListModel) -> None:
        item = QTreeWidgetItem([title, "", "", ""])
        item.setData(0, Qt.ItemDataRole.UserRole, name)
        item.setToolTip(0, f"<span>{title}</span>")
        self.addTopLevelItem(item)
        combo = Choice()
        combo.setMinimumContentsLength(6)
        combo.setModel(model)
        combo.setObjectName(f"column_{name}")
        combo.setAccessibleName(title)
        set_tip(combo, tr("Column that fills {field}").format(field=title))
        combo.activated.connect(lambda place, name=name: self._activated(name, place))
        self.setItemWidget(item, _COLUMN, combo)
        self.columns[name], self._items[name] = combo, item

    def _add_unit(self, field: Field) -> None:
        from ...core.importing.vocabulary import measure_of, units_of

        if not field.unit or not measure_of(field):
            return
        combo = Choice()
        combo.setMinimumContentsLength(4)
        combo.setObjectName(f"unit_{field.name}")
        combo.addItem(tr("Not stated"), "")
        for name in units_of(field):
            combo.addItem(name, name)
        set_tip(combo, tr("Unit of the figures in the column"))
        name = field.name
        combo.activated.connect(lambda place: self.unit.emit(name, combo.itemData(place)))
        self.setItemWidget(self._items[name], _UNIT, combo)
        self.units[name] = combo

    def _mark(self, name: str, kind: str, text: str) -> None:
        item = self._items[name]
        item.setText(_MARK, text)
        item.setToolTip(_MARK, text and tr("How sure the choice is; a proposal is never taken by itself"))
        item.setForeground(_MARK, QBrush(colour(kind, self.palette())))

    def _activated(self, name: str, place: int) -> None:
        fixed = 1 if name in (X, Y) else 2
        if place >= fixed:
            self.put.emit(name, self._names[place - fixed])
        elif place == 1:
            self.refused.emit(name)
        else:
            self.put.emit(name, "")

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self.itemAt(_position(event)) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        item = self.itemAt(_position(event))
        column = bytes(event.mimeData().data(MIME)).decode("utf-8")
        if item is not None and column in self._names:
            event.acceptProposedAction()
            self.put.emit(str(item.data(0, Qt.ItemDataRole.UserRole)), column)


def mark_of(layer: RoleLayer, field: Field) -> tuple[str, str]:
    """Kind and text of the mark of a field: sign and word, so that the colour says nothing alone."""
    name, proposal = field.name, layer.proposals[field.name]
    how = results_schema().enums["matched_by"]
    chosen = layer.columns.get(name)
    if chosen:
        certain = chosen == proposal.column
        if field.unit and not layer.units.get(name) and not (certain and proposal.how in ("name", "alias")):
            unit = field.unit_label.label(ui_language()) if field.unit_label else field.unit
            return UNSURE, tr("⚠ Unit not stated: taken for {unit}").format(unit=unit)
        if certain:
            return GOOD, f"● {how[proposal.how].label(ui_language())}"
        return GOOD, f"◆ {how['user'].label(ui_language())}"
    if name in layer.without:
        return QUIET, tr("○ No column")
    if proposal.candidates:
        return UNSURE, _candidates(proposal.how, proposal.candidates)
    if field.name in register_schema().roles[layer.role].key:
        return BAD, tr("✗ Needed: choose a column")
    if field.required:
        return UNSURE, tr("⚠ No column: needs check in every row")
    return QUIET, ""


def _candidates(how: str, candidates: Sequence[str]) -> str:
    if len(candidates) > 1:
        return tr("◐ {n} candidates, none chosen: {names}").format(
            n=len(candidates), names=", ".join(candidates)
        )
    if how == "truncated":
        return tr("◐ Beginning alike, confirm: {name}").format(name=candidates[0])
    if how == "mapping":
        return tr("◐ As last time, confirm: {name}").format(name=candidates[0])
    return tr("◐ Alike, confirm: {name}").format(name=candidates[0])


def _coordinate_mark(layer: RoleLayer, chosen: str) -> tuple[str, str]:
    from ...core.importing.proposals import has_coordinates

    if chosen:
        return GOOD, f"◆ {results_schema().enums['matched_by']['user'].label(ui_language())}"
    if has_coordinates(layer.source):
        return GOOD, f"● {results_schema().enums['matched_by']['coordinate'].label(ui_language())}"
    return BAD, tr("✗ Needed: choose a column")


def _position(event: QDropEvent) -> object:
    """Where something is dropped; Qt 6 calls it otherwise than Qt 5."""
    return event.position().toPoint() if hasattr(event, "position") else event.pos()
