"""Two policies compared: every section, field and value in words, in both languages."""

from __future__ import annotations

import re

import pytest
from qgis.PyQt.QtCore import Qt

from overdraft.core.policy import PolicyLine, available_policies, compare_policies, load_policy, parse_policy
from overdraft.core.policy.compare import _sections
from overdraft.ui.policy import texts
from overdraft.ui.policy.differences import Names

CODE = re.compile(r"[A-Za-z0-9]+_[A-Za-z0-9_]+")
IN_BRACKETS = re.compile(r"[（(][^（()）]*[)）]")
NAMED = [title.id for title in available_policies()]


def lines(policy):
    for section, entries in _sections(policy).items():
        for entry, values in entries.items():
            for field, value in values.items():
                yield PolicyLine(section, entry, field, "changed", value, value)


@pytest.mark.parametrize("policy_id", NAMED)
def test_u6_every_line_that_could_differ_is_told_in_words(language, policy_id):
    policy = load_policy(policy_id)
    names = Names(policy, policy)
    for line in lines(policy):
        told = names.told(line)
        shown = told[:5] if line.section != "notes" else told[:4]  # a note is a text of its own
        bare = [text for text in shown if CODE.search(IN_BRACKETS.sub("", text))]
        assert bare == [], line
        assert told[2] != line.field, line
        if language == "zh":
            assert not told[2].isascii(), line


@pytest.mark.parametrize("policy_id", NAMED)
def test_u6_kinds_of_clauses_are_told_in_words(language, policy_id):
    kinds = {kind for clause in load_policy(policy_id).clauses.values() for kind in clause.kind}
    told = {kind: texts.kind(kind) for kind in kinds}
    assert {kind: text for kind, text in told.items() if "_" in text or "." in text} == {}
    if language == "zh":
        assert [text for text in told.values() if re.search("[A-Za-z]", text)] == []


def test_values_of_other_sections_by_hand(language, policy_text):
    before = parse_policy(policy_text, "small.toml")
    after = parse_policy(
        policy_text.replace('limit = "at_most"', 'limit = "at_least"', 1).replace(
            'type = "integer"', 'type = "number"'
        ),
        "small.toml",
    )
    names = Names(before, after)
    told = {(line.section, line.field): names.told(line) for line in compare_policies(before, after)}
    zh = language == "zh"
    limit = next(cells for (section, field), cells in told.items() if (section, field) == ("items", "limit"))
    assert limit[2] == ("限值方向" if zh else "Limit")
    assert limit[4:] == (("不高于", "不低于") if zh else ("at most", "at least"))
    kind = told["settings", "type"]
    assert kind[2] == ("取值类型" if zh else "Type of value")
    assert kind[4:] == (("整数", "数值") if zh else ("whole number", "number"))


def test_a_setting_that_may_only_be_true_says_yes(language, opened):
    """``replacement.single_pledge``: allowed is ``true`` and nothing else."""
    window = opened("turpan-2021")
    setting = window.draft.policy.setting("replacement.single_pledge")
    yes = "是" if language == "zh" else "yes"
    assert texts.allowed(setting, texts.words_of(window.draft.policy)) == yes
    window.rules.find(setting.key)
    editor = window.rules.editor
    assert yes in editor.range.text()
    assert "True" not in editor.range.text()
    assert [editor.field.itemText(row) for row in range(editor.field.count())] == [yes]
    assert window.rules.tree.currentItem().text(1) == yes
    assert window.rules.tree.currentItem().data(0, Qt.ItemDataRole.UserRole)[1] == setting.key
