"""Export…: choose papers, look at the first page, let them be made in the background."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QSize, Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import OverdraftError
from ...core.papers import Parts, parts
from ...processing.texts import tr
from ..session import Session
from ..shared.messages import note, text_of
from ..shared.plain import PlainLabel, set_tip
from ..shared.steps import Steps
from ..shared.tasks import Work, alive, start
from ..shared.windows import Dialog, no_default_button, scrolled
from .letters_page import LettersPage
from .maps_page import MapsPage
from .notice_page import NoticePage
from .page import Order, Page
from .part_box import PartBox
from .preview import Preview
from .slips_page import SlipsPage
from .tables_page import TablesPage


class ExportDialog(Dialog):
    """Papers out of the open case."""

    NAME = "export"

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(tr("Export Papers"), parent)
        self._session = session
        self._work: Work | Steps | None = None
        self._looking: Work | Steps | None = None
        self._files: Path | None = None
        self.pages = QStackedWidget(self)
        self.what = QComboBox(self)
        self.what.setObjectName("what")
        set_tip(self.what, tr("Which papers are made"))
        self._lay_out()
        settings = session.settings
        for title, page in (
            (tr("Tables"), TablesPage()),
            (tr("Maps"), MapsPage(settings)),
            (tr("Public notice"), NoticePage(settings)),
            (tr("Slips of wells"), SlipsPage()),
            (tr("Letters"), LettersPage(settings)),
        ):
            self._add(title, page)
        self.what.setCurrentIndex(max(0, self.what.findData(settings.papers)))
        self.what.currentIndexChanged.connect(self._turn)
        self.pages.setCurrentIndex(self.what.currentIndex())
        self._fit()
        self.finish(QDialogButtonBox.StandardButton.Close)
        no_default_button(self)
        session.case_changed.connect(self._case_changed)
        self._case_changed()

    def sizeHint(self) -> QSize:
        return QSize(980, 560)

    @property
    def page(self) -> Page:
        """The kind of papers that is chosen."""
        return self.pages.currentWidget()

    def choose(self, name: str) -> Page:
        """Turn to the papers of an algorithm."""
        self.what.setCurrentIndex(self.what.findData(name))
        return self.page

    def _add(self, title: str, page: Page) -> None:
        self.pages.addWidget(page)
        self.what.addItem(title, page.ALGORITHM)
        page.changed.connect(self._changed)

    def _turn(self, number: int) -> None:
        self.pages.setCurrentIndex(number)
        self._fit()
        self.preview.say("")
        self._changed()

    def _fit(self) -> None:
        """Give the chosen papers the room that they need, and no other the room that it would need."""
        policies = QSizePolicy.Policy
        for page in map(self.pages.widget, range(self.pages.count())):
            wanted = policies.Preferred if page is self.page else policies.Ignored
            page.setSizePolicy(wanted, wanted)
        self.part.fit(self.page)
        margins = self.choices.widget().layout().contentsMargins()
        around = margins.left() + margins.right() + self.choices.verticalScrollBar().sizeHint().width() + 2
        needed = max(one.minimumSizeHint().width() for one in (self.page, self.part))
        self.choices.setMinimumWidth(needed + around)

    # --- layout

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        line = QHBoxLayout()
        label = QLabel(tr("&Papers"))
        label.setBuddy(self.what)
        line.addWidget(label)
        line.addWidget(self.what, 1)
        column.addLayout(line)
        column.addWidget(self.pages, 1)
        self.part = PartBox(self._session.settings.last_folder)
        self.part.changed.connect(self._changed)
        column.addWidget(self.part)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setObjectName("export_split")
        self.choices = scrolled(left, "export_choices")
        split.addWidget(self.choices)
        split.addWidget(self._preview_pane())
        split.setSizes([440, 520])
        split.setChildrenCollapsible(False)
        self.body.addWidget(split, 1)
        self.body.addLayout(self.part.place)
        self.problem = PlainLabel()
        self.problem.setObjectName("problem")
        self.body.addWidget(self.problem)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 100)
        self.bar.setVisible(False)
        self.body.addWidget(self.bar)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.export_button = self.buttons.addButton(tr("&Export"), role)
        self.stop_button = self.buttons.addButton(tr("St&op"), role)
        self.show_button = self.buttons.addButton(tr("&Show Files"), role)
        for button, name, tip, act in (
            (self.export_button, "export", tr("Make the files in the background"), self.export),
            (self.stop_button, "stop", tr("Stop; files that stood there stay as they were"), self.stop),
            (self.show_button, "show", tr("Open the folder with the files"), self.show_files),
        ):
            button.setObjectName(name)
            set_tip(button, tip)
            button.clicked.connect(act)
        self.stop_button.setEnabled(False)
        self.show_button.setEnabled(False)

    def _preview_pane(self) -> QWidget:
        pane = QWidget()
        column = QVBoxLayout(pane)
        line = QHBoxLayout()
        label = QLabel(tr("First page"))
        line.addWidget(label, 1)
        self.preview_button = QPushButton(tr("Pre&view"), pane)
        self.preview_button.setObjectName("preview_button")
        self.preview_button.setAutoDefault(False)
        set_tip(self.preview_button, tr("Make the first page of what is chosen"))
        self.preview_button.clicked.connect(self.look)
        self.full = QToolButton(pane)
        self.full.setObjectName("full_size")
        self.full.setText(tr("Full size"))
        self.full.setCheckable(True)
        self.full.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_tip(self.full, tr("Show the picture of a page in full size, else as wide as there is room"))
        line.addWidget(self.full)
        line.addWidget(self.preview_button)
        column.addLayout(line)
        self.preview = Preview(pane)
        self.full.toggled.connect(self.preview.picture.set_full)
        label.setBuddy(self.preview.text)
        column.addWidget(self.preview, 1)
        return pane

    # --- state

    def _case_changed(self) -> None:
        path = self._session.path
        self.preview.say("")
        if path is None:
            self.part.offer(Parts((), (), ()))
            self._changed()
            return

        def offered(found: Parts) -> None:
            if path == self._session.path:
                self.part.offer(found)

        start(
            Work(tr("Read the case"), lambda _: parts(path), alive(self, offered), alive(self, self._failed))
        )
        if not self.part.folder.filePath():
            self.part.folder.setFilePath(str(path.parent))
        self._changed()

    def _why_not(self) -> str:
        """Why nothing can be exported now; empty where something can."""
        if self._session.path is None:
            return tr("Open a case file first, or make one with Setup.")
        if self._work is not None:
            return tr("Files are being made.")
        try:
            self.part.scope()
        except OverdraftError as error:
            return text_of(error)
        if self.part.path() is None:
            return tr("Choose a folder for the files.")
        return self.page.problem()

    def _changed(self, *_: object) -> None:
        why = self._why_not()
        self.export_button.setEnabled(not why)
        self.preview_button.setEnabled(self._session.path is not None and self._looking is None)
        self.problem.setText(why if self._work is None else "")

    # --- acts

    def look(self) -> None:
        """Make the first page of what is chosen."""
        try:
            given = self._given()
        except OverdraftError as error:
            self._failed(error)
            return

        def ended() -> None:
            self._looking = None
            self._changed()

        self.preview.say(tr("The first page is being made…"))
        self.preview_button.setEnabled(False)
        self._looking = self.page.look(
            Order(
                tr("First page"),
                given,
                alive(self, self.preview.show_page),
                alive(self, self._no_page),
                alive(self, ended),
            )
        )

    def _given(self) -> dict[str, object]:
        """The case and the part of it."""
        return {"CASE": str(self._session.path), **self.part.parameters()}

    def _no_page(self, error: Exception) -> None:
        self.preview.say(text_of(error))
        note(error)

    def export(self) -> None:
        """Make the files."""
        given, page, folder = self._given(), self.page, self.part.path()
        in_full = given.get("PROFILE") == "full"
        if in_full:
            person = self._signed()
            if not person:
                return
            given["PERSON"] = person

        def done(answer: dict) -> None:
            self._files = folder
            self._session.settings.last_folder = str(folder)
            self._session.settings.papers = page.ALGORITHM
            page.keep()
            self._session.settings.save()
            self.show_button.setEnabled(True)
            self.problem.setText(
                tr("Files made: {n}, in {folder}.").format(n=answer["N_FILES"], folder=folder)
            )
            for text in answer.get("WARNINGS", ()):
                self.problem.setText("\n".join((self.problem.text(), text)))
            if in_full:
                self._session.content_changed.emit()

        def ended() -> None:
            told = self.problem.text()
            self._work = None
            self._busy(False)
            self.problem.setText(told or self._why_not())

        self._work = page.run(
            Order(
                tr("Export: {papers}").format(papers=self.what.currentText()),
                given,
                alive(self, done),
                alive(self, self._failed),
                alive(self, ended),
                alive(self, lambda percent: self.bar.setValue(round(percent))),
            )
        )
        self._busy(True)

    def stop(self) -> None:
        """Stop what is being made."""
        if self._work is not None:
            self.problem.setText(tr("Stopped. Files that stood there are as they were."))
            self._work.cancel()

    def show_files(self) -> None:
        """Open the folder with the files."""
        if self._files is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._files)))

    def _signed(self) -> str:
        """Who exports personal data in full; empty when it is not to be done."""
        told, fine = QInputDialog.getText(
            self,
            self.windowTitle(),
            tr("Personal data in full. Your name goes into the history of the case:"),
            text=self._session.person,
        )
        return told.strip() if fine else ""

    def _busy(self, busy: bool) -> None:
        self.bar.setVisible(busy)
        self.bar.setValue(0)
        self.stop_button.setEnabled(busy)
        self._changed()

    def _failed(self, error: Exception) -> None:
        self.problem.setText(text_of(error))
        note(error)

    def done(self, result: int) -> None:
        for work in (self._work, self._looking):
            if work is not None:
                work.cancel()
        super().done(result)
