"""Quantities that fall or rise from year to year."""

from __future__ import annotations

import pytest
from shapely.geometry import box

from build import outcomes, passed, run, scene

GAOCHANG, SHANSHAN, TOKSUN = "650402", "650421", "650422"
FIELD = box(89.2, 42.9, 89.21, 42.91)
FALLS = {"quantity": "groundwater", "direction": "falls"}


def figure(value, year, measure="use", unit=GAOCHANG, **more):
    row = {"subject_role": "units", "subject_id": unit, "year": year, "measure": measure, "value": value}
    return {**row, "unit": "万m3", "source": "groundwater", **more}


def of(found, year, unit=GAOCHANG, column="outcome"):
    rows = found.rows[(found.rows["period"] == str(year)) & (found.rows["subject_id"] == unit)]
    return "pass" if rows.empty else rows.iloc[0][column]


def judged(values: dict, as_of="2025-12-31", force=None, **with_):
    rows = [figure(value, year) for year, value in values.items()]
    return run(scene(as_of=as_of, indices=rows), "trend.yearly", "TLF-4.2b", {**FALLS, **with_}, force=force)


def allocated(values: dict, **area):
    areas = [{"area_id": "I", "status": "irrigated", "county": "高昌区", "geometry": FIELD, **area}]
    rows = [{"area_id": "I", "year": year, "allocated_mu": mu} for year, mu in values.items()]
    made = scene(as_of="2023-12-31", irrigation=areas, area_years=rows)
    return run(made, "trend.yearly", "TLF-4.4c", {"quantity": "allocated_area", "direction": "falls"})


@pytest.mark.parametrize(
    ("year", "outcome"),
    [pytest.param(2022, "pass", id="AC-12 2022"), pytest.param(2023, "fail", id="AC-12 2023")],
)
def test_the_allocated_area_falls_every_year(year, outcome):
    found = allocated({2021: 1_000_000, 2022: 980_000, 2023: 980_000})
    assert of(found, year) == outcome


def test_an_area_without_a_figure_keeps_its_year_open_unless_it_was_retired_before():
    both = [
        {"area_id": name, "status": status, "retired_on": on, "county": "高昌区", "geometry": FIELD}
        for name, status, on in (("I", "irrigated", None), ("J", "retired", "2022-06-30"))
    ]
    rows = [{"area_id": "I", "year": year, "allocated_mu": 100 - year % 10} for year in (2021, 2022, 2023)]
    rows += [{"area_id": "J", "year": year, "allocated_mu": 10} for year in (2021, 2022)]
    falls = {"quantity": "allocated_area", "direction": "falls"}
    made = scene(as_of="2023-12-31", irrigation=both, area_years=rows)
    assert of(run(made, "trend.yearly", "TLF-4.4c", falls), 2023) == "pass"
    both[1].update(status="irrigated", retired_on=None)
    made = scene(as_of="2023-12-31", irrigation=both, area_years=rows)
    assert of(run(made, "trend.yearly", "TLF-4.4c", falls), 2023, column="message_key") == "trend.open"


def test_a_fall_passes_a_rise_fails_a_flat_year_as_bound():
    found = judged({2021: 100, 2022: 99, 2023: 99.5, 2024: 99.5})
    assert [of(found, year) for year in (2022, 2023, 2024)] == ["pass", "fail", "fail"]
    assert of(judged({2021: 100, 2022: 100}, equal="review"), 2022) == "review"
    assert of(judged({2021: 100, 2022: 100 * (1 - 1e-12)}), 2022) == "fail"  # no fall beyond rounding
    assert of(judged({2021: 100, 2022: 99.9999}), 2022) == "pass"


def test_what_must_rise_fails_when_it_falls():
    found = judged({2021: 100, 2022: 101, 2023: 100}, direction="rises")
    assert [of(found, year) for year in (2022, 2023)] == ["pass", "fail"]


def test_soft_wording_never_fails():
    assert of(judged({2021: 100, 2022: 101}, force="soft"), 2022) == "review"


def test_every_year_since_the_document_is_judged_and_none_before():
    found = judged({2019: 100, 2020: 101, 2023: 90})
    periods = set(found.rows["period"]) | set(found.counts["period"])
    assert periods - {""} == {"2022", "2023", "2024", "2025"}
    assert of(found, 2024) == "not_evaluated"
    assert of(found, 2023, column="message_key") == "trend.no_base"
    assert of(found, 2022, column="message_key") == "trend.no_data"


def test_given_years_are_compared_with_each_other():
    found = judged({2020: 100, 2021: 50, 2022: 90}, years=(2020, 2022))
    assert of(found, 2022) == "pass"
    assert set(found.counts["period"]) - {""} == {"2022"}


def test_an_open_year_passes_never_and_fails_once_it_has_taken_too_much():
    early = judged({2024: 100, 2025: 60}, as_of="2025-08-26")
    assert (of(early, 2025), of(early, 2025, column="period_state")) == ("not_evaluated", "open")
    assert of(judged({2024: 100, 2025: 101}, as_of="2025-08-26"), 2025) == "fail"


def test_a_record_of_a_part_of_the_year_is_open():
    rows = [figure(100, 2024), figure(60, 2025, as_of="2025-08-26")]
    found = run(scene(as_of="2026-03-31", indices=rows), "trend.yearly", "TLF-4.2b", FALLS)
    assert of(found, 2025) == "not_evaluated"


def test_figures_of_different_scope_are_not_compared():
    rows = [figure(100, 2024, scope="全市老团场"), figure(90, 2025)]
    found = run(scene(indices=rows), "trend.yearly", "TLF-4.2b", FALLS)
    assert of(found, 2025, column="period_state") == "not_comparable"
    assert of(found, 2025) == "not_evaluated"


def reading(well, year, volume):
    return {"well_id": well, "year": year, "volume_m3": volume}


WELLS = [{"well_id": "a", "county": "高昌区"}, {"well_id": "b", "county": "高昌区"}]


@pytest.mark.parametrize(
    ("volumes", "outcome"),
    [
        ({"a": (100, 90), "b": (50, 50)}, "pass"),
        ({"a": (100, 90), "b": (50, None)}, "not_evaluated"),  # what lacks could have made it rise
        ({"a": (100, 160), "b": (50, None)}, "fail"),  # more than the whole year before without it
        ({"a": (100, 90), "b": (None, 0)}, "pass"),  # less than a part of the year before
        ({"a": (100, 110), "b": (None, 0)}, "not_evaluated"),
    ],
)
def test_readings_that_lack_never_make_a_fall(volumes, outcome):
    rows = [
        reading(well, year, volume)
        for well, both in volumes.items()
        for year, volume in zip((2024, 2025), both, strict=True)
        if volume is not None
    ]
    assert of(run(scene(wells=WELLS, readings=rows), "trend.yearly", "TLF-4.2b", FALLS), 2025) == outcome


def test_deep_water_counts_mixed_wells_and_screens_and_waits_for_unknown_aquifers():
    wells = [
        {"well_id": "a", "county": "高昌区", "aquifer": "mixed"},
        {"well_id": "b", "county": "高昌区", "aquifer": "shallow"},
        {"well_id": "c", "county": "高昌区", "aquifer": "shallow"},
    ]
    rows = [reading("a", 2024, 10), reading("a", 2025, 9), reading("b", 2024, 10), reading("b", 2025, 99)]
    rows += [reading("c", 2024, 10), reading("c", 2025, 10)]
    deep = {"quantity": "deep_confined", "direction": "falls"}
    screens = [{"well_id": "c", "aquifer": "deep_confined"}]
    found = run(scene(wells=wells, readings=rows, screens=screens), "trend.yearly", "TLF-4.2b", deep)
    assert of(found, 2025) == "pass"
    assert of(run(scene(wells=wells, readings=rows), "trend.yearly", "TLF-4.2b", deep), 2025) == "pass"
    wells[1]["aquifer"] = None
    found = run(scene(wells=wells, readings=rows, screens=screens), "trend.yearly", "TLF-4.2b", deep)
    assert of(found, 2025) == "not_evaluated"


def test_only_wells_in_over_extraction_zones_count_and_without_zones_none_do():
    wells = [{"well_id": "a", "county": "高昌区"}, {"well_id": "b", "county": "高昌区", "x": 80.0}]
    rows = [reading("a", 2024, 10), reading("a", 2025, 9), reading("b", 2024, 1), reading("b", 2025, 99)]
    zones = [{"zone_id": "Z", "severity": "severe", "geometry": box(89.0, 42.0, 90.0, 43.5)}]
    inside = {**FALLS, "zones_only": True}
    found = run(scene(wells=wells, readings=rows, zones=zones), "trend.yearly", "TLF-4.2b", inside)
    assert of(found, 2025) == "pass"
    assert (
        of(run(scene(wells=wells, readings=rows, zones=zones), "trend.yearly", "TLF-4.2b", FALLS), 2025)
        == "fail"
    )
    found = run(scene(wells=wells, readings=rows), "trend.yearly", "TLF-4.2b", inside)
    assert found.rows["message_key"].tolist() == ["trend.no_zones"]


def test_within_the_recharge_a_flat_year_is_no_breach_where_the_clause_says_so():
    rows = [figure(100, 2024), figure(100, 2025), figure(100, 2025, "recharge", source=None)]
    made = scene(indices=rows)
    balanced = run(made, "trend.yearly", "TLF-4.2b", {**FALLS, "until_balanced": True})
    assert of(balanced, 2025) == "pass"
    assert of(run(made, "trend.yearly", "TLF-4.2b", FALLS), 2025) == "fail"


def test_without_the_recharge_a_rise_is_not_judged_where_the_clause_looks_at_it():
    rows = [figure(100, 2024), figure(101, 2025)]
    found = run(scene(indices=rows), "trend.yearly", "TLF-4.2b", {**FALLS, "until_balanced": True})
    assert of(found, 2025) == "not_evaluated"
    assert of(found, 2025, column="message_key") == "trend.no_recharge"


@pytest.mark.parametrize(
    ("recharge", "outcome"),
    [
        ({"Z": 600, "Y": 50}, "pass"),
        ({"Z": 599, "Y": 999}, "fail"),  # each zone by itself
        ({"Z": 600}, "not_evaluated"),
        ({GAOCHANG: 700}, "not_evaluated"),  # of the county as a whole: says nothing of its zones
    ],
)
def test_zones_are_compared_with_their_own_recharge(recharge, outcome):
    """Zone Z 500, then 600; zone Y 50 in both; 900 outside."""
    wells = [
        {"well_id": name, "county": "高昌区", "x": x} for name, x in (("a", 89.2), ("b", 89.7), ("c", 88))
    ]
    volumes = {"a": (500, 600), "b": (50, 50), "c": (900, 900)}
    rows = [
        reading(well, year, volume)
        for well, both in volumes.items()
        for year, volume in zip((2024, 2025), both, strict=True)
    ]
    zones = [
        {"zone_id": "Z", "severity": "severe", "geometry": box(89.0, 42.0, 89.4, 43.5)},
        {"zone_id": "Y", "severity": "severe", "geometry": box(89.5, 42.0, 90.0, 43.5)},
    ]
    gains = [
        {**figure(value, 2023, "recharge", name, source=None), "unit": "m3", "subject_role": role}
        for name, value in recharge.items()
        for role in ["units" if name == GAOCHANG else "zones"]
    ]
    made = scene(wells=wells, readings=rows, zones=zones, indices=gains)
    found = run(made, "trend.yearly", "TLF-4.2b", {**FALLS, "zones_only": True, "until_balanced": True})
    assert of(found, 2025) == outcome


@pytest.mark.parametrize(("now", "outcome"), [(301, "pass"), (300, "fail"), (299, "fail")])
def test_rates_are_shares_of_two_volumes(now, outcome):
    rows = [
        figure(value, year, measure, source=None)
        for year, above in ((2024, 300), (2025, now))
        for measure, value in (("reclaimed", above), ("wastewater_treated", 1000))
    ]
    rises = {"quantity": "reclaimed_rate", "direction": "rises"}
    assert of(run(scene(indices=rows), "trend.yearly", "TLF-4.2b", rises), 2025) == outcome


def test_water_reclaimed_and_water_reused_are_not_compared():
    rows = [figure(1000, year, "wastewater_treated", source=None) for year in (2024, 2025)]
    rows += [figure(300, 2024, source="reclaimed"), figure(400, 2025, "reclaimed", source=None)]
    rises = {"quantity": "reclaimed_rate", "direction": "rises"}
    found = run(scene(indices=rows), "trend.yearly", "TLF-4.2b", rises)
    assert of(found, 2025, column="message_key") == "trend.not_comparable"


def test_unconventional_water_is_the_sum_of_its_parts_in_every_year():
    rows = [figure(1000, year, source="total") for year in (2024, 2025)]
    rows += [figure(60, 2024, source="reclaimed"), figure(40, 2024, source="dewatering")]
    rows += [figure(120, 2025, source="reclaimed")]
    rises = {"quantity": "unconventional_share", "direction": "rises"}
    found = run(scene(indices=rows), "trend.yearly", "TLF-4.2b", rises)
    assert of(found, 2025, column="message_key") == "trend.no_data"  # dewatering of 2025 is missing
    rows.append(figure(0, 2025, source="dewatering"))
    assert of(run(scene(indices=rows), "trend.yearly", "TLF-4.2b", rises), 2025) == "pass"


def test_other_counties_are_out_of_scope_and_silent_ones_are_named():
    units = [{"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(100, 30, 120, 55)}]
    made = scene(
        as_of="2022-12-31",
        units=units,
        indices=[figure(1, 2021, unit="150625"), figure(9, 2022, unit="150625")],
    )
    found = run(made, "trend.yearly", "TLF-4.2b", FALLS)
    assert set(outcomes(found).values()) == {"not_evaluated"}
    assert set(found.rows["subject_id"]) == {GAOCHANG, SHANSHAN, TOKSUN}
    assert found.counts["n_out_of_scope"].sum() == 1
    assert passed(found) == 0


@pytest.mark.parametrize(
    ("uses", "outcome"),
    [
        pytest.param(("irrigation", "livestock"), "pass", id="livestock is no irrigation"),
        pytest.param(("irrigation", "irrigation"), "fail", id="130 after 110"),
        pytest.param(("irrigation", None), "not_evaluated", id="a well of unknown use"),
    ],
)
def test_irrigation_alone_counts_as_water_of_irrigation(uses, outcome):
    wells = [{"well_id": f"W{n}", "county": "高昌区", "use": use} for n, use in enumerate(uses)]
    volumes = {("W0", 2024): 100, ("W0", 2025): 90, ("W1", 2024): 10, ("W1", 2025): 40}
    rows = [{"well_id": well, "year": year, "volume_m3": volume} for (well, year), volume in volumes.items()]
    made = scene(wells=wells, readings=rows)
    falls = {"quantity": "groundwater_agriculture", "direction": "falls", "years": (2024, 2025)}
    assert of(run(made, "trend.yearly", "TLF-4.4a", falls), 2025) == outcome
