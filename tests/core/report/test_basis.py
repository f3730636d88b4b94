"""What a finding rests on, as the report prints it."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pandas as pd
import pytest

from overdraft.core.messages import LANGUAGES, catalogue
from overdraft.core.policy import available_policies, load_policy
from overdraft.core.report.basis import (
    clauses_of,
    evidence_of,
    field_label,
    figures_of,
    number,
    parameter_choice,
    parameter_label,
    settings_of,
)
from overdraft.core.report.decided import changes_of
from overdraft.core.report.words import Words
from overdraft.core.rules.registry import all_rules

CORE = Path(__file__).resolve().parents[3] / "core"


def finding(**values) -> dict:
    empty = {"subject_role": "wells", "evidence": "{}", "settings": "{}", "measure_unit": ""}
    return {"clause": "TOL-9b", "measured": None, "threshold": None, **empty, **values}


def evidence_names() -> set[str]:
    """Keys of every dictionary that the code hands over as evidence."""
    nodes = [node for path in CORE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    given = [node.value for node in nodes if isinstance(node, ast.keyword) and node.arg == "evidence"]
    tables = [one for value in given for one in ast.walk(value) if isinstance(one, ast.Dict)]
    keys = [key for table in tables for key in table.keys if isinstance(key, ast.Constant)]
    return {key.value for key in keys if isinstance(key.value, str)}


def test_all_evidence_has_words():
    names = evidence_names()
    assert len(names) > 100
    words = Words("zh", load_policy("turpan-2021"))
    lacking = sorted(name for name in names if field_label(name, "wells", words).isascii())
    assert lacking == []


PARAMETERS = {one.name for rule in all_rules().values() for one in rule.parameters}


def choices() -> set[tuple[str, str]]:
    """Parameter and token: what rules allow, and what the shipped policies say."""
    allowed = {
        (one.name, word) for rule in all_rules().values() for one in rule.parameters for word in one.one_of
    }
    policies = [load_policy(title.id) for title in available_policies()]
    given = [
        pair for policy in policies for use in (*policy.rules, *policy.off) for pair in use.values.items()
    ]
    members = [
        (name, one) for name, value in given for one in (value if isinstance(value, tuple) else (value,))
    ]
    return allowed | {(name, one) for name, one in members if isinstance(one, str)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_parameters_of_rules_have_words(language):
    """Words of their own: a field or evidence of the same name may mean something else."""
    words = Words(language, None)
    told = {name: parameter_label(name, words) for name in PARAMETERS}
    assert len(told) > 100
    assert sorted(name for name in told if f"parameter.{name}" not in catalogue()) == []
    assert {name: text for name, text in told.items() if text == name or "_" in text} == {}
    assert language == "en" or sorted(name for name, text in told.items() if text.isascii()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_words_that_a_parameter_may_hold_have_words(language):
    words = Words(language, None)
    told = {(name, token): parameter_choice(name, token, words) for name, token in choices()}
    assert len(told) > 200
    assert {pair: text for pair, text in told.items() if "_" in text} == {}
    assert language == "en" or sorted(pair for pair, text in told.items() if text.isascii()) == []


def test_a_parameter_is_not_taken_for_a_field_of_its_name():
    words = Words("zh", None)
    assert field_label("at", "", words) == "时间"
    assert parameter_label("at", words) == "限值方向"
    assert words.choice("first") == "一级取水口"
    assert parameter_choice("urgency", "first", words) == "优先替代"
    assert parameter_choice("intake_level", "first", words) == "一级取水口"
    assert parameter_label("well_id", words) == "机井编号"  # of no rule: a field
    assert parameter_label("nobody_knows", words) == "nobody_knows"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_change_of_what_a_clause_fixes_is_told_in_words(language):
    changed = {"settings": {"urgency": ["first", "must"]}, "evidence": {"at": [None, "2024"]}}
    rows = list(changes_of({"changed": json.dumps(changed)}, "wells", None, Words(language, None)))
    told = [(row.label, row.then, row.now) for row in rows]
    assert (
        told
        == {
            "en": [("Urgency", "to be replaced first", "must be replaced"), ("Time", "—", "2024")],
            "zh": [("替代要求", "优先替代", "应当替代"), ("时间", "—", "2024")],
        }[language]
    )


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Deadline of works that stood before (existing_by)"), ("zh", "已建工程的完成期限 (existing_by)")],
)
def test_a_missing_parameter_is_told_with_its_words(language, told):
    """The name stays beside them: it is what has to be written into the file."""
    sentence = Words(language, None).sentence("rules.parameter_missing", {"parameter": "existing_by"})
    assert told in sentence


@pytest.mark.parametrize(
    ("value", "shown"),
    [(4560.0, "4,560"), (0.12, "0.12"), (92.857142, "92.857"), (-15454728.3, "−15,454,728.3"), (0.0, "0")],
)
def test_numbers_end_where_they_say_nothing_more(value, shown):
    assert number(value) == shown


def test_figures_stand_with_their_unit():
    words = Words("en", load_policy("toli-2024"))
    row = finding(measured=39728.7, threshold=71000.0, measure_unit="m3")
    assert figures_of(row, words) == "Measured 39,728.7 m³; limit 71,000 m³"
    assert figures_of(finding(measured=12.0, measure_unit="count"), words) == "Measured 12"
    assert figures_of(finding(), words) == ""


def test_evidence_in_words():
    policy = load_policy("toli-2024")
    evidence = json.dumps(
        {"status": "sealed", "metered": False, "year": 2024.0, "months": [3, 4], "permit_no": None}
    )
    row = finding(evidence=evidence)
    assert evidence_of(row, Words("en", policy)) == "Status: Sealed; Metered: no; Year: 2024; Months: 3, 4"
    assert evidence_of(row, Words("zh", policy)).startswith("使用状态：封填")


def test_clauses_and_settings_stand_once():
    policy = load_policy("toli-2024")
    settings = json.dumps({"fee.base": "plan", "bands": [0.2]})
    found = pd.DataFrame(
        [finding(settings=settings, clause=name) for name in ("TOL-13d", "TOL-9b", "TOL-13d")]
    )
    assert [clause.id for clause in clauses_of(found, policy)] == ["TOL-9b", "TOL-13d"]
    label = policy.settings["fee.base"].label("en")
    assert settings_of(found, Words("en", policy), policy).count(label) == 1


def test_units_are_named_in_the_language_of_the_report():
    words = Words("en", load_policy("kunyu-2025"), {"Z-1": "一区"})
    assert words.place("kunyu-old-regiments") == words.place("师市老团场") == "Old regiments of the division"
    assert (words.place("Z-1"), words.place("Z-2"), words.place("")) == ("一区", "Z-2", "—")


def test_a_gap_in_a_list_of_evidence_is_told():
    row = finding(evidence=json.dumps({"in_force_since": ["2022-06-30", None]}))
    assert evidence_of(row, Words("zh", load_policy("toli-2024"))).endswith("2022-06-30、未登记")
    assert evidence_of(row, Words("en", load_policy("toli-2024"))).endswith("2022-06-30, not recorded")


def tokens_of_settings() -> set[tuple[str, str]]:
    """Every text that a setting of a shipped policy may have, with the policy."""
    found = set()
    for name in ("turpan-2021", "toli-2024", "hangjin-2023", "yengisar-2020", "kunyu-2025", "national"):
        for setting in load_policy(name).settings.values():
            found |= {(name, token) for token in setting.allowed if isinstance(token, str)}
    return found


def test_all_choices_of_settings_have_words():
    tokens = tokens_of_settings()
    assert len(tokens) > 50
    lacking = {
        token
        for name, token in tokens
        if Words("zh", load_policy(name)).choice(token) == token != token.upper()
    }
    assert lacking == set()


def test_a_token_reads_as_what_it_mostly_is():
    policy = load_policy("turpan-2021")
    assert [Words("zh", policy).choice(one) for one in ("county", "irrigation", "fail", "recorded")] == [
        "县级",
        "农业灌溉",
        "不符合",
        "登记值",
    ]
    row = finding(evidence=json.dumps({"reasons": ["double_pledge", "incomplete"]}))
    assert evidence_of(row, Words("zh", policy)).endswith("重复对应、有效对应不足")


def test_a_year_in_a_sentence_has_no_thousands():
    """A year that went through JSON is a float."""
    words = Words("zh", None)
    told = words.sentence("allocation.cap.missing", {"unit": "X", "year": 2025.0, "n_wells": 1234.0})
    assert "2025年" in told
    assert "1,234眼" in told
    assert words._told("first_year", 2024.0, "") == "2024"
