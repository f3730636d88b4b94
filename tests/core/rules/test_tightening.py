"""Tightening a threshold never removes a failure."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from test_properties import random_register, scene_of

from build import policy_of, scene
from overdraft.core.rules.binding import Binding, bindings
from overdraft.core.rules.run import findings_of
from overdraft.core.rules.scene import Scene

SEEDS = (7, 8, 9)
CASES = [
    # policy, rule, parameter, from loose to tight
    ("toli-2024", "duties.rectification", "days", (2000, 400, 60, 0)),
    ("kunyu-2025", "meters.check_due", "days", (5000, 700, 30)),
    ("toli-2024", "permits.conditions", "tolerance_depth_m", (1e6, 10_000.0, 0.0)),
    ("toli-2024", "permits.deregistration", "days", (3000, 365, 30, 0)),
    ("hangjin-2023", "users.plan", "at_least", (1e6, 30_000.0, 1.0)),
    ("yengisar-2020", "users.duty", "at_least", (1e6, 30_000.0, 1.0)),
    ("turpan-2021", "wells.closing", "yearly_count", (0.0, 2.0, 500.0)),
    ("turpan-2021", "power.completeness", "months_per_year", (1, 6, 12)),
]


@cache
def random_scene(policy: str, seed: int) -> Scene:
    return scene_of(policy_of(policy), random_register(policy_of(policy), seed))


def bound(policy: str, rule: str, parameter: str) -> list[Binding]:
    """The bindings of a rule; where several parameters stand for one another, those that use this one."""
    found = [one for one in bindings(policy_of(policy)) if one.rule.name == rule]
    return [one for one in found if one.value(parameter) is not None] or found


def failures(of: Scene, binding: Binding) -> set[tuple]:
    """What is not in order: failed, or for a person to see where the wording is soft or the fact an inference."""
    rows = findings_of(of, binding).rows
    rows = rows[rows["outcome"].isin(["fail", "review"])]
    return set(rows[["rule", "subject_role", "subject_id", "period"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("policy", "rule", "parameter", "values"), CASES, ids=[f"{c[1]}.{c[2]}" for c in CASES]
)
def test_tightening_never_removes_a_failure(policy, rule, parameter, values):
    grew = False
    for seed in SEEDS:
        of = random_scene(policy, seed)
        for binding in bound(policy, rule, parameter):
            found = [
                failures(of, replace(binding, values={**binding.values, parameter: value}))
                for value in values
            ]
            for loose, tight in pairwise(found):
                assert loose <= tight, (binding.clause.id, sorted(loose - tight))
            grew |= len(found[-1]) > len(found[0])
    assert grew, "no register in which the threshold decides"


def test_a_smaller_cap_never_removes_a_failure():
    """900 m³ used in 2024: within 9000 and 900, above 899 and 0."""
    binding = next(one for one in bindings(policy_of("toli-2024")) if one.rule.name == "quota.cap")
    town = {"subject_role": "units", "subject_id": "654224203", "year": 2024, "source": "total", "unit": "m3"}
    found = []
    for cap in (9000, 900, 899, 0):
        rows = [{**town, "measure": "use", "value": 900}, {**town, "measure": "index", "value": cap}]
        units = [{"unit_id": "654224203", "name": "阿克别里斗乡", "level": "township", "parent_id": "654224"}]
        found.append(failures(scene("toli-2024", "2025-12-31", units=units, indices=rows), binding))
    assert [len(one) for one in found] == [0, 0, 1, 1]
    assert found[2] == found[3]
