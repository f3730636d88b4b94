"""Editing a policy: marked as a person's, refused where the policy does not allow it, quotes untouched."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.policy import (
    Edits,
    edited_policy,
    open_draft,
    policy_problems,
    read_draft,
    read_value,
    unverified,
)
from overdraft.core.policy.edit import edited_setting, figure_of, may_be_empty


@pytest.fixture(scope="module")
def draft():
    return open_draft("turpan-2021")


@pytest.fixture
def small(small_text):
    return read_draft(small_text, Path("small-2024.toml"))


def test_without_edits_it_is_the_policy_itself(draft):
    assert edited_policy(draft, Edits()) is draft.policy
    assert not Edits()


def test_a_gap_is_filled_and_marked(draft):
    policy = edited_policy(draft, Edits(settings={"permit.idle_ratio": Decimal("0.3")}))
    item = policy.setting("permit.idle_ratio")
    assert (item.value, item.source, item.confidence) == (0.3, "user", "user")
    assert policy.version != draft.policy.version
    assert policy.clauses == draft.policy.clauses
    assert edited_setting(draft.policy, "permit.idle_ratio", Decimal("0.3")) == item


def test_a_reading_that_somebody_confirms_is_unverified_no_more(draft):
    key = "replacement.reading"
    assert key in unverified(draft.policy.settings)
    policy = edited_policy(draft, Edits(settings={key: draft.policy.value(key)}))
    assert key not in unverified(policy.settings)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("permit.idle_ratio", Decimal("1.5"), ["permit.idle_ratio", "1.5", "0 to 1"]),
        ("permit.idle_years", "two", ["permit.idle_years", "whole number"]),
        ("replacement.reading", "R9", ["replacement.reading", "R9", "R1"]),
        ("replacement.baseline", "soon", ["replacement.baseline", "date"]),
        ("replacement.credit_uses", ["irrigation", "<b>"], ["<b>"]),
        ("index.yearly", 3, ["table of the register"]),
        ("replacement.reading", None, ["replacement.reading", "needs a value"]),
        ("nothing.here", 3, ["nothing.here"]),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(draft, key, value, words):
    with pytest.raises(OverdraftError) as caught:
        edited_policy(draft, Edits(settings={key: value}))
    for word in words:
        assert word in caught.value.text("en")
    assert "{" not in caught.value.text("zh")


def test_a_value_taken_away_is_a_gap_again(draft):
    first = edited_policy(draft, Edits(settings={"permit.idle_ratio": "0.3"}))
    assert first.value("permit.idle_ratio") == 0.3
    key = "trend.window_years"  # a reading of ours
    policy = edited_policy(draft, Edits(settings={key: None}))
    assert (policy.value(key), policy.setting(key).source, policy.setting(key).confidence) == (
        None,
        "gap",
        "absent",
    )
    assert edited_setting(draft.policy, key, None) == policy.setting(key)
    assert may_be_empty(draft.policy, key)
    assert not may_be_empty(draft.policy, "replacement.reading")
    assert may_be_empty(draft.policy, "replacement.max_distance_m")


def test_values_are_written_as_toml_reads_them(draft):
    setting = draft.policy.setting
    assert read_value(setting("permit.idle_ratio"), 0.25) == Decimal("0.25")
    assert read_value(setting("price.bands"), "10; 20.5") == [Decimal(10), Decimal("20.5")]
    assert read_value(setting("replacement.credit_uses"), ("irrigation",)) == ["irrigation"]


def test_a_rule_is_switched_off_and_on_again(draft):
    off = edited_policy(draft, Edits(rules={3: False}))
    assert [use.position for use in off.off] == [3]
    assert len(off.rules) == len(draft.policy.rules) - 1
    on = edited_policy(draft, Edits(rules={3: True}))
    assert on.version == draft.policy.version


def test_a_figure_is_changed_and_marked(small):
    edits = Edits(targets={(0, "990101"): Decimal("1.30"), (1, "990102"): Decimal(2), (0, "990102"): None})
    policy = edited_policy(small, edits)
    first, second = policy.sheets
    assert dict(first.parts) == {"990101": Decimal("1.30")}
    assert first.given == ("990101", "990102")
    assert dict(second.parts) == {"990102": Decimal(2)}
    assert second.total == Decimal("2.5")
    assert [str(t.written) for t in policy.targets_for("total_use", 2030)] == ["3.0", "1.30"]


def test_the_documents_arithmetic_follows(small):
    sums = [check for check in small.policy.checks() if check.kind == "sum"]
    assert [check.difference for check in sums] == [Decimal("-0.05")]  # 1.25 + 1.70 beside 3.0
    policy = edited_policy(small, Edits(targets={(0, "990101"): Decimal("1.30")}))
    assert [check.agrees for check in policy.checks() if check.kind == "sum"] == [True]


def test_the_last_figure_cannot_go(small):
    with pytest.raises(OverdraftError) as caught:
        edited_policy(small, Edits(targets={(0, "total"): None}))
    assert "targets[0].total" in str(caught.value)


def test_a_place_that_the_policy_does_not_know_gets_no_figure(small):
    with pytest.raises(OverdraftError) as caught:
        edited_policy(small, Edits(targets={(0, "650402"): Decimal(1)}))
    assert "650402" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "figure"), [("1,234.50", "1234.50"), (" 6.60 ", "6.60"), ("", None), ("0", "0")]
)
def test_figures_are_kept_as_typed(text, figure):
    found = figure_of(text)
    assert (None if found is None else str(found)) == figure


@pytest.mark.parametrize("text", ["x", "-1", "nan", "inf", "1e13", "0.0000000001", "<b>1</b>"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(OverdraftError) as caught:
        figure_of(text)
    assert text in caught.value.text("zh")


def test_all_errors_of_a_file_are_told_at_once(small_text):
    assert policy_problems(small_text, "mine.toml") == []
    wrong = (
        small_text.replace("year = 2030", 'year = "2030"')
        .replace('force = "mandatory"', 'force = "strong"')
        .replace('issuer = "某市人民政府"\n', "")
    )
    found = policy_problems(wrong, "mine.toml")
    assert [problem.values["path"] for problem in found] == [
        "policy.issuer",
        "targets[0].year",
        "clauses[0].force",
    ]
    lines = wrong.splitlines()
    for problem, start in zip(found, ("[policy]", "year", "force"), strict=True):
        line = int(problem.values["place"].rpartition(":")[2])
        assert lines[line - 1].startswith(start)


def test_references_are_told_together_once_the_shape_is_right(small_text):
    wrong = small_text.replace('clauses = ["SML-1"]', 'clauses = ["SML-7"]').replace(
        'unit_id = "990102"', 'unit_id = "990109"'
    )
    found = policy_problems(wrong, "mine.toml")
    assert [problem.values["path"] for problem in found] == ["zone_units[0].unit_id", "notes[0].clauses[0]"]


def test_no_more_errors_are_told_than_somebody_reads(small_text):
    extra = "".join(f'\n[[notes]]\nid = {n}\nclauses = []\nen = ""\nzh = ""\n' for n in range(300))
    assert len(policy_problems(small_text + extra, "mine.toml")) == 200
