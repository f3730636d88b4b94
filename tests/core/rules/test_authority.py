"""Who decides, and who is asked first."""

from __future__ import annotations

import pytest
from shapely.geometry import box

from build import outcomes, passed, run, scene

HERE = box(89, 42, 90, 43)
COUNTY = {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": box(88, 41, 91, 44)}
TOKSUN = {"unit_id": "650422", "name": "托克逊县", "level": "county", "geometry": box(88, 41, 91, 44)}
REGIMENT = {"unit_id": "t221", "name": "221团", "level": "regiment", "parent_id": "650402", "geometry": HERE}
BASIN = {"unit_id": "by", "name": "白杨河流域", "level": "basin", "geometry": HERE}
AWAY = {"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(88, 41, 91, 44)}
APPLICATION = {"application_id": "A", "use": "irrigation"}


def opinion(**more):
    return {"document_id": "D", "kind": "opinion", "subject_role": "applications", "subject_id": "A", **more}


def consult(units, documents=None, **application):
    roles = {"documents": documents} if documents is not None else {}
    if units:
        roles["units"] = units
    made = scene(wells=[], applications=[{**APPLICATION, **application}], **roles)
    return run(made, "authority.consult", "TLF-3.2d")


def test_an_application_in_the_regiment_waits_for_the_opinion():
    row = consult([COUNTY, REGIMENT]).rows.iloc[0]
    assert (row["permission"], row["outcome"], row["action"]) == ("hold", "review", "consult")
    assert "兵团第十二师" in row["message_values"]


@pytest.mark.parametrize(
    ("paper", "waits"),
    [
        (opinion(issued_on="2026-03-31"), False),
        (opinion(), False),
        (opinion(issued_on="2026-04-01"), True),
        (opinion(subject_id="B"), True),
        (opinion(kind="other"), True),
        (opinion(subject_role="wells"), True),
    ],
)
def test_the_opinion_ends_the_waiting(paper, waits):
    found = consult([COUNTY, REGIMENT], [paper])
    assert outcomes(found, "permission") == ({"A": "hold"} if waits else {})
    assert passed(found) == (0 if waits else 1)


def test_outside_the_regiment_nobody_is_asked():
    found = consult([COUNTY, REGIMENT], x=88.5)
    assert found.rows.empty
    assert found.counts["n_out_of_scope"].sum() == 1


@pytest.mark.parametrize(
    ("management", "permission"), [("local", None), ("regiment", "review"), (None, "not_evaluated")]
)
def test_a_regiment_that_is_not_drawn(management, permission):
    found = consult([COUNTY], management=management)
    assert outcomes(found, "permission") == ({"A": permission} if permission else {})
    assert consult([TOKSUN], management=management).rows.empty


def test_outside_the_jurisdiction_nobody_is_asked():
    assert consult([AWAY]).rows.empty


def test_a_refused_application_waits_for_nothing():
    assert consult([COUNTY, REGIMENT], decision="refused").rows.empty


def test_without_applications_the_rule_says_so():
    found = run(scene(wells=[]), "authority.consult", "TLF-3.2d")
    assert found.rows["message_key"].tolist() == ["rules.role_missing"]


def unclear(units, clause="TLF-3.2d"):
    made = scene(wells=[{"well_id": "W"}], applications=[APPLICATION], units=units)
    return run(made, "authority.unclear", clause)


def test_a_regiment_well_in_a_basin_with_its_own_authority():
    """Toksun is not the regiment's county, but a border drawn wrongly is how it happens."""
    found = unclear([TOKSUN, REGIMENT, BASIN])
    assert outcomes(found) == {"W": "review", "A": "review"}
    assert outcomes(found, "permission") == {"W": "", "A": "review"}


def test_a_place_with_one_rule_is_clear():
    found = unclear([TOKSUN, BASIN, {**REGIMENT, "geometry": box(88, 41, 88.5, 41.5)}])
    assert found.rows.empty
    assert passed(found) == 4


def test_the_management_of_rivers_has_one_rule_with_conditions():
    found = unclear([TOKSUN, REGIMENT, BASIN], "TLF-2.2")
    assert found.rows.empty


def test_a_basin_that_is_not_drawn_is_said_once():
    found = unclear([TOKSUN], "TLF-2.2")
    assert outcomes(found) == {"baiyang-basin": "not_evaluated"}
    assert found.rows["rule"].tolist() == ["authority.unclear.units"]


def test_outside_the_jurisdiction_nothing_is_unclear():
    found = unclear([AWAY, REGIMENT, BASIN])
    assert found.rows.empty


def test_joint_wells_are_counted():
    made = scene(wells=[{"well_id": "W"}, {"well_id": "V", "x": 88.5}], units=[COUNTY, REGIMENT])
    found = run(made, "authority.joint", "TLF-2.1")
    assert found.rows.empty
    assert passed(found) == 1
    assert found.counts["n_out_of_scope"].sum() == 1
