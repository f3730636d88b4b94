"""The quota balance against the year sheet of Kunyu and the targets of Turpan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from saying import speaks

from build import scene
from overdraft.core.policy import PolicyUnit, load_policy
from overdraft.core.quota import BALANCE_COLUMNS, quota_balance

GAOCHANG, SHANSHAN, TOKSUN, CITY = "650402", "650421", "650422", "6504"
DIVISION, OLD = "660014", "师市老团场"


def kunyu(as_of="2025-09-04", rows=None):
    base = load_policy("turpan-2021")
    unit = PolicyUnit(DIVISION, "第十四师昆玉市", "Kunyu", "division", "", ("师市",))
    policy = replace(base, city_id=DIVISION, units=(unit,), targets=(), zone_units=(), authorities=())
    return scene(policy, as_of, indices=SHEET if rows is None else rows)


def figure(value, year, measure="index", scope="师市", issuer="自治区水利厅", unit=DIVISION, **more):
    row = {
        "subject_role": "units",
        "subject_id": unit,
        "year": year,
        "measure": measure,
        "source": "groundwater",
    }
    return {**row, "value": value, "unit": "万m3", "scope": scope, "issuer": issuer, **more}


OFFICE = "自治区水资委办公室"
SHEET = [
    figure(2589, 2023),
    figure(2112.32, 2023, "use", issuer=""),
    figure(2482, 2024, scope=OLD, issuer=OFFICE),
    figure(2356.52, 2024, "use", scope=OLD, issuer=""),
    figure(2482, 2025, scope=OLD, issuer=OFFICE),
    figure(954.57, 2025, "use", scope=OLD, issuer="", as_of="2025-08-26"),
]


@pytest.mark.parametrize(
    ("year", "percent", "margin", "outcome", "state"),
    [
        pytest.param(2023, 81.59, 476.68, "pass", "closed", id="AC-60"),
        pytest.param(2024, 94.94, 125.48, "pass", "closed", id="AC-61"),
        pytest.param(2025, 38.46, 1527.43, "not_evaluated", "open", id="AC-62"),
    ],
)
def test_the_year_sheet_of_kunyu(year, percent, margin, outcome, state):
    result = quota_balance(kunyu(), level="division")
    row = result.balance.set_index("year").loc[year]
    assert round(row["used_percent"], 2) == percent
    assert row["margin_m3"] == pytest.approx(margin * 1e4)
    assert (row["outcome"], row["period_state"]) == (outcome, state)
    assert list(result.balance.columns) == list(BALANCE_COLUMNS)
    speaks(result.verdicts)


def test_the_straight_line_is_information_only():
    row = quota_balance(kunyu(), level="division").balance.set_index("year").loc[2025]
    assert row["day_share_ratio"] == pytest.approx(238 / 365)
    assert round(100 * row["day_share_ratio"], 2) == 65.21
    assert round(row["pace_m3"] / 1e4, 2) == 1618.40
    assert round(row["projected_m3"] / 1e4, 2) == 1463.94
    assert row["as_of"] == pd.Timestamp("2025-08-26")


@pytest.mark.parametrize("_", [pytest.param(0, id="AC-63")])
def test_a_change_of_scope_or_issuer_is_marked(_):
    balance = quota_balance(kunyu(), level="division").balance
    assert list(balance["scope_changed"]) == [False, True, False]
    assert list(balance["scope"]) == ["", OLD, OLD]  # its own name as a scope is the whole unit


def test_a_leap_year_has_366_days():
    rows = [figure(100, 2024), figure(50, 2024, "use", as_of="2024-02-29")]
    row = quota_balance(kunyu("2024-06-30", rows), level="division").balance.iloc[0]
    assert row["day_share_ratio"] == pytest.approx(60 / 366)


def turpan(rows=(), **roles):
    uses = {GAOCHANG: 1.911, SHANSHAN: 1.86, TOKSUN: 1.0}
    rows = [
        *(figure(value * 1e4, 2025, "use", "", "", unit) for unit, value in uses.items()),
        *rows,
    ]
    return quota_balance(scene(indices=rows, **roles), years=(2025,))


def test_counties_city_and_reserve():
    result = turpan()
    balance = result.balance.set_index("unit_id")
    assert list(result.balance["unit_id"]) == [CITY, GAOCHANG, SHANSHAN, TOKSUN, "reserve"]
    assert dict(balance["outcome"]) == {
        CITY: "pass",
        GAOCHANG: "fail",
        SHANSHAN: "pass",
        TOKSUN: "pass",
        "reserve": "not_evaluated",
    }
    assert balance.loc[GAOCHANG, "margin_m3"] == pytest.approx(-10e4)
    assert balance.loc[CITY, "use_m3"] == pytest.approx(4.771e8)
    assert balance.loc["reserve", "cap_m3"] == pytest.approx(0.09e8)
    assert list(result.verdicts.rows["subject_id"]) == [GAOCHANG]
    assert result.verdicts.counts["n_subjects"].sum() == 4


def test_what_is_allocated_and_permitted():
    users = [{"user_id": name, "county": "高昌区"} for name in "UV"]
    given = [
        {
            "subject_role": "users",
            "subject_id": name,
            "year": 2025,
            "measure": "index",
            "value": 0.5e8,
            "unit": "m3",
        }
        for name in "UV"
    ]
    permits = [
        {"permit_no": "P", "county": "高昌区", "source": "groundwater", "volume_m3": 2e6},
        {
            "permit_no": "Q",
            "county": "高昌区",
            "source": "groundwater",
            "volume_m3": 3e6,
            "state": "cancelled",
        },
        {"permit_no": "R", "county": "高昌区", "source": "surface", "volume_m3": 5e6},
    ]
    balance = turpan(given, users=users, permits=permits).balance.set_index("unit_id")
    assert balance.loc[GAOCHANG, "allocated_m3"] == 1e8
    assert balance.loc[GAOCHANG, "unallocated_m3"] == pytest.approx(0.91e8)
    assert balance.loc[GAOCHANG, "permitted_m3"] == 2e6
    assert balance.loc[CITY, "permitted_m3"] == 2e6
    assert np.isnan(balance.loc[SHANSHAN, "permitted_m3"])


def test_wells_and_readings_are_counted():
    wells = [
        {"well_id": "A", "county": "高昌区"},
        {"well_id": "B", "county": "高昌区"},
        {"well_id": "C", "county": "高昌区", "status": "sealed", "status_on": "2020-05-01"},
        {"well_id": "D", "county": "高昌区", "built_on": "2026-01-05"},
        {"well_id": "E", "county": "高昌区", "use": "monitoring"},
    ]
    readings = [{"well_id": "A", "year": 2025, "volume_m3": 5.0}]
    row = turpan(wells=wells, readings=readings).balance.set_index("unit_id").loc[GAOCHANG]
    assert (row["n_wells"], row["n_without_reading"]) == (2, 1)
    assert row["use_origin"] == "recorded"


def test_units_of_others_are_counted_out():
    rows = [figure(1, 2025, unit="150625"), figure(2, 2025, "use", unit="150625")]
    units = [{"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": None}]
    result = turpan(rows, units=units)
    assert "150625" not in set(result.balance["unit_id"])
    assert result.verdicts.counts["n_out_of_scope"].sum() == 1


def test_a_year_without_anything_is_shown_as_such():
    result = quota_balance(scene(), years=(2024,))
    assert set(result.balance["outcome"]) == {"not_evaluated"}
    assert set(result.balance["unit_id"]) == {GAOCHANG, SHANSHAN, TOKSUN}


def test_without_years_every_year_with_a_cap_is_shown():
    balance = quota_balance(scene(indices=[figure(1e4, 2025, "use", "", "", GAOCHANG)])).balance
    assert set(balance["year"]) == {2025, 2035}
    assert set(balance.loc[balance["year"] == 2035, "period_state"]) == {"not_due"}
    assert (balance.loc[balance["year"] == 2035, "n_wells"] == 0).all()
