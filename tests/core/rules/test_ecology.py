"""Ecological flow at control sections."""

from __future__ import annotations

from datetime import date

import pytest
from saying import speaks
from shapely.geometry import box

from build import outcomes, passed, run, scene

RIVERS = ("白杨河", "阿拉沟", "柯柯亚河")


def section(name="S", eco=1.0, flow=1.0, river="白杨河", **more):
    return {"section_id": name, "river": river, "eco_flow_m3s": eco, "flow_m3s": flow, **more}


def fixed(sections, as_of="2026-03-31", **with_):
    return run(scene(as_of=as_of, sections=sections), "ecology.flow_fixed", "TLF-1.2d", with_)


def kept(sections, ratio=0.75, rivers=RIVERS, **roles):
    with_ = {"rivers": rivers, "guarantee_ratio": ratio}
    return run(scene(sections=sections, **roles), "ecology.flow_kept", "TLF-1.2l", with_)


def test_every_section_has_an_ecological_flow():
    found = fixed([section("a"), section("b", eco=None)])
    assert outcomes(found) == {"b": "fail"}
    assert passed(found) == 1
    assert outcomes(fixed([section("b", eco=None)], "2022-12-31", due_on=date(2022, 12, 31))) == {
        "b": "not_evaluated"
    }
    assert outcomes(run(scene(), "ecology.flow_fixed", "TLF-1.2d")) == {"TLF-1.2d": "not_evaluated"}


@pytest.mark.parametrize(("flow", "outcome"), [(1.0, "pass"), (0.999, "fail"), (None, "not_evaluated")])
def test_one_observation_is_kept_or_not(flow, outcome):
    found = kept([section(flow=flow)])
    assert outcomes(found) == ({} if outcome == "pass" else {"S": outcome})


@pytest.mark.parametrize(
    ("flows", "outcome"),
    [
        ([1, 1, 1, 0.5], "pass"),
        ([1, 1, 0.5, 0.5], "fail"),
        ([1, 1, 1, None], "pass"),  # three of four whatever the fourth was
        ([1, 1, 0.5, None], "not_evaluated"),
        ([1, 0.5, 0.5, None], "fail"),
    ],
)
def test_the_guarantee_rate_of_several_observations(flows, outcome):
    found = kept([section(flow=flow) for flow in flows])
    assert list(outcomes(found).values()) == ([] if outcome == "pass" else [outcome])
    assert found.counts["n_subjects"].sum() == 1


def test_only_the_named_rivers_and_those_that_may_be_one():
    rows = [
        section("a", flow=0, river="托克逊县白杨河"),
        section("b", flow=0, river="塔里木河"),
        section("c", river=None),
    ]
    found = kept(rows)
    assert outcomes(found) == {"a": "fail", "c": "not_evaluated"}
    assert found.counts["n_out_of_scope"].sum() == 1
    assert outcomes(kept(rows, rivers=())) == {"a": "fail", "b": "fail"}


def test_without_flow_rate_or_place_nothing_is_judged():
    assert outcomes(kept([section(eco=None)])) == {"S": "not_evaluated"}
    found = run(scene(sections=[section()]), "ecology.flow_kept", "TLF-1.2l", {"rivers": RIVERS})
    assert found.rows["message_key"].tolist() == ["rules.parameter_missing"]
    units = [{"unit_id": "150625", "name": "杭锦旗", "level": "county", "geometry": box(100, 30, 120, 55)}]
    away = kept([section(flow=0, x=110.0)], units=units)
    assert (len(away.rows), away.counts["n_out_of_scope"].sum()) == (0, 1)


def test_falling_short_may_be_for_review():
    with_ = {"guarantee_ratio": 1.0, "short": "review"}
    found = run(scene(sections=[section(flow=0.1)]), "ecology.flow_kept", "TLF-1.2l", with_)
    assert outcomes(found) == {"S": "review"}


@pytest.mark.parametrize("what", ["outfalls", "lakes"])
def test_what_no_register_holds_is_said(what):
    found = speaks(run(scene(), "ecology.unrecorded", "TLF-1.2l", {"what": what}))
    assert outcomes(found) == {"TLF-1.2l": "not_evaluated"}
