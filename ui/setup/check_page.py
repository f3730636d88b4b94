"""Page 4, Check: what is wrong with the data before any policy looks at it, and where the case file goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QBrush
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.schema import register_schema, results_schema
from ...processing.layers.beside import BesideFile
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.messages import text_of
from ..shared.plain import Told, escaped, set_tip
from .busy import Busy
from .marks import BAD, GOOD, QUIET, SIGNS, UNSURE, colour, paint
from .state import Setup
from .status import here

if TYPE_CHECKING:
    from ...core.problem_list import Group
    from ...core.setup import Checked, Chosen

KIND_OF = {"refused": BAD, "error": UNSURE, "warning": UNSURE, "note": QUIET}
"""Mark of each severity: only what cannot be imported blocks."""

_WHOLE = Qt.ItemDataRole.UserRole


class CheckPage(QWidget):
    """Checks on entering; lists what was found; asks for the name of a new case file.

    Signals:
        changed: the check has ended or the name has changed.
    """

    changed = pyqtSignal()

    def __init__(self, setup: Setup, session: Session, project: QgsProject, busy: Busy) -> None:
        super().__init__()
        self.setObjectName("page_check")
        self._setup, self._session, self._project, self._busy = setup, session, project, busy
        self.chosen: list[Chosen] = []
        self.checked: Checked | None = None
        self._stopped = False
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        text = tr(
            "What is found here does not change your layers. ✗ blocks; ⚠ will be judged “needs check”; ℹ is good to "
            "know. Finish writes the case file."
        )
        body.addWidget(Told(text, self))
        self.summary = Told("", self)
        self.summary.setObjectName("summary")
        body.addWidget(self.summary)
        self.list = QTreeWidget(self)
        self.list.setObjectName("findings")
        self.list.setHeaderLabels([tr("Weight"), tr("Layer"), tr("Rows"), tr("Finding"), tr("What to do")])
        for place, width in enumerate((120, 130, 60, 330)):
            self.list.header().resizeSection(place, width)
        set_tip(self.list, tr("A line per kind of finding; open it to see the first rows concerned"))
        self.list.currentItemChanged.connect(self._show_detail)
        body.addWidget(self.list, 1)
        self.detail = Told("", self)
        self.detail.setObjectName("detail")
        scroll = QScrollArea(self)
        scroll.setObjectName("detail_area")
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.detail)
        scroll.setFixedHeight(4 * self.fontMetrics().lineSpacing() + 8)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        body.addWidget(scroll)
        self._foot(body)

    def _foot(self, body: QVBoxLayout) -> None:
        self.label = QLabel(tr("&Case file"), self)
        self.target = QLineEdit(self)
        self.target.setObjectName("target")
        self.target.textChanged.connect(lambda *_: self.changed.emit())
        self.label.setBuddy(self.target)
        set_tip(self.target, tr("GeoPackage that will hold the register, findings, decisions and history"))
        self.browse = QPushButton(tr("C&hoose…"), self)
        self.browse.setObjectName("browse")
        self.browse.clicked.connect(self._ask_target)
        set_tip(self.browse, tr("Choose folder and name"))
        self.again = QPushButton(tr("Check A&gain"), self)
        self.again.setObjectName("again")
        self.again.clicked.connect(self.begin)
        set_tip(self.again, tr("Repeat the check with the layers as they were read"))
        self.save = QPushButton(tr("Save &Report…"), self)
        self.save.setObjectName("save_report")
        self.save.clicked.connect(self._ask_report)
        line = QHBoxLayout()
        line.addWidget(self.label)
        line.addWidget(self.target, 1)
        for button in (self.browse, self.again, self.save):
            line.addWidget(button)
        body.addLayout(line)

    @property
    def _home(self) -> str:
        """Where a name without a folder belongs."""
        return self._project.absolutePath() or self._session.settings.last_folder

    @property
    def path(self) -> Path | None:
        """The case file to be written; None without a name."""
        if self._setup.case is not None:
            return self._setup.case
        text = self.target.text().strip()
        if not text:
            return None
        path = Path(text)
        if not path.is_absolute():
            if not self._home:
                return None
            path = Path(self._home) / path
        return path if path.suffix.casefold() == ".gpkg" else path.with_name(path.name + ".gpkg")

    @property
    def obstacle(self) -> str:
        """Why it cannot be finished yet; empty if it can."""
        if self.checked is None:
            return tr("Check again first.") if self._stopped else tr("The check is not over yet.")
        if self.checked.blocked:
            return tr("Something blocks (✗): mend it on the pages before, or leave the layer out.")
        if self.path is None:
            return tr("Name the case file first, with its folder.")
        return "" if self._setup.case is not None else _obstacle(self.path)

    def begin(self) -> None:
        """Check what was chosen."""
        into = self._setup.case
        self._propose_target()
        for widget in (self.target, self.browse):
            widget.setEnabled(into is None)
        self.checked, self._stopped = None, False
        self.list.clear()
        self._say(QUIET, tr("Is being checked…"))
        setup, language = self._setup.copy(), ui_language()

        def work(progress: object) -> tuple:
            from ...core.problem_list import grouped
            from ...core.setup import check_setup

            chosen = setup.chosen()
            checked = check_setup(chosen, date.today(), setup.policy, into, lambda done: progress(0.9 * done))
            return chosen, checked, grouped(checked.problems, checked.refused, language)

        self._busy.run(tr("Checking the data"), work, self._show, self._failed, self._was_stopped)
        self.changed.emit()

    def save_report(self, path: Path) -> None:
        """Write all findings into a CSV file, in the background."""
        checked, language = self.checked, ui_language()

        def work(progress: object) -> Path:
            from ...core.problem_list import as_csv

            text = as_csv(checked.problems, checked.refused, language)
            progress(0.8)
            beside = BesideFile(path)
            try:
                beside.inside.write_bytes(text.encode("utf-8"))
                beside.commit()
            finally:
                beside.discard()
            return path

        def done(_: object) -> None:
            self._say(GOOD, tr("The report is saved: {name}").format(name=path.name))

        self._busy.run(tr("Saving the report"), work, done, lambda error: self._say(BAD, text_of(error)))

    # --- inside

    def _show(self, answer: tuple) -> None:
        self.chosen, self.checked, groups = answer
        self._fill(groups)
        counts = {kind: sum(group.n for group in groups if KIND_OF[group.severity] == kind) for kind in SIGNS}
        n_rows = sum(len(made.frame) for made in self.checked.imported.values())
        text = tr(
            "{rows} rows checked · ✗ {blocks} block · ⚠ {warnings} need a check · ℹ {notes} to know"
        ).format(rows=n_rows, blocks=counts[BAD], warnings=counts[UNSURE], notes=counts[QUIET])
        self._say(BAD if counts[BAD] else QUIET, text, sign=False)
        self.changed.emit()

    def _fill(self, groups: Sequence[Group]) -> None:
        language = ui_language()
        severities = results_schema().enums["problem_severity"]
        for group in groups:
            kind = KIND_OF[group.severity]
            word = tr("Blocks") if kind == BAD else severities[group.severity].label(language)
            role = register_schema().roles[group.role].label(language)
            texts = [f"{SIGNS[kind]} {word}", role, str(group.n), group.message, group.remedy]
            item = QTreeWidgetItem([" ".join(text.split()) for text in texts])
            item.setForeground(0, QBrush(colour(kind, self.palette())))
            item.setData(
                0, _WHOLE, "\n".join(filter(None, (group.message, group.remedy, here(group.remedy))))
            )
            for place in (3, 4):
                item.setToolTip(place, f"<span>{escaped(texts[place])}</span>")
            for subject, message in group.examples if group.n > 1 else ():
                child = QTreeWidgetItem(["", subject, "", " ".join(message.split()), ""])
                child.setData(0, _WHOLE, f"{subject}\n{message}")
                item.addChild(child)
            self.list.addTopLevelItem(item)
        if not groups:
            self.list.addTopLevelItem(QTreeWidgetItem([SIGNS[GOOD], "", "", tr("Nothing was found."), ""]))
        self.list.setCurrentItem(self.list.topLevelItem(0))

    def _show_detail(self, item: QTreeWidgetItem | None, _: object = None) -> None:
        self.detail.setText(str(item.data(0, _WHOLE) or "") if item is not None else "")

    def _failed(self, error: Exception) -> None:
        self._stopped = True
        self._say(BAD, text_of(error))
        self.changed.emit()

    def _was_stopped(self) -> None:
        self._stopped = True
        self._say(UNSURE, tr("The check was stopped."))
        self.changed.emit()

    def _say(self, kind: str, text: str, sign: bool = True) -> None:
        self.summary.setText(f"{SIGNS[kind]} {text}" if sign else text)
        paint(self.summary, kind)

    def _propose_target(self) -> None:
        if self._setup.case is not None:
            self.target.setText(str(self._setup.case))
        elif not self.target.text() or self.target.text() == str(self._session.path):
            self.target.setText(str(Path(self._home) / tr("case.gpkg")) if self._home else "")

    def _ask_target(self) -> None:
        start = self.target.text() or self._session.settings.last_folder
        name, _ = QFileDialog.getSaveFileName(self, tr("Case File"), start, "GeoPackage (*.gpkg)")
        if name:
            self.target.setText(name)

    def _ask_report(self) -> None:
        folder = Path(self._session.settings.last_folder) / tr("check.csv")
        name, _ = QFileDialog.getSaveFileName(self, tr("Save Report"), str(folder), "CSV (*.csv)")
        if name:
            self.save_report(Path(name))

    def tell_buttons(self, working: bool) -> None:
        """Allow what can be done now."""
        ready = self.checked is not None and not working
        self.save.setEnabled(ready)
        set_tip(self.save, tr("All findings as a table (CSV)") if ready else tr("The check is not over yet."))
        self.again.setEnabled(not working)


def _obstacle(path: Path) -> str:
    """Why no file of this name can be made; empty if it can."""
    try:
        if path.exists():
            return tr("There is a file of this name already: choose another one.")
        return "" if path.parent.is_dir() else tr("There is no such folder.")
    except OSError as error:  # a name that is too long, a drive that does not answer
        return tr("This name cannot be used: {detail}").format(detail=error.strerror or "")
