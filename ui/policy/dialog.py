"""The policy window: what the document says, what is set, what a change would do, and saving a new version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import QDialogButtonBox, QFileDialog, QMessageBox, QShortcut, QWidget

from ...core.policy import Draft, Edits, Policy, edited_policy, save_policy, text_of
from ...core.policy.edit import TOTAL
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.files import with_suffix
from ..shared.messages import complain, say, warn
from ..shared.tasks import Progress, Work, alive, start
from ..shared.windows import no_default_button
from . import texts
from .compare import CompareDialog
from .frame import AUTO, PolicyFrame, enable
from .reading import FILTER, Judged, Reading, judged, last_folder, read, remember_folder

_UNDO_STEPS = 100


class PolicyDialog(PolicyFrame):
    """Opens a policy by id or file; without one, that of the open case's last run.

    Attributes:
        draft: the file as read; None while nothing is open.
        edits: what was changed since.
    """

    def __init__(
        self, session: Session, source: str | Path | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.draft: Draft | None = None
        self.edits = Edits()
        self._past: list[Edits] = []
        self._future: list[Edits] = []
        self._source: str | Path | None = None
        self._saving = False
        self._case: Path | None = None
        self._run: Judged | None = None
        self._connect()
        self.finish(QDialogButtonBox.StandardButton.Close)
        no_default_button(self)
        self._show_nothing()
        self._asked = source is not None  # else the policy of the case is opened once it is known
        self._case_changed()
        self.open_policy(source)

    def _connect(self) -> None:
        self.choice.activated.connect(lambda *_: self._chosen())
        self.open_button.clicked.connect(lambda *_: self._ask_file())
        self.compare_button.clicked.connect(lambda *_: self._compare())
        self.undo_button.clicked.connect(lambda *_: self.undo())
        self.redo_button.clicked.connect(lambda *_: self.redo())
        self.save_button.clicked.connect(lambda *_: self._save())
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo)
        QShortcut(QKeySequence("Ctrl+Y"), self, self.redo)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self, self._save)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self._find)
        for tab in (self.rules, self.targets, self.clauses, self.checks):
            tab.clause_chosen.connect(self.show_clause)
        self.rules.rule_switched.connect(self._switch)
        self.rules.value_given.connect(self._give)
        self.rules.value_reverted.connect(self._revert)
        self.targets.model.given.connect(self._aim)
        self.trial.wanted.connect(self._count)
        self.trial.auto_changed.connect(lambda on: QgsSettings().setValue(AUTO, on))
        self.problems.again.connect(lambda: self._source and self._read(self._source))
        self.idle.timeout.connect(self._settled)
        self._session.case_changed.connect(self._case_changed)
        self._session.content_changed.connect(self._case_changed)

    # --- opening -------------------------------------------------------------------------------------------------

    def open_policy(self, source: str | Path | None) -> None:
        """Open a policy by id or file; an unsaved edit is asked about first."""
        if source is not None and self._may_leave():
            self._asked = True
            self._read(source)
        self._show_choice()

    def _chosen(self) -> None:
        self.open_policy(self.choice.currentData())

    def _ask_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Open Policy File"), last_folder(), FILTER)
        if name:
            remember_folder(Path(name))
            self.open_policy(Path(name))

    def _read(self, source: str | Path) -> None:
        self._source = source
        self.heading.setText(tr("Reading the policy …"))
        self._work(tr("Reading the policy"), lambda progress: read(source), self._show)

    def _show(self, found: Reading) -> None:
        if found.source != self._source:
            return  # another one was chosen meanwhile
        self._reset_edits()
        self.draft = found.draft
        if found.draft is None:
            self.heading.setText("")
            name = found.source if isinstance(found.source, str) else found.source.name
            self.problems.show_problems(name, found.problems)
            self.pages.setCurrentWidget(self.problems)
        else:
            policy = found.draft.policy
            self.clause.clear()
            self.rules.show_policy(policy)
            self.targets.show_policy(policy)
            self.clauses.show_policy(policy)
            self._show_derived(policy)
            self.pages.setCurrentWidget(self.splitter)
        self.trial.clear()
        self._show_choice()
        self._show_edits()

    def _work(
        self,
        title: str,
        function: Callable[[Progress], Any],
        done: Callable[[Any], None],
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        """Something in the background; what it finds is for a window that may be closed by then."""
        failed = alive(self, lambda error: complain(self.bar, error))
        start(Work(title, function, alive(self, done), failed, alive(self, ended)))

    def _show_nothing(self) -> None:
        self.empty.setText(tr("Choose a policy above, or open a policy file of your own."))
        self.pages.setCurrentWidget(self.empty)
        self._show_edits()

    def _show_choice(self) -> None:
        """The combo names what is open; a file of the user's own is added to it."""
        source = self._source
        if isinstance(source, Path) and self.choice.findData(source) < 0:
            self.choice.addItem(source.name, source)
        self.choice.setCurrentIndex(max(self.choice.findData(source), 0) if source is not None else 0)

    def _show_derived(self, policy: Policy) -> None:
        """What follows from the policy as it is edited: its version, its own arithmetic."""
        self.checks.show_policy(policy)
        self.identity.show_policy(policy, self.draft.path, self._run)
        name = policy.title if ui_language() == "zh" else policy.title_en
        told = [
            name,
            policy.number or tr("without a number"),
            tr("version {hash}").format(hash=policy.version),
        ]
        if self.edits:
            told.append("✎ " + tr("edited, not saved"))
        self.heading.setText(" · ".join(told))

    def show_clause(self, clause: str) -> None:
        """The text of a clause beside what rests on it."""
        if self.draft is not None and clause in self.draft.policy.clauses:
            self.clause.setPlainText(texts.clause_text(self.draft.policy.clauses[clause]))

    def _find(self) -> None:
        page = self.tabs.currentWidget()
        if page not in (self.rules, self.clauses):
            self.tabs.setCurrentWidget(self.clauses)
            page = self.clauses
        page.search.setFocus()

    def _case_changed(self) -> None:
        case = self._session.path
        if case != self._case:
            self._case = case
            self._show_run(None, None)
        if case is None:
            return

        def done(run: Judged | None) -> None:
            if self._session.path == case:
                self._show_run(case, run)

        self._work(tr("Reading the case"), lambda progress: judged(case), done)

    def _show_run(self, case: Path | None, run: Judged | None) -> None:
        """What the open case was judged under; that policy is opened where nothing else was asked for."""
        self._run = run
        self.trial.set_case(case if run else None)
        if self.draft is not None:
            self.identity.show_policy(self.draft.policy, self.draft.path, run)
        if run is None or self._asked:
            return
        self._asked = True
        if run.source is None:
            told = tr("The open case was judged under {id}, a policy file of your own. Open that file.")
            self.empty.setText(told.format(id=run.policy_id))
        else:
            self.open_policy(run.source)

    # --- editing -------------------------------------------------------------------------------------------------

    def _give(self, key: str, value: object) -> None:
        self._change(replace(self.edits, settings={**self.edits.settings, key: value}))

    def _revert(self, key: str) -> None:
        rest = {name: value for name, value in self.edits.settings.items() if name != key}
        self._change(replace(self.edits, settings=rest))

    def _switch(self, row: int, on: bool) -> None:
        rest = {place: state for place, state in self.edits.rules.items() if place != row}
        was = any(use.position == row for use in self.draft.policy.rules)
        self._change(replace(self.edits, rules=rest if on == was else {**rest, row: on}))

    def _aim(self, row: int, place: str, figure: object) -> None:
        rest = {key: kept for key, kept in self.edits.targets.items() if key != (row, place)}
        sheet = self.draft.policy.sheets[row]
        was = sheet.total if place == TOTAL else sheet.parts.get(place)
        if str(was) != str(figure):
            rest[(row, place)] = figure
        self._change(replace(self.edits, targets=rest))

    def _change(self, edits: Edits) -> None:
        if edits == self.edits:
            return
        self._past = [*self._past, self.edits][-_UNDO_STEPS:]
        self._future = []
        self._set_edits(edits)

    def undo(self) -> None:
        """Take the last change back."""
        if self._past:
            self._future.append(self.edits)
            self._set_edits(self._past.pop())

    def redo(self) -> None:
        """Make the change again that was taken back."""
        if self._future:
            self._past.append(self.edits)
            self._set_edits(self._future.pop())

    def _set_edits(self, edits: Edits) -> None:
        self.edits = edits
        self.trial.outdated()
        self._show_edits()
        self.idle.start()

    def _reset_edits(self) -> None:
        self.idle.stop()
        self.edits, self._past, self._future = Edits(), [], []

    def _show_edits(self) -> None:
        opened = self.draft is not None
        if opened:
            self.rules.show_edits(self.edits.settings, self.edits.rules)
            self.targets.model.show_edits(self.edits.targets)
        enable(self.undo_button, bool(self._past), tr("Nothing was changed"))
        enable(self.redo_button, bool(self._future), tr("Nothing was taken back"))
        enable(self.compare_button, opened, tr("No policy is open"))
        why = tr("Nothing was changed") if opened else tr("No policy is open")
        enable(self.save_button, opened and bool(self.edits) and not self._saving, why)

    def _settled(self) -> None:
        """A second after the last change: what follows from it, in the background."""
        draft, edits = self.draft, self.edits
        if draft is None:
            return

        def function(progress: Progress) -> Policy:
            policy = edited_policy(draft, edits)
            policy.checks()
            progress(1.0)
            return policy

        def done(policy: Policy) -> None:
            if self.draft is draft and self.edits == edits:
                self._show_derived(policy)

        self._work(tr("Checking the edited policy"), function, done)
        if self.trial.auto.isChecked() and edits:
            self._count()

    def _count(self) -> None:
        if self.draft is not None:
            self.trial.start(self.draft, self.edits)

    # --- comparing, saving, leaving ------------------------------------------------------------------------------

    def _compare(self) -> None:
        if self.draft is not None:
            self.comparison = CompareDialog(self.draft, self.edits, self)
            self.comparison.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.comparison.show()

    def _save(self) -> None:
        draft, edits = self.draft, self.edits
        if draft is None or not edits or self._saving:
            return
        chosen = self._ask_target(draft)
        if chosen is None:
            return
        self._saving = True
        self._show_edits()

        def function(progress: Progress) -> str:
            return save_policy(chosen, text_of(draft, edits))

        def done(version: str) -> None:
            self._saved(chosen, version, edits)

        def ended() -> None:
            self._saving = False
            self._show_edits()

        self._work(tr("Saving the policy"), function, done, ended)

    def _ask_target(self, draft: Draft) -> Path | None:
        name = str(Path(last_folder()) / f"{draft.policy.id}-new.toml")
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save New Version"), name, FILTER)
        path = with_suffix(self, chosen, ".toml") if chosen else None
        if path is not None:
            remember_folder(path)
        return path

    def _saved(self, path: Path, version: str, edits: Edits) -> None:
        told = tr("Saved as {name}, version {hash}. Findings on record keep the version they were made with.")
        say(self.bar, told.format(name=path.name, hash=version))
        if self.edits == edits:
            self._read(path)
        else:
            warn(self.bar, tr("What was changed while saving is not in the file; save again to keep it."))

    def _may_leave(self) -> bool:
        """Whether the edits, if any, may go."""
        if not self.edits:
            return True
        asked = QMessageBox.question(
            self,
            tr("Unsaved Edits"),
            tr("The edits of this policy are not saved. Discard them?"),
            QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
            QMessageBox.StandardButton.Cancel,
        )
        return asked == QMessageBox.StandardButton.Discard

    def reject(self) -> None:
        if self._may_leave():
            self.idle.stop()
            self.trial.stop()
            super().reject()


def open_policy(
    session: Session, source: str | Path | None = None, parent: QWidget | None = None
) -> PolicyDialog:
    """Show the policy window; it deletes itself when it is closed."""
    dialog = PolicyDialog(session, source, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
    return dialog
