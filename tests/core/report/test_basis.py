"""What a finding rests on, as the report prints it."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pandas as pd
import pytest

from overdraft.core.policy import load_policy
from overdraft.core.report.basis import clauses_of, evidence_of, field_label, figures_of, number, settings_of
from overdraft.core.report.words import Words

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
