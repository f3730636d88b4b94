"""英吉沙县节水行动实施方案 as data: complete, word for word, with every number where it belongs."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from overdraft.core.policy import Policy, assign_authorities, available_policies, load_policy
from overdraft.core.schema import register_schema

TEXT = Path(__file__).parents[2] / "data" / "policies" / "yengisar-2020.txt"

CLAUSES = """
2a 2b 2c 2d 2e 3.1.1a 3.1.1b 3.1.1c 3.1.1d 3.1.2a 3.1.2b 3.1.2c 3.1.2d 3.1.2e 3.1.2f 3.1.3
3.2.1a 3.2.1b 3.2.2 3.2.3a 3.2.3b 3.2.4 3.2.5 3.3.1a 3.3.1b 3.3.2a 3.3.2b 3.3.3
3.4.1a 3.4.1b 3.4.1c 3.4.2 3.4.3a 3.4.3b 3.4.4 3.5.1a 3.5.1b 3.5.1c 3.5.1d 3.5.1e 3.5.1f 3.5.2a 3.5.2b 3.5.2c
4.1.1 4.1.2 4.1.3a 4.1.3b 4.1.3c 4.1.3d 4.1.4a 4.1.4b 4.1.4c 4.2.7a 4.2.7b 4.2.9 4.2.10 5.1
"""

SOFT = "3.1.2c 3.1.2d 3.1.2e 3.2.1a 3.2.3b 3.3.1a 3.5.1f 4.1.4b 4.2.10"

DEFAULTS = {
    "unconventional.years": (2020, 2022),
    "unconventional.equal": "fail",
    "unconventional.cut_ratio": 1,
    "overdraft.window_years": 5,
    "overdraft.from_year": 2020,
    "abstraction.equal": "fail",
    "reclaimed.misc_percent": 100,
    "reclaimed.misc_short": "review",
    "balance.level": "township",
    "balance.window_years": 1,
    "special.uses": ("service",),
}

GAPS = {
    "index.yearly": "YJS-2e",
    "carrying.class_breaks": "YJS-3.1.1c",
    "quota.irrigation": "YJS-3.2.3a",
    "quota.enterprise": "YJS-3.3.1b",
    "quota.retrofit_by": "YJS-3.3.1b",
    "benchmark.sectors": "YJS-3.3.3",
    "network.close_by": "YJS-3.5.1b",
    "balance.recharge": "YJS-3.5.1f",
    "price.parts": "YJS-4.1.1",
    "tax.rates": "YJS-4.1.2",
    "users.above_scale_m3": "YJS-4.1.3d",
}

WITHOUT_RULE = """
3.1.1d 3.1.3 3.2.2 3.2.4 3.2.5 3.3.1b 3.3.3 3.4.2 3.5.1a 4.1.3d 4.1.4c 4.2.10 5.1
"""

FIGURES = {
    ("3.1.2b", "users.plan"): ("at_least", 10_000, "年用水量1万立方米及以上的工业企业"),
    ("3.1.2c", "users.duty"): ("above", 100_000, "年用水量超过10万立方米的企业，设立水务经理"),
    ("3.1.2d", "users.duty"): ("at_least", 200_000, "年用水量20万立方米以上企业自愿开展管网漏损自查"),
    ("3.1.2e", "users.duty"): ("at_least", 200_000, "企业、园区（年用水量20万立方米以上）"),
    ("3.3.1a", "users.duty"): ("above", 100_000, "年用水量超过10万立方米的企业自主开展用水审计"),
    ("3.4.3a", "users.duty"): ("above", 200_000, "年用水量超过20万立方米的学校"),
    ("4.1.4a", "users.duty"): ("at_least", 500_000, "年用水量50万立方米以上的工业和服务业用水单位"),
    ("4.1.4b", "users.duty"): ("above", 100_000, "年用水总量超过10万立方米的企业或园区"),
    ("4.2.9", "irrigation.leader"): ("at_least_mu", 10_000, "灌溉面积1万亩以上"),
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("yengisar-2020")


@pytest.fixture(scope="module")
def text() -> str:
    """The document itself, without blanks and line ends."""
    return "".join(TEXT.read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def uses(policy) -> dict:
    return {(use.clause.removeprefix("YJS-"), use.rule): use for use in policy.rules}


def test_identity_and_what_the_text_does_not_state(policy, text):
    assert policy.title == "英吉沙县节水行动实施方案"
    assert policy.title in text
    assert (policy.issuer, policy.issuer_en) == ("未说明", "not stated")
    assert (policy.number, policy.issued_on, policy.succeeds) == ("", None, "")
    assert policy.city_id == "653123"
    assert "yengisar-2020" in {title.id for title in available_policies()}


def test_the_county_itself_is_where_it_applies(policy):
    assert [(unit.id, unit.level) for unit in policy.units] == [("653123", "county")]
    for name in ("英吉沙县", "653123", "653123101", "653123000000", "Yengisar County", "喀什地区英吉沙县"):
        assert policy.covers(name), name
    for name in ("喀什地区", "6531", "653122", "650402", ""):
        assert not policy.covers(name), name
    assert policy.zone_units == ()


def test_who_decides(policy):
    permit = assign_authorities(policy, county=["653123", "650402"])
    assert permit["authority"].tolist() == ["英吉沙县水利局", ""]


def test_all_clauses_are_there_in_order(policy):
    assert list(policy.clauses) == [f"YJS-{number}" for number in CLAUSES.split()]
    assert len(policy.clauses) == 58


def test_every_quote_stands_in_the_document_word_for_word(policy, text):
    for clause in policy.clauses.values():
        assert clause.quote_read
        assert "".join(clause.quote.split()) in text, clause.id


def test_quotes_of_the_notes_stand_in_the_document(policy, text):
    textual = [note.id for note in policy.notes if note.id.startswith("X-")]
    assert textual == ["X-23", "X-24", "X-25", "X-26", "X-27"]
    for note in policy.notes:
        assert note.en
        assert note.zh
        for quote in note.quotes:
            assert "".join(quote.split()) in text, note.id


def test_force_and_evaluation_of_clauses(policy):
    soft = [clause.id for clause in policy.clauses.values() if clause.force == "soft"]
    assert soft == [f"YJS-{number}" for number in SOFT.split()]
    assert Counter(c.force for c in policy.clauses.values()) == {"mandatory": 49, "soft": 9}
    assert Counter(c.evaluation for c in policy.clauses.values()) == {
        "computable": 34,
        "parameter": 13,
        "checklist": 11,
    }


def test_settings_and_their_defaults(policy):
    assert {key: row.value for key, row in policy.settings.items() if row.source == "default"} == DEFAULTS
    assert not [key for key, row in policy.settings.items() if row.source == "text"]
    for row in policy.settings.values():
        assert row.label("en")
        assert row.label("zh")
        if row.source == "default":
            assert row.confidence == "unverified"
            assert row.reason("en")
            assert row.reason("zh")


def test_what_the_text_does_not_give_has_no_value(policy):
    gaps = {key: row.clause for key, row in policy.settings.items() if row.source == "gap"}
    assert gaps == GAPS
    assert all(policy.value(key) is None for key in gaps)


def test_the_one_target(policy):
    found = [(t.item, t.year, t.unit_id, str(t.written), t.unit, t.limit, t.clause) for t in policy.targets]
    assert found == [
        ("effective_irrigation_coefficient", 2020, "653123", "0.50", "ratio", "at_least", "YJS-2a")
    ]
    assert policy.checks() == []
    assert not policy.has("replacement")
    assert not policy.has("retirement")


def test_clauses_that_no_rule_judges(policy):
    bound = {use.clause for use in policy.rules}
    free = [clause for clause in policy.clauses if clause not in bound]
    assert free == [f"YJS-{number}" for number in WITHOUT_RULE.split()]
    gaps = set(GAPS.values())
    for clause in free:
        assert policy.clauses[clause].evaluation == "checklist" or clause in gaps, clause


@pytest.mark.parametrize("place", list(FIGURES), ids=lambda place: place[0])
def test_thresholds_of_users_have_the_operator_of_their_own_clause(uses, text, place):
    parameter, figure, words = FIGURES[place]
    values = dict(uses[place].values)
    assert values[parameter] == figure
    assert words in text
    assert not {"at_least", "above"} - {parameter} & set(values)


def test_other_figures_of_the_rules_stand_in_the_document(uses, text):
    assert uses["3.4.3a", "users.duty"].values["floor_at_least"] == 10_000
    assert "建筑面积1万平方米以上或年用水量超过20万立方米的学校" in text
    coefficient = uses["2a", "shares.limit"].values
    assert (coefficient["limit"], coefficient["years"], coefficient["at"]) == (50, (2020,), "at_least")
    assert uses["2b", "shares.limit"].values["limit"] == 100  # 全部
    assert uses["2d", "levels.zone_overdraft"].values == {"to_year": 2022, "check_level": True}
    assert uses["2e", "quota.cap"].values["years"] == (2035,)
    assert uses["3.4.1b", "source.replace"].values["from_year"] == 2020
    assert "自2020年起" in text
    for place in (("4.1.3b", "meters.coverage"), ("4.1.4a", "users.duty")):
        assert uses[place].values["due_on"] == date(2022, 12, 31)
    assert uses["3.1.2f", "duties.document"].values["by"] == date(2022, 12, 31)


def test_bans_name_what_the_text_names(uses):
    named = uses["3.5.1d", "bans.zone_abstraction"].values
    farms, trade = ("irrigation", "livestock"), ("service", "recreation", "artificial_snow")
    assert set(named["uses"]) == {"industry", *farms, *trade}
    assert not set(named["uses"]) & set(named["review_uses"])
    assert uses["3.5.1b", "network.existing"].values == {"action": "close", "outcome": "review"}
    assert uses["3.5.1b", "network.existing"].settings == {"due_on": "network.close_by"}
    assert uses["3.3.2b", "bans.industry"].values["permission"] == "review"
    assert uses["3.3.2a", "bans.flagged"].values == {"flag": "phased_out", "permission": "deny"}
    headroom = uses["4.2.7b", "quota.headroom"].values
    assert (headroom["trigger"], headroom["trade"], headroom["permission"]) == ("at_or_above", True, "deny")


def test_words_are_words_of_the_register(policy, uses):
    enums = register_schema().enums
    assert set(policy.setting("special.uses").allowed) == set(enums["use"])
    assert set(uses["3.4.1b", "source.replace"].values["uses"]) <= set(enums["use"])
    assert set(uses["3.3.2b", "bans.industry"].values["industries"]) <= set(enums["project_industry"])
