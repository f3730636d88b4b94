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
    PolicyLine,
    available_policies,
    compare_policies,
    edited_policy,
)
from ...processing.texts import tr, ui_language
from ..shared.help import open_window_help
from ..shared.messages import complain
from ..shared.plain import PlainLabel
from ..shared.tasks import Progress, Work, alive, start
from ..shared.windows import LARGEST, Dialog, no_default_button
from .differences import Names
from .reading import FILTER, Reading, last_folder, read, remember_folder
from .rows import Rows, rows_view


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
        self.view = rows_view(self.rows, "policy_compare_rows", (75, 200, 110, 80, 150))
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
        names = Names(found.draft.policy, self._draft.policy)
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
