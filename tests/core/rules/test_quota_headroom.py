"""Room left under the caps: applications and projects."""

from __future__ import annotations

from dataclasses import replace

import pytest
from saying import one, said, speaks
from shapely.geometry import box

from build import outcomes, run, scene
from overdraft.core.policy import load_policy
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.run import findings_of

GAOCHANG = "650402"
HANGGIN = {
    "trigger": "above",
    "level": "management_unit",
    "source": "groundwater",
    "check_level": True,
    "exempt_uses": ("urban_supply", "rural_drinking", "heating"),
    "permission": "suspend",
}
YENGISAR = {
    "trigger": "at_or_above",
    "level": "county",
    "source": "total",
    "trade": True,
    "permission": "deny",
}
UNIT = {
    "unit_id": "M",
    "name": "单元",
    "level": "management_unit",
    "parent_id": GAOCHANG,
    "geometry": box(89.0, 42.7, 89.4, 43.1),
}
COUNTY = {"unit_id": GAOCHANG, "name": "高昌区", "level": "county", "geometry": box(88.5, 42.3, 90, 43.6)}


def figure(subject, measure, value, year=2025, **more):
    row = {"subject_role": "units", "subject_id": subject, "year": year, "measure": measure, "value": value}
    return {**row, "unit": "万m3", **more}


def hanggin(use, level=101.0, application=None, year=2025, threshold=100.0, level_on="2025-06-30", **with_):
    figures = [figure("M", "index", 1000, year, source="groundwater")]
    figures += [] if use is None else [figure("M", "use", use, year, source="groundwater")]
    levels = [] if level is None else [{"station_id": "S", "date_on": level_on, "level_m": level}]
    made = scene(
        units=[COUNTY, UNIT],
        stations=[{"station_id": "S", "threshold_m": threshold}],
        levels=levels or [{"station_id": "X", "date_on": "2025-06-30", "level_m": 1}],
        indices=figures,
        applications=[
            {"application_id": "A", "kind": "new", "use": "industry", "permit_m3": 5e4, **(application or {})}
        ],
    )
    return speaks(run(made, "quota.headroom", "TLF-4.2a", {**HANGGIN, **with_}))


@pytest.mark.parametrize(
    ("use", "level", "wanted", "permission", "outcome"),
    [
        pytest.param(1020, 101.0, "industry", "suspend", "fail", id="AC-47 use above the index"),
        pytest.param(1000, 101.0, "industry", "review", "review", id="AC-47 use at the index: not suspended"),
        pytest.param(995, 101.0, "industry", "allow", "pass", id="the demand just fits"),
        pytest.param(995.01, 101.0, "industry", "review", "review", id="the demand does not fit"),
        pytest.param(900, 99.0, "industry", "suspend", "fail", id="AC-47 level below control"),
        pytest.param(1020, 101.0, "heating", "allow", "exempt", id="AC-47 heating make-up"),
        pytest.param(
            1000, 101.0, "industry", "review", "review", id="AC-56 equality in Hanggin: not suspended"
        ),
        (900, 100.0, "industry", "allow", "pass"),
        (1020, 101.0, "emergency", "review", "review"),
        (1020, 101.0, None, "review", "review"),
        (900, 99.0, None, "review", "review"),
        (None, 101.0, "industry", "not_evaluated", "not_evaluated"),
        (900, None, "industry", "not_evaluated", "not_evaluated"),
        (None, 99.0, "industry", "suspend", "fail"),
    ],
)
def test_units_over_their_index_or_below_their_level_suspend(use, level, wanted, permission, outcome):
    row = one(hanggin(use, level, {"use": wanted}))
    assert (row["permission"], row["outcome"]) == (permission, outcome)


def test_the_reason_is_said_without_figures_that_nobody_has():
    text = said(one(hanggin(1020)), "zh")
    assert "暂停审批新增取水" in text
    assert "交易" not in text
    below = one(hanggin(None, 99.0))
    assert said(below, "zh") == "单元：2025年地下水位低于控制水位1m。暂停审批新增取水。"
    assert said(below) == (
        "单元: the groundwater level of 2025 is 1 m below its control level. "
        "The approval of new abstraction is suspended."
    )


@pytest.mark.parametrize(
    ("years", "level_on", "permission"),
    [
        pytest.param((2025,), "2025-06-30", "allow", id="the last full year"),
        pytest.param((2024,), "2025-06-30", "allow", id="the last has no figure yet"),
        pytest.param((2023,), "2025-06-30", "not_evaluated", id="older figures"),
        pytest.param((2015,), "2025-06-30", "not_evaluated", id="ten years old"),
        pytest.param((2025,), "2026-03-01", "allow", id="a level of this year"),
        pytest.param((2025,), "2024-12-31", "not_evaluated", id="a level of the year before"),
        pytest.param((2025,), "2012-06-30", "not_evaluated", id="a level of long ago"),
    ],
)
@pytest.mark.parametrize("use", [900, 1020])
def test_old_figures_say_nothing_of_the_room_left_now(years, level_on, permission, use):
    row = one(hanggin(use, year=years[0], level_on=level_on))
    old_figures = years[0] < 2024
    if use == 1020 and not old_figures:
        permission = "suspend"
    assert row["permission"] == permission


def test_demand_that_nobody_recorded_fits_nowhere():
    row = one(hanggin(900, application={"permit_m3": None}))
    assert (row["permission"], row["outcome"]) == ("not_evaluated", "not_evaluated")
    assert one(hanggin(1020, application={"permit_m3": None}))["permission"] == "suspend"


def test_a_monitoring_well_takes_no_room():
    assert hanggin(1020, application={"use": "monitoring", "permit_m3": None}).rows.empty


@pytest.mark.parametrize(
    ("industry", "permission"), [(None, "review"), ("other", "review"), ("chemical", "suspend")]
)
def test_a_project_may_be_the_supply_that_is_excepted(industry, permission):
    figures = [
        figure("M", "index", 1000, source="groundwater"),
        figure("M", "use", 1020, source="groundwater"),
    ]
    rows = [
        {
            "project_id": "P",
            "build_kind": "new",
            "source": "groundwater",
            "demand_m3": 5,
            "industry": industry,
        }
    ]
    made = scene(units=[COUNTY, UNIT], indices=figures, projects=rows)
    found = speaks(run(made, "quota.headroom", "TLF-4.2a", {**HANGGIN, "check_level": False}))
    assert outcomes(found, "permission") == {"P": permission}


@pytest.mark.parametrize(
    ("use", "permission"), [("emergency", "review"), ("industry", "deny"), (None, "deny")]
)
@pytest.mark.parametrize("over", [True, False])
def test_emergency_supply_is_for_a_person_where_the_clause_names_no_exception(use, permission, over):
    figures = [
        figure(GAOCHANG, "index", 1000, source="groundwater"),
        figure(GAOCHANG, "use", 1000 if over else 900, source="groundwater"),
    ]
    made = scene(
        "national",
        units=[COUNTY],
        stations=[{"station_id": "S", "threshold_m": 100.0}],
        levels=[{"station_id": "S", "date_on": "2025-06-30", "level_m": 101.0 if over else 99.0}],
        indices=figures,
        applications=[{"application_id": "A", "kind": "new", "use": use, "permit_m3": 5.0}],
    )
    (bound,) = [one_ for one_ in bindings(made.policy) if one_.rule.name == "quota.headroom"]
    row = one(speaks(findings_of(made, bound)))
    assert row["permission"] == permission


@pytest.mark.parametrize(("use", "permission"), [(1020, "suspend"), (999, "not_evaluated")])
def test_a_running_year_only_suspends(use, permission):
    assert one(hanggin(use, year=2026))["permission"] == permission


@pytest.mark.parametrize(
    "application",
    [{"decision": "refused"}, {"decision": "approved"}, {"kind": "extend", "well_id": "W", "permit_m3": 5.0}],
)
def test_what_is_no_new_abstraction_is_not_asked(application):
    figures = [
        figure("M", "index", 1000, source="groundwater"),
        figure("M", "use", 1020, source="groundwater"),
    ]
    made = scene(
        units=[COUNTY, UNIT],
        wells=[{"well_id": "W", "permit_no": "P", "permit_m3": 5.0}],
        indices=figures,
        applications=[{"application_id": "A", "kind": "new", "use": "industry", **application}],
    )
    found = run(made, "quota.headroom", "TLF-4.2a", {**HANGGIN, "check_level": False})
    assert found.rows.empty
    assert found.counts["n_out_of_scope"].sum() == 1


def test_applications_outside_the_jurisdiction_are_out_of_scope():
    other = {"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(60, 30, 120, 55)}
    made = scene(
        units=[other], indices=[figure("150625", "index", 1)], applications=[{"application_id": "A"}]
    )
    found = run(made, "quota.headroom", "TLF-4.2a", {"level": "county"})
    assert found.rows.empty
    assert found.counts["n_out_of_scope"].sum() == 1


def yengisar(use, demand, traded, index=1000, **project):
    figures = [figure(GAOCHANG, "index", index, source="total"), figure(GAOCHANG, "use", use, source="total")]
    rows = [{"project_id": "P", "build_kind": "new", "demand_m3": demand, "traded_m3": traded, **project}]
    made = scene(units=[COUNTY], indices=figures, projects=rows)
    found = run(made, "quota.headroom", "TLF-4.2a", YENGISAR)
    return speaks(found)


@pytest.mark.parametrize(
    ("use", "demand", "traded", "permission", "outcome"),
    [
        pytest.param(1000, 50, 50, "allow_if", "pass", id="AC-56 traded"),
        pytest.param(1000, 50, 40, "deny", "fail", id="AC-56 not all traded"),
        (1000, 50, None, "deny", "fail"),
        (1000, None, 40, "review", "review"),
        (1000, None, None, "review", "review"),
        (999.99, None, 0, "not_evaluated", "not_evaluated"),
        (999.99, 101, 0, "review", "review"),
        (999.99, 101, 1, "allow", "pass"),
        (999.99, 50, 0, "allow", "pass"),
    ],
)
def test_at_the_index_new_demand_is_met_by_trade_alone(use, demand, traded, permission, outcome):
    row = one(yengisar(use, demand, traded))
    assert (row["permission"], row["outcome"]) == (permission, outcome)


@pytest.mark.parametrize("project", [{"build_kind": "existing"}, {"flags": "plan"}, {"demand_m3": 0}])
def test_projects_that_take_nothing_new_are_not_asked(project):
    assert yengisar(1000, 50, 0, **project).rows.empty


def test_no_headroom_left_is_enough_where_the_text_says_so():
    figures = [figure(GAOCHANG, "index", 1000), figure(GAOCHANG, "use", 1000)]
    made = scene(
        units=[COUNTY], indices=figures, projects=[{"project_id": "P", "build_kind": "new", "demand_m3": 5}]
    )
    for trigger, permission in (("no_headroom", "suspend"), ("above", "review")):
        found = run(made, "quota.headroom", "TLF-4.2a", {"trigger": trigger, "source": "total"})
        assert outcomes(found, "permission") == {"P": permission}


def test_a_year_without_figures_is_not_replaced_by_an_earlier_one():
    figures = [figure(GAOCHANG, "index", 1000, 2024), figure(GAOCHANG, "use", 900, 2024)]
    figures += [figure(GAOCHANG, "index", 1000, 2025)]
    made = scene(
        units=[COUNTY], indices=figures, projects=[{"project_id": "P", "build_kind": "new", "demand_m3": 5}]
    )
    found = run(made, "quota.headroom", "TLF-4.2a", {"source": "total"})
    assert outcomes(found, "permission") == {"P": "not_evaluated"}


# ----------------------------------------------------------------------------------------------------------- offset


@pytest.mark.parametrize(
    ("use", "demand", "traded", "permission"),
    [
        (1001, 50, 50, "allow_if"),
        (1001, 50, 49.99, "review"),
        (1001, 50, None, "review"),
        (1001, None, 50, "review"),
        (1000, 50, 0, "allow"),
        (None, 50, 50, "not_evaluated"),
    ],
)
def test_projects_in_overloaded_counties_find_their_water(use, demand, traded, permission):
    figures = [figure(GAOCHANG, "index", 1000, source="total")]
    figures += [] if use is None else [figure(GAOCHANG, "use", use, source="total")]
    rows = [{"project_id": "P", "build_kind": "expanded", "demand_m3": demand, "traded_m3": traded}]
    made = scene(units=[COUNTY], indices=figures, projects=rows)
    row = one(speaks(run(made, "quota.offset", "TLF-3.3c")))
    assert row["permission"] == permission


@pytest.mark.parametrize(
    ("year", "permission"), [(2024, "allow"), (2023, "not_evaluated"), (2015, "not_evaluated")]
)
def test_old_figures_do_not_tell_whether_a_county_is_overloaded_now(year, permission):
    figures = [figure(GAOCHANG, "index", 1000, year, source="total")]
    figures.append(figure(GAOCHANG, "use", 900, year, source="total"))
    rows = [{"project_id": "P", "build_kind": "new", "demand_m3": 5}]
    made = scene(
        replace(load_policy("turpan-2021"), targets=()), units=[COUNTY], indices=figures, projects=rows
    )
    row = one(speaks(run(made, "quota.offset", "TLF-3.3c")))
    assert row["permission"] == permission


# ------------------------------------------------------------------------------------------------- the cap on permits


def permitted(
    *permits, cap=1000, demand=50.0, use="industry", cap_year=2026, measure="permit_cap", kind="new"
):
    """An application in a county whose permits in force have these volumes."""
    rows = [
        {"permit_no": f"P{n}", "county": "高昌区", "approved_on": "2020-01-01", "volume_m3": 100.0, **row}
        for n, row in enumerate(permits)
    ]
    figures = [figure(GAOCHANG, "use", 1, source="total")]
    figures += [] if cap is None else [figure(GAOCHANG, measure, cap, cap_year, source="total", unit="m3")]
    made = scene(
        "national",
        units=[COUNTY],
        indices=figures,
        permits=rows,
        applications=[{"application_id": "A", "kind": kind, "use": use, "permit_m3": demand}],
    )
    return speaks(run(made, "quota.permit_headroom", "WPR-20b", {"source": "total"}))


@pytest.mark.parametrize(
    ("permits", "given", "permission"),
    [
        pytest.param([{"volume_m3": 1000.0}], {}, "deny", id="reached"),
        pytest.param([{"volume_m3": 1001.0}], {}, "deny", id="exceeded"),
        pytest.param([{"volume_m3": 950.0}], {}, "allow", id="the demand just fits"),
        pytest.param([{"volume_m3": 951.0}], {}, "review", id="the demand does not fit"),
        pytest.param([{"volume_m3": 900.0}], {"demand": None}, "not_evaluated", id="demand not recorded"),
        pytest.param([{"volume_m3": 1000.0}], {"demand": None}, "deny", id="reached, demand not recorded"),
        pytest.param([{"volume_m3": 1000.0}], {"use": "emergency"}, "review", id="emergency"),
        pytest.param([{"volume_m3": 1000.0, "state": "cancelled"}], {}, "allow", id="cancelled"),
        pytest.param(
            [{"volume_m3": 900.0}, {"volume_m3": None}], {}, "not_evaluated", id="a volume is missing"
        ),
        pytest.param([{"volume_m3": 900.0}, {"county": None}], {}, "not_evaluated", id="a county is missing"),
        pytest.param([{"volume_m3": 800.0}, {"county": None}], {}, "allow", id="it fits all the same"),
        pytest.param([{"volume_m3": 1000.0}], {"cap": None}, "not_evaluated", id="no cap"),
        pytest.param([{"volume_m3": 1000.0}], {"cap_year": 2024}, "not_evaluated", id="an old cap"),
        pytest.param(
            [{"volume_m3": 1000.0}], {"measure": "index", "cap_year": 2025}, "deny", id="the cap on use"
        ),
    ],
)
def test_where_permits_have_reached_their_cap_nothing_more_is_approved(permits, given, permission):
    assert one(permitted(*permits, **given))["permission"] == permission


def test_the_cap_on_permits_is_asked_of_more_water_only():
    assert permitted({"volume_m3": 1000.0}, use="monitoring").rows.empty
