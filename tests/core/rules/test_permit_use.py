"""How permits are used: conditions, approval, giving back, volume, use, idleness."""

from __future__ import annotations

import pandas as pd
import pytest
from pyproj import Transformer
from saying import speaks
from shapely.geometry import box

from build import passed, run, scene
from overdraft.core.rules.facts.permit_facts import month_masks, months_of

ELSEWHERE = {
    "units": [{"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(60, 30, 120, 55)}]
}
"""A county of another document over every point."""


def rows(found, rule=None):
    table = found.rows
    return table if rule is None else table[table["rule"] == rule]


# ----------------------------------------------------------------------------------------------------- conditions

METRIC = "EPSG:4538"
ORIGIN = (500000.0, 5000000.0)
"""The (0, 0) of the case, on the central meridian, where a metre on the map is a metre."""


def year_of(months, read=range(1, 13)):
    return [
        {"well_id": "W", "year": 2025, "month": month, "volume_m3": 100.0 if month in months else 0.0}
        for month in read
    ]


def conditions(x=30.0, y=40.0, depth=135.0, months=range(3, 10), tol=(20.0, 5.0), year=None, **paper):
    settings = {"tolerance_m": tol[0], "tolerance_depth_m": tol[1]}
    readings = year_of(months)
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


def test_a_month_without_a_figure_is_not_a_dry_month():
    readings = [{"well_id": "W", "year": 2025, "month": month, "volume_m3": 1.0} for month in range(4, 10)]
    made = scene(
        policy="toli-2024",
        wells=[{"well_id": "W", "county": "托里县"}],
        permit_wells=[{"permit_no": "P", "well_id": "W", "months": "4-9"}],
        readings=[*readings, {"well_id": "W", "year": 2025, "month": 3, "volume_m3": None}],
    )
    table = rows(run(made, "permits.conditions", "TOL-11b")).set_index("rule")
    assert table.at["permits.conditions.months", "outcome"] == "not_evaluated"


@pytest.mark.parametrize(
    ("readings", "well", "as_of", "outcome"),
    [
        (year_of([5]), {}, "2025-12-31", None),
        (year_of([5], [5]), {}, "2025-12-31", "not_evaluated"),
        (year_of([5], [1, 2, 3, 5, 10, 11, 12]), {}, "2025-12-31", None),
        (year_of([5], [1, 2, 3, 5, 10, 11]), {}, "2025-12-31", "not_evaluated"),
        (year_of([5]), {}, "2025-12-30", "not_evaluated"),
        (year_of([3, 5], [3, 5]), {}, "2025-12-30", "fail"),
        # the whole year is what May says, or is more
        ([*year_of([5], [5]), {"well_id": "W", "year": 2025, "volume_m3": 100.0}], {}, "2025-12-31", None),
        (
            [*year_of([5], [5]), {"well_id": "W", "year": 2025, "volume_m3": 101.0}],
            {},
            "2025-12-31",
            "not_evaluated",
        ),
        (year_of([7], range(6, 13)), {"commissioned_on": "2025-06-15"}, "2025-12-31", None),
        (year_of([7], range(6, 13)), {"commissioned_on": "2025-03-15"}, "2025-12-31", "not_evaluated"),
    ],
)
def test_months_that_nobody_read_are_not_dry(readings, well, as_of, outcome):
    made = scene(
        policy="toli-2024",
        as_of=as_of,
        wells=[{"well_id": "W", "county": "托里县", **well}],
        permit_wells=[{"permit_no": "P", "well_id": "W", "months": "4-9"}],
        readings=readings,
    )
    found = rows(speaks(run(made, "permits.conditions", "TOL-11b", {"conditions": ("months",)})))
    assert found["outcome"].tolist() == ([outcome] if outcome else [])
    if outcome:
        assert found["period_state"].tolist() == ["open" if as_of == "2025-12-30" else "closed"]


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
    assert passed(found) == 1


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


@pytest.mark.parametrize("links", [{}, {"permit_wells": [{"permit_no": "P", "well_id": "W"}]}])
def test_the_volume_of_a_permit_for_one_well(links):
    """That it stands for no other well can only be told where PERMIT_WELLS is supplied."""
    made = scene(
        policy="toli-2024",
        wells=[{"well_id": "W", "county": "托里县", "permit_no": "P"}],
        permits=[{"permit_no": "P", "volume_m3": 500.0}],
        readings=[
            {"well_id": "W", "year": 2025, "volume_m3": 501.0},
            {"well_id": "W", "year": 2024, "volume_m3": 500.0},
        ],
        **links,
    )
    table = rows(run(made, "permits.over_volume", "TOL-P")).set_index("period")
    assert (table.at["2025", "outcome"], table.at["2025", "threshold"]) == ("fail", 500.0)
    assert ("2024" in table.index) == (not links)


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


def idle(
    volumes, ratio=0.5, years=2, approved=None, as_of="2026-03-31", units=None, action="reduce_plan", **more
):
    made = scene(
        as_of=as_of,
        wells=[{"well_id": "W", "county": "高昌区", "permit_no": "P"}],
        permits=[
            {"permit_no": "P", "county": "高昌区", "volume_m3": 1000.0, "approved_on": approved, **more}
        ],
        readings=[{"well_id": "W", "year": year, "volume_m3": volume} for year, volume in volumes.items()],
        **(units or {}),
    )
    return run(made, "permits.idle", "TLF-3.2b", {"ratio": ratio, "years": years, "action": action})


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


def test_a_permit_of_which_nothing_was_used_is_cancelled_not_cut():
    found = rows(speaks(idle({2024: 0.0, 2025: 0.0}, ratio=0.0, action="deregister")))
    assert found[["outcome", "action", "message_key"]].to_numpy().tolist() == [
        ["review", "deregister", "permits.idle.deregister"]
    ]


def test_without_the_ratio_the_clause_is_open():
    made = scene(wells=[], permits=[{"permit_no": "P", "volume_m3": 1.0}])
    keys = {"ratio": "permit.idle_ratio", "years": "permit.idle_years"}
    found = run(made, "permits.idle", "TLF-3.2b", settings=keys)
    assert rows(found)["message_key"].tolist() == ["rules.value_missing"]
