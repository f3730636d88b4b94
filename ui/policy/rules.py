"""Rules with their parameters: on or off, typed values, and where each value comes from."""

from __future__ import annotations

from collections.abc import Mapping

from qgis.PyQt.QtCore import QSignalBlocker, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QGroupBox,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.policy import Policy, RuleUse, Setting
from ...core.policy.edit import edited_setting, may_be_empty
from ...core.report.basis import parameter_label
from ...core.report.words import Words
from ...processing.texts import tr, ui_language
from ..shared.plain import escaped
from ..shared.windows import scrolled
from . import texts
from .editor import ParameterEditor
from .rows import scaled

_WHAT = Qt.ItemDataRole.UserRole
NAME, VALUE, CLAUSE, STATE = range(4)


class RulesTab(QWidget):
    """The rules as a tree, their parameters below them, and an editor for the one that is chosen.

    Signals:
        clause_chosen: the clause that what is chosen rests on.
        rule_switched: row of the file, and whether the rule is on.
        value_given: setting key and value (None for none).
        value_reverted: setting key.
    """

    clause_chosen = pyqtSignal(str)
    rule_switched = pyqtSignal(int, bool)
    value_given = pyqtSignal(str, object)
    value_reverted = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("policy_rules_tab")
        self._policy: Policy | None = None
        self._values: Mapping[str, object] = {}
        self._items: dict[str, list[QTreeWidgetItem]] = {}
        self._rules: dict[int, QTreeWidgetItem] = {}
        self._off: set[int] = set()
        self._switched: Mapping[int, bool] = {}
        self.search = QLineEdit()
        self.search.setObjectName("policy_rules_search")
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(tr("Search rules and parameters"))
        self.search.setToolTip(tr("Show only the rules and parameters that hold these words, e.g. not set"))
        self.tree = QTreeWidget()
        self.tree.setObjectName("policy_rules")
        self.tree.setAccessibleName(tr("Rules and parameters"))
        self.tree.setHeaderLabels([tr("Rule or parameter"), tr("Value"), tr("Clause"), tr("Where from")])
        self.tree.setUniformRowHeights(True)
        self.tree.setMinimumHeight(7 * self.fontMetrics().height())
        header = self.tree.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in ((NAME, 225), (VALUE, 105), (CLAUSE, 70)):
            header.resizeSection(column, scaled(self.tree, width))
        self.editor = ParameterEditor()
        box = QGroupBox(tr("Parameter"))
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        QVBoxLayout(box).addWidget(self.editor)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.addWidget(self.search)
        layout.addWidget(self.tree, 1)
        layout.addWidget(box)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside, "policy_rules_scroll"))
        self.search.textChanged.connect(self._search)
        self.tree.currentItemChanged.connect(lambda *_: self._chosen())
        self.tree.itemChanged.connect(self._ticked)
        self.editor.edited.connect(self.value_given)
        self.editor.reverted.connect(self.value_reverted)

    def show_policy(self, policy: Policy) -> None:
        """Another policy, without edits."""
        self._policy, self._values = policy, {}
        self._items, self._rules, self._switched = {}, {}, {}
        self._off = {use.position for use in policy.off}
        words = texts.words_of(policy)
        with QSignalBlocker(self.tree):
            self.tree.clear()
            uses = sorted((*policy.rules, *policy.off), key=lambda use: use.position)
            tops = [self._rule(use, policy, words) for use in uses]
            read = {key for use in uses for key in use.settings.values()}
            others = [item for key, item in policy.settings.items() if key not in read]
            if others:
                tops.append(self._others(others, words))
            self.tree.addTopLevelItems(tops)
            for item in tops:
                item.setExpanded(True)
        self._search(self.search.text())
        self.editor.show_text(
            tr("Choose a rule or a parameter above.")
            if tops
            else tr("This policy has no rules and no parameters.")
        )

    def show_edits(self, values: Mapping[str, object], rules: Mapping[int, bool]) -> None:
        """The edits as they are now."""
        policy = self._policy
        if policy is None:
            return
        touched = {*values, *self._values}
        self._values = dict(values)
        words = texts.words_of(policy)
        rows = {*rules, *self._switched}
        self._switched = dict(rules)
        with QSignalBlocker(self.tree):
            for key in touched:
                for item in self._items.get(key, ()):
                    self._fill(item, self._setting(key), words)
            for row in rows:
                item = self._rules[row]
                on = rules.get(row, row not in self._off)
                item.setCheckState(NAME, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
                item.setText(STATE, "" if on else "✎ " + tr("switched off"))
                _mark(item, row in rules)
        if self._key_chosen() in touched:
            self._chosen()

    def find(self, key: str) -> None:
        """Go to a parameter."""
        for item in self._items.get(key, ())[:1]:
            self.tree.setCurrentItem(item)

    def _rule(self, use: RuleUse, policy: Policy, words: Words) -> QTreeWidgetItem:
        item = QTreeWidgetItem([words.rule(use.rule), "", use.clause, ""])
        item.setData(NAME, _WHAT, ("rule", use.position, use.clause, use.rule))
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        on = use.position not in self._off
        item.setCheckState(NAME, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        item.setText(STATE, "" if on else "✎ " + tr("switched off"))
        _tip(item)
        self._rules[use.position] = item
        for name, value in use.values.items():
            item.addChild(self._literal(name, value, use.clause, words))
        for key in use.settings.values():
            item.addChild(self._parameter(policy.setting(key), words))
        return item

    def _literal(self, name: str, value: object, clause: str, words: Words) -> QTreeWidgetItem:
        shown = texts.parameter(name, value, words)
        item = QTreeWidgetItem([parameter_label(name, words), shown, clause, "✓ " + tr("stands in the text")])
        item.setData(NAME, _WHAT, ("literal", name, clause, shown))
        _tip(item)
        return item

    def _parameter(self, setting: Setting, words: Words) -> QTreeWidgetItem:
        item = QTreeWidgetItem()
        item.setData(NAME, _WHAT, ("setting", setting.key, setting.clause, ""))
        self._fill(item, setting, words)
        self._items.setdefault(setting.key, []).append(item)
        return item

    def _others(self, settings: list[Setting], words: Words) -> QTreeWidgetItem:
        item = QTreeWidgetItem([tr("Parameters of ledger, balances, rankings and plans"), "", "", ""])
        item.setData(NAME, _WHAT, ("others", "", "", ""))
        for setting in settings:
            item.addChild(self._parameter(setting, words))
        return item

    def _fill(self, item: QTreeWidgetItem, setting: Setting, words: Words) -> None:
        item.setText(NAME, setting.label(ui_language()))
        item.setText(VALUE, "" if setting.type == "register" else words.setting(setting))
        item.setText(CLAUSE, setting.clause)
        item.setText(STATE, texts.state(setting))
        _mark(item, setting.key in self._values)
        _tip(item)

    def _setting(self, key: str) -> Setting:
        policy = self._policy
        if key in self._values:
            return edited_setting(policy, key, self._values[key])
        return policy.setting(key)

    def _key_chosen(self) -> str:
        item = self.tree.currentItem()
        kind, key, *_ = item.data(NAME, _WHAT) if item is not None else ("", "")
        return key if kind == "setting" else ""

    def _chosen(self) -> None:
        item = self.tree.currentItem()
        if item is None or self._policy is None:
            return
        what, key, clause, told = item.data(NAME, _WHAT)
        if what == "setting":
            self.editor.show_setting(
                self._setting(key),
                texts.words_of(self._policy),
                may_be_empty(self._policy, key),
                key in self._values,
            )
        elif what == "literal":
            self.editor.show_text(
                f"{item.text(NAME)}: {told}",
                tr("This value stands in the words of the clause and is not edited: a quote is a quote."),
            )
        elif what == "rule":
            self.editor.show_text(
                f"{item.text(NAME)} ({told})",
                tr(
                    "Untick the rule to switch it off. A run then says of its clause that it was not evaluated."
                ),
            )
        else:
            self.editor.show_text(
                item.text(NAME), tr("They are read by more than one rule, or by none of those above.")
            )
        QTimer.singleShot(0, self._keep_in_view)
        if clause:
            self.clause_chosen.emit(clause)

    def _keep_in_view(self) -> None:
        """The editor may have grown and left less room for the list."""
        if self.tree.currentItem() is not None:
            self.tree.scrollToItem(self.tree.currentItem())

    def _ticked(self, item: QTreeWidgetItem, column: int) -> None:
        what, row, *_ = item.data(NAME, _WHAT)
        if what == "rule" and column == NAME:
            self.rule_switched.emit(row, item.checkState(NAME) == Qt.CheckState.Checked)

    def _search(self, text: str) -> None:
        wanted = text.strip().casefold()
        for place in range(self.tree.topLevelItemCount()):
            top = self.tree.topLevelItem(place)
            whole = _holds(top, wanted)
            found = [_holds(top.child(row), wanted) for row in range(top.childCount())]
            for row, holds in enumerate(found):
                top.child(row).setHidden(not (whole or holds))
            top.setHidden(not (whole or any(found)))


def _holds(item: QTreeWidgetItem, wanted: str) -> bool:
    texts_ = (item.text(column) for column in range(item.columnCount()))
    return not wanted or wanted in "\n".join((*texts_, str(item.data(NAME, _WHAT)[1]))).casefold()


def _mark(item: QTreeWidgetItem, changed: bool) -> None:
    """What differs from the file stands in bold; the text beside it says so as well."""
    for column in range(item.columnCount()):
        font = item.font(column)
        font.setBold(changed)
        item.setFont(column, font)


def _tip(item: QTreeWidgetItem) -> None:
    for column in range(item.columnCount()):
        text = item.text(column)
        item.setToolTip(column, f"<span>{escaped(text)}</span>" if text else "")
