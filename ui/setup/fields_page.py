"""Page 2, Fields: which column is which field of the register."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ...core.schema import register_schema
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.messages import text_of
from ..shared.plain import Told, set_tip
from .busy import Busy
from .data_row import Choice
from .marks import BAD, SIGNS, paint
from .profiles import apply_mapping, export_mapping
from .source_columns import SourceColumns
from .state import RoleLayer, Setup
from .target_fields import TargetFields, X, Y
from .words_dialog import WordsDialog


class FieldsPage(QWidget):
    """One layer at a time: its columns left, the fields of its role right.

    Signals:
        changed: something was chosen or taken back.
    """

    changed = pyqtSignal()

    def __init__(self, setup: Setup, session: Session, busy: Busy) -> None:
        super().__init__()
        self.setObjectName("page_fields")
        self._setup, self._session, self._busy = setup, session, busy
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        text = tr(
            "Say which column fills which field: drag a column onto a field, or choose it in the list. Green is "
            "certain; amber is only proposed and counts when you choose it."
        )
        body.addWidget(Told(text, self))
        self._head(body)
        self.source = SourceColumns(self)
        self.target = TargetFields(self)
        self.target.put.connect(self.put)
        self.target.refused.connect(self.refuse)
        self.target.unit.connect(self._set_unit)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setObjectName("fields_split")
        split.setChildrenCollapsible(False)
        split.addWidget(self.source)
        split.addWidget(self.target)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setSizes([330, 630])
        body.addWidget(split, 1)
        self._foot(body)
        self.problem = Told("", self)
        self.problem.setObjectName("problem")
        paint(self.problem, BAD)
        self.problem.hide()
        body.addWidget(self.problem)

    def _head(self, body: QVBoxLayout) -> None:
        label = QLabel(tr("&Layer"), self)
        self.layer_combo = Choice(self)
        self.layer_combo.setObjectName("layer")
        self.layer_combo.setMinimumContentsLength(30)
        self.layer_combo.activated.connect(lambda *_: self._show())
        set_tip(
            self.layer_combo, tr("The layer whose columns are shown; ✗ marks those that wait for an answer")
        )
        label.setBuddy(self.layer_combo)
        line = QHBoxLayout()
        line.addWidget(label)
        line.addWidget(self.layer_combo, 1)
        for name, text, tip, act in (
            ("detect", tr("&Auto-Detect"), tr("Choose what is certain; proposals stay open"), self.detect),
            ("clear", tr("&Clear"), tr("Take every choice of this layer back"), self.clear),
            (
                "words",
                tr("&Words…"),
                tr("Say what words of the layer mean that are not understood"),
                self.ask_words,
            ),
        ):
            button = QPushButton(text, self)
            button.setObjectName(name)
            set_tip(button, tip)
            button.clicked.connect(act)
            line.addWidget(button)
        body.addLayout(line)

    def _foot(self, body: QVBoxLayout) -> None:
        self.persons = QCheckBox(tr("Import &personal data too"), self)
        self.persons.setObjectName("persons")
        set_tip(self.persons, tr("The layer has no columns with personal data"))
        self.persons.toggled.connect(self._set_persons)
        line = QHBoxLayout()
        line.addWidget(self.persons)
        line.addStretch(1)
        for name, text, tip, act in (
            ("apply", tr("Apply &Mapping…"), tr("Use the mapping of an earlier delivery"), self._ask_mapping),
            (
                "export",
                tr("&Export Mapping…"),
                tr("Save these choices for next year's delivery"),
                self._ask_target,
            ),
        ):
            button = QPushButton(text, self)
            button.setObjectName(name)
            set_tip(button, tip)
            button.clicked.connect(act)
            line.addWidget(button)
        body.addLayout(line)

    @property
    def layer(self) -> RoleLayer | None:
        """The layer shown."""
        return self._setup.layers.get(self.layer_combo.currentData() or "")

    @property
    def obstacle(self) -> str:
        """Why the next page cannot be shown yet; empty if it can."""
        for layer in self._setup.read:
            if layer.open_fields:
                role = register_schema().roles[layer.role]
                names = ", ".join(role.fields[name].label(ui_language()) for name in layer.open_fields)
                return tr("{layer}: choose a column, or No column, for {fields}.").format(
                    layer=role.label(ui_language()), fields=names
                )
        return ""

    def begin(self) -> None:
        """Show the layers that were read; the first that waits for an answer if the one shown is gone."""
        before = self.layer_combo.currentData()
        self._list()
        waiting = next((layer.role for layer in self._setup.read if layer.open_fields), None)
        place = self.layer_combo.findData(before if before is not None else waiting)
        self.layer_combo.setCurrentIndex(max(0, place))
        self._show()

    def put(self, name: str, column: str) -> None:
        """Let a column fill a field, or hold a coordinate; an empty one leaves it open."""
        from ...core.importing.proposals import heading_unit

        layer = self.layer
        if name in (X, Y):
            x, y = layer.coordinates
            layer.coordinates = (column, y) if name == X else (x, column)
        else:
            field = register_schema().roles[layer.role].fields[name]
            layer.put(name, column, heading_unit(field, column) if column else "")
        self._tell()

    def refuse(self, name: str) -> None:
        """No column is meant for a field."""
        self.layer.refuse(name)
        self._tell()

    def detect(self) -> None:
        """Choose what is certain."""
        self.layer.detect()
        self._tell()

    def clear(self) -> None:
        """Choose nothing."""
        self.layer.clear()
        self._tell()

    def ask_words(self) -> None:
        """Ask for the words that are not understood."""
        dialog = WordsDialog(self.layer, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.accepted.connect(self._tell)
        dialog.open()

    def apply_mapping(self, path: Path) -> None:
        """Use a saved mapping; where the columns differ it only proposes."""
        layer = self.layer

        def done(_: object) -> None:
            self._say("")
            layer.detect()
            self.target.show_layer(layer)
            self._tell()

        title = tr("Applying the mapping")
        self._busy.run(
            title, lambda progress: apply_mapping(layer, path), done, lambda error: self._say(text_of(error))
        )

    def export_mapping(self, path: Path) -> None:
        """Save the choices of the layer shown."""
        layer = self.layer
        self._busy.run(
            tr("Saving the mapping"),
            lambda progress: export_mapping(layer, path),
            lambda _: self._say(""),
            lambda error: self._say(text_of(error)),
        )

    # --- inside

    def _list(self) -> None:
        now = self.layer_combo.currentData()
        self.layer_combo.clear()
        for layer in self._setup.read:
            sign = SIGNS[BAD] if layer.open_fields else "✓"
            title = register_schema().roles[layer.role].label(ui_language())
            self.layer_combo.addItem(f"{sign} {title}: {layer.ref.name if layer.ref else ''}", layer.role)
        self.layer_combo.setCurrentIndex(max(0, self.layer_combo.findData(now)))

    def _show(self) -> None:
        layer = self.layer
        if layer is None:
            return
        personal = [column.name for column in layer.shown if column.personal]
        self.persons.setEnabled(bool(personal))
        self.persons.blockSignals(True)
        self.persons.setChecked(layer.persons)
        self.persons.blockSignals(False)
        set_tip(
            self.persons,
            tr("They go into a table of their own: {names}").format(names=", ".join(personal))
            if personal
            else tr("The layer has no columns with personal data"),
        )
        self.source.show_columns(layer.shown, list(layer.columns.values()))
        self.target.show_layer(layer)
        self._say("")

    def _tell(self) -> None:
        layer = self.layer
        self.source.show_columns(layer.shown, list(layer.columns.values()))
        self.target.tell(layer)
        self._list()
        self.changed.emit()

    def _set_unit(self, name: str, unit: str) -> None:
        if unit:
            self.layer.units[name] = unit
        else:
            self.layer.units.pop(name, None)
        self._tell()

    def _set_persons(self, wanted: bool) -> None:
        self.layer.persons = wanted

    def _say(self, text: str) -> None:
        self.problem.setText(f"{SIGNS[BAD]} {text}" if text else "")
        self.problem.setVisible(bool(text))

    def _ask_mapping(self) -> None:
        folder = self._session.settings.last_folder
        name, _ = QFileDialog.getOpenFileName(self, tr("Apply Mapping"), folder, "JSON (*.json)")
        if name:
            self.apply_mapping(Path(name))

    def _ask_target(self) -> None:
        folder = Path(self._session.settings.last_folder) / f"{self.layer.role}.json"
        name, _ = QFileDialog.getSaveFileName(self, tr("Export Mapping"), str(folder), "JSON (*.json)")
        if name:
            self.export_mapping(Path(name).with_suffix(".json"))
