"""Bills of all users of a county: they add up by township and county, and other documents have none."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from build import AKBE, DUOLATE, TOLI, TOLI_UNITS, scene
from overdraft.core.errors import OverdraftError
from overdraft.core.fees import over_plan_fees
from overdraft.core.messages import render


def index(user, measure, value, year):
    return {
        "subject_role": "users",
        "subject_id": user,
        "year": year,
        "measure": measure,
        "value": value,
        "unit": "m3",
    }


def county(policy="toli-2024", seed=7, size=40):
    rng = np.random.default_rng(seed)
    names = [f"U{number:02d}" for number in range(size)]
    rows = []
    for name in names:
        for year in (2024, 2025):
            plan = round(float(rng.uniform(1_000, 20_000)), 1)
            rows.append(index(name, "plan", plan if rng.random() > 0.1 else None, year))
            rows.append(index(name, "use", round(plan * float(rng.uniform(0.5, 2)), 3), year))
    wells = [
        {"well_id": f"W{number:02d}", "user_id": name, "x": 83.25 if number % 3 else 83.75, "y": 45.5}
        for number, name in enumerate(names[:-2])
    ]
    return scene(
        policy,
        users=[{"user_id": name, "county": "托里县"} for name in names]
        + [{"user_id": "X", "county": "高昌区"}],
        wells=wells,
        units=TOLI_UNITS,
        indices=[row for row in rows if row["value"] is not None],
        prices=[{"price_id": "R", "kind": "base_rate", "value": 0.137, "unit": "元/m3"}],
    )


@pytest.fixture(scope="module")
def toli():
    return county()


@pytest.mark.parametrize("mode", [None, "piecewise", "whole"])
def test_totals_are_the_sum_of_the_bills(toli, mode):
    fees = over_plan_fees(toli, mode=mode)
    assert len(fees.bills) == 80
    assert set(fees.bills["mode"]) == {mode or "piecewise"}
    assert fees.bills["fee"].equals(fees.bills[f"fee_{mode or 'piecewise'}"])
    sums = fees.totals.groupby(["level", "year"]).sum(numeric_only=True)
    for year, bills in fees.bills.groupby("year"):
        for level in ("township", "county", "all"):
            row = sums.loc[(level, year)]
            assert row["n_users"] == len(bills)
            assert row["n_over"] == (bills["case"] == "over").sum()
            assert row["n_not_charged"] == bills["fee"].isna().sum()
            for name in ("fee", "fee_piecewise", "fee_whole", "surcharge"):
                assert round(100 * row[name]) == (100 * bills[name].fillna(0)).round().sum()
            for name in ("used_m3", "excess_m3", "band_1_m3", "band_2_m3", "band_3_m3"):
                assert row[name] == pytest.approx(bills[name].sum(), abs=1e-5)
    townships = fees.totals[fees.totals["level"] == "township"]
    assert set(townships["unit_id"]) == {AKBE, DUOLATE, "unassigned"}
    assert set(fees.totals.loc[fees.totals["level"] == "county", "unit_id"]) == {TOLI}


def test_bills_by_hand(toli):
    bills = over_plan_fees(toli, year=2025).bills
    assert set(bills["year"]) == {2025}
    charged = bills[bills["case"] == "over"]
    plan, use = charged["base_m3"], charged["used_m3"]
    bands = (
        np.minimum(use - plan, 0.2 * plan),
        np.clip(use - 1.2 * plan, 0, 0.3 * plan),
        (use - 1.5 * plan).clip(0),
    )
    weighted = plan + 2 * bands[0] + 3 * bands[1] + 5 * bands[2]
    np.testing.assert_allclose(charged["fee_piecewise"], 0.137 * weighted, atol=0.0051)
    multiple = np.select([use / plan - 1 <= 0.2, use / plan - 1 <= 0.5], [2, 3], 5)
    np.testing.assert_allclose(charged["fee_whole"], 0.137 * (plan + multiple * (use - plan)), atol=0.0051)
    assert (charged["rate_source"] == "R").all()
    row = charged.iloc[0]
    assert "{" not in render(row["message_key"], json.loads(row["message_values"]), "zh")


def test_findings_and_bills_agree(toli):
    fees = over_plan_fees(toli)
    rows = fees.verdicts.rows
    assert set(rows["rule"]) == {"fees.over_plan"}
    assert set(rows["clause"]) == {"TOL-13d"}
    told = rows.set_index(["subject_id", "period"])["outcome"]
    bills = fees.bills.assign(period=fees.bills["year"].astype(str)).set_index(["user_id", "period"])[
        "outcome"
    ]
    assert told.to_dict() == bills[bills != "pass"].to_dict()
    assert "X" not in set(fees.bills["user_id"])


def test_order_of_the_rows_does_not_matter(toli):
    tables = {role: toli.frame(role) for role in ("users", "wells", "indices", "prices")}
    turned = {role: frame.iloc[::-1].drop(columns="row_id") for role, frame in tables.items()}
    again = scene("toli-2024", units=TOLI_UNITS, **turned)
    keys = ["user_id", "year"]
    one, other = (over_plan_fees(made) for made in (toli, again))
    pd.testing.assert_frame_equal(
        one.bills.sort_values(keys).reset_index(drop=True),
        other.bills.sort_values(keys).reset_index(drop=True),
    )
    pd.testing.assert_frame_equal(one.totals, other.totals)


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        pytest.param(
            "turpan-2021", "rules.value_missing", id="AC-66 no charge of TOL-13d"
        ),  # bands are a gap there
        pytest.param("yengisar-2020", "fees.over_plan.no_bands", id="no bands in the text"),
    ],
)
def test_bands_of_another_document_do_not_apply(policy, why):
    fees = over_plan_fees(county(policy))
    assert fees.bills.empty
    assert fees.totals.empty
    assert fees.verdicts.rows["message_key"].tolist() == [why]
    assert {"fee", "worked_piecewise"} <= set(fees.bills.columns)


def test_no_users_and_no_such_mode(toli):
    fees = over_plan_fees(scene("toli-2024"))
    assert fees.bills.empty
    assert fees.verdicts.rows["message_key"].tolist() == ["rules.role_missing"]
    with pytest.raises(OverdraftError):
        over_plan_fees(toli, mode="double")
