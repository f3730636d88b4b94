"""The pairing window: reduce two, renew one. Nothing is recorded before "Save Pair"."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QSignalBlocker, QSize
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import QDialogButtonBox, QProgressBar, QShortcut, QTabWidget, QWidget

from ...core.casefile import ConflictError
from ...processing.texts import tr
from ..session import Session
from ..shared.messages import complain, say, text_of, warn
from ..shared.plain import PlainLabel, set_tip
from ..shared.tasks import Work, alive, start
from ..shared.windows import LARGEST, Dialog, scrolled
from .acts import Read, breaking, in_the_way, reading, saving
from .choice import Choice, suggestion_text
from .focus import Focus
from .keeping import Keeping
from .ledger_page import LedgerPage
from .map_link import MapLink
from .page import PairPage
from .questions import BreakDialog
from .totals import totals

if TYPE_CHECKING:
    import pandas as pd

    from ...core.desk.pairboard import PairBoard, Suggestion


class PairingDialog(Dialog):
    """Choose the wells that are retired for a renewal.

    Args:
        canvas: the map on which wells can be clicked; None: without a map.
        renewal_id: the renewal to begin with.
    """

    NAME = "pairing"

    def __init__(
        self,
        session: Session,
        canvas: QgsMapCanvas | None = None,
        renewal_id: str | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(tr("Pair Wells"), parent)
        self.session = session
        self.board: PairBoard | None = None
        self._offers: pd.DataFrame | None = None
        self._chosen: list[str] = []
        self._suggested: list[Suggestion] = []
        self._wanted = renewal_id or ""
        self._work: Work | None = None
        self._path: Path | None = None
        self._records = self._late = self._again = False
        self._question: BreakDialog | None = None
        self._focus = Focus(self)
        self.bar = QgsMessageBar()
        self.bar.setObjectName("pairingMessages")
        self.body.addWidget(self.bar)
        self.state = PlainLabel()
        self.state.setObjectName("pairingState")
        self.body.addWidget(self.state)
        self.busy = QProgressBar()
        self.busy.setObjectName("pairingBusy")
        self.body.addWidget(self.busy)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("pairingTabs")
        self.page, self.ledger = PairPage(canvas is not None), LedgerPage()
        self.tabs.addTab(scrolled(self.page, "pairingScroll"), tr("Pair"))
        self.tabs.addTab(self.ledger, tr("Ledger"))
        self.body.addWidget(self.tabs, 1)
        self.finish(QDialogButtonBox.StandardButton.Close)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        self.buttons.button(QDialogButtonBox.StandardButton.Help).setAutoDefault(False)
        self.page.person.setText(session.person)
        Keeping(session, self.page, self)
        self.map = MapLink(self, canvas)
        self._connect()
        self.reload()

    @property
    def renewal_id(self) -> str:
        """The renewal that is shown; empty while there is none."""
        return str(self.page.renewal.currentData() or "")

    @property
    def chosen(self) -> tuple[str, ...]:
        """The wells that are chosen and not saved yet."""
        return tuple(self._chosen)

    def sizeHint(self) -> QSize:
        return QSize(*LARGEST)

    def show_renewal(self, renewal_id: str) -> None:
        """Go to another renewal: at once, or when the case is read."""
        if self.board is None:
            self._wanted, self._chosen = renewal_id, []
            return
        place = self.page.renewal.findData(renewal_id)
        if place < 0:
            warn(self.bar, tr("{renewal} is no renewal of this case.").format(renewal=renewal_id))
        else:
            self.page.renewal.setCurrentIndex(place)

    def reload(self) -> None:
        """Read the case again in the background; a closed window does so when it is shown again."""
        if self._work is not None and self._records:
            self._again = True
            return
        self._again = False
        self._late = self.board is not None and not self.isVisible()
        if self._late:
            return
        if self._work is not None:
            self._work.cancel()
            self._work = None
        path = self._path = self.session.path
        if path is None:
            self._read(None)
            return

        self._run(tr("Reading the case for pairing"), reading(path), self._read, self._unread, False)

    def reject(self) -> None:
        """The window stays until what it records is on record: it says how that ended."""
        if self._work is not None and self._records:
            warn(self.bar, tr("Wait a moment: what you saved is being recorded."))
        else:
            super().reject()

    def done(self, result: int) -> None:
        if self._work is not None and not self._records:
            self._work.cancel()
        super().done(result)

    def hideEvent(self, event):
        self.map.leave()
        super().hideEvent(event)

    def showEvent(self, event):
        super().showEvent(event)
        if self._late:
            self.reload()
        self.map.draw()

    def choose(self, well: str) -> None:
        """Take a well, or leave it if it is taken."""
        if well in self._chosen:
            self._chosen.remove(well)
        elif self._may_take(well):
            self._chosen.append(well)
        self._show_choice()

    def _may_take(self, well: str) -> bool:
        """Say why a well cannot be taken, if it cannot."""
        choice = self._choice()
        if choice is None:
            return False
        reason = choice.barred(well)
        if reason:
            warn(self.bar, tr("{well}: {reason}").format(well=well, reason=reason))
        elif not choice.free:
            warn(self.bar, tr("The renewal has all its wells. Remove one first."))
        return not reason and choice.free > 0

    def _choice(self) -> Choice | None:
        """What is chosen, as the board stands; None without a renewal."""
        if self.board is None or not self.renewal_id:
            return None
        return Choice(self.board, self.renewal_id, self._offers, self.chosen)

    def _connect(self) -> None:
        page = self.page
        self.session.case_changed.connect(self._case_changed)
        self.session.content_changed.connect(self.reload)
        page.renewal.currentIndexChanged.connect(self._renewal_changed)
        page.clause.toggled.connect(lambda *_: page.show_clause(self.board))
        page.search.textChanged.connect(self._filter)
        for box in (page.unused, *page.same.values()):
            box.toggled.connect(self._filter)
        page.farthest.valueChanged.connect(self._offer)
        page.sealed_only.toggled.connect(self._offer)
        page.model.toggled.connect(self.choose)
        page.table.activated.connect(lambda index: self.choose(page.model.well_at(index.row())))
        page.table.entered.connect(lambda index: self.map.flash(page.model.well_at(index.row())))
        page.table.selectionModel().currentRowChanged.connect(
            lambda now, before: self.map.flash(page.model.well_at(now.row()) if now.isValid() else "")
        )
        page.slots.dropped.connect(self._dropped)
        page.slots.removed.connect(self.choose)
        page.slots.break_asked.connect(lambda well: self.ask_break(self.renewal_id, well))
        self.ledger.break_asked.connect(self.ask_break)
        page.suggest.clicked.connect(self._suggest)
        page.suggestions.activated.connect(self._take_suggestion)
        page.clear.clicked.connect(self._clear)
        page.save.clicked.connect(self.save)
        page.person.textChanged.connect(self._enable)
        QShortcut(QKeySequence("Ctrl+F"), self, page.search.setFocus)

    def _run(self, title: str, function, done, failed, records: bool = True) -> None:
        self._records = records
        self.busy.setRange(0, 100)
        self.busy.setValue(0)
        self.busy.show()
        self.state.setText(title)
        self.state.show()
        self._focus.keep()
        self.tabs.setEnabled(False)
        ended = alive(self, lambda: self._ended(work))
        work = Work(title, function, alive(self, done), alive(self, failed), ended)
        work.progressChanged.connect(lambda share: self.busy.setValue(int(share)))
        self._work = work
        start(work)

    def _ended(self, work: Work) -> None:
        if self._work is not work:
            return
        self._work = None
        self.busy.hide()
        if self.board is not None:
            self.state.hide()
            self.tabs.setEnabled(True)
            self._focus.give_back(self.page.renewal if self.tabs.currentIndex() == 0 else self.ledger.pairs)
        if self._again:
            self.reload()

    def _unread(self, error: Exception) -> None:
        self._read(None)
        self.state.setText(text_of(error))

    def _case_changed(self) -> None:
        if self.session.path != self._path:
            self._chosen, self._wanted = [], ""
            with QSignalBlocker(self.page.renewal):
                self.page.renewal.clear()
        self.reload()

    def _read(self, read: Read | None) -> None:
        """Show what was read; the renewal and the choice stay where they can."""
        board = None if read is None else read.board
        keep = self._wanted = self.renewal_id or self._wanted
        self.board = board
        self.busy.hide()
        self.tabs.setEnabled(board is not None)
        self.ledger.show_read(read)
        said = ""
        if board is None:
            said = tr("No case file is open. Open one, or make one with the setup wizard.")
        elif not len(board.renewals):
            said = tr("No renewal waits for wells. Take in an application first.")
        self.state.setText(said)
        self.state.setVisible(bool(said))
        with QSignalBlocker(self.page.renewal):
            found = self.page.fill_renewals(board, keep)
        if board is not None and keep and not found:
            warn(self.bar, tr("{renewal} is no renewal of this case.").format(renewal=keep))
            self._chosen, self._wanted = [], ""
        self._show_renewal()

    def _renewal_changed(self) -> None:
        self._chosen, self._wanted = [], self.renewal_id
        self.page.show_id()
        self._show_renewal()

    def _show_renewal(self) -> None:
        self._suggested = []
        self.page.show_suggestions([])
        self.page.show_clause(self.board)
        self._offer()

    def _offer(self) -> None:
        """Look at all wells from the renewal."""
        name = self.renewal_id
        if self.board is None or not name:
            self._offers = None
            self.page.model.show(None, "", None, self.page.wanted())
        else:
            self._offers = self.board.offers(
                name, sealed_only=self.page.sealed_only.isChecked(), reach_m=self.page.reach_m()
            )
            self.page.model.show(self.board, name, self._offers, self.page.wanted())
            held = set(self.board.held(name)["retired_id"])
            there = [well for well in self._chosen if self.board.row_of(well) is not None]
            self._chosen = [well for well in there if well not in held]
        self._show_choice()

    def _filter(self) -> None:
        self.page.model.set_filter(self.page.wanted())
        self.map.draw()

    def _show_choice(self) -> None:
        """Everything that depends on which wells are chosen."""
        page, choice = self.page, self._choice()
        page.model.choose(self._chosen)
        page.slots.show_slots(choice.slots() if choice else [], choice.free if choice else 0)
        page.needs.setText(choice.needs() if choice else "")
        page.balance.setText(totals(self.board, self.renewal_id, self._chosen) if choice else "")
        page.hint.setText(choice.hints() if choice else "")
        page.hint.setVisible(bool(page.hint.text()))
        self._enable()
        self.map.draw()

    def _enable(self) -> None:
        page, choice = self.page, self._choice()
        why = choice.why_not(page.person.text()) if choice else tr("There is no renewal to pair")
        page.save.setEnabled(not why)
        set_tip(page.save, why or tr("Record these wells as reserved for the renewal"))
        page.clear.setEnabled(bool(self._chosen))
        set_tip(page.clear, tr("Leave all chosen wells; what is on record stays") if self._chosen else why)
        lacks = choice is not None and choice.renewal["needed"] > 0 and not choice.renewal["reason"]
        page.suggest.setEnabled(bool(lacks))
        set_tip(
            page.suggest,
            tr("Show the three best choices of all the wells that are still needed")
            if lacks
            else tr("The renewal needs no further wells, or can be given none"),
        )

    def _clear(self) -> None:
        self._chosen = []
        self._show_choice()

    def _dropped(self, well: str) -> None:
        if well not in self._chosen:
            self.choose(well)

    def _suggest(self) -> None:
        self._suggested = self.board.suggest(self.renewal_id, self._offers)
        texts = [suggestion_text(number, one) for number, one in enumerate(self._suggested, start=1)]
        self.page.show_suggestions(texts)
        if not texts:
            warn(self.bar, tr("Not enough wells are eligible. The list says why each of the others is not."))
        self._take_suggestion(0)

    def _take_suggestion(self, place: int) -> None:
        if 0 <= place < len(self._suggested):
            self._chosen = self._suggested[place].wells["retired_id"].tolist()
            self._show_choice()

    def save(self) -> None:
        """Record the chosen wells in the background; the choice stays where that fails."""
        if not self.page.save.isEnabled():
            return
        who = self.page.person.text().strip()
        if who != self.session.person:
            self.session.sign_as(who)
        renewal, board = self.renewal_id, self.board
        replaced = int(board.renewals.at[renewal, "replaced"])
        wells = {well: "replaced" if board.row_of(well) == replaced else "reduced" for well in self._chosen}
        seen = [str(one) for one in board.held(renewal)["retired_id"]]

        def saved(_: object) -> None:
            self._chosen = []
            say(self.bar, tr("{n} wells are reserved for {renewal}.").format(n=len(wells), renewal=renewal))
            self._work = None
            self.session.content_changed.emit()

        work = saving(self._path, renewal, wells, seen, who, self.session.login, self._day())
        self._run(tr("Saving the pair"), work, saved, self._refused)

    def ask_break(self, renewal: str, well: str) -> None:
        """Ask for the reason and break a pair."""
        if not self.page.person.text().strip():
            warn(self.bar, tr("Enter your name first"))
            return
        self._question = BreakDialog(renewal, well, self)
        self._question.accepted.connect(
            lambda: self._break(renewal, well, self._question.reason.toPlainText())
        )
        self._question.open()

    def _break(self, renewal: str, well: str, reason: str) -> None:
        def broken(_: object) -> None:
            text = tr("{well} is free again; {renewal} needs another well.")
            say(self.bar, text.format(well=well, renewal=renewal))
            self._work = None
            self.session.content_changed.emit()

        who = self.page.person.text().strip()
        work = breaking(self._path, renewal, well, reason, who, self.session.login, self._day())
        self._run(tr("Breaking the pair"), work, broken, self._refused)

    def _refused(self, error: Exception) -> None:
        complain(self.bar, error)
        if isinstance(error, ConflictError):
            for text in in_the_way(error):
                warn(self.bar, text)
            self._work = None
            self.reload()

    def _day(self) -> date:
        """Today, or the day of the board if that is later."""
        return max(date.today(), self.board.book.as_of.date())
