"""Bans on projects and in protection areas (HJQ-3.3d, YJS-3.3.2, YJS-3.4.1a, YJS-3.5.2c, TOL-5a, TOL-6)."""

from __future__ import annotations

import pytest
from shapely.geometry import Point, box

from build import outcomes, run, scene

METRES = "EPSG:32645"
X0, Y0 = 600_000, 4_750_000
INSIDE, EDGE, BEYOND = Point(X0 + 500, Y0 + 500), Point(X0 + 1000, Y0 + 500), Point(X0 + 1000.5, Y0 + 500)
SQUARE = box(X0, Y0, X0 + 1000, Y0 + 1000)
ELSEWHERE = [{"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": SQUARE.buffer(10_000)}]
POLICY = "toli-2024"


def of(project=None, application=None, **layers):
    roles = dict(layers)
    if project is not None:
        roles["projects"] = [{"project_id": "P", "geometry": INSIDE, **project}]
    if application is not None:
        roles["applications"] = [
            {"application_id": "A", "use": "irrigation", "geometry": INSIDE, **application}
        ]
    return scene(POLICY, crs=METRES, **roles)


# --- industries ------------------------------------------------------------------------------------------------------

THIRSTY = {
    "industries": ("thermal_power", "textile", "petrochemical", "chemical"),
    "kinds": ("new", "rebuilt", "expanded"),
    "sources": ("groundwater",),
    "permission": "deny",
}


def project(industry="chemical", build_kind="new", source="groundwater"):
    return {"industry": industry, "build_kind": build_kind, "source": source}


@pytest.mark.parametrize(
    ("row", "permission"),
    [
        pytest.param(project(), "deny", id="AC-48-new-chemical"),
        pytest.param(project(build_kind="existing"), None, id="AC-48-existing-chemical"),
        pytest.param(project("textile", "expanded"), "deny", id="AC-48-expanded-textile"),
        pytest.param(project("thermal_power", "rebuilt", "deep_confined"), "deny", id="deep-confined"),
        pytest.param(project("other"), "review", id="industry-not-named"),
        pytest.param(project(None), "review", id="industry-null"),
        pytest.param(project(build_kind=None), "review", id="kind-null"),
        pytest.param(project(source=None), "review", id="source-null"),
        pytest.param(project(source="total"), "review", id="source-total"),
        pytest.param(project(source="surface"), "allow", id="surface-water"),
    ],
)
def test_industries_that_must_not_take_groundwater(row, permission):
    found = run(of(row), "bans.industry", with_=THIRSTY)
    assert outcomes(found, "permission") == ({} if permission is None else {"P": permission})


def test_industries_under_control_are_for_a_person_whatever_their_source():
    with_ = {"industries": THIRSTY["industries"], "kinds": THIRSTY["kinds"], "permission": "review"}
    for source in ("surface", "groundwater", None):
        found = run(of(project(source=source)), "bans.industry", with_=with_)
        assert outcomes(found, "message_key") == {"P": "bans.industry.review"}


def test_industries_outside_the_jurisdiction_or_without_projects():
    assert len(run(of(project(), units=ELSEWHERE), "bans.industry", with_=THIRSTY).rows) == 0
    assert run(of(), "bans.industry", with_=THIRSTY).rows["message_key"].tolist() == ["rules.role_missing"]


# --- flags -----------------------------------------------------------------------------------------------------------

PHASED_OUT = {"flag": "phased_out", "permission": "deny"}


def test_phased_out_processes():
    rows = [
        {"project_id": "old", "flags": "plan;phased_out", "geometry": INSIDE},
        {"project_id": "clean", "flags": None, "build_kind": "new", "geometry": INSIDE},
        {"project_id": "there already", "flags": "phased_out", "build_kind": "existing", "geometry": INSIDE},
    ]
    found = run(scene(POLICY, crs=METRES, projects=rows), "bans.flagged", with_=PHASED_OUT)
    assert outcomes(found, "permission") == {"old": "deny", "clean": "allow"}


def test_no_flag_at_all_proves_nothing():
    found = run(of({}), "bans.flagged", with_=PHASED_OUT)
    assert outcomes(found, "permission") == {"P": "not_evaluated"}
    assert len(run(of({"flags": "phased_out"}, units=ELSEWHERE), "bans.flagged", with_=PHASED_OUT).rows) == 0


# --- unconventional water --------------------------------------------------------------------------------------------

RECLAIMED = [{"alternative_id": "R", "kind": "reclaimed", "geometry": SQUARE}]
HEATED = {"industries": ("thermal_power", "chemical"), "kinds": ("reclaimed",)}


@pytest.mark.parametrize(
    ("row", "permission"),
    [
        ({"unconventional": "insufficient"}, "deny"),
        ({"unconventional": "insufficient", "geometry": EDGE}, "deny"),
        ({"unconventional": "insufficient", "geometry": BEYOND}, "allow"),
        ({"unconventional": "insufficient", "geometry": BEYOND, "flags": "could_use_unconventional"}, "deny"),
        ({"unconventional": "full"}, "allow"),
        ({"unconventional": None}, "review"),
        ({"unconventional": "insufficient", "industry": "other"}, "review"),
        ({"unconventional": "insufficient", "industry": None}, "review"),
        ({"unconventional": None, "source": "reclaimed"}, "allow"),
        ({"unconventional": "insufficient", "geometry": None}, "not_evaluated"),
        ({"unconventional": "insufficient", "industry": "textile"}, None),
        ({"unconventional": "insufficient", "build_kind": "existing"}, None),
    ],
)
def test_unconventional_water_first(row, permission):
    row = {"industry": "chemical", "build_kind": "new", "source": "groundwater", **row}
    found = run(of(row, alternatives=RECLAIMED), "bans.unconventional_first", with_=HEATED)
    assert outcomes(found, "permission") == ({} if permission is None else {"P": permission})


def test_all_industries_where_none_is_named():
    found = run(
        of({"industry": "textile", "unconventional": "insufficient"}, alternatives=RECLAIMED),
        "bans.unconventional_first",
        with_={"kinds": ("reclaimed",)},
    )
    assert outcomes(found, "permission") == {"P": "deny"}


@pytest.mark.parametrize(
    "alternatives",
    [
        None,
        [{"alternative_id": "R", "kind": None, "geometry": SQUARE}],
    ],
)
def test_where_nobody_knows_what_is_at_hand(alternatives):
    layers = {} if alternatives is None else {"alternatives": alternatives}
    row = {"industry": "chemical", "unconventional": "insufficient"}
    found = run(of(row, **layers), "bans.unconventional_first", with_=HEATED)
    assert outcomes(found, "permission") == {"P": "not_evaluated"}


def test_an_alternative_of_another_kind_or_not_yet_there_is_not_at_hand():
    row = {"industry": "chemical", "build_kind": "new", "unconventional": "insufficient"}
    for other in ({"kind": "surface"}, {"valid_from": "2026-04-01"}):
        found = run(
            of(row, alternatives=[{**RECLAIMED[0], **other}]), "bans.unconventional_first", with_=HEATED
        )
        assert outcomes(found, "message_key") == {"P": "bans.unconventional_first.not_at_hand"}


# --- protection areas ------------------------------------------------------------------------------------------------

SPRING = [{"protection_id": "S", "kind": "drinking_1", "geometry": SQUARE}]
DRINKING = {"kinds": ("drinking_1", "drinking_2"), "permission": "deny", "review_uses": ("irrigation",)}


@pytest.mark.parametrize(
    ("row", "permission"),
    [
        ({"use": "industry"}, "deny"),
        ({"use": "irrigation"}, "review"),
        ({"use": "urban_supply"}, "review"),
        ({"use": None}, "review"),
        ({"use": "industry", "kind": "renewal"}, "review"),
        ({"use": "industry", "kind": None}, "review"),
        ({"use": "industry", "geometry": EDGE}, "deny"),
        ({"use": "industry", "geometry": BEYOND}, "allow"),
        ({"use": "industry", "geometry": None}, "not_evaluated"),
        ({"use": "industry", "kind": "extend"}, None),
    ],
)
def test_wells_in_source_protection_areas(row, permission):
    found = run(of(application=row, protection=SPRING), "bans.protection", "TOL-5a", with_=DRINKING)
    assert outcomes(found, "permission") == ({} if permission is None else {"A": permission})


@pytest.mark.parametrize(
    ("row", "permission"),
    [
        (project(), "deny"),
        (project("other"), "review"),
        (project(None), "review"),
        (project(build_kind="expanded"), "review"),
        (project(build_kind=None), "review"),
        (project(build_kind="existing"), None),
    ],
)
def test_projects_in_source_protection_areas(row, permission):
    found = run(of(row, protection=SPRING), "bans.protection", "TOL-5a", with_=DRINKING)
    assert outcomes(found, "permission") == ({} if permission is None else {"P": permission})


def test_river_management_areas_set_conditions():
    river = [{"protection_id": "R", "kind": "river", "geometry": SQUARE}]
    with_ = {"kinds": ("river",), "permission": "review"}
    found = run(of(project(), {"use": "industry"}, protection=river), "bans.protection", "TOL-6", with_=with_)
    assert outcomes(found, "permission") == {"P": "review", "A": "review"}
    found = run(of(project(), protection=SPRING), "bans.protection", "TOL-6", with_=with_)
    assert outcomes(found, "permission") == {"P": "allow"}


def test_an_area_without_a_kind_is_for_a_person():
    area = [{"protection_id": "S", "kind": None, "geometry": SQUARE}]
    found = run(of(project(), protection=area), "bans.protection", "TOL-5a", with_=DRINKING)
    assert outcomes(found, "permission") == {"P": "review"}


def test_protection_outside_the_jurisdiction_or_without_the_layer():
    found = run(
        of(project(), protection=SPRING, units=ELSEWHERE), "bans.protection", "TOL-5a", with_=DRINKING
    )
    assert len(found.rows) == 0
    found = run(of(project()), "bans.protection", "TOL-5a", with_=DRINKING)
    assert found.rows["message_key"].tolist() == ["rules.role_missing"]


@pytest.mark.parametrize(
    ("row", "permission"),
    [
        ({"use": "irrigation"}, "deny"),
        ({"use": "rural_drinking"}, "deny"),
        ({"use": None}, "deny"),
        ({"use": "irrigation", "kind": "renewal"}, "deny"),
        ({"use": "irrigation", "kind": None}, "review"),
        ({"use": "irrigation", "geometry": BEYOND}, "allow"),
    ],
)
def test_nothing_is_drilled_in_a_dyke(row, permission):
    dyke = [{"protection_id": "D", "kind": "dyke", "geometry": SQUARE}]
    with_ = {"kinds": ("dyke",), "permission": "deny"}
    found = run(of(application=row, protection=dyke), "bans.protection", with_=with_)
    assert outcomes(found, "permission") == {"A": permission}
    found = run(of(project("other", "expanded"), protection=dyke), "bans.protection", with_=with_)
    assert outcomes(found, "message_key") == {"P": "bans.protection.nothing_built"}


def test_near_waterworks_wells_are_denied_and_projects_are_for_a_person():
    dam = [{"protection_id": "D", "kind": "dam", "geometry": SQUARE}]
    with_ = {"kinds": ("dam",), "permission": "deny", "digging_only": True}
    found = run(of(project(), {"use": "irrigation"}, protection=dam), "bans.protection", with_=with_)
    assert outcomes(found, "permission") == {"P": "review", "A": "deny"}
    assert outcomes(found, "message_key") == {
        "P": "bans.protection.works",
        "A": "bans.protection.no_wells",
    }
    found = run(of(project(build_kind="existing"), protection=dam), "bans.protection", with_=with_)
    assert len(found.rows) == 0
