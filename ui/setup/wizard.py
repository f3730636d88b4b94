"""The setup wizard: data, fields, policy, check; Finish writes the case file."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsProject
from qgis.PyQt.QtCore import QSize, pyqtSignal
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QWidget

from ...processing.layers.table import to_pyproj
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.messages import complain, say, text_of
from ..shared.plain import Told, set_tip
from ..shared.windows import LARGEST, Dialog
from .busy import Busy
from .check_page import CheckPage
from .choices import keep_choices, kept_choices
from .data_page import DataPage
from .data_row import local_files
from .fields_page import FieldsPage
from .marks import BAD, QUIET, SIGNS, paint
from .policy_page import PolicyPage
from .profiles import mapping_of

_MODERN = ("China 2000", "World Geodetic System 1984")
"""Datums of systems that are proposed to work in; what comes in an older one is brought out of it."""


class SetupWizard(Dialog):
    """Four pages from layers to a case file, which the session opens at the end.

    Args:
        bar: message bar of QGIS, for the note at the end; None for none.

    Signals:
        finished_case: a case file was written, with its path (a ``str``).
    """

    NAME = "setup"
    finished_case = pyqtSignal(str)

    def __init__(
        self,
        session: Session,
        project: QgsProject | None = None,
        bar: object = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Setup"), parent)
        self._session, self._bar = session, bar
        self._gone = self._writing = False
        self._note, self._note_kind = (
            "",
            BAD,
        )  # how the writing went, where it went wrong; or what was dropped
        self._project = project or QgsProject.instance()
        self.setAcceptDrops(True)
        self.setup = kept_choices(self._project, session.path)
        self.busy = Busy(self)
        self.data = DataPage(self.setup, session, self._project, self.busy)
        self.fields = FieldsPage(self.setup, session, self.busy)
        self.policy = PolicyPage(self.setup, session, self.busy)
        self.check = CheckPage(self.setup, session, self._project, self.busy)
        self.pages = QStackedWidget(self)
        self.pages.setObjectName("pages")
        self._steps = self._headings()
        for page in (self.data, self.fields, self.policy, self.check):
            self.pages.addWidget(page)
            page.changed.connect(self._tell)
        self.policy.wants_calendar.connect(self._ask_calendar)
        self.data.gone.connect(self._layer_gone)
        self.body.addWidget(self.pages, 1)
        self.body.addWidget(self.busy)
        self.hint = Told("", self)
        self.hint.setObjectName("hint")
        self.body.addWidget(self.hint)
        self._make_buttons()
        self.busy.changed.connect(self._tell)
        self.data.begin()
        self.show_page(0)

    def _headings(self) -> list[QLabel]:
        line = QHBoxLayout()
        texts = (tr("1 Data"), tr("2 Fields"), tr("3 Policy"), tr("4 Check"))
        labels = []
        for place, text in enumerate(texts):
            if place:
                line.addWidget(QLabel("›", self))
            label = QLabel(text, self)
            label.setObjectName(f"step_{place + 1}")
            labels.append(label)
            line.addWidget(label)
        line.addStretch(1)
        self.body.addLayout(line)
        return labels

    def _make_buttons(self) -> None:
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.back = self.buttons.addButton(tr("‹ &Back"), role)
        self.next = self.buttons.addButton(tr("&Next ›"), role)
        self.done_button = self.buttons.addButton(tr("F&inish"), role)
        for name, button in (("back", self.back), ("next", self.next), ("finish", self.done_button)):
            button.setObjectName(name)
            button.setAutoDefault(False)
        self.back.clicked.connect(lambda: self.show_page(self.pages.currentIndex() - 1))
        self.next.clicked.connect(lambda: self.show_page(self.pages.currentIndex() + 1))
        self.done_button.clicked.connect(self.write)
        set_tip(self.back, tr("To the page before; nothing chosen is lost"))
        self.finish(QDialogButtonBox.StandardButton.Cancel)
        self.resize(QSize(*LARGEST).boundedTo(QSize(max(self.width(), 960), max(self.height(), 560))))
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in a field must not press a button

    def show_page(self, place: int) -> None:
        """Turn to a page, from 0; a later one only where nothing stands in the way."""
        pages = (self.data, self.fields, self.policy, self.check)
        now = self.pages.currentIndex()
        if place > now and pages[now].obstacle:
            self._tell()
            return
        self._note = ""
        self.pages.setCurrentIndex(place)
        if place:
            pages[place].begin()
        if place == 2:
            self._propose_crs()
        for number, label in enumerate(self._steps):
            font = label.font()
            font.setBold(number == place)
            label.setFont(font)
        self._tell()

    def write(self) -> None:
        """Write the case file in the background, open it and remember the choices."""
        if self.check.obstacle:
            self._tell()
            return
        target, language = self.check.path, ui_language()
        chosen, checked, crs = self.check.chosen, self.check.checked, self.setup.crs
        setup = self.setup.copy()
        who = self._session.person or self._session.login
        written: list[tuple[Path, dict[str, str]]] = []

        def work(progress: object) -> tuple[Path, dict[str, str]]:
            from ...core.casefile.layout import DEFAULT_CRS
            from ...core.setup import write_setup

            mappings = {layer.role: mapping_of(layer) for layer in setup.read}
            made = write_setup(
                target, chosen, checked, who, language, to_pyproj(crs) or DEFAULT_CRS, progress
            )
            written.append((made.path, mappings))
            return written[0]

        def stopped() -> None:
            if written:  # the wish came when it was written already
                self._written(written[0])
            else:
                self._writing = False
                self._say(tr("Stopped. Nothing was written."))

        self._writing, self._note = True, ""
        self.busy.run(
            tr("Writing the case file"), work, self._written, self._not_written, stopped, to_the_end=True
        )
        self._tell()

    # --- inside

    def _written(self, made: tuple[Path, dict[str, str]]) -> None:
        self._writing = False
        path, mappings = made
        keep_choices(self.setup, mappings, self._project)
        self._session.settings.last_folder = str(path.parent)
        self._session.settings.save()
        known = self._session.path == path.absolute()
        self._session.open_case(path)
        if known:
            self._session.content_changed.emit()
        if self._bar is not None:
            say(self._bar, tr("The case file {name} is ready: next, run the overlay.").format(name=path.name))
        self.finished_case.emit(str(path))
        self.accept()

    def _not_written(self, error: Exception) -> None:
        self._writing = False
        self._say(f"{SIGNS[BAD]} {text_of(error)}")
        if self._bar is not None:
            complain(self._bar, error)

    def _say(self, text: str, kind: str = BAD) -> None:
        self._note, self._note_kind = text, kind
        self._tell()

    def _tell(self) -> None:
        """Buttons as they can be used now, and why not."""
        place = self.pages.currentIndex()
        page = self.pages.currentWidget()
        working = self.busy.working
        why = tr("Wait for the work below, or stop it.") if working and place else page.obstacle
        last = place == self.pages.count() - 1
        self.back.setVisible(place > 0)
        self.back.setEnabled(not working)
        self.next.setVisible(not last)
        self.done_button.setVisible(last)
        for button in (self.next, self.done_button):
            button.setEnabled(not why)
            set_tip(
                button, why or (tr("Write the case file and open it") if last else tr("To the next page"))
            )
        self.pages.setEnabled(not (working and last))
        self.check.tell_buttons(working)
        self.hint.setPalette(self.palette())
        self.hint.setText("\n".join(filter(None, (why, self._note))))
        if self._note and not why:
            paint(self.hint, self._note_kind)

    def _propose_crs(self) -> None:
        """The system of the wells, unless one is chosen: other layers follow it."""
        wells = self.setup.layers.get("wells")
        if self.setup.crs.isValid() or wells is None or not wells.taken:
            return
        known = to_pyproj(wells.reading.crs) or wells.source.crs
        code = None if known is None else known.to_authority()
        geodetic = None if known is None else known.geodetic_crs
        datum = "" if geodetic is None or geodetic.datum is None else geodetic.datum.name
        if code and any(name in datum for name in _MODERN) and not self.policy.touched:
            self.policy.crs.setCrs(QgsCoordinateReferenceSystem(":".join(code)))

    def _ask_calendar(self) -> None:
        self.show_page(0)
        self.data.add_role("calendar")

    def _layer_gone(self) -> None:
        """A layer that was chosen has left the project: back to the gap that it leaves."""
        if self.pages.currentIndex() and not self._writing:
            self.show_page(0)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event) and not self._writing:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Files dropped anywhere: policies to page 3, layers to page 1."""
        files = local_files(event)
        if self._writing:
            event.ignore()
            return
        event.acceptProposedAction()
        policies = [path for path in files if path.suffix.casefold() == ".toml"]
        layers = [path for path in files if path not in policies]
        if layers:
            if self.pages.currentIndex():
                self.show_page(0)
            self.data.add_files(layers)
        if policies:
            self.policy.choose(policies[0])
            if self.pages.currentIndex() > 2:
                self.show_page(2)
            self._say(tr("Page 3 shows the policy {name}.").format(name=policies[0].name), QUIET)

    def reject(self) -> None:
        """Close; while the case file is being written, stop that and stay, to say how it went."""
        if self._writing:
            self.busy.stop()
        else:
            super().reject()

    def done(self, result: int) -> None:
        if not self._gone:
            self._gone = True
            self.busy.close_down()
            self.data.close_down()
        super().done(result)
