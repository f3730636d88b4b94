"""What a finding rests on, beside the list: verdict, clause, facts, tests, history; copied and printed from here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QEvent, Qt, QTimer, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QColor, QDesktopServices, QKeySequence, QPalette
from qgis.PyQt.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QShortcut,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ...core.casefile import CaseRows
from ...core.casefile.opening import LOCKED, impatient
from ...core.errors import OverdraftError
from ...core.report.sheet import Sheet, finding_sheet, shipped
from ...core.report.slip import clause_text, panel_page, slip_page
from ...processing.printing import write_slip
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.files import with_suffix
from ..shared.help import open_window_help
from ..shared.messages import complain, say, text_of
from ..shared.plain import set_tip
from ..shared.tasks import Work, alive, start

NAME = "slip"
"""The help page of the panel."""

_AGAIN_MS = 1_000
"""How long another program that writes the case file is left alone before it is asked again."""


class EvidencePanel(QWidget):
    """Shows one finding of the open case; every text from data appears as it is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("overdraft_evidence")
        self._session = session
        self._finding_id: str | None = None
        self._sheet: Sheet | None = None
        self.bar = QgsMessageBar(self)
        self.bar.setObjectName("overdraft_evidence_messages")
        self.page = _Page(self)
        self.copy_button = self._button("copy", tr("&Copy Clause"), self.copy_clause)
        self.print_button = self._button("print", tr("Print &Slip…"), self.print_slip)
        self.help_button = self._button("help", tr("Help"), self.show_help)
        set_tip(self.help_button, tr("Opens the page about evidence and slips (F1)"))
        row = QHBoxLayout()
        for button in (self.copy_button, self.print_button):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.help_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.bar)
        layout.addWidget(self.page, 1)
        layout.addLayout(row)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents), self, self.show_help)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._again = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._again.timeout.connect(self._reload)
        self.page.recoloured.connect(self._recoloured)
        session.case_changed.connect(self._case_changed)
        session.content_changed.connect(self._reload)
        self.show_finding(None)

    @property
    def finding_id(self) -> str | None:
        """The finding shown; None while there is none."""
        return self._finding_id

    def show_finding(self, finding_id: str | None) -> None:
        """Show a finding; None empties the panel. What cannot be read is said in its place."""
        self._finding_id, self._sheet = finding_id, None
        self._again.stop()
        problem = ""
        if finding_id and self._session.path is not None:
            try:
                with impatient():
                    store = CaseRows(self._session.path, read_only=True)
                    self._sheet = finding_sheet(store, finding_id, ui_language())
                colours = self.page.palette()  # those of the panel are not the ones of a theme
                ink = colours.color(QPalette.ColorRole.Text).name()
                self.page.document().setDefaultStyleSheet(f"a {{ color: {ink} }}")
                self.page.setHtml(panel_page(self._sheet, ui_language(), _soft(colours)))
            except OverdraftError as error:
                self._sheet, problem = None, text_of(error)
                if error.key in LOCKED:
                    problem = tr(
                        "Another program is writing the case file. The finding is shown in a moment."
                    )
                    self._again.start()
        if self._sheet is None:
            self.page.setPlainText(problem or self._empty())
        self._enable()

    def show_history(self) -> None:
        """Bring the history into sight."""
        self.page.scrollToAnchor("history")
        self.page.setFocus()

    def copy_clause(self) -> None:
        """Put the words of the clause, with document and place, on the clipboard."""
        if self._sheet is not None:
            QApplication.clipboard().setText(clause_text(self._sheet, ui_language()))
            say(self.bar, tr("The clause is on the clipboard."))

    def print_slip(self) -> None:
        """Ask for a file and write the slip into it."""
        if self._sheet is None or self._session.path is None:
            return
        name = tr("finding-{id}").format(id=self._sheet.finding_id)
        settings = self._session.settings
        start = str(Path(settings.last_folder or self._session.path.parent) / f"{name}.pdf")
        chosen, kind = QFileDialog.getSaveFileName(
            self, tr("Print Slip"), start, "PDF (*.pdf);;HTML (*.html)"
        )
        if not chosen:
            return
        target = with_suffix(self.window(), chosen, ".html" if "html" in kind else ".pdf", (".pdf", ".html"))
        if target is None:
            return
        settings.last_folder = str(target.parent)
        settings.save()
        self.save_slip(target)

    def save_slip(self, target: Path) -> None:
        """Write the slip of the finding as it stands now and say so; later where another program has the case file."""
        path, finding, language = self._session.path or Path(), self._finding_id or "", ui_language()

        def page(*_: object) -> str:
            store = CaseRows(path, read_only=True)
            return slip_page(finding_sheet(store, finding, language), language, store.head())

        write = alive(self, partial(self._write_slip, target))
        try:
            with impatient():
                made = page()
        except OverdraftError as error:
            if error.key in LOCKED:
                start(Work(tr("Print Slip"), page, write, alive(self, partial(complain, self.bar))))
            else:
                complain(self.bar, error)
        else:
            write(made)

    def _write_slip(self, target: Path, page: str) -> None:
        try:
            write_slip(page, target)
        except OverdraftError as error:
            complain(self.bar, error)
            return
        say(
            self.bar,
            tr("The slip was written: {path}").format(path=target),
            lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(target))),
        )

    def show_help(self) -> None:
        """Open the page about evidence and slips."""
        open_window_help(NAME)

    def _recoloured(self) -> None:
        if self._sheet is not None:
            self._reload()

    def _button(self, name: str, text: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"overdraft_evidence_{name}")
        button.clicked.connect(lambda *_: slot())
        return button

    def _empty(self) -> str:
        if self._session.path is None:
            return tr("No case file is open. Open one, or run the overlay to make one.")
        return tr("Choose a finding in the list: its clause, its evidence and its history are shown here.")

    def _enable(self) -> None:
        """Buttons that cannot work say why."""
        none = tr("Choose a finding first")
        clause = self._sheet is not None and self._sheet.clause is not None
        self.copy_button.setEnabled(clause)
        self.print_button.setEnabled(self._sheet is not None)
        no_clause = none if self._sheet is None else tr("This finding has no clause that could be quoted")
        copy_tip = tr("Copies document, place and words of the clause")
        set_tip(self.copy_button, copy_tip if clause else no_clause)
        print_tip = tr("Writes this finding as one page of A4, PDF or HTML")
        set_tip(self.print_button, print_tip if self._sheet is not None else none)

    def _case_changed(self) -> None:
        shipped.cache_clear()
        self.show_finding(None)

    def _reload(self) -> None:
        place = self.page.verticalScrollBar().value()
        self.show_finding(self._finding_id)
        self.page.verticalScrollBar().setValue(place)


class _Page(QTextBrowser):
    """Rich text that goes nowhere: only places within the page are followed, nothing is loaded.

    Signals:
        recoloured: palette or style are others now.
    """

    recoloured = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("overdraft_evidence_page")
        set_tip(self, tr("What the chosen finding rests on, and what was decided"))
        self.setAccessibleName(tr("Evidence"))
        self.setTabChangesFocus(True)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.anchorClicked.connect(self._follow)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.recoloured.emit()

    def loadResource(self, kind: int, url: QUrl) -> None:
        """Nothing: whatever a page might name stays where it is."""
        return None

    def _follow(self, url: QUrl) -> None:
        if not url.scheme() and not url.path() and url.hasFragment():
            self.scrollToAnchor(url.fragment())


def _soft(palette: QPalette) -> str:
    """The colour of secondary text: between text and ground, so that it is seen in a dark theme as well."""
    text, ground = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
    parts = zip(text.getRgb()[:3], ground.getRgb()[:3], strict=True)
    return QColor(*(round(0.65 * one + 0.35 * other) for one, other in parts)).name()
