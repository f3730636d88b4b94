"""What the document's own figures say about each other. Numbers worked out by hand beside each test."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from overdraft.core.messages import render
from overdraft.core.policy import parse_policy
from overdraft.core.rules.policy_arithmetic import policy_findings

D = Decimal


def one(policy, kind, clause, **values):
    """The only check of a kind on a clause (with these message values)."""
    found = [
        check
        for check in policy.checks()
        if check.kind == kind
        and check.clause == clause
        and all(check.message_values.get(name) == value for name, value in values.items())
    ]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize((), [pytest.param(id="AC-01")])
def test_ac_01_retired_area_adds_up(turpan):
    check = one(turpan, "sum", "TLF-1.2e")
    assert list(check.parts.values()) == [D("6.6"), D("6.1"), D("5.1")]
    assert (check.computed, check.stated, check.difference) == (D("17.8"), D("17.8"), 0)
    assert check.agrees
    assert check.unit == "万亩"


@pytest.mark.parametrize((), [pytest.param(id="AC-02")])
def test_ac_02_total_use_2025_is_a_hundredth_off(turpan):
    check = one(turpan, "sum", "TLF-1.2h")
    assert list(check.parts.values()) == [D("3.81"), D("3.60"), D("3.71"), D("0.09")]
    assert (check.computed, check.stated) == (D("11.21"), D("11.2"))
    assert check.difference == D("0.01")
    assert check.base_difference == 1_000_000
    assert check.base_unit == "m3"
    assert check.base_difference / 10_000 == 100  # 万m³
    assert not check.agrees
    assert check.within_rounding
    assert "within rounding of 11.2" in render(check.message_key, check.message_values, "en")
    assert "1,000,000 m3" in render(check.message_key, check.message_values, "zh")


@pytest.mark.parametrize((), [pytest.param(id="AC-03")])
def test_ac_03_groundwater_2025_adds_up(turpan):
    check = one(turpan, "sum", "TLF-1.2i")
    assert list(check.parts.values()) == [D("1.91"), D("1.86"), D("1.06"), D("0.09")]
    assert (check.computed, check.stated, check.agrees) == (D("4.92"), D("4.92"), True)


@pytest.mark.parametrize(
    ("clause", "parts", "total"),
    [
        ("TLF-1.2n", ["3.51", "3.32", "3.51", "0.10"], "10.44"),
        ("TLF-1.2o", ["1.58", "1.55", "0.80", "0.10"], "4.03"),
    ],
)
@pytest.mark.parametrize((), [pytest.param(id="AC-04")])
def test_ac_04_targets_of_2035_add_up(turpan, clause, parts, total):
    check = one(turpan, "sum", clause)
    assert list(check.parts.values()) == [D(part) for part in parts]
    assert (check.computed, check.stated, check.agrees) == (D(total), D(total), True)


@pytest.mark.parametrize((), [pytest.param(id="AC-05")])
def test_ac_05_both_target_years_imply_one_2020(turpan):
    total = one(turpan, "base_year", "TLF-1.2n")  # 11.2 + 1.16 = 10.44 + 1.92
    assert total.parts == {"2025": D("12.36"), "2035": D("12.36")}
    assert total.agrees
    groundwater = one(turpan, "base_year", "TLF-1.2o")  # 4.92 + 1.27 = 4.03 + 2.16
    assert groundwater.parts == {"2025": D("6.19"), "2035": D("6.19")}
    assert groundwater.agrees


@pytest.mark.parametrize((), [pytest.param(id="AC-05")])
def test_ac_05_the_parts_of_2025_imply_another_2020(turpan):
    check = one(turpan, "reduction", "TLF-1.2h")  # 12.36 − 11.21 = 1.15, stated 1.16; 11.21 + 1.16 = 12.37
    assert (check.computed, check.stated) == (D("1.15"), D("1.16"))
    assert not check.agrees
    assert not check.within_rounding
    assert check.message_values["implied_base"] == "12.37"
    assert check.message_values["base"] == "12.36"
    for clause, stated in (("TLF-1.2i", "1.27"), ("TLF-1.2n", "1.92"), ("TLF-1.2o", "2.16")):
        other = one(turpan, "reduction", clause)
        assert (other.computed, other.stated, other.agrees) == (D(stated), D(stated), True)


@pytest.mark.parametrize(
    ("item", "target", "share", "met", "short", "short_m3"),
    [
        ("total_use", "11.2", "60.42", True, "0", "0"),  # 1.16 ÷ 1.92
        ("total_use", "11.21", "59.90", False, "0.002", "200,000"),  # 1.15 ÷ 1.92; 0.6 · 1.92 − 1.15
        ("groundwater_use", "4.92", "58.80", False, "0.026", "2,600,000"),  # 1.27 ÷ 2.16; 0.6 · 2.16 − 1.27
    ],
)
@pytest.mark.parametrize((), [pytest.param(id="AC-06")])
def test_ac_06_over_use_as_one_reading_of_it(turpan, item, target, share, met, short, short_m3):
    check = one(turpan, "over_use", "TLF-1.2g", reading_item=item, target=target)
    assert (check.stated, check.computed, check.agrees) == (D(60), D(share), met)
    assert check.informative
    assert check.unit == "%"
    assert (check.message_values["short"], check.message_values["short_base"]) == (short, short_m3)


@pytest.mark.parametrize((), [pytest.param(id="AC-07")])
def test_ac_07_water_from_other_sources_must_rise(turpan):
    first, second = one(turpan, "remainder", "TLF-1.2i"), one(turpan, "remainder", "TLF-1.2o")
    assert first.parts == {"2020": D("6.17"), "2025": D("6.28")}  # 12.36 − 6.19; 11.2 − 4.92
    assert second.parts == {"2020": D("6.17"), "2035": D("6.41")}  # 10.44 − 4.03
    assert (first.difference, second.difference) == (D("0.11"), D("0.24"))


def test_water_from_other_sources_by_county(turpan):
    check = one(turpan, "remainder_sum", "TLF-1.2i")
    assert check.parts == {
        "650402": D("1.90"),
        "650421": D("1.74"),
        "650422": D("2.65"),
        "reserve": D("0.00"),
    }
    assert (check.computed, check.stated, check.agrees) == (D("6.29"), D("6.28"), False)
    assert one(turpan, "remainder_sum", "TLF-1.2o").agrees


def test_the_whole_reserve_is_groundwater(turpan):
    for clause, figure in (("TLF-1.2i", "0.09"), ("TLF-1.2o", "0.10")):
        check = one(turpan, "reserve", clause)
        assert check.computed == check.stated == D(figure)


def test_every_check_can_be_said_in_both_languages(turpan, small_text):
    small = parse_policy(small_text, "small-2024.toml")
    for check in (*turpan.checks(), *small.checks()):
        for language in ("en", "zh"):
            assert "{" not in render(check.message_key, check.message_values, language)


def test_findings_are_the_inconsistencies_and_count_the_rest(turpan):
    verdicts = policy_findings(turpan)
    rows = verdicts.rows[["rule", "clause", "subject_role", "subject_id", "period", "outcome"]]
    assert rows.to_numpy().tolist() == [
        ["policy.arithmetic", "TLF-1.2h", "policy", "total_use:2025", "2025", "review"],
        ["policy.reduction", "TLF-1.2h", "policy", "total_use:2025", "2025", "review"],
    ]
    assert verdicts.rows["measured"].tolist() == [11.21, 1.15]
    assert verdicts.rows["threshold"].tolist() == [11.2, 1.16]
    assert json.loads(verdicts.rows["evidence"][0])["parts"]["650421"] == "3.60"
    counts = verdicts.counts
    assert counts["n_subjects"].sum() == 11  # 5 sums, 2 base years, 4 reductions
    assert counts["n_pass"].sum() == 9
    for key, values in zip(verdicts.rows["message_key"], verdicts.rows["message_values"], strict=True):
        assert "{" not in render(key, json.loads(values), "zh")


def test_any_document_is_checked_the_same_way(small_text):
    """1.25 + 1.70 = 2.95, not 3.0 (but rounds to it); 3.0 + 0.5 = 3.5, but 2.5 + 1.1 = 3.6."""
    policy = parse_policy(small_text, "small-2024.toml")
    total = one(policy, "sum", "SML-1")
    assert (total.difference, total.agrees, total.within_rounding) == (D("-0.05"), False, True)
    assert total.base_difference == -500
    base = one(policy, "base_year", "SML-1")
    assert (base.stated, base.computed, base.agrees, base.within_rounding) == (
        D("3.5"),
        D("3.6"),
        False,
        False,
    )
    reduction = one(policy, "reduction", "SML-1")  # base 3.6 from the other year − 2.95
    assert (reduction.stated, reduction.computed) == (D("0.5"), D("0.65"))
    assert sorted(policy_findings(policy).rows["rule"]) == [
        "policy.arithmetic",
        "policy.base_year",
        "policy.reduction",
    ]


def test_a_consistent_document_has_no_findings(small_text):
    text = small_text.replace("990102 = 1.70", "990102 = 1.75").replace("value = 1.1", "value = 1.0")
    verdicts = policy_findings(parse_policy(text, "small-2024.toml"))
    assert len(verdicts.rows) == 0
    assert verdicts.counts["n_pass"].sum() == 3


def test_figures_are_not_repaired(turpan):
    assert str(turpan.targets_for("total_use", 2025)[0].written) == "11.2"
