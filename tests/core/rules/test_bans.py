"""Bans on wells by zone and use (TLF-4.3d, YJS-3.5.1d, HJQ-3.3c, national control zones)."""

from __future__ import annotations

from datetime import date

import pytest
from shapely.geometry import Point, box

from build import outcomes, passed, run, scene

METRES = "EPSG:32645"
X0, Y0 = 600_000, 4_750_000
INSIDE, EDGE, BEYOND = Point(X0 + 500, Y0 + 500), Point(X0 + 1000, Y0 + 500), Point(X0 + 1000.5, Y0 + 500)
SQUARE = box(X0, Y0, X0 + 1000, Y0 + 1000)
OVER = [{"zone_id": "Z", "severity": "general", "geometry": SQUARE}]
ELSEWHERE = [{"unit_id": "654224", "name": "托里县", "level": "county", "geometry": SQUARE.buffer(10_000)}]
NEW = {"approved_uses": ("rural_drinking", "emergency"), "others": "deny"}
FARMED = {
    "uses": ("irrigation", "livestock", "industry", "service"),
    "review_uses": ("rural_drinking", "ecological_forest"),
}


def of(zones=OVER, **roles):
    for rows in (roles.get("wells", []), roles.get("applications", [])):
        for row in rows:
            row.setdefault("geometry", INSIDE)
    layers = {} if zones is None else {"zones": zones}
    return scene(crs=METRES, **layers, **roles)


def asked(**fields):
    return {"application_id": "A", "use": "irrigation", **fields}


def of_new(*, ledger=False, zones=OVER, with_=NEW, **roles):
    return run(of(zones, ledger=ledger, **roles), "bans.zone_new", "TLF-4.3d", with_=with_)


def sealed(well_id):
    return {
        "well_id": well_id,
        "status": "sealed",
        "status_on": "2024-01-10",
        "permit_no": f"P-{well_id}",
        "permit_m3": 50_000.0,
        "built_on": "2000-01-01",
    }


def proof(*wells):
    return [
        {"event_id": f"wells:{well}:sealed:2024-01-10", "kind": "photo", "taken_on": "2024-01-11"}
        for well in wells
    ]


def used(*wells):
    return [
        {"well_id": well, "year": year, "volume_m3": 1.0} for well in wells for year in (2021, 2022, 2023)
    ]


RENEWAL = asked(kind="renewal", permit_m3=100_000.0, applied_on="2024-02-01", county="高昌区")
PAIRS = [
    {
        "renewal_id": "A",
        "retired_id": "R1",
        "role": "replaced",
        "state": "reserved",
        "pledged_on": "2024-02-01",
    },
    {
        "renewal_id": "A",
        "retired_id": "R2",
        "role": "reduced",
        "state": "reserved",
        "pledged_on": "2024-02-01",
    },
]


@pytest.mark.parametrize(
    ("row", "permission", "outcome"),
    [
        pytest.param({}, "deny", "fail", id="AC-24-new-irrigation"),
        pytest.param({"use": "rural_drinking"}, "hold", "review", id="AC-24-drinking-without-approval"),
        pytest.param(
            {"use": "rural_drinking", "approval_no": "7"}, "allow", "pass", id="AC-24-drinking-approved"
        ),
        pytest.param({"use": "emergency"}, "hold", "review", id="emergency-without-approval"),
        pytest.param(
            {"use": "industry", "approval_no": "7"}, "deny", "fail", id="approval-does-not-help-others"
        ),
        pytest.param({"use": None}, "review", "review", id="use-null"),
        pytest.param({"kind": None}, "review", "review", id="kind-null"),
        pytest.param({"kind": "relocate"}, "review", "review", id="relocate"),
        pytest.param({"kind": "renewal", "use": "industry"}, "review", "review", id="renewal-of-another-use"),
        pytest.param({"geometry": EDGE}, "deny", "fail", id="edge"),
        pytest.param({"geometry": None}, "not_evaluated", "not_evaluated", id="no-place"),
    ],
)
def test_new_wells_in_a_zone(row, permission, outcome):
    found = of_new(applications=[asked(**row)])
    assert outcomes(found, "permission") == {"A": permission}
    assert outcomes(found) == {"A": outcome}


@pytest.mark.parametrize("seals", [pytest.param(("R1", "R2"), id="AC-24-replacement-with-two-seals")])
def test_a_replacement_follows_its_pledges(seals):
    wells = [{**sealed(one), "county": "高昌区"} for one in seals]
    found = of_new(
        ledger=True,
        wells=wells,
        applications=[dict(RENEWAL)],
        pairs=PAIRS,
        evidence=proof(*seals),
        readings=used(*seals),
    )
    assert outcomes(found, "permission") == {"A": "allow"}
    assert outcomes(found, "message_key") == {"A": "bans.zone_new.renewal_pledged"}


@pytest.mark.parametrize(
    ("seals", "permission", "case"),
    [
        (("R1", "R2"), "allow_if", "credit"),
        (("R1",), "deny", "no_credit"),
        ((), "deny", "no_credit"),
    ],
)
def test_a_replacement_without_pledges_needs_a_free_credit(seals, permission, case):
    wells = [{**sealed(one), "county": "高昌区"} for one in seals]
    roles = {"wells": wells} if wells else {}
    found = of_new(
        ledger=True,
        applications=[dict(RENEWAL)],
        evidence=proof(*seals, "X"),
        readings=used(*seals, "X"),
        **roles,
    )
    assert outcomes(found, "permission") == {"A": permission}
    assert outcomes(found, "message_key") == {"A": f"bans.zone_new.renewal_{case}"}


def test_a_replacement_without_evidence_or_ledger_is_not_judged():
    wells = [{**sealed(one), "county": "高昌区"} for one in ("R1", "R2")]
    found = of_new(ledger=True, wells=wells, applications=[dict(RENEWAL)])
    assert outcomes(found, "message_key") == {"A": "bans.zone_new.renewal_unknown"}
    assert outcomes(found, "permission") == {"A": "not_evaluated"}
    found = of_new(applications=[dict(RENEWAL)])
    assert outcomes(found, "message_key") == {"A": "bans.zone_new.renewal_no_ledger"}


def test_others_are_for_a_person_where_no_reading_is_set():
    found = of_new(applications=[asked()], with_={"approved_uses": NEW["approved_uses"]})
    assert outcomes(found, "permission") == {"A": "review"}


@pytest.mark.parametrize(
    "row",
    [
        {"geometry": BEYOND},
        {"geometry": BEYOND, "kind": None, "use": "industry"},
        {"geometry": BEYOND, "kind": "relocate", "use": "rural_drinking"},
        {"geometry": BEYOND, "kind": "renewal", "use": None},
        {"kind": "extend"},
        {"kind": "deepen"},
        {"decision": "refused"},
        {"use": "monitoring"},
    ],
)
def test_out_of_scope_of_the_ban_on_new_wells(row):
    found = of_new(applications=[asked(**row)])
    assert len(found.rows) == 0
    assert int(found.counts["n_out_of_scope"].sum()) == 1


CONTROLLED = [{"zone_id": "Z", "control": "restricted", "geometry": SQUARE}]


@pytest.mark.parametrize(
    ("zones", "place"), [(OVER, BEYOND), (CONTROLLED, INSIDE), (None, INSIDE), (OVER, None)]
)
@pytest.mark.parametrize(
    ("row", "permission", "case"),
    [
        ({"use": "rural_drinking"}, "hold", "approval_missing"),
        ({"use": "emergency"}, "hold", "approval_missing"),
        ({"use": "emergency", "approval_no": "7"}, "allow", "approved"),
    ],
)
def test_a_new_well_for_drinking_or_drought_needs_an_approval_wherever_it_lies(
    zones, place, row, permission, case
):
    found = of_new(zones=zones, applications=[asked(**row, geometry=place)])
    assert outcomes(found, "permission") == {"A": permission}
    assert outcomes(found, "message_key") == {"A": f"bans.zone_new.{case}"}


@pytest.mark.parametrize(
    ("row", "case"),
    [({"use": None}, "use_unknown"), ({"use": "emergency", "kind": None}, "kind_unknown")],
)
def test_outside_the_zones_what_may_need_an_approval_is_not_passed_over(row, case):
    found = of_new(applications=[asked(**row, geometry=BEYOND)])
    assert outcomes(found, "permission") == {"A": "not_evaluated"}
    assert outcomes(found, "message_key") == {"A": f"bans.zone_new.{case}"}


def test_restricted_zones_are_not_over_extraction_zones():
    restricted = CONTROLLED
    assert len(of_new(zones=restricted, applications=[asked()]).rows) == 0
    severe = [{"zone_id": "Z", "severity": "severe", "control": "restricted", "geometry": SQUARE}]
    assert outcomes(of_new(zones=severe, applications=[asked()])) == {"A": "fail"}


def test_without_zones_nothing_is_known():
    found = of_new(zones=None, applications=[asked()])
    assert outcomes(found, "permission") == {"A": "not_evaluated"}


def test_new_wells_outside_the_jurisdiction():
    found = of_new(applications=[asked()], units=ELSEWHERE)
    assert len(found.rows) == 0
    assert int(found.counts["n_out_of_scope"].sum()) == 1


# --- new abstraction -------------------------------------------------------------------------------------------------

OLD = {"well_id": "OLD", "permit_m3": 50_000.0}
REPLACING = {"kind": "renewal", "replaces": "OLD"}


def of_abstraction(row, wells=(OLD,), **layers):
    roles = {"wells": [dict(one) for one in wells]} if wells else {}
    return run(of(applications=[asked(**row)], **roles, **layers), "bans.zone_abstraction", with_=FARMED)


@pytest.mark.parametrize(
    ("row", "permission"),
    [
        pytest.param({"use": "service"}, "deny", id="AC-54-services"),
        pytest.param({"use": "irrigation"}, "deny", id="AC-54-farm"),
        pytest.param({"use": "rural_drinking"}, "review", id="AC-54-domestic"),
        pytest.param({**REPLACING, "permit_m3": 50_000.0}, "review", id="AC-54-replacement-same-volume"),
        pytest.param({**REPLACING, "permit_m3": 50_001.0}, "deny", id="AC-54-replacement-more-volume"),
        pytest.param({**REPLACING, "permit_m3": 49_999.0}, "review", id="replacement-less-volume"),
        pytest.param({**REPLACING, "permit_m3": None}, "review", id="replacement-volume-null"),
        pytest.param({"kind": "renewal", "permit_m3": 1.0}, "review", id="replacement-of-nothing-known"),
        pytest.param(
            {"kind": "extend", "well_id": "OLD", "permit_m3": 50_000.0}, "allow", id="extension-unchanged"
        ),
        pytest.param({"kind": "change", "well_id": "OLD", "permit_m3": 60_000.0}, "deny", id="change-more"),
        pytest.param({"kind": "extend", "well_id": "OLD"}, "review", id="extension-volume-null"),
        pytest.param({"use": None}, "review", id="use-null"),
        pytest.param({"kind": None}, "review", id="kind-null"),
        pytest.param({"geometry": None}, "not_evaluated", id="no-place"),
    ],
)
def test_new_abstraction_in_a_zone(row, permission):
    assert outcomes(of_abstraction(row), "permission") == {"A": permission}


def test_volumes_of_several_replaced_wells_are_added():
    wells = (OLD, {"well_id": "OLD2", "permit_m3": 30_000.0}, {"well_id": "BARE"})
    both = {"kind": "renewal", "replaces": "OLD;OLD2"}
    found = of_abstraction({**both, "permit_m3": 80_000.0}, wells)
    assert outcomes(found, "message_key") == {"A": "bans.zone_abstraction.same_volume"}
    assert found.rows[["measured", "threshold"]].to_numpy().tolist() == [[80_000.0, 80_000.0]]
    found = of_abstraction({**both, "permit_m3": 80_001.0}, wells)
    assert outcomes(found, "message_key") == {"A": "bans.zone_abstraction.more"}
    for lost in ("OLD;BARE", "OLD;NOBODY"):
        found = of_abstraction({"kind": "renewal", "replaces": lost, "permit_m3": 1.0}, wells)
        assert outcomes(found, "message_key") == {"A": "bans.zone_abstraction.volume_unknown"}


@pytest.mark.parametrize(
    ("row", "permission", "case"),
    [
        ({**REPLACING, "permit_m3": 50_000.0}, "deny", "moved_in"),
        ({"kind": "relocate", "well_id": "OLD", "permit_m3": 50_000.0}, "deny", "moved_in"),
        ({"kind": "extend", "well_id": "OLD", "permit_m3": 50_000.0}, "allow", "unchanged"),
    ],
)
def test_a_well_moved_in_from_outside_the_zones_is_new_abstraction(row, permission, case):
    found = of_abstraction(row, wells=[{**OLD, "geometry": BEYOND}])
    assert outcomes(found, "permission") == {"A": permission}
    assert outcomes(found, "message_key") == {"A": f"bans.zone_abstraction.{case}"}


@pytest.mark.parametrize(
    "row",
    [{"geometry": BEYOND}, {"decision": "withdrawn"}, {"use": "monitoring"}, {"use": "urban_supply"}],
)
def test_out_of_scope_of_the_ban_on_new_abstraction(row):
    assert len(of_abstraction(row).rows) == 0


def test_new_abstraction_outside_the_jurisdiction():
    assert len(of_abstraction({}, units=ELSEWHERE).rows) == 0


# --- uses ------------------------------------------------------------------------------------------------------------

SHOWS = {"uses": ("waterscape", "recreation", "artificial_snow")}


@pytest.mark.parametrize(
    ("use", "permission"),
    [
        pytest.param("artificial_snow", "deny", id="AC-48-snow"),
        ("waterscape", "deny"),
        ("landscape", "allow"),
        (None, "review"),
    ],
)
def test_uses_that_groundwater_must_not_serve(use, permission):
    found = run(of(applications=[asked(use=use)]), "bans.use", with_=SHOWS)
    assert outcomes(found, "permission") == {"A": permission}


def test_existing_wells_with_such_a_use():
    wells = [
        {"well_id": "snow", "use": "artificial_snow"},
        {"well_id": "shut", "use": "artificial_snow", "status": "shut"},
        {"well_id": "no status", "use": "recreation", "status": None},
        {"well_id": "no use", "use": None},
        {"well_id": "farm"},
    ]
    found = run(of(wells=wells), "bans.use", with_=SHOWS)
    assert outcomes(found) == {"snow": "fail", "no status": "fail", "no use": "review"}
    assert outcomes(found, "action")["snow"] == "close"
    assert passed(found) == 1
    assert len(run(of(wells=wells, units=ELSEWHERE), "bans.use", with_=SHOWS).rows) == 0


# --- control zones ---------------------------------------------------------------------------------------------------

BANNED = [{"zone_id": "Z", "control": "banned", "geometry": SQUARE}]
RESTRICTED = [{"zone_id": "Z", "control": "restricted", "geometry": SQUARE}]
PURPOSES = {"purposes": ("emergency", "monitoring")}


def of_control(zones, row=None, wells=(OLD,), with_=(), **layers):
    control = zones[0]["control"]
    roles = {"applications": [asked(**row)]} if row is not None else {}
    register = of(zones, wells=[dict(one) for one in wells], **roles, **layers)
    found = run(register, "bans.control_zone", with_={"control": control, **PURPOSES, **dict(with_)})
    return found


@pytest.mark.parametrize(
    ("zones", "row", "permission", "outcome"),
    [
        (BANNED, {}, "deny", "fail"),
        (RESTRICTED, {}, "deny", "fail"),
        (BANNED, {"use": "emergency"}, "allow", "exempt"),
        (RESTRICTED, {"use": "monitoring"}, "allow", "exempt"),
        (BANNED, {**REPLACING, "permit_m3": 10.0}, "deny", "fail"),
        (RESTRICTED, {**REPLACING, "permit_m3": 50_000.0}, "allow", "pass"),
        (RESTRICTED, {**REPLACING, "permit_m3": 50_001.0}, "deny", "fail"),
        (RESTRICTED, {**REPLACING}, "review", "review"),
        (BANNED, {"kind": "extend", "well_id": "OLD", "permit_m3": 1.0}, "review", "review"),
        (BANNED, {"use": None}, "review", "review"),
        (RESTRICTED, {"kind": None}, "review", "review"),
        (BANNED, {"geometry": None}, "not_evaluated", "not_evaluated"),
    ],
)
def test_applications_in_control_zones(zones, row, permission, outcome):
    found = of_control(zones, row)
    found = found.rows[found.rows["subject_role"] == "applications"]
    assert found[["permission", "outcome"]].to_numpy().tolist() == [[permission, outcome]]


RESTRICTED_TWICE = [*RESTRICTED, {"zone_id": "Y", "control": "restricted", "geometry": SQUARE.buffer(2000)}]
OTHER_ZONE = [
    *RESTRICTED,
    {"zone_id": "Y", "control": "restricted", "geometry": box(X0 + 1000.2, Y0, X0 + 3000, Y0 + 1000)},
]


@pytest.mark.parametrize(
    ("zones", "former", "permission", "case"),
    [
        (RESTRICTED, BEYOND, "deny", "moved_in"),
        (RESTRICTED, None, "review", "former_place_unknown"),
        (OTHER_ZONE, BEYOND, "review", "former_place_unknown"),
        (RESTRICTED_TWICE, BEYOND, "allow", "same_volume"),
        (RESTRICTED, INSIDE, "allow", "same_volume"),
    ],
)
@pytest.mark.parametrize("row", [REPLACING, {"kind": "relocate", "well_id": "OLD"}])
def test_a_well_that_comes_from_outside_a_restricted_zone_is_new_there(zones, former, permission, case, row):
    found = of_control(zones, {**row, "permit_m3": 50_000.0}, wells=[{**OLD, "geometry": former}])
    assert outcomes(found, "permission") == {"A": permission}
    assert outcomes(found, "message_key") == {"A": f"bans.control_zone.{case}"}


def test_one_of_several_former_wells_outside_is_enough():
    both = {"kind": "renewal", "replaces": "OLD;FAR", "permit_m3": 60_000.0}
    far = {"well_id": "FAR", "permit_m3": 10_000.0, "geometry": BEYOND}
    assert outcomes(of_control(RESTRICTED, both, wells=[OLD, far]), "permission") == {"A": "deny"}
    extended = {"kind": "extend", "well_id": "FAR", "permit_m3": 10_000.0}
    found = of_control(RESTRICTED, extended, wells=[OLD, far])
    assert outcomes(found, "message_key") == {"A": "bans.control_zone.former_place_unknown"}


def test_local_purposes_are_for_a_person():
    found = of_control(RESTRICTED, {"use": "rural_drinking"}, with_={"review_uses": ("rural_drinking",)})
    assert outcomes(found, "permission") == {"A": "review"}


def test_a_zone_of_the_other_control_is_not_asked():
    found = run(
        of(BANNED, wells=[dict(OLD)], applications=[asked()]),
        "bans.control_zone",
        with_={"control": "restricted", **PURPOSES},
    )
    assert len(found.rows) == 0


@pytest.mark.parametrize(
    ("fields", "with_", "expected"),
    [
        ({}, {}, "review"),
        ({}, {"due_on": date(2026, 3, 30)}, "fail"),
        ({}, {"due_on": date(2026, 3, 31)}, "not_evaluated"),
        ({"use": "monitoring"}, {}, "exempt"),
        ({"use": None}, {"due_on": date(2020, 1, 1)}, "review"),
        ({"geometry": None}, {}, "not_evaluated"),
        ({"status": "sealed"}, {}, None),
        ({"geometry": BEYOND}, {}, None),
    ],
)
def test_existing_wells_in_a_banned_zone(fields, with_, expected):
    found = of_control(BANNED, wells=[{**OLD, **fields}], with_=with_)
    assert outcomes(found) == ({} if expected is None else {"OLD": expected})


def test_existing_wells_in_a_restricted_zone_have_no_verdict_of_their_own():
    assert len(of_control(RESTRICTED).rows) == 0


def test_control_zones_outside_the_jurisdiction():
    assert len(of_control(BANNED, {}, units=ELSEWHERE).rows) == 0
