"""Two policies line by line."""

from __future__ import annotations

from pathlib import Path

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from ...core.policy import (
    Draft,
    Edits,
    Policy,
    PolicyLine,
    available_policies,
    compare_policies,
    edited_policy,
)
from ...core.report.basis import parameter_label
from ...processing.texts import tr, ui_language
from ..shared.help import open_window_help
from ..shared.messages import complain
from ..shared.plain import PlainLabel
from ..shared.tasks import Progress, Work, alive, start
from ..shared.windows import LARGEST, Dialog
from . import texts
from .reading import FILTER, Reading, last_folder, read, remember_folder
from .rows import Rows, no_default_button, rows_view


class CompareDialog(Dialog):
    """The open policy, edits included, beside another one that is chosen here."""

    NAME = "policy_compare"

    def __init__(self, draft: Draft, edits: Edits, parent: QWidget | None = None) -> None:
        super().__init__(tr("Compare Policies"), parent)
        self._draft, self._edits = draft, edits
        self.bar = QgsMessageBar()
        self.other = QComboBox()
        self.other.setObjectName("policy_compare_other")
        self.other.setToolTip(tr("The policy to compare with; it counts as the earlier one"))
        self.other.addItem(tr("Choose a policy"), None)
        if edits:
            self.other.addItem(tr("{name} without the edits").format(name=draft.path.name), draft.path)
        for title in available_policies():
            name = title.title if ui_language() == "zh" else title.title_en
            self.other.addItem(f"{title.id} · {name}", title.id)
        self.other.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        label = QLabel(tr("&Earlier policy"))
        label.setBuddy(self.other)
        self.open = QPushButton(tr("&Open File…"))
        self.open.setObjectName("policy_compare_open")
        self.open.setToolTip(tr("Compare with a policy file of your own"))
        row = QHBoxLayout()
        row.addWidget(label)
        row.addWidget(self.other, 1)
        row.addWidget(self.open)
        self.summary = PlainLabel()
        self.summary.setObjectName("policy_compare_summary")
        self.search = QLineEdit()
        self.search.setObjectName("policy_compare_search")
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(tr("Search the differences"))
        self.search.setToolTip(tr("Show only the differences that hold these words"))
        self.rows = Rows(
            [tr("Section"), tr("Entry"), tr("Field"), tr("Change"), tr("Before"), tr("After")], self
        )
        self.view = rows_view(self.rows, "policy_compare_rows", (75, 230, 85, 80, 150))
        self.view.setAccessibleName(tr("Differences"))
        self.both = QPlainTextEdit()
        self.both.setObjectName("policy_compare_both")
        self.both.setReadOnly(True)
        self.both.setTabChangesFocus(True)
        self.both.setToolTip(tr("Both values in full"))
        self.both.setMaximumHeight(110)
        self.body.addWidget(self.bar)
        self.body.addLayout(row)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.search)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.both)
        self.other.currentIndexChanged.connect(lambda *_: self._compare(self.other.currentData()))
        self.open.clicked.connect(lambda *_: self._open())
        self.search.textChanged.connect(self.rows.search)
        self.view.selectionModel().currentRowChanged.connect(lambda now, _: self._show_both(now.row()))
        self.summary.setText(tr("Choose the policy that {name} is compared with.").format(name=self._name))
        self.finish(QDialogButtonBox.StandardButton.Close)
        no_default_button(self)

    def sizeHint(self) -> QSize:
        """Wide enough for both values side by side."""
        return QSize(*LARGEST)

    def show_help(self) -> None:
        """The page of the policy window tells of this one too."""
        open_window_help("policy")

    @property
    def _name(self) -> str:
        name = self._draft.path.name
        return tr("{name} with the edits").format(name=name) if self._edits else name

    def compare_with(self, source: str | Path) -> None:
        """Compare with a policy by id, or with a file."""
        place = self.other.findData(source)
        if place < 0:
            self.other.addItem(str(source) if isinstance(source, str) else source.name, source)
            place = self.other.count() - 1
        self.other.setCurrentIndex(place)

    def _open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("Open Policy File"), last_folder(), FILTER)
        if name:
            remember_folder(Path(name))
            self.compare_with(Path(name))

    def _compare(self, source: str | Path | None) -> None:
        self.rows.fill([])
        self.both.clear()
        if source is None:
            return
        draft, edits = self._draft, self._edits
        self.summary.setText(tr("Comparing …"))

        def function(progress: Progress) -> tuple[Reading, tuple[PolicyLine, ...]]:
            found = read(source)
            progress(0.5)
            if found.draft is None:
                return found, ()
            return found, compare_policies(found.draft.policy, edited_policy(draft, edits))

        def done(result: tuple[Reading, tuple[PolicyLine, ...]]) -> None:
            if self.other.currentData() == source:
                self._show(*result)

        failed = alive(self, lambda error: complain(self.bar, error))
        start(Work(tr("Comparing policies"), function, alive(self, done), failed))

    def _show(self, found: Reading, lines: tuple[PolicyLine, ...]) -> None:
        if found.draft is None:
            complain(self.bar, found.problems[0])
            self.summary.setText(tr("The other policy could not be read."))
            return
        names = _Names(found.draft.policy, self._draft.policy)
        self.rows.fill([(line, names.told(line)) for line in lines])
        if not lines:
            self.summary.setText("= " + tr("Both hold the same."))
            return
        count = {name: sum(line.change == name for line in lines) for name in ("added", "gone", "changed")}
        self.summary.setText(
            tr("{before} → {after}: {added} added, {gone} gone, {changed} changed").format(
                before=found.draft.path.name, after=self._name, **count
            )
        )

    def _show_both(self, row: int) -> None:
        if row < 0:
            return
        *_, before, after = self.rows.texts(row)
        self.both.setPlainText(tr("Before") + f": {before or '—'}\n\n" + tr("After") + f": {after or '—'}")


class _Names:
    """What the entries of a comparison are called: a code never stands without its words."""

    def __init__(self, *policies: Policy) -> None:
        self._policies = policies
        self._words = texts.words_of(policies[0])

    def told(self, line: PolicyLine) -> tuple[str, ...]:
        """The cells of a line."""
        before = "" if line.change == "added" else self._value(line, line.before)
        after = "" if line.change == "gone" else self._value(line, line.after)
        field = self._field(line)
        return texts.section(line.section), self._entry(line), field, texts.change(line.change), before, after

    def _field(self, line: PolicyLine) -> str:
        if line.section == "rules" and line.field not in ("", "on"):
            return parameter_label(line.field, self._words)
        return texts.field(line.field) if line.field else ""

    def _entry(self, line: PolicyLine) -> str:
        language = ui_language()
        first, _, rest = line.entry.partition(" ")
        for policy in self._policies:
            if line.section == "settings" and first in policy.settings:
                return f"{policy.settings[first].label(language)} ({first})"
            if line.section == "targets" and first in policy.items:
                year, _, place = rest.partition(" ")
                names = (policy.items[first].label(language), year, policy.unit_name(place, language))
                return " · ".join(filter(None, names))
        if line.section == "rules":
            return f"{self._words.rule(rest)} · {first} ({rest})"
        return line.entry

    def _value(self, line: PolicyLine, value: object) -> str:
        if line.section == "rules":
            return self._given(line.field, value)
        if line.field in ("source", "confidence") and isinstance(value, str):
            return texts.origin(value)
        if line.section == "settings" and line.field in ("", "value", "allowed"):
            members = value if isinstance(value, tuple) else (value,)
            told = (self._words.choice(one) if isinstance(one, str) else texts.value(one) for one in members)
            return "; ".join(told)
        return texts.value(value)

    def _given(self, name: str, value: object) -> str:
        """A value of a rule, or the setting that it comes from."""
        arrow, _, key = value.partition(" ") if isinstance(value, str) else ("", "", "")
        for policy in self._policies:
            if arrow == "←" and key in policy.settings:
                return f"← {policy.settings[key].label(ui_language())} ({key})"
        return texts.parameter(name, value, self._words)
