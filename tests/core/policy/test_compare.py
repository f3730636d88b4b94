"""Two policies line by line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from overdraft.core.policy import available_policies, compare_policies, load_policy, parse_policy


def lines(before, after):
    found = compare_policies(parse_policy(before, "a.toml"), parse_policy(after, "b.toml"))
    return [
        (line.section, line.entry, line.field, line.change, line.before, line.after)
        for line in found
        if line.field != "version"
    ]


@pytest.mark.parametrize("policy", [title.id for title in available_policies()])
def test_a_policy_is_the_same_as_itself(policy):
    assert compare_policies(load_policy(policy), load_policy(policy)) == ()


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            'title_en = "Groundwater plan of an invented city"',
            'title_en = "Another plan"',
            ("identity", "", "title_en", "changed", "Groundwater plan of an invented city", "Another plan"),
        ),
        (
            "3.0万立方米",
            "3.1万立方米",
            (
                "clauses",
                "SML-1",
                "quote",
                "changed",
                "用水总量不得超过3.0万立方米",
                "用水总量不得超过3.1万立方米",
            ),
        ),
        ('value = "R2"', 'value = "R1"', ("settings", "limits.reading", "value", "changed", "R2", "R1")),
        ("max = 5000", "max = 6000", ("settings", "limits.max_distance_m", "maximum", "changed", 5000, 6000)),
        (
            "990101 = 1.25",
            "990101 = 1.250",
            ("targets", "total_use 2030 990101", "figure", "changed", Decimal("1.25"), Decimal("1.250")),
        ),
        (
            ", 990102 = 1.70",
            "",
            ("targets", "total_use 2030 990102", "", "gone", Decimal("1.70"), None),
        ),
        (
            'aliases = ["甲"]',
            'aliases = ["甲", "乙地"]',
            ("units", "990101", "aliases", "changed", ("甲",), ("甲", "乙地")),
        ),
        ('en = "A note."', 'en = "Two."', ("notes", "N-1", "en", "changed", "A note.", "Two.")),
        ('severity = "severe"\n', "", ("zones", "SML-1 990102", "severity", "changed", "severe", "")),
    ],
)
def test_each_difference_is_one_line_with_both_values(small_text, old, new, line):
    assert old in small_text
    changed = small_text.replace(old, new, 1)
    assert lines(small_text, changed) == [line]
    section, entry, field, change, before, after = line
    back = {"gone": "added", "changed": "changed"}[change]
    assert lines(changed, small_text) == [(section, entry, field, back, after, before)]


def test_clauses_settings_and_rules_that_came(small_text):
    clause = small_text[small_text.index("[[clauses]]") :].replace("SML-1", "SML-2")
    rule = '\n[[rules]]\nclause = "SML-1"\nrule = "permits.idle"\nwith = { action = "reduce_plan" }\n'
    found = lines(small_text, small_text + clause + rule)
    assert found == [
        ("clauses", "SML-2", "", "added", None, "用水总量不得超过3.0万立方米"),
        ("rules", "SML-1 permits.idle", "", "added", None, True),
    ]
    off = lines(small_text + rule, small_text + rule + "on = false\n")
    assert off == [("rules", "SML-1 permits.idle", "on", "changed", True, False)]
