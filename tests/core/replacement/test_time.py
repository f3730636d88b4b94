"""What happened when: the state of the ledger follows the days of the facts, not the state of today."""

from __future__ import annotations

import pandas as pd


def event(world, name: str, well: str, kind: str, day: str, **fields) -> None:
    world.add(
        "events", event_id=name, subject_role="wells", subject_id=well, kind=kind, effective_on=day, **fields
    )


def test_sealed_before_the_baseline_and_dismantled_after_earns_no_credit(world):
    world.well("W", status="dismantled", status_on="2022-04-01")
    event(world, "e1", "W", "sealed", "2020-10-01")
    event(world, "e2", "W", "dismantled", "2022-04-01")
    ledger = world.ledger()
    entry = ledger.ledger.set_index("well_id").loc["W"]
    assert entry["kind"] == "excluded"
    assert entry["reason_key"] == "replacement.credit.before_baseline"
    assert ledger.balance.set_index("pool_id").loc["650402", "sealed"] == 0


def test_a_seal_keeps_its_day_when_the_well_is_dismantled_later(world):
    for name in ("A", "B"):
        world.well(name, status="dismantled", status_on="2025-06-01")
        event(world, f"{name}1", name, "sealed", "2024-05-10")
        event(world, f"{name}2", name, "dismantled", "2025-06-01")
    world.renewed("N", "2024-08-01")
    for name in ("A", "B"):
        world.add("pairs", renewal_id="N", retired_id=name)
    ledger = world.ledger().ledger
    assert ledger[ledger["kind"] == "debit"]["permission"].tolist() == ["allow"]


def test_a_reopening_ends_the_spell_and_a_new_seal_begins_another(world):
    world.well("W")
    event(world, "e1", "W", "sealed", "2022-01-01")
    event(world, "e2", "W", "reopened", "2023-01-01")
    assert world.balance()["sealed"] == 0
    assert world.balance(as_of="2022-12-31")["sealed"] == 1
    event(world, "e3", "W", "sealed", "2024-01-01")
    ledger = world.ledger()
    assert ledger.balance.set_index("pool_id").loc["650402", "sealed"] == 1
    assert '"day":"2024-01-01"' in ledger.ledger.set_index("well_id").loc["W", "reason_values"]


def test_a_corrected_event_is_replaced_and_a_withdrawn_one_is_gone(world):
    world.well("W")
    event(world, "e1", "W", "sealed", "2020-01-01")
    event(world, "e2", "W", "sealed", "2022-01-01", corrects="e1")
    assert world.balance()["sealed"] == 1
    event(world, "e3", "W", "void", "2022-02-01", corrects="e2")
    assert world.balance()["sealed"] == 0  # the first day stands again, before the baseline


def test_approved_and_undrilled_reserves_and_withdrawn_releases(world):
    for n in range(4):
        world.sealed(f"S{n}")
    world.renewed("N1")
    world.application("A1", decision="approved", decided_on="2024-05-01", approval_no="吐水许〔2024〕1号")
    assert world.balance()["further"] == 0
    world.tables["applications"][0].update(decision="withdrawn", decided_on="2024-09-01")
    assert world.balance()["further"] == 1
    assert world.balance(as_of="2024-06-01")["further"] == 0  # on that day it was still approved


def test_an_application_its_well_and_its_pairs_are_one_renewal(world):
    for n in range(4):
        world.sealed(f"S{n}")
    world.application(
        "A1", decision="approved", decided_on="2024-05-01", approval_no="X1", result_well_id="N9"
    )
    world.well("N9", origin="renewal", status="proposed")
    world.add("pairs", renewal_id="A1", retired_id="S0", approval_no="X1", state="reserved")
    world.add("pairs", renewal_id="N9", retired_id="S1", approval_no="X1", state="reserved")
    balance = world.balance()
    assert (balance["reserved"], balance["renewed"], balance["further"]) == (1, 0, 1)


def test_the_drilled_well_takes_over_from_its_application(world):
    for n in range(4):
        world.sealed(f"S{n}")
    world.application(
        "A1", decision="approved", decided_on="2024-05-01", approval_no="X1", result_well_id="N9"
    )
    world.renewed("N9", "2024-09-01")
    balance = world.balance()
    assert (balance["reserved"], balance["renewed"], balance["further"]) == (0, 1, 1)


def test_one_approval_over_two_drilled_wells_is_two_renewals(world):
    world.renewed("N1")
    world.renewed("N2")
    world.application(
        "A1", decision="approved", decided_on="2023-05-01", approval_no="X1", result_well_id="N1"
    )
    world.application(
        "A2", decision="approved", decided_on="2023-05-01", approval_no="X1", result_well_id="N2"
    )
    assert world.balance()["renewed"] == 2


def test_pending_evidence_lowers_what_can_be_approved_and_nothing_else(world):
    for n in range(4):
        world.sealed(f"S{n}", "2023-01-01")
    world.add("evidence", event_id="wells:S0:sealed:2023-01-01", kind="photo", taken_on="2023-01-02")
    balance = world.balance()
    assert (balance["sealed"], balance["pending"], balance["further"], balance["approvable"]) == (4, 3, 2, 0)


def test_without_the_table_of_evidence_nothing_is_pending_and_nothing_can_be_approved(world):
    for n in range(4):
        world.sealed(f"S{n}", "2023-01-01")
    ledger = world.ledger()
    row = ledger.balance.set_index("pool_id").loc["650402"]
    assert (row["pending"], row["further"]) == (0, 2)
    assert pd.isna(row["approvable"])
    said = ledger.verdicts.rows.query("rule == 'replacement.evidence'")
    assert said[["subject_id", "outcome"]].to_numpy().tolist() == [["650402", "not_evaluated"]]


def test_credits_used_by_a_renewal_that_is_sealed_later_stay_used(world):
    world.sealed("A", "2022-06-01")
    world.sealed("B", "2022-06-01")
    world.renewed("N", "2023-01-01", status="sealed", status_on="2025-03-01")
    for name in ("A", "B"):
        world.add("pairs", renewal_id="N", retired_id=name)
    ledger = world.ledger()
    credits = ledger.ledger[ledger.ledger["kind"] == "credit"].set_index("well_id")["state"].to_dict()
    assert credits == {"A": "used", "B": "used", "N": "available"}
    row = ledger.balance.set_index("pool_id").loc["650402"]
    assert (row["sealed"], row["renewed"], row["required"]) == (3, 1, 2)


def test_a_zone_that_shrinks_later_does_not_change_an_earlier_pair(world):
    whole, shrunk = world.zones[0]["geometry"], world.square(500, 500, 100)
    world.zones[0] |= {"valid_from": "2015-01-01"}
    world.zones.append(
        {"zone_id": "Z1", "severity": "general", "valid_from": "2025-01-01", "geometry": shrunk}
    )
    assert whole.area > shrunk.area
    world.sealed("A", "2022-06-01")
    world.sealed("B", "2025-06-01")
    world.renewed("N", "2024-03-01")
    world.renewed("M", "2025-06-02")
    ledger = world.ledger()
    entries = ledger.ledger.set_index("entry_id")
    assert entries.loc["credit:A", "counts"]
    assert entries.loc["excluded-credit:B", "reason_key"] == "replacement.credit.outside_zone"
    assert entries.loc["debit:N", "counts"]
    assert entries.loc["excluded-debit:M", "reason_key"] == "replacement.debit.outside_zone"
