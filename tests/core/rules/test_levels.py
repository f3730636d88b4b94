"""Groundwater levels, and over-extraction zones through time."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from saying import one, said, speaks
from shapely.geometry import box

from build import outcomes, passed, run, scene
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.facts.levels import slopes
from overdraft.core.rules.run import findings_of

GAOCHANG, CITY = "650402", "6504"
COUNTY = {"unit_id": GAOCHANG, "name": "高昌区", "level": "county", "geometry": box(88.5, 42.3, 90, 43.6)}


def used(value, year=2025, unit=GAOCHANG, measure="use", **more):
    row = {
        "subject_role": "units",
        "subject_id": unit,
        "year": year,
        "measure": measure,
        "source": "groundwater",
    }
    return {**row, "value": value, "unit": "亿m3", **more}


def level_rows(station, values, key="level_m"):
    return [{"station_id": station, "date_on": f"{year}-06-30", key: value} for year, value in values.items()]


def of(found, subject, check):
    rows = found.rows[found.rows["rule"].str.endswith(check) & (found.rows["subject_id"] == subject)]
    return list(rows["outcome"])


# --------------------------------------------------------------------------------------------------------- control


@pytest.mark.parametrize("value", [pytest.param(1.911, id="AC-67")])
def test_volume_over_and_level_without_a_threshold(value):
    made = scene(
        units=[COUNTY],
        stations=[{"station_id": "S"}],
        levels=level_rows("S", {2025: 10.0}),
        indices=[used(value)],
    )
    found = speaks(run(made, "levels.control", "TLF-4.2a", {"source": "groundwater", "volume": True}))
    assert of(found, GAOCHANG, ".level") == ["not_evaluated"]
    rows = found.rows[
        (found.rows["rule"] == "levels.control.volume") & (found.rows["subject_id"] == GAOCHANG)
    ]
    row = rows[rows["period"] == "2025"].iloc[0]
    assert row["outcome"] == "fail"
    assert row["measured"] - row["threshold"] == pytest.approx(10e4)
    assert "100,000 m³ too much" in said(row)


def control(levels, stations, indices=(), as_of="2026-03-31"):
    made = scene(as_of=as_of, units=[COUNTY], stations=stations, levels=levels, indices=list(indices))
    found = speaks(run(made, "levels.control", "TLF-4.2a"))
    return of(found, GAOCHANG, ".level")


@pytest.mark.parametrize(
    ("station", "row", "outcome"),
    [
        ({"threshold_m": 100}, {"level_m": 100.0}, []),
        ({"threshold_m": 100}, {"level_m": 99.999}, ["fail"]),
        ({"threshold_m": 100, "ground_m": 150}, {"depth_m": 50.0}, []),
        ({"threshold_m": 100, "ground_m": 150}, {"depth_m": 50.001}, ["fail"]),
        ({"threshold_m": 50}, {"depth_m": 50.0}, []),
        ({"threshold_m": 50}, {"depth_m": 50.001}, ["fail"]),
        ({}, {"level_m": 1000.0}, ["not_evaluated"]),
    ],
)
def test_elevation_not_below_and_depth_not_beyond(station, row, outcome):
    levels = [{"station_id": "S", "date_on": "2025-06-30", **row}]
    assert control(levels, [{"station_id": "S", **station}]) == outcome


def test_the_mean_of_the_unit_decides_and_failing_stations_are_named():
    stations = [{"station_id": "S", "threshold_m": 100}, {"station_id": "T", "threshold_m": 100}]
    levels = level_rows("S", {2025: 97.0}) + level_rows("T", {2025: 104.0})
    assert control(levels, stations) == []
    made = scene(
        units=[COUNTY],
        stations=stations,
        levels=level_rows("S", {2025: 95.0}) + level_rows("T", {2025: 104.0}),
    )
    row = one(speaks(run(made, "levels.control", "TLF-4.2a")), GAOCHANG)
    assert (row["outcome"], row["measured"]) == ("fail", -0.5)
    assert "S" in said(row)
    assert "T" not in said(row).split("threshold")[-1]


def test_a_station_without_a_threshold_leaves_a_good_mean_unjudged():
    stations = [{"station_id": "S", "threshold_m": 100}, {"station_id": "T"}]
    both = level_rows("S", {2025: 101.0}) + level_rows("T", {2025: 104.0})
    assert control(both, stations) == ["not_evaluated"]
    bad = level_rows("S", {2025: 99.0}) + level_rows("T", {2025: 104.0})
    assert control(bad, stations) == ["fail"]


def test_the_unit_may_have_a_control_level_of_its_own():
    own = {
        "subject_role": "units",
        "subject_id": GAOCHANG,
        "year": 2025,
        "measure": "level_control",
        "unit": "m",
    }
    levels = level_rows("S", {2025: 101.0})
    assert control(levels, [{"station_id": "S"}], [{**own, "value": 101.0}]) == []
    assert control(levels, [{"station_id": "S"}], [{**own, "value": 101.1}]) == ["fail"]


def test_a_running_year_only_fails():
    stations = [{"station_id": "S", "threshold_m": 100}]
    assert control(level_rows("S", {2025: 101.0}), stations, as_of="2025-09-01") == ["not_evaluated"]
    assert control(level_rows("S", {2025: 99.0}), stations, as_of="2025-09-01") == ["fail"]


def test_units_of_others_are_out_of_scope():
    other = {"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(60, 30, 120, 55)}
    stations = [{"station_id": "S", "threshold_m": 100}]
    made = scene(units=[other], stations=stations, levels=level_rows("S", {2025: 1.0}))
    found = run(made, "levels.control", "TLF-4.2a")
    assert "150625" not in set(found.rows["subject_id"])
    assert found.counts["n_out_of_scope"].sum() == 1


def dual(as_of, value=1.92, level=99.0, **with_):
    """Cap of 2025: 1.91 亿; threshold 100 m. Outcome and period of level and volume."""
    made = scene(
        as_of=as_of,
        units=[COUNTY],
        stations=[{"station_id": "S", "threshold_m": 100}],
        levels=level_rows("S", {2022: 90.0, 2025: level, 2027: 90.0}),
        indices=[used(value)],
    )
    found = speaks(run(made, "levels.control", "TLF-1.2k", {"volume": True, "years": (2025,), **with_}))
    rows = found.rows[found.rows["subject_id"] == GAOCHANG]
    return {tuple(row) for row in rows[["rule", "period", "period_state", "outcome"]].itertuples(index=False)}


def test_what_is_to_be_basically_met_is_for_a_person_where_it_is_not():
    both = [(f"levels.control.{check}", "2025", "closed", "review") for check in ("level", "volume")]
    assert dual("2026-03-31", short="review") == set(both)
    assert {row[-1] for row in dual("2026-03-31")} == {"fail"}
    assert dual("2026-03-31", 1.91, 100.0, short="review") == set()


@pytest.mark.parametrize(("as_of", "state"), [("2023-03-31", "not_due"), ("2028-03-31", "closed")])
def test_only_the_year_of_the_clause_is_judged(as_of, state):
    level = {row for row in dual(as_of) if row[0].endswith("level")}
    outcome = "fail" if state == "closed" else "not_evaluated"
    assert level == {("levels.control.level", "2025", state, outcome)}


# -------------------------------------------------------------------------------------------------------- stations


@pytest.mark.parametrize(
    ("station", "level", "outcome"),
    [
        ({"threshold_m": 100}, 100.0, []),
        ({"threshold_m": 100}, 80.0, ["fail"]),
        ({}, 80.0, ["not_evaluated"]),
        ({"threshold_m": 100}, None, ["not_evaluated"]),
    ],
)
def test_each_station_has_a_status_of_its_own(station, level, outcome):
    """Far above its threshold, the other station makes up for nothing."""
    rows = [{"station_id": "S", **station}, {"station_id": "T", "threshold_m": 100}]
    levels = level_rows("S", {2025: level} if level else {2024: 1.0}) + level_rows("T", {2025: 200.0})
    made = scene(units=[COUNTY], stations=rows, levels=levels)
    found = speaks(run(made, "levels.stations", "TLF-4.2a"))
    assert of(found, "S", "levels.stations") == outcome
    assert passed(found) == 2 - len(outcome)


# ----------------------------------------------------------------------------------------------------------- trend


def brute_slope(years, values):
    rates = [
        (values[j] - values[i]) / (years[j] - years[i])
        for i in range(len(years))
        for j in range(i + 1, len(years))
        if not np.isnan(values[i]) and not np.isnan(values[j])
    ]
    return np.median(rates) if rates else np.nan


def test_slopes_agree_with_every_pair_taken_by_hand():
    numbers = np.random.default_rng(7)
    levels = numbers.normal(size=(50, 6))
    levels[numbers.random(levels.shape) < 0.3] = np.nan
    years = np.arange(2020.0, 2026.0)
    np.testing.assert_allclose(slopes(years, levels), [brute_slope(years, row) for row in levels])


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ((100, 98, 96, 95, 94, 93), []),  # the fall slows down: -2, then -1
        ((100, 99, 98, 97, 95, 93), ["fail"]),
        ((100, 99, 98, 97, 96, 95), ["fail"]),  # as fast as before
        ((100, 98, 96, 96, 96, 96), []),
        ((100, 98, 96, 97, 98, 99), []),
        ((None, None, None, 97, 96, 95), ["not_evaluated"]),
        ((None, None, None, 95, 96, 97), []),
        ((100, 98, 96, None, None, 95), ["not_evaluated"]),
    ],
)
def test_a_fall_has_to_slow_down(values, outcome):
    years = dict(zip(range(2020, 2026), values, strict=True))
    levels = level_rows("S", {year: value for year, value in years.items() if value is not None})
    made = scene(units=[COUNTY], stations=[{"station_id": "S"}], levels=levels)
    found = speaks(run(made, "levels.trend", "TLF-1.2c", {"window_years": 3}))
    assert of(found, GAOCHANG, "levels.trend") == outcome


def test_depths_fall_when_they_grow():
    levels = level_rows("S", {2020 + n: 10.0 + n * n for n in range(6)}, "depth_m")
    made = scene(units=[COUNTY], stations=[{"station_id": "S"}], levels=levels)
    assert of(run(made, "levels.trend", "TLF-1.2c"), GAOCHANG, "levels.trend") == ["fail"]


def test_a_year_to_come_is_not_due():
    made = scene(units=[COUNTY], stations=[{"station_id": "S"}], levels=level_rows("S", {2025: 1.0}))
    found = speaks(run(made, "levels.trend", "TLF-1.2c", {"year": 2030}))
    assert set(found.rows["outcome"]) == {"not_evaluated"}


# -------------------------------------------------------------------------------------------------------- worsened


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (1.0, 1.0, []),
        (1.0, 1.01, ["review"]),
        (1.0, 0.9, []),
        (None, 1.0, ["not_evaluated"]),
        (1.0, None, ["not_evaluated"]),
    ],
)
def test_use_that_rises_is_listed(before, after, outcome):
    rows = [used(value, year) for value, year in ((before, 2024), (after, 2025)) if value is not None]
    found = speaks(run(scene(indices=rows or [used(1, 2020)]), "levels.worsened", "TLF-4.5d"))
    assert of(found, GAOCHANG, ".volume") == outcome


def test_townships_are_compared_as_counties_are():
    town = {"unit_id": "650402100", "name": "七泉湖镇", "level": "township", "parent_id": GAOCHANG}
    town["geometry"] = box(89, 42.7, 89.4, 43.1)
    made = scene(
        units=[COUNTY, town],
        indices=[used(value, year, "650402100") for year, value in ((2024, 100), (2025, 900))],
        stations=[{"station_id": "S"}],
        levels=level_rows("S", {2024: 10.0, 2025: 9.0}),
    )
    found = speaks(run(made, "levels.worsened", "TLF-4.5d", {"level": "township"}))
    assert of(found, "650402100", ".volume") == ["review"]
    assert of(found, "650402100", ".level") == ["review"]
    assert GAOCHANG not in set(found.rows["subject_id"])


def test_use_of_another_scope_is_not_compared():
    rows = [used(1.0, 2024, scope="北部"), used(2.0, 2025)]
    found = speaks(run(scene(indices=rows), "levels.worsened", "TLF-4.5d"))
    row = found.rows[found.rows["subject_id"] == GAOCHANG].iloc[0]
    assert (row["outcome"], row["period_state"]) == ("not_evaluated", "not_comparable")


@pytest.mark.parametrize(
    ("values", "outcome"),
    [((10, 10), []), ((10, 9.9), ["review"]), ((10, 11), []), ((10, None), ["not_evaluated"])],
)
def test_a_level_that_falls_is_listed(values, outcome):
    levels = level_rows("S", {y: v for y, v in zip((2024, 2025), values, strict=True) if v is not None})
    levels += level_rows("T", {2025: -50.0})  # read in one year only: no change of level
    made = scene(units=[COUNTY], stations=[{"station_id": "S"}, {"station_id": "T"}], levels=levels)
    found = speaks(run(made, "levels.worsened", "TLF-4.5d"))
    assert of(found, GAOCHANG, ".level") == outcome


# --------------------------------------------------------------------------------------------------------- network


@pytest.mark.parametrize(
    ("flags", "outcome"),
    [
        ("national;assessed", {}),
        ("national", {"S": "fail"}),
        ("assessed", {}),
        (None, {"S": "not_evaluated"}),
    ],
)
def test_national_stations_are_assessed(flags, outcome):
    made = scene(units=[COUNTY], stations=[{"station_id": "S", "flags": flags}])
    assert outcomes(speaks(run(made, "levels.network", "TLF-4.5b"))) == outcome


# ------------------------------------------------------------------------------------------------------- zone area


def zone(name, right, start=None, end=None, **more):
    row = {"zone_id": name, "severity": "severe", "valid_from": start, "valid_to": end}
    return {**row, "geometry": box(0, 0, right, 1000), **more}


def area(*zones, **with_):
    frame = gpd.GeoDataFrame(list(zones), geometry="geometry", crs="EPSG:32645")
    frame = frame.set_geometry(frame.translate(500_000, 4_750_000))
    return speaks(run(scene(zones=frame), "levels.zone_area", "TLF-1.2b", with_))


@pytest.mark.parametrize(("now", "outcome"), [(1000, "pass"), (999, "pass"), (1001, "fail")])
def test_zones_do_not_grow(now, outcome):
    found = area(zone("Z", 1000, "2015-01-01", "2023-12-31"), zone("Z", now, "2024-01-01"))
    assert outcomes(found).get("TLF-1.2b", "pass") == outcome
    if outcome == "fail":
        assert one(found)["measured"] == pytest.approx(1.001, rel=2e-3)  # km², on the ellipsoid
        assert one(found)["subject_role"] == "policy"


def test_overlapping_zones_count_once():
    old = zone("Z", 1000, "2015-01-01")
    assert passed(area(old, zone("Y", 900, "2024-01-01"))) == 1


def test_zones_without_days_have_no_past():
    assert one(area(zone("Z", 1000)))["outcome"] == "not_evaluated"
    assert one(area(zone("Z", 1000, "2024-01-01")))["outcome"] == "not_evaluated"


def test_control_zones_are_no_over_extraction_zones():
    control_only = zone("Y", 9000, "2024-01-01", severity=None, control="restricted")
    assert passed(area(zone("Z", 1000, "2015-01-01"), control_only)) == 1


# -------------------------------------------------------------------------------------------------- zone overdraft


ZONE = {"zone_id": "Z", "severity": "severe", "geometry": box(89, 42.7, 89.4, 43.1)}


def zone_scene(volumes, levels=None, allowable=None, **more):
    """One zone with the well W in it, read by year, and the station S if it has levels."""
    readings = [
        {"well_id": "W", "year": year, "volume_m3": value}
        for year, value in volumes.items()
        if value is not None
    ]
    stations = (
        {} if levels is None else {"stations": [{"station_id": "S"}], "levels": level_rows("S", levels)}
    )
    roles = {
        "units": [COUNTY],
        "zones": [{**ZONE, "allowable_m3": allowable}],
        "wells": [{"well_id": "W"}],
        "readings": readings or [{"well_id": "X", "year": 1}],
    }
    return scene(**{**roles, **stations, **more})


def overdraft(before, after, allowable=None, station=None, **with_):
    levels = None if station is None else dict(zip((2024, 2025), station, strict=True))
    made = zone_scene({2024: before, 2025: after}, levels, allowable)
    found = speaks(run(made, "levels.zone_overdraft", "TLF-1.2b", with_))
    return outcomes(found).get("Z", "pass")


@pytest.mark.parametrize(
    ("before", "after", "allowable", "outcome"),
    [
        (100, 99, None, "pass"),
        (100, 99, 50, "pass"),
        (100, 100, 50, "fail"),
        (100, 101, 50, "fail"),
        (40, 50, 50, "pass"),
        (40, 50.1, 50, "fail"),
        (100, 100, None, "not_evaluated"),
        (100, None, 50, "not_evaluated"),
        (None, 100, 50, "not_evaluated"),
    ],
)
def test_the_overdraft_of_a_zone_falls(before, after, allowable, outcome):
    assert overdraft(before, after, allowable) == outcome


def test_use_and_level_that_disagree_are_for_a_person():
    assert overdraft(100, 90, 50, (10, 9), check_level=True) == "review"
    assert overdraft(100, 90, 50, (10, 9)) == "pass"
    assert overdraft(100, 90, 50, (10, 10), check_level=True) == "pass"
    assert overdraft(100, 110, 50, (10, 11), check_level=True) == "review"
    assert overdraft(100, 110, 50, (10, 9), check_level=True) == "fail"


def test_where_levels_are_asked_for_none_is_no_pass():
    assert overdraft(100, 90, 50, check_level=True) == "not_evaluated"
    assert overdraft(100, 110, 50, check_level=True) == "review"


@pytest.mark.parametrize(
    ("levels", "outcome"), [((10, 12, 14, 13, 12), "pass"), ((16, 15, 14, 13, 13.5), "review")]
)
def test_the_level_is_taken_over_the_window(levels, outcome):
    """Slopes of the pairs: median 0.5 of the first five, −0.875 of the others."""
    made = zone_scene({2024: 100, 2025: 90}, dict(zip(range(2021, 2026), levels, strict=True)))
    found = run(made, "levels.zone_overdraft", "TLF-1.2b", {"check_level": True, "window_years": 5})
    assert outcomes(speaks(found)).get("Z", "pass") == outcome


def test_no_year_before_the_document_is_judged():
    made = zone_scene({2019: 100, 2020: 110, 2021: 120}, allowable=50, as_of="2022-12-30")  # issued in 2021
    row = one(speaks(run(made, "levels.zone_overdraft", "TLF-1.2b")))
    assert (row["period"], row["outcome"], row["period_state"]) == ("2021/2022", "not_evaluated", "not_due")


# ---------------------------------------------------------------------------------------------------- zone balance


def recharge(value, zone_id="Z", year=2024, role="zones"):
    row = {"subject_role": role, "subject_id": zone_id, "year": year, "measure": "recharge"}
    return {**row, "value": value, "unit": "m3"}


@pytest.mark.parametrize(
    ("volume", "gain", "outcome", "key"),
    [
        (700, 700, "pass", None),
        (850, 700, "not_evaluated", "gap"),
        (850, None, "not_evaluated", "no_recharge"),
        (None, 700, "not_evaluated", "no_use"),
    ],
)
def test_the_gap_to_balance_is_shown_and_never_failed(volume, gain, outcome, key):
    rows = [recharge(900, "Y")] if gain is None else [recharge(gain)]
    made = zone_scene(
        {2025: volume},
        indices=rows,
        wells=[{"well_id": "W"}, {"well_id": "V", "x": 88.6}],
        readings=[{"well_id": "V", "year": 2025, "volume_m3": 100}]  # outside the zone: not counted
        + ([{"well_id": "W", "year": 2025, "volume_m3": volume}] if volume else []),
    )
    found = speaks(run(made, "levels.zone_balance", "TLF-1.2p"))
    assert outcomes(found).get("Z", "pass") == outcome
    if key is not None:
        assert one(found)["message_key"] == f"levels.zone_balance.{key}"
    if key == "gap":
        assert '"gap_m3":150' in one(found)["message_values"].replace(" ", "")


def test_a_well_without_a_reading_leaves_the_balance_open():
    made = zone_scene({2025: 500}, indices=[recharge(700)], wells=[{"well_id": "W"}, {"well_id": "V"}])
    row = one(speaks(run(made, "levels.zone_balance", "TLF-1.2p")))
    assert (row["outcome"], row["message_key"]) == ("not_evaluated", "levels.zone_balance.open")


# ------------------------------------------------------------------------------------------- zones, and jurisdiction


def test_zones_of_others_are_out_of_scope():
    other = {"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(60, 30, 120, 55)}
    zones = [{"zone_id": "Z", "severity": "severe", "geometry": box(89, 42.7, 89.4, 43.1)}]
    found = run(
        scene(units=[other], zones=zones, wells=[{"well_id": "W"}]), "levels.zone_overdraft", "TLF-1.2b"
    )
    assert found.rows.empty
    assert found.counts["n_out_of_scope"].sum() == 1


def test_townships_are_judged_beside_counties_where_the_clause_names_both():
    town = {"unit_id": "650402100", "name": "七泉湖镇", "level": "township", "parent_id": GAOCHANG}
    rows = [used(value, year, "650402100") for year, value in ((2024, 100), (2025, 900))]
    rows += [used(value, year) for year, value in ((2024, 100), (2025, 90))]
    made = scene(units=[town], indices=rows)
    (bound,) = [one for one in bindings(made.policy) if one.rule.name == "levels.worsened"]
    found = speaks(findings_of(made, bound))
    volume = found.rows[found.rows["rule"] == "levels.worsened.volume"].set_index("subject_id")["outcome"]
    assert volume["650402100"] == "review"
    assert GAOCHANG not in volume
