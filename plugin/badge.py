"""The badge of the toolbar: how many findings wait, how many decisions stand."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QWidget

from ..processing.texts import tr
from ..ui.session import Session
from ..ui.shared.plain import PlainLabel, set_tip
from ..ui.shared.tasks import Work, start


class Badge(PlainLabel):
    """Counts of the open case, read in the background whenever it changes; empty without a case."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setObjectName("overdraftBadge")
        self.setWordWrap(False)
        self._session = session
        self._counting = self._again = self._stopped = False
        session.case_changed.connect(self.refresh)
        session.content_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Count anew; once more if something changes meanwhile."""
        path = self._session.path
        if path is None:
            self._tell("", "")
            return
        self._again = self._counting
        if self._counting:
            return

        def count(progress: object) -> tuple[int, int]:
            from ..core.review.summary import decided_counts

            return decided_counts(path)

        def counted(found: tuple[int, int]) -> None:
            if path == self._session.path and not self._stopped:
                waiting, decided = found
                text = tr("open {waiting} · decided {decided}").format(waiting=waiting, decided=decided)
                self._tell(
                    text, tr("Findings that wait for a decision, and decisions made, in the open case file")
                )

        def failed(error: Exception) -> None:
            if path == self._session.path and not self._stopped:
                self._tell("", "")  # whoever opens the case is told why; a badge has no room for it

        def ended() -> None:
            self._counting = False
            if self._again and not self._stopped:
                self.refresh()

        self._counting = True
        start(Work(tr("Count the findings"), count, counted, failed, ended))

    def stop(self) -> None:
        """The plugin goes: hear nothing any more."""
        self._stopped = True
        self._session.case_changed.disconnect(self.refresh)
        self._session.content_changed.disconnect(self.refresh)

    def _tell(self, text: str, tip: str) -> None:
        self.setText(text)
        set_tip(self, tip)
