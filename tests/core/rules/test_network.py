"""Self-supply wells inside the public supply network (TOL-13a, TOL-13b, YJS-3.5.1b)."""

from __future__ import annotations

from datetime import date

import pytest
from saying import speaks
from shapely.geometry import Point, box

from build import outcomes, passed, run, scene

METRES = "EPSG:32645"
CONTROL_LIST = {"action": "control_list", "outcome": "review"}
CLOSE = {"action": "close", "outcome": "review"}
SQUARE = [{"network_id": "N", "geometry": box(0, 0, 1000, 1000)}]


def of(policy="toli-2024", **roles):
    return scene(policy, crs=METRES, networks=SQUARE, **roles)


def well(well_id="W", x=500.0, y=500.0, **fields):
    return {"well_id": well_id, "self_supply": True, "geometry": Point(x, y), **fields}


def asked(x=500.0, y=500.0, **fields):
    return {"application_id": "A", "self_supply": True, "geometry": Point(x, y), **fields}


@pytest.mark.parametrize(
    ("x", "permission", "outcome"),
    [
        pytest.param(500.0, "deny", "fail", id="AC-40-inside"),
        pytest.param(1000.0, "deny", "fail", id="AC-40-edge"),
        pytest.param(1000.5, "allow", "pass", id="AC-40-outside"),
    ],
)
def test_new_wells(x, permission, outcome):
    found = run(of(applications=[asked(x)]), "network.new", "TOL-13b")
    assert outcomes(found, "permission") == {"A": permission}
    assert outcomes(found) == {"A": outcome}


@pytest.mark.parametrize("case", [pytest.param("existing", id="AC-40-existing")])
def test_existing_wells_go_on_the_control_list(case):
    found = run(of(wells=[well(case)]), "network.existing", "TOL-13a", with_=CONTROL_LIST)
    assert outcomes(found, "action") == {case: "control_list"}
    assert outcomes(found) == {case: "review"}


@pytest.mark.parametrize(
    ("with_", "action", "outcome"),
    [
        pytest.param(CLOSE, "close", "review", id="AC-57-Yengisar"),
        pytest.param(CONTROL_LIST, "control_list", "review", id="AC-57-Toli"),
    ],
)
def test_the_same_fact_under_two_rules(with_, action, outcome):
    found = run(of(wells=[well()]), "network.existing", "TOL-13a", with_=with_)
    assert outcomes(found, "action") == {"W": action}
    assert outcomes(found) == {"W": outcome}


def test_which_existing_wells_are_asked():
    found = run(
        of(
            wells=[
                well("outside", x=1000.5),
                well("not self-supply", self_supply=False),
                well("nobody says", self_supply=None),
                well("shut", status="shut"),
                well("sealed", status="sealed"),
                well("no status", status=None),
                well("no place", geometry=None),
            ]
        ),
        "network.existing",
        "TOL-13a",
        with_=CLOSE,
    )
    assert outcomes(found) == {"nobody says": "review", "no status": "review", "no place": "not_evaluated"}
    assert passed(found) == 2  # outside, shut
    assert int(found.counts["n_out_of_scope"].sum()) == 2  # not self-supply, sealed


def test_a_shut_well_stays_on_the_control_list():
    found = run(of(wells=[well(status="shut")]), "network.existing", "TOL-13a", with_=CONTROL_LIST)
    assert outcomes(found) == {"W": "review"}


@pytest.mark.parametrize(
    ("due", "outcome", "state"),
    [
        (date(2026, 3, 30), "fail", "overdue"),
        (date(2026, 3, 31), "not_evaluated", "not_due"),
        (date(2026, 4, 1), "not_evaluated", "not_due"),
    ],
)
def test_the_day_by_which_wells_are_closed(due, outcome, state):
    found = run(of(wells=[well()]), "network.existing", "TOL-13a", with_={**CLOSE, "due_on": due})
    assert outcomes(found) == {"W": outcome}
    assert outcomes(found, "period_state") == {"W": state}


@pytest.mark.parametrize(
    ("fields", "permission"),
    [
        ({"kind": "renewal"}, "review"),
        ({"kind": "relocate"}, "review"),
        ({"kind": None}, "review"),
        ({"self_supply": None}, "review"),
        ({"geometry": None}, "not_evaluated"),
    ],
)
def test_applications_that_a_person_decides(fields, permission):
    found = run(of(applications=[asked(**fields)]), "network.new", "TOL-13b")
    assert outcomes(found, "permission") == {"A": permission}


@pytest.mark.parametrize("fields", [{"self_supply": False}, {"kind": "extend"}, {"decision": "refused"}])
def test_applications_that_are_not_asked(fields):
    found = run(of(applications=[asked(**fields)]), "network.new", "TOL-13b")
    assert len(found.rows) == 0
    assert int(found.counts["n_out_of_scope"].sum()) == 1


def test_a_network_not_yet_in_force_covers_nothing():
    later = [{**SQUARE[0], "valid_from": "2026-04-01"}]
    found = run(
        scene("toli-2024", crs=METRES, networks=later, applications=[asked()]), "network.new", "TOL-13b"
    )
    assert outcomes(found, "permission") == {"A": "allow"}


def test_without_networks():
    found = run(scene("toli-2024", crs=METRES, wells=[well()]), "network.existing", "TOL-13a", with_=CLOSE)
    assert found.rows["message_key"].tolist() == ["rules.role_missing"]


def test_outside_the_jurisdiction():
    units = [{"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(-9, -9, 2000, 2000)}]
    found = run(of(wells=[well()], units=units), "network.existing", "TOL-13a", with_=CONTROL_LIST)
    assert len(found.rows) == 0
    assert int(found.counts["n_out_of_scope"].sum()) == 1


def added(*wells, networks=SQUARE, **roles):
    """Wells of Toli, whose document is of 2024-12-03, on 2026-03-31."""
    made = scene("toli-2024", crs=METRES, networks=networks, wells=list(wells), **roles)
    return speaks(run(made, "network.built", "TOL-13b"))


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({}, "fail"),
        ({"x": 1000.0}, "fail"),
        ({"origin": "renewal"}, "review"),
        ({"origin": None}, "review"),
        ({"self_supply": None}, "review"),
        ({"built_on": None}, "not_evaluated"),
        ({"built_on": None, "commissioned_on": "2025-09-01"}, "fail"),
        ({"geometry": None}, "not_evaluated"),
    ],
)
def test_wells_built_inside_the_network_since_the_document(fields, outcome):
    found = added(well(**{"built_on": "2025-08-01", "origin": "new", **fields}))
    assert outcomes(found) == {"W": outcome}


def test_wells_that_are_no_addition():
    new = {"built_on": "2025-08-01", "origin": "new"}
    found = added(
        well("outside", x=1000.5, **new),
        well("before", **{**new, "built_on": "2024-12-03"}),
        well("original", origin="original"),
        well("undated outside", x=1000.5),
        well("sealed", status="sealed", **new),
        well("not self-supply", **{**new, "self_supply": False}),
    )
    assert (len(found.rows), passed(found), int(found.counts["n_out_of_scope"].sum())) == (0, 1, 5)


@pytest.mark.parametrize(
    ("valid", "outcome"),
    [
        ({"valid_from": "2010-01-01"}, {"W": "fail"}),
        ({"valid_from": "2025-08-02"}, {}),  # the network came after the well
        ({"valid_to": "2025-08-01"}, {"W": "fail"}),  # and may have gone since
        ({"valid_to": "2025-07-31"}, {}),
    ],
)
def test_the_network_of_the_day_on_which_the_well_was_built(valid, outcome):
    networks = [{**SQUARE[0], **valid}]
    assert outcomes(added(well(built_on="2025-08-01", origin="new"), networks=networks)) == outcome
