"""References, permits and electricity accounts."""

from __future__ import annotations

import pytest

from overdraft.core.checking.references import REFERENCES
from overdraft.core.schema import register_schema

WELLS = [{"well_id": "W1"}, {"well_id": "0W2"}]


def row_with(link, value):
    """A row of the role that refers to ``value``."""
    item = register_schema().roles[link.role]
    row = {
        name: "x" for name in item.required if not item.fields[name].enum and item.fields[name].type == "text"
    }
    row |= {
        name: next(iter(register_schema().enums[item.fields[name].enum]))
        for name in item.required
        if item.fields[name].enum
    }
    row |= {"year": 2024} if "year" in item.fields else {}
    row |= {"level_m": 1.0} if link.role == "levels" else {}
    return {**row, link.field: value, **({} if link.targets else {"subject_role": "wells"})}


@pytest.mark.parametrize("link", REFERENCES, ids=lambda link: f"{link.role}.{link.field}")
def test_every_link(checked, link):
    targets = link.targets or ("wells",)
    key = {name: register_schema().roles[name].key[0] for name in targets}
    own = [{**row_with(link, value)} for value in ("there", "nowhere", " T HERE", None)]
    given = {name: [{key[name]: "there", "kind": "new", "subject_role": "wells"}] for name in targets}
    for name in targets:
        fields = register_schema().roles[name].fields
        given[name] = [{k: v for k, v in row.items() if k in fields} for row in given[name]]
        if name == "events":
            given[name][0] |= {"kind": "built", "effective_on": "2020-01-01"}
        if name == "applications":
            given[name][0] |= {"use": "irrigation"}
    check = f"references.{link.field}"
    if link.role in targets:
        given = {link.role: given[link.role] + own}
        for n, row in enumerate(given[link.role][1:]):
            row[key[link.role]] = f"own {n}"
    found = checked(**{**given, link.role: given.get(link.role, own)})
    rows = found.of(check, link.role)
    assert [(row["found"], row["expected"], row["severity"]) for row in rows] == [
        ("nowhere", None, link.severity),
        ("T HERE", "there", "warning"),
    ]
    if link.role not in targets:
        alone = checked(**{link.role: own})
        assert alone.of(check) == []
        assert alone.counts(check, link.role) == (1, 0, 3)
        assert alone.why(check, link.role) == "checking.why.no_target"


def test_leading_zeros_are_told_apart(checked):
    found = checked(wells=WELLS, meters=[{"meter_id": "M", "well_id": "W2"}])
    assert found.one("references.well_id")["expected"] == "0W2"


def test_readings_of_a_lost_well_are_one_problem(checked):
    readings = [{"well_id": "GONE", "year": 2024, "month": n, "volume_m3": 1.0} for n in range(1, 13)]
    found = checked(wells=WELLS, readings=[*readings, {"well_id": "W1", "year": 2024}])
    assert found.one("references.well_id")["values"]["n"] == 12
    assert found.counts("references.well_id", "readings") == (1, 12, 0)


def test_a_renewal_may_be_an_application(checked):
    pairs = [{"renewal_id": "SQ1", "retired_id": "W1"}]
    assert not checked(wells=WELLS, pairs=pairs, applications=[{"application_id": "SQ1"}]).of(
        "references.renewal_id"
    )
    assert checked(wells=WELLS, pairs=pairs).counts("references.renewal_id", "pairs") == (0, 0, 1)


def test_lists_facts_and_units_of_the_policy(checked):
    found = checked(
        policy="turpan-2021",
        wells=[{"well_id": "W1", "replaces": "W1;W9"}],
        events=[{"event_id": "E", "subject_role": "wells", "subject_id": "W1", "kind": "sealed"}],
        evidence=[
            {"event_id": "wells:W1:sealed:2023-01-01", "kind": "photo"},
            {"event_id": "wells:W8:sealed:2023-01-01", "kind": "photo"},
        ],
        units=[{"unit_id": "650402", "name": "高昌区", "parent_id": "6504"}],
    )
    assert found.one("references.replaces")["found"] == "W9"
    assert found.one("references.circles")["message_key"] == "checking.references.itself"
    assert found.one("references.event_id")["found"] == "wells:W8:sealed:2023-01-01"
    assert not found.of("references.parent_id")


def test_units_in_a_circle(checked):
    units = [{"unit_id": a, "name": a, "parent_id": b} for a, b in ("AB", "BC", "CB", "DA")]
    assert [row["subject_id"] for row in checked(units=units).of("references.circles")] == ["B", "C"]


def test_one_permit_copied_over_several_wells(checked):
    wells = [{"well_id": f"W{n}", "permit_no": "P", "permit_m3": 30_000.0} for n in range(3)]
    found = checked(wells=wells, permits=[{"permit_no": "P", "volume_m3": 30_000.0}])
    rows = found.of("permits.copied")
    assert [row["severity"] for row in rows] == ["error"] * 3
    assert (rows[0]["values"]["total"], rows[0]["values"]["whole"]) == (90_000, 30_000)
    assert rows[0]["other_id"] == "W0; W1; W2"
    assert not checked(wells=wells, permits=[{"permit_no": "P", "volume_m3": 90_000.0}]).of("permits.copied")
    assert {row["severity"] for row in checked(wells=wells).of("permits.copied")} == {"warning"}
    other = [{**row, "permit_m3": 10_000.0 * (n + 1)} for n, row in enumerate(wells)]
    assert not checked(wells=other, permits=[{"permit_no": "P", "volume_m3": 30_000.0}]).of("permits.copied")


def test_parts_of_permits(checked):
    found = checked(
        wells=[
            {"well_id": "W1", "permit_no": "P", "permit_m3": 4_000.0, "permit_to": "2020-01-01"},
            {"well_id": "W2", "permit_no": "P", "permit_m3": 5_000.0},
        ],
        permits=[
            {"permit_no": "P", "volume_m3": 10_000.0, "approved_on": "2021-01-01"},
            {"permit_no": "Q", "volume_m3": 10_000.0},
            {"permit_no": "R", "volume_m3": 10_000.0},
        ],
        permit_wells=[
            {"permit_no": "P", "well_id": "W1", "volume_m3": 5_000.0},
            {"permit_no": "P", "well_id": "W2", "volume_m3": 5_000.0},
            {"permit_no": "Q", "well_id": "W1", "volume_m3": 11_000.0},
        ],
    )
    row = found.one("permits.parts")
    assert (row["subject_id"], row["severity"], row["values"]["total"]) == ("Q", "error", 11_000)
    assert found.counts("permits.parts", "permits") == (1, 1, 1)
    assert found.one("permits.of_wells")["subject_id"] == "W1"
    assert found.one("permits.expiry")["expected"] == "≥ 2021-01-01"


def test_electricity_accounts(checked):
    found = checked(
        wells=[
            {"well_id": "W1", "account_no": "A"},
            {"well_id": "W2", "account_no": "A"},
            {"well_id": "W3"},
            {"well_id": "W4", "status": "sealed"},
        ],
        accounts=[{"account_no": "A"}, {"account_no": "B"}, {"account_no": "C"}],
        account_wells=[
            {"account_no": "C", "well_id": "W1", "share_ratio": 0.5},
            {"account_no": "C", "well_id": "W2", "share_ratio": 0.5},
        ],
        readings=[{"well_id": w, "year": 2024, "energy_kwh": 700.0} for w in ("W3", "W4")],
    )
    assert found.one("power.orphan")["subject_id"] == "B"
    row = found.one("power.no_account")
    assert (row["subject_id"], row["values"]["energy"]) == ("W3", 700)
    assert [(row["subject_id"], row["found"], row["other_id"]) for row in found.of("power.shared")] == [
        ("W1", "A", "W1; W2"),
        ("W2", "A", "W1; W2"),
    ]
    assert checked(accounts=[{"account_no": "A"}]).counts("power.orphan", "accounts") == (0, 0, 1)
