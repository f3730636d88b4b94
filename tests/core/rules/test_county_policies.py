"""The policies of counties as they are shipped, over small registers: what their bindings make of the rules."""

from __future__ import annotations

import pytest
from shapely.geometry import Point, box

from build import scene
from overdraft.core.policy import load_policy
from overdraft.core.policy.settings import with_settings
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.run import findings_of, rule_findings

TOLI_FILLED = {
    "power.season_months": "4;5;6;7;8;9;10",
    "tolerance.place_m": 20,
    "tolerance.depth_m": 5,
    "returns.per_year": 12,
    "ecology.share_percent": 10,
}
HANGJIN_FILLED = {
    "tolerance.place_m": 20,
    "tolerance.depth_m": 5,
    "dewatering.reuse_percent": 50,
    "warning.line_ratio": 0.9,
    "rectification.days": 90,
}
METRES = "EPSG:32645"
TOLI = {"county": "托里县"}
BANNER = {"county": "杭锦旗"}


def judged(policy, clause, rule, filled=None, crs="EPSG:4326", as_of="2026-03-31", **roles):
    """Rows of one binding of a shipped policy."""
    made = scene(with_settings(load_policy(policy), filled or {}), as_of, crs=crs, **roles)
    found = [b for b in bindings(made.policy) if (b.clause.id, b.rule.name) == (clause, rule)]
    assert len(found) == 1
    return findings_of(made, found[0])


def worst(found, column="outcome"):
    """By subject, of the rows that a person sees."""
    return (
        found.rows.groupby("subject_id")[column].agg(lambda values: ";".join(sorted(set(values)))).to_dict()
    )


@pytest.mark.parametrize(
    ("policy", "filled"),
    [
        ("toli-2024", {}),
        ("toli-2024", TOLI_FILLED),
        ("hangjin-2023", {}),
        ("hangjin-2023", HANGJIN_FILLED),
    ],
)
def test_every_binding_runs_on_a_register_of_one_well(policy, filled):
    made = scene(
        with_settings(load_policy(policy), filled),
        "2026-03-31",
        wells=[{"well_id": "W", **(TOLI if policy == "toli-2024" else BANNER)}],
    )
    rows = rule_findings(made).rows
    assert set(rows["clause"]) <= set(made.policy.clauses)
    lacking = {key for key in filled if made.policy.value(key) is None}
    assert not lacking


def test_gaps_are_named_until_somebody_fills_them():
    wells = [{"well_id": "W", "account_no": "A", **TOLI}]
    readings = [{"well_id": "W", "year": 2025, "month": 12, "energy_kwh": 300}]
    open_ = judged("toli-2024", "TOL-16e", "power.season", wells=wells, readings=readings).rows
    assert open_["subject_role"].tolist() == ["policy"]
    assert open_["outcome"].tolist() == ["not_evaluated"]
    assert "power.season_months" in open_["message_values"].iloc[0]


@pytest.mark.parametrize(
    ("month", "energy", "outcome"),
    [
        pytest.param(12, 300, "fail", id="AC-43 December"),
        pytest.param(4, 500, "fail", id="AC-43 April without a certificate"),
    ],
)
def test_power_outside_the_season_or_without_a_certificate(month, energy, outcome):
    found = judged(
        "toli-2024",
        "TOL-16e",
        "power.season",
        TOLI_FILLED,
        wells=[{"well_id": "W", "account_no": "A", **TOLI}],
        readings=[
            {"well_id": "W", "year": 2025, "month": one, "energy_kwh": energy if one == month else 0}
            for one in range(1, 13)
        ],
        documents=[
            {
                "document_id": "D",
                "kind": "power_certificate",
                "subject_role": "wells",
                "subject_id": "X",
                "year": 2025,
            }
        ],
    )
    assert worst(found) == {"W": outcome}


@pytest.mark.parametrize(
    ("rule", "filled", "outcome"),
    [
        ("permits.use_differs", {}, "fail"),
        ("permits.over_volume", {}, "not_evaluated"),
        ("permits.over_volume", {"change.volume_ratio": 3.9}, "fail"),
        ("permits.over_volume", {"change.volume_ratio": 4}, None),
    ],
)
def test_a_larger_change_of_use_or_volume_needs_a_new_application(rule, filled, outcome):
    """Permitted: irrigation with 1000 m³; found: industry with 5000 m³, that is 4 times as much more."""
    found = judged(
        "toli-2024",
        "TOL-9d",
        rule,
        filled,
        wells=[{"well_id": "W", "use": "industry", "permit_no": "P", **TOLI}],
        permits=[{"permit_no": "P", "use": "irrigation", "volume_m3": 1000}],
        permit_wells=[{"permit_no": "P", "well_id": "W"}],
        readings=[{"well_id": "W", "year": 2025, "volume_m3": 5000}],
    )
    assert worst(found) == ({"W": outcome} if outcome else {})
    if outcome == "fail":
        assert worst(found, "action") == {"W": "reapply"}


def test_months_are_no_matter_of_a_larger_change():
    found = judged(
        "toli-2024",
        "TOL-9d",
        "permits.conditions",
        wells=[{"well_id": "W", **TOLI}],
        permit_wells=[{"permit_no": "P", "well_id": "W", "months": "4-9"}],
        readings=[{"well_id": "W", "year": 2025, "month": 1, "volume_m3": 5}],
    )
    assert set(found.rows["rule"]) == {"permits.conditions.place", "permits.conditions.depth"}


def test_large_non_farm_takes_are_asked_for_once_the_scale_is_set():
    roles = {
        "wells": [
            {"well_id": "big", "use": "industry", "metered": False, **TOLI},
            {"well_id": "small", "use": "industry", "metered": False, **TOLI},
            {"well_id": "farm", "metered": False, **TOLI},
        ],
        "intakes": [{"intake_id": "I", "kind": "river", "metered": False}],
        "readings": [
            {"well_id": "big", "year": 2025, "volume_m3": 5e6},
            {"well_id": "small", "year": 2025, "volume_m3": 4999},
            {"well_id": "farm", "year": 2025, "volume_m3": 5e6},
        ],
    }
    for rule in ("meters.large_coverage", "meters.large_intake_coverage"):
        found = judged("toli-2024", "TOL-14", rule, **roles)
        assert found.rows["message_key"].tolist() == ["rules.value_missing"]
    filled = {"meters.large_m3": 5000}
    wells = judged("toli-2024", "TOL-14", "meters.large_coverage", filled, **roles)
    assert set(wells.rows["outcome"]) == {"fail"}
    assert '"n":1' in wells.rows["evidence"].iloc[0]
    intakes = judged("toli-2024", "TOL-14", "meters.large_intake_coverage", filled, **roles)
    assert set(intakes.rows["outcome"]) == {"not_evaluated"}


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ({"subject_role": "wells", "subject_id": "W"}, "fail"),
        ({"subject_role": "meters", "subject_id": "M"}, "fail"),
        ({"subject_role": "wells", "subject_id": "W", "state": "rectified"}, None),
        ({"subject_role": "wells", "subject_id": "W", "rectified_on": "2026-01-01"}, None),
        ({"subject_role": "wells", "subject_id": "W", "kind": "false_data"}, None),
        ({"subject_role": "wells", "subject_id": "other"}, None),
    ],
)
def test_an_open_case_of_a_damaged_meter(case, outcome):
    found = judged(
        "toli-2024",
        "TOL-18",
        "meters.damaged",
        wells=[{"well_id": "W", **TOLI}],
        meters=[{"meter_id": "M", "well_id": "W"}],
        violations=[{"violation_id": "V", "kind": "meter_damaged", **case}],
    )
    assert worst(found) == ({"W": outcome} if outcome else {})


@pytest.mark.parametrize(
    ("sources", "outcome"),
    [
        (["groundwater"], None),
        (["deep_confined"], None),
        (["surface"], "fail"),
        (["surface", "groundwater"], None),
        ([None], "not_evaluated"),
        (["surface", None], "not_evaluated"),
    ],
)
def test_a_permit_of_other_water_is_none_for_a_well(sources, outcome):
    papers = [{"permit_no": f"P{n}", "source": one} for n, one in enumerate(sources)]
    found = judged(
        "hangjin-2023",
        "HJQ-3.2b",
        "permits.source_differs",
        wells=[{"well_id": "W", "permit_no": "P0", **BANNER}],
        permits=papers,
        permit_wells=[{"permit_no": one["permit_no"], "well_id": "W"} for one in papers],
    )
    assert worst(found) == ({"W": outcome} if outcome else {})


def test_levels_are_monitored_online_too():
    stations = [{"station_id": name, "county": "杭锦旗"} for name in ("S", "T")]
    meters = [{"meter_id": "M", "well_id": "S", "flags": "online"}]
    found = judged("hangjin-2023", "HJQ-4.1", "meters.station_coverage", stations=stations, meters=meters)
    assert set(found.rows["measured"]) == {50.0}
    assert set(found.rows["outcome"]) <= {"fail", "not_evaluated"}


def test_all_farm_industry_and_service_uses_count():
    uses = ("irrigation", "livestock", "industry", "heating", "service", "recreation", "artificial_snow")
    for use in uses:
        wells = [{"well_id": "W", "use": use, "metered": False, "county": "英吉沙县"}]
        found = judged("yengisar-2020", "YJS-4.1.3a", "meters.coverage", wells=wells)
        assert set(found.rows["measured"]) == {0.0}, use


def test_car_washes_need_a_permit_beside_their_meter():
    wells = [
        {"well_id": name, "use": use, "metered": True, "county": "英吉沙县"}
        for name, use in (("W", "service"), ("F", "irrigation"))
    ]
    assert worst(judged("yengisar-2020", "YJS-3.4.4", "permits.required", wells=wells)) == {"W": "fail"}


@pytest.mark.parametrize(
    ("settings", "use", "fee"),
    [
        pytest.param({}, 11_500, 13_000, id="AC-32"),
        pytest.param({}, 13_000, 17_000, id="AC-33 piecewise"),
        pytest.param({"fee.mode": "whole"}, 13_000, 19_000, id="AC-33 whole"),
        pytest.param({}, 16_000, 28_000, id="AC-34 piecewise"),
        pytest.param({"fee.mode": "whole"}, 16_000, 40_000, id="AC-34 whole"),
        pytest.param({"fee.mode": "whole"}, 15_000, 25_000, id="AC-36 whole"),
        pytest.param({"fee.mode": "whole", "fee.boundary": "upper"}, 15_000, 35_000, id="AC-36 upper"),
    ],
)
def test_over_plan_fees_by_the_settings_of_the_policy(settings, use, fee):
    def figure(measure, value):
        return {
            "subject_role": "users",
            "subject_id": "U",
            "year": 2025,
            "measure": measure,
            "value": value,
            "unit": "m3",
        }

    found = judged(
        "toli-2024",
        "TOL-13d",
        "fees.over_plan",
        settings,
        users=[{"user_id": "U", "kind": "enterprise", **TOLI}],
        indices=[figure("plan", 10_000), figure("use", use)],
        prices=[
            {
                "price_id": "P",
                "kind": "base_rate",
                "year": 2025,
                "value": 1,
                "unit": "yuan/m3",
                "unit_id": "654224",
            }
        ],
    ).rows
    assert found["message_values"].map(lambda text: f'"fee": {fee}' in text or f'"fee":{fee}' in text).any()
    assert found["action"].tolist() == ["charge"]


@pytest.mark.parametrize(
    ("point", "permission"),
    [
        pytest.param((500, 500), "deny", id="AC-40 inside"),
        pytest.param((1000, 500), "deny", id="AC-40 edge"),
        pytest.param((1000.5, 500), "allow", id="AC-40 beyond"),
    ],
)
def test_new_self_supply_wells_in_the_network(point, permission):
    x0, y0 = 500_000, 5_090_000
    found = judged(
        "toli-2024",
        "TOL-13b",
        "network.new",
        crs=METRES,
        networks=[{"network_id": "N", "geometry": box(x0, y0, x0 + 1000, y0 + 1000)}],
        applications=[
            {
                "application_id": "A",
                "kind": "new",
                "use": "industry",
                "self_supply": True,
                "geometry": Point(x0 + point[0], y0 + point[1]),
                **TOLI,
            }
        ],
    )
    assert worst(found, "permission") == {"A": permission}


def test_other_counties_are_out_of_scope():
    found = judged(
        "toli-2024",
        "TOL-18",
        "permits.required",
        wells=[{"well_id": "W", "x": 89.2, "y": 42.9}],
        units=[
            {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(88, 42, 90, 44)},
            {"unit_id": "654224", "name": "托里县", "level": "county", "geometry": box(83, 45, 85, 47)},
        ],
    )
    assert found.rows.empty
    assert found.counts["n_out_of_scope"].sum() == 1


@pytest.mark.parametrize(
    ("fields", "permission"),
    [
        pytest.param({"industry": "chemical", "build_kind": "new"}, "deny", id="AC-48 new chemical plant"),
        pytest.param({"industry": "chemical", "build_kind": "existing"}, None, id="AC-48 unchanged"),
        pytest.param({"industry": "textile", "build_kind": "expanded"}, "deny", id="AC-48 expanded textiles"),
        ({"industry": "chemical", "build_kind": "new", "source": "reclaimed"}, "allow"),
        ({"industry": "other", "build_kind": "new"}, "review"),
    ],
)
def test_water_hungry_industry_takes_no_groundwater(fields, permission):
    found = judged(
        "hangjin-2023",
        "HJQ-3.3d",
        "bans.industry",
        projects=[{"project_id": "P", "source": "groundwater", "x": 108.7, "y": 39.8, **fields}],
        units=[{"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(107, 39, 110, 41)}],
    )
    assert worst(found, "permission") == ({} if permission is None else {"P": permission})


def test_artificial_snow_from_groundwater():
    found = judged(
        "hangjin-2023",
        "HJQ-3.3c",
        "bans.use",
        wells=[
            {"well_id": "S", "use": "artificial_snow", **BANNER},
            {"well_id": "I", "use": "irrigation", **BANNER},
        ],
    )
    assert worst(found) == {"S": "fail"}


@pytest.mark.parametrize(
    ("annual", "outcome"),
    [
        pytest.param({"annual_m3": 5000, "network_id": "N"}, "fail", id="AC-46 network 5000"),
        pytest.param({"annual_m3": 4999.9, "network_id": "N"}, None, id="AC-46 network below"),
        pytest.param({"annual_m3": 8000}, None, id="AC-46 outside the network"),
    ],
)
def test_who_needs_a_plan(annual, outcome):
    found = judged(
        "hangjin-2023",
        "HJQ-3.4b",
        "users.plan",
        users=[{"user_id": "U", **annual, **BANNER}, {"user_id": "V", **BANNER}],
        indices=[
            {
                "subject_role": "users",
                "subject_id": "V",
                "year": 2025,
                "measure": "plan",
                "value": 100,
                "unit": "m3",
            }
        ],
    )
    assert worst(found).get("U") == outcome


def test_management_unit_divides_its_index():
    """AC-49: townships 610 + 390 of 1,000 万m³; sectors 100 + 300 + 550 + 40."""

    def index(subject, value, sector=None, parent=None):
        return {
            "subject_role": "units",
            "subject_id": subject,
            "year": 2025,
            "measure": "index",
            "value": value,
            "unit": "万m3",
            "source": "groundwater",
            "sector": sector,
            "parent_id": parent,
        }

    shares = {"domestic": 100, "industry": 300, "agriculture": 550, "ecology": 40}
    found = judged(
        "hangjin-2023",
        "HJQ-3.1a",
        "quota.allocation",
        units=[
            {"unit_id": "G", "name": "单元一", "level": "management_unit", "parent_id": "150625"},
            {"unit_id": "T1", "name": "锡尼镇", "level": "township", "parent_id": "150625"},
            {"unit_id": "T2", "name": "巴拉贡镇", "level": "township", "parent_id": "150625"},
        ],
        indices=[
            index("G", 1000),
            index("T1", 610, parent="G"),
            index("T2", 390, parent="G"),
            *[index("G", value, sector) for sector, value in shares.items()],
        ],
    ).rows
    of_unit = found[found["subject_id"] == "G"]
    assert of_unit["outcome"].tolist() == ["review"]
    assert of_unit["measured"].tolist() == [9_900_000.0]
    assert of_unit["threshold"].tolist() == [10_000_000.0]


@pytest.mark.parametrize(
    ("volumes", "as_of", "fall", "outcome"),
    [
        pytest.param({2020: 100, 2021: 140, 2022: 120}, "2023-01-31", -1, "fail", id="more than in 2020"),
        pytest.param({2020: 100, 2021: 140, 2022: 120}, "2023-01-31", 0, "review", id="and the level holds"),
        pytest.param({2020: 100, 2022: 80, 2024: 70, 2025: 75}, "2026-01-31", 0, None, id="later years"),
        pytest.param({2020: 100, 2022: 80}, "2026-01-31", -1, "review", id="the level falls"),
        pytest.param({2019: 90, 2020: 100}, "2021-06-30", -1, "not_evaluated", id="not due"),
    ],
)
def test_over_extraction_is_checked_by_2022(volumes, as_of, fall, outcome):
    found = judged(
        "yengisar-2020",
        "YJS-2d",
        "levels.zone_overdraft",
        as_of=as_of,
        zones=[{"zone_id": "Z", "severity": "severe", "allowable_m3": 10, "geometry": box(76, 38, 77, 39)}],
        wells=[{"well_id": "W", "county": "英吉沙县", "x": 76.2, "y": 38.9}],
        readings=[{"well_id": "W", "year": year, "volume_m3": v} for year, v in volumes.items()],
        stations=[{"station_id": "S", "x": 76.3, "y": 38.8}],
        levels=[
            {"station_id": "S", "date_on": f"{year}-06-30", "level_m": 100.0 + fall * (year - 2018)}
            for year in range(2018, int(as_of[:4]))
        ],
    )
    assert worst(found).get("Z") == outcome
    assert set(found.counts["period"]) - {""} == {"2020/2022"}


@pytest.mark.parametrize(
    ("recharge", "trend", "balance"), [(600, None, None), (599, "fail", "not_evaluated")]
)
def test_townships_that_the_document_names_as_zones_have_their_own_recharge(recharge, trend, balance):
    """550, then 600 in the township, 900 beside it; the county as a whole is recharged by 9,999."""
    county = {"unit_id": "654224", "name": "托里县", "level": "county", "geometry": box(83, 45, 85, 47)}
    town = {"unit_id": "654224203", "name": "阿克别里斗乡", "level": "township", "parent_id": "654224"}
    roles = {
        "as_of": "2026-03-31",
        "units": [county, {**town, "geometry": box(83.5, 45.5, 84, 46)}],
        "wells": [{"well_id": "W", "x": 83.6, "y": 45.6}, {"well_id": "V", "x": 84.6, "y": 45.6}],
        "readings": [
            {"well_id": well, "year": year, "volume_m3": volume}
            for well, year, volume in (("W", 2024, 550), ("W", 2025, 600), ("V", 2024, 900), ("V", 2025, 900))
        ],
        "indices": [
            {
                "subject_role": "units",
                "subject_id": unit,
                "year": 2024,
                "measure": "recharge",
                "value": value,
                "unit": "m3",
            }
            for unit, value in (("654224203", recharge), ("654224", 9_999))
        ],
    }
    assert worst(judged("toli-2024", "TOL-7c", "trend.yearly", **roles)).get("654224") == trend
    assert worst(judged("toli-2024", "TOL-7c", "levels.zone_balance", **roles)).get("654224203") == balance


@pytest.mark.parametrize(
    ("roles", "outcome"),
    [
        pytest.param({}, "not_evaluated", id="nobody recorded what is urban"),
        pytest.param({"flags": "urban"}, "review", id="soft"),
    ],
)
def test_the_urban_area_is_not_passed_over(roles, outcome):
    row = {"subject_role": "units", "subject_id": "653123100", "year": 2022, "unit": "m3"}
    found = judged(
        "yengisar-2020",
        "YJS-3.5.1f",
        "shares.balance",
        units=[
            {"unit_id": "653123100", "name": "英吉沙镇", "level": "township", "parent_id": "653123", **roles}
        ],
        indices=[
            {**row, "measure": "use", "source": "groundwater", "value": 10},
            {**row, "measure": "recharge", "value": 5},
        ],
    )
    assert found.rows["outcome"].tolist() == [outcome]


def test_a_station_and_a_section_of_toli_have_a_status_of_their_own():
    roles = {
        "stations": [{"station_id": name, "threshold_m": 100, "x": 84, "y": 46} for name in ("s1", "s2")],
        "levels": [
            {"station_id": name, "date_on": "2025-06-30", "level_m": level}
            for name, level in (("s1", 80.0), ("s2", 130.0))
        ],
        "sections": [
            {"section_id": "c", "river": "河", "eco_flow_m3s": 1.0, "flow_m3s": 0.1, "x": 84, "y": 46}
        ],
    }
    assert worst(judged("toli-2024", "TOL-1b", "levels.stations", **roles)) == {"s1": "fail"}
    assert worst(judged("toli-2024", "TOL-1b", "ecology.flow_kept", **roles)) == {"c": "review"}
    assert worst(judged("toli-2024", "TOL-1b", "ecology.unrecorded", **roles)) == {"TOL-1b": "not_evaluated"}
