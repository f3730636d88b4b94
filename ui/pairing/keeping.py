"""The filters of the candidates are those of the last time that the case was open."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QObject

from ..session import Session
from ..shared.last import keep_last, last_of
from .page import PairPage


class Keeping(QObject):
    """Keeps what is set on the page, and sets it again for each case that is opened."""

    def __init__(self, session: Session, page: PairPage, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._page = session, page
        self._path: Path | None = None
        self._begin()
        session.case_changed.connect(self._begin)
        page.search.textChanged.connect(self._keep)
        page.farthest.valueChanged.connect(self._keep)
        for box in (page.unused, page.sealed_only, *page.same.values()):
            box.toggled.connect(self._keep)

    def _begin(self) -> None:
        page, path = self._page, self._session.path
        self._path = None  # what is set now is nobody's choice
        cells = last_of("pairing", path) if path is not None else {}
        same, farthest = cells.get("same"), cells.get("farthest")
        page.search.setText(str(cells.get("text") or ""))
        page.farthest.setValue(float(farthest) if isinstance(farthest, (int, float)) else 0.0)
        page.unused.setChecked(cells.get("unused") is True)
        page.sealed_only.setChecked(cells.get("sealed_only") is True)
        for name, box in page.same.items():
            box.setChecked(isinstance(same, list) and name in same)
        self._path = path

    def _keep(self, *_: object) -> None:
        if self._path is None:
            return
        page = self._page
        cells = {
            "text": page.search.text(),
            "farthest": page.farthest.value(),
            "unused": page.unused.isChecked(),
            "sealed_only": page.sealed_only.isChecked(),
            "same": [name for name, box in page.same.items() if box.isChecked()],
        }
        keep_last("pairing", self._path, cells)
