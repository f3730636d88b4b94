"""The open case: which case file the project works on, and who works on it. All windows share one session."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..processing.casefiles import is_case
from ..processing.texts import tr
from .shared.settings import UserSettings
from .shared.tasks import Work, start

if TYPE_CHECKING:
    from ..core.casefile import CaseRows

_SCOPE, _KEY = "overdraft", "case"


class Session(QObject):
    """Path of the case file of the project, kept in the project, and the person who signs.

    Signals:
        case_changed: another case file, or none, is open now.
        content_changed: something was recorded or decided in it, or a run was written into it.
        store_changed: the store of the case was opened, see :meth:`open_store`.
        store_failed: it could not be; with the error.
    """

    case_changed = pyqtSignal()
    content_changed = pyqtSignal()
    store_changed = pyqtSignal()
    store_failed = pyqtSignal(object)

    def __init__(self, project: QgsProject | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project or QgsProject.instance()
        self.settings = UserSettings.load()
        self._path: Path | None = None
        self._store: CaseRows | None = None
        self._opening: Path | None = None
        self.case_changed.connect(self._forget_store)
        self._project.readProject.connect(self._project_read)
        self._project.cleared.connect(self._project_read)
        self._project_read()

    @property
    def path(self) -> Path | None:
        """The case file; None while none is open."""
        return self._path

    def open_case(self, path: Path | None) -> None:
        """Work on another case file; the project remembers it, relative to itself where it keeps relative paths."""
        self._path = Path(path).absolute() if path else None
        kept = self._project.writePath(str(self._path)) if self._path else ""
        if kept != self._project.readEntry(_SCOPE, _KEY)[0]:
            self._project.writeEntry(_SCOPE, _KEY, kept)
        self.case_changed.emit()

    @property
    def store(self) -> CaseRows | None:
        """The open case for reading and deciding row by row; None until :meth:`open_store` has opened it."""
        return self._store

    def open_store(self) -> None:
        """Check the case file, bring it to this version and back it up, in the background; a signal tells the end."""
        path = self._path
        if path is None or path == self._opening:
            return
        if self._store is not None:
            self.store_changed.emit()
            return
        self._opening = path

        def opened(store: CaseRows) -> None:
            if path == self._opening:
                self._store, self._opening = store, None
                self.store_changed.emit()

        def failed(error: Exception) -> None:
            if path == self._opening:
                self._opening = None
                self.store_failed.emit(error)

        def work(progress: object) -> CaseRows:
            from ..core.casefile import CaseRows  # QGIS starts without the packages that it needs

            return CaseRows.open(path)

        start(Work(tr("Open the case"), work, opened, failed))

    def _forget_store(self) -> None:
        self._store = self._opening = None

    @property
    def person(self) -> str:
        """The name under which acts are signed; empty until it was confirmed."""
        return self.settings.person

    def sign_as(self, name: str) -> None:
        """Confirm the name; it is kept for this user of this computer."""
        self.settings.person = name.strip()
        self.settings.save()

    @property
    def login(self) -> str:
        """The account of the operating system, recorded beside the name."""
        return getpass.getuser()

    def close(self) -> None:
        """Let go of the project's signals."""
        self._forget_store()
        self._project.readProject.disconnect(self._project_read)
        self._project.cleared.disconnect(self._project_read)

    def _project_read(self, *_: object) -> None:
        kept, found = self._project.readEntry(_SCOPE, _KEY)
        path = Path(self._project.readPath(kept)) if found and kept else None
        known = path is not None and os.path.isfile(path) and is_case(path)
        self._path = path.absolute() if path is not None and known else None
        self.case_changed.emit()
