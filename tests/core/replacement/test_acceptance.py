"""The catalogue's worked cases of 减二更一, fed from a register."""

from __future__ import annotations

import pytest

from overdraft.core.replacement import batch_balance, ratio_balance

GAOCHANG, SHANSHAN = "650402", "650421"


def figures(balance: dict, *names: str) -> tuple:
    return tuple(balance[name] for name in names)


@pytest.mark.parametrize((), [pytest.param(id="AC-15")])
def test_ac_15_six_sealed_three_renewed_passes(world):
    for n in range(6):
        world.sealed(f"S{n}")
    for n in range(3):
        world.renewed(f"N{n}")
    balance = world.balance()
    assert figures(balance, "outcome", "deficit", "further", "net_change") == ("pass", 0, 0, -3)


@pytest.mark.parametrize((), [pytest.param(id="AC-16")])
def test_ac_16_five_sealed_three_renewed_is_one_short(world):
    for n in range(5):
        world.sealed(f"S{n}")
    for n in range(3):
        world.renewed(f"N{n}")
    assert figures(world.balance(), "outcome", "required", "deficit") == ("fail", 6, 1)


@pytest.mark.parametrize((), [pytest.param(id="AC-17")])
def test_ac_17_the_baseline_day_counts_and_the_day_before_does_not(world):
    for n, day in enumerate(["2020-10-01", "2021-11-12", "2022-05-01", "2023-03-01"]):
        world.sealed(f"S{n}", day)
    world.renewed("N1")
    world.renewed("N2")
    balance = world.balance()
    assert figures(balance, "sealed", "outcome", "deficit", "further") == (3, "fail", 1, 0)


@pytest.mark.parametrize(
    ("day", "sealed"), [("2021-11-11", 0), ("2021-11-12", 1), ("2025-12-31", 1), ("2026-01-01", 0)]
)
def test_both_ends_of_the_period_are_included(world, day, sealed):
    world.sealed("S", day)
    assert world.balance()["sealed"] == sealed


@pytest.mark.parametrize((), [pytest.param(id="AC-18")])
def test_ac_18_the_strict_reading_needs_three(world):
    world.sealed("OLD", "2023-01-01")
    world.sealed("S2", "2023-01-01")
    world.renewed("N1", replaces="OLD")
    assert figures(world.balance(reading="R1"), "outcome", "deficit") == ("pass", 0)
    assert figures(world.balance(reading="R2"), "outcome", "required", "deficit") == ("fail", 3, 1)


@pytest.mark.parametrize((), [pytest.param(id="AC-19")])
def test_ac_19_a_county_cannot_lend_to_its_neighbour_but_the_city_option_pools_them(world):
    for county, letter, renewed in ((GAOCHANG, "G", 2), (SHANSHAN, "S", 1)):
        for n in range(3):
            world.sealed(f"{letter}{n}", county=county)
        for n in range(renewed):
            world.renewed(f"{letter}N{n}", county=county)
    assert figures(world.balance(GAOCHANG), "outcome", "deficit") == ("fail", 1)
    assert figures(world.balance(SHANSHAN), "outcome", "further") == ("pass", 0)
    city = world.balance("6504", pool="city")
    assert figures(city, "sealed", "required", "outcome") == (6, 6, "pass")


@pytest.mark.parametrize((), [pytest.param(id="AC-20")])
def test_ac_20_the_later_of_two_pledges_on_one_well_is_denied(world):
    for name in "ABC":
        world.sealed(name, "2022-06-01")
    world.renewed("N1", "2023-01-01")
    world.renewed("N2", "2023-06-01")
    for renewal, retired in (("N1", "A"), ("N1", "B"), ("N2", "B"), ("N2", "C")):
        world.add("pairs", renewal_id=renewal, retired_id=retired, state="used")
    ledger = world.ledger().ledger
    debits = ledger[ledger["kind"] == "debit"].set_index("renewal_id")["permission"]
    assert debits["N1"] == "allow"
    assert debits["N2"] == "deny"
    credits = ledger[ledger["kind"] == "credit"].set_index("well_id")
    assert credits["state"].to_dict() == {"A": "used", "B": "used", "C": "used"}
    assert credits.loc["B", "renewal_id"] == "N1"


@pytest.mark.parametrize((), [pytest.param(id="AC-21")])
def test_ac_21_seven_sealed_two_renewed_leaves_one_further(world):
    for n in range(7):
        world.sealed(f"S{n}")
    world.renewed("N1")
    world.renewed("N2")
    assert figures(world.balance(), "outcome", "further", "deficit") == ("pass", 1, 0)


@pytest.mark.parametrize(
    ("k", "sealed", "renewed", "reserved", "pending", "expected"),
    [  # required, deficit, further, approvable, net
        (2, 6, 3, 0, 0, (6, 0, 0, 0, -3)),
        (2, 7, 2, 0, 0, (4, 0, 1, 1, -5)),
        (2, 4, 0, 0, 3, (0, 0, 2, 0, -4)),
        (2, 4, 1, 1, 0, (2, 0, 0, 0, -3)),
        (3, 2, 1, 0, 0, (3, 1, 0, 0, -1)),
        (2, 4, 0, 0, None, (0, 0, 2, None, -4)),
    ],
)
def test_the_arithmetic_of_a_ratio(k, sealed, renewed, reserved, pending, expected):
    result = ratio_balance(k, sealed, renewed, reserved, pending)
    found = (result.required, result.deficit, result.further, result.approvable, result.net_change)
    assert found == expected


@pytest.mark.parametrize(
    ("applied", "approved", "outcome", "further"),
    [
        (3, 1, "pass", 0),
        (3, 2, "fail", 0),
        (5, 1, "pass", 0),
        (6, 1, "pass", 1),
        (0, 0, "pass", 0),
        (2, 1, "fail", 0),
    ],
)
def test_the_batch_reading_approves_one_of_three(applied, approved, outcome, further):
    result = batch_balance(applied, approved, sealed=0, renewed=0)
    assert (result.outcome, result.further, result.required, result.deficit) == (outcome, further, None, None)


def test_the_batch_reading_needs_applications(world):
    world.sealed("S1")
    assert world.balance(reading="R3")["outcome"] == "not_evaluated"
    for n in range(3):
        world.application(f"A{n}", decision="approved" if n == 0 else "pending", decided_on="2024-02-01")
    balance = world.balance(reading="R3")
    assert figures(balance, "n_applications", "n_approved", "outcome", "further", "required") == (
        3,
        1,
        "pass",
        0,
        None,
    )
