"""杭锦旗全面加强水资源管理工作方案 as data: complete, word for word, with every number where it belongs."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from overdraft.core.policy import Policy, assign_authorities, available_policies, load_policy
from overdraft.core.schema import register_schema

TEXT = Path(__file__).parents[2] / "data" / "policies" / "hangjin-2023.txt"

CLAUSES = """
2 3.1a 3.1b 3.1c 3.1d 3.2a 3.2b 3.3a 3.3b 3.3c 3.3d 3.4a 3.4b 3.4c 3.4d 3.4e 3.5a 3.5b 3.5c 3.5d 3.6 4.1 4.3
"""

DEFAULTS = {
    "land.baseline": date(2023, 4, 21),
    "assessment.missing": "deny",
    "share.equal": "review",
    "headroom.review_uses": ("emergency",),
    "plan.network_only": True,
    "platform.due_on": date(2023, 6, 30),
    "reclaimed.equal": "fail",
}

GAPS = {
    "index.units": "HJQ-3.1a",
    "index.users": "HJQ-3.1b",
    "price.resource_tax": "HJQ-3.2a",
    "tolerance.place_m": "HJQ-3.2b",
    "tolerance.depth_m": "HJQ-3.2b",
    "level.control": "HJQ-3.4a",
    "power.m3_per_kwh": "HJQ-3.4e",
    "index.total": "HJQ-3.5a",
    "dewatering.reuse_percent": "HJQ-3.5b",
    "price.tiers": "HJQ-3.5d",
    "warning.line_ratio": "HJQ-4.1",
    "quality.limits": "HJQ-4.1",
    "rectification.days": "HJQ-4.3",
}

RULES = """
HJQ-3.1a quota.allocation
HJQ-3.1b quota.allocation
HJQ-3.1c irrigation.expansion
HJQ-3.1d projects.assessment
HJQ-3.2a permits.required fees.paid
HJQ-3.2b permits.required permits.over_volume permits.use_differs permits.source_differs permits.conditions
HJQ-3.3a trend.yearly
HJQ-3.3b source.replace
HJQ-3.3c bans.use
HJQ-3.3d bans.industry
HJQ-3.4a quota.headroom levels.control
HJQ-3.4b users.plan
HJQ-3.4c meters.coverage
HJQ-3.4d meters.required meters.readings duties.penalties
HJQ-3.4e power.converted
HJQ-3.5a quota.cap
HJQ-3.5b shares.limit
HJQ-3.5c trend.yearly
HJQ-3.6 wells.closed_still_used duties.rectification
HJQ-4.1 meters.coverage meters.station_coverage levels.control quota.warning
HJQ-4.3 duties.rectification
"""


@pytest.fixture(scope="module")
def hangjin() -> Policy:
    return load_policy("hangjin-2023")


@pytest.fixture(scope="module")
def text() -> str:
    """The document itself, without blanks and line ends."""
    return "".join(TEXT.read_text(encoding="utf-8").split())


def test_identity(hangjin):
    assert hangjin.id == "hangjin-2023"
    assert hangjin.number == ""
    assert hangjin.title == "杭锦旗全面加强水资源管理工作方案"
    assert hangjin.issuer == "杭锦旗人民政府办公室"
    assert hangjin.issued_on == date(2023, 4, 21)
    assert (hangjin.city_id, hangjin.succeeds, hangjin.zone_units) == ("150625", "", ())


def test_identity_stands_in_the_document(hangjin, text):
    for words in (hangjin.title, hangjin.issuer, "2023年4月21日"):
        assert words in text


def test_it_is_listed(hangjin):
    assert "hangjin-2023" in {title.id for title in available_policies()}
    assert load_policy("hangjin-2023").version == hangjin.version


def test_the_banner_itself_is_where_it_applies(hangjin):
    assert [(unit.id, unit.level, unit.parent_id) for unit in hangjin.units] == [
        ("150625", "county", ""),
        ("150625400", "township", "150625"),
    ]
    for name in ("杭锦旗", "150625", "150625100", "Hanggin Banner", "杭锦经济开发区管委会"):
        assert hangjin.covers(name), name
    for name in ("杭锦后旗", "150826", "鄂尔多斯市", "1506", "654224", ""):
        assert not hangjin.covers(name), name


def test_addressee_stands_in_the_document(hangjin, text):
    assert "杭锦经济开发区管委会" in text
    assert hangjin.resolve_unit("杭锦经济开发区管委会") == "150625400"
    assert hangjin.resolve_unit("150625400000") == "150625400"
    assert hangjin.resolve_unit("锡尼镇") is None


def test_who_decides(hangjin):
    permit = assign_authorities(hangjin, county=["150625", "654224", None])
    assert permit["authority"].tolist() == ["杭锦旗水行政主管部门", "", ""]
    assert permit["clause"].tolist() == ["HJQ-3.2a", "", ""]
    management = assign_authorities(hangjin, county=["杭锦旗"], purpose="management", language="en")
    assert management["authority"].tolist() == ["Hanggin Banner Water Bureau"]


def test_all_clauses_are_there_in_order(hangjin):
    assert list(hangjin.clauses) == [f"HJQ-{number}" for number in CLAUSES.split()]
    assert len(hangjin.clauses) == 23


def test_every_quote_stands_in_the_document_word_for_word(hangjin, text):
    for clause in hangjin.clauses.values():
        assert "".join(clause.quote.split()) in text, clause.id


def test_quotes_of_the_notes_stand_in_the_document(hangjin, text):
    assert [note.id for note in hangjin.notes] == ["X-19", "X-20", "X-21", "X-22"]
    for note in hangjin.notes:
        assert note.en
        assert note.zh
        for quote in note.quotes:
            assert quote in text, note.id


def test_force_and_evaluation_of_clauses(hangjin):
    soft = [clause.id for clause in hangjin.clauses.values() if clause.force == "soft"]
    assert soft == ["HJQ-3.3b", "HJQ-3.5b"]
    assert Counter(c.force for c in hangjin.clauses.values()) == {"mandatory": 21, "soft": 2}
    by_evaluation: dict[str, list[str]] = {}
    for clause in hangjin.clauses.values():
        by_evaluation.setdefault(clause.evaluation, []).append(clause.id)
    assert by_evaluation["parameter"] == ["HJQ-3.4e", "HJQ-3.5a", "HJQ-4.1", "HJQ-4.3"]
    assert by_evaluation["checklist"] == ["HJQ-2", "HJQ-3.5d"]
    assert len(by_evaluation["computable"]) == 17


def test_settings_and_their_defaults(hangjin):
    assert {key: row.value for key, row in hangjin.settings.items() if row.source == "default"} == DEFAULTS
    assert [row.key for row in hangjin.settings.values() if row.source == "text"] == []
    for row in hangjin.settings.values():
        assert row.label("en")
        assert row.label("zh")
        if row.source == "default":
            assert row.confidence == "unverified"
            assert row.reason("en")
            assert row.reason("zh")


def test_choices_of_settings(hangjin):
    assert hangjin.setting("assessment.missing").allowed == ("deny", "review")
    assert set(hangjin.setting("headroom.review_uses").allowed) == set(register_schema().enums["use"])


def test_what_the_text_does_not_give_has_no_value(hangjin):
    gaps = {key: row.clause for key, row in hangjin.settings.items() if row.source == "gap"}
    assert gaps == GAPS
    for key in gaps:
        assert hangjin.value(key) is None
        assert hangjin.setting(key).confidence == "absent"


def test_there_are_no_targets_and_no_reduce_two_renew_one(hangjin):
    assert hangjin.targets == ()
    assert hangjin.checks() == []
    assert not hangjin.has("replacement")
    assert not hangjin.has("retirement")


def test_which_rule_judges_which_clause(hangjin):
    wanted = {line.split()[0]: line.split()[1:] for line in RULES.strip().splitlines()}
    found: dict[str, list[str]] = {}
    for use in hangjin.rules:
        found.setdefault(use.clause, []).append(use.rule)
    assert found == wanted


def test_figures_of_the_rules_stand_in_the_document(hangjin, text):
    uses = {(use.clause, use.rule): use for use in hangjin.rules}
    assert uses["HJQ-3.4b", "users.plan"].values["at_least"] == 5000
    assert "年用水量5000立方米（含）以上" in text
    assert hangjin.value("platform.due_on") == date(2023, 6, 30)
    assert "6月底前" in text


def test_words_of_the_bans(hangjin):
    uses = {(use.clause, use.rule): use.values for use in hangjin.rules}
    enums = register_schema().enums
    snow = uses["HJQ-3.3c", "bans.use"]["uses"]
    assert snow == ("waterscape", "recreation", "artificial_snow")
    assert set(snow) <= set(enums["use"])
    industry = uses["HJQ-3.3d", "bans.industry"]
    assert industry["industries"] == ("thermal_power", "textile", "petrochemical", "chemical")
    assert set(industry["industries"]) <= set(enums["project_industry"])
    assert industry["kinds"] == ("new", "rebuilt", "expanded")
    assert set(industry["kinds"]) <= set(enums["project_build_kind"])
    exempt = uses["HJQ-3.4a", "quota.headroom"]["exempt_uses"]
    assert exempt == ("urban_supply", "rural_drinking", "heating")
