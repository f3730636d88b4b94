"""Every clause of every policy has a place: a rule, a value that it waits for, or a person."""

import importlib.util
from pathlib import Path

import pytest

from overdraft.core.policy import available_policies, load_policy
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.coverage import coverage
from overdraft.core.rules.registry import all_rules

ROOT = Path(__file__).resolve().parents[3]
POLICIES = [title.id for title in available_policies()]
CLAUSES = {"turpan-2021": 73, "toli-2024": 44, "hangjin-2023": 23, "yengisar-2020": 58, "kunyu-2025": 27}
"""Numbered clauses of each document."""


def test_the_five_documents_and_the_national_rules_ship():
    assert set(POLICIES) == {*CLAUSES, "national"}
    assert sum(CLAUSES.values()) == 225


@pytest.mark.parametrize(("policy", "number"), CLAUSES.items())
def test_every_clause_of_the_document_is_there(policy, number):
    assert len(load_policy(policy).clauses) == number


@pytest.mark.parametrize("policy", POLICIES)
def test_every_clause_has_a_place(policy):
    assert [place.clause for place in coverage(load_policy(policy)) if not place.placed] == []


@pytest.mark.parametrize("policy", POLICIES)
def test_a_clause_that_data_can_show_is_judged(policy):
    """Only what needs a value that the text lacks may have no rule."""
    document = load_policy(policy)
    left = [
        place.clause
        for place in coverage(document)
        if document.clauses[place.clause].evaluation == "computable" and not place.rules
    ]
    assert left == []


def test_every_rule_is_used_by_a_clause():
    used = {bound.rule.name for policy in POLICIES for bound in bindings(load_policy(policy))}
    assert set(all_rules()) - used == set()


def test_the_page_is_up_to_date():
    spec = importlib.util.spec_from_file_location("clauses", ROOT / "tools/clauses.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert (ROOT / "docs/clauses.md").read_text(encoding="utf-8") == tool.page()
