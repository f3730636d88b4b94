"""How the review dock comes by its findings: read in the background, again whenever somebody has written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ...core.casefile import CaseRows
from ...core.casefile.opening import impatient
from ...core.errors import OverdraftError
from ...core.review import four_eyes
from ...core.review.listing import Filter, Listing, Order
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.tasks import Work, start
from ..shared.windows import Dock
from .filters import COLUMNS as FILTERED
from .filters import FilterBar
from .keeping import last_filter

_READY = ""
"""Stands among the filters that wait for their values for what the first decision needs."""


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
    map: Any
    list_stack: Any
    empty: Any
    _complain: Callable[[Exception], None]
    _allow: Callable[[], None]
    _count: Callable[[], None]
    _arrived: Callable[[], None]
    _tell_selection: Callable[[], None]
    _rest: Any
    _offering: Any
    _unoffered: list[str]
    _sort: str
    _down: bool
    _four_eyes: bool
    _unloaded = _once_more = _own = False
    _loading: Path | None = None
    _wanted: Filter | None = None  # by what to filter a case whose findings are still being read

    # The list

    def list_again(self, *_: object, keep: str | None = None) -> None:
        """Filter, sort and group anew; the current finding stays the current one where it is still listed."""
        if keep is None:
            current = self.current
            keep = current.finding_id if current else ""
        if self.listing is None:
            self.model.show(None, Order(np.empty(0, dtype=np.int64)))
            self._arrived()
            return
        self._look_at_map()
        grouping = self.filters.grouping
        order = self.listing.order(self.filters.wanted, self._sort, self._down, grouping)
        self.model.show(self.listing, order, grouping)
        if not len(order.rows):
            self._say_empty(self._why_empty())
        else:
            self.list_stack.setCurrentWidget(self.table)
        row = self.listing.row_of(keep) if keep else None
        position = self.model.position(row) if row else None
        self.table.go_to(self.model.step(-1, 1) if position is None else position)
        self._tell_selection()
        self._rest.start()

    def _look_at_map(self) -> None:
        """List only what the map shows, if that is wished."""
        boxes = self.map.boxes(self.listing.path) if self.session.settings.in_view else None
        try:
            with impatient():
                self.listing.look_at(boxes)
        except OverdraftError as error:  # the file is gone, or somebody writes it just now
            self.listing.look_at(None)
            self._complain(error)

    def _why_empty(self) -> str:
        if not len(self.listing):
            return tr("The case holds no findings yet. Run the overlay; what it finds is listed here.")
        if self.session.settings.in_view:
            return tr(
                "No finding of this filter lies in the map view. Move the map, or switch Only in map view off."
            )
        return tr("No finding passes the filter. Clear it to see all findings.")

    def _say_empty(self, text: str) -> None:
        self.empty.setText(text)
        self.list_stack.setCurrentWidget(self.empty)

    def set_filter(self, wanted: Filter) -> None:
        """List only these findings; other windows show theirs here."""
        if self.listing is None:
            self._wanted = wanted
        else:
            self.filters.set(wanted)

    def show_subject(self, subject_id: str) -> None:
        """List the findings on one subject."""
        self.set_filter(Filter(subject=subject_id))

    # The case

    def _case_changed(self) -> None:
        self.deciding.forget()
        self.watching.leave()
        self._wanted = None
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

    def _load(self) -> None:
        """Read the findings in the background; what is listed stays until they are there."""
        path, language, sort = self.session.path, ui_language(), self._sort
        if path is None or self._loading == path:
            self._once_more = path is not None
            return
        self._loading, self._once_more = path, False

        def read(progress: Callable[[float], None]) -> tuple[Listing, bool, dict]:
            listing = Listing(path, language)
            listing.order(Filter(), sort)  # what it sorts by is kept
            progress(0.9)
            store = CaseRows(path, read_only=True)
            return listing, four_eyes(store), store.marks()

        def done(found: tuple[Listing, bool, dict]) -> None:
            listing, needs_two, marks = found
            if self._unloaded or self.session.path != path:
                listing.close()
                return
            self._four_eyes = needs_two
            self.model.marks = self.watching.of_others(marks)
            self._show_listing(listing)

        def failed(error: Exception) -> None:
            if self._unloaded or self.session.path != path:
                return
            if self.listing is not None:
                self._complain(error)  # what was read before stays
            elif self.session.store is not None:
                self._cannot_open(error)
            # else it may be of an older version: it is read again once it was opened, or that fails and says why

        def ended() -> None:
            if self._loading != path:
                return  # another case is being read already
            self._loading = None
            if not self._unloaded and (self._once_more or self.session.path != path):
                self._load()

        start(Work(tr("Read the findings"), read, done, failed, ended))

    def _show_listing(self, listing: Listing | None) -> None:
        """Another listing takes the place of the one shown; the current finding stays the current one."""
        current = self.current
        old, self.listing = self.listing, listing
        self.deciding.listing = listing
        self.map.forget()
        self.filters.values_of = listing.values if listing is not None else None
        if listing is not None:
            self.watching.watch(listing)
            wanted, group = self.filters.wanted, self.filters.grouping
            if old is None:
                wanted, group = last_filter(listing.path)
                wanted, self._wanted = self._wanted or wanted, None
            chosen = [name for name in FILTERED if name != "state" and getattr(wanted, name) is not None]
            for name in chosen:
                self.filters.offer(name, listing.values(name))
            if old is None:
                self.filters.begin_with(wanted, group)
            self._unoffered = [
                "state",
                _READY,
                *(name for name in FILTERED if name not in (*chosen, "state")),
            ]
            self._offering.start()
        else:
            self._count()
        self.list_again(keep=current.finding_id if current else "")
        if old is None and listing is not None and not self.filters.search.hasFocus():
            self.table.setFocus()
        if old is not None:
            old.close()

    def _offer_next(self) -> None:
        """Once the rows are seen: count them, then the values of each filter, a piece at a time."""
        if self.listing is None or not self._unoffered:
            return
        name = self._unoffered.pop(0)
        if name == "state":
            self._count()
        elif name == _READY:
            self.listing.ready()
        else:
            self.filters.offer(name, self.listing.values(name))
        self._offering.start()
