"""Acceptance cases under the clause that they are about: each document's own binding, as it is shipped."""

from __future__ import annotations

import json

import pytest
from shapely.geometry import box

from build import outcomes, passed, scene, shipped
from overdraft.core.fees import over_plan_fees
from overdraft.core.policy import load_policy
from overdraft.core.policy.settings import with_settings

HANGJIN, YENGISAR, TURPAN, TOLI = "hangjin-2023", "yengisar-2020", "turpan-2021", "toli-2024"
BANNER = {"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(107, 39, 110, 41)}
UNIT = {
    "unit_id": "M",
    "name": "管理单元",
    "level": "management_unit",
    "parent_id": "150625",
    "geometry": box(108.5, 39.5, 109, 40),
}
IN_UNIT = {"x": 108.7, "y": 39.8}


def figure(subject, measure, value, year=2025, role="units", unit="万m3", **more):
    row = {"subject_role": role, "subject_id": subject, "year": year, "measure": measure, "value": value}
    return {**row, "unit": unit, **more}


# --- HJQ-3.4a, YJS-4.2.7b --------------------------------------------------------------------------------------------


def hanggin(use, level, wanted):
    return shipped(
        HANGJIN,
        "HJQ-3.4a",
        "quota.headroom",
        units=[BANNER, UNIT],
        stations=[{"station_id": "S", "threshold_m": 100.0, **IN_UNIT}],
        levels=[{"station_id": "S", "date_on": "2025-06-30", "level_m": level}],
        indices=[
            figure("M", name, value, source="groundwater") for name, value in (("index", 1000), ("use", use))
        ],
        applications=[{"application_id": "A", "kind": "new", "use": wanted, "permit_m3": 5e4, **IN_UNIT}],
    )


@pytest.mark.parametrize(
    ("use", "level", "wanted", "permission"),
    [
        pytest.param(1020, 101.0, "industry", "suspend", id="AC-47 HJQ-3.4a use above the index"),
        pytest.param(1000, 101.0, "industry", "review", id="AC-47 HJQ-3.4a use at the index"),
        pytest.param(900, 99.0, "industry", "suspend", id="AC-47 HJQ-3.4a level below control"),
        pytest.param(1020, 101.0, "heating", "allow", id="AC-47 HJQ-3.4a heating make-up"),
        pytest.param(1000, 101.0, "irrigation", "review", id="AC-56 HJQ-3.4a equality is not above"),
    ],
)
def test_units_of_hanggin_suspend(use, level, wanted, permission):
    found = hanggin(use, level, wanted)
    assert outcomes(found, "permission") == {"A": permission}
    if wanted == "heating":
        assert outcomes(found) == {"A": "exempt"}


COUNTY = {"unit_id": "653123", "name": "英吉沙县", "level": "county", "geometry": box(75, 38, 77, 40)}
IN_YENGISAR = {"x": 76.2, "y": 38.9}


@pytest.mark.parametrize(
    ("traded", "permission"),
    [
        pytest.param(50, "allow_if", id="AC-56 YJS-4.2.7b traded"),
        pytest.param(40, "deny", id="AC-56 YJS-4.2.7b not all traded"),
    ],
)
def test_yengisar_at_its_index_allows_what_is_traded(traded, permission):
    """Use = index; demand 50 (万 m³), asked for by an application and by a project."""
    asked = {"application_id": "A", "kind": "new", "use": "industry", "permit_m3": 50e4}
    project = {"project_id": "P", "build_kind": "new", "source": "groundwater", "demand_m3": 50e4}
    found = shipped(
        YENGISAR,
        "YJS-4.2.7b",
        "quota.headroom",
        units=[COUNTY],
        indices=[figure("653123", name, 1000, source="total") for name in ("index", "use")],
        applications=[{**asked, "traded_m3": traded * 1e4, **IN_YENGISAR}],
        projects=[{**project, "traded_m3": traded * 1e4, **IN_YENGISAR}],
    )
    assert outcomes(found, "permission") == {"A": permission, "P": permission}


# --- TOL-12b, TOL-13d ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("area_mu", [pytest.param(30_000 * 15 / 10_000, id="AC-44 TOL-12b")])
def test_the_right_of_a_parcel_of_toli(area_mu):
    found = shipped(
        TOLI,
        "TOL-12b",
        "quota.parcel_rights",
        parcels=[{"parcel_id": "P", "certificate_no": "C", "user_id": "U", "area_mu": area_mu}],
        users=[{"user_id": "U", "county": "托里县"}],
        indices=[figure("654224", "quota_per_mu", 400, unit="m3/mu")],
    )
    of_parcel = found.rows[found.rows["subject_id"] == "P"]
    [evidence] = [json.loads(told) for told in of_parcel["evidence"]]
    assert (evidence["area_mu"], evidence["right_m3"]) == (45, 18_000)


def bill(use, plan=10_000, quota=None, **settings):
    figures = {"use": use, "plan": plan, "quota": quota}
    made = scene(
        with_settings(load_policy(TOLI), settings),
        users=[{"user_id": "U", "county": "托里县"}],
        indices=[
            figure("U", name, value, role="users", unit="m3")
            for name, value in figures.items()
            if value is not None
        ],
        prices=[{"price_id": "B", "kind": "base_rate", "value": 1.0, "unit": "元/m3"}],
    )
    [row] = over_plan_fees(made).bills.query("year == 2025").to_dict("records")
    return row


@pytest.mark.parametrize(
    ("use", "quota", "settings", "fee", "over_m3"),
    [
        pytest.param(9_000, None, {}, 9_000, 0, id="AC-37 TOL-13d no surcharge"),
        pytest.param(9_500, 9_000, {}, 9_500, 0, id="AC-38 TOL-13d the plan is the base"),
        pytest.param(9_500, 9_000, {"fee.base": "quota"}, 10_000, 500, id="AC-38 TOL-13d quota as base"),
    ],
)
def test_bills_of_toli(use, quota, settings, fee, over_m3):
    row = bill(use, quota=quota, **settings)
    assert (row["fee"], row["surcharge"]) == (fee, fee - use)
    assert row["excess_m3"] == over_m3
    if over_m3:
        assert round(100 * row["excess_m3"] / quota, 2) == 5.56


# --- YJS-3.5.1b, TOL-13a ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "clause", "county", "place", "action"),
    [
        pytest.param(YENGISAR, "YJS-3.5.1b", "英吉沙县", (76.2, 38.9), "close", id="AC-57 YJS-3.5.1b"),
        pytest.param(TOLI, "TOL-13a", "托里县", (83.6, 45.9), "control_list", id="AC-57 TOL-13a"),
    ],
)
def test_a_self_supply_well_in_the_network_under_two_documents(policy, clause, county, place, action):
    x, y = place
    well = {"well_id": "W", "self_supply": True, "county": county, "x": x, "y": y}
    found = shipped(
        policy,
        clause,
        "network.existing",
        wells=[well],
        networks=[{"network_id": "N", "geometry": box(x - 0.1, y - 0.1, x + 0.1, y + 0.1)}],
    )
    assert outcomes(found, "action") == {"W": action}


# --- YJS-3.1.2, 3.4.3a, 3.5.2a, 4.2.9 --------------------------------------------------------------------------------


SIZES = {"a": 10_000, "b": 100_000, "c": 100_001, "d": 200_000, "e": 500_000, "f": 499_999}
ENTERPRISES = [
    {
        "user_id": name,
        "county": "英吉沙县",
        "kind": "enterprise",
        "sector": "industry",
        "annual_m3": size,
        "flags": "campus",
    }
    for name, size in SIZES.items()
]


@pytest.mark.parametrize(
    ("clause", "rule", "listed"),
    [
        pytest.param("YJS-3.1.2b", "users.plan", "abcdef", id="AC-52 YJS-3.1.2b"),
        pytest.param("YJS-3.1.2c", "users.duty", "cdef", id="AC-52 YJS-3.1.2c"),
        pytest.param("YJS-3.1.2d", "users.duty", "def", id="AC-52 YJS-3.1.2d"),
        pytest.param("YJS-4.1.4a", "users.duty", "e", id="AC-52 YJS-4.1.4a"),
    ],
)
def test_enterprises_of_yengisar_by_size(clause, rule, listed):
    plans = [figure("other", "plan", 1, role="users", unit="m3")]
    found = shipped(YENGISAR, clause, rule, users=ENTERPRISES, indices=plans)
    assert set(outcomes(found)) == set(listed)


@pytest.mark.parametrize(
    ("floor", "volume", "listed"),
    [
        pytest.param(9_999, 200_000, False, id="AC-53 YJS-3.4.3a 9,999 and 200,000"),
        pytest.param(10_000, 5_000, True, id="AC-53 YJS-3.4.3a 10,000 and 5,000"),
        pytest.param(5_000, 200_001, True, id="AC-53 YJS-3.4.3a 5,000 and 200,001"),
    ],
)
def test_schools_of_yengisar(floor, volume, listed):
    school = {"user_id": "S", "county": "英吉沙县", "kind": "school", "floor_m2": floor, "annual_m3": volume}
    found = shipped(YENGISAR, "YJS-3.4.3a", "users.duty", users=[{**school, "flags": "key_list"}])
    assert outcomes(found) == ({"S": "fail"} if listed else {})


@pytest.mark.parametrize(
    ("mu", "listed"),
    [
        pytest.param(10_000, True, id="AC-58 YJS-4.2.9 10,000 mu"),
        pytest.param(666.6 * 15, False, id="AC-58 YJS-4.2.9 666.6 ha"),
    ],
)
def test_districts_of_yengisar(mu, listed):
    district = {"area_id": "D", "status": "irrigated", "area_mu": mu, "county": "英吉沙县"}
    found = shipped(
        YENGISAR, "YJS-4.2.9", "irrigation.leader", irrigation=[{**district, "flags": "managed;safe"}]
    )
    assert outcomes(found) == ({"D": "review"} if listed else {})


@pytest.mark.parametrize("used", [pytest.param(14_000, id="AC-59 YJS-3.5.2a")])
def test_the_next_conventional_plan_of_yengisar(used):
    found = shipped(
        YENGISAR,
        "YJS-3.5.2a",
        "quota.unconventional_plan",
        users=[{"user_id": "U", "county": "英吉沙县"}],
        indices=[
            figure("U", "plan", 20_000, role="users", unit="m3", source="unconventional"),
            figure("U", "use", used, role="users", unit="m3", source="unconventional"),
            figure("U", "plan", 100_000, 2026, role="users", unit="m3"),
        ],
    )
    [row] = found.rows.to_dict("records")
    evidence = json.loads(row["evidence"])
    assert (evidence["shortfall_m3"], evidence["proposed_plan_m3"]) == (6_000, 94_000)
    assert "unconventional.cut_ratio" in json.loads(row["unverified"])


# --- TLF-4.2c, TLF-4.3a ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "aquifer", "permission"),
    [
        pytest.param("irrigation", "deep_confined", "deny", id="AC-25 TLF-4.2c irrigation"),
        pytest.param("industry", "deep_confined", "deny", id="AC-25 TLF-4.2c industry"),
        pytest.param("rural_drinking", "deep_confined", "allow", id="AC-25 TLF-4.2c rural drinking"),
        pytest.param("urban_supply", "deep_confined", "allow", id="AC-25 TLF-4.2c urban supply"),
        pytest.param("emergency", "deep_confined", "allow", id="AC-25 TLF-4.2c emergency"),
        pytest.param("irrigation", None, "review", id="AC-25 TLF-4.2c aquifer null"),
    ],
)
def test_deep_confined_water_in_turpan(use, aquifer, permission):
    asked = [{"application_id": "A", "use": use, "aquifer": aquifer}]
    found = shipped(TURPAN, "TLF-4.2c", "aquifer.deep_confined", applications=asked)
    assert outcomes(found, "permission") == {"A": permission}


@pytest.mark.parametrize(
    ("new", "excess"),
    [pytest.param(2, 0, id="AC-68 TLF-4.3a 40 now"), pytest.param(3, 1, id="AC-68 TLF-4.3a 41 now")],
)
def test_wells_of_a_restricted_zone_of_turpan(new, excess):
    """40 wells on 2021-11-12, of which two are sealed since; so many new ones."""
    gone = {"status": "sealed", "status_on": "2023-05-01"}
    wells = [{"well_id": f"W{n}", "built_on": "2010-01-01", **(gone if n < 2 else {})} for n in range(40)]
    wells += [{"well_id": f"N{n}", "built_on": "2022-03-01"} for n in range(new)]
    restricted = {"zone_id": "R", "control": "restricted", "geometry": box(89, 42.8, 89.5, 43)}
    found = shipped(TURPAN, "TLF-4.3a", "wells.zone_count", wells=wells, zones=[restricted])
    if not excess:
        assert (len(found.rows), passed(found)) == (0, 1)
        return
    [row] = found.rows.to_dict("records")
    assert (row["outcome"], row["measured"], row["threshold"]) == ("fail", 40 + excess, 40)
