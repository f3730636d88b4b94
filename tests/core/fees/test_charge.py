"""The arithmetic of over-plan charges against the printed examples, and what must hold for any use."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overdraft.core.errors import OverdraftError
from overdraft.core.fees import over_plan_charge
from overdraft.core.messages import render

BANDS, MULTIPLES = (0.2, 0.5), (2, 3, 5)


def charge(plan, used, rate=1.0, **more):
    return over_plan_charge(plan, used, rate, BANDS, MULTIPLES, **more)


def fees(row):
    return [row["fee_piecewise"], row["fee_whole"]]


@pytest.mark.parametrize(
    ("used", "ratio", "band", "piecewise", "whole"),
    [
        pytest.param(11_500, 0.15, 1, 13_000, 13_000, id="AC-32"),
        pytest.param(13_000, 0.30, 2, 17_000, 19_000, id="AC-33"),
        pytest.param(16_000, 0.60, 3, 28_000, 40_000, id="AC-34"),
        pytest.param(12_000, 0.20, 1, 14_000, 14_000, id="AC-35 at 20%"),
        pytest.param(12_001, 0.2001, 2, 14_003, 16_003, id="AC-35 above 20%"),
        pytest.param(15_000, 0.50, 2, 23_000, 25_000, id="AC-36"),
        pytest.param(9_000, -0.1, 0, 9_000, 9_000, id="AC-37 below the plan"),
        pytest.param(10_000, 0.0, 0, 10_000, 10_000, id="exactly the plan"),
        pytest.param(0, -1.0, 0, 0, 0, id="nothing used"),
    ],
)
def test_the_catalogue(used, ratio, band, piecewise, whole):
    row = charge(10_000, used).iloc[0]
    assert row["excess_ratio"] == pytest.approx(ratio)
    assert row["band"] == band
    assert fees(row) == [piecewise, whole]
    assert row["state"] == ("over" if band else "within")


def test_boundary_option():
    row = charge(10_000, 15_000, boundary="upper").iloc[0]  # AC-36, option 5×
    assert fees(row) == [23_000, 35_000]
    assert fees(charge(10_000, 12_000, boundary="upper").iloc[0]) == [14_000, 14_000]  # 20% 以内
    assert fees(charge(10_000, 12_000, boundary=("upper", "lower")).iloc[0]) == [14_000, 16_000]


@pytest.mark.parametrize("missing", [np.nan, None, 0])
def test_no_plan(missing):
    row = charge(missing, 500).iloc[0]  # AC-37, P missing
    assert row["state"] == "no_plan"
    assert np.isnan(fees(row)).all()
    assert pd.isna(row["band"])
    row = charge(missing, 500, no_plan="top_band").iloc[0]
    assert row["state"] == "no_plan_top_band"
    assert fees(row) == [2_500, 2_500]
    assert (row["worked_piecewise"], row["band"]) == ("500×5", 3)
    assert charge(missing, 0, no_plan="top_band").iloc[0]["state"] == "no_plan"  # nothing to charge


def test_base_option():
    named = {"quota": 9_000}
    row = charge(10_000, 9_500, **named).iloc[0]  # AC-38, default
    assert (row["state"], row["base"], row["fee_piecewise"]) == ("within", "plan", 9_500)
    row = charge(10_000, 9_500, base="quota", **named).iloc[0]
    assert row["excess_ratio"] == pytest.approx(0.0556, abs=5e-5)
    assert fees(row) == [10_000, 10_000]
    row = charge(np.nan, 9_500, base="plan_or_quota", **named).iloc[0]
    assert (row["base"], row["fee_piecewise"]) == ("quota", 10_000)


def test_national_example():
    """Plan 100 000 m³ at 0.1 yuan: 90, 115, 140 and 170 thousand m³."""
    table = charge(100_000, [90_000, 115_000, 140_000, 170_000], 0.1)
    assert table["fee_piecewise"].tolist() == [9_000, 13_000, 20_000, 33_000]
    assert table["fee_whole"].tolist() == [9_000, 13_000, 22_000, 45_000]


def test_worked_line():
    row = charge(10_000, 13_000).iloc[0]
    assert row["worked_piecewise"] == "10000 + 2000×2 + 1000×3"
    assert row["worked_whole"] == "10000 + 3000×3"
    text = render(row["message_key"], json.loads(row["message_values"]), "en")
    assert "1 × (10000 + 2000×2 + 1000×3) = 17,000 yuan" in text
    assert charge(10_000, 0).iloc[0]["worked_piecewise"] == "0"
    assert charge(0.3, 0.75).iloc[0]["worked_piecewise"] == "0.3 + 0.06×2 + 0.09×3 + 0.3×5"


@pytest.mark.parametrize("case", [(10, 5, np.nan), (10, np.nan, 1), (np.nan, 5, 1), (10, 5, 1), (10, -5, 1)])
def test_every_line_has_its_words(case):
    row = charge(*case).iloc[0]
    for language in ("en", "zh"):
        assert "{" not in render(row["message_key"], json.loads(row["message_values"]), language)


def test_without_a_standard_the_volumes_are_told():
    row = charge(10_000, 13_000, np.nan).iloc[0]
    assert (row["state"], row["charged_piecewise_m3"], row["charged_whole_m3"]) == ("over", 17_000, 19_000)
    assert np.isnan(fees(row)).all()
    assert row["message_key"] == "fees.worked.no_rate"


def test_estimates_are_marked():
    assert charge(10, [5, 6], estimated=[True, False])["estimated"].tolist() == [True, False]


@pytest.mark.parametrize("plan", [0.1, 0.3, 0.7, 1.1, 12.3, 1e5 / 3, 7e8 / 11])
def test_limits_are_met_in_binary_fractions(plan):
    """plan · 1.2 and plan · 1.5 as floats are on the limits, whatever the last bit says."""
    table = charge(plan, [plan * (1 + 1e-12), plan * 1.2, plan + plan * 0.2, plan * 1.5, plan + plan / 2])
    assert table["band"].tolist() == [0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("bands", "multiples", "options", "key"),
    [
        ((0.5, 0.2), (2, 3, 5), {}, "fees.bad_bands"),
        ((0.0, 0.2), (2, 3, 5), {}, "fees.bad_bands"),
        ((0.2, 0.5), (2, 3), {}, "fees.bad_bands"),
        ((0.2,), (2, -3), {}, "fees.bad_bands"),
        ((0.2, 0.5), (2, 3, 5), {"base": "permit"}, "fees.bad_option"),
        ((0.2, 0.5), (2, 3, 5), {"boundary": "middle"}, "fees.bad_option"),
        ((0.2, 0.5), (2, 3, 5), {"boundary": ("lower",)}, "fees.bad_option"),
        ((0.2, 0.5), (2, 3, 5), {"no_plan": "free"}, "fees.bad_option"),
    ],
)
def test_refused(bands, multiples, options, key):
    with pytest.raises(OverdraftError) as caught:
        over_plan_charge(1, 1, 1, bands, multiples, **options)
    assert caught.value.key == key
    assert "{" not in caught.value.text("zh")


def test_other_bands_are_data():
    table = over_plan_charge(100, [105, 200], 2.5, (), (1.5,))
    assert table["fee_piecewise"].tolist() == [2.5 * 107.5, 2.5 * 250]
    assert table["fee_whole"].tolist() == table["fee_piecewise"].tolist()
    assert over_plan_charge([], [], 1.0, BANDS, MULTIPLES).empty


volumes = st.decimals(0, 100_000, places=3).map(float)


@given(st.decimals(1, 50_000, places=3).map(float), volumes, st.decimals(0, 20, places=4).map(float))
def test_what_always_holds(plan, used, rate):
    row = charge(plan, used, rate).iloc[0]
    bands = [row[f"band_{number}_m3"] for number in (1, 2, 3)]
    assert row["within_m3"] + sum(bands) == pytest.approx(used, rel=1e-9)
    assert row["excess_m3"] == pytest.approx(max(used - plan, 0), abs=1e-6 + 1e-9 * plan)
    assert row["fee_whole"] >= row["fee_piecewise"] >= round(rate * used, 2) - 0.011
    terms = min(used, plan), np.clip(used - plan, 0, 0.2 * plan), np.clip(used - 1.2 * plan, 0, 0.3 * plan)
    expected = rate * (terms[0] + 2 * terms[1] + 3 * terms[2] + 5 * max(used - 1.5 * plan, 0))
    assert row["fee_piecewise"] == pytest.approx(expected, rel=1e-8, abs=0.0051)
    more = charge(plan, used + 1, rate).iloc[0]
    assert more["fee_piecewise"] >= row["fee_piecewise"]
    assert more["fee_whole"] >= row["fee_whole"]
