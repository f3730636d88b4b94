"""The rectification notice of 第十四师昆玉市 (2025) as data: complete, word for word, every number in place."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from overdraft.core.policy import Policy, available_policies, load_policy
from overdraft.core.schema import register_schema

TEXT = Path(__file__).parents[2] / "data" / "policies" / "kunyu-2025.txt"

CLAUSES = """
1 2 3 M1 R1 M2 R2a R2b R2c R2d M3 R3 M4 R4a R4b M5 R5a R5b R5c R5d R5e M6 R6a R6b R6c R6d P
"""

CLAIMS = {
    "claims.actual_2023": (2112.32, "KYS-R5b", "2023年地下水实际开采总量2112.32万m³"),
    "claims.actual_2024": (2356.52, "KYS-R5c", "2024年师市老团场地下水实际开采总量2356.52万m³"),
    "claims.actual_2025": (954.57, "KYS-R5d", "师市老团场地下水实际开采量为954.57万m³"),
    "claims.actual_2025_on": (date(2025, 8, 26), "KYS-R5d", "截至2025年8月26日"),
    "claims.issuer_2023": ("自治区水利厅", "KYS-R5b", "2023年度自治区水利厅向师市下达"),
    "claims.issuer_2024": ("自治区水资委办公室", "KYS-R5c", "2024年度自治区水资委办公室向师市老团场下达"),
    "claims.wells_permitted": (397, "KYS-R2a", "机井共397眼"),
    "claims.wells_closed": (173, "KYS-R2b", "农业灌溉机井共173眼"),
    "claims.assessments": (6, "KYS-R3", "节水评价等6项工作"),
    "claims.platform_year": (2020, "KYS-R6a", "2020年建立了地下水井电双控监测平台系统"),
    "claims.upgrade_cost": (335.7, "KYS-R6b", "2024年投资335.7万元"),
    "notice.first_day": (date(2025, 9, 4), "KYS-P", "公示时间：2025年9月4日至"),
    "notice.last_day": (date(2025, 9, 17), "KYS-P", "至9月17日，共10个工作日"),
}

GAPS = {
    "index.yearly": "KYS-3",
    "index.total": "KYS-M1",
    "regiments.old": "KYS-R5c",
    "closing.standard": "KYS-R2b",
    "fee.rates": "KYS-R2d",
    "users.key": "KYS-M4",
    "level.thresholds": "KYS-M5",
    "meters.stale_days": "KYS-R6a",
    "meters.check_days": "KYS-R6d",
}

OLD = "kunyu-old-regiments"


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy("kunyu-2025")


@pytest.fixture(scope="module")
def text() -> str:
    """The document itself, without blanks and line ends."""
    return "".join(TEXT.read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def uses(policy) -> dict:
    return {(use.clause.removeprefix("KYS-"), use.rule): use for use in policy.rules}


def test_identity_stands_in_the_document(policy, text):
    assert policy.title == "师市水利局关于落实第二轮中央生态环境保护督察反馈意见（问题四）整改完成情况的公示"
    for words in (policy.title, policy.issuer, "2025年9月4日"):
        assert words in text
    assert (policy.issued_on, policy.number, policy.city_id) == (date(2025, 9, 4), "", "659009")
    assert "kunyu-2025" in {title.id for title in available_policies()}


def test_units_are_those_that_the_text_names(policy, text):
    regiments = {unit.name for unit in policy.units if unit.level == "regiment"}
    assert regiments == {"四十七团", "二二五团", "皮山农场", "一牧场"}
    assert all(unit.name in text for unit in policy.units)
    assert {unit.parent_id for unit in policy.units} == {"", "659009"}
    assert {unit.level for unit in policy.units} <= set(register_schema().enums["unit_level"])


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("昆玉市", "659009"),
        ("第十四师昆玉市", "659009"),
        ("师市", "659009"),
        ("659009000000", "659009"),
        ("225团", "xpcc-14-225"),
        ("第十四师４７团", "xpcc-14-47"),
        ("老团场", OLD),
        ("皮山县", None),
    ],
)
def test_names_of_the_units(policy, name, unit):
    assert policy.resolve_unit(name) == unit
    assert policy.covers(name) == (unit is not None)


def test_all_clauses_are_there_in_order(policy):
    assert list(policy.clauses) == [f"KYS-{number}" for number in CLAUSES.split()]
    assert len(policy.clauses) == 27


def test_every_quote_stands_in_the_document_word_for_word(policy, text):
    for clause in policy.clauses.values():
        assert clause.quote_read
        assert "".join(clause.quote.split()) in text, clause.id


def test_quotes_of_the_notes_stand_in_the_document(policy, text):
    textual = [note.id for note in policy.notes if note.id.startswith("X-")]
    assert textual == ["X-28", "X-29", "X-31", "X-32", "X-33", "X-34", "X-35"]  # X-30 is arithmetic
    for note in policy.notes:
        assert note.en
        assert note.zh
        for quote in note.quotes:
            assert "".join(quote.split()) in text, note.id


def test_results_are_claims_and_measures_are_duties(policy):
    for clause in policy.clauses.values():
        number = clause.id.removeprefix("KYS-")
        claimed = number.startswith("R") or number in ("1", "P")
        assert clause.force == ("claimed" if claimed else "mandatory"), clause.id
    assert Counter(c.force for c in policy.clauses.values()) == {"claimed": 19, "mandatory": 8}
    assert Counter(c.evaluation for c in policy.clauses.values()) == {
        "computable": 21,
        "parameter": 2,
        "checklist": 4,
    }


def test_plan_indices_belong_to_the_unit_that_got_them(policy, text):
    found = {(t.year, t.unit_id): (str(t.written), t.base_value, t.limit, t.clause) for t in policy.targets}
    assert found == {
        (2023, "659009"): ("2589", 25_890_000.0, "at_most", "KYS-R5b"),
        (2024, OLD): ("2482", 24_820_000.0, "at_most", "KYS-R5c"),
        (2025, OLD): ("2482", 24_820_000.0, "at_most", "KYS-R5d"),
    }
    assert {t.item for t in policy.targets} == {"groundwater_use"}
    for words in ("向师市下达地下水计划控制指标2589万m³", "向师市老团场下达地下水计划控制指标2482万m³"):
        assert words in text
    assert policy.checks() == []  # the scope changes: no sum, no base year


@pytest.mark.parametrize("key", list(CLAIMS))
def test_reported_figures_stand_in_the_document(policy, text, key):
    value, clause, words = CLAIMS[key]
    setting = policy.setting(key)
    assert (setting.value, setting.clause) == (value, clause)
    assert (setting.source, setting.confidence) == ("text", "verified")
    assert words in text


def test_settings_are_complete(policy):
    by_source = {source: set() for source in ("text", "default", "gap")}
    for key, row in policy.settings.items():
        by_source[row.source].add(key)
        assert row.label("en")
        assert row.label("zh")
    assert by_source["text"] == set(CLAIMS)
    assert by_source["default"] == {"overload.level", "wells.triaged"}
    assert policy.value("wells.triaged") == 397 + 173
    assert policy.value("overload.level") == "regiment"
    assert {key: policy.setting(key).clause for key in by_source["gap"]} == GAPS
    assert all(policy.value(key) is None for key in GAPS)


def test_clauses_that_no_rule_judges_are_checklists(policy):
    bound = {use.clause for use in policy.rules}
    free = [clause for clause in policy.clauses.values() if clause.id not in bound]
    assert [clause.id for clause in free] == ["KYS-1", "KYS-R4b", "KYS-R5a", "KYS-R6b"]
    assert {clause.evaluation for clause in free} == {"checklist"}


def test_figures_of_the_rules_are_those_of_the_text(uses, policy, text):
    assert uses["2", "duties.rectification"].values == {
        "due_on": date(2025, 12, 31),
        "kinds": ("rectification",),
    }
    assert "2025年12月31日前" in text
    assert uses["R2a", "wells.claimed_count"].values["count"] == policy.value("claims.wells_permitted")
    closed = uses["R2b", "wells.claimed_count"].values
    assert (closed["count"], closed["counted"], closed["uses"]) == (173, "closed", ("irrigation",))
    assert uses["R3", "projects.claimed_count"].values == {"count": policy.value("claims.assessments")}
    assert uses["P", "duties.notice_days"].values == {"working_days": 10}


def test_each_year_is_judged_at_its_own_scope(uses):
    years = {
        number: (uses[number, "quota.cap"].values["level"], uses[number, "quota.cap"].values["years"])
        for number in ("R5b", "R5c", "R5d")
    }
    assert years == {
        "R5b": ("city", (2023,)),
        "R5c": ("management_unit", (2024,)),
        "R5d": ("management_unit", (2025,)),
    }
    change = uses["R5e", "quota.comparable"].values
    assert (change["from_year"], change["to_year"]) == (2023, 2024)
    assert uses["R4a", "quota.allocation"].values["then"] == "well"
