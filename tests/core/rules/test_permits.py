"""Permits: who needs one, what they allow together, how they are used."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from pyproj import Transformer
from shapely.geometry import box

from build import outcomes, passed, run, scene
from overdraft.core.messages import catalogue
from overdraft.core.rules.permit_facts import in_force, month_masks, months_of

GAOCHANG, SHANSHAN = "650402", "650421"
ELSEWHERE = {
    "units": [{"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(60, 30, 120, 55)}]
}
"""A county of another document over every point."""


def rows(found, rule=None):
    table = found.rows
    return table if rule is None else table[table["rule"] == rule]


def used(value, year=2025, unit=GAOCHANG, **more):
    return {
        "subject_role": "units",
        "subject_id": unit,
        "year": year,
        "measure": "use",
        "source": "groundwater",
        "value": value,
        "unit": "亿m3",
        **more,
    }


# ----------------------------------------------------------------------------------------------- unpermitted wells


def unpermitted(eligible, taken=1.91, units=None, **well):
    made = scene(
        wells=[{"well_id": "W", "county": "高昌区", "permit_eligible": eligible, **well}],
        indices=[used(taken)] if taken is not None else [used(1.0, unit=SHANSHAN)],
        **(units or {}),
    )
    return run(made, "permits.unpermitted", "TLF-3.2c", {"uses": ("irrigation",)})


@pytest.mark.parametrize(
    ("eligible", "use", "outcome", "action"),
    [
        pytest.param("yes", 1.91, "review", "issue_permit", id="AC-26 eligible and use = index"),
        pytest.param("yes", 1.9101, "review", "seal", id="AC-26 eligible and use > index"),
        pytest.param("no", 1.0, "fail", "seal", id="AC-26 not eligible"),
        pytest.param(None, 1.0, "review", "supply_data", id="AC-26 eligible null"),
    ],
)
def test_what_becomes_of_an_unpermitted_well(eligible, use, outcome, action):
    row = rows(unpermitted(eligible, use)).iloc[0]
    assert (row["outcome"], row["action"]) == (outcome, action)


def test_the_county_cap_of_2025_is_the_index():
    row = rows(unpermitted("yes", 2.0)).iloc[0]
    assert row["measured"] == pytest.approx(2.0e8)
    assert row["threshold"] == pytest.approx(1.91e8)
    assert row["message_key"] == "permits.unpermitted.overloaded"


def test_eligible_without_a_year_to_judge_is_open():
    row = rows(unpermitted("yes", None)).iloc[0]
    assert (row["outcome"], row["message_key"]) == ("not_evaluated", "permits.unpermitted.load_unknown")


def test_an_unknown_use_does_not_help():
    row = rows(unpermitted("no", 1.0, use=None)).iloc[0]
    assert row["outcome"] == "not_evaluated"


@pytest.mark.parametrize(
    "well",
    [
        pytest.param({"status": "sealed", "status_on": "2023-01-01"}, id="sealed"),
        pytest.param({"use": "industry"}, id="another use"),
        pytest.param({"units": ELSEWHERE}, id="outside the jurisdiction"),
    ],
)
def test_wells_that_the_clause_does_not_concern(well):
    found = unpermitted("no", 1.0, **well)
    assert rows(found).empty
    assert found.counts["n_out_of_scope"].sum() == 1


def test_a_permitted_well_passes():
    found = unpermitted("no", 1.0, permit_no="P1")
    assert rows(found).empty
    assert passed(found) == 1


# ------------------------------------------------------------------------------------------------ permits required


def required(readings=(), clause="TOL-P", with_=None, policy="toli-2024", units=None, **well):
    roles = {"readings": list(readings)} if readings else {}
    roles |= units or {}
    made = scene(policy=policy, wells=[{"well_id": "W", "county": "托里县", **well}], **roles)
    return run(made, "permits.required", clause, with_)


WATER = [{"well_id": "W", "year": 2025, "volume_m3": 10.0}]


def test_in_use_without_a_permit_fails():
    row = rows(required()).iloc[0]
    assert (row["outcome"], row["message_key"]) == ("fail", "permits.required.none")


def test_a_shut_well_that_gives_water_fails():
    row = rows(required(WATER, status="shut")).iloc[0]
    assert row["outcome"] == "fail"
    assert row["measured"] == 10.0


def test_a_shut_dry_well_needs_none():
    assert rows(required(status="shut")).empty


def test_a_permit_on_its_last_day_is_valid():
    assert passed(required(permit_no="P", permit_to="2026-03-31")) == 1
    row = rows(required(permit_no="P", permit_to="2026-03-30")).iloc[0]
    assert (row["outcome"], row["message_key"], row["action"]) == (
        "fail",
        "permits.required.expired",
        "reapply",
    )


def test_a_missing_status_is_asked_for():
    row = rows(required(status=None)).iloc[0]
    assert (row["outcome"], row["action"]) == ("not_evaluated", "supply_data")


def test_outside_toli_nobody_is_asked():
    found = required(units=ELSEWHERE)
    assert rows(found).empty
    assert found.counts["n_out_of_scope"].sum() == 1


def test_reclaimed_water_needs_a_permit_too():
    use = {"subject_role": "users", "year": 2025, "measure": "use", "source": "reclaimed", "unit": "m3"}
    made = scene(
        policy="toli-2024",
        wells=[],
        users=[{"user_id": "A", "county": "托里县"}, {"user_id": "B", "county": "托里县"}],
        indices=[{**use, "subject_id": "A", "value": 5.0}, {**use, "subject_id": "B", "value": 7.0}],
        permits=[{"permit_no": "P", "user_id": "B", "source": "reclaimed"}],
    )
    found = run(made, "permits.required", "TOL-8p", {"sources": ("groundwater", "surface", "reclaimed")})
    assert outcomes(found) == {"A": "fail"}
    assert rows(found)["rule"].tolist() == ["permits.required.reclaimed"]
    assert passed(found) == 1


# ---------------------------------------------------------------------------------------------- volume under the cap


def permit(number, volume, county="高昌区", **more):
    return {"permit_no": number, "volume_m3": volume, "county": county, "source": "groundwater", **more}


def within_cap(permits, as_of="2025-12-31", units=None, **with_):
    made = scene(as_of=as_of, wells=[], permits=permits, **(units or {}))
    return run(made, "permits.within_cap", "TLF-3.2a", {"source": "groundwater", **with_})


@pytest.mark.parametrize(
    ("volume", "outcome"),
    [
        pytest.param(4.95e8, "fail", id="AC-28"),
        pytest.param(4.92e8, None, id="AC-28 equality is within"),
        pytest.param(4.9201e8, "fail", id="AC-28 just above"),
    ],
)
def test_groundwater_permits_of_the_city(volume, outcome):
    found = within_cap([permit("P", volume)])
    city = rows(found)[rows(found)["subject_id"] == "6504"]
    assert city["outcome"].tolist() == ([outcome] if outcome else [])
    if volume == 4.95e8:
        assert city["measured"].iloc[0] - city["threshold"].iloc[0] == pytest.approx(3e6)
        assert '"excess_m3":3000000.0' in city["message_values"].iloc[0]


def test_each_county_has_its_own_cap():
    found = within_cap([permit("A", 1.92e8), permit("B", 1.0e8, "鄯善县")])
    assert outcomes(found) == {GAOCHANG: "fail"}


def test_permits_that_are_not_in_force_do_not_count():
    gone = [
        permit("A", 1.0e8),
        permit("B", 1.0e8, state="cancelled"),
        permit("C", 1.0e8, valid_to="2025-12-30"),
        permit("D", 1.0e8, state="expired"),
    ]
    assert GAOCHANG not in outcomes(within_cap(gone))
    assert outcomes(within_cap([*gone, permit("E", 0.92e8, valid_to="2025-12-31")]))[GAOCHANG] == "fail"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(permit("X", None), id="volume missing"),
        pytest.param(permit("X", 1.9e8, None), id="county missing"),
        pytest.param(permit("X", 1.9e8, "高昌县镇"), id="county that nobody knows"),
        pytest.param(permit("X", 1.9e8, source=None), id="source missing"),
    ],
)
def test_what_may_still_belong_to_the_sum_is_never_a_pass(other):
    found = within_cap([permit("A", 1.0e8), other])
    assert outcomes(found)[GAOCHANG] == "not_evaluated"


def test_other_water_does_not_count_against_groundwater_but_against_the_total():
    permits = [permit("A", 1.0e8), permit("B", 3.0e8, source="surface")]
    assert GAOCHANG not in outcomes(within_cap(permits))
    found = rows(within_cap(permits, source="total"))
    here = found[found["subject_id"] == GAOCHANG]
    assert here["rule"].tolist() == ["permits.within_cap"]
    assert here["outcome"].tolist() == ["fail"]


def test_a_clause_on_the_total_is_read_for_groundwater_too_and_says_so():
    """AC-28 under the binding of the document itself."""
    made = scene(as_of="2025-12-31", wells=[], permits=[permit("P", 4.95e8)])
    found = rows(run(made, "permits.within_cap", "TLF-3.2a", {"source": "total"}))
    city = found[found["subject_id"] == "6504"].set_index("rule")
    assert list(city.index) == ["permits.within_cap.groundwater"]
    assert city["outcome"].tolist() == ["fail"]
    assert city["unverified"].tolist() == ['["permits.groundwater_cap"]']


def test_a_year_without_a_cap_has_no_verdict():
    found = within_cap([permit("A", 1.0e8)], as_of="2026-03-31")
    table = rows(found).set_index(["subject_id", "period"])["outcome"]
    assert table[(GAOCHANG, "2026")] == "not_evaluated"
    assert (GAOCHANG, "2025") not in table.index


def test_permits_elsewhere_are_not_ours():
    found = within_cap([permit("A", 9.0e9, "杭锦旗")], units=ELSEWHERE)
    assert rows(found).empty


def test_without_permits_the_rule_says_so():
    found = run(scene(wells=[]), "permits.within_cap", "TLF-3.2a", {"source": "total"})
    assert rows(found)["message_key"].tolist() == ["rules.role_missing"]


# ---------------------------------------------------------------------------------------------------- electronic


def test_share_of_electronic_permits():
    permits = [
        permit("A", 1, electronic=True),
        permit("B", 1, electronic=False),
        permit("C", 1, "鄯善县", electronic=True),
        permit("D", 1, "托克逊县", electronic=None),
        permit("E", 1, electronic=False, state="cancelled"),
        permit("F", 1, "杭锦旗", electronic=False),
    ]
    found = run(scene(wells=[], permits=permits, **ELSEWHERE), "permits.electronic", "TLF-3.2e")
    assert outcomes(found) == {GAOCHANG: "fail", "650422": "not_evaluated", "6504": "fail"}
    table = rows(found).set_index("subject_id")
    assert table.at[GAOCHANG, "measured"] == 50.0
    assert table.at["6504", "measured"] == 50.0
    assert passed(found) == 1


# ----------------------------------------------------------------------------------------------------- conditions

METRIC = "EPSG:4538"
ORIGIN = (500000.0, 5000000.0)
"""The (0, 0) of the case, on the central meridian, where a metre on the map is a metre."""


def conditions(x=30.0, y=40.0, depth=135.0, months=range(3, 10), tol=(20.0, 5.0), year=None, **paper):
    settings = {"tolerance_m": tol[0], "tolerance_depth_m": tol[1]}
    readings = [
        {"well_id": "W", "year": 2025, "month": month, "volume_m3": 100.0 if month in months else 0.0}
        for month in range(1, 13)
    ]
    if year is not None:
        readings = [{"well_id": "W", "year": 2025, "volume_m3": year}]
    given = {
        "permit_no": "P",
        "well_id": "W",
        "x": ORIGIN[0],
        "y": ORIGIN[1],
        "depth_m": 120.0,
        "months": "4-9",
        **paper,
    }
    made = scene(
        policy="toli-2024",
        crs=METRIC,
        wells=[
            {
                "well_id": "W",
                "county": "托里县",
                "x": ORIGIN[0] + x,
                "y": ORIGIN[1] + y,
                "depth_m": depth,
                "permit_no": "P",
            }
        ],
        permit_wells=[given],
        readings=readings,
    )
    found = run(made, "permits.conditions", "TOL-11b", {k: v for k, v in settings.items() if v is not None})
    return rows(found).set_index("rule"), found


@pytest.mark.parametrize(
    ("rule", "measured"),
    [
        pytest.param("permits.conditions.place", 50.0, id="AC-45 place"),
        pytest.param("permits.conditions.depth", 15.0, id="AC-45 depth"),
        pytest.param("permits.conditions.months", None, id="AC-45 months"),
    ],
)
def test_found_against_permitted(rule, measured):
    row = conditions()[0].loc[rule]
    assert (row["outcome"], row["action"]) == ("fail", "reapply")
    if measured is None:
        assert '"months":[3]' in row["message_values"]
        assert row["period"] == "2025"
    else:
        assert row["measured"] == pytest.approx(measured, abs=0.05)


def test_within_the_tolerances_all_is_well():
    table, found = conditions(x=12.0, y=15.9, depth=125.0, months=range(4, 10))
    assert table.empty
    assert passed(found) == 3


def test_just_beyond_the_tolerances():
    table, _ = conditions(x=12.1, y=16.1, depth=125.01, months=range(4, 11))
    assert table["outcome"].tolist() == ["fail"] * 3


def test_without_tolerances_only_an_exact_match_passes():
    table, _ = conditions(tol=(None, None))
    assert table.loc["permits.conditions.place", "outcome"] == "not_evaluated"
    assert table.loc["permits.conditions.depth", "message_key"] == "permits.conditions.no_tolerance"
    table, _ = conditions(x=0, y=0, depth=120.0, months=range(4, 10), tol=(None, None))
    assert table.empty


def test_missing_conditions_are_asked_for():
    table, _ = conditions(year=5.0)
    assert table.loc["permits.conditions.months", "message_key"] == "permits.conditions.months_unsplit"


def test_permitted_places_in_degrees():
    lon, lat = Transformer.from_crs(METRIC, "EPSG:4326", always_xy=True).transform(*ORIGIN)
    table, _ = conditions(x=3.0, y=4.0, depth=1.0, months=range(4, 10), **{})
    assert table.empty
    made = scene(
        policy="toli-2024",
        crs=METRIC,
        wells=[{"well_id": "W", "county": "托里县", "x": ORIGIN[0] + 30, "y": ORIGIN[1] + 40}],
        permit_wells=[{"permit_no": "P", "well_id": "W", "x": lon, "y": lat, "crs": "EPSG:4326"}],
    )
    found = run(made, "permits.conditions", "TOL-11b", {"tolerance_m": 20.0, "tolerance_depth_m": 5.0})
    table = rows(found).set_index("rule")
    assert table.loc["permits.conditions.place", "measured"] == pytest.approx(50.0, abs=0.05)
    assert table.loc["permits.conditions.depth", "outcome"] == "not_evaluated"


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("4-9", [4, 5, 6, 7, 8, 9]),
        ("4;5;6", [4, 5, 6]),
        ("10-3", [1, 2, 3, 10, 11, 12]),
        ("4月至9月", [4, 5, 6, 7, 8, 9]),
        ("4 - 6, 9", [4, 5, 6, 9]),
        ("13", []),
        ("spring", []),
        (None, []),
    ],
)
def test_permitted_months(text, months):
    assert months_of(month_masks(pd.Series([text], dtype=object))[0]) == months


# ---------------------------------------------------------------------------------------------------- built before


def built(**well):
    permits = [{"permit_no": "P", "approved_on": well.pop("approved", None)}]
    units = well.pop("units", {})
    made = scene(
        policy="toli-2024", wells=[{"well_id": "W", "county": "托里县", **well}], permits=permits, **units
    )
    return run(made, "permits.built_before", "TOL-11a")


@pytest.mark.parametrize(
    ("well", "outcome"),
    [
        ({"built_on": "2025-03-01", "approved": "2025-03-01", "permit_no": "P"}, None),
        ({"built_on": "2025-02-28", "approved": "2025-03-01", "permit_no": "P"}, "fail"),
        ({"built_on": "2025-02-28"}, "fail"),
        ({"approved": "2025-03-01", "permit_no": "P"}, "review"),
        ({"built_on": "2025-02-28", "permit_no": "P"}, "review"),
        ({"commissioned_on": "2025-02-28", "approved": "2025-03-01", "permit_no": "P"}, "fail"),
        ({"commissioned_on": "2025-06-01", "approved": "2025-03-01", "permit_no": "P"}, "review"),
        ({"built_on": "2025-02-28", "units": ELSEWHERE}, None),
    ],
)
def test_built_after_approval(well, outcome):
    assert rows(built(**well))["outcome"].tolist() == ([outcome] if outcome else [])


# --------------------------------------------------------------------------------------------------- deregistration


def deregistration(as_of="2026-03-31", days=30, units=None, **well):
    made = scene(
        policy="toli-2024",
        as_of=as_of,
        wells=[{"well_id": "W", "county": "托里县", "status": "shut", **well}],
        **(units or {}),
    )
    found = run(made, "permits.deregistration", "TOL-11c", {"days": days})
    return rows(found).set_index("rule"), found


PAPER, SEAL = "permits.deregistration", "permits.deregistration.sealed"


@pytest.mark.parametrize(
    ("filed", "outcome", "late"),
    [
        pytest.param("2025-03-31", None, None, id="AC-41 in time"),
        pytest.param("2025-04-01", "fail", 1, id="AC-41 one day late"),
    ],
)
def test_thirty_days_after_stopping(filed, outcome, late):
    table, _ = deregistration(stopped_on="2025-03-01", deregistered_on=filed)
    if outcome is None:
        assert PAPER not in table.index
    else:
        assert (table.at[PAPER, "outcome"], table.at[PAPER, "measured"]) == (outcome, late)
        assert '"due":"2025-03-31"' in table.at[PAPER, "message_values"]
    assert table.at[SEAL, "outcome"] == "review"


def test_not_deregistered_yet():
    assert deregistration("2025-03-31", stopped_on="2025-03-01")[0].at[PAPER, "period_state"] == "in_window"
    row = deregistration("2025-04-01", stopped_on="2025-03-01")[0].loc[PAPER]
    assert (row["outcome"], row["period_state"], row["action"]) == ("fail", "overdue", "deregister")


def test_a_seal_in_place_leaves_no_question_about_sealing():
    table, found = deregistration(
        status="sealed", status_on="2025-05-01", stopped_on="2025-03-01", deregistered_on="2025-03-20"
    )
    assert table.empty
    assert passed(found) == 2


def test_stopped_without_a_day():
    row = deregistration()[0].loc[PAPER]
    assert (row["outcome"], row["message_key"]) == ("not_evaluated", "permits.deregistration.undated")


def test_wells_in_use_and_wells_elsewhere_are_not_asked():
    assert deregistration(status="active", stopped_on="2025-03-01")[0].empty
    assert deregistration(units=ELSEWHERE, stopped_on="2025-03-01")[0].empty


def test_a_longer_term_removes_no_more_than_it_should():
    late = deregistration(days=31, stopped_on="2025-03-01", deregistered_on="2025-04-01")[0]
    assert PAPER not in late.index


# ------------------------------------------------------------------------------------------------ volume, use, idle


def over_volume(volume, as_of="2026-03-31", year=2025, month=None, units=None, **well):
    made = scene(
        policy="toli-2024",
        as_of=as_of,
        wells=[{"well_id": "W", "county": "托里县", "permit_no": "P", "permit_m3": 1000.0, **well}],
        readings=[{"well_id": "W", "year": year, "month": month, "volume_m3": volume}],
        **(units or {}),
    )
    return run(made, "permits.over_volume", "TOL-P")


@pytest.mark.parametrize(
    ("volume", "more", "outcome"),
    [
        (1000.0, {}, None),
        (1000.1, {}, "fail"),
        (999.0, {"month": 5}, "not_evaluated"),
        (1001.0, {"month": 5}, "fail"),
        (999.0, {"year": 2026}, "not_evaluated"),
        (1001.0, {"year": 2026}, "fail"),
        (10.0, {"permit_m3": None}, "not_evaluated"),
        (1001.0, {"permit_no": None}, "fail"),
        (1001.0, {"permit_no": None, "permit_m3": None}, None),
        (1001.0, {"units": ELSEWHERE}, None),
    ],
)
def test_volume_against_the_permit(volume, more, outcome):
    assert rows(over_volume(volume, **more))["outcome"].tolist() == ([outcome] if outcome else [])


def test_the_volume_of_a_permit_for_one_well():
    made = scene(
        policy="toli-2024",
        wells=[{"well_id": "W", "county": "托里县", "permit_no": "P"}],
        permits=[{"permit_no": "P", "volume_m3": 500.0}],
        readings=[{"well_id": "W", "year": 2025, "volume_m3": 501.0}],
    )
    row = rows(run(made, "permits.over_volume", "TOL-P")).iloc[0]
    assert (row["outcome"], row["threshold"]) == ("fail", 500.0)


@pytest.mark.parametrize(
    ("use", "permitted", "outcome"),
    [
        ("irrigation", "irrigation", None),
        ("industry", "irrigation", "fail"),
        (None, "irrigation", "not_evaluated"),
        ("industry", None, "not_evaluated"),
    ],
)
def test_use_against_the_permit(use, permitted, outcome):
    made = scene(
        policy="hangjin-2023",
        wells=[{"well_id": "W", "county": "杭锦旗", "use": use, "permit_no": "P"}],
        permits=[{"permit_no": "P", "use": permitted}],
    )
    found = run(made, "permits.use_differs", "HJQ-3.2b")
    assert rows(found)["outcome"].tolist() == ([outcome] if outcome else [])


def idle(volumes, ratio=0.5, years=2, approved=None, as_of="2026-03-31", units=None, **more):
    made = scene(
        as_of=as_of,
        wells=[{"well_id": "W", "county": "高昌区", "permit_no": "P"}],
        permits=[
            {"permit_no": "P", "county": "高昌区", "volume_m3": 1000.0, "approved_on": approved, **more}
        ],
        readings=[{"well_id": "W", "year": year, "volume_m3": volume} for year, volume in volumes.items()],
        **(units or {}),
    )
    return run(made, "permits.idle", "TLF-3.2b", {"ratio": ratio, "years": years})


@pytest.mark.parametrize(
    ("volumes", "more", "outcome"),
    [
        ({2024: 499.0, 2025: 400.0}, {}, "review"),
        ({2024: 500.0, 2025: 400.0}, {}, None),
        ({2025: 400.0}, {}, "not_evaluated"),
        ({2025: 600.0}, {}, None),
        ({2024: 0.0, 2025: 0.0}, {"ratio": 0.0}, "review"),
        ({2024: 0.0, 2025: 1.0}, {"ratio": 0.0}, None),
        ({2024: 1.0, 2025: 1.0}, {"approved": "2024-01-02"}, None),
        ({2024: 1.0, 2025: 1.0}, {"approved": "2024-01-01"}, "review"),
        ({2024: 1.0, 2025: 1.0}, {"volume_m3": None}, "not_evaluated"),
        ({2024: 1.0, 2025: 1.0}, {"county": "杭锦旗", "units": ELSEWHERE}, None),
        ({2023: 1.0, 2024: 1.0}, {"as_of": "2025-12-30"}, "review"),
        ({2023: 1.0, 2024: 1.0}, {"as_of": "2025-12-31"}, "not_evaluated"),
    ],
)
def test_idle_permits(volumes, more, outcome):
    assert rows(idle(volumes, **more))["outcome"].tolist() == ([outcome] if outcome else [])


def test_without_the_ratio_the_clause_is_open():
    made = scene(wells=[], permits=[{"permit_no": "P", "volume_m3": 1.0}])
    keys = {"ratio": "permit.idle_ratio", "years": "permit.idle_years"}
    found = run(made, "permits.idle", "TLF-3.2b", settings=keys)
    assert rows(found)["message_key"].tolist() == ["rules.value_missing"]


def test_in_force():
    permits = pd.DataFrame(
        {
            "state": [None, "suspended", "expired", "expired", "cancelled", "valid"],
            "approved_on": pd.to_datetime([None, None, None, None, None, "2026-01-01"]),
            "valid_to": pd.to_datetime([None, None, None, "2026-12-31", None, None]),
        }
    )
    assert in_force(permits, pd.Timestamp(date(2025, 6, 1))).tolist() == [
        True,
        True,
        False,
        True,
        False,
        False,
    ]


def test_every_key_of_the_family_has_both_languages():
    keys = [key for key in catalogue() if key.startswith(("permits.", "report.rule.permits"))]
    assert len(keys) > 50
    assert all(set(catalogue()[key]) == {"en", "zh"} for key in keys)
