"""The widgets of the policy window and where they stand."""

from __future__ import annotations

from qgis.core import QgsApplication, QgsSettings
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QSize, Qt, QTimer
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.policy import available_policies
from ...processing.texts import tr, ui_language
from ..shared.plain import PlainLabel
from ..shared.settings import GROUP
from ..shared.windows import LARGEST, Dialog
from .pages import ChecksTab, ClausesTab, IdentityTab
from .problems import ProblemsPage
from .rules import RulesTab
from .targets import TargetsTab
from .trial import TrialTab

IDLE_MS = 1000
AUTO = f"{GROUP}/policy/count_after_change"


class PolicyFrame(Dialog):
    """Tabs on the left, the text of the clause always beside them; or the errors of a file; or what to do first."""

    NAME = "policy"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Policy Profile"), parent)
        self._make_widgets()
        self._arrange()

    def sizeHint(self) -> QSize:
        """As large as a dialog may open: three columns stand side by side."""
        return QSize(*LARGEST)

    def _make_widgets(self) -> None:
        self.bar = QgsMessageBar()
        self.choice = QComboBox()
        self.choice.setObjectName("policy_choice")
        self.choice.setToolTip(tr("The policies that come with the product, and the file opened here"))
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.addItem(tr("Choose a policy"), None)
        for title in available_policies():
            name = title.title if ui_language() == "zh" else title.title_en
            self.choice.addItem(f"{title.id} · {name}", title.id)
        self.open_button = _button(
            tr("&Open File…"), "policy_open", tr("Open a policy file of your own (TOML)")
        )
        self.open_button.setIcon(QgsApplication.getThemeIcon("/mActionFileOpen.svg"))
        self.compare_button = _button(
            tr("Co&mpare…"), "policy_compare", tr("Compare with another policy line by line")
        )
        self.undo_button = _button(tr("&Undo"), "policy_undo", tr("Take the last change back (Ctrl+Z)"))
        self.undo_button.setIcon(QgsApplication.getThemeIcon("/mActionUndo.svg"))
        self.redo_button = _button(tr("&Redo"), "policy_redo", tr("Make the change again (Ctrl+Y)"))
        self.redo_button.setIcon(QgsApplication.getThemeIcon("/mActionRedo.svg"))
        self.heading = PlainLabel()
        self.heading.setObjectName("policy_heading")
        self.rules, self.targets, self.clauses = RulesTab(), TargetsTab(), ClausesTab()
        self.checks, self.identity, self.trial = ChecksTab(), IdentityTab(), TrialTab()
        self.trial.auto.setChecked(QgsSettings().value(AUTO, True, bool))
        self.tabs = QTabWidget()
        self.tabs.setObjectName("policy_tabs")
        self.tabs.setUsesScrollButtons(True)
        for widget, title in (
            (self.rules, tr("Rules")),
            (self.targets, tr("Targets")),
            (self.clauses, tr("Clauses")),
            (self.checks, tr("Checks")),
            (self.identity, tr("Identity")),
            (self.trial, tr("What Would Change")),
        ):
            self.tabs.addTab(widget, title)
        self.clause = QPlainTextEdit()
        self.clause.setObjectName("policy_clause")
        self.clause.setAccessibleName(tr("Text of the clause"))
        self.clause.setReadOnly(True)
        self.clause.setTabChangesFocus(True)
        self.clause.setToolTip(
            tr("The exact words of the clause behind what is chosen; they cannot be edited")
        )
        self.clause.setPlaceholderText(
            tr("Choose a rule, a parameter, a target or a clause to read the text here.")
        )
        self.problems = ProblemsPage()
        self.empty = PlainLabel()
        self.empty.setObjectName("policy_empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.save_button = QPushButton(tr("&Save New Version…"))
        self.save_button.setObjectName("policy_save")
        self.save_button.setIcon(QgsApplication.getThemeIcon("/mActionFileSaveAs.svg"))
        self.idle = QTimer(self)
        self.idle.setSingleShot(True)
        self.idle.setInterval(IDLE_MS)

    def _arrange(self) -> None:
        row = QHBoxLayout()
        label = QLabel(tr("&Policy"))
        label.setBuddy(self.choice)
        row.addWidget(label)
        row.addWidget(self.choice, 1)
        for button in (self.open_button, self.compare_button, self.undo_button, self.redo_button):
            row.addWidget(button)
        box = QGroupBox(tr("Text of the Clause"))
        QVBoxLayout(box).addWidget(self.clause)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setObjectName("policy_splitter")
        self.splitter.addWidget(self.tabs)
        self.splitter.addWidget(box)
        self.splitter.setSizes([700, 260])
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setChildrenCollapsible(False)
        self.pages = QStackedWidget()
        for page in (self.splitter, self.problems, self.empty):
            self.pages.addWidget(page)
        self.body.addWidget(self.bar)
        self.body.addLayout(row)
        self.body.addWidget(self.heading)
        self.body.addWidget(self.pages, 1)
        self.buttons.addButton(self.save_button, QDialogButtonBox.ButtonRole.ActionRole)


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("tip", tip)
    button.setToolTip(tip)
    return button


def enable(button: QPushButton, on: bool, why_not: str) -> None:
    button.setEnabled(on)
    button.setToolTip(button.property("tip") or button.text() if on else why_not)
