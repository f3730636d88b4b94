"""The acceptance cases of clause TLF-1.2e, with their numbers; areas are planar, so the figures are exact."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from overdraft.core.retirement.balance import Terms, unit_balance
from overdraft.core.units import m2_to_mu, mu_to_hectares, mu_to_m2

UNITS = pd.DataFrame(
    {
        "unit_id": ["6504", "650402", "650421", "650422"],
        "name": ["吐鲁番市", "高昌区", "鄯善县", "托克逊县"],
        "level": ["prefecture", "county", "county", "county"],
        "parent_id": ["", "6504", "6504", "6504"],
        "located": True,
        "complete": True,
    }
)
TARGETS = pd.Series({"6504": 178_000.0, "650402": 66_000.0, "650421": 61_000.0, "650422": 51_000.0})
CLOSED = Terms(year=2025, as_of=pd.Timestamp("2026-01-01"))


def piece(unit_id, retired_mu, restored_mu=0.0, area_id="a"):
    return {
        "unit_id": unit_id,
        "area_id": area_id,
        "retired_geometry_mu": retired_mu,
        "restored_geometry_mu": restored_mu,
        "retired_registered_mu": 0.0,
        "restored_registered_mu": 0.0,
    }


def balance(*pieces, terms=CLOSED, targets=TARGETS):
    return unit_balance(pd.DataFrame(list(pieces)), UNITS, targets, terms).set_index("unit_id")


def test_units_of_area():
    assert m2_to_mu(44_000_000) == 66_000
    assert mu_to_hectares(66_000) == 4_400
    assert mu_to_m2(66_000) == 44_000_000


@pytest.mark.parametrize((), [pytest.param(id="AC-08")])
def test_ac_08_target_met_with_no_margin():
    row = balance(piece("650402", m2_to_mu(44_000_000.0))).loc["650402"]
    assert row["net_mu"] == 66_000
    assert row["gap_mu"] == 0
    assert row["met"]
    assert row["outcome"] == "pass"


@pytest.mark.parametrize((), [pytest.param(id="AC-08")])
def test_ac_08_end_to_end(run, world, row_of):
    result = run(
        irrigation=world.areas(
            {"area_id": "a", "box": (0, 0, 11_000, 4_000), "status": "retired", "retired_on": "2023-06-01"}
        ),
        units=world.counties(c650402=(-1000, -1000, 20_000, 20_000)),
    )
    row = row_of(result, "650402")
    assert row["net_mu"] == 66_000
    assert row["met"]
    assert row["gap_mu"] == 0
    assert row["outcome"] == "pass"
    assert row["n_parcels"] == 1


@pytest.mark.parametrize((), [pytest.param(id="AC-09")])
def test_ac_09_restored_land_is_deducted():
    row = balance(piece("650402", 70_000.0, 5_000.0)).loc["650402"]
    assert (row["retired_mu"], row["restored_mu"], row["net_mu"]) == (70_000, 5_000, 65_000)
    assert row["gap_mu"] == 1_000
    assert mu_to_hectares(row["gap_mu"]) == pytest.approx(66.67, abs=0.005)
    assert not row["met"]
    assert row["outcome"] == "fail"
    assert balance(piece("650402", 70_000.0)).loc["650402", "met"]


@pytest.mark.parametrize((), [pytest.param(id="AC-09")])
def test_ac_09_end_to_end_with_a_partial_restoration(run, world, row_of):
    size_m = mu_to_m2(70_000) / 10_000
    result = run(
        irrigation=world.areas({"area_id": "a", "box": (0, 0, size_m, 10_000), "area_mu": 70_000}),
        units=world.counties(c650402=(0, 0, 20_000, 20_000)),
        events=world.events(("a", "retired", "2021-03-01"), ("a", "restored", "2024-03-01", 5_000)),
    )
    row = row_of(result, "650402")
    assert row["retired_mu"] == pytest.approx(70_000)
    assert row["restored_mu"] == pytest.approx(5_000)
    assert row["gap_mu"] == pytest.approx(1_000)
    assert row["outcome"] == "fail"
    before = row_of(
        run(
            as_of=date(2024, 2, 29),
            irrigation=world.areas({"area_id": "a", "box": (0, 0, size_m, 10_000), "area_mu": 70_000}),
            units=world.counties(c650402=(0, 0, 20_000, 20_000)),
            events=world.events(("a", "retired", "2021-03-01"), ("a", "restored", "2024-03-01", 5_000)),
        ),
        "650402",
    )
    assert before["net_mu"] == pytest.approx(70_000)
    assert before["met"]
    assert before["period_state"] == "open"


AC_10 = (
    piece("6504", 179_000.0),
    piece("650402", 70_000.0),
    piece("650421", 61_000.0),
    piece("650422", 48_000.0),
)


@pytest.mark.parametrize((), [pytest.param(id="AC-10")])
def test_ac_10_no_offset_between_counties():
    rows = balance(*AC_10)
    assert rows.loc["6504", "net_mu"] == 179_000
    assert rows.loc["6504", "gap_mu"] == 0
    assert rows["met"].tolist()[:4] == [False, True, True, False]
    assert rows["outcome"].tolist() == ["fail", "pass", "pass", "fail", "pass"]
    assert rows.loc["650422", "gap_mu"] == 3_000
    assert mu_to_hectares(3_000) == 200


@pytest.mark.parametrize((), [pytest.param(id="AC-10")])
def test_ac_10_city_sum_only():
    terms = Terms(year=2025, as_of=CLOSED.as_of, parent_sum_only=True)
    rows = balance(*AC_10, terms=terms)
    assert rows["met"].tolist()[:4] == [True, True, True, False]
    assert rows.loc["6504", "outcome"] == "pass"


@pytest.mark.parametrize("alone", [False, True])
@pytest.mark.parametrize((), [pytest.param(id="AC-10")])
def test_ac_10_end_to_end(run, world, row_of, alone):
    def parcel(name, x, wan_mu):
        width = mu_to_m2(wan_mu * 10_000) / 10_000
        return {
            "area_id": name,
            "box": (x, 0, x + width, 10_000),
            "status": "retired",
            "retired_on": "2022-01-01",
        }

    result = run(
        irrigation=world.areas(parcel("g", 0, 7.0), parcel("s", 100_000, 6.1), parcel("t", 200_000, 4.8)),
        units=world.counties(
            c650402=(0, 0, 100_000, 100_000),
            c650421=(100_000, 0, 200_000, 100_000),
            c650422=(200_000, 0, 300_000, 100_000),
        ),
        parent_sum_only=alone,
    )
    assert row_of(result, "6504")["net_mu"] == pytest.approx(179_000)
    assert row_of(result, "6504")["met"] is alone
    assert row_of(result, "6504")["outcome"] == ("pass" if alone else "fail")
    assert row_of(result, "650422")["gap_mu"] == pytest.approx(3_000)
