"""From the register to a pairing plan: who is asked for, which wells may be taken, what the ledger leaves of them.

Wells of the world stand in a column 10 m apart, in the order in which they are added; permits are 100,000 m³ each.
"""

from __future__ import annotations

import json

import pytest

from overdraft.core.errors import OverdraftError
from overdraft.core.planning.pairing import CostWeights
from overdraft.core.planning.renewals import in_words

from .conftest import pairs_of, reasons

GAOCHANG, SHANSHAN = "650402", "650421"


def near(plan, renewal: str) -> dict[str, str]:
    """Nearest wells that may not be taken, with the reason."""
    rows = plan.unmet.set_index("renewal_id")
    return {one["well"]: one["reason"] for one in json.loads(rows.at[renewal, "near"])}


def test_the_two_nearest_free_seals_serve_a_renewal(world):
    world.sealed("A")
    world.sealed("B")
    world.sealed("C")
    world.proposed("N")
    plan = world.plan()
    assert pairs_of(plan) == {"N": {"B", "C"}}  # 10 m and 20 m off
    rows = plan.pairs.set_index("retired_id")
    assert rows["distance_m"].tolist() == pytest.approx([20, 10], rel=0.002)
    assert rows["cost"].tolist() == pytest.approx([0.020, 0.010], rel=0.002)
    assert not rows["to_seal"].any()
    assert set(rows["permission"]) == {"allow"}
    assert (plan.plan.served, plan.plan.gap, plan.priority_served) == (1, 0.0, 1.0)
    assert len(plan.unmet) == 0


def test_wells_in_use_may_be_sealed_unless_forbidden(world):
    world.sealed("A")
    world.well("B")
    world.proposed("N")
    plan = world.plan()
    assert pairs_of(plan) == {"N": {"A", "B"}}
    assert plan.pairs.set_index("retired_id")["permission"].to_dict() == {"A": "allow", "B": "hold"}
    sealed_only = world.plan(allow_unsealed=False)
    assert pairs_of(sealed_only) == {}
    assert reasons(sealed_only) == {"N": "few"}
    assert sealed_only.unmet["missing"].tolist() == [1]
    assert near(sealed_only, "N") == {"B": "unsealed"}


def test_applications_and_proposed_wells_are_asked_for_and_decided_ones_are_not(world):
    for name in "ABCDEFGH":
        world.well(name)
    world.proposed("P")
    world.application("filed")
    world.application("approved", decision="approved", decided_on="2025-01-01", approval_no="1")
    world.application("withdrawn", decision="withdrawn", decided_on="2025-01-01")
    world.application("new", kind="new")
    plan = world.plan()
    assert sorted(pairs_of(plan)) == ["P", "filed"]
    assert len(plan.unmet) == 0


def test_an_application_and_its_proposed_well_are_one_renewal(world):
    for name in "ABCD":
        world.well(name)
    world.proposed("P")
    world.application("filed", result_well_id="P")
    assert list(pairs_of(world.plan())) == ["P"]


BARRED = {
    "use": {"use": "industry"},
    "use_missing": {"use": None},
    "no_permit": {"permit_no": None},
    "outside_zone": {"outside": True},
    "other_pool": {"county": SHANSHAN},
    "not_in_use": {"status": "shut", "status_on": "2023-01-01"},
    "before_baseline": {"status": "sealed", "status_on": "2021-11-11"},
    "undated": {"status": "sealed"},
}


@pytest.mark.parametrize("reason", list(BARRED))
def test_a_well_that_earns_no_credit_is_no_candidate_and_is_named_with_the_reason(world, reason):
    world.sealed("A")
    world.well("B", **BARRED[reason])
    world.proposed("N")
    plan = world.plan()
    assert pairs_of(plan) == {}
    assert reasons(plan) == {"N": "few"}
    assert near(plan, "N") == {"B": reason}


def test_the_seal_may_be_on_the_baseline_itself(world):
    world.sealed("A", "2021-11-12")
    world.sealed("B", "2021-11-12")
    world.proposed("N")
    assert pairs_of(world.plan()) == {"N": {"A", "B"}}


def test_a_pledged_well_is_taken(world):
    world.sealed("A")
    world.sealed("B")
    world.renewed("OLD", status="shut", status_on="2025-06-01")
    world.proposed("N")
    for name in "AB":
        world.add("pairs", renewal_id="OLD", retired_id=name, pledged_on="2024-01-01")
    plan = world.plan()
    assert reasons(plan) == {"N": "few"}
    assert near(plan, "N") == {"A": "pledged", "B": "pledged", "OLD": "not_in_use"}


def test_a_released_well_is_free_again(world):
    world.sealed("A")
    world.sealed("B")
    world.application("gone", decision="withdrawn", decided_on="2024-02-01")
    world.proposed("N")
    for name in "AB":
        world.add(
            "pairs", renewal_id="gone", retired_id=name, pledged_on="2024-01-01", released_on="2024-02-01"
        )
    assert pairs_of(world.plan()) == {"N": {"A", "B"}}


@pytest.mark.parametrize(("n_renewed", "usable"), [(0, 5), (1, 3), (2, 1), (3, 0)])
def test_renewals_without_pairs_use_up_credits_of_their_pool_first(world, n_renewed, usable):
    """Five sealed: max(0, 5 − 2 · renewed) are left for the plan."""
    for number in range(5):
        world.sealed(f"S{number}")
    for number in range(n_renewed):
        world.renewed(f"OLD{number}", status="shut", status_on="2025-06-01")
    world.proposed("N1")
    world.proposed("N2")
    plan = world.plan()
    assert plan.limits[GAOCHANG] == usable
    assert plan.plan.served == usable // 2
    short = plan.groups
    assert short["limited"].tolist() == ([True] if n_renewed > 0 else [])
    assert short["available"].tolist() == ([usable] if n_renewed > 0 else [])


def test_a_pledge_of_a_renewal_that_is_not_approved_lowers_the_limit(world):
    for number in range(4):
        world.sealed(f"S{number}")
    world.proposed("HALF")
    world.proposed("N")
    world.add("pairs", renewal_id="HALF", retired_id="S0", pledged_on="2024-01-01")
    plan = world.plan()
    assert plan.limits[GAOCHANG] == 3
    assert {name: len(wells) for name, wells in pairs_of(plan).items()} == {"HALF": 1, "N": 2}
    assert "S0" not in set(plan.pairs["retired_id"])


def test_a_renewal_that_has_its_wells_needs_no_more(world):
    world.sealed("A")
    world.sealed("B")
    world.proposed("N")
    for name in "AB":
        world.add("pairs", renewal_id="N", retired_id=name, pledged_on="2024-01-01")
    assert reasons(world.plan()) == {"N": "paired"}


def test_a_denied_pledge_must_be_released_first(world):
    world.sealed("A")
    world.sealed("B")
    world.sealed("C", use="industry")
    world.proposed("N")
    world.add("pairs", renewal_id="N", retired_id="C", pledged_on="2024-01-01")
    assert reasons(world.plan()) == {"N": "denied_pledge"}


def test_the_well_to_be_replaced_is_one_of_the_two_even_where_others_are_nearer(world):
    world.well("FAR")
    world.sealed("B")
    world.sealed("C")
    world.sealed("D")
    world.proposed("N", replaces="FAR")
    plan = world.plan()
    assert pairs_of(plan) == {"N": {"FAR", "D"}}
    assert plan.pairs.set_index("retired_id")["role"].to_dict() == {"D": "reduced", "FAR": "replaced"}


def test_the_well_to_be_replaced_is_on_offer_to_nobody_else(world):
    world.well("OWN")
    world.sealed("B")
    world.proposed("M")
    world.proposed("N", replaces="OWN")
    plan = world.plan()
    assert pairs_of(plan) == {"N": {"OWN", "B"}}
    assert near(plan, "M") == {"OWN": "named_elsewhere"}


def test_a_well_to_be_replaced_that_earns_no_credit_is_passed_over_and_told(world):
    world.well("OWN", use="industry")
    world.sealed("B")
    world.sealed("C")
    world.proposed("N", replaces="OWN")
    plan = world.plan()
    assert pairs_of(plan) == {"N": {"B", "C"}}
    assert plan.passed_over.to_dict("records") == [{"renewal_id": "N", "retired_id": "OWN", "reason": "use"}]


def test_two_different_wells_to_be_replaced_are_asked_about(world):
    world.well("A")
    world.well("B")
    world.proposed("N", replaces="A")
    world.application("filed", result_well_id="N", replaces="B")
    assert reasons(world.plan()) == {"N": "several_named"}


def test_priority_decides_who_is_served_before_cost(world):
    world.sealed("A")
    world.sealed("B")
    world.proposed("NEAR")
    world.proposed("FAR", priority=1.5)
    plan = world.plan()
    assert list(pairs_of(plan)) == ["FAR"]
    assert plan.priority_served == 1.5
    assert reasons(plan) == {"NEAR": "group"}
    group = plan.groups.iloc[0]
    assert (group["needed"], group["available"], group["limited"]) == (4, 2, False)
    assert (group["renewal_ids"], group["retired_ids"]) == ("FAR;NEAR", "A;B")


def test_a_priority_of_nought_is_asked_about(world):
    world.sealed("A")
    world.sealed("B")
    world.proposed("N", priority=0)
    assert reasons(world.plan()) == {"N": "priority"}


def test_no_more_are_served_than_asked(world):
    for name in "ABCD":
        world.sealed(name)
    world.proposed("M")
    world.proposed("N")
    plan = world.plan(max_served=1)
    assert list(pairs_of(plan)) == ["M"]  # nearer
    assert reasons(plan) == {"N": "cap"}


def test_the_limit_of_distance_holds(world):
    world.sealed("A")
    for number in range(3):
        world.well(f"X{number}", use="industry")
    world.sealed("B")
    world.proposed("N")
    plan = world.plan(max_distance_m=45.0)  # A is 50 m off, B 10 m
    assert reasons(plan) == {"N": "few"}
    assert world.plan(max_distance_m=51.0).plan.served == 1


def test_costs_of_volume_and_of_sealing_weigh_as_asked(world):
    world.sealed("FREE")
    world.well("SMALL", permit_m3=20_000.0)
    world.sealed("BIG", permit_m3=900_000.0)
    world.proposed("N")
    plan = world.plan(weights=CostWeights(distance=0, volume=1, unsealed=7.5))
    assert pairs_of(plan) == {"N": {"FREE", "SMALL"}}
    assert plan.pairs.set_index("retired_id")["cost"].to_dict() == {"FREE": 10.0, "SMALL": 9.5}


def test_strict_reading_needs_three(world):
    for name in "ABCDE":
        world.sealed(name)
    world.proposed("M")
    world.proposed("N")
    plan = world.plan(reading="R2")
    assert {name: len(wells) for name, wells in pairs_of(plan).items()} == {"M": 3}
    assert reasons(plan) == {"N": "group"}


def test_reading_by_number_of_applications_has_nothing_to_pair(world):
    world.proposed("N")
    with pytest.raises(OverdraftError, match="R3"):
        world.plan(reading="R3")


def test_pools_do_not_mix_unless_the_city_is_the_pool(world):
    world.sealed("A")
    world.sealed("B", county=SHANSHAN)
    world.proposed("N")
    assert reasons(world.plan()) == {"N": "few"}
    assert pairs_of(world.plan(pool="city")) == {"N": {"A", "B"}}


def test_without_zones_nothing_can_be_said(world):
    world.sealed("A")
    world.sealed("B")
    world.proposed("N")
    assert reasons(world.plan(with_zones=False)) == {"N": "no_zones"}


def test_outside_every_zone_no_pair_is_needed(world):
    world.proposed("N", outside=True)
    assert reasons(world.plan()) == {"N": "outside_zone"}


def test_a_repeated_id_is_asked_about(world):
    for name in "ABCD":
        world.sealed(name)
    world.proposed("N")
    world.proposed("N")
    assert reasons(world.plan()) == {"N": "repeated_id"}
    assert len(world.plan().unmet) == 2


def test_the_next_best_choice_says_what_the_whole_plan_would_cost(world):
    world.sealed("A")
    world.sealed("B")
    world.sealed("C")
    world.proposed("N")
    row = world.plan(alternatives=("N",)).alternatives.iloc[0]
    assert row["retired_ids"] == "A;C"  # 30 m and 10 m instead of 20 m and 10 m
    assert row["cost"] == pytest.approx(0.040, rel=0.002)
    assert row["extra_cost"] == pytest.approx(0.010, rel=0.002)
    assert row["proven"]


def test_next_best_choices_of_nobody_are_an_error(world):
    world.proposed("N")
    with pytest.raises(OverdraftError, match="M"):
        world.plan(alternatives=("M",))


def test_evidence_that_was_not_supplied_is_told(world):
    world.sealed("A")
    world.sealed("B")
    world.proposed("N")
    plan = world.plan()
    assert plan.evidence_missing == plan.settings.evidence_required
    assert pairs_of(plan) == {"N": {"A", "B"}}


def test_a_register_without_renewals_has_an_empty_plan(world):
    world.sealed("A")
    plan = world.plan(alternatives=("*",))
    assert (len(plan.pairs), len(plan.unmet), len(plan.lines), plan.plan.served) == (0, 0, 0, 0)


@pytest.mark.parametrize(("language", "mark"), [("en", "on offer in 高昌区"), ("zh", "高昌区范围内")])
def test_the_reason_is_a_sentence_in_both_languages(world, language, mark):
    world.sealed("A")
    world.sealed("B", use="industry")
    world.proposed("N")
    plan = world.plan()
    told = in_words(plan.unmet, {GAOCHANG: "高昌区"}, 2, language).iloc[0]
    assert mark in told["reason"]
    assert "1" in told["reason"]
    assert "B (0.0 km)" in told["nearest"] or "B（0.0公里）" in told["nearest"]


def test_where_there_is_no_other_choice_the_next_best_says_so(world):
    world.sealed("A")
    world.sealed("B")
    world.proposed("N")
    row = world.plan(alternatives=("*",)).alternatives.iloc[0]
    assert row["state"] == "found"  # the best plan without the pair serves nobody
    assert (row["retired_ids"], row["n_served"], row["priority_served"]) == ("", 0, 0)


def test_no_time_means_no_next_best_choice_rather_than_a_guess(world):
    world.sealed("A")
    world.sealed("B")
    world.proposed("N")
    plan = world.plan(alternatives=("*",), time_limit_s=0.0)
    assert plan.alternatives["state"].tolist() == ["not_computed"]
    assert plan.alternatives["cost"].isna().all()
