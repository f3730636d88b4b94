"""Groundwater gives way to another source (TLF-4.3e, HJQ-3.3b, YJS-3.4.1b)."""

from __future__ import annotations

from datetime import date

import pytest
from shapely.geometry import Point, box

from build import outcomes, passed, run, scene

METRES = "EPSG:32645"
X0, Y0 = 600_000, 4_750_000
INSIDE, EDGE, BEYOND = Point(X0 + 500, Y0 + 500), Point(X0 + 1000, Y0 + 500), Point(X0 + 1000.5, Y0 + 500)
SQUARE = box(X0, Y0, X0 + 1000, Y0 + 1000)
SUPPLY = [{"alternative_id": "S", "kind": "surface", "geometry": SQUARE}]
MUST = {"uses": ("industry", "landscape"), "kinds": ("surface", "reclaimed", "network"), "urgency": "must"}


def judged(row, with_=MUST, alternatives=SUPPLY, **roles):
    well = {"well_id": "W", "use": "industry", "geometry": INSIDE, **row}
    layers = {} if alternatives is None else {"alternatives": alternatives}
    return run(scene(crs=METRES, wells=[well], **layers, **roles), "source.replace", "TLF-4.3e", with_=with_)


@pytest.mark.parametrize(
    ("row", "outcome", "action"),
    [
        ({}, "review", "replace_source"),  # no deadline is known: nothing is overdue
        ({"geometry": EDGE}, "review", "replace_source"),
        ({"status": "standby"}, "review", "replace_source"),
        ({"status": None}, "review", "replace_source"),
        ({"use": None}, "review", "supply_data"),
        ({"geometry": None}, "not_evaluated", "supply_data"),
    ],
)
def test_wells_where_another_source_is_at_hand(row, outcome, action):
    found = judged(row)
    assert outcomes(found) == {"W": outcome}
    assert outcomes(found, "action") == {"W": action}


def test_wells_that_pass_or_are_not_asked():
    assert passed(judged({"geometry": BEYOND})) == 1
    for row in ({"use": "irrigation"}, {"status": "shut"}, {"status": "sealed"}):
        found = judged(row)
        assert len(found.rows) == 0
        assert int(found.counts["n_out_of_scope"].sum()) == 1


@pytest.mark.parametrize(
    ("due", "outcome"), [(date(2026, 3, 30), "fail"), (date(2026, 3, 31), "not_evaluated")]
)
def test_the_day_by_which_the_source_is_replaced(due, outcome):
    assert outcomes(judged({}, {**MUST, "due_on": due})) == {"W": outcome}


def test_priority_is_for_a_person_and_begins_in_a_year():
    first = {**MUST, "urgency": "first"}
    assert outcomes(judged({}, first)) == {"W": "review"}
    assert outcomes(judged({}, {**first, "from_year": 2026})) == {"W": "review"}
    found = judged({}, {**first, "from_year": 2027})
    assert outcomes(found) == {"W": "not_evaluated"}
    assert outcomes(found, "period_state") == {"W": "not_due"}


def test_only_the_named_kinds_of_source_that_are_in_force():
    reclaimed = {**MUST, "kinds": ("reclaimed",)}
    assert passed(judged({}, reclaimed)) == 1
    assert passed(judged({}, alternatives=[{**SUPPLY[0], "valid_from": "2026-04-01"}])) == 1
    assert outcomes(judged({}, alternatives=[{**SUPPLY[0], "valid_from": "2026-03-31"}])) == {"W": "review"}
    assert outcomes(judged({}, alternatives=[{**SUPPLY[0], "kind": None}])) == {"W": "review"}


def test_the_volume_affected():
    readings = [
        {"well_id": "W", "year": 2023, "volume_m3": 7_000.0},
        {"well_id": "W", "year": 2024, "volume_m3": 9_000.0},
        {"well_id": "W", "year": 2025, "month": 1, "volume_m3": 500.0},
    ]
    assert judged({"permit_m3": 12_000.0}, readings=readings).rows["measured"].tolist() == [9_000.0]
    assert judged({"permit_m3": 12_000.0}).rows["measured"].tolist() == [12_000.0]
    assert judged({}).rows["measured"].isna().tolist() == [True]


def test_without_alternatives_and_outside_the_jurisdiction():
    assert judged({}, alternatives=None).rows["message_key"].tolist() == ["rules.role_missing"]
    units = [{"unit_id": "654224", "name": "托里县", "level": "county", "geometry": SQUARE.buffer(1_000)}]
    assert len(judged({}, units=units).rows) == 0
