"""What counts as the water of a year: months, versions, energy, shares, and figures that cannot be used."""

from __future__ import annotations

import pytest

from build import scene
from overdraft.core.fees import over_plan_fees
from overdraft.core.power import power_to_water
from overdraft.core.quota import quota_balance

TOLI = {"x": 83.6, "y": 45.9, "county": "托里县"}
GAOCHANG = "650402"


def plan(user="U1", value=10_000, measure="plan", year=2025, **more):
    row = {"subject_role": "users", "subject_id": user, "year": year, "measure": measure}
    return {**row, "value": value, "unit": "m3", **more}


def read(month=None, volume=None, energy=None, well="W1", year=2025, **more):
    row = {"well_id": well, "year": year, "month": month, "volume_m3": volume, "energy_kwh": energy}
    return {**row, **more}


def bill(readings, wells=None, users=("U1",), indices=None, as_of="2026-03-31", **roles):
    """The bills of 2025, one per user; every user has a plan of 10,000 m³."""
    made = scene(
        "toli-2024",
        as_of,
        wells=wells or [{"well_id": "W1", "user_id": "U1", **TOLI}],
        users=[{"user_id": user, "county": "托里县"} for user in users],
        readings=readings,
        indices=indices or [plan(user) for user in users],
        **roles,
    )
    fees = over_plan_fees(made)
    return fees.bills.set_index("user_id"), made


def says(readings, **more):
    """Use, state and outcome of the one user."""
    row = bill(readings, **more)[0].loc["U1"]
    return row["used_m3"], row["period_state"], row["outcome"]


TWO = [{"well_id": name, "user_id": "U1", **TOLI} for name in ("W1", "W2")]


def test_a_reading_below_zero_is_never_taken_from_the_use():
    assert says([read(volume=16_000), read(volume=-9_000, well="W2")], wells=TWO) == (16_000, "open", "fail")
    assert says([read(volume=6_000), read(volume=-9_000, well="W2")], wells=TWO)[1:] == (
        "open",
        "not_evaluated",
    )
    months = [read(month, 500) for month in range(1, 13)]
    assert says(months) == (6_000, "closed", "pass")
    assert says([*months[:-1], read(12, -500)]) == (5_500, "open", "not_evaluated")
    # one of two vouchers of the same month
    assert says([*months, read(12, -500, voucher_no="V")]) == (6_000, "open", "not_evaluated")


def test_a_later_version_closes_the_gap():
    wrong, right = read(volume=-9_000, as_of="2026-01-05"), read(volume=9_000, as_of="2026-02-05")
    assert says([wrong, right]) == (9_000, "closed", "pass")
    wrong["as_of"] = "2026-03-05"
    assert says([wrong, right])[1:] == ("open", "not_evaluated")


@pytest.mark.parametrize("month", ["abc", 13, -1, "13"])
def test_a_month_that_cannot_be_read_is_not_the_whole_year(month):
    found, made = bill([read(month, 1_000), *(read(str(one), 500) for one in range(2, 13))])
    row = found.loc["U1"]
    assert (row["used_m3"], row["period_state"], row["outcome"]) == (5_500, "open", "not_evaluated")
    told = made.register.problems.rows
    assert (told["rule"] == "register.value").sum() == 1
    volumes = power_to_water(made.register, made.as_of, made.policy).volumes
    assert sorted(volumes["month"]) == list(range(2, 13))


def test_a_thirteenth_month_leaves_a_gap_beside_twelve_good_ones():
    months = [read(month, 500) for month in range(1, 13)]
    assert says([*months, read(13, 99_999)]) == (6_000, "open", "not_evaluated")


def test_a_volume_that_cannot_be_read_leaves_a_gap():
    months = [read(month, "500", account_no="A") for month in range(1, 13)]
    assert says([*months, read(7, "n/a", account_no="B")]) == (6_000, "open", "not_evaluated")


def test_the_year_so_far_is_not_the_year():
    assert says([read(volume=4_000, as_of="2025-06-30")]) == (4_000, "open", "not_evaluated")
    assert says([read(volume=4_000, as_of="2025-12-31")]) == (4_000, "closed", "pass")
    assert says([read(volume=4_000)]) == (4_000, "closed", "pass")
    months = [read(month, 500) for month in range(1, 13)]
    assert says([read(volume=4_000, as_of="2025-06-30"), *months]) == (6_000, "closed", "pass")
    assert says([read(volume=4_000, as_of="2025-06-30"), *months[:10]]) == (5_000, "open", "not_evaluated")


def test_months_after_the_day_have_not_been():
    cap = {"subject_role": "units", "subject_id": GAOCHANG, "year": 2024, "measure": "index", "unit": "m3"}
    made = scene(
        as_of="2024-06-30",
        wells=[{"well_id": "W1", "county": "高昌区"}],
        readings=[read(month, 1_000, year=2024) for month in range(1, 13)],
        indices=[{**cap, "value": 10_000, "source": "groundwater"}],
    )
    row = quota_balance(made, years=[2024]).balance.set_index("unit_id").loc[GAOCHANG]
    assert (row["use_m3"], row["period_state"], row["outcome"]) == (6_000, "open", "not_evaluated")


def test_negative_figures_of_indices_are_told_and_not_used():
    figure = {"subject_role": "units", "subject_id": GAOCHANG, "year": 2024, "unit": "m3"}
    made = scene(
        indices=[
            {**figure, "measure": "index", "value": 10_000, "source": "groundwater"},
            {**figure, "measure": "use", "value": -5, "source": "groundwater"},
        ]
    )
    row = quota_balance(made, years=[2024]).balance.set_index("unit_id").loc[GAOCHANG]
    assert row["outcome"] == "not_evaluated"
    told = made.amounts.problems.rows
    assert told["message_key"].tolist() == ["rules.index_negative"]


def test_the_sum_of_sources_is_not_known_while_one_of_them_cannot_be_used():
    uses = [
        plan(value=5_000, measure="use", source="surface"),
        plan(value=-9_000, measure="use", source="groundwater"),
    ]
    found, _ = bill([], indices=[plan(), *uses])
    assert found.loc["U1", ["case", "outcome"]].tolist() == ["no_use", "not_evaluated"]
    uses[1]["value"] = 4_000
    assert bill([], indices=[plan(), *uses])[0].loc["U1", "used_m3"] == 9_000


PUMP = [{"well_id": "W1", "user_id": "U1", "m3_per_kwh_ratio": 2.0, **TOLI}]


def test_a_month_of_energy_is_not_a_year():
    assert says([read(7, energy=1_000)], wells=PUMP) == (2_000, "open", "not_evaluated")
    assert says([read(energy=1_000)], wells=PUMP) == (2_000, "closed", "pass")
    months = [read(month, energy=100) for month in range(1, 13)]
    assert says(months, wells=PUMP) == (2_400, "closed", "pass")
    # eleven months metered, the twelfth by energy: 11 × 100 + 2 × 100
    mixed = [*(read(month, 100) for month in range(1, 12)), read(12, energy=100)]
    assert says(mixed, wells=PUMP) == (1_300, "closed", "pass")
    assert says([read(energy=1_000, as_of="2025-06-30")], wells=PUMP) == (2_000, "open", "not_evaluated")
    assert says([read(energy=1_000), read(7, energy=-1)], wells=PUMP)[1:] == ("open", "not_evaluated")


def test_bills_convert_energy_as_power_to_water_does():
    dated = {"subject_role": "wells", "subject_id": "W1", "year": 2024, "measure": "kwh_coefficient"}
    indices = [plan(), {**dated, "value": 3.0, "unit": "m3/kWh"}]
    found, made = bill([read(energy=4_000)], wells=PUMP, indices=indices)
    assert found.loc["U1", ["used_m3", "outcome", "estimated"]].tolist() == [12_000, "review", True]
    converted = power_to_water(made.register, made.as_of, made.policy).volumes["volume_m3"]
    assert converted.tolist() == [12_000]
    bare = [{"well_id": "W1", "user_id": "U1", **TOLI}]
    assert says([read(energy=4_000)], wells=bare, indices=indices) == (12_000, "closed", "review")


def test_a_metered_month_does_not_stand_for_the_energy_of_a_year():
    assert says([read(energy=12_000), read(7, volume=100)], wells=PUMP) == (100, "open", "not_evaluated")


@pytest.mark.parametrize(
    ("shares", "uses"),
    [
        ((0.3, 0.7), {"U1": 6_000, "U2": 14_000}),
        ((0.3, 0.3), {}),
        ((1.0, 1.0), {}),
        ((1.5, -0.5), {}),
        ((None, None), {}),
    ],
)
def test_shares_of_a_well_add_up_to_one_or_nobody_is_billed(shares, uses):
    users = ("U1", "U2")
    links = [
        {"well_id": "W1", "user_id": user, "share_ratio": share}
        for user, share in zip(users, shares, strict=True)
    ]
    wells = [{"well_id": "W1", **TOLI}]
    found, made = bill([read(volume=20_000)], wells=wells, users=users, well_users=links)
    assert found["used_m3"].dropna().to_dict() == uses
    if not uses:
        assert set(found["outcome"]) == {"not_evaluated"}
        told = over_plan_fees(made).verdicts.rows
        assert set(told["message_key"]) == {"fees.over_plan.no_shares"}


def test_a_closed_well_that_was_read_does_not_stand_for_one_that_was_not():
    wells = [{**TWO[0], "status": "sealed", "status_on": "2020-05-01"}, TWO[1]]
    assert says([read(volume=0)], wells=wells) == (0, "open", "not_evaluated")
