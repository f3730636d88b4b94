"""``overplanfees`` through Processing."""

from __future__ import annotations

import pytest

from overdraft.core.schema import results_schema

INDICES = {
    "subject_role": "text",
    "subject_id": "text",
    "year": "int",
    "measure": "text",
    "value": "real",
    "unit": "text",
}
PRICES = {"price_id": "text", "kind": "text", "value": "real", "unit": "text"}


@pytest.fixture
def charge(run, table, rows_of):
    """``charge(use, **changed)``: bills, totals and findings of one user of Toli with a plan of 10 000 m³."""

    def call(use, **changed):
        figures = [("users", "U", 2025, "plan", 10_000.0, "m3"), ("users", "U", 2025, "use", use, "m3")]
        given = {
            "USERS": table("users", {"user_id": "text", "county": "text"}, [("U", "654224")]),
            "INDICES": table("indices", INDICES, figures),
            "PRICES": table("prices", PRICES, [("R", "base_rate", 1.0, "元/m3")]),
            "POLICY": "toli-2024",
            "AS_OF": "2026-03-31",
            **changed,
        }
        outputs = dict.fromkeys(("BILLS", "TOTALS", "FINDINGS"), "memory:")
        out = run("overplanfees", {**given, **outputs})
        return tuple(rows_of(out[name]) for name in outputs)

    return call


def test_both_readings_and_their_totals(charge):
    bills, totals, findings = charge(13_000.0)
    assert set(bills[0]) - {"wkt"} == set(results_schema().tables["over_plan_fees"].fields)
    assert set(totals[0]) - {"wkt"} == set(results_schema().tables["over_plan_totals"].fields)
    (bill,) = bills
    # 10 000 · 1 + 2 000 · 2 + 1 000 · 3, and 10 000 · 1 + 3 000 · 3
    assert (bill["fee_piecewise"], bill["fee_whole"]) == (17_000, 19_000)
    assert (bill["mode"], bill["fee"], bill["band"], bill["case"]) == ("piecewise", 17_000, 2, "over")
    assert (bill["band_1_m3"], bill["band_2_m3"], bill["band_3_m3"]) == (2000, 1000, 0)
    assert bill["worked_piecewise"] == "10000 + 2000×2 + 1000×3"
    assert {row["level"]: row["fee"] for row in totals} == dict.fromkeys(
        ("township", "county", "all"), 17_000
    )
    assert [row["outcome"] for row in findings if row["rule"] == "fees.over_plan"] == ["fail"]


def test_the_other_reading_and_another_year(charge):
    bills, _, _ = charge(13_000.0, MODE="whole", YEAR=2025)
    assert bills[0]["fee"] == 19_000
    bills, _, _ = charge(13_000.0, YEAR=2024)
    assert [(bill["year"], bill["case"], bill["fee"]) for bill in bills] == [(2024, "no_use", None)]


def test_bands_of_another_document_are_never_used(charge):
    bills, totals, findings = charge(13_000.0, POLICY="turpan-2021")
    assert (bills, totals) == ([], [])
    (row,) = [row for row in findings if row["rule"] == "fees.over_plan"]
    assert row["outcome"] == "not_evaluated"


def test_no_users(charge, table):
    bills, totals, _ = charge(13_000.0, USERS=table("users", {"user_id": "text", "county": "text"}, []))
    assert (bills, totals) == ([], [])


def test_a_reading_that_does_not_exist(provider, context, table):
    algorithm = provider.algorithm("overplanfees").create()
    users = table("users", {"user_id": "text"}, [])
    given = {"USERS": users, "POLICY": "toli-2024", "MODE": "double", "BILLS": "memory:"}
    assert algorithm.checkParameterValues(given, context) == (
        False,
        "MODE: double is not known. Allowed: piecewise, whole, or empty.",
    )
