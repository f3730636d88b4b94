"""A rule bound to a clause: its values, who is in scope, and what is said when it cannot be run."""

import json
from types import MappingProxyType

import numpy as np
import pytest

import build
from overdraft.core.errors import OverdraftError
from overdraft.core.findings import Verdicts
from overdraft.core.policy import RuleUse, available_policies, load_policy
from overdraft.core.rules import registry
from overdraft.core.rules.binding import Binding, bind, bindings
from overdraft.core.rules.registry import Parameter, Rule, all_rules
from overdraft.core.rules.run import findings_of

CLAUSE = "TLF-3.2b"


def limit(scene, binding) -> Verdicts:
    wells = scene.frame("wells")
    depth = wells["depth_m"].to_numpy()
    return binding.say(
        scene.subjects("wells"),
        asked=wells["use"] == "irrigation",
        outcome=np.where(depth > binding.value("most"), "fail", "pass"),
        key="rules.role_missing",
        values={"role": "wells"},
        measured=depth,
        threshold=binding.value("most"),
    )


RULE = Rule(
    "demo.limit",
    limit,
    ("wells",),
    needs=("wells", "units"),
    parameters=(Parameter("most", "number", required=True), Parameter("words", "texts", one_of=("a", "b"))),
)
COUNTY = {"unit_id": "650402", "name": "高昌区", "level": "county", "geometry": None}


def bound(scene, force: str = "mandatory", **values) -> Binding:
    policy = scene.policy
    from dataclasses import replace

    return Binding(policy, replace(policy.clauses[CLAUSE], force=force), RULE, values, {})


def test_rows_counts_and_scope():
    wells = [
        {"well_id": "A", "depth_m": 10, "county": "高昌区"},
        {"well_id": "B", "depth_m": 9, "county": "高昌区"},
        {"well_id": "C", "depth_m": 99, "use": "industry", "county": "高昌区"},
    ]
    scene = build.scene(wells=wells, units=[COUNTY])
    found = findings_of(scene, bound(scene, most=9.5))
    assert build.outcomes(found) == {"A": "fail"}
    assert found.counts[["n_subjects", "n_pass", "n_rows", "n_out_of_scope"]].sum().tolist() == [3, 1, 1, 1]
    assert json.loads(found.rows["settings"].iloc[0]) == {"most": 9.5}


def test_soft_wording_never_fails():
    scene = build.scene(wells=[{"well_id": "A", "depth_m": 10}], units=[COUNTY])
    assert build.outcomes(findings_of(scene, bound(scene, "soft", most=9.5))) == {"A": "review"}
    assert build.outcomes(findings_of(scene, bound(scene, "claimed", most=9.5))) == {"A": "fail"}


def test_a_missing_role_is_said():
    scene = build.scene(wells=[{"well_id": "A"}])
    row = findings_of(scene, bound(scene, most=9.5)).rows.iloc[0]
    assert (row["subject_role"], row["subject_id"], row["outcome"]) == ("policy", CLAUSE, "not_evaluated")
    assert json.loads(row["message_values"]) == {"role": "units"}


def test_a_gap_is_named():
    scene = build.scene(wells=[{"well_id": "A"}])
    found = build.run(
        scene, "permits.idle", CLAUSE, settings={"ratio": "permit.idle_ratio", "years": "permit.idle_years"}
    )
    assert found.rows["outcome"].tolist() == ["not_evaluated"]


@pytest.mark.parametrize(
    ("use", "key"),
    [
        (RuleUse(CLAUSE, "demo.nothing", {}, {}), "rules.unknown_rule"),
        (RuleUse(CLAUSE, "demo.limit", {"least": 1.0}, {}), "rules.unknown_parameter"),
        (RuleUse(CLAUSE, "demo.limit", {"most": "ten"}, {}), "rules.bad_value"),
        (RuleUse(CLAUSE, "demo.limit", {"most": True}, {}), "rules.bad_value"),
        (RuleUse(CLAUSE, "demo.limit", {"most": float("nan")}, {}), "rules.bad_value"),
        (RuleUse(CLAUSE, "demo.limit", {"words": ("a", "c")}, {}), "rules.bad_value"),
        (RuleUse(CLAUSE, "demo.limit", {"words": "a"}, {}), "rules.bad_value"),
    ],
)
def test_wrong_bindings_are_refused(use, key, monkeypatch):
    rules = MappingProxyType({**all_rules(), RULE.name: RULE})
    monkeypatch.setattr("overdraft.core.rules.binding.all_rules", lambda: rules)
    with pytest.raises(OverdraftError) as refused:
        bind(load_policy("turpan-2021"), use)
    assert refused.value.key == key
    assert refused.value.text("zh") != refused.value.text("en")


@pytest.mark.parametrize("policy", [title.id for title in available_policies()])
def test_every_shipped_policy_binds_rules_that_exist(policy):
    bindings(load_policy(policy))


@pytest.mark.parametrize("name", sorted(all_rules()))
def test_rules_are_whole(name):
    rule = all_rules()[name]
    assert rule.name.count(".") == 1
    assert rule.subjects
    assert 0 <= rule.step <= 7
    assert rule.run.__doc__, "a rule says in its docstring what it tests"
    assert len({parameter.name for parameter in rule.parameters}) == len(rule.parameters)


def test_months_are_months():
    assert Parameter("m", "months").accepts((4, 5, 12))
    assert not Parameter("m", "months").accepts((0, 5))
    assert registry.PARAMETER_TYPES.count("months") == 1
