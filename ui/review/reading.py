"""How the review dock comes by its findings: read in the background, again whenever somebody has written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...core.casefile import CaseRows
from ...core.review import four_eyes
from ...core.review.listing import Listing
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.tasks import Work, start
from ..shared.windows import Dock
from .filters import COLUMNS as FILTERED
from .filters import FilterBar, Values


class Reading(Dock):
    """The part of the review dock that opens a case and reads its findings."""

    session: Session
    listing: Listing | None
    filters: FilterBar
    model: Any
    table: Any
    deciding: Any
    watching: Any
    current: Any
    list_again: Callable[..., None]
    _say_empty: Callable[[str], None]
    _complain: Callable[[Exception], None]
    _allow: Callable[[], None]
    _count: Callable[[], None]
    _loading: Path | None
    _once_more: bool
    _unloaded: bool
    _four_eyes: bool

    def _case_changed(self) -> None:
        self.deciding.forget()
        self.watching.leave()
        self._show_listing(None)
        self._open()

    def _open(self) -> None:
        if self.session.path is None:
            self._say_empty(
                tr("No case is open. Open a case file, or set one up, to review what its runs found.")
            )
            return
        self._say_empty(tr("Reading the findings…"))
        self._load()
        self.session.open_store()

    def _opened(self) -> None:
        """The case was checked, brought to this version and backed up: now it can be decided on."""
        if self.listing is None and self._loading is None:
            self._load()
        self._allow()

    def _cannot_open(self, error: Exception) -> None:
        self._say_empty(tr("The case file could not be opened. Choose another one, or a backup."))
        self._complain(error)

    def _content_changed(self) -> None:
        if not self._own:
            self._load()

    _own = False

    def _load(self) -> None:
        """Read the findings in the background; what is listed stays until they are there."""
        path, language = self.session.path, ui_language()
        if path is None or self._loading == path:
            self._once_more = path is not None
            return
        self._loading, self._once_more = path, False

        def read(progress: Callable[[float], None]) -> tuple[Listing, Values, bool, dict]:
            listing = Listing(path, language)
            progress(0.8)
            values = {name: listing.values(name) for name in FILTERED if name != "state"}
            store = CaseRows(path, read_only=True)
            return listing, values, four_eyes(store), store.marks()

        def done(found: tuple[Listing, Values, bool, dict]) -> None:
            if self._unloaded or self.session.path != path:
                found[0].close()
                return
            listing, values, self._four_eyes, marks = found
            self.model.marks = self.watching.of_others(marks)
            self.filters.offer(values)
            self._show_listing(listing)

        def failed(error: Exception) -> None:
            if not self._unloaded and self.session.path == path and self.session.store is not None:
                self._cannot_open(error)
            # else it may be of an older version: it is read again once it was opened, or that fails and says why

        def ended() -> None:
            self._loading = None
            if not self._unloaded and (self._once_more or self.session.path != path):
                self._load()

        start(Work(tr("Read the findings"), read, done, failed, ended))

    def _show_listing(self, listing: Listing | None) -> None:
        """Another listing takes the place of the one shown; the current finding stays the current one."""
        current = self.current
        old, self.listing = self.listing, listing
        self.deciding.listing = listing
        if listing is not None:
            self.watching.watch(listing)
        self._count()
        self.list_again(keep=current.finding_id if current else "")
        if old is None and listing is not None and not self.filters.search.text():
            self.table.setFocus()
        if old is not None:
            old.close()
