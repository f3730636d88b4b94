"""The dashboard: cards and bars, each of which sets the filter of the review list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QFrame,
    QGridLayout,
    QProgressBar,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...core.findings import OUTCOMES
from ...core.schema import register_schema, results_schema
from ...processing.texts import tr, ui_language
from ..session import Session
from ..shared.messages import text_of
from ..shared.plain import PlainLabel, set_tip
from ..shared.tasks import Progress, Work, start
from ..shared.windows import Dock
from .chart import Key, Line
from .section import Section

if TYPE_CHECKING:
    from ...core.review.summary import Summary

_REST_MS = 500
"""Milliseconds that must pass without a decision before the figures are counted anew: counting reads the case file,
and a decision waits for its readers."""

_KEYS_IN_A_ROW = 3


class Card(QFrame):
    """One figure, large, with what it means."""

    def __init__(self, name: str, title: str, tip: str) -> None:
        super().__init__()
        self.setObjectName(f"dashboard_card_{name}")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.addWidget(PlainLabel(title))
        self.figure, self.detail = PlainLabel(), PlainLabel()
        font = self.figure.font()
        font.setPointSizeF(1.6 * font.pointSizeF())
        font.setBold(True)
        self.figure.setFont(font)
        layout.addWidget(self.figure)
        layout.addWidget(self.detail)
        layout.addStretch()
        set_tip(self, tip)

    def show_figure(self, figure: str, detail: str) -> None:
        """Show another figure."""
        self.figure.setText(figure)
        self.detail.setText(detail)


class DashboardDock(Dock):
    """Figures of the open case, read anew whenever something is recorded or decided.

    Signals:
        filter_requested: field of the review filter (``county``, ``zone``, ``clause``, ``outcome``, ``state``) → value.
    """

    NAME = "dashboard"
    filter_requested = pyqtSignal(dict)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(tr("Dashboard"), parent)
        self.session = session
        self.summary: Summary | None = None
        self._work: Work | None = None
        self._again = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.reload)
        self._wells: list[tuple[str, str, int]] = []
        inside = QWidget()
        self._layout = QVBoxLayout(inside)
        self.state = PlainLabel()
        self.state.setObjectName("dashboard_state")
        self._layout.addWidget(self.state)
        self.busy = QProgressBar()
        self.busy.setObjectName("dashboard_busy")
        self.busy.setRange(0, 0)
        self.busy.hide()
        self._layout.addWidget(self.busy)
        self.content = QWidget()
        self._fill()
        self._layout.addWidget(self.content)
        self._layout.addStretch()
        scroll = QScrollArea()
        scroll.setObjectName("dashboard_scroll")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inside)
        self.setWidget(scroll)
        session.case_changed.connect(self.reload)
        session.content_changed.connect(self._content_changed)
        self.reload()

    def reload(self) -> None:
        """Read the figures in the background; once more if something changes meanwhile. A closed window does so when it
        is shown again."""
        self._rest.stop()
        self._again = self._work is not None or not self.isVisible()
        if self._again:
            return
        path = self.session.path
        if path is None:
            self._show(None)
            self.state.setText(tr("No case file is open. Open one, or make one with the setup wizard."))
            return

        def work(progress: Progress) -> Summary:
            from ...core.review.summary import summarise

            progress(0.1)
            return summarise(path)

        self.busy.show()
        self._work = Work(tr("Counting for the dashboard"), work, self._show, self._failed, self._ended)
        start(self._work)

    def _content_changed(self) -> None:
        self._rest.start()

    def _ended(self) -> None:
        self._work = None
        if sip.isdeleted(self):
            return
        self.busy.hide()
        if self._again:
            self.reload()

    def showEvent(self, event: object) -> None:
        super().showEvent(event)
        if self._again:
            self.reload()

    def unload(self) -> None:
        """Let go of the session; the dock can be deleted then."""
        self._rest.stop()
        self.session.case_changed.disconnect(self.reload)
        self.session.content_changed.disconnect(self._content_changed)
        if self._work is not None:
            self._work.cancel()

    def _failed(self, error: Exception) -> None:
        if not sip.isdeleted(self):
            self._show(None)
            self.state.setText(text_of(error))

    def _fill(self) -> None:
        layout = QVBoxLayout(self.content)
        layout.setContentsMargins(0, 0, 0, 0)
        self.cards = {
            "decided": Card(
                "decided", tr("Decided"), tr("Findings accepted, overridden or verified, of all")
            ),
            "pairs": Card(
                "pairs",
                tr("Pairs complete"),
                tr("Renewals that hold all the wells they need, of those that count"),
            ),
            "land": Card("land", tr("Area gap"), tr("Land that is still to be retired to reach the targets")),
        }
        grid = QGridLayout()
        for place, card in enumerate(self.cards.values()):
            grid.addWidget(card, 0, place)
            grid.setColumnStretch(place, 1)
        layout.addLayout(grid)
        self.undecided = QToolButton()
        self.undecided.setObjectName("dashboard_open")
        self.undecided.setText(tr("List Open Findings"))
        set_tip(self.undecided, tr("Show in the review list what nobody has decided on yet"))
        self.undecided.clicked.connect(lambda *_: self.filter_requested.emit({"state": "open"}))
        layout.addWidget(self.undecided, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(_legend())
        self.sections = {
            "wells": Section("wells", tr("Wells by outcome")),
            "county": Section("county", tr("Findings by county")),
            "zone": Section("zone", tr("Findings by zone")),
            "clause": Section("clause", tr("Findings by clause")),
        }
        for name, section in self.sections.items():
            layout.addWidget(section)
            section.chosen.connect(lambda number, name=name: self._chosen(name, number))

    def _show(self, summary: Summary | None) -> None:
        if sip.isdeleted(self):
            return
        self.summary = summary
        if summary is None or (not summary.as_of and not summary.findings):
            self.content.hide()
            self.state.setText(tr("This case holds no run yet. Run the overlay into it first."))
            return
        self.content.show()
        told = tr("{n} findings · ledger and land as of {day}").format(
            n=f"{summary.findings:,}", day=summary.as_of
        )
        if summary.since:
            told += " · " + tr("⚠ {n} acts recorded since; run the overlay again to count them").format(
                n=f"{summary.since:,}"
            )
        self.state.setText(told)
        self._show_cards(summary)
        self._show_bars(summary)

    def _show_cards(self, summary: Summary) -> None:
        share = 100 * summary.decided / summary.findings if summary.findings else 0.0
        self.cards["decided"].show_figure(
            tr("{share} %").format(share=f"{share:.1f}"),
            tr("{decided} of {n}, {stale} stale").format(
                decided=f"{summary.decided:,}", n=f"{summary.findings:,}", stale=f"{summary.stale:,}"
            ),
        )
        self.cards["pairs"].show_figure(
            f"{summary.complete:,}", tr("of {n} renewals").format(n=f"{summary.renewals:,}")
        )
        if summary.gap_mu is None:
            self.cards["land"].show_figure("–", tr("no targets"))
        else:
            self.cards["land"].show_figure(
                tr("{gap} mu").format(gap=f"{summary.gap_mu:,.0f}"),
                tr("{met} of {n} targets of {year} met").format(
                    met=summary.met, n=summary.targets, year=summary.year
                ),
            )

    def _show_bars(self, summary: Summary) -> None:
        enum, language = results_schema().enums["outcome"], ui_language()
        labels = {name: enum[name].label(language) for name in OUTCOMES}
        columns = [(name, labels[name]) for name in OUTCOMES]
        none = {"county": tr("No county"), "zone": tr("No zone"), "clause": tr("No clause")}
        roles, fields = register_schema().roles, results_schema().tables["findings"].fields
        heads = {
            "county": roles["wells"].fields["county"].label(language),
            "zone": roles["zones"].label(language),
            "clause": fields["clause"].label(language),
        }
        self._wells = [
            (key, labels.get(key, tr("Not judged")), count) for key, count in summary.wells.items()
        ]
        wells = [Line(label, ((key, label, count),)) for key, label, count in self._wells]
        section = self.sections["wells"]
        section.show_figures(fields["outcome"].label(language), wells, (), roles["wells"].label(language))
        for name, bars in summary.bars.items():
            lines = [
                Line(
                    bar.name or bar.value or none[name],
                    tuple((key, labels.get(key, key), count) for key, count in bar.counts.items()),
                )
                for bar in bars
            ]
            self.sections[name].show_figures(heads[name], lines, columns, tr("in all"))

    def _chosen(self, name: str, number: int) -> None:
        """A bar or a row sets the filter."""
        if name == "wells":
            value = self._wells[number][0]
            if value:
                self.filter_requested.emit({"outcome": value})
        else:
            self.filter_requested.emit({name: self.summary.bars[name][number].value})


def _legend() -> QGridLayout:
    """What the patterns mean, in two rows: a dock is often narrow."""
    grid = QGridLayout()
    enum, language = results_schema().enums["outcome"], ui_language()
    for number, name in enumerate(OUTCOMES):
        row, place = divmod(number, _KEYS_IN_A_ROW)
        text = PlainLabel(enum[name].label(language))
        text.setWordWrap(False)
        grid.addWidget(Key(name), row, 2 * place)
        grid.addWidget(text, row, 2 * place + 1)
    grid.setColumnStretch(2 * _KEYS_IN_A_ROW, 1)
    return grid
