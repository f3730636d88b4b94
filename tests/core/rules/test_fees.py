"""Fees and prices: over-plan charges of users, fees paid, prices against costs and standards."""

from __future__ import annotations

import json

import numpy as np
import pytest

from build import outcomes, passed, run, scene
from overdraft.core.messages import render

TOLI, AKBE, DUOLATE = "654224", "654224203", "654224200"
GAOCHANG, SHANSHAN = "650402", "650421"
BANDS = {"bands": (0.2, 0.5), "multiples": (2, 3, 5)}


def index(user, measure, value, year=2025, **more):
    row = {
        "subject_role": "users",
        "subject_id": user,
        "year": year,
        "measure": measure,
        "value": value,
        "unit": "m3",
    }
    return row | more


def rate(value=1.0, unit="元/m3", **more):
    return {"price_id": f"R{len(more)}{value}", "kind": "base_rate", "value": value, "unit": unit} | more


def toli(use, plan, quota=None, prices=None, county=TOLI, as_of="2026-03-31", **roles):
    rows = [index("U", "use", use), index("U", "plan", plan), index("U", "quota", quota)]
    return scene(
        "toli-2024",
        as_of,
        users=[{"user_id": "U", "county": county}],
        indices=[row for row in rows if row["value"] is not None],
        prices=[rate()] if prices is None else prices,
        **roles,
    )


def over_plan(made, **with_):
    return run(made, "fees.over_plan", "TOL-13d", BANDS | with_)


def only(found):
    assert len(found.rows) == 1
    return found.rows.iloc[0]


@pytest.mark.parametrize(
    ("use", "piecewise", "whole", "worked"),
    [
        pytest.param(11_500, 13_000, 13_000, "10000 + 1500×2", id="AC-32"),
        pytest.param(13_000, 17_000, 19_000, "10000 + 2000×2 + 1000×3", id="AC-33"),
        pytest.param(16_000, 28_000, 40_000, "10000 + 2000×2 + 3000×3 + 1000×5", id="AC-34"),
        pytest.param(12_000, 14_000, 14_000, "10000 + 2000×2", id="AC-35 at 20%"),
        pytest.param(12_001, 14_003, 16_003, "10000 + 2000×2 + 1×3", id="AC-35 above 20%"),
        pytest.param(15_000, 23_000, 25_000, "10000 + 2000×2 + 3000×3", id="AC-36"),
        pytest.param(10_001, 10_002, 10_002, "10000 + 1×2", id="just above the plan"),
    ],
)
def test_over_the_plan(use, piecewise, whole, worked):
    for mode in ("piecewise", "whole"):
        row = only(over_plan(toli(use, 10_000), mode=mode))
        values = json.loads(row["message_values"])
        assert (row["outcome"], row["action"], row["period"]) == ("fail", "charge", "2025")
        assert (values["piecewise"], values["whole"]) == (piecewise, whole)
        assert values["fee"] == {"piecewise": piecewise, "whole": whole}[mode]
        assert json.loads(row["evidence"])["worked_piecewise"] == worked
        assert (row["measured"], row["threshold"]) == (use, 10_000)


def test_boundary_option():
    """AC-36: exactly 50% in the upper band is 35 000 by the whole excess."""
    row = only(over_plan(toli(15_000, 10_000), mode="whole", boundary="upper"))
    assert json.loads(row["message_values"])["fee"] == 35_000


@pytest.mark.parametrize("use", [pytest.param(9_000, id="AC-37"), 10_000, 0])
def test_within_the_plan(use):
    found = over_plan(toli(use, 10_000))
    assert found.rows.empty
    assert passed(found) == 1


@pytest.mark.parametrize("plan", [pytest.param(None, id="AC-37 P missing"), 0])
def test_no_plan(plan):
    row = only(over_plan(toli(9_000, plan)))
    assert (row["outcome"], row["action"]) == ("not_evaluated", "supply_data")
    assert row["message_key"] == "fees.over_plan.no_plan"
    row = only(over_plan(toli(9_000, plan), no_plan="top_band"))
    assert (row["outcome"], json.loads(row["message_values"])["fee"]) == ("fail", 45_000)


@pytest.mark.parametrize("use", [pytest.param(9_500, id="AC-38")])
def test_plan_or_quota(use):
    made = toli(use, 10_000, quota=9_000)
    assert passed(over_plan(made)) == 1
    values = json.loads(only(over_plan(made, base="quota"))["message_values"])
    assert (values["percent"], values["fee"]) == (5.56, 10_000)


def test_use_not_known():
    row = only(over_plan(toli(None, 10_000)))
    assert row["message_key"] == "fees.over_plan.no_use"


def test_a_user_of_whom_nothing_is_known_does_not_drop_out():
    made = scene("toli-2024", users=[{"user_id": "U", "county": TOLI}], indices=[], prices=[])
    row = only(over_plan(made))
    assert (row["outcome"], row["period"]) == ("not_evaluated", "2025")


def test_without_a_standard_the_excess_is_told_and_the_amount_left_open():
    row = only(over_plan(toli(13_000, 10_000, prices=[])))
    assert (row["outcome"], row["message_key"]) == ("fail", "fees.over_plan.no_rate")
    assert json.loads(row["message_values"])["fee"] is None
    assert "10000 + 2000×2 + 1000×3" in render(row["message_key"], json.loads(row["message_values"]), "zh")


def test_an_open_year():
    assert only(over_plan(toli(9_000, 10_000, as_of="2025-11-30")))["outcome"] == "not_evaluated"
    row = only(over_plan(toli(13_000, 10_000, as_of="2025-11-30")))
    assert (row["outcome"], row["period_state"]) == ("fail", "open")


def test_an_estimate_from_electricity_is_marked():
    made = scene(
        "toli-2024",
        users=[{"user_id": "U", "county": TOLI}],
        wells=[{"well_id": "W", "county": TOLI, "user_id": "U", "m3_per_kwh_ratio": 2.0}],
        readings=[{"well_id": "W", "year": 2025, "energy_kwh": 6_500}],
        indices=[index("U", "plan", 10_000)],
        prices=[rate()],
    )
    row = only(over_plan(made))
    assert (row["outcome"], row["message_key"]) == ("review", "fees.over_plan.estimated")
    assert json.loads(row["message_values"])["fee"] == 17_000


def test_another_county_is_out_of_scope():
    found = over_plan(toli(13_000, 10_000, county="高昌区"))
    assert found.rows.empty
    assert found.counts["n_out_of_scope"].sum() == 1


def test_no_users():
    found = run(scene("toli-2024"), "fees.over_plan", "TOL-13d", BANDS)
    assert found.rows["message_key"].tolist() == ["rules.role_missing"]


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([rate(1.0), rate(2.0, year=2025)], 2.0),
        ([rate(1.0), rate(2.0, sector="industry")], 1.0),
        ([rate(1.0), rate(2.0, sector="agriculture")], 2.0),
        ([rate(1.0, sector="agriculture", year=2025), rate(3.0, unit_id=TOLI)], 3.0),
        ([rate(1.0), rate(3.0, unit_id=GAOCHANG)], 1.0),
        ([rate(1.0, year=2024)], None),
        ([rate(1.0, unit="元")], None),
        ([rate(1.0), rate(None, year=2025)], None),
    ],
)
def test_which_standard_applies(prices, expected):
    made = scene(
        "toli-2024",
        users=[{"user_id": "U", "county": TOLI, "sector": "agriculture"}],
        indices=[index("U", "use", 11_000), index("U", "plan", 10_000)],
        prices=prices,
    )
    values = json.loads(only(over_plan(made))["message_values"])
    assert values["rate"] == expected
    assert values["fee"] == (None if expected is None else 12_000 * expected)


def test_a_standard_of_the_user_itself_comes_first():
    rows = [index("U", "use", 11_000), index("U", "plan", 10_000), index("U", "base_rate", 0.5, unit="元/m3")]
    made = scene("toli-2024", users=[{"user_id": "U", "county": TOLI}], indices=rows, prices=[rate(9.0)])
    assert json.loads(only(over_plan(made))["message_values"])["fee"] == 6_000


# ------------------------------------------------------------------------------------------------------ fees paid


def money(kind, value, subject=GAOCHANG, year=2025, unit="元", number=1):
    return {
        "price_id": f"{kind}-{subject}-{year}-{number}",
        "kind": kind,
        "unit_id": subject,
        "year": year,
        "value": value,
        "unit": unit,
    }


def fees_paid(*prices, policy="turpan-2021", as_of="2026-03-31", **roles):
    return run(scene(policy, as_of, prices=list(prices), **roles), "fees.paid")


@pytest.mark.parametrize(
    ("due", "had", "outcome"),
    [
        (100, 100, "pass"),
        (100, 99.99, "fail"),
        (100, 120, "pass"),
        (None, 100, "not_evaluated"),
        (100, None, "not_evaluated"),
    ],
)
def test_paid(due, had, outcome):
    found = fees_paid(money("fee_due", due), money("fee_paid", had))
    assert outcomes(found).get(GAOCHANG, "pass") == outcome
    assert passed(found) == (outcome == "pass")


def test_parts_are_added_up():
    rows = [
        money("fee_due", 1.0, unit="万元"),
        money("fee_paid", 6_000, number=1),
        money("fee_paid", 3_999, number=2),
    ]
    row = only(fees_paid(*rows))
    assert (row["outcome"], row["measured"], row["threshold"]) == ("fail", 9_999, 10_000)
    assert passed(fees_paid(*rows, money("fee_paid", 1, number=3))) == 1


def test_paid_in_a_running_year():
    rows = money("fee_due", 100), money("fee_paid", 10)
    row = only(fees_paid(*rows, as_of="2025-06-30"))
    assert (row["outcome"], row["period_state"]) == ("not_evaluated", "open")


def test_users_who_owe():
    users = [{"user_id": name, "county": "高昌区"} for name in ("A", "B", "C")] + [
        {"user_id": "X", "county": TOLI}
    ]
    rows = [
        money("fee_due", 10, "A"),
        money("fee_paid", 10, "A"),
        money("fee_due", 10, "B"),
        money("fee_paid", 5, "B"),
    ]
    found = fees_paid(*rows, users=users)
    assert outcomes(found) == {"B": "fail", "C": "not_evaluated"}
    assert passed(found) == 1
    assert found.counts["n_out_of_scope"].sum() == 1
    assert set(found.rows["subject_role"]) == {"users"}


def test_a_fee_that_names_nobody_holds_passes_back():
    rows = [money("fee_due", 10), money("fee_paid", 10)]
    for loose in (money("fee_due", 5, None), money("fee_due", 5, year=None), money(None, 5)):
        assert outcomes(fees_paid(*rows, loose))[GAOCHANG] == "not_evaluated"


def test_fees_elsewhere_and_none_at_all():
    found = fees_paid(money("fee_due", 10, TOLI))
    assert found.rows.empty
    assert found.counts["n_out_of_scope"].sum() == 1
    assert only(fees_paid(rate()))["message_key"] == "fees.paid.no_due"
    assert run(scene(), "fees.paid").rows["message_key"].tolist() == ["rules.role_missing"]


# --------------------------------------------------------------------------------------------------------- prices


def price(kind, value, unit_id=GAOCHANG, year=2025, sector=None):
    return {
        "price_id": f"{kind}-{unit_id}-{year}-{sector}",
        "kind": kind,
        "unit_id": unit_id,
        "year": year,
        "sector": sector,
        "value": value,
        "unit": "元/m3",
    }


def prices_of(rule, *rows, with_=None, policy="turpan-2021"):
    return run(scene(policy, prices=list(rows)), f"fees.{rule}", "", with_)


@pytest.mark.parametrize(
    ("value", "cost", "outcome"),
    [
        (0.30, 0.30, "pass"),
        (0.1 + 0.2, 0.3, "pass"),
        (0.299, 0.30, "fail"),
        (0.4, 0.3, "pass"),
        (None, 0.3, "not_evaluated"),
        (0.4, None, "not_evaluated"),
    ],
)
def test_price_floor(value, cost, outcome):
    rows = (
        price("price", value, sector="agriculture"),
        price("operating_cost", cost, year=2015, sector="agriculture"),
    )
    found = prices_of("price_floor", *rows, with_={"cost_year": 2015})
    assert outcomes(found).get(GAOCHANG, "pass") == outcome
    assert outcomes(found)[SHANSHAN] == "not_evaluated"  # nothing recorded for it


def test_price_floor_takes_its_year_its_sector_and_the_cost_of_the_city():
    rows = [
        price("price", 0.2, sector="agriculture"),
        price("price", 0.01, sector="industry"),
        price("operating_cost", 0.2, "6504", 2015, "agriculture"),
        price("operating_cost", 0.9, year=2020, sector="agriculture"),
    ]
    found = prices_of("price_floor", *rows, with_={"cost_year": 2015})
    assert GAOCHANG not in outcomes(found)
    assert passed(found) == 1
    assert prices_of("price_floor", *rows).rows["message_key"].tolist() == ["rules.parameter_missing"]


def test_a_price_without_a_year_or_a_unit_is_not_judged():
    cost = price("operating_cost", 0.2, year=2015)
    for loose in (price("price", 0.3, None), price("price", 0.3, year=None)):
        found = prices_of("price_floor", loose, cost, with_={"cost_year": 2015})
        assert outcomes(found)[GAOCHANG] == "not_evaluated"


def test_nothing_passes_on_a_cost_without_a_sector():
    for cost, outcome in ((0.2, "review"), (0.4, "fail")):
        rows = price("price", 0.3, sector="agriculture"), price("operating_cost", cost, year=2015)
        found = prices_of("price_floor", *rows, with_={"cost_year": 2015})
        assert outcomes(found)[GAOCHANG] == outcome


def test_figures_that_cannot_be_placed_hold_passes_back():
    rows = [price("fee_applied", 0.2), price("fee_standard", 0.2)]
    assert passed(prices_of("standard", *rows)) == 1
    for loose in (price("fee_applied", 0.3, None), price("fee_standard", 0.3, year=None), price(None, 0.3)):
        found = prices_of("standard", *rows, loose)
        assert outcomes(found, "message_key")[GAOCHANG] == "fees.price.loose"
        assert passed(found) == 0
    rows[0]["value"] = 0.1
    assert outcomes(prices_of("standard", *rows, price(None, 0.3)))[GAOCHANG] == "fail"


@pytest.mark.parametrize(
    ("applied", "standard", "outcome"),
    [
        (0.2, 0.2, "pass"),
        (0.21, 0.2, "fail"),
        (0.19, 0.2, "fail"),
        (0.2, None, "not_evaluated"),
        (None, 0.2, "not_evaluated"),
    ],
)
def test_standard(applied, standard, outcome):
    found = prices_of("standard", price("fee_applied", applied), price("fee_standard", standard, "6504"))
    assert outcomes(found).get(GAOCHANG, "pass") == outcome


def test_the_sector_farthest_off_speaks():
    rows = [
        price("fee_standard", 0.2, "6504", sector="agriculture"),
        price("fee_standard", 1.0, "6504", sector="industry"),
        price("fee_applied", 0.2, sector="agriculture"),
        price("fee_applied", 0.7, sector="industry"),
    ]
    row = prices_of("standard", *rows).rows.query("subject_id == @GAOCHANG").iloc[0]
    assert json.loads(row["message_values"])["sector"] == "industry"
    assert json.loads(row["message_values"])["difference"] == pytest.approx(-0.3)


@pytest.mark.parametrize(
    ("final", "works", "canal", "outcome"),
    [
        (0.3, 0.2, 0.1, "pass"),
        (0.31, 0.2, 0.1, "fail"),
        (0.29, 0.2, 0.1, "fail"),
        (0.3, 0.3, None, "not_evaluated"),
        (None, 0.2, 0.1, "not_evaluated"),
    ],
)
def test_final_price(final, works, canal, outcome):
    rows = [
        price(*one, sector="agriculture")
        for one in (("price", final), ("works_price", works), ("canal_fee", canal))
    ]
    assert outcomes(prices_of("final_price", *rows)).get(GAOCHANG, "pass") == outcome


@pytest.mark.parametrize("rule", ["price_floor", "standard", "final_price"])
def test_prices_elsewhere_are_not_asked(rule):
    kind = {"standard": "fee_applied"}.get(rule, "price")
    found = prices_of(
        rule, price(kind, 0.3, TOLI), with_={"cost_year": 2015} if rule == "price_floor" else None
    )
    assert TOLI not in set(found.rows["subject_id"])
    assert set(found.rows["outcome"]) == {"not_evaluated"}
    missing = run(scene(), f"fees.{rule}", "", {"cost_year": 2015} if rule == "price_floor" else None)
    assert missing.rows["message_key"].tolist() == ["rules.role_missing"]


def test_soft_clauses_do_not_fail():
    rows = price("fee_applied", 0.3), price("fee_standard", 0.2)
    made = scene(prices=list(rows))
    assert outcomes(run(made, "fees.standard", force="soft"))[GAOCHANG] == "review"


def test_every_finding_has_its_words():
    found = [
        over_plan(toli(13_000, 10_000)),
        over_plan(toli(13_000, None)),
        over_plan(toli(None, 10_000)),
        over_plan(toli(9_000, 10_000, as_of="2025-11-30")),
        over_plan(toli(13_000, None), no_plan="top_band"),
        fees_paid(money("fee_due", 100), money("fee_paid", 10)),
        fees_paid(money("fee_due", 100)),
        fees_paid(money("fee_paid", 100)),
        prices_of(
            "price_floor",
            price("price", 0.1),
            price("operating_cost", 1, year=2015),
            with_={"cost_year": 2015},
        ),
        prices_of("standard", price("fee_applied", 0.3), price("fee_standard", 0.2)),
        prices_of("standard", price("fee_applied", 0.3)),
        prices_of("final_price", price("price", 0.1), price("works_price", 1)),
        prices_of("final_price", price("price", 1), price("works_price", 0.5), price("canal_fee", 0.5)),
        prices_of("standard", price("fee_applied", 1), price("fee_standard", 1), price(None, 1)),
    ]
    for one in found:
        for row in one.rows.itertuples():
            for language in ("en", "zh"):
                assert "{" not in render(row.message_key, json.loads(row.message_values), language)
            assert np.isnan(row.measured) or row.measured >= 0
