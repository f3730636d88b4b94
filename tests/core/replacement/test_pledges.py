"""Pair tests: each shortcoming of a pledge has its permission, and every seal that does not count says why."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

GAOCHANG, SHANSHAN = "650402", "650421"


def paired(world, *retired: str, renewal: str = "N", **fields) -> None:
    for name in retired:
        world.add("pairs", renewal_id=renewal, retired_id=name, **fields)


def permission(world, renewal: str = "N", **settings) -> tuple[str, list[str]]:
    rows = world.ledger(**settings).verdicts.rows
    row = rows[(rows["rule"] == "replacement.permission") & (rows["subject_id"] == renewal)].iloc[0]
    return row["permission"], json.loads(row["evidence"])["reasons"]


SHORTCOMINGS = {
    "use": ({"use": "industry"}, "deny"),
    "before_baseline": ({"status_on": "2021-11-11"}, "deny"),
    "outside_zone": ({"outside": True}, "deny"),
    "no_permit": ({"permit_no": None}, "deny"),
    "other_pool": ({"county": SHANSHAN}, "deny"),
    "not_sealed": ({"status": "active", "status_on": None}, "hold"),
    "sealed_late": ({"status_on": "2024-03-02"}, "hold"),
    "undated": ({"status_on": None}, "review"),
    "use_missing": ({"use": None}, "review"),
}


@pytest.mark.parametrize("reason", list(SHORTCOMINGS))
def test_one_bad_seal_decides_what_the_renewal_may_do(world, reason):
    fields, expected = SHORTCOMINGS[reason]
    world.sealed("A", "2022-06-01")
    world.sealed("B", **{"day": "2022-06-01", **fields})
    world.renewed("N", "2024-03-01")
    paired(world, "A", "B")
    found, reasons = permission(world)
    assert found == expected
    assert reasons[0] == reason


def test_a_seal_on_the_commissioning_day_is_in_order(world):
    world.sealed("A", "2024-03-01")
    world.sealed("B", "2024-03-01")
    world.renewed("N", "2024-03-01")
    paired(world, "A", "B")
    assert permission(world) == ("allow", [])


def test_a_shut_well_is_no_sealed_well(world):
    world.sealed("A")
    world.well("B", status="shut", status_on="2022-06-01")
    world.renewed("N")
    paired(world, "A", "B")
    assert permission(world) == ("hold", ["not_sealed"])


def test_one_pledge_is_not_enough_and_three_are_asked_by_the_strict_reading(world):
    world.sealed("A")
    world.sealed("B")
    world.renewed("N")
    paired(world, "A")
    assert permission(world) == ("hold", ["incomplete"])
    paired(world, "B")
    assert permission(world) == ("allow", [])
    assert permission(world, reading="R2") == ("hold", ["incomplete"])


def test_the_replaced_well_is_one_of_the_two(world):
    world.sealed("OLD")
    world.sealed("B")
    world.renewed("N", replaces="OLD")
    paired(world, "B")
    assert permission(world) == ("allow", [])


def test_replaces_and_a_pair_of_the_same_wells_are_one_pledge(world):
    world.sealed("OLD")
    world.renewed("N", replaces="OLD")
    paired(world, "OLD")
    assert permission(world) == ("hold", ["incomplete"])


@pytest.mark.parametrize(
    ("permit", "expected"), [(200_000.0, "pass"), (200_001.0, "review"), (None, "not_evaluated")]
)
def test_the_renewal_must_not_be_larger_than_what_it_retires(world, permit, expected):
    world.sealed("A")
    world.sealed("B")
    world.renewed("N", permit_m3=permit)
    paired(world, "A", "B")
    rows = world.ledger().verdicts.rows
    size = rows[rows["rule"] == "replacement.size"]["outcome"].tolist()
    assert size == ([] if expected == "pass" else [expected])


def test_pledges_stand_in_the_order_of_their_day_then_of_commissioning_then_of_id(world):
    world.sealed("A")
    world.renewed("N1", "2024-05-01")
    world.renewed("N2", "2024-04-01")
    paired(world, "A", renewal="N1")
    paired(world, "A", renewal="N2")
    assert permission(world, "N1")[0] == "deny"  # N2 was commissioned first
    world.tables["pairs"][0]["pledged_on"] = "2023-01-01"
    assert permission(world, "N2")[0] == "deny"  # a dated pledge stands before an undated one


def test_a_released_pledge_leaves_its_credit_free(world):
    world.sealed("A")
    world.renewed("N")
    paired(world, "A", state="released")
    ledger = world.ledger().ledger.set_index("entry_id")
    assert ledger.loc["credit:A", "state"] == "available"


def readings(world, well: str, years: dict[int, float]) -> None:
    for year, volume in years.items():
        world.add("readings", well_id=well, year=year, volume_m3=volume)


@pytest.mark.parametrize(
    ("years", "outcome"),
    [
        ({2019: 0, 2020: 0, 2021: 0}, "review"),
        ({2019: 0, 2020: 1, 2021: 0}, "pass"),
        ({2019: 0, 2021: 0}, "not_evaluated"),
        ({2016: 5, 2017: 9, 2018: 9}, "not_evaluated"),
        ({}, "not_evaluated"),
    ],
)
def test_idle_needs_a_zero_in_each_of_the_three_years_before_the_seal(world, years, outcome):
    world.sealed("A", "2022-01-01")
    readings(world, "A", years)
    readings(world, "other", {2020: 1})
    rows = world.ledger().verdicts.rows
    found = rows[rows["rule"] == "replacement.idle"]["outcome"].tolist()
    assert found == ([] if outcome == "pass" else [outcome])


def test_power_is_use_too(world):
    world.sealed("A", "2022-01-01")
    readings(world, "A", {2019: 0, 2020: 0, 2021: 0})
    world.add("readings", well_id="A", year=2021, month=7, energy_kwh=12.0)
    assert world.ledger().verdicts.rows.query("rule == 'replacement.idle'").empty


def test_an_idle_seal_keeps_its_credit_and_asks_for_review(world):
    world.sealed("A", "2022-01-01")
    world.sealed("B", "2022-01-01")
    readings(world, "A", {2019: 0, 2020: 0, 2021: 0})
    readings(world, "B", {2020: 5})
    world.renewed("N")
    paired(world, "A", "B")
    assert permission(world) == ("review", ["idle"])
    assert world.balance()["sealed"] == 2


def test_no_seal_is_dropped_in_silence(world):
    world.sealed("ok")
    world.sealed("industry", use="industry")
    world.sealed("early", "2020-01-01")
    world.sealed("unpermitted", permit_no=None)
    world.sealed("outside", outside=True)
    world.sealed("undated", None)
    world.well("shut", status="shut", status_on="2022-01-01")
    ledger = world.ledger()
    rows = ledger.verdicts.rows.query("rule == 'replacement.credit'")
    assert set(rows["subject_id"]) == {"industry", "early", "unpermitted", "outside", "undated"}
    assert set(rows["outcome"]) == {"review"}
    counts = ledger.verdicts.counts.query("rule == 'replacement.credit'")
    total = counts[["n_subjects", "n_pass", "n_rows", "n_out_of_scope"]].sum().to_list()
    assert total == [7, 1, 5, 1]


def test_without_zones_nothing_is_judged(world):
    world.sealed("A")
    world.renewed("N")
    table = world.ledger(with_zones=False).balance
    assert set(table["outcome"]) == {"not_evaluated"}
    assert table["sealed"].isna().all()


def test_the_four_states_sum_to_the_sealed(world):
    rng = np.random.default_rng(7)
    for n in range(30):
        world.sealed(f"S{n:02}", f"2022-{1 + n % 12:02}-01", county=GAOCHANG if n % 3 else SHANSHAN)
        if n % 2:
            world.add(
                "evidence",
                event_id=f"wells:S{n:02}:sealed:2022-{1 + n % 12:02}-01",
                kind="photo",
                taken_on="2023-01-01",
            )
    for n in range(8):
        world.renewed(f"N{n}", "2024-03-01")
        paired(world, *(f"S{k:02}" for k in rng.choice(30, 2, replace=False)), renewal=f"N{n}")
    ledger = world.ledger()
    credits = ledger.ledger[ledger.ledger["kind"] == "credit"]
    balance = ledger.balance.set_index("pool_id")
    for pool in (GAOCHANG, SHANSHAN):
        states = credits[credits["pool_id"] == pool]["state"].value_counts()
        assert states.sum() == balance.loc[pool, "sealed"]
        assert states.get("pending", 0) == balance.loc[pool, "pending"]
    zones = balance[balance["pool_level"] == "zone"]
    assert zones["sealed"].sum() == 30


def test_the_order_of_rows_changes_nothing(world):
    for n in range(9):
        world.sealed(f"S{n}", f"2022-0{1 + n}-01")
    for n in range(4):
        world.renewed(f"N{n}", f"2024-0{1 + n}-01")
        paired(world, f"S{2 * n}", f"S{2 * n + 1}", f"S{(2 * n + 2) % 9}", renewal=f"N{n}")
    first = world.ledger()
    world.rows.reverse()
    world.tables["pairs"].reverse()
    second = world.ledger()
    pd.testing.assert_frame_equal(first.balance, second.balance)
    names = ["kind", "well_id", "renewal_id", "state", "permission", "reason_key"]
    order = [
        frame.ledger[names].astype(str).sort_values(names).to_numpy().tolist() for frame in (first, second)
    ]
    assert order[0] == order[1]


def test_a_reserved_pair_with_an_approval_counts_though_its_application_is_missing(world):
    for n in range(4):
        world.sealed(f"S{n}")
    paired(world, "S0", "S1", renewal="A7", approval_no="X7", state="reserved", pledged_on="2024-01-01")
    ledger = world.ledger()
    assert ledger.balance.set_index("pool_id").loc[GAOCHANG, "reserved"] == 1
    rows = ledger.verdicts.rows.query("rule == 'replacement.pair'")
    assert set(rows["message_key"]) == {"replacement.pair.unknown_renewal"}


def test_lines_join_the_two_ends(world):
    world.sealed("A")
    world.renewed("N")
    paired(world, "A")
    lines = world.ledger().lines
    assert lines[["renewal_id", "retired_id", "permission"]].to_numpy().tolist() == [["N", "A", "allow"]]
    assert lines["distance_m"].iloc[0] == pytest.approx(10.0, abs=0.05)  # ten metres apart on the grid


def test_a_units_layer_with_ids_of_its_own_keeps_the_pools_of_the_policy(world):
    for name in ("S1", "S2"):
        world.sealed(name)
    world.renewed("R1")
    world.application("A1", decision="approved", approval_no="B-1")
    world.unit_ids = {GAOCHANG: "GC"}
    balance = world.ledger("2025-12-31").balance.set_index("pool_id")
    row = balance.loc[GAOCHANG]
    assert (row["sealed"], row["renewed"], row["reserved"], row["pool_name"]) == (2, 1, 1, "高昌区")
    assert "GC" not in balance.index
