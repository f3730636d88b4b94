"""``quotabalance`` through Processing."""

from __future__ import annotations

import pytest

from overdraft.core.schema import results_schema


@pytest.fixture
def balance(run, register, table, rows_of):
    """``balance(rows, **changed)``: rows by unit; figures are ``(unit, year, measure, m³)``."""
    kinds = {
        "subject_role": "text",
        "subject_id": "text",
        "year": "int",
        "measure": "text",
        "value": "real",
        "unit": "text",
        "source": "text",
    }

    def call(figures, **changed):
        rows = [("units", *figure, "m3", "groundwater") for figure in figures]
        given = {**register, "INDICES": table("indices", kinds, rows), "YEAR": 2025, **changed}
        out = run("quotabalance", {**given, "BALANCE": "memory:", "FINDINGS": "memory:"})
        return rows_of(out["BALANCE"]), rows_of(out["FINDINGS"])

    return call


def test_cap_use_and_margin(balance):
    rows, findings = balance(
        [
            ("650402", 2025, "index", 1000.0),
            ("650402", 2025, "use", 1200.0),
            ("650421", 2025, "index", 1000.0),
            ("650421", 2025, "use", 750.0),
        ]
    )
    assert set(rows[0]) - {"wkt"} == set(results_schema().tables["quota_balance"].fields)
    by_unit = {row["unit_id"]: row for row in rows}
    over, under = by_unit["650402"], by_unit["650421"]
    assert (over["cap_m3"], over["use_m3"], over["margin_m3"], over["used_percent"]) == (
        1000,
        1200,
        -200,
        120,
    )
    assert (over["name"], over["outcome"], over["period_state"]) == ("高昌区", "fail", "closed")
    assert (under["margin_m3"], under["used_percent"], under["outcome"]) == (250, 75, "pass")
    said = {row["subject_id"]: row["outcome"] for row in findings if row["rule"] == "quota.balance"}
    assert said["650402"] == "fail"
    assert "650421" not in said


def test_a_year_that_is_not_over_is_open(balance):
    figures = [("650402", 2025, "index", 1000.0), ("650402", 2025, "use", 100.0)]
    rows, _ = balance(figures, AS_OF="2025-06-30")
    (row,) = [row for row in rows if row["unit_id"] == "650402"]
    assert (row["period_state"], row["outcome"]) == ("open", "not_evaluated")
    # 181 of 365 days are over
    assert row["day_share_ratio"] == pytest.approx(181 / 365)
    assert row["pace_m3"] == pytest.approx(1000 * 181 / 365)
    assert row["projected_m3"] == pytest.approx(100 * 365 / 181)


def test_without_figures_nothing_is_guessed(balance):
    rows, _ = balance([])
    assert all(row["outcome"] != "pass" for row in rows)


@pytest.mark.parametrize(
    ("parameter", "value", "said"),
    [
        ("YEAR", 12, "YEAR: 12 is not allowed. Give a whole number from 1900 to 2100, or leave it empty."),
        (
            "YEAR",
            "soon",
            "YEAR: soon is not allowed. Give a whole number from 1900 to 2100, or leave it empty.",
        ),
        (
            "LEVEL",
            "village",
            "LEVEL: village is not known. Allowed: city, county, township, regiment, division, management_unit, or "
            "empty.",
        ),
        ("SOURCE", "rain", "SOURCE: rain is not known. Allowed: groundwater, total, or empty."),
    ],
)
def test_values_that_cannot_work(provider, context, register, parameter, value, said):
    algorithm = provider.algorithm("quotabalance").create()
    given = {**register, parameter: value, "BALANCE": "memory:"}
    assert algorithm.checkParameterValues(given, context) == (False, said)
