"""Water users: who needs a plan, what is asked by size, classes."""

from __future__ import annotations

import pytest

from build import outcomes, passed, run, scene

HANGJIN = {"permitted": True, "network_only": True, "at_least": 5000}
COUNTY = "杭锦旗"


def user(name="U", policy_county=COUNTY, **more):
    return {"user_id": name, "county": policy_county, **more}


def plan_of(name, value=100.0, year=2025, measure="plan"):
    row = {"subject_role": "users", "subject_id": name, "year": year, "measure": measure}
    return {**row, "value": value, "unit": "m3"}


PLANS = [plan_of("somebody else")]


def planned(users, with_=HANGJIN, policy="hangjin-2023", clause="HJQ-3.4b", indices=PLANS, **roles):
    return run(scene(policy, users=users, indices=indices, **roles), "users.plan", clause, with_)


@pytest.mark.parametrize(
    ("more", "inside"),
    [
        pytest.param({"network_id": "N", "annual_m3": 5000}, True, id="AC-46 network user 5000"),
        pytest.param({"network_id": "N", "annual_m3": 4999.9}, False, id="AC-46 network user 4999.9"),
        pytest.param({"annual_m3": 8000}, False, id="AC-46 outside the network without permit"),
        pytest.param({"annual_m3": 300, "permit": True}, True, id="AC-46 permitted user"),
    ],
)
def test_who_is_under_planned_use(more, inside):
    held = more.pop("permit", False)
    permits = [{"permit_no": "P", "user_id": "U", "state": "valid"}] if held else []
    found = planned([user(**more)], permits=permits) if held else planned([user(**more)])
    assert outcomes(found) == ({"U": "fail"} if inside else {})
    assert found.counts["n_out_of_scope"].sum() == (0 if inside else 1)
    if inside:
        with_plan = planned([user(**more)], indices=[plan_of("U")], permits=permits)
        assert (len(with_plan.rows), passed(with_plan)) == (0, 1)


def test_a_well_with_a_permit_puts_its_user_under_planned_use():
    wells = [{"well_id": "W", "county": COUNTY, "permit_no": "P", "user_id": "U"}]
    assert outcomes(planned([user(annual_m3=1)], wells=wells)) == {"U": "fail"}
    wells[0].update(user_id=None)
    links = [{"well_id": "W", "user_id": "U"}]
    assert outcomes(planned([user(annual_m3=1)], wells=wells, well_users=links)) == {"U": "fail"}


def test_cancelled_permits_bind_nobody_and_unknown_states_stay_open():
    permits = [
        {"permit_no": "P", "user_id": "U", "state": "cancelled"},
        {"permit_no": "Q", "user_id": "V", "state": None},
    ]
    found = planned([user(annual_m3=1), user("V", annual_m3=1)], permits=permits)
    assert outcomes(found) == {"V": "not_evaluated"}


def test_what_decides_the_scope_and_is_missing_leaves_it_open():
    found = planned([user(network_id="N")])
    assert outcomes(found, "message_key") == {"U": "users.plan.scope_open"}
    with_plan = planned([user(network_id="N")], indices=[plan_of("U")])
    assert outcomes(with_plan) == {"U": "not_evaluated"}


def test_the_measured_use_of_the_last_full_year_counts_too():
    rows = [*PLANS, plan_of("U", 6000, measure="use")]
    assert outcomes(planned([user(network_id="N", annual_m3=10)], indices=rows)) == {"U": "fail"}
    rows = [*PLANS, plan_of("U", 6000, year=2023, measure="use")]
    assert outcomes(planned([user(network_id="N", annual_m3=10)], indices=rows)) == {}


def test_a_register_without_any_plan_says_nothing_about_a_user():
    found = planned([user(network_id="N", annual_m3=5000)], indices=[])
    assert outcomes(found, "message_key") == {"U": "users.plan.plans_not_recorded"}


def test_large_without_a_figure_is_open_but_abstractors_are_not():
    wells = [{"well_id": "W", "county": "高昌区", "user_id": "A"}]
    users = [user("N", "高昌区", network_id="N", annual_m3=9e9), user("A", "高昌区"), user("O", "高昌区")]
    with_ = {"permitted": True, "abstractors": True, "network_only": True}
    found = planned(users, with_, "turpan-2021", "TLF-3.4a", wells=wells)
    assert outcomes(found) == {"N": "not_evaluated", "A": "fail"}
    assert outcomes(found, "message_key")["N"] == "users.plan.no_threshold"


def test_key_abstractors_are_those_with_the_flag():
    users = [user("A", "高昌区", flags="key_list;campus"), user("B", "高昌区")]
    found = planned(users, {"flag": "key_list"}, "turpan-2021", "TLF-3.4a")
    assert outcomes(found) == {"A": "fail"}
    found = planned([user("B", "高昌区")], {"flag": "key_list"}, "turpan-2021", "TLF-3.4a")
    assert outcomes(found, "message_key") == {"B": "users.plan.flags_not_recorded"}


SIZES = {"a": 10_000, "b": 100_000, "c": 100_001, "d": 200_000, "e": 500_000, "f": 499_999}
ENTERPRISES = [
    user(name, "英吉沙县", kind="enterprise", sector="industry", annual_m3=size, flags="campus")
    for name, size in SIZES.items()
]


@pytest.mark.parametrize(
    ("rule", "clause", "with_", "listed"),
    [
        pytest.param(
            "users.plan",
            "YJS-3.1.2b",
            {"sectors": ("industry",), "kinds": ("enterprise",), "at_least": 10_000},
            set("abcdef"),
            id="AC-52 plan",
        ),
        pytest.param(
            "users.duty",
            "YJS-3.1.2c",
            {"kinds": ("enterprise",), "above": 100_000, "must": "water_manager"},
            set("cdef"),
            id="AC-52 water manager",
        ),
        pytest.param(
            "users.duty",
            "YJS-3.1.2d",
            {"kinds": ("enterprise",), "at_least": 200_000, "must": "leak_check"},
            set("def"),
            id="AC-52 leakage check",
        ),
        pytest.param(
            "users.duty",
            "YJS-4.1.4a",
            {"sectors": ("industry", "service"), "at_least": 500_000, "must": "key_list"},
            {"e"},
            id="AC-52 key list",
        ),
    ],
)
def test_each_clause_has_its_own_operator(rule, clause, with_, listed):
    found = run(scene("yengisar-2020", users=ENTERPRISES, indices=PLANS), rule, clause, with_)
    assert set(outcomes(found)) == listed
    soft = clause in ("YJS-3.1.2c", "YJS-3.1.2d")
    assert set(outcomes(found).values()) == {"review" if soft else "fail"}


SCHOOLS = {"kinds": ("school",), "floor_at_least": 10_000, "above": 200_000, "must": "campus"}


@pytest.mark.parametrize(
    ("floor", "volume", "listed"),
    [
        pytest.param(9_999, 200_000, False, id="AC-53 9,999 and 200,000"),
        pytest.param(10_000, 5_000, True, id="AC-53 10,000 and 5,000"),
        pytest.param(5_000, 200_001, True, id="AC-53 5,000 and 200,001"),
    ],
)
def test_schools_by_floor_or_by_volume(floor, volume, listed):
    school = user("S", "英吉沙县", kind="school", floor_m2=floor, annual_m3=volume, flags="key_list")
    found = run(scene("yengisar-2020", users=[school]), "users.duty", "YJS-3.4.3a", SCHOOLS)
    assert outcomes(found) == ({"S": "fail"} if listed else {})


def duty(users, **with_):
    made = scene("yengisar-2020", as_of="2022-12-31", users=users)
    return run(made, "users.duty", "YJS-4.1.4a", {"sectors": ("industry",), "at_least": 500_000, **with_})


BIG = {"policy_county": "英吉沙县", "sector": "industry", "annual_m3": 500_000}


def test_a_duty_that_is_met_passes_and_one_that_is_not_recorded_is_listed():
    assert passed(duty([user(**BIG, flags="key_list")], must="key_list")) == 1
    assert outcomes(duty([user(**BIG)])) == {"U": "review"}


def test_before_its_day_a_duty_is_not_due():
    from datetime import date

    users = [user(**BIG, flags="campus")]
    found = duty(users, must="key_list", due_on=date(2022, 12, 31))
    assert found.rows.iloc[0][["outcome", "period_state"]].tolist() == ["not_evaluated", "not_due"]
    assert outcomes(duty(users, must="key_list", due_on=date(2022, 12, 30))) == {"U": "fail"}


@pytest.mark.parametrize("blank", ["sector", "annual_m3", "flags"])
def test_a_missing_value_leaves_the_duty_open(blank):
    row = {**user(**BIG, flags="key_list"), blank: None}
    assert outcomes(duty([row], must="key_list")) == {"U": "not_evaluated"}
    others = [row, user("V", **{**BIG, "annual_m3": 1}, flags="campus")]
    found = outcomes(duty(others, must="key_list"))
    assert found["U"] == ("fail" if blank == "flags" else "not_evaluated")


def test_users_of_another_county_are_out_of_scope():
    found = duty(
        [user(policy_county="杭锦旗", sector="industry", annual_m3=9e9, flags="campus")], must="key_list"
    )
    assert (len(found.rows), found.counts["n_out_of_scope"].sum()) == (0, 1)


def test_every_user_has_one_of_the_classes():
    sectors = ("agriculture", "industry", "domestic", "ecology")
    users = [user(str(n), "英吉沙县", sector=one) for n, one in enumerate(["industry", "service", None])]
    found = run(scene("yengisar-2020", users=users), "users.classified", "YJS-4.1.3c", {"sectors": sectors})
    assert outcomes(found) == {"1": "review", "2": "fail"}
    assert passed(found) == 1
    assert outcomes(run(scene("yengisar-2020"), "users.classified", "YJS-4.1.3c", {"sectors": sectors})) == {
        "YJS-4.1.3c": "not_evaluated"
    }
