"""What the edited policy would change in the open case: counted in the background, by rule and outcome."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ...core.comparing import Trial, try_policy
from ...core.findings import OUTCOMES
from ...core.messages import render
from ...core.policy import Draft, Edits, edited_policy
from ...core.report.words import Words
from ...processing.texts import tr, ui_language
from ..shared.messages import text_of
from ..shared.plain import PlainLabel
from ..shared.tasks import Progress, Work, start
from . import texts
from .rows import Rows, rows_view


class TrialTab(QWidget):
    """Counts what would change.

    Signals:
        wanted: the count was asked for.
        auto_changed: whether it is to be made after each change.
    """

    wanted = pyqtSignal()
    auto_changed = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("policy_trial_tab")
        self._work: Work | None = None
        self.auto = QCheckBox(tr("Count a&fter each change"))
        self.auto.setObjectName("policy_trial_auto")
        self.auto.setToolTip(tr("Count by itself one second after the last change"))
        self.count = QPushButton(tr("Count &Now"))
        self.count.setObjectName("policy_trial_count")
        self.cancel = QPushButton(tr("Cancel Coun&t"))
        self.cancel.setObjectName("policy_trial_cancel")
        self.cancel.setToolTip(tr("Stop counting; nothing was written"))
        self.progress = QProgressBar()
        self.progress.setObjectName("policy_trial_progress")
        self.summary = PlainLabel()
        self.summary.setObjectName("policy_trial_summary")
        self.rows = Rows([tr("Rule"), tr("Outcome"), tr("Entered"), tr("Left"), tr("Changed")], self)
        self.view = rows_view(self.rows, "policy_trial_rows", (190, 125, 65, 60))
        self.view.setAccessibleName(tr("What would change"))
        row = QHBoxLayout()
        row.addWidget(self.count)
        row.addWidget(self.cancel)
        row.addWidget(self.progress, 1)
        row.addWidget(self.auto)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(self.summary)
        layout.addWidget(self.view, 1)
        self.count.clicked.connect(lambda *_: self.wanted.emit())
        self.cancel.clicked.connect(lambda *_: self.stop())
        self.auto.toggled.connect(self.auto_changed)
        self._case: Path | None = None
        self.result: Trial | None = None
        self.clear()

    def set_case(self, case: Path | None) -> None:
        """Whether there is anything to count on."""
        self._case = case
        self.clear()

    def clear(self) -> None:
        """Another policy or case: what was counted holds no longer."""
        self.stop()
        self.result = None
        self.rows.fill([])
        self._can_count(self._case is not None)
        if self._case is None:
            self.summary.setText(tr("Open a case file to see what a change would do to its findings."))
        else:
            told = tr(
                "Change something, or press Count Now, to see what would enter, leave and change in {case}."
            )
            self.summary.setText(told.format(case=self._case.name))

    def outdated(self) -> None:
        """The edits have changed since the count, or while it runs."""
        if self._work is not None:
            self.stop()
        if self.result is not None:
            self.summary.setText("⚠ " + tr("The edits have changed since this count. Press Count Now."))

    def start(self, draft: Draft, edits: Edits) -> None:
        """Count in the background; nothing is written."""
        case = self._case
        if case is None:
            return
        self.stop()

        def count(progress: Progress) -> Trial:
            policy = edited_policy(draft, edits)
            progress(0.01)
            return try_policy(case, policy, tuple(edits.settings), progress)

        def done(result: Trial) -> None:
            if self._work is work:
                self._show(result, texts.words_of(draft.policy))

        def failed(error: Exception) -> None:
            if self._work is work:
                self.summary.setText(f"✗ {text_of(error)}")

        def ended() -> None:
            if self._work is work:
                self._work = None
                self._idle()

        work = Work(tr("What the policy would change"), count, done, failed, ended)
        self._work = work
        work.progressChanged.connect(
            lambda share: self._work is work and self.progress.setValue(round(share))
        )
        self.summary.setText(
            tr("Judging the register of {case} under the edited policy …").format(case=case.name)
        )
        self.progress.setValue(0)
        self.progress.show()
        self.cancel.setEnabled(True)
        start(work)

    def stop(self) -> None:
        """Cancel the count that runs, if any."""
        work, self._work = self._work, None
        if work is not None:
            work.cancel()
            self.summary.setText(tr("The count was cancelled. Nothing was written."))
        self._idle()

    @property
    def running(self) -> bool:
        """Whether a count is under way."""
        return self._work is not None

    def _idle(self) -> None:
        self.progress.hide()
        self.cancel.setEnabled(False)

    def _can_count(self, can: bool) -> None:
        self.count.setEnabled(can)
        self.count.setToolTip(
            tr("Judge the register of the open case under the edited policy and compare; nothing is written")
            if can
            else tr("No case file is open")
        )

    def _show(self, result: Trial, words: Words) -> None:
        self.result = result
        rows = []
        for row in result.counts.itertuples(index=False):
            was, now = (words.token("outcome", one) for one in (row.outcome_before, row.outcome))
            outcome = now if was == now else f"{was} → {now}"
            told = (
                words.rule(row.rule),
                outcome,
                *(str(n) if n else "" for n in (row.entered, row.left, row.changed)),
            )
            rows.append((len(rows), told))
        self.rows.fill(rows)
        lines = [
            tr("Findings: {entered} entered, {left} left, {changed} changed").format(
                entered=len(result.entered), left=len(result.left), changed=len(result.changed)
            ),
            tr("Wells by worst outcome: {wells}").format(
                wells="; ".join(
                    f"{words.token('outcome', name)} {before} → {after}"
                    for name, (before, after) in result.wells.items()
                    if name in OUTCOMES
                )
            ),
            *(render(key, values, ui_language()) for key, values in result.notes),
        ]
        self.summary.setText("\n".join(lines))
