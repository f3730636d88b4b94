"""Counts of wells, closed wells and illegal ones (TLF-4.3a, TLF-4.3b, KYS-R2a/b, HJQ-3.6, YJS-3.5.1c, TOL-G)."""

from __future__ import annotations

import json
from datetime import date

import pytest
from shapely.geometry import Point, box

from build import outcomes, passed, run, scene
from overdraft.core.rules.binding import bindings
from overdraft.core.rules.run import findings_of

METRES = "EPSG:32645"
X0, Y0 = 600_000, 4_750_000
INSIDE, BEYOND = Point(X0 + 500, Y0 + 500), Point(X0 + 1500, Y0 + 500)
SQUARE = box(X0, Y0, X0 + 1000, Y0 + 1000)
HERE = [{"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": SQUARE.buffer(10_000)}]
ELSEWHERE = [{"unit_id": "654224", "name": "托里县", "level": "county", "geometry": SQUARE.buffer(10_000)}]
COUNT = {"control": ("restricted",), "baseline": date(2021, 11, 12)}


def wells(number, prefix="W", **fields):
    return [
        {"well_id": f"{prefix}{n}", "built_on": "2010-01-01", "geometry": INSIDE, **fields}
        for n in range(number)
    ]


# --- number of wells in a zone ---------------------------------------------------------------------------------------


def counted(rows, zones=None, **roles):
    zones = zones or [{"zone_id": "Z", "control": "restricted", "geometry": SQUARE}]
    return run(
        scene(crs=METRES, zones=zones, wells=rows, **roles), "wells.zone_count", "TLF-4.3a", with_=COUNT
    )


@pytest.mark.parametrize(
    ("closed", "new", "outcome", "excess"),
    [
        pytest.param(2, 2, None, 0, id="AC-68-40-now"),
        pytest.param(2, 3, "fail", 1, id="AC-68-41-now"),
        pytest.param(2, 1, None, -1, id="39-now"),
    ],
)
def test_number_of_wells_in_a_restricted_zone(closed, new, outcome, excess):
    rows = [
        *wells(40 - closed),
        *wells(closed, "C", status="sealed", status_on="2023-05-01"),
        *wells(new, "N", built_on="2022-03-01"),
        *wells(5, "OUT", geometry=BEYOND),
        *wells(3, "M", use="monitoring", built_on="2024-01-01"),
    ]
    found = counted(rows)
    assert outcomes(found) == ({} if outcome is None else {"Z": outcome})
    if outcome:
        row = found.rows.iloc[0]
        assert (row["measured"], row["threshold"]) == (40 + excess, 40)
    else:
        assert passed(found) == 1


@pytest.mark.parametrize(
    ("late", "outcome"),
    [
        ({"built_on": "2021-11-12"}, "pass"),
        ({"built_on": "2021-11-13"}, "fail"),
        ({"built_on": None}, "review"),
        ({"built_on": None, "commissioned_on": "2022-01-01"}, "fail"),
        ({"built_on": "2022-01-01", "status": None}, "review"),
        ({"built_on": "2022-01-01", "status": "sealed", "status_on": "2023-01-01"}, "pass"),
        ({"built_on": "2022-01-01", "status": "proposed"}, "pass"),
    ],
)
def test_a_well_whose_dates_decide(late, outcome):
    found = counted([*wells(3), *wells(1, "L", **late)])
    assert (outcomes(found).get("Z") or "pass") == outcome


def test_a_closure_without_a_day_leaves_the_baseline_open():
    found = counted([*wells(3), *wells(1, "C", status="sealed"), *wells(1, "N", built_on="2022-01-01")])
    assert outcomes(found) == {"Z": "review"}
    found = counted([*wells(3), *wells(1, "C", status="sealed"), *wells(2, "N", built_on="2022-01-01")])
    assert outcomes(found) == {"Z": "fail"}  # four at most then, five now


def test_events_tell_the_state_on_the_baseline():
    events = [
        {
            "event_id": "e1",
            "subject_role": "wells",
            "subject_id": "R0",
            "kind": "shut",
            "effective_on": "2020-01-01",
        },
        {
            "event_id": "e2",
            "subject_role": "wells",
            "subject_id": "R0",
            "kind": "reopened",
            "effective_on": "2022-01-01",
        },
    ]
    found = counted([*wells(3), *wells(1, "R")], events=events)
    assert outcomes(found) == {"Z": "fail"}  # three then, four now


def test_zones_that_are_not_asked():
    zones = [
        {"zone_id": "banned", "control": "banned", "geometry": SQUARE},
        {"zone_id": "past", "control": "restricted", "valid_to": "2024-01-01", "geometry": SQUARE},
        {"zone_id": "parts", "control": "restricted", "geometry": SQUARE},
        {"zone_id": "parts", "control": "restricted", "geometry": SQUARE.buffer(10)},
    ]
    found = counted(wells(2, built_on="2022-01-01"), zones)
    assert outcomes(found) == {"parts": "fail"}
    assert found.rows["measured"].tolist() == [2.0]
    assert int(found.counts["n_out_of_scope"].sum()) == 3


def test_wells_outside_the_jurisdiction_are_not_counted():
    assert passed(counted(wells(2, built_on="2022-01-01"), units=ELSEWHERE)) == 1


def test_the_count_needs_zones():
    found = run(scene(wells=wells(1)), "wells.zone_count", "TLF-4.3a", with_=COUNT)
    assert found.rows["message_key"].tolist() == ["rules.role_missing"]


# --- wells closed per year -------------------------------------------------------------------------------------------

OVER = [{"zone_id": "Z", "severity": "severe", "geometry": SQUARE}]


def closings(rows, number=2, as_of="2026-03-31", from_year=2024, units=HERE):
    found = run(
        scene(crs=METRES, as_of=as_of, zones=OVER, wells=rows, units=units),
        "wells.closing",
        "TLF-4.3b",
        with_={"yearly_count": number, "from_year": from_year},
    )
    mine = found.rows[found.rows["subject_id"] == "650402"]
    return dict(zip(mine["period"], mine["outcome"], strict=True))


def test_closings_by_year():
    rows = [
        *wells(2, "A", status="shut", status_on="2024-01-01"),
        *wells(1, "B", status="sealed", status_on="2025-12-31"),
        *wells(1, "OUT", status="sealed", status_on="2025-06-01", geometry=BEYOND),
        *wells(1, "IND", status="sealed", status_on="2025-06-01", use="industry"),
        *wells(4, "LEFT"),
    ]
    assert closings(rows) == {"2025": "fail", "2026": "not_evaluated"}
    assert closings(rows, number=1) == {"2026": "not_evaluated"}
    undated = wells(1, "U", status="sealed")
    assert closings([*rows, *undated]) == {"2025": "review", "2026": "not_evaluated"}
    assert closings(rows, units=ELSEWHERE)["2024"] == "fail"  # none of these wells is in the county


def test_closings_start_with_the_first_whole_year():
    assert set(closings([], from_year=None)) == {"2022", "2023", "2024", "2025", "2026"}


def test_closings_need_a_number():
    found = run(scene(crs=METRES, zones=OVER, wells=wells(1)), "wells.closing", "TLF-4.3b")
    assert found.rows["message_key"].tolist() == ["rules.parameter_missing"]


# --- closed wells used again -----------------------------------------------------------------------------------------

CLOSED = {"status": "sealed", "status_on": "2025-05-20"}


def still_used(readings, well=None, **roles):
    rows = wells(1, **{**CLOSED, **(well or {})})
    readings = [{"well_id": "W0", **one} for one in readings]
    return run(scene(crs=METRES, wells=rows, readings=readings, **roles), "wells.closed_still_used")


@pytest.mark.parametrize(
    ("readings", "outcome"),
    [
        pytest.param([{"year": 2025, "month": 7, "energy_kwh": 20.0}], "fail", id="AC-64-reopened"),
        ([{"year": 2025, "month": 6, "volume_m3": 1.0}], "fail"),
        ([{"year": 2025, "month": 6, "volume_m3": 0.0}], "pass"),
        ([{"year": 2025, "month": 5, "volume_m3": 900.0}], "not_evaluated"),
        (
            [{"year": 2025, "month": 5, "volume_m3": 900.0}, {"year": 2025, "month": 6, "volume_m3": 0.0}],
            "pass",
        ),
        ([{"year": 2025, "volume_m3": 900.0}], "not_evaluated"),
        ([{"year": 2026, "volume_m3": 0.5}], "fail"),
        ([{"year": 2024, "volume_m3": 900.0}], "not_evaluated"),
        (
            [{"year": 2025, "month": 6, "volume_m3": -100.0}, {"year": 2025, "month": 7, "volume_m3": 50.0}],
            "fail",
        ),
        ([{"year": 2025, "month": 6, "volume_m3": -100.0}], "not_evaluated"),
    ],
)
def test_closed_wells(readings, outcome):
    found = still_used(readings)
    assert (outcomes(found).get("W0") or "pass") == outcome


def test_closed_wells_without_a_day_open_wells_and_recent_ones():
    use = [{"year": 2025, "month": 7, "volume_m3": 5.0}]
    assert outcomes(still_used(use, {"status_on": None})) == {"W0": "review"}
    for well in ({"status": "active"}, {"status_on": "2026-03-02"}):
        found = still_used(use, well)
        assert len(found.rows) == 0
        assert int(found.counts["n_out_of_scope"].sum()) == 1
    assert len(still_used(use, units=ELSEWHERE).rows) == 0


def test_closed_wells_need_readings():
    found = run(scene(wells=wells(1, **CLOSED)), "wells.closed_still_used")
    assert found.rows["message_key"].tolist() == ["rules.role_missing"]


# --- claimed numbers -------------------------------------------------------------------------------------------------


def kunyu(permitted=397, closed=173, **late):
    return [
        *wells(permitted, "P", permit_eligible="yes", permit_no="N"),
        *wells(closed, "C", permit_eligible="no", status="sealed", status_on="2024-01-01", **late),
    ]


PERMITTED = {"counted": "permitted", "count": 397, "triaged": 570}
SHUT = {"counted": "closed", "count": 173, "uses": ("irrigation",), "triaged": 570}


def claimed(rows, with_, **roles):
    return run(scene(crs=METRES, wells=rows, **roles), "wells.claimed_count", with_=with_)


@pytest.mark.parametrize(
    "with_", [pytest.param(PERMITTED, id="AC-64-permitted"), pytest.param(SHUT, id="AC-64-closed")]
)
def test_claimed_numbers_that_the_register_bears_out(with_):
    assert len(kunyu()) == 570
    found = claimed(kunyu(), with_)
    assert passed(found) == 1
    unmarked = [{**row, "permit_eligible": None} for row in kunyu()]
    assert passed(claimed(unmarked, with_)) == 1


@pytest.mark.parametrize(
    ("clause", "claimed_percent", "found_percent"),
    [
        pytest.param("KYS-R2a", 69.65, 69.82, id="AC-64-permitted-share"),  # 397 / 570, 398 / 570
        pytest.param("KYS-R2b", 30.35, 30.18, id="AC-64-closed-share"),  # 173 / 570, 172 / 570
    ],
)
def test_shares_of_the_wells_that_were_triaged(clause, claimed_percent, found_percent):
    wells_ = [{**row, "county": "659009"} for row in kunyu(closed=172)]
    of = scene("kunyu-2025", crs=METRES, wells=[*wells_, {**wells_[0], "well_id": "more"}])
    use = next(
        b for b in bindings(of.policy) if (b.clause.id, b.rule.name) == (clause, "wells.claimed_count")
    )
    evidence = json.loads(findings_of(of, use).rows["evidence"].iloc[0])
    assert evidence["triaged"] == 570
    assert (evidence["claimed_percent"], evidence["found_percent"]) == (claimed_percent, found_percent)


@pytest.mark.parametrize("case", [pytest.param("reopened", id="AC-64-one-reopened")])
def test_one_closed_well_of_173_used_again(case):
    rows = kunyu()
    quiet = [{"well_id": f"C{n}", "year": 2025, "volume_m3": 0.0, "energy_kwh": 0.0} for n in range(1, 173)]
    readings = [{"well_id": "C0", "year": 2025, "month": 7, "energy_kwh": 20.0}, *quiet]
    found = run(scene(crs=METRES, wells=rows, readings=readings), "wells.closed_still_used")
    assert outcomes(found) == {"C0": "fail"}
    assert passed(found) == 172
    assert passed(claimed(rows, SHUT)) == 1, case


@pytest.mark.parametrize(
    ("rows", "with_", "key", "outcome"),
    [
        (kunyu(permitted=396), PERMITTED, "permitted_fewer", "fail"),
        (kunyu(permitted=398), PERMITTED, "permitted_more", "review"),
        ([*kunyu(), *wells(1, "X", permit_eligible="yes")], PERMITTED, "permitted_undone", "fail"),
        ([*kunyu(), *wells(1, "X")], PERMITTED, "permitted_untriaged", "review"),
        (kunyu(closed=172), SHUT, "closed_fewer", "fail"),
        (kunyu(closed=174), SHUT, "closed_more", "review"),
        ([*kunyu(), *wells(1, "X", permit_eligible="no")], SHUT, "closed_undone", "fail"),
        ([*kunyu(), *wells(9, "X", permit_eligible="no", use="industry")], SHUT, None, "pass"),
    ],
)
def test_claimed_numbers_that_differ(rows, with_, key, outcome):
    found = claimed(rows, with_)
    assert found.rows["outcome"].tolist() == ([] if outcome == "pass" else [outcome])
    if key:
        assert found.rows["message_key"].tolist() == [f"wells.claimed_count.{key}"]


def test_wells_of_other_jurisdictions_bear_out_no_claim():
    assert outcomes(claimed(kunyu(), SHUT, units=ELSEWHERE), "measured") == {"TLF-1.2a": 0.0}


# --- illegal works ---------------------------------------------------------------------------------------------------

CASE = {
    "violation_id": "V",
    "subject_role": "wells",
    "subject_id": "W0",
    "kind": "illegal_drilling",
    "state": "open",
}


@pytest.mark.parametrize(
    ("fields", "case", "outcome"),
    [
        ({"permit_no": "N"}, None, "pass"),
        ({"permit_no": "N"}, CASE, "fail"),
        ({"permit_no": "N"}, {**CASE, "kind": "fee_arrears"}, "pass"),
        ({"permit_no": "N"}, {**CASE, "state": "closed"}, "pass"),
        ({"permit_no": "N"}, {**CASE, "state": None}, "fail"),
        ({"permit_eligible": "no"}, None, "fail"),
        ({"permit_eligible": "yes"}, None, "review"),
        ({}, None, "review"),
        ({"permit_eligible": "no", "status": "sealed"}, None, "review"),
        ({"permit_eligible": "no", "status": "dismantled"}, None, "pass"),
        ({"status": "sealed", "permit_eligible": "yes"}, None, "pass"),
        ({"status": "sealed"}, None, "review"),
        ({"use": "monitoring"}, None, "pass"),
    ],
)
def test_illegal_works(fields, case, outcome):
    roles = {"violations": [case or {**CASE, "subject_id": "SOMEBODY"}]}
    found = run(scene(crs=METRES, wells=wells(1, **fields), **roles), "wells.illegal_remove")
    assert (outcomes(found).get("W0") or "pass") == outcome
    if outcome == "fail":
        assert outcomes(found, "action") == {"W0": "dismantle"}


def test_a_well_that_can_be_permitted_is_not_called_untriaged():
    found = run(
        scene(crs=METRES, wells=wells(1, permit_eligible="yes"), violations=[CASE | {"subject_id": "X"}]),
        "wells.illegal_remove",
    )
    assert found.rows["message_key"].tolist() == ["wells.illegal_remove.eligible"]
    assert outcomes(found, "action") == {"W0": "issue_permit"}


def test_illegal_works_outside_the_jurisdiction():
    found = run(scene(crs=METRES, wells=wells(1), units=ELSEWHERE, violations=[CASE]), "wells.illegal_remove")
    assert len(found.rows) == 0


def test_without_violations_only_wells_without_a_permit_are_judged():
    rows = [*wells(1, "P", permit_no="N"), *wells(1, "X", permit_eligible="no")]
    found = run(scene(crs=METRES, wells=rows), "wells.illegal_remove", "TLF-1.2a")
    assert outcomes(found) == {"X0": "fail", "TLF-1.2a": "not_evaluated"}
    assert passed(found) == 0


# --- new self-supply wells -------------------------------------------------------------------------------------------


def series(rows, units=HERE, as_of="2026-03-31"):
    found = run(
        scene(crs=METRES, as_of=as_of, wells=rows, units=units),
        "wells.new_self_supply",
        with_={"from_year": 2024},
    )
    mine = found.rows[found.rows["subject_id"] == "650402"]
    return {
        (row.period, row.message_key.rsplit(".", 1)[1]): row.measured for row in mine.itertuples(index=False)
    }


def test_new_self_supply_wells_by_year():
    rows = [
        *wells(2, "A", self_supply=True, built_on="2024-05-01"),
        *wells(1, "B", self_supply=False, built_on="2024-05-01"),
        *wells(1, "C", built_on="2025-05-01"),
        *wells(1, "D", self_supply=True, built_on="2010-05-01"),
    ]
    assert series(rows) == {("2024", "new"): 2.0, ("2025", "unsaid"): 0.0}
    undated = wells(1, "E", self_supply=True, built_on=None)
    assert series([*rows, *undated])[("2026", "undated")] == 0.0
    assert series(rows, units=ELSEWHERE) == {}
