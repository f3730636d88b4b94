"""What is only read: clauses, the checks of the document's own figures, its identity."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ...core.policy import Check, Policy
from ...processing.texts import tr, ui_language
from ..shared.plain import PlainLabel
from . import texts
from .reading import Judged
from .rows import Rows, rows_view


class _Page(QWidget):
    """A table whose rows name a clause.

    Signals:
        clause_chosen: the clause of the row chosen.
    """

    clause_chosen = pyqtSignal(str)

    def __init__(self, name: str, title: str, headings: list[str], widths: tuple[int, ...]) -> None:
        super().__init__()
        self.setObjectName(f"policy_{name}_tab")
        self.rows = Rows(headings, self)
        self.view = rows_view(self.rows, f"policy_{name}", widths)
        self.view.setAccessibleName(title)
        self.view.selectionModel().currentRowChanged.connect(lambda now, _: self._row(now.row()))
        self.column = QVBoxLayout(self)

    def _row(self, row: int) -> None:
        clause = self.rows.key(row) if row >= 0 else ""
        if isinstance(clause, str) and clause:
            self.clause_chosen.emit(clause)


class ClausesTab(_Page):
    """All clauses, with a search."""

    def __init__(self) -> None:
        headings = [tr("Clause"), tr("Place in the text"), tr("Quote"), tr("Gloss"), tr("Kind"), tr("Force")]
        super().__init__("clauses", tr("Clauses"), headings, (75, 105, 160, 120, 80))
        self.search = QLineEdit()
        self.search.setObjectName("policy_clauses_search")
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(tr("Search id, place, quote, gloss and kind"))
        self.search.setToolTip(tr("Show only the clauses that hold these words"))
        self.counted = PlainLabel()
        self.counted.setObjectName("policy_clauses_counted")
        self.column.addWidget(self.search)
        self.column.addWidget(self.view, 1)
        self.column.addWidget(self.counted)
        self.search.textChanged.connect(self._search)

    def show_policy(self, policy: Policy) -> None:
        """The clauses of a policy."""
        self.rows.fill(
            [
                (
                    clause.id,
                    (
                        clause.id,
                        clause.locator,
                        clause.quote if clause.quote_read else "○ " + tr("not read"),
                        clause.gloss,
                        "; ".join(map(texts.kind, clause.kind)),
                        texts.force(clause.force),
                    ),
                )
                for clause in policy.clauses.values()
            ]
        )
        self._count()

    def _search(self, text: str) -> None:
        self.rows.search(text)
        self._count()

    def _count(self) -> None:
        self.counted.setText(
            tr("{n} of {all} clauses. Quotes are read, never edited.").format(
                n=self.rows.rowCount(), all=self.rows.total
            )
        )


class ChecksTab(_Page):
    """What arithmetic says about the document's own figures, and what its text leaves unclear."""

    def __init__(self) -> None:
        headings = [tr("Result"), tr("Clause"), tr("What was found")]
        super().__init__("checks", tr("Checks"), headings, (120, 85))
        self.told = PlainLabel()
        self.told.setObjectName("policy_checks_told")
        self.whole = PlainLabel()
        self.whole.setObjectName("policy_check_text")
        self.whole.setMinimumHeight(4 * self.fontMetrics().height())
        self.column.addWidget(self.told)
        self.column.addWidget(self.view, 1)
        self.column.addWidget(self.whole)

    def show_policy(self, policy: Policy) -> None:
        """The checks of a policy, what disagrees first."""
        words, checks = texts.words_of(policy), policy.checks()
        rows = [
            (
                check.clause,
                (_result(check), check.clause, words.sentence(check.message_key, check.message_values)),
            )
            for check in sorted(checks, key=_rank)
        ]
        rows += [
            (note.clauses[0], ("ⓘ " + tr("note"), "; ".join(note.clauses), note.text(ui_language())))
            for note in policy.notes
        ]
        self.rows.fill(rows)
        differ = sum(
            1 for check in checks if not (check.agrees or check.informative or check.within_rounding)
        )
        self.told.setText(
            tr(
                "Contradictions among the figures of the document: {n}. They are shown, never repaired."
            ).format(n=differ)
            if checks
            else tr("The document has no figures that could contradict each other.")
        )

    def _row(self, row: int) -> None:
        super()._row(row)
        self.whole.setText(self.rows.texts(row)[-1] if row >= 0 else "")


class IdentityTab(_Page):
    """Which document it is."""

    def __init__(self) -> None:
        super().__init__("identity", tr("Identity"), [tr("Field"), tr("Value")], (170,))
        self.column.addWidget(self.view, 1)

    def show_policy(self, policy: Policy, path: Path, run: Judged | None) -> None:
        """Title, number, dates, where it applies; ``run``: what the case's last run was judged under."""
        place = (
            tr("the whole country") if policy.everywhere else policy.unit_name(policy.city_id, ui_language())
        )
        told = [
            (texts.field("title"), policy.title),
            (texts.field("title_en"), policy.title_en),
            (texts.field("number"), policy.number),
            (texts.field("issuer"), policy.issuer),
            (texts.field("issuer_en"), policy.issuer_en),
            (texts.field("issued_on"), policy.issued_on.isoformat() if policy.issued_on else ""),
            (texts.field("city_id"), f"{place} ({policy.city_id})"),
            (texts.field("succeeds"), policy.succeeds),
            (texts.field("id"), policy.id),
            (tr("Version (by content)"), policy.version),
            (tr("File"), str(path)),
            (tr("Holds"), _holds(policy)),
        ]
        if run is not None:
            told.append((tr("Last run of the case"), _run(policy, run.policy_id, run.version)))
        self.rows.fill([(None, (name, value or "—")) for name, value in told])


def _holds(policy: Policy) -> str:
    return tr(
        "{clauses} clauses, {rules} rules ({off} switched off), {settings} parameters, {targets} targets"
    ).format(
        clauses=len(policy.clauses),
        rules=len(policy.rules) + len(policy.off),
        off=len(policy.off),
        settings=len(policy.settings),
        targets=len(policy.targets),
    )


def _run(policy: Policy, run_id: str, version: str) -> str:
    if (run_id, version) == (policy.id, policy.version):
        return "= " + tr("made with this version")
    if run_id == policy.id:
        return "≠ " + tr("made with another version of it, {hash}").format(hash=version)
    return "≠ " + tr("made with another policy, {id}, version {hash}").format(id=run_id, hash=version)


def _rank(check: Check) -> int:
    return 3 if check.informative else 2 if check.agrees else 1 if check.within_rounding else 0


def _result(check: Check) -> str:
    if check.informative:
        return "ⓘ " + tr("for information")
    if check.agrees:
        return "✓ " + tr("agrees")
    if check.within_rounding:
        return "≈ " + tr("within rounding")
    return "✗ " + tr("contradiction")
