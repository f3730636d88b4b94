"""One permission per application, in the order of decision."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
from shapely.geometry import box

from build import run, scene
from overdraft.core.findings import PERMISSION_OUTCOME, Verdicts, concat
from overdraft.core.messages import render
from overdraft.core.policy import RuleUse, load_policy
from overdraft.core.rules.run import rule_findings
from overdraft.core.vetting import COLUMNS, vet_applications

ZONE = {"zone_id": "Z", "severity": "general", "geometry": box(89, 42, 90, 43)}
UNITS = [
    {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(88, 41, 91, 44)},
    {"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(100, 41, 101, 44)},
]
OUTSIDE = {"x": 88.5, "y": 41.5}
"""In Gaochang, outside of the zone."""

DOMESTIC = ("rural_drinking", "urban_supply", "emergency")


def turpan(**bound):
    """The policy with only the rules named, so that a case does not depend on what else the document asks for."""
    uses = {
        "bans.zone_new": "TLF-4.3d",
        "aquifer.deep_confined": "TLF-4.2c",
        "meters.required": "TLF-3.5a",
        "power.barred": "TLF-4.4d",
        "authority.consult": "TLF-3.2d",
    }
    policy = load_policy("turpan-2021")
    rules = tuple(RuleUse(clause, rule, {}, {}) for rule, clause in uses.items())
    return replace(policy, rules=rules)


def application(name="A", **more):
    given = {
        "application_id": name,
        "kind": "new",
        "use": "irrigation",
        "aquifer": "shallow",
        "management": "local",
    }
    return {**given, **more}


def vetted(applications, wells=(), ledger=False, rules=("zone_new", "deep"), units=UNITS, **roles):
    made = scene(
        policy=turpan(),
        ledger=ledger,
        wells=list(wells) or [{"well_id": "none", "x": 88.2, "y": 41.2}],
        applications=applications,
        zones=roles.pop("zones", [ZONE]),
        **({"units": units} if units else {}),
        **roles,
    )
    found = []
    if "zone_new" in rules:
        with_ = {"approved_uses": ("rural_drinking", "emergency"), "others": "deny"}
        found.append(run(made, "bans.zone_new", "TLF-4.3d", with_))
    if "deep" in rules:
        found.append(run(made, "aquifer.deep_confined", "TLF-4.2c", {"uses": DOMESTIC}))
    if "consult" in rules:
        found.append(run(made, "authority.consult", "TLF-3.2d"))
    if "cap" in rules:
        found.append(run(made, "permits.within_cap", "TLF-3.2a", {"source": "groundwater"}))
    if made.ledger is not None:
        found.append(made.ledger.verdicts)
    return vet_applications(made, concat(found)).frame.set_index("application_id")


# ------------------------------------------------------------------------------------------------- replacement in zone

SEALED = {"status": "sealed", "status_on": "2022-05-01", "permit_no": "P", "permit_m3": 100.0}


def replacement(n_sealed=2, pairs=True, **more):
    """A renewal well in the zone with so many sealed wells."""
    wells = [
        {"well_id": f"S{n}", "permit_no": f"P{n}", **{k: v for k, v in SEALED.items() if k != "permit_no"}}
        for n in range(n_sealed)
    ]
    events = [
        {
            "event_id": f"E{n}",
            "subject_role": "wells",
            "subject_id": f"S{n}",
            "kind": "sealed",
            "effective_on": "2022-05-01",
        }
        for n in range(n_sealed)
    ]
    evidence = [{"event_id": f"E{n}", "kind": "photo", "taken_on": "2022-05-02"} for n in range(n_sealed)]
    roles = {"events": events, "evidence": evidence}
    if pairs:
        roles["pairs"] = [
            {"renewal_id": "A", "retired_id": f"S{n}", "state": "reserved"} for n in range(n_sealed)
        ]
    readings = [
        {"well_id": f"S{n}", "year": y, "volume_m3": 9.0} for n in range(n_sealed) for y in (2019, 2020, 2021)
    ]
    case = application(kind="renewal", permit_m3=150.0, applied_on="2025-01-01", **more)
    return vetted([case], wells, ledger=True, readings=readings, **roles).loc["A"]


@pytest.mark.parametrize(
    ("case", "permission"),
    [
        pytest.param({}, "deny", id="AC-24 new irrigation well"),
        pytest.param({"use": "rural_drinking"}, "hold", id="AC-24 rural drinking without approval"),
        pytest.param(
            {"use": "rural_drinking", "approval_no": "吐水批1号"}, "allow", id="AC-24 rural drinking approved"
        ),
    ],
)
def test_new_wells_in_the_zone(case, permission):
    row = vetted([application(**case)]).loc["A"]
    assert (row["permission"], row["outcome"]) == (permission, PERMISSION_OUTCOME[permission])
    assert row["clauses"] == "TLF-4.3d"
    assert row["step"] == 4


def test_a_replacement_with_two_valid_seals():
    """AC-24, last part."""
    row = replacement()
    assert (row["permission"], row["outcome"]) == ("allow", "pass")
    assert set(row["clauses"].split(";")) == {"TLF-4.3c", "TLF-4.3d"}


test_a_replacement_with_two_valid_seals = pytest.mark.parametrize(
    (), [pytest.param(id="AC-24 replacement with two valid seals")]
)(test_a_replacement_with_two_valid_seals)


def test_a_replacement_with_one_seal_waits_for_the_second():
    assert replacement(1)["permission"] == "hold"


def test_a_replacement_without_pledges_follows_the_balance():
    assert replacement(2, pairs=False)["permission"] == "allow_if"
    assert replacement(1, pairs=False)["permission"] == "deny"


def test_the_ledger_speaks_where_no_rule_on_zones_does():
    case = application(kind="renewal", permit_m3=1.0)
    row = vetted([case], [{"well_id": "S", "permit_no": "P", **SEALED}], ledger=True, rules=("deep",)).loc[
        "A"
    ]
    assert row["permission"] in ("deny", "not_evaluated")
    assert row["clauses"] == "TLF-4.3c"
    assert row["message_key"].startswith("vetting.ledger.")


# --------------------------------------------------------------------------------------------------- order and sources


def test_the_strictest_clause_decides_and_all_are_listed():
    row = vetted([application(use="rural_drinking", aquifer=None)]).loc["A"]
    assert row["permission"] == "hold"
    fired = json.loads(row["fired"])
    assert [(one["clause"], one["permission"]) for one in fired] == [
        ("TLF-4.2c", "review"),
        ("TLF-4.3d", "hold"),
    ]
    assert [one["step"] for one in fired] == [2, 4]


def test_two_clauses_of_one_strictness_stand_in_order():
    row = vetted([application(aquifer="deep_confined")]).loc["A"]
    assert row["clauses"] == "TLF-4.2c;TLF-4.3d"
    assert row["message_key"].startswith("aquifer.")
    assert json.loads(row["conditions"]) == []


def test_outside_the_zone_nothing_stands_against_and_conditions_remain():
    row = vetted([application(**OUTSIDE)]).loc["A"]
    assert (row["permission"], row["outcome"]) == ("allow_if", "pass")
    assert row["clauses"] == "TLF-3.2d;TLF-3.5a;TLF-4.4d"
    assert (row["step"], row["message_key"]) == (6, "vetting.with_conditions")
    conditions = json.loads(row["conditions"])
    assert [one["message_key"].rsplit(".", 1)[-1] for one in conditions] == ["authority", "meter", "power"]
    assert row["actions"] == "meter"


def test_what_the_application_shows_is_met():
    row = vetted([application(metered=True, permit_no="P", **OUTSIDE)]).loc["A"]
    conditions = json.loads(row["conditions"])
    assert {one["clause"]: one["met"] for one in conditions} == {
        "TLF-3.2d": None,
        "TLF-3.5a": True,
        "TLF-4.4d": True,
    }
    assert row["clauses"] == "TLF-3.2d"


def test_a_ban_that_does_not_bite_grants_nothing():
    row = vetted([application(use="urban_supply", aquifer="deep_confined", **OUTSIDE)]).loc["A"]
    assert (row["permission"], row["outcome"]) == ("allow_if", "exempt")


def test_the_authority_asked_first_holds_an_approved_well():
    regiment = {
        "unit_id": "t",
        "name": "221团",
        "level": "regiment",
        "parent_id": "650402",
        "geometry": box(89, 42, 90, 43),
    }
    case = application(use="rural_drinking", approval_no="1")
    row = vetted([case], rules=("zone_new", "consult"), units=[*UNITS, regiment]).loc["A"]
    assert (row["permission"], row["clauses"]) == ("hold", "TLF-3.2d")
    assert row["consult"] == "兵团第十二师"
    assert row["actions"].startswith("consult")


# --------------------------------------------------------------------------------------------------- headroom of units


def capped(volume, **case):
    permits = [{"permit_no": "Q", "county": "高昌区", "source": "groundwater", "volume_m3": volume}]
    index = {
        "subject_role": "units",
        "subject_id": "650402",
        "year": 2026,
        "measure": "index",
        "source": "groundwater",
    }
    city = {**index, "subject_id": "6504"}
    indices = [{**one, "value": 1.0, "unit": "亿m3"} for one in (index, city)]
    case = application(**OUTSIDE, **case)
    return vetted([case], rules=("cap",), permits=permits, indices=indices).loc["A"]


def test_a_unit_without_headroom_leaves_more_water_to_a_person():
    row = capped(1.1e8)
    assert (row["permission"], row["clauses"], row["step"]) == ("review", "TLF-3.2a", 5)


def test_a_unit_with_headroom_stands_against_nothing():
    """The permits of 2025 were within the cap; only the last year judged counts."""
    assert capped(0.9e8)["permission"] == "allow_if"


def test_the_same_volume_needs_no_headroom():
    wells = [{"well_id": "OLD", "permit_m3": 100.0, "county": "高昌区"}]
    permits = [{"permit_no": "Q", "county": "高昌区", "source": "groundwater", "volume_m3": 9e9}]
    cases = [
        application("same", kind="relocate", well_id="OLD", permit_m3=100.0, **OUTSIDE),
        application("more", kind="relocate", well_id="OLD", permit_m3=100.1, **OUTSIDE),
        application("unsaid", kind="relocate", well_id="OLD", **OUTSIDE),
    ]
    frame = vetted(cases, wells, rules=("cap",), permits=permits)
    assert frame["permission"].to_dict() == {
        "same": "allow_if",
        "more": "not_evaluated",
        "unsaid": "not_evaluated",
    }


# --------------------------------------------------------------------------------------------------- what is missing


def test_a_clause_that_could_not_be_judged_leaves_everyone_open():
    made = scene(policy=turpan(), wells=[], applications=[application()], units=UNITS)
    zone_new = run(made, "bans.control_zone", "TLF-4.3d", {"control": "banned", "purposes": ("emergency",)})
    row = vet_applications(made, zone_new).frame.iloc[0]
    assert (row["permission"], row["outcome"]) == ("not_evaluated", "not_evaluated")
    assert row["message_key"] == "rules.role_missing"


@pytest.mark.parametrize(
    ("case", "key"),
    [
        ({"geometry": None}, "vetting.not_placed"),
        ({"kind": None, **OUTSIDE}, "vetting.no_kind"),
        ({"use": None, **OUTSIDE}, "vetting.no_use"),
    ],
)
def test_an_application_that_says_too_little(case, key):
    frame = vetted([{**application(), **case}])
    row = frame.iloc[0]
    assert row["permission"] == "not_evaluated"
    assert key in [one["message_key"] for one in json.loads(row["fired"])]


def test_an_application_without_a_county_may_not_be_ours():
    row = vetted([application(use="rural_drinking", approval_no="1")], units=None).loc["A"]
    assert (row["permission"], row["message_key"]) == ("not_evaluated", "vetting.no_county")


def test_an_application_without_an_id_takes_no_decision():
    row = vetted([application(None, use="rural_drinking", approval_no="1")]).iloc[0]
    assert row["permission"] == "not_evaluated"
    assert row["subject_id"].startswith("row:")


# ------------------------------------------------------------------------------------------------- nothing to decide


def test_outside_the_jurisdiction_there_is_no_permission():
    row = vetted([application(x=100.5, y=42.0, use="rural_drinking")]).loc["A"]
    assert (row["permission"], row["outcome"], row["in_scope"]) == ("", "", False)
    assert row["message_key"] == "vetting.out_of_scope"
    assert json.loads(row["fired"]) == []


@pytest.mark.parametrize("decision", ["refused", "withdrawn"])
def test_what_was_refused_or_withdrawn_is_over(decision):
    row = vetted([application(decision=decision)]).loc["A"]
    assert (row["permission"], row["message_key"]) == ("", f"vetting.{decision}")


# ---------------------------------------------------------------------------------------------------- the table itself


def test_one_row_each_in_input_order_and_every_message_can_be_said():
    cases = [
        application("c", **OUTSIDE),
        application("a"),
        application("b", use="rural_drinking"),
        application("d", x=100.5, y=42.0),
        application("e", decision="refused"),
    ]
    frame = vetted(cases)
    assert list(frame.index) == ["c", "a", "b", "d", "e"]
    for _, row in frame.iterrows():
        spoken = [row, *json.loads(row["fired"]), *json.loads(row["conditions"])]
        for one in spoken:
            values = one.get("message_values", {})
            values = json.loads(values) if isinstance(values, str) else values
            for language in ("en", "zh"):
                assert render(one["message_key"], values, language)


def test_the_order_of_rows_changes_nothing():
    cases = [
        application(str(n), use=use) for n, use in enumerate(["irrigation", "rural_drinking", "industry"])
    ]
    first, second = vetted(cases), vetted(cases[::-1])
    pd.testing.assert_frame_equal(first, second.loc[first.index])


def test_no_applications_and_no_findings():
    made = scene(policy=turpan(), wells=[], units=UNITS)
    vetting = vet_applications(made, Verdicts.none())
    assert list(vetting.frame.columns) == list(COLUMNS)
    assert vetting.frame.empty
    assert vetting.counts["allow"] == 0
    made = scene(policy=turpan(), wells=[], units=UNITS, applications=[application()])
    assert vet_applications(made, Verdicts.none()).counts["allow_if"] == 1


def test_a_findings_table_serves_as_well_as_verdicts():
    made = scene(policy=turpan(), wells=[], zones=[ZONE], units=UNITS, applications=[application()])
    found = run(made, "bans.zone_new", "TLF-4.3d", {"approved_uses": ("rural_drinking",), "others": "deny"})
    pd.testing.assert_frame_equal(
        vet_applications(made, found).frame, vet_applications(made, found.rows).frame
    )


# ------------------------------------------------------------------------------------- every rule of the document


def everything(as_of="2025-12-31", cases=None, zones=(ZONE,), alternatives=None, **without):
    """All that the document asks of an application in the zone, in good order: headroom, levels, papers."""
    use = {"subject_role": "units", "measure": "use", "source": "groundwater", "unit": "m3", "value": 1e7}
    roles = {
        "permits": [{"permit_no": "Q", "county": "高昌区", "source": "groundwater", "volume_m3": 1e7}],
        "indices": [{**use, "subject_id": "650402", "year": 2025}],
        "stations": [{"station_id": "M", "threshold_m": 10.0}],
        "levels": [{"station_id": "M", "date_on": f"2025-{n:02d}-01", "level_m": 20.0} for n in (1, 6, 12)],
    }
    cases = cases or [
        application("irrigation"),
        application("waiting", use="rural_drinking"),
        application("approved", use="rural_drinking", approval_no="吐水批1号"),
        application("outside", **OUTSIDE),
    ]
    made = scene(
        as_of=as_of,
        ledger=True,
        wells=[{"well_id": "n", "x": 88.2, "y": 41.2}],
        zones=list(zones),
        units=UNITS,
        applications=cases,
        **({} if alternatives is None else {"alternatives": alternatives}),
        **{role: rows for role, rows in roles.items() if role not in without},
    )
    found = rule_findings(made, subjects=("applications", "units"))
    return vet_applications(made, concat([found, made.ledger.verdicts])).frame.set_index("application_id")


@pytest.mark.parametrize("as_of", [pytest.param("2025-12-31", id="AC-24 under the whole document")])
def test_new_wells_under_the_whole_document(as_of):
    frame = everything(as_of)
    assert frame["permission"].to_dict() == {
        "irrigation": "deny",
        "waiting": "hold",
        "approved": "allow",
        "outside": "allow_if",
    }
    assert "TLF-4.4d" in frame.at["outside", "clauses"]


def test_number_of_wells_and_another_source_stand_among_the_clauses_that_fired():
    restricted = {**ZONE, "zone_id": "R", "severity": None, "control": "restricted"}
    supply = {"alternative_id": "S", "kind": "network", "geometry": ZONE["geometry"]}
    frame = everything(
        zones=[restricted],
        alternatives=[supply],
        cases=[application("farm"), application("mill", use="industry")],
    )
    assert frame["permission"].to_dict() == {"farm": "review", "mill": "review"}
    fired = {name: [one["clause"] for one in json.loads(frame.at[name, "fired"])] for name in frame.index}
    assert "TLF-4.3a" in fired["farm"]
    assert "TLF-4.3e" not in fired["farm"]
    assert fired["mill"].index("TLF-4.3a") < fired["mill"].index("TLF-4.3e")
    assert frame.at["mill", "clauses"] == "TLF-4.3a;TLF-4.3e"


@pytest.mark.parametrize("case", [pytest.param("irrigation", id="AC-24 the refusal is an inference")])
def test_the_refusal_of_other_new_wells_is_marked_as_an_inference(case):
    fired = json.loads(everything().at[case, "fired"])
    [denied] = [one for one in fired if one["clause"] == "TLF-4.3d"]
    assert (denied["permission"], denied["unverified"]) == ("deny", ["zones.other_new_wells"])


@pytest.mark.parametrize(
    ("role", "clause"), [("permits", "TLF-3.2a"), ("levels", "TLF-4.2a"), ("indices", "TLF-4.2a")]
)
def test_what_is_not_supplied_leaves_more_water_open(role, clause):
    frame = everything(**{role: None})
    assert frame["permission"].to_dict() == {
        "irrigation": "deny",
        "waiting": "hold",
        "approved": "not_evaluated",
        "outside": "not_evaluated",
    }
    assert frame.at["approved", "clauses"] == clause
