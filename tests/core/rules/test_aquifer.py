"""Deep confined groundwater (TLF-4.2c): who may take it."""

from __future__ import annotations

import pytest
from shapely.geometry import Point, box

from build import outcomes, passed, run, scene

ALLOWED = {"uses": ("rural_drinking", "urban_supply", "emergency")}
RULE, CLAUSE = "aquifer.deep_confined", "TLF-4.2c"


def judged(**roles):
    return run(scene(**roles), RULE, CLAUSE, with_=ALLOWED)


@pytest.mark.parametrize(
    ("row", "permission", "outcome"),
    [
        pytest.param(
            {"use": "irrigation", "aquifer": "deep_confined"}, "deny", "fail", id="AC-25-irrigation"
        ),
        pytest.param({"use": "industry", "aquifer": "deep_confined"}, "deny", "fail", id="AC-25-industry"),
        pytest.param(
            {"use": "rural_drinking", "aquifer": "deep_confined"}, "allow", "exempt", id="AC-25-domestic"
        ),
        pytest.param(
            {"use": "emergency", "aquifer": "deep_confined"}, "allow", "exempt", id="AC-25-emergency"
        ),
        pytest.param({"use": "irrigation", "aquifer": None}, "review", "review", id="AC-25-aquifer-null"),
        pytest.param({"use": "irrigation", "aquifer": "mixed"}, "deny", "fail", id="mixed-counts-as-deep"),
        pytest.param({"use": "irrigation", "aquifer": "shallow"}, "allow", "pass", id="shallow"),
        pytest.param({"use": "irrigation", "aquifer": "fissure_karst"}, "allow", "pass", id="fissure"),
        pytest.param({"use": None, "aquifer": "deep_confined"}, "review", "review", id="use-null"),
        pytest.param({"use": None, "aquifer": "shallow"}, "allow", "pass", id="use-null-shallow"),
    ],
)
def test_applications(row, permission, outcome):
    found = judged(applications=[{"application_id": "A", **row}])
    assert outcomes(found, "permission") == {"A": permission}
    assert outcomes(found) == {"A": outcome}


HERE, AWAY = box(89.0, 42.8, 89.5, 43.0), box(90.0, 42.8, 90.5, 43.0)


def supply(networks=AWAY, alternatives=AWAY, kind="surface"):
    """The layers of networks and of other sources; None leaves one away."""
    layers = {
        "networks": [{"network_id": "N", "geometry": networks}],
        "alternatives": [{"alternative_id": "S", "kind": kind, "geometry": alternatives}],
    }
    return {role: rows for role, rows in layers.items() if rows[0]["geometry"] is not None}


@pytest.mark.parametrize(
    ("layers", "row", "outcome", "case"),
    [
        (supply(), {}, "exempt", "allowed"),
        (supply(networks=HERE), {}, "review", "other_source"),
        (supply(alternatives=HERE), {}, "review", "other_source"),
        (supply(alternatives=HERE, kind=None), {}, "review", "other_source"),
        (supply(networks=HERE, alternatives=None), {}, "review", "other_source"),
        (supply(networks=None), {}, "review", "source_unknown"),
        (supply(alternatives=None), {}, "review", "source_unknown"),
        (supply(), {"geometry": None}, "review", "source_unknown"),
        (supply(networks=HERE), {"use": "emergency"}, "exempt", "allowed"),
        (supply(networks=HERE), {"use": "industry"}, "fail", "banned"),
    ],
)
def test_residents_with_another_source_are_not_exempt(layers, row, outcome, case):
    """As article 27 of the national regulation has it."""
    with_ = {**ALLOWED, "without_other_source": ("rural_drinking", "urban_supply")}
    rows = {"use": "urban_supply", "aquifer": "deep_confined", "geometry": Point(89.2, 42.9), **row}
    for role, name in (("wells", "well_id"), ("applications", "application_id")):
        found = run(scene(**{role: [{name: "X", **rows}]}, **layers), RULE, CLAUSE, with_=with_)
        assert outcomes(found) == {"X": outcome}
        assert outcomes(found, "message_key") == {"X": f"aquifer.deep_confined.{case}"}


def test_wells_in_and_out_of_use():
    deep = {"aquifer": "deep_confined"}
    found = judged(
        wells=[
            {"well_id": "running", **deep},
            {"well_id": "standby", "status": "standby", **deep},
            {"well_id": "unknown", "status": None, **deep},
            {"well_id": "shut", "status": "shut", **deep},
            {"well_id": "sealed", "status": "sealed", **deep},
            {"well_id": "watching", "use": "monitoring", **deep},
            {"well_id": "shallow", "aquifer": "shallow"},
            {"well_id": "village", "use": "rural_drinking", **deep},
            {"well_id": "no aquifer"},
        ]
    )
    assert outcomes(found) == {
        "running": "fail",
        "standby": "fail",
        "unknown": "fail",
        "village": "exempt",
        "no aquifer": "review",
    }
    assert outcomes(found, "action")["running"] == "close"
    assert passed(found) == 1
    assert int(found.counts["n_out_of_scope"].sum()) == 3


def test_screens_replace_the_aquifer():
    found = judged(
        wells=[
            {"well_id": "one deep screen", "aquifer": "shallow"},
            {"well_id": "shallow screens", "aquifer": "deep_confined"},
            {"well_id": "open screen", "aquifer": "shallow"},
            {"well_id": "deep and open"},
        ],
        screens=[
            {"well_id": "one deep screen", "aquifer": "shallow"},
            {"well_id": "one deep screen", "aquifer": "deep_confined"},
            {"well_id": "shallow screens", "aquifer": "shallow"},
            {"well_id": "open screen", "aquifer": None},
            {"well_id": "deep and open", "aquifer": None},
            {"well_id": "deep and open", "aquifer": "mixed"},
        ],
    )
    assert outcomes(found) == {"one deep screen": "fail", "open screen": "review", "deep and open": "fail"}


def test_refused_and_withdrawn_applications_are_not_asked():
    row = {"aquifer": "deep_confined", "use": "irrigation"}
    found = judged(
        applications=[
            {"application_id": "refused", "decision": "refused", **row},
            {"application_id": "withdrawn", "decision": "withdrawn", **row},
            {"application_id": "approved", "decision": "approved", **row},
        ]
    )
    assert outcomes(found) == {"approved": "fail"}


def test_outside_the_jurisdiction():
    elsewhere = {"unit_id": "654224", "name": "托里县", "level": "county", "geometry": box(83, 45, 84, 46)}
    found = judged(
        wells=[{"well_id": "W", "aquifer": "deep_confined", "x": 83.5, "y": 45.5}], units=[elsewhere]
    )
    assert len(found.rows) == 0
    assert int(found.counts["n_out_of_scope"].sum()) == 1


def test_without_wells_and_without_uses():
    assert run(scene(), RULE, CLAUSE).rows["message_key"].tolist() == ["rules.parameter_missing"]
