"""One well more in a restricted zone, another source at hand for a well applied for (TLF-4.3a, TLF-4.3e)."""

from __future__ import annotations

from datetime import date

import pytest
from shapely.geometry import Point, box

from build import outcomes, run, scene

METRES = "EPSG:32645"
X0, Y0 = 600_000, 4_750_000
INSIDE, EDGE, BEYOND = Point(X0 + 500, Y0 + 500), Point(X0 + 1000, Y0 + 500), Point(X0 + 1000.5, Y0 + 500)
SQUARE = box(X0, Y0, X0 + 1000, Y0 + 1000)
ELSEWHERE = [{"unit_id": "654224", "name": "托里县", "level": "county", "geometry": SQUARE.buffer(10_000)}]
RESTRICTED = [{"zone_id": "R", "control": "restricted", "geometry": SQUARE}]
COUNT = {"control": "restricted", "baseline": date(2021, 11, 12)}


def wells(*built, **fields):
    return [
        {"well_id": f"W{n}", "built_on": day, "geometry": INSIDE, **fields} for n, day in enumerate(built)
    ]


def asked(**row):
    return [{"application_id": "A", "use": "irrigation", "geometry": INSIDE, **row}]


# --- number of wells -------------------------------------------------------------------------------------------------


def room(row, rows, zones=RESTRICTED, **roles):
    layers = {} if zones is None else {"zones": zones}
    made = scene(crs=METRES, wells=rows, applications=asked(**row), **layers, **roles)
    return run(made, "wells.zone_room", "TLF-4.3a", with_=COUNT)


BEFORE, AFTER = "2010-01-01", "2022-03-01"
GONE = {
    "well_id": "S",
    "status": "sealed",
    "status_on": "2023-05-01",
    "built_on": BEFORE,
    "geometry": INSIDE,
}


@pytest.mark.parametrize(
    ("rows", "permission", "numbers"),
    [
        pytest.param(wells(BEFORE, BEFORE), "review", (3, 2), id="as-many-as-then-and-one-more"),
        pytest.param([*wells(BEFORE), GONE], "allow", (2, 2), id="one-sealed-since"),
        pytest.param(wells(BEFORE, BEFORE, AFTER), "review", (4, 2), id="too-many-already"),
        pytest.param(wells(BEFORE, geometry=BEYOND), "review", (1, 0), id="wells-outside-are-not-counted"),
    ],
)
def test_one_well_more_in_a_restricted_zone(rows, permission, numbers):
    found = room({}, rows)
    assert outcomes(found, "permission") == {"A": permission}
    assert found.rows[["measured", "threshold"]].to_numpy().tolist() == [list(numbers)]


@pytest.mark.parametrize(
    ("row", "permission", "case"),
    [
        ({"kind": None}, "review", "kind_unknown"),
        ({"kind": "relocate", "well_id": "FAR"}, "review", "full"),
        ({"kind": "relocate", "well_id": "NOBODY"}, "review", "former_place_unknown"),
        ({"use": "rural_drinking", "approval_no": "7"}, "review", "full"),
        ({"geometry": None}, "not_evaluated", "not_placed"),
        ({"result_well_id": "W1"}, "allow", "room"),
    ],
)
def test_what_adds_a_well_to_a_zone(row, permission, case):
    far = {"well_id": "FAR", "built_on": BEFORE, "geometry": BEYOND}
    found = room(row, [*wells(BEFORE, BEFORE), far])
    assert outcomes(found, "permission") == {"A": permission}
    assert outcomes(found, "message_key") == {"A": f"wells.zone_room.{case}"}


@pytest.mark.parametrize(
    "row",
    [
        {"geometry": BEYOND},
        {"kind": "renewal", "replaces": "W0"},
        {"kind": "extend", "well_id": "W0"},
        {"use": "monitoring"},
        {"decision": "refused"},
    ],
)
def test_what_adds_no_well_to_a_zone(row):
    assert len(room(row, wells(BEFORE, BEFORE)).rows) == 0


def test_wells_of_which_the_day_is_not_known():
    found = room({}, [*wells(BEFORE), {"well_id": "X", "geometry": INSIDE}, GONE])
    assert outcomes(found, "message_key") == {"A": "wells.zone_room.unclear"}


def test_no_room_to_speak_of():
    assert len(room({}, wells(BEFORE), units=ELSEWHERE).rows) == 0
    found = room({}, wells(BEFORE), zones=None)
    assert outcomes(found, "permission") == {"A": "not_evaluated"}


# --- another source at hand ------------------------------------------------------------------------------------------

SUPPLY = [{"alternative_id": "S", "kind": "surface", "geometry": SQUARE}]
USES = {"uses": ("industry", "landscape"), "kinds": ("surface", "reclaimed", "network")}


def at_hand(row, areas=SUPPLY, **roles):
    layers = {} if areas is None else {"alternatives": areas}
    made = scene(crs=METRES, applications=asked(**{"use": "industry", **row}), **layers, **roles)
    return run(made, "source.new_well", "TLF-4.3e", with_=USES)


@pytest.mark.parametrize(
    ("row", "areas", "permission", "case"),
    [
        ({}, SUPPLY, "review", "at_hand"),
        ({"geometry": EDGE}, SUPPLY, "review", "at_hand"),
        ({"use": None}, SUPPLY, "review", "use_unknown"),
        ({}, [{**SUPPLY[0], "kind": None}], "review", "kind_unknown"),
        ({"geometry": BEYOND}, SUPPLY, "allow", "none_at_hand"),
        ({"geometry": None}, SUPPLY, "not_evaluated", "not_placed"),
        ({}, None, "not_evaluated", "not_supplied"),
    ],
)
def test_a_well_applied_for_where_another_source_is_at_hand(row, areas, permission, case):
    found = at_hand(row, areas)
    assert outcomes(found, "permission") == {"A": permission}
    assert outcomes(found, "message_key") == {"A": f"source.new_well.{case}"}


def test_applications_that_need_no_other_source():
    for row in ({"use": "irrigation"}, {"decision": "withdrawn"}, {"use": None, "geometry": BEYOND}):
        assert len(at_hand(row).rows) == 0
    assert len(at_hand({}, units=ELSEWHERE).rows) == 0
