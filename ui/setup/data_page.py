"""Page 1, Data: which layer is which role, and what was found when it was read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ...core.schema import register_schema
from ...processing.setup import LayerRef, file_refs, opener, project_refs
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.messages import text_of
from ..shared.plain import Told, set_tip
from ..shared.tasks import Work
from .busy import Busy
from .data_row import DataRow
from .marks import BAD, SIGNS, paint
from .reading_options import ReadingOptions
from .state import RoleLayer, Setup
from .status import here


class DataPage(QWidget):
    """Rows of roles with a layer each, and the files that were brought along.

    Signals:
        changed: another layer was chosen, or one was read. gone: a layer that was chosen has left the project.
    """

    changed = pyqtSignal()
    gone = pyqtSignal()

    def __init__(self, setup: Setup, session: Session, project: QgsProject, busy: Busy) -> None:
        super().__init__()
        self.setObjectName("page_data")
        self._setup, self._session, self._project, self._busy = setup, session, project, busy
        self._files: list[LayerRef] = []
        self._works: dict[str, Work] = {}
        self.rows: dict[str, DataRow] = {}
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        self._intro(body)
        self._target(body)
        inner = QWidget()
        self._grid = QGridLayout(inner)
        self._grid.setColumnStretch(1, 2)
        self._grid.setColumnStretch(4, 4)
        self._grid.setRowStretch(1_000, 1)
        area = QScrollArea(self)
        area.setObjectName("roles")
        area.setWidgetResizable(True)
        area.setWidget(inner)
        body.addWidget(area, 1)
        self._buttons(body)
        self.problem = Told("", self)
        self.problem.setObjectName("problem")
        paint(self.problem, BAD)
        body.addWidget(self.problem)
        self.problem.hide()
        for role in setup.layers:
            self._add_row(role)
        self.refresh()
        for signal in (project.layersAdded, project.layersRemoved):
            signal.connect(self.refresh)

    # --- what is on it

    def _intro(self, body: QVBoxLayout) -> None:
        text = tr(
            "Say which layer holds what. Only the wells are needed; what is missing never improves an outcome. Drop "
            "files here, or on a row. Your layers are read and never changed."
        )
        body.addWidget(Told(text, self))

    def _target(self, body: QVBoxLayout) -> None:
        self.new_case = QRadioButton(tr("Into a ne&w case file"), self)
        self.new_case.setObjectName("new_case")
        set_tip(self.new_case, tr("You name the file on the last page"))
        self.open_case = QRadioButton(tr("Into the &open case file"), self)
        self.open_case.setObjectName("open_case")
        path = self._session.path
        set_tip(self.open_case, str(path) if path else tr("No case file is open in this project"))
        self.open_case.setEnabled(path is not None)
        (self.open_case if self._setup.case else self.new_case).setChecked(True)
        self.open_case.toggled.connect(self._retarget)
        line = QHBoxLayout()
        line.addWidget(self.new_case)
        line.addWidget(self.open_case)
        line.addStretch(1)
        body.addLayout(line)

    def _buttons(self, body: QVBoxLayout) -> None:
        self.add_files_button = QPushButton(tr("Add &Files…"), self)
        self.add_files_button.setObjectName("add_files")
        set_tip(
            self.add_files_button,
            tr("Shapefiles, GeoPackages, GeoJSON, spreadsheets and text files to choose from"),
        )
        self.add_files_button.clicked.connect(self._ask_files)
        self.add_role_button = QPushButton(tr("Add Another &Layer"), self)
        self.add_role_button.setObjectName("add_role")
        set_tip(self.add_role_button, tr("A row for a further role: readings, permits, users, calendar …"))
        self.role_menu = QMenu(self.add_role_button)
        self.role_menu.aboutToShow.connect(self._list_roles)
        self.add_role_button.setMenu(self.role_menu)
        line = QHBoxLayout()
        line.addWidget(self.add_files_button)
        line.addWidget(self.add_role_button)
        line.addStretch(1)
        body.addLayout(line)

    def _add_row(self, role: str) -> DataRow:
        row = DataRow(self._setup.layers[role], self)
        row.lay_into(self._grid, len(self.rows))
        row.chosen.connect(self.choose)
        row.mode_chosen.connect(self._set_mode)
        row.options.connect(self._ask_options)
        row.files.connect(lambda name, paths: self.add_files(paths, name))
        self.rows[role] = row
        self._order()
        return row

    def _order(self) -> None:
        """Tab goes through the rows as they stand, also through those that were added later."""
        chain: list[QWidget] = [self.open_case]
        for row in self.rows.values():
            chain += [row.combo, row.mode, row.button]
        chain += [self.add_files_button, self.add_role_button]
        for before, after in pairwise(chain):
            self.setTabOrder(before, after)

    # --- what the user does

    def choose(self, role: str, ref: LayerRef | None) -> None:
        """Take a layer for a role, and read it."""
        layer = self._setup.layers[role]
        layer.choose(ref)
        self._offer()
        self.read(layer)

    def add_role(self, role: str) -> None:
        """A row for a further role."""
        if role not in self.rows:
            self._setup.layers[role] = RoleLayer(role)
            self._add_row(role)
            self._offer()
        self.rows[role].combo.setFocus()

    def add_files(self, paths: Sequence[Path], role: str = "") -> None:
        """Offer the layers of files; one that is named after a role, or dropped on it, is taken for it."""

        def listed(progress: object) -> tuple[list[LayerRef], list[str]]:
            found, lost = [], []
            for place, path in enumerate(paths):
                progress(place / len(paths))
                try:
                    found += file_refs(path)
                except Exception as error:  # the other files are still good
                    lost.append(text_of(error))
            return found, lost

        def done(answer: tuple[list[LayerRef], list[str]]) -> None:
            found, lost = answer
            self._say(lost)
            self._files += [ref for ref in found if ref not in self._files]
            self._offer()
            if role and len(found) == 1 and found[0].fits(role):
                self.choose(role, found[0])
            else:
                self._take_named(found)

        self._busy.run(tr("Looking into {n} files").format(n=len(paths)), listed, done, self._failed)

    def read(self, layer: RoleLayer) -> None:
        """Read the layer of a role in the background."""
        if (before := self._works.pop(layer.role, None)) is not None:
            self._busy.drop(before)
        layer.forget()
        ref, said = layer.ref, layer.reading
        self._tell(layer.role)
        if ref is None:
            return
        try:
            open_layer = opener(ref, self._project)
        except Exception as error:
            self._unread(layer, error)
            return
        role, saved, saved_columns = register_schema().roles[layer.role], layer.saved, layer.saved_columns

        def work(progress: object) -> tuple:
            from ...core.importing.proposals import propose, shown_columns

            source = open_layer().read(
                said.encoding or None, said.header_row or None, lambda done: progress(0.8 * done)
            )
            proposals = propose(role, source, saved, saved_columns)
            progress(0.9)
            return source, proposals, shown_columns(role, source)

        def done(answer: tuple) -> None:
            layer.source, layer.proposals, layer.shown = answer
            layer.detect()
            self._tell(layer.role)

        def stopped() -> None:
            layer.stopped = True
            self._tell(layer.role)

        title = tr("Reading {layer}").format(layer=role.label(ui_language()))
        self._works[layer.role] = self._busy.run(
            title, work, done, lambda error: self._unread(layer, error), stopped
        )

    def refresh(self, *_: object) -> None:
        """The layers of the project have changed."""
        known = {ref.id: ref for ref in project_refs(self._project)}
        lost = False
        for layer in self._setup.layers.values():
            if layer.ref is not None and layer.ref.id:
                if layer.ref.id in known:
                    layer.ref = known[layer.ref.id]
                else:
                    name = layer.ref.name
                    layer.choose(None)
                    layer.gone = name
                    lost = True
        self._offer()
        for role in self.rows:
            self._tell(role)
        if lost:
            self.gone.emit()

    def begin(self) -> None:
        """Read what the project remembers, and take what can only be meant so."""
        for layer in self._setup.layers.values():
            if layer.ref is not None and not layer.taken:
                if not layer.ref.id and layer.ref not in self._files:
                    self._files.append(layer.ref)
                self.read(layer)
        self._offer()
        self._take_named(project_refs(self._project))
        wells = self._setup.layers["wells"]
        points = [ref for ref in self._refs() if ref.geometry == "point"]
        if wells.ref is None and not wells.gone and len(points) == 1:
            others = [name for name in register_schema().roles if name != "wells"]
            if not any(points[0].named_after(name) for name in others):
                self.choose("wells", points[0])

    @property
    def obstacle(self) -> str:
        """Why the next page cannot be shown yet; empty if it can."""
        layers = self._setup.layers.values()
        if any(layer.ref is not None and not layer.taken and not layer.trouble for layer in layers):
            if any(layer.stopped for layer in layers):
                return tr("Choose the layer again whose reading was stopped, or none.")
            return tr("The layers are still being read.")
        if any(layer.trouble for layer in layers):
            return tr("A layer cannot be read: choose another one, or none.")
        if self._setup.case is None and not self._setup.layers["wells"].taken:
            return tr("Choose the layer of the wells first.")
        if not self._setup.read:
            return tr("Choose a layer first.")
        return ""

    # --- inside

    def _refs(self) -> list[LayerRef]:
        return [*project_refs(self._project), *self._files]

    def _offer(self) -> None:
        refs = self._refs()
        for row in self.rows.values():
            row.offer(refs)
            row.tell(self._setup.case is not None)

    def _take_named(self, refs: Sequence[LayerRef]) -> None:
        """Take the layers that are named after a role, where exactly one is and the role is still free."""
        for name, layer in list(self._setup.layers.items()):
            named = [ref for ref in refs if ref.named_after(name) and ref.fits(name)]
            if layer.ref is None and not layer.gone and len(named) == 1:
                self.choose(name, named[0])

    def _tell(self, role: str) -> None:
        self.rows[role].tell(self._setup.case is not None)
        self.changed.emit()

    def _unread(self, layer: RoleLayer, error: Exception) -> None:
        text = text_of(error)
        layer.trouble = "\n".join(filter(None, (text, here(text))))
        self._tell(layer.role)

    def _failed(self, error: Exception) -> None:
        self._say([text_of(error)])

    def _say(self, lines: Sequence[str]) -> None:
        self.problem.setText("\n".join(f"{SIGNS[BAD]} {line}" for line in lines))
        self.problem.setVisible(bool(lines))

    def _set_mode(self, role: str, mode: str) -> None:
        self._setup.layers[role].mode = mode
        self.changed.emit()

    def _retarget(self, into_open: bool) -> None:
        self._setup.case = self._session.path if into_open else None
        for role in self.rows:
            self._tell(role)

    def _list_roles(self) -> None:
        self.role_menu.clear()
        for name, role in register_schema().roles.items():
            if name not in self.rows:
                action = self.role_menu.addAction(role.label(ui_language()))
                action.setObjectName(f"role_{name}")
                action.triggered.connect(lambda *_, name=name: self.add_role(name))

    def _ask_files(self) -> None:
        settings = self._session.settings
        wanted = tr(
            "Vector files and tables (*.shp *.gpkg *.geojson *.json *.csv *.txt *.tsv *.xlsx *.xls *.ods)"
        )
        names, _ = QFileDialog.getOpenFileNames(self, tr("Add Files"), settings.last_folder, wanted)
        if names:
            settings.last_folder = str(Path(names[0]).parent)
            settings.save()
            self.add_files([Path(name) for name in names])

    def _ask_options(self, role: str) -> None:
        layer = self._setup.layers[role]
        dialog = ReadingOptions(layer, self)
        dialog.accepted.connect(lambda: self._read_as(layer, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _read_as(self, layer: RoleLayer, dialog: ReadingOptions) -> None:
        layer.reading = dialog.reading()
        self.read(layer)

    def close_down(self) -> None:
        """Let go of the project."""
        for signal in (self._project.layersAdded, self._project.layersRemoved):
            signal.disconnect(self.refresh)
